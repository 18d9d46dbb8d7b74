//! Chooses the sentences that give the gist, verbatim and in text order.

pub mod features;
mod select;
pub mod vectors;
mod weights;
mod worth;

use crate::model::{QuotedArticle, StageError, SummarizedArticle};

use vectors::Vectors;
use worth::Worth;

/// How long a summary is.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many sentences at most.
    pub sentences: usize,
    /// No sentence is added that would pass it, but one is always given; 0: no bound.
    pub max_words: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { sentences: 3, max_words: 0 }
    }
}

/// Summarizes one article.
pub fn summarize(quoted: QuotedArticle, options: &Options) -> Result<SummarizedArticle, StageError> {
    let text = &quoted.article.text;
    let title = quoted.article.metadata.title.as_deref().unwrap_or_default();
    let vectors = Vectors::of(text, &quoted.sentences);
    let described = features::describe(text, title, &quoted.sentences, &vectors);
    let scores: Vec<f64> = described.iter().map(weights::salience).collect();
    let judged = worth::judge(text, &quoted.sentences, &quoted.quotes, &vectors);
    let words_max = if options.max_words == 0 { usize::MAX } else { options.max_words };
    let chosen = choose(&judged, &scores, &vectors, options.sentences, words_max);
    let summary = chosen.into_iter().filter_map(|place| Some((*quoted.sentences.get(place)?, *scores.get(place)?))).collect();
    Ok(SummarizedArticle { quoted, summary })
}

/// Sound sentences first; a question or lone quote only fills up; a fragment comes only where there is nothing else.
fn choose(judged: &[Worth], scores: &[f64], vectors: &Vectors, count: usize, words_max: usize) -> Vec<usize> {
    let with = |wanted: Worth| -> Vec<usize> {
        judged.iter().enumerate().filter(|(_, worth)| **worth == wanted).map(|(place, _)| place).collect()
    };
    let mut chosen = select::choose(&with(Worth::Sound), scores, vectors, count, words_max);
    let used: usize = chosen.iter().map(|place| vectors.word_count(*place)).sum();
    if chosen.len() < count && used < words_max {
        let more = select::choose(&with(Worth::Dependent), scores, vectors, count - chosen.len(), words_max - used);
        let more_words: usize = more.iter().map(|place| vectors.word_count(*place)).sum();
        if chosen.is_empty() || used + more_words <= words_max {
            chosen.extend(more);
        }
    }
    if chosen.is_empty() {
        chosen = select::choose(&with(Worth::Fragment), scores, vectors, count, words_max);
    }
    chosen.sort_unstable();
    chosen
}
