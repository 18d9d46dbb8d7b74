//! What is odd about an article and no reason to set it aside.

use serde::{Deserialize, Serialize};

/// A short stable code in a record's `warnings`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Warning {
    /// The encoding was neither declared nor certain: it was guessed from the bytes.
    EncodingGuessed,
    /// Bytes that are invalid in the encoding were replaced by U+FFFD.
    EncodingInvalid,
    /// Text that had been decoded twice was repaired.
    EncodingRepaired,
    /// No article was found on the page by its structure; its text was taken as a whole.
    HtmlFallback,
    /// The page does not look like an article.
    HtmlNotArticle,
    /// Tags nested deeper than the limit were flattened.
    HtmlFlattened,
    /// The document is longer than was read.
    TextTruncated,
    /// Unknown keys were left out of `source.extra`: they exceed 64 KiB.
    ExtraTruncated,
}

impl Warning {
    pub const fn code(self) -> &'static str {
        match self {
            Self::EncodingGuessed => "encoding.guessed",
            Self::EncodingInvalid => "encoding.invalid",
            Self::EncodingRepaired => "encoding.repaired",
            Self::HtmlFallback => "html.fallback",
            Self::HtmlNotArticle => "html.not_article",
            Self::HtmlFlattened => "html.flattened",
            Self::TextTruncated => "text.truncated",
            Self::ExtraTruncated => "extra.truncated",
        }
    }
}
