//! What a language tells finding sentences: abbreviations, ordinals.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SentenceData {
    /// In lower case, without their last full stop: a sentence does not end after them.
    abbreviations: Vec<String>,
    /// True where a full stop after a number of one or two digits makes it an ordinal: "3. Mai".
    pub ordinals: bool,
    #[serde(skip)]
    set: OnceLock<FxHashSet<String>>,
}

impl SentenceData {
    /// True for a word, without its full stop and in any case, that is written short.
    pub fn is_abbreviation(&self, word: &str) -> bool {
        let set = self.set.get_or_init(|| self.abbreviations.iter().cloned().collect());
        !set.is_empty() && (set.contains(word) || set.contains(&word.to_lowercase()))
    }
}
