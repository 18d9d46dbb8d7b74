//! Decides when a file is finished: a pure state machine that is told what was seen, and when.

use std::time::{Duration, Instant};

use crate::model::Stamp;

/// Whether someone holds the file open for writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "no other system tells who has a file open"))]
pub(super) enum Writer {
    Nobody,
    Somebody,
    /// The file system, or the file's owner, does not let us ask.
    Unknown,
}

/// What an event said about how the file came to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hint {
    #[default]
    Seen,
    /// A writer closed it, or whoever opens it again will be told of.
    Closed,
    /// It was renamed into place, whole.
    Renamed,
}

/// One look at a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub stamp: Stamp,
    pub writer: Writer,
    pub now: Instant,
    /// How long ago its clock says that it was changed; None where that lies in the future or cannot be told.
    pub age: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nobody writes it any more.
    Read,
    /// It may still be written, but not just now, or has been for long: good for whole entries only.
    ReadWholeEntries,
    Wait(Duration),
}

/// A file that may still be written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Settling {
    last: Option<(Stamp, Instant)>,
    /// When it was looked at first.
    begun: Option<Instant>,
    /// The state in which its whole entries were read.
    entries_read: Option<Stamp>,
}

/// An open file is looked at again after this long at most: closing it changes nothing that we would be told.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// A writer that has been silent for so many settling times is taken to have forgotten the file.
const FORGOTTEN_AFTER: u32 = 150;
/// A file that never was quiet for so many settling times is read all the same, as far as its entries are whole.
const NEVER_QUIET_FOR: u32 = 4;

impl Settling {
    pub(super) fn judge(&mut self, look: Look, hint: Hint, settle: Duration) -> Verdict {
        let since = match self.last {
            Some((stamp, since)) if stamp == look.stamp => since,
            _ => look.now,
        };
        self.last = Some((look.stamp, since));
        let watched = look.now.saturating_duration_since(since);
        let quiet = look.age.map_or(watched, |age| age.max(watched));
        let never_quiet = self.waited(look.now) >= settle.saturating_mul(NEVER_QUIET_FOR);
        let verdict = match (look.writer, hint) {
            // A file can be renamed while it is written; then the name says nothing.
            (Writer::Nobody | Writer::Unknown, Hint::Renamed) | (Writer::Nobody, Hint::Closed) => Verdict::Read,
            (Writer::Nobody, _) if never_quiet => Verdict::Read,
            (Writer::Nobody | Writer::Unknown, _) => match after(quiet, settle) {
                Verdict::Wait(_) if never_quiet => Verdict::ReadWholeEntries,
                verdict => verdict,
            },
            (Writer::Somebody, _) if watched >= settle.saturating_mul(FORGOTTEN_AFTER) => Verdict::Read,
            (Writer::Somebody, _) if watched >= settle || never_quiet => Verdict::ReadWholeEntries,
            (Writer::Somebody, _) => Verdict::Wait((settle - watched).clamp(Duration::from_millis(1), LOOK_AGAIN)),
        };
        let nothing_new = verdict == Verdict::ReadWholeEntries && self.entries_read == Some(look.stamp);
        if nothing_new { Verdict::Wait(LOOK_AGAIN) } else { verdict }
    }

    /// How long the file has been looked at.
    fn waited(&mut self, now: Instant) -> Duration {
        now.saturating_duration_since(*self.begun.get_or_insert(now))
    }

    /// For how long it has been seen in this state.
    pub(super) fn seen_for(&self, stamp: Stamp, now: Instant) -> Duration {
        match self.last {
            Some((last, since)) if last == stamp => now.saturating_duration_since(since),
            _ => Duration::ZERO,
        }
    }

    /// What is still worth knowing once it was read.
    pub(super) fn read(self) -> Self {
        Self { last: self.last, ..Self::default() }
    }

    /// True of a file that is written and written: whoever waits for its end may wait for ever.
    pub(super) fn is_endless(&mut self, now: Instant, settle: Duration) -> bool {
        self.waited(now) >= settle.saturating_mul(FORGOTTEN_AFTER)
    }

    /// Its whole entries have been read in this state, and need not be again.
    pub(super) fn entries_read(&mut self, stamp: Stamp) {
        self.entries_read = Some(stamp);
    }
}

