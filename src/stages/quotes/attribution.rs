//! Goes through an article's stretches in marks and settles of each whether it was said, and by whom.

use super::cast::Cast;
use super::incise;
use super::lexicon::{ADPOSITION, ARTICLE, AUXILIARY, Lexicon, PREPOSITION, PRONOUN, ROLE, VERB};
use super::marks::{self, Stretch};
use super::mentions::{self, Kind, Mention};
use super::model::Weights;
use super::readings::{Before, Path, Reader, Reading, Readings};
use super::said::{self, Stated};
use super::scene::{Scene, Zone};
use super::tokens::{self, BREAK, COLON, COMMA, EDGE, JOINED, STOP, Token};
use crate::model::{Attribution, Cue, Quote, QuoteKind, Span, Speaker, Words};
use crate::text::lang::Language;

/// Decides where more than one answer is open. The product asks the learned weights; the trainer asks people's labels.
pub trait Judge {
    /// Whether the stretch was said, by what speaks for it.
    fn is_said(&mut self, features: &[u16], stretch: Span) -> bool;
    /// Which of the readings holds; there is at least one.
    fn choose(&mut self, readings: &Readings, stretch: Span, cast: &Cast, scene: &Scene<'_>) -> usize;
}

/// The weights that copydesk carries, or others.
pub struct Learned<'a>(pub &'a Weights);

impl Judge for Learned<'_> {
    fn is_said(&mut self, features: &[u16], _: Span) -> bool {
        self.0.sum(features) >= 0.0
    }

    fn choose(&mut self, readings: &Readings, _: Span, _: &Cast, _: &Scene<'_>) -> usize {
        readings.best(self.0)
    }
}

/// A quote on the way, with the words that it is made of.
#[derive(Debug)]
pub struct Finding {
    pub quote: Quote,
    pub words: std::ops::Range<usize>,
    pub person: Option<usize>,
    pub whole: bool,
    /// A piece of the reporter's own sentence: it begins small, and no colon or comma sets it off.
    pub fragment: bool,
}

/// An article as it is read: its words, its stretches in marks, and who is who in it.
pub struct Article<'a> {
    text: &'a str,
    pub tokens: Vec<Token>,
    pieces: Vec<(Stretch, (usize, usize))>,
    pub mentions: Vec<Mention>,
    pub cast: Cast,
    drops_subject: bool,
    capital_nouns: bool,
}

/// Reads an article's words, marks and people.
pub fn read<'a>(text: &'a str, words: &Words, language: &'static Language, indirect: bool) -> Option<Article<'a>> {
    let data = &language.quotes;
    let stretches = marks::find(text, data);
    if stretches.is_empty() && !indirect {
        return None;
    }
    let mut tokens = tokens::read(text, words, &stretches, Lexicon::of(language));
    let stretches = names_in_marks(stretches, &mut tokens);
    let stretches = incise::split(stretches, &mut tokens, data.drops_subject);
    let (mentions, cast) = mentions::read(text, &tokens, Lexicon::of(language), data.capital_nouns);
    let mut pieces = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        let first = tokens.partition_point(|token| token.span().start < stretch.span.start);
        let end = tokens.partition_point(|token| token.span().end <= stretch.span.end);
        if first < end {
            pieces.push((stretch, (first, end)));
        }
    }
    Some(Article { text, tokens, pieces, mentions, cast, drops_subject: data.drops_subject, capital_nouns: data.capital_nouns })
}

/// Words that a name in marks has at most.
const NAME_IN_MARKS_MAX: usize = 4;

/// Takes the marks off names that tell who speaks: „...“, schrieb die „Netzeitung“.
fn names_in_marks(stretches: Vec<Stretch>, tokens: &mut [Token]) -> Vec<Stretch> {
    let mut kept = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        let first = tokens.partition_point(|token| token.span().start < stretch.span.start);
        let end = tokens.partition_point(|token| token.span().end <= stretch.span.end);
        let inside = tokens.get(first..end).unwrap_or_default();
        let named = !inside.is_empty()
            && inside.len() <= NAME_IN_MARKS_MAX
            && !stretch.dash
            && inside.first().is_some_and(|token| token.gap == EDGE && token.is_written_large())
            && inside.last().is_some_and(Token::is_written_large)
            && inside.iter().skip(1).all(|token| token.gap & !JOINED == 0);
        let near = tokens.get(first.saturating_sub(3)..first).unwrap_or_default();
        let beside = near.last().is_some_and(|token| token.is(ARTICLE | ADPOSITION | ROLE | VERB | PREPOSITION));
        if named && beside && near.iter().any(|token| token.is(VERB | ADPOSITION)) {
            tokens.get_mut(first..end).unwrap_or_default().iter_mut().for_each(|token| {
                token.leave_quote();
                token.names = true;
            });
        } else {
            kept.push(stretch);
        }
    }
    kept
}

