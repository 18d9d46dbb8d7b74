//! `pipe`: a filter, from standard input to standard output.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::pipeline::{Input, Output};
use crate::sinks::stdout::OnRejection;
use crate::sources::stdin::StdinFormat;

use super::inputs::options_of;
use super::line::{exit_of, run};
use super::{Common, Exit, WrongUsage, announce};

/// A filter: articles on standard input, records on standard output, in order
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk pipe < article.html
  find wire -name '*.txt' -print0 | copydesk pipe --format paths -0")]
pub struct Pipe {
    /// What standard input holds
    #[arg(
        long,
        value_enum,
        default_value = "auto",
        hide_possible_values = true,
        help = "auto, jsonl, json, text, markdown, html or paths"
    )]
    format: Format,
    /// With `--format paths`: paths end with NUL, not with a line
    #[arg(short = '0', long)]
    null: bool,
    /// Where rejections go [default: standard error]
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// What a rejection means for the run: continue or fail
    #[arg(long, value_enum, default_value = "continue", hide_possible_values = true, value_name = "WHAT")]
    on_error: OnError,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Auto,
    Jsonl,
    Json,
    Text,
    Markdown,
    Html,
    Paths,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnError {
    Continue,
    Fail,
}

pub fn pipe(pipe: &Pipe, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings()?;
    let rejected: Box<dyn Write + Send> = match &pipe.rejected {
        Some(path) => {
            Box::new(File::create(path).map_err(|error| WrongUsage(format!("cannot write rejections to {}: {error}", path.display())))?)
        }
        None => Box::new(io::stderr()),
    };
    let on_rejection = if pipe.on_error == OnError::Fail { OnRejection::Stop } else { OnRejection::GoOn };
    let format = match pipe.format {
        Format::Auto => StdinFormat::Auto,
        Format::Jsonl => StdinFormat::Jsonl,
        Format::Json => StdinFormat::Json,
        Format::Text => StdinFormat::Text,
        Format::Markdown => StdinFormat::Markdown,
        Format::Html => StdinFormat::Html,
        Format::Paths => StdinFormat::Paths { nul: pipe.null },
    };
    let options = options_of(Vec::new(), &config, true);
    let (tally, stopped_by) = run(Input::Stdin(format, options), Output::Stdout { rejected, on_rejection }, &config, common)?;
    if tally.source.stopped && stopped_by != 0 {
        announce("stopped before the end of standard input: what had been read whole is written, the rest is not");
    }
    Ok(exit_of(&tally, stopped_by))
}
