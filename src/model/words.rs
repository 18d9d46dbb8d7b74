//! The words of an article: read once, and looked at by every stage from then on.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::OnceLock;

use super::Span;

/// All words of a text, in order. Words that differ in case only are one term.
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub all: Vec<Word>,
    /// By number, in the order in which they first come.
    pub terms: Vec<Term>,
    numbers: Numbers,
}

impl Words {
    /// None yet; with room for so many.
    pub fn with_capacity(words: usize, terms: usize) -> Self {
        Self { all: Vec::with_capacity(words), terms: Vec::with_capacity(terms), numbers: Numbers::with_capacity(terms) }
    }

    /// The number of the term with this hash, if any word has it.
    pub fn number(&self, hash: u64) -> Option<u32> {
        self.numbers.find(hash, &self.terms).ok()
    }

    /// Adds a word to the end.
    #[inline]
    pub fn push(&mut self, span: Span, hash: u64, form: Form) {
        let term = self.numbers.find(hash, &self.terms).unwrap_or_else(|slot| {
            // A text of four milliards of different words would fill any memory before its words run out of numbers.
            let number = u32::try_from(self.terms.len()).unwrap_or(u32::MAX);
            self.terms.push(Term { hash, first: u32::try_from(self.all.len()).unwrap_or(u32::MAX) });
            self.numbers.enter(slot, &self.terms);
            number
        });
        self.all.push(Word { span, term, form });
    }
}

/// The number of each term, by its hash: a table of places, each with a number plus one or nothing, where a place that is
/// taken leads to the next.
#[derive(Clone, Debug, Default)]
struct Numbers {
    /// A power of two, and never more than half of them taken; or none at all.
    slots: Vec<u32>,
    /// What of a spread hash is no place.
    shift: u32,
    spread: u64,
}

/// What hashes are multiplied by, different in every run: nobody can write a text whose words all want one place. It moves
/// only the places, and no number.
fn spread() -> u64 {
    static DRAWN: OnceLock<u64> = OnceLock::new();
    *DRAWN.get_or_init(|| RandomState::new().hash_one(0_u8) | 1)
}

impl Numbers {
    fn with_capacity(terms: usize) -> Self {
        let count = (2 * terms).next_power_of_two().max(2);
        Self { slots: vec![0; count], shift: u64::BITS - count.ilog2(), spread: spread() }
    }

    /// The place that a hash wants.
    const fn wanted(&self, hash: u64) -> usize {
        (hash.wrapping_mul(self.spread) >> self.shift) as usize
    }

    /// The number of a term; where there is none, the place that it would have.
    #[inline]
    fn find(&self, hash: u64, terms: &[Term]) -> Result<u32, usize> {
        let last = self.slots.len().wrapping_sub(1);
        let mut slot = self.wanted(hash);
        loop {
            match self.slots.get(slot) {
                None | Some(0) => return Err(slot),
                Some(taken) if terms.get(*taken as usize - 1).is_some_and(|term| term.hash == hash) => return Ok(taken - 1),
                Some(_) => slot = (slot + 1) & last,
            }
        }
    }

    /// Enters the last of the terms at the place that `find` gave.
    fn enter(&mut self, slot: usize, terms: &[Term]) {
        let number = u32::try_from(terms.len()).unwrap_or(u32::MAX);
        if let Some(place) = self.slots.get_mut(slot) {
            *place = number;
        }
        if terms.len() * 2 > self.slots.len() {
            *self = Self::with_capacity(terms.len() * 2);
            let last = self.slots.len() - 1;
            for (number, term) in (1..).zip(terms) {
                let mut slot = self.wanted(term.hash);
                while self.slots.get(slot).is_some_and(|taken| *taken != 0) {
                    slot = (slot + 1) & last;
                }
                if let Some(place) = self.slots.get_mut(slot) {
                    *place = number;
                }
            }
        }
    }
}

/// One word where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    pub span: Span,
    /// The number of its term.
    pub term: u32,
    pub form: Form,
}

/// What a word is, whatever its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// Of its letters in lower case; the same on every machine.
    pub hash: u64,
    /// Its first word, counted from 0.
    pub first: u32,
}

/// How a word is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form(u8);

impl Form {
    const CAPITAL: u8 = 1;
    const SMALL: u8 = 1 << 1;
    const LETTER: u8 = 1 << 2;
    const UNSPACED: u8 = 1 << 3;
    const HAS_SMALL: u8 = 1 << 4;
    const ACRONYM: u8 = 1 << 5;

    /// What the first character is, then what all of them are.
    pub fn new(first: FirstCharacter, has_small: bool, is_acronym: bool) -> Self {
        let bit = |is_so: bool, bit: u8| u8::from(is_so) * bit;
        Self(
            bit(first.is_capital, Self::CAPITAL)
                | bit(first.is_small, Self::SMALL)
                | bit(first.is_letter, Self::LETTER)
                | bit(first.is_unspaced, Self::UNSPACED)
                | bit(has_small, Self::HAS_SMALL)
                | bit(is_acronym, Self::ACRONYM),
        )
    }

    /// The same of a word of ASCII, which has more than one character or not.
    pub const fn of_ascii(first: u8, has_small: bool, is_long: bool) -> Self {
        let first = match first {
            b'A'..=b'Z' => Self::CAPITAL | Self::LETTER,
            b'a'..=b'z' => Self::SMALL | Self::LETTER,
            _ => 0,
        };
        let others = match (has_small, is_long) {
            (true, _) => Self::HAS_SMALL,
            (false, true) => Self::ACRONYM,
            (false, false) => 0,
        };
        Self(first | others)
    }

    /// It begins with a capital.
    pub const fn is_capital(self) -> bool {
        self.0 & Self::CAPITAL != 0
    }

    /// It begins with a small letter.
    pub const fn is_small(self) -> bool {
        self.0 & Self::SMALL != 0
    }

    /// It begins with a letter of any script.
    pub const fn begins_with_letter(self) -> bool {
        self.0 & Self::LETTER != 0
    }

    /// Of a script that is written without spaces.
    pub const fn is_unspaced(self) -> bool {
        self.0 & Self::UNSPACED != 0
    }

    /// A small letter is anywhere in it.
    pub const fn has_small(self) -> bool {
        self.0 & Self::HAS_SMALL != 0
    }

    /// Two characters or more, all of them capitals or digits.
    pub const fn is_acronym(self) -> bool {
        self.0 & Self::ACRONYM != 0
    }
}

/// What is asked of a word's first character.
#[derive(Clone, Copy, Debug, Default)]
pub struct FirstCharacter {
    pub is_capital: bool,
    pub is_small: bool,
    pub is_letter: bool,
    pub is_unspaced: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_found_again_however_alike_their_hashes_are() {
        let hash = |number: u64| number << 40;
        for mut words in [Words::default(), Words::with_capacity(10, 10)] {
            (0..5_000).chain([7, 4_999]).for_each(|number| words.push(Span::default(), hash(number), Form::default()));
            assert_eq!((words.all.len(), words.terms.len()), (5_002, 5_000));
            assert!((0..5_000).all(|number| words.number(hash(number)) == u32::try_from(number).ok()));
            assert_eq!((words.number(hash(5_000)), words.all[5_000].term), (None, 7));
        }
    }
}
