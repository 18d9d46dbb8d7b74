//! Unwraps a document: what of its bytes is the article's text, and what it says about itself.

use serde::{Deserialize, Serialize};

use crate::model::{Format, Layout, Metadata, ParsedArticle, RawDocument, SourceFacts, StageError};

/// How documents are unwrapped.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Options {}

/// True where reading the document means running a large library over what strangers wrote, which is better done in a
/// process of its own.
pub fn is_intricate(document: &RawDocument) -> bool {
    match document.format {
        Format::Text | Format::Markdown => false,
        // The key as it is, or with a letter of it escaped, which only somebody who wants to hide it does.
        Format::Json => {
            [b"\"html\"".as_slice(), b"\\u006", b"\\u007"].iter().any(|key| memchr::memmem::find(&document.bytes, key).is_some())
        }
        Format::Html => true,
    }
}

/// Unwraps one document.
pub fn parse(document: RawDocument, _options: &Options) -> Result<ParsedArticle, StageError> {
    let text = String::from_utf8(document.bytes).map_err(|_| StageError::Binary)?;
    Ok(ParsedArticle {
        metadata: Metadata::default(),
        source: SourceFacts::new(document.format, "utf-8"),
        language_declared: None,
        language_given: false,
        text,
        layout: Layout::Lines,
        warnings: Vec::new(),
    })
}
