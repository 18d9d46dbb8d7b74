//! `/records`: committed records as JSON Lines, and `/latest`, the same in few words.
//!
//! A reader is sent what it takes, a piece at a time, from the files: nothing is kept for it, and one that is slow reads
//! later what others have read already.

use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use hyper::header::HeaderValue;
use hyper::{Response, StatusCode};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::desk::chosen::Chosen;
use crate::desk::committed::{Place, each_line, end_of, last_lines, line_at, segments};
use crate::ledger::{Series, View};

use super::Shared;
use super::answers::{failed, json, plain, typed, with_type};
use super::body::Answer;
use super::card::card;

/// A piece is sent at this many bytes; a record is never parted.
const PIECE_BYTES: usize = 128 << 10;
/// A reading thread is given back after so many bytes, however few of them were to be sent.
const TURN_BYTES: usize = 8 << 20;
/// Pieces that are read ahead of a reader.
const PIECES: usize = 2;
/// How far back the latest records are searched for.
const SEARCH_BYTES: u64 = 64 << 20;
/// Records of `last`.
const LAST_MAX: usize = 10_000;
/// Cards of `/latest`.
const CARDS: usize = 50;
/// A pause between two looks at whether something was committed.
const PAUSE: Duration = Duration::from_millis(200);

const KNOWN: [&str; 7] = ["follow", "speaker", "language", "word", "since", "last", "at"];
const NDJSON: &str = "application/x-ndjson";

/// What stands behind the `?`. Of a name that is given twice, the last counts.
pub type Query = HashMap<String, String>;

/// What a reader asked for.
#[derive(Debug)]
struct Asked {
    chosen: Chosen,
    from: From,
    follow: bool,
}

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Place(Place),
    Last(usize),
}

fn asked(query: &Query) -> Result<Asked, String> {
    if let Some(unknown) = query.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(format!("`{unknown}` is not known; there is {}\n", KNOWN.join(", ")));
    }
    let text = |name: &str| query.get(name).map(String::as_str);
    let (mut from, mut since) = (From::Place(Place::default()), None);
    if let Some(given) = text("since") {
        if let Ok(place) = given.parse() {
            from = From::Place(place);
        } else {
            let midnight = format!("{given}T00:00:00Z");
            let time = given.parse::<Timestamp>().or_else(|_| midnight.parse());
            since = Some(time.map_err(|_| {
                "`since` is a time like 2026-03-01T12:00:00Z, a day, or the place that an earlier answer gave as `copydesk-end`\n"
                    .to_owned()
            })?);
        }
    }
    if let Some(given) = text("last") {
        let last = given.parse().ok().filter(|last| *last <= LAST_MAX);
        from = From::Last(last.ok_or_else(|| format!("`last` is a number up to {LAST_MAX}\n"))?);
    }
    let follow = match text("follow") {
        None | Some("0" | "false") => false,
        Some("1" | "true" | "") => true,
        Some(_) => return Err("`follow` is 1 or 0\n".to_owned()),
    };
    Ok(Asked { chosen: Chosen::new(text("speaker"), text("language"), text("word"), since), from, follow })
}

pub async fn answer(query: &Query, shared: Arc<Shared>) -> Response<Answer> {
    if let Some(at) = query.get("at") {
        return match at.parse() {
            Ok(at) => one(at, shared).await,
            Err(_) => plain(StatusCode::BAD_REQUEST, "`at` is a place like 1:0\n"),
        };
    }
    let asked = match asked(query) {
        Ok(asked) => asked,
        Err(why) => return plain(StatusCode::BAD_REQUEST, &why),
    };
    let Ok(place) = Arc::clone(&shared.streams).try_acquire_owned() else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "too many are reading; try again later\n");
    };
    let look = Arc::clone(&shared);
    let begin = spawn_blocking(move || begin(&look.desk.out, &asked).map(|(ahead, at)| (asked, ahead, at))).await;
    let (asked, ahead, at) = match begin.map_err(anyhow::Error::from).flatten() {
        Ok(begun) => begun,
        Err(error) => return failed(&error),
    };
    let (sender, pieces) = mpsc::channel(PIECES);
    // Ends when the reader is gone, or the server's runtime with it.
    tokio::spawn(send(asked, ahead, at, sender, shared));
    let mut response = with_type(StatusCode::OK, NDJSON, Answer::Pieces { pieces, _place: place });
    if let Ok(end) = HeaderValue::from_str(&at.end.to_string()) {
        response.headers_mut().insert("copydesk-end", end);
    }
    response
}

/// One record, by its place.
async fn one(at: Place, shared: Arc<Shared>) -> Response<Answer> {
    let found = spawn_blocking(move || {
        let rows = segments(&View::open(&shared.desk.out)?, Series::Articles)?;
        line_at(&shared.desk.out, &rows, at)
    });
    match found.await.map_err(anyhow::Error::from).flatten() {
        Ok(Some(line)) => typed(StatusCode::OK, NDJSON, line),
        Ok(None) => plain(StatusCode::NOT_FOUND, "no committed record begins there; its file may have been moved away\n"),
        Err(error) => failed(&error),
    }
}

