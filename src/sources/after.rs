//! What becomes of an input once all its articles are durable: moved away or deleted, if the user asked for it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::After;
use super::found::{Found, stamp_of};
use crate::ledger::View;
use crate::model::{SourcePath, Stamp, Ticket};

/// The files of a run that are on their way, and what is to become of them once they are durable.
pub(super) struct Afterwards {
    after: After,
    settled: UnboundedReceiver<Vec<Ticket>>,
    /// Nothing where everything stays.
    files: HashMap<Ticket, (Found, Stamp)>,
}

impl Afterwards {
    pub(super) fn new(after: &After, settled: UnboundedReceiver<Vec<Ticket>>) -> Self {
        Self { after: after.clone(), settled, files: HashMap::new() }
    }

    /// For a run that leaves no trace: everything stays.
    pub(super) fn nothing() -> Self {
        let (_, settled) = unbounded_channel();
        Self::new(&After::Keep, settled)
    }

    /// Notes a file that was read. One whose writer is not done stays where it is.
    pub(super) fn note(&mut self, ticket: Ticket, found: &Found, stamp: Stamp, whole: bool) {
        if whole && self.after != After::Keep {
            self.files.insert(ticket, (found.clone(), stamp));
        }
    }

    /// Deals with what has become durable by now, and gives the tickets of it.
    pub(super) fn take_settled(&mut self, past: &View) -> Vec<Ticket> {
        let mut taken = Vec::new();
        while let Ok(tickets) = self.settled.try_recv() {
            for ticket in &tickets {
                self.carry_out(*ticket, past);
            }
            taken.extend(tickets);
        }
        taken
    }

    /// Waits until everything that was handed in is durable, and deals with it. The intake must be closed.
    pub(super) fn carry_out_the_rest(&mut self, past: &View) {
        if self.after == After::Keep {
            return;
        }
        while let Some(tickets) = self.settled.blocking_recv() {
            for ticket in tickets {
                self.carry_out(ticket, past);
            }
        }
    }

    fn carry_out(&mut self, ticket: Ticket, past: &View) {
        let Some((found, stamp)) = self.files.remove(&ticket) else { return };
        let done = match past.has_rejected(&found.source) {
            // What was rejected stays, to be mended and replayed.
            Ok(true) => return,
            Ok(false) => carry_out(&self.after, &found.path, &found.source, stamp),
            Err(error) => Err(io::Error::other(error)),
        };
        match done {
            Ok(_) => {}
            // Whoever took it away did what was to be done.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(path = %found.path.display(), %error, "input not moved or deleted, though its records are durable; see to its folder's permissions");
            }
        }
    }
}

/// Moves or deletes the file, unless it has changed since it was read. True if it was done.
fn carry_out(after: &After, path: &Path, source: &SourcePath, read: Stamp) -> io::Result<bool> {
    let unchanged = stamp_of(&fs::symlink_metadata(path)?) == read;
    if !unchanged {
        return Ok(false);
    }
    match after {
        After::Keep => return Ok(false),
        After::Delete => fs::remove_file(path)?,
        After::Move(folder) => {
            let target = folder.join(Path::new(std::ffi::OsStr::from_bytes(&source.0)));
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(path, free_name(target)?)?;
        }
    }
    Ok(true)
}

/// The name itself, or with `~2`, `~3` where an earlier version lies there: nothing is written over.
fn free_name(target: PathBuf) -> io::Result<PathBuf> {
    let mut name = target.clone();
    let mut number = 1_u32;
    while name.symlink_metadata().is_ok() {
        number = number.checked_add(1).ok_or_else(|| io::Error::from(io::ErrorKind::AlreadyExists))?;
        let mut next = target.clone().into_os_string();
        next.push(format!("~{number}"));
        name = PathBuf::from(next);
    }
    Ok(name)
}
