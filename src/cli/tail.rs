//! `tail`: the latest committed records, and with `-f` those that come.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, IsTerminal as _, Read as _, Seek as _, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use crate::ledger::{Lines, SegmentRow, Series, View, is_whole, list_segments};

use super::status::ensure_ledger;
use super::story::{Look, Story};
use super::{Common, Exit};

/// Show committed records, the latest last
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk tail -f --language pt
  copydesk tail --all --speaker Rutte | jq .title")]
pub struct Tail {
    /// Go on with those that come, until interrupted
    #[arg(short, long)]
    follow: bool,
    /// How many of those that are there
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    records: usize,
    /// All that are there, the first first
    #[arg(long, conflicts_with = "records")]
    all: bool,
    /// Only where a speaker's name holds this
    #[arg(long, value_name = "NAME")]
    speaker: Option<String>,
    /// Only in this language: `pt` takes `pt-BR` too
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Only where the title or the text has this word
    #[arg(long, value_name = "WORD")]
    word: Option<String>,
}

/// A pause between two looks at what has been committed.
const PAUSE: Duration = Duration::from_millis(200);
/// How much of a file's end is read at first; doubled until there are records enough.
const WINDOW_BYTES: u64 = 1 << 20;
const COLUMNS_MAX: usize = 100;

pub fn run(tail: &Tail, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings_to_look()?;
    let out = &config.out;
    let view = View::open(out)?;
    if !tail.follow {
        ensure_ledger(&config, &view)?;
    }
    let chosen = Chosen::new(tail);
    let mut shown = Shown::new(common);
    let rows = record_segments(&view)?;
    let mut at = Place::default();
    let ended = if tail.all {
        show_from(out, &rows, &mut at, &chosen, &mut shown)?
    } else {
        at = end_of(&rows);
        let lines = last_lines(out, &rows, tail.records, &chosen)?;
        lines.iter().try_for_each(|line| shown.line(line))
    };
    let mut ended = if ended.is_continue() { shown.flush() } else { ended };
    while ended.is_continue() && tail.follow {
        std::thread::sleep(PAUSE);
        // Opened anew each time: a ledger that is repaired is another file.
        let rows = record_segments(&View::open(out)?)?;
        ended = show_from(out, &rows, &mut at, &chosen, &mut shown)?;
        if ended.is_continue() {
            ended = shown.flush();
        }
    }
    shown.error.map_or(Ok(Exit::Well), |error| Err(anyhow::Error::new(error).context("write to standard output")))
}

fn record_segments(view: &View) -> anyhow::Result<Vec<SegmentRow>> {
    let mut rows = view.segments()?;
    rows.retain(|row| row.segment.series == Series::Articles);
    Ok(rows)
}

/// Up to where records have been shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    number: u32,
    bytes: u64,
}

fn end_of(rows: &[SegmentRow]) -> Place {
    rows.last().map_or(Place::default(), |row| Place { number: row.segment.number, bytes: row.bytes })
}