/// From where on to read, and where the committed records end.
#[derive(Clone, Copy)]
struct Reach {
    from: Place,
    end: Place,
}

/// The places of the last records, where those were asked for, and where to go on.
fn begin(out: &Path, asked: &Asked) -> anyhow::Result<(VecDeque<Place>, Reach)> {
    let rows = segments(&View::open(out)?, Series::Articles)?;
    let end = end_of(&rows);
    Ok(match asked.from {
        From::Place(from) => (VecDeque::new(), Reach { from, end }),
        From::Last(count) => {
            let last = last_lines(out, &rows, count, SEARCH_BYTES, &|at, line| asked.chosen.takes(line).then_some(at))?;
            (last.kept, Reach { from: end, end })
        }
    })
}

async fn send(asked: Asked, mut ahead: VecDeque<Place>, reach: Reach, pieces: mpsc::Sender<Bytes>, shared: Arc<Shared>) {
    let asked = Arc::new(asked);
    let mut at = reach.from;
    let mut stopping = shared.stopping.clone();
    loop {
        let settled = shared.desk.progress.line.settled();
        let (look, conditions, places) = (Arc::clone(&shared), Arc::clone(&asked), std::mem::take(&mut ahead));
        let read = spawn_blocking(move || read_piece(&look.desk.out, &conditions.chosen, places, at)).await;
        let piece = match read.map_err(anyhow::Error::from).flatten() {
            Ok(piece) => piece,
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "a reader's records end early");
                return;
            }
        };
        (ahead, at) = (piece.ahead, piece.at);
        if !piece.bytes.is_empty() && pieces.send(piece.bytes.into()).await.is_err() {
            return;
        }
        if piece.more {
            continue;
        }
        if !asked.follow {
            return;
        }
        while shared.desk.progress.line.settled() == settled {
            // Each may be cancelled at any moment: nothing is under way.
            tokio::select! {
                () = pieces.closed() => return,
                _ = stopping.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}

/// What one turn has read.
struct Piece {
    bytes: Vec<u8>,
    /// Single records that are still to be read.
    ahead: VecDeque<Place>,
    at: Place,
    /// True where there is more already.
    more: bool,
}

fn read_piece(out: &Path, chosen: &Chosen, mut ahead: VecDeque<Place>, mut at: Place) -> anyhow::Result<Piece> {
    // Opened anew each time: a ledger that is repaired is another file.
    let rows = segments(&View::open(out)?, Series::Articles)?;
    let mut bytes = Vec::new();
    while let Some(place) = ahead.pop_front() {
        bytes.extend(line_at(out, &rows, place)?.unwrap_or_default());
        if bytes.len() >= PIECE_BYTES {
            return Ok(Piece { bytes, ahead, at, more: true });
        }
    }
    let mut read = 0;
    let ended = each_line(out, &rows, &mut at, |_, line| {
        read += line.len();
        if chosen.takes(line) {
            bytes.extend_from_slice(line);
        }
        if bytes.len() >= PIECE_BYTES || read >= TURN_BYTES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(Piece { bytes, ahead, at, more: ended.is_break() })
}

/// The latest records in few words, for the page's search.
pub async fn latest(query: &Query, shared: Arc<Shared>) -> Response<Answer> {
    let text = |name: &str| query.get(name).map(String::as_str);
    let chosen = Chosen::new(text("speaker"), text("language"), text("word"), None);
    let found = spawn_blocking(move || {
        let rows = segments(&View::open(&shared.desk.out)?, Series::Articles)?;
        let takes = |at: Place, line: &[u8]| if chosen.takes(line) { card(at, line) } else { None };
        last_lines(&shared.desk.out, &rows, CARDS, SEARCH_BYTES, &takes)
    });
    match found.await.map_err(anyhow::Error::from).flatten() {
        Ok(last) => json(StatusCode::OK, &serde_json::json!({"records": last.kept, "all_searched": !last.gave_up})),
        Err(error) => failed(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &[(&str, &str)]) -> Result<(From, bool), String> {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        asked(&query).map(|asked| (asked.from, asked.follow))
    }

    #[test]
    fn what_is_asked_for_is_understood_or_refused() {
        let first = From::Place(Place::default());
        assert_eq!(check(&[]), Ok((first, false)));
        assert_eq!(check(&[("follow", "1"), ("last", "0")]), Ok((From::Last(0), true)));
        assert_eq!(check(&[("since", "3:141")]), Ok((From::Place(Place { number: 3, bytes: 141 }), false)));
        for since in ["2026-03-01", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00.5+02:00"] {
            assert_eq!(check(&[("since", since)]), Ok((first, false)), "{since}");
        }
        for wrong in [("since", "yesterday"), ("last", "-1"), ("last", "10001"), ("follow", "maybe"), ("spaeker", "Moe")] {
            assert!(check(&[wrong]).is_err(), "{wrong:?}");
        }
    }
}
