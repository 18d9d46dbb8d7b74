//! The record: one line of JSON, keys in the contract's order, sealed with a checksum of itself.

use base64::Engine as _;
use schemars::JsonSchema;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use xxhash_rust::xxh3::xxh3_64;

use super::{Article, Dateline, Envelope, Keyphrase, Language, Offsets, Origin, QuoteItem, Stats, SummarySentence};

pub const RECORD_SCHEMA: &str = "copydesk.record/1";

/// One line of the record files, but for its `check`.
#[derive(Serialize, JsonSchema)]
pub struct Record<'a> {
    /// `copydesk.record/1`.
    pub schema: &'a str,
    /// Names the article and stays when its text changes: 32 hex digits.
    pub id: String,
    /// Counts up from 1 whenever the content differs from the latest under this id.
    pub revision: u64,
    pub source: Source<'a>,
    /// The id of the rejection that this record settles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settles: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub authors: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub tags: &'a [String],
    /// The lead image's URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dateline: Option<&'a Dateline>,
    /// RFC 3339 date-time, or `YYYY-MM-DD` where the time or its zone is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<&'a str>,
    pub language: &'a Language,
    /// The clean text: NFC, paragraphs parted by one blank line, the title not repeated.
    pub text: &'a str,
    /// In text order.
    pub summary: &'a [SummarySentence],
    /// In text order.
    pub quotes: &'a [QuoteItem],
    /// Best first.
    pub keyphrases: &'a [Keyphrase],
    /// Every sentence of the text, with `output.sentences = true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentences: Option<&'a [Offsets]>,
    pub stats: Stats,
    /// Short stable codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<&'static str>,
    /// RFC 3339; left out with `output.ingested_at = false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingested_at: Option<&'a str>,
}

/// Where an article came from, as a line shows it.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Source<'a> {
    /// The root's name and the path below it; characters that are no UTF-8 are replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The document's own id, string or number as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub id: Option<Box<RawValue>>,
    /// The path in base64, where it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_bytes: Option<String>,
    /// Which entry of the file: its own id, or `#n`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// `text`, `markdown`, `html`, `json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'a str>,
    /// The length of the article's own bytes.
    pub bytes: u64,
    /// BLAKE3 over the article's own bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// By the WHATWG Encoding Standard, lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<&'a str>,
    /// Keys of the document that copydesk does not know, values as given.
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "as_object")]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub extra: &'a [(String, Box<RawValue>)],
}

impl<'a> Source<'a> {
    fn of(origin: &Origin) -> Self {
        let (path, path_bytes) = match &origin.path {
            Some(path) => {
                let (text, lost) = path.lossy();
                let bytes = lost.then(|| base64::engine::general_purpose::STANDARD.encode(&path.0));
                (Some(text.into_owned()), bytes)
            }
            None => (None, None),
        };
        Self {
            path,
            path_bytes,
            entry: origin.entry.as_ref().map(|entry| entry.as_str().to_owned()),
            bytes: origin.bytes,
            digest: origin.digest.map(|digest| digest.to_string()),
            ..Self::default()
        }
    }

    pub(super) fn of_rejected(origin: &Origin) -> Self {
        Self::of(origin)
    }

    fn of_record(origin: &Origin, article: &'a Article) -> Self {
        Self {
            id: article.source.id.clone(),
            format: Some(article.source.format.name()),
            encoding: Some(article.source.encoding.as_ref()),
            extra: &article.source.extra,
            ..Self::of(origin)
        }
    }
}

/// Appends one record, sealed with its check and ended with a line feed. On an error `out` is as before.
pub fn render_record(
    out: &mut Vec<u8>,
    finished: &Envelope<Article>,
    revision: u64,
    settles: Option<String>,
    ingested_at: Option<&str>,
) -> serde_json::Result<()> {
    let Envelope { origin, body: article } = finished;
    let metadata = &article.metadata;
    let record = Record {
        schema: RECORD_SCHEMA,
        id: origin.key.id().to_string(),
        revision,
        source: Source::of_record(origin, article),
        settles,
        url: metadata.url.as_deref(),
        site: metadata.site.as_deref(),
        title: metadata.title.as_deref(),
        subtitle: metadata.subtitle.as_deref(),
        authors: &metadata.authors,
        section: metadata.section.as_deref(),
        tags: &metadata.tags,
        image: metadata.image.as_deref(),
        dateline: metadata.dateline.as_ref(),
        published: metadata.published.as_deref(),
        updated: metadata.updated.as_deref(),
        language: &article.language,
        text: &article.text,
        summary: &article.summary,
        quotes: &article.quotes,
        keyphrases: &article.keyphrases,
        sentences: article.sentences.as_deref(),
        stats: article.stats,
        warnings: article.warnings.iter().map(|warning| warning.code()).collect(),
        ingested_at,
    };
    seal(out, &record)
}

impl Envelope<Article> {
    /// The article's record as one line of JSON, without its line feed, as `copydesk pipe` writes it: revision 1, and
    /// without the time of reading.
    pub fn line(&self) -> String {
        let mut line = Vec::new();
        render_record(&mut line, self, 1, None, None).expect("a record has no map with other keys than texts, and a Vec takes everything");
        line.pop();
        String::from_utf8(line).expect("serde_json writes UTF-8")
    }
}

/// Writes a line and, last, the checksum of what stands before it.
pub(super) fn seal(out: &mut Vec<u8>, line: &impl Serialize) -> serde_json::Result<()> {
    let start = out.len();
    if let Err(error) = serde_json::to_writer(&mut *out, line) {
        out.truncate(start);
        return Err(error);
    }
    out.pop();
    let check = xxh3_64(out.get(start..).unwrap_or_default());
    out.extend_from_slice(format!(",\"check\":\"{check:016x}\"}}\n").as_bytes());
    Ok(())
}

fn as_object<S: Serializer>(pairs: &[(String, Box<RawValue>)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        map.serialize_entry(key, value)?;
    }
    map.end()
}
