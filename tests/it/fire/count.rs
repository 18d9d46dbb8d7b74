//! Counts what became of the articles from the files alone, and hears the audit and the outside judge about it.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::news::{number_in, says_nothing};
use super::place::Place;
use super::reader::segments;
use super::{Fire, Row};

/// What stands in the files of some folders.
#[derive(Debug, Default)]
pub struct Found {
    /// Outcomes by an article's number.
    outcomes: HashMap<u64, u64>,
    revisions: HashSet<(String, u64)>,
    doubled: u64,
    torn: u64,
    findings: Vec<String>,
    /// What stood in each whole line.
    lines: HashSet<u64>,
}

impl Found {
    pub fn read(folders: &[PathBuf]) -> Self {
        let mut found = Self::default();
        for folder in folders {
            for name in segments(folder) {
                found.read_file(&folder.join(name));
            }
        }
        found
    }

    /// How many whole lines there were of which nothing is left.
    pub fn records_missing_in(&self, later: &Self) -> u64 {
        self.lines.difference(&later.lines).count() as u64
    }

    fn read_file(&mut self, path: &Path) {
        let bytes = fs::read(path).unwrap();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let number = line.strip_suffix(b"\n").and_then(whole).and_then(|outcome| self.take(&outcome));
            match number {
                Some(number) => {
                    *self.outcomes.entry(number).or_default() += 1;
                    self.lines.insert(xxh3_64(line));
                }
                None => {
                    self.torn += 1;
                    self.findings.push(format!("torn in {}: {}", path.display(), String::from_utf8_lossy(line)));
                }
            }
        }
    }

    /// The number of the article that a line is about. None where it is not all there.
    fn take(&mut self, outcome: &Value) -> Option<u64> {
        let is_record = outcome["schema"] == "copydesk.record/1";
        let version = (outcome["id"].as_str()?.to_owned(), outcome["revision"].as_u64()?);
        if is_record && !self.revisions.insert(version) {
            self.doubled += 1;
            self.findings.push(format!("two records of {} {}", outcome["id"], outcome["revision"]));
        }
        let name = outcome["source"]["entry"].as_str().map(str::to_owned);
        let name = name.unwrap_or_else(|| stem(outcome["source"]["path"].as_str().unwrap_or_default()));
        let number = name.parse().ok()?;
        // What has nothing to say is rejected, and everything else is a record with all that it had to say.
        let is_right = if is_record { number_in(outcome["text"].as_str()?) == Some(number) } else { says_nothing(number) };
        is_right.then_some(number)
    }
}

/// `wire/day-0/17.txt.gz` is article 17.
fn stem(path: &str) -> String {
    path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default().to_owned()
}

/// Reads a line as an outside program would, if its check holds.
fn whole(line: &[u8]) -> Option<Value> {
    let line = str::from_utf8(line).ok()?;
    let (body, rest) = line.rsplit_once(",\"check\":\"")?;
    (rest == format!("{:016x}\"}}", xxh3_64(body.as_bytes()))).then(|| serde_json::from_str(line).ok())?
}

/// How many whole lines there are by now, while more are being written.
pub fn outcomes_so_far(folders: &[PathBuf]) -> u64 {
    let files = folders.iter().flat_map(|folder| segments(folder).into_iter().map(move |name| folder.join(name)));
    // One may be taken away just now.
    let lines = files.map(|path| fs::read(path).map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count()));
    lines.sum::<usize>() as u64
}

/// The folders that hold what a place has put out.
pub fn folders(place: &Place) -> Vec<PathBuf> {
    [place.path("out"), place.path("taken")].into_iter().filter(|folder| folder.exists()).collect()
}

/// Demands one outcome of each of these articles, and that the audit and the judge say the same.
pub fn count(fire: &Fire, place: &Place, delivered: Range<u64>, row: &mut Row, what: &str) {
    let articles = delivered.end - delivered.start;
    row.articles += articles;
    hold(place, delivered, row, what);
    let audit = place.run("verify", &[]);
    hear(fire, &folders(place), articles, audit.code == Some(0), &audit.said, row, what);
}

/// The same without asking anybody else.
pub fn hold(place: &Place, delivered: Range<u64>, row: &mut Row, what: &str) {
    let found = Found::read(&folders(place));
    add(&found, delivered, row, what);
}

pub fn add(found: &Found, delivered: Range<u64>, row: &mut Row, what: &str) {
    let lost: Vec<u64> = delivered.clone().filter(|number| !found.outcomes.contains_key(number)).collect();
    let doubled: Vec<u64> = delivered.filter(|number| found.outcomes.get(number).is_some_and(|count| *count > 1)).collect();
    if !lost.is_empty() || !doubled.is_empty() {
        row.find(format!("{what}: lost {lost:?}, doubled {doubled:?}"));
    }
    for finding in &found.findings {
        row.find(format!("{what}: {finding}"));
    }
    row.lost += lost.len() as u64;
    row.doubled += found.doubled.max(doubled.len() as u64);
    row.torn += found.torn;
}

/// Holds the audit's verdict to the outside judge's.
pub fn hear(fire: &Fire, folders: &[PathBuf], articles: u64, audit: bool, audit_said: &str, row: &mut Row, what: &str) {
    let (judge, judge_said) = judge(fire, folders, articles);
    if !audit || !judge {
        row.audits += 1;
        row.find(format!("{what}: verify says {audit_said}; the judge says {judge_said}"));
    }
    row.differ += u64::from(audit != judge);
}

/// The outside judge's verdict and words.
pub fn judge(fire: &Fire, folders: &[PathBuf], articles: u64) -> (bool, String) {
    let verdict = Command::new("sh").arg(&fire.judge).arg(articles.to_string()).args(folders).output().unwrap();
    let said = String::from_utf8_lossy(&verdict.stdout).into_owned() + &String::from_utf8_lossy(&verdict.stderr);
    (verdict.status.success(), said)
}
