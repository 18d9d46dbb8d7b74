//! Fits what tells an article's blocks from the rest of its page: two forests of small trees, the second of which sees
//! what the first made of a block's neighbours.
//!
//! Gradient boosting of the logistic loss. A block counts by its words' share of the article, so that every page weighs
//! about the same. What the second forest learns from comes from first forests that never saw the page's site; the
//! figures come from five folds over sites, so that no template is on both sides.

mod boosting;
mod labels;
mod score;

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use copydesk::stages::parse::html::training::{self, Forest, Weights};

use boosting::{Table, Terms};
use labels::Page;

const FOLDS: usize = 5;
const ALONE: Terms = Terms { trees: 60, depth: 5, rate: 0.15, penalty: 0.5, weight_min: 0.3 };
const TOGETHER: Terms = Terms { trees: 60, depth: 5, rate: 0.15, penalty: 0.5, weight_min: 0.3 };
const THRESHOLDS: [f32; 7] = [0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65];

/// Where the product reads its weights.
const WEIGHTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/stages/parse/html/weights.txt");

/// All blocks of all pages, a row each.
struct Rows {
    alone: Vec<f32>,
    labels: Vec<f32>,
    weights: Vec<f32>,
    folds: Vec<usize>,
}

pub fn train(path: &Path) -> anyhow::Result<()> {
    let pages = labels::read(path)?;
    let mut rows = Rows { alone: Vec::new(), labels: Vec::new(), weights: Vec::new(), folds: Vec::new() };
    for page in &pages {
        rows.alone.extend_from_slice(&page.features.rows);
        rows.labels.extend_from_slice(&page.labels);
        rows.weights.extend_from_slice(&page.weights);
        rows.folds.extend(std::iter::repeat_n(page.site_number % FOLDS, page.labels.len()));
    }
    eprintln!("{} pages, {} blocks", pages.len(), rows.labels.len());
    let table = Table::new(&rows.alone, training::FEATURES);
    let chances = held_out(&table, &rows.alone, training::FEATURES, &rows, &ALONE);
    score::print("alone, held out", &pages, &chances, 0.5);
    let wide = widened(&pages, &rows.alone, &chances);
    let columns = training::FEATURES + training::CONTEXT;
    let table_wide = Table::new(&wide, columns);
    let together = held_out(&table_wide, &wide, columns, &rows, &TOGETHER);
    score::print("together, held out", &pages, &together, 0.5);
    let held: Vec<f32> = chances.iter().zip(&together).map(|(alone, together)| f32::midpoint(*alone, *together)).collect();
    let mut best = (0.0, 0.5);
    for threshold in THRESHOLDS {
        let mean = score::print(&format!("both, held out, {threshold}"), &pages, &held, threshold);
        if mean > best.0 {
            best = (mean, threshold);
        }
    }
    let all: Vec<u32> = used(&rows, |_| true);
    let weights = Weights {
        alone: boosting::fit(&table, &all, &rows.labels, &rows.weights, &ALONE),
        together: boosting::fit(&table_wide, &all, &rows.labels, &rows.weights, &TOGETHER),
        threshold: best.1,
    };
    fs::write(WEIGHTS, weights.write(&provenance(&pages, best.0))).with_context(|| format!("write {WEIGHTS}"))?;
    eprintln!("written: {WEIGHTS}");
    Ok(())
}

/// The chance of each block, by trees that were fitted on other sites.
fn held_out(table: &Table, values: &[f32], columns: usize, rows: &Rows, terms: &Terms) -> Vec<f32> {
    let mut chances = vec![0.0; rows.labels.len()];
    for fold in 0..FOLDS {
        let forest: Forest = boosting::fit(table, &used(rows, |other| other != fold), &rows.labels, &rows.weights, terms);
        for (row, chance) in chances.iter_mut().enumerate().filter(|(row, _)| rows.folds[*row] == fold) {
            *chance = forest.chance(&values[row * columns..(row + 1) * columns]);
        }
        eprintln!("fold {} of {FOLDS}", fold + 1);
    }
    chances
}

fn used(rows: &Rows, is_used: impl Fn(usize) -> bool) -> Vec<u32> {
    (0..rows.labels.len()).filter(|row| rows.weights[*row] > 0.0 && is_used(rows.folds[*row])).map(|row| row as u32).collect()
}

/// Each row with its context behind it.
fn widened(pages: &[Page], alone: &[f32], chances: &[f32]) -> Vec<f32> {
    let mut wide = Vec::with_capacity(chances.len() * (training::FEATURES + training::CONTEXT));
    let mut at = 0;
    for page in pages {
        let count = page.labels.len();
        let contexts = training::contexts(&page.features.settings, &chances[at..at + count]);
        let own = &alone[at * training::FEATURES..(at + count) * training::FEATURES];
        for (own, context) in own.chunks(training::FEATURES).zip(contexts.chunks(training::CONTEXT)) {
            wide.extend_from_slice(own);
            wide.extend_from_slice(context);
        }
        at += count;
    }
    wide
}

fn provenance(pages: &[Page], mean: f64) -> Vec<String> {
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for page in pages {
        *counts.entry(page.set.as_str()).or_default() += 1;
    }
    let sets: Vec<String> = counts.iter().map(|(set, count)| format!("{set} {count}")).collect();
    vec![
        "Which blocks of a page are its article: weights of two forests, written by `cargo run --release --example train -- pages PATH`."
            .to_owned(),
        format!("Pages: {}.", sets.join(", ")),
        "Sources: wcxb_article: Web Content Extraction Benchmark, CC BY 4.0; sh: scrapinghub/article-extraction-benchmark, MIT;".to_owned(),
        "n4k: AndyTheFactory/article-extraction-dataset, Apache-2.0; fundus: flairNLP/fundus test pages, MIT;".to_owned(),
        "zh: Chinese-Web-Content-Extraction-Dataset, MIT; traf: adbar/trafilatura evaluation pages, Apache-2.0.".to_owned(),
        "Only coefficients over language-free features are kept; no text of the pages is.".to_owned(),
        format!("No chance enters. Held out by site over {FOLDS} folds: mean F1 of the sets {mean:.4}."),
    ]
}
