//! Repairs text whose bytes were read in the wrong encoding, once or several times: "cafÃ©" is "café".

use std::sync::LazyLock;

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};

use crate::text::unicode::next_beyond_ascii;

/// The repaired text; None where the text is better as it is.
pub fn repair(text: &str) -> Option<String> {
    let mut repaired = once(text)?;
    while let Some(better) = once(&repaired) {
        repaired = better;
    }
    Some(repaired)
}

/// Undoes one wrong reading. Each success turns pairs into single characters, so the text gets shorter every time.
fn once(text: &str) -> Option<String> {
    let suspects = suspects(text);
    if suspects.iter().all(|suspect| !suspect) {
        return None;
    }
    // The page that explains most; the first of equals, since windows-1252 is the usual culprit.
    let mut best: Option<(usize, String)> = None;
    for (unexplained, repaired) in PAGES.iter().zip(suspects).filter_map(|(page, suspect)| if suspect { unread(text, page) } else { None })
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
        // "AMANHÃ”" is a word and a quotation mark: a capital before a sign that often follows words proves little.
        let weak =
            length == 2 && plain && matches!(rest.chars().next(), Some('\u{A0}' | '»' | '«' | '‘'..='„' | '–' | '—' | '…' | '‹' | '›'));
        Some((Spelled { read, weak }, letters.as_str()))
    }
}

struct Spelled {
    read: char,
    weak: bool,
}

/// Reads the text as UTF-8 that was taken for this page, and counts what that does not explain; None unless it
/// explains nearly all that is odd.
fn unread(text: &str, page: &Page) -> Option<(usize, String)> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let (mut strong, mut weak, mut sound, mut unexplained) = (0_usize, 0_usize, 0_usize, 0_usize);
    while let Some(letter) = rest.chars().next() {
        let ascii = rest.bytes().position(|byte| byte >= 0x80).unwrap_or(rest.len());
        if ascii > 0 {
            let (head, tail) = rest.split_at(ascii);
            out.push_str(head);
            rest = tail;
            continue;
        }
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        match page.spelled(letter, after) {
            Some((spelled, tail)) => {
                out.push(spelled.read);
                rest = tail;
                strong += usize::from(!spelled.weak);
                weak += usize::from(spelled.weak);
            }
            None => {
                out.push(letter);
                rest = after;
                sound += usize::from(letter.is_alphabetic());
                unexplained += 1;
            }
        }
    }
    let explains_the_text = strong > 0 && strong + weak > 2 * sound;
    explains_the_text.then_some((unexplained, out))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "Il a écrit « Ã© » là où il fallait « é », à côté.",
        ] {
            assert_eq!(repair(text), None, "{text}");
        }
    }
}
