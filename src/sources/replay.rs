//! Runs the rejected articles again: opens the files they came from, and hands in what had failed.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use super::after::Afterwards;
use super::found::Found;
use super::intake::{Intake, LineClosed};
use super::open::{Opener, source_path};
use super::settle::{Hint, Settling};
use super::{Counts, Options, Stop, Tally, open::Seen, walk};
use crate::ledger::{STATE_FOLDER, View};
use crate::model::{SourcePath, Ticket};

/// The file that asks a running daemon to replay; the daemon removes it when that is done.
pub fn request_path(out: &Path) -> PathBuf {
    out.join(STATE_FOLDER).join("replay-requested")
}

/// Hands in again every rejected article whose file is still there. To be run on a thread that may block.
pub fn run(
    options: &Options,
    past: &View,
    intake: Intake,
    settled: UnboundedReceiver<Vec<Ticket>>,
    stop: &Stop,
    counts: &Counts,
) -> anyhow::Result<Tally> {
    let mut opener = Opener::new(options, past, intake, counts);
    let mut afterwards = Afterwards::new(&options.after, settled);
    match read_rejected(&mut opener, &mut afterwards, stop) {
        Ok(()) => {}
        Err(error) if error.is::<LineClosed>() => opener.tally.stopped = true,
        Err(error) => return Err(error),
    }
    let tally = opener.close();
    afterwards.carry_out_the_rest(past);
    Ok(tally)
}

fn read_rejected(opener: &mut Opener<'_>, afterwards: &mut Afterwards, stop: &Stop) -> anyhow::Result<()> {
    opener.again = true;
    for found in rejected(opener.options, opener.past)? {
        if stop.is_set() {
            opener.tally.stopped = true;
            break;
        }
        opener.tally.files_found += 1;
        Counts::add(&opener.counts.files_found, 1);
        match opener.see(&found, &mut Settling::default(), Hint::Seen)? {
            Seen::Done(_) | Seen::LeftOut => {}
            Seen::Read(read) => afterwards.note(&found, read),
            Seen::Wait(_) | Seen::Refused(_) => walk::read_later_once(opener, found, afterwards, stop)?,
        }
    }
    opener.again = false;
    Ok(opener.intake.flush()?)
}

/// The files with rejected articles, as far as they lie below the roots.
pub(super) fn rejected(options: &Options, past: &View) -> anyhow::Result<Vec<Found>> {
    let paths: BTreeSet<SourcePath> = past.rejected()?.into_iter().map(|article| article.path).collect();
    Ok(paths.iter().filter_map(|path| locate(options, path)).collect())
}

/// Where the file that a record's path stands for is.
pub fn path_of(options: &Options, source: &SourcePath) -> Option<PathBuf> {
    locate(options, source).map(|found| found.path)
}

/// Finds the file that a record's path stands for, below the root of that name. A path that climbs out of it is none.
pub(super) fn locate(options: &Options, source: &SourcePath) -> Option<Found> {
    for root in &options.roots {
        let Some(rest) = source.0.strip_prefix(root.name.as_slice()) else { continue };
        let below = match rest.strip_prefix(b"/") {
            Some(below) => below,
            None if rest.is_empty() => rest,
            None => continue,
        };
        if below.split(|byte| *byte == b'/').any(|part| part == b"..") {
            continue;
        }
        let named = below.is_empty();
        let path = if named { root.path.clone() } else { root.path.join(Path::new(std::ffi::OsStr::from_bytes(below))) };
        let root_bytes = root.path.as_os_str().len();
        return Some(Found { path, root_bytes, source: Arc::new(source_path(&root.name, below)), named });
    }
    None
}
