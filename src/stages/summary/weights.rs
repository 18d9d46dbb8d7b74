//! How much each thing that is told of a sentence speaks for it.
//!
//! Written by `cargo run --release --example train -- summary PATH`: logistic regression (AdaGrad, 8 passes, the
//! last 3 averaged, seed 1) on the training parts of
//! - 6000 articles of orangesum (French, CC BY-SA 4.0)
//! - 6000 articles of cnndm (English, distributed as Apache-2.0; texts their publishers')
//!
//! A sentence is wanted where a greedy choice for ROUGE-1 + ROUGE-2 against the editors' summary takes it. Only
//! these coefficients are taken from the data.

use super::features::Features;

const BIAS: f64 = -0.476;

#[rustfmt::skip]
const WEIGHTS: Features = [
    0.343, -0.623, -2.223, -0.303, 0.126, 0.174, 0.27, -0.223,
    -0.578, -0.224, -0.121, 0.81, 0.446, 0.462, -0.228, 0.453,
    0.819, 0.377, 0.384, -0.109, 1.349, 0.508, -0.125, 0.256,
    -0.501, -0.207, 0.141, 0.166, -1.636, -0.188, -0.57, -0.11,
    0.226, -0.249, -1.17, -0.798, -0.292, -0.3, -1.11, 0.287,
    0.71, 0.311, -0.168, -0.853,
];

/// How likely a sentence belongs in the summary, 0 to 1.
pub fn salience(features: &Features) -> f64 {
    let sum: f64 = features.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    1.0 / (1.0 + libm::exp(-(BIAS + sum)))
}

/// What each number adds to the sum.
pub fn terms(features: &Features) -> Features {
    let mut terms = *features;
    terms.iter_mut().zip(WEIGHTS).for_each(|(value, weight)| *value *= weight);
    terms
}
