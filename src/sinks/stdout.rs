//! Writes records to standard output, for programs that read them there. Nothing else goes there, and nothing is
//! remembered.

use std::io::{self, ErrorKind, Write};

use tokio::sync::mpsc::Receiver;

use crate::ledger::CannotGoOn;
use crate::model::{Envelope, Outcome, Rejection, render_record, render_rejected};

/// How records are written.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether a record says when it was made.
    pub ingested_at: bool,
    pub on_rejection: OnRejection,
}

/// What a rejection means for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnRejection {
    GoOn,
    Stop,
}

/// What was written, and why it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    pub records: u64,
    pub rejected: u64,
    pub bytes: u64,
    pub ended: Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything that came is written.
    Drained,
    /// Nobody reads the records any more.
    ReaderGone,
    /// The first rejection ended the run, as asked.
    Rejected,
}

/// Returns once every sender of outcomes is gone, or the reader is. Where the first rejection is to end the run, `stop`
/// is called, and what came before it is still written. Lines are written out as soon as nothing more is waiting.
pub fn run(
    mut outcomes: Receiver<Outcome>,
    mut records: impl Write,
    mut rejected: impl Write,
    options: Options,
    now: impl Fn() -> String,
    stop: impl Fn(),
) -> anyhow::Result<Written> {
    let mut written = Written { records: 0, rejected: 0, bytes: 0, ended: Ended::Drained };
    let mut lines = Vec::new();
    // A rejection overtakes the articles before it, which are still to be written, and perhaps rejected themselves.
    let mut first_rejected: Option<Envelope<Rejection>> = None;
    while let Some(first) = outcomes.blocking_recv() {
        let mut next = Some(first);
        while let Some(outcome) = next {
            match outcome {
                Outcome::Finished(batch) => {
                    let last = first_rejected.as_ref().map(|rejected| rejected.origin.ticket);
                    for article in batch.articles.iter().filter(|article| last.is_none_or(|last| article.origin.ticket <= last)) {
                        let ingested_at = options.ingested_at.then(&now);
                        render_record(&mut lines, article, 1, None, ingested_at.as_deref())?;
                        written.records += 1;
                    }
                    written.bytes += lines.len() as u64;
                    if let Err(error) = records.write_all(&lines) {
                        return reader_gone(error, written);
                    }
                    lines.clear();
                }
                Outcome::Rejected(batch) if options.on_rejection == OnRejection::Stop => {
                    stop();
                    let all = first_rejected.take().into_iter().chain(batch);
                    first_rejected = all.min_by_key(|rejected| rejected.origin.ticket);
                }
                Outcome::Rejected(batch) => {
                    for rejection in &batch {
                        render_rejected(&mut lines, rejection, 1, &now())?;
                        rejected.write_all(&lines)?;
                        lines.clear();
                        written.rejected += 1;
                    }
                }
                Outcome::FileRead(_) => {}
            }
            next = outcomes.try_recv().ok();
        }
        rejected.flush()?;
        if let Err(error) = records.flush() {
            return reader_gone(error, written);
        }
    }
    if let Some(first) = first_rejected {
        render_rejected(&mut lines, &first, 1, &now())?;
        rejected.write_all(&lines)?;
        rejected.flush()?;
        written = Written { rejected: 1, ended: Ended::Rejected, ..written };
    }
    Ok(written)
}

fn reader_gone(error: io::Error, written: Written) -> anyhow::Result<Written> {
    match error.kind() {
        ErrorKind::BrokenPipe => Ok(Written { ended: Ended::ReaderGone, ..written }),
        _ => Err(CannotGoOn(format!("cannot write records to standard output: {error}; make room there and run again")).into()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::model::{
        Article, Batch, Digest, Envelope, Format, Key, Language, Metadata, Origin, Rejection, SourceFacts, Stage, Stats, Ticket,
    };

    fn origin(content: &str, ticket: u64) -> Origin {
        let digest = Digest::of(content.as_bytes());
        let (key, bytes) = (Key::of_digest(digest), content.len() as u64);
        Origin { key, path: None, entry: None, bytes, digest: Some(digest), ticket: Ticket(ticket), attempts: 1 }
    }

    fn record(content: &str, ticket: u64) -> Outcome {
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
        Outcome::Finished(Batch::new(vec![Envelope { origin: origin(content, ticket), body: article }], Vec::new()))
    }

    fn rejection(content: &str, ticket: u64) -> Outcome {
        let rejection = Rejection { stage: Stage::Parse, code: "parse.empty", error: "nothing".to_owned() };
        Outcome::Rejected(vec![rejection.of(origin(content, ticket))])
    }

    /// The texts of the records, the codes of the rejections, and how it ended.
    #[track_caller]
    fn check(outcomes: Vec<Outcome>, on_rejection: OnRejection, texts: &[&str], rejections: usize, ended: Ended) {
        let (mut records, mut rejected) = (Vec::new(), Vec::new());
        let options = Options { ingested_at: false, on_rejection };
        let written = run(queue(outcomes), &mut records, &mut rejected, options, || "2026-01-01T00:00:00Z".to_owned(), || {}).unwrap();
        let found: Vec<serde_json::Value> =
            records.split_inclusive(|byte| *byte == b'\n').map(|line| serde_json::from_slice(line).unwrap()).collect();
        let found: Vec<&str> = found.iter().map(|record| record["text"].as_str().unwrap()).collect();
        assert_eq!(found, texts);
        assert_eq!(rejected.split_inclusive(|byte| *byte == b'\n').count(), rejections);
        let bytes = records.len() as u64;
        assert_eq!(written, Written { records: texts.len() as u64, rejected: rejections as u64, bytes, ended });
    }

    fn queue(outcomes: Vec<Outcome>) -> Receiver<Outcome> {
        let (sender, receiver) = mpsc::channel(outcomes.len());
        for outcome in outcomes {
            sender.try_send(outcome).unwrap_or_else(|_| panic!("there is room for all"));
        }
        receiver
    }

    #[test]
    fn records_come_in_the_order_of_the_articles() {
        let outcomes = vec![record("one", 1), rejection("two", 2), record("three", 3), record("one", 4)];
        check(outcomes, OnRejection::GoOn, &["one", "three", "one"], 1, Ended::Drained);
    }

    #[test]
    fn the_first_rejection_ends_the_run_after_what_came_before_it() {
        let outcomes = vec![rejection("four", 4), rejection("three", 3), record("one", 1), record("two", 2), record("five", 5)];
        check(outcomes, OnRejection::Stop, &["one", "two"], 1, Ended::Rejected);
    }

    /// A reader that has gone away.
    struct Gone;

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_enough_is_no_error() {
        let options = Options { ingested_at: true, on_rejection: OnRejection::GoOn };
        let written = run(queue(vec![record("one", 1)]), Gone, io::sink(), options, String::new, || {}).unwrap();
        assert_eq!(written.ended, Ended::ReaderGone);
    }
}
