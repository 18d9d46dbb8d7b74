//! Where the articles on their way are: counted at every hop, so that what went in can be held against what came out.
//!
//! Each place counts what it holds by itself, and not as what is left of a sum: an article that a place drops without a
//! word is then missing in the balance.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::model::Stage;

use super::histogram::Histogram;

/// The stages that an article passes, in order.
pub const STAGES: [Stage; 4] = [Stage::Parse, Stage::Clean, Stage::Quotes, Stage::Summary];

/// A number that goes up and down. It is never below zero for long: a place may give up an article a moment before the
/// one that holds it has counted it.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

impl Gauge {
    pub fn add(&self, number: usize) {
        self.0.fetch_add(number as u64, Ordering::Relaxed);
    }

    pub fn take(&self, number: usize) {
        self.0.fetch_sub(number as u64, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        let number = self.0.load(Ordering::Relaxed);
        if number > u64::MAX / 2 { 0 } else { number }
    }
}

/// What one stage holds, and how long it takes for an article.
#[derive(Debug, Default)]
pub struct StageMeter {
    pub queued: Gauge,
    /// In the hands of the stage: being worked on, waiting for a thread, or done and waiting for their turn.
    pub working: Gauge,
    pub passed: AtomicU64,
    pub rejected: AtomicU64,
    pub took: Histogram,
}

/// The line's meters. Any thread may look while it runs.
#[derive(Debug, Default)]
pub struct Line {
    /// Everything that was handed in: articles, and what was set aside before it could be one.
    pub entered: AtomicU64,
    /// At the entrance: waiting for their batch to be full, or for their turn alone.
    pub entrance: Gauge,
    stages: [StageMeter; STAGES.len()],
    /// On the way to the committer.
    pub outcomes: Gauge,
    /// Taken by the committer and not durable yet.
    pub committing: Gauge,
    pub records: AtomicU64,
    pub rejected: AtomicU64,
    pub unchanged: AtomicU64,
    /// From taking the first outcome of a group until it is entered in the ledger.
    pub commit: Histogram,
    /// Writing and syncing a group's lines.
    pub sync: Histogram,
    /// From the last change of an input file until everything in it is durable.
    pub end_to_end: Histogram,
    dead: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    /// Since when there is no room for records, in milliseconds of the Unix time; 0 while there is.
    full_since_ms: AtomicU64,
    /// True once the ledger is open: what a crash left has been mended.
    recovered: AtomicU64,
}

impl Line {
    /// What this stage holds. A stage that reads files has no place in the line.
    pub fn stage(&self, stage: Stage) -> Option<&StageMeter> {
        let number = STAGES.iter().position(|known| *known == stage)?;
        self.stages.get(number)
    }

    pub fn stages(&self) -> impl Iterator<Item = (Stage, &StageMeter)> {
        STAGES.into_iter().zip(&self.stages)
    }

    /// So many articles are on their way to a stage.
    pub fn send(&self, to: Stage, articles: usize) {
        if let Some(meter) = self.stage(to) {
            meter.queued.add(articles);
        }
    }

    /// A stage has taken so many from its queue.
    pub fn receive(&self, stage: Stage, articles: usize) {
        if let Some(meter) = self.stage(stage) {
            meter.working.add(articles);
            meter.queued.take(articles);
        }
    }

    /// A stage is done with so many, which go on or are set aside.
    pub fn pass_on(&self, stage: Stage, taken: usize, passed: usize, rejected: usize) {
        let Some(number) = STAGES.iter().position(|known| *known == stage) else { return };
        self.outcomes.add(rejected);
        match self.stages.get(number + 1) {
            Some(next) => next.queued.add(passed),
            None => self.outcomes.add(passed),
        }
        if let Some(meter) = self.stages.get(number) {
            meter.passed.fetch_add(passed as u64, Ordering::Relaxed);
            meter.rejected.fetch_add(rejected as u64, Ordering::Relaxed);
            meter.working.take(taken);
        }
    }

    /// Articles that are somewhere in the line.
    pub fn in_flight(&self) -> u64 {
        let stages: u64 = self.stages.iter().map(|meter| meter.queued.get() + meter.working.get()).sum();
        self.entrance.get() + stages + self.outcomes.get() + self.committing.get()
    }

    /// Articles whose outcome is durable.
    pub fn settled(&self) -> u64 {
        [&self.records, &self.rejected, &self.unchanged].into_iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// Steps that articles have taken so far, of every kind.
    pub fn steps(&self) -> u64 {
        let passed = |meter: &StageMeter| meter.passed.load(Ordering::Relaxed) + meter.rejected.load(Ordering::Relaxed);
        self.stages.iter().map(passed).sum::<u64>() + self.settled()
    }

    /// What went in and neither came out nor is on its way; negative where more came out than went in. An article that
    /// is just being handed on may be counted twice or not at all: only what stands for a while is true.
    pub fn imbalance(&self) -> i64 {
        let entered = self.entered.load(Ordering::Relaxed);
        let accounted = self.settled() + self.in_flight();
        entered.cast_signed().wrapping_sub(accounted.cast_signed())
    }

    pub fn set_aside(&self, stage: &'static str, code: &'static str) {
        *self.dead.lock().unwrap_or_else(PoisonError::into_inner).entry((stage, code)).or_default() += 1;
    }

    /// How many were set aside by this run, by stage and code.
    pub fn dead(&self) -> BTreeMap<(&'static str, &'static str), u64> {
        self.dead.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn disk_is_full(&self) {
        let none = 0;
        // The first time counts.
        let _ = self.full_since_ms.compare_exchange(none, now_ms(), Ordering::Relaxed, Ordering::Relaxed);
    }

    pub fn disk_has_room(&self) {
        self.full_since_ms.store(0, Ordering::Relaxed);
    }

    /// For how long there has been no room for records; None while there is.
    pub fn full_for(&self) -> Option<Duration> {
        match self.full_since_ms.load(Ordering::Relaxed) {
            0 => None,
            since => Some(Duration::from_millis(now_ms().saturating_sub(since))),
        }
    }

    pub fn is_recovered(&self) -> bool {
        self.recovered.load(Ordering::Relaxed) > 0
    }

    pub fn ledger_is_open(&self) {
        self.recovered.store(1, Ordering::Relaxed);
    }

    /// The line is about to be laid anew.
    pub fn ledger_is_closed(&self) {
        self.recovered.store(0, Ordering::Relaxed);
    }
}

/// Milliseconds of the Unix time.
pub fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_that_a_stage_drops_is_missing_in_the_balance() {
        let line = Line::default();
        line.entered.fetch_add(3, Ordering::Relaxed);
        line.send(Stage::Parse, 3);
        assert_eq!((line.in_flight(), line.imbalance()), (3, 0));
        line.receive(Stage::Parse, 3);
        line.pass_on(Stage::Parse, 3, 2, 1);
        line.receive(Stage::Clean, 2);
        assert_eq!((line.in_flight(), line.imbalance()), (3, 0));
        line.pass_on(Stage::Clean, 2, 1, 0);
        assert_eq!((line.in_flight(), line.imbalance()), (2, 1));
        line.receive(Stage::Quotes, 1);
        line.pass_on(Stage::Quotes, 1, 1, 0);
        line.receive(Stage::Summary, 1);
        line.pass_on(Stage::Summary, 1, 1, 0);
        line.outcomes.take(2);
        line.records.fetch_add(1, Ordering::Relaxed);
        line.rejected.fetch_add(1, Ordering::Relaxed);
        assert_eq!((line.in_flight(), line.settled(), line.imbalance()), (0, 2, 1));
    }
}
