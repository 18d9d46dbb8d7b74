//! What becomes of an input once all its articles are durable: moved away or deleted, if the user asked for it.

use std::collections::{HashMap, HashSet};
use std::fs::{self, FileTimes};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::After;
use super::found::{Found, stamp_of};
use super::open::ReadFile;
use crate::ledger::{View, fault};
use crate::model::{SourcePath, Stamp, Ticket};

/// The files of a run that are on their way, and what is to become of them once they are durable.
pub(super) struct Afterwards {
    after: After,
    settled: UnboundedReceiver<Vec<Ticket>>,
    /// Nothing where everything stays.
    files: HashMap<Ticket, (Found, Stamp)>,
    /// What was told, by the folder or the file that it is about: a watch comes by again and again.
    told: HashSet<(PathBuf, Trouble)>,
    /// Folders to move to in which nothing lies any more that a killed run had begun to copy.
    swept: HashSet<PathBuf>,
}

/// Why an input stays where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Trouble {
    Refused(io::ErrorKind),
    IsLink,
    HasSuccessor,
}

/// What came of dealing with an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dealt {
    Done,
    /// It is not what was read any more, and will be read again.
    Changed,
    /// A link stays, and so does what it leads to.
    IsLink,
    /// It was changed twice over in that moment, and the earlier change lies aside.
    LiesAside,
}

impl Afterwards {
    pub(super) fn new(after: &After, settled: UnboundedReceiver<Vec<Ticket>>) -> Self {
        if let After::Move(folder) = after {
            // It must be there to be known where it lies below an input; if it cannot be made, moving tells why.
            let _ = fs::create_dir_all(folder);
        }
        Self { after: after.clone(), settled, files: HashMap::new(), told: HashSet::new(), swept: HashSet::new() }
    }

    /// For a run that leaves no trace: everything stays.
    pub(super) fn nothing() -> Self {
        let (_, settled) = unbounded_channel();
        Self::new(&After::Keep, settled)
    }

    /// Notes a file that was read. One whose writer is not done, or that may have changed unseen, stays where it is.
    pub(super) fn note(&mut self, found: &Found, read: ReadFile) {
        let ReadFile { ticket, stamp, whole, lasting } = read;
        if whole && lasting && self.after != After::Keep {
            self.files.insert(ticket, (found.clone(), stamp));
        }
    }

    /// Deals with a file that was durable already, in this state: an earlier run may have ended before it could.
    pub(super) fn done(&mut self, found: &Found, stamp: Stamp, past: &View) {
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

    fn carry_out_on(&mut self, found: &Found, stamp: Stamp, past: &View) {
        let done = match past.has_rejected(&found.source) {
            // What was rejected stays, to be mended and replayed.
            Ok(true) => return,
            Ok(false) => {
                self.sweep(&found.source);
                carry_out(&self.after, &found.path, &found.source, stamp)
            }
            Err(error) => Err(io::Error::other(error)),
        };
        let folder = || found.path.parent().unwrap_or(&found.path).to_path_buf();
        let path = found.path.display();
        match done {
            Ok(Dealt::Done | Dealt::Changed) => {}
            Ok(Dealt::IsLink) => {
                if self.told.insert((folder(), Trouble::IsLink)) {
                    tracing::warn!(%path, "input is a link: it stays, and so does what it leads to; others in its folder are not told of");
                }
            }
            Ok(Dealt::LiesAside) => {
                tracing::warn!(%path, "input was changed twice while it was to be moved: the earlier change lies beside it, under a name that ends in .copydesk~");
            }
            // Whoever took it away did what was to be done.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                if self.told.insert((folder(), Trouble::Refused(error.kind()))) {
                    tracing::warn!(%path, %error, "input not moved or deleted, though its records are durable; see to its folder's permissions (others in it are not told of)");
                }
            }
        }
    }

    /// Removes what a killed run had begun to copy where this input goes. Each folder is looked at once.
    fn sweep(&mut self, source: &SourcePath) {
        let After::Move(folder) = &self.after else { return };
        let target = target_of(folder, source);
        let Some(folder) = target.parent().filter(|folder| !self.swept.contains(*folder)) else { return };
        self.swept.insert(folder.to_path_buf());
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_left =
                read_beside(name.as_bytes(), COPY).is_some_and(|(_, process)| process != std::process::id() && !is_alive(process));
            // What cannot be removed lies there until the next run.
            if is_left && fs::remove_file(entry.path()).is_ok() {
                tracing::debug!(path = %entry.path().display(), "half a copy of a killed run removed");
            }
        }
    }

    /// Gives a file its name back that an earlier run had set aside when it was killed.
    pub(super) fn put_back(&mut self, path: &Path) {
        if self.after == After::Keep {
            return;
        }
        let Some((original, process)) = path.file_name().and_then(|name| read_beside(name.as_bytes(), ASIDE)) else { return };
        // Another one's, on the same input, is in good hands; its number may also have gone to a stranger.
        if process == std::process::id() || is_alive(process) {
            return;
        }
        let original = path.with_file_name(std::ffi::OsStr::from_bytes(original));
        match rename_new(path, &original) {
            Ok(()) => tracing::info!(path = %original.display(), "an input that a killed run had set aside has its name back"),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if self.told.insert((path.to_path_buf(), Trouble::HasSuccessor)) {
                    tracing::warn!(path = %path.display(), "an input that a killed run had set aside stays there: a newer version has its name; its records are durable, remove it");
                }
            }
            // It is tried again with the next listing.
            Err(_) => {}
        }
    }
}

