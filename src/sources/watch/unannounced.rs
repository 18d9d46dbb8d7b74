//! Files that a listing found before any event told of them: the honest measure of how much the events can be trusted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// An event may still be on its way when the listing finds its file; later ones told nothing new.
const GRACE: Duration = Duration::from_secs(2);
/// Files whose event is waited for; of more, each counts at once.
const AWAITED: usize = 1 << 12;

/// What was found by listing and not told of yet.
#[derive(Default)]
pub(super) struct Unannounced {
    found: HashMap<PathBuf, Instant>,
}

impl Unannounced {
    /// Notes that a listing has found this file, new or changed. Gives how many that makes for certain.
    pub(super) fn found(&mut self, path: &Path, now: Instant) -> u64 {
        if self.found.len() >= AWAITED {
            return 1;
        }
        self.found.insert(path.to_path_buf(), now);
        0
    }

    /// An event has told of it after all.
    pub(super) fn told(&mut self, path: &Path) {
        if !self.found.is_empty() {
            self.found.remove(path);
        }
    }

    /// How many nobody told of in time. To be called now and then.
    pub(super) fn take_missed(&mut self, now: Instant) -> u64 {
        let before = self.found.len();
        self.found.retain(|_, since| now.duration_since(*since) < GRACE);
        (before - self.found.len()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_whose_event_comes_late_was_not_missed() {
        let now = Instant::now();
        let mut unannounced = Unannounced::default();
        assert_eq!(unannounced.found(Path::new("told"), now) + unannounced.found(Path::new("missed"), now), 0);
        unannounced.told(Path::new("told"));
        assert_eq!(unannounced.take_missed(now + Duration::from_secs(1)), 0);
        assert_eq!(unannounced.take_missed(now + GRACE), 1);
        assert_eq!(unannounced.take_missed(now + GRACE), 0);
    }
}
