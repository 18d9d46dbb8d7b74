//! The command line: what the user typed becomes what is meant, once, at the start.

mod batch;
mod check;
mod explain;
mod init;
mod inputs;
mod line;
mod manual;
mod pipe;
mod progress;
mod reload;
mod repair;
mod replay;
mod report;
mod sandbox;
mod schema;
mod serve;
mod service;
mod shell;
mod signals;
mod status;
mod tail;
mod verify;
mod watch;
mod watching;

use std::io::Write;
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ColorChoice, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::config::{self, Config, Layers, Problems};
use crate::ledger::CannotGoOn;
use crate::telemetry::{self, Color, LogFormat, Targets};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Well,
    /// Finished, but something was rejected, or the audit found a difference.
    WithRejections,
    Usage,
    CouldNotGoOn,
    Interrupted,
    Terminated,
}

impl Exit {
    const fn code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::WithRejections => 1,
            Self::Usage => 2,
            Self::CouldNotGoOn => 3,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

/// News articles in; clean text, who said what, and the gist out: one JSON line each
#[derive(Parser)]
#[command(
    name = "copydesk",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "\
Try:
  copydesk batch articles/            records of a folder, in out/
  cat article.html | copydesk pipe    one record, on standard output"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

/// What every command takes.
#[derive(Args, Clone)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// Settings file [default: pipeline.toml, where there is one]
    #[arg(short, long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Output folder; `-`: records to standard output, nothing remembered
    #[arg(short, long, global = true, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Set any key of pipeline.toml
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Articles worked on at a time [default: one per core]
    #[arg(short, long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(..=1024))]
    jobs: Option<u16>,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more; twice: everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    #[arg(long, global = true, value_name = "FORMAT", hide_possible_values = true, help = "Log lines as text or json")]
    log_format: Option<LogFormatName>,
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true,
        help = "Colours: auto, always or never"
    )]
    color: ColorName,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormatName {
    Text,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum ColorName {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    Batch(batch::Batch),
    Watch(watch::Watch),
    Pipe(pipe::Pipe),
    Replay(replay::Replay),
    Status(status::Status),
    Tail(tail::Tail),
    Verify(verify::Verify),
    Repair(repair::Repair),
    Report(report::Report),
    Explain(explain::Explain),
    Init(init::Init),
    Check(check::Check),
    Schema(schema::Schema),
    Completions(shell::Completions),
    Man(manual::Man),
    /// Parses for the process that started it, by the socket that is its standard input
    #[command(name = crate::sandbox::WORKER_COMMAND, hide = true)]
    Worker,
}

/// Runs the command that the process was started with, and returns its exit code.
pub fn main() -> ExitCode {
    telemetry::log_panics();
    // A panic that nobody caught has been told by now, and the run could not go on.
    let exit = catch_unwind(run_as_typed).unwrap_or(Exit::CouldNotGoOn);
    ExitCode::from(exit.code())
}

fn run_as_typed() -> Exit {
    let matches = Cli::command().color(color_of_help()).try_get_matches();
    let parsed = matches.and_then(|matches| Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut Cli::command())));
    match parsed {
        Ok(Cli { command, common }) => match run_command(command, &common) {
            Ok(exit) => exit,
            Err(error) => refuse(&error),
        },
        Err(error) => {
            // Help and version are what was asked for; anything else is wrong usage.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Well };
            // Where nobody reads it, nobody needs to.
            let _ = error.print();
            exit
        }
    }
}

