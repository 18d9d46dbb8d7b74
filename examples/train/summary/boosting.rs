//! Boosted trees by least squares, each level of a tree asking one question: the one that tells most over all its leaves.

use copydesk::stages::summary::training::{COUNT, DEPTH, Features, Forest, LEAVES, Tree};

const TREES: usize = 60;
/// How much of what a tree says is believed.
const RATE: f64 = 0.15;
/// What draws the leaves of few sentences to nought, in the weight of sentences: a word of each counts one.
const PENALTY: f64 = 2_000.0;
/// So many bounds are tried for each number.
const BINS: usize = 32;

/// Sentences with what is to be told of each, and how much each counts.
#[derive(Default)]
pub struct Rows {
    pub features: Vec<Features>,
    pub targets: Vec<f64>,
    pub weights: Vec<f64>,
}

pub fn fit(rows: &Rows) -> Forest {
    let binned: Vec<Binned> = (0..COUNT).map(|feature| Binned::of(rows, feature)).collect();
    let weight: f64 = rows.weights.iter().sum();
    let base = rows.targets.iter().zip(&rows.weights).map(|(target, weight)| target * weight).sum::<f64>() / weight;
    let mut rest: Vec<f64> = rows.targets.iter().map(|target| target - base).collect();
    let mut forest = Forest { base, trees: Vec::new() };
    for _ in 0..TREES {
        forest.trees.push(grow(&binned, &mut rest, &rows.weights));
    }
    forest
}

/// One number of all sentences, by the bounds it lies between.
struct Binned {
    bounds: Vec<f32>,
    bins: Vec<u8>,
}

impl Binned {
    fn of(rows: &Rows, feature: usize) -> Self {
        let mut values: Vec<f32> = rows.features.iter().step_by(7).map(|features| features[feature]).collect();
        values.sort_unstable_by(f32::total_cmp);
        // As they are written, so that the trainer asks what the product will ask.
        let written = |value: f32| format!("{value:.4}").parse().unwrap_or(value);
        let mut bounds: Vec<f32> = (1..BINS).map(|at| written(values[at * (values.len() - 1) / BINS])).collect();
        bounds.dedup();
        let bin = |value: f32| bounds.partition_point(|bound| value > *bound) as u8;
        let bins = rows.features.iter().map(|features| bin(features[feature])).collect();
        Self { bounds, bins }
    }
}

fn grow(binned: &[Binned], rest: &mut [f64], weights: &[f64]) -> Tree {
    let mut tree = Tree { questions: [(0, 0.0); DEPTH], leaves: [0.0; LEAVES] };
    let mut leaves = vec![0_u8; rest.len()];
    for depth in 0..DEPTH {
        let (feature, bin) = best_question(binned, rest, weights, &leaves, 1 << depth);
        tree.questions[depth] = (feature, binned[feature].bounds[bin]);
        leaves.iter_mut().zip(&binned[feature].bins).for_each(|(leaf, own)| *leaf = 2 * *leaf + u8::from(usize::from(*own) > bin));
    }
    let mut sums = [Sum::default(); LEAVES];
    rest.iter().zip(weights).zip(&leaves).for_each(|((rest, weight), leaf)| sums[usize::from(*leaf)].add(*rest, *weight));
    tree.leaves = sums.map(|sum| (RATE * sum.rest / (sum.weight + PENALTY) * 1e4).round() / 1e4);
    rest.iter_mut().zip(&leaves).for_each(|(rest, leaf)| *rest -= tree.leaves[usize::from(*leaf)]);
    tree
}

#[derive(Clone, Copy, Default)]
struct Sum {
    rest: f64,
    weight: f64,
}

impl Sum {
    fn add(&mut self, rest: f64, weight: f64) {
        self.rest += rest * weight;
        self.weight += weight;
    }

    /// How much of the squares a leaf with these takes away.
    fn gain(self) -> f64 {
        self.rest * self.rest / (self.weight + PENALTY)
    }
}

/// The number and the bound that split all leaves best; of equal ones the first.
fn best_question(binned: &[Binned], rest: &[f64], weights: &[f64], leaves: &[u8], count: usize) -> (usize, usize) {
    let mut best = (0, 0);
    let mut most = f64::NEG_INFINITY;
    for (feature, binned) in binned.iter().enumerate() {
        let mut sums = vec![[Sum::default(); BINS]; count];
        for (((bin, leaf), rest), weight) in binned.bins.iter().zip(leaves).zip(rest).zip(weights) {
            sums[usize::from(*leaf)][usize::from(*bin)].add(*rest, *weight);
        }
        for bin in 0..binned.bounds.len() {
            let gain = sums.iter().map(|leaf| split(leaf, bin)).sum();
            if gain > most {
                most = gain;
                best = (feature, bin);
            }
        }
    }
    best
}

fn split(leaf: &[Sum; BINS], bin: usize) -> f64 {
    let total = |sums: &[Sum]| {
        let mut total = Sum::default();
        for sum in sums {
            total.rest += sum.rest;
            total.weight += sum.weight;
        }
        total
    };
    let (below, above) = leaf.split_at(bin + 1);
    total(below).gain() + total(above).gain()
}
