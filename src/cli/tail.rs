//! `tail`: the latest committed records, and with `-f` those that come.

use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use clap::Args;

use crate::desk::chosen::Chosen;
use crate::desk::committed::{Place, each_line, end_of, last_lines, segments};
use crate::desk::story::{Look, Story};
use crate::ledger::{Series, View};

use super::status::ensure_ledger;
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
const COLUMNS_MAX: usize = 100;

pub fn run(tail: &Tail, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings_to_look()?;
    let out = &config.out;
    let view = View::open(out)?;
    if !tail.follow {
        ensure_ledger(&config, &view)?;
    }
    let chosen = Chosen::new(tail.speaker.as_deref(), tail.language.as_deref(), tail.word.as_deref(), None);
    let mut shown = Shown::new(common);
    let rows = segments(&view, Series::Articles)?;
    let mut at = Place::default();
    let ended = if tail.all {
        each_line(out, &rows, &mut at, |_, line| shown.chosen(line, &chosen))?
    } else {
        at = end_of(&rows);
        let last = last_lines(out, &rows, tail.records, u64::MAX, &|_, line| chosen.takes(line).then(|| line.to_vec()))?;
        last.kept.iter().try_for_each(|line| shown.line(line))
    };
    let mut ended = if ended.is_continue() { shown.flush() } else { ended };
    while ended.is_continue() && tail.follow {
        std::thread::sleep(PAUSE);
        // Opened anew each time: a ledger that is repaired is another file.
        let rows = segments(&View::open(out)?, Series::Articles)?;
        ended = each_line(out, &rows, &mut at, |_, line| shown.chosen(line, &chosen))?;
        if ended.is_continue() {
            ended = shown.flush();
        }
    }
    shown.error.map_or(Ok(Exit::Well), |error| Err(anyhow::Error::new(error).context("write to standard output")))
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

    fn chosen(&mut self, line: &[u8], chosen: &Chosen) -> ControlFlow<()> {
        if chosen.takes(line) { self.line(line) } else { ControlFlow::Continue(()) }
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
