//! Walks the input folders once, in the order of the paths' bytes, and reads what is new or changed.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, Dir, FileType, OFlags, statat};
use tokio::sync::mpsc::UnboundedReceiver;

use super::after::Afterwards;
use super::below::{self, Links};
use super::found::Found;
use super::intake::{Intake, LineClosed};
use super::open::{Opener, Seen, source_path};
use super::paths::{Globs, skip_by_name};
use super::settle::{Hint, Settling};
use super::{Counts, Options, Root, Stop, Tally};
use crate::ledger::View;
use crate::model::{Skip, Ticket};

/// Reads every article under the roots that is new or changed. To be run on a thread that may block. Returns early,
/// with `stopped` set, when told to stop or when the line closes.
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
    let mut listing = Listing::new(options)?;
    let mut in_hand = 0;
    match read_all(&mut opener, &mut afterwards, &mut listing, &mut in_hand, stop) {
        Ok(()) => {}
        Err(error) if error.is::<LineClosed>() => opener.tally.stopped = true,
        Err(error) => return Err(error),
    }
    if opener.tally.stopped {
        opener.tally.files_left = files_left(&mut listing).map(|left| left + in_hand);
    }
    let tally = opener.close();
    afterwards.carry_out_the_rest(past);
    Ok(tally)
}

