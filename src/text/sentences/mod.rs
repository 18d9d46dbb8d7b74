//! Where one sentence ends and the next begins.
//!
//! One pass stops at marks only, which stand between words; what stands before and after each is looked at over a bounded
//! stretch, so that the cost is linear whatever the text is.

mod ends;
mod marks;
#[cfg(test)]
mod tests;

use crate::model::{Span, Word, Words};

use super::lang::Language;
use ends::{Ending, Place, WORD_BYTES_MAX};
use marks::{LOOK, Mark, mark_at};

/// The sentences of a text, in order. A blank line always ends one; only white space lies between them, none at
/// their edges.
pub fn segment(text: &str, language: &Language) -> Vec<Span> {
    let mut scanner = Scanner::new(text, language);
    let mut at = 0;
    while let Some(ahead) = text.as_bytes().get(at..).and_then(|rest| rest.iter().position(|byte| LOOK[*byte as usize])) {
        at = scanner.look(at + ahead);
    }
    scanner.push(text.len());
    scanner.found
}

/// The same where the words are known: only what stands between them is looked at.
pub fn segment_by_words(text: &str, words: &Words, language: &Language) -> Vec<Span> {
    let mut scanner = Scanner::new(text, language);
    let mut at = 0;
    for (place, word) in words.all.iter().enumerate() {
        // Most words have one blank between them.
        if at + 1 != word.span.start || text.as_bytes().get(at) != Some(&b' ') {
            at = scanner.between(at, word.span.start, place, words);
        }
        at = at.max(word.span.end);
    }
    scanner.between(at, text.len(), words.all.len(), words);
    scanner.push(text.len());
    scanner.found
}

/// What is open at a place, since the latest blank line.
#[derive(Clone, Copy, Debug, Default)]
pub struct State {
    /// An odd number of `"` stands before.
    in_straight: bool,
    /// „ stands before, and “ will close it.
    in_low: bool,
    in_title: bool,
}

struct Scanner<'a> {
    text: &'a str,
    language: &'a Language,
    found: Vec<Span>,
    start: usize,
    state: State,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, language: &'a Language) -> Self {
        Self { text, language, found: Vec::with_capacity(text.len() / 60 + 1), start: 0, state: State::default() }
    }

    /// Looks through what stands before a word, by its place. Gives where to read on.
    fn between(&mut self, from: usize, until: usize, place: usize, words: &Words) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = from;
        while at < until {
            let byte = bytes.get(at).copied().unwrap_or_default();
            at = match byte {
                _ if !LOOK[usize::from(byte)] => at + 1,
                b'.' if self.is_before_blank_line(at) => at + 1,
                b'.' if self.is_plain_stop(at, place, words) => {
                    self.push(at + 1);
                    at + 1
                }
                _ => self.look(at),
            };
        }
        at
    }

    /// The blank line will end the sentence, unless the full stop is an item's.
    fn is_before_blank_line(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.text.as_bytes().get(before));
        matches!(self.text.as_bytes().get(at + 1..), Some([b'\n', b'\n', ..])) && before.is_some_and(|before| !before.is_ascii_digit())
    }

    /// A full stop between a whole word and a capital or a digit, as most are: of the rules only that of short forms says
    /// anything of it.
    fn is_plain_stop(&self, at: usize, place: usize, words: &Words) -> bool {
        let bytes = self.text.as_bytes();
        let Some(word) = place.checked_sub(1).and_then(|before| words.all.get(before)).filter(|word| word.span.end == at) else {
            return false;
        };
        let stands_free =
            word.span.start == self.start || word.span.start > self.start && matches!(bytes.get(word.span.start - 1), Some(b' ' | b'\n'));
        let letters = word.span.of(self.text);
        // What has a vowel is not cut short, and with another than "i" no Roman number.
        let has_vowel = || letters.bytes().any(|byte| matches!(byte | 0x20, b'a' | b'e' | b'o' | b'u' | b'y'));
        let is_whole = stands_free && letters.len() > 1 && (has_vowel() || letters.chars().nth(5).is_some());
        let sentences = &self.language.sentences;
        let Some(next) = bytes.get(at + 1..).and_then(begins_plainly).filter(|_| is_whole) else { return false };
        if next.is_ascii_digit() && (!sentences.is_told() || sentences.ends_with_short_form(letters)) {
            return false;
        }
        let is_short = |word: &Word| words.terms.get(word.term as usize).is_none_or(|term| sentences.short_form_hash(term.hash).is_some());
        letters.len() >= WORD_BYTES_MAX || !is_short(word)
    }

    /// Looks at what begins as a mark may. Gives where to read on.
    fn look(&mut self, at: usize) -> usize {
        let Some((mark, length)) = self.text.as_bytes().get(at..).and_then(mark_at) else { return at + 1 };
        match mark {
            Mark::Newline => self.newline(at),
            Mark::Stop | Mark::Unspaced | Mark::Half => self.stop(at, length, mark),
            Mark::Straight => {
                self.state.in_straight = !self.state.in_straight;
                at + length
            }
            Mark::Low | Mark::TitleOpens | Mark::TitleCloses => {
                self.state.in_low |= mark == Mark::Low;
                self.state.in_title = mark == Mark::TitleOpens || self.state.in_title && mark == Mark::Low;
                at + length
            }
        }
    }

    /// A blank line ends a sentence, whatever stands before it.
    fn newline(&mut self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let beyond = rest.len() - rest.trim_start().len();
        let lines = rest.as_bytes().iter().take(beyond).filter(|byte| **byte == b'\n').count();
        if lines > 1 {
            self.push(at);
            self.state = State::default();
        }
        at + beyond
    }

    /// A mark that may end a sentence, with the marks and brackets that belong to it. Gives where to read on.
    fn stop(&mut self, at: usize, length: usize, mark: Mark) -> usize {
        let mut ending = Ending::read(self.text, at, length, mark, self.state);
        let place = Place { text: self.text, language: self.language, start: self.start, state: self.state };
        if let Some(item) = place.begins_item(&ending) {
            self.push(item);
        } else if place.ends(&mut ending) {
            self.push(ending.end);
        }
        self.state.in_straight = ending.in_straight;
        ending.end
    }

    /// The sentence that ends here, if anything stands in it. The next begins here.
    fn push(&mut self, end: usize) {
        let piece = Span::new(self.start, end).of(self.text);
        let begin = self.start + (piece.len() - piece.trim_start().len());
        let last = self.start + piece.trim_end().len();
        self.start = end;
        if begin < last {
            self.found.push(Span::new(begin, last));
        }
    }
}

/// The capital or digit of ASCII that follows after a blank, with at most one opening mark before it.
fn begins_plainly(rest: &[u8]) -> Option<u8> {
    let beyond = match rest {
        [b' ' | b'\n', b'(' | b'"' | b'\'', beyond @ ..] => beyond,
        // «, ‘, “, „
        [b' ' | b'\n', 0xC2, 0xAB, beyond @ ..] | [b' ' | b'\n', 0xE2, 0x80, 0x98 | 0x9C | 0x9E, beyond @ ..] => beyond,
        [b' ' | b'\n', beyond @ ..] => beyond,
        _ => return None,
    };
    beyond.first().copied().filter(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
