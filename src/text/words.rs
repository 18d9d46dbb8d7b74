//! Words: the runs of letters and digits that counts and comparisons are made of.

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::unicode::is_unspaced;
use crate::model::{FirstCharacter, Form, Span, Term, Word, Words};

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
    // An article of 3 kB has some 300 of them; a long text has fewer for its length.
    let terms_guessed = (text.len() / 10).min(1_000 + text.len() / 40);
    let mut words = Words {
        all: Vec::with_capacity(text.len() / 6),
        terms: Vec::with_capacity(terms_guessed),
        numbers: FxHashMap::with_capacity_and_hasher(terms_guessed, FxBuildHasher),
    };
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(start) = begin(text, at) {
        let mut hash = HASH_START;
        let (mut kinds, mut end) = (0, start);
        // Nearly all letters are ASCII: they are looked up in a table, byte by byte.
        while let Some(&Character { kind, lower }) = bytes.get(end).and_then(|byte| ASCII.get(usize::from(*byte))).filter(|c| c.kind != 0) {
            kinds |= kind;
            hash = mixed(hash, u32::from(lower));
            end += 1;
        }
        let mut count = end - start;
        // What ended the run is no letter if it is ASCII.
        if bytes.get(end).is_some_and(|byte| !byte.is_ascii()) {
            while let Some(length) = continues(text, start, end) {
                let Some(c) = text.get(end..).and_then(|rest| rest.chars().next()) else { break };
                kinds |= kind(c);
                hash = hash_of(hash, c);
                count += 1;
                end += length;
            }
        }
        let first = bytes.get(start).and_then(|byte| ASCII.get(usize::from(*byte))).map_or_else(
            || text.get(start..).and_then(|rest| rest.chars().next()).map(first_character).unwrap_or_default(),
            |first| FirstCharacter {
                is_capital: first.kind & CAPITAL != 0,
                is_small: first.kind & SMALL != 0,
                is_letter: first.kind & DIGIT == 0,
                is_unspaced: false,
            },
        );
        let form = Form::new(first, kinds & SMALL != 0, kinds & OTHER == 0 && count > 1);
        let term = number(&mut words, hash);
        words.all.push(Word { span: Span::new(start, end), term, form });
        at = end;
    }
    words
}

/// The number of the term with this hash, which the next word may be the first to have.
fn number(words: &mut Words, hash: u64) -> u32 {
    // A text of four milliards of different words would fill any memory before its words run out of numbers.
    let next = u32::try_from(words.terms.len()).unwrap_or(u32::MAX);
    let number = *words.numbers.entry(hash).or_insert(next);
    if number == next {
        words.terms.push(Term { hash, first: u32::try_from(words.all.len()).unwrap_or(u32::MAX) });
    }
    number
}

/// A word's hash, whatever its case: that of its term.
pub fn hash(word: &str) -> u64 {
    hash_of_letters(word.chars())
}

/// The hash of the word that these letters make.
pub fn hash_of_letters(letters: impl Iterator<Item = char>) -> u64 {
    letters.fold(HASH_START, hash_of)
}

/// Where the next word begins.
fn begin(text: &str, from: usize) -> Option<usize> {
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

const fn is_latin_letter(c: char) -> bool {
    matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ɏ')
}

/// Dashes and quotation marks, which stand at the end of many words.
const fn is_curly(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{203F}')
}

/// Combining marks belong to the word they stand in.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{094F}' | '\u{0981}'..='\u{0983}' | '\u{09BC}'..='\u{09CD}')
}

const CAPITAL: u8 = 1;
const SMALL: u8 = 1 << 1;
const DIGIT: u8 = 1 << 2;
/// Neither a capital nor a digit.
const OTHER: u8 = 1 << 3;

/// What a character of ASCII is to words, and its small form.
#[derive(Clone, Copy)]
struct Character {
    /// Nothing for what belongs to no word.
    kind: u8,
    lower: u8,
}

static ASCII: [Character; 128] = {
    let mut table = [Character { kind: 0, lower: 0 }; 128];
    let mut byte = 0;
    while byte < 128_u8 {
        let kind = match byte {
            b'A'..=b'Z' => CAPITAL,
            b'a'..=b'z' => SMALL | OTHER,
            b'0'..=b'9' => DIGIT,
            _ => 0,
        };
        table[byte as usize] = Character { kind, lower: byte.to_ascii_lowercase() };
        byte += 1;
    }
    table
};

fn kind(c: char) -> u8 {
    if matches!(c, 'ß'..='ö' | 'ø'..='ÿ') {
        return SMALL | OTHER;
    }
    let (is_capital, is_digit) = (c.is_uppercase(), c.is_numeric());
    let kinds = [(is_capital, CAPITAL), (c.is_lowercase(), SMALL), (is_digit, DIGIT), (!is_capital && !is_digit, OTHER)];
    kinds.into_iter().fold(0, |all, (is_so, kind)| if is_so { all | kind } else { all })
}

fn first_character(c: char) -> FirstCharacter {
    FirstCharacter { is_capital: c.is_uppercase(), is_small: c.is_lowercase(), is_letter: c.is_alphabetic(), is_unspaced: is_unspaced(c) }
}

const HASH_START: u64 = 0xCBF2_9CE4_8422_2325;

/// One step of FNV-1a, over code points.
const fn mixed(hash: u64, code: u32) -> u64 {
    (hash ^ code as u64).wrapping_mul(0x0000_0100_0000_01B3)
}

fn hash_of(hash: u64, c: char) -> u64 {
    match c {
        '\0'..='\x7F' => mixed(hash, u32::from(c.to_ascii_lowercase())),
        'ß'..='ö' | 'ø'..='ÿ' => mixed(hash, u32::from(c)),
        _ => c.to_lowercase().fold(hash, |hash, c| mixed(hash, c.into())),
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
