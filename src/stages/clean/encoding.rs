//! Repairs text whose bytes were read in the wrong encoding, once or several times: "cafÃ©" is "café".

use std::ops::Range;
use std::sync::LazyLock;

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};

use crate::text::unicode::next_beyond_ascii;

/// The repaired text; None where the text is better as it is.
pub fn repair(text: &str) -> Option<String> {
    let mut repaired = once(text, STRETCH_MIN)?;
    // What was read wrong once may well have been so before.
    while let Some(better) = once(&repaired, 1) {
        repaired = better;
    }
    Some(repaired)
}

/// Undoes one wrong reading. Each success turns pairs into single characters, so the text gets shorter every time.
fn once(text: &str, stretch_min: usize) -> Option<String> {
    let suspects = suspects(text);
    if suspects.iter().all(|suspect| !suspect) {
        return None;
    }
    // The page that explains most; the first of equals, since windows-1252 is the usual culprit.
    let mut best: Option<(usize, String)> = None;
    for (unexplained, repaired) in
        PAGES.iter().zip(suspects).filter_map(|(page, suspect)| if suspect { unread(text, page, stretch_min) } else { None })
    {
        if best.as_ref().is_none_or(|(least, _)| unexplained < *least) {
            best = Some((unexplained, repaired));
        }
    }
    best.map(|(_, repaired)| repaired)
}

/// The pages by which something in the text spells out another character. A wrong reading always leaves two characters
/// or more side by side that are no ASCII; clean text in Latin letters has few such pairs.
fn suspects(text: &str) -> [bool; 4] {
    let mut suspects = [false; 4];
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(begin) = next_beyond_ascii(bytes, at) {
        let Some(lead) = text.get(begin..).and_then(|rest| rest.chars().next()) else { break };
        at = begin + lead.len_utf8();
        if bytes.get(at).is_some_and(|byte| !byte.is_ascii()) {
            let after = text.get(at..).unwrap_or_default();
            for (suspect, page) in suspects.iter_mut().zip(PAGES.iter()) {
                *suspect = *suspect || page.spelled(lead, after).is_some_and(|spelled| !spelled.0.weak);
            }
        }
    }
    suspects
}

/// What the bytes beyond ASCII look like in an encoding of one byte a character.
struct Page {
    /// The characters in order, each with the byte it came from.
    bytes: Vec<(char, u8)>,
    /// The same for the letters of Europe, by their code point; 0 for what the page has not.
    letters: [u8; LETTERS],
}

/// Latin, Greek and Cyrillic letters have smaller code points.
const LETTERS: usize = 0x500;

static PAGES: LazyLock<[Page; 4]> = LazyLock::new(|| [WINDOWS_1252, WINDOWS_1251, WINDOWS_1250, MACINTOSH].map(Page::new));

impl Page {
    fn new(encoding: &'static Encoding) -> Self {
        let mut bytes = Vec::with_capacity(128);
        for byte in 0x80..=0xFF_u8 {
            let single = [byte];
            let (decoded, _) = encoding.decode_without_bom_handling(&single);
            bytes.extend(decoded.chars().filter(|letter| *letter != '\u{FFFD}').map(|letter| (letter, byte)));
        }
        bytes.sort_unstable();
        let mut letters = [0; LETTERS];
        for (letter, byte) in &bytes {
            letters.get_mut(*letter as usize).into_iter().for_each(|place| *place = *byte);
        }
        Self { bytes, letters }
    }

    /// The byte that looks like this. Some readers leave the bytes 0x80 to 0x9F as they are.
    fn byte(&self, letter: char) -> Option<u8> {
        if let '\u{80}'..='\u{9F}' = letter {
            return u8::try_from(u32::from(letter)).ok();
        }
        if letter < '\u{A0}' {
            return None;
        }
        if let Some(byte) = self.letters.get(letter as usize) {
            return Some(*byte).filter(|byte| *byte != 0);
        }
        let place = self.bytes.binary_search_by_key(&letter, |(known, _)| *known).ok()?;
        self.bytes.get(place).map(|(_, byte)| *byte)
    }

    /// The character whose UTF-8 bytes the text seems to spell out here, and the rest of the text.
    fn spelled<'a>(&self, lead: char, rest: &'a str) -> Option<(Spelled, &'a str)> {
        let first = self.byte(lead)?;
        let length = match first {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => return None,
        };
        let mut bytes = [first, 0, 0, 0];
        let mut letters = rest.chars();
        let mut plain = true;
        for (place, slot) in bytes.iter_mut().enumerate().take(length).skip(1) {
            let letter = letters.next()?;
            *slot = match self.byte(letter) {
                // Readers that have no 0x9D make "â€�" of the closing quotation mark.
                None if letter == '\u{FFFD}' && place == 2 && first == 0xE2 => 0x9D,
                found => found.filter(|byte| (0x80..=0xBF).contains(byte))?,
            };
            plain &= letter == '\u{A0}' || !letter.is_alphanumeric();
        }
        let read = str::from_utf8(bytes.get(..length)?).ok()?.chars().next()?;
        // "AMANHÃ”" is a word and a quotation mark, "CAFÉ »" one and a blank, "l’é" two: a letter before signs that follow
        // words proves little, and neither does a sign that stands before words.
        let weak = (plain && rest.starts_with(is_between_words)) || is_between_words(lead);
        Some((Spelled { read, weak }, letters.as_str()))
    }
}

