//! How much each thing that is told of a sentence speaks for it, as the trainer found it.

use std::sync::OnceLock;

use super::features::{COUNT, Features, NAMES};

/// The weights and where they come from, as the trainer wrote them.
const LEARNED: &str = include_str!("weights.txt");

/// One weight for each number that describes a sentence, and one that holds for all sentences.
#[derive(Clone, Debug)]
pub struct Weights {
    pub bias: f64,
    pub values: Features,
}

impl Weights {
    /// Those that copydesk carries.
    pub fn learned() -> &'static Self {
        static READ: OnceLock<Weights> = OnceLock::new();
        READ.get_or_init(|| Self::parse(LEARNED))
    }

    /// Reads lines of a name and its weight; `#` begins a remark. Names that are not known are left out.
    pub fn parse(text: &str) -> Self {
        let mut weights = Self { bias: 0.0, values: [0.0; COUNT] };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, weight)) = line.split_once(' ').and_then(|(name, weight)| Some((name, weight.trim().parse().ok()?))) else {
                continue;
            };
            match NAMES.iter().position(|known| *known == name) {
                Some(at) => weights.values.get_mut(at).into_iter().for_each(|value| *value = weight),
                None if name == BIAS => weights.bias = weight,
                None => {}
            }
        }
        weights
    }

    /// The lines that `parse` reads.
    pub fn render(&self) -> String {
        let values = NAMES.iter().zip(&self.values).map(|(name, value)| format!("{name} {value:.4}\n"));
        format!("{BIAS} {:.4}\n", self.bias) + &values.collect::<String>()
    }

    /// How likely a sentence belongs in the summary, 0 to 1.
    pub fn salience(&self, features: &Features) -> f64 {
        let sum: f64 = features.iter().zip(self.values).map(|(value, weight)| value * weight).sum();
        1.0 / (1.0 + libm::exp(-(self.bias + sum)))
    }

    /// What each number adds to the sum.
    pub fn terms(&self, features: &Features) -> Features {
        let mut terms = *features;
        terms.iter_mut().zip(self.values).for_each(|(value, weight)| *value *= weight);
        terms
    }
}

const BIAS: &str = "bias";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_weights_file_is_of_a_feature_and_every_feature_has_one() {
        let lines = LEARNED.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let names: Vec<&str> = lines.map(|line| line.split_once(' ').expect("name and weight").0).collect();
        assert_eq!(names, [BIAS].into_iter().chain(NAMES).collect::<Vec<_>>());
        assert!(Weights::learned().values.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn weights_that_are_written_are_read_back() {
        let mut weights = Weights { bias: -0.5, values: [0.25; COUNT] };
        weights.values[3] = -1.125;
        let read = Weights::parse(&weights.render());
        assert_eq!((read.bias, read.values), (weights.bias, weights.values));
    }
}
