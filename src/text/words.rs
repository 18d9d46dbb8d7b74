//! Words: the runs of letters and digits that counts and comparisons are made of.

use super::bytes::{self, Eight};
use super::unicode::{is_latin_letter, is_unspaced};
use crate::model::{FirstCharacter, Form, Span, Words};

/// The words of a text, in order. An apostrophe or hyphen between letters parts words, as it does for most counts;
/// in scripts without spaces each character is one.
pub fn words(text: &str) -> impl Iterator<Item = Span> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = begin(text, at)?;
        let mut end = start;
        while let Some(length) = continues(text, start, end) {
            end += length;
        }
        at = end;
        Some(Span::new(start, end))
    })
}

/// Reads all words of a text with what every stage asks of them, in one pass.
pub fn read(text: &str) -> Words {
    // An article of 3 kB has some 300 different ones; a long text has fewer for its length.
    let mut words = Words::with_capacity(text.len() / 5, (text.len() / 10).min(1_000 + text.len() / 40));
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(start) = begin(text, at) {
        let first = bytes.get(start).copied().unwrap_or_default();
        let Letters { end, hash, has_small, .. } = letters(bytes, start);
        // What ended the run is no letter if it is ASCII.
        if bytes.get(end).is_none_or(u8::is_ascii) {
            words.push(Span::new(start, end), hash, Form::of_ascii(first, has_small, end - start > 1));
            at = end;
            continue;
        }
        let Letters { end, hash, has_small, is_acronym } = letters_of_any_script(text, start);
        let first = text.get(start..).and_then(|rest| rest.chars().next()).map(first_character).unwrap_or_default();
        words.push(Span::new(start, end), hash, Form::new(first, has_small, is_acronym));
        at = end;
    }
    words
}

/// What is read of a word.
struct Letters {
    end: usize,
    hash: u64,
    has_small: bool,
    is_acronym: bool,
}

/// A word as far as it is ASCII, eight bytes at a time.
#[inline]
fn letters(bytes: &[u8], start: usize) -> Letters {
    let mut hash = HASH_START;
    let mut has_small = false;
    let mut end = start;
    loop {
        let eight = Eight::at(bytes, end);
        let letters = eight.letters();
        let length = letters.or(eight.digits()).run();
        if length > 0 {
            has_small |= eight.small(letters).first(length).is_any();
            hash = mixed(hash, eight.lower() & bytes::first(length));
            end += length;
        }
        if length < 8 {
            return Letters { end, hash, has_small, is_acronym: !has_small && end - start > 1 };
        }
    }
}

/// The letters of ASCII that stand side by side from a place on: the hash of the word that they are, and how many.
pub fn ascii_letters(bytes: &[u8], start: usize) -> (u64, usize) {
    let mut hash = HASH_START;
    let mut end = start;
    loop {
        let eight = Eight::at(bytes, end);
        let length = eight.letters().run();
        if length > 0 {
            hash = mixed(hash, eight.lower() & bytes::first(length));
            end += length;
        }
        if length < 8 {
            return (hash, end - start);
        }
    }
}

/// A whole word, character by character.
fn letters_of_any_script(text: &str, start: usize) -> Letters {
    let mut hasher = Hasher::default();
    let (mut kinds, mut end, mut count) = (0, start, 0);
    while let Some(length) = continues(text, start, end) {
        match text.as_bytes().get(end..end + length) {
            Some([byte]) => {
                kinds |= if byte.is_ascii_lowercase() { SMALL | OTHER } else { 0 };
                hasher.push(*byte);
            }
            _ => {
                let Some(c) = text.get(end..).and_then(|rest| rest.chars().next()) else { break };
                kinds |= kind(c);
                hasher.push_lower(c);
            }
        }
        count += 1;
        end += length;
    }
    Letters { end, hash: hasher.finish(), has_small: kinds & SMALL != 0, is_acronym: kinds & OTHER == 0 && count > 1 }
}

/// A word's hash, whatever its case: that of its term.
pub fn hash(word: &str) -> u64 {
    let bytes = word.as_bytes();
    if !word.is_ascii() {
        return hash_of_letters(word.chars());
    }
    let mut hash = HASH_START;
    for at in (0..bytes.len()).step_by(8) {
        hash = mixed(hash, Eight::at(bytes, at).lower() & bytes::first(bytes.len() - at));
    }
    hash
}

/// The hash of the word that these letters make.
pub fn hash_of_letters(letters: impl Iterator<Item = char>) -> u64 {
    let mut hasher = Hasher::default();
    letters.for_each(|c| hasher.push_lower(c));
    hasher.finish()
}