fn after(quiet: Duration, settle: Duration) -> Verdict {
    match settle.checked_sub(quiet) {
        None | Some(Duration::ZERO) => Verdict::Read,
        Some(rest) => Verdict::Wait(rest.max(Duration::from_millis(1))),
    }
}

/// How long to wait before an open, quiet file is looked at again.
pub(super) const OPEN_FILE_AGAIN: Duration = LOOK_AGAIN;

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLE: Duration = Duration::from_millis(200);

    fn stamp(size: u64) -> Stamp {
        Stamp { device: 1, inode: 2, size, mtime_ns: 0, ctime_ns: 0 }
    }

    /// Looks at these milliseconds, with this size and writer; the file's clock says nothing.
    #[track_caller]
    fn check(hint: Hint, looks: &[(u64, u64, Writer)], expected: Verdict) {
        let start = Instant::now();
        let mut settling = Settling::default();
        let mut verdict = Verdict::Wait(SETTLE);
        for (at_ms, size, writer) in looks {
            let look = Look { stamp: stamp(*size), writer: *writer, now: start + Duration::from_millis(*at_ms), age: None };
            verdict = settling.judge(look, hint, SETTLE);
        }
        assert_eq!(verdict, expected);
    }

    #[test]
    fn a_page_renamed_into_place_is_read_at_once() {
        check(Hint::Renamed, &[(0, 5, Writer::Unknown)], Verdict::Read);
    }

    #[test]
    fn a_closed_page_is_read_at_once_where_the_lease_says_so() {
        check(Hint::Closed, &[(0, 5, Writer::Nobody)], Verdict::Read);
        check(Hint::Closed, &[(0, 5, Writer::Unknown)], Verdict::Wait(SETTLE));
    }

    #[test]
    fn a_page_that_grows_is_waited_for() {
        check(Hint::Seen, &[(0, 5, Writer::Unknown), (150, 9, Writer::Unknown)], Verdict::Wait(SETTLE));
        check(Hint::Seen, &[(0, 5, Writer::Unknown), (200, 5, Writer::Unknown)], Verdict::Read);
    }

    #[test]
    fn a_page_renamed_while_it_is_written_is_waited_for() {
        check(Hint::Renamed, &[(0, 5, Writer::Somebody)], Verdict::Wait(LOOK_AGAIN));
    }

    #[test]
    fn a_list_that_is_never_quiet_gives_its_whole_entries() {
        let looks = |writer| [(0, 5, writer), (150, 6, writer), (300, 7, writer), (450, 8, writer), (600, 9, writer), (801, 10, writer)];
        check(Hint::Seen, &looks(Writer::Somebody), Verdict::ReadWholeEntries);
        check(Hint::Seen, &looks(Writer::Unknown), Verdict::ReadWholeEntries);
        check(Hint::Seen, &looks(Writer::Nobody), Verdict::Read);
    }

    #[test]
    fn whole_entries_are_read_once_in_each_state() {
        let start = Instant::now();
        let mut settling = Settling::default();
        let mut look = |at_ms, size| {
            let now = start + Duration::from_millis(at_ms);
            let verdict = settling.judge(Look { stamp: stamp(size), writer: Writer::Somebody, now, age: None }, Hint::Seen, SETTLE);
            if verdict == Verdict::ReadWholeEntries {
                settling.entries_read(stamp(size));
            }
            verdict
        };
        look(0, 5);
        assert_eq!(look(200, 5), Verdict::ReadWholeEntries);
        assert_eq!(look(400, 5), Verdict::Wait(LOOK_AGAIN));
        assert_eq!(look(1000, 9), Verdict::ReadWholeEntries);
        assert_eq!(look(1100, 9), Verdict::Wait(LOOK_AGAIN));
        assert_eq!(look(31_100, 9), Verdict::Read);
    }

    #[test]
    fn an_open_file_gives_whole_entries_once_quiet_and_all_when_forgotten() {
        check(Hint::Seen, &[(0, 5, Writer::Somebody), (200, 5, Writer::Somebody)], Verdict::ReadWholeEntries);
        check(Hint::Seen, &[(0, 5, Writer::Somebody), (30_000, 5, Writer::Somebody)], Verdict::Read);
    }
}
