//! Fits how much each thing that is told of a sentence speaks for it, from articles with their editors' summaries.
//!
//! First how likely each word is to be in the summary, then, with that, which share of each sentence is. All sums are taken
//! in a fixed order: no chance enters. The figures are of articles that were held out, chosen by the product's own code.

mod boosting;
mod rouge;
mod words;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use copydesk::model::{Format, QuotedArticle, RawDocument};
use copydesk::stages::summary::Options;
use copydesk::stages::summary::training::{self, Weights};
use copydesk::stages::{self, clean, parse, quotes};
use serde::Deserialize;

use super::corpus;

/// Sets that may be trained on, each with the sentences and the words of its summaries, and what it is.
const SETS: [(&str, usize, usize, &str); 2] = [
    ("cnndm", 3, 60, "English, CNN/DailyMail, distributed as Apache-2.0, texts their publishers'"),
    ("orangesum", 2, 35, "French, OrangeSum, CC BY-SA 4.0"),
];
/// Only measured: too few to train on.
const MEASURED: (&str, usize, usize) = ("norsumm", 5, 90);

/// A sentence counts by its words, up to so many.
const WEIGHED_WORDS_MAX: usize = 50;

/// Where the product reads its weights.
const WEIGHTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/stages/summary/weights.txt");

/// A line of a data set.
#[derive(Clone, Deserialize)]
struct Labelled {
    text: String,
    #[serde(default)]
    title: Option<String>,
    lang: String,
    reference: Reference,
    /// As its makers cut them, for the lead that is to beat.
    #[serde(default)]
    sentences: Vec<String>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Reference {
    One(String),
    Several(Vec<String>),
}

impl Labelled {
    fn references(&self) -> Vec<Vec<Vec<u64>>> {
        let all = match &self.reference {
            Reference::One(one) => std::slice::from_ref(one),
            Reference::Several(several) => several,
        };
        all.iter().map(|reference| reference.split('\n').map(rouge::read).collect()).collect()
    }

    /// The first of them.
    fn reference(&self) -> Vec<Vec<u64>> {
        self.references().into_iter().next().unwrap_or_default()
    }

