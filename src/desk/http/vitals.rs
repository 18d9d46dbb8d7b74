//! How the daemon is: looked at once a second, whether anybody asks or not, so that whoever asks sees what led here.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::sources::{Counts, Why, watches_max};
use crate::telemetry::{Pace, STAGES, Snapshot, now_ms};

use super::{Desk, Shared};

/// Looks that are kept: five minutes.
const KEPT: usize = 300;
/// Looks over which durations and rates are told: the last minute.
const RECENT: usize = 60;
/// An imbalance is told when it has stood for so many looks: an article may be between two counts for a moment.
const STANDING: usize = 3;
/// What has been waiting for longer is behind.
const BEHIND: Duration = Duration::from_secs(60);

/// One look.
#[derive(Clone, Copy, Debug)]
struct Look {
    records: u64,
    rejected: u64,
    lag_ms: u64,
    imbalance: i64,
    passed: [u64; STAGES.len()],
    took: [Snapshot; STAGES.len()],
}

/// What has been seen so far.
pub struct Vitals {
    seen: Mutex<Seen>,
}

struct Seen {
    begun: Instant,
    looks: VecDeque<Look>,
    pace: Pace,
}

impl Vitals {
    pub fn new() -> Self {
        let now = Instant::now();
        Self { seen: Mutex::new(Seen { begun: now, looks: VecDeque::new(), pace: Pace::new(now) }) }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be called once a second.
    pub fn look(&self, desk: &Desk) {
        let line = &desk.progress.line;
        let mut look = Look {
            records: line.records.load(Ordering::Relaxed),
            rejected: line.rejected.load(Ordering::Relaxed),
            lag_ms: u64::try_from(lag(desk).as_millis()).unwrap_or(u64::MAX),
            imbalance: line.imbalance(),
            passed: [0; STAGES.len()],
            took: [Snapshot::default(); STAGES.len()],
        };
        for (number, (_, meter)) in line.stages().enumerate() {
            if let (Some(passed), Some(took)) = (look.passed.get_mut(number), look.took.get_mut(number)) {
                *passed = meter.passed.load(Ordering::Relaxed) + meter.rejected.load(Ordering::Relaxed);
                *took = meter.took.snapshot();
            }
        }
        let mut seen = self.seen();
        seen.pace.look(line, desk.progress.source.turns.load(Ordering::Relaxed), Instant::now());
        if seen.looks.len() >= KEPT {
            seen.looks.pop_front();
        }
        seen.looks.push_back(look);
    }

    /// What went in and is nowhere, or came out and never went in, and has been so for a while. 0 is as it must be.
    pub fn imbalance(&self) -> i64 {
        standing(self.seen().looks.iter().rev().map(|look| look.imbalance))
    }

    /// Why the process should be ended and started anew; nothing, where it is alive.
    pub fn alive(&self, desk: &Desk) -> Vec<(&'static str, String)> {
        let still = self.seen().pace.still(Instant::now());
        if still > Pace::patience(desk.parse_timeout) {
            let waiting = desk.progress.line.in_flight();
            return vec![("stuck", format!("{waiting} articles are on their way, and nothing has moved for {} s", still.as_secs()))];
        }
        Vec::new()
    }

    /// Why not to rely on it just now; nothing, where it is ready.
    pub fn ready(&self, shared: &Shared) -> Vec<(&'static str, String)> {
        let desk = &shared.desk;
        let mut reasons = self.alive(desk);
        let line = &desk.progress.line;
        if *shared.stopping.borrow() {
            reasons.push(("stopping", "it was told to end".to_owned()));
        }
        if !line.is_recovered() {
            reasons.push(("recovering", "what an earlier run left is being brought in order".to_owned()));
        }
        if let Some(full) = line.full_for() {
            reasons.push(("stalled", format!("no room for records for {} s: make room in {}", full.as_secs(), desk.out.display())));
        }
        let lag = lag(desk);
        if lag > BEHIND {
            reasons.push(("behind", format!("the oldest article has been waiting for {} s", lag.as_secs())));
        } else if line.is_recovered() && desk.progress.source.listings.load(Ordering::Relaxed) == 0 {
            reasons.push(("behind", "the inputs have not been looked through once yet".to_owned()));
        }
        if let Some(why) = desk.progress.settings.why_refused() {
            reasons.push(("config", format!("the settings could not be reloaded, and the former ones hold: {why}")));
        }
        reasons
    }

    /// What the page draws, from the oldest look that is kept on.
    pub fn history(&self) -> Value {
        let seen = self.seen();
        let looks = &seen.looks;
        let rates: Vec<u64> = looks.iter().zip(looks.iter().skip(1)).map(|(before, now)| settled(now) - settled(before)).collect();
        let lags: Vec<u64> = looks.iter().skip(1).map(|look| look.lag_ms).collect();
        json!({"settled": rates, "lag_ms": lags})
    }

    /// How it is now.
    pub fn now(&self, shared: &Shared) -> Value {
        let desk = &shared.desk;
        let line = &desk.progress.line;
        let ready = self.ready(shared);
        let imbalance = self.imbalance();
        let seen = self.seen();
        let last = seen.looks.back();
        let before = seen.looks.iter().rev().nth(1);
        let long_before = seen.looks.get(seen.looks.len().saturating_sub(RECENT + 1));
        #[expect(clippy::cast_precision_loss, reason = "shown rounded")]
        let spread = (seen.looks.len().saturating_sub(1)).clamp(1, RECENT) as f64;
        let stages: Vec<Value> = line
            .stages()
            .enumerate()
            .map(|(number, (stage, meter))| {
                let recent = last.and_then(|last| last.took.get(number)).map(|took| {
                    let earlier = long_before.and_then(|look| look.took.get(number)).copied().unwrap_or_default();
                    took.since(&earlier)
                });
                let recent = recent.unwrap_or_default();
                #[expect(clippy::cast_precision_loss, reason = "shown rounded")]
                let rate = recent.count() as f64 / spread;
                json!({
                    "stage": stage.name(),
                    "queued": meter.queued.get(),
                    "working": meter.working.get(),
                    "rate": rounded(rate),
                    "p50_ms": recent.quantile_seconds(0.5).map(|seconds| rounded(seconds * 1e3)),
                    "p99_ms": recent.quantile_seconds(0.99).map(|seconds| rounded(seconds * 1e3)),
                })
            })
            .collect();
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let source: &Counts = &desk.progress.source;
        json!({
            "up_seconds": seen.begun.elapsed().as_secs(),
            "reasons": ready.iter().map(|(reason, why)| json!({"reason": reason, "why": why})).collect::<Vec<_>>(),
            "run": {
                "entered": count(&line.entered),
                "records": count(&line.records),
                "rejected": count(&line.rejected),
                "unchanged": count(&line.unchanged),
                "in_flight": line.in_flight(),
                "imbalance": imbalance,
            },
            "settled_now": last.zip(before).map_or(0, |(now, before)| settled(now) - settled(before)),
            "lag_ms": last.map_or(0, |look| look.lag_ms),
            "stages": stages,
            "committer": {
                "waiting": line.outcomes.get() + line.committing.get(),
                "commit_p99_ms": line.commit.snapshot().quantile_seconds(0.99).map(|seconds| rounded(seconds * 1e3)),
                "sync_p99_ms": line.sync.snapshot().quantile_seconds(0.99).map(|seconds| rounded(seconds * 1e3)),
            },
            "watcher": {
                "waiting_files": count(&source.waiting),
                "folders": count(&source.folders_watched),
                "folders_max": watches_max(),
                "listed_instead": source.listed.why().map(Why::said),
                "overflows": count(&source.hints_missed),
                "unannounced": count(&source.unannounced),
                "listings": count(&source.listings),
                "last_listing_ms": count(&source.last_listing_ms),
                "listed_ago_ms": ago(count(&source.listed_at_ms)),
                "told_ago_ms": ago(count(&source.told_at_ms)),
            },
        })
    }
}

/// For how long the oldest of what is known and not durable has been waiting.
pub fn lag(desk: &Desk) -> Duration {
    let since = desk.progress.source.oldest_since_ms.load(Ordering::Relaxed);
    Duration::from_millis(ago(since).unwrap_or(0))
}

fn ago(at_ms: u64) -> Option<u64> {
    (at_ms > 0).then(|| now_ms().saturating_sub(at_ms))
}

const fn settled(look: &Look) -> u64 {
    look.records + look.rejected
}

/// The smallest of what the last looks saw, where all of them saw one; latest first.
fn standing(mut seen: impl Iterator<Item = i64>) -> i64 {
    let Some(mut least) = seen.next() else { return 0 };
    for _ in 1..STANDING {
        let Some(next) = seen.next() else { return 0 };
        if next.signum() != least.signum() {
            return 0;
        }
        if next.abs() < least.abs() {
            least = next;
        }
    }
    least
}

fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_imbalance_that_stands_is_told() {
        for (seen, told) in [(&[][..], 0), (&[2, 0, 2], 0), (&[1, 2], 0), (&[3, 1, 2], 1), (&[-2, -1, -4], -1), (&[-1, 1, 1], 0)] {
            assert_eq!(standing(seen.iter().copied()), told, "{seen:?}");
        }
    }
}
