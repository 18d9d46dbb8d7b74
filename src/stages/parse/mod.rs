//! Unwraps a document: what of its bytes is the article's text, and what it says about itself.

#[cfg(feature = "office")]
mod docx;
#[cfg(feature = "email")]
mod email;
#[cfg(feature = "office")]
mod epub;
pub mod fragment;
mod given;
#[cfg(feature = "newsml")]
mod news_item;
#[cfg(feature = "office")]
mod packed;
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "newsml")]
mod tree;
pub mod wire_date;
#[cfg(any(feature = "feeds", feature = "newsml", feature = "office"))]
pub mod xml;
#[cfg(feature = "zip")]
pub mod zip;

use serde::{Deserialize, Serialize};

use crate::model::{Format, Layout, Metadata, ParsedArticle, RawDocument, SourceFacts, StageError};

/// How documents are unwrapped.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Options {
    /// How many times its packed size an office file or a book may unpack to.
    pub ratio_max: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { ratio_max: 200 }
    }
}

/// True where reading the document means running a large library over what strangers wrote, which is better done in a
/// process of its own.
pub fn is_intricate(document: &RawDocument) -> bool {
    match document.format {
        Format::Text | Format::Markdown => false,
        // The key as it is, or with a letter of it escaped, which only somebody who wants to hide it does.
        Format::Json => {
            [b"\"html\"".as_slice(), b"\\u006", b"\\u007"].iter().any(|key| memchr::memmem::find(&document.bytes, key).is_some())
        }
        _ => true,
    }
}

/// Unwraps one document.
pub fn parse(document: RawDocument, options: &Options) -> Result<ParsedArticle, StageError> {
    let RawDocument { bytes, format, given } = document;
    if let Some(given) = given {
        return given::parse(bytes, format, *given, options);
    }
    match format {
        #[cfg(feature = "email")]
        Format::Eml | Format::Mbox => return email::parse(&bytes, format),
        #[cfg(feature = "office")]
        Format::Docx => return docx::parse(&bytes, options),
        #[cfg(feature = "office")]
        Format::Epub => return epub::parse(&bytes, options),
        #[cfg(feature = "pdf")]
        Format::Pdf => return pdf::parse(bytes),
        #[cfg(feature = "newsml")]
        Format::Newsml | Format::Nitf => return news_item::parse(&bytes, format),
        _ => {}
    }
    let document = RawDocument::new(bytes, format);
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
