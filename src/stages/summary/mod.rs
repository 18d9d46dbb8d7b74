//! Chooses the sentences that give the gist, verbatim and in text order.

mod explanation;
pub mod features;
#[cfg(test)]
pub mod samples;
mod select;
pub mod training;
mod trees;
pub mod vectors;
mod wanted;
mod weights;
mod worth;

use crate::model::{QuotedArticle, Span, StageError, SummarizedArticle};

pub use explanation::{SentenceExplained, explain};
use features::Read;
use select::Budget;
use trees::Survey;
use weights::Weights;
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
    let summary = choose_by(&quoted, Weights::learned(), options);
    Ok(SummarizedArticle { quoted, summary })
}

/// The sentences that given weights would have, each with its score, in text order.
fn choose_by(quoted: &QuotedArticle, weights: &Weights, options: &Options) -> Vec<(Span, f64)> {
    let text = &quoted.article.text;
    let read = Read::of(quoted, &weights.words);
    let mut survey = Survey::new(&weights.sentences, quoted.sentences.len());
    features::describe_each(text, &quoted.sentences, &read, |described| survey.take(described));
    let rates = survey.finish();
    let judged = worth::judge(text, &quoted.sentences, &quoted.quotes, &read.vectors);
    let words = if options.max_words == 0 { usize::MAX } else { options.max_words };
    let chosen = choose(&judged, &rates, &read, Budget { sentences: options.sentences, words });
    let scored = |place: usize| {
        let score = select::score(rates.get(place).copied().unwrap_or(0.0), read.vectors.word_count(place));
        quoted.sentences.get(place).map(|span| (*span, score))
    };
    chosen.into_iter().filter_map(scored).collect()
}

/// Sound sentences first; a question or lone quote only fills up; a fragment comes only where there is nothing else.
fn choose(judged: &[Worth], rates: &[f64], read: &Read<'_>, budget: Budget) -> Vec<usize> {
    let with = |wanted: Worth| -> Vec<usize> {
        judged.iter().enumerate().filter(|(_, worth)| **worth == wanted).map(|(place, _)| place).collect()
    };
    let mut chosen = select::choose(&with(Worth::Sound), rates, read, budget);
    let words_of = |chosen: &[usize]| chosen.iter().map(|place| read.vectors.word_count(*place)).sum::<usize>();
    let used = words_of(&chosen);
    if chosen.len() < budget.sentences && used < budget.goal() {
        let left = Budget { sentences: budget.sentences - chosen.len(), words: budget.words - used };
        let more = select::choose(&with(Worth::Dependent), rates, read, left);
        if chosen.is_empty() || words_of(&more) <= left.words {
            chosen.extend(more);
        }
    }
    if chosen.is_empty() {
        chosen = select::choose(&with(Worth::Fragment), rates, read, budget);
    }
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(title: &str, text: &str, options: Options, expected: &[&str]) {
        let found = summarize(samples::quoted(title, text), &options).unwrap();
        let text = &found.quoted.article.text;
        assert_eq!(found.summary.iter().map(|(span, _)| span.of(text)).collect::<Vec<_>>(), expected);
    }

    fn sentences(sentences: usize) -> Options {
        Options { sentences, max_words: 0 }
    }

    #[test]
    fn a_question_does_not_stand_for_the_news() {
        let text = "Who pays for the harbour wall at Pellmouth now? The council voted to pay for the harbour wall on Monday.";
        check("Harbour wall", text, sentences(1), &["The council voted to pay for the harbour wall on Monday."]);
    }

    #[test]
    fn a_caption_is_left_out_where_there_are_sentences() {
        let text = "The harbour wall at dusk\n\nThe council will mend the harbour wall before winter.";
        check("Harbour wall", text, sentences(3), &["The council will mend the harbour wall before winter."]);
    }

    #[test]
    fn a_lone_quote_gives_way_to_the_report() {
        let text = "“We will mend the harbour wall.” The council will spend two million on the harbour wall.";
        check("Harbour wall", text, sentences(1), &["The council will spend two million on the harbour wall."]);
    }

    #[test]
    fn where_there_are_only_fragments_one_is_given() {
        check("", "Rain in the west", sentences(3), &["Rain in the west"]);
    }

    #[test]
    fn a_budget_of_one_word_still_gives_a_sentence() {
        let text = "The council will mend the harbour wall.";
        check("", text, Options { sentences: 3, max_words: 1 }, &[text]);
    }

    #[test]
    fn the_same_news_is_not_given_twice() {
        let text = "The ferry sank off Carrow on Monday night. The ferry sank off Carrow on Monday night. All nineteen people on board were saved by fishermen.";
        let expected = ["The ferry sank off Carrow on Monday night.", "All nineteen people on board were saved by fishermen."];
        check("", text, sentences(2), &expected);
    }

    proptest! {
        #[test]
        fn a_summary_is_sentences_of_the_article_in_order(text in "([A-Za-zé京]{1,8}[ ,.!?\n\"«»]{1,2}){0,120}", count in 0_usize..6, max_words in 0_usize..30) {
            let options = Options { sentences: count, max_words };
            let found = summarize(samples::quoted("Abc", &text), &options).unwrap();
            let again = summarize(samples::quoted("Abc", &text), &options).unwrap();
            let words: usize = found.summary.iter().map(|(span, _)| crate::text::words::words(span.of(&text)).count()).sum();
            prop_assert!(found.summary.is_sorted_by(|a, b| a.0.end <= b.0.start));
            prop_assert!(found.summary.iter().all(|(span, score)| found.quoted.sentences.contains(span) && (0.0..=1.0).contains(score)));
            prop_assert!(found.summary.len() <= count);
            prop_assert!(found.summary.len() <= 1 || max_words == 0 || words <= max_words);
            prop_assert_eq!(found.summary.is_empty(), count == 0 || found.quoted.sentences.is_empty());
            prop_assert_eq!(found.summary, again.summary);
        }
    }
}
