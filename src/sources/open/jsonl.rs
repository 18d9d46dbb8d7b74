//! Opens a container of one JSON object a line: names each article, and passes over what is known and unchanged.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use xxhash_rust::xxh3::xxh3_128;

use super::lines::{self, Line};
use crate::model::{Digest, Entry, Limit, Rejection, Stage, StageError};

/// One line that is not blank.
#[derive(Debug)]
pub struct Item {
    /// Its own id, if it brings one that can name it.
    pub given_id: Option<String>,
    /// Its place in the container, counted from 1.
    pub place: u64,
    pub digest: Digest,
    pub bytes: u64,
    /// The object's bytes, trimmed, or why there is none.
    pub body: Result<Vec<u8>, Rejection>,
}

/// What becomes of a last line without a line feed that is no whole object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tail {
    /// Nobody writes any more: it is a broken line.
    Final,
    /// It may be half written: it is left for the next reading.
    MayGrow,
}

/// Reads the items of a container one at a time, in memory bounded by one document.
pub struct Items<R> {
    input: R,
    line: Vec<u8>,
    place: u64,
    bytes_max: u64,
    tail: Tail,
    /// True once a half-written last line was left out.
    pub left_out: bool,
}

impl<R: BufRead> Items<R> {
    pub fn new(input: R, document_bytes_max: u64, tail: Tail) -> Self {
        Self { input, line: Vec::new(), place: 0, bytes_max: document_bytes_max, tail, left_out: false }
    }

    /// The next item; None at the end.
    pub fn read_next(&mut self) -> io::Result<Option<Item>> {
        loop {
            match lines::next(&mut self.input, &mut self.line, self.bytes_max)? {
                Line::End => return Ok(None),
                Line::TooLong { bytes, digest, terminated } => {
                    if !terminated && self.tail == Tail::MayGrow {
                        self.left_out = true;
                        return Ok(None);
                    }
                    self.place += 1;
                    let body = Err(too_long(bytes, self.bytes_max));
                    return Ok(Some(Item { given_id: None, place: self.place, digest, bytes, body }));
                }
                Line::Whole { terminated } => {
                    let mut line = self.line.as_slice();
                    if self.place == 0 {
                        line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
                    }
                    let line = line.trim_ascii();
                    if line.is_empty() {
                        continue;
                    }
                    let read = id_of_object(line);
                    // A whole object stays one whatever is written after it, so it need not wait for its line feed.
                    if !terminated && read.is_err() && self.tail == Tail::MayGrow {
                        self.left_out = true;
                        return Ok(None);
                    }
                    self.place += 1;
                    let (digest, bytes) = (Digest::of(line), line.len() as u64);
                    let (given_id, body) = match read {
                        Ok(id) => (id, Ok(line.to_vec())),
                        Err(error) => (None, Err(broken(self.place, &error))),
                    };
                    return Ok(Some(Item { given_id, place: self.place, digest, bytes, body }));
                }
            }
        }
    }
}

/// The rejection of an article that is larger than `limits.document_size`.
pub fn too_long(bytes: u64, bytes_max: u64) -> Rejection {
    let reason = format!("the article has {bytes} bytes, more than the {bytes_max} allowed");
    StageError::Limit { limit: Limit::Size, reason }.reject(Stage::Open)
}

fn broken(place: u64, error: &serde_json::Error) -> Rejection {
    StageError::Malformed { reason: format!("entry {place} is not a JSON object ({error})") }.reject(Stage::Open)
}

/// Longer ids do not name anything that a person wrote; such an entry goes by its number.
const ID_BYTES_MAX: usize = 1024;

