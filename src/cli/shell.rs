//! `completions`: what a shell needs to complete copydesk's commands.

use clap::Args;
use clap_complete::Shell;

use super::{Exit, show};

/// Print a shell's completions
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk completions bash > /etc/bash_completion.d/copydesk
  copydesk completions fish > ~/.config/fish/completions/copydesk.fish")]
pub struct Completions {
    shell: Shell,
}

pub fn run(completions: &Completions, command: &mut clap::Command) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, command, "copydesk", &mut script);
    show(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Well)
}
