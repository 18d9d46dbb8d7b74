//! Looks into the ledger without holding it: beside a running daemon, or when none runs.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, OpenFlags, Transaction, params};

use crate::model::{Digest, Entry, Key, SourcePath};

use super::database::{self, SegmentRow};
use super::{Known, KnownFile, STATE_FOLDER, database_path};

/// A reader's connection to a ledger, or to nothing at all.
pub struct View {
    connection: Option<Connection>,
}

/// How many of what the ledger holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Articles whose last outcome is a record.
    pub records: u64,
    /// Articles whose last outcome is a rejection.
    pub rejected: u64,
    pub rejected_by_code: BTreeMap<String, u64>,
    /// Files that were read to their end, the skipped ones included.
    pub files: u64,
    pub skipped: u64,
    pub skipped_by_reason: BTreeMap<String, u64>,
}

/// An article whose last outcome is a rejection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedArticle {
    pub path: SourcePath,
    pub entry: Option<Entry>,
    pub stage: String,
    pub code: String,
    pub error: String,
    pub attempts: u32,
    pub rejected_at: String,
}

impl View {
    /// A view of an output folder's ledger; of nothing, where the folder has none.
    pub fn open(out: &Path) -> anyhow::Result<Self> {
        let path = database_path(&out.join(STATE_FOLDER));
        if !path.exists() {
            return Ok(Self::blank());
        }
        // Not read-only: a reader of a database in WAL mode takes part in its shared memory.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).with_context(|| format!("open {}", path.display()))?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "query_only", true)?;
        match database::version(&connection).with_context(|| format!("read {}", path.display()))? {
            database::VERSION => Ok(Self { connection: Some(connection) }),
            database::UNFINISHED => Ok(Self::blank()),
            other => anyhow::bail!(
                "{} has version {other}, not {}; run `copydesk repair` to make it anew from the records",
                path.display(),
                database::VERSION
            ),
        }
    }

    /// A view that knows nothing: of a filter, which remembers nothing.
    pub const fn blank() -> Self {
        Self { connection: None }
    }

    /// True where there is no ledger to look into.
    pub const fn is_blank(&self) -> bool {
        self.connection.is_none()
    }

    /// Keeps the view as it is now until the guard is dropped, whatever is committed meanwhile.
    pub fn hold(&self) -> anyhow::Result<Option<Transaction<'_>>> {
        let Some(connection) = &self.connection else { return Ok(None) };
        let moment = connection.unchecked_transaction()?;
        // SQLite takes its snapshot at the first look.
        moment.query_row("SELECT count(*) FROM segments", [], |_| Ok(()))?;
        Ok(Some(moment))
    }

    pub fn file(&self, path: &SourcePath) -> anyhow::Result<Option<KnownFile>> {
        self.connection.as_ref().map_or(Ok(None), |connection| database::file(connection, path))
    }

    pub fn latest(&self, key: &Key) -> anyhow::Result<Option<Known>> {
        self.connection.as_ref().map_or(Ok(None), |connection| database::latest(connection, key))
    }

    /// The entries without ids of their own that a container has had, by number, each with its latest digest.
    pub fn numbered_entries(&self, path: &SourcePath) -> anyhow::Result<Vec<(u64, Digest)>> {
        let Some(connection) = &self.connection else { return Ok(Vec::new()) };
        let mut list =
            connection.prepare_cached("SELECT entry, digest FROM articles WHERE path = ?1 AND entry IS NOT NULL AND digest IS NOT NULL")?;
        let rows = list.query_map([&path.0], |row| Ok((row.get::<_, String>(0)?, row.get::<_, [u8; 32]>(1)?)))?;
        let mut entries = Vec::new();
        for row in rows {
            let (entry, digest) = row?;
            let number = entry.strip_prefix('#').and_then(|number| number.parse().ok());
            entries.extend(number.map(|number| (number, Digest(digest))));
        }
        entries.sort_unstable();
        Ok(entries)
    }

    /// All articles whose last outcome is a rejection, by path and entry.
    pub fn rejected(&self) -> anyhow::Result<Vec<RejectedArticle>> {
        let Some(connection) = &self.connection else { return Ok(Vec::new()) };
        let mut list = connection
            .prepare_cached("SELECT path, entry, stage, code, error, attempts, rejected_at FROM articles WHERE outcome = 1 ORDER BY key")?;
        let rows = list.query_map([], |row| {
            Ok(RejectedArticle {
                path: SourcePath(row.get(0)?),
                entry: row.get::<_, Option<String>>(1)?.map(|entry| Entry::new(&entry)),
                stage: row.get(2)?,
                code: row.get(3)?,
                error: row.get(4)?,
                attempts: row.get(5)?,
                rejected_at: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// True if an article of this file has a rejection as its last outcome.
    pub fn has_rejected(&self, path: &SourcePath) -> anyhow::Result<bool> {
        let Some(connection) = &self.connection else { return Ok(false) };
        let mut query = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM articles WHERE outcome = 1 AND path = ?1)")?;
        Ok(query.query_row([&path.0], |row| row.get(0))?)
    }

    /// True where anything below an input root of this name has ever been entered.
    pub fn knows_root(&self, name: &[u8]) -> anyhow::Result<bool> {
        let Some(connection) = &self.connection else { return Ok(false) };
        let range = |first: u8| ([name, &[first]].concat(), [name, &[first + 1]].concat());
        let ((below, below_end), (entries, entries_end)) = (range(b'/'), range(0));
        let mut find = connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM articles WHERE key = ?1)
                 OR EXISTS (SELECT 1 FROM articles WHERE key >= ?2 AND key < ?3)
                 OR EXISTS (SELECT 1 FROM articles WHERE key >= ?4 AND key < ?5)
                 OR EXISTS (SELECT 1 FROM files WHERE path = ?1 OR (path >= ?2 AND path < ?3))",
        )?;
        Ok(find.query_row(params![name, below, below_end, entries, entries_end], |row| row.get(0))?)
    }

    pub fn counts(&self) -> anyhow::Result<Counts> {
        let Some(connection) = &self.connection else { return Ok(Counts::default()) };
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u64>(0));
        Ok(Counts {
            records: count("SELECT count(*) FROM articles WHERE outcome = 0")?,
            rejected: count("SELECT count(*) FROM articles WHERE outcome = 1")?,
            rejected_by_code: grouped(connection, "SELECT code, count(*) FROM articles WHERE outcome = 1 GROUP BY code")?,
            files: count("SELECT count(*) FROM files")?,
            skipped: count("SELECT count(*) FROM files WHERE skipped IS NOT NULL")?,
            skipped_by_reason: grouped(connection, "SELECT skipped, count(*) FROM files WHERE skipped IS NOT NULL GROUP BY skipped")?,
        })
    }

    /// All segments that the ledger knows, in order.
    pub fn segments(&self) -> anyhow::Result<Vec<SegmentRow>> {
        self.connection.as_ref().map_or(Ok(Vec::new()), database::segments)
    }
}

fn grouped(connection: &Connection, sql: &str) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut list = connection.prepare(sql)?;
    let rows = list.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
