//! What the operator sees beside the records: log lines on standard error.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

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
        match self {
            Self::Auto => io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty()),
            Self::Always => true,
            Self::Never => false,
        }
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

/// Begins logging. A second call changes nothing.
pub fn init(levels: Targets, format: LogFormat, color: Color) {
    let ansi = color.on_stderr();
    let written = match format {
        LogFormat::Text => fmt::layer().with_writer(io::stderr).with_ansi(ansi).with_target(false).boxed(),
        LogFormat::Json => fmt::layer().json().flatten_event(true).with_writer(io::stderr).boxed(),
    };
    // An error says that logging has begun already, as it does in tests.
    let _ = tracing_subscriber::registry().with(written.with_filter(levels)).try_init();
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
