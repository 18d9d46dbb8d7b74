//! `verify`: the audit of an output folder.

use std::path::PathBuf;

use clap::Args;

use crate::ledger::{View, audit};

use super::{Common, Exit, WrongUsage, show};

/// Hold records, rejections and ledger against each other
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk verify
  copydesk verify -o desk/out && echo all there")]
pub struct Verify {
    /// Inputs to hold against the ledger as well
    paths: Vec<PathBuf>,
}

pub fn run(_verify: &Verify, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings_to_look()?;
    let view = View::open(&config.out)?;
    if view.is_blank() {
        return Err(WrongUsage(format!("{} has no ledger: nothing has been written there yet", config.out.display())).into());
    }
    let audit = audit(&config.out, &view)?;
    let mut page = String::new();
    for discrepancy in &audit.discrepancies {
        page.push_str(discrepancy);
        page.push('\n');
    }
    let named = audit.discrepancies.len() as u64;
    if audit.discrepancies_count > named {
        page.push_str(&format!("and {} more\n", audit.discrepancies_count - named));
    }
    let verdict = if audit.balances() { "all balances" } else { "this does not balance" };
    page.push_str(&format!("{} records, {} rejections: {verdict}\n", audit.records, audit.rejections));
    show(&page)?;
    Ok(if audit.balances() { Exit::Well } else { Exit::WithRejections })
}
