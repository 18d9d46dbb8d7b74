//! Looks at what the inputs hold, as a run would come upon it, with no line behind: nothing is written.

use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;

use crate::ledger::View;
use crate::model::{Envelope, Outcome, RawDocument, Rejection, SourcePath};
use crate::sources::intake::{Intake, MemoryBudget};
use crate::sources::{self, Counts, Stop};

use super::QUEUE_BATCHES;

/// What a run would hand to its line.
pub enum Sighting {
    Article(Envelope<RawDocument>),
    /// What would be set aside before it came to a stage.
    Rejected(Envelope<Rejection>),
}

impl Sighting {
    /// The file that it was found in.
    pub fn path(&self) -> Option<&SourcePath> {
        match self {
            Self::Article(article) => article.origin.path.as_deref(),
            Self::Rejected(rejected) => rejected.origin.path.as_deref(),
        }
    }
}

/// Shows everything that is there and not done, in the order of a run, until there is no more or `each` has seen
/// enough. Memory is bounded by `memory_bytes`.
pub async fn look(
    options: sources::Options,
    past: View,
    memory_bytes: u64,
    mut each: impl FnMut(Sighting) -> ControlFlow<()>,
) -> anyhow::Result<sources::Tally> {
    let (batches, mut articles) = mpsc::channel(QUEUE_BATCHES);
    let (outcomes, mut told) = mpsc::channel(QUEUE_BATCHES);
    let (running, stop) = watch::channel(false);
    let intake = Intake::new(batches, outcomes, MemoryBudget::new(memory_bytes));
    let (_, settled) = mpsc::unbounded_channel();
    let walk = spawn_blocking(move || sources::walk::run(&options, &past, intake, settled, &Stop::new(stop), &Counts::default()));
    loop {
        // Both waits may be cancelled at any moment: what was not received stays in its queue.
        let seen: Vec<Sighting> = tokio::select! {
            Some(batch) = articles.recv() => batch.articles.into_iter().map(Sighting::Article).collect(),
            Some(outcome) = told.recv() => match outcome {
                Outcome::Rejected(rejected) => rejected.into_iter().map(Sighting::Rejected).collect(),
                Outcome::Finished(_) | Outcome::FileRead(_) => continue,
            },
            else => break,
        };
        if seen.into_iter().try_for_each(&mut each).is_break() {
            running.send_replace(true);
            break;
        }
    }
    // The walk finds its line closed.
    drop((articles, told));
    walk.await.context("the walk failed")?
}

/// Where the file that a record's path stands for is, below the root of that name.
pub fn file_of(options: &sources::Options, source: &SourcePath) -> Option<PathBuf> {
    sources::replay::path_of(options, source)
}
