//! Gradient boosting of the logistic loss with second derivatives over binned values (Chen and Guestrin 2016).

use std::thread;

use copydesk::stages::parse::html::training::{Forest, Tree};

/// Values are told apart by at most so many bins.
const BINS: usize = 64;
/// Bins are laid by this many values at most.
const SAMPLED: usize = 200_000;
const THREADS: usize = 2;

pub struct Terms {
    pub trees: usize,
    pub depth: usize,
    pub rate: f64,
    /// On the square of a leaf.
    pub penalty: f64,
    /// The least second derivative on either side of a split.
    pub weight_min: f64,
}

/// Values by column, as the numbers of their bins.
pub struct Table {
    rows: usize,
    bins: Vec<Vec<u8>>,
    edges: Vec<Vec<f32>>,
}

impl Table {
    pub fn new(values: &[f32], columns: usize) -> Self {
        let rows = values.len() / columns;
        let mut table = Self { rows, bins: Vec::new(), edges: Vec::new() };
        for column in 0..columns {
            let step = (rows / SAMPLED).max(1);
            let mut sample: Vec<f32> = (0..rows).step_by(step).map(|row| values[row * columns + column]).collect();
            sample.sort_by(f32::total_cmp);
            let edges = edges(&sample);
            table.bins.push((0..rows).map(|row| edges.partition_point(|edge| *edge <= values[row * columns + column]) as u8).collect());
            table.edges.push(edges);
        }
        table
    }
}

fn edges(sorted: &[f32]) -> Vec<f32> {
    let mut distinct = sorted.to_vec();
    distinct.dedup();
    if distinct.len() <= BINS {
        return distinct.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect();
    }
    let mut edges: Vec<f32> = (1..BINS).map(|bin| sorted[bin * sorted.len() / BINS]).collect();
    edges.dedup();
    edges
}

#[derive(Clone, Copy, Default)]
struct Split {
    gain: f64,
    column: usize,
    bin: usize,
}

/// First and second derivatives.
type Sums = (f64, f64);

pub fn fit(table: &Table, rows: &[u32], labels: &[f32], weights: &[f32], terms: &Terms) -> Forest {
    let of = |values: &[f32], row: u32| f64::from(values[row as usize]);
    let right: f64 = rows.iter().map(|row| of(labels, *row) * of(weights, *row)).sum();
    let all: f64 = rows.iter().map(|row| of(weights, *row)).sum();
    let share = (right / all).clamp(0.01, 0.99);
    let base = libm::log(share / (1.0 - share));
    let mut scores = vec![base; rows.len()];
    let mut forest = Forest { base: base as f32, depth: terms.depth, trees: Vec::new() };
    while forest.trees.len() < terms.trees {
        let slopes: Vec<Sums> = rows
            .iter()
            .zip(&scores)
            .map(|(row, score)| {
                let chance = 1.0 / (1.0 + libm::exp(-score));
                let weight = of(weights, *row);
                ((chance - of(labels, *row)) * weight, (chance * (1.0 - chance)).max(1e-6) * weight)
            })
            .collect();
        let (tree, leaves) = grow(table, rows, &slopes, terms);
        for (score, leaf) in scores.iter_mut().zip(leaves) {
            *score += f64::from(tree.leaves[leaf]);
        }
        forest.trees.push(tree);
    }
    forest
}

/// One tree, and the leaf that each row comes to.
fn grow(table: &Table, rows: &[u32], slopes: &[Sums], terms: &Terms) -> (Tree, Vec<usize>) {
    let inner = (1 << terms.depth) - 1;
    // Where nothing is gained, all go left.
    let mut splits = vec![(0, f32::INFINITY); inner];
    let mut places = vec![0_usize; rows.len()];
    for level in 0..terms.depth {
        let first = (1 << level) - 1;
        let best = best_splits(table, rows, slopes, &places, first, terms);
        for (place, split) in best.iter().enumerate().filter(|(_, split)| split.gain > 1e-6) {
            splits[first + place] = (split.column as u16, table.edges[split.column][split.bin]);
        }
        for (place, row) in places.iter_mut().zip(rows) {
            let split = best[*place - first];
            let goes_right = split.gain > 1e-6 && usize::from(table.bins[split.column][*row as usize]) > split.bin;
            *place = 2 * *place + 1 + usize::from(goes_right);
        }
    }
    let mut sums = vec![(0.0, 0.0); inner + 1];
    for (place, slope) in places.iter_mut().zip(slopes) {
        *place -= inner;
        sums[*place].0 += slope.0;
        sums[*place].1 += slope.1;
    }
    let leaves = sums.iter().map(|(first, second)| (-terms.rate * first / (second + terms.penalty)) as f32).collect();
    (Tree { splits, leaves }, places)
}

/// The best split of each node of a level. Columns are shared out among threads; ties go to the lower column.
fn best_splits(table: &Table, rows: &[u32], slopes: &[Sums], places: &[usize], first: usize, terms: &Terms) -> Vec<Split> {
    let nodes = first + 1;
    let search = |thread: usize| {
        let mut best = vec![Split::default(); nodes];
        let mut sums: Vec<Sums> = vec![(0.0, 0.0); nodes * BINS];
        for column in (thread..table.edges.len()).step_by(THREADS).filter(|column| !table.edges[*column].is_empty()) {
            sums.fill((0.0, 0.0));
            let bins = &table.bins[column];
            debug_assert_eq!(bins.len(), table.rows);
            for ((row, slope), place) in rows.iter().zip(slopes).zip(places) {
                let sum = &mut sums[(place - first) * BINS + usize::from(bins[*row as usize])];
                sum.0 += slope.0;
                sum.1 += slope.1;
            }
            for (node, best) in best.iter_mut().enumerate() {
                try_column(&sums[node * BINS..(node + 1) * BINS], column, table.edges[column].len(), terms, best);
            }
        }
        best
    };
    let found: Vec<Vec<Split>> = thread::scope(|scope| {
        let running: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || search(thread))).collect();
        running.into_iter().map(|one| one.join().expect("the search does not panic")).collect()
    });
    (0..nodes)
        .map(|node| {
            let best = |best: Split, other: &Vec<Split>| if other[node].gain > best.gain { other[node] } else { best };
            found.iter().fold(Split::default(), best)
        })
        .collect()
}

fn try_column(sums: &[Sums], column: usize, edges: usize, terms: &Terms, best: &mut Split) {
    let whole = sums.iter().fold((0.0, 0.0), |all, sum| (all.0 + sum.0, all.1 + sum.1));
    let worth = |sum: Sums| sum.0 * sum.0 / (sum.1 + terms.penalty);
    let mut left = (0.0, 0.0);
    for (bin, sum) in sums.iter().enumerate().take(edges) {
        left = (left.0 + sum.0, left.1 + sum.1);
        let right = (whole.0 - left.0, whole.1 - left.1);
        if left.1 < terms.weight_min || right.1 < terms.weight_min {
            continue;
        }
        let gain = worth(left) + worth(right) - worth(whole);
        if gain > best.gain + 1e-9 {
            *best = Split { gain, column, bin };
        }
    }
}