fn is_alive(process: u32) -> bool {
    let Some(process) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) else { return false };
    !matches!(rustix::process::test_kill_process(process), Err(rustix::io::Errno::SRCH))
}

/// Moves or deletes the file, unless it has changed since it was read.
fn carry_out(after: &After, path: &Path, source: &SourcePath, read: Stamp) -> io::Result<Dealt> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_symlink() {
        return Ok(Dealt::IsLink);
    }
    if stamp_of(&metadata) != read || *after == After::Keep {
        return Ok(Dealt::Changed);
    }
    // A newer version may be renamed into place between a look and a deletion. So the file first gets a name of its
    // own, and what then has it is looked at again.
    let aside = beside(path, ASIDE)?;
    fault::point("after.begin")?;
    fs::rename(path, &aside)?;
    fault::point("after.aside")?;
    let is_the_one = |metadata: fs::Metadata| {
        let stamp = stamp_of(&metadata);
        // The renaming itself is a change of state.
        Stamp { ctime_ns: read.ctime_ns, ..stamp } == read
    };
    if !fs::symlink_metadata(&aside).is_ok_and(is_the_one) {
        // Unless yet another one is there by now.
        return Ok(if rename_new(&aside, path).is_ok() { Dealt::Changed } else { Dealt::LiesAside });
    }
    let done = match after {
        After::Keep | After::Delete => fs::remove_file(&aside),
        After::Move(folder) => move_to(&aside, target_of(folder, source)),
    };
    if done.is_err() {
        let _ = rename_new(&aside, path);
    }
    done.map(|()| Dealt::Done)
}

fn target_of(folder: &Path, source: &SourcePath) -> PathBuf {
    folder.join(Path::new(std::ffi::OsStr::from_bytes(&source.0)))
}

/// How the name of an input ends that is being dealt with: there may be no other of it.
const ASIDE: &[u8] = b".copydesk~";
/// How the name of a copy ends that is not whole yet.
const COPY: &[u8] = b".copydesk-copy~";
/// So much of a name is kept beside what is put around it, as names have at most 255 bytes.
const KEPT_BYTES: usize = 228;

/// A hidden name beside the file, which no source reads.
fn beside(path: &Path, ending: &[u8]) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.as_bytes();
    let name = name.get(..name.len().min(KEPT_BYTES)).unwrap_or_default();
    let name = [b".".as_slice(), name, b".", std::process::id().to_string().as_bytes(), ending].concat();
    Ok(path.with_file_name(std::ffi::OsStr::from_bytes(&name)))
}

/// The name that stands within such a one, if all of it was kept, and the process that made it.
fn read_beside<'n>(name: &'n [u8], ending: &[u8]) -> Option<(&'n [u8], u32)> {
    let name = name.strip_prefix(b".")?.strip_suffix(ending)?;
    let dot = name.iter().rposition(|byte| *byte == b'.')?;
    let (original, process) = name.split_at_checked(dot)?;
    let process = str::from_utf8(process.strip_prefix(b".")?).ok()?.parse().ok()?;
    (!original.is_empty() && original.len() < KEPT_BYTES).then_some((original, process))
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
                let copy = beside(&target, COPY)?;
                match copy_to(file, &copy).and_then(|()| rename_new(&copy, &target)) {
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

/// Copies the file with its times, durably.
fn copy_to(file: &Path, copy: &Path) -> io::Result<()> {
    fs::copy(file, copy)?;
    let metadata = fs::metadata(file)?;
    let copied = fs::File::open(copy)?;
    // Not every file system keeps every time; the text is what counts.
    let _ = copied.set_times(FileTimes::new().set_modified(metadata.modified()?).set_accessed(metadata.accessed()?));
    copied.sync_all()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_set_aside_can_be_read_back_unless_it_was_too_long() {
        for ending in [ASIDE, COPY] {
            let name_beside = |name: &str| beside(Path::new(name), ending).unwrap().file_name().unwrap().as_bytes().to_vec();
            for name in ["a.txt", ".hidden", "two words.7.txt", &"a".repeat(227)] {
                assert_eq!(read_beside(&name_beside(name), ending), Some((name.as_bytes(), std::process::id())));
            }
            let long = name_beside(&"a".repeat(255));
            assert!(long.len() <= 255);
            assert_eq!(read_beside(&long, ending), None);
        }
        for name in ["a.txt", ".a.txt~", ".copydesk~", ".a.copydesk~", "..7.copydesk~"] {
            assert_eq!(read_beside(name.as_bytes(), ASIDE), None, "{name}");
        }
    }
}
