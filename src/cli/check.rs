//! `check`: everything that is wrong with the settings.

use std::path::PathBuf;

use clap::Args;

use crate::config::roots_of;

use super::{Common, Exit, show};

/// Tell everything that is wrong with the settings
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk check
  copydesk check -c desk/pipeline.toml --set summary.sentences=5")]
pub struct Check {}

pub fn run(_check: &Check, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings()?;
    let paths: Vec<PathBuf> = config.input_paths.iter().map(PathBuf::from).collect();
    roots_of(&paths, Some(&config.out))?;
    show("the settings are sound\n")?;
    Ok(Exit::Well)
}
