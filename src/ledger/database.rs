//! The index itself: one SQLite database, written by the committer alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Row, params};
use tracing::warn;

use crate::model::{Digest, Entry, Key, Skip, SourcePath, Stamp};

use super::{CannotGoOn, Known, KnownFile, Segment, Series, Settled, database_path, fault, key_of};

/// Counts up with every change of the tables. Another version's ledger is rebuilt from the records.
pub const VERSION: i64 = 1;
/// The version of a ledger into which not everything has been entered yet.
pub const UNFINISHED: i64 = 0;
/// SQLite's extended code for a file that ends too early, which is damage and no failing disk.
const SHORT_READ: i32 = rusqlite::ffi::SQLITE_IOERR_SHORT_READ;

const TABLES: &str = "
    CREATE TABLE articles (
        key BLOB PRIMARY KEY,
        path BLOB NOT NULL,
        entry TEXT,
        digest BLOB,
        revision INTEGER NOT NULL,
        outcome INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        stage TEXT, code TEXT, error TEXT, rejected_at TEXT
    ) WITHOUT ROWID;
    CREATE INDEX articles_of_containers ON articles (path) WHERE entry IS NOT NULL;
    CREATE INDEX articles_rejected ON articles (code) WHERE outcome = 1;
    CREATE TABLE files (
        path BLOB PRIMARY KEY,
        device INTEGER, inode INTEGER, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
        digest BLOB,
        entries INTEGER NOT NULL,
        skipped TEXT
    ) WITHOUT ROWID;
    CREATE TABLE segments (
        series INTEGER NOT NULL,
        number INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        lines INTEGER NOT NULL,
        sealed INTEGER NOT NULL,
        PRIMARY KEY (series, number)
    ) WITHOUT ROWID;
";

/// An article's latest version and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleRow {
    pub key: Key,
    pub path: SourcePath,
    pub entry: Option<Entry>,
    pub known: Known,
    pub rejection: Option<RejectionRow>,
}

/// What `status` and `replay` want to know of a rejected article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectionRow {
    pub stage: String,
    pub code: String,
    pub error: String,
    pub rejected_at: String,
}

/// A file that was read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    pub path: SourcePath,
    pub known: KnownFile,
}

/// A segment as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentRow {
    pub segment: Segment,
    pub bytes: u64,
    pub lines: u64,
    pub sealed: bool,
}

/// What is entered in one transaction.
#[derive(Clone, Debug, Default)]
pub struct Group {
    pub articles: Vec<ArticleRow>,
    pub files: Vec<FileRow>,
    pub segments: Vec<SegmentRow>,
}

pub struct Database {
    connection: Connection,
    /// True where there was none, or none that could be used: everything is to be entered again from the records.
    pub is_new: bool,
}

impl Database {
    /// Opens the ledger's database. One that is damaged or of another version is put aside, and a new one begun; one
    /// that cannot be read for now is left alone, since it may know of records that were moved away.
    pub fn open(state: &Path) -> anyhow::Result<Self> {
        let path = database_path(state);
        fault::point("ledger.open").map_err(|error| {
            let told = format!("cannot open {}: {error}; check the disk", path.display());
            CannotGoOn::because(error, told)
        })?;
        if path.exists() {
            match open_existing(&path) {
                Ok(Existing::Usable(connection)) => return Ok(Self { connection, is_new: false }),
                Ok(Existing::Unfinished) => remove(&path).with_context(|| format!("remove {}", path.display()))?,
                Ok(Existing::Unusable(reason)) => {
                    warn!(path = %path.display(), reason, "ledger cannot be used, rebuilding it from the records");
                    put_aside(&path)?;
                }
                Err(error) => {
                    let told = format!("cannot read {}: {error}; check its permissions and the disk", path.display());
                    return Err(CannotGoOn::because(error, told));
                }
            }
        }
        Self::create(&path)
    }

