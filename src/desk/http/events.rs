//! `/events`: how it is and what is new, once a second, to every page that is open.
//!
//! All pages are sent the same bytes, made once a second while at least one is open. A page that is slow misses beats;
//! nothing is kept for it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;

use crate::desk::committed::{Place, end_of, last_lines, segments};
use crate::desk::rejections::{self, Cause};
use crate::ledger::{Counts, SegmentRow, Series, View, is_whole};

use super::Shared;
use super::answers::{failed, plain, with_type};
use super::body::Answer;
use super::card::card;

/// Cards of the latest records: what a screen shows.
const CARDS: usize = 20;
/// How far back they are searched for; a page that is open sees the older ones by searching.
const SEARCH_BYTES: u64 = 4 << 20;
/// Counting all that the ledger holds takes at most one part in so many of the time, of however many articles it knows: a
/// daemon that reads 200 articles a second takes some fifty times as much.
const COUNTING_SHARE: u32 = 200;

/// The latest beat, and what it was made from.
pub struct Pulse {
    beats: watch::Sender<Bytes>,
    known: Mutex<Known>,
}

/// What needs not be read again as long as nothing was committed.
#[derive(Default)]
struct Known {
    /// Where records and rejections ended when the below was read.
    ends: Option<(Place, Place)>,
    latest: VecDeque<Value>,
    rejections: Vec<Cause>,
    segments: Value,
    counts: Counts,
    counts_due: Option<Instant>,
    /// How many outcomes were durable when they were counted.
    counted_at: Option<u64>,
}

impl Pulse {
    pub fn new() -> Self {
        Self { beats: watch::Sender::new(Bytes::new()), known: Mutex::default() }
    }
}

/// Tells every page that is open. To be called once a second.
pub async fn beat(shared: &Arc<Shared>) {
    if shared.pulse.beats.receiver_count() == 0 {
        return;
    }
    let look = Arc::clone(shared);
    match spawn_blocking(move || beat_now(&look)).await.map_err(anyhow::Error::from).flatten() {
        Ok(beat) => {
            shared.pulse.beats.send_replace(beat);
        }
        Err(error) => tracing::debug!(error = format!("{error:#}"), "no beat for the page"),
    }
}

fn beat_now(shared: &Shared) -> anyhow::Result<Bytes> {
    let mut known = shared.pulse.known.lock().unwrap_or_else(PoisonError::into_inner);
    let is_news = known.read(shared)?;
    let mut told = shared.vitals.now(shared);
    known.tell(&mut told, shared, is_news);
    Ok(event("beat", &told))
}

/// All that a page needs when it opens.
fn hello(shared: &Shared) -> anyhow::Result<Bytes> {
    let mut known = shared.pulse.known.lock().unwrap_or_else(PoisonError::into_inner);
    known.read(shared)?;
    let mut told = shared.vitals.now(shared);
    known.tell(&mut told, shared, true);
    if let Some(told) = told.as_object_mut() {
        told.insert("history".to_owned(), shared.vitals.history());
        told.insert("version".to_owned(), env!("CARGO_PKG_VERSION").into());
        let out = std::path::absolute(&shared.desk.out).unwrap_or_else(|_| shared.desk.out.clone());
        told.insert("out".to_owned(), out.display().to_string().into());
        told.insert("replay".to_owned(), format!("copydesk replay --out {}", quoted(&out.display().to_string())).into());
    }
    Ok(event("hello", &told))
}

fn event(name: &str, data: &Value) -> Bytes {
    // JSON has no line feed outside of its strings, and escapes those inside.
    format!("event: {name}\ndata: {data}\n\n").into()
}

