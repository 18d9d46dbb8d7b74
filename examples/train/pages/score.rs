//! How good a choice of blocks is: F1 over runs of four words or, where only snippets were marked, over those.

use std::collections::BTreeMap;

use super::labels::{Page, Truth, runs, squeezed};

#[derive(Default)]
struct Sums {
    pages: f64,
    precision: f64,
    recall: f64,
    found: f64,
    wrong: f64,
    wanted: f64,
}

/// Prints each set's F1 and gives their mean.
pub fn print(label: &str, pages: &[Page], chances: &[f32], threshold: f32) -> f64 {
    print_picked(label, pages, chances, |_, chances| at_least(chances, threshold))
}

/// The same for whatever picks a page's blocks.
pub fn print_picked(label: &str, pages: &[Page], chances: &[f32], pick: impl Fn(&Page, &[f32]) -> Vec<bool>) -> f64 {
    let mut sets = BTreeMap::<&str, Sums>::new();
    for (page, chances) in of_pages(pages, chances) {
        add(page, &pick(page, chances), sets.entry(page.set.as_str()).or_default());
    }
    let mut line = format!("{label:<28}");
    let mut total = 0.0;
    for (set, sums) in &sets {
        let (precision, recall) = if sums.pages > 0.0 {
            (sums.precision / sums.pages, sums.recall / sums.pages)
        } else {
            (sums.found / (sums.found + sums.wrong).max(1.0), sums.found / sums.wanted.max(1.0))
        };
        let f1 = 2.0 * precision * recall / (precision + recall).max(1e-9);
        total += f1;
        line.push_str(&format!("  {set} {f1:.4}"));
    }
    eprintln!("{line}  mean {:.4}", total / sets.len() as f64);
    total / sets.len() as f64
}

pub fn at_least(chances: &[f32], threshold: f32) -> Vec<bool> {
    chances.iter().map(|chance| *chance >= threshold).collect()
}

/// Each page with the chances of its blocks.
pub fn of_pages<'a>(pages: &'a [Page], chances: &'a [f32]) -> impl Iterator<Item = (&'a Page, &'a [f32])> {
    let mut at = 0;
    pages.iter().map(move |page| {
        let from = at;
        at += page.labels.len();
        (page, &chances[from..at])
    })
}

/// One page's F1; where only snippets were marked, over those.
pub fn of_page(page: &Page, picked: &[bool]) -> f64 {
    let mut sums = Sums::default();
    add(page, picked, &mut sums);
    let (precision, recall) = if sums.pages > 0.0 {
        (sums.precision, sums.recall)
    } else {
        (sums.found / (sums.found + sums.wrong).max(1.0), sums.found / sums.wanted.max(1.0))
    };
    2.0 * precision * recall / (precision + recall).max(1e-9)
}

fn add(page: &Page, picked: &[bool], sums: &mut Sums) {
    match &page.truth {
        Truth::Whole(truth) => {
            let words: Vec<u64> =
                page.words.iter().zip(picked).filter(|(_, picked)| **picked).flat_map(|(words, _)| words.clone()).collect();
            let runs = runs(&words);
            let both: u32 = runs.iter().map(|(run, count)| (*count).min(truth.get(run).copied().unwrap_or_default())).sum();
            let share = |all: u32| if all == 0 { 1.0 } else { f64::from(both) / f64::from(all) };
            sums.pages += 1.0;
            sums.precision += share(runs.values().sum());
            sums.recall += share(truth.values().sum());
        }
        Truth::Snippets { wanted, unwanted } => {
            let texts: Vec<&str> = page.texts.iter().zip(picked).filter(|(_, picked)| **picked).map(|(text, _)| text.as_str()).collect();
            let text = squeezed(&texts.join(" "));
            let count = |snippets: &[String]| snippets.iter().filter(|snippet| text.contains(snippet.as_str())).count() as f64;
            sums.found += count(wanted);
            sums.wrong += count(unwanted);
            sums.wanted += wanted.len() as f64;
        }
    }
}
