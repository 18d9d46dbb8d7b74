//! Writes records to standard output, for programs that read them there. Nothing else goes there, and nothing is
//! remembered.

use std::io::{self, ErrorKind, Write};

use tokio::sync::mpsc::Receiver;

use crate::model::{Outcome, render_record, render_rejected};

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

/// Returns once every sender of outcomes is gone, the reader is, or a rejection ends the run. Lines are written out as
/// soon as nothing more is waiting.
pub fn run(
    mut outcomes: Receiver<Outcome>,
    mut records: impl Write,
    mut rejected: impl Write,
    options: Options,
    now: impl Fn() -> String,
) -> anyhow::Result<Written> {
    let mut written = Written { records: 0, rejected: 0, bytes: 0, ended: Ended::Drained };
    let mut lines = Vec::new();
    while let Some(first) = outcomes.blocking_recv() {
        let mut next = Some(first);
        while let Some(outcome) = next {
            match outcome {
                Outcome::Finished(batch) => {
                    for article in &batch.articles {
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
                Outcome::Rejected(batch) => {
                    for rejection in &batch {
                        render_rejected(&mut lines, rejection, 1, &now())?;
                        rejected.write_all(&lines)?;
                        lines.clear();
                        written.rejected += 1;
                        if options.on_rejection == OnRejection::Stop {
                            rejected.flush()?;
                            let ended = Written { ended: Ended::Rejected, ..written };
                            return records.flush().map_or_else(|error| reader_gone(error, ended), |()| Ok(ended));
                        }
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
    Ok(written)
}

fn reader_gone(error: io::Error, written: Written) -> anyhow::Result<Written> {
    match error.kind() {
        ErrorKind::BrokenPipe => Ok(Written { ended: Ended::ReaderGone, ..written }),
        _ => Err(anyhow::Error::new(error).context("write records to standard output")),
    }
}