/// Blanks, quotation marks and dashes, which touch letters in sound text.
const fn is_between_words(letter: char) -> bool {
    matches!(letter, '\u{A0}' | '»' | '«' | '‘'..='„' | '–' | '—' | '…' | '‹' | '›')
}

struct Spelled {
    read: char,
    weak: bool,
}

/// In a text that is sound elsewhere, a stretch is misread where so many of its characters are spelled out within words:
/// one may be talk about such spellings.
const STRETCH_MIN: usize = 2;

/// Reads the text as UTF-8 that was taken for this page, and counts what that does not explain: the whole text where that
/// explains nearly all that is odd in it, or else the stretches of it in which nothing speaks against it. None where there
/// is neither.
fn unread(text: &str, page: &Page, stretch_min: usize) -> Option<(usize, String)> {
    let stretches = Stretches::of(text, page);
    let sum = |count: fn(&Stretch) -> usize| stretches.all.iter().map(count).sum::<usize>();
    let (strong, weak, sound) = (sum(|one| one.strong), sum(|one| one.weak), sum(|one| usize::from(one.is_ended_by_letter)));
    let explains_the_text = strong > 0 && strong + weak > 2 * sound;
    let is_misread = |one: &Stretch| explains_the_text || one.within_words >= stretch_min || (stretch_min == 1 && one.strong > 0);
    if !stretches.all.iter().any(is_misread) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut unexplained = 0;
    for stretch in &stretches.all {
        if is_misread(stretch) {
            out.push_str(stretches.read.get(stretch.read.clone()).unwrap_or_default());
            unexplained += stretch.unexplained;
        } else {
            out.push_str(text.get(stretch.written.clone()).unwrap_or_default());
            unexplained += stretch.unexplained + stretch.strong;
        }
    }
    Some((unexplained, out))
}

/// A text, cut behind each letter beyond ASCII that is sound.
struct Stretches {
    all: Vec<Stretch>,
    /// The whole text as UTF-8 that was taken for the page.
    read: String,
}

#[derive(Default)]
struct Stretch {
    /// In bytes of the text.
    written: Range<usize>,
    /// In bytes of what was read.
    read: Range<usize>,
    strong: usize,
    weak: usize,
    /// Those of the strong ones that touch a letter or another.
    within_words: usize,
    unexplained: usize,
    is_ended_by_letter: bool,
}

impl Stretches {
    fn of(text: &str, page: &Page) -> Self {
        let mut found = Self { all: Vec::new(), read: String::with_capacity(text.len()) };
        let mut open = Stretch::default();
        let mut rest = text;
        // Whether what stands before touches what comes: a letter, or a character that was spelled out.
        let mut touches = false;
        while let Some(letter) = rest.chars().next() {
            let ascii = rest.bytes().position(|byte| byte >= 0x80).unwrap_or(rest.len());
            if ascii > 0 {
                let (head, tail) = rest.split_at(ascii);
                found.read.push_str(head);
                rest = tail;
                touches = head.ends_with(|letter: char| letter.is_ascii_alphabetic());
                continue;
            }
            let after = rest.get(letter.len_utf8()..).unwrap_or_default();
            if let Some((spelled, tail)) = page.spelled(letter, after) {
                found.read.push(spelled.read);
                rest = tail;
                // Dashes and quotation marks stand between words in sound text, whatever they would spell.
                let is_within =
                    !spelled.weak && letter.is_alphabetic() && (touches || tail.starts_with(|letter: char| letter.is_ascii_alphabetic()));
                open.strong += usize::from(!spelled.weak);
                open.weak += usize::from(spelled.weak);
                open.within_words += usize::from(is_within);
                touches = true;
                continue;
            }
            found.read.push(letter);
            rest = after;
            touches = false;
            open.unexplained += 1;
            if letter.is_alphabetic() {
                open.is_ended_by_letter = true;
                found.close(&mut open, text.len() - rest.len());
            }
        }
        found.close(&mut open, text.len());
        found
    }

