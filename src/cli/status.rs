//! `status`: what the ledger holds, on one screen.

use std::fmt::Write as _;

use clap::Args;

use crate::ledger::{Series, View};

use super::{Common, Exit, WrongUsage, show};

/// Tell what is done, what was rejected and why
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk status
  copydesk status -o desk/out --json | jq .rejected")]
pub struct Status {
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub fn run(status: &Status, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings_to_look()?;
    let view = View::open(&config.out)?;
    if view.is_blank() {
        return Err(WrongUsage(format!("{} has no ledger: nothing has been written there yet", config.out.display())).into());
    }
    let counts = view.counts()?;
    let segments = view.segments()?;
    if status.json {
        let segments: Vec<_> = segments
            .iter()
            .map(|row| serde_json::json!({"name": row.segment.file_name(), "bytes": row.bytes, "lines": row.lines, "sealed": row.sealed}))
            .collect();
        let shown = serde_json::json!({
            "out": config.out.to_string_lossy(),
            "records": counts.records,
            "rejected": {"articles": counts.rejected, "by_code": counts.rejected_by_code},
            "files": counts.files,
            "skipped": {"files": counts.skipped, "by_reason": counts.skipped_by_reason},
            "segments": segments,
        });
        show(&format!("{shown}\n"))?;
        return Ok(Exit::Well);
    }
    let mut page = format!("{}\n", config.out.display());
    // Writing to a String cannot fail.
    let _ = writeln!(page, "  articles   {} records, {} rejected", counts.records, counts.rejected);
    for (code, count) in &counts.rejected_by_code {
        let _ = writeln!(page, "             {count:>8}  {code}");
    }
    let _ = writeln!(page, "  files      {} read, {} skipped", counts.files - counts.skipped, counts.skipped);
    for (reason, count) in &counts.skipped_by_reason {
        let _ = writeln!(page, "             {count:>8}  {reason}");
    }
    for series in Series::ALL {
        let rows: Vec<_> = segments.iter().filter(|row| row.segment.series == series).collect();
        let bytes: u64 = rows.iter().map(|row| row.bytes).sum();
        let lines: u64 = rows.iter().map(|row| row.lines).sum();
        let _ = writeln!(page, "  {:<10} {lines} lines, {bytes} bytes in {} files", series.name(), rows.len());
    }
    if counts.rejected > 0 {
        page.push_str("`copydesk replay` runs the rejected ones again\n");
    }
    show(&page)?;
    Ok(Exit::Well)
}
