//! Makes outcomes durable: one owner of the record files and the ledger, one sequential writer.
//!
//! Whatever is finished is taken as soon as the last commit ends. Its lines are rendered once, written, synced, and
//! only then entered in the ledger; the sync is the acknowledgement.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use tokio::sync::mpsc::{Receiver, UnboundedSender};
use tracing::{info, warn};

use crate::ledger::{
    ArticleRow, CannotGoOn, Database, Disk, FileRow, Group, Index, Known, KnownFile, Ledger, RealDisk, RejectionRow, Series, Settled,
    is_full,
};
use crate::model::{
    Article, Entry, Envelope, FileRead, Key, Origin, Outcome, Rejection, SourcePath, Ticket, render_record, render_rejected,
};
use crate::sinks::segments::SegmentWriter;
use crate::telemetry::Line;

/// A group is closed at this many bytes of lines: enough for one sync to be cheap, little enough to hold twice.
const GROUP_BYTES: usize = 4 << 20;
/// A group is closed at this many outcomes too: those that were there already have no lines, and a line that never
/// pauses would otherwise never be told what is done.
const GROUP_OUTCOMES: usize = 4096;

/// How records are committed.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// A segment is sealed once it has this many bytes.
    pub rotate_bytes: u64,
    /// Whether a record says when it was made.
    pub ingested_at: bool,
    pub on_full_disk: OnFullDisk,
}

/// What to do when there is no room for records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFullDisk {
    /// Wait for room, and go on by itself.
    Stall,
    /// End the run: what was committed stands.
    End,
}

/// What a run has come to so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub records: u64,
    pub rejected: u64,
    /// Articles that came to the end of the line and were there already.
    pub unchanged: u64,
    /// Bytes of lines written.
    pub bytes: u64,
}

/// Returns once every sender of outcomes is gone and all they sent is durable. Each file's ticket is sent to `settled`
/// when the file is done; a source that no longer listens is no error. Room is waited for until `is_stopping`.
pub fn run<D: Disk, I: Index>(
    ledger: Ledger<D, I>,
    mut outcomes: Receiver<Outcome>,
    settled: &UnboundedSender<Vec<Ticket>>,
    options: Options,
    is_stopping: impl Fn() -> bool + Send + 'static,
    meters: &Arc<Line>,
) -> anyhow::Result<Tally> {
    let mut committer = Committer::new(ledger, options, Box::new(now))?.until(is_stopping).metered(Arc::clone(meters));
    while let Some(first) = outcomes.blocking_recv() {
        let begun = Instant::now();
        // Batches hold their share of the memory until their records are durable.
        let mut held = Vec::new();
        let mut next = Some(first);
        while let Some(outcome) = next {
            held.extend(committer.take(outcome)?);
            next = if committer.is_full() { None } else { outcomes.try_recv().ok() };
        }
        let done = committer.commit()?;
        drop(held);
        meters.commit.observe(begun.elapsed());
        if !done.is_empty() {
            // The source may have ended before its files were done, and then waits for none of them.
            let _ = settled.send(done);
        }
    }
    Ok(committer.tally)
}

/// Takes outcomes into a group, and commits it. After an error nothing more may be taken in: the next run recovers.
pub struct Committer<D: Disk = RealDisk, I = Database> {
    ledger: Ledger<D, I>,
    options: Options,
    now: Clock,
    is_stopping: Box<dyn Fn() -> bool + Send>,
    articles: SegmentWriter<D>,
    rejected: SegmentWriter<D>,
    tally: Tally,
    /// Files that are being read: what is still to come of each.
    files: HashMap<Ticket, FileInHand>,
    group: Pending,
    meters: Arc<Line>,
}

/// Tells the time as records show it.
type Clock = Box<dyn Fn() -> String + Send>;

/// What is to be committed together.
#[derive(Default)]
struct Pending {
    record_lines: Vec<u8>,
    records: u64,
    rejected_lines: Vec<u8>,
    rejections: u64,
    rows: Vec<ArticleRow>,
    /// The latest of each article in this group, which the ledger does not know yet.
    latest: HashMap<Key, Known>,
    unchanged: u64,
    /// Outcomes by file.
    arrived: Vec<Ticket>,
    read: Vec<FileRead>,
}

#[derive(Default)]
struct FileInHand {
    arrived: u64,
    read: Option<FileRead>,
}

impl<D: Disk, I: Index> Committer<D, I> {
    /// Goes on where the ledger says that the files end.
    pub fn new(ledger: Ledger<D, I>, options: Options, now: Clock) -> anyhow::Result<Self> {
        let rows = ledger.segments()?;
        let writer = |series| SegmentWriter::new(ledger.out(), series, &rows, options.rotate_bytes);
        let (articles, rejected) = (writer(Series::Articles), writer(Series::Rejected));
        let (tally, files, group) = (Tally::default(), HashMap::new(), Pending::default());
        let meters = Arc::default();
        Ok(Self { ledger, options, now, is_stopping: Box::new(|| false), articles, rejected, tally, files, group, meters })
    }

