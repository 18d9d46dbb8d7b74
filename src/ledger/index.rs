//! What the committer and recovery ask of the index, whatever keeps it: SQLite, or a simulated one that forgets.

use crate::model::Key;

use super::database::{Database, Group, SegmentRow};
use super::{Known, fault};

/// The index over the record files. Its latest transactions may be lost with the power, never a part of one.
pub trait Index {
    /// True where everything is to be entered again from the records.
    fn is_new(&self) -> bool;

    /// Says that everything has been entered, and makes all of it durable. Only then does a new index count as one. A
    /// seal that a killed writer entered without syncing it would otherwise be seen, acted upon, and lost.
    fn finish_recovery(&mut self) -> anyhow::Result<()>;

    fn latest(&self, key: &Key) -> anyhow::Result<Option<Known>>;

    /// In order of series and number.
    fn segments(&self) -> anyhow::Result<Vec<SegmentRow>>;

    /// Enters all of the group or nothing. A seal is durable when this returns, and so is all that came before it. No
    /// room is told by an `io::Error` that says so.
    fn commit(&mut self, group: &Group) -> anyhow::Result<()>;

    /// Gives back the room on the disk that it can do without, as far as it has any.
    fn make_room(&self) {}
}

impl Index for Database {
    fn is_new(&self) -> bool {
        self.is_new
    }

    fn finish_recovery(&mut self) -> anyhow::Result<()> {
        fault::point("ledger.finish")?;
        Database::finish_recovery(self)
    }

    fn latest(&self, key: &Key) -> anyhow::Result<Option<Known>> {
        Database::latest(self, key)
    }

    fn segments(&self) -> anyhow::Result<Vec<SegmentRow>> {
        Database::segments(self)
    }

    fn commit(&mut self, group: &Group) -> anyhow::Result<()> {
        fault::point("ledger.commit")?;
        if group.segments.iter().any(|row| row.sealed) {
            fault::point("ledger.seal")?;
        }
        Database::commit(self, group)?;
        Ok(fault::point("ledger.committed")?)
    }

    fn make_room(&self) {
        Database::make_room(self);
    }
}
