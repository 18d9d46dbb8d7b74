//! An article as it was found: its bytes and the form they are in.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Metadata, Warning};

/// One article's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawDocument {
    /// They travel beside the rest where a document goes to another process.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    pub format: Format,
    /// What its container knows about it. None where the document has to speak for itself.
    pub given: Option<Box<Given>>,
}

impl RawDocument {
    /// A document that has to speak for itself.
    pub fn new(bytes: Vec<u8>, format: Format) -> Self {
        Self { bytes, format, given: None }
    }
}

/// What a feed or a web archive says about one of its articles: how the bytes are to be read, and what is known beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    pub body: Body,
    pub charset: Charset,
    /// What it says beats what is found out, field by field.
    pub metadata: Metadata,
    /// BCP 47, as the container declares it.
    pub language: Option<String>,
    pub warnings: Vec<Warning>,
}

/// What an entry's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// Plain text, as somebody typed it.
    Text,
    /// A piece of HTML that is the article and nothing else.
    Fragment,
    /// A whole page, with all that surrounds an article.
    Page,
}

/// Which encoding an entry's bytes are in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Charset {
    /// Nothing was said.
    Unknown,
    /// As the container declares it: `iso-8859-1`.
    Declared(String),
    /// The bytes are UTF-8 by now; they came in this encoding, named by the WHATWG Encoding Standard in lower case.
    Decoded(Cow<'static, str>),
}

/// The form of one article, as its record says it. What was compressed or in a folder is named by what came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Format {
    Text,
    Markdown,
    Html,
    /// One JSON object.
    Json,
    /// An item of an RSS feed of any version; the bytes are its body.
    Rss,
    /// An entry of an Atom feed; the bytes are its body.
    Atom,
    /// An item of a JSON Feed; the bytes are its body.
    JsonFeed,
    /// A mail message.
    Eml,
    /// A mail message out of a mailbox.
    Mbox,
    /// A capture of a web archive; the bytes are the page.
    Warc,
    Pdf,
    /// A book, or an article as a book.
    Epub,
    /// A Word document.
    Docx,
    /// A news item of NewsML-G2.
    Newsml,
    /// A document of the News Industry Text Format.
    Nitf,
}

impl Format {
    /// As `source.format` says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Json => "json",
            Self::Rss => "rss",
            Self::Atom => "atom",
            Self::JsonFeed => "jsonfeed",
            Self::Eml => "eml",
            Self::Mbox => "mbox",
            Self::Warc => "warc",
            Self::Pdf => "pdf",
            Self::Epub => "epub",
            Self::Docx => "docx",
            Self::Newsml => "newsml",
            Self::Nitf => "nitf",
        }
    }
}
