//! Finds reported speech: what somebody said in the reporter's words, "said that ...", "laut ...", "selon ...".

use super::attribution::{Article, Finding, Judge, Learned};
use super::lexicon::{ADPOSITION, ANY_VERB, POSTPOSITION, THAT, VERB};
use super::model::Weights;
use super::readings::{Before, Path, Reader, Readings};
use super::tokens::{COMMA, Token};
use crate::model::{Quote, QuoteKind, Span};

/// Words between a verb of speech and its "that": "said on Monday that".
const THAT_REACH: usize = 7;

/// Words between the head of a sentence and an adposition, or the other way round.
const ADPOSITION_REACH: usize = 4;

/// Words that name the speaker after an adposition: "Selon le porte-parole du ministère de la Santé, ...".
const NAMING_MAX: usize = 14;

/// Reported speech of fewer words says too little.
const WORDS_MIN: usize = 3;

/// Adds the reported speech of an article, each to its place in the text.
pub fn find(article: &Article<'_>, found: &mut Vec<Finding>) {
    let reader = article.reader();
    let direct = found.len();
    let mut first = 0;
    while let Some(head) = article.tokens.get(first) {
        let end = first + article.tokens.get(first..).unwrap_or_default().partition_point(|token| token.sentence == head.sentence);
        let words = article.tokens.get(first..end).unwrap_or_default();
        if !words.iter().any(|token| token.quoted)
            && let Some((content, cue)) = reported(words).map(|(content, cue)| (content.start + first..content.end + first, cue + first))
            && let Some(finding) = told(article, &reader, content, cue, found.get(..direct).unwrap_or_default())
        {
            found.push(finding);
        }
        first = end.max(first + 1);
    }
    found.sort_by_key(|finding| finding.quote.span);
}

/// Which words of a sentence are reported, and by which word.
fn reported(words: &[Token]) -> Option<(std::ops::Range<usize>, usize)> {
    let long = |content: &std::ops::Range<usize>| content.len() >= WORDS_MIN;
    for (at, token) in words.iter().enumerate() {
        let is_verb = token.is(VERB) && !token.capital;
        let tail = words.get(at + 1..(at + THAT_REACH).min(words.len())).unwrap_or_default();
        if is_verb && let Some(that) = tail.iter().position(|next| next.is(THAT) && !next.is(ANY_VERB)) {
            let content = at + that + 2..words.len();
            return long(&content).then_some((content, at));
        }
        let adposition = token.is(ADPOSITION) && !token.is(ANY_VERB);
        if adposition && at < ADPOSITION_REACH {
            let naming = words.get(at + 1..(at + NAMING_MAX).min(words.len())).unwrap_or_default();
            let comma = naming.iter().skip(1).position(|next| next.after(COMMA)).map(|comma| at + 2 + comma);
            // "Laut Weber ist die Brücke zu": German goes on with the verb.
            let from = comma.or_else(|| naming.iter().skip(1).position(|next| !next.capital && next.gap == 0).map(|next| at + 2 + next))?;
            let content = from..words.len();
            return long(&content).then_some((content, at));
        }
        let closes = adposition || token.is(POSTPOSITION);
        if closes && at + 1 + NAMING_MAX >= words.len() && at > WORDS_MIN {
            let back =
                (at.saturating_sub(ADPOSITION_REACH)..=at).rev().find(|comma| words.get(*comma).is_some_and(|word| word.after(COMMA)));
            if let Some(comma) = back {
                let content = 0..comma;
                return long(&content).then_some((content, at));
            }
        }
    }
    None
}

/// The finding, if the word that reports has somebody who speaks.
fn told(article: &Article<'_>, reader: &Reader<'_>, content: std::ops::Range<usize>, cue: usize, direct: &[Finding]) -> Option<Finding> {
    let known = direct.partition_point(|finding| finding.words.end <= content.start).checked_sub(1).and_then(|at| direct.get(at));
    let before = Before {
        person: known.and_then(|known| known.person),
        last: known.and_then(|known| known.words.end.checked_sub(1)),
        spoke: Vec::new(),
    };
    let regions = reader.scene.regions(content.start, content.end);
    let mut readings = Readings::default();
    reader.read(content.start, content.end, &regions, &before, &mut readings);
    let span = Span::new(article.tokens.get(content.start)?.span().start, article.tokens.get(content.end.checked_sub(1)?)?.span().end);
    let choice = Learned(Weights::learned()).choose(&readings, span, &article.cast, &article.scene());
    let by_cue = |path: Path, by: Option<usize>| by == Some(cue) && path != Path::Nobody;
    let chosen = readings.list.get(choice).filter(|reading| by_cue(reading.path, reading.cue))?;
    let (speaker, cue) = article.told(chosen, content.start);
    let quote = Quote { span, kind: QuoteKind::Indirect, speaker: Some(speaker?), cue, score: 0.0, parts: Vec::new() };
    Some(Finding { quote, words: content, person: chosen.person, whole: false, fragment: false })
}