/// `--color` as typed, for what is shown before anything is parsed. NO_COLOR is seen to by the terminal's writer.
fn color_of_help() -> ColorChoice {
    let words: Vec<_> = std::env::args_os().take_while(|word| word != "--").collect();
    let after = |name: &str| words.windows(2).find_map(|pair| (pair.first()? == name).then(|| pair.last().cloned())).flatten();
    let joined = words.iter().find_map(|word| word.to_str()?.strip_prefix("--color=").map(Into::into));
    match after("--color").or(joined).as_deref().and_then(std::ffi::OsStr::to_str) {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

fn run_command(command: Command, common: &Common) -> anyhow::Result<Exit> {
    match command {
        Command::Batch(batch) => batch::batch(&batch, common),
        Command::Watch(watch) => watch::watch(&watch, common),
        Command::Pipe(pipe) => pipe::pipe(&pipe, common),
        Command::Replay(replay) => replay::run(&replay, common),
        Command::Status(status) => status::run(&status, common),
        Command::Tail(tail) => tail::run(&tail, common),
        Command::Verify(verify) => verify::run(&verify, common),
        Command::Repair(repair) => repair::run(&repair, common),
        Command::Report(report) => report::run(&report, common),
        Command::Explain(explain) => explain::run(&explain, common),
        Command::Init(init) => init::run(&init, common),
        Command::Check(check) => check::run(&check, common),
        Command::Schema(schema) => schema::run(&schema),
        Command::Completions(completions) => shell::run(&completions, &mut Cli::command()),
        Command::Man(man) => manual::run(&man, Cli::command()),
        Command::Worker => crate::sandbox::serve().map(|()| Exit::Well),
    }
}

/// Tells what went wrong, and gives the exit code for it.
fn refuse(error: &anyhow::Error) -> Exit {
    let exit = if error.downcast_ref::<Problems>().is_some() || error.downcast_ref::<WrongUsage>().is_some() {
        Exit::Usage
    } else {
        Exit::CouldNotGoOn
    };
    let is_plain = error.downcast_ref::<CannotGoOn>().is_some() || exit == Exit::Usage;
    let shown = if is_plain { format!("{error}") } else { format!("failed to {error:#}") };
    for line in shown.lines() {
        if telemetry::for_programs() { tracing::error!("{line}") } else { tell(&format!("copydesk: {line}\n")) }
    }
    exit
}

/// The command cannot be run as it was typed.
#[derive(Debug)]
pub struct WrongUsage(pub String);

impl std::fmt::Display for WrongUsage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongUsage {}

impl Common {
    /// Reads all settings for a run, begins logging, and tells what was set in vain.
    fn settings(&self) -> anyhow::Result<Config> {
        let config = self.settings_to_look()?;
        if !config.without_effect.is_empty() {
            let told: Vec<String> = config.without_effect.iter().map(ToString::to_string).collect();
            tracing::warn!("not everything that was set can be carried out: {}", told.join("; "));
        }
        Ok(config)
    }

    /// As `settings`, for a command that only looks at what is there.
    fn settings_to_look(&self) -> anyhow::Result<Config> {
        let config = Config::read(&self.layers()?)?;
        let levels = self.levels(&config)?;
        let format = match self.log_format {
            Some(LogFormatName::Json) => LogFormat::Json,
            Some(LogFormatName::Text) => LogFormat::Text,
            None if config.log_format == "json" => LogFormat::Json,
            None => LogFormat::Text,
        };
        telemetry::init(levels, format, self.color());
        Ok(config)
    }

    /// What is to be logged.
    fn levels(&self, config: &Config) -> anyhow::Result<Targets> {
        let levels = match (self.quiet, self.verbose) {
            (true, _) => "error",
            (false, 0) => &config.log_level,
            (false, 1) => "debug",
            (false, _) => "trace",
        };
        Ok(telemetry::parse_levels(levels).map_err(|error| WrongUsage(format!("log.level: {error}")))?)
    }

    fn layers(&self) -> anyhow::Result<Layers> {
        let path = self.config.clone().unwrap_or_else(|| PathBuf::from(config::DEFAULT_FILE));
        let file = match std::fs::read(&path) {
            Ok(bytes) => Some((path, bytes)),
            Err(error) if self.config.is_none() && error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                let remedy = "check the path after --config, or write a file with `copydesk init`";
                return Err(WrongUsage(format!("cannot read the settings in {}: {error}; {remedy}", path.display())).into());
            }
        };
        Ok(Layers { file, environment: std::env::vars_os().collect(), flags: self.set.clone(), out: self.out.clone() })
    }

    const fn color(&self) -> Color {
        match self.color {
            ColorName::Auto => Color::Auto,
            ColorName::Always => Color::Always,
            ColorName::Never => Color::Never,
        }
    }

    fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.jobs.filter(|jobs| *jobs > 0).map_or_else(cores, usize::from)
    }
}

/// `1 article`, `2 articles`.
fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Writes what a command was asked to show. A reader that has seen enough is no error.
fn show(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Tells what happens, to a person or to a program, as was asked for.
fn announce(message: &str) {
    if telemetry::for_programs() { tracing::info!("{message}") } else { tell(&format!("copydesk: {message}\n")) }
}

/// Tells the user something. Where standard error is closed, there is nobody to tell.
fn tell(line: &str) {
    let _ = std::io::stderr().write_all(line.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_help_of_each_command_fits_a_screen_and_ends_with_examples() {
        let mut cli = Cli::command();
        cli.build();
        for command in cli.get_subcommands_mut().filter(|command| !command.is_hide_set()) {
            let name = command.get_name().to_owned();
            let help = command.render_help().to_string();
            assert!(help.lines().count() <= 26, "{name}: {} lines", help.lines().count());
            let examples = help.lines().rev().take_while(|line| line.starts_with("  copydesk ") || line.contains("| copydesk ")).count();
            assert!(examples >= 2, "{name}: {help}");
        }
    }
}
