//! Opens what holds many articles, or packs one: feeds, mailboxes, web archives, compressed files and ZIP files.
//!
//! A reader gives one `Piece` for each article, in memory bounded by one article. What is broken is set aside as a piece
//! of its own, and the reader goes on behind it where the form allows. Every limit that is met is a rejection that names
//! its setting.

#[cfg(feature = "compression")]
pub mod compression;
#[cfg(any(feature = "feeds", feature = "newsml"))]
mod decoding;
#[cfg(feature = "feeds")]
pub mod feed;
#[cfg(feature = "compression")]
mod gzip;
#[cfg(feature = "feeds")]
pub mod json_feed;
pub mod json_scan;
pub mod mbox;
mod meter;
#[cfg(feature = "newsml")]
pub mod news_message;
pub mod signs;
pub mod unpack;
#[cfg(feature = "warc")]
pub mod warc;
#[cfg(feature = "warc")]
mod warc_http;
pub mod xml_split;

use std::io;

use serde::{Deserialize, Serialize};

use crate::model::{Digest, RawDocument, Rejection, Stage, StageError};

pub use meter::Meter;

/// What a single file may ask for while it is unpacked.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of one article.
    pub document_bytes_max: u64,
    /// How many bytes one packed byte may become.
    pub ratio_max: u64,
    /// How many containers may lie in each other.
    pub depth_max: u64,
}

impl From<crate::sources::Limits> for Limits {
    fn from(limits: crate::sources::Limits) -> Self {
        let crate::sources::Limits { document_bytes_max, ratio_max, depth_max, .. } = limits;
        Self { document_bytes_max, ratio_max, depth_max }
    }
}

/// One article of a container, or why there is none in its place.
#[derive(Debug)]
pub struct Piece {
    /// Its own id, if it brings one that can name it.
    pub given_id: Option<String>,
    /// Its place in the container, counted from 1.
    pub place: u64,
    /// Of the article's own bytes as they stand in the container.
    pub digest: Digest,
    /// The length of these bytes.
    pub bytes: u64,
    pub body: Result<RawDocument, Rejection>,
}

/// Longer ids do not name anything that a person wrote; such an entry goes by its number.
const ID_BYTES_MAX: usize = 1024;

/// An id that can name an entry: `#3` is how entries without one are called, and must not be taken for one of them.
pub fn naming_id(id: &str) -> Option<String> {
    let id = id.trim();
    let like_a_number = id.strip_prefix('#').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    (!id.is_empty() && id.len() <= ID_BYTES_MAX && !like_a_number).then(|| id.to_owned())
}

/// Something in the stream that cannot be read, carried through `io::Error` up to who can set it aside. The stream may
/// go on behind it: whoever reads on gets what comes next, or the end.
#[derive(Debug)]
pub struct Spoiled(pub Rejection);

impl std::fmt::Display for Spoiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.error)
    }
}

impl std::error::Error for Spoiled {}

impl Spoiled {
    /// A form that breaks its own rules.
    pub fn malformed(reason: impl Into<String>) -> io::Error {
        Self::of(StageError::Malformed { reason: reason.into() })
    }

    pub fn of(error: StageError) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, Self(error.reject(Stage::Open)))
    }

    /// The rejection that an error carries; the error itself where it is the disk's.
    pub fn rejection(error: io::Error) -> io::Result<Rejection> {
        if error.get_ref().is_some_and(|inner| inner.is::<Self>()) {
            let inner = error.into_inner().expect("looked at above").downcast::<Self>().expect("looked at above");
            return Ok(inner.0);
        }
        Err(error)
    }
}
