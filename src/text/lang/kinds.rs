//! What the lists of a language make of a word, by one look at its term: whoever counts an article's words asks all of it
//! of each of them.

use rustc_hash::FxHashMap;

use super::Language;
use crate::text::words::hash;

/// In which of the lists a word is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    const STOP: u8 = 1;
    const SPEECH: u8 = 1 << 1;
    const ARTICLE: u8 = 1 << 2;

    /// It says nothing of an article's subject.
    pub const fn is_stop(self) -> bool {
        self.0 & Self::STOP != 0
    }

    /// A form of a verb that always says that somebody speaks.
    pub const fn is_speech(self) -> bool {
        self.0 & Self::SPEECH != 0
    }

    pub const fn is_article(self) -> bool {
        self.0 & Self::ARTICLE != 0
    }
}

/// The words of a language's lists, by the hashes of their terms.
pub fn of_all(language: &Language) -> FxHashMap<u64, Kinds> {
    let mut all: FxHashMap<u64, Kinds> = FxHashMap::default();
    let mut add = |word: &str, kind: u8| all.entry(hash(word)).or_default().0 |= kind;
    language.words.stop_words().for_each(|word| add(word, Kinds::STOP));
    language.quotes.sure_forms().for_each(|form| add(&form, Kinds::SPEECH));
    language.quotes.articles.iter().chain(&language.quotes.indefinite).for_each(|article| add(article, Kinds::ARTICLE));
    all
}

#[cfg(test)]
mod tests {
    use super::super::of;
    use super::*;

    #[test]
    fn a_word_is_of_every_kind_whose_list_has_it() {
        let kinds = |word: &str| of("en").kinds(hash(word));
        let told = |word: &str| (kinds(word).is_stop(), kinds(word).is_speech(), kinds(word).is_article());
        assert_eq!([told("the"), told("announced"), told("harbour")], [(true, false, true), (false, true, false), (false, false, false)]);
    }
}
