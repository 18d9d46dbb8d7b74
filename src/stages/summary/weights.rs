//! How much each thing that is told of a sentence speaks for it.
//!
//! Provenance: logistic regression (AdaGrad, 6 passes, the last two averaged, seed 1) on the first 2,500 articles each
//! of the training parts of OrangeSum (French, CC BY-SA 4.0) and CNN/DailyMail (English, Apache-2.0 distribution); a
//! sentence is wanted where a greedy choice for ROUGE-1 + ROUGE-2 against the editors' summary takes it.
//! Only these coefficients are taken from the data.

use super::features::Features;

const BIAS: f64 = -2.332;

const WEIGHTS: Features = [
    0.604, -0.429, -1.698, -0.218, 0.284, 0.304, 0.098, // place
    -0.3, -0.314, -0.219, -0.552, // length
    0.775, 0.41, 0.659, -0.457, 0.984, // closeness
    1.482, 0.385, 0.216, 0.237, // coverage
    1.215, -0.24, // title
    -0.372, 0.3, -0.32, 0.057, // surface
];

/// How likely a sentence belongs in the summary, 0 to 1.
pub fn salience(features: &Features) -> f64 {
    let sum: f64 = features.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    1.0 / (1.0 + libm::exp(-(BIAS + sum)))
}
