//! What the trainer needs: the cases that the product would have to decide, with the product's own features.

use super::attribution::{self, Judge, Learned};
use super::cast::Cast;
use super::mentions;
use super::readings::Readings;
use super::scene::Scene;
use crate::model::{Quote, Span};
use crate::text::{lang, words};

pub use super::features::{COUNT, name};
pub use super::model::Weights;

/// One reading of who said a quote.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The speaker's name; empty for nobody.
    pub speaker: String,
    /// The words beside the quote that stand for the speaker; empty where none do.
    pub mention: String,
    pub features: Vec<u16>,
}

/// Answers what the product would ask its weights.
pub trait Teacher {
    /// Whether the stretch in marks was said.
    fn is_said(&mut self, features: &[u16], stretch: Span) -> bool;
    /// Which of the candidates holds: one of their places.
    fn choose(&mut self, candidates: &[Candidate], stretch: Span) -> usize;
}

/// Asks about every stretch of a text in a language, in text order.
pub fn ask(text: &str, code: &str, teacher: &mut dyn Teacher) {
    if let Some(read) = attribution::read(text, &words::read(text), lang::of(code), false) {
        read.quotes(&mut Asked(teacher));
    }
}

struct Asked<'a>(&'a mut dyn Teacher);

impl Judge for Asked<'_> {
    fn is_said(&mut self, features: &[u16], stretch: Span) -> bool {
        self.0.is_said(features, stretch)
    }

    fn choose(&mut self, readings: &Readings, stretch: Span, cast: &Cast, scene: &Scene<'_>) -> usize {
        let letters = |span: Span| span.of(scene.text).to_owned();
        let candidates: Vec<Candidate> = readings
            .list
            .iter()
            .map(|reading| Candidate {
                speaker: reading.person.and_then(|person| cast.persons.get(person)).map(|person| letters(person.name)).unwrap_or_default(),
                mention: reading
                    .mention
                    .and_then(|index| scene.mentions.get(index))
                    .map(|mention| letters(mentions::span(scene.tokens, mention)))
                    .unwrap_or_default(),
                features: readings.features(reading).collect(),
            })
            .collect();
        self.0.choose(&candidates, stretch)
    }
}

/// The quotes of a text as given weights would have them, unscored.
pub fn quotes(text: &str, code: &str, weights: &Weights) -> Vec<Quote> {
    let read = attribution::read(text, &words::read(text), lang::of(code), false);
    let found = read.map(|read| read.quotes(&mut Learned(weights))).unwrap_or_default();
    found.into_iter().map(|finding| finding.quote).collect()
}
