//! Which words a summary has: logistic regression by Newton's method, over all different words of all articles.

use copydesk::stages::summary::training::{Numbers, WORD_COUNT, WordWeights};

/// The last one is the bias.
const SIZE: usize = WORD_COUNT + 1;
const STEPS: usize = 12;
const PENALTY: f64 = 1.0;

/// Words in numbers, and whether the editor's summary has each.
#[derive(Default)]
pub struct Rows {
    pub numbers: Vec<Numbers>,
    pub wanted: Vec<bool>,
}

pub fn fit(rows: &Rows) -> WordWeights {
    let mut weights = [0.0; SIZE];
    for _ in 0..STEPS {
        let mut slope: [f64; SIZE] = std::array::from_fn(|at| PENALTY * weights[at]);
        let mut bend = [[0.0; SIZE]; SIZE];
        (0..SIZE).for_each(|at| bend[at][at] = PENALTY);
        for (numbers, wanted) in rows.numbers.iter().zip(&rows.wanted) {
            let row: [f64; SIZE] = std::array::from_fn(|at| numbers.get(at).copied().unwrap_or(1.0));
            let sum: f64 = row.iter().zip(&weights).map(|(value, weight)| value * weight).sum();
            let likely = 1.0 / (1.0 + libm::exp(-sum));
            let (off, doubt) = (likely - f64::from(u8::from(*wanted)), likely * (1.0 - likely));
            for (at, value) in row.iter().enumerate() {
                slope[at] += off * value;
                bend[at].iter_mut().zip(&row).for_each(|(bend, other)| *bend += doubt * value * other);
            }
        }
        let step = solve(bend, slope);
        weights.iter_mut().zip(step).for_each(|(weight, step)| *weight -= step);
    }
    // As they are written, so that the sentences are described as the product will describe them.
    let written = weights.map(|weight| (weight * 1e4).round() / 1e4);
    WordWeights { bias: written[WORD_COUNT], values: std::array::from_fn(|at| written[at]) }
}

/// Solves a system of linear equations that is positive definite, by elimination.
fn solve(mut matrix: [[f64; SIZE]; SIZE], mut right: [f64; SIZE]) -> [f64; SIZE] {
    for pivot in 0..SIZE {
        let above = matrix[pivot];
        for row in pivot + 1..SIZE {
            let share = matrix[row][pivot] / above[pivot];
            matrix[row].iter_mut().zip(above).for_each(|(value, above)| *value -= share * above);
            right[row] -= share * right[pivot];
        }
    }
    for row in (0..SIZE).rev() {
        let known: f64 = (row + 1..SIZE).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}
