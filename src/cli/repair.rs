//! `repair`: the ledger made anew from the records.

use clap::Args;

use crate::ledger::{STATE_FOLDER, Series, View, list_segments, repair};

use super::{Common, Exit, WrongUsage, show};

/// Make the ledger anew from the records
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk repair
  copydesk repair -o desk/out && copydesk verify -o desk/out")]
pub struct Repair {}

pub fn run(_repair: &Repair, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings_to_look()?;
    let out = &config.out;
    let has_records = Series::ALL.into_iter().any(|series| list_segments(out, series).is_ok_and(|found| !found.is_empty()));
    if !has_records && !out.join(STATE_FOLDER).is_dir() {
        return Err(WrongUsage(format!("{} holds no records to make a ledger from; check --out", out.display())).into());
    }
    let repaired = repair(out)?;
    let counts = View::open(out)?.counts()?;
    let mut page = format!("{}: the ledger is made anew: {} records, {} rejected\n", out.display(), counts.records, counts.rejected);
    if repaired.segments_gone > 0 {
        page.push_str(&format!(
            "{} of these stand in {} files that were moved away, and were known to the old ledger alone\n",
            repaired.kept, repaired.segments_gone
        ));
    }
    if let Some(aside) = repaired.aside {
        page.push_str(&format!("the old ledger lies in {}; remove it when `copydesk verify` is content\n", aside.display()));
    }
    show(&page)?;
    Ok(Exit::Well)
}
