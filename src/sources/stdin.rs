//! Reads articles from standard input, in order, in memory bounded by one document.

use std::io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::after::Afterwards;
use super::found::Found;
use super::intake::{Intake, LineClosed};
use super::open::containers::unpack::Unpacked;
use super::open::form::{self, Form, HEAD_BYTES};
use super::open::jsonl::{GivenIds, Items, Tail, id_of_object, too_long};
use super::open::lines::{self, Line};
use super::open::opening::{Asked, InStream, Open as _, Shape};
use super::open::values::Values;
use super::open::{Opener, Seen};
use super::settle::{Hint, Settling};
use super::{Counts, Options, Stop, Tally, walk};
use crate::ledger::{CannotGoOn, View};
use crate::model::{Digest, Entry, Format, Key, Limit, Origin, RawDocument, Rejection, SourcePath, Stage, StageError, Ticket};

/// How standard input is to be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StdinFormat {
    /// JSON values where the first byte that is no white space is `{`; otherwise one document, told by its content.
    #[default]
    Auto,
    Jsonl,
    Text,
    Html,
    Markdown,
    Json,
    /// A path a line, or parted by NUL.
    Paths {
        nul: bool,
    },
}

/// Reads `input` to its end. To be run on a thread that may block. Nothing is remembered, so everything is handed in.
pub fn run(
    format: StdinFormat,
    input: impl Read + AsFd,
    options: &Options,
    intake: Intake,
    stop: &Stop,
    counts: &Counts,
) -> anyhow::Result<Tally> {
    let past = View::blank();
    let attentive = Attentive { input, intake: intake.clone(), stop: stop.clone() };
    let mut reader = Stdin { opener: Opener::new(options, &past, intake, counts), ids: GivenIds::default(), taken: 0 };
    let result = reader.read(format, BufReader::with_capacity(HEAD_BYTES * 4, attentive), stop);
    let mut tally = reader.opener.tally;
    match result {
        Ok(()) => {}
        Err(error) if error.is::<LineClosed>() || is_stop(&error) => tally.stopped = true,
        Err(error) => return Err(unless_unreadable(error)),
    }
    Ok(tally)
}

fn unless_unreadable(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<io::Error>() {
        Ok(error) => CannotGoOn(format!("cannot read standard input: {error}; check what feeds it")).into(),
        Err(error) => error,
    }
}

struct Stdin<'a> {
    opener: Opener<'a>,
    ids: GivenIds,
    /// How many articles have come, the rejected ones included: their tickets tell which came first.
    taken: u64,
}

