//! `check`: everything that is wrong with the settings, and what this version does not carry out.

use std::fmt::Write as _;

use clap::Args;

use crate::config::{self, Problems};

use super::{Common, Exit, show, tell};

/// Tell everything that is wrong with the settings
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk check
  copydesk check -c desk/pipeline.toml --set summary.sentences=5")]
pub struct Check {}

pub fn run(_check: &Check, common: &Common) -> anyhow::Result<Exit> {
    let layers = common.layers()?;
    let report = config::report(&layers);
    for warning in &report.warnings {
        tell(&format!("{}: warning: {}\n", warning.place, warning.message));
    }
    if !report.problems.is_empty() {
        tell(&format!("{}\n", Problems(report.problems)));
        return Ok(Exit::Usage);
    }
    let mut page = String::new();
    // Writing to a String cannot fail.
    if common.verbose > 0 {
        for (key, value, place) in &report.settings {
            let _ = match place {
                Some(place) => writeln!(page, "{key} = {value}  # {place}"),
                None => writeln!(page, "{key} = {value}"),
            };
        }
    }
    let from = layers.file.map_or_else(|| "built in, without a file".to_owned(), |(path, _)| format!("in {}", path.display()));
    let _ = match report.warnings.len() {
        0 => writeln!(page, "the settings {from} are sound"),
        1 => writeln!(page, "the settings {from} are sound, with one warning"),
        many => writeln!(page, "the settings {from} are sound, with {many} warnings"),
    };
    show(&page)?;
    Ok(Exit::Well)
}
