//! How much each thing that is told of a word or a sentence speaks for it, as the trainer found it.

use std::fmt::Write as _;
use std::sync::OnceLock;

use super::features::NAMES;
use super::trees::{DEPTH, Forest, LEAVES, Tree};
use super::wanted::{self, WordWeights};

/// The weights and where they come from, as the trainer wrote them.
const LEARNED: &str = include_str!("weights.txt");

/// What speaks for words, and what speaks for sentences.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    pub words: WordWeights,
    /// Tells which share of a sentence's words a summary of the article would have.
    pub sentences: Forest,
}

impl Weights {
    /// Those that copydesk carries.
    pub fn learned() -> &'static Self {
        static READ: OnceLock<Weights> = OnceLock::new();
        READ.get_or_init(|| Self::parse(LEARNED))
    }

    /// Reads the lines of `render`; `#` begins a remark. Lines that are not understood are left out.
    pub fn parse(text: &str) -> Self {
        let mut weights = Self { words: WordWeights { bias: 0.0, values: [0.0; wanted::COUNT] }, sentences: Forest::default() };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            weights.take(line);
        }
        weights
    }

    /// None where the line is not understood.
    fn take(&mut self, line: &str) -> Option<()> {
        let mut parts = line.split(' ');
        match (parts.next()?, parts.next()?) {
            (WORD, BIAS) => self.words.bias = parts.next()?.parse().ok()?,
            (WORD, name) => {
                *self.words.values.get_mut(wanted::NAMES.iter().position(|known| *known == name)?)? = parts.next()?.parse().ok()?
            }
            (SENTENCE, BIAS) => self.sentences.base = parts.next()?.parse().ok()?,
            (TREE, first) => self.sentences.trees.push(tree(std::iter::once(first).chain(parts))?),
            _ => {}
        }
        Some(())
    }

    /// The lines that `parse` reads: what speaks for words, then the trees, each with its questions and its leaves.
    pub fn render(&self) -> String {
        let mut text = format!("{WORD} {BIAS} {:.4}\n", self.words.bias);
        for (name, weight) in wanted::NAMES.iter().zip(self.words.values) {
            let _ = writeln!(text, "{WORD} {name} {weight:.4}");
        }
        let _ = writeln!(text, "{SENTENCE} {BIAS} {:.4}", self.sentences.base);
        for tree in &self.sentences.trees {
            text.push_str(TREE);
            for (feature, bound) in tree.questions {
                let _ = write!(text, " {} {bound:.4}", NAMES.get(feature).copied().unwrap_or_default());
            }
            tree.leaves.iter().for_each(|leaf| text += &format!(" {leaf:.4}"));
            text.push('\n');
        }
        text
    }
}

fn tree<'a>(mut parts: impl Iterator<Item = &'a str>) -> Option<Tree> {
    let mut tree = Tree { questions: [(0, 0.0); DEPTH], leaves: [0.0; LEAVES] };
    for question in &mut tree.questions {
        let name = parts.next()?;
        *question = (NAMES.iter().position(|known| *known == name)?, parts.next()?.parse().ok()?);
    }
    for leaf in &mut tree.leaves {
        *leaf = parts.next()?.parse().ok()?;
    }
    parts.next().is_none().then_some(tree)
}

const WORD: &str = "word";
const SENTENCE: &str = "sentence";
const TREE: &str = "tree";
const BIAS: &str = "bias";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_weights_file_is_understood() {
        let lines: String = LEARNED.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
        assert_eq!(Weights::learned().render(), lines);
        assert!(!Weights::learned().sentences.trees.is_empty());
    }

    #[test]
    fn weights_that_are_written_are_read_back() {
        let mut weights = Weights::learned().clone();
        weights.words.values[3] = -1.125;
        weights.sentences.trees[0].questions[1] = (7, 0.5);
        weights.sentences.trees[0].leaves[9] = -0.25;
        assert_eq!(Weights::parse(&weights.render()), weights);
    }
}