/// Shows what is committed beyond a place, and moves the place.
fn show_from(out: &Path, rows: &[SegmentRow], at: &mut Place, chosen: &Chosen, shown: &mut Shown) -> anyhow::Result<ControlFlow<()>> {
    let first = at.number;
    for row in rows.iter().filter(|row| row.segment.number >= first) {
        let from = if row.segment.number == at.number { at.bytes } else { 0 };
        *at = Place { number: row.segment.number, bytes: row.bytes };
        if row.bytes <= from {
            continue;
        }
        let Some(mut lines) = open(out, row, from)? else { continue };
        while let Some((_, line)) = lines.read_next()? {
            if chosen.takes(line) && shown.line(line).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// The committed lines of a segment from a byte on. None where the file was moved away.
fn open(out: &Path, row: &SegmentRow, from: u64) -> anyhow::Result<Option<Lines<BufReader<io::Take<File>>>>> {
    let path = row.segment.path(out);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(anyhow::Error::new(error).context(format!("open {}", path.display()))),
    };
    file.seek(SeekFrom::Start(from)).with_context(|| format!("read {}", path.display()))?;
    Ok(Some(Lines::new(BufReader::with_capacity(1 << 18, file.take(row.bytes.saturating_sub(from))), from)))
}

/// The last so many of the lines that are chosen, in order.
fn last_lines(out: &Path, rows: &[SegmentRow], count: usize, chosen: &Chosen) -> anyhow::Result<VecDeque<Vec<u8>>> {
    let mut last = VecDeque::new();
    // Those that were moved away are nobody's loss here.
    let present = list_segments(out, Series::Articles)?;
    for row in rows.iter().rev().filter(|row| present.contains(&row.segment)) {
        if last.len() >= count {
            break;
        }
        let wanted = count - last.len();
        let mut window = WINDOW_BYTES;
        let found = loop {
            let from = row.bytes.saturating_sub(window);
            let found = last_lines_from(out, row, from, wanted, chosen)?;
            if found.len() >= wanted || from == 0 {
                break found;
            }
            window = window.saturating_mul(2);
        };
        for line in found.into_iter().rev() {
            last.push_front(line);
        }
    }
    Ok(last)
}

fn last_lines_from(out: &Path, row: &SegmentRow, from: u64, count: usize, chosen: &Chosen) -> anyhow::Result<VecDeque<Vec<u8>>> {
    let mut found = VecDeque::new();
    let Some(mut lines) = open(out, row, from)? else { return Ok(found) };
    // The first line is most often the rest of one; its checksum does not hold then.
    while let Some((_, line)) = lines.read_next()? {
        if count > 0 && chosen.takes(line) {
            if found.len() >= count {
                found.pop_front();
            }
            found.push_back(line.to_vec());
        }
    }
    Ok(found)
}

/// Which records are shown. All conditions must hold.
struct Chosen {
    speaker: Option<String>,
    language: Option<String>,
    word: Option<String>,
}

impl Chosen {
    fn new(tail: &Tail) -> Self {
        let folded = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
        Self { speaker: folded(&tail.speaker), language: folded(&tail.language), word: folded(&tail.word) }
    }

    fn takes(&self, line: &[u8]) -> bool {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        if !is_whole(line) {
            return false;
        }
        if self.speaker.is_none() && self.language.is_none() && self.word.is_none() {
            return true;
        }
        let Ok(story) = serde_json::from_slice::<Story<'_>>(line) else { return false };
        let names = || story.quotes.iter().filter_map(|quote| quote.speaker.as_ref()).map(|speaker| speaker.name.to_lowercase());
        let speaks = self.speaker.as_ref().is_none_or(|wanted| names().any(|name| name.contains(wanted)));
        let is_in = self.language.as_ref().is_none_or(|wanted| {
            let code = story.language.code.to_lowercase();
            code.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        });
        let has_word = || {
            let word = self.word.as_deref().unwrap_or_default();
            let title = story.title.as_deref().unwrap_or_default();
            holds_word(&title.to_lowercase(), word) || holds_word(&story.text.to_lowercase(), word)
        };
        speaks && is_in && (self.word.is_none() || has_word())
    }
}

/// True where the word stands by itself; in writing without spaces, anywhere.
fn holds_word(text: &str, word: &str) -> bool {
    let is_spaced = |c: char| c.is_alphanumeric() && c < '\u{2E80}';
    text.match_indices(word).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        let joined = |inner: Option<char>, outer: Option<char>| inner.is_some_and(is_spaced) && outer.is_some_and(is_spaced);
        !joined(found.chars().next(), before) && !joined(found.chars().next_back(), after)
    })
}

/// Standard output: pretty for a person, the lines as they are for a program.
struct Shown {
    out: io::BufWriter<io::Stdout>,
    look: Option<Look>,
    /// Why it ended, unless its reader has seen enough.
    error: Option<io::Error>,
}

impl Shown {
    fn new(common: &Common) -> Self {
        let stdout = io::stdout();
        let look = stdout.is_terminal().then(|| {
            let columns = rustix::termios::tcgetwinsize(&stdout).map_or(80, |size| usize::from(size.ws_col));
            let columns = if columns == 0 { 80 } else { columns };
            Look { columns: columns.min(COLUMNS_MAX), color: common.color().on_stdout() }
        });
        Self { out: io::BufWriter::new(stdout), look, error: None }
    }

    fn line(&mut self, line: &[u8]) -> ControlFlow<()> {
        let story = self.look.and_then(|look| Some(serde_json::from_slice::<Story<'_>>(line).ok()?.page(look)));
        let written = self.out.write_all(story.as_ref().map_or(line, |page| page.as_bytes()));
        self.take(written)
    }

    fn flush(&mut self) -> ControlFlow<()> {
        let flushed = self.out.flush();
        self.take(flushed)
    }

    fn take(&mut self, written: io::Result<()>) -> ControlFlow<()> {
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.error = (error.kind() != ErrorKind::BrokenPipe).then_some(error);
                ControlFlow::Break(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_where_it_stands_by_itself() {
        for (text, word, found) in [
            ("the ferry left", "ferry", true),
            ("the ferryman left", "ferry", false),
            ("l'été, enfin", "été", true),
            ("the city council", "city council", true),
            ("渡船出发了", "渡船", true),
            ("ferry", "ferry", true),
        ] {
            assert_eq!(holds_word(text, word), found, "{text}: {word}");
        }
    }
}