/// Lists the files that a run would look at, and reads none. `each` gets the size of one, and says whether to go on.
/// True where the end was reached.
pub fn list(options: &Options, mut each: impl FnMut(u64) -> bool) -> anyhow::Result<bool> {
    let mut listing = Listing::new(options)?;
    while let Some(step) = listing.next() {
        let bytes = match step {
            Step::File(found) => found.metadata(options.follow_symlinks).map_or(0, |metadata| metadata.len()),
            Step::Skipped(..) => 0,
            Step::Folder(..) | Step::Unreadable(..) => continue,
        };
        if !each(bytes) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A file that is to be looked at again.
struct Later {
    found: Found,
    settling: Settling,
    attempts: u32,
    due: Instant,
}

/// A pause between two looks at whether the run is to stop.
const STEP: Duration = Duration::from_millis(25);
/// The first pause after a file could not be read; each further one is twice as long.
const BACK_OFF: Duration = Duration::from_millis(50);

/// `in_hand` is how many files were found and are not read to their end yet.
fn read_all(
    opener: &mut Opener<'_>,
    afterwards: &mut Afterwards,
    listing: &mut Listing,
    in_hand: &mut u64,
    stop: &Stop,
) -> anyhow::Result<()> {
    let mut later = Vec::new();
    while !stop.is_set()
        && let Some(step) = listing.next()
    {
        match step {
            Step::File(found) => {
                *in_hand = later.len() as u64 + 1;
                opener.tally.files_found += 1;
                Counts::add(&opener.counts.files_found, 1);
                let mut settling = Settling::default();
                let mut seen = opener.see(&found, &mut settling, Hint::Seen)?;
                // Fresh files grow old together, so waiting in place keeps the order and costs one settling time in all.
                // Those of an age that cannot be told, from the future say, would cost one each: they come later.
                if let Seen::Wait(rest) = seen
                    && rest < opener.options.settle
                {
                    opener.intake.flush()?;
                    pause(rest, stop);
                    seen = opener.see(&found, &mut settling, Hint::Seen)?;
                }
                note(seen, Later { found, settling, attempts: 0, due: Instant::now() }, &mut later, afterwards, opener.past);
                *in_hand = later.len() as u64;
                afterwards.take_settled(opener.past);
            }
            Step::Skipped(found, skip) => {
                opener.tally.files_found += 1;
                Counts::add(&opener.counts.files_found, 1);
                afterwards.put_back(&found.path);
                opener.leave_out(&found, skip, None)?;
            }
            Step::Folder(..) => {}
            Step::Unreadable(folder, error) => {
                tracing::warn!(path = %folder.display(), %error, "folder not readable: see to its permissions and run again");
                opener.tally.folders_unreadable += 1;
            }
        }
    }
    opener.tally.stopped |= stop.is_set();
    opener.intake.flush()?;
    read_later(opener, later, afterwards, stop)
}

/// How long a run that was told to stop still counts what it leaves.
const COUNTING: Duration = Duration::from_millis(500);

/// How many files are still to come. None where that takes too long to tell.
fn files_left(listing: &mut Listing) -> Option<u64> {
    let end = Instant::now() + COUNTING;
    let mut left = 0;
    while let Some(step) = listing.next() {
        left += u64::from(matches!(step, Step::File(_)));
        if Instant::now() >= end {
            return None;
        }
    }
    Some(left)
}

fn note(seen: Seen, file: Later, later: &mut Vec<Later>, afterwards: &mut Afterwards, past: &View) {
    let now = Instant::now();
    match seen {
        Seen::LeftOut => {}
        Seen::Done(stamp) => afterwards.done(&file.found, stamp, past),
        Seen::Read(read) => afterwards.note(&file.found, read),
        Seen::Wait(rest) => later.push(Later { due: now + rest, ..file }),
        Seen::Refused(_) => later.push(Later { due: now + BACK_OFF, attempts: 1, ..file }),
    }
}

/// Waits for what may still be written, and tries again what could not be read.
pub(super) fn read_later_once(opener: &mut Opener<'_>, found: Found, afterwards: &mut Afterwards, stop: &Stop) -> anyhow::Result<()> {
    let file = Later { found, settling: Settling::default(), attempts: 0, due: Instant::now() };
    read_later(opener, vec![file], afterwards, stop)
}

fn read_later(opener: &mut Opener<'_>, mut later: Vec<Later>, afterwards: &mut Afterwards, stop: &Stop) -> anyhow::Result<()> {
    while !later.is_empty() {
        if stop.is_set() {
            opener.tally.stopped = true;
            break;
        }
        let mut still = Vec::new();
        for mut file in later {
            if file.due > Instant::now() {
                still.push(file);
                continue;
            }
            match opener.see(&file.found, &mut file.settling, Hint::Seen)? {
                Seen::LeftOut => {}
                Seen::Done(stamp) => afterwards.done(&file.found, stamp, opener.past),
                Seen::Read(read) => afterwards.note(&file.found, read),
                Seen::Wait(_) if file.settling.is_endless(Instant::now(), opener.options.settle) => {
                    tracing::warn!(path = %file.found.path.display(), "still being written: left for the next run");
                }
                Seen::Wait(rest) => still.push(Later { due: Instant::now() + rest, ..file }),
                Seen::Refused(error) => {
                    file.attempts += 1;
                    if file.attempts >= opener.options.limits.attempts_max {
                        opener.give_up(&file.found, &error, file.attempts)?;
                    } else {
                        file.due = Instant::now() + BACK_OFF * (1 << file.attempts.min(6));
                        still.push(file);
                    }
                }
            }
        }
        later = still;
        opener.intake.flush()?;
        if let Some(due) = later.iter().map(|file| file.due).min() {
            pause(due.saturating_duration_since(Instant::now()), stop);
        }
    }
    Ok(())
}

fn pause(rest: Duration, stop: &Stop) {
    let end = Instant::now() + rest;
    while !stop.is_set() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        std::thread::sleep(left.min(STEP));
    }
}

/// What the listing comes upon.
pub(super) enum Step {
    /// A folder, with its device and inode, before its names are read.
    Folder(PathBuf, (u64, u64)),
    File(Found),
    Skipped(Found, Skip),
    Unreadable(PathBuf, io::Error),
}

/// Longer paths than this are not entered: each look at a folder goes all the way from the root.
const PATH_BYTES_MAX: usize = 32 * 1024;

/// The files under the roots, one at a time, in the order of their paths' bytes.
pub(super) struct Listing {
    globs: Globs,
    follow_symlinks: bool,
    /// What is never read, by device and inode.
    ours: Vec<(u64, u64)>,
    /// Where to begin, if not with the roots.
    first: Option<(PathBuf, Root)>,
    /// Still to come, last first.
    roots: Vec<Root>,
    /// The root that we are in.
    root: Root,
    /// The path of the folder that we are in.
    path: PathBuf,
    /// The folders that we are in, each below the one before it.
    open: Vec<Folder>,
}

struct Folder {
    identity: (u64, u64),
    /// Still to come, last first; folders end in `/`, which is how they sort. None before they are read.
    names: Option<Vec<Vec<u8>>>,
}

impl Listing {
    pub(super) fn new(options: &Options) -> anyhow::Result<Self> {
        let mut roots = options.roots.clone();
        roots.sort_by(|a, b| b.name.cmp(&a.name));
        let ours = options.folders_of_ours().filter_map(|path| fs::metadata(path).ok());
        let ours = ours.map(|metadata| (metadata.dev(), metadata.ino())).collect();
        let (globs, follow_symlinks) = (Globs::new(options)?, options.follow_symlinks);
        let root = Root { name: Vec::new(), path: PathBuf::new() };
        Ok(Self { globs, follow_symlinks, ours, first: None, roots, root, path: PathBuf::new(), open: Vec::new() })
    }

    /// Lists one folder below a root, and what is below it.
    pub(super) fn below(options: &Options, root: &Root, folder: &Path) -> anyhow::Result<Self> {
        let mut listing = Self::new(options)?;
        listing.roots.clear();
        listing.first = Some((folder.to_path_buf(), root.clone()));
        Ok(listing)
    }

    pub(super) fn next(&mut self) -> Option<Step> {
        if let Some((folder, root)) = self.first.take() {
            self.root = root;
            return self.enter(folder).or_else(|| self.next());
        }
        loop {
            let Some(folder) = self.open.last_mut() else {
                let root = self.roots.pop()?;
                if let Some(step) = self.begin(root) {
                    return Some(step);
                }
                continue;
            };
            let Some(names) = &mut folder.names else {
                match self.names() {
                    Ok(names) => self.open.last_mut().expect("the folder is still the last one").names = Some(names),
                    Err(error) => {
                        let path = self.leave();
                        if !is_no_folder(&error) {
                            return Some(Step::Unreadable(path, error));
                        }
                    }
                }
                continue;
            };
            let Some(mut name) = names.pop() else {
                self.leave();
                continue;
            };
            let is_folder = name.last() == Some(&b'/');
            if is_folder {
                name.pop();
            }
            let path = self.path.join(OsStr::from_bytes(&name));
            let below = path.strip_prefix(&self.root.path).unwrap_or(&path);
            if is_folder {
                let enter = skip_by_name(&name).is_none() && self.globs.enter_folder(below);
                if enter && let Some(step) = self.enter(path) {
                    return Some(step);
                }
                continue;
            }
            if !self.globs.take_file(below) {
                continue;
            }
            let source = Arc::new(source_path(&self.root.name, below.as_os_str().as_bytes()));
            let found = Found { path, root_bytes: self.root.path.as_os_str().len(), source, named: false };
            return Some(match skip_by_name(&name) {
                Some(skip) => Step::Skipped(found, skip),
                None => Step::File(found),
            });
        }
    }

    fn begin(&mut self, root: Root) -> Option<Step> {
        self.root = root;
        let path = self.root.path.clone();
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => self.enter(path),
            // What is not there is answered for like a file that is named.
            _ => {
                let (root_bytes, source) = (path.as_os_str().len(), Arc::new(source_path(&self.root.name, b"")));
                Some(Step::File(Found { path, root_bytes, source, named: true }))
            }
        }
    }

    /// Goes into a folder: the root, or one in the folder that we are in.
    fn enter(&mut self, path: PathBuf) -> Option<Step> {
        if path.as_os_str().len() > PATH_BYTES_MAX {
            return Some(Step::Unreadable(path, rustix::io::Errno::NAMETOOLONG.into()));
        }
        let metadata = match self.open_folder(&path).and_then(|folder| fs::File::from(folder).metadata()) {
            Ok(metadata) => metadata,
            Err(error) if is_no_folder(&error) => return None,
            Err(error) => return Some(Step::Unreadable(path, error)),
        };
        let identity = (metadata.dev(), metadata.ino());
        let goes_round = self.open.iter().any(|folder| folder.identity == identity);
        if self.ours.contains(&identity) || goes_round {
            return None;
        }
        self.open.push(Folder { identity, names: None });
        self.path.clone_from(&path);
        Some(Step::Folder(path, identity))
    }

    /// Goes back to the folder above, and gives the path of the one that is left.
    fn leave(&mut self) -> PathBuf {
        self.open.pop();
        let left = self.path.clone();
        self.path.pop();
        left
    }

    fn open_folder(&self, path: &Path) -> io::Result<OwnedFd> {
        let below = path.strip_prefix(&self.root.path).unwrap_or(Path::new(""));
        let links = if self.follow_symlinks { Links::Followed } else { Links::Refused };
        below::open(&self.root.path, below, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, links)
    }

    /// The names in the folder that we are in.
    fn names(&self) -> io::Result<Vec<Vec<u8>>> {
        let folder = self.open_folder(&self.path)?;
        let mut names = Vec::new();
        for entry in Dir::read_from(&folder)? {
            let entry = entry?;
            if matches!(entry.file_name().to_bytes(), b"." | b"..") {
                continue;
            }
            let kind_of = |flags| statat(&folder, entry.file_name(), flags).map(|stat| FileType::from_raw_mode(stat.st_mode));
            let is_folder = match entry.file_type() {
                FileType::Symlink if self.follow_symlinks => kind_of(AtFlags::empty()).is_ok_and(FileType::is_dir),
                // Not every file system says it in its listings.
                FileType::Unknown => kind_of(AtFlags::SYMLINK_NOFOLLOW).is_ok_and(FileType::is_dir),
                kind => kind.is_dir(),
            };
            let mut name = entry.file_name().to_bytes().to_vec();
            if is_folder {
                name.push(b'/');
            }
            names.push(name);
        }
        names.sort_unstable_by(|a, b| b.cmp(a));
        Ok(names)
    }
}

