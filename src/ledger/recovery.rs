//! Makes the ledger and the files agree again, before anything is read or written.
//!
//! Beyond the length that the ledger knows, every whole line is adopted: written again at its place (after a failed
//! sync the kernel calls pages clean that are not on disk), synced, and entered. The first line whose checksum does
//! not hold is where the file is cut. A ledger that is missing is rebuilt the same way from length 0, never answered
//! by cutting.

use std::collections::HashMap;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use anyhow::Context as _;

use crate::model::Key;

use super::database::{ArticleRow, Group, RejectionRow, SegmentRow};
use super::disk::{Disk, DiskFile, ReadFrom, create_folders};
use super::lines::LINE_BYTES_MAX;
use super::segments::list_segments_on;
use super::{CannotGoOn, Index, Known, Line, Lines, STATE_FOLDER, Segment, Series, Settled, is_whole, key_of};

/// Lines entered in one transaction while recovering.
const GROUP_LINES: usize = 10_000;
/// Bytes read at a time: a few lines.
const READ_BYTES: usize = 1 << 16;

/// What opening a folder found to mend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// The whole ledger was made anew.
    pub rebuilt: bool,
    /// Whole lines beyond the known length.
    pub adopted: u64,
    /// Bytes of a line that was never finished.
    pub cut_bytes: u64,
}

/// Recovers both series of a folder.
pub fn recover<D: Disk>(disk: &D, out: &Path, index: &mut impl Index) -> anyhow::Result<Recovered> {
    let mut recovered = Recovered { rebuilt: index.is_new(), ..Recovered::default() };
    let known = index.segments()?;
    for series in Series::ALL {
        let folder = series.folder(out);
        create_folders(disk, &folder).with_context(|| format!("create {}", folder.display()))?;
        disk.sync_folder(&folder).with_context(|| format!("sync {}", folder.display()))?;
        let present = list_segments_on(disk, out, series).with_context(|| format!("list {}", folder.display()))?;
        let known = known.iter().filter(|row| row.segment.series == series);
        ensure_active_is_there(out, known.clone(), &present)?;
        let last = present.last().copied();
        for segment in present {
            let row = known.clone().find(|row| row.segment == segment).copied();
            let row = row.unwrap_or(SegmentRow { segment, bytes: 0, lines: 0, sealed: false });
            // A sealed segment is its reader's: it may be rewritten, compressed, shortened.
            if !row.sealed {
                let is_last = Some(segment) == last;
                recover_segment(disk, out, row, is_last, index, &mut recovered)?;
            }
        }
    }
    disk.sync_folder(out).with_context(|| format!("sync {}", out.display()))?;
    let state = out.join(STATE_FOLDER);
    disk.sync_folder(&state).with_context(|| format!("sync {}", state.display()))?;
    index.finish_recovery()?;
    Ok(recovered)
}

fn ensure_active_is_there<'a>(out: &Path, known: impl Iterator<Item = &'a SegmentRow>, present: &[Segment]) -> anyhow::Result<()> {
    for row in known {
        let gone = !row.sealed && row.bytes > 0 && !present.contains(&row.segment);
        if gone {
            let path = row.segment.path(out);
            return Err(CannotGoOn(format!(
                "{} is gone, but holds {} lines that count as done; put it back, or remove {} to begin again from the records that are left",
                path.display(),
                row.lines,
                out.join(STATE_FOLDER).display()
            ))
            .into());
        }
    }
    Ok(())
}

fn recover_segment<D: Disk>(
    disk: &D,
    out: &Path,
    mut row: SegmentRow,
    is_last: bool,
    index: &mut impl Index,
    recovered: &mut Recovered,
) -> anyhow::Result<()> {
    let path = row.segment.path(out);
    let file = disk.open(&path).map_err(|error| {
        let told = format!("cannot open {}: {error}; check its permissions", path.display());
        CannotGoOn::because(error, told)
    })?;
    let length = file.length()?;
    if length < row.bytes {
        return Err(CannotGoOn(format!(
            "{} has {length} bytes, but {} of it count as done: it was cut from outside; put it back whole, or remove {} to begin again from the records that are left",
            path.display(),
            row.bytes,
            out.join(STATE_FOLDER).display()
        ))
        .into());
    }
    if row.bytes > 0 && !recovered.rebuilt {
        ensure_known_end_holds(&file, out, row, index)?;
    }
    let known_bytes = row.bytes;
    // A segment is left behind only when all of it is synced, so the last alone can have bytes that are not on disk.
    let may_be_unsynced = !recovered.rebuilt || is_last;
    let mut group = Group::default();
    let mut lines = lines_from(&file, known_bytes);
    let mut adopted_in_group = 0;
    while let Some((start, bytes)) = lines.read_next()? {
        let Some(line) = bytes.strip_suffix(b"\n").filter(|line| is_whole(line)).and_then(Line::parse) else { break };
        if may_be_unsynced {
            // Read back from the page cache, which may be all there is of them.
            file.write_all_at(bytes, start).with_context(|| format!("write {}", path.display()))?;
        }
        row.bytes = start + bytes.len() as u64;
        row.lines += 1;
        recovered.adopted += u64::from(!recovered.rebuilt);
        enter(line, &mut group);
        adopted_in_group += 1;
        if adopted_in_group >= GROUP_LINES {
            commit(&file, &path, row, &mut group, index)?;
            adopted_in_group = 0;
        }
    }
    if row.bytes < length {
        if !is_last {
            return Err(CannotGoOn(format!(
                "{} is damaged at byte {}, and was whole when the next file was begun; repair that line or take it out, then run again",
                path.display(),
                row.bytes
            ))
            .into());
        }
        ensure_torn(&file, &path, row.bytes)?;
        if recovered.rebuilt {
            ensure_nothing_whole_follows(&file, &path, row.bytes)?;
        }
        file.cut(row.bytes).with_context(|| format!("cut {}", path.display()))?;
        recovered.cut_bytes += length - row.bytes;
    }
    row.sealed = !is_last;
    commit(&file, &path, row, &mut group, index)
}

