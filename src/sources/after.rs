//! What becomes of an input once all its articles are durable: moved away or deleted, if the user asked for it.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, test_kill_process};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::found::{Found, stamp_of};
use super::open::ReadFile;
use super::{After, Root};
use crate::ledger::{View, fault};
use crate::model::{SourcePath, Stamp, Ticket};

/// The files of a run that are on their way, and what is to become of them once they are durable.
pub(super) struct Afterwards {
    after: After,
    settled: UnboundedReceiver<Vec<Ticket>>,
    /// Nothing where everything stays.
    files: HashMap<Ticket, (Found, Stamp)>,
}

impl Afterwards {
    pub(super) fn new(after: &After, roots: &[Root], settled: UnboundedReceiver<Vec<Ticket>>) -> Self {
        if *after != After::Keep {
            roots.iter().for_each(|root| put_back(&root.path));
        }
        if let After::Move(folder) = after {
            // It must be there to be known where it lies below an input; if it cannot be made, moving tells why.
            let _ = fs::create_dir_all(folder);
        }
        Self { after: after.clone(), settled, files: HashMap::new() }
    }

    /// For a run that leaves no trace: everything stays.
    pub(super) fn nothing() -> Self {
        let (_, settled) = unbounded_channel();
        Self::new(&After::Keep, &[], settled)
    }

    /// Notes a file that was read. One whose writer is not done, or that may have changed unseen, stays where it is.
    pub(super) fn note(&mut self, found: &Found, read: ReadFile) {
        let ReadFile { ticket, stamp, whole, lasting } = read;
        if whole && lasting && self.after != After::Keep {
            self.files.insert(ticket, (found.clone(), stamp));
        }
    }

    /// Deals with a file that was durable already, in this state: an earlier run may have ended before it could.
    pub(super) fn done(&self, found: &Found, stamp: Stamp, past: &View) {
        if self.after != After::Keep {
            self.carry_out_on(found, stamp, past);
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
        if let Some((found, stamp)) = self.files.remove(&ticket) {
            self.carry_out_on(&found, stamp, past);
        }
    }

    fn carry_out_on(&self, found: &Found, stamp: Stamp, past: &View) {
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
    if !unchanged || *after == After::Keep {
        return Ok(false);
    }
    // A newer version may be renamed into place between a look and a deletion. So the file first gets a name of its
    // own, and what then has it is looked at again.
    let aside = aside(path)?;
    fault::point("after.begin")?;
    fs::rename(path, &aside)?;
    fault::point("after.aside")?;
    let is_the_one = |metadata: fs::Metadata| {
        let stamp = stamp_of(&metadata);
        // The renaming itself is a change of state.
        Stamp { ctime_ns: read.ctime_ns, ..stamp } == read
    };
    if !fs::symlink_metadata(&aside).is_ok_and(is_the_one) {
        // Unless yet another one is there by now, which then is the newest.
        let _ = rename_new(&aside, path);
        return Ok(false);
    }
    let done = match after {
        After::Keep | After::Delete => fs::remove_file(&aside),
        After::Move(folder) => move_to(&aside, folder.join(Path::new(OsStr::from_bytes(&source.0)))),
    };
    if done.is_err() {
        let _ = rename_new(&aside, path);
    }
    done.map(|()| true)
}

/// Of a name, what stands in the one that its file has for a moment.
const NAME_BYTES_MAX: usize = 230;
/// What stands after the number of the process there.
const ASIDE: &[u8] = b".copydesk~";

/// Gives files their names back that a run had set aside when it was killed: they would be hidden for ever.
fn put_back(folder: &Path) {
    // What cannot be listed is told of by whoever looks for articles in it.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|form| form.is_dir()) {
            put_back(&entry.path());
        } else if let Some(name) = name_before(&entry.file_name()) {
            match rename_new(&entry.path(), &folder.join(name)) {
                Ok(()) => {}
                Err(error) => {
                    tracing::warn!(path = %entry.path().display(), %error, "input set aside by a run that was killed, and not put back; see to its folder");
                }
            }
        }
    }
}

/// The name that a file had before a run set it aside that is no longer there. A longer one cannot be told.
fn name_before(aside: &OsStr) -> Option<OsString> {
    let marked = aside.as_bytes().strip_prefix(b".")?.strip_suffix(ASIDE)?;
    let dot = marked.iter().rposition(|byte| *byte == b'.')?;
    let (name, process) = (marked.get(..dot)?, marked.get(dot + 1..)?);
    let process = str::from_utf8(process).ok()?.parse().ok().and_then(Pid::from_raw)?;
    let is_running = test_kill_process(process).is_ok();
    (!is_running && !name.is_empty() && name.len() < NAME_BYTES_MAX).then(|| OsStr::from_bytes(name).to_owned())
}

/// A hidden name beside the file, which no source reads.
fn aside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.as_bytes();
    // Room for what is put around it, as names have at most 255 bytes, and process numbers at most 10.
    let name = name.get(..name.len().min(NAME_BYTES_MAX)).unwrap_or_default();
    let name = [b".".as_slice(), name, format!(".{}", std::process::id()).as_bytes(), ASIDE].concat();
    Ok(path.with_file_name(OsStr::from_bytes(&name)))
}

/// Renames, but never over what is there.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // Not every file system knows how.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {}
            renamed => return Ok(renamed?),
        }
    }
    match to.symlink_metadata() {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
    }
}

/// Moves the file under a name that is free, also to another file system: there it is whole before it has its name.
fn move_to(file: &Path, target: PathBuf) -> io::Result<()> {
    let folder = target.parent().ok_or(io::ErrorKind::InvalidInput)?.to_path_buf();
    fs::create_dir_all(&folder)?;
    loop {
        let target = free_name(target.clone())?;
        match rename_new(file, &target) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                let copy = aside(&target)?;
                let copied =
                    fs::copy(file, &copy).and_then(|_| fs::File::open(&copy)?.sync_all()).and_then(|()| rename_new(&copy, &target));
                match copied {
                    Ok(()) => {
                        fs::File::open(&folder)?.sync_all()?;
                        return fs::remove_file(file);
                    }
                    Err(error) => {
                        let _ = fs::remove_file(&copy);
                        if error.kind() != io::ErrorKind::AlreadyExists {
                            return Err(error);
                        }
                    }
                }
            }
            moved => return moved,
        }
    }
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