impl Known {
    /// Reads what has been committed since. True where there is something new.
    fn read(&mut self, shared: &Shared) -> anyhow::Result<bool> {
        let out = &shared.desk.out;
        let view = View::open(out)?;
        let (articles, rejected) = (segments(&view, Series::Articles)?, segments(&view, Series::Rejected)?);
        let settled = shared.desk.progress.line.settled();
        let is_due = self.counts_due.is_none_or(|due| due <= Instant::now());
        if is_due && self.counted_at != Some(settled) {
            let begun = Instant::now();
            self.counts = view.counts()?;
            self.counted_at = Some(settled);
            self.counts_due = Some(Instant::now() + begun.elapsed().max(Duration::from_millis(10)) * COUNTING_SHARE);
        }
        let ends = (end_of(&articles), end_of(&rejected));
        if self.ends == Some(ends) {
            return Ok(false);
        }
        let before = self.ends.replace(ends);
        if before.is_none_or(|(records, _)| records != ends.0) {
            self.latest = last_lines(out, &articles, CARDS, SEARCH_BYTES, &|at, line| whole(line).then(|| (at, line.to_vec())))?
                .kept
                .iter()
                .filter_map(|(at, line)| card(*at, line))
                .collect();
        }
        if before.is_none_or(|(_, rejections)| rejections != ends.1) {
            self.rejections = rejections::latest(out, &rejected)?;
        }
        self.segments = shown_segments(&articles, &rejected);
        Ok(true)
    }

    fn tell(&self, told: &mut Value, shared: &Shared, is_news: bool) {
        let Some(told) = told.as_object_mut() else { return };
        let in_flight = shared.desk.progress.line.in_flight();
        let Counts { records, rejected, .. } = self.counts;
        told.insert(
            "ledger".to_owned(),
            json!({"inputs": records + rejected + in_flight, "records": records, "rejected": rejected, "in_flight": in_flight}),
        );
        told.insert("rejected_by_code".to_owned(), json!(self.counts.rejected_by_code));
        if is_news {
            told.insert("latest".to_owned(), json!(self.latest));
            told.insert("rejections".to_owned(), json!(self.rejections));
            told.insert("segments".to_owned(), self.segments.clone());
        }
    }
}

fn whole(line: &[u8]) -> bool {
    is_whole(line.strip_suffix(b"\n").unwrap_or(line))
}

fn shown_segments(articles: &[SegmentRow], rejected: &[SegmentRow]) -> Value {
    let shown = |rows: &[SegmentRow]| {
        let bytes: u64 = rows.iter().map(|row| row.bytes).sum();
        let lines: u64 = rows.iter().map(|row| row.lines).sum();
        json!({"files": rows.len(), "bytes": bytes, "lines": lines})
    };
    json!({"articles": shown(articles), "rejected": shown(rejected)})
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

pub async fn answer(shared: Arc<Shared>) -> Response<Answer> {
    let Ok(place) = Arc::clone(&shared.streams).try_acquire_owned() else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "too many pages are open; close one\n");
    };
    let mut beats = shared.pulse.beats.subscribe();
    beats.mark_unchanged();
    let look = Arc::clone(&shared);
    let hello = match spawn_blocking(move || hello(&look)).await.map_err(anyhow::Error::from).flatten() {
        Ok(hello) => hello,
        Err(error) => return failed(&error),
    };
    // One beat ahead: what a page does not take in time it misses.
    let (sender, pieces) = mpsc::channel(1);
    let mut stopping = shared.stopping.clone();
    // Ends when the page is closed, or the server's runtime with it.
    tokio::spawn(async move {
        let mut next = hello;
        loop {
            if sender.send(next).await.is_err() {
                return;
            }
            // Each may be cancelled at any moment: a beat that was not taken is followed by the next.
            tokio::select! {
                () = sender.closed() => return,
                _ = stopping.wait_for(|stop| *stop) => return,
                changed = beats.changed() => match changed {
                    Ok(()) => next = beats.borrow_and_update().clone(),
                    Err(_) => return,
                },
            }
        }
    });
    with_type(StatusCode::OK, "text/event-stream", Answer::Pieces { pieces, _place: place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_as_a_shell_reads_it() {
        for (word, shown) in [("/srv/desk-1/out", "/srv/desk-1/out"), ("/srv/my desk", "'/srv/my desk'"), ("it's", r"'it'\''s'")] {
            assert_eq!(quoted(word), shown);
        }
    }
}
