//! An article whose text is the text: normalized, without boilerplate, paragraphs parted by one blank line.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Metadata, SourceFacts, Warning};

/// What `clean` makes of a parsed article.
#[derive(Clone, Debug)]
pub struct CleanArticle {
    pub metadata: Metadata,
    pub source: SourceFacts,
    pub language: Language,
    /// NFC; paragraphs parted by exactly one blank line; never empty.
    pub text: String,
    pub warnings: Vec<Warning>,
}

/// Which language a text is in, and how sure that is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Language {
    /// BCP 47; `und` when it cannot be told.
    pub code: String,
    /// 0 to 1.
    pub confidence: f64,
}
