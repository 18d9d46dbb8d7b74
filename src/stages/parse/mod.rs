//! Unwraps a document: what of its bytes is the article's text, and what it says about itself.

mod agencies;
pub(crate) mod bylines;
pub(crate) mod dates;
#[cfg(feature = "office")]
mod docx;
#[cfg(feature = "email")]
mod email;
mod encoding;
#[cfg(feature = "office")]
mod epub;
pub mod fragment;
mod given;
pub mod html;
mod json;
mod length;
mod markdown;
#[cfg(feature = "newsml")]
mod news_item;
#[cfg(feature = "office")]
mod packed;
#[cfg(feature = "pdf")]
mod pdf;
mod text;
#[cfg(feature = "newsml")]
mod tree;
mod wire;
pub mod wire_date;
#[cfg(any(feature = "feeds", feature = "newsml", feature = "office"))]
pub mod xml;
#[cfg(feature = "zip")]
pub mod zip;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::model::{Format, ParsedArticle, RawDocument, StageError};
use encoding::Decoded;

/// How documents are unwrapped.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Options {
    pub html: html::Options,
    /// In bytes: unknown keys of a JSON object beyond this are left out of `source.extra`.
    pub json_extra_bytes_max: usize,
    /// In levels: an unknown key whose value nests deeper is left out too, since few programs could read the record.
    pub json_depth_max: usize,
    /// How many times its packed size a PDF, an office file or a book may unpack to.
    pub ratio_max: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { html: html::Options::default(), json_extra_bytes_max: 64 * 1024, json_depth_max: 64, ratio_max: 200 }
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
    let mut article = unwrap(document, options)?;
    length::bound(&mut article);
    Ok(article)
}

fn unwrap(document: RawDocument, options: &Options) -> Result<ParsedArticle, StageError> {
    let RawDocument { bytes, format, given } = document;
    let mut article = match (given, format) {
        (Some(given), _) => given::parse(bytes, format, *given, options)?,
        #[cfg(feature = "email")]
        (None, Format::Eml | Format::Mbox) => email::parse(&bytes, format)?,
        #[cfg(feature = "office")]
        (None, Format::Docx) => docx::parse(&bytes, options)?,
        #[cfg(feature = "office")]
        (None, Format::Epub) => epub::parse(&bytes, options)?,
        #[cfg(feature = "pdf")]
        (None, Format::Pdf) => pdf::parse(bytes, options)?,
        #[cfg(feature = "newsml")]
        (None, Format::Newsml | Format::Nitf) => news_item::parse(&bytes, format)?,
        (None, format) => return read(bytes, format, Said::default(), options),
    };
    if article.metadata.dateline.is_none() {
        wire::note_dateline(&mut article);
    }
    Ok(article)
}

/// What whoever sent a text said about it.
#[derive(Default)]
struct Said<'a> {
    /// Where a page was found.
    address: Option<&'a str>,
    /// The label of its encoding.
    charset: Option<&'a str>,
}

/// Reads what is text from its first byte to its last.
fn read(bytes: Vec<u8>, format: Format, said: Said, options: &Options) -> Result<ParsedArticle, StageError> {
    let Decoded { text, encoding, warnings } = encoding::decode(bytes, format, said.charset)?;
    if text.trim().is_empty() {
        return Err(StageError::Empty);
    }
    let mut article = match format {
        Format::Markdown => markdown::parse(&text),
        Format::Html => html::parse(&text, said.address, &options.html)?,
        Format::Json => json::parse(&text, encoding, options)?,
        _ => text::parse(text),
    };
    match format {
        // What a sender gives as the text is the text.
        Format::Json => wire::note_dateline(&mut article),
        _ => wire::unwrap(&mut article),
    }
    article.source.format = format;
    article.source.encoding = encoding.into();
    let own = std::mem::take(&mut article.warnings);
    article.warnings = warnings;
    for warning in own {
        if !article.warnings.contains(&warning) {
            article.warnings.push(warning);
        }
    }
    if article.text.trim().is_empty() {
        return Err(StageError::Empty);
    }
    Ok(article)
}
