//! Tells why each quote was given its speaker: all readings that were weighed, and what spoke for each.

use super::attribution::{self, Judge, Learned};
use super::cast::Cast;
use super::features;
use super::model::Weights;
use super::readings::{Path, Readings};
use super::scene::Scene;
use crate::model::{CleanArticle, Span};
use crate::text::{lang, words};

/// One stretch in marks, and what was made of it.
#[derive(Clone, Debug)]
pub struct Explanation {
    pub span: Span,
    /// How sure it is that it was said: 0 and more is taken for speech.
    pub said: f64,
    /// The readings of who said it, the best first; empty where it was not said.
    pub readings: Vec<ReadingExplained>,
}

/// One way to read who spoke.
#[derive(Clone, Debug)]
pub struct ReadingExplained {
    /// `called`, `pronoun`, `dropped`, `continued` or `nobody`.
    pub path: &'static str,
    /// The speaker's name; empty for nobody.
    pub speaker: String,
    /// The words that stand for the speaker.
    pub mention: Option<Span>,
    pub total: f64,
    /// Each feature's name and what it counts, the weightiest first.
    pub terms: Vec<(String, f64)>,
}

impl ReadingExplained {
    /// What counts how much, in words, the weightiest first. Features that tell of one thing are one.
    pub fn told(&self) -> Vec<(&'static str, f64)> {
        let mut told: Vec<(&'static str, f64)> = Vec::new();
        for (name, term) in &self.terms {
            let family = name.split('.').next().unwrap_or_default();
            let thing = thing(family);
            match told.iter_mut().find(|(known, _)| *known == thing) {
                Some((_, sum)) => *sum += term,
                None => told.push((thing, *term)),
            }
        }
        told.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
        told
    }
}

/// What a family of features tells of.
fn thing(family: &str) -> &'static str {
    match family {
        "path" | "path_cues" | "path_length" | "path_head" | "path_opening" => "this way of naming at such a quote",
        "zone_kind" | "order" => "where the name stands",
        "relation" => "its tie to the verb of saying",
        "cue_distance" => "how near the verb of saying is",
        "quote_distance" | "mention_distance" => "how near the quote is",
        "flag" | "flag_far" | "label" => "the signs beside the name",
        "person_kind" | "person_use" => "what kind of speaker it is",
        "person_count" | "person_before" | "recency" => "how much the article tells of the speaker",
        "person_spoke" | "previous" => "who spoke before",
        "person_inside" => "the name within the quote",
        "agreement" => "gender and number",
        "place" => "the place in the article",
        "subject" => "subject of the sentence",
        _ => "whom the pronoun stands for",
    }
}

/// Explains every stretch in marks of an article, in text order.
pub fn explain(article: &CleanArticle) -> Vec<Explanation> {
    let language = lang::of(&article.language.code);
    let Some(read) = attribution::read(&article.text, &words::read(&article.text), language, false) else { return Vec::new() };
    let mut explainer = Explainer { explained: Vec::new() };
    read.quotes(&mut explainer);
    explainer.explained
}

struct Explainer {
    explained: Vec<Explanation>,
}

impl Judge for Explainer {
    fn is_said(&mut self, features: &[u16], stretch: Span) -> bool {
        let weights = Weights::learned();
        let said = weights.sum(features);
        self.explained.push(Explanation { span: stretch, said, readings: Vec::new() });
        Learned(weights).is_said(features, stretch)
    }

    fn choose(&mut self, readings: &Readings, stretch: Span, cast: &Cast, scene: &Scene<'_>) -> usize {
        let weights = Weights::learned();
        let choice = Learned(weights).choose(readings, stretch, cast, scene);
        let mut explained: Vec<ReadingExplained> = Vec::with_capacity(readings.list.len());
        for reading in &readings.list {
            let mut terms: Vec<(String, f64)> =
                readings.features(reading).map(|feature| (features::name(feature), weights.of(feature))).collect();
            terms.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
            let speaker = reading.person.and_then(|person| cast.persons.get(person)).map(|person| person.name.of(scene.text).to_owned());
            let mention = reading.mention.and_then(|index| scene.mentions.get(index));
            explained.push(ReadingExplained {
                path: match reading.path {
                    Path::Called => "called",
                    Path::Pronoun => "pronoun",
                    Path::Dropped => "dropped",
                    Path::Continued => "continued",
                    Path::Nobody => "nobody",
                },
                speaker: speaker.unwrap_or_default(),
                mention: mention.map(|mention| super::mentions::span(scene.tokens, mention)),
                total: readings.features(reading).map(|feature| weights.of(feature)).sum(),
                terms,
            });
        }
        explained.sort_by(|one, other| other.total.total_cmp(&one.total));
        match self.explained.last_mut().filter(|last| last.span == stretch) {
            Some(last) => last.readings = explained,
            None => self.explained.push(Explanation { span: stretch, said: 0.0, readings: explained }),
        }
        choice
    }
}