    fn close(&mut self, open: &mut Stretch, written_end: usize) {
        let mut closed = std::mem::take(open);
        let (written, read) = self.all.last().map_or((0, 0), |last| (last.written.end, last.read.end));
        closed.written = written..written_end;
        closed.read = read..self.read.len();
        self.all.push(closed);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WORDS: &str = "café d’été déjà où être naïve cœur Noël garçon À ÉTÉ ÇA FÊTÉ Ärger über Öl Größe ÜBER STRASSE Müßiggang año señor \
        ¿Qué ¡Olé! corazón NIÑO più perché città È così ação não coração AMANHÃ ÓRGÃO irmã reünie één coördinatie Ångström ør smørrebrød \
        Dvořák Łódź Škoda Þór ð ÿ Äîï ferry market bridge said the and of 3 € £5 ½ 20° №5 §3 «mot» »Wort« „so“ “thus” ‘it’ l’eau \
        Мэр сказал мост ЖДАЛИ Ёж Градоначелник Άθήνα γέφυρα 市長 月曜日 다리 Ŵ Ŷ ÂGE ÎLE ÔTER ÃO Ão Ãs ÂME Â Ã";
    const SIGNS: [&str; 16] = [" ", " ", " ", " ", ", ", ". ", " – ", "—", "… ", "\u{A0}", " « ", "\u{A0}» ", "” ", "’ ", "\n\n", " · "];

    /// As a reader with the wrong encoding would see the text.
    fn misread(text: &str, encoding: &'static Encoding) -> String {
        encoding.decode_without_bom_handling(text.as_bytes()).0.into_owned()
    }

    #[test]
    fn text_read_wrong_once_or_twice_is_repaired() {
        let original = "Le café d’été coûte « 3 € », dit-elle — déjà. Ärger über Öl. Año, ação, è così.";
        for encoding in [WINDOWS_1252, MACINTOSH, WINDOWS_1250] {
            let once = misread(original, encoding);
            assert_eq!(repair(&once).as_deref(), Some(original), "{once}");
            let twice = misread(&once, encoding);
            assert_eq!(repair(&twice).as_deref(), Some(original), "{twice}");
        }
        let russian = "Мэр сказал, что мост откроют в мае.";
        assert_eq!(repair(&misread(russian, WINDOWS_1251)).as_deref(), Some(russian));
        assert_eq!(repair("Itâ€™s late").as_deref(), Some("It’s late"));
        assert_eq!(repair("â€œWe wait,â€\u{FFFD} he said").as_deref(), Some("“We wait,” he said"));
    }

    proptest! {
        /// Words of eight languages in any order, with any of their signs between them and any of their letters alone.
        #[test]
        fn sound_text_is_never_touched(
            words in prop::collection::vec(prop::sample::select(WORDS.split_whitespace().collect::<Vec<_>>()), 1..40),
            signs in prop::collection::vec(prop::sample::select(SIGNS.to_vec()), 40),
        ) {
            let text: String = words.iter().zip(&signs).flat_map(|(word, sign)| [*word, *sign]).collect();
            prop_assert_eq!(repair(&text), None, "{}", text);
        }

        /// What was read wrong comes back, whatever it was, once and twice.
        #[test]
        fn what_was_read_wrong_comes_back(
            words in prop::collection::vec(prop::sample::select(WORDS.split_whitespace().filter(|word| !word.is_ascii()).collect::<Vec<_>>()), 1..40),
        ) {
            // A capital before what looks like a quotation mark, "NIÃ‘O", proves nothing alone.
            let text = format!("déjà {}", words.join(" "));
            let once = misread(&text, WINDOWS_1252);
            prop_assert_eq!(repair(&once), Some(text.clone()));
            prop_assert_eq!(repair(&misread(&once, WINDOWS_1252)), Some(text));
        }
    }

    #[test]
    fn sound_text_is_left_alone() {
        for text in [
            "Le café d’été coûte « 3 € », dit-elle.",
            "A feira será AMANHÃ”, leu a vereadora.",
            "O título diz «MANHû e nada mais.",
            "“MAÇÃ…” repetiu.",
            "Мэр сказал: «СТОП» — и всё.",
            "Η κυβέρνηση «είπε» ναι.",
            "政府は「はい」と言った。",
            "Mötley Crüe, Âge d’or, naïve",
            "l’école",
            "Au café\u{A0}» et «\u{A0}à l’été\u{A0}».",
            "Il a écrit « Ã© » là où il fallait « é », à côté.",
        ] {
            assert_eq!(repair(text), None, "{text}");
        }
    }

    #[test]
    fn text_of_which_only_parts_were_read_wrong_is_repaired() {
        for (text, expected) in [
            ("Le café est fermé. Le cafÃ© est fermÃ© depuis lâ€™Ã©tÃ©.", "Le café est fermé. Le café est fermé depuis l’été."),
            ("“It’s late,” she said. â€œItâ€™s very late,â€\u{9D} he said.", "“It’s late,” she said. “It’s very late,” he said."),
            ("Ã‰tÃ© Ã\u{A0} la mer – l’été à la mer", "Été à la mer – l’été à la mer"),
            (
                "Die Brücke ist gesperrt.\n\nBÃ¼rgermeisterin: â€žViel zu spÃ¤tâ€œ",
                "Die Brücke ist gesperrt.\n\nBürgermeisterin: „Viel zu spät“",
            ),
            ("Ação já. AÃƒÂ§ÃƒÂ£o jÃƒÂ¡.", "Ação já. Ação já."),
            ("Café Moe – 20 Ã¢â‚¬â€œ 30 people", "Café Moe – 20 – 30 people"),
        ] {
            assert_eq!(repair(text).as_deref(), Some(expected), "{text}");
        }
        let russian = "Мост откроют.";
        assert_eq!(repair(&format!("{russian} {}", misread(russian, WINDOWS_1252))).as_deref(), Some("Мост откроют. Мост откроют."));
    }
}
