//! Makes the ledger anew from the records. What only the old one knew, because its files were moved away, is kept.
//!
//! The new ledger is made beside the old one, which stays in force until a single renaming puts the new one in its
//! place: whenever a repair ends before its time, nothing has changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rusqlite::{Connection, OpenFlags};
use tracing::warn;

use super::database::{self, ArticleRow, Group, SegmentRow, beside, remove_beside};
use super::recovery::comes_after;
use super::{CannotGoOn, Database, Disk, Index, Known, Ledger, RealDisk, STATE_FOLDER, Settled, database_path, disk, fault};

/// Rows carried over in one transaction.
const GROUP_ROWS: usize = 10_000;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// Articles that the old ledger knew of, and that stand in no file that is left.
    pub kept: u64,
    /// The segments that held them.
    pub segments_gone: u64,
    /// Where the old ledger lies, if there was one.
    pub aside: Option<PathBuf>,
}

/// What a new ledger takes over from the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub articles: u64,
    pub segments_gone: u64,
}

/// The ledger before, as far as it can still be read.
pub trait Earlier {
    /// In order of series and number.
    fn segments(&self) -> anyhow::Result<Vec<SegmentRow>>;

    /// Shows every article, in no order.
    fn each_article(&self, visit: &mut dyn FnMut(ArticleRow) -> anyhow::Result<()>) -> anyhow::Result<()>;
}

/// Takes the folder, reads all records and rejections that are in it, and enters them in a new ledger. On an error the
/// old ledger is as it was.
pub fn repair(out: &Path) -> anyhow::Result<Repaired> {
    let state = out.join(STATE_FOLDER);
    disk::create_folders(&RealDisk, &state)
        .map_err(|error| CannotGoOn(format!("cannot create {}: {error}; check its permissions", state.display())))?;
    let lock = RealDisk.lock(&state)?;
    let path = database_path(&state);
    let had_one = path.exists();
    let earlier = if had_one { EarlierDatabase::open(&path) } else { None };
    let made = path.with_extension("new");
    database::remove(&made).with_context(|| format!("remove {}", made.display()))?;
    let (ledger, kept) = remake(RealDisk, out, lock, Database::create(&made)?, earlier.as_ref())?;
    // Still held: nobody else may write before the new ledger is in its place.
    let _lock = ledger.close().with_context(|| format!("close {}", made.display()))?;
    fault::point("repair.made")?;
    let aside = had_one.then(|| path.with_extension("before-repair"));
    let is_folded = earlier.is_some_and(EarlierDatabase::fold);
    swap(&state, &path, &made, aside.as_deref(), is_folded)
        .with_context(|| format!("put {} in the place of the old ledger", made.display()))?;
    Ok(Repaired { kept: kept.articles, segments_gone: kept.segments_gone, aside })
}

/// Enters all that the files of the folder say in a new index, and what only the earlier one knew. The index is durable
/// when this returns.
pub fn remake<D: Disk, I: Index>(
    disk: D,
    out: &Path,
    lock: D::Lock,
    index: I,
    earlier: Option<&impl Earlier>,
) -> anyhow::Result<(Ledger<D, I>, Kept)> {
    let mut ledger = Ledger::open_locked(disk, out, lock, |_| Ok(index))?;
    let Some(earlier) = earlier else { return Ok((ledger, Kept::default())) };
    let kept = match keep(&mut ledger, earlier) {
        Ok(kept) => kept,
        Err(error) if error.is::<rusqlite::Error>() => {
            warn!(%error, "the old ledger cannot be read: articles of files that were moved away will be read again");
            Kept::default()
        }
        Err(error) => return Err(error),
    };
    ledger.index.finish_recovery()?;
    Ok((ledger, kept))
}

/// Carries over what the files that are left do not tell.
fn keep<D: Disk, I: Index>(ledger: &mut Ledger<D, I>, earlier: &impl Earlier) -> anyhow::Result<Kept> {
    let present = ledger.segments()?;
    let (mut sealed, mut kept) = (Vec::new(), Kept::default());
    for row in earlier.segments()?.into_iter().filter(|row| row.sealed) {
        match present.iter().find(|known| known.segment == row.segment) {
            // A file that was its reader's stays so: it is never written again, and may be moved away at any time.
            Some(known) => sealed.push(SegmentRow { sealed: true, ..*known }),
            None => {
                kept.segments_gone += 1;
                sealed.push(row);
            }
        }
    }
    ledger.commit(&Group { segments: sealed, ..Group::default() })?;
    if kept.segments_gone == 0 {
        return Ok(kept);
    }
    let mut group = Group::default();
    earlier.each_article(&mut |article| {
        if ledger.latest(&article.key)?.is_none_or(|known| says_more(&article.known, &known)) {
            kept.articles += 1;
            group.articles.push(article);
        }
        if group.articles.len() >= GROUP_ROWS {
            ledger.commit(&std::mem::take(&mut group))?;
        }
        Ok(())
    })?;
    ledger.commit(&group)?;
    Ok(kept)
}

