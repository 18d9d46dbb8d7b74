//! Reads committed lines: beside a running daemon, or when none runs.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::str::FromStr;

use anyhow::Context as _;

use crate::ledger::{Lines, SegmentRow, Series, View, is_whole, list_segments};

/// A file is read in pieces of this many bytes.
const PIECE_BYTES: usize = 1 << 16;
/// How much of a file's end is read at first; doubled until there are lines enough.
const WINDOW_BYTES: u64 = 1 << 20;

/// A byte in a series of segments: `12:3456` is byte 3456 of segment 12.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub number: u32,
    pub bytes: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.bytes)
    }
}

/// The text is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPlace;

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (number, bytes) = text.split_once(':').ok_or(NoPlace)?;
        Ok(Self { number: number.parse().map_err(|_| NoPlace)?, bytes: bytes.parse().map_err(|_| NoPlace)? })
    }
}

/// The segments of one series, in order, each with the length that counts.
pub fn segments(view: &View, series: Series) -> anyhow::Result<Vec<SegmentRow>> {
    let mut rows = view.segments()?;
    rows.retain(|row| row.segment.series == series);
    Ok(rows)
}

/// Where the committed lines end.
pub fn end_of(rows: &[SegmentRow]) -> Place {
    rows.last().map_or(Place::default(), |row| Place { number: row.segment.number, bytes: row.bytes })
}

