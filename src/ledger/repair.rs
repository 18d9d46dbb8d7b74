//! Makes the ledger anew from the records. What only the old one knew, because its files were moved away, is kept.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rusqlite::{Connection, OpenFlags};
use tracing::warn;

use crate::model::{Digest, Entry, Key, SourcePath};

use super::database::{self, ArticleRow, Group, RejectionRow, SegmentRow};
use super::lock::Lock;
use super::recovery::comes_after;
use super::{CannotGoOn, Database, Known, Ledger, RealDisk, STATE_FOLDER, Settled, database_path};

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

/// Takes the folder, reads all records and rejections that are in it, and enters them in a new ledger. On an error the
/// old ledger is back in its place.
pub fn repair(out: &Path) -> anyhow::Result<Repaired> {
    let state = out.join(STATE_FOLDER);
    fs::create_dir_all(&state).map_err(|error| CannotGoOn(format!("cannot create {}: {error}; check its permissions", state.display())))?;
    let lock = Lock::take(&state)?;
    let path = database_path(&state);
    let aside = path.exists().then(|| path.with_extension("before-repair"));
    if let Some(aside) = &aside {
        put_aside(&path, aside)?;
    }
    match rebuild(out, lock, aside.as_deref()) {
        Ok((kept, segments_gone)) => Ok(Repaired { kept, segments_gone, aside }),
        Err(error) => {
            if let Some(aside) = &aside {
                fs::rename(aside, &path).with_context(|| format!("rename {} to {}", aside.display(), path.display()))?;
            }
            Err(error)
        }
    }
}

fn put_aside(path: &Path, aside: &Path) -> anyhow::Result<()> {
    // What stands in the log beside the database comes along, where it can be read at all.
    let folded = Connection::open(path).and_then(|old| old.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
    if let Err(error) = folded {
        warn!(path = %path.display(), %error, "the old ledger is damaged");
    }
    fs::rename(path, aside).with_context(|| format!("rename {} to {}", path.display(), aside.display()))?;
    for suffix in ["-wal", "-shm"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(suffix);
        // Most often they are not there; if they stay, SQLite sees that they belong to another database.
        let _ = fs::remove_file(beside);
    }
    Ok(())
}

fn rebuild(out: &Path, lock: Lock, aside: Option<&Path>) -> anyhow::Result<(u64, u64)> {
    let mut ledger = Ledger::open_locked(RealDisk, out, lock, Database::open)?;
    let Some(aside) = aside else { return Ok((0, 0)) };
    match keep(&mut ledger, aside) {
        Ok(kept) => Ok(kept),
        Err(error) if error.is::<rusqlite::Error>() => {
            let what = "the old ledger cannot be read: articles of files that were moved away will be read again";
            warn!(path = %aside.display(), %error, "{what}");
            Ok((0, 0))
        }
        Err(error) => Err(error),
    }
}

/// Carries over what the files that are left do not tell.
fn keep(ledger: &mut Ledger, aside: &Path) -> anyhow::Result<(u64, u64)> {
    let old = Connection::open_with_flags(aside, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    if database::version(&old)? != database::VERSION {
        return Ok((0, 0));
    }
    let present = ledger.segments()?;
    let is_gone = |row: &SegmentRow| row.sealed && !present.iter().any(|known| known.segment == row.segment);
    let gone: Vec<SegmentRow> = database::segments(&old)?.into_iter().filter(is_gone).collect();
    let segments_gone = gone.len() as u64;
    if gone.is_empty() {
        return Ok((0, 0));
    }
    ledger.commit(&Group { segments: gone, ..Group::default() })?;
    let mut kept = 0;
    let mut group = Group::default();
    let mut list =
        old.prepare("SELECT key, path, entry, digest, revision, outcome, attempts, stage, code, error, rejected_at FROM articles")?;
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        let article = article(row)?;
        if ledger.latest(&article.key)?.is_none_or(|known| article.known != known && comes_after(&article.known, &known)) {
            kept += 1;
            group.articles.push(article);
        }
        if group.articles.len() >= GROUP_ROWS {
            ledger.commit(&std::mem::take(&mut group))?;
        }
    }
    ledger.commit(&group)?;
    Ok((kept, segments_gone))
}

fn article(row: &rusqlite::Row<'_>) -> rusqlite::Result<ArticleRow> {
    let path = SourcePath(row.get(1)?);
    let entry = row.get::<_, Option<String>>(2)?.map(|entry| Entry::new(&entry));
    let outcome = if row.get(5)? { Settled::Rejected } else { Settled::Record };
    let rejection = match row.get::<_, Option<String>>(7)? {
        None => None,
        Some(stage) => Some(RejectionRow { stage, code: row.get(8)?, error: row.get(9)?, rejected_at: row.get(10)? }),
    };
    Ok(ArticleRow {
        key: entry.as_ref().map_or_else(|| Key::of_file(&path.0), |entry| Key::of_entry(&path.0, entry)),
        path,
        entry,
        known: Known { digest: row.get::<_, Option<[u8; 32]>>(3)?.map(Digest), revision: row.get(4)?, outcome, attempts: row.get(6)? },
        rejection,
    })
}
