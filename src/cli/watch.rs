//! `watch`: the daemon, which reads what is there and then what arrives, until it is told to stop.

use std::path::PathBuf;

use clap::Args;

use super::inputs::sources_of;
use super::line::run_daemon;
use super::reload::Reload;
use super::{Common, Exit, WrongUsage};

/// Read what is there, then what arrives, until SIGTERM; SIGHUP reloads the settings
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk watch wire/
  copydesk watch wire/ -o desk/out --log-format json")]
pub struct Watch {
    /// Folders and files; `name=path` names the root [default: input.paths]
    paths: Vec<PathBuf>,
}

pub fn watch(watch: &Watch, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings()?;
    if config.out.as_os_str() == "-" {
        return Err(WrongUsage("`watch` remembers what it has done, so it needs an output folder: give it one by --out".to_owned()).into());
    }
    let sources = sources_of(&watch.paths, &config, false, "watch")?;
    for root in &sources.roots {
        tracing::info!(path = %root.path.display(), out = %config.out.display(), "watching");
    }
    let tally = run_daemon(&mut Reload::new(&watch.paths, common, config, sources)?)?;
    tracing::info!(records = tally.records, rejected = tally.rejected, unchanged = tally.unchanged, "stopped");
    Ok(Exit::Well)
}
