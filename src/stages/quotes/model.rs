//! The learned weights: what each feature counts, as the trainer found it.

use std::sync::OnceLock;

use super::features;

/// The weights and where they come from, as the trainer wrote them.
const LEARNED: &str = include_str!("weights.txt");

/// One weight for each feature.
#[derive(Clone, Debug)]
pub struct Weights {
    values: Vec<f64>,
}

impl Weights {
    /// Those that copydesk carries.
    pub fn learned() -> &'static Self {
        static READ: OnceLock<Weights> = OnceLock::new();
        READ.get_or_init(|| Self::parse(LEARNED))
    }

    /// All nought.
    pub fn nought() -> Self {
        Self { values: vec![0.0; features::COUNT] }
    }

    /// Reads lines of a feature's name and its weight; `#` begins a remark. Features that are not known are left out.
    pub fn parse(text: &str) -> Self {
        let mut weights = Self::nought();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, weight)) = line.split_once(' ') else { continue };
            if let (Some(feature), Ok(weight)) = (features::numbered(name), weight.trim().parse())
                && let Some(value) = weights.values.get_mut(usize::from(feature))
            {
                *value = weight;
            }
        }
        weights
    }

    /// The lines that `parse` reads, without those that are nought.
    pub fn render(&self) -> String {
        let mut out = String::new();
        for (feature, weight) in (0..).zip(&self.values) {
            if *weight != 0.0 {
                out.push_str(&format!("{} {weight:.4}\n", features::name(feature)));
            }
        }
        out
    }

    pub fn of(&self, feature: u16) -> f64 {
        self.values.get(usize::from(feature)).copied().unwrap_or_default()
    }

    /// Adds to one weight, which the trainer does.
    pub fn add(&mut self, feature: u16, step: f64) {
        if let Some(value) = self.values.get_mut(usize::from(feature)) {
            *value += step;
        }
    }

    /// The sum of the weights of some features, in their order.
    pub fn sum(&self, features: &[u16]) -> f64 {
        features.iter().map(|feature| self.of(*feature)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_weights_file_is_a_feature_that_exists() {
        let lines = LEARNED.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        for line in lines {
            let (name, weight) = line.split_once(' ').expect("name and weight");
            assert!(features::numbered(name).is_some(), "{line}");
            assert!(weight.parse::<f64>().is_ok_and(f64::is_finite), "{line}");
        }
    }

    #[test]
    fn weights_that_are_written_are_read_back() {
        let mut weights = Weights::nought();
        weights.add(3, 0.25);
        weights.add(70, -1.5);
        let read = Weights::parse(&weights.render());
        assert!((read.of(3) - 0.25).abs() < 1e-9 && (read.of(70) + 1.5).abs() < 1e-9);
    }
}
