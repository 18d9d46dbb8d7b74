//! What people read in an article: its quotes and their speakers; and how the product's answers compare.

use std::collections::BTreeMap;
use std::fmt;

use copydesk::model::{Quote, Span};
use copydesk::stages::quotes::training::Candidate;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

/// A line of a data set.
#[derive(Deserialize)]
pub struct Labelled {
    id: serde_json::Value,
    lang: String,
    text: String,
    quotes: Vec<Gold>,
}

/// One quote as people read it; places count code points.
#[derive(Deserialize)]
pub struct Gold {
    start: usize,
    end: usize,
    #[serde(default)]
    pub speaker: Option<String>,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    #[serde(default)]
    speaker_mention: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    optional: Option<bool>,
}

/// One quote, placed in the clean text.
pub struct Label {
    span: Span,
    names: Vec<String>,
    mention: String,
    pub optional: bool,
    /// Nobody is named, and no word stands for anybody.
    nobody: bool,
}

/// An article with its lines as paragraphs, as the product's cleaning leaves it.
pub struct Article {
    id: serde_json::Value,
    pub set: String,
    pub language: String,
    pub text: String,
    pub weight: f64,
    labels: Vec<Label>,
    /// The code point of the labelled text for each byte.
    places: Vec<usize>,
}

impl Article {
    pub fn new(labelled: Labelled, set: &str, weight: f64) -> Self {
        let (mut text, mut places, mut bytes) = (String::new(), Vec::new(), Vec::new());
        let mut breaks = false;
        for (at, c) in labelled.text.chars().enumerate() {
            bytes.push(text.len());
            if c == '\n' {
                breaks = true;
                continue;
            }
            if breaks && c == ' ' {
                continue;
            }
            if breaks && !text.is_empty() {
                let end = text.trim_end().len();
                text.truncate(end);
                places.truncate(end);
                text.push_str("\n\n");
                places.extend([at, at]);
            }
            breaks = false;
            if let Some(last) = bytes.last_mut() {
                *last = text.len();
            }
            text.push(c);
            places.resize(text.len(), at);
        }
        bytes.push(text.len());
        places.push(labelled.text.chars().count());
        let place = |at: usize| bytes.get(at).copied().unwrap_or(text.len());
        let labels = labelled.quotes.iter().map(|gold| Label::new(gold, Span::new(place(gold.start), place(gold.end)))).collect();
        Self { id: labelled.id, set: set.to_owned(), language: labelled.lang, text, weight, labels, places }
    }

    /// The label of a stretch that it shares most of its length with.
    pub fn label(&self, stretch: Span) -> Option<&Label> {
        let shared = |label: &Label| label.span.end.min(stretch.end).saturating_sub(label.span.start.max(stretch.start));
        let best = self.labels.iter().max_by_key(|label| shared(label))?;
        (shared(best) * 2 >= stretch.len()).then_some(best)
    }

    /// The product's answer as a JSON line, with places in the labelled text.
    pub fn prediction(&self, quotes: &[Quote]) -> serde_json::Value {
        let place = |span: Span| {
            let last = self.places.get(span.end.saturating_sub(1)).copied().unwrap_or_default();
            [self.places.get(span.start).copied().unwrap_or_default(), last + 1]
        };
        let quotes: Vec<serde_json::Value> = quotes
            .iter()
            .map(|quote| {
                let spans: Vec<[usize; 2]> = parts(quote).into_iter().map(place).collect();
                let [start, end] = place(quote.span);
                let mention = quote.speaker.as_ref().and_then(|speaker| speaker.mention).map(|mention| mention.of(&self.text));
                serde_json::json!({
                    "text": quote.span.of(&self.text), "start": start, "end": end, "spans": spans,
                    "speaker": quote.speaker.as_ref().map_or("", |speaker| speaker.name.as_str()),
                    "speaker_mention": mention.unwrap_or_default(),
                    "via": quote.speaker.as_ref().map(|speaker| speaker.via),
                    "cue": quote.cue.map(|cue| cue.span.of(&self.text)),
                })
            })
            .collect();
        serde_json::json!({"id": self.id, "quotes": quotes})
    }
}

impl Label {
    fn new(gold: &Gold, span: Span) -> Self {
        let mut names: Vec<String> = gold.speaker.iter().chain(gold.aliases.iter().flatten()).cloned().collect();
        names.retain(|name| !name.is_empty());
        let mention = gold.speaker_mention.clone().unwrap_or_default();
        if names.is_empty() && gold.kind.as_deref() == Some("nominal") && !mention.is_empty() {
            names.push(mention.clone());
        }
        let nobody = names.is_empty() && mention.is_empty();
        Self { span, names, mention, optional: gold.optional.unwrap_or(false), nobody }
    }

