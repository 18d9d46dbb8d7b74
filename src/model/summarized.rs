//! An article with its gist. All places are in bytes of the clean text.

use super::{QuotedArticle, Span};

/// What `summary` makes of a quoted article.
#[derive(Clone, Debug)]
pub struct SummarizedArticle {
    pub quoted: QuotedArticle,
    /// In text order; each score is 0 to 1.
    pub summary: Vec<(Span, f64)>,
}
