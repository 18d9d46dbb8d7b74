//! Fits how much each thing that is told of a sentence speaks for it, from articles with their editors' summaries.
//!
//! A sentence is wanted where a greedy choice for ROUGE-1 + ROUGE-2 against the summary takes it. Logistic regression
//! over all sentences at once by Adam, with an L2 penalty, in a fixed order: no chance enters. The figures are of articles
//! that were held out, chosen by the product's own code.

mod rouge;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use copydesk::model::{Format, QuotedArticle, RawDocument};
use copydesk::stages::summary::Options;
use copydesk::stages::summary::training::{self, COUNT, Features, Weights};
use copydesk::stages::{self, clean, parse, quotes};
use serde::Deserialize;

use super::corpus;
use rouge::Counts;

/// Sets that may be trained on, each with the sentences and the words of its summaries, and what it is.
const SETS: [(&str, usize, usize, &str); 2] = [
    ("cnndm", 3, 60, "English, CNN/DailyMail, distributed as Apache-2.0, texts their publishers'"),
    ("orangesum", 2, 35, "French, OrangeSum, CC BY-SA 4.0"),
];
/// Only measured: too few to train on.
const MEASURED: (&str, usize, usize) = ("norsumm", 5, 90);

const STEPS: usize = 400;
const PENALTY: f64 = 300.0;

/// Where the product reads its weights.
const WEIGHTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/stages/summary/weights.txt");

/// A line of a data set.
#[derive(Deserialize)]
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

#[derive(Deserialize)]
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

    /// The article as it comes to the summary.
    fn quoted(&self, options: &stages::Options) -> anyhow::Result<QuotedArticle> {
        let document = serde_json::json!({"text": self.text, "title": self.title, "language": self.lang});
        let parsed = parse::parse(RawDocument::new(document.to_string().into_bytes(), Format::Json), &options.parse);
        let cleaned = parsed.and_then(|parsed| clean::clean(parsed, &options.clean));
        cleaned.and_then(|cleaned| quotes::extract(cleaned, &options.quotes)).map_err(|error| anyhow!("{error}"))
    }
}

/// All sentences of the training articles, and which of them are wanted.
#[derive(Default)]
struct Rows {
    features: Vec<Features>,
    wanted: Vec<bool>,
}

/// Fits the weights and writes them; prints figures for articles that were held out.
pub fn train(bench: &Path) -> anyhow::Result<()> {
    let options = stages::Options::default();
    let mut rows = Rows::default();
    let mut data = String::new();
    for (name, sentences, _, source) in SETS {
        let labelled: Vec<Labelled> = corpus::read(&bench.join(format!("summary/train/{name}.jsonl.xz")))?;
        writeln!(data, "# {} articles of {name} ({source})", labelled.len())?;
        for one in &labelled {
            rows.add(&one.quoted(&options)?, one, sentences);
        }
    }
    let weights = fit(&rows);
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
        "# How much each number that describes a sentence speaks for it. Written by `cargo run --release --example train -- summary`.\n\
         # Data, of which only these coefficients are kept:\n{data}\
         # A sentence is wanted where a greedy choice for ROUGE-1 + ROUGE-2 against the editors' summary takes it. No chance enters:\n\
         # logistic regression over all {} sentences at once, Adam, {STEPS} steps, L2 penalty {PENALTY}. Held-out gain over the lead in\n\
         # points of the mean of ROUGE-1, -2 and -Lsum:\n{figures}",
        rows.features.len()
    );
    fs::write(WEIGHTS, head + &weights.render()).with_context(|| format!("write {WEIGHTS}"))?;
    writeln!(std::io::stdout().lock(), "{figures}weights written to {WEIGHTS}")?;
    Ok(())
}

