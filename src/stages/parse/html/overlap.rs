//! How much of a block is also said in another text, such as the body that a page states for machines.

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use crate::text::words::words;

/// Runs of three words are rarely the same by chance.
const RUN: usize = 3;
/// In bytes: what a longer text says further on is not looked at.
const TEXT_MAX: usize = 400_000;

pub struct Overlap {
    runs: FxHashSet<u64>,
    letters: String,
}

impl Overlap {
    pub fn new(text: &str) -> Self {
        let text = text.get(..text.floor_char_boundary(TEXT_MAX)).unwrap_or_default();
        let hashes = hashes(text);
        Self { runs: hashes.windows(RUN).map(joined).collect(), letters: if text.len() < 2_000 { squeezed(text) } else { String::new() } }
    }

    /// The share of the block's runs of words that the text has too, 0 to 1.
    pub fn share_of(&self, block: &str) -> f32 {
        let hashes = hashes(block.get(..block.floor_char_boundary(TEXT_MAX)).unwrap_or_default());
        if hashes.len() < RUN {
            let squeezed = squeezed(block);
            return if !squeezed.is_empty() && self.letters == squeezed { 1.0 } else { 0.0 };
        }
        let found = hashes.windows(RUN).filter(|run| self.runs.contains(&joined(run))).count();
        found as f32 / (hashes.len() - RUN + 1) as f32
    }
}

fn hashes(text: &str) -> Vec<u64> {
    words(text).map(|word| xxh3_64(text.get(word.start..word.end).unwrap_or_default().as_bytes())).collect()
}

fn joined(run: &[u64]) -> u64 {
    run.iter().fold(0, |all, one| all.rotate_left(17).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ one)
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
