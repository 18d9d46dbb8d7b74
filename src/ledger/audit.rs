//! The audit: records and rejections against themselves and against the ledger.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use anyhow::Context as _;

use super::{Known, Line, Lines, Series, Settled, View, is_whole, key_of, list_segments};

/// Discrepancies named before the rest is only counted.
const NAMED_MAX: usize = 100;

/// What the audit of an output folder found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    pub records: u64,
    pub rejections: u64,
    /// Each a sentence; the first hundred of them.
    pub discrepancies: Vec<String>,
    pub discrepancies_count: u64,
}

impl Audit {
    pub fn note(&mut self, discrepancy: String) {
        self.discrepancies_count += 1;
        if self.discrepancies.len() < NAMED_MAX {
            self.discrepancies.push(discrepancy);
        }
    }

    pub const fn balances(&self) -> bool {
        self.discrepancies_count == 0
    }
}

/// Reads every line that is called done, and holds it to its checksum, to its article's other outcomes, and to the
/// ledger. Segments that were moved away are not missed.
pub fn audit(out: &Path, view: &View) -> anyhow::Result<Audit> {
    let mut audit = Audit::default();
    // A daemon goes on committing meanwhile.
    let _moment = view.hold()?;
    let rows = view.segments()?;
    // By article and revision: how it ended last. 40 bytes an outcome, so a hundred million fit a server.
    let mut outcomes: HashMap<([u8; 16], u64), Settled> = HashMap::new();
    let mut all_present = true;
    for series in Series::ALL {
        let present = list_segments(out, series).with_context(|| format!("list {}", series.folder(out).display()))?;
        for row in rows.iter().filter(|row| row.segment.series == series) {
            let is_gone = !present.contains(&row.segment);
            all_present &= !is_gone;
            if is_gone && !row.sealed && row.bytes > 0 {
                audit.note(format!(
                    "{} is gone, but it is the active segment and holds {} lines",
                    row.segment.path(out).display(),
                    row.lines
                ));
            }
        }
        let last_known = rows.iter().map(|row| row.segment).filter(|segment| segment.series == series).max();
        for segment in present {
            let path = segment.path(out);
            let known = rows.iter().find(|row| row.segment == segment);
            let Some(known) = known else {
                // A daemon may have begun it just now.
                let is_next = !view.is_blank() && last_known < Some(segment);
                if !is_next {
                    audit.note(format!("{} is not in the ledger; the next run will adopt it", path.display()));
                }
                continue;
            };
            let file = File::open(&path).with_context(|| format!("open {}", path.display()))?;
            let length = file.metadata()?.len();
            if length < known.bytes {
                audit.note(format!("{} has {length} bytes, but {} of it count as done", path.display(), known.bytes));
            }
            if known.sealed && length > known.bytes {
                audit.note(format!("{} has {length} bytes, but was sealed with {}: something was appended", path.display(), known.bytes));
            }
            // Of an active one a daemon may be writing beyond what the ledger knows.
            let mut lines = Lines::new(BufReader::with_capacity(1 << 20, file.take(known.bytes)), 0);
            while let Some((start, bytes)) = lines.read_next()? {
                let Some(line) = bytes.strip_suffix(b"\n").filter(|line| is_whole(line)).and_then(Line::parse) else {
                    audit.note(format!("{} is damaged in the line at byte {start}", path.display()));
                    continue;
                };
                hold(&line, view, &mut outcomes, &mut audit)?;
            }
        }
    }
    let counts = view.counts()?;
    let mut last: HashMap<[u8; 16], (u64, Settled)> = HashMap::new();
    for ((id, revision), outcome) in &outcomes {
        let entry = last.entry(*id).or_insert((*revision, *outcome));
        if *revision >= entry.0 {
            *entry = (*revision, *outcome);
        }
    }
    let records = last.values().filter(|(_, outcome)| *outcome == Settled::Record).count() as u64;
    let rejected = last.len() as u64 - records;
    if all_present && (records, rejected) != (counts.records, counts.rejected) {
        audit.note(format!(
            "the ledger counts {} records and {} rejected articles, the files hold {records} and {rejected}",
            counts.records, counts.rejected
        ));
    }
    Ok(audit)
}

fn hold(line: &Line, view: &View, outcomes: &mut HashMap<([u8; 16], u64), Settled>, audit: &mut Audit) -> anyhow::Result<()> {
    let key = key_of(&line.path, line.entry.as_ref());
    let name = || format!("{} ({})", line.path.lossy().0, line.id);
    match line.outcome {
        Settled::Record => audit.records += 1,
        Settled::Rejected => audit.rejections += 1,
    }
    let place = (key.id().0, line.revision);
    match (outcomes.get(&place), line.outcome) {
        (Some(Settled::Record), Settled::Record) => audit.note(format!("{} has two records of revision {}", name(), line.revision)),
        // The rejection that the record has settled: the articles are read first.
        (Some(Settled::Record), Settled::Rejected) => {}
        _ => {
            outcomes.insert(place, line.outcome);
        }
    }
    match view.latest(&key)? {
        None => audit.note(format!("{} has a line that the ledger does not know", name())),
        Some(Known { revision, .. }) if revision < line.revision => {
            audit.note(format!("{} stands at revision {revision} in the ledger, but has a line of revision {}", name(), line.revision));
        }
        // A version that could not be read at first shares its revision with the one that could.
        Some(known)
            if known.revision == line.revision && known.outcome == line.outcome && line.digest.is_some() && known.digest != line.digest =>
        {
            audit.note(format!("{} has another digest in the ledger than in its line", name()));
        }
        Some(_) => {}
    }
    Ok(())
}
