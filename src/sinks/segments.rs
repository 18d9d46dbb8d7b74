//! Writes lines to a series of files: at a tracked end, durable before they count, sealed by size.

use std::io;
use std::path::{Path, PathBuf};

use crate::ledger::{Disk, DiskFile as _, Segment, SegmentRow, Series};

/// A series' active file and where its end is.
pub struct SegmentWriter<D: Disk> {
    out: PathBuf,
    row: SegmentRow,
    /// None until the first line is to be written.
    file: Option<D::File>,
    rotate_bytes: u64,
}

impl<D: Disk> SegmentWriter<D> {
    /// Goes on where the ledger says that the series ends.
    pub fn new(out: &Path, series: Series, rows: &[SegmentRow], rotate_bytes: u64) -> Self {
        let last = rows.iter().filter(|row| row.segment.series == series).max_by_key(|row| row.segment.number);
        let row = match last {
            Some(row) if !row.sealed => *row,
            Some(row) => fresh(series, row.segment.number + 1),
            None => fresh(series, 1),
        };
        Self { out: out.to_owned(), row, file: None, rotate_bytes }
    }

    /// Where the active file stands, for the ledger.
    pub const fn row(&self) -> SegmentRow {
        self.row
    }

    /// Writes whole lines at the end and makes them durable. May be called again with the same bytes after an error:
    /// what a failed write left is written over.
    pub fn write(&mut self, disk: &D, bytes: &[u8], lines: u64) -> io::Result<()> {
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(self.open(disk)?),
        };
        file.write_all_at(bytes, self.row.bytes)?;
        file.sync_data().map_err(SyncFailed::wrap)?;
        self.row.bytes += bytes.len() as u64;
        self.row.lines += lines;
        Ok(())
    }

    /// Seals the active file if it is full, and gives its last state for the ledger. The next write begins a new one.
    pub fn rotate(&mut self) -> Option<SegmentRow> {
        let is_full = self.row.lines > 0 && self.row.bytes >= self.rotate_bytes;
        is_full.then(|| {
            let sealed = SegmentRow { sealed: true, ..self.row };
            self.row = fresh(self.row.segment.series, self.row.segment.number + 1);
            self.file = None;
            sealed
        })
    }

    fn open(&self, disk: &D) -> io::Result<D::File> {
        let path = self.row.segment.path(&self.out);
        if self.row.bytes > 0 {
            return disk.open(&path);
        }
        let file = disk.create(&path)?;
        // A line in a file whose name is not durable could be lost with the name.
        let folder = path.parent().unwrap_or(&self.out);
        disk.sync_folder(folder).map_err(SyncFailed::wrap)?;
        Ok(file)
    }
}

const fn fresh(series: Series, number: u32) -> SegmentRow {
    SegmentRow { segment: Segment { series, number }, bytes: 0, lines: 0, sealed: false }
}

/// A sync failed: what the kernel still holds of the file can no longer be trusted, so nothing may be tried again.
#[derive(Debug)]
pub struct SyncFailed(io::Error);

impl SyncFailed {
    fn wrap(error: io::Error) -> io::Error {
        match error.kind() {
            // No room is found out late on some file systems; the same bytes can be written again.
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => error,
            _ => io::Error::other(Self(error)),
        }
    }
}

impl std::fmt::Display for SyncFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "sync failed: {}", self.0)
    }
}

impl std::error::Error for SyncFailed {}
