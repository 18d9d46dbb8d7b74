//! Gradient boosting of the logistic loss with second derivatives over binned values (Chen and Guestrin 2016), each tree from
//! a share of the rows and columns (Friedman 2002). Which these are follows from their numbers and the tree's, not from chance.

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
    /// What share of the rows, and of the columns, a tree is grown from.
    pub rows: f64,
    pub columns: f64,
    /// How many forests are grown from other draws and put together, since each errs in its own way.
    pub draws: u64,
}

/// Values by column, as the numbers of their bins.
pub struct Table {
    bins: Vec<Vec<u8>>,
    edges: Vec<Vec<f32>>,
}

impl Table {
    pub fn new(values: &[f32], columns: usize) -> Self {
        let rows = values.len() / columns;
        let mut table = Self { bins: Vec::new(), edges: Vec::new() };
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

/// The mean of some forests, as one.
pub fn fit(table: &Table, rows: &[u32], labels: &[f32], weights: &[f32], terms: &Terms) -> Forest {
    let forests: Vec<Forest> = (0..terms.draws).map(|draw| fit_one(table, rows, labels, weights, terms, draw)).collect();
    let share = 1.0 / terms.draws as f32;
    let mut all = Forest { base: 0.0, depth: terms.depth, trees: Vec::new() };
    for forest in forests {
        all.base += forest.base * share;
        let shrunk = |tree: Tree| Tree { leaves: tree.leaves.iter().map(|leaf| leaf * share).collect(), ..tree };
        all.trees.extend(forest.trees.into_iter().map(shrunk));
    }
    all
}

fn fit_one(table: &Table, rows: &[u32], labels: &[f32], weights: &[f32], terms: &Terms, draw: u64) -> Forest {
    let of = |values: &[f32], row: u32| f64::from(values[row as usize]);
    let right: f64 = rows.iter().map(|row| of(labels, *row) * of(weights, *row)).sum();
    let all: f64 = rows.iter().map(|row| of(weights, *row)).sum();
    let share = (right / all).clamp(0.01, 0.99);
    let base = libm::log(share / (1.0 - share));
    let mut scores = vec![base; rows.len()];
    let mut slopes: Vec<Sums> = vec![(0.0, 0.0); labels.len()];
    let mut forest = Forest { base: base as f32, depth: terms.depth, trees: Vec::new() };
    for number in (0..terms.trees as u64).map(|tree| draw * terms.trees as u64 + tree) {
        for (row, score) in rows.iter().zip(&scores) {
            let chance = 1.0 / (1.0 + libm::exp(-score));
            let weight = of(weights, *row);
            slopes[*row as usize] = ((chance - of(labels, *row)) * weight, (chance * (1.0 - chance)).max(1e-6) * weight);
        }
        let order: Vec<u32> = rows.iter().copied().filter(|row| is_drawn(u64::from(*row), 2 * number, terms.rows)).collect();
        let columns = (0..table.edges.len()).filter(|column| !table.edges[*column].is_empty());
        let columns: Vec<usize> = columns.filter(|column| is_drawn(*column as u64, 2 * number + 1, terms.columns)).collect();
        let grown = Grower { table, slopes: &slopes, columns, terms }.grow(order);
        for (score, row) in scores.iter_mut().zip(rows) {
            *score += f64::from(grown.leaf(table, *row));
        }
        forest.trees.push(grown.tree(table));
    }
    forest
}

/// True for about this share of the numbers, for each tree for others.
fn is_drawn(number: u64, tree: u64, share: f64) -> bool {
    let mixed = (number ^ tree.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64 <= share
}

struct Grower<'a> {
    table: &'a Table,
    slopes: &'a [Sums],
    columns: Vec<usize>,
    terms: &'a Terms,
}

/// A tree by the numbers of its columns and bins.
struct Grown {
    splits: Vec<Split>,
    leaves: Vec<f32>,
}

impl Grown {
    fn leaf(&self, table: &Table, row: u32) -> f32 {
        let mut at = 0;
        while let Some(split) = self.splits.get(at) {
            at = 2 * at + 1 + usize::from(split.goes_right(table, row));
        }
        self.leaves[at - self.splits.len()]
    }

    fn tree(self, table: &Table) -> Tree {
        // Where nothing is gained, all go left.
        let written =
            |split: &Split| if split.gain > 0.0 { (split.column as u16, table.edges[split.column][split.bin]) } else { (0, f32::INFINITY) };
        Tree { splits: self.splits.iter().map(written).collect(), leaves: self.leaves }
    }
}

impl Split {
    fn goes_right(&self, table: &Table, row: u32) -> bool {
        self.gain > 0.0 && usize::from(table.bins[self.column][row as usize]) > self.bin
    }
}

impl Grower<'_> {
    /// One tree. `order`: its rows, which are put in the order of its nodes level by level.
    fn grow(&self, mut order: Vec<u32>) -> Grown {
        let mut splits: Vec<Split> = Vec::new();
        let mut nodes = vec![(0, order.len())];
        let mut sums = vec![self.sums(&order)];
        for level in 0..self.terms.depth {
            let best: Vec<Split> = sums.iter().map(|sums| self.best_split(sums)).collect();
            let mut below = Vec::with_capacity(nodes.len() * 2);
            for ((from, to), split) in nodes.iter().zip(&best) {
                let (left, right): (Vec<u32>, Vec<u32>) = order[*from..*to].iter().partition(|row| !split.goes_right(self.table, **row));
                order[*from..from + left.len()].copy_from_slice(&left);
                order[from + left.len()..*to].copy_from_slice(&right);
                below.extend([(*from, from + left.len()), (from + left.len(), *to)]);
            }
            splits.extend(&best);
            if level + 1 < self.terms.depth {
                sums = self.sums_below(&order, sums, &below);
            }
            nodes = below;
        }
        let leaf = |(from, to): &(usize, usize)| {
            let all =
                order[*from..*to].iter().map(|row| self.slopes[*row as usize]).fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
            (-self.terms.rate * all.0 / (all.1 + self.terms.penalty)) as f32
        };
        let leaves = nodes.iter().map(leaf).collect();
        Grown { splits, leaves }
    }

    /// The sums of two siblings are their parent's, so only the smaller one is added up.
    fn sums_below(&self, order: &[u32], above: Vec<Vec<Sums>>, below: &[(usize, usize)]) -> Vec<Vec<Sums>> {
        let mut all = Vec::with_capacity(below.len());
        for (mut other, pair) in above.into_iter().zip(below.chunks(2)) {
            let (left, right) = (pair[0], pair[1]);
            let is_left_smaller = left.1 - left.0 <= right.1 - right.0;
            let smaller = if is_left_smaller { left } else { right };
            let own = self.sums(&order[smaller.0..smaller.1]);
            for (other, own) in other.iter_mut().zip(&own) {
                other.0 -= own.0;
                other.1 -= own.1;
            }
            all.extend(if is_left_smaller { [own, other] } else { [other, own] });
        }
        all
    }

    /// The derivatives of some rows, by column and bin. Columns are shared out among threads.
    fn sums(&self, rows: &[u32]) -> Vec<Sums> {
        let mut sums = vec![(0.0, 0.0); self.columns.len() * BINS];
        let share = self.columns.len().div_ceil(THREADS).max(1);
        thread::scope(|scope| {
            for (columns, sums) in self.columns.chunks(share).zip(sums.chunks_mut(share * BINS)) {
                scope.spawn(move || {
                    for (column, sums) in columns.iter().zip(sums.chunks_mut(BINS)) {
                        let bins = &self.table.bins[*column];
                        for row in rows {
                            let sum = &mut sums[usize::from(bins[*row as usize])];
                            let slope = self.slopes[*row as usize];
                            sum.0 += slope.0;
                            sum.1 += slope.1;
                        }
                    }
                });
            }
        });
        sums
    }

    /// Ties go to the lower column.
    fn best_split(&self, sums: &[Sums]) -> Split {
        let mut best = Split::default();
        for (column, sums) in self.columns.iter().zip(sums.chunks(BINS)) {
            try_column(sums, *column, self.table.edges[*column].len(), self.terms, &mut best);
        }
        if best.gain > 1e-6 { best } else { Split::default() }
    }
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