/// Where the next word begins: between most words stands one blank.
#[inline]
fn begin(text: &str, from: usize) -> Option<usize> {
    match text.as_bytes().get(from..) {
        Some([b' ', b'A'..=b'Z' | b'a'..=b'z', ..]) => Some(from + 1),
        _ => begin_further_on(text, from),
    }
}

fn begin_further_on(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let byte = *bytes.get(at)?;
        if !MAY_BEGIN.get(usize::from(byte)).is_some_and(|may| *may) {
            at += 1;
            continue;
        }
        if byte.is_ascii() {
            return Some(at);
        }
        // Most of what stands between words beyond ASCII are curly marks and dashes: is_curly.
        if matches!(bytes.get(at..at + 3), Some([0xE2, 0x80, 0x90..=0xBF])) {
            at += 3;
            continue;
        }
        let c = text.get(at..)?.chars().next()?;
        if is_latin_letter(c) || c.is_alphanumeric() {
            return Some(at);
        }
        at += c.len_utf8();
    }
}

/// Letters and digits of ASCII, and every byte that a character beyond it begins with.
const MAY_BEGIN: [bool; 256] = {
    let mut may = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        may[byte] = byte >= 0xC0 || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    may
};

/// How many bytes the character at `at` has, if it belongs to the word that begins at `start`.
fn continues(text: &str, start: usize, at: usize) -> Option<usize> {
    let byte = *text.as_bytes().get(at)?;
    if byte.is_ascii() {
        let belongs = byte.is_ascii_alphanumeric() && (at == start || !begins_unspaced(text, start));
        return belongs.then_some(1);
    }
    let c = text.get(at..)?.chars().next()?;
    let belongs = at == start || continues_word(c) && !begins_unspaced(text, start);
    belongs.then_some(c.len_utf8())
}

/// True where each character is a word.
fn begins_unspaced(text: &str, start: usize) -> bool {
    // No such script has characters of two bytes or fewer.
    text.as_bytes().get(start).is_some_and(|byte| *byte >= 0xE0)
        && text.get(start..).and_then(|rest| rest.chars().next()).is_some_and(is_unspaced)
}

/// Most letters beyond ASCII are accented Latin ones, for which no table needs to be asked.
fn continues_word(c: char) -> bool {
    is_latin_letter(c) || !is_curly(c) && (c.is_alphanumeric() || is_mark(c)) && !is_unspaced(c)
}

/// Dashes and quotation marks, which stand at the end of many words.
const fn is_curly(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{203F}')
}

/// Combining marks belong to the word they stand in.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{094F}' | '\u{0981}'..='\u{0983}' | '\u{09BC}'..='\u{09CD}')
}

const SMALL: u8 = 1;
/// Neither a capital nor a digit.
const OTHER: u8 = 1 << 1;

fn kind(c: char) -> u8 {
    match c {
        'À'..='Ö' | 'Ø'..='Þ' => return 0,
        'ß'..='ö' | 'ø'..='ÿ' => return SMALL | OTHER,
        _ => {}
    }
    let is_other = !c.is_uppercase() && !c.is_numeric();
    (u8::from(c.is_lowercase()) * SMALL) | (u8::from(is_other) * OTHER)
}

fn first_character(c: char) -> FirstCharacter {
    let is_of_europe = matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ');
    if is_of_europe {
        return FirstCharacter { is_capital: c < 'ß', is_small: c >= 'ß', is_letter: true, is_unspaced: false };
    }
    FirstCharacter { is_capital: c.is_uppercase(), is_small: c.is_lowercase(), is_letter: c.is_alphabetic(), is_unspaced: is_unspaced(c) }
}

const HASH_START: u64 = 0x243F_6A88_85A3_08D3;

/// Takes in eight bytes of a word in lower case, of which the last ones of a word may be zero: the two halves of a product
/// that depends on all of them, so that no bit of the hash depends on few.
const fn mixed(hash: u64, eight: u64) -> u64 {
    let product = (hash ^ eight) as u128 * 0x9E37_79B9_7F4A_7C15;
    product as u64 ^ (product >> 64) as u64
}

/// The hash of a word whose characters come one by one.
pub struct Hasher {
    hash: u64,
    /// Those that are not taken in yet.
    open: u64,
    open_bits: u32,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { hash: HASH_START, open: 0, open_bits: 0 }
    }
}