    /// Begins a ledger where none is.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let created = connect(path).and_then(|connection| connection.execute_batch(TABLES).map(|()| connection));
        let connection = created.map_err(|error| {
            let told = format!("cannot create {}: {error}; check the disk and run again", path.display());
            CannotGoOn::because(error, told)
        })?;
        Ok(Self { connection, is_new: true })
    }

    /// Puts what stands in the log into the database itself, and ends.
    pub fn close(self) -> anyhow::Result<()> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(self.connection.close().map_err(|(_, error)| error)?)
    }

    /// Empties the log beside the database, which keeps its greatest length otherwise: some megabytes.
    pub fn make_room(&self) {
        // Where even that finds no room, a later try may.
        let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }

    /// Says that everything has been entered, and makes all of it durable.
    pub fn finish_recovery(&mut self) -> anyhow::Result<()> {
        // A synced commit takes with it all that came before it in the write-ahead log.
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        self.connection.pragma_update(None, "user_version", VERSION)?;
        self.is_new = false;
        Ok(())
    }

    pub fn latest(&self, key: &Key) -> anyhow::Result<Option<Known>> {
        latest(&self.connection, key)
    }

    pub fn segments(&self) -> anyhow::Result<Vec<SegmentRow>> {
        segments(&self.connection)
    }

    /// Enters all of the group or nothing. No room is told by an `io::Error` that says so.
    pub fn commit(&mut self, group: &Group) -> anyhow::Result<()> {
        Ok(self.enter(group).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => io::Error::new(io::ErrorKind::StorageFull, error),
            _ => io::Error::other(error),
        })?)
    }

    fn enter(&mut self, group: &Group) -> rusqlite::Result<()> {
        // A sealed segment may be moved away at once. Were the seal lost with the power, its lines would be missed; and
        // once it is durable, only the last segment of a series can end in a torn line.
        let seals = group.segments.iter().any(|row| row.sealed);
        self.connection.pragma_update(None, "synchronous", if seals { "FULL" } else { "NORMAL" })?;
        let transaction = self.connection.transaction()?;
        {
            let mut enter =
                transaction.prepare_cached("INSERT OR REPLACE INTO articles VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?;
            for ArticleRow { key, path, entry, known, rejection } in &group.articles {
                let rejection = rejection.as_ref();
                enter.execute(params![
                    key.as_bytes(),
                    path.0,
                    entry.as_ref().map(Entry::as_str),
                    known.digest.map(|digest| digest.0),
                    known.revision,
                    matches!(known.outcome, Settled::Rejected),
                    known.attempts,
                    rejection.map(|rejection| &rejection.stage),
                    rejection.map(|rejection| &rejection.code),
                    rejection.map(|rejection| &rejection.error),
                    rejection.map(|rejection| &rejection.rejected_at),
                ])?;
            }
            let mut enter = transaction.prepare_cached("INSERT OR REPLACE INTO files VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
            for FileRow { path, known } in &group.files {
                let stamp = known.stamp.as_ref();
                enter.execute(params![
                    path.0,
                    stamp.map(|stamp| stamp.device.cast_signed()),
                    stamp.map(|stamp| stamp.inode.cast_signed()),
                    stamp.map(|stamp| stamp.size.cast_signed()),
                    stamp.map(|stamp| clipped(stamp.mtime_ns)),
                    stamp.map(|stamp| clipped(stamp.ctime_ns)),
                    known.digest.map(|digest| digest.0),
                    known.entries,
                    known.skipped.map(Skip::name),
                ])?;
            }
            let mut enter = transaction.prepare_cached("INSERT OR REPLACE INTO segments VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for SegmentRow { segment, bytes, lines, sealed } in &group.segments {
                enter.execute(params![series_number(segment.series), segment.number, bytes, lines, sealed])?;
            }
        }
        transaction.commit()
    }
}

/// What is found where the ledger should be.
enum Existing {
    Usable(Connection),
    /// A crash ended the making of it.
    Unfinished,
    Unusable(String),
}

fn open_existing(path: &Path) -> rusqlite::Result<Existing> {
    examine(path).or_else(|error| if is_damage(&error) { Ok(Existing::Unusable(error.to_string())) } else { Err(error) })
}

fn examine(path: &Path) -> rusqlite::Result<Existing> {
    let connection = connect(path)?;
    match version(&connection)? {
        VERSION => {}
        UNFINISHED => return Ok(Existing::Unfinished),
        other => return Ok(Existing::Unusable(format!("it has version {other}, not {VERSION}"))),
    }
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok(if verdict == "ok" { Existing::Usable(connection) } else { Existing::Unusable(verdict) })
}

fn is_damage(error: &rusqlite::Error) -> bool {
    let Some(error) = error.sqlite_error() else { return false };
    matches!(error.code, ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) || error.extended_code == SHORT_READ
}

pub fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Opens a connection as the writer has it.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // The records are the log: a commit that power loss takes back is adopted again from them, so few need a sync.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(connection)
}

