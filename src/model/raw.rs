//! An article as it was found: its bytes and the form they are in.

/// One article's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawDocument {
    pub bytes: Vec<u8>,
    pub format: Format,
}

/// The form of one article's bytes. Containers are opened before, so none is named here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
