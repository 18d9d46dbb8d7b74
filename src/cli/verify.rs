//! `verify`: the audit of an output folder.

use std::path::PathBuf;

use clap::Args;

use crate::ledger::{View, audit};

use super::inputs::{inputs_of, waiting};
use super::status::ensure_ledger;
use super::{Common, Exit, counted, show};

/// Hold inputs, records, rejections and ledger against each other
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk verify
  copydesk verify wire/ -o desk/out && echo all there")]
pub struct Verify {
    /// Inputs to hold against the ledger as well [default: those of input.paths that it knows]
    paths: Vec<PathBuf>,
}

pub fn run(verify: &Verify, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings_to_look()?;
    let view = View::open(&config.out)?;
    ensure_ledger(&config, &view)?;
    // The inputs first: what a daemon commits meanwhile is then in the ledger that the records are held against.
    let inputs = inputs_of(&verify.paths, &config, &view)?;
    let held = inputs.as_ref().map_or(0, |inputs| inputs.roots.len());
    let missing = match inputs {
        Some(inputs) => Some(waiting(inputs, &config, None)?),
        None => None,
    };
    let mut audit = audit(&config.out, &view)?;
    if let Some(missing) = missing {
        for name in &missing.named {
            audit.note(format!("{name} is there, but what it holds now has no record or rejection; `copydesk batch` makes one"));
        }
        let rest = missing.files - missing.named.len() as u64;
        if rest > 0 {
            audit.note(format!("{rest} more files are there without a record or rejection"));
        }
    }
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
    page.push_str(&format!(
        "{}, {}, {}: {verdict}\n",
        counted(audit.records, "record"),
        counted(audit.rejections, "rejection"),
        counted(held as u64, "input")
    ));
    show(&page)?;
    Ok(if audit.balances() { Exit::Well } else { Exit::WithRejections })
}
