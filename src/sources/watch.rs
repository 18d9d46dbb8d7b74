//! Watches the input folders until it is told to stop: what is there first, then what arrives.
//!
//! Events are hints, the listing is the truth, the ledger decides. An event only says where to look. Each folder is
//! watched before it is listed, so that what arrives between the two is told; all folders are listed again after hints
//! were lost, and every `input.rescan`, whatever was told. What was read, and in which state, the ledger knows.

mod hints;
mod mounts;
mod places;
mod roots;
mod todo;
mod unannounced;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;

use self::hints::{Hints, NotWatched, Told};
use self::mounts::Mounts;
use self::places::{Place, Places};
use self::todo::{Pending, Todo};
use self::unannounced::Unannounced;
use super::after::Afterwards;
use super::found::{Found, is_remote, stamp_of, tick_of};
use super::intake::{Intake, LineClosed};
use super::open::{Opener, ReadFile, Seen};
use super::settle::Hint;
use super::walk::{Listing, Step};
use super::{Counts, Options, Root, Stop, Tally, Why};
use crate::ledger::View;
use crate::model::{Stamp, Ticket};
use crate::telemetry::now_ms;

/// Reads what is there, then what arrives, until told to stop or the line closes. To be run on a thread that may block.
/// Returns once everything that was read is durable, or nobody tells any more.
pub fn run(
    options: &Options,
    past: &View,
    intake: Intake,
    settled: UnboundedReceiver<Vec<Ticket>>,
    stop: &Stop,
    counts: &Counts,
) -> anyhow::Result<Tally> {
    let options = &Options { roots: absolute(&options.roots)?, ..options.clone() };
    let mut watch = Watch::new(options, Opener::new(options, past, intake, counts), settled)?;
    let result = watch.go_on(stop);
    let Watch { opener, mut afterwards, .. } = watch;
    let tally = opener.close();
    afterwards.carry_out_the_rest(past);
    match result {
        Err(error) if !error.is::<LineClosed>() => Err(error),
        _ => Ok(tally),
    }
}

/// A pause between two looks at whether the run is to stop.
const STEP: Duration = Duration::from_millis(50);
/// A pause while something waits for the committer, which tells of it without waking us.
const SHORT_STEP: Duration = Duration::from_millis(2);
/// How often the roots are looked at: one that was deleted, or swapped for another, tells nothing any more.
const ROOTS: Duration = Duration::from_millis(250);
/// How often everything is listed where events cannot be had: a network, or no more watches.
const POLL: Duration = Duration::from_secs(2);
/// Listing takes at most one part in so many of the time.
const LISTING_SHARE: u32 = 10;
/// A file that is written for long is looked at more and more rarely, but this often; its closing is told.
const STILL_WRITTEN: Duration = Duration::from_secs(2);
/// A large file that is written over and over is read at most at this rate, in bytes a second.
const READ_AGAIN_RATE: u64 = 25_000_000;
/// Smaller files are read whenever they change.
const LARGE: u64 = 1 << 20;
/// The first pause after a file could not be read; each further one is twice as long.
const BACK_OFF: Duration = Duration::from_millis(100);
/// Files that may wait to be looked at. More are found by listing.
const PENDING: usize = 1 << 16;
/// Folders that may wait to be listed. With more, everything is listed.
const SUBTREES: usize = 1 << 12;
/// Hints that are taken, or entries that are listed, before the other gets its turn.
const TURN: usize = 256;
/// How often it is counted what waits.
const COUNTING: Duration = Duration::from_millis(500);

/// A file that is on its way through the line.
struct OnItsWay {
    path: PathBuf,
    stamp: Stamp,
    since: Instant,
}

struct Watch<'a> {
    options: &'a Options,
    opener: Opener<'a>,
    afterwards: Afterwards,
    places: Places,
    /// None where the system grants no watcher at all.
    hints: Option<Hints>,
    /// The folders that are watched, with their device and inode.
    watched: BTreeMap<PathBuf, (u64, u64)>,
    todo: Todo,
    on_their_way: HashMap<Ticket, OnItsWay>,
    /// Paths of the above, and what came of them meanwhile: versions of a file go through the line one by one.
    busy: HashMap<PathBuf, Option<Pending>>,
    /// The listing that is under way, and those that are to follow.
    listing: Option<Listing>,
    subtrees: VecDeque<(PathBuf, Root)>,
    all_due: Instant,
    roots_due: Instant,
    /// The roots as last seen: device and inode.
    roots: Vec<Option<(u64, u64)>>,
    mounts: Mounts,
    /// Large files, and when they may be read again.
    large: HashMap<PathBuf, Instant>,
    /// Files with rejected articles that are to be tried again, as was asked for.
    replays: VecDeque<Found>,
    /// When the listing of everything began, where one is under way.
    all_begun: Option<Instant>,
    /// Why events cannot be relied on, if so.
    polling: Option<Why>,
    /// Whether everything has been listed once.
    listed_once: bool,
    /// Files that were rejected as unreadable, in that state.
    given_up: HashMap<PathBuf, Option<Stamp>>,
    unreadable_folders: BTreeSet<PathBuf>,
    unannounced: Unannounced,
    counting_due: Instant,
}

