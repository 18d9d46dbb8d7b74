//! Where articles come from: a walk over folders, a watch over them, standard input. Events are hints, the listing
//! is the truth, the ledger decides.
//!
//! A file is opened into documents here (`open`), handed to the line in small batches (`intake`), and called done only
//! when the committer says so.

mod after;
mod below;
mod found;
pub mod intake;
pub mod open;
mod paths;
pub mod replay;
mod settle;
pub mod stdin;
mod tally;
pub mod walk;
pub mod watch;

use std::path::PathBuf;
use std::time::Duration;

pub use open::opening::Opening;
pub use paths::check_glob;
pub use tally::{Counts, Tally, Why};
pub use watch::watches_max;

/// Which files are read, and when.
#[derive(Clone, Debug)]
pub struct Options {
    /// The input roots, files or folders, each under the name that its articles' keys begin with.
    pub roots: Vec<Root>,
    /// Globs over the path below the root; empty: everything.
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    /// How long a file must have been quiet before it is read, where nothing surer tells.
    pub settle: Duration,
    /// How often a watched tree is listed anew, whatever the events said.
    pub rescan: Duration,
    pub follow_symlinks: bool,
    pub after: After,
    pub limits: Limits,
    /// Where containers are opened.
    pub opening: Opening,
    /// The output folder, which is never read.
    pub out: Option<PathBuf>,
}

/// An input root and the name that stands for it in keys and records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// In bytes, as file names are.
    pub name: Vec<u8>,
    pub path: PathBuf,
}

/// What becomes of an input whose articles are all durable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum After {
    #[default]
    Keep,
    /// Into this folder.
    Move(PathBuf),
    Delete,
}

impl Options {
    /// The folders that are never read: what copydesk itself writes lies there.
    fn folders_of_ours(&self) -> impl Iterator<Item = &std::path::Path> {
        let moved = match &self.after {
            After::Move(folder) => Some(folder),
            After::Keep | After::Delete => None,
        };
        self.out.iter().chain(moved).map(PathBuf::as_path)
    }
}

/// How much a single input may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one article.
    pub document_bytes_max: u64,
    /// Articles of one container.
    pub entries_max: u64,
    /// Tries at a transient failure before it is a rejection.
    pub attempts_max: u32,
    /// How many times its packed size a file may unpack to.
    pub ratio_max: u64,
    /// How deep containers may lie in one another.
    pub depth_max: u64,
}

/// Says when to stop reading. Cheap to clone; can be asked from a thread or awaited.
#[derive(Clone)]
pub struct Stop(tokio::sync::watch::Receiver<bool>);

impl Stop {
    pub fn new(receiver: tokio::sync::watch::Receiver<bool>) -> Self {
        Self(receiver)
    }

    pub fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once the run is to stop, or its owner is gone. A cancelled wait loses nothing.
    pub async fn wait(&mut self) {
        // An error means that the sender is gone, which is a stop as well.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}