    /// The article as it comes to the summary.
    fn quoted(&self, options: &stages::Options) -> anyhow::Result<QuotedArticle> {
        let document = serde_json::json!({"text": self.text, "title": self.title, "language": self.lang});
        let parsed = parse::parse(RawDocument::new(document.to_string().into_bytes(), Format::Json), &options.parse);
        let cleaned = parsed.and_then(|parsed| clean::clean(parsed, &options.clean));
        cleaned.and_then(|cleaned| quotes::extract(cleaned, &options.quotes)).map_err(|error| anyhow!("{error}"))
    }
}

/// Fits the weights and writes them; prints figures for articles that were held out.
pub fn train(bench: &Path) -> anyhow::Result<()> {
    let mut data = String::new();
    let mut sets = Vec::new();
    for (name, _, _, source) in SETS {
        let labelled: Vec<Labelled> = corpus::read(&bench.join(format!("summary/train/{name}.jsonl.xz")))?;
        writeln!(data, "# {} articles of {name} ({source})", labelled.len())?;
        sets.push(labelled);
    }
    let (weights, sizes) = fit(&sets.concat())?;
    let mut figures = String::new();
    for (name, sentences, words) in SETS.map(|(name, sentences, words, _)| (name, sentences, words)).into_iter().chain([MEASURED]) {
        let labelled: Vec<Labelled> = corpus::read(&bench.join(format!("summary/dev/{name}.jsonl.xz")))?;
        let by_sentences = gain(&labelled, &weights, sentences, usize::MAX)?;
        let by_words = gain(&labelled, &weights, usize::MAX, words)?;
        writeln!(
            figures,
            "# {name}, {} articles: {by_sentences:+.2} by {sentences} sentences, {by_words:+.2} by {words} words",
            labelled.len()
        )?;
    }
    let head = format!(
        "# How likely a word, and how much of a sentence, is in an article's summary. Written by `cargo run --release --example train -- summary`.\n\
         # Data, of which only these coefficients are kept:\n{data}\
         # {sizes}. No chance enters: logistic regression for words, by Newton's method; for sentences trees, boosted by least\n\
         # squares, five questions each and then what the leaves add. Held-out gain over the lead in points of the mean of\n\
         # ROUGE-1, -2 and -Lsum:\n{figures}"
    );
    fs::write(WEIGHTS, head + &weights.render()).with_context(|| format!("write {WEIGHTS}"))?;
    writeln!(std::io::stdout().lock(), "{figures}weights written to {WEIGHTS}")?;
    Ok(())
}

/// The weights, and a word on how much they were fitted to.
fn fit(labelled: &[Labelled]) -> anyhow::Result<(Weights, String)> {
    let options = stages::Options::default();
    let mut words = words::Rows::default();
    for one in labelled {
        let reference: HashSet<u64> = one.reference().concat().into_iter().collect();
        for (word, numbers) in training::words(&one.quoted(&options)?) {
            words.numbers.push(numbers);
            words.wanted.push(reference.contains(&word));
        }
    }
    let of_words = words::fit(&words);
    let mut rows = boosting::Rows::default();
    for one in labelled {
        let quoted = one.quoted(&options)?;
        let reference = one.reference();
        for (span, features) in training::sentences(&quoted, &of_words) {
            let own = rouge::read(span.of(&quoted.article.text));
            rows.targets.push(shared(&reference, &own));
            rows.weights.push(own.len().min(WEIGHED_WORDS_MAX) as f64);
            rows.features.push(features);
        }
    }
    let sizes = format!("{} words and {} sentences", words.wanted.len(), rows.targets.len());
    let weights = Weights { words: of_words, sentences: boosting::fit(&rows) };
    // As they are written, so that the figures are those of the file.
    Ok((Weights::parse(&weights.render()), sizes))
}

/// Which share of a sentence's words the reference has, as the mean of the three measures counts them.
fn shared(reference: &[Vec<u64>], own: &Vec<u64>) -> f64 {
    let lengths = reference.iter().map(Vec::len).sum::<usize>() + own.len();
    let points = rouge::mean(reference, std::slice::from_ref(own));
    points / 100.0 * lengths as f64 / 2.0 / own.len().max(1) as f64
}

/// The mean gain of the product's summaries over the lead.
fn gain(labelled: &[Labelled], weights: &Weights, sentences: usize, words: usize) -> anyhow::Result<f64> {
    // As many words as are read, and some to spare for the sentence that is cut.
    let options = Options { sentences: sentences.min(50), max_words: if words == usize::MAX { 0 } else { words * 13 / 10 } };
    let mut sum = 0.0;
    for one in labelled {
        let quoted = one.quoted(&stages::Options::default())?;
        let text = &quoted.article.text;
        let summary: Vec<&str> = training::summary(&quoted, weights, &options).into_iter().map(|span| span.of(text)).collect();
        let lead: Vec<&str> = one.sentences.iter().map(String::as_str).take(sentences).collect();
        let references = one.references();
        let [own, lead] = [summary, lead].map(|chosen| {
            let read: Vec<Vec<u64>> = cut(&chosen, words).iter().map(|sentence| rouge::read(sentence)).collect();
            references.iter().map(|reference| rouge::mean(reference, &read)).sum::<f64>() / references.len().max(1) as f64
        });
        sum += own - lead;
    }
    Ok(sum / labelled.len().max(1) as f64)
}

/// The first so many words of some sentences.
fn cut(sentences: &[&str], words: usize) -> Vec<String> {
    let mut left = words;
    let mut kept = Vec::new();
    for sentence in sentences {
        let own: Vec<&str> = sentence.split_whitespace().take(left).collect();
        left -= own.len();
        kept.push(own.join(" "));
    }
    kept.retain(|sentence| !sentence.is_empty());
    kept
}
