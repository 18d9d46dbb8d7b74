//! An article with what people said in it. All places are in bytes of the clean text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CleanArticle, Span, Words};

/// What `quotes` makes of a clean article.
#[derive(Clone, Debug)]
pub struct QuotedArticle {
    pub article: CleanArticle,
    /// Every sentence, in order; only white space lies between them.
    pub sentences: Vec<Span>,
    /// Every word, in order; none reaches over the end of a sentence.
    pub words: Words,
    /// The quotes that are kept, in text order.
    pub quotes: Vec<Quote>,
    /// How many were found before the best were chosen.
    pub quotes_found: usize,
}

/// One utterance.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// From its first to its last word, without the outer marks.
    pub span: Span,
    pub kind: QuoteKind,
    pub speaker: Option<Speaker>,
    pub cue: Option<Cue>,
    /// 0 to 1.
    pub score: f64,
    /// The speaker's own words, where a cue or a paragraph break interrupts them; otherwise empty.
    pub parts: Vec<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuoteKind {
    /// In quotation marks, or dialogue by dashes.
    Direct,
    /// Reported speech.
    Indirect,
}

/// One person or body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The fullest form that the article gives, or the role where no name is given.
    pub name: String,
    pub via: Attribution,
    /// The words that stand for the speaker beside the quote, where there are any.
    pub mention: Option<Span>,
}

/// How the speaker was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// Named beside the quote.
    Name,
    /// By a role: "the mayor".
    Role,
    /// By a pronoun: "he", "-t-il".
    Pronoun,
    /// The cue's subject is left out: "dijo".
    Dropped,
    /// No cue of its own: the speaker in force goes on.
    Continued,
    /// By a headline's colon: `Vega: "We will not sell"`.
    Headline,
}

/// The words that say that somebody spoke: "a-t-il déclaré".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cue {
    pub span: Span,
}
