//! A finished article: everything a record says of it. All offsets are in code points of the text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Attribution, Language, Metadata, Offsets, QuoteKind, SourceFacts, Warning};

/// What the last stage hands to the committer.
#[derive(Clone, Debug)]
pub struct Article {
    pub source: SourceFacts,
    pub metadata: Metadata,
    pub language: Language,
    pub text: String,
    pub summary: Vec<SummarySentence>,
    pub quotes: Vec<QuoteItem>,
    pub keyphrases: Vec<Keyphrase>,
    /// Every sentence, where `output.sentences` asks for them.
    pub sentences: Option<Vec<Offsets>>,
    pub stats: Stats,
    pub warnings: Vec<Warning>,
}

/// A sentence of the summary, verbatim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SummarySentence {
    pub text: String,
    pub start: usize,
    pub end: usize,
    /// 0 to 1, 4 decimals; comparable within one record only.
    pub score: f64,
}

/// One utterance, as a record shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuoteItem {
    /// From its first to its last word, without the outer marks.
    pub text: String,
    pub start: usize,
    pub end: usize,
    pub kind: QuoteKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<SpeakerItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cue: Option<Excerpt>,
    /// 0 to 1, 4 decimals; comparable within one record only.
    pub score: f64,
    /// The speaker's own words, where a cue or a paragraph break interrupts them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Excerpt>,
}

/// Who spoke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SpeakerItem {
    /// The fullest form that the article gives, or the role where no name is given.
    pub name: String,
    pub via: Attribution,
    /// The words in the text that stand for the speaker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mention: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<usize>,
}

/// Words of the text and where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Excerpt {
    pub text: String,
    pub start: usize,
    pub end: usize,
}

/// What an article is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Keyphrase {
    /// As it stands in the text, in its most usual form.
    pub text: String,
    /// 0 to 1, 4 decimals; comparable within one record only.
    pub score: f64,
    /// How often it comes.
    pub count: usize,
}

/// Counts over the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stats {
    pub paragraphs: usize,
    pub sentences: usize,
    pub words: usize,
    /// All that were found, before `quotes.max`.
    pub quotes: usize,
}
