//! What a language tells counting words: stop words.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;
use serde::Deserialize;

use crate::text::words::hash;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WordData {
    /// In lower case, parted by white space.
    stop: String,
    #[serde(skip)]
    set: OnceLock<FxHashSet<u64>>,
}

impl WordData {
    /// True for a word in lower case that says nothing of an article's subject.
    pub fn is_stop(&self, word: &str) -> bool {
        self.is_stop_hash(hash(word))
    }

    /// The same, by the hash of its term.
    pub fn is_stop_hash(&self, hash_of_word: u64) -> bool {
        self.set.get_or_init(|| self.stop_words().map(hash).collect()).contains(&hash_of_word)
    }

    /// Every stop word, as the data give them.
    pub fn stop_words(&self) -> impl Iterator<Item = &str> {
        self.stop.split_whitespace()
    }
}
