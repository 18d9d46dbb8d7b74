//! What a running `watch` leaves word of beside its ledger, so that `status` can tell how its folders are watched.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::ledger::{STATE_FOLDER, word};
use crate::pipeline::Progress;
use crate::sources::Why;

/// The file's name, in the ledger's folder.
const FILE: &str = "watching";
/// It is written at most so often, and only where something has changed.
const PAUSE: Duration = Duration::from_secs(1);

/// How a process watches its folders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    pub process: u32,
    pub folders: u64,
    /// Why they are listed instead, if so, and what can be done about it.
    pub listed_because: Option<String>,
}

/// The word that is left.
pub struct Watching {
    place: PathBuf,
    left: Option<Watched>,
    due: Option<Instant>,
}

impl Watching {
    pub fn new(out: &Path) -> Self {
        Self { place: place_of(out), left: None, due: None }
    }

    /// Leaves word where something has changed. To be called some ten times a second while a folder is watched.
    pub fn look(&mut self, progress: &Progress) {
        let is_early = self.due.is_some_and(|due| Instant::now() < due);
        // Only who holds the folder has a say there.
        if is_early || !progress.line.is_recovered() {
            return;
        }
        self.due = Some(Instant::now() + PAUSE);
        let source = &progress.source;
        let now = Watched {
            process: std::process::id(),
            folders: source.folders_watched.load(Ordering::Relaxed),
            listed_because: source.listed.why().map(|why| Why::said(why).to_owned()),
        };
        if self.left.as_ref() != Some(&now) {
            // Nothing depends on it but what `status` shows, which then says less.
            match word::leave(&self.place, &now) {
                Ok(()) => self.left = Some(now),
                Err(error) => tracing::debug!(%error, "how folders are watched could not be noted"),
            }
        }
    }

    /// Takes the word back: nobody watches any more.
    pub fn ended(&self) {
        if self.left.is_some() {
            // What is left of it names a process that is gone, and is passed over.
            let _ = fs::remove_file(&self.place);
        }
    }
}

fn place_of(out: &Path) -> PathBuf {
    out.join(STATE_FOLDER).join(FILE)
}

/// How this process watches, if it has left word.
pub fn watched_by(process: u32, out: &Path) -> Option<Watched> {
    word::left_at(&place_of(out)).filter(|watched: &Watched| watched.process == process)
}
