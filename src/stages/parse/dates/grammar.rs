//! The shapes of dates and times, read from a place on.

use jiff::civil::Date;

use super::calendar::{Moment, Time, Zone, date};
use super::tokens::{Kind, Token};
use super::{vocabulary, zones};
use crate::text::lang;

/// Which number comes first in "3/4/2024".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
    Unknown,
}

/// English-speaking countries that set the day first.
const DAY_FIRST_REGIONS: [&str; 11] = ["gb", "uk", "au", "nz", "ie", "in", "za", "ng", "ke", "sg", "my"];

impl Order {
    pub fn of(language: Option<&str>) -> Self {
        let Some(tag) = language else { return Self::Unknown };
        let mut parts = tag.split(['-', '_']);
        let code = parts.next().unwrap_or_default().to_ascii_lowercase();
        if code.is_empty() || code == "und" {
            return Self::Unknown;
        }
        let sets_day_first = parts.any(|part| DAY_FIRST_REGIONS.iter().any(|region| part.eq_ignore_ascii_case(region)));
        if lang::of(&code).articles.month_first && !sets_day_first { Self::MonthFirst } else { Self::DayFirst }
    }
}

pub(super) struct Reader<'a> {
    pub(super) tokens: &'a [Token<'a>],
    order: Order,
}

/// A date, the place after it, and whether it was written as ISO 8601 wants it.
struct Day {
    date: Date,
    next: usize,
    iso: bool,
}