impl Stdin<'_> {
    fn read(&mut self, format: StdinFormat, mut input: impl BufRead, stop: &Stop) -> anyhow::Result<()> {
        match format {
            StdinFormat::Auto => {
                // The blanks before the first value belong to no article, however many they are.
                let blanks = skip_blanks(&mut input)?;
                let object = input.fill_buf()?.first() == Some(&b'{');
                if object { self.read_values(input, stop)? } else { self.read_document(blanks.as_slice().chain(input), None)? }
            }
            StdinFormat::Jsonl => self.read_jsonl(input, stop)?,
            StdinFormat::Text => self.read_document(input, Some(Format::Text))?,
            StdinFormat::Html => self.read_document(input, Some(Format::Html))?,
            StdinFormat::Markdown => self.read_document(input, Some(Format::Markdown))?,
            StdinFormat::Json => self.read_document(input, Some(Format::Json))?,
            StdinFormat::Paths { nul } => self.read_paths(input, nul, stop)?,
        }
        Ok(self.opener.intake.flush()?)
    }

    fn read_values(&mut self, input: impl BufRead, stop: &Stop) -> anyhow::Result<()> {
        let mut values = Values::new(input, self.opener.options.limits.document_bytes_max);
        while let Some(value) = values.read_next()? {
            if self.is_full()? {
                break;
            }
            self.take(value, Format::Json)?;
            if self.told_to_stop(stop) {
                break;
            }
        }
        Ok(())
    }

    fn read_jsonl(&mut self, input: impl BufRead, stop: &Stop) -> anyhow::Result<()> {
        let mut items = Items::new(input, self.opener.options.limits.document_bytes_max, Tail::Final);
        while let Some(item) = items.read_next()? {
            if self.is_full()? {
                break;
            }
            match item.body {
                Ok(bytes) => self.hand_in(RawDocument::new(bytes, Format::Json), item.given_id.as_deref(), item.digest, item.bytes)?,
                Err(rejection) => self.set_aside(rejection, Some(item.digest), item.bytes)?,
            }
            if self.told_to_stop(stop) {
                break;
            }
        }
        Ok(())
    }

    /// All of the input is one document.
    fn read_document(&mut self, input: impl Read, format: Option<Format>) -> anyhow::Result<()> {
        let size_max = self.opener.options.limits.document_bytes_max;
        let (mut head, mut input) = (Vec::new(), input);
        (&mut input).take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        if format.is_none() && matches!(form::tell(&head, b""), Form::Container(_)) {
            return self.unpack(BufReader::new(io::Cursor::new(head).chain(input)));
        }
        let input = io::Cursor::new(head).chain(input);
        let mut bytes = Vec::new();
        let mut input = input.take(size_max.saturating_add(1));
        input.read_to_end(&mut bytes)?;
        if bytes.len() as u64 > size_max {
            // Read to the end, so that whoever writes to us is not cut off.
            let rest = io::copy(&mut input.into_inner(), &mut io::sink())?;
            let length = (bytes.len() as u64).saturating_add(rest);
            return self.set_aside(too_long(length, size_max), None, length);
        }
        let format = match (format, form::tell(bytes.get(..bytes.len().min(HEAD_BYTES)).unwrap_or_default(), b"")) {
            (Some(format), _) | (None, Form::Document(format)) => format,
            (None, form) if let Some(rejection) = form::left_out_of_this_build(form) => {
                return self.set_aside(rejection, Some(Digest::of(&bytes)), bytes.len() as u64);
            }
            (None, Form::Binary) => {
                return self.set_aside(StageError::Binary.reject(Stage::Open), Some(Digest::of(&bytes)), bytes.len() as u64);
            }
            (None, _) => Format::Text,
        };
        self.take(Ok(bytes), format)
    }

    /// All of the input is a container, or is packed.
    fn unpack(&mut self, input: impl BufRead) -> anyhow::Result<()> {
        let limits = self.opener.options.limits;
        let mut entries = 0;
        let asked = Asked { name: Vec::new(), shape: Shape::Stream, limits: limits.into(), tail: Tail::Final };
        let options = self.opener.options;
        let left_out = options.opening.open(&mut InStream(input), &asked, &mut |unpacked| {
            if entries >= limits.entries_max {
                let reason = format!("the input holds more than {} articles; those beyond were not read", limits.entries_max);
                self.set_aside(StageError::Limit { limit: Limit::Entries, reason }.reject(Stage::Open), None, 0)?;
                return Ok(ControlFlow::Break(()));
            }
            entries += 1;
            match unpacked {
                Unpacked::Skipped(skip) => *self.opener.tally.skipped.entry(skip).or_default() += 1,
                Unpacked::Broken(rejection) => self.set_aside(rejection, None, 0)?,
                Unpacked::Whole(piece) | Unpacked::Entry(piece) => match piece.body {
                    Ok(document) => self.hand_in(document, piece.given_id.as_deref(), piece.digest, piece.bytes)?,
                    Err(rejection) => self.set_aside(rejection, Some(piece.digest), piece.bytes)?,
                },
            }
            Ok(ControlFlow::Continue(()))
        });
        left_out.map(|_| ())
    }

    fn read_paths(&mut self, mut input: impl BufRead, nul: bool, stop: &Stop) -> anyhow::Result<()> {
        let mut line = Vec::new();
        loop {
            if nul {
                line.clear();
                if (&mut input).take(PATH_BYTES_MAX).read_until(0, &mut line)? == 0 {
                    return Ok(());
                }
                if line.last() == Some(&0) {
                    line.pop();
                }
            } else if matches!(lines::next(&mut input, &mut line, PATH_BYTES_MAX)?, Line::End) {
                return Ok(());
            }
            let path = if nul { line.as_slice() } else { line.strip_suffix(b"\r").unwrap_or(&line) };
            if !path.is_empty() {
                self.open(path, stop)?;
            }
            if self.told_to_stop(stop) {
                return Ok(());
            }
            self.opener.intake.flush()?;
        }
    }

    fn open(&mut self, path: &[u8], stop: &Stop) -> anyhow::Result<()> {
        let source = Arc::new(SourcePath(cleaned(path)));
        let path = Path::new(std::ffi::OsStr::from_bytes(path)).to_path_buf();
        let found = Found { root_bytes: path.as_os_str().len(), path, source, named: true };
        self.opener.tally.files_found += 1;
        match self.opener.see(&found, &mut Settling::default(), Hint::Seen)? {
            Seen::Done(_) | Seen::LeftOut | Seen::Read(_) => Ok(()),
            // Waiting would help none of these, and the paths after it would wait as well.
            Seen::Refused(error) if matches!(error.kind(), NotFound | PermissionDenied | NotADirectory) => {
                self.opener.give_up(&found, &error, 1)
            }
            Seen::Wait(_) | Seen::Refused(_) => walk::read_later_once(&mut self.opener, found, &mut Afterwards::nothing(), stop),
        }
    }

    fn take(&mut self, value: Result<Vec<u8>, Rejection>, format: Format) -> anyhow::Result<()> {
        let bytes = match value {
            Ok(bytes) => bytes,
            Err(rejection) => return self.set_aside(rejection, None, 0),
        };
        let digest = Digest::of(&bytes);
        let id = if format == Format::Json { id_of_object(&bytes).ok().flatten() } else { None };
        let length = bytes.len() as u64;
        self.hand_in(RawDocument::new(bytes, format), id.as_deref(), digest, length)
    }

    fn hand_in(&mut self, document: RawDocument, id: Option<&str>, digest: Digest, bytes: u64) -> anyhow::Result<()> {
        let key = match id {
            Some(id) => Key::of_given_id(self.ids.name(id).as_str()),
            None => Key::of_digest(digest),
        };
        let origin = self.origin(key, bytes, Some(digest));
        self.opener.tally.articles += 1;
        self.opener.tally.bytes += origin.bytes;
        Counts::add(&self.opener.counts.articles, 1);
        Counts::add(&self.opener.counts.bytes, origin.bytes);
        Ok(self.opener.intake.hand_in(origin, document)?)
    }

    fn set_aside(&mut self, rejection: Rejection, digest: Option<Digest>, bytes: u64) -> anyhow::Result<()> {
        self.opener.tally.rejected += 1;
        let key = digest.map_or_else(|| Key::of_given_id(Entry::numbered(self.opener.tally.rejected).as_str()), Key::of_digest);
        let origin = self.origin(key, bytes, digest);
        Ok(self.opener.intake.reject(rejection.of(origin))?)
    }

    fn origin(&mut self, key: Key, bytes: u64, digest: Option<Digest>) -> Origin {
        self.taken += 1;
        Origin { key, path: None, entry: None, bytes, digest, ticket: Ticket(self.taken), attempts: 1 }
    }

    /// True once there are more articles than one input may have; that is told once.
    fn is_full(&mut self) -> anyhow::Result<bool> {
        let entries_max = self.opener.options.limits.entries_max;
        let is_full = self.taken >= entries_max;
        if is_full {
            let reason = format!("standard input holds more than {entries_max} articles; those beyond were not read");
            self.set_aside(StageError::Limit { limit: Limit::Entries, reason }.reject(Stage::Open), None, 0)?;
        }
        Ok(is_full)
    }

    fn told_to_stop(&mut self, stop: &Stop) -> bool {
        self.opener.tally.stopped |= stop.is_set();
        self.opener.tally.stopped
    }
}