impl<'a> Watch<'a> {
    fn new(options: &'a Options, opener: Opener<'a>, settled: UnboundedReceiver<Vec<Ticket>>) -> anyhow::Result<Self> {
        let hints = match Hints::new(options.follow_symlinks) {
            Ok(hints) => Some(hints),
            Err(error) => {
                tracing::warn!(%error, every_ms = POLL.as_millis(), "no file events can be had: folders are listed instead");
                None
            }
        };
        let now = Instant::now();
        Ok(Self {
            options,
            opener,
            afterwards: Afterwards::new(&options.after, settled),
            places: Places::new(options)?,
            polling: hints.is_none().then_some(Why::NoEvents),
            listed_once: false,
            hints,
            watched: BTreeMap::new(),
            todo: Todo::new(PENDING),
            on_their_way: HashMap::new(),
            busy: HashMap::new(),
            listing: None,
            subtrees: VecDeque::new(),
            all_due: now,
            roots_due: now,
            roots: vec![None; options.roots.len()],
            mounts: Mounts::new(&options.roots),
            large: HashMap::new(),
            replays: VecDeque::new(),
            all_begun: None,
            given_up: HashMap::new(),
            unreadable_folders: BTreeSet::new(),
            unannounced: Unannounced::default(),
            counting_due: now,
        })
    }

    fn go_on(&mut self, stop: &Stop) -> anyhow::Result<()> {
        while !stop.is_set() {
            Counts::add(&self.opener.counts.turns, 1);
            self.take_settled();
            self.look_at_roots()?;
            self.replay_some();
            self.take_hints();
            self.look_at_due()?;
            self.list_some()?;
            self.count();
        }
        self.opener.tally.stopped = true;
        Ok(())
    }

    /// Says what waits, and since when.
    fn count(&mut self) {
        let counts = self.opener.counts;
        Counts::set(&counts.waiting, self.todo.len() as u64);
        let now = Instant::now();
        if self.counting_due > now {
            return;
        }
        self.counting_due = now + COUNTING;
        Counts::add(&counts.unannounced, self.unannounced.take_missed(now));
        Counts::set(&counts.folders_watched, self.watched.len() as u64);
        counts.listed.set(self.polling);
        let oldest = self.on_their_way.values().map(|file| file.since).chain(self.todo.oldest()).min();
        let since = oldest.map_or(0, |oldest| now_ms().saturating_sub(u64::try_from((now - oldest).as_millis()).unwrap_or(0)));
        Counts::set(&counts.oldest_since_ms, since);
    }

    /// How long nothing needs to be done but to listen.
    fn rest(&self, now: Instant) -> Duration {
        if self.listing.is_some() || !self.subtrees.is_empty() || !self.replays.is_empty() {
            return Duration::ZERO;
        }
        let step = if self.busy.values().any(Option::is_some) { SHORT_STEP } else { STEP };
        let due = [self.todo.next_due(), Some(self.all_due), Some(self.roots_due)].into_iter().flatten().min();
        due.map_or(step, |due| due.saturating_duration_since(now).min(step))
    }

    fn take_hints(&mut self) {
        let mut rest = self.rest(Instant::now());
        // Nothing more is at hand: what a crash found under way has its turn.
        if !rest.is_zero() && self.opener.intake.flush().and_then(|()| self.opener.intake.run_suspects()).is_err() {
            return;
        }
        for _ in 0..TURN {
            let Some(hints) = &self.hints else {
                std::thread::sleep(rest);
                return;
            };
            let Some(told) = hints.next(rest) else { break };
            rest = Duration::ZERO;
            Counts::set(&self.opener.counts.told_at_ms, now_ms());
            match told {
                Told::Look(path, hint) => self.told_to_look(path, hint),
                Told::Touched(path) => {
                    let hint = self.todo.hint_of(&path);
                    self.told_to_look(path, hint);
                }
                Told::Gone(path) => self.forget(&path),
            }
        }
        if self.hints.as_ref().is_some_and(Hints::take_missed) {
            Counts::add(&self.opener.counts.hints_missed, 1);
            tracing::debug!("file events were lost: all folders are listed");
            self.list_all();
        }
    }