/// Renames a database that cannot be used, with what belongs to it.
fn put_aside(path: &Path) -> anyhow::Result<()> {
    let aside = (1..).map(|number| path.with_extension(format!("damaged-{number}"))).find(|aside| !aside.exists());
    let aside = aside.expect("some number is free");
    fs::rename(path, &aside).with_context(|| format!("rename {} to {}", path.display(), aside.display()))?;
    remove_beside(path);
    Ok(())
}

/// Removes a database and what belongs to it, if it is there.
pub fn remove(path: &Path) -> io::Result<()> {
    remove_beside(path);
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes the log of a database and the index of that.
pub fn remove_beside(path: &Path) {
    for suffix in ["-wal", "-shm"] {
        // Most often they are not there. If one stays, SQLite deletes it when it begins an empty database of that name.
        let _ = fs::remove_file(beside(path, suffix));
    }
}

/// The name of a file that belongs to a database.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

pub fn latest(connection: &Connection, key: &Key) -> anyhow::Result<Option<Known>> {
    let mut find = connection.prepare_cached("SELECT digest, revision, outcome, attempts FROM articles WHERE key = ?1")?;
    Ok(find.query_row([key.as_bytes()], known).optional()?)
}

/// Reads the four columns of an article that are asked for most.
fn known(row: &Row<'_>) -> rusqlite::Result<Known> {
    Ok(Known {
        digest: row.get::<_, Option<[u8; 32]>>(0)?.map(Digest),
        revision: row.get(1)?,
        outcome: if row.get(2)? { Settled::Rejected } else { Settled::Record },
        attempts: row.get(3)?,
    })
}

/// Shows every article that a ledger knows.
pub fn each_article(connection: &Connection, visit: &mut dyn FnMut(ArticleRow) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut list =
        connection.prepare("SELECT digest, revision, outcome, attempts, path, entry, stage, code, error, rejected_at FROM articles")?;
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        visit(article(row)?)?;
    }
    Ok(())
}

fn article(row: &Row<'_>) -> rusqlite::Result<ArticleRow> {
    let path = SourcePath(row.get(4)?);
    let entry = row.get::<_, Option<String>>(5)?.map(|entry| Entry::new(&entry));
    let rejection = match row.get::<_, Option<String>>(6)? {
        None => None,
        Some(stage) => Some(RejectionRow { stage, code: row.get(7)?, error: row.get(8)?, rejected_at: row.get(9)? }),
    };
    Ok(ArticleRow { key: key_of(&path, entry.as_ref()), path, entry, known: known(row)?, rejection })
}

pub fn file(connection: &Connection, path: &SourcePath) -> anyhow::Result<Option<KnownFile>> {
    let mut find =
        connection.prepare_cached("SELECT device, inode, size, mtime_ns, ctime_ns, digest, entries, skipped FROM files WHERE path = ?1")?;
    let found = find.query_row([&path.0], |row| {
        let stamp = match row.get::<_, Option<i64>>(0)? {
            None => None,
            Some(device) => Some(Stamp {
                device: device.cast_unsigned(),
                inode: row.get::<_, i64>(1)?.cast_unsigned(),
                size: row.get::<_, i64>(2)?.cast_unsigned(),
                mtime_ns: row.get::<_, i64>(3)?.into(),
                ctime_ns: row.get::<_, i64>(4)?.into(),
            }),
        };
        Ok(KnownFile { stamp, digest: row.get::<_, Option<[u8; 32]>>(5)?.map(Digest), entries: row.get(6)?, skipped: skip_of(row.get(7)?) })
    });
    Ok(found.optional()?)
}

fn skip_of(name: Option<String>) -> Option<Skip> {
    Skip::ALL.into_iter().find(|skip| Some(skip.name()) == name.as_deref())
}

pub fn segments(connection: &Connection) -> anyhow::Result<Vec<SegmentRow>> {
    let mut list = connection.prepare_cached("SELECT series, number, bytes, lines, sealed FROM segments ORDER BY series, number")?;
    let rows = list.query_map([], |row| {
        let series = Series::ALL.into_iter().find(|series| row.get(0) == Ok(series_number(*series))).unwrap_or(Series::Articles);
        Ok(SegmentRow { segment: Segment { series, number: row.get(1)? }, bytes: row.get(2)?, lines: row.get(3)?, sealed: row.get(4)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub const fn series_number(series: Series) -> i64 {
    match series {
        Series::Articles => 0,
        Series::Rejected => 1,
    }
}

/// A time beyond the years 1677 to 2262 is kept as the nearest end: it only has to be the same next time.
fn clipped(ns: i128) -> i64 {
    i64::try_from(ns).unwrap_or(if ns < 0 { i64::MIN } else { i64::MAX })
}