/// True where the earlier ledger knows of a later outcome than the files that are left, or of a later try at the same
/// one. A version that could not be read gives its number on to the first that could, which then comes after it.
fn says_more(earlier: &Known, left: &Known) -> bool {
    if (earlier.revision, earlier.outcome) != (left.revision, left.outcome) {
        return comes_after(earlier, left);
    }
    let order = |known: &Known| (known.digest.is_some(), known.attempts);
    earlier.outcome == Settled::Rejected && order(earlier) > order(left)
}

/// The ledger that was there, opened only to be read.
struct EarlierDatabase(Connection);

impl EarlierDatabase {
    /// None where it is damaged, or of another version.
    fn open(path: &Path) -> Option<Self> {
        // Not read-only: what stands in the log beside the database belongs to it.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(path, flags).and_then(|old| Ok((database::version(&old)?, old)));
        match opened {
            Ok((database::VERSION, old)) => Some(Self(old)),
            Ok(_) => None,
            Err(error) => {
                warn!(path = %path.display(), %error, "the old ledger is damaged");
                None
            }
        }
    }

    /// Puts what stands in the log into the database itself. True if there is nothing left in the log.
    fn fold(self) -> bool {
        let busy = self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        busy.is_ok_and(|busy| !busy)
    }
}

impl Earlier for EarlierDatabase {
    fn segments(&self) -> anyhow::Result<Vec<SegmentRow>> {
        database::segments(&self.0)
    }

    fn each_article(&self, visit: &mut dyn FnMut(ArticleRow) -> anyhow::Result<()>) -> anyhow::Result<()> {
        database::each_article(&self.0, visit)
    }
}

/// Puts the new ledger in the place of the old one, which is kept under the name `aside`. At each step in between there
/// is a ledger under its name, and no log beside it that belongs to another.
fn swap(state: &Path, path: &Path, made: &Path, aside: Option<&Path>, is_folded: bool) -> io::Result<()> {
    if let Some(aside) = aside {
        database::remove(aside)?;
        // Not every file system has hard links; a copy does as well.
        fs::hard_link(path, aside).or_else(|_| fs::copy(path, aside).map(drop))?;
        if !is_folded {
            move_log(path, aside)?;
        }
    }
    // A log that is left would be taken for the new ledger's. Without it the old one has at most forgotten its latest
    // transactions, which are adopted again from the records.
    remove_beside(path);
    fault::point("repair.swap")?;
    fs::rename(made, path)?;
    fault::point("repair.swapped")?;
    RealDisk.sync_folder(state)
}

fn move_log(path: &Path, aside: &Path) -> io::Result<()> {
    match fs::rename(beside(path, "-wal"), beside(aside, "-wal")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Digest;

    #[test]
    fn what_only_the_earlier_ledger_knows_is_kept_where_it_comes_later() {
        let known = |revision, outcome, digest: Option<u8>, attempts| Known {
            digest: digest.map(|byte| Digest([byte; 32])),
            revision,
            outcome,
            attempts,
        };
        let check = |earlier: Known, left: Known, says: bool| assert_eq!(says_more(&earlier, &left), says, "{earlier:?} {left:?}");
        let (record, rejected) = (Settled::Record, Settled::Rejected);
        check(known(2, record, Some(2), 1), known(1, record, Some(1), 1), true);
        check(known(1, record, Some(1), 1), known(2, rejected, Some(2), 1), false);
        check(known(1, record, Some(1), 1), known(1, record, Some(1), 1), false);
        // A record settles a rejection, a later try stands for an earlier one.
        check(known(1, record, Some(1), 1), known(1, rejected, Some(1), 3), true);
        check(known(1, rejected, Some(1), 3), known(1, record, Some(1), 1), false);
        check(known(1, rejected, Some(1), 3), known(1, rejected, Some(1), 2), true);
        check(known(1, rejected, Some(1), 2), known(1, rejected, Some(1), 2), false);
        // What could be read comes after what could not, however often that was tried.
        check(known(1, rejected, Some(1), 1), known(1, rejected, None, 3), true);
        check(known(1, rejected, None, 3), known(1, rejected, Some(1), 1), false);
    }
}
