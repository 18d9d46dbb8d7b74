//! Whether a mark ends the sentence: by the word before it, the marks after it, and the word that follows.

use super::State;
use super::marks::{Mark, is_caseless, is_closer, is_dash, is_opener, mark_at};
use crate::text::lang::{Language, ShortForm};
use crate::text::unicode::is_unspaced;
use crate::text::words;

/// Longer runs of letters before a full stop are no short form, so that one endless word costs nothing.
pub const WORD_BYTES_MAX: usize = 32;
/// White space and marks between sentences are looked through only so far.
const BETWEEN_MAX: usize = 24;

/// The marks at a possible end, as they stand together: "?!”", "...", ". . .".
#[derive(Debug)]
pub struct Ending {
    pub start: usize,
    /// After the last mark and bracket.
    pub end: usize,
    pub in_straight: bool,
    mark: Mark,
    first: u8,
    last: u8,
    stops: usize,
    closed: bool,
}

impl Ending {
    pub fn read(text: &str, start: usize, length: usize, mark: Mark, state: State) -> Self {
        let bytes = text.as_bytes();
        let first = bytes.get(start).copied().unwrap_or_default();
        let mut read =
            Self { start, end: start + length, in_straight: state.in_straight, mark, first, last: first, stops: 1, closed: false };
        if mark == Mark::Half {
            return read;
        }
        loop {
            let rest = bytes.get(read.end..).unwrap_or_default();
            match mark_at(rest) {
                Some((next @ (Mark::Stop | Mark::Unspaced), length)) => {
                    read.end += length;
                    read.stops += 1;
                    read.mark = next;
                    read.last = rest.first().copied().unwrap_or_default();
                }
                _ => match spaced_stop(text, read.end) {
                    Some(end) => {
                        read.end = end;
                        read.stops += 1;
                    }
                    None => break,
                },
            }
        }
        read.close(text, state);
        read
    }

    /// Takes in what closes here: "’", ")", and `"` where one is open.
    fn close(&mut self, text: &str, state: State) {
        let rest = text.get(self.end..).unwrap_or_default();
        for c in rest.chars().take(16) {
            let closes = match c {
                // Where one is open, or where it stands free on its right: the count of marks may be off.
                '"' => {
                    self.in_straight || text.get(self.end + 1..).is_none_or(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
                }
                '“' => state.in_low,
                _ => is_closer(c),
            };
            if !closes {
                break;
            }
            self.in_straight &= c != '"';
            self.closed = true;
            self.end += c.len_utf8();
        }
        // "… te zien. '' Roze …", "« pièce. » Les …": a mark that stands alone closes, if it can.
        let rest = text.get(self.end..).unwrap_or_default();
        let lone = rest.trim_start_matches([' ', '\u{A0}', '\u{202F}']);
        let gap = rest.len() - lone.len();
        if gap == 0 || gap > 4 {
            return;
        }
        let length = match lone.as_bytes() {
            [b'\'', b'\'', ..] => 2,
            [b'"', ..] if self.in_straight => 1,
            _ if lone.starts_with(['»', '”']) => lone.chars().next().map_or(0, char::len_utf8),
            _ => 0,
        };
        let after = lone.get(length..).unwrap_or_default().chars().next();
        if length > 0 && after.is_none_or(|c| c.is_whitespace() || c == ',') {
            self.in_straight &= !lone.starts_with('"');
            self.closed = true;
            self.end += gap + length;
        }
    }

    const fn is_full_stop(&self) -> bool {
        self.first == b'.' && self.stops == 1
    }

    const fn is_ellipsis(&self) -> bool {
        self.stops > 1 && self.last == b'.' && self.first == b'.' || self.first == 0xE2
    }
}

/// Where a mark goes on after a space: ". . .", "meublée... !".
fn spaced_stop(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    let stop = rest.trim_start_matches([' ', '\u{A0}', '\u{202F}']);
    let gap = rest.len() - stop.len();
    if gap == 0 || gap > 3 {
        return None;
    }
    let beyond = stop.trim_start_matches(['.', '!', '?']);
    let length = stop.len() - beyond.len();
    let stands_alone = beyond.chars().next().is_none_or(|c| c.is_whitespace() || is_closer(c) || c == '"');
    (length > 0 && stands_alone).then_some(end + gap + length)
}

/// Where an ending stands.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub text: &'a str,
    pub language: &'a Language,
    /// Where the sentence begins.
    pub start: usize,
    pub state: State,
}

