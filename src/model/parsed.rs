//! An article out of its wrapping: its text as it was set, and what its source says about it.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Format, Warning};

/// What `parse` makes of a document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ParsedArticle {
    pub metadata: Metadata,
    pub source: SourceFacts,
    /// BCP 47, as the source declares it: the given `language`, an `html lang`.
    pub language_declared: Option<String>,
    /// True where the declaration is the sender's own word about this article (a JSON `language`), which is believed.
    pub language_given: bool,
    /// The article's text, without the title. How its lines are to be read says `layout`.
    pub text: String,
    pub layout: Layout,
    pub warnings: Vec<Warning>,
}

/// How line breaks in a parsed text are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layout {
    /// As somebody typed it: blank lines part paragraphs, single breaks may be hard wraps or paragraphs.
    Lines,
    /// As markup says it: blank lines part paragraphs, single breaks are breaks within one.
    Blocks,
}

/// What a record says about an article beside its text. None and empty: not found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    pub url: Option<String>,
    pub site: Option<String>,
    pub title: Option<String>,
    pub subtitle: Option<String>,
    pub authors: Vec<String>,
    pub section: Option<String>,
    pub tags: Vec<String>,
    pub image: Option<String>,
    pub dateline: Option<Dateline>,
    /// RFC 3339 date-time, or `YYYY-MM-DD` where the time or its zone is unknown.
    pub published: Option<String>,
    pub updated: Option<String>,
}

/// Where and when a report was filed: `PARIS, 3 mars (AFP) -`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dateline {
    /// As printed.
    pub place: String,
    /// As printed, where it stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// As printed, without its brackets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
}

/// What a record's `source` says that only reading the document could tell.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SourceFacts {
    pub format: Format,
    /// The encoding's name by the WHATWG Encoding Standard, lower case: `utf-8`, `windows-1252`.
    pub encoding: Cow<'static, str>,
    /// The document's own `id`, string or number as given.
    pub id: Option<Box<RawValue>>,
    /// Keys of the document that copydesk does not know, values as given.
    pub extra: Vec<(String, Box<RawValue>)>,
}

impl SourceFacts {
    pub fn new(format: Format, encoding: &'static str) -> Self {
        Self { format, encoding: Cow::Borrowed(encoding), id: None, extra: Vec::new() }
    }
}
