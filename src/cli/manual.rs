//! `man`: the manual page.

use clap::Args;

use super::{Exit, show};

/// Print the manual page
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk man | man -l -
  copydesk man > /usr/local/share/man/man1/copydesk.1")]
pub struct Man {}

pub fn run(_man: &Man, command: clap::Command) -> anyhow::Result<Exit> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    show(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Well)
}