/// What follows an ending.
struct Following<'a> {
    /// The first letter or digit, past marks; none where there is none near.
    first: Option<char>,
    word: &'a str,
    /// A dash or a bracket stands before it.
    after_dash: bool,
    after_bracket: bool,
}

impl<'a> Place<'a> {
    /// True where the sentence ends. Moves the end past what still belongs to it.
    pub fn ends(self, ending: &mut Ending) -> bool {
        let rest = self.text.get(ending.end..).unwrap_or_default();
        let Some(beside) = rest.chars().next() else { return true };
        let word = self.word_before(ending.start);
        match ending.mark {
            Mark::Half => return self.half_ends(ending, word, rest),
            Mark::Unspaced => return !self.state.in_title,
            _ => {}
        }
        if !beside.is_whitespace() {
            return self.ends_without_space(ending, word, rest);
        }
        let following = Following::of(rest);
        let Some(first) = following.first else { return true };
        if ending.closed && is_lone_mark(rest) {
            return false;
        }
        // "(...)" and "[…]" leave something out.
        let before = self.text.get(..ending.start).and_then(|head| head.chars().next_back());
        if ending.is_ellipsis() && matches!(before, Some('(' | '[')) {
            return false;
        }
        if let Some(end) = emoticon(rest) {
            ending.end += end;
            return true;
        }
        if first.is_lowercase() {
            return self.ends_before_small(ending, word, &following);
        }
        if following.after_dash && (ending.closed || !ending.is_full_stop()) && first.is_numeric() {
            return false;
        }
        if !ending.is_full_stop() {
            return true;
        }
        if self.is_marker(ending) {
            return false;
        }
        if ending.closed {
            return true;
        }
        self.full_stop_ends(word, &following)
    }

    /// ";" asks in Greek and ":" ends in Armenian; elsewhere ";" ends before a word that is written small within sentences.
    fn half_ends(self, ending: &Ending, word: &str, rest: &str) -> bool {
        if !rest.starts_with(char::is_whitespace) {
            return false;
        }
        let is_of = |low: char, high: char| word.chars().next_back().is_some_and(|c| low <= c && c <= high);
        if ending.first == b':' {
            return is_of('\u{0531}', '\u{0589}') || begins_with_marker(rest);
        }
        if is_of('\u{0370}', '\u{03FF}') || is_of('\u{1F00}', '\u{1FFF}') {
            return true;
        }
        begins_with_marker(rest) || self.begins_sentences(Following::of(rest).word)
    }

    /// "… le Panthéon.Des milliers …": the space was lost. "example.Com" and "U.S.A" are none of these.
    fn ends_without_space(self, ending: &mut Ending, word: &str, rest: &str) -> bool {
        let mut after = rest.chars();
        let (next, second) = (after.next().unwrap_or(' '), after.next());
        if is_caseless(next) && !word.is_empty() && ending.first != b'.' {
            return is_unspaced(next) && !matches!(next, 'と' | 'っ') || !is_unspaced(next);
        }
        let quoted = matches!(next, '"' | '“' | '«' | '„' | '”');
        let (next, second) = if quoted { (second.unwrap_or(' '), after.next()) } else { (next, second) };
        let token = rest.get(..rest.floor_char_boundary(64)).unwrap_or_default();
        let token = token.split(char::is_whitespace).next().unwrap_or_default();
        let is_address = token.contains(['@', '/', '=', '_']) || word.contains(['/', '@', '=', '&', '_']) || word.contains("www.");
        if is_address || !next.is_uppercase() {
            return false;
        }
        let begins = second.is_none_or(|c| c.is_lowercase() || c.is_whitespace() || c == '\'' || c == '’');
        if ending.is_full_stop() && !ending.closed {
            let letters = bare(word);
            let before_small = letters.chars().next_back().is_some_and(char::is_lowercase) && letters.chars().nth(2).is_some();
            let before_number = letters.chars().next_back().is_some_and(char::is_numeric) && letters.chars().nth(1).is_some();
            let is_sound = !letters.contains('.') && self.short_form(letters).is_none_or(|form| form == ShortForm::Numbered);
            return begins && is_sound && (before_small || before_number && !letters.contains(char::is_alphabetic));
        }
        begins
    }

