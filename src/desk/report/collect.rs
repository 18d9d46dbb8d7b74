//! Reads all committed records once, and counts.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::path::Path;

use serde::Deserialize;
use std::borrow::Cow;

use crate::desk::committed::{Place, each_line, segments};
use crate::desk::rejections::{self, Cause, shortened};
use crate::ledger::{Line, Series, Settled, View, is_whole, list_segments};
use crate::model::Key;

use super::tally::{Counted, Tally};

/// Names that are kept of each kind; a line of a table takes some hundred bytes.
const SPEAKERS: usize = 20_000;
const SITES: usize = 5_000;
const PHRASES: usize = 20_000;
const LANGUAGES: usize = 500;
const DAYS: usize = 5_000;
/// Sites that are told apart for one speaker.
const SITES_OF_ONE: usize = 20;
/// The latest articles, which are shown with gist and quotes.
const LATEST: usize = 8;
/// Characters of a name, a title, a sentence.
const NAME: usize = 120;
const SENTENCE: usize = 420;

/// What a report says.
#[derive(Debug)]
pub struct Report {
    pub articles: u64,
    /// Records whose article has a later one.
    pub superseded: u64,
    pub words: u64,
    pub quotes: u64,
    pub attributed: u64,
    pub days: Tally<u64>,
    /// Articles that stand at the day they were read, since they do not say when they were published.
    pub by_reading: u64,
    /// Articles of which no day is known.
    pub undated: u64,
    pub languages: Tally<u64>,
    pub sites: Tally<u64>,
    pub speakers: Tally<Speaker>,
    pub phrases: Tally<u64>,
    pub latest: VecDeque<Latest>,
    pub rejected: BTreeMap<String, u64>,
    pub causes: Vec<Cause>,
    /// Lines in files that are not there any more.
    pub moved_away: u64,
    /// Lines that are not whole.
    pub damaged: u64,
}

/// Who is quoted, how often and where.
#[derive(Debug, Default)]
pub struct Speaker {
    pub quotes: u64,
    pub articles: u64,
    pub sites: BTreeMap<String, u64>,
    /// The quote with the best score.
    pub said: String,
    score: f64,
}

impl Counted for Speaker {
    fn count(&self) -> u64 {
        self.quotes
    }
}

/// One of the latest articles.
#[derive(Debug)]
pub struct Latest {
    pub title: Option<String>,
    pub site: Option<String>,
    pub day: Option<String>,
    pub language: String,
    pub gist: Vec<String>,
    /// Who said what, the best first.
    pub quotes: Vec<(Option<String>, String)>,
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    title: Option<Cow<'a, str>>,
    #[serde(borrow)]
    site: Option<Cow<'a, str>>,
    #[serde(borrow)]
    url: Option<Cow<'a, str>>,
    #[serde(borrow)]
    published: Option<Cow<'a, str>>,
    #[serde(borrow)]
    ingested_at: Option<Cow<'a, str>>,
    #[serde(borrow)]
    language: Language<'a>,
    #[serde(borrow)]
    summary: Vec<Sentence<'a>>,
    #[serde(borrow)]
    quotes: Vec<Quote<'a>>,
    #[serde(borrow)]
    keyphrases: Vec<Sentence<'a>>,
    stats: Stats,
}

#[derive(Deserialize)]
struct Language<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Sentence<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Quote<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
    score: f64,
    #[serde(borrow)]
    speaker: Option<Name<'a>>,
}

#[derive(Deserialize)]
struct Name<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Stats {
    words: u64,
}