/// The last line that counts as done is whole, and the ledger knows its article. Where it is not, this file and this
/// ledger do not belong together, and nothing may be adopted or cut off by it.
fn ensure_known_end_holds(file: &impl DiskFile, out: &Path, row: SegmentRow, index: &impl Index) -> anyhow::Result<()> {
    let path = row.segment.path(out);
    let bytes = last_line(file, row.bytes).with_context(|| format!("read {}", path.display()))?;
    let line = bytes.strip_suffix(b"\n").filter(|line| is_whole(line)).and_then(Line::parse);
    let known = match &line {
        Some(line) => index.latest(&key_of(&line.path, line.entry.as_ref()))?.is_some_and(|known| known.revision >= line.revision),
        None => false,
    };
    if !known {
        return Err(CannotGoOn(format!(
            "{} does not fit the ledger, which knows it to byte {}: one of them was changed or is another folder's; put the right one back, or remove {} to begin again from the records that are left",
            path.display(),
            row.bytes,
            out.join(STATE_FOLDER).display()
        ))
        .into());
    }
    Ok(())
}

/// The line that ends at this place, or what stands there instead.
fn last_line(file: &impl DiskFile, end: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut at = end;
    while at > 0 && (bytes.len() as u64) < LINE_BYTES_MAX {
        let length = (bytes.len().max(READ_BYTES) as u64).min(at);
        at -= length;
        let mut before = Vec::new();
        ReadFrom { file, at }.take(length).read_to_end(&mut before)?;
        before.append(&mut bytes);
        bytes = before;
        // The line feed before the line's own.
        let begin = bytes.split_last().and_then(|(_, line)| line.iter().rposition(|byte| *byte == b'\n'));
        if let Some(begin) = begin {
            return Ok(bytes.split_off(begin + 1));
        }
    }
    Ok(bytes)
}

/// A line whose checksum holds was written to its end by somebody: what cannot be read of it is no torn end.
fn ensure_torn(file: &impl DiskFile, path: &Path, from: u64) -> anyhow::Result<()> {
    let mut lines = lines_from(file, from);
    let whole = lines.read_next()?.is_some_and(|(_, bytes)| bytes.strip_suffix(b"\n").is_some_and(is_whole));
    if whole {
        return Err(CannotGoOn(format!(
            "{} holds a line at byte {from} that is whole and cannot be read: another version of copydesk may have written it; run that one, or take the line out, then run again",
            path.display()
        ))
        .into());
    }
    Ok(())
}

/// Without a ledger nobody can say whether a line that does not hold was ever called done: it is no torn end if whole
/// lines come after it.
fn ensure_nothing_whole_follows(file: &impl DiskFile, path: &Path, from: u64) -> anyhow::Result<()> {
    let mut lines = lines_from(file, from);
    while let Some((start, bytes)) = lines.read_next()? {
        if bytes.strip_suffix(b"\n").is_some_and(is_whole) {
            return Err(CannotGoOn(format!(
                "{} is damaged at byte {from}, and whole records follow at byte {start}; repair that line or take it out, then run again",
                path.display()
            ))
            .into());
        }
    }
    Ok(())
}

fn lines_from<F: DiskFile>(file: &F, at: u64) -> Lines<BufReader<ReadFrom<'_, F>>> {
    Lines::new(BufReader::with_capacity(READ_BYTES, ReadFrom { file, at }), at)
}

fn commit(file: &impl DiskFile, path: &Path, row: SegmentRow, group: &mut Group, index: &mut impl Index) -> anyhow::Result<()> {
    file.sync_data().map_err(|error| {
        let told = format!("cannot sync {}: {error}; check the disk", path.display());
        CannotGoOn::because(error, told)
    })?;
    group.segments.push(row);
    // Articles come first, so the rejections that follow know what has settled them.
    let mut later = Vec::with_capacity(group.articles.len());
    let mut in_group: HashMap<Key, Known> = HashMap::new();
    for article in group.articles.drain(..) {
        let known = match in_group.get(&article.key) {
            Some(known) => Some(*known),
            None => index.latest(&article.key)?,
        };
        if known.is_none_or(|known| comes_after(&article.known, &known)) {
            in_group.insert(article.key.clone(), article.known);
            later.push(article);
        }
    }
    group.articles = later;
    index.commit(group)?;
    *group = Group::default();
    Ok(())
}

/// Takes a line as its article's latest so far; within one segment the lines come in order.
fn enter(line: Line, group: &mut Group) {
    let key = key_of(&line.path, line.entry.as_ref());
    let attempts = line.rejection.as_ref().map_or(1, |rejection| rejection.attempts);
    let known = Known { digest: line.digest, revision: line.revision, outcome: line.outcome, attempts };
    let rejection = line.rejection.map(|rejection| RejectionRow {
        stage: rejection.stage,
        code: rejection.code,
        error: rejection.error,
        rejected_at: rejection.rejected_at,
    });
    group.articles.push(ArticleRow { key, path: line.path, entry: line.entry, known, rejection });
}

/// True where an outcome comes after another of the same article, which may stand in the other series: the higher
/// revision is the later one, and a record settles a rejection.
pub const fn comes_after(outcome: &Known, other: &Known) -> bool {
    outcome.revision > other.revision
        || outcome.revision == other.revision && (matches!(outcome.outcome, Settled::Record) || matches!(other.outcome, Settled::Rejected))
}
