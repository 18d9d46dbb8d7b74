//! What could not be processed, at which stage, and what to do about it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::record::{Source, seal};
use super::{Envelope, Origin};

pub const REJECTED_SCHEMA: &str = "copydesk.rejected/1";

/// Why an article was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    pub stage: Stage,
    /// Stable: `parse.empty`, `limit.size`, `stage.panic`.
    pub code: &'static str,
    /// A sentence that says what happened and what to do.
    pub error: String,
}

/// Where in the line an article is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    Open,
    Parse,
    Clean,
    Quotes,
    Summary,
}

impl Stage {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Parse => "parse",
            Self::Clean => "clean",
            Self::Quotes => "quotes",
            Self::Summary => "summary",
        }
    }
}

/// Why a stage has nothing to pass on. Anything less is a warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StageError {
    /// Nothing is left that could be an article's text.
    Empty,
    /// The bytes are no text in any encoding.
    Binary,
    /// The document breaks the rules of its own form. `reason` reads after "failed to parse".
    Malformed { reason: String },
    /// A JSON object has none of `text`, `html`, `content`, `body`.
    NoText,
    /// A work budget ran out: counts, never time.
    Limit { limit: Limit, reason: String },
    /// A worker was stopped by the clock. On a machine under less load it may come through.
    TimedOut { limit_ms: u64 },
    /// The worker process is gone. `how` reads after "the worker".
    WorkerDied { how: String },
}

/// What a document may not exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Limit {
    /// Bytes of one article.
    Size,
    /// Bytes after decompression for each before.
    Ratio,
    /// Containers within containers, values within values.
    Depth,
    /// Articles of one file.
    Entries,
}

impl Limit {
    /// The stable code of a rejection for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Size => "limit.size",
            Self::Ratio => "limit.ratio",
            Self::Depth => "limit.depth",
            Self::Entries => "limit.entries",
        }
    }

    /// The key of pipeline.toml that raises it.
    pub const fn setting(self) -> &'static str {
        match self {
            Self::Size => "limits.document_size",
            Self::Ratio => "limits.ratio",
            Self::Depth => "limits.depth",
            Self::Entries => "limits.entries",
        }
    }
}

impl StageError {
    /// The stable code of a rejection at this stage.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "parse.empty",
            Self::Binary => "input.binary",
            Self::Malformed { .. } => "parse.malformed",
            Self::NoText => "parse.no_text",
            Self::Limit { limit, .. } => limit.code(),
            Self::TimedOut { .. } => "worker.timeout",
            Self::WorkerDied { .. } => "worker.died",
        }
    }

    pub fn reject(self, stage: Stage) -> Rejection {
        Rejection { stage, code: self.code(), error: self.to_string() }
    }
}

impl fmt::Display for StageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no text is left after reading it; check that the file holds an article"),
            Self::Binary => f.write_str("it is not text in any known encoding; convert it to a supported form"),
            Self::Malformed { reason } => write!(f, "{reason}; repair the document and run `copydesk replay`"),
            Self::NoText => f.write_str("the JSON object has no `text`, `html`, `content` or `body`; give it one of them"),
            Self::Limit { limit, reason } => write!(f, "{reason}; raise `{}` and run `copydesk replay`", limit.setting()),
            Self::TimedOut { limit_ms } => {
                write!(f, "reading it took longer than {limit_ms} ms; raise `limits.parse_timeout` and run `copydesk replay`")
            }
            Self::WorkerDied { how } => {
                write!(f, "the worker that read it {how}; look at the file, and report it if it is an ordinary article")
            }
        }
    }
}

impl std::error::Error for StageError {}

/// One line of the rejected files. Keys in this order.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RejectedLine<'a> {
    /// `copydesk.rejected/1`.
    pub schema: &'a str,
    /// The article's id, as in a record.
    pub id: String,
    pub revision: u64,
    pub source: Source<'a>,
    /// `open`, `parse`, `clean`, `quotes` or `summary`.
    pub stage: &'a str,
    /// Stable: `parse.empty`, `limit.size`, `input.binary`, …
    pub code: &'a str,
    /// A sentence that says what happened and what to do.
    pub error: String,
    /// How often it was tried.
    pub attempts: u32,
    /// RFC 3339.
    pub rejected_at: String,
}

/// Appends one rejected line, sealed with its check and ended with a line feed. On an error `out` is as before.
pub fn render_rejected(out: &mut Vec<u8>, rejected: &Envelope<Rejection>, revision: u64, rejected_at: &str) -> serde_json::Result<()> {
    let Envelope { origin, body } = rejected;
    let line = RejectedLine {
        schema: REJECTED_SCHEMA,
        id: origin.key.id().to_string(),
        revision,
        source: Source::of_rejected(origin),
        stage: body.stage.name(),
        code: body.code,
        error: body.error.clone(),
        attempts: origin.attempts,
        rejected_at: rejected_at.to_owned(),
    };
    seal(out, &line)
}

impl Rejection {
    /// Puts the rejection on the way that its article would have taken.
    pub fn of(self, origin: Origin) -> Envelope<Self> {
        Envelope { origin, body: self }
    }
}
