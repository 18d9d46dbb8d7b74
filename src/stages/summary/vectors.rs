//! Each sentence as a bag of weighted words, so that one can be held against another, or against the whole article.

use crate::model::{Span, Words};
use crate::stages::logs::ln;
use crate::text::unicode::is_unspaced;
use crate::text::words;

/// The sentences of one article as unit vectors over its words: `log(1 + n)` times the inverse sentence frequency.
pub struct Vectors<'a> {
    /// Every sentence's words and their weights, one sentence after the other.
    entries: Vec<(u32, f64)>,
    /// Where each sentence's words begin, and where the last one's end.
    bounds: Vec<usize>,
    words: &'a Words,
    terms: Vec<Term>,
    word_counts: Vec<usize>,
}

/// What the article as a whole says of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
        };
        vectors.bounds.push(0);
        let mut rest = words.all.as_slice();
        // For each term: the sentence that it was met in last, and where that sentence counts it.
        let mut met: Vec<(u32, usize)> = Vec::with_capacity(words.terms.len());
        for (place, sentence) in (0_u32..).zip(sentences) {
            let (within, after) = rest.split_at(rest.iter().take_while(|word| word.span.start < sentence.end).count());
            rest = after;
            vectors.word_counts.push(within.len());
            for word in within {
                let index = word.term as usize;
                // Terms are numbered as they come, so a number that is not yet here is the next.
                if index == vectors.terms.len() {
                    let is_content = is_content(word.span.of(text));
                    vectors.terms.push(Term { first: place, is_content, ..Term::default() });
                    met.push((u32::MAX, 0));
                }
                let (Some(term), Some(latest)) = (vectors.terms.get_mut(index), met.get_mut(index)) else { continue };
                term.count += 1;
                if latest.0 == place {
                    vectors.entries.get_mut(latest.1).into_iter().for_each(|(_, count)| *count += 1.0);
                } else {
                    term.sentences += 1;
                    *latest = (place, vectors.entries.len());
                    vectors.entries.push((word.term, 1.0));
                }
            }
            vectors.bounds.push(vectors.entries.len());
        }
        vectors.weigh();
        vectors
    }

    fn weigh(&mut self) {
        let sentences = self.word_counts.len() as f64;
        // By the number of sentences that have a term.
        let most = self.terms.iter().map(|term| term.sentences).max().unwrap_or(0);
        let rarity: Vec<f64> = (0..=most).map(|count| libm::log(1.0 + sentences / f64::from(count.max(1)))).collect();
        for place in 0..self.word_counts.len() {
            let (Some(start), Some(end)) = (self.bounds.get(place).copied(), self.bounds.get(place + 1).copied()) else { break };
            let Some(row) = self.entries.get_mut(start..end) else { break };
            for (id, weight) in row.iter_mut() {
                let sentences = self.terms.get(*id as usize).map_or(0, |term| term.sentences);
                *weight = ln(1 + *weight as usize) * rarity.get(sentences as usize).copied().unwrap_or(0.0);
            }
            let length = row.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
            if length > 0.0 {
                let share = 1.0 / length;
                row.iter_mut().for_each(|(_, weight)| *weight *= share);
            }
        }
    }

    /// Each word once, where the sentence first has it, and its weight.
    pub fn row(&self, sentence: usize) -> &[(u32, f64)] {
        let bound = |place: usize| self.bounds.get(place).copied();
        bound(sentence).zip(bound(sentence + 1)).and_then(|(start, end)| self.entries.get(start..end)).unwrap_or_default()
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

    /// How many sentences there are.
    pub fn sentences(&self) -> usize {
        self.word_counts.len()
    }

    /// The word's number, where the article has it.
    pub fn id_of(&self, word: &str) -> Option<u32> {
        self.words.number(words::hash(word))
    }
}

/// Four letters or more, or of a script where one character says as much.
fn is_content(word: &str) -> bool {
    // So most words begin.
    if word.as_bytes().first_chunk::<4>().is_some_and(|first| first.is_ascii()) {
        return true;
    }
    word.chars().nth(3).is_some() || word.chars().any(|c| is_unspaced(c) || c > '\u{2E80}')
}
