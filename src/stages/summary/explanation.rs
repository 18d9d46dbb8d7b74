//! Tells why each sentence was or was not taken into the summary: its score, and what of it counted for how much.

use super::features::{self, COUNT, Features, Read};
use super::select;
use super::weights::Weights;
use super::worth::{self, Worth};
use crate::model::{QuotedArticle, Span};

/// One sentence, and what speaks for it.
#[derive(Clone, Debug)]
pub struct SentenceExplained {
    pub span: Span,
    /// 0 to 1, as in the record.
    pub score: f64,
    /// Why it may not stand alone; None where it may.
    pub drawback: Option<&'static str>,
    /// What counts how much more or less than in the article's average sentence, the weightiest first.
    pub terms: Vec<(&'static str, f64)>,
}

/// What the features tell of, in their order. Several that tell of one thing are shown as one.
#[rustfmt::skip]
const THINGS: [&str; COUNT] = {
    const PLACE: &str = "its place";
    const ARTICLE: &str = "the article's size";
    const GIST: &str = "closeness to the whole article";
    const BEFORE: &str = "said before";
    const FIRST: &str = "closeness to the first sentence";
    const BESIDE: &str = "closeness to its neighbours";
    const WORDS: &str = "the article's main words";
    const NEW: &str = "new words";
    const TITLE: &str = "the title's words";
    const SPEECH: &str = "quotation marks";
    const FIGURES: &str = "figures";
    const TONE: &str = "question";
    const LONG: &str = "long words";
    [
        PLACE, PLACE, LENGTH, LENGTH, ARTICLE, TITLE,
        GIST, BEFORE, FIRST, BESIDE, BESIDE, WORDS,
        WORDS, NEW, TITLE, SPEECH, FIGURES, FIGURES,
        TONE, SPEECH, LONG, WORDS, WORDS, NEW,
        WORDS,
    ]
};
const LENGTH: &str = "its length";

/// Explains every sentence of an article, in text order.
pub fn explain(quoted: &QuotedArticle) -> Vec<SentenceExplained> {
    let text = &quoted.article.text;
    let weights = Weights::learned();
    let read = Read::of(quoted, &weights.words);
    let mut described = Vec::with_capacity(quoted.sentences.len());
    features::describe_each(text, &quoted.sentences, &read, |features| described.push(*features));
    let judged = worth::judge(text, &quoted.sentences, &quoted.quotes, &read.vectors);
    let mut all: Vec<Vec<(&'static str, f64)>> = Vec::with_capacity(described.len());
    for (place, described) in described.iter().enumerate() {
        all.push(told(weights, described, read.vectors.word_count(place)));
    }
    let average = average(&all);
    let sentences = quoted.sentences.iter().zip(&described).zip(&judged).zip(all).enumerate();
    let explained = sentences.map(|(place, (((span, described), worth), mut terms))| {
        terms.iter_mut().zip(&average).for_each(|((_, term), average)| *term -= average);
        terms.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
        SentenceExplained {
            span: *span,
            score: select::score(weights.sentences.value(described), read.vectors.word_count(place)),
            drawback: match worth {
                Worth::Fragment => Some("no whole sentence"),
                Worth::Dependent => Some("nothing without its neighbours"),
                Worth::Sound => None,
            },
            terms,
        }
    });
    explained.collect()
}

/// What each thing adds to the score's log odds, in one order for all sentences. Each answer of a tree is told by how far
/// it moves the mean of what the tree may still say; a longer sentence has more of everything, and what is left is its length.
fn told(weights: &Weights, described: &Features, words: usize) -> Vec<(&'static str, f64)> {
    let mut told: Vec<(&'static str, f64)> = vec![(LENGTH, select::log_odds_of(weights.sentences.value(described), words))];
    for (thing, term) in THINGS.iter().zip(weights.sentences.terms(described)).filter(|(thing, _)| **thing != LENGTH) {
        let term = select::log_odds(term, words);
        match told.iter_mut().find(|(known, _)| known == thing) {
            Some((_, sum)) => *sum += term,
            None => told.push((thing, term)),
        }
        told.iter_mut().take(1).for_each(|(_, rest)| *rest -= term);
    }
    told
}

fn average(all: &[Vec<(&'static str, f64)>]) -> Vec<f64> {
    let mut average = vec![0.0; all.first().map_or(0, Vec::len)];
    for told in all {
        average.iter_mut().zip(told).for_each(|(sum, (_, term))| *sum += term / all.len() as f64);
    }
    average
}

#[cfg(test)]
mod tests {
    use super::super::{Options, samples, summarize};
    use super::*;

    const TEXT: &str =
        "The council will mend the harbour wall before winter. Work on the harbour wall begins in May. Who pays? Rain in the west";

    #[test]
    fn scores_are_those_of_the_record_and_what_speaks_against_a_sentence_is_told() {
        let quoted = samples::quoted("Council will mend harbour wall", TEXT);
        let explained = explain(&quoted);
        let everything = Options { sentences: 9, max_words: 0 };
        let scores: Vec<(Span, f64)> = summarize(quoted.clone(), &everything).unwrap().summary;
        for (span, score) in &scores {
            assert!(explained.iter().any(|sentence| sentence.span == *span && sentence.score == *score), "{}", span.of(TEXT));
        }
        let drawbacks: Vec<Option<&str>> = explained.iter().map(|sentence| sentence.drawback).collect();
        assert_eq!(drawbacks, [None, None, Some("no whole sentence"), Some("no whole sentence")]);
        // What is told adds up to how far the sentence stands from the average one.
        let log_odds = |score: f64| libm::log(score / (1.0 - score));
        let mean = explained.iter().map(|sentence| log_odds(sentence.score)).sum::<f64>() / explained.len() as f64;
        for sentence in &explained {
            let sum: f64 = sentence.terms.iter().map(|(_, term)| term).sum();
            assert!((sum - (log_odds(sentence.score) - mean)).abs() < 1e-6, "{sentence:?}");
        }
        assert!(explained.iter().all(|sentence| sentence.terms.is_sorted_by(|one, other| one.1.abs() >= other.1.abs())));
    }
}
