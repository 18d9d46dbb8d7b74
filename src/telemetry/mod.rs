//! What the operator sees beside the records: log lines on standard error, and meters that any thread may read.

mod histogram;
mod line;
mod pace;
mod panics;
mod reloads;

use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing_subscriber::filter::LevelFilter;
pub use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, fmt, reload};

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

pub use histogram::{BOUNDS_US, Histogram, Snapshot};
pub use line::{Gauge, Line, STAGES, StageMeter, now_ms};
pub use pace::Pace;
pub use panics::log_panics;
pub use reloads::Reloads;

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    pub fn on_stderr(self) -> bool {
        self.on(&io::stderr())
    }

    pub fn on_stdout(self) -> bool {
        self.on(&io::stdout())
    }

    fn on(self, place: &impl io::IsTerminal) -> bool {
        match self {
            Self::Auto => place.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty()),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// Whether a line that is drawn again and again stands at the bottom of the terminal.
static LINE_IS_DRAWN: AtomicBool = AtomicBool::new(false);
const CLEAR_LINE: &[u8] = b"\r\x1b[2K";

/// Says that a progress line is being drawn on standard error, so that log lines do not run into it.
pub fn line_is_drawn(drawn: bool) {
    LINE_IS_DRAWN.store(drawn, Ordering::Relaxed);
}

/// Standard error, above the line that is drawn there, if any. A reader that is gone is no error.
struct AboveTheLine;

impl Write for AboveTheLine {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut stderr = io::stderr().lock();
        if LINE_IS_DRAWN.load(Ordering::Relaxed) {
            stderr.write_all(CLEAR_LINE)?;
        }
        stderr.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Reads `info`, or `warn,copydesk::sources=debug`.
pub fn parse_levels(levels: &str) -> Result<Targets, String> {
    let mut targets = Targets::new().with_default(LevelFilter::WARN);
    for directive in levels.split(',').map(str::trim).filter(|directive| !directive.is_empty()) {
        let (module, level) = directive.split_once('=').map_or((None, directive), |(module, level)| (Some(module), level));
        let level: LevelFilter = level.parse().map_err(|_| format!("`{level}` is no level; use off, error, warn, info, debug or trace"))?;
        targets = match module {
            // Our own level: other crates stay quiet unless they are named.
            None => targets.with_target("copydesk", level),
            Some(module) => targets.with_target(module, level),
        };
    }
    Ok(targets)
}

/// Whether a program reads standard error, and not a person.
static FOR_PROGRAMS: AtomicBool = AtomicBool::new(false);

/// True where everything on standard error is to be a JSON line.
pub fn for_programs() -> bool {
    FOR_PROGRAMS.load(Ordering::Relaxed)
}

/// What is logged, where it can still be changed.
static LEVELS: OnceLock<reload::Handle<Targets, Registry>> = OnceLock::new();

/// Logs by these levels from now on.
pub fn set_levels(levels: Targets) {
    if let Some(handle) = LEVELS.get() {
        // An error says that nothing is logged any more.
        let _ = handle.reload(levels);
    }
}

/// Begins logging. A second call changes nothing.
pub fn init(levels: Targets, format: LogFormat, color: Color) {
    FOR_PROGRAMS.store(format == LogFormat::Json, Ordering::Relaxed);
    let ansi = color.on_stderr();
    let written = match format {
        LogFormat::Text => fmt::layer().with_writer(|| AboveTheLine).with_ansi(ansi).with_target(false).boxed(),
        LogFormat::Json => fmt::layer().json().flatten_event(true).with_writer(|| AboveTheLine).boxed(),
    };
    let (levels, handle) = reload::Layer::new(levels);
    // An error says that logging has begun already, as it does in tests.
    if tracing_subscriber::registry().with(written.with_filter(levels)).try_init().is_ok() {
        let _ = LEVELS.set(handle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_set_by_module() {
        assert!(parse_levels("warn,copydesk::sources=debug").is_ok());
        assert!(parse_levels("loud").unwrap_err().contains("`loud`"));
    }
}
