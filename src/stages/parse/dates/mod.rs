//! Reads the dates that people write, "3 mars 2024 à 14h05", "14.05 Uhr", "March 3, 2024 at 2:05 p.m. ET", as RFC 3339.
//!
//! A date without a year is none. A time without its zone is left out, since nobody could compare it. Months are known
//! by name in every language that has a file, whatever the language of the text; the language decides only what
//! "3/4/2024" means.

mod calendar;
mod clock;
mod grammar;
mod tokens;
mod vocabulary;
mod zones;

#[cfg(test)]
mod tests;

use crate::model::Span;
use calendar::Moment;
use grammar::{Order, Reader};
use tokens::{Kind, Token};

/// In bytes: what is longer is no date.
const DATE_BYTES_MAX: usize = 300;
/// In bytes: a date is looked for no further than this.
const FIND_BYTES_MAX: usize = 64 * 1024;

/// Reads a text that is nothing but a date, with the labels, names of days and signs that stand around one
/// ("Published: Sunday, 3 March 2024 | Updated: ..."): an RFC 3339 date-time, or `YYYY-MM-DD` where the time or its zone
/// is unknown. None where the text says anything else, or a day that never was.
///
/// `language` (BCP 47) decides whether "3/4/2024" is in March or April; without it such a date is refused.
pub(crate) fn read(text: &str, language: Option<&str>) -> Option<String> {
    if text.len() > DATE_BYTES_MAX {
        return None;
    }
    if let Some(moment) = of_digits(text.trim()) {
        return Some(moment);
    }
    let tokens = tokens::tokens(text);
    let reader = Reader::new(&tokens, Order::of(language));
    let (from, next, moment) = first(&reader, &tokens)?;
    let before = tokens.get(..from).unwrap_or_default();
    let after = tokens.get(next..).unwrap_or_default();
    let is_all = before.iter().all(Token::goes_with_a_date) && (reader.is_tail(next) || begins_an_update(after));
    is_all.then(|| moment.to_rfc3339())
}

/// Finds the first date in a text, and the place of its words. Reads the first 64 KiB.
pub(crate) fn find(text: &str, language: Option<&str>) -> Option<(Span, String)> {
    let text = text.get(..text.floor_char_boundary(FIND_BYTES_MAX)).unwrap_or(text);
    let tokens = tokens::tokens(text);
    let reader = Reader::new(&tokens, Order::of(language));
    let (from, next, moment) = first(&reader, &tokens)?;
    let start = tokens.get(from)?.start;
    let end = tokens.get(next.checked_sub(1)?)?.end;
    Some((Span::new(start, end), moment.to_rfc3339()))
}

/// The first date in a text with what the clock showed, whatever its zone: `YYYY-MM-DD`, hour and minute. None where the
/// first date has no time, or speaks of an update.
pub(crate) fn find_clock(text: &str, language: Option<&str>) -> Option<(String, u32, u32)> {
    let text = text.get(..text.floor_char_boundary(DATE_BYTES_MAX)).unwrap_or(text);
    let tokens = tokens::tokens(text);
    let reader = Reader::new(&tokens, Order::of(language));
    let (from, _, moment) = first(&reader, &tokens)?;
    let is_update = tokens.iter().take(from).any(|token| token.word().is_some_and(vocabulary::opens_an_update));
    let time = moment.time.filter(|time| !is_update && time.hour < 24)?;
    Some((moment.date.to_string(), time.hour, time.minute))
}

/// A point in time by the count of seconds or, where that would lie far ahead, of milliseconds since 1970: what
/// programs put in place of a date. None before 1990 and from 2100.
pub(crate) fn from_epoch(count: f64) -> Option<String> {
    Moment::from_epoch(count).map(Moment::to_rfc3339)
}

/// True for what may be the day of a dateline, with or without its year: "3 mars", "12 NOV", "Senin (3/3)".
pub(super) fn is_day(text: &str) -> bool {
    let tokens = tokens::tokens(text);
    let (mut numbers, mut months, mut weekdays) = (0, 0, 0);
    for token in &tokens {
        match &token.kind {
            Kind::Number(1..=31, 1 | 2) | Kind::Number(1900..2100, 4) => numbers += 1,
            Kind::Number(..) => return false,
            Kind::Word(_, word) if vocabulary::month(word).is_some() => months += 1,
            Kind::Word(_, word) if vocabulary::is_weekday(word) => weekdays += 1,
            Kind::Word(_, word)
                if matches!(word.as_str(), "st" | "nd" | "rd" | "th" | "er" | "de" | "of" | "the" | "le" | "den" | "am" | "e") => {}
            Kind::Word(..) => return false,
            Kind::Sign('.' | '/' | ',' | '(' | ')' | '-' | 'º' | '°') => {}
            Kind::Sign(_) => return false,
        }
    }
    let is_date = (months == 1 && (1..=2).contains(&numbers)) || (months == 0 && (2..=3).contains(&numbers) && text.contains('/'));
    is_date || (weekdays == 1 && months == 0 && numbers == 0 && tokens.len() == 1)
}

pub(super) fn is_day_or_month(word: &str) -> bool {
    let word = word.to_lowercase();
    vocabulary::month(&word).is_some() || vocabulary::is_weekday(&word)
}

/// True for words that stand around dates: names of days, "at", "published".
pub(super) fn goes_with_a_date(word: &str) -> bool {
    vocabulary::goes_with_a_date(&word.to_lowercase())
}

/// True for the first word of "updated on", "mis à jour le"; in small letters.
pub(super) fn opens_an_update(word: &str) -> bool {
    vocabulary::opens_an_update(word)
}

fn first(reader: &Reader<'_>, tokens: &[Token<'_>]) -> Option<(usize, usize, Moment)> {
    (0..tokens.len()).find_map(|from| reader.moment_at(from).map(|(moment, next)| (from, next, moment)))
}

/// "20240303", "20240303T140500Z", "1709474700", "1709474700123".
fn of_digits(text: &str) -> Option<String> {
    if let Some((day, time)) = text.split_once('T')
        && day.len() == 8
        && let (Some(hour), Some(minute), Some(rest)) = (time.get(..2), time.get(2..4), time.get(4..))
    {
        let (second, zone) =
            rest.split_at_checked(2).filter(|(second, _)| second.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(("00", rest));
        let day = of_digits(day)?;
        return read(&format!("{day}T{hour}:{minute}:{second}{zone}"), None);
    }
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match (whole.len(), text.len()) {
        (8, 8) => {
            let number: u32 = text.parse().ok()?;
            let date = calendar::date(number / 10_000, number / 100 % 100, number % 100)?;
            Some(Moment { date, time: None, zone: None }.to_rfc3339())
        }
        (10 | 13, _) => from_epoch(text.parse().ok()?),
        _ => None,
    }
}

/// "| Updated: 4 March 2024", "(zuletzt geändert am ...)".
fn begins_an_update(tokens: &[Token<'_>]) -> bool {
    tokens.iter().find(|token| token.word().is_some()).is_some_and(|token| token.word().is_some_and(vocabulary::opens_an_update))
}