    fn told_to_look(&mut self, path: PathBuf, hint: Hint) {
        let now = Instant::now();
        self.unannounced.told(&path);
        match self.places.of(&path) {
            Place::Elsewhere => {}
            Place::Root(_) => self.roots_due = now,
            Place::Below(root, below) => {
                let metadata = if self.options.follow_symlinks { path.metadata() } else { path.symlink_metadata() };
                // What is gone has told so, or will.
                let Ok(metadata) = metadata else { return };
                if metadata.is_dir() {
                    if let Some(root) = self.options.roots.get(root).filter(|_| self.places.enters(&below)) {
                        let root = root.clone();
                        self.list(path, root);
                    }
                } else if let Some(found) = self.places.file(root, &below, path) {
                    // Who writes will also close.
                    let due = if hint == Hint::Seen { now + self.options.settle } else { now };
                    self.put(Pending::new(found, hint, due));
                }
            }
        }
    }

    fn put(&mut self, mut pending: Pending) {
        pending.earliest = pending.earliest.max(self.large.get(&pending.found.path).copied());
        if let Some(later) = self.busy.get_mut(&pending.found.path) {
            *later = Some(match later.take() {
                Some(known) => known.told_again(pending),
                None => pending,
            });
        } else if self.todo.put(pending).is_err() {
            self.list_all();
        }
    }

    /// A folder that is gone takes its watch, and those below it, along: under its new name it is watched anew.
    fn forget(&mut self, path: &Path) {
        self.todo.forget(path);
        self.unwatch_below(path);
        match self.places.of(path) {
            Place::Root(number) => {
                // Another of its name may have come meanwhile, even with the same inode.
                if let Some(known) = self.roots.get_mut(number) {
                    *known = None;
                }
                self.roots_due = Instant::now();
            }
            // Another folder may have its name by now, and the watcher may have let go of that one too.
            Place::Below(..) if path.is_dir() => self.told_to_look(path.to_path_buf(), Hint::Seen),
            Place::Below(..) | Place::Elsewhere => {}
        }
    }

    fn unwatch_below(&mut self, path: &Path) {
        let from = (std::ops::Bound::Included(path.to_path_buf()), std::ops::Bound::Unbounded);
        let below: Vec<PathBuf> = self
            .watched
            .range::<PathBuf, _>(from)
            .map(|(folder, _)| folder)
            .take_while(|folder| folder.starts_with(path))
            .cloned()
            .collect();
        for folder in below {
            self.watched.remove(&folder);
            if let Some(hints) = &mut self.hints {
                hints.unwatch(&folder);
            }
        }
    }

    fn look_at_due(&mut self) -> anyhow::Result<()> {
        for _ in 0..TURN {
            let Some(pending) = self.todo.take_due(Instant::now()) else { break };
            self.look(pending)?;
        }
        Ok(())
    }

    fn look(&mut self, mut pending: Pending) -> anyhow::Result<()> {
        if self.busy.contains_key(&pending.found.path) {
            self.put(pending);
            return Ok(());
        }
        let path = &pending.found.path;
        if !pending.again && self.given_up.get(path).is_some_and(|given_up| *given_up == stamp_at(path)) {
            return Ok(());
        }
        self.opener.again = pending.again;
        let seen = self.opener.see(&pending.found, &mut pending.settling, pending.hint);
        self.opener.again = false;
        let now = Instant::now();
        match seen? {
            Seen::LeftOut => {
                self.given_up.remove(&pending.found.path);
            }
            Seen::Done(stamp) => self.afterwards.done(&pending.found, stamp, self.opener.past),
            Seen::Read(read) => self.was_read(pending, read, now),
            Seen::Wait(rest) => {
                pending.waits = (pending.waits + 1).min(16);
                let longer = Duration::from_millis(1 << pending.waits).min(STILL_WRITTEN);
                pending.due = now + rest.max(longer);
                self.put(pending);
            }
            Seen::Refused(error) => self.refused(pending, &error)?,
        }
        Ok(())
    }

