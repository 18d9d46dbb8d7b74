//! Tells what stands in marks and was not said: titles of works, scare quotes, nicknames, glosses, mottos.

use super::lexicon::LABEL;
use super::tokens::{BRACKET, COLON, COMMA, STOP, Token};

/// A stretch of so few words is a quote only where somebody is said to say it.
const FRAGMENT_WORDS_MAX: usize = 3;

/// Whether the stretch of tokens `first` to `end` was said by nobody.
pub fn refuses(tokens: &[Token], first: usize, end: usize, told: bool, capital_nouns: bool) -> bool {
    let inside = tokens.get(first..end).unwrap_or_default();
    let words = inside.len();
    if words == 0 {
        return true;
    }
    let opening = tokens.get(first).map_or(0, |token| token.gap);
    let set_off = opening & (COLON | COMMA | STOP) != 0;
    let near = tokens.get(first.saturating_sub(2)..first).unwrap_or_default();
    let labelled = !set_off && near.iter().any(|token| token.is(LABEL) && !token.quoted);
    if labelled {
        return true;
    }
    let whole = tokens.get(end).is_none_or(|token| token.gap & (COMMA | STOP) != 0) || set_off;
    if words == 1 {
        return !(told && whole);
    }
    if opening & BRACKET != 0 && !told {
        return true;
    }
    let capitals = inside.iter().filter(|token| token.capital).count();
    let named = !capital_nouns && capitals * 2 > words && words <= 8;
    if named && !(told && whole) {
        return true;
    }
    words <= FRAGMENT_WORDS_MAX && !told && !set_off
}
