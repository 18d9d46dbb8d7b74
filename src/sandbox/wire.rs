//! What the line and a worker say to each other: frames of JSON with a length before them, and the document's bytes as
//! they are.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::model::{ParsedArticle, StageError};
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

/// What came of a document.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    Parsed(Box<ParsedArticle>),
    Refused(StageError),
    Panicked(String),
}

/// No frame is longer, so that a worker that has been taken over cannot fill the memory of its parent. In bytes.
const FRAME_BYTES_MAX: u64 = 1 << 30;

/// Writes one frame: its length in bytes as eight bytes, little end first, then the bytes.
pub fn write_frame(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)
}

pub fn write_value(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    write_frame(out, &serde_json::to_vec(value)?)
}

/// Reads one frame; `None` where the other end has closed before it.
pub fn read_frame(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
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
    let mut bytes = Vec::new();
    let got = from.take(length).read_to_end(&mut bytes)?;
    if got as u64 == length { Ok(Some(bytes)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

pub fn read_value<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    match read_frame(from)? {
        Some(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        None => Ok(None),
    }
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
}
