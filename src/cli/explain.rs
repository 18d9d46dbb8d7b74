//! `explain`: one article through all stages, for people.

mod copy;
mod speech;
mod web_page;

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;

use crate::config::{Config, roots_of};
use crate::ledger::View;
use crate::model::{Body, Envelope, Format, RawDocument, Rejection, Span, Stage, StageError, SummarizedArticle};
use crate::pipeline::look::{Sighting, look};
use crate::sandbox::Grants;
use crate::sources::After;
use crate::stages::summary::SentenceExplained;
use crate::stages::{self, clean, finish, keyphrases, parse, quotes, summary};

use super::inputs::options_of;
use super::sandbox;
use super::{Common, Exit, WrongUsage, show};
use crate::desk::story::printable;

/// Take one article through all stages and tell what each made of it
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk explain article.html
  copydesk explain feed.jsonl --entry 3 --set quotes.max=0")]
pub struct Explain {
    file: PathBuf,
    /// Which article of a file that holds many: its number or its id [default: the first that can be read]
    #[arg(long, value_name = "ENTRY")]
    entry: Option<String>,
}

/// Sentences whose scores are shown: more would not be read.
const SENTENCES_MAX: usize = 60;

/// Terms of a sum that are shown: the rest is small.
const TERMS_MAX: usize = 4;

pub fn run(explain: &Explain, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings_to_look()?;
    // It writes nothing, and whoever wrote the file may not either.
    let confined = Config { out: PathBuf::from("-"), after: After::Keep, ..config.clone() };
    sandbox::confine(&confined, &[], &Grants::default())?;
    let mut page = String::new();
    let exit = match find(explain, &config)? {
        Sighting::Article(article) => match tell(&mut page, &explain.file.display().to_string(), article, &config.stages) {
            Ok(()) => Exit::Well,
            Err((stage, error)) => reject(&mut page, &error.reject(stage)),
        },
        Sighting::Rejected(Envelope { origin, body }) => {
            let _ = writeln!(page, "{}: {} bytes", explain.file.display(), origin.bytes);
            reject(&mut page, &body)
        }
    };
    show(&printable(&page))?;
    Ok(exit)
}

/// Opens the file as a run would, and takes the article that was asked for.
fn find(explain: &Explain, config: &Config) -> anyhow::Result<Sighting> {
    let path = explain.file.display();
    if explain.file.is_dir() {
        return Err(WrongUsage(format!("{path} is a folder; name one file in it")).into());
    }
    let mut options = options_of(roots_of(std::slice::from_ref(&explain.file), None)?, config, true);
    // Whoever asks for it by name wants it as it is now.
    options.settle = Duration::ZERO;
    options.limits.attempts_max = 1;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().context("start the runtime")?;
    let mut found = None;
    let looked = runtime.block_on(look(options, View::blank(), config.memory_bytes, |sighting| {
        let entry = match &sighting {
            Sighting::Article(article) => article.origin.entry.as_ref(),
            Sighting::Rejected(rejected) => rejected.origin.entry.as_ref(),
        };
        let is_asked_for = match (&explain.entry, entry) {
            (None, _) => true,
            (Some(wanted), Some(entry)) => entry.as_str() == wanted || entry.as_str().strip_prefix('#') == Some(wanted),
            (Some(_), None) => false,
        };
        if !is_asked_for {
            return ControlFlow::Continue(());
        }
        // A rejection overtakes the articles before it, so it stands in only until one of them comes.
        let is_article = matches!(sighting, Sighting::Article(_));
        if is_article || found.is_none() {
            found = Some(sighting);
        }
        if is_article || explain.entry.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }));
    looked?;
    let missing = || match &explain.entry {
        Some(entry) => WrongUsage(format!("{path} holds no article {entry}; `copydesk pipe --format paths` lists what it holds")),
        None => WrongUsage(format!("{path} holds no article; check the file")),
    };
    Ok(found.ok_or_else(missing)?)
}

fn reject(page: &mut String, rejection: &Rejection) -> Exit {
    // Writing to a String cannot fail.
    let _ = writeln!(page, "rejected at {}: {}: {}", rejection.stage.name(), rejection.code, rejection.error);
    Exit::WithRejections
}