    /// A small letter follows: the text is careless, or the mark is within the sentence.
    fn ends_before_small(self, ending: &Ending, word: &str, following: &Following<'_>) -> bool {
        if !ending.is_full_stop() || ending.closed || following.after_dash || following.after_bracket {
            return false;
        }
        let letters = word.chars().count();
        let is_plain = word.chars().all(|c| c.is_lowercase() || c == '\'' || c == '’');
        let next_is_word = following.word.chars().nth(1).is_some() || self.language.words.is_stop(following.word);
        let enough = if self.language.sentences.is_told() { 4 } else { 8 };
        is_plain && next_is_word && letters >= enough && self.short_form(bare(word)).is_none()
    }

    /// A single full stop, white space, and a capital, digit or letter without case.
    fn full_stop_ends(self, word: &str, following: &Following<'_>) -> bool {
        let first = following.first.unwrap_or(' ');
        let before_digit = first.is_numeric();
        let begins = self.begins_sentences(following.word);
        if matches!(first, '№' | '§' | '°') {
            return false;
        }
        let trimmed = bare(word);
        let before_number = before_digit || is_roman(following.word);
        let mut letters = trimmed.chars();
        let (one, two) = (letters.next(), letters.next());
        // "P" in "Collis P. Huntington", though "p. 5" is a page.
        let is_capital = one.is_some_and(char::is_uppercase) && two.is_none();
        match self.short_form(trimmed) {
            Some(ShortForm::Open) => return false,
            Some(ShortForm::Closing) => return begins && !following.after_dash && !following.after_bracket,
            Some(ShortForm::Numbered) if before_number || !is_capital => return !before_number && !following.after_dash,
            // "Anna-Zimmermann-Str. 9", "Hauptstr. 9"
            None if before_digit && self.ends_with_short_form(trimmed) => return false,
            _ => {}
        }
        let Some(one) = one else { return true };
        if trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
            return !(self.language.sentences.ordinals && trimmed.len() <= 2) || begins;
        }
        // "J" in "J. Smith", "J.-P" in "J.-P. Bruneau", "U.S" in "the U.S. Senate".
        let is_initial = one.is_uppercase() && two.is_none() && !is_caseless(one);
        let is_initials = two.is_some() && trimmed.split(['.', '-']).all(|part| part.chars().count() <= 1) && one.is_alphabetic();
        if is_initial || is_initials {
            // "R. -- Não há …" is who answers.
            return begins && !following.after_dash && !is_particle(following.word);
        }
        !self.looks_short(trimmed, before_digit)
    }

    /// Short forms that no list knows: no vowel in them ("пгт", "mgr"), or few letters before a number ("godz. 18").
    fn looks_short(self, word: &str, before_digit: bool) -> bool {
        let mut letters = word.chars();
        let small = letters.next().is_some() && letters.as_str().chars().all(char::is_lowercase);
        let count = word.chars().count();
        if !small || count > 5 || word.chars().any(|c| !c.is_alphabetic() || is_caseless(c)) {
            return false;
        }
        let is_unit = matches!(
            word,
            "km" | "cm" | "mm" | "kg" | "mg" | "ml" | "hm" | "dm" | "km²" | "kb" | "tv" | "км" | "кг" | "см" | "мм" | "χλμ" | "Hz"
        );
        let is_slavic = matches!(self.language.code.as_str(), "cs" | "sk");
        let has_vowel = word.chars().any(|c| is_vowel(c) || is_slavic && matches!(c, 'r' | 'l'));
        let is_cut = !has_vowel && !is_unit;
        is_cut && count <= 4 || before_digit && !self.language.sentences.is_told() && count <= 4 && !is_unit
    }

    /// A short form at the end of a word that is put together.
    fn ends_with_short_form(self, word: &str) -> bool {
        let last_part = word.rsplit_once('-').map(|(_, last)| last).filter(|last| last.chars().nth(1).is_some());
        last_part.is_some_and(|last| self.short_form(last).is_some()) || self.language.sentences.ends_with_short_form(word)
    }

    fn short_form(self, word: &str) -> Option<ShortForm> {
        if word.is_empty() || word.len() >= WORD_BYTES_MAX {
            return None;
        }
        self.language.sentences.short_form(word)
    }

    /// True for a capitalized word that is small within sentences: it was the sentence that made it capital.
    fn begins_sentences(self, word: &str) -> bool {
        let mut letters = word.chars();
        let is_capital = letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase);
        is_capital && self.language.words.is_stop_hash(words::hash(word))
    }

    /// "867." or "a.)" alone: what it numbers follows.
    fn is_marker(self, ending: &Ending) -> bool {
        let sentence = self.text.get(self.start..ending.start).unwrap_or_default();
        if sentence.len() > 24 {
            return false;
        }
        let bare = sentence.trim().trim_start_matches(['•', '⁃', '-', '*', '(', ' ', '·']);
        let digits = (1..=4).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
        let roman = (1..=5).contains(&bare.len()) && bare.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X' | b'i' | b'v' | b'x'));
        digits || roman || bare.len() == 1 && bare.bytes().all(|byte| byte.is_ascii_lowercase())
    }

    /// Where "2." begins within a sentence that began with "1.": the next item of a list within a line.
    pub fn begins_item(self, ending: &Ending) -> Option<usize> {
        if !ending.is_full_stop() {
            return None;
        }
        let digits = self.text.as_bytes().get(..ending.start)?.iter().rev().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        let begin = ending.start - digits;
        let number: u32 = self.text.get(begin..ending.start)?.parse().ok().filter(|_| digits < 4)?;
        let head = self.text.get(self.start..begin)?.trim_end_matches([' ', '•', '⁃', '·']);
        let is_next = item_number(head.trim_start())?.checked_add(1) == Some(number);
        let stands_free = self.text.get(..begin)?.ends_with([' ', '\n', '•', '⁃']);
        // "2.50" is no item, nor the second league in "1. FC Köln steigt in die 2. Liga auf".
        let is_decimal = self.text.as_bytes().get(ending.end).is_some_and(u8::is_ascii_digit);
        let before = head.rsplit(' ').next().unwrap_or_default();
        let may_be_ordinal = self.language.sentences.ordinals && self.language.words.is_stop(before);
        (is_next && stands_free && !is_decimal && !may_be_ordinal).then(|| self.start + head.len())
    }

    /// What stands before a mark, back to white space or an opening bracket; empty where that is far away.
    fn word_before(self, end: usize) -> &'a str {
        let head = self.text.get(self.start..end).unwrap_or_default();
        for (at, c) in head.char_indices().rev() {
            let parts = !c.is_ascii_alphanumeric() && (c.is_whitespace() || is_opener(c) && c != '\'' && c != '*' && c != '_' && c != '’');
            if parts {
                return head.get(at + c.len_utf8()..).unwrap_or_default();
            }
            if head.len() - at > WORD_BYTES_MAX {
                return head.get(at..).unwrap_or_default();
            }
        }
        head
    }
}

