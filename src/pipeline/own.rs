//! The line between a source and a sink of somebody else's: whoever builds upon copydesk hands documents in and takes
//! outcomes, and nothing is written or remembered.

use std::ops::ControlFlow;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::model::Outcome;
use crate::sources::intake::{Intake, MemoryBudget};
use crate::telemetry::Line;

use super::runner::Order;
use super::{QUEUE_OUTCOMES, Settings, lay_stages};

/// Runs the line. `source` has a thread of its own, hands in what it has, and returns; `sink` is called on this thread
/// with each outcome, and ends the run by breaking off. Returns once both are through: a source that waits for something
/// is waited for. Not to be called from within an async runtime, which it would block.
pub fn run_own(
    settings: &Settings,
    order: Order,
    source: impl FnOnce(&mut Intake) + Send,
    mut sink: impl FnMut(Outcome) -> ControlFlow<()>,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(settings.jobs.saturating_add(1))
        .enable_all()
        .build()
        .context("start the runtime")?;
    let (outcomes, mut received) = mpsc::channel(QUEUE_OUTCOMES);
    let meters: Arc<Line> = Arc::default();
    let mut line = JoinSet::new();
    let inside = runtime.enter();
    let documents = lay_stages(settings, order, &outcomes, None, &meters, &mut line);
    // The intake holds the last sender of outcomes that is not a stage's: when the source ends, the line closes.
    let mut intake = Intake::new(documents, outcomes, MemoryBudget::new(settings.memory_bytes)).metered(meters);
    drop(inside);
    std::thread::scope(|scope| {
        let runtime = &runtime;
        scope.spawn(move || {
            let _inside = runtime.enter();
            source(&mut intake);
            // A line that has closed takes nothing more.
            let _ = intake.flush();
        });
        // Dropped with this closure, whatever the sink does: the stages then find that nobody takes what they make.
        while let Some(outcome) = received.blocking_recv() {
            if sink(outcome).is_break() {
                break;
            }
        }
        drop(received);
    });
    runtime.block_on(async {
        while let Some(stage) = line.join_next().await {
            stage.context("a stage of the line failed")?;
        }
        Ok(())
    })
}