/// It is gone, or a file or a link has its name by now.
fn is_no_folder(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR | libc::ELOOP))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Outcome;
    use crate::sources::intake::MemoryBudget;
    use crate::sources::{After, Limits};

    fn options(root: &Path) -> Options {
        Options {
            roots: vec![Root { name: b"wire".to_vec(), path: root.to_path_buf() }],
            include: Vec::new(),
            exclude: vec!["*.bak".to_owned()],
            settle: Duration::from_millis(20),
            rescan: Duration::from_secs(60),
            follow_symlinks: false,
            after: After::Keep,
            limits: Limits { document_bytes_max: 100, entries_max: 100, attempts_max: 2, ratio_max: 100, depth_max: 4 },
            opening: crate::sources::Opening::Here,
            out: Some(root.join("out")),
        }
    }

    /// Walks the folder; gives the articles handed in and the codes of what was rejected, by path and entry.
    fn walk(options: &Options) -> (Vec<String>, Vec<String>, Tally) {
        let (batches, mut articles) = tokio::sync::mpsc::channel(1000);
        let (outcomes, mut told) = tokio::sync::mpsc::channel(1000);
        let (_running, stop) = tokio::sync::watch::channel(false);
        let intake = Intake::new(batches, outcomes, MemoryBudget::new(1 << 30));
        let (_settled, settled) = tokio::sync::mpsc::unbounded_channel();
        let tally = run(options, &View::blank(), intake, settled, &Stop::new(stop), &Counts::default()).unwrap();
        let name = |origin: &crate::model::Origin| {
            let path = origin.path.as_ref().unwrap().lossy().0.into_owned();
            origin.entry.as_ref().map_or(path.clone(), |entry| format!("{path} {}", entry.as_str()))
        };
        let mut read = Vec::new();
        while let Ok(batch) = articles.try_recv() {
            read.extend(batch.articles.iter().map(|envelope| name(&envelope.origin)));
        }
        let mut rejected = Vec::new();
        while let Ok(outcome) = told.try_recv() {
            if let Outcome::Rejected(some) = outcome {
                rejected.extend(some.iter().map(|envelope| format!("{} {}", name(&envelope.origin), envelope.body.code)));
            }
        }
        (read, rejected, tally)
    }

    #[test]
    fn a_folder_is_read_in_the_order_of_its_paths() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("a/z.txt", "Ferry late");
        put("a.txt", "Ferry late");
        put("b.jsonl", "{\"id\":\"x\"}\n{}\nbroken\n");
        put("c.css", "p { }");
        put(".hidden", "no");
        put("d.bak", "no");
        put("e.txt.part", "no");
        put("f.txt", "");
        put("g.txt", &"long ".repeat(50));
        put("out/articles.jsonl", "{}\n");
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        let (read, rejected, tally) = walk(&options(folder.path()));
        assert_eq!(read, ["wire/a.txt", "wire/a/z.txt", "wire/b.jsonl x", "wire/b.jsonl #2"]);
        assert_eq!(rejected, ["wire/b.jsonl #3 parse.malformed", "wire/g.txt limit.size"]);
        let skipped: Vec<(&str, u64)> = tally.skipped.iter().map(|(skip, count)| (skip.name(), *count)).collect();
        assert_eq!(skipped, [("form", 1), ("hidden", 1), ("temporary", 1), ("empty", 1), ("not_regular", 1)]);
        let (again, ..) = walk(&Options { follow_symlinks: true, ..options(folder.path()) });
        assert_eq!(again, read);
    }

    #[test]
    fn files_from_the_future_are_waited_for_together() {
        let folder = tempfile::tempdir().unwrap();
        let year_2100 = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800);
        for number in 0..40 {
            let path = folder.path().join(format!("{number}.txt"));
            fs::write(&path, "Ferry late").unwrap();
            fs::File::options().write(true).open(path).unwrap().set_modified(year_2100).unwrap();
        }
        let settle = Duration::from_millis(100);
        let begun = Instant::now();
        let (read, ..) = walk(&Options { settle, ..options(folder.path()) });
        assert_eq!(read.len(), 40);
        assert!(begun.elapsed() < settle * 20, "each was waited for alone: {:?}", begun.elapsed());
    }

    #[test]
    fn a_picture_named_by_the_user_is_answered_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        fs::write(&path, b"\x89PNG\r\n\x1a\n").unwrap();
        assert_eq!(walk(&options(&path)).1, ["wire input.binary"]);
    }
}
