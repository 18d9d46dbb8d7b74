//! The record files' names: `articles-000001.jsonl`, `rejected/rejected-000001.jsonl`.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, RealDisk};

/// One of the two kinds of files that a run writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Series {
    Articles,
    Rejected,
}

impl Series {
    pub const ALL: [Self; 2] = [Self::Articles, Self::Rejected];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Articles => "articles",
            Self::Rejected => "rejected",
        }
    }

    pub fn folder(self, out: &Path) -> PathBuf {
        match self {
            Self::Articles => out.to_owned(),
            Self::Rejected => out.join("rejected"),
        }
    }
}

/// One file of a series; numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment {
    pub series: Series,
    pub number: u32,
}

impl Segment {
    pub fn file_name(self) -> String {
        format!("{}-{:06}.jsonl", self.series.name(), self.number)
    }

    pub fn path(self, out: &Path) -> PathBuf {
        self.series.folder(out).join(self.file_name())
    }

    fn parse(series: Series, file_name: &str) -> Option<Self> {
        let digits = file_name.strip_prefix(series.name())?.strip_prefix('-')?.strip_suffix(".jsonl")?;
        let numbered = digits.len() >= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = if numbered { digits.parse().ok()? } else { return None };
        Some(Self { series, number })
    }
}

/// The segments of a series that are in the folder, in order. A folder that is not there holds none.
pub fn list_segments(out: &Path, series: Series) -> io::Result<Vec<Segment>> {
    list_segments_on(&RealDisk, out, series)
}

/// The same on any disk.
pub fn list_segments_on<D: Disk>(disk: &D, out: &Path, series: Series) -> io::Result<Vec<Segment>> {
    let names = match disk.list(&series.folder(out)) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let named = |name: OsString| Segment::parse(series, name.to_str()?);
    let mut segments: Vec<Segment> = names.into_iter().filter_map(named).collect();
    segments.sort_unstable();
    Ok(segments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_known_by_its_name() {
        let segment = Segment { series: Series::Articles, number: 12 };
        assert_eq!(segment.file_name(), "articles-000012.jsonl");
        assert_eq!(Segment::parse(Series::Articles, "articles-000012.jsonl"), Some(segment));
        for other in ["articles-12.jsonl", "articles-00001x.jsonl", "articles-000001.jsonl.gz", "rejected-000001.jsonl"] {
            assert_eq!(Segment::parse(Series::Articles, other), None, "{other}");
        }
    }
}
