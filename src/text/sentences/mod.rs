//! Where one sentence ends and the next begins.
//!
//! One pass over the bytes stops at marks only; what stands before and after each is looked at over a bounded
//! stretch, so that the cost is linear whatever the text is.

mod ends;
mod marks;
#[cfg(test)]
mod tests;

use crate::model::Span;

use super::lang::Language;
use ends::{Ending, Place};
use marks::{LOOK, Mark, mark_at};

/// The sentences of a text, in order. A blank line always ends one; only white space lies between them, none at
/// their edges.
pub fn segment(text: &str, language: &Language) -> Vec<Span> {
    let mut scanner = Scanner { text, language, found: Vec::with_capacity(text.len() / 100 + 1), start: 0, state: State::default() };
    scanner.scan();
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

impl Scanner<'_> {
    fn scan(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(ahead) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| LOOK[*byte as usize])) {
            at += ahead;
            let Some((mark, length)) = bytes.get(at..).and_then(mark_at) else {
                at += 1;
                continue;
            };
            at = match mark {
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
            };
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
