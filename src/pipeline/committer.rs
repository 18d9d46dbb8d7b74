//! Makes outcomes durable: one owner of the record files and the ledger, one sequential writer.
//!
//! Whatever is finished is taken as soon as the last commit ends. Its lines are rendered once, written, synced, and
//! only then entered in the ledger; the sync is the acknowledgement.

use std::collections::HashMap;
use std::io;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, UnboundedSender};
use tracing::{info, warn};

use crate::ledger::{ArticleRow, CannotGoOn, FileRow, Group, Known, KnownFile, Ledger, RejectionRow, SegmentRow, Series, Settled};
use crate::model::{Article, Envelope, FileRead, Key, Origin, Outcome, Rejection, SourcePath, Ticket, render_record, render_rejected};
use crate::sinks::segments::SegmentWriter;

/// A group is closed at this many bytes of lines: enough for one sync to be cheap, little enough to hold twice.
const GROUP_BYTES: usize = 4 << 20;
/// How long a full disk is waited for before it is tried again.
const FULL_DISK_PAUSE: Duration = Duration::from_millis(500);

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
/// when the file is done; a source that no longer listens is no error.
pub fn run(
    ledger: Ledger,
    mut outcomes: Receiver<Outcome>,
    settled: &UnboundedSender<Vec<Ticket>>,
    options: Options,
    progress: impl Fn(&Tally),
) -> anyhow::Result<Tally> {
    let mut committer = Committer::new(ledger, options)?;
    while let Some(first) = outcomes.blocking_recv() {
        // Batches hold their share of the memory until their records are durable.
        let mut held = Vec::new();
        let mut next = Some(first);
        while let Some(outcome) = next {
            held.extend(committer.take(outcome)?);
            let is_full = committer.lines_bytes() >= GROUP_BYTES;
            next = if is_full { None } else { outcomes.try_recv().ok() };
        }
        let done = committer.commit()?;
        drop(held);
        progress(&committer.tally);
        if !done.is_empty() {
            // The source may have ended before its files were done, and then waits for none of them.
            let _ = settled.send(done);
        }
    }
    Ok(committer.tally)
}

struct Committer {
    ledger: Ledger,
    options: Options,
    articles: SegmentWriter,
    rejected: SegmentWriter,
    tally: Tally,
    /// Files that are being read: what is still to come of each.
    files: HashMap<Ticket, FileInHand>,
    group: Pending,
}

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

impl Committer {
    fn new(ledger: Ledger, options: Options) -> anyhow::Result<Self> {
        let rows = ledger.segments()?;
        let writer = |series| SegmentWriter::new(ledger.out(), series, &rows, options.rotate_bytes);
        let (articles, rejected) = (writer(Series::Articles), writer(Series::Rejected));
        Ok(Self { ledger, options, articles, rejected, tally: Tally::default(), files: HashMap::new(), group: Pending::default() })
    }

    fn lines_bytes(&self) -> usize {
        self.group.record_lines.len() + self.group.rejected_lines.len()
    }

