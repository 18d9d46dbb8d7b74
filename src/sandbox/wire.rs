//! What the line and a worker say to each other: frames with a length before them. What describes something is JSON; an
//! article's bytes and its text go beside it as they are, since most of the time would go into quoting them.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::model::{Digest, ParsedArticle, RawDocument, Rejection, Skip, Stage, StageError};
use crate::sources::open::containers::Piece;
use crate::sources::open::containers::unpack::Unpacked;
use crate::sources::open::opening::Asked;
use crate::stages::parse;

/// The first word to a worker.
#[derive(Debug, Serialize, Deserialize)]
pub struct Begin {
    pub options: parse::Options,
    pub memory_bytes: u64,
    /// Processor time for one document, in seconds, after which the kernel ends the worker though nobody watches it.
    pub cpu_seconds: u64,
}

impl Begin {
    pub fn new(options: &super::Options, parse: &parse::Options) -> Self {
        Self { options: parse.clone(), memory_bytes: options.memory_bytes, cpu_seconds: options.timeout.as_secs().saturating_add(1) }
    }
}

/// The worker's first word, once it is confined.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ready {
    /// As [`super::Enforced::name`] has it.
    pub landlock: String,
}

/// What is asked of a worker.
#[derive(Debug, Serialize, Deserialize)]
pub enum Task {
    /// Its bytes follow.
    Parse(RawDocument),
    Open(Asked),
}

/// The same, by whoever asks and keeps what it asks about.
#[derive(Debug, Serialize)]
pub enum Asking<'a> {
    Parse(&'a RawDocument),
    Open(&'a Asked),
}

/// What came of a document.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// Its text follows.
    Parsed(Box<ParsedArticle>),
    Refused(StageError),
    Panicked(String),
}

/// What a worker says while it opens a container.
#[derive(Debug, Serialize, Deserialize)]
pub enum Word {
    /// It wants these bytes of the container; they are sent as one frame, an empty one at the end.
    Bytes {
        at: u64,
        length: u32,
    },
    /// The document's bytes follow where there is one.
    Came(Came),
    Done {
        left_out: bool,
    },
    Panicked(String),
    /// It cannot go on for a reason that is not the container's.
    Failed(String),
}

/// What came out of a container, without its bytes.
#[derive(Debug, Serialize, Deserialize)]
pub enum Came {
    Entry(Head),
    Whole(Head),
    Broken(Refusal),
    /// By its name.
    Skipped(String),
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Head {
    given_id: Option<String>,
    place: u64,
    /// As it is shown.
    digest: String,
    bytes: u64,
    body: Result<RawDocument, Refusal>,
}

/// A rejection by the worker, which only knows the opening.
#[derive(Debug, Serialize, Deserialize)]
pub struct Refusal {
    code: String,
    error: String,
}

/// What opening can say. A worker that says anything else is not believed.
const CODES: [&str; 7] =
    ["input.binary", "input.unsupported", "limit.depth", "limit.entries", "limit.ratio", "limit.size", "parse.malformed"];

impl Came {
    /// The description of what came out, and the document's bytes.
    pub fn of(unpacked: Unpacked) -> (Self, Option<Vec<u8>>) {
        let described = |piece: Piece| {
            let Piece { given_id, place, digest, bytes, body } = piece;
            let (body, document) = match body {
                Ok(mut document) => {
                    let bytes = std::mem::take(&mut document.bytes);
                    (Ok(document), Some(bytes))
                }
                Err(rejection) => (Err(Refusal::of(rejection)), None),
            };
            (Head { given_id, place, digest: digest.to_string(), bytes, body }, document)
        };
        match unpacked {
            Unpacked::Entry(piece) => {
                let (head, bytes) = described(piece);
                (Self::Entry(head), bytes)
            }
            Unpacked::Whole(piece) => {
                let (head, bytes) = described(piece);
                (Self::Whole(head), bytes)
            }
            Unpacked::Broken(rejection) => (Self::Broken(Refusal::of(rejection)), None),
            Unpacked::Skipped(skip) => (Self::Skipped(skip.name().to_owned()), None),
        }
    }

    /// True where the document's bytes follow.
    pub const fn has_bytes(&self) -> bool {
        matches!(self, Self::Entry(head) | Self::Whole(head) if head.body.is_ok())
    }

