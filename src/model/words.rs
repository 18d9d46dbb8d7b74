//! The words of an article: read once, and looked at by every stage from then on.

use rustc_hash::FxHashMap;

use super::Span;

/// All words of a text, in order. Words that differ in case only are one term.
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub all: Vec<Word>,
    /// By number, in the order in which they first come.
    pub terms: Vec<Term>,
    /// The number of each term, by its hash.
    pub numbers: FxHashMap<u64, u32>,
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
