//! The fitted trees that judge blocks, as `examples/train` writes them.

use std::sync::OnceLock;

use super::forest::Forest;

/// First each block is judged alone, then beside the others.
#[derive(Clone, Debug)]
pub struct Weights {
    pub alone: Forest,
    pub together: Forest,
    /// A block that is at least this likely is the article's.
    pub threshold: f32,
}

/// The provenance stands at the head of the file.
const FILE: &str = include_str!("weights.txt");

pub fn shipped() -> &'static Weights {
    static WEIGHTS: OnceLock<Weights> = OnceLock::new();
    WEIGHTS.get_or_init(|| Weights::read(FILE).expect("a test reads the weights file"))
}

impl Weights {
    /// Reads a weights file: lines of provenance with a `#`, the threshold, and both forests with an empty line between.
    pub fn read(file: &str) -> Option<Self> {
        let body = file.split_once("\n\n")?.1;
        let (threshold, forests) = body.split_once("\n\n")?;
        let (alone, together) = forests.split_once("\n\n")?;
        Some(Self { alone: Forest::read(alone)?, together: Forest::read(together.trim_end())?, threshold: threshold.trim().parse().ok()? })
    }

    /// As a file. `provenance`: what it was fitted on, a line each.
    pub fn write(&self, provenance: &[String]) -> String {
        let head: Vec<String> = provenance.iter().map(|line| format!("# {line}")).collect();
        format!("{}\n\n{}\n\n{}\n{}", head.join("\n"), self.threshold, self.alone.write(), self.together.write())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{context, features};
    use super::*;

    #[test]
    fn the_weights_fit_the_features() {
        let weights = Weights::read(FILE).expect("the weights file is whole");
        let fits = |forest: &Forest, count: usize| {
            forest.trees.iter().flat_map(|tree| &tree.splits).all(|(feature, _)| usize::from(*feature) < count)
        };
        assert!(fits(&weights.alone, features::COUNT));
        assert!(fits(&weights.together, features::COUNT + context::COUNT));
        assert_eq!(Weights::read(&weights.write(&["anything".to_owned()])).map(|read| read.together), Some(weights.together));
    }
}