impl<'a> Reader<'a> {
    pub fn new(tokens: &'a [Token<'a>], order: Order) -> Self {
        Self { tokens, order }
    }

    /// The date that begins in this place, with its time where it has one, and the place after it.
    pub fn moment_at(&self, from: usize) -> Option<(Moment, usize)> {
        if self.is_within_a_number(from) {
            return None;
        }
        if let Some(found) = self.unix_date(from) {
            return Some(found);
        }
        if let Some(day) = self.day(from) {
            let (time, zone, next) = self.time_after(&day).unwrap_or((None, None, day.next));
            return Some((Moment { date: day.date, time, zone }, next));
        }
        self.time_before(from)
    }

    /// True where nothing but signs, days, zones, words of dates and bracketed remarks follows.
    pub fn is_tail(&self, from: usize) -> bool {
        let mut at = from;
        while let Some(token) = self.tokens.get(at) {
            if token.is_sign('(') {
                at = self.tokens.iter().skip(at).position(|token| token.is_sign(')')).map_or(self.tokens.len(), |length| at + length + 1);
                continue;
            }
            let is_zone = token.word().is_some_and(|word| zones::named(word).is_some());
            if !is_zone && !token.goes_with_a_date() {
                return false;
            }
            at += 1;
        }
        true
    }

    pub(super) fn number(&self, at: usize) -> Option<(u32, usize)> {
        match self.tokens.get(at)?.kind {
            Kind::Number(value, digits) => Some((value, digits)),
            Kind::Word(..) | Kind::Sign(_) => None,
        }
    }

    pub(super) fn word(&self, at: usize) -> Option<&str> {
        self.tokens.get(at)?.word()
    }

    pub(super) fn is_sign(&self, at: usize, sign: char) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_sign(sign))
    }

    pub(super) fn is_glued(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.glued)
    }

    /// A date never begins in the middle of "12.345" or "v2024-01-02".
    fn is_within_a_number(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        if !self.is_glued(at) || self.number(at).is_none() {
            return false;
        }
        match self.tokens.get(before).map(|token| &token.kind) {
            Some(Kind::Number(..)) => true,
            Some(Kind::Word(word, _)) => word.is_ascii(),
            Some(Kind::Sign(sign)) => {
                matches!(sign, '.' | ',' | '/' | '-' | ':' | '$' | '€' | '£' | '+' | '_')
                    && before.checked_sub(1).is_some_and(|earlier| {
                        self.is_glued(before) && self.tokens.get(earlier).is_some_and(|token| !matches!(token.kind, Kind::Sign(_)))
                    })
            }
            None => false,
        }
    }

    /// Passes a full stop after a word that is written short.
    pub(super) fn after_stop(&self, at: usize) -> usize {
        if self.is_sign(at, '.') && self.is_glued(at) { at + 1 } else { at }
    }

    fn month(&self, at: usize) -> Option<u32> {
        vocabulary::month(self.word(at)?)
    }

    fn year(&self, at: usize) -> Option<u32> {
        let (year, digits) = self.number(at)?;
        // "2024/25" is a season, "2024.5" no year.
        let goes_on = matches!(self.tokens.get(at + 1), Some(token) if token.glued && (token.is_sign('.') || token.is_sign('/')))
            && self.is_glued(at + 2)
            && self.number(at + 2).is_some();
        (digits == 4 && !goes_on).then_some(year)
    }

    /// "03-Mar-24", "03 Mar 24 14:05": two digits are a year behind a hyphen or before a time.
    fn short_year(&self, at: usize) -> Option<u32> {
        let (year, digits) = self.number(at)?;
        let behind_hyphen = self.is_glued(at) && at.checked_sub(1).is_some_and(|before| self.is_sign(before, '-'));
        let before_time = self.number(at + 1).is_some() && self.is_sign(at + 2, ':') && self.is_glued(at + 2) && self.is_glued(at + 3);
        let is_year = digits == 2 && (behind_hyphen || before_time);
        is_year.then_some(if year < 70 { 2000 + year } else { 1900 + year })
    }

    fn day(&self, from: usize) -> Option<Day> {
        if self.number(from).is_some() {
            self.in_numbers(from).or_else(|| self.in_ideographs(from)).or_else(|| self.day_then_month(from))
        } else {
            self.month_then_day(from)
        }
    }

    /// "2024-03-03", "03/04/2024", "3. 4. 2024", "3.4.24".
    fn in_numbers(&self, from: usize) -> Option<Day> {
        let (first, first_digits) = self.number(from)?;
        let sign = match self.tokens.get(from + 1)?.kind {
            Kind::Sign(sign @ ('-' | '/' | '.')) => sign,
            _ => return None,
        };
        let (second, second_digits) = self.number(from + 2)?;
        let (third, third_digits) = self.number(from + 4)?;
        // Germans and Czechs set a space after each stop: "3. 4. 2024".
        let is_one =
            self.is_glued(from + 1) && self.is_glued(from + 3) && (sign == '.' || (self.is_glued(from + 2) && self.is_glued(from + 4)));
        if !self.is_sign(from + 3, sign) || !is_one || second_digits > 2 {
            return None;
        }
        let next = from + 5;
        // "10.3.24.7" and "1-2-2024-5" are no dates; "2024-03-03-14:05" hardly is one.
        let goes_on = self.is_sign(next, sign) && self.is_glued(next) && self.is_glued(next + 1) && self.number(next + 1).is_some();
        if goes_on {
            return None;
        }
        if first_digits == 4 && third_digits <= 2 {
            return Some(Day { date: date(first, second, third)?, next, iso: true });
        }
        if first_digits > 2 || !matches!(third_digits, 2 | 4) {
            return None;
        }
        let year = match third_digits {
            4 => third,
            // Two digits are a year only behind two full pairs or stops: "03/04/24", "3.4.24".
            _ if sign == '.' || (sign == '/' && second_digits == 2) => {
                if third < 70 {
                    2000 + third
                } else {
                    1900 + third
                }
            }
            _ => return None,
        };
        let (day, month) = match (first > 12, second > 12) {
            (true, _) => (first, second),
            (false, true) if sign != '.' => (second, first),
            (false, true) => return None,
            (false, false) if sign == '.' || first == second => (first, second),
            (false, false) => match self.order {
                Order::DayFirst => (first, second),
                Order::MonthFirst => (second, first),
                Order::Unknown => return None,
            },
        };
        Some(Day { date: date(year, month, day)?, next, iso: false })
    }

    /// "2024年3月3日", "2024년 3월 3일".
    fn in_ideographs(&self, from: usize) -> Option<Day> {
        let (year, digits) = self.number(from)?;
        let is_mark = |at: usize, marks: [&str; 2]| self.word(at).is_some_and(|word| marks.contains(&word));
        let marked = digits == 4 && is_mark(from + 1, ["年", "년"]) && is_mark(from + 3, ["月", "월"]) && is_mark(from + 5, ["日", "일"]);
        if !marked {
            return None;
        }
        let date = date(year, self.number(from + 2)?.0, self.number(from + 4)?.0)?;
        Some(Day { date, next: from + 6, iso: false })
    }

    /// "3 mars 2024", "1er mars 2024", "3. März 2024", "3rd of March, 2024", "3 de marzo de 2024", "3-Mar-2024".
    fn day_then_month(&self, from: usize) -> Option<Day> {
        let (day, digits) = self.number(from)?;
        if digits > 2 {
            return None;
        }
        let mut at = from + 1;
        let is_ordinal = self.is_glued(at)
            && matches!(self.word(at), Some("st" | "nd" | "rd" | "th" | "er" | "ère" | "º" | "ª" | "e" | "de" | "ste" | "o"));
        let is_marked = matches!(self.tokens.get(at).map(|token| &token.kind), Some(Kind::Sign('.' | '-' | '/' | 'º' | '°' | 'ª')));
        if is_ordinal || is_marked {
            at += 1;
        }
        if matches!(self.word(at), Some("of" | "de" | "di" | "del")) {
            at += 1;
        }
        let month = self.month(at)?;
        at = self.after_stop(at + 1);
        if matches!(self.word(at), Some("de" | "del" | "of")) || self.is_sign(at, ',') || self.is_sign(at, '-') || self.is_sign(at, '/') {
            at += 1;
        }
        let year = self.year(at).or_else(|| self.short_year(at))?;
        Some(Day { date: date(year, month, day)?, next: at + 1, iso: false })
    }

    /// "March 3, 2024", "Mar. 3rd 2024".
    fn month_then_day(&self, from: usize) -> Option<Day> {
        let month = self.month(from)?;
        let at = self.after_stop(from + 1);
        let (day, digits) = self.number(at)?;
        if digits > 2 {
            return None;
        }
        let mut at = at + 1;
        if self.is_glued(at) && matches!(self.word(at), Some("st" | "nd" | "rd" | "th")) {
            at += 1;
        }
        if self.is_sign(at, ',') || self.is_sign(at, '.') || self.word(at) == Some("of") {
            at += 1;
        }
        let year = self.year(at)?;
        Some(Day { date: date(year, month, day)?, next: at + 1, iso: false })
    }

    /// What programs print: "Sun Mar 3 14:05:00 CET 2024", "Sun Mar 03 14:05:00 +0000 2024".
    fn unix_date(&self, from: usize) -> Option<(Moment, usize)> {
        if !vocabulary::is_weekday(self.word(from)?) {
            return None;
        }
        let month = self.month(from + 1)?;
        let (day, _) = self.number(from + 2)?;
        let (time, at, _) = self.time(from + 3, false)?;
        let (zone, at) = match self.zone(at, true) {
            Some((zone, at)) => (Some(zone), at),
            None if self.word(at).is_some() => (None, at + 1),
            None => (None, at),
        };
        let date = date(self.year(at)?, month, day)?;
        Some((Moment { date, time: Some(time), zone }, at + 1))
    }

    /// The time that follows a day: "à 14h05", ", 14:05 CET", "T14:05:00Z".
    fn time_after(&self, day: &Day) -> Option<(Option<Time>, Option<Zone>, usize)> {
        let mut at = day.next;
        if self.word(at) == Some("t") && self.is_glued(at) {
            at += 1;
        } else {
            let mut passed = 0;
            while passed < 5 && self.is_connector(at) {
                at += 1;
                passed += 1;
            }
        }
        let (time, next, _) = self.time(at, true)?;
        match self.zone(next, day.iso) {
            Some((zone, next)) => Some((Some(time), Some(zone), next)),
            None => Some((Some(time), None, next)),
        }
    }

    /// A day after its time: "14:05, 3 March 2024", "2:05 PM ET, Sun March 3, 2024".
    fn time_before(&self, from: usize) -> Option<(Moment, usize)> {
        let (time, next, certain) = self.time(from, false)?;
        if !certain {
            return None;
        }
        let (zone, mut at) = self.zone(next, false).map_or((None, next), |(zone, at)| (Some(zone), at));
        let mut passed = 0;
        while passed < 5 && self.day(at).is_none() && self.is_connector(at) {
            at += 1;
            passed += 1;
        }
        let day = self.day(at)?;
        Some((Moment { date: day.date, time: Some(time), zone }, day.next))
    }

    fn is_connector(&self, at: usize) -> bool {
        match self.tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Sign(sign)) => matches!(sign, ',' | '-' | '|' | '·' | '•' | '@' | '(' | ')' | '.' | '/' | ':' | ';'),
            Some(Kind::Word(_, word)) => {
                vocabulary::is_weekday(word) || (vocabulary::goes_with_a_date(word) && !vocabulary::opens_an_update(word))
            }
            Some(Kind::Number(..)) | None => false,
        }
    }
}