    /// Counts what comes out.
    fn metered(self, meters: Arc<Line>) -> Self {
        Self { meters, ..self }
    }

    /// Waits for room no longer once the run is to stop: what has no record by then comes again with the next run.
    pub fn until(self, is_stopping: impl Fn() -> bool + Send + 'static) -> Self {
        Self { is_stopping: Box::new(is_stopping), ..self }
    }

    fn waits_for_room(&self) -> bool {
        self.options.on_full_disk == OnFullDisk::Stall && !(self.is_stopping)()
    }

    /// True where the group is to be committed before more is taken in.
    pub fn is_full(&self) -> bool {
        let Pending { record_lines, rejected_lines, arrived, read, .. } = &self.group;
        record_lines.len() + rejected_lines.len() >= GROUP_BYTES || arrived.len() + read.len() >= GROUP_OUTCOMES
    }

    /// Takes an outcome into the group, and gives what is to be held until the group is durable.
    pub fn take(&mut self, outcome: Outcome) -> anyhow::Result<Vec<crate::model::Held>> {
        match outcome {
            Outcome::Finished(batch) => {
                self.meters.committing.add(batch.articles.len());
                self.meters.outcomes.take(batch.articles.len());
                for article in &batch.articles {
                    self.take_record(article)?;
                }
                Ok(batch.held)
            }
            Outcome::Rejected(rejected) => {
                self.meters.committing.add(rejected.len());
                self.meters.outcomes.take(rejected.len());
                for rejection in &rejected {
                    self.take_rejection(rejection)?;
                }
                Ok(Vec::new())
            }
            Outcome::FileRead(file) => {
                self.group.read.push(file);
                Ok(Vec::new())
            }
        }
    }

    fn latest(&self, key: &Key) -> anyhow::Result<Option<Known>> {
        match self.group.latest.get(key) {
            Some(known) => Ok(Some(*known)),
            None => self.ledger.latest(key),
        }
    }

    fn take_record(&mut self, article: &Envelope<Article>) -> anyhow::Result<()> {
        let origin = &article.origin;
        self.group.arrived.push(origin.ticket);
        let before = self.latest(&origin.key)?;
        let is_there = before.is_some_and(|known| known.outcome == Settled::Record && known.digest == origin.digest);
        if is_there {
            self.group.unchanged += 1;
            return Ok(());
        }
        let settles = before.filter(|known| known.outcome == Settled::Rejected).map(|_| origin.key.id().to_string());
        let revision = next_revision(before, origin);
        let ingested_at = self.options.ingested_at.then(|| (self.now)());
        render_record(&mut self.group.record_lines, article, revision, settles, ingested_at.as_deref())?;
        self.group.records += 1;
        self.enter(origin, Known { digest: origin.digest, revision, outcome: Settled::Record, attempts: origin.attempts }, None);
        Ok(())
    }

    fn take_rejection(&mut self, rejected: &Envelope<Rejection>) -> anyhow::Result<()> {
        let Envelope { origin, body } = rejected;
        self.group.arrived.push(origin.ticket);
        let before = self.latest(&origin.key)?;
        // A rejection of what is a record already would take the record back; one of what is rejected already says
        // something new only if it was tried again.
        let is_there = before
            .is_some_and(|known| known.digest == origin.digest && (known.outcome == Settled::Record || known.attempts >= origin.attempts));
        if is_there {
            self.group.unchanged += 1;
            return Ok(());
        }
        let revision = next_revision(before, origin);
        let rejected_at = (self.now)();
        render_rejected(&mut self.group.rejected_lines, rejected, revision, &rejected_at)?;
        self.group.rejections += 1;
        self.meters.set_aside(body.stage.name(), body.code);
        let path = origin.path.as_ref().map(|path| path.lossy().0);
        let entry = origin.entry.as_ref().map(Entry::as_str);
        warn!(path = path.as_deref(), entry, stage = body.stage.name(), code = body.code, error = body.error, "article set aside");
        let row = RejectionRow { stage: body.stage.name().to_owned(), code: body.code.to_owned(), error: body.error.clone(), rejected_at };
        self.enter(origin, Known { digest: origin.digest, revision, outcome: Settled::Rejected, attempts: origin.attempts }, Some(row));
        Ok(())
    }

    fn enter(&mut self, origin: &Origin, known: Known, rejection: Option<RejectionRow>) {
        self.group.latest.insert(origin.key.clone(), known);
        let path = origin.path.as_deref().cloned().unwrap_or_else(|| SourcePath(origin.key.as_bytes().to_vec()));
        self.group.rows.push(ArticleRow { key: origin.key.clone(), path, entry: origin.entry.clone(), known, rejection });
    }

