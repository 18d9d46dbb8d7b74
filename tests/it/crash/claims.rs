//! What must hold of a world once it has come to rest: nothing lost, nothing doubled, nothing torn.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use copydesk::ledger::{Known, Line, Lines, Settled, is_whole};
use copydesk::model::{Digest, Key};

use super::index::Store;
use super::inputs::{Input, Text};

/// How often each claim was broken. All are 0 where the protocol holds, but for `taken_back_by_power`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Broken {
    pub lost: u64,
    pub doubled: u64,
    pub torn: u64,
    /// Lines that changed under a reader although the machine stayed up.
    pub taken_back: u64,
    /// Durable lines that were gone after a power loss.
    pub lost_below_sync: u64,
    /// Runs that refused to start although nothing stood in their way.
    pub refused: u64,
    /// The ledger made anew says something else.
    pub disagrees: u64,
}

impl Broken {
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    pub fn add(&mut self, other: &Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.torn += other.torn;
        self.taken_back += other.taken_back;
        self.lost_below_sync += other.lost_below_sync;
        self.refused += other.refused;
        self.disagrees += other.disagrees;
    }
}

/// What the record files of a world say.
pub struct Standing {
    lines: Vec<Line>,
    pub torn: u64,
}

impl Standing {
    /// Reads every line as an outside program would: by its checksum, and by what its article's text is.
    pub fn read(files: &[(PathBuf, Vec<u8>)]) -> Self {
        let texts: HashMap<Digest, String> = Text::all().map(|text| (text.digest(), text.words())).collect();
        let mut standing = Self { lines: Vec::new(), torn: 0 };
        for (_, bytes) in files {
            let mut lines = Lines::new(&bytes[..], 0);
            while let Some((_, line)) = lines.read_next().expect("memory can be read") {
                let whole = line.strip_suffix(b"\n").filter(|line| is_whole(line));
                let parsed = whole.and_then(|whole| Some((Line::parse(whole)?, serde_json::from_slice::<serde_json::Value>(whole).ok()?)));
                match parsed {
                    Some((line, value)) if says_its_text(&line, &value, &texts) => standing.lines.push(line),
                    _ => standing.torn += 1,
                }
            }
        }
        standing
    }

    /// True where some line ends this version of the article.
    pub fn ends(&self, key: &Key, text: Text) -> bool {
        let (id, digest) = (key.id().to_string(), Some(text.digest()));
        self.lines.iter().any(|line| line.id == id && line.digest == digest)
    }

    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// Outcomes that stand there more often than they should.
    pub fn doubled(&self, inputs: &[Input]) -> u64 {
        let mut doubled = 0;
        let mut records: HashMap<&str, BTreeMap<u64, &Line>> = HashMap::new();
        let mut tried = HashSet::new();
        for line in &self.lines {
            match &line.rejection {
                None => doubled += u64::from(records.entry(&line.id).or_default().insert(line.revision, line).is_some()),
                Some(rejection) => doubled += u64::from(!tried.insert((&line.id, line.revision, line.digest, rejection.attempts))),
            }
        }
        for line in self.lines.iter().filter(|line| line.outcome == Settled::Rejected) {
            // A version has a record or a rejection; both only where the record settles it.
            let record = self.lines.iter().find(|other| {
                let same = other.id == line.id && other.revision == line.revision;
                same && other.outcome == Settled::Record && other.digest == line.digest
            });
            doubled += u64::from(record.is_some_and(|record| record.settles.is_none()));
        }
        for story in inputs.iter().flat_map(|input| &input.stories) {
            let id = story.key.id().to_string();
            let Some(records) = records.get(id.as_str()) else { continue };
            // In the order of the revisions the texts are those that the article had, each once for every time. One that
            // could not be read in between is a version too, and what settles it may say what was there before.
            let mut history = story.history.iter().map(|text| Some(text.digest()));
            let mut before = None;
            for line in records.values() {
                let has_come_back = before == Some(line.digest) && line.settles.is_some();
                doubled += u64::from(!has_come_back && !history.any(|had| had == line.digest));
                before = Some(line.digest);
            }
        }
        doubled
    }
}

fn says_its_text(line: &Line, value: &serde_json::Value, texts: &HashMap<Digest, String>) -> bool {
    match (line.outcome, line.digest) {
        (Settled::Rejected, _) => true,
        (Settled::Record, Some(digest)) => texts.get(&digest).is_some_and(|text| value["text"] == text.as_str()),
        (Settled::Record, None) => false,
    }
}

/// Articles whose last version has no outcome, or not the right one.
pub fn lost(inputs: &[Input], store: &Store, standing: &Standing, is_convicted: impl Fn(&Key, Text) -> bool) -> u64 {
    let mut lost = 0;
    for input in inputs.iter().filter(|input| !input.is_gone) {
        for story in &input.stories {
            let text = story.text();
            let is_right = |known: Known| {
                let right = match known.outcome {
                    Settled::Record => !text.is_refused(u32::MAX) && !text.is_poison(),
                    Settled::Rejected => text.is_refused(known.attempts) || text.is_poison() || is_convicted(&story.key, text),
                };
                right && known.digest == Some(text.digest())
            };
            let has_ended = store.latest(&story.key).is_some_and(is_right) && standing.ends(&story.key, text);
            lost += u64::from(!has_ended);
        }
    }
    lost
}
