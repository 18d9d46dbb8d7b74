//! Boosted trees whose levels each ask one question of all: so many answers are the number of the leaf, without a branch.

use super::features::{COUNT, Features};

/// How many questions a tree asks.
pub const DEPTH: usize = 5;
pub const LEAVES: usize = 1 << DEPTH;

/// One tree: is the number greater than the bound? The first answer is the leaf's highest bit.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    pub questions: [(usize, f32); DEPTH],
    pub leaves: [f64; LEAVES],
}

impl Tree {
    fn leaf(&self, features: &Features) -> usize {
        let is_above = |(feature, bound): &(usize, f32)| features.get(*feature).is_some_and(|value| value > bound);
        self.questions.iter().fold(0, |leaf, question| 2 * leaf + usize::from(is_above(question)))
    }

    /// What each answer changes: how far the mean of the leaves that are left lies from the mean of those before. They
    /// add up to the leaf, less the mean of all leaves.
    fn trace(&self, features: &Features, terms: &mut [f64; COUNT]) {
        let leaf = self.leaf(features);
        let mut before = mean(&self.leaves);
        for (asked, (feature, _)) in (1..).zip(&self.questions) {
            let left = LEAVES >> asked;
            let start = leaf / left * left;
            let after = mean(self.leaves.get(start..start + left).unwrap_or_default());
            if let Some(term) = terms.get_mut(*feature) {
                *term += after - before;
            }
            before = after;
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Trees whose sum is a share, 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    pub base: f64,
    pub trees: Vec<Tree>,
}

impl Forest {
    /// The share, one sentence being asked alone.
    pub fn value(&self, features: &Features) -> f64 {
        let leaves = self.trees.iter().map(|tree| tree.leaves.get(tree.leaf(features)).copied().unwrap_or(0.0));
        leaves.fold(self.base, |sum, leaf| sum + leaf).clamp(0.0, 1.0)
    }

    /// What each number adds to the share; the rest of it is the same for all sentences.
    pub fn terms(&self, features: &Features) -> [f64; COUNT] {
        let mut terms = [0.0; COUNT];
        self.trees.iter().for_each(|tree| tree.trace(features, &mut terms));
        terms
    }
}

/// So many sentences are asked together.
const BLOCK: usize = 16;

/// Asks sentences in blocks, each question of all of them at once, which compilers make into few instructions.
pub struct Survey<'a> {
    forest: &'a Forest,
    /// For each number the sentences that wait.
    waiting: [[f32; BLOCK]; COUNT],
    count: usize,
    values: Vec<f64>,
}

impl<'a> Survey<'a> {
    pub fn new(forest: &'a Forest, sentences: usize) -> Self {
        Self { forest, waiting: [[0.0; BLOCK]; COUNT], count: 0, values: Vec::with_capacity(sentences) }
    }

    pub fn take(&mut self, features: &Features) {
        for (column, value) in self.waiting.iter_mut().zip(features) {
            column.get_mut(self.count).into_iter().for_each(|place| *place = *value);
        }
        self.count += 1;
        if self.count == BLOCK {
            self.ask();
        }
    }

    /// What `Forest::value` gives for each sentence, bit for bit.
    pub fn finish(mut self) -> Vec<f64> {
        self.ask();
        self.values
    }

    fn ask(&mut self) {
        let mut sums = [self.forest.base; BLOCK];
        for tree in &self.forest.trees {
            let mut leaves = [0_i32; BLOCK];
            for &(feature, bound) in &tree.questions {
                let Some(column) = self.waiting.get(feature) else { continue };
                for (leaf, value) in leaves.iter_mut().zip(column) {
                    *leaf = *leaf + *leaf + i32::from(*value > bound);
                }
            }
            // Those beyond the count are asked too, and not read: a fixed number costs less.
            for (sum, leaf) in sums.iter_mut().zip(leaves) {
                *sum += tree.leaves.get(leaf as usize % LEAVES).copied().unwrap_or(0.0);
            }
        }
        self.values.extend(sums.iter().take(self.count).map(|sum| sum.clamp(0.0, 1.0)));
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::weights::Weights;
    use super::*;

    #[test]
    fn sentences_asked_together_get_what_each_gets_alone() {
        let forest = &Weights::learned().sentences;
        let described: Vec<Features> =
            (0..BLOCK + 7).map(|place| std::array::from_fn(|at| (place * 31 + at * 17) as f32 % 29.0 / 20.0)).collect();
        let mut survey = Survey::new(forest, described.len());
        described.iter().for_each(|features| survey.take(features));
        assert_eq!(survey.finish(), described.iter().map(|features| forest.value(features)).collect::<Vec<_>>());
    }
}