impl<'a> Following<'a> {
    fn of(rest: &'a str) -> Self {
        let mut found = Self { first: None, word: "", after_dash: false, after_bracket: false };
        for (at, c) in rest.char_indices().take(BETWEEN_MAX) {
            if is_dash(c) {
                found.after_dash = true;
            } else if matches!(c, '(' | '[' | '/') {
                found.after_bracket = true;
            } else if !(c.is_whitespace() || is_opener(c) || is_closer(c)) {
                let word = rest.get(at..).unwrap_or_default();
                let length = word.char_indices().take(24).find(|(_, c)| !c.is_alphanumeric()).map_or(0, |(length, _)| length);
                let end = if length == 0 { word.floor_char_boundary(48) } else { length };
                found.word = word.get(..end).unwrap_or_default();
                found.first = Some(c);
                break;
            }
        }
        found
    }
}

/// The number of a list's item, where a sentence begins with one: "• 9. …", "2.) …".
fn item_number(sentence: &str) -> Option<u32> {
    let bare = sentence.trim_start_matches(['•', '⁃', '·', '-', '*', ' ', '(']);
    let digits = bare.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let number = bare.get(..digits)?.parse().ok()?;
    let rest = bare.get(digits..)?.strip_prefix(['.', ')'])?;
    (!rest.starts_with(|c: char| c.is_ascii_digit())).then_some(number)
}

