//! Opens a JSON Feed (version 1 and 1.1), item by item.

use std::io::{self, BufRead};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::jsonl::too_long;
use super::json_scan::{JsonScan, Value};
use super::{Piece, Spoiled, naming_id};
use crate::model::{Body, Charset, Digest, Format, Given, Metadata, RawDocument, Stage, StageError, Warning};
use crate::stages::parse::wire_date;

/// Reads the items of a feed one at a time, in memory bounded by one.
pub struct JsonFeed<R> {
    scan: JsonScan<R>,
    bytes_max: u64,
    state: State,
    place: u64,
    channel: Channel,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Keys,
    Items,
    End,
}

/// What the feed says about all its items.
#[derive(Default)]
struct Channel {
    title: Option<String>,
    language: Option<String>,
    authors: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Item {
    id: Option<Box<RawValue>>,
    url: Option<String>,
    external_url: Option<String>,
    title: Option<String>,
    content_html: Option<String>,
    content_text: Option<String>,
    summary: Option<String>,
    image: Option<String>,
    date_published: Option<String>,
    date_modified: Option<String>,
    author: Option<Author>,
    authors: Option<Vec<Author>>,
    tags: Option<Vec<String>>,
    language: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Author {
    name: Option<String>,
}

/// What stands beside the items and is longer says nothing about them.
const CHANNEL_VALUE_BYTES_MAX: u64 = 64 * 1024;

impl<R: BufRead> JsonFeed<R> {
    pub fn new(input: R, document_bytes_max: u64) -> Self {
        Self { scan: JsonScan::new(input), bytes_max: document_bytes_max, state: State::Start, place: 0, channel: Channel::default() }
    }

    /// The next item; None at the end.
    pub fn read_next(&mut self) -> io::Result<Option<Piece>> {
        match self.step() {
            // Behind a broken place no key and no item can be told from what is in it.
            Err(error) => {
                self.state = State::End;
                Err(error)
            }
            piece => piece,
        }
    }

    fn step(&mut self) -> io::Result<Option<Piece>> {
        loop {
            match self.state {
                State::End => return Ok(None),
                State::Start => {
                    // A byte order mark is no white space to JSON.
                    for byte in *b"\xEF\xBB\xBF" {
                        self.scan.take(byte)?;
                    }
                    if !self.scan.take(b'{')? {
                        return Err(Spoiled::malformed("the JSON Feed is no object"));
                    }
                    self.state = State::Keys;
                }
                State::Keys => {
                    if self.scan.take(b',')? {
                        continue;
                    }
                    if self.scan.take(b'}')? {
                        self.state = State::End;
                        continue;
                    }
                    let key = match self.scan.value(CHANNEL_VALUE_BYTES_MAX)? {
                        Value::Whole(key) => serde_json::from_slice::<String>(&key).ok(),
                        Value::TooLong { .. } => Some(String::new()),
                    };
                    let (Some(key), true) = (key, self.scan.take(b':')?) else {
                        return Err(Spoiled::malformed("the JSON Feed is damaged outside its items"));
                    };
                    if key == "items" && self.scan.take(b'[')? {
                        self.state = State::Items;
                    } else if let Value::Whole(value) = self.scan.value(CHANNEL_VALUE_BYTES_MAX)? {
                        self.channel.note(&key, &value);
                    }
                }
                State::Items => {
                    if self.scan.take(b',')? {
                        continue;
                    }
                    if self.scan.take(b']')? {
                        self.state = State::Keys;
                        continue;
                    }
                    let value = self.scan.value(self.bytes_max)?;
                    self.place += 1;
                    return Ok(Some(self.piece(value)));
                }
            }
        }
    }

    fn piece(&self, value: Value) -> Piece {
        let place = self.place;
        match value {
            Value::TooLong { bytes, digest } => Piece { given_id: None, place, digest, bytes, body: Err(too_long(bytes, self.bytes_max)) },
            Value::Whole(value) => {
                let (digest, bytes) = (Digest::of(&value), value.len() as u64);
                match serde_json::from_slice::<Item>(&value) {
                    Ok(item) => {
                        let given_id = item.id.as_deref().and_then(name_of);
                        Piece { given_id, place, digest, bytes, body: Ok(self.document(item)) }
                    }
                    Err(error) => {
                        let reason = format!("item {place} of the JSON Feed cannot be read ({error})");
                        let rejection = StageError::Malformed { reason }.reject(Stage::Open);
                        Piece { given_id: None, place, digest, bytes, body: Err(rejection) }
                    }
                }
            }
        }
    }

    fn document(&self, item: Item) -> RawDocument {
        let mut authors = names(item.authors.into_iter().flatten().chain(item.author));
        if authors.is_empty() {
            authors.clone_from(&self.channel.authors);
        }
        let filled = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        let (text, body, warnings) = if filled(&item.content_html) {
            (item.content_html, Body::Fragment, Vec::new())
        } else if filled(&item.content_text) {
            (item.content_text, Body::Text, Vec::new())
        } else {
            (item.summary, Body::Text, vec![Warning::FeedSummary])
        };
        let metadata = Metadata {
            url: item.url.or(item.external_url),
            site: self.channel.title.clone(),
            title: item.title,
            authors,
            tags: item.tags.unwrap_or_default(),
            image: item.image,
            published: item.date_published.as_deref().and_then(wire_date::read),
            updated: item.date_modified.as_deref().and_then(wire_date::read),
            ..Metadata::default()
        };
        let language = item.language.or_else(|| self.channel.language.clone());
        let given = Given { body, charset: Charset::Decoded("utf-8".into()), metadata, language, warnings };
        RawDocument { bytes: text.unwrap_or_default().into_bytes(), format: Format::JsonFeed, given: Some(Box::new(given)) }
    }
}

impl Channel {
    fn note(&mut self, key: &str, value: &[u8]) {
        match key {
            "title" => self.title = serde_json::from_slice(value).ok(),
            "language" => self.language = serde_json::from_slice(value).ok(),
            "author" => self.authors = names(serde_json::from_slice::<Author>(value).ok()),
            "authors" => self.authors = names(serde_json::from_slice::<Vec<Author>>(value).ok().into_iter().flatten()),
            _ => {}
        }
    }
}

fn names(authors: impl IntoIterator<Item = Author>) -> Vec<String> {
    let mut names = Vec::new();
    for name in authors.into_iter().filter_map(|author| author.name) {
        if !name.trim().is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn name_of(id: &RawValue) -> Option<String> {
    match serde_json::from_str::<serde_json::Value>(id.get()).ok()? {
        serde_json::Value::String(id) => naming_id(&id),
        serde_json::Value::Number(_) => naming_id(id.get()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<Piece, &'static str>> {
        let mut feed = JsonFeed::new(text.as_bytes(), 300);
        let mut pieces = Vec::new();
        loop {
            match feed.read_next() {
                Ok(None) => return pieces,
                Ok(Some(piece)) => pieces.push(Ok(piece)),
                Err(error) => pieces.push(Err(Spoiled::rejection(error).unwrap().code)),
            }
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &[(Option<&str>, Result<&str, &str>)]) {
        let pieces = read(text);
        let read: Vec<(Option<&str>, Result<&str, &str>)> = pieces
            .iter()
            .map(|piece| match piece {
                Ok(piece) => {
                    let body = piece.body.as_ref().map(|body| str::from_utf8(&body.bytes).unwrap()).map_err(|rejection| rejection.code);
                    (piece.given_id.as_deref(), body)
                }
                Err(code) => (None, Err(*code)),
            })
            .collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn the_full_text_comes_before_the_summary() {
        check(
            r#"{"version":"https://jsonfeed.org/version/1.1","title":"Bay Wire","items":[
                {"id":"a","content_html":"<p>Late.</p>","summary":"s"},{"id":2,"content_text":"On time.\n"},
                {"id":"c","summary":"Only this."}]}"#,
            &[(Some("a"), Ok("<p>Late.</p>")), (Some("2"), Ok("On time.\n")), (Some("c"), Ok("Only this."))],
        );
    }

    #[test]
    fn a_feed_lends_its_items_its_name_its_language_and_its_author() {
        let text = r#"{"title":"Bay Wire","language":"nl","authors":[{"name":"Ada Moe"}],"items":[
            {"id":"a","url":"https://example.org/a","title":"T","content_text":"x","date_published":"2026-03-03T09:12:00Z","tags":["sea"]},
            {"id":"b","content_text":"x","author":{"name":"Bo Lind"},"language":"en"}]}"#;
        let bodies: Vec<RawDocument> = read(text).into_iter().map(|piece| piece.unwrap().body.unwrap()).collect();
        let first = bodies[0].given.as_ref().unwrap();
        assert_eq!((first.metadata.site.as_deref(), first.language.as_deref()), (Some("Bay Wire"), Some("nl")));
        assert_eq!(first.metadata.authors, ["Ada Moe"]);
        assert_eq!(first.metadata.published.as_deref(), Some("2026-03-03T09:12:00Z"));
        assert_eq!((first.metadata.url.as_deref(), first.metadata.title.as_deref()), (Some("https://example.org/a"), Some("T")));
        let second = bodies[1].given.as_ref().unwrap();
        assert_eq!((&second.metadata.authors[..], second.language.as_deref()), (&["Bo Lind".to_owned()][..], Some("en")));
    }

    #[test]
    fn a_broken_item_costs_itself_alone() {
        let endless = "x".repeat(400);
        check(
            &format!(
                r#"{{"items":[{{"id":"a","content_text":"x"}},{{"id": nope}},7,{{"id":"b","content_text":"{endless}"}},{{"id":"c","content_text":"y"}}]}}"#
            ),
            &[
                (Some("a"), Ok("x")),
                (None, Err("parse.malformed")),
                (None, Err("parse.malformed")),
                (None, Err("limit.size")),
                (Some("c"), Ok("y")),
            ],
        );
    }

    #[test]
    fn a_feed_that_is_cut_off_gives_what_is_there() {
        check(r#"{"items":[{"id":"a","content_text":"x"},{"id":"b","cont"#, &[(Some("a"), Ok("x")), (None, Err("parse.malformed"))]);
    }
}