/// The object's own `id`, the last one if there are several, as jq has it. An error where the bytes are no object.
pub fn id_of_object(bytes: &[u8]) -> serde_json::Result<Option<String>> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let raw = reader.deserialize_map(IdVisitor)?;
    reader.end()?;
    let Some(raw) = raw else { return Ok(None) };
    let id = match raw.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(raw.get())?,
        Some(b'0'..=b'9' | b'-') => raw.get().to_owned(),
        _ => return Ok(None),
    };
    // `#3` is how entries without an id are called; an id of that shape must not be taken for one of them.
    let like_a_number = id.strip_prefix('#').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let names_it = !id.is_empty() && id.len() <= ID_BYTES_MAX && !like_a_number;
    Ok(names_it.then_some(id))
}

struct IdVisitor;

impl<'de> Visitor<'de> for IdVisitor {
    type Value = Option<Box<RawValue>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut id = None;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == "id" {
                id = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(id)
    }
}

/// Names entries by their own ids, apart where one is repeated in the file: `tide`, `tide~2`, `tide~3`.
#[derive(Default)]
pub struct GivenIds {
    /// How often each id was met, under its hash: a container of millions must fit.
    met: FxHashMap<u128, u64>,
}

impl GivenIds {
    pub fn name(&mut self, id: &str) -> Entry {
        let mut count = self.met.get(&xxh3_128(id.as_bytes())).copied().unwrap_or(0);
        let name = loop {
            count += 1;
            let name = if count == 1 { Cow::Borrowed(id) } else { Cow::Owned(format!("{id}~{count}")) };
            // Another entry may be called `tide~2` by itself.
            if count == 1 || !self.met.contains_key(&xxh3_128(name.as_bytes())) {
                break name;
            }
        };
        self.met.entry(xxh3_128(name.as_bytes())).or_insert(1);
        self.met.insert(xxh3_128(id.as_bytes()), count);
        Entry::new(&name)
    }
}

/// What an entry without an id is, seen against what the file held before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Under this number, with these very bytes.
    Unchanged(u64),
    /// New bytes under this number.
    Number(u64),
}

/// Numbers the entries that have no id, so that what only moved stays what it was.
#[derive(Default)]
pub struct Numbering {
    /// What stood under each number, and how many lower numbers had the same digest.
    before: FxHashMap<u64, (Digest, u64)>,
    /// The numbers under which each digest was known and not yet met again, highest first.
    unmet: FxHashMap<Digest, Vec<u64>>,
    /// How often the file holds each of the old digests now.
    present: FxHashMap<Digest, u64>,
    given: FxHashSet<u64>,
    highest: u64,
}

impl Numbering {
    /// `before`: what the ledger has of this file.
    pub fn new(mut before: Vec<(u64, Digest)>) -> Self {
        before.sort_unstable();
        let mut numbering = Self::default();
        for (number, digest) in before {
            numbering.highest = numbering.highest.max(number);
            let numbers = numbering.unmet.entry(digest).or_default();
            numbering.before.insert(number, (digest, numbers.len() as u64));
            numbers.push(number);
        }
        numbering.unmet.values_mut().for_each(|numbers| numbers.reverse());
        numbering
    }

    /// True where a first pass over the file must tell which of the old digests are still there.
    pub fn needs_survey(&self) -> bool {
        !self.before.is_empty()
    }

    pub fn survey(&mut self, digest: Digest) {
        if self.unmet.contains_key(&digest) {
            *self.present.entry(digest).or_default() += 1;
        }
    }

