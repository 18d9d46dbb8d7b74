//! What a language tells finding sentences: short forms, ordinals.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::text::words::hash;

/// All short forms are in lower case, without their last full stop.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SentenceData {
    /// No sentence ends after them: "Dr", "e.g".
    abbreviations: Vec<String>,
    /// They end a sentence where the next word is one that begins one: "Inc", "etc".
    closing: Vec<String>,
    /// Short forms before a number, words otherwise: "no. 5", but "He said no."
    numbered: Vec<String>,
    /// How words end that are cut short before a number: "Hauptstr. 5".
    endings: Vec<String>,
    /// True where a full stop after a number of one or two digits makes it an ordinal: "3. Mai".
    pub ordinals: bool,
    #[serde(skip)]
    kinds: OnceLock<FxHashMap<u64, ShortForm>>,
}

/// What a full stop after a short form says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShortForm {
    /// Never the end.
    Open,
    /// The end where a word follows that begins sentences.
    Closing,
    /// The end unless a number follows.
    Numbered,
}

impl SentenceData {
    /// What a word is as a short form, without its full stop, whatever its case.
    pub fn short_form(&self, word: &str) -> Option<ShortForm> {
        self.short_form_hash(hash(word))
    }

    /// The same, by the hash of its term.
    pub fn short_form_hash(&self, hash_of_word: u64) -> Option<ShortForm> {
        let kinds = self.kinds.get_or_init(|| {
            let mut kinds = FxHashMap::default();
            for (list, kind) in
                [(&self.abbreviations, ShortForm::Open), (&self.closing, ShortForm::Closing), (&self.numbered, ShortForm::Numbered)]
            {
                kinds.extend(list.iter().map(|word| (hash(word), kind)));
            }
            kinds
        });
        kinds.get(&hash_of_word).copied()
    }

    /// True for a word that is cut short before a number.
    pub fn ends_with_short_form(&self, word: &str) -> bool {
        self.endings.iter().any(|ending| word.ends_with(ending.as_str()))
    }

    /// True where the short forms of the language are known.
    pub const fn is_told(&self) -> bool {
        !self.abbreviations.is_empty()
    }
}
