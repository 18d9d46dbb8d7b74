//! What a language tells counting words: stop words.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WordData {
    /// In lower case, parted by white space.
    stop: String,
    #[serde(skip)]
    set: OnceLock<FxHashSet<String>>,
}

impl WordData {
    /// True for a word in lower case that says nothing of an article's subject.
    pub fn is_stop(&self, word: &str) -> bool {
        self.set.get_or_init(|| self.stop_words().map(str::to_owned).collect()).contains(word)
    }

    /// Every stop word, as the data give them.
    pub fn stop_words(&self) -> impl Iterator<Item = &str> {
        self.stop.split_whitespace()
    }
}
