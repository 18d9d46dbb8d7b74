//! Cuts out a cue that stands within the marks: « Nous partons, a-t-elle dit, et nous ne reviendrons pas. »

use super::lexicon::{ARTICLE, AUXILIARY, PRONOUN, ROLE, THAT, TITLE, VERB};
use super::marks::Stretch;
use super::tokens::{BRACKET, COLON, COMMA, DASH, EDGE, JOINED, STOP, Token};
use crate::model::Span;

/// A cue within the marks has no more words.
const WORDS_MAX: usize = 14;
/// A name behind an office has no more words, an office behind a name, and the bytes of a small word within a name.
const NAME_WORDS_MAX: usize = 4;
const OFFICE_WORDS_MAX: usize = 8;
const PARTICLE_BYTES_MAX: usize = 3;

/// Splits every stretch that a cue interrupts; what stands in the cue is no longer quoted.
pub fn split(stretches: Vec<Stretch>, tokens: &mut [Token], drops_subject: bool) -> Vec<Stretch> {
    let mut pieces = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        let first = tokens.partition_point(|token| token.span().start < stretch.span.start);
        let end = tokens.partition_point(|token| token.span().end <= stretch.span.end);
        let known = pieces.len();
        split_one(stretch, tokens, (first, end), drops_subject, &mut pieces);
        let is_whole = pieces.get(known).is_some_and(|piece| piece.span == stretch.span);
        if stretch.alone && is_whole {
            pieces.truncate(known);
            tokens.get_mut(first..end).unwrap_or_default().iter_mut().for_each(Token::leave_quote);
        }
    }
    pieces
}

fn split_one(stretch: Stretch, tokens: &mut [Token], words: (usize, usize), drops_subject: bool, pieces: &mut Vec<Stretch>) {
    let (mut from, end) = words;
    let mut rest = stretch;
    let mut at = from + 1;
    while at < end {
        let Some(length) = cue_length(tokens, at, end, drops_subject, stretch.dash) else {
            at += 1;
            continue;
        };
        if let (Some(head), Some(tail)) = (tokens.get(from), tokens.get(at - 1)) {
            pieces.push(Stretch { span: Span::new(head.span().start, tail.span().end), ..rest });
        }
        for token in tokens.get_mut(at..at + length).unwrap_or_default() {
            token.quoted = false;
        }
        for edge in [at, at + length] {
            if let Some(token) = tokens.get_mut(edge) {
                token.gap |= EDGE;
            }
        }
        from = at + length;
        if from >= end {
            return;
        }
        // A small letter after the full stop of "dit-il." would be odd: a new sentence begins a new utterance all the same.
        rest = Stretch { joined: true, goes_on: false, opens_paragraph: false, ..stretch };
        at = from + 1;
    }
    if let (Some(head), Some(tail)) = (tokens.get(from), end.checked_sub(1).and_then(|last| tokens.get(last))) {
        let span = if from == words.0 { stretch.span } else { Span::new(head.span().start, tail.span().end) };
        pieces.push(Stretch { span, ..rest });
    }
}

/// How many words a cue has that begins at `at`; none if none does.
fn cue_length(tokens: &[Token], at: usize, end: usize, drops_subject: bool, dash_line: bool) -> Option<usize> {
    let opening = tokens.get(at)?;
    let set_off = opening.gap & (COMMA | DASH | STOP) != 0 || opening.gap != 0 && opening.gap & (JOINED | COLON | EDGE | BRACKET) == 0;
    if !set_off || opening.capital && !opening.heads {
        return None;
    }
    let small = !opening.capital;
    let head = tokens.get(at..(at + 7).min(end))?;
    let mut verb = None;
    let mut inverted = false;
    for (place, token) in head.iter().enumerate() {
        if place > 0 && token.gap & !JOINED != 0 {
            break;
        }
        if token.is(VERB) {
            verb = Some(place);
        }
        let pronoun = token.is(PRONOUN) && token.after(JOINED) && place > 0;
        inverted |= pronoun && !token.is(TITLE);
        let known = token.is(AUXILIARY | VERB | PRONOUN | ARTICLE) || token.after(JOINED) || token.span().len() <= 3;
        if !known {
            break;
        }
        if verb.is_some() && !token.after(JOINED) && !tokens.get(at + place + 1).is_some_and(|next| next.after(JOINED)) {
            break;
        }
    }
    let verb = verb?;
    let by_dash = opening.after(DASH);
    let next = tokens.get(at + verb + 1).filter(|_| at + verb + 1 < end);
    let clear = next.is_none_or(|next| next.gap & !JOINED != 0);
    let subject = next.is_some_and(|next| {
        next.gap & !JOINED == 0 && (next.capital || next.is(ARTICLE | TITLE | ROLE) || next.is(PRONOUN)) && !next.is(THAT)
    });
    // "dit-il", "lui a-t-elle dit", but not "je lui ai dit" nor "and we warn".
    let from_start = head.iter().take(verb).enumerate().all(|(place, token)| {
        let bare_pronoun = token.is(PRONOUN) && !token.after(JOINED);
        let object = place == 0 && inverted && token.span().len() <= 4;
        !bare_pronoun && (token.is(AUXILIARY) || token.after(JOINED) || object)
    });
    let fits = small && from_start && (inverted || subject && !next.is_some_and(|next| next.is(THAT)) || clear && drops_subject && by_dash);
    if !fits {
        return None;
    }
    let tail = tokens.get(at + verb + 1..end.min(at + WORDS_MAX + 2)).unwrap_or_default();
    let closes = |token: &Token| {
        if by_dash && !dash_line { token.after(DASH | STOP) } else { token.after(COMMA | STOP | DASH | COLON) || token.gap & !JOINED != 0 }
    };
    let length = tail.iter().position(closes).map_or(end - at, |length| verb + 1 + length);
    if length > WORDS_MAX {
        return None;
    }
    let more = if subject && !by_dash { apposition(tokens, (at + verb + 1, at + length), end) } else { None };
    Some(length + more.unwrap_or(0))
}

/// How many words tell, between commas behind the speaker, who that is: "assure le directeur du port, Étienne Vauclair,"
/// and "a assuré Jeanne Morel, maire de la ville,".
fn apposition(tokens: &[Token], speaker: (usize, usize), end: usize) -> Option<usize> {
    let speaker_words = tokens.get(speaker.0..speaker.1)?;
    let rest = tokens.get(speaker.1..end).filter(|rest| rest.first().is_some_and(|token| token.after(COMMA)))?;
    // What is not closed by a comma goes on as the quote does.
    let length = 1 + rest.iter().skip(1).position(|token| token.gap & !JOINED != 0)?;
    let inside = rest.get(..length).filter(|_| rest.get(length).is_some_and(|token| token.after(COMMA)))?;
    let is_name = |words: &[Token]| {
        let at_ends = [words.first(), words.last()].into_iter().flatten().all(Token::is_written_large);
        at_ends && words.iter().all(|token| token.is_written_large() || token.after(JOINED) || token.span().len() <= PARTICLE_BYTES_MAX)
    };
    let names = speaker_words.iter().any(|token| token.is(ROLE)) && (2..=NAME_WORDS_MAX).contains(&length) && is_name(inside);
    let tells_office = is_name(speaker_words)
        && length <= OFFICE_WORDS_MAX
        && inside.iter().take(2).any(|token| token.is(ROLE))
        && !inside.iter().any(|token| token.is(VERB | PRONOUN));
    (names || tells_office).then_some(length)
}
