//! Counts what there may be endlessly many of, in memory for some thousands: what is rare is let go when room runs out,
//! and how rare it was is remembered.

use std::collections::HashMap;

/// Something that is counted.
pub trait Counted: Default {
    fn count(&self) -> u64;
}

impl Counted for u64 {
    fn count(&self) -> u64 {
        *self
    }
}

/// Counts by name.
#[derive(Debug)]
pub struct Tally<T> {
    most: usize,
    counts: HashMap<String, T>,
    /// The highest count that was let go: no count is too low by more.
    pub lost: u64,
}

impl<T: Counted> Tally<T> {
    /// Remembers the `most` frequent names, and up to twice as many while it counts.
    pub fn new(most: usize) -> Self {
        Self { most, counts: HashMap::new(), lost: 0 }
    }

    /// What is counted under a name.
    pub fn of(&mut self, name: &str) -> &mut T {
        if !self.counts.contains_key(name) && self.counts.len() >= self.most * 2 {
            self.let_go();
        }
        self.counts.entry(name.to_owned()).or_default()
    }

    fn let_go(&mut self) {
        let mut counts: Vec<u64> = self.counts.values().map(T::count).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        // As many as may stay, and none that is as rare as one that goes.
        let bar = counts.get(self.most).copied().unwrap_or(0);
        self.lost = self.lost.max(bar);
        self.counts.retain(|_, counted| counted.count() > bar);
    }

    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// The most frequent, by name where they are as frequent.
    pub fn top(&self, number: usize) -> Vec<(&str, &T)> {
        let mut sorted: Vec<(&str, &T)> = self.counts.iter().map(|(name, counted)| (name.as_str(), counted)).collect();
        sorted.sort_unstable_by(|a, b| b.1.count().cmp(&a.1.count()).then(a.0.cmp(b.0)));
        sorted.truncate(number);
        sorted
    }

    pub fn total(&self) -> u64 {
        self.counts.values().map(T::count).sum()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.counts.iter().map(|(name, counted)| (name.as_str(), counted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frequent_stay_when_the_rare_are_let_go() {
        let mut tally: Tally<u64> = Tally::new(10);
        for number in 0..1000 {
            *tally.of(&format!("rare {number}")) += 1;
            *tally.of("Ada Moe") += 1;
            *tally.of("Bo Roe") += u64::from(number % 2 == 0);
        }
        assert!(tally.len() <= 20 && tally.lost == 1, "{} {}", tally.len(), tally.lost);
        assert_eq!(tally.top(2), [("Ada Moe", &1000), ("Bo Roe", &500)]);
    }
}