/// Does what the line does, step by step, and writes down what came of each.
fn tell(page: &mut String, name: &str, article: Envelope<RawDocument>, options: &stages::Options) -> Result<(), (Stage, StageError)> {
    let Envelope { origin, body: document } = article;
    let entry = origin.entry.as_ref().map_or_else(String::new, |entry| format!(", entry {}", entry.as_str()));
    let _ = writeln!(page, "{name}{entry}: {} bytes, {}", origin.bytes, document.format.name());
    let mut clock = Clock { begun: Instant::now() };

    let (bytes, body, address) = (document.bytes.clone(), body_of(&document), address_of(&document));
    clock.lap();
    let parsed = parse::parse(document, &options.parse).map_err(|error| (Stage::Parse, error))?;
    let _ = writeln!(page, "\nparse {}", clock.lap());
    let metadata = &parsed.metadata;
    let dateline = metadata.dateline.as_ref().map(|dateline| {
        let parts = [Some(dateline.place.as_str()), dateline.date.as_deref(), dateline.agency.as_deref()];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    });
    let mut fact = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            let _ = writeln!(page, "  {name:<10} {value}");
        }
    };
    fact("encoding", Some(&parsed.source.encoding));
    fact("title", metadata.title.as_deref());
    fact("subtitle", metadata.subtitle.as_deref());
    fact("authors", (!metadata.authors.is_empty()).then(|| metadata.authors.join("; ")).as_deref());
    fact("dateline", dateline.as_deref());
    fact("published", metadata.published.as_deref());
    fact("updated", metadata.updated.as_deref());
    fact("site", metadata.site.as_deref());
    fact("section", metadata.section.as_deref());
    fact("tags", (!metadata.tags.is_empty()).then(|| metadata.tags.join("; ")).as_deref());
    fact("url", metadata.url.as_deref());
    fact("declared", parsed.language_declared.as_deref());
    fact("text", Some(&format!("{} characters", parsed.text.chars().count())));
    match body {
        Some(Body::Page) => web_page::tell(page, &bytes, &parsed.source.encoding, address.as_deref(), &options.parse.html),
        Some(Body::Text) => copy::tell(page, &bytes, &parsed),
        Some(Body::Fragment) | None => {}
    }
    clock.lap();

    let cleaned = clean::clean(parsed, &options.clean).map_err(|error| (Stage::Clean, error))?;
    let _ = writeln!(page, "\nclean {}", clock.lap());
    let _ = writeln!(page, "  language   {}, confidence {:.2}", cleaned.language.code, cleaned.language.confidence);
    let paragraphs = cleaned.text.split("\n\n").count();
    let _ = writeln!(page, "  text       {} characters in {paragraphs} paragraphs", cleaned.text.chars().count());

    let quoted = quotes::extract(cleaned.clone(), &options.quotes).map_err(|error| (Stage::Quotes, error))?;
    let _ = writeln!(page, "\nquotes {}", clock.lap());
    speech::tell(page, &cleaned, &quoted);

    let explained = summary::explain(&quoted);
    clock.lap();
    let summarized = summary::summarize(quoted, &options.summary).map_err(|error| (Stage::Summary, error))?;
    let _ = writeln!(page, "\nsummary {}", clock.lap());
    tell_sentences(page, &explained, &summarized);
    clock.lap();

    let phrases = keyphrases::extract(&summarized, &options.keyphrases).map_err(|error| (Stage::Summary, error))?;
    let _ = writeln!(page, "\nkeyphrases {}", clock.lap());
    for phrase in &phrases {
        let _ = writeln!(page, "    {:.4}  {} ({}x)", phrase.score, phrase.text, phrase.count);
    }

    let article = finish::finish(summarized, phrases, &options.finish).map_err(|error| (Stage::Summary, error))?;
    let stats = article.stats;
    let _ = writeln!(page, "\nfinish {}", clock.lap());
    let _ =
        writeln!(page, "  {} paragraphs, {} sentences, {} words, {} quotes", stats.paragraphs, stats.sentences, stats.words, stats.quotes);
    for warning in &article.warnings {
        let _ = writeln!(page, "  warning: {}", warning.code());
    }
    Ok(())
}

/// What the bytes are where they can be shown as they came; None where they are in a form of their own.
fn body_of(document: &RawDocument) -> Option<Body> {
    match (&document.given, document.format) {
        (Some(given), _) => Some(given.body),
        (None, Format::Html) => Some(Body::Page),
        (None, Format::Text | Format::Markdown) => Some(Body::Text),
        (None, _) => None,
    }
}

fn address_of(document: &RawDocument) -> Option<String> {
    document.given.as_ref().and_then(|given| given.metadata.url.clone())
}

/// Every sentence with its score, and what made it higher or lower than that of the article's average sentence.
fn tell_sentences(page: &mut String, explained: &[SentenceExplained], summarized: &SummarizedArticle) {
    let text = &summarized.quoted.article.text;
    let chosen: Vec<Span> = summarized.summary.iter().map(|(sentence, _)| *sentence).collect();
    let _ = writeln!(page, "  {} of {} sentences; + and - against the article's average sentence", chosen.len(), explained.len());
    for sentence in explained.iter().take(SENTENCES_MAX) {
        let mark = if chosen.contains(&sentence.span) { '*' } else { ' ' };
        let drawback = sentence.drawback.map_or_else(String::new, |drawback| format!("  ({drawback})"));
        let _ = writeln!(page, "  {mark} {:.4}  {}{drawback}", sentence.score, on_one_line(sentence.span.of(text)));
        let _ = writeln!(page, "            {}", terms(&sentence.terms));
    }
    if explained.len() > SENTENCES_MAX {
        let _ = writeln!(page, "    and {} more", explained.len() - SENTENCES_MAX);
    }
}

/// The weightiest terms of a sum: "its place +1.20, its length -0.31".
fn terms(terms: &[(&'static str, f64)]) -> String {
    let told = terms.iter().filter(|(_, term)| term.abs() >= 0.005).take(TERMS_MAX);
    told.map(|(name, term)| format!("{name} {term:+.2}")).collect::<Vec<_>>().join(", ")
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Clock {
    begun: Instant,
}

impl Clock {
    /// The time since the last lap.
    fn lap(&mut self) -> String {
        let took = self.begun.elapsed();
        self.begun = Instant::now();
        format!("({} µs)", took.as_micros())
    }
}
