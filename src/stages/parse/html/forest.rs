//! Small decision trees that were fitted together (gradient boosting, Friedman 2001): each corrects those before it.

/// Trees over rows of numbers. All are of one depth and complete.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    pub base: f32,
    pub depth: usize,
    pub trees: Vec<Tree>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Level by level: which number is compared with what; at least that goes right.
    pub splits: Vec<(u16, f32)>,
    pub leaves: Vec<f32>,
}

impl Forest {
    /// The chance, 0 to 1, that a row is what the trees look for. The same on every machine.
    pub fn chance(&self, row: &[f32]) -> f32 {
        let mut sum = self.base;
        for tree in &self.trees {
            let mut at = 0;
            for _ in 0..self.depth {
                let Some((feature, threshold)) = tree.splits.get(at) else { break };
                let goes_right = row.get(usize::from(*feature)).is_some_and(|value| value >= threshold);
                at = 2 * at + 1 + usize::from(goes_right);
            }
            sum += at.checked_sub(tree.splits.len()).and_then(|leaf| tree.leaves.get(leaf)).copied().unwrap_or_default();
        }
        1.0 / (1.0 + libm::expf(-sum))
    }

    /// As lines: the base and depth, then a tree each: its splits, a bar, its leaves.
    pub fn write(&self) -> String {
        let mut out = format!("{} {}\n", self.base, self.depth);
        for tree in &self.trees {
            let splits: Vec<String> = tree.splits.iter().map(|(feature, threshold)| format!("{feature}:{threshold}")).collect();
            let leaves: Vec<String> = tree.leaves.iter().map(f32::to_string).collect();
            out.push_str(&format!("{} | {}\n", splits.join(" "), leaves.join(" ")));
        }
        out
    }

    /// Reads what `write` wrote. None where it is something else.
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (base, depth) = lines.next()?.split_once(' ')?;
        let mut forest = Self { base: base.parse().ok()?, depth: depth.parse().ok()?, trees: Vec::new() };
        for line in lines {
            let (splits, leaves) = line.split_once(" | ")?;
            let split =
                |pair: &str| pair.split_once(':').and_then(|(feature, threshold)| Some((feature.parse().ok()?, threshold.parse().ok()?)));
            let tree = Tree {
                splits: splits.split(' ').map(split).collect::<Option<_>>()?,
                leaves: leaves.split(' ').map(|leaf| leaf.parse().ok()).collect::<Option<_>>()?,
            };
            let is_whole = tree.splits.len() + 1 == tree.leaves.len() && tree.leaves.len() == 1 << forest.depth;
            if !is_whole {
                return None;
            }
            forest.trees.push(tree);
        }
        Some(forest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_goes_down_each_tree() {
        let tree = Tree { splits: vec![(1, 0.5)], leaves: vec![-2.0, 2.0] };
        let forest = Forest { base: 0.0, depth: 1, trees: vec![tree] };
        assert!(forest.chance(&[9.0, 0.4]) < 0.2);
        assert!(forest.chance(&[9.0, 0.5]) > 0.8);
        assert_eq!(Forest::read(&forest.write()), Some(forest));
    }
}