    /// Numbers the next entry without an id, which stands in this place.
    pub fn place(&mut self, place: u64, digest: Digest) -> Place {
        if let Some(number) = self.unmet.get_mut(&digest).and_then(Vec::pop) {
            return Place::Unchanged(number);
        }
        let free = match self.before.get(&place) {
            // The lowest numbers of a digest stay with it, as many as it still has lines.
            Some((old, lower)) => *lower >= self.present.get(old).copied().unwrap_or(0),
            None => true,
        };
        let number = if free && !self.given.contains(&place) { place } else { self.highest + 1 };
        self.highest = self.highest.max(number);
        self.given.insert(number);
        Place::Number(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &[u8], tail: Tail) -> Vec<Item> {
        let mut items = Items::new(text, 40, tail);
        std::iter::from_fn(|| items.read_next().unwrap()).collect()
    }

    #[test]
    fn after_a_broken_or_endless_line_the_next_one_is_read() {
        let long = format!("{{\"text\":\"{}\"}}", "a".repeat(60));
        let text = format!("{{\"text\":\"a\"}}\nnot json\n{long}\n\n[1]\n{{\"id\":7}}\n");
        let read = items(text.as_bytes(), Tail::Final);
        let codes: Vec<&str> = read.iter().map(|item| item.body.as_ref().map_or_else(|rejection| rejection.code, |_| "")).collect();
        assert_eq!(codes, ["", "parse.malformed", "limit.size", "parse.malformed", ""]);
        assert_eq!(read.last().unwrap().given_id.as_deref(), Some("7"));
        assert!(read[2].body.as_ref().unwrap_err().error.contains("limits.document_size"));
    }

    #[test]
    fn half_a_line_waits_for_its_other_half() {
        assert_eq!(items(b"{\"id\":1}\n{\"id\":", Tail::MayGrow).len(), 1);
        assert_eq!(items(b"{\"id\":1}\n{\"id\":2}", Tail::MayGrow).len(), 2);
        assert_eq!(items(b"{\"id\":1}\n{\"id\":", Tail::Final).len(), 2);
    }

    #[test]
    fn repeated_ids_are_told_apart() {
        let mut ids = GivenIds::default();
        let names: Vec<Entry> = ["tide", "tide", "tide~2", "tide", "tide~2"].iter().map(|id| ids.name(id)).collect();
        let names: Vec<&str> = names.iter().map(Entry::as_str).collect();
        assert_eq!(names, ["tide", "tide~2", "tide~2~2", "tide~3", "tide~2~3"].map(|name| name));
    }

    fn digest(text: &str) -> Digest {
        Digest::of(text.as_bytes())
    }

    #[track_caller]
    fn check(before: &[&str], now: &[&str], expected: &[Place]) {
        let before = before.iter().enumerate().map(|(at, text)| (at as u64 + 1, digest(text))).collect();
        let mut numbering = Numbering::new(before);
        for text in now {
            numbering.survey(digest(text));
        }
        let places: Vec<Place> = now.iter().enumerate().map(|(at, text)| numbering.place(at as u64 + 1, digest(text))).collect();
        assert_eq!(places, expected);
    }

    use Place::{Number, Unchanged};

    #[test]
    fn appended_lines_alone_are_new() {
        check(&["a", "b"], &["a", "b", "c"], &[Unchanged(1), Unchanged(2), Number(3)]);
    }

    #[test]
    fn a_line_put_on_top_moves_the_others_and_changes_none() {
        check(&["a", "b"], &["new", "a", "b"], &[Number(3), Unchanged(1), Unchanged(2)]);
    }

    #[test]
    fn a_line_changed_in_place_is_a_new_version() {
        check(&["a", "b", "c"], &["a", "B", "c"], &[Unchanged(1), Number(2), Unchanged(3)]);
    }

    #[test]
    fn repeated_lines_are_matched_by_count() {
        check(&["a", "a"], &["a", "a", "a"], &[Unchanged(1), Unchanged(2), Number(3)]);
        check(&["a", "a"], &["a", "b"], &[Unchanged(1), Number(2)]);
        check(&["a", "a"], &["b", "a"], &[Number(3), Unchanged(1)]);
    }

    #[test]
    fn an_id_shaped_like_a_number_of_ours_names_nothing() {
        assert_eq!(id_of_object(br##"{"id":"#4"}"##).unwrap(), None);
        assert_eq!(id_of_object(br#"{"id":"a","id":"b"}"#).unwrap().as_deref(), Some("b"));
        assert!(id_of_object(br#"{"id":1} {"id":2}"#).is_err());
    }
}