/// Counts what is committed in an output folder. Of each article, its latest record counts.
pub fn collect(out: &Path, view: &View) -> anyhow::Result<Report> {
    // A daemon goes on committing meanwhile.
    let _moment = view.hold()?;
    let articles = segments(view, Series::Articles)?;
    let rejected = segments(view, Series::Rejected)?;
    let present = list_segments(out, Series::Articles)?;
    let mut report = Report {
        articles: 0,
        superseded: 0,
        words: 0,
        quotes: 0,
        attributed: 0,
        days: Tally::new(DAYS),
        by_reading: 0,
        undated: 0,
        languages: Tally::new(LANGUAGES),
        sites: Tally::new(SITES),
        speakers: Tally::new(SPEAKERS),
        phrases: Tally::new(PHRASES),
        latest: VecDeque::new(),
        rejected: view.counts()?.rejected_by_code,
        causes: rejections::latest(out, &rejected)?,
        moved_away: articles.iter().filter(|row| !present.contains(&row.segment)).map(|row| row.lines).sum(),
        damaged: 0,
    };
    let mut failed = None;
    each_line(out, &articles, &mut Place::default(), |_, line| match report.take(line, view) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?
    .is_break();
    failed.map_or(Ok(report), Err)
}

impl Report {
    fn take(&mut self, line: &[u8], view: &View) -> anyhow::Result<()> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let named = if is_whole(line) { Line::parse(line) } else { None };
        let (Some(named), Ok(record)) = (named, serde_json::from_slice::<Record<'_>>(line)) else {
            self.damaged += 1;
            return Ok(());
        };
        let key = match &named.entry {
            Some(entry) => Key::of_entry(&named.path.0, entry),
            None => Key::of_file(&named.path.0),
        };
        let is_latest = view.latest(&key)?.is_none_or(|latest| latest.revision == named.revision && latest.outcome == Settled::Record);
        if is_latest {
            self.count(&record)
        } else {
            self.superseded += 1
        }
        Ok(())
    }

    fn count(&mut self, record: &Record<'_>) {
        self.articles += 1;
        self.words += record.stats.words;
        let site = record.site.as_deref().map(|site| shortened(site, NAME)).or_else(|| host_of(record.url.as_deref()?));
        let published = record.published.as_deref().and_then(day_of);
        let day = published.clone().or_else(|| record.ingested_at.as_deref().and_then(day_of));
        self.by_reading += u64::from(published.is_none() && day.is_some());
        match &day {
            Some(day) => *self.days.of(day) += 1,
            None => self.undated += 1,
        }
        *self.languages.of(&shortened(&record.language.code, NAME)) += 1;
        if let Some(site) = &site {
            *self.sites.of(site) += 1;
        }
        for phrase in &record.keyphrases {
            *self.phrases.of(&shortened(&phrase.text, NAME)) += 1;
        }
        let mut heard: Vec<&str> = Vec::new();
        for quote in &record.quotes {
            self.quotes += 1;
            let Some(name) = quote.speaker.as_ref().map(|speaker| &*speaker.name) else { continue };
            self.attributed += 1;
            let speaker = self.speakers.of(&shortened(name, NAME));
            speaker.quotes += 1;
            if !heard.contains(&name) {
                heard.push(name);
                speaker.articles += 1;
                if let Some(site) = &site
                    && (speaker.sites.len() < SITES_OF_ONE || speaker.sites.contains_key(site))
                {
                    *speaker.sites.entry(site.clone()).or_default() += 1;
                }
            }
            if speaker.said.is_empty() || quote.score > speaker.score {
                speaker.score = quote.score;
                speaker.said = shortened(&quote.text, SENTENCE);
            }
        }
        self.keep(record, site, day);
    }

    fn keep(&mut self, record: &Record<'_>, site: Option<String>, day: Option<String>) {
        let mut quotes: Vec<&Quote<'_>> = record.quotes.iter().collect();
        quotes.sort_by(|a, b| b.score.total_cmp(&a.score));
        let said = |quote: &&Quote<'_>| {
            let name = quote.speaker.as_ref().map(|speaker| shortened(&speaker.name, NAME));
            (name, shortened(&quote.text, SENTENCE))
        };
        if self.latest.len() >= LATEST {
            self.latest.pop_front();
        }
        self.latest.push_back(Latest {
            title: record.title.as_deref().map(|title| shortened(title, SENTENCE)),
            site,
            day,
            language: shortened(&record.language.code, NAME),
            gist: record.summary.iter().take(5).map(|sentence| shortened(&sentence.text, SENTENCE)).collect(),
            quotes: quotes.iter().take(2).map(said).collect(),
        });
    }
}

/// `2026-03-01` of a date or a date-time.
fn day_of(time: &str) -> Option<String> {
    let day = time.get(..10)?;
    day.parse::<jiff::civil::Date>().is_ok().then(|| day.to_owned())
}

fn host_of(url: &str) -> Option<String> {
    let host = url::Url::parse(url).ok()?.host_str()?.to_owned();
    Some(shortened(host.strip_prefix("www.").unwrap_or(&host), NAME))
}