    fn was_read(&mut self, pending: Pending, read: ReadFile, now: Instant) {
        let ReadFile { ticket, stamp, whole, lasting } = read;
        let path = pending.found.path.clone();
        let pending_since = pending.since;
        self.given_up.remove(&path);
        self.afterwards.note(&pending.found, read);
        if stamp.size > LARGE {
            let until = now + Duration::from_millis(stamp.size.saturating_mul(1000) / READ_AGAIN_RATE);
            self.large.retain(|_, until| *until > now);
            self.large.insert(path.clone(), until);
        }
        let follow_up = if !whole {
            let due = now + self.options.settle.max(Duration::from_millis(1));
            let earliest = self.large.get(&path).copied();
            Some(Pending { hint: Hint::Seen, due, earliest, again: false, ..pending })
        } else if !lasting {
            // Its clock may not have ticked since: a look after the tick makes sure, and makes the state last.
            let settling = pending.settling.read();
            Some(Pending { settling, ..Pending::new(pending.found, Hint::Seen, now + tick_of(stamp) + tick_of(stamp) / 10) })
        } else {
            None
        };
        self.on_their_way.insert(ticket, OnItsWay { path: path.clone(), stamp, since: pending_since });
        self.busy.insert(path, follow_up);
    }

    fn refused(&mut self, mut pending: Pending, error: &io::Error) -> anyhow::Result<()> {
        let is_gone = matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
        if is_gone {
            // Only roots are told of so, and the look at the roots says it.
            return Ok(());
        }
        pending.attempts += 1;
        if pending.attempts >= self.opener.options.limits.attempts_max {
            let path = pending.found.path.clone();
            tracing::warn!(path = %path.display(), %error, attempts = pending.attempts, "file not readable: set aside");
            self.given_up.insert(path.clone(), stamp_at(&path));
            return self.opener.give_up(&pending.found, error, pending.attempts);
        }
        pending.due = Instant::now() + BACK_OFF * (1 << pending.attempts.min(6));
        self.put(pending);
        Ok(())
    }

    /// Hears from the committer which files are durable.
    fn take_settled(&mut self) {
        for ticket in self.afterwards.take_settled(self.opener.past) {
            let Some(OnItsWay { path, stamp, .. }) = self.on_their_way.remove(&ticket) else { continue };
            self.opener.intake.was_durable(stamp.ctime_ns);
            if let Some(Some(pending)) = self.busy.remove(&path) {
                let now = Instant::now();
                // The events of the writing that was read may come after it: where the state is the same, only the
                // clock's tick is waited for.
                let soonest = if stamp_at(&path) == Some(stamp) { now + tick_of(stamp) } else { now };
                let due = if pending.again { now } else { pending.due.max(soonest) };
                self.put(Pending { due, ..pending });
            }
        }
    }

    // --- Listing ---

    fn list_all(&mut self) {
        self.all_due = Instant::now();
    }

    fn list(&mut self, folder: PathBuf, root: Root) {
        if self.subtrees.len() >= SUBTREES {
            self.subtrees.clear();
            self.list_all();
        } else if self.subtrees.back().is_none_or(|(last, _)| *last != folder) {
            self.subtrees.push_back((folder, root));
        }
    }

    fn list_some(&mut self) -> anyhow::Result<()> {
        if self.listing.is_none() {
            self.listing = self.next_listing()?;
        }
        for _ in 0..TURN {
            let Some(step) = self.listing.as_mut().and_then(Listing::next) else {
                self.listing_ended();
                break;
            };
            match step {
                Step::Folder(folder, identity) => self.watch(&folder, identity),
                Step::File(found) => {
                    // Whoever opens it again for writing is told of where its folder is watched: that nobody has it open
                    // is enough then. Elsewhere it must have been quiet for a while.
                    let is_watched = found.path.parent().is_some_and(|folder| self.watched.contains_key(folder));
                    let hint = if is_watched { Hint::Closed } else { Hint::Seen };
                    let is_told_of = self.todo.holds(&found.path) || self.busy.contains_key(&found.path);
                    let (path, files_read) = (found.path.clone(), self.opener.tally.files_read);
                    self.look(Pending::new(found, hint, Instant::now()))?;
                    // What was there before the watching began nobody could tell of.
                    let could_be_told = self.all_begun.is_some() && self.listed_once;
                    let is_new = self.opener.tally.files_read > files_read || self.todo.holds(&path);
                    if could_be_told && !is_told_of && is_new {
                        let certain = self.unannounced.found(&path, Instant::now());
                        Counts::add(&self.opener.counts.unannounced, certain);
                    }
                }
                Step::Skipped(found, skip) => {
                    self.afterwards.put_back(&found.path);
                    self.opener.leave_out(&found, skip, None)?;
                }
                Step::Unreadable(folder, error) => {
                    if self.unreadable_folders.insert(folder.clone()) {
                        tracing::warn!(path = %folder.display(), %error, "folder not readable; it is tried again with every listing");
                        self.opener.tally.folders_unreadable += 1;
                    }
                }
            }
        }
        Ok(())
    }