/// True where a comma or a full stop stands by itself: "« C'est fini ! » , dit-il".
fn is_lone_mark(rest: &str) -> bool {
    let rest = rest.trim_start_matches(' ');
    rest.strip_prefix([',', '.']).is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace))
}

/// "XXIII" in "no. XXIII". "I" is a word, and other letters make up names of their own: "MI", "CD".
fn is_roman(word: &str) -> bool {
    word.len() >= 2 && word.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'))
}

/// "4) …", "ii) …", "b) …".
fn begins_with_marker(rest: &str) -> bool {
    let item = rest.trim_start_matches(' ');
    let length = item.bytes().take(4).take_while(|byte: &u8| byte.is_ascii_digit() || byte.is_ascii_lowercase()).count();
    let label = item.get(..length).unwrap_or_default();
    let is_label = label.len() == 1
        || label.len() <= 2 && label.bytes().all(|byte| byte.is_ascii_digit())
        || label.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'));
    !label.is_empty() && is_label && item.get(length..).is_some_and(|rest| rest.starts_with(") "))
}

/// A word without the marks before it, and without what is elided: "l'art" is "art".
fn bare(word: &str) -> &str {
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    word.rsplit(['\'', '’']).next().unwrap_or(word)
}

/// The bytes of " :-)" at the beginning of what follows.
fn emoticon(rest: &str) -> Option<usize> {
    let face = rest.trim_start_matches(' ');
    let length = match face.as_bytes() {
        [b':' | b';', b')' | b'(' | b'D' | b'P' | b'p', ..] => 2,
        [b':' | b';', b'-', b')' | b'(' | b'D' | b'P', ..] => 3,
        _ => return None,
    };
    let after = face.get(length..)?.chars().next();
    after.is_none_or(char::is_whitespace).then_some(rest.len() - face.len() + length)
}

/// Small words within names, which may be written large: "J. De Vries".
fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "De" | "Del"
            | "Della"
            | "Di"
            | "Da"
            | "Dal"
            | "Den"
            | "Der"
            | "Des"
            | "Do"
            | "Dos"
            | "Du"
            | "El"
            | "Al"
            | "La"
            | "Le"
            | "Les"
            | "Lo"
            | "Los"
            | "Las"
            | "Van"
            | "Von"
            | "Ter"
            | "Ten"
            | "Te"
    )
}

const fn is_vowel(c: char) -> bool {
    matches!(
        c,
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'A' | 'E' | 'I' | 'O' | 'U' | 'Y'
            | 'à'..='æ' | 'è'..='ï' | 'ò'..='ö' | 'ø'..='ý' | 'ÿ' | 'À'..='Æ' | 'È'..='Ï' | 'Ò'..='Ö' | 'Ø'..='Ý'
            | 'ā' | 'ă' | 'ą' | 'ē' | 'ė' | 'ę' | 'ě' | 'ī' | 'ı' | 'İ' | 'ō' | 'ő' | 'œ' | 'ū' | 'ů' | 'ű'
            | 'а' | 'е' | 'ё' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'і' | 'ї' | 'є' | 'А' | 'Е' | 'И' | 'О' | 'У' | 'Э' | 'Ю' | 'Я' | 'І'
            | 'ә' | 'ө' | 'ү' | 'ұ' | 'ъ'
            | 'α' | 'ε' | 'η' | 'ι' | 'ο' | 'υ' | 'ω' | 'ά' | 'έ' | 'ή' | 'ί' | 'ό' | 'ύ' | 'ώ' | 'Α' | 'Ε' | 'Η' | 'Ι' | 'Ο' | 'Υ' | 'Ω'
            | 'Ά' | 'Έ' | 'Ή' | 'Ί' | 'Ό' | 'Ύ' | 'Ώ'
    )
}
