//! Tells why each sentence was or was not taken into the summary: its score, and what of it counted for how much.

use super::features::{self, COUNT, Features};
use super::vectors::Vectors;
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
    const LENGTH: &str = "its length";
    const GIST: &str = "closeness to the whole article";
    const AFTER: &str = "taken up again later";
    const BEFORE: &str = "said before";
    const FIRST: &str = "closeness to the first sentence";
    const BESIDE: &str = "closeness to its neighbours";
    const WORDS: &str = "the article's main words";
    const NEW: &str = "new words";
    const TITLE: &str = "the title's words";
    const SPEECH: &str = "quotation marks";
    const FIGURES: &str = "figures";
    const TONE: &str = "question or exclamation";
    const END: &str = "how it ends";
    const ARTICLE: &str = "the article's size";
    const LONG: &str = "long words";
    const OPENING: &str = "how it opens";
    [
        PLACE, PLACE, PLACE, PLACE, PLACE, PLACE, PLACE, LENGTH,
        LENGTH, LENGTH, LENGTH, GIST, GIST, AFTER, BEFORE, FIRST,
        WORDS, WORDS, WORDS, NEW, TITLE, TITLE, SPEECH, FIGURES,
        TONE, TONE, PLACE, PLACE, ARTICLE, LENGTH, LENGTH, LENGTH,
        AFTER, BESIDE, BESIDE, ARTICLE, SPEECH, END, END, FIGURES,
        LONG, OPENING, GIST, TITLE,
    ]
};

/// Explains every sentence of an article, in text order.
pub fn explain(quoted: &QuotedArticle) -> Vec<SentenceExplained> {
    let text = &quoted.article.text;
    let title = quoted.article.metadata.title.as_deref().unwrap_or_default();
    let vectors = Vectors::of(text, &quoted.sentences, &quoted.words);
    let weights = Weights::learned();
    let described = features::judge_each(text, title, &quoted.sentences, &vectors, |features| *features);
    let judged = worth::judge(text, &quoted.sentences, &quoted.quotes, &vectors);
    let terms: Vec<Features> = described.iter().map(|described| weights.terms(described)).collect();
    let mut average = [0.0; COUNT];
    for term in &terms {
        for (sum, value) in average.iter_mut().zip(term) {
            *sum += value / terms.len() as f64;
        }
    }
    let sentences = quoted.sentences.iter().zip(&described).zip(&judged).zip(&terms);
    let explained = sentences.map(|(((span, described), worth), terms)| SentenceExplained {
        span: *span,
        score: weights.salience(described),
        drawback: match worth {
            Worth::Fragment => Some("no whole sentence"),
            Worth::Dependent => Some("nothing without its neighbours"),
            Worth::Sound => None,
        },
        terms: told(terms, &average),
    });
    explained.collect()
}

fn told(terms: &Features, average: &Features) -> Vec<(&'static str, f64)> {
    let mut told: Vec<(&'static str, f64)> = Vec::new();
    for ((thing, term), average) in THINGS.iter().zip(terms).zip(average) {
        match told.iter_mut().find(|(known, _)| known == thing) {
            Some((_, sum)) => *sum += term - average,
            None => told.push((thing, term - average)),
        }
    }
    told.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
    told
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
