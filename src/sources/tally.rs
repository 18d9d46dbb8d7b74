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
    /// 1 where events cannot be relied on and folders are listed instead.
    pub polling: AtomicU64,
}

impl Counts {
    pub(super) fn add(counter: &AtomicU64, number: u64) {
        counter.fetch_add(number, Ordering::Relaxed);
    }

    pub(super) fn set(gauge: &AtomicU64, number: u64) {
        gauge.store(number, Ordering::Relaxed);
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
