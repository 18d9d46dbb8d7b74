//! Tells whether what stands in marks was said, or is a title of a work, a scare quote, a nickname, a gloss, a motto.

use rustc_hash::FxHashMap;

use super::features::{Family, bucket, feature};
use super::lexicon::{ADPOSITION, ANY_VERB, ARTICLE, AUXILIARY, LABEL, PREPOSITION, PRONOUN, ROLE, THAT, VERB};
use super::marks::Stretch;
use super::scene::{Region, Scene};
use super::tokens::{BRACKET, BREAK, COLON, COMMA, DASH, STOP, Token};

/// What is known of a stretch in marks before it is asked who said it.
#[derive(Clone, Copy, Debug)]
pub struct Stated<'a> {
    pub stretch: &'a Stretch,
    /// Its words, as tokens, end exclusive.
    pub words: (usize, usize),
    /// How often the article has it in marks.
    pub repeats: usize,
    pub capital_nouns: bool,
}

/// How often each stretch stands in the article.
pub fn repeats(scene: &Scene<'_>, pieces: &[(Stretch, (usize, usize))]) -> Vec<usize> {
    let mut counts: FxHashMap<u64, usize> = FxHashMap::default();
    let number = |words: (usize, usize)| {
        let inside = scene.tokens.get(words.0..words.1).unwrap_or_default();
        inside.iter().take(8).fold(words.1 as u64 - words.0 as u64, |sum, token| sum.rotate_left(7) ^ token.hash)
    };
    pieces.iter().for_each(|(_, words)| *counts.entry(number(*words)).or_default() += 1);
    pieces.iter().map(|(_, words)| counts.get(&number(*words)).copied().unwrap_or(1)).collect()
}

/// Whether a single word, or nothing, stands in marks without being a whole utterance: that is never a quote.
pub fn is_too_little(scene: &Scene<'_>, stated: &Stated<'_>, regions: &[Region]) -> bool {
    let (first, end) = stated.words;
    if end <= first {
        return true;
    }
    if end - first > 1 {
        return false;
    }
    let sure = regions.iter().any(|region| {
        let near = |cue: &usize| if region.zone.is_after() { *cue <= end + 3 } else { *cue + 4 >= first };
        region.cues.iter().any(|cue| near(cue) && scene.tokens.get(*cue).is_some_and(|token| token.is(VERB)))
    });
    let opening = scene.tokens.get(first).map_or(0, |token| token.gap);
    let whole = opening & (COLON | COMMA | STOP | BREAK) != 0 || first == 0;
    let closed = scene.tokens.get(end).is_none_or(|token| token.gap & (COMMA | STOP | BREAK) != 0);
    !(sure && whole && closed)
}

/// What speaks for its being said.
pub fn features(scene: &Scene<'_>, stated: &Stated<'_>, regions: &[Region]) -> Vec<u16> {
    let (first, end) = stated.words;
    let inside = scene.tokens.get(first..end).unwrap_or_default();
    let words = inside.len();
    let nouns = usize::from(stated.capital_nouns);
    let capitals = inside.iter().filter(|token| token.is_written_large()).count();
    let share = (capitals * 8).checked_div(words).unwrap_or(0);
    let opening = inside.first().map_or(0, |token| token.gap);
    let starts = if first == 0 || opening & BREAK != 0 {
        0
    } else if opening & COLON != 0 {
        1
    } else if opening & STOP != 0 {
        2
    } else if opening & COMMA != 0 {
        3
    } else if opening & BRACKET != 0 {
        4
    } else if opening & DASH != 0 {
        5
    } else {
        6
    };
    let large = inside.first().is_some_and(Token::is_written_large);
    let length = bucket(words, &[1, 2, 3, 5, 8, 14]);
    let after = scene.tokens.get(end);
    let closing = match after {
        None => 0,
        Some(token) if token.gap & BREAK != 0 => 1,
        Some(token) if token.gap & COMMA != 0 => 2,
        Some(token) if token.gap & STOP != 0 => 3,
        Some(token) if token.gap & BRACKET != 0 => 4,
        Some(token) if token.is(ANY_VERB) => 5,
        Some(token) if token.is(PREPOSITION | ARTICLE) => 6,
        Some(_) => 7,
    };
    let stop = inside.last().and_then(|last| scene.text.get(last.span().end..)).and_then(|rest| rest.chars().next());
    let ended = match stop {
        Some('.' | '!' | '?' | '…') => 2,
        Some(',') => 1,
        _ => 0,
    };
    let mut features = Vec::with_capacity(32);
    features.extend([
        feature(Family::Said, 0),
        feature(Family::SaidWords, length + 8 * nouns),
        feature(Family::SaidCapitals, share.min(8) + 9 * nouns),
        feature(Family::SaidOpening, starts * 6 + length.min(5)),
        feature(Family::SaidClosing, closing),
        feature(Family::SaidMarks, usize::from(large) * 3 + ended),
        feature(Family::SaidMarks, 6 + usize::from(stated.stretch.dash)),
        feature(Family::SaidMarks, 8 + usize::from(stated.stretch.single)),
        feature(Family::SaidMarks, 10 + stated.repeats.saturating_sub(1).min(2)),
    ]);
    for region in regions {
        let side = usize::from(!region.zone.is_after());
        let nearest = region.cues.iter().filter(|cue| scene.tokens.get(**cue).is_some_and(|token| token.is(VERB | ADPOSITION)));
        let distance = nearest.map(|cue| if side == 0 { cue - end } else { first - cue - 1 }).min();
        let step = distance.map_or(5, |distance| bucket(distance, &[0, 2, 5, 12]));
        features.push(feature(Family::SaidCue, side * 6 + step + if region.zone.side() == 2 { 6 } else { 0 }));
        if region.cues.is_empty() {
            features.push(feature(Family::SaidCue, 18 + side));
        }
    }
    if regions.is_empty() {
        features.push(feature(Family::SaidCue, 20));
    }
    if opening & (STOP | BREAK | COLON) == 0 {
        let near = scene.tokens.get(first.saturating_sub(2)..first).unwrap_or_default();
        let last = near.last();
        let facts = [
            near.iter().any(|token| token.is(LABEL)),
            last.is_some_and(|token| token.is(LABEL)),
            last.is_some_and(|token| token.is(ARTICLE)),
            last.is_some_and(|token| token.is(PREPOSITION)),
            last.is_some_and(|token| token.is(THAT)),
            last.is_some_and(|token| token.is(ANY_VERB)),
            last.is_some_and(|token| token.is(AUXILIARY)),
            last.is_some_and(|token| token.is(ROLE)),
            last.is_some_and(|token| token.capital),
        ];
        features.extend(facts.iter().enumerate().filter(|(_, fact)| **fact).map(|(at, _)| feature(Family::SaidNear, at)));
    }
    let classes = inside.iter().fold(0, |classes, token| classes | token.class);
    let later = inside.get(1..).unwrap_or_default();
    let (gaps, heads) = later.iter().fold((0, false), |(gaps, heads), token| (gaps | token.gap, heads | token.heads));
    let facts = [
        gaps & COMMA != 0,
        heads,
        classes & PRONOUN != 0,
        classes & AUXILIARY != 0,
        inside.first().is_some_and(|token| token.is(ARTICLE)),
        classes & THAT != 0,
        gaps & COLON != 0,
    ];
    let short = if words <= 6 { 0 } else { 8 };
    features.extend(facts.iter().enumerate().filter(|(_, fact)| **fact).map(|(at, _)| feature(Family::SaidInside, at + short)));
    features
}