    pub const fn is_nobodys(&self) -> bool {
        self.nobody
    }

    /// Which candidates come to the labelled speaker, by the labelled words where any does.
    pub fn right(&self, candidates: &[Candidate]) -> Vec<bool> {
        if self.nobody {
            return candidates.iter().map(|candidate| candidate.speaker.is_empty() && candidate.mention.is_empty()).collect();
        }
        let by_name: Vec<bool> = candidates.iter().map(|candidate| self.is_called(&candidate.speaker)).collect();
        let mentioned = |candidate: &Candidate| {
            !candidate.mention.is_empty()
                && !self.mention.is_empty()
                && (self.mention.contains(&candidate.mention) || candidate.mention.contains(&self.mention))
        };
        if self.names.is_empty() {
            // A pronoun that stands for nobody in the text: any reading by that pronoun will do.
            return candidates.iter().map(mentioned).collect();
        }
        let both: Vec<bool> = candidates.iter().zip(&by_name).map(|(candidate, by_name)| *by_name && mentioned(candidate)).collect();
        if both.contains(&true) { both } else { by_name }
    }

    fn is_called(&self, name: &str) -> bool {
        !name.is_empty() && self.names.iter().any(|gold| same(gold, name))
    }
}

fn parts(quote: &Quote) -> Vec<Span> {
    if quote.parts.is_empty() { vec![quote.span] } else { quote.parts.clone() }
}

/// The words of a name that tell it from others, without accents.
fn words(name: &str) -> Vec<String> {
    let plain: String = name.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).collect::<String>().to_lowercase();
    let all: Vec<String> = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1).map(str::to_owned).collect();
    let telling: Vec<String> = all.iter().filter(|word| word.chars().count() > 3).cloned().collect();
    if telling.is_empty() { all } else { telling }
}

/// Whether two names are one person's: the same surname and no other given name, or one within the other.
fn same(gold: &str, name: &str) -> bool {
    let head = |text: &str| text.split([',', ';', '(']).next().unwrap_or_default().to_owned();
    let (one, other) = (words(&head(gold)), words(&head(name)));
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    if short.is_empty() {
        return gold.trim().eq_ignore_ascii_case(name.trim());
    }
    let within = short.iter().all(|word| long.contains(word));
    within
        || short.len() > 1
            && short.last() == long.last()
            && short.first().map(|word| word.chars().next()) == long.first().map(|word| word.chars().next())
}

/// How the answers for a set compare with its labels; quotes of four words or more.
#[derive(Default)]
pub struct Figure {
    labelled: usize,
    given: usize,
    found: usize,
    right: usize,
    with_speaker: usize,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let span = 2.0 * self.found as f64 / (self.given + self.labelled).max(1) as f64;
        write!(f, "{} quotes, found F1 {:.1}, speaker right {:.1} %", self.labelled, 100.0 * span, share(self.right, self.with_speaker))
    }
}

/// Compares what `answer` gives for each article with its labels.
pub fn measure<'a>(articles: impl Iterator<Item = (usize, &'a Article)>, answer: impl Fn(usize, &Article) -> Vec<Quote>) -> Figure {
    let mut figure = Figure::default();
    for (at, article) in articles {
        let long = |span: Span| span.of(&article.text).split_whitespace().count() >= 4;
        let mut seen: BTreeMap<usize, bool> = BTreeMap::new();
        for quote in answer(at, article) {
            for part in parts(&quote).into_iter().filter(|part| long(*part)) {
                let label = article
                    .labels
                    .iter()
                    .position(|label| label.span.overlaps(part) && label.span.len().abs_diff(part.len()) * 5 <= label.span.len() * 2);
                let name = quote.speaker.as_ref().map(|speaker| speaker.name.as_str()).unwrap_or_default();
                match label {
                    Some(index) if article.labels.get(index).is_some_and(|label| !label.optional) => {
                        figure.given += 1;
                        seen.entry(index).or_insert_with(|| article.labels.get(index).is_some_and(|label| label.is_called(name)));
                    }
                    None if article.label(part).is_none_or(|label| !label.optional) => figure.given += 1,
                    _ => {}
                }
            }
        }
        figure.labelled += article.labels.iter().filter(|label| !label.optional && long(label.span)).count();
        figure.found += seen.len();
        for (index, right) in seen {
            if article.labels.get(index).is_some_and(|label| !label.names.is_empty()) {
                figure.with_speaker += 1;
                figure.right += usize::from(right);
            }
        }
    }
    figure
}
