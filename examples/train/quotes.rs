//! Fits who said what: measures the product's speakers against sets in which people have told them.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use copydesk::model::{CleanArticle, Format, Language, Metadata, SourceFacts};
use copydesk::stages::quotes::{Options, extract};
use serde::Deserialize;

use super::corpus;

/// An article with its quotes as people have read them.
#[derive(Deserialize)]
struct Labelled {
    lang: String,
    text: String,
    quotes: Vec<Gold>,
}

#[derive(Deserialize)]
struct Gold {
    text: String,
}

/// Prints how many of the labelled quotes are found.
pub fn train(bench: &Path) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for (name, path) in corpus::sets(&bench.join("quotes/dev"))? {
        let articles: Vec<Labelled> = corpus::read(&path)?;
        let (mut gold, mut found) = (0, 0);
        for article in &articles {
            let clean = CleanArticle {
                metadata: Metadata::default(),
                source: SourceFacts::new(Format::Text, "utf-8"),
                language: Language { code: article.lang.clone(), confidence: 1.0 },
                text: article.text.clone(),
                warnings: Vec::new(),
            };
            let quoted = extract(clean, &Options { max: 0, min_words: 1, indirect: false }).context("quotes are never refused")?;
            gold += article.quotes.len();
            let has = |quote: &&Gold| quoted.quotes.iter().any(|found| found.span.of(&article.text).contains(quote.text.trim()));
            found += article.quotes.iter().filter(has).count();
        }
        writeln!(out, "{name}: {found} of {gold} labelled quotes found")?;
    }
    Ok(())
}