    /// Makes the group durable and enters it; gives the files that are done with it.
    pub fn commit(&mut self) -> anyhow::Result<Vec<Ticket>> {
        let group = std::mem::take(&mut self.group);
        let mut segments = Vec::new();
        let begun = Instant::now();
        self.write(Series::Articles, &group.record_lines, group.records)?;
        self.write(Series::Rejected, &group.rejected_lines, group.rejections)?;
        if group.records + group.rejections > 0 {
            self.meters.sync.observe(begun.elapsed());
        }
        let arrived = group.arrived.len();
        for (writer, lines) in [(&mut self.articles, group.records), (&mut self.rejected, group.rejections)] {
            if lines > 0 {
                segments.push(writer.row());
                segments.extend(writer.rotate());
            }
        }
        let (done, files) = self.files_done(group.arrived, group.read);
        let entered = Group { articles: group.rows, files, segments };
        self.enter_in_ledger(&entered)?;
        self.tally.records += group.records;
        self.tally.rejected += group.rejections;
        self.tally.unchanged += group.unchanged;
        self.tally.bytes += (group.record_lines.len() + group.rejected_lines.len()) as u64;
        for (meter, count) in
            [(&self.meters.records, group.records), (&self.meters.rejected, group.rejections), (&self.meters.unchanged, group.unchanged)]
        {
            meter.fetch_add(count, Ordering::Relaxed);
        }
        self.meters.committing.take(arrived);
        Ok(done)
    }

    /// Writes the lines of one series. The same bytes are tried again while the disk is full, never newly rendered ones.
    fn write(&mut self, series: Series, lines: &[u8], count: u64) -> anyhow::Result<()> {
        let mut told = false;
        while !lines.is_empty() {
            let writer = match series {
                Series::Articles => &mut self.articles,
                Series::Rejected => &mut self.rejected,
            };
            let result = writer.write(self.ledger.disk(), lines, count);
            let name = writer.row().segment.file_name();
            match result {
                Ok(()) => {
                    if told {
                        info!(file = %name, "there is room again, going on");
                    }
                    break;
                }
                Err(error) if is_full(&error) && self.waits_for_room() => {
                    tell_full_disk(&mut told, &name);
                    self.meters.disk_is_full();
                    self.ledger.make_room();
                    self.ledger.disk().wait_for_room();
                }
                Err(error) => {
                    let remedy = if is_full(&error) { "make room and run again" } else { "check the disk and run again" };
                    return Err(CannotGoOn(format!("cannot write {name}: {error}; {remedy}")).into());
                }
            }
        }
        Ok(())
    }

    /// The lines are durable, so what failed is tried again with the same rows; the records would be adopted anyway.
    fn enter_in_ledger(&mut self, group: &Group) -> anyhow::Result<()> {
        let mut told = false;
        loop {
            match self.ledger.commit(group) {
                Ok(()) => {
                    self.meters.disk_has_room();
                    return Ok(());
                }
                Err(error) => {
                    let is_full = error.downcast_ref().is_some_and(is_full);
                    if !is_full || !self.waits_for_room() {
                        let out = self.ledger.out().display();
                        return Err(
                            CannotGoOn(format!("cannot write the ledger in {out}: {error:#}; the records are safe, run again")).into()
                        );
                    }
                    tell_full_disk(&mut told, &self.ledger.out().display().to_string());
                    self.meters.disk_is_full();
                    self.ledger.make_room();
                    self.ledger.disk().wait_for_room();
                }
            }
        }
    }

    fn files_done(&mut self, arrived: Vec<Ticket>, read: Vec<FileRead>) -> (Vec<Ticket>, Vec<FileRow>) {
        let mut touched = Vec::new();
        for ticket in arrived {
            self.files.entry(ticket).or_default().arrived += 1;
            touched.push(ticket);
        }
        for file in read {
            let ticket = file.ticket;
            touched.push(ticket);
            self.files.entry(ticket).or_default().read = Some(file);
        }
        touched.sort_unstable();
        touched.dedup();
        let mut done = Vec::new();
        let mut rows = Vec::new();
        for ticket in touched {
            let is_done = self.files.get(&ticket).is_some_and(|file| file.read.as_ref().is_some_and(|read| read.handed_in <= file.arrived));
            if let Some(read) = is_done.then(|| self.files.remove(&ticket)).flatten().and_then(|file| file.read) {
                done.push(ticket);
                rows.push(file_row(read));
            }
        }
        (done, rows)
    }
}

fn file_row(read: FileRead) -> FileRow {
    let FileRead { path, stamp, entries, digest, skipped, .. } = read;
    let known = KnownFile { stamp, digest, entries, skipped };
    FileRow { path: path.as_ref().clone(), known }
}

/// The first version is 1; a version whose bytes could not be read gives its number on to the first that could.
fn next_revision(before: Option<Known>, origin: &Origin) -> u64 {
    match before {
        None => 1,
        Some(known) if known.digest == origin.digest || known.digest.is_none() => known.revision,
        Some(known) => known.revision + 1,
    }
}

fn tell_full_disk(told: &mut bool, file: &str) {
    if !*told {
        warn!(file, "no room for records, waiting until there is");
        *told = true;
    }
}

/// The time, as records and rejections show it.
pub fn now() -> String {
    let now = jiff::Timestamp::now();
    format!("{now:.3}")
}

#[cfg(test)]
mod tests;
