//! An article as it was found: its bytes and the form they are in.

use serde::{Deserialize, Serialize};

/// One article's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawDocument {
    /// They travel beside the rest where a document goes to another process.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    pub format: Format,
}

/// The form of one article's bytes. Containers are opened before, so none is named here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Format {
    Text,
    Markdown,
    Html,
    /// One JSON object.
    Json,
}

impl Format {
    /// As `source.format` says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Json => "json",
        }
    }
}
