//! Reads record and rejected lines back: what names their article, and whether they are whole.

use std::borrow::Cow;
use std::io::{self, BufRead, Read as _};

use base64::Engine as _;
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use crate::model::{Digest, Entry, SourcePath};

use super::{Settled, key_of};

/// A line of more bytes than this was not written by copydesk.
pub const LINE_BYTES_MAX: u64 = 1 << 31;

/// What stands after a line's body: `,"check":"0123456789abcdef"}`.
const SEAL_BYTES: usize = 28;

/// True for a line, without its line feed, whose checksum of itself holds.
pub fn is_whole(line: &[u8]) -> bool {
    let Some((body, seal)) = line.len().checked_sub(SEAL_BYTES).and_then(|at| line.split_at_checked(at)) else { return false };
    let check = seal.strip_prefix(b",\"check\":\"").and_then(|rest| rest.strip_suffix(b"\"}"));
    check.is_some_and(|check| check == format!("{:016x}", xxh3_64(body)).as_bytes())
}

/// What a line says of its article's identity and of how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub id: String,
    pub path: SourcePath,
    pub entry: Option<Entry>,
    pub digest: Option<Digest>,
    pub revision: u64,
    pub outcome: Settled,
    pub settles: Option<String>,
    pub rejection: Option<LineRejection>,
}

/// What a rejected line says beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRejection {
    pub stage: String,
    pub code: String,
    pub error: String,
    pub attempts: u32,
    pub rejected_at: String,
}

impl Line {
    /// Reads a whole line. None where it is no line of copydesk's, or its id is not that of its key.
    pub fn parse(line: &[u8]) -> Option<Self> {
        let raw: RawLine<'_> = serde_json::from_slice(line).ok()?;
        let outcome = match raw.schema.split('/').next()? {
            "copydesk.record" => Settled::Record,
            "copydesk.rejected" => Settled::Rejected,
            _ => return None,
        };
        let path = match raw.source.path_bytes {
            Some(bytes) => base64::engine::general_purpose::STANDARD.decode(bytes.as_bytes()).ok()?,
            None => raw.source.path?.into_owned().into_bytes(),
        };
        let digest = match raw.source.digest {
            Some(digest) => Some(Digest::parse(&digest)?),
            None => None,
        };
        let rejection = match outcome {
            Settled::Record => None,
            Settled::Rejected => Some(LineRejection {
                stage: raw.stage?.into_owned(),
                code: raw.code?.into_owned(),
                error: raw.error?.into_owned(),
                attempts: raw.attempts?,
                rejected_at: raw.rejected_at?.into_owned(),
            }),
        };
        let line = Self {
            id: raw.id.into_owned(),
            path: SourcePath(path),
            entry: raw.source.entry.map(|entry| Entry::new(&entry)),
            digest,
            revision: raw.revision,
            outcome,
            settles: raw.settles.map(Cow::into_owned),
            rejection,
        };
        let bears_its_own_id = key_of(&line.path, line.entry.as_ref()).id().to_string() == line.id;
        bears_its_own_id.then_some(line)
    }
}

#[derive(Deserialize)]
struct RawLine<'a> {
    #[serde(borrow)]
    schema: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    revision: u64,
    #[serde(borrow)]
    source: RawSource<'a>,
    #[serde(borrow)]
    settles: Option<Cow<'a, str>>,
    #[serde(borrow)]
    stage: Option<Cow<'a, str>>,
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
    attempts: Option<u32>,
    #[serde(borrow)]
    rejected_at: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct RawSource<'a> {
    #[serde(borrow)]
    path: Option<Cow<'a, str>>,
    #[serde(borrow)]
    path_bytes: Option<Cow<'a, str>>,
    #[serde(borrow)]
    entry: Option<Cow<'a, str>>,
    #[serde(borrow)]
    digest: Option<Cow<'a, str>>,
}

/// The lines of a segment, one at a time, in memory bounded by the longest.
pub struct Lines<R> {
    input: R,
    bytes: Vec<u8>,
    /// Where the next line begins.
    at: u64,
}

impl<R: BufRead> Lines<R> {
    /// Reads on from byte `at` of the segment, where `input` already stands.
    pub const fn new(input: R, at: u64) -> Self {
        Self { input, bytes: Vec::new(), at }
    }

    /// The next line with its line feed, and the byte where it begins. A last line without a line feed is given as it
    /// is; None at the end.
    pub fn read_next(&mut self) -> io::Result<Option<(u64, &[u8])>> {
        self.bytes.clear();
        let read = self.input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut self.bytes)?;
        let start = self.at;
        self.at += read as u64;
        Ok((read > 0).then_some((start, &self.bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_whole_only_with_every_byte_in_place() {
        let body = br#"{"schema":"copydesk.record/1","id":"x""#;
        let line = [&body[..], format!(",\"check\":\"{:016x}\"}}", xxh3_64(body)).as_bytes()].concat();
        assert!(is_whole(&line));
        for at in 0..line.len() {
            let mut damaged = line.clone();
            damaged[at] ^= 1;
            assert!(!is_whole(&damaged), "byte {at}");
            assert!(!is_whole(&line[..at]), "cut at {at}");
        }
    }

    #[test]
    fn a_line_of_another_program_is_no_line() {
        assert_eq!(Line::parse(b"{}"), None);
        assert_eq!(Line::parse(br#"{"schema":"other/1","id":"a","revision":1,"source":{"path":"a"}}"#), None);
        assert_eq!(Line::parse(br#"{"schema":"copydesk.record/1","id":"a","revision":1,"source":{"path":"a"}}"#), None);
    }
}
