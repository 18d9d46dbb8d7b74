//! What the file system tells: look at this file, look into this folder. Hints may come twice, late, or not at all.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Config, ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::sources::settle::Hint;

/// One thing that the file system told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Something is, or has changed, at this path: a file or a folder.
    Look(PathBuf, Hint),
    /// Only its owner, its rights or its times have changed.
    Touched(PathBuf),
    /// This path is gone, or now has another name.
    Gone(PathBuf),
}

/// So many hints wait at most, some hundred bytes each; more are not kept, and everything is looked at instead.
const HINTS: usize = 16_384;

/// The file system's hints about the folders that are watched.
pub(super) struct Hints {
    told: Receiver<Told>,
    missed: Arc<AtomicBool>,
    watcher: RecommendedWatcher,
}

/// Why a folder is not watched.
#[derive(Debug)]
pub(super) enum NotWatched {
    /// The kernel grants this user no more watches.
    NoMore,
    Gone,
    Failed(notify::Error),
}

impl Hints {
    pub(super) fn new(follow_symlinks: bool) -> notify::Result<Self> {
        Self::with_room_for(HINTS, follow_symlinks)
    }

    fn with_room_for(hints: usize, follow_symlinks: bool) -> notify::Result<Self> {
        let (sender, told) = sync_channel(hints);
        let missed = Arc::new(AtomicBool::new(false));
        let told_all = Arc::clone(&missed);
        let note = move |event: notify::Result<Event>| note(event, &sender, &told_all);
        let watcher = RecommendedWatcher::new(note, Config::default().with_follow_symlinks(follow_symlinks))?;
        Ok(Self { told, missed, watcher })
    }

    /// Watches one folder, not those below it: each is watched before it is listed, so nothing falls between the two.
    pub(super) fn watch(&mut self, folder: &Path) -> Result<(), NotWatched> {
        self.watcher.watch(folder, RecursiveMode::NonRecursive).map_err(|error| match error.kind {
            ErrorKind::MaxFilesWatch => NotWatched::NoMore,
            ErrorKind::PathNotFound => NotWatched::Gone,
            _ => NotWatched::Failed(error),
        })
    }

    pub(super) fn unwatch(&mut self, folder: &Path) {
        // An error says that the kernel has let go of it by itself.
        let _ = self.watcher.unwatch(folder);
    }

    /// Waits for the next hint, at most so long.
    pub(super) fn next(&self, longest: Duration) -> Option<Told> {
        match self.told.recv_timeout(longest) {
            Ok(told) => Some(told),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                // The watcher's thread is gone; the listings go on without it.
                std::thread::sleep(longest);
                None
            }
        }
    }

    /// True once after hints were lost.
    pub(super) fn take_missed(&self) -> bool {
        self.missed.swap(false, Ordering::AcqRel)
    }
}

/// Runs on the watcher's own thread, which must never wait: while it does, the kernel's queue overflows.
fn note(event: notify::Result<Event>, hints: &SyncSender<Told>, missed: &AtomicBool) {
    let event = match event {
        Ok(event) if !event.need_rescan() => event,
        _ => return missed.store(true, Ordering::Release),
    };
    let told = |path| match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(Told::Look(path, Hint::Closed)),
        // Reading tells nothing, and most of it is our own.
        EventKind::Access(_) => None,
        EventKind::Modify(ModifyKind::Name(RenameMode::To)) => Some(Told::Look(path, Hint::Renamed)),
        EventKind::Modify(ModifyKind::Name(RenameMode::From)) | EventKind::Remove(_) => Some(Told::Gone(path)),
        EventKind::Modify(ModifyKind::Metadata(_)) => Some(Told::Touched(path)),
        // Comes after the two above, and says the same.
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => None,
        _ => Some(Told::Look(path, Hint::Seen)),
    };
    for told in event.paths.into_iter().filter_map(told) {
        if hints.try_send(told).is_err() {
            missed.store(true, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const DEADLINE: Duration = Duration::from_secs(30);

    /// Everything told until `enough`.
    fn until(hints: &Hints, enough: impl Fn(&Told) -> bool) -> Vec<Told> {
        let mut all = Vec::new();
        while let Some(told) = hints.next(DEADLINE) {
            let last = enough(&told);
            all.push(told);
            if last {
                break;
            }
        }
        all
    }

    #[test]
    fn a_page_that_is_closed_and_one_that_is_renamed_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mut hints = Hints::new(false).unwrap();
        hints.watch(folder.path()).unwrap();
        fs::write(at("a.txt"), "Ferry late").unwrap();
        fs::rename(at("a.txt"), at("b.txt")).unwrap();
        let all = until(&hints, |told| *told == Told::Look(at("b.txt"), Hint::Renamed));
        assert!(all.contains(&Told::Look(at("a.txt"), Hint::Closed)), "{all:?}");
        assert!(all.contains(&Told::Gone(at("a.txt"))), "{all:?}");
        assert!(!hints.take_missed());
    }

    #[test]
    fn more_hints_than_there_is_room_for_are_told_as_missed() {
        let folder = tempfile::tempdir().unwrap();
        let mut hints = Hints::with_room_for(2, false).unwrap();
        hints.watch(folder.path()).unwrap();
        for number in 0..50 {
            fs::write(folder.path().join(number.to_string()), "Ferry late").unwrap();
        }
        let begun = std::time::Instant::now();
        while !hints.missed.load(Ordering::Acquire) && begun.elapsed() < DEADLINE {
            std::thread::yield_now();
        }
        assert!(hints.take_missed());
        assert!(!hints.take_missed());
    }
}