impl Hasher {
    /// A byte of ASCII, in either case.
    fn push(&mut self, byte: u8) {
        self.push_as_it_is(byte | 0x20);
    }

    pub fn push_lower(&mut self, c: char) {
        match c {
            '\0'..='\x7F' => self.push(c as u8),
            'ß'..='ö' | 'ø'..='ÿ' => self.push_encoded(c),
            _ => c.to_lowercase().for_each(|c| if c.is_ascii() { self.push(c as u8) } else { self.push_encoded(c) }),
        }
    }

    fn push_encoded(&mut self, c: char) {
        c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| self.push_as_it_is(byte));
    }

    fn push_as_it_is(&mut self, byte: u8) {
        self.open |= u64::from(byte) << self.open_bits;
        self.open_bits += 8;
        if self.open_bits == 64 {
            self.hash = mixed(self.hash, self.open);
            (self.open, self.open_bits) = (0, 0);
        }
    }

    pub fn finish(self) -> u64 {
        if self.open_bits == 0 { self.hash } else { mixed(self.hash, self.open) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{lang, sentences};

    /// The rule in its plainest form, which the fast ways have to follow.
    fn plain(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        let mut rest = text;
        while let Some((start, first)) = rest.char_indices().find(|(_, c)| c.is_alphanumeric()) {
            let word = &rest[start..];
            let goes_on = |c: char| (c.is_alphanumeric() || is_mark(c)) && !is_unspaced(c);
            let end = if is_unspaced(first) { first.len_utf8() } else { word.find(|c| !goes_on(c)).unwrap_or(word.len()) };
            found.push(&word[..end]);
            rest = &word[end..];
        }
        found
    }

    #[track_caller]
    fn check(text: &str) {
        let read = read(text);
        let spans: Vec<Span> = words(text).collect();
        assert_eq!(spans.iter().map(|span| span.of(text)).collect::<Vec<_>>(), plain(text));
        assert_eq!(read.all.iter().map(|word| word.span).collect::<Vec<_>>(), spans);
        for word in &read.all {
            let letters = word.span.of(text);
            let first = letters.chars().next().unwrap();
            let form = word.form;
            assert_eq!(form.is_capital(), first.is_uppercase(), "{letters}");
            assert_eq!(form.is_small(), first.is_lowercase(), "{letters}");
            assert_eq!(form.begins_with_letter(), first.is_alphabetic(), "{letters}");
            assert_eq!(form.is_unspaced(), is_unspaced(first), "{letters}");
            assert_eq!(form.has_small(), letters.chars().any(char::is_lowercase), "{letters}");
            let is_acronym = letters.chars().nth(1).is_some() && letters.chars().all(|c| c.is_uppercase() || c.is_numeric());
            assert_eq!(form.is_acronym(), is_acronym, "{letters}");
            let term = read.terms[word.term as usize];
            assert_eq!(term.hash, hash(&letters.chars().flat_map(char::to_lowercase).collect::<String>()));
            assert_eq!(read.all[term.first as usize].term, word.term);
        }
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_in_every_script() {
        check("L’OTAN, 27 ans: «Été» in São Paulo. U.S. 3D B2b ÉTÉ Straße ΣΟΦΟΣ e\u{301}te\u{301} Ⅷ ²");
        check("Мэр сказал. 港口罢工 abc京def ไทย ภาษา हिन्दी में العربية İstanbul ǅ");
        check("");
    }

    #[test]
    fn words_that_differ_in_case_only_are_one_term() {
        let words = read("Dike DIKE dike Deich");
        assert_eq!(words.all.iter().map(|word| word.term).collect::<Vec<_>>(), [0, 0, 0, 1]);
    }

    proptest! {
        #[test]
        fn the_fast_ways_find_what_the_plain_rule_finds(text in "([A-Za-z0-9é ßÅİΣ京ก\u{301}²Ⅷक़.,'’\n]|\\PC){0,60}") {
            check(&text);
        }

        #[test]
        fn no_word_reaches_over_the_end_of_a_sentence(text in "([A-Za-zé京1-3 .!?:;)»”\"\n•-]|\\PC){0,60}") {
            for code in ["en", "de", "und"] {
                let within: Vec<Span> = sentences::segment(&text, lang::of(code))
                    .into_iter()
                    .flat_map(|sentence| {
                        words(sentence.of(&text))
                            .map(move |word| Span::new(sentence.start + word.start, sentence.start + word.end))
                            .collect::<Vec<_>>()
                    })
                    .collect();
                prop_assert_eq!(within, words(&text).collect::<Vec<_>>());
            }
        }
    }
}
