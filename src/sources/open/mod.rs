//! Opens a settled file into articles and hands to the line those that are new or changed.

pub mod containers;
pub mod form;
pub mod jsonl;
pub mod lines;
pub mod opening;
pub mod values;

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use self::containers::Piece;
use self::containers::unpack::{Sink, Unpacked};
use self::form::{Container, Form, HEAD_BYTES};
use self::jsonl::{GivenIds, Numbering, Place, Tail};
use self::opening::{Asked, InFile, Open as _, Shape, open_here};
use super::found::{Found, age_and_writer, lasting, stamp_of, tick_of};
use super::intake::Intake;
use super::settle::{Hint, Look, OPEN_FILE_AGAIN, Settling, Verdict};
use super::{Counts, Options, Tally};
use crate::ledger::{Settled, View};
use crate::model::{
    Digest, Entry, Envelope, FileRead, Format, Key, Limit, Origin, RawDocument, Rejection, Skip, SourcePath, Stage, StageError, Stamp,
    Ticket,
};

/// What came of looking at a file.
#[derive(Debug)]
pub(super) enum Seen {
    /// As it was when last read to its end.
    Done(Stamp),
    /// Left out, now or before.
    LeftOut,
    /// Read to its end; its ticket is on the way to the committer.
    Read(ReadFile),
    /// May still be written.
    Wait(std::time::Duration),
    /// Could not be read; it may be another time.
    Refused(io::Error),
}

/// A file that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadFile {
    pub ticket: Ticket,
    pub stamp: Stamp,
    /// False where its writer is not done.
    pub whole: bool,
    /// False where it may have changed since without its stamp showing it.
    pub lasting: bool,
}

/// Reads files for one run: knows what was done, where articles go, and what to count.
pub(super) struct Opener<'a> {
    pub options: &'a Options,
    pub past: &'a View,
    pub intake: Intake,
    pub counts: &'a Counts,
    pub tally: Tally,
    /// Rejected articles are handed in although they are unchanged.
    pub again: bool,
    tickets: u64,
    /// Whether the stamp of the file in hand will show any later change; asked before the file is read.
    lasting: bool,
}

/// A file in hand.
struct Reading<'f> {
    found: &'f Found,
    ticket: Ticket,
    handed_in: u64,
    entries: u64,
}

