//! Reads plain text as it comes from a desk or a wire.

mod title;

use crate::model::{Format, Layout, Metadata, ParsedArticle, SourceFacts};

/// Reads one text.
pub(super) fn parse(text: String) -> ParsedArticle {
    let mut metadata = Metadata::default();
    let text = match title::split(&text) {
        Some((title, rest)) => {
            metadata.title = Some(title.to_owned());
            rest.to_owned()
        }
        None => text,
    };
    ParsedArticle {
        metadata,
        source: SourceFacts::new(Format::Text, "utf-8"),
        language_declared: None,
        language_given: false,
        text,
        layout: Layout::Lines,
        warnings: Vec::new(),
    }
}
