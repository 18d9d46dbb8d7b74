//! How much was found and read: running counts for the progress bar, and the sum at the end.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::Skip;

/// Counted while the reading goes on; any thread may look.
#[derive(Debug, Default)]
pub struct Counts {
    pub files_found: AtomicU64,
    pub files_read: AtomicU64,
    pub files_unchanged: AtomicU64,
    pub files_skipped: AtomicU64,
    pub articles: AtomicU64,
    pub bytes: AtomicU64,
    /// Files that are waited for because they may still be written.
    pub waiting: AtomicU64,
    /// Times that file events were lost and everything was listed.
    pub hints_missed: AtomicU64,
    /// Files that a listing found, new or changed, and that no event had told of.
    pub unannounced: AtomicU64,
    /// Folders that are watched.
    pub folders_watched: AtomicU64,
    /// Listings of everything that came to their end, and how long the last one took.
    pub listings: AtomicU64,
    pub last_listing_ms: AtomicU64,
    /// When it ended and when an event last told something, in milliseconds of the Unix time.
    pub listed_at_ms: AtomicU64,
    pub told_at_ms: AtomicU64,
    /// Since when the oldest of what is known and not done has been waiting, likewise; 0: nothing waits.
    pub oldest_since_ms: AtomicU64,
    /// Why folders are listed instead of watched, if so.
    pub listed: ListedInstead,
    /// Turns that a watch has taken so far, whether there was anything to do or not, and entries of containers that it has
    /// looked at.
    pub turns: AtomicU64,
}

impl Counts {
    pub(super) fn add(counter: &AtomicU64, number: u64) {
        counter.fetch_add(number, Ordering::Relaxed);
    }

    pub(super) fn set(gauge: &AtomicU64, number: u64) {
        gauge.store(number, Ordering::Relaxed);
    }
}

/// Why a watch lists its folders every few seconds and does not rely on being told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The system grants no file events at all.
    NoEvents,
    /// On a network file system others change files unseen.
    Network,
    /// The kernel grants no more watches.
    NoMoreWatches,
    /// A folder could not be watched, for a cause that the log tells.
    NotWatched,
}

impl Why {
    const ALL: [Self; 4] = [Self::NoEvents, Self::Network, Self::NoMoreWatches, Self::NotWatched];

    /// The cause, and what can be done about it.
    pub const fn said(self) -> &'static str {
        match self {
            Self::NoEvents => "this system grants no file events",
            Self::Network => "they are on a network file system, where others change files unseen",
            Self::NoMoreWatches => "the kernel grants no more watches; raise it with `sysctl fs.inotify.max_user_watches=1048576`",
            Self::NotWatched => "one of them could not be watched; the log tells which and why",
        }
    }
}

/// A [`Why`], or none, that any thread may look at.
#[derive(Debug, Default)]
pub struct ListedInstead(AtomicU64);

impl ListedInstead {
    pub fn why(&self) -> Option<Why> {
        let number = usize::try_from(self.0.load(Ordering::Relaxed)).ok()?;
        Why::ALL.get(number.checked_sub(1)?).copied()
    }

    pub(super) fn set(&self, why: Option<Why>) {
        let number = why.and_then(|why| Why::ALL.iter().position(|known| *known == why)).map_or(0, |at| at as u64 + 1);
        self.0.store(number, Ordering::Relaxed);
    }
}

/// What a source has done, when it is through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub files_found: u64,
    pub files_read: u64,
    pub files_unchanged: u64,
    pub skipped: BTreeMap<Skip, u64>,
    /// Articles handed to the line.
    pub articles: u64,
    /// Entries of containers, and files, that were read and are as they were.
    pub articles_unchanged: u64,
    /// What was set aside before it came to the line.
    pub rejected: u64,
    pub bytes: u64,
    /// Folders that could not be listed.
    pub folders_unreadable: u64,
    /// True where the reading ended before everything was read.
    pub stopped: bool,
    /// How many files a walk that was stopped had not looked at, where that could be told.
    pub files_left: Option<u64>,
}
