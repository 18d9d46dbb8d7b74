//! What is done. The record files are the truth; this is an index over them that can be rebuilt at any time.
//!
//! One writer at a time holds the lock, from before any segment is opened until it exits. Opening the ledger recovers
//! what a crash left: whole lines beyond the known length are adopted, the rest is cut off.

mod attempts;
mod audit;
mod database;
pub mod disk;
pub mod fault;
mod index;
mod lines;
mod lock;
mod recovery;
mod repair;
mod segments;
mod view;
pub mod word;
mod writer;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::model::{Digest, Key, Skip, SourcePath, Stamp};

pub use attempts::{Attempts, Standing, UnderWay, Version};
pub use audit::{Audit, audit};
pub use database::{ArticleRow, Database, FileRow, Group, RejectionRow, SegmentRow};
pub use disk::{Disk, DiskFile, RealDisk, is_full};
pub use index::Index;
pub use lines::{LINE_BYTES_MAX, Line, Lines, is_whole};
pub use recovery::Recovered;
pub use repair::{Earlier, Kept, Repaired, remake, repair};
pub use segments::{Segment, Series, list_segments};
pub use view::{Counts, RejectedArticle, View};
pub use writer::{Writer, writer_of};

/// The folder below the output folder that is not for users.
pub const STATE_FOLDER: &str = ".copydesk";

/// What the ledger knows of an article: its latest version and how that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// None where the bytes could not be read.
    pub digest: Option<Digest>,
    pub revision: u64,
    pub outcome: Settled,
    /// How often a rejected one was tried.
    pub attempts: u32,
}

/// How an article's latest version ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    Record,
    Rejected,
}

/// What the ledger knows of a file: the state in which it was last read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// None where it could still change unseen when it was read.
    pub stamp: Option<Stamp>,
    /// The whole file's digest, where it was read whole.
    pub digest: Option<Digest>,
    pub entries: u64,
    /// Why nothing was read in it, if so.
    pub skipped: Option<Skip>,
}

/// The run cannot go on: the output cannot be written, the ledger is damaged, another writer holds the folder. What
/// was committed before stands.
#[derive(Debug)]
pub struct CannotGoOn(pub String);

impl fmt::Display for CannotGoOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CannotGoOn {}

impl CannotGoOn {
    /// Tells what to do; the reason stays known below it.
    pub fn because(error: impl Into<anyhow::Error>, told: String) -> anyhow::Error {
        error.into().context(Self(told))
    }
}

/// True where an error comes of a full disk: what failed may be tried again when there is room.
pub fn is_for_want_of_room(error: &anyhow::Error, out: &Path) -> bool {
    error.chain().any(|cause| {
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            return is_full(error);
        }
        match cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code) {
            Some(ErrorCode::DiskFull) => true,
            // SQLite does not say why a file of its own could not be made or made longer.
            Some(ErrorCode::CannotOpen | ErrorCode::SystemIoFailure) => !disk::has_room(&out.join(STATE_FOLDER)),
            _ => false,
        }
    })
}

/// The one writer's hold on an output folder.
pub struct Ledger<D: Disk = RealDisk, I = Database> {
    out: PathBuf,
    disk: D,
    index: I,
    recovered: Recovered,
    /// Held to the exit: a killed writer's last write must not land after the next one has begun.
    lock: D::Lock,
}

impl Ledger {
    /// Takes the folder, creating it where there is none, and recovers what a crash left in it.
    pub fn open(out: &Path) -> anyhow::Result<Self> {
        Self::open_on(RealDisk, out, Database::open)
    }

    /// Ends with everything in the database's own file; the folder is still held by what is given back.
    fn close(self) -> anyhow::Result<<RealDisk as Disk>::Lock> {
        self.index.close()?;
        Ok(self.lock)
    }
}

impl<D: Disk, I: Index> Ledger<D, I> {
    /// The same on any disk, with any index: `open_index` is called once the lock is held.
    pub fn open_on(disk: D, out: &Path, open_index: impl FnOnce(&Path) -> anyhow::Result<I>) -> anyhow::Result<Self> {
        let state = out.join(STATE_FOLDER);
        disk::create_folders(&disk, &state).map_err(|error| {
            let told = format!("cannot create {}: {error}; choose another --out", state.display());
            CannotGoOn::because(error, told)
        })?;
        let lock = disk.lock(&state)?;
        Self::open_locked(disk, out, lock, open_index)
    }

    fn open_locked(disk: D, out: &Path, lock: D::Lock, open_index: impl FnOnce(&Path) -> anyhow::Result<I>) -> anyhow::Result<Self> {
        let mut index = open_index(&out.join(STATE_FOLDER))?;
        let recovered = recovery::recover(&disk, out, &mut index).map_err(|error| match error.is::<CannotGoOn>() {
            true => error,
            false => {
                let told = format!("cannot recover {}: {error:#}; check its permissions and the disk", out.display());
                CannotGoOn::because(error, told)
            }
        })?;
        Ok(Self { out: out.to_owned(), disk, index, recovered, lock })
    }

    /// What opening found to mend.
    pub const fn recovered(&self) -> &Recovered {
        &self.recovered
    }

    pub fn out(&self) -> &Path {
        &self.out
    }

    pub const fn disk(&self) -> &D {
        &self.disk
    }

    pub fn latest(&self, key: &Key) -> anyhow::Result<Option<Known>> {
        let unreadable = |error| CannotGoOn(format!("cannot read the ledger in {}: {error:#}; run again", self.out.display()));
        Ok(self.index.latest(key).map_err(unreadable)?)
    }

    pub fn segments(&self) -> anyhow::Result<Vec<SegmentRow>> {
        self.index.segments()
    }

    /// Gives back the room on the disk that the index can do without.
    pub fn make_room(&self) {
        self.index.make_room();
    }

    /// Enters outcomes, files and lengths, all or nothing. To be called when the lines are durable.
    pub fn commit(&mut self, group: &Group) -> anyhow::Result<()> {
        self.index.commit(group)
    }
}

/// Where the database of an output folder is.
fn database_path(state: &Path) -> PathBuf {
    state.join("ledger.sqlite")
}

/// The key and place of a line's article.
fn key_of(path: &SourcePath, entry: Option<&crate::model::Entry>) -> Key {
    match entry {
        Some(entry) => Key::of_entry(&path.0, entry),
        None => Key::of_file(&path.0),
    }
}

/// Makes what was created, renamed or removed in a folder durable.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    RealDisk.sync_folder(folder)
}
