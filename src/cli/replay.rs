//! `replay`: the rejected articles once more. Beside a running daemon, which holds the folder, it leaves a request.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;

use crate::config::Config;
use crate::ledger::{STATE_FOLDER, View, sync_folder, writer_of};
use crate::pipeline::Input;
use crate::sources::replay::request_path;

use super::inputs::sources_of;
use super::line::{exit_of, output_of, run as run_line, tell_end};
use super::status::ensure_ledger;
use super::{Common, Exit, WrongUsage, announce};

/// Run the rejected articles again
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk replay
  copydesk replay wire/ --set limits.document_size=64MiB")]
pub struct Replay {
    /// The inputs as they were given to `batch` or `watch`
    paths: Vec<PathBuf>,
}

pub fn run(replay: &Replay, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings()?;
    if config.out.as_os_str() == "-" {
        return Err(WrongUsage("`replay` needs the output folder with the rejections; give it with --out".to_owned()).into());
    }
    if let Some(daemon) = writer_of(&config.out).filter(|writer| writer.is_daemon()) {
        leave_request(&config)?;
        if !common.quiet {
            announce(&format!(
                "process {} is watching and will run the rejected ones again; `copydesk status` shows how it goes",
                daemon.process
            ));
        }
        return Ok(Exit::Well);
    }
    ensure_ledger(&config, &View::open(&config.out)?)?;
    let sources = sources_of(&replay.paths, &config, false, "replay")?;
    let begun = Instant::now();
    let (tally, stopped_by) = run_line(Input::Replay(sources), output_of(&config, false), &config, common)?;
    tell_end(&tally, begun.elapsed(), &config, common);
    Ok(exit_of(&tally, stopped_by))
}

/// It holds the time of asking, RFC 3339. Whoever looks sees no request or a whole one.
fn leave_request(config: &Config) -> anyhow::Result<()> {
    let state = config.out.join(STATE_FOLDER);
    let request = request_path(&config.out);
    place(&state, &request).with_context(|| format!("write {}", request.display()))
}

fn place(state: &Path, request: &Path) -> io::Result<()> {
    let new = request.with_extension(std::process::id().to_string());
    let mut file = File::create(&new)?;
    writeln!(file, "{:.3}", jiff::Timestamp::now())?;
    file.sync_all()?;
    fs::rename(&new, request)?;
    sync_folder(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_bears_the_time_of_asking_and_nothing_else_is_left() {
        let state = tempfile::tempdir().unwrap();
        let request = state.path().join("replay-requested");
        for _ in 0..2 {
            place(state.path(), &request).unwrap();
        }
        let asked: jiff::Timestamp = fs::read_to_string(&request).unwrap().trim().parse().unwrap();
        assert!(asked <= jiff::Timestamp::now());
        assert_eq!(fs::read_dir(state.path()).unwrap().count(), 1);
    }
}
