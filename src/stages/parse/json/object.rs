//! The keys and values of one JSON object, each value as it was given until somebody asks for it.

use std::borrow::Cow;
use std::fmt;

use memchr::memmem;
use rustc_hash::FxHashMap;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::model::StageError;

/// An object's entries in the order in which their keys first came. Of a repeated key the last value counts, as jq has it.
pub(super) struct Object<'a> {
    entries: Vec<Option<(String, &'a RawValue)>>,
    places: FxHashMap<String, usize>,
}

impl<'a> Object<'a> {
    /// Reads a whole text as one object.
    pub fn read(text: &'a str) -> Result<Self, StageError> {
        let malformed = |reason: String| StageError::Malformed { reason };
        let text = text.trim_start_matches('\u{FEFF}');
        if let Some(found) = other_kind(text) {
            return Err(malformed(format!("it is {found}, not a JSON object; an article is one object with `text` or `html`")));
        }
        let mut reader = serde_json::Deserializer::from_str(text);
        reader
            .deserialize_map(ObjectVisitor)
            .and_then(|object| reader.end().map(|()| object))
            .map_err(|error| malformed(format!("the JSON is broken: {error}")))
    }

    pub fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.entries.get(*self.places.get(key)?)?.as_ref().map(|(_, value)| *value)
    }

    pub fn remove(&mut self, key: &str) {
        if let Some(entry) = self.places.get(key).and_then(|place| self.entries.get_mut(*place)) {
            *entry = None;
        }
    }

    /// What `read` makes of the key's value. A value that it can use is taken out; `null` says nothing and is too.
    pub fn take<T>(&mut self, key: &str, read: impl Fn(&RawValue) -> Option<T>) -> Option<T> {
        let raw = self.get(key)?;
        let value = read(raw);
        if value.is_some() || raw.get() == "null" {
            self.remove(key);
        }
        value
    }

    /// The first of several keys whose value can be used.
    pub fn take_first<T>(&mut self, keys: &[&str], read: impl Fn(&RawValue) -> Option<T>) -> Option<T> {
        keys.iter().find_map(|key| self.take(key, &read))
    }

    /// What nobody took, as given; false beside it becomes true where an entry was left out because all of them would
    /// have more than `bytes_max` bytes, or because it nests deeper than `depth_max`.
    pub fn into_rest(self, bytes_max: usize, depth_max: usize) -> (Vec<(String, Box<RawValue>)>, bool) {
        let mut rest = Vec::new();
        let mut bytes = 0_usize;
        let mut left_out = false;
        for (key, value) in self.entries.into_iter().flatten() {
            // The quotation marks, colon and comma around it.
            let length = key.len() + value.get().len() + 4;
            if bytes + length > bytes_max || depth(value.get()) > depth_max {
                left_out = true;
                continue;
            }
            bytes += length;
            rest.push((key, value.to_owned()));
        }
        (rest, left_out)
    }
}

/// What a text is that is JSON, but no object.
fn other_kind(text: &str) -> Option<&'static str> {
    match text.trim_start().bytes().next() {
        Some(b'[') => Some("an array"),
        Some(b'"') => Some("a string"),
        Some(b'0'..=b'9' | b'-' | b't' | b'f' | b'n') => Some("a single value"),
        _ => None,
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut object = Object { entries: Vec::new(), places: FxHashMap::default() };
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let value = map.next_value::<&'de RawValue>()?;
            match object.places.get(key.as_ref()).and_then(|place| object.entries.get_mut(*place)) {
                Some(entry) => *entry = Some((key.into_owned(), value)),
                None => {
                    object.places.insert(key.clone().into_owned(), object.entries.len());
                    object.entries.push(Some((key.into_owned(), value)));
                }
            }
        }
        Ok(object)
    }
}

/// How deep arrays and objects nest in a value.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The text with every half of a UTF-16 pair that stands alone (`\ud83d`) replaced by `\ufffd`; None where there is
/// none. Programs that cut strings by length leave such halves, and no reader of UTF-8 could take them.
pub(super) fn without_lone_surrogates(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    memmem::find(bytes, b"\\ud").or_else(|| memmem::find(bytes, b"\\uD"))?;
    let mut out: Option<String> = None;
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', bytes.get(at..).unwrap_or_default()) {
        let start = at + found;
        at = start + 2;
        let Some(unit) = escaped_unit(bytes, start) else { continue };
        at = start + 6;
        match unit {
            0xD800..=0xDBFF if matches!(escaped_unit(bytes, at), Some(0xDC00..=0xDFFF)) => at += 6,
            0xD800..=0xDFFF => {
                let out = out.get_or_insert_with(|| String::with_capacity(text.len()));
                out.push_str(text.get(copied..start).unwrap_or_default());
                out.push_str("\\ufffd");
                copied = at;
            }
            _ => {}
        }
    }
    let mut out = out?;
    out.push_str(text.get(copied..).unwrap_or_default());
    Some(out)
}

/// The value of `\uXXXX` in this place.
fn escaped_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let digits = str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}
