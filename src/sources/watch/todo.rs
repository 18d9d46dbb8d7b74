//! The files that are to be looked at, each once however often it was told of, the most urgent first.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::sources::found::Found;
use crate::sources::settle::{Hint, Settling};

/// A file that is to be looked at.
pub(super) struct Pending {
    pub found: Found,
    pub hint: Hint,
    pub settling: Settling,
    /// Failed tries to read it.
    pub attempts: u32,
    /// Looks that found it still being written.
    pub waits: u32,
    /// Rejected articles are tried again although they are unchanged.
    pub again: bool,
    pub due: Instant,
    /// When it was first told of.
    pub since: Instant,
    /// However urgent it becomes, it is not looked at before.
    pub earliest: Option<Instant>,
}

impl Pending {
    pub(super) fn new(found: Found, hint: Hint, due: Instant) -> Self {
        Self { found, hint, settling: Settling::default(), attempts: 0, waits: 0, again: false, due, since: Instant::now(), earliest: None }
    }

    /// The same file, told of again: what is known of it goes on counting, and the later news counts.
    pub(super) fn told_again(self, news: Self) -> Self {
        let earliest = self.earliest.max(news.earliest);
        let due = self.due.min(news.due);
        Self {
            settling: self.settling,
            since: self.since,
            attempts: self.attempts.max(news.attempts),
            again: self.again || news.again,
            due: earliest.map_or(due, |earliest| due.max(earliest)),
            earliest,
            ..news
        }
    }
}

/// What is to be looked at, by when.
pub(super) struct Todo {
    files: HashMap<PathBuf, Pending>,
    order: BTreeSet<(Instant, PathBuf)>,
    most: usize,
}

/// There is no room: the file is not noted, and will only be found by listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Todo {
    /// Holds `most` files, some hundred bytes each.
    pub(super) fn new(most: usize) -> Self {
        Self { files: HashMap::new(), order: BTreeSet::new(), most }
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// Notes a file. One that is noted already is due at the earlier of the two times; the later news counts.
    pub(super) fn put(&mut self, mut pending: Pending) -> Result<(), Full> {
        let path = pending.found.path.clone();
        match self.files.remove(&path) {
            Some(known) => {
                self.order.remove(&(known.due, path.clone()));
                pending = known.told_again(pending);
            }
            None if self.files.len() >= self.most => return Err(Full),
            None => pending.due = pending.earliest.map_or(pending.due, |earliest| pending.due.max(earliest)),
        }
        self.order.insert((pending.due, path.clone()));
        self.files.insert(path, pending);
        Ok(())
    }

    /// What is known to come of a file that is only touched: its owner, its times.
    pub(super) fn hint_of(&self, path: &Path) -> Hint {
        self.files.get(path).map_or(Hint::Seen, |pending| pending.hint)
    }

    pub(super) fn forget(&mut self, path: &Path) {
        if let Some(known) = self.files.remove(path) {
            self.order.remove(&(known.due, path.to_path_buf()));
        }
    }

    /// The most urgent file, if its time has come.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Pending> {
        let due = self.next_due()?;
        if due > now {
            return None;
        }
        let (_, path) = self.order.pop_first()?;
        self.files.remove(&path)
    }

    pub(super) fn holds(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }

    /// Since when the oldest of them has been waiting.
    pub(super) fn oldest(&self) -> Option<Instant> {
        self.files.values().map(|pending| pending.since).min()
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        self.order.first().map(|(due, _)| *due)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::model::SourcePath;

    fn pending(name: &str, hint: Hint, due: Instant) -> Pending {
        let found = Found { path: PathBuf::from(name), root_bytes: 0, source: Arc::new(SourcePath(name.into())), named: false };
        Pending::new(found, hint, due)
    }

    #[test]
    fn a_page_told_of_often_is_looked_at_once_and_by_the_latest_news() {
        let now = Instant::now();
        let mut todo = Todo::new(2);
        todo.put(pending("a", Hint::Seen, now + Duration::from_secs(1))).unwrap();
        todo.put(pending("b", Hint::Seen, now + Duration::from_millis(500))).unwrap();
        todo.put(pending("a", Hint::Closed, now)).unwrap();
        assert_eq!(todo.put(pending("c", Hint::Seen, now)), Err(Full));
        let first = todo.take_due(now).unwrap();
        assert_eq!((first.found.path.as_path(), first.hint), (Path::new("a"), Hint::Closed));
        assert!(todo.take_due(now).is_none());
        assert_eq!(todo.next_due(), Some(now + Duration::from_millis(500)));
        todo.forget(Path::new("b"));
        assert_eq!((todo.len(), todo.next_due()), (0, None));
    }
}
