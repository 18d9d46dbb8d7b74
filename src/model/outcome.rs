//! What arrives at the end of the line: finished articles, rejections, and the news that a file is read to its end.

use std::sync::Arc;

use super::{Article, Batch, Digest, Envelope, Rejection, SourcePath};

/// Names a file that is being read; given out by the sources, never twice in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What the committer takes in, from the last stage, from every stage that sets something aside, and from the sources.
pub enum Outcome {
    Finished(Batch<Article>),
    Rejected(Vec<Envelope<Rejection>>),
    FileRead(FileRead),
}

/// A file has been read to its end: once its articles are durable, so is the file.
#[derive(Clone, Debug)]
pub struct FileRead {
    pub ticket: Ticket,
    pub path: Arc<SourcePath>,
    /// The file's state when it was read; None where it could not be had, or may still change within its clock's tick.
    pub stamp: Option<Stamp>,
    /// How many articles and rejections were handed to the line from it.
    pub handed_in: u64,
    /// How many entries it has in all, with those that were known and unchanged.
    pub entries: u64,
    /// The whole file's digest, where it was read whole.
    pub digest: Option<Digest>,
    /// Why nothing was to be read in it, if so.
    pub skipped: Option<Skip>,
}

/// Why a file that was found by walking is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// No supported form: a picture, a style sheet.
    Form,
    Hidden,
    /// Named as editors and transfer programs name what is not finished.
    Temporary,
    Empty,
    /// A pipe, a socket, a device.
    NotRegular,
    /// Gone before it could be read.
    Vanished,
}

impl Skip {
    pub const ALL: [Self; 6] = [Self::Form, Self::Hidden, Self::Temporary, Self::Empty, Self::NotRegular, Self::Vanished];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Hidden => "hidden",
            Self::Temporary => "temporary",
            Self::Empty => "empty",
            Self::NotRegular => "not_regular",
            Self::Vanished => "vanished",
        }
    }
}

/// What the file system says of a file's state. A cache that spares hashing, never identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    pub device: u64,
    pub inode: u64,
    pub size: u64,
    pub mtime_ns: i128,
    pub ctime_ns: i128,
}