    /// What came out, together with its bytes. An error where a worker says what none of them would.
    pub fn with(self, bytes: Vec<u8>) -> io::Result<Unpacked> {
        Ok(match self {
            Self::Entry(head) => Unpacked::Entry(head.with(bytes)?),
            Self::Whole(head) => Unpacked::Whole(head.with(bytes)?),
            Self::Broken(refusal) => Unpacked::Broken(refusal.rejection()?),
            Self::Skipped(name) => Unpacked::Skipped(Skip::ALL.into_iter().find(|skip| skip.name() == name).ok_or_else(nonsense)?),
        })
    }
}

impl Head {
    fn with(self, bytes: Vec<u8>) -> io::Result<Piece> {
        let Self { given_id, place, digest, bytes: length, body } = self;
        let body = match body {
            Ok(mut document) => {
                document.bytes = bytes;
                Ok(document)
            }
            Err(refusal) => Err(refusal.rejection()?),
        };
        Ok(Piece { given_id, place, digest: Digest::parse(&digest).ok_or_else(nonsense)?, bytes: length, body })
    }
}

impl Refusal {
    fn of(rejection: Rejection) -> Self {
        let Rejection { code, error, stage: _ } = rejection;
        Self { code: code.to_owned(), error }
    }

    fn rejection(self) -> io::Result<Rejection> {
        let code = CODES.into_iter().find(|code| *code == self.code).ok_or_else(nonsense)?;
        Ok(Rejection { stage: Stage::Open, code, error: self.error })
    }
}

/// The error for what no worker would say that had not been taken over.
pub fn nonsense() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what it says makes no sense")
}

/// No frame is longer, so that a worker that has been taken over cannot fill the memory of its parent. In bytes.
const FRAME_BYTES_MAX: u64 = 1 << 30;

/// Writes one frame: its length in bytes as eight bytes, little end first, then the bytes.
pub fn write_frame(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)
}

pub fn write_value(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    out.write_all(&framed(value)?)
}

/// A value as one frame.
fn framed(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; LENGTH_BYTES];
    serde_json::to_writer(&mut frame, value)?;
    let length = (frame.len() - LENGTH_BYTES) as u64;
    if let Some(place) = frame.first_chunk_mut::<LENGTH_BYTES>() {
        *place = length.to_le_bytes();
    }
    Ok(frame)
}

const LENGTH_BYTES: usize = 8;
/// Bytes up to which copying them is cheaper than a write of their own.
const COPIED_BYTES_MAX: usize = 256 * 1024;

/// Writes a value and the bytes that belong to it.
pub fn write_both(out: &mut impl Write, value: &impl Serialize, bytes: &[u8]) -> io::Result<()> {
    let mut frame = framed(value)?;
    frame.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    if bytes.len() <= COPIED_BYTES_MAX {
        frame.extend_from_slice(bytes);
        return out.write_all(&frame);
    }
    out.write_all(&frame)?;
    out.write_all(bytes)
}

/// Reads one frame; `None` where the other end has closed before it.
pub fn read_frame(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; LENGTH_BYTES];
    let mut read = 0;
    while read < length.len() {
        match from.read(length.get_mut(read..).unwrap_or_default()) {
            Ok(0) if read == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = u64::from_le_bytes(length);
    if length > FRAME_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame of {length} bytes")));
    }
    // Grows with what comes, so that a length alone costs nothing.
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(COPIED_BYTES_MAX).min(COPIED_BYTES_MAX));
    let got = from.take(length).read_to_end(&mut bytes)?;
    if got as u64 == length { Ok(Some(bytes)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Reads one frame that must come.
pub fn expect_frame(from: &mut impl Read) -> io::Result<Vec<u8>> {
    read_frame(from)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

pub fn read_value<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    match read_frame(from)? {
        Some(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        None => Ok(None),
    }
}

/// Reads a value that must come.
pub fn expect_value<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    read_value(from)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_until_the_other_end_closes() {
        let mut wire = Vec::new();
        write_frame(&mut wire, b"one").unwrap();
        write_frame(&mut wire, b"").unwrap();
        let mut from = wire.as_slice();
        assert_eq!(read_frame(&mut from).unwrap().as_deref(), Some(b"one".as_slice()));
        assert_eq!(read_frame(&mut from).unwrap().as_deref(), Some(b"".as_slice()));
        assert!(read_frame(&mut from).unwrap().is_none());
    }

    #[test]
    fn a_frame_that_breaks_off_or_boasts_is_an_error() {
        let mut wire = Vec::new();
        write_frame(&mut wire, b"a long one").unwrap();
        wire.truncate(12);
        assert_eq!(read_frame(&mut wire.as_slice()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(read_frame(&mut [255_u8; 9].as_slice()).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_rejection_that_opening_does_not_know_is_not_believed() {
        let refusal = |code: &str| Refusal { code: code.to_owned(), error: String::new() };
        assert_eq!(refusal("limit.ratio").rejection().unwrap().code, "limit.ratio");
        assert!(refusal("crash.quarantined").rejection().is_err());
    }
}
