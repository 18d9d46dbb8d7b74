//! The latest rejections, grouped by cause.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::ledger::{SegmentRow, is_whole};

use super::committed::{Place, last_lines};

/// How many of the latest are looked at, and how far back they are searched for.
const LATEST: usize = 200;
const SEARCH_BYTES: u64 = 4 << 20;
/// Samples of each cause.
const SAMPLES: usize = 3;
/// Characters of what is said about one.
const CHARACTERS: usize = 240;

/// A code, and the latest that were set aside for it, latest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    pub code: String,
    pub samples: Vec<Sample>,
}

/// An article that was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    pub path: Option<String>,
    pub entry: Option<String>,
    pub stage: String,
    pub error: String,
    /// When.
    pub at: Option<String>,
}

#[derive(Deserialize)]
struct Line {
    code: String,
    stage: String,
    error: String,
    rejected_at: Option<String>,
    source: Source,
}

#[derive(Deserialize)]
struct Source {
    path: Option<String>,
    entry: Option<String>,
}

/// Some of the latest rejections of each cause. `rows` are the segments of rejections. Some may be settled by now.
pub fn latest(out: &Path, rows: &[SegmentRow]) -> anyhow::Result<Vec<Cause>> {
    let read = |_: Place, line: &[u8]| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        if is_whole(line) { serde_json::from_slice::<Line>(line).ok() } else { None }
    };
    let last = last_lines(out, rows, LATEST, SEARCH_BYTES, &read)?;
    let mut causes: Vec<Cause> = Vec::new();
    for Line { code, stage, error, rejected_at, source } in last.kept.into_iter().rev() {
        let Source { path, entry } = source;
        let sample = Sample { path, entry, stage, error: shortened(&error, CHARACTERS), at: rejected_at };
        match causes.iter_mut().find(|cause| cause.code == code) {
            Some(cause) if cause.samples.len() >= SAMPLES => {}
            Some(cause) => cause.samples.push(sample),
            None => causes.push(Cause { code, samples: vec![sample] }),
        }
    }
    Ok(causes)
}

/// At most so many characters, with a sign where some were left out.
pub fn shortened(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some((at, _)) => text.get(..at).unwrap_or_default().chars().chain(['…']).collect(),
    }
}
