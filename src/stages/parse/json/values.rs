//! What the values of an article's keys may look like.

use serde_json::Value;
use serde_json::value::RawValue;

use super::{bylines, dates};

/// A string that is not blank, trimmed.
pub(super) fn text(raw: &RawValue) -> Option<String> {
    trimmed(serde_json::from_str(raw.get()).ok()?)
}

/// An article's text: a string, or an array of its paragraphs.
pub(super) fn paragraphs(raw: &RawValue) -> Option<String> {
    match raw.get().bytes().next()? {
        b'"' => serde_json::from_str(raw.get()).ok(),
        b'[' => serde_json::from_str::<Vec<String>>(raw.get()).ok().map(|paragraphs| paragraphs.join("\n\n")),
        _ => None,
    }
}

/// A string or a number, as given.
pub(super) fn id(raw: &RawValue) -> Option<Box<RawValue>> {
    matches!(raw.get().bytes().next(), Some(b'"' | b'-' | b'0'..=b'9')).then(|| raw.to_owned())
}

/// A name: a string, an object with a `name`, or the first of an array of such.
pub(super) fn name(raw: &RawValue) -> Option<String> {
    first_of(&value(raw)?, &["name", "title", "label"])
}

/// An address: a string, an object with a `url`, or the first of an array of such.
pub(super) fn address(raw: &RawValue) -> Option<String> {
    first_of(&value(raw)?, &["url", "src", "href"])
}

/// Tags: an array of strings or of objects with a `name`, or one string with commas.
pub(super) fn tags(raw: &RawValue) -> Option<Vec<String>> {
    let tags: Vec<String> = match value(raw)? {
        Value::String(list) => list.split([',', ';']).filter_map(|tag| trimmed(tag.to_owned())).collect(),
        Value::Array(items) => items.iter().filter_map(|item| first_of(item, &["name", "label", "title"])).collect(),
        _ => return None,
    };
    Some(without_repeats(tags)).filter(|tags| !tags.is_empty())
}

/// Authors: a byline, an array of names, or objects with a `name`.
pub(super) fn authors(raw: &RawValue) -> Option<Vec<String>> {
    let mut authors = Vec::new();
    match value(raw)? {
        Value::String(byline) => authors = bylines::read(&byline),
        Value::Array(items) => items.iter().for_each(|item| authors.extend(authors_of(item))),
        item @ Value::Object(_) => authors = authors_of(&item),
        _ => {}
    }
    Some(without_repeats(authors)).filter(|authors| !authors.is_empty())
}

/// What stands alone in an array or under `name` is a name, whatever it looks like, unless it is an address.
fn authors_of(item: &Value) -> Vec<String> {
    let Some(name) = person(item) else { return Vec::new() };
    // "Moe, Ada", as libraries write it.
    if let Some((family, given)) = name.split_once(',').map(|(family, given)| (family.trim(), given.trim())) {
        let is_turned = !family.is_empty()
            && !family.contains(' ')
            && (1..=2).contains(&given.split(' ').count())
            && !given.contains(',')
            && !given.is_empty();
        let turned = format!("{given} {family}");
        if is_turned && bylines::read(&turned).len() == 1 {
            return vec![turned];
        }
    }
    let read = bylines::read(&name);
    let is_name = !name.contains('@') && !name.contains("://") && !name.contains('\n');
    if read.is_empty() && is_name { vec![name] } else { read }
}

fn person(item: &Value) -> Option<String> {
    first_of(item, &["name", "full_name", "fullName", "display_name", "displayName"]).or_else(|| {
        let part = |keys: [&str; 4]| keys.iter().find_map(|key| string(item.get(key)?));
        let given = part(["first_name", "firstName", "givenName", "given"]);
        let family = part(["last_name", "lastName", "familyName", "family"]);
        let name: Vec<String> = given.into_iter().chain(family).collect();
        trimmed(name.join(" "))
    })
}

/// A date: any that people or programs write, or a count of seconds or milliseconds since 1970.
pub(super) fn date(raw: &RawValue, language: Option<&str>) -> Option<String> {
    date_of(&value(raw)?, language)
}

fn date_of(value: &Value, language: Option<&str>) -> Option<String> {
    match value {
        Value::String(text) => dates::read(text, language).or_else(|| dates::find(text, language).map(|(_, date)| date)),
        Value::Number(count) => {
            let count = count.as_f64()?;
            // 20240303 is a day, not a second of 1970.
            dates::from_epoch(count).or_else(|| dates::read(&count.to_string(), language))
        }
        // Databases wrap them: {"$date": "..."}.
        Value::Object(fields) => {
            ["$date", "$numberLong", "date", "datetime", "iso"].iter().find_map(|key| date_of(fields.get(*key)?, language))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) => None,
    }
}

fn value(raw: &RawValue) -> Option<Value> {
    serde_json::from_str(raw.get()).ok()
}

fn string(value: &Value) -> Option<String> {
    trimmed(value.as_str()?.to_owned())
}

fn first_of(value: &Value, keys: &[&str]) -> Option<String> {
    match value {
        Value::String(_) => string(value),
        Value::Object(fields) => keys.iter().find_map(|key| string(fields.get(*key)?)),
        Value::Array(items) => items.iter().find_map(|item| match item {
            // Arrays of arrays name nothing.
            Value::Array(_) => None,
            item => first_of(item, keys),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn trimmed(text: String) -> Option<String> {
    let bare = text.trim();
    if bare.is_empty() {
        None
    } else if bare.len() == text.len() {
        Some(text)
    } else {
        Some(bare.to_owned())
    }
}

fn without_repeats(list: Vec<String>) -> Vec<String> {
    let mut seen = rustc_hash::FxHashSet::default();
    list.into_iter().filter(|item| seen.insert(item.clone())).collect()
}
