//! Tells sentences that can stand alone from those that cannot: fragments, captions, questions, lone quotes.

use crate::model::{Quote, Span};

use super::vectors::Vectors;

/// What a sentence is good for, the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// Bylines, captions, subheadings: no whole sentence.
    Fragment,
    /// Whole, but nothing without its neighbours: a question, a quote without its speaker.
    Dependent,
    Sound,
}

const WORDS_MIN: usize = 4;

/// Judges every sentence.
pub fn judge(text: &str, sentences: &[Span], quotes: &[Quote], vectors: &Vectors<'_>) -> Vec<Worth> {
    let parts = |quote: &Quote| if quote.parts.is_empty() { Some(quote.span) } else { None };
    let mut spoken: Vec<Span> = quotes.iter().flat_map(|quote| quote.parts.iter().copied().chain(parts(quote))).collect();
    spoken.sort_unstable();
    let mut next = 0;
    let mut judged = Vec::with_capacity(sentences.len());
    for (place, sentence) in sentences.iter().enumerate() {
        while spoken.get(next).is_some_and(|speech| speech.end <= sentence.start) {
            next += 1;
        }
        let words = sentence.of(text);
        // "Nous sommes l’OTAN. Nous sommes une alliance" breaks off in the middle of an utterance.
        let is_within = |speech: &Span| speech.start < sentence.start || speech.contains(*sentence);
        let begins_within = spoken.get(next).is_some_and(is_within);
        let ending = ending(words);
        let is_fragment = !ending.is_some_and(ends_sentence) || vectors.word_count(place) < WORDS_MIN;
        let is_dependent = begins_within || is_lone_quote(words) || ending.is_some_and(asks);
        judged.push(match (is_fragment, is_dependent) {
            (true, _) => Worth::Fragment,
            (false, true) => Worth::Dependent,
            (false, false) => Worth::Sound,
        });
    }
    judged
}

const fn is_mark(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '‘' | '’' | '\'' | '「' | '」' | '『' | '』')
}

const fn is_closing(c: char) -> bool {
    is_mark(c) || matches!(c, ')' | ']' | '）')
}

/// The last character, but for closing marks and brackets.
fn ending(words: &str) -> Option<char> {
    words.chars().rev().find(|c| !is_closing(*c) && !c.is_whitespace())
}

const fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟' | '۔' | '።')
}

const fn asks(c: char) -> bool {
    matches!(c, '?' | '？' | '؟')
}

/// From its first to its last character between marks, and no other marks within.
fn is_lone_quote(words: &str) -> bool {
    if !words.starts_with(is_mark) {
        return false;
    }
    let inner = words.trim_end_matches(['.', '!', '…', ' ']);
    let count = words.chars().filter(|c| is_mark(*c) && !matches!(c, '’' | '\'')).take(3).count();
    count <= 1 || (count == 2 && inner.ends_with(is_mark))
}
