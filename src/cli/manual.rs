//! `man`: the manual page.

use clap::Args;

use super::{Exit, WrongUsage, show};

/// Print the manual page
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk man | man -l -
  copydesk man batch > copydesk-batch.1")]
pub struct Man {
    /// The command whose page to print [default: copydesk itself]
    command: Option<String>,
}

pub fn run(man: &Man, mut command: clap::Command) -> anyhow::Result<Exit> {
    command.build();
    let chosen = match &man.command {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(found) => found.clone(),
            None => return Err(WrongUsage(format!("there is no command `{name}`; `copydesk --help` lists them")).into()),
        },
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(chosen).render(&mut page)?;
    show(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Well)
}