impl<'a> Opener<'a> {
    pub(super) fn new(options: &'a Options, past: &'a View, intake: Intake, counts: &'a Counts) -> Self {
        Self { options, past, intake, counts, tally: Tally::default(), again: false, tickets: 0, lasting: false }
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// Ends the reading: what waits goes on its way, and the line may close.
    pub(super) fn close(mut self) -> Tally {
        // A line that has closed takes nothing more; the ledger knows what is missing.
        self.tally.stopped |= self.intake.flush().and_then(|()| self.intake.run_suspects()).is_err();
        self.tally
    }

    /// Looks at a file, and reads it if it is new or changed, and settled.
    pub(super) fn see(&mut self, found: &Found, settling: &mut Settling, hint: Hint) -> anyhow::Result<Seen> {
        let follow = self.options.follow_symlinks;
        let stamp = match found.metadata(follow) {
            Ok(metadata) if metadata.is_file() => stamp_of(&metadata),
            Ok(_) => return self.leave_out(found, Skip::NotRegular, None),
            Err(error) => return self.refused(found, error),
        };
        if !self.again
            && let Some(known) = self.past.file(&found.source)?
            && known.stamp == Some(stamp)
            && (known.skipped.is_none() || !found.named)
        {
            if let Some(skip) = known.skipped {
                self.count_skip(skip);
                return Ok(Seen::LeftOut);
            }
            self.tally.files_unchanged += 1;
            Counts::add(&self.counts.files_unchanged, 1);
            return Ok(Seen::Done(stamp));
        }
        let mut file = match found.open(follow) {
            Ok(file) => file,
            // What O_NOFOLLOW says of a link that took the file's place.
            Err(error) if error.raw_os_error() == Some(libc::ELOOP) => return self.leave_out(found, Skip::NotRegular, None),
            Err(error) => return self.refused(found, error),
        };
        // Asked of the open file: the name may have gone to a pipe since.
        let stamp = match file.metadata() {
            Ok(metadata) if metadata.is_file() => stamp_of(&metadata),
            Ok(_) => return self.leave_out(found, Skip::NotRegular, None),
            Err(error) => return self.refused(found, error),
        };
        let (age, writer) = age_and_writer(&file, stamp);
        let look = Look { stamp, writer, now: Instant::now(), age };
        let whole = match settling.judge(look, hint, self.options.settle) {
            Verdict::Read => true,
            Verdict::ReadWholeEntries => false,
            Verdict::Wait(rest) => return Ok(Seen::Wait(rest)),
        };
        if stamp.size == 0 {
            return if whole { self.leave_out(found, Skip::Empty, Some(stamp)) } else { Ok(Seen::Wait(OPEN_FILE_AGAIN)) };
        }
        // Where clocks disagree, only having seen it unchanged for longer than a tick tells.
        self.lasting = lasting(stamp).is_some() || settling.seen_for(stamp, look.now) > tick_of(stamp);
        // Half a line may be what one session of writing left for the next.
        let just_closed = hint == Hint::Closed && age.is_some_and(|age| age < self.options.settle);
        let tail = if whole && !just_closed { Tail::Final } else { Tail::MayGrow };
        match self.read(found, &mut file, stamp, tail, whole) {
            Err(error) => match error.downcast::<io::Error>() {
                Ok(error) => self.refused(found, error),
                Err(error) => Err(error),
            },
            Ok(seen) => {
                if matches!(seen, Seen::Read(ReadFile { whole: false, .. })) {
                    settling.entries_read(stamp);
                }
                Ok(seen)
            }
        }
    }

    fn read(&mut self, found: &Found, file: &mut File, stamp: Stamp, tail: Tail, whole: bool) -> anyhow::Result<Seen> {
        let mut head = Vec::new();
        file.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        let size_max = self.options.limits.document_bytes_max;
        let mut form = form::tell(&head, &found.source.0);
        let mut bytes = head;
        if matches!(form, Form::EndlessObject) {
            if stamp.size > size_max {
                form = Form::Jsonl;
            } else {
                file.take((size_max + 1).saturating_sub(bytes.len() as u64)).read_to_end(&mut bytes)?;
                form = match form::tell(&bytes, &found.source.0) {
                    Form::EndlessObject => Form::Document(Format::Json),
                    told => told,
                };
            }
        }
        match form {
            Form::Jsonl => {
                drop(bytes);
                self.read_container(found, file, form, stamp, tail, whole)
            }
            Form::Container(container) if whole || container.may_grow() => self.read_container(found, file, form, stamp, tail, whole),
            _ if !whole => Ok(Seen::Wait(OPEN_FILE_AGAIN)),
            Form::Binary if found.named => {
                let reading = self.begin(found);
                self.reject_file(reading, stamp, StageError::Binary.reject(Stage::Open), 1)
            }
            Form::Unsupported if found.named => {
                let reading = self.begin(found);
                self.reject_file(reading, stamp, unsupported(), 1)
            }
            Form::Binary | Form::Unsupported => self.leave_out(found, Skip::Form, Some(stamp)),
            Form::EndlessObject | Form::Container(_) => Ok(Seen::Wait(OPEN_FILE_AGAIN)),
            Form::Document(_) if stamp.size > size_max => {
                let reading = self.begin(found);
                self.reject_file(reading, stamp, jsonl::too_long(stamp.size, size_max), 1)
            }
            Form::Document(format) if let Some(rejection) = form::left_out_of_this_build(form) => {
                let reading = self.begin(found);
                let _ = format;
                self.reject_file(reading, stamp, rejection, 1)
            }
            Form::Document(format) => {
                file.take((size_max + 1).saturating_sub(bytes.len() as u64)).read_to_end(&mut bytes)?;
                if stamp_of(&file.metadata()?) != stamp {
                    return Ok(Seen::Wait(self.options.settle.max(std::time::Duration::from_millis(1))));
                }
                self.read_document(found, bytes, format, stamp)
            }
        }
    }

    fn read_document(&mut self, found: &Found, bytes: Vec<u8>, format: Format, stamp: Stamp) -> anyhow::Result<Seen> {
        let mut reading = self.begin(found);
        reading.entries = 1;
        let (digest, length) = (Digest::of(&bytes), bytes.len() as u64);
        let key = Key::of_file(&found.source.0);
        match self.attempt(&key, digest)? {
            None => self.tally.articles_unchanged += 1,
            Some(attempts) => {
                let origin = reading.origin(key, None, length, Some(digest), attempts);
                self.hand_in(&mut reading, origin, RawDocument::new(bytes, format))?;
            }
        }
        self.end(reading, stamp, Some(digest), true)
    }

    /// Reads what holds many articles, or packs one.
    fn read_container(
        &mut self,
        found: &Found,
        file: &mut File,
        form: Form,
        stamp: Stamp,
        tail: Tail,
        whole: bool,
    ) -> anyhow::Result<Seen> {
        let mut numbering = Numbering::new(self.past.numbered_entries(&found.source)?);
        if numbering.needs_survey() {
            unpack(found, file, form, stamp, tail, self.options, &mut |unpacked| {
                Counts::add(&self.counts.turns, 1);
                if let Unpacked::Entry(Piece { given_id: None, digest, .. }) = unpacked {
                    numbering.survey(digest);
                }
                Ok(ControlFlow::Continue(()))
            })?;
        }
        let mut ids = GivenIds::default();
        let mut reading = self.begin(found);
        // Both passes see the same stretch of a file that grows meanwhile.
        let (options, limits) = (self.options, self.options.limits);
        let left_out = unpack(found, file, form, stamp, tail, options, &mut |unpacked| {
            if reading.entries >= limits.entries_max {
                self.reject_entries_beyond(&mut reading)?;
                return Ok(ControlFlow::Break(()));
            }
            self.take(&mut reading, unpacked, &mut ids, &mut numbering)?;
            Ok(ControlFlow::Continue(()))
        })?;
        let complete = whole && !left_out;
        let unchanged = stamp_of(&file.metadata()?) == stamp;
        self.end(reading, stamp, None, complete && unchanged)
    }

    fn take(&mut self, reading: &mut Reading<'_>, unpacked: Unpacked, ids: &mut GivenIds, numbering: &mut Numbering) -> anyhow::Result<()> {
        Counts::add(&self.counts.turns, 1);
        let source = Arc::clone(&reading.found.source);
        let (piece, entry) = match unpacked {
            Unpacked::Skipped(skip) => {
                *self.tally.skipped.entry(skip).or_default() += 1;
                return Ok(());
            }
            Unpacked::Broken(rejection) => {
                reading.entries += 1;
                let origin = reading.origin(Key::of_file(&source.0), None, 0, None, 1);
                return self.reject(reading, rejection.of(origin));
            }
            Unpacked::Whole(piece) => (piece, None),
            Unpacked::Entry(piece) => {
                let entry = match &piece.given_id {
                    Some(id) => ids.name(id),
                    None => match numbering.place(piece.place, piece.digest) {
                        Place::Unchanged(_) if !self.again => {
                            reading.entries += 1;
                            self.tally.articles_unchanged += 1;
                            return Ok(());
                        }
                        Place::Unchanged(number) | Place::Number(number) => Entry::numbered(number),
                    },
                };
                (piece, Some(entry))
            }
        };
        reading.entries += 1;
        let key = entry.as_ref().map_or_else(|| Key::of_file(&source.0), |entry| Key::of_entry(&source.0, entry));
        let Some(attempts) = self.attempt(&key, piece.digest)? else {
            self.tally.articles_unchanged += 1;
            return Ok(());
        };
        let origin = reading.origin(key, entry, piece.bytes, Some(piece.digest), attempts);
        match piece.body {
            Ok(document) => self.hand_in(reading, origin, document),
            Err(rejection) => self.reject(reading, rejection.of(origin)),
        }
    }

    /// Which attempt at these bytes this would be; None where they are done.
    fn attempt(&self, key: &Key, digest: Digest) -> anyhow::Result<Option<u32>> {
        Ok(match self.past.latest(key)? {
            Some(known) if known.digest == Some(digest) => {
                (self.again && known.outcome == Settled::Rejected).then_some(known.attempts.saturating_add(1))
            }
            _ => Some(1),
        })
    }

    fn begin<'f>(&mut self, found: &'f Found) -> Reading<'f> {
        Reading { found, ticket: self.ticket(), handed_in: 0, entries: 0 }
    }

    fn hand_in(&mut self, reading: &mut Reading<'_>, origin: Origin, document: RawDocument) -> anyhow::Result<()> {
        reading.handed_in += 1;
        self.tally.articles += 1;
        self.tally.bytes += document.bytes.len() as u64;
        Counts::add(&self.counts.articles, 1);
        Counts::add(&self.counts.bytes, document.bytes.len() as u64);
        Ok(self.intake.hand_in(origin, document)?)
    }

    fn reject(&mut self, reading: &mut Reading<'_>, rejection: Envelope<Rejection>) -> anyhow::Result<()> {
        reading.handed_in += 1;
        self.tally.rejected += 1;
        Ok(self.intake.reject(rejection)?)
    }

    fn end(&mut self, reading: Reading<'_>, stamp: Stamp, digest: Option<Digest>, whole: bool) -> anyhow::Result<Seen> {
        self.tally.files_read += 1;
        Counts::add(&self.counts.files_read, 1);
        let Reading { found, ticket, handed_in, entries } = reading;
        self.intake.file_read(FileRead {
            ticket,
            path: Arc::clone(&found.source),
            stamp: (whole && self.lasting).then_some(stamp),
            handed_in,
            entries,
            digest,
            skipped: None,
        })?;
        Ok(Seen::Read(ReadFile { ticket, stamp, whole, lasting: self.lasting }))
    }

    /// Sets the whole file aside.
    fn reject_file(&mut self, mut reading: Reading<'_>, stamp: Stamp, rejection: Rejection, attempts: u32) -> anyhow::Result<Seen> {
        reading.entries = 1;
        let origin = reading.origin(Key::of_file(&reading.found.source.0), None, stamp.size, None, attempts);
        self.reject(&mut reading, rejection.of(origin))?;
        self.end(reading, stamp, None, true)
    }

    fn reject_entries_beyond(&mut self, reading: &mut Reading<'_>) -> anyhow::Result<()> {
        let reason = format!("the file holds more than {} articles; those beyond were not read", self.options.limits.entries_max);
        let error = StageError::Limit { limit: Limit::Entries, reason };
        let origin = reading.origin(Key::of_file(&reading.found.source.0), None, 0, None, 1);
        self.reject(reading, error.reject(Stage::Open).of(origin))
    }

    /// Sets a file aside that could not be read after so many attempts.
    pub(super) fn give_up(&mut self, found: &Found, error: &io::Error, attempts: u32) -> anyhow::Result<()> {
        let mut reading = self.begin(found);
        let rejection = unreadable(error);
        let origin = reading.origin(Key::of_file(&found.source.0), None, 0, None, attempts);
        self.reject(&mut reading, rejection.of(origin))?;
        let Reading { ticket, handed_in, .. } = reading;
        let path = Arc::clone(&found.source);
        Ok(self.intake.file_read(FileRead { ticket, path, stamp: None, handed_in, entries: 1, digest: None, skipped: None })?)
    }

    fn refused(&mut self, found: &Found, error: io::Error) -> anyhow::Result<Seen> {
        let vanished = matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
        if vanished && !found.named {
            self.count_skip(Skip::Vanished);
            return Ok(Seen::LeftOut);
        }
        Ok(Seen::Refused(error))
    }

    pub(super) fn leave_out(&mut self, found: &Found, skip: Skip, stamp: Option<Stamp>) -> anyhow::Result<Seen> {
        if found.named {
            let reading = self.begin(found);
            let (code, error) = match skip {
                Skip::Empty => ("parse.empty", "the file is empty; check that it holds an article"),
                _ => ("input.unsupported", "it is no regular file; name a file or a folder"),
            };
            let rejection = Rejection { stage: Stage::Open, code, error: error.to_owned() };
            self.lasting = stamp.and_then(lasting).is_some();
            let stamp = stamp.unwrap_or(Stamp { device: 0, inode: 0, size: 0, mtime_ns: 0, ctime_ns: i128::MAX });
            return self.reject_file(reading, stamp, rejection, 1);
        }
        self.count_skip(skip);
        // A watch lists what it leaves out again and again.
        if stamp.is_none() && self.past.file(&found.source)?.is_some_and(|known| known.skipped == Some(skip)) {
            return Ok(Seen::LeftOut);
        }
        let ticket = self.ticket();
        let path = Arc::clone(&found.source);
        let kept = stamp.and_then(lasting);
        self.intake.file_read(FileRead { ticket, path, stamp: kept, handed_in: 0, entries: 0, digest: None, skipped: Some(skip) })?;
        Ok(Seen::LeftOut)
    }

    fn count_skip(&mut self, skip: Skip) {
        *self.tally.skipped.entry(skip).or_default() += 1;
        Counts::add(&self.counts.files_skipped, 1);
    }
}