impl Article<'_> {
    pub fn scene(&self) -> Scene<'_> {
        Scene { text: self.text, tokens: &self.tokens, mentions: &self.mentions }
    }

    pub fn reader(&self) -> Reader<'_> {
        Reader { scene: self.scene(), cast: &self.cast, drops_subject: self.drops_subject }
    }

    /// The quotes of the article, in text order.
    pub fn quotes(&self, judge: &mut dyn Judge) -> Vec<Finding> {
        let scene = self.scene();
        let reader = self.reader();
        let repeats = said::repeats(&scene, &self.pieces);
        let mut before = Before { spoke: vec![0; self.cast.persons.len()], ..Before::default() };
        let mut found: Vec<Finding> = Vec::new();
        let mut kept = false;
        let mut readings = Readings::with_capacity();
        for (at, ((stretch, words), repeats)) in self.pieces.iter().zip(repeats).enumerate() {
            let (first, end) = *words;
            if stretch.joined && kept {
                if let Some(last) = found.last_mut() {
                    join(last, stretch.span, end);
                    before.last = Some(end - 1);
                }
                continue;
            }
            let goes_on = stretch.goes_on && kept;
            let regions = scene.regions(first, end);
            if !goes_on {
                let stated = Stated { stretch, words: *words, repeats, capital_nouns: self.capital_nouns };
                // What is taken up again in the next paragraph, or signed in the line below, was said.
                let is_taken_up = self.pieces.get(at + 1).is_some_and(|(next, _)| next.goes_on);
                let is_signed = regions.iter().any(|region| region.zone == Zone::Signature && !region.mentions.is_empty());
                kept = stretch.dash
                    || is_taken_up
                    || is_signed
                    || !said::is_too_little(&scene, &stated, &regions)
                        && judge.is_said(&said::features(&scene, &stated, &regions), stretch.span);
                if !kept {
                    continue;
                }
            }
            reader.read(first, end, &regions, &before, &mut readings);
            let choice = judge.choose(&readings, stretch.span, &self.cast, &scene);
            let Some(reading) = readings.list.get(choice) else { continue };
            let (speaker, cue) = self.told(reading, first);
            if goes_on && let Some(last) = found.last_mut() {
                join(last, stretch.span, end);
                if last.quote.cue.is_none() && cue.is_some() {
                    (last.quote.speaker, last.quote.cue, last.person) = (speaker, cue, reading.person);
                    before.person = reading.person.or(before.person);
                }
                before.last = Some(end - 1);
                continue;
            }
            let capital = self.tokens.get(first).is_some_and(Token::is_written_large);
            if let Some(person) = reading.person {
                before.person = Some(person);
                if let Some(count) = before.spoke.get_mut(person) {
                    *count += 1;
                }
            }
            before.last = Some(end - 1);
            let quote = Quote { span: stretch.span, kind: QuoteKind::Direct, speaker, cue, score: 0.0, parts: Vec::new() };
            let set_off = self.tokens.get(first).is_some_and(|token| token.after(COLON | COMMA | STOP | BREAK));
            let (whole, fragment) = (capital && end - first >= 4, !capital && !set_off);
            found.push(Finding { quote, words: first..end, person: reading.person, whole, fragment });
        }
        found
    }

    /// A reading as a record shows it.
    pub fn told(&self, reading: &Reading, first: usize) -> (Option<Speaker>, Option<Cue>) {
        let cue = reading.cue.and_then(|cue| self.printed(cue));
        let mention = reading.mention.and_then(|index| self.mentions.get(index));
        let via = match (reading.path, mention.map(|mention| mention.kind)) {
            (Path::Nobody, _) => return (None, cue),
            (Path::Called, _) if reading.cue.is_none() && self.tokens.get(first).is_some_and(|token| token.after(COLON)) => {
                Attribution::Headline
            }
            (Path::Called, Some(Kind::Role)) => Attribution::Role,
            (Path::Called, _) => Attribution::Name,
            (Path::Pronoun, _) => Attribution::Pronoun,
            (Path::Dropped, _) => Attribution::Dropped,
            (Path::Continued, _) => Attribution::Continued,
        };
        let Some(person) = reading.person.and_then(|person| self.cast.persons.get(person)) else { return (None, cue) };
        let mention = mention.map(|mention| mentions::span(&self.tokens, mention));
        (Some(Speaker { name: person.name.of(self.text).to_owned(), via, mention }), cue)
    }

    /// The words of a cue: its verb with what belongs to it, "a-t-il déclaré".
    fn printed(&self, cue: usize) -> Option<Cue> {
        let verb = self.tokens.get(cue)?;
        let mut start = cue;
        while let Some(token) = start.checked_sub(1).and_then(|at| self.tokens.get(at)) {
            let glue = self.tokens.get(start).map_or(0, |token| token.gap);
            let belongs = glue == JOINED || token.is(AUXILIARY) && !token.is(PRONOUN) || token.is(PRONOUN) && token.after(JOINED);
            if glue & !JOINED != 0 || cue - start >= 4 || !belongs || token.capital {
                break;
            }
            start -= 1;
        }
        let mut last = *verb;
        for at in cue + 1..cue + 3 {
            match self.tokens.get(at) {
                Some(token) if token.gap == JOINED && !token.capital => last = *token,
                _ => break,
            }
        }
        Some(Cue { span: Span::new(self.tokens.get(start)?.span().start, last.span().end) })
    }
}

/// Adds a piece to the quote that it goes on with.
fn join(last: &mut Finding, span: Span, end: usize) {
    if last.quote.parts.is_empty() {
        last.quote.parts.push(last.quote.span);
    }
    last.quote.parts.push(span);
    last.quote.span.end = span.end;
    last.words.end = end;
}
