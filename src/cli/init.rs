//! `init`: a commented pipeline.toml to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

use clap::Args;

use crate::config::{DEFAULT_FILE, TEMPLATE};

use super::{Common, Exit, WrongUsage, show};

/// Write a commented pipeline.toml
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk init
  copydesk init desk/pipeline.toml")]
pub struct Init {
    /// Where to write it [default: pipeline.toml]; a file that is there is never overwritten
    file: Option<PathBuf>,
}

pub fn run(init: &Init, common: &Common) -> anyhow::Result<Exit> {
    let file = init.file.as_ref().or(common.config.as_ref()).cloned().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    let path = file.display();
    let mut written = OpenOptions::new().write(true).create_new(true).open(&file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => WrongUsage(format!("{path} is there already; remove it or name another file")),
        _ => WrongUsage(format!("cannot write {path}: {error}; check the path, or name another file")),
    })?;
    // Nobody else's inputs are named like the ones that the template is tried out with.
    written.write_all(TEMPLATE.replacen("paths = [\"seeds\"]", "paths = []", 1).as_bytes())?;
    show(&format!("wrote {path}; set `input.paths` in it, then `copydesk check` reads it and `copydesk batch` runs it\n"))?;
    Ok(Exit::Well)
}