/// Unpacks a file from its beginning; tells whether a last entry was left out that may still grow.
fn unpack(
    found: &Found,
    file: &File,
    form: Form,
    stamp: Stamp,
    tail: Tail,
    options: &Options,
    sink: &mut Sink<'_>,
) -> anyhow::Result<bool> {
    let shape = if form == Form::Container(Container::Zip) { Shape::Zip { length: stamp.size } } else { Shape::Stream };
    let asked = Asked { name: found.source.0.clone(), shape, limits: options.limits.into(), tail };
    let mut input = InFile { file, length: stamp.size };
    match form {
        // Cutting lines is no riskier than reading them.
        Form::Jsonl => open_here(&mut input, &asked, sink),
        _ => options.opening.open(&mut input, &asked, sink),
    }
}

impl Reading<'_> {
    fn origin(&self, key: Key, entry: Option<Entry>, bytes: u64, digest: Option<Digest>, attempts: u32) -> Origin {
        Origin { key, path: Some(Arc::clone(&self.found.source)), entry, bytes, digest, ticket: self.ticket, attempts }
    }
}

fn unsupported() -> Rejection {
    let error = "its form is not supported; convert it to text, Markdown, HTML or JSON".to_owned();
    Rejection { stage: Stage::Open, code: "input.unsupported", error }
}

fn unreadable(error: &io::Error) -> Rejection {
    let remedy = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "check the path",
        io::ErrorKind::PermissionDenied => "see to its permissions and run `copydesk replay`",
        _ => "check the disk and run `copydesk replay`",
    };
    let error = format!("it cannot be read: {error}; {remedy}");
    Rejection { stage: Stage::Open, code: "input.unreadable", error }
}

/// A path as it stands in records, below a root's name.
pub(super) fn source_path(root: &[u8], below: &[u8]) -> SourcePath {
    if below.is_empty() { SourcePath(root.to_vec()) } else { SourcePath([root, b"/", below].concat()) }
}
