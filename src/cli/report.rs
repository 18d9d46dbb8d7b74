//! `report`: one page over all that is committed, to be sent around or kept.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::desk::report::{Report as Counted, collect, render};
use crate::ledger::View;

use super::status::ensure_ledger;
use super::{Common, Exit, WrongUsage, announce, counted, show};

/// Make one HTML page of an output folder: who is quoted, where, and what it is about
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk report
  copydesk report --out desk/out -o - | ssh host 'cat > report.html'")]
pub struct Report {
    // Under the name of the common option for the folder, which its short form belongs to everywhere else: whoever
    // makes a report names the page that he wants.
    /// Where the page goes; `-`: to standard output
    #[arg(id = "out", short = 'o', long = "page", value_name = "FILE", default_value = "copydesk-report.html")]
    page: PathBuf,
    /// Output folder to report on
    #[arg(id = "folder", long = "out", value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub fn run(report: &Report, common: &Common) -> anyhow::Result<Exit> {
    let common = Common { out: report.folder.clone(), ..common.clone() };
    let config = common.settings_to_look()?;
    if report.page.is_dir() {
        let page = report.page.display();
        return Err(WrongUsage(format!("{page} is a folder: `-o` names the page to write, `--out` the folder to report on")).into());
    }
    let view = View::open(&config.out)?;
    ensure_ledger(&config, &view)?;
    let counts = collect(&config.out, &view)?;
    let place = std::path::absolute(&config.out).unwrap_or_else(|_| config.out.clone());
    let made = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string();
    let page = render(&counts, &place.display().to_string(), &made);
    if report.page.as_os_str() == "-" {
        show(&page)?;
    } else {
        write(&report.page, &page).with_context(|| format!("write {}", report.page.display()))?;
    }
    if !common.quiet && report.page.as_os_str() != "-" {
        let Counted { articles, quotes, speakers, .. } = &counts;
        let (articles, quotes) = (counted(*articles, "article"), counted(*quotes, "quote"));
        announce(&format!("{articles}, {quotes}, {} -> {}", counted(speakers.len() as u64, "speaker"), report.page.display()));
    }
    Ok(Exit::Well)
}

/// Whoever looks sees the old page or the new one, whole.
fn write(path: &Path, page: &str) -> std::io::Result<()> {
    let Some(name) = path.file_name() else { return Err(std::io::ErrorKind::InvalidInput.into()) };
    // A pipe or a device is written to as it is.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(page.as_bytes());
    }
    let mut aside = std::ffi::OsString::from(".");
    aside.push(name);
    aside.push(format!(".{}~", std::process::id()));
    let aside = path.with_file_name(aside);
    let written = fs::write(&aside, page).and_then(|()| fs::rename(&aside, path));
    if written.is_err() {
        // Most often it was never made.
        let _ = fs::remove_file(&aside);
    }
    written
}