    fn next_listing(&mut self) -> anyhow::Result<Option<Listing>> {
        let now = Instant::now();
        if self.all_due <= now {
            self.all_due = now + self.options.rescan;
            self.all_begun = Some(now);
            self.drop_dead_watches();
            self.subtrees.clear();
            return Ok(Some(Listing::new(self.options)?));
        }
        self.subtrees.pop_front().map(|(folder, root)| Listing::below(self.options, &root, &folder)).transpose()
    }

    fn listing_ended(&mut self) {
        self.listing = None;
        if let Some(begun) = self.all_begun.take() {
            // What is gone need not be remembered.
            self.given_up.retain(|path, _| path.symlink_metadata().is_ok());
            self.unreadable_folders.retain(|path| path.symlink_metadata().is_ok());
            let now = Instant::now();
            let counts = self.opener.counts;
            self.listed_once = true;
            Counts::add(&counts.listings, 1);
            Counts::set(&counts.last_listing_ms, u64::try_from((now - begun).as_millis()).unwrap_or(u64::MAX));
            Counts::set(&counts.listed_at_ms, now_ms());
            let every = if self.polling.is_some() { POLL.min(self.options.rescan) } else { self.options.rescan };
            // Hints that were lost meanwhile may have made it due already.
            if self.all_due > now {
                self.all_due = begun + every.max((now - begun) * LISTING_SHARE);
            }
        }
    }

    /// A folder that was moved keeps its watch, which tells of it under the old name: such watches go first.
    fn drop_dead_watches(&mut self) {
        let dead: Vec<PathBuf> = self
            .watched
            .iter()
            .filter(|(folder, identity)| places::identity_of(folder) != Some(**identity))
            .map(|(folder, _)| folder.clone())
            .collect();
        for folder in dead {
            self.unwatch_below(&folder);
        }
    }

    fn watch(&mut self, folder: &Path, identity: (u64, u64)) {
        self.unreadable_folders.remove(folder);
        match self.watched.get(folder) {
            Some(known) if *known == identity => return,
            Some(_) => self.unwatch_below(folder),
            None => {}
        }
        if self.polling.is_none() && is_remote(rustix::fs::statfs(folder)) {
            tracing::info!(path = %folder.display(), every_ms = POLL.as_millis(), "on a network file system: listed instead of watched");
            self.polling = Some(Why::Network);
        }
        let Some(hints) = &mut self.hints else { return };
        match hints.watch(folder) {
            Ok(()) => {
                self.watched.insert(folder.to_path_buf(), identity);
            }
            Err(NotWatched::Gone) => {}
            Err(NotWatched::NoMore | NotWatched::Failed(_)) if self.polling.is_some() => {}
            Err(NotWatched::NoMore) => {
                tracing::warn!(
                    watched = self.watched.len(),
                    path = %folder.display(),
                    every_ms = POLL.as_millis(),
                    "the kernel grants no more watches: all folders are listed instead; raise it with `sysctl fs.inotify.max_user_watches=1048576`"
                );
                self.polling = Some(Why::NoMoreWatches);
            }
            Err(NotWatched::Failed(error)) => {
                tracing::warn!(path = %folder.display(), %error, "folder not watched: all folders are listed instead");
                self.polling = Some(Why::NotWatched);
            }
        }
    }
}

/// How many folders the kernel lets one user watch; None where it does not say.
pub fn watches_max() -> Option<u64> {
    std::fs::read_to_string("/proc/sys/fs/inotify/max_user_watches").ok()?.trim().parse().ok()
}

fn stamp_at(path: &Path) -> Option<Stamp> {
    path.metadata().ok().map(|metadata| stamp_of(&metadata))
}

/// The watcher tells of absolute paths.
fn absolute(roots: &[Root]) -> io::Result<Vec<Root>> {
    roots.iter().map(|root| Ok(Root { name: root.name.clone(), path: std::path::absolute(&root.path)? })).collect()
}