/// Reads on only after what was read before is on its way, and only until the run is to stop: whoever feeds a filter
/// may be silent for hours.
struct Attentive<R> {
    input: R,
    intake: Intake,
    stop: Stop,
}

/// A pause between two looks at whether the run is to stop.
const STEP: Timespec = Timespec { tv_sec: 0, tv_nsec: 25_000_000 };

impl<R: Read + AsFd> Read for Attentive<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A line that has closed is found out at the next article.
        let _ = self.intake.flush();
        loop {
            if self.stop.is_set() {
                return Err(io::Error::other(ToldToStop));
            }
            let mut ready = [PollFd::new(&self.input, PollFlags::IN)];
            match poll(&mut ready, Some(&STEP)) {
                Ok(0) | Err(Errno::INTR) => {}
                // What cannot be waited for is read, and tells by itself what is the matter.
                Ok(_) | Err(_) => return self.input.read(buffer),
            }
        }
    }
}

/// The run was told to stop in the middle of an article, which is left out.
#[derive(Debug)]
struct ToldToStop;

impl std::fmt::Display for ToldToStop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("told to stop")
    }
}

impl std::error::Error for ToldToStop {}

fn is_stop(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().and_then(io::Error::get_ref).is_some_and(|inner| inner.is::<ToldToStop>())
}

const PATH_BYTES_MAX: u64 = 64 * 1024;
/// What stands before the first value and is kept, so that a document comes out as it went in.
const BLANKS_MAX: usize = 4096;

fn skip_blanks(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut blanks = Vec::new();
    loop {
        let chunk = input.fill_buf()?;
        let length = chunk.len() - chunk.trim_ascii_start().len();
        if length == 0 {
            return Ok(blanks);
        }
        let kept = length.min(BLANKS_MAX - blanks.len());
        blanks.extend_from_slice(chunk.get(..kept).unwrap_or_default());
        input.consume(length);
    }
}

/// A path as given, without what says nothing or leads outside: never absolute.
fn cleaned(path: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').filter(|part| !matches!(*part, b"" | b"." | b"..")).collect();
    parts.join(&b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_never_absolute() {
        assert_eq!(cleaned(b"/srv/./wire//a.txt"), b"srv/wire/a.txt");
        assert_eq!(cleaned(b"../a.txt"), b"a.txt");
    }
}
