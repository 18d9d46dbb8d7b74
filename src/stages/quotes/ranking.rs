//! Scores quotes by how much they tell, and keeps the best.

use rustc_hash::FxHashSet;

use super::tokens::Token;
use crate::model::{Attribution, Quote};

/// What is known of a quote beside itself.
pub struct Weighing<'a> {
    pub words: &'a [Token],
    /// A whole sentence stands in the marks.
    pub whole: bool,
    /// A piece of the reporter's own sentence.
    pub fragment: bool,
    /// Its place among all quotes, 0 to 1.
    pub place: f64,
    /// How much the article speaks of its speaker, as a share of whom it speaks of most.
    pub share: f64,
}

/// 0 to 1: higher for a whole sentence of fair length, by somebody named and much spoken of, early, about what the
/// title is about; a fragment of the reporter's sentence counts less.
pub fn score(quote: &Quote, weighing: &Weighing<'_>, lead: &FxHashSet<u64>) -> f64 {
    let count = weighing.words.len();
    let length = match count {
        0..=3 => 0.0,
        4..=7 => 0.5,
        8..=40 => 1.0,
        41..=80 => 0.7,
        _ => 0.4,
    };
    let named = match quote.speaker.as_ref().map(|speaker| speaker.via) {
        None => 0.0,
        Some(Attribution::Role | Attribution::Continued) => 0.7,
        Some(_) => 1.0,
    };
    let shared = weighing.words.iter().filter(|word| word.span().len() > 3 && lead.contains(&word.hash)).count().min(4);
    let overlap = f64::from(u8::try_from(shared).unwrap_or(4)) / 4.0;
    let whole = if weighing.whole { 1.0 } else { 0.0 };
    let sum = 0.25 * length + 0.2 * named + 0.2 * whole + 0.15 * overlap + 0.1 * (1.0 - weighing.place) + 0.1 * weighing.share;
    if weighing.fragment { 0.6 * sum } else { sum }
}

/// Keeps the best `max` in text order; 0 keeps all.
pub fn keep_best(quotes: &mut Vec<Quote>, max: usize) {
    if max == 0 || quotes.len() <= max {
        return;
    }
    quotes.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.span.cmp(&other.span)));
    quotes.truncate(max);
    quotes.sort_by_key(|quote| quote.span);
}
