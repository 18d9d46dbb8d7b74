//! Unwraps a document: what of its bytes is the article's text, and what it says about itself.

mod agencies;
pub(crate) mod bylines;
pub(crate) mod dates;
mod encoding;
pub mod html;
mod json;
mod markdown;
mod text;
mod wire;

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
}

impl Default for Options {
    fn default() -> Self {
        Self { html: html::Options::default(), json_extra_bytes_max: 64 * 1024, json_depth_max: 64 }
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
        Format::Html => true,
    }
}

/// Unwraps one document.
pub fn parse(document: RawDocument, options: &Options) -> Result<ParsedArticle, StageError> {
    let RawDocument { bytes, format } = document;
    let Decoded { text, encoding, warnings } = encoding::decode(bytes, format)?;
    if text.trim().is_empty() {
        return Err(StageError::Empty);
    }
    let mut article = match format {
        Format::Text => text::parse(text),
        Format::Markdown => markdown::parse(&text),
        Format::Html => html::parse(&text, None, &options.html)?,
        Format::Json => json::parse(&text, encoding, options)?,
    };
    match format {
        // What a sender gives as the text is the text.
        Format::Json => wire::note_dateline(&mut article),
        Format::Text | Format::Markdown | Format::Html => wire::unwrap(&mut article),
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