/// Shows each committed line beyond a place with where it begins, and moves the place behind it. Segments that were
/// moved away are passed over.
pub fn each_line(
    out: &Path,
    rows: &[SegmentRow],
    at: &mut Place,
    mut each: impl FnMut(Place, &[u8]) -> ControlFlow<()>,
) -> anyhow::Result<ControlFlow<()>> {
    let first = at.number;
    for row in rows.iter().filter(|row| row.segment.number >= first) {
        let number = row.segment.number;
        let from = if number == at.number { at.bytes } else { 0 };
        if row.bytes > from
            && let Some(mut lines) = open(out, row, from)?
        {
            while let Some((start, line)) = lines.read_next()? {
                *at = Place { number, bytes: start + line.len() as u64 };
                if each(Place { number, bytes: start }, line).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        *at = Place { number, bytes: row.bytes.max(from) };
    }
    Ok(ControlFlow::Continue(()))
}

/// The one line that begins at a place. None where no whole committed line does.
pub fn line_at(out: &Path, rows: &[SegmentRow], at: Place) -> anyhow::Result<Option<Vec<u8>>> {
    let row = rows.iter().find(|row| row.segment.number == at.number && row.bytes > at.bytes);
    let Some(mut lines) = row.map(|row| open(out, row, at.bytes)).transpose()?.flatten() else { return Ok(None) };
    let line = lines.read_next()?.map(|(_, line)| line);
    Ok(line.filter(|line| is_whole(line.strip_suffix(b"\n").unwrap_or(line))).map(<[u8]>::to_vec))
}

/// What a search for the last lines has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last<T> {
    /// What is kept of each, in the order in which they stand.
    pub kept: VecDeque<T>,
    /// True where there may be more before the place at which the search gave up.
    pub gave_up: bool,
}

/// The last so many of the lines of which something is kept, searched for backwards through `bytes_max` bytes at most.
pub fn last_lines<T>(
    out: &Path,
    rows: &[SegmentRow],
    count: usize,
    bytes_max: u64,
    keep: &dyn Fn(Place, &[u8]) -> Option<T>,
) -> anyhow::Result<Last<T>> {
    let mut last = Last { kept: VecDeque::new(), gave_up: false };
    let mut bytes_left = bytes_max;
    let Some(series) = rows.first().map(|row| row.segment.series) else { return Ok(last) };
    // Those that were moved away are nobody's loss here.
    let present = list_segments(out, series)?;
    for row in rows.iter().rev().filter(|row| present.contains(&row.segment)) {
        let wanted = count.saturating_sub(last.kept.len());
        if wanted == 0 {
            break;
        }
        let mut window = WINDOW_BYTES;
        let (found, from) = loop {
            let from = row.bytes.saturating_sub(window.min(bytes_left));
            let found = last_lines_from(out, row, from, wanted, keep)?;
            if found.len() >= wanted || from == 0 || window >= bytes_left {
                break (found, from);
            }
            window = window.saturating_mul(2);
        };
        bytes_left -= row.bytes - from;
        last.gave_up = from > 0 && found.len() < wanted;
        for kept in found.into_iter().rev() {
            last.kept.push_front(kept);
        }
        if last.gave_up {
            break;
        }
    }
    Ok(last)
}

fn last_lines_from<T>(
    out: &Path,
    row: &SegmentRow,
    from: u64,
    count: usize,
    keep: &dyn Fn(Place, &[u8]) -> Option<T>,
) -> anyhow::Result<VecDeque<T>> {
    let mut found = VecDeque::new();
    let Some(mut lines) = open(out, row, from)? else { return Ok(found) };
    // The first line is most often the rest of one; its checksum does not hold then.
    while let Some((start, line)) = lines.read_next()? {
        if let Some(kept) = keep(Place { number: row.segment.number, bytes: start }, line) {
            if found.len() >= count {
                found.pop_front();
            }
            found.push_back(kept);
        }
    }
    Ok(found)
}

/// The committed lines of a segment from a byte on. None where the file was moved away.
fn open(out: &Path, row: &SegmentRow, from: u64) -> anyhow::Result<Option<Lines<BufReader<io::Take<File>>>>> {
    let path = row.segment.path(out);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(anyhow::Error::new(error).context(format!("open {}", path.display()))),
    };
    file.seek(SeekFrom::Start(from)).with_context(|| format!("read {}", path.display()))?;
    Ok(Some(Lines::new(BufReader::with_capacity(PIECE_BYTES, file.take(row.bytes.saturating_sub(from))), from)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use xxhash_rust::xxh3::xxh3_64;

    use super::*;
    use crate::ledger::Segment;

    fn line(number: usize) -> String {
        let body = format!("{{\"n\":{number}");
        format!("{body},\"check\":\"{:016x}\"}}\n", xxh3_64(body.as_bytes()))
    }

    fn whole(_: Place, line: &[u8]) -> Option<u64> {
        is_whole(line.strip_suffix(b"\n").unwrap_or(line)).then(|| number_of(line))
    }

    /// Two segments of ten lines each; of the second, only nine count.
    fn two_segments(out: &Path) -> Vec<SegmentRow> {
        let mut rows = Vec::new();
        for (number, first) in [(1, 0), (2, 10)] {
            let lines: String = (first..first + 10).map(line).collect();
            let segment = Segment { series: Series::Articles, number };
            fs::write(segment.path(out), &lines).unwrap();
            let last = if number == 2 { line(first + 9).len() } else { 0 };
            rows.push(SegmentRow { segment, bytes: (lines.len() - last) as u64, lines: 10, sealed: number == 1 });
        }
        rows
    }

    fn number_of(line: &[u8]) -> u64 {
        serde_json::from_slice::<serde_json::Value>(line).unwrap()["n"].as_u64().unwrap()
    }

    #[test]
    fn lines_are_shown_once_and_only_as_far_as_they_count() {
        let place = tempfile::tempdir().unwrap();
        let rows = two_segments(place.path());
        let (mut at, mut seen) = (Place::default(), Vec::new());
        // Three at a time, as a reader does that has room for no more.
        loop {
            let mut left = 3;
            let ended = each_line(place.path(), &rows, &mut at, |start, line| {
                assert_eq!(line_at(place.path(), &rows, start).unwrap().as_deref(), Some(line));
                seen.push(number_of(line));
                left -= 1;
                if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            if ended.unwrap().is_continue() {
                break;
            }
        }
        assert_eq!(seen, (0..19).collect::<Vec<_>>());
        assert_eq!(at, end_of(&rows));
        assert_eq!(at.to_string().parse(), Ok(at));
        assert_eq!(line_at(place.path(), &rows, at).unwrap(), None, "what is not committed is not shown");
        assert_eq!(line_at(place.path(), &rows, Place { number: 1, bytes: 3 }).unwrap(), None, "not a line's beginning");
    }

    #[test]
    fn the_last_lines_come_from_as_many_segments_as_it_takes() {
        let place = tempfile::tempdir().unwrap();
        let rows = two_segments(place.path());
        let last = |count, bytes_max| {
            let last = last_lines(place.path(), &rows, count, bytes_max, &whole).unwrap();
            (Vec::from(last.kept), last.gave_up)
        };
        assert_eq!(last(2, u64::MAX), (vec![17, 18], false));
        assert_eq!(last(11, u64::MAX), ((8..19).collect(), false));
        assert_eq!(last(100, u64::MAX), ((0..19).collect(), false));
        let (found, gave_up) = last(11, 100);
        assert!(gave_up && found.last() == Some(&18) && found.len() < 4, "{found:?}");
        fs::remove_file(rows[0].segment.path(place.path())).unwrap();
        assert_eq!(last(100, u64::MAX), ((10..19).collect(), false));
    }
}
