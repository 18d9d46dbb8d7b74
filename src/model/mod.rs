//! What travels down the line: an article at each stage of being read, and what names it. Plain data.
//!
//! Each type holds what is known by then. Nothing here touches a file, a clock or a channel.

mod article;
mod clean;
mod envelope;
mod identity;
mod outcome;
mod parsed;
mod quoted;
mod raw;
mod record;
mod rejection;
mod span;
mod summarized;
mod warning;
mod words;

pub use article::{Article, Excerpt, Keyphrase, QuoteItem, SpeakerItem, Stats, SummarySentence};
pub use clean::{CleanArticle, Language};
pub use envelope::{Batch, Envelope, Held, Origin, SourcePath};
pub use identity::{ArticleId, Digest, Entry, Key};
pub use outcome::{FileRead, Outcome, Skip, Stamp, Ticket};
pub use parsed::{Dateline, Layout, Metadata, ParsedArticle, SourceFacts};
pub use quoted::{Attribution, Cue, Quote, QuoteKind, QuotedArticle, Speaker};
pub use raw::{Body, Charset, Format, Given, RawDocument};
pub use record::{RECORD_SCHEMA, Record, Source, render_record};
pub use rejection::{Limit, REJECTED_SCHEMA, RejectedLine, Rejection, Stage, StageError, render_rejected};
pub use span::{Offsets, Span};
pub use summarized::SummarizedArticle;
pub use warning::Warning;
pub use words::{FirstCharacter, Form, Term, Word, Words};
