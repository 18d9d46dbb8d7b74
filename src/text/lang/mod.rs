//! What each language needs to be told. One data file per language in this folder; adding one touches no code.

mod article_data;
mod clean_data;
mod kinds;
mod quote_data;
mod sentence_data;
mod word_data;

use std::sync::{LazyLock, OnceLock};

use rustc_hash::FxHashMap;
use serde::Deserialize;

pub use article_data::ArticleData;
pub use clean_data::CleanData;
pub use kinds::Kinds;
pub use quote_data::QuoteData;
pub use sentence_data::{SentenceData, ShortForm};
pub use word_data::WordData;

/// A language's data, as its file gives them. Every section may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// BCP 47, two letters: the file's own name.
    pub code: String,
    /// In English.
    pub name: String,
    #[serde(default)]
    pub sentences: SentenceData,
    #[serde(default)]
    pub words: WordData,
    #[serde(default)]
    pub articles: ArticleData,
    #[serde(default)]
    pub clean: CleanData,
    #[serde(default)]
    pub quotes: QuoteData,
    #[serde(skip)]
    kinds: OnceLock<FxHashMap<u64, Kinds>>,
}

impl Language {
    /// What the lists make of a word, by the hash of its term.
    pub fn kinds(&self, hash: u64) -> Kinds {
        self.kinds.get_or_init(|| kinds::of_all(self)).get(&hash).copied().unwrap_or_default()
    }
}

include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// Languages whose sentences can be found, and no more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Partial {
    languages: Vec<Language>,
}

static PARTIAL: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let partial: Partial = toml::from_str(include_str!("partial/languages.toml")).expect("a test reads the file");
    partial.languages
});

/// The data of a language by its BCP 47 code; those of no language in particular where it has none.
pub fn of(code: &str) -> &'static Language {
    let primary = code.split('-').next().unwrap_or_default();
    static LOADED: [OnceLock<Language>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];
    static NEUTRAL: OnceLock<Language> = OnceLock::new();
    for (place, (name, source)) in LOADED.iter().zip(FILES) {
        if name.eq_ignore_ascii_case(primary) {
            return place.get_or_init(|| toml::from_str(source).expect("a test reads every language file"));
        }
    }
    let partial = PARTIAL.iter().find(|language| language.code.eq_ignore_ascii_case(primary) || primary == "no" && language.code == "nb");
    partial.unwrap_or_else(|| NEUTRAL.get_or_init(Language::default))
}

/// The codes of all languages that have a file of their own, in alphabetical order.
pub fn codes() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_file_can_be_read_and_bears_its_own_code() {
        for (code, source) in FILES {
            let language: Language = toml::from_str(source).unwrap_or_else(|error| panic!("{code}.toml: {error}"));
            assert_eq!(language.code, *code);
            assert!(!language.name.is_empty());
        }
    }

    #[test]
    fn a_language_without_a_file_of_its_own_still_has_its_short_forms() {
        assert!(PARTIAL.is_sorted_by(|a, b| a.code < b.code));
        assert!(PARTIAL.iter().all(|partial| codes().all(|code| partial.code != code) && partial.sentences.is_told()));
        assert_eq!((of("pl-PL").code.as_str(), of("no").code.as_str(), of("xx").code.as_str()), ("pl", "nb", ""));
    }
}
