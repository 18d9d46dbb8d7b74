//! How much each thing that is told of a sentence speaks for it.

use super::features::Features;

const BIAS: f64 = -2.4;

const WEIGHTS: Features = [
    1.2, -0.4, -0.5, 0.6, 0.3, 0.2, -0.2, // place
    0.8, -1.5, -0.2, 0.3, // length
    1.2, 0.5, 1.0, -0.3, 0.3, // closeness
    0.3, 0.8, 0.3, 0.2, // coverage
    0.8, 0.4, // title
    -0.5, 0.2, -1.0, -0.6, // surface
];

/// How likely a sentence belongs in the summary, 0 to 1.
pub fn salience(features: &Features) -> f64 {
    let sum: f64 = features.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    1.0 / (1.0 + libm::exp(-(BIAS + sum)))
}
