//! Tells how likely each word of an article is to stand in a summary of it, from where and how often the article has it.

use super::vectors::{Term, Vectors};
use crate::stages::logs::ln;

/// How many numbers describe a word.
pub const COUNT: usize = 11;

/// What each number is called in the file of weights.
pub const NAMES: [&str; COUNT] = [
    "log_count",
    "log_spread",
    "inverse_first",
    "log_first",
    "share_first",
    "titled",
    "has_title",
    "content",
    "log_sentences",
    "content_count",
    "single",
];

/// Of words that stand so many times at most, the latest is kept.
const KEPT_COUNTS: usize = 4;

/// A word in numbers.
pub type Numbers = [f64; COUNT];

/// Describes a word of an article of so many sentences.
fn describe(term: Term, sentences: usize, is_titled: bool, has_title: bool) -> Numbers {
    let flag = |is_so: bool| f64::from(u8::from(is_so));
    let log_count = ln(term.count as usize);
    [
        log_count,
        ln(term.sentences as usize),
        1.0 / (1.0 + f64::from(term.first)),
        ln(1 + term.first as usize),
        f64::from(term.first) / sentences as f64,
        flag(is_titled),
        flag(has_title),
        flag(term.is_content),
        ln(sentences),
        flag(term.is_content) * log_count,
        flag(term.sentences == 1),
    ]
}

/// All words of an article in numbers, by their own number.
pub fn describe_all(vectors: &Vectors<'_>, titled: &[bool]) -> Vec<Numbers> {
    let sentences = vectors.sentences();
    let has_title = !titled.is_empty();
    let terms = vectors.terms().iter().zip(0..);
    terms.map(|(term, id)| describe(*term, sentences, titled.get(id).copied().unwrap_or(false), has_title)).collect()
}

/// How much each number speaks for a word.
#[derive(Clone, Debug, PartialEq)]
pub struct WordWeights {
    pub bias: f64,
    pub values: Numbers,
}

impl WordWeights {
    /// How likely each word is wanted, by its number. `titled` has the title's words, and nothing where there is no title.
    pub fn judge(&self, vectors: &Vectors<'_>, titled: &[bool]) -> Vec<f64> {
        let sentences = vectors.sentences();
        let has_title = !titled.is_empty();
        // Words that stand as often, in as many sentences, and in the same one first are alike, and many do: the latest of
        // each count are kept.
        let mut known = [(Term::default(), f64::NAN); 2 * KEPT_COUNTS];
        let mut judged = Vec::with_capacity(vectors.terms().len());
        for (id, term) in vectors.terms().iter().enumerate() {
            let is_titled = titled.get(id).copied().unwrap_or(false);
            let fresh = || self.likelihood(&describe(*term, sentences, is_titled, has_title));
            let slot = 2 * (term.count as usize).saturating_sub(1).min(KEPT_COUNTS) + usize::from(term.is_content);
            judged.push(match known.get_mut(slot).filter(|_| !is_titled) {
                None => fresh(),
                Some(known) => {
                    if known.0 != *term {
                        *known = (*term, fresh());
                    }
                    known.1
                }
            });
        }
        judged
    }

    fn likelihood(&self, numbers: &Numbers) -> f64 {
        let sum: f64 = numbers.iter().zip(self.values).map(|(value, weight)| value * weight).sum();
        1.0 / (1.0 + libm::exp(-(self.bias + sum)))
    }
}