    /// Takes an outcome into the group, and gives what is to be held until the group is durable.
    fn take(&mut self, outcome: Outcome) -> anyhow::Result<Vec<crate::model::Held>> {
        match outcome {
            Outcome::Finished(batch) => {
                for article in &batch.articles {
                    self.take_record(article)?;
                }
                Ok(batch.held)
            }
            Outcome::Rejected(rejected) => {
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
        let ingested_at = self.options.ingested_at.then(now);
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
        let rejected_at = now();
        render_rejected(&mut self.group.rejected_lines, rejected, revision, &rejected_at)?;
        self.group.rejections += 1;
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
    fn commit(&mut self) -> anyhow::Result<Vec<Ticket>> {
        let group = std::mem::take(&mut self.group);
        let mut segments = Vec::new();
        write(&mut self.articles, &group.record_lines, group.records, self.options.on_full_disk)?;
        write(&mut self.rejected, &group.rejected_lines, group.rejections, self.options.on_full_disk)?;
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
        Ok(done)
    }

    /// The lines are durable, so what failed is tried again with the same rows; the records would be adopted anyway.
    fn enter_in_ledger(&mut self, group: &Group) -> anyhow::Result<()> {
        let mut told = false;
        loop {
            match self.ledger.commit(group) {
                Ok(()) => return Ok(()),
                Err(error) => {
                    let is_full = error.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code)
                        == Some(rusqlite::ErrorCode::DiskFull);
                    if !is_full || self.options.on_full_disk == OnFullDisk::End {
                        let out = self.ledger.out().display();
                        return Err(
                            CannotGoOn(format!("cannot write the ledger in {out}: {error:#}; the records are safe, run again")).into()
                        );
                    }
                    tell_full_disk(&mut told, &self.ledger.out().display().to_string());
                    thread::sleep(FULL_DISK_PAUSE);
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

/// Writes the lines of one series. The same bytes are tried again while the disk is full, never newly rendered ones.
fn write(writer: &mut SegmentWriter, lines: &[u8], count: u64, on_full_disk: OnFullDisk) -> anyhow::Result<()> {
    let mut told = false;
    while !lines.is_empty() {
        match writer.write(lines, count) {
            Ok(()) => {
                if told {
                    info!(file = %writer.row().segment.file_name(), "there is room again, going on");
                }
                break;
            }
            Err(error) if is_full_disk(&error) && on_full_disk == OnFullDisk::Stall => {
                tell_full_disk(&mut told, &writer.row().segment.file_name());
                thread::sleep(FULL_DISK_PAUSE);
            }
            Err(error) => {
                let SegmentRow { segment, .. } = writer.row();
                let remedy = if is_full_disk(&error) { "make room and run again" } else { "check the disk and run again" };
                return Err(CannotGoOn(format!("cannot write {}: {error}; {remedy}", segment.file_name())).into());
            }
        }
    }
    Ok(())
}

fn is_full_disk(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
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
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;

    use proptest::prelude::*;
    use tokio::sync::mpsc;

    use super::*;
    use crate::ledger::{Lines, View, audit, list_segments};
    use crate::model::{Batch, Digest, Entry, Format, Language, Metadata, SourceFacts, Stage, Stats};

    const OPTIONS: Options = Options { rotate_bytes: 4 << 20, ingested_at: false, on_full_disk: OnFullDisk::End };

    fn origin(path: &str, content: &str, attempts: u32) -> Origin {
        Origin {
            key: Key::of_file(path.as_bytes()),
            path: Some(Arc::new(SourcePath(path.as_bytes().to_vec()))),
            entry: None::<Entry>,
            bytes: content.len() as u64,
            digest: Some(Digest::of(content.as_bytes())),
            ticket: Ticket(0),
            attempts,
        }
    }

    fn record(path: &str, content: &str) -> Outcome {
        let article = Article {
            source: SourceFacts::new(Format::Text, "utf-8"),
            metadata: Metadata::default(),
            language: Language { code: "und".to_owned(), confidence: 0.0 },
            text: content.to_owned(),
            summary: Vec::new(),
            quotes: Vec::new(),
            keyphrases: Vec::new(),
            sentences: None,
            stats: Stats::default(),
            warnings: Vec::new(),
        };
        Outcome::Finished(Batch::new(vec![Envelope { origin: origin(path, content, 1), body: article }], Vec::new()))
    }

    fn rejection(path: &str, content: &str, attempts: u32) -> Outcome {
        let rejection = Rejection { stage: Stage::Parse, code: "parse.empty", error: "nothing".to_owned(), transient: false };
        Outcome::Rejected(vec![rejection.of(origin(path, content, attempts))])
    }

    fn commit(out: &Path, outcomes: Vec<Outcome>, options: Options) -> Tally {
        let (sender, receiver) = mpsc::channel(outcomes.len().max(1));
        for outcome in outcomes {
            sender.try_send(outcome).unwrap_or_else(|_| panic!("there is room for all"));
        }
        drop(sender);
        let (settled, _) = mpsc::unbounded_channel();
        run(Ledger::open(out).unwrap(), receiver, &settled, options, |_| ()).unwrap()
    }

    /// Every line of the folder as (path, revision, what it is, whether it settles something).
    fn lines(out: &Path) -> Vec<(String, u64, &'static str, bool)> {
        let mut found = Vec::new();
        for series in Series::ALL {
            for segment in list_segments(out, series).unwrap() {
                let bytes = fs::read(segment.path(out)).unwrap();
                let mut lines = Lines::new(&bytes[..], 0);
                while let Some((_, line)) = lines.read_next().unwrap() {
                    let line = line.strip_suffix(b"\n").expect("a whole line");
                    assert!(crate::ledger::is_whole(line));
                    let line = crate::ledger::Line::parse(line).unwrap();
                    found.push((line.path.lossy().0.into_owned(), line.revision, series.name(), line.settles.is_some()));
                }
            }
        }
        found
    }

    #[track_caller]
    fn check(outcomes: Vec<Outcome>, expected: &[(&str, u64, &str, bool)]) {
        let place = tempfile::tempdir().unwrap();
        commit(place.path(), outcomes, OPTIONS);
        let found = lines(place.path());
        let found: Vec<_> = found.iter().map(|(path, revision, kind, settles)| (path.as_str(), *revision, *kind, *settles)).collect();
        assert_eq!(found, expected);
        let audit = audit(place.path(), &View::open(place.path()).unwrap()).unwrap();
        assert_eq!(audit.discrepancies, Vec::<String>::new());
    }

    #[test]
    fn the_same_article_twice_gives_one_record() {
        check(
            vec![record("a", "one"), record("b", "one"), record("a", "one")],
            &[("a", 1, "articles", false), ("b", 1, "articles", false)],
        );
    }

    #[test]
    fn a_return_to_an_earlier_text_is_a_new_revision() {
        let outcomes = vec![record("a", "one"), record("a", "two"), record("a", "one")];
        check(outcomes, &[("a", 1, "articles", false), ("a", 2, "articles", false), ("a", 3, "articles", false)]);
    }

    #[test]
    fn a_record_settles_the_rejection_before_it() {
        check(vec![rejection("a", "one", 1), record("a", "one")], &[("a", 1, "articles", true), ("a", 1, "rejected", false)]);
        check(vec![rejection("a", "one", 1), record("a", "two")], &[("a", 2, "articles", true), ("a", 1, "rejected", false)]);
    }

    #[test]
    fn a_rejection_is_repeated_only_when_it_was_tried_again() {
        let outcomes = vec![rejection("a", "one", 1), rejection("a", "one", 1), rejection("a", "one", 2)];
        check(outcomes, &[("a", 1, "rejected", false), ("a", 1, "rejected", false)]);
    }

    #[test]
    fn a_full_segment_is_sealed_and_the_next_one_begun() {
        let place = tempfile::tempdir().unwrap();
        let options = Options { rotate_bytes: 1, ..OPTIONS };
        for content in ["one", "two", "three"] {
            commit(place.path(), vec![record("a", content)], options);
        }
        let segments = View::open(place.path()).unwrap().segments().unwrap();
        let sealed: Vec<_> = segments.iter().filter(|row| row.segment.series == Series::Articles).map(|row| row.sealed).collect();
        assert_eq!(sealed, [true, true, true]);
        assert_eq!(lines(place.path()).len(), 3);
        fs::remove_file(segments[0].segment.path(place.path())).unwrap();
        commit(place.path(), vec![record("a", "four")], options);
        assert_eq!(lines(place.path()).len(), 3);
    }

    #[test]
    fn an_active_segment_that_was_cut_from_outside_is_refused() {
        let place = tempfile::tempdir().unwrap();
        commit(place.path(), vec![record("a", "one"), record("b", "two")], OPTIONS);
        let path = place.path().join("articles-000001.jsonl");
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 10]).unwrap();
        let refused = Ledger::open(place.path()).err().unwrap();
        assert!(refused.downcast_ref::<CannotGoOn>().is_some(), "{refused}");
        assert!(refused.to_string().contains("articles-000001.jsonl"), "{refused}");
        fs::write(&path, whole).unwrap();
        Ledger::open(place.path()).unwrap();
    }

    #[test]
    fn without_a_ledger_a_damaged_line_among_whole_ones_is_refused() {
        let place = tempfile::tempdir().unwrap();
        commit(place.path(), vec![record("a", "one"), record("b", "two"), record("c", "three")], OPTIONS);
        fs::remove_dir_all(place.path().join(".copydesk")).unwrap();
        let path = place.path().join("articles-000001.jsonl");
        let damaged = fs::read_to_string(&path).unwrap().replacen("two", "tow", 1);
        fs::write(&path, &damaged).unwrap();
        let refused = Ledger::open(place.path()).err().unwrap();
        assert!(refused.to_string().contains("damaged at byte"), "{refused}");
        assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
    }

    #[test]
    fn a_folder_has_one_writer() {
        let place = tempfile::tempdir().unwrap();
        let first = Ledger::open(place.path()).unwrap();
        let refused = Ledger::open(place.path()).err().unwrap();
        assert!(refused.to_string().contains(&std::process::id().to_string()), "{refused}");
        drop(first);
        Ledger::open(place.path()).unwrap();
    }

    /// What happens to a folder between two runs.
    #[derive(Clone, Copy, Debug)]
    enum Crash {
        None,
        /// Lines were written and synced, but never entered.
        LedgerBehind,
        /// The same, and the last line is torn.
        Torn(usize),
        LedgerLost,
    }

    fn crashes() -> impl Strategy<Value = Crash> {
        prop_oneof![Just(Crash::None), Just(Crash::LedgerBehind), (1_usize..400).prop_map(Crash::Torn), Just(Crash::LedgerLost)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

        #[test]
        fn every_version_has_one_outcome_however_runs_end(runs in prop::collection::vec((prop::collection::vec((0_u8..4, 0_u8..3), 1..6), crashes()), 1..6)) {
            let place = tempfile::tempdir().unwrap();
            let out = place.path().join("out");
            let state = out.join(".copydesk");
            let kept = place.path().join("kept");
            let mut contents: HashMap<u8, Vec<u8>> = HashMap::new();
            for (articles, crash) in runs {
                drop(Ledger::open(&out).unwrap());
                fs::create_dir_all(&kept).unwrap();
                fs::copy(state.join("ledger.sqlite"), kept.join("ledger.sqlite")).unwrap();
                let hand_in = |articles: &[(u8, u8)]| {
                    let outcomes = articles.iter().map(|(name, content)| record(&name.to_string(), &content.to_string())).collect();
                    commit(&out, outcomes, OPTIONS);
                };
                let before = fs::metadata(out.join("articles-000001.jsonl")).map_or(0, |metadata| metadata.len());
                hand_in(&articles);
                match crash {
                    Crash::None => {}
                    Crash::LedgerLost => fs::remove_dir_all(&state).unwrap(),
                    Crash::LedgerBehind | Crash::Torn(_) => {
                        fs::copy(kept.join("ledger.sqlite"), state.join("ledger.sqlite")).unwrap();
                        let path = out.join("articles-000001.jsonl");
                        let length = fs::metadata(&path).map_or(0, |metadata| metadata.len());
                        if let (Crash::Torn(bytes), true) = (crash, length > before) {
                            let cut = (bytes as u64).min(length - before);
                            fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length - cut).unwrap();
                        }
                    }
                }
                // The run after the crash sees the inputs as they are now: the last content of each.
                let latest: HashMap<u8, u8> = articles.iter().copied().collect();
                let mut again: Vec<(u8, u8)> = latest.into_iter().collect();
                again.sort_unstable();
                hand_in(&again);
                for (name, content) in &again {
                    contents.entry(*name).or_default().push(*content);
                }
            }
            let found = lines(&out);
            let mut versions: Vec<_> = found.iter().map(|(path, revision, ..)| (path, revision)).collect();
            versions.sort_unstable();
            let count = versions.len();
            versions.dedup();
            prop_assert_eq!(versions.len(), count);
            for (name, latest) in contents {
                let known = View::open(&out).unwrap().latest(&Key::of_file(name.to_string().as_bytes())).unwrap().unwrap();
                prop_assert_eq!(known.digest, Some(Digest::of(latest.last().unwrap().to_string().as_bytes())));
            }
            let audit = audit(&out, &View::open(&out).unwrap()).unwrap();
            prop_assert_eq!(audit.discrepancies, Vec::<String>::new());
        }
    }
}
