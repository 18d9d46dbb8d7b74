//! ROUGE-1, ROUGE-2 and summary-level ROUGE-L, as F1 over words in lower case (Lin, "ROUGE: A Package for Automatic
//! Evaluation of Summaries", 2004), without stemming.

use std::collections::HashMap;

use copydesk::text::words;

/// The words of a sentence, by their hashes.
pub fn read(sentence: &str) -> Vec<u64> {
    words::words(sentence).map(|word| words::hash(word.of(sentence))).collect()
}

/// How often each run of one and of two words stands in a text.
#[derive(Default)]
struct Counts {
    one: HashMap<u64, u32>,
    two: HashMap<(u64, u64), u32>,
    words: usize,
    pairs: usize,
}

impl Counts {
    fn of(words: &[u64]) -> Self {
        let mut counts = Self::default();
        words.iter().for_each(|word| *counts.one.entry(*word).or_default() += 1);
        words.iter().zip(words.iter().skip(1)).for_each(|(one, two)| *counts.two.entry((*one, *two)).or_default() += 1);
        (counts.words, counts.pairs) = (words.len(), words.len().saturating_sub(1));
        counts
    }

    /// ROUGE-1 and ROUGE-2 of these against a reference.
    fn against(&self, reference: &Self) -> [f64; 2] {
        let one: u32 = reference.one.iter().map(|(word, count)| self.one.get(word).map_or(0, |own| *own.min(count))).sum();
        let two: u32 = reference.two.iter().map(|(pair, count)| self.two.get(pair).map_or(0, |own| *own.min(count))).sum();
        [f1(one, reference.words, self.words), f1(two, reference.pairs, self.pairs)]
    }
}

fn f1(shared: u32, wanted: usize, given: usize) -> f64 {
    if shared == 0 { 0.0 } else { 2.0 * f64::from(shared) / (wanted + given) as f64 }
}

/// The mean of the three measures, in points.
pub fn mean(reference: &[Vec<u64>], summary: &[Vec<u64>]) -> f64 {
    let whole = |sentences: &[Vec<u64>]| Counts::of(&sentences.concat());
    let [one, two] = whole(summary).against(&whole(reference));
    100.0 * (one + two + longest(reference, summary)) / 3.0
}

/// Summary-level ROUGE-L: for each sentence of the reference the union of its longest common runs with all of the
/// summary's, each word counted as often as both sides have it.
fn longest(reference: &[Vec<u64>], summary: &[Vec<u64>]) -> f64 {
    let count = |sentences: &[Vec<u64>]| Counts::of(&sentences.concat()).one;
    let (mut left_reference, mut left_summary) = (count(reference), count(summary));
    let mut shared = 0;
    for sentence in reference {
        let mut hit = vec![false; sentence.len()];
        summary.iter().for_each(|other| common(sentence, other, &mut hit));
        for word in sentence.iter().zip(&hit).filter(|(_, hit)| **hit).map(|(word, _)| word) {
            if let (Some(one), Some(other)) = (left_reference.get_mut(word), left_summary.get_mut(word))
                && *one > 0
                && *other > 0
            {
                *one -= 1;
                *other -= 1;
                shared += 1;
            }
        }
    }
    let length = |sentences: &[Vec<u64>]| sentences.iter().map(Vec::len).sum();
    f1(shared, length(reference), length(summary))
}

/// Marks the words of one that lie on a longest common subsequence with the other.
fn common(one: &[u64], other: &[u64], hit: &mut [bool]) {
    let mut table = vec![vec![0_u32; other.len() + 1]; one.len() + 1];
    for (i, word) in one.iter().enumerate() {
        for (j, candidate) in other.iter().enumerate() {
            table[i + 1][j + 1] = if word == candidate { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
        }
    }
    let (mut i, mut j) = (one.len(), other.len());
    while i > 0 && j > 0 {
        if one[i - 1] == other[j - 1] {
            hit[i - 1] = true;
            (i, j) = (i - 1, j - 1);
        } else if table[i][j - 1] > table[i - 1][j] {
            j -= 1;
        } else {
            i -= 1;
        }
    }
}