impl Rows {
    fn add(&mut self, quoted: &QuotedArticle, labelled: &Labelled, sentences: usize) {
        let text = &quoted.article.text;
        let described = training::describe(quoted);
        let words: Vec<Vec<u64>> = described.iter().map(|sentence| rouge::read(sentence.span.of(text))).collect();
        let reference = labelled.references().first().map(|reference| reference.concat()).unwrap_or_default();
        let wanted = greedy(&words, &Counts::of(&reference), sentences);
        self.features.extend(described.iter().map(|sentence| sentence.features));
        self.wanted.extend(wanted);
    }
}

/// Which sentences a choice takes that adds, one after the other, whichever helps most.
fn greedy(sentences: &[Vec<u64>], reference: &Counts, count: usize) -> Vec<bool> {
    let counts: Vec<Counts> = sentences.iter().map(|words| Counts::of(words)).collect();
    let mut wanted = vec![false; sentences.len()];
    let (mut chosen, mut score) = (Counts::default(), 0.0);
    for _ in 0..count {
        let mut best = (None, score);
        for (at, own) in counts.iter().enumerate().filter(|(at, _)| !wanted[*at]) {
            let mut with = chosen.clone();
            with.add(own);
            let sum = with.against(reference).iter().sum();
            if sum > best.1 {
                best = (Some(at), sum);
            }
        }
        let Some(at) = best.0 else { break };
        chosen.add(&counts[at]);
        wanted[at] = true;
        score = best.1;
    }
    wanted
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

/// Maximises the likelihood of what is wanted, over features that are brought to one scale for it.
fn fit(rows: &Rows) -> Weights {
    let count = rows.features.len().max(1) as f64;
    let (mut means, mut spreads) = ([0.0; COUNT], [0.0; COUNT]);
    for row in &rows.features {
        means.iter_mut().zip(row).for_each(|(mean, value)| *mean += value / count);
    }
    for row in &rows.features {
        spreads.iter_mut().zip(row).zip(&means).for_each(|((spread, value), mean)| *spread += (value - mean) * (value - mean) / count);
    }
    spreads.iter_mut().for_each(|spread| *spread = libm::sqrt(*spread).max(1e-6));
    let scaled: Vec<Features> = rows.features.iter().map(|row| std::array::from_fn(|at| (row[at] - means[at]) / spreads[at])).collect();
    // The last one is the bias, which no penalty draws to nought.
    let (mut weights, mut mean, mut square) = ([0.0; COUNT + 1], [0.0; COUNT + 1], [0.0; COUNT + 1]);
    for step in 1..=STEPS {
        let mut slope = [0.0; COUNT + 1];
        for (row, wanted) in scaled.iter().zip(&rows.wanted) {
            let sum: f64 = row.iter().zip(&weights).map(|(value, weight)| value * weight).sum();
            let off = 1.0 / (1.0 + libm::exp(-(sum + weights[COUNT]))) - f64::from(u8::from(*wanted));
            slope.iter_mut().zip(row).for_each(|(slope, value)| *slope += off * value);
            slope[COUNT] += off;
        }
        let rate = 0.05 * if step * 3 > STEPS * 2 { 0.2 } else { 1.0 };
        let (fade_mean, fade_square) = (1.0 - libm::pow(0.9, step as f64), 1.0 - libm::pow(0.99, step as f64));
        for at in 0..=COUNT {
            let drawn = if at == COUNT { 0.0 } else { PENALTY * weights[at] };
            let slope = (slope[at] + drawn) / count;
            mean[at] = 0.9 * mean[at] + 0.1 * slope;
            square[at] = 0.99 * square[at] + 0.01 * slope * slope;
            weights[at] -= rate * (mean[at] / fade_mean) / (libm::sqrt(square[at] / fade_square) + 1e-10);
        }
    }
    let values: Features = std::array::from_fn(|at| weights[at] / spreads[at]);
    let bias = weights[COUNT] - values.iter().zip(&means).map(|(value, mean)| value * mean).sum::<f64>();
    // As they are written, so that the figures are those of the file.
    Weights::parse(&Weights { bias, values }.render())
}
