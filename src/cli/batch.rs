//! `batch`: a run over files and folders that ends by itself.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use crate::config::Config;
use crate::pipeline::Input;
use crate::sources::After;

use super::inputs::sources_of;
use super::line::{exit_of, output_of, run, tell_end};
use super::{Common, Exit, WrongUsage};

/// Read every article under the paths, write records, exit
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk batch wire/ archive.jsonl -o out
  copydesk batch wire/ -o - | jq .summary")]
pub struct Batch {
    /// Files and folders; `name=path` names one
    paths: Vec<PathBuf>,
    /// Begin anew: the output folder must be new or empty
    #[arg(long)]
    fresh: bool,
}

pub fn batch(batch: &Batch, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings()?;
    let to_stdout = config.out.as_os_str() == "-";
    if batch.fresh && !to_stdout {
        ensure_empty(&config)?;
    }
    let sources = sources_of(&batch.paths, &config, to_stdout, "batch")?;
    if to_stdout && config.after != After::Keep {
        tracing::warn!("`input.after` has no effect: nobody can say whether records on standard output are durable");
    }
    let begun = Instant::now();
    let output = output_of(&config, to_stdout);
    let (tally, stopped_by) = run(Input::Walk(sources), output, &config, common)?;
    tell_end(&tally, begun.elapsed(), &config, common);
    Ok(exit_of(&tally, stopped_by))
}

/// Refuses to begin anew over what is there.
fn ensure_empty(config: &Config) -> anyhow::Result<()> {
    match std::fs::read_dir(&config.out) {
        Ok(entries) => {
            // A placeholder that keeps the folder in version control does no harm.
            let mut names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
            match names.find(|name| name != ".gitkeep") {
                Some(name) => {
                    let out = config.out.display();
                    Err(WrongUsage(format!(
                        "--fresh needs a new or empty output folder, and {out} holds {}; choose another --out",
                        name.display()
                    ))
                    .into())
                }
                None => Ok(()),
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(WrongUsage(format!("cannot read {}: {error}", config.out.display())).into()),
    }
}
