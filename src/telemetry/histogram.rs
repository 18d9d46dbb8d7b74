//! How long things take: counts by duration, which any thread may add to and any other read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the buckets, in microseconds: from a short text's clean-up to a backlog of an hour.
pub const BOUNDS_US: [u64; 21] = [
    100,
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    300_000_000,
    1_800_000_000,
    3_600_000_000,
];

/// The last bucket takes what is longer than every bound.
const BUCKETS: usize = BOUNDS_US.len() + 1;

/// Durations, counted by how long they were.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; BUCKETS],
    sum_us: AtomicU64,
}

impl Histogram {
    pub fn observe(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_US.partition_point(|bound| *bound < micros);
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.sum_us.fetch_add(micros, Ordering::Relaxed);
    }

    pub fn snapshot(&self) -> Snapshot {
        let mut counts = [0; BUCKETS];
        for (count, bucket) in counts.iter_mut().zip(&self.buckets) {
            *count = bucket.load(Ordering::Relaxed);
        }
        Snapshot { counts, sum_us: self.sum_us.load(Ordering::Relaxed) }
    }
}

/// A histogram at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub counts: [u64; BUCKETS],
    pub sum_us: u64,
}

impl Snapshot {
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// What was counted since an earlier moment.
    pub fn since(&self, earlier: &Self) -> Self {
        let mut counts = self.counts;
        for (count, before) in counts.iter_mut().zip(&earlier.counts) {
            *count = count.saturating_sub(*before);
        }
        Self { counts, sum_us: self.sum_us.saturating_sub(earlier.sum_us) }
    }

    /// The duration that a share of all did not exceed, read from its bucket as if that were evenly filled. None where
    /// nothing was counted; the last bound where it was longer than that.
    #[expect(clippy::cast_precision_loss, reason = "an estimate, shown rounded")]
    pub fn quantile_seconds(&self, share: f64) -> Option<f64> {
        let all = self.count();
        if all == 0 {
            return None;
        }
        let wanted = share * all as f64;
        let mut below = 0;
        for (number, count) in self.counts.iter().enumerate() {
            let reached = below + count;
            if *count > 0 && reached as f64 >= wanted {
                let from = number.checked_sub(1).and_then(|before| BOUNDS_US.get(before)).copied().unwrap_or(0);
                let to = BOUNDS_US.get(number).copied().unwrap_or(from);
                let part = (wanted - below as f64) / *count as f64;
                return Some((from as f64 + (to - from) as f64 * part.clamp(0.0, 1.0)) / 1e6);
            }
            below = reached;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_slowest_are_told_from_the_buckets() {
        let histogram = Histogram::default();
        assert_eq!(histogram.snapshot().quantile_seconds(0.5), None);
        for _ in 0..98 {
            histogram.observe(Duration::from_millis(2));
        }
        let earlier = histogram.snapshot();
        histogram.observe(Duration::from_millis(400));
        histogram.observe(Duration::from_secs(86_400));
        let all = histogram.snapshot();
        assert_eq!(all.count(), 100);
        let middle = all.quantile_seconds(0.5).unwrap();
        assert!((0.001..=0.0025).contains(&middle), "{middle}");
        let slow = all.quantile_seconds(0.99).unwrap();
        assert!((0.25..=0.5).contains(&slow), "{slow}");
        assert_eq!(all.quantile_seconds(1.0), Some(3600.0));
        let recent = all.since(&earlier);
        assert_eq!((recent.count(), recent.sum_us), (2, 86_400_400_000));
    }
}
