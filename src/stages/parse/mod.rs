//! Unwraps a document: what of its bytes is the article's text, and what it says about itself.

pub mod html;

use crate::model::{Format, Layout, Metadata, ParsedArticle, RawDocument, SourceFacts, StageError};

/// How documents are unwrapped.
#[derive(Clone, Debug, Default)]
pub struct Options {}

/// Unwraps one document.
pub fn parse(document: RawDocument, _options: &Options) -> Result<ParsedArticle, StageError> {
    let text = String::from_utf8(document.bytes).map_err(|_| StageError::Binary)?;
    if document.format == Format::Html {
        return html::parse(&text, None, &html::Options::default());
    }
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
