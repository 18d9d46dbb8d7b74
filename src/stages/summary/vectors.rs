//! Each sentence as a bag of weighted words, so that one can be held against another, or against the whole article.

use crate::model::{Span, Words};
use crate::text::unicode::is_unspaced;
use crate::text::words;

/// The sentences of one article as unit vectors over its words: `log(1 + n)` times the inverse sentence frequency.
pub struct Vectors<'a> {
    /// Every sentence's words and their weights, by rising word, one sentence after the other.
    entries: Vec<(u32, f64)>,
    /// Where each sentence's words begin, and where the last one's end.
    bounds: Vec<usize>,
    words: &'a Words,
    terms: Vec<Term>,
    word_counts: Vec<usize>,
    /// Each sentence's first word.
    firsts: Vec<Option<u32>>,
}

/// What the article as a whole says of a word.
#[derive(Clone, Copy, Debug, Default)]
pub struct Term {
    pub count: u32,
    pub sentences: u32,
    /// The first sentence that has it.
    pub first: u32,
    /// Four letters or more, or of a script where one character says as much.
    pub is_content: bool,
}

impl<'a> Vectors<'a> {
    pub fn of(text: &str, sentences: &[Span], words: &'a Words) -> Self {
        let mut vectors = Self {
            entries: Vec::with_capacity(words.all.len()),
            bounds: Vec::with_capacity(sentences.len() + 1),
            words,
            terms: Vec::with_capacity(words.terms.len()),
            word_counts: Vec::with_capacity(sentences.len()),
            firsts: Vec::with_capacity(sentences.len()),
        };
        vectors.bounds.push(0);
        let mut rest = words.all.as_slice();
        let mut found = Vec::with_capacity(64);
        for (place, sentence) in (0_u32..).zip(sentences) {
            let (within, after) = rest.split_at(rest.iter().take_while(|word| word.span.start < sentence.end).count());
            rest = after;
            found.clear();
            found.extend(within.iter().map(|word| word.term));
            vectors.word_counts.push(within.len());
            vectors.firsts.push(within.first().map(|word| word.term));
            for word in within {
                // Terms are numbered as they come, so a number that is not yet here is the next.
                if word.term as usize == vectors.terms.len() {
                    let is_content = is_content(word.span.of(text));
                    vectors.terms.push(Term { first: place, is_content, ..Term::default() });
                }
            }
            found.sort_unstable();
            for same in found.chunk_by(|a, b| a == b) {
                let Some(id) = same.first() else { continue };
                if let Some(term) = vectors.terms.get_mut(*id as usize) {
                    term.count += u32::try_from(same.len()).unwrap_or(u32::MAX);
                    term.sentences += 1;
                }
                vectors.entries.push((*id, same.len() as f64));
            }
            vectors.bounds.push(vectors.entries.len());
        }
        vectors.weigh();
        vectors
    }

    fn weigh(&mut self) {
        let sentences = self.word_counts.len() as f64;
        // Most terms stand in one sentence, so their logarithm is taken once.
        let rarest = libm::log(1.0 + sentences);
        let rarity = |term: &Term| match term.sentences {
            0 | 1 => rarest,
            count => libm::log(1.0 + sentences / f64::from(count)),
        };
        let rarity: Vec<f64> = self.terms.iter().map(rarity).collect();
        let once = libm::log(2.0);
        for place in 0..self.word_counts.len() {
            let (Some(start), Some(end)) = (self.bounds.get(place).copied(), self.bounds.get(place + 1).copied()) else { break };
            let Some(row) = self.entries.get_mut(start..end) else { break };
            for (id, weight) in row.iter_mut() {
                let count = if *weight == 1.0 { once } else { libm::log(1.0 + *weight) };
                *weight = count * rarity.get(*id as usize).copied().unwrap_or(0.0);
            }
            let length = row.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
            if length > 0.0 {
                row.iter_mut().for_each(|(_, weight)| *weight /= length);
            }
        }
    }

    /// Word and weight, by rising word.
    pub fn row(&self, sentence: usize) -> &[(u32, f64)] {
        let bound = |place: usize| self.bounds.get(place).copied();
        bound(sentence).zip(bound(sentence + 1)).and_then(|(start, end)| self.entries.get(start..end)).unwrap_or_default()
    }

    /// From 0, no word in common, to 1.
    pub fn cosine(&self, one: usize, other: usize) -> f64 {
        let (mut one, mut other) = (self.row(one), self.row(other));
        let mut sum = 0.0;
        while let ([(left, weight), rest @ ..], [(right, other_weight), other_rest @ ..]) = (one, other) {
            if left == right {
                sum += weight * other_weight;
            }
            (one, other) = (if left <= right { rest } else { one }, if right <= left { other_rest } else { other });
        }
        sum
    }

    pub fn term(&self, id: u32) -> Term {
        self.terms.get(id as usize).copied().unwrap_or_default()
    }

    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    pub fn word_count(&self, sentence: usize) -> usize {
        self.word_counts.get(sentence).copied().unwrap_or(0)
    }

    /// The number of a sentence's first word, if it has any.
    pub fn first_word(&self, sentence: usize) -> Option<u32> {
        self.firsts.get(sentence).copied().flatten()
    }

    /// The word's number, where the article has it.
    pub fn id_of(&self, word: &str) -> Option<u32> {
        self.words.numbers.get(&words::hash(word)).copied()
    }

    /// A vector of all words, to hold sentences against. All zero.
    pub fn blank(&self) -> Vec<f64> {
        vec![0.0; self.terms.len()]
    }

    /// Adds a sentence to a vector of all words, `times` over.
    pub fn add(&self, sum: &mut [f64], sentence: usize, times: f64) {
        for (id, weight) in self.row(sentence) {
            if let Some(place) = sum.get_mut(*id as usize) {
                *place += weight * times;
            }
        }
    }

    /// The dot product of a sentence with a vector of all words.
    pub fn dot(&self, sum: &[f64], sentence: usize) -> f64 {
        self.row(sentence).iter().map(|(id, weight)| weight * sum.get(*id as usize).copied().unwrap_or(0.0)).sum()
    }
}

/// Four letters or more, or of a script where one character says as much.
fn is_content(word: &str) -> bool {
    if word.is_ascii() {
        return word.len() >= 4;
    }
    word.chars().nth(3).is_some() || word.chars().any(|c| is_unspaced(c) || c > '\u{2E80}')
}
