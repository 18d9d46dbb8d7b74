//! `init`: a commented pipeline.toml to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

use clap::Args;

use crate::config::{DEFAULT_FILE, TEMPLATE};

use super::{Exit, WrongUsage, show};

/// Write a commented pipeline.toml
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk init
  copydesk init desk/pipeline.toml")]
pub struct Init {
    /// Where to write it; a file that is there is never overwritten
    #[arg(default_value = DEFAULT_FILE)]
    file: PathBuf,
}

pub fn run(init: &Init) -> anyhow::Result<Exit> {
    let path = init.file.display();
    let mut file = OpenOptions::new().write(true).create_new(true).open(&init.file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => WrongUsage(format!("{path} is there already; remove it or name another file")),
        _ => WrongUsage(format!("cannot write {path}: {error}")),
    })?;
    file.write_all(TEMPLATE.as_bytes())?;
    show(&format!("wrote {path}; `copydesk check` reads it, `copydesk batch` runs it\n"))?;
    Ok(Exit::Well)
}
