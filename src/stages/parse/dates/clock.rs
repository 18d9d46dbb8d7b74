//! The shapes of times of day and their zones, read from a place on.

use super::calendar::{Time, Zone};
use super::grammar::Reader;
use super::tokens::Kind;
use super::zones;

impl Reader<'_> {
    /// A time of day, the place after it, and whether nothing else is written so. With `after_day` a lone "14.05" is one.
    pub(super) fn time(&self, from: usize, after_day: bool) -> Option<(Time, usize, bool)> {
        // 下午2:05, 오후 2:05
        let (from, prefixed) = self.half_before(from);
        let (hour, digits) = self.number(from)?;
        if digits > 2 {
            // "1405 GMT" is how wires write it.
            let is_wire_time = digits == 4 && self.is_glued(from) != self.is_glued(from + 1) && self.zone(from + 1, false).is_some();
            return if is_wire_time { Time::new(hour / 100, hour % 100, 0).map(|time| (time, from + 1, true)) } else { None };
        }
        let mut at = from + 1;
        let (mut minute, mut second, mut certain) = (0, 0, false);
        let mut has_minutes = false;
        let glued_pair = |at: usize| self.number(at).filter(|(_, digits)| *digits == 2 && self.is_glued(at)).map(|(value, _)| value);
        if self.is_sign(at, ':') {
            minute = glued_pair(at + 1)?;
            (has_minutes, certain) = (true, true);
            at += 2;
            if self.is_sign(at, ':') && self.is_glued(at) {
                second = glued_pair(at + 1)?;
                at += 2;
                // Fractions of a second are left out.
                let has_fraction = (self.is_sign(at, '.') || self.is_sign(at, ',')) && self.is_glued(at) && self.is_glued(at + 1);
                if has_fraction && self.number(at + 1).is_some() {
                    at += 2;
                }
            }
        } else if matches!(self.word(at), Some("h" | "u" | "hs")) {
            // "14h", "14h05", "14 h 05", "14h05min", "14 hs"
            at += 1;
            certain = true;
            if let Some((value, 2)) = self.number(at).filter(|(value, _)| *value < 60) {
                minute = value;
                has_minutes = true;
                at += 1;
            }
            if matches!(self.word(at), Some("m" | "min" | "mn")) {
                at += 1;
            }
        } else if matches!(self.word(at), Some("时" | "時" | "시" | "点")) {
            at += 1;
            if let Some((value, _)) = self.number(at).filter(|_| matches!(self.word(at + 1), Some("分" | "분"))) {
                minute = value;
                at += 2;
            }
            certain = true;
            has_minutes = true;
        } else if self.is_sign(at, '.')
            && self.is_glued(at)
            && let Some(value) = glued_pair(at + 1)
        {
            let goes_on = self.is_sign(at + 2, '.') && self.is_glued(at + 2) && self.is_glued(at + 3) && self.number(at + 3).is_some();
            if goes_on {
                // 14.05.30 as Finns and Indonesians write it.
                second = glued_pair(at + 3).filter(|_| after_day)?;
                at += 2;
            }
            minute = value;
            has_minutes = true;
            at += 2;
        }
        let mut hour = hour;
        if let Some(half) = prefixed {
            hour = half.of(hour)?;
            certain = true;
        } else if let Some((half, next)) = self.half_after(at) {
            hour = half.of(hour)?;
            at = next;
            certain = true;
        }
        while matches!(self.word(at), Some("uhr" | "hrs" | "hours" | "uur" | "horas" | "heures" | "h" | "hs" | "ore")) {
            at += 1;
            certain = true;
        }
        if matches!(self.tokens.get(at), Some(token) if token.is_sign('.') && token.glued) && self.zone(at + 1, false).is_some() {
            at += 1;
        }
        let is_named = certain || (has_minutes && (after_day || self.zone(at, false).is_some()));
        if !is_named {
            return None;
        }
        let certain = certain || self.zone(at, false).is_some();
        Some((Time::new(hour, minute, second)?, at, certain))
    }

    fn half_before(&self, at: usize) -> (usize, Option<Half>) {
        match (self.word(at), self.word(at + 1)) {
            (Some("上" | "午"), Some("午" | "前")) | (Some("오"), Some("전")) => (at + 2, Some(Half::Morning)),
            (Some("下"), Some("午")) | (Some("午"), Some("後" | "后")) | (Some("오"), Some("후")) => (at + 2, Some(Half::Afternoon)),
            _ => (at, None),
        }
    }

    /// "p.m.", "PM", "a. m."
    fn half_after(&self, at: usize) -> Option<(Half, usize)> {
        let of = |word: &str| match word {
            "am" | "a" => Some(Half::Morning),
            "pm" | "p" => Some(Half::Afternoon),
            _ => None,
        };
        let first = self.word(at)?;
        let half = of(first)?;
        if first.len() == 2 {
            return Some((half, self.after_stop(at + 1)));
        }
        let second = self.after_stop(at + 1);
        (self.word(second) == Some("m")).then(|| (half, self.after_stop(second + 1)))
    }

    /// A zone: "Z", "+01:00", "UTC+1", "CET", "(heure de Paris)". After a date in ISO order, a bare "-05:00" is one.
    pub(super) fn zone(&self, from: usize, iso: bool) -> Option<(Zone, usize)> {
        let opened = usize::from(self.is_sign(from, '('));
        let closed = |next: usize| if opened == 1 && self.is_sign(next, ')') { next + 1 } else { next };
        let at = from + opened;
        if let Some(word) = self.word(at) {
            if let Some(zone) = zones::named(word) {
                let universal = zone == Zone::Universal;
                let offset = if universal { self.offset(at + 1, true) } else { None };
                return Some(offset.map_or((zone, closed(at + 1)), |(zone, next)| (zone, closed(next))));
            }
            // "heure de Paris", "hora de Brasília", "Eastern Time", "Ortszeit Berlin": not more than three words on.
            let is_about_time = matches!(word, "heure" | "hora" | "horário" | "ora" | "eastern" | "central" | "mountain" | "pacific");
            if is_about_time {
                return (at..at + 3).find_map(|place| zones::spelled(self.word(place)?).map(|zone| (zone, place))).map(|(zone, place)| {
                    let mut next = place + 1;
                    while matches!(self.word(next), Some("time" | "standard" | "daylight")) {
                        next += 1;
                    }
                    (zone, closed(next))
                });
            }
            return None;
        }
        self.offset(at, iso).map(|(zone, next)| (zone, closed(next)))
    }

    /// "+0100", "+01:00", "-5" (only behind "UTC" or an ISO date).
    fn offset(&self, at: usize, short: bool) -> Option<(Zone, usize)> {
        let east = match self.tokens.get(at)?.kind {
            Kind::Sign('+') => 1,
            Kind::Sign('-') => -1,
            _ => return None,
        };
        if !self.is_glued(at + 1) {
            return None;
        }
        let (number, digits) = self.number(at + 1)?;
        let (hours, minutes, next) = match digits {
            4 => (number / 100, number % 100, at + 2),
            1 | 2 => {
                let minutes = self.number(at + 3).filter(|(_, digits)| *digits == 2 && self.is_sign(at + 2, ':') && self.is_glued(at + 3));
                match minutes {
                    // "14:05-16:00" is a span of time, not a zone.
                    Some((minutes, _)) if short || east == 1 => (number, minutes, at + 4),
                    None if short => (number, 0, at + 2),
                    _ => return None,
                }
            }
            _ => return None,
        };
        if hours > 14 || minutes > 59 {
            return None;
        }
        let minutes = i32::try_from(hours * 60 + minutes).ok()?;
        // RFC 3339 and RFC 2822: -00:00 says that only the universal time is known.
        Some((if minutes == 0 && east == -1 { Zone::Universal } else { Zone::East(east * minutes) }, next))
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

impl Half {
    /// The hour of the day; "14:05 PM" is taken at its number.
    fn of(self, hour: u32) -> Option<u32> {
        match (self, hour) {
            (_, 13..) => Some(hour),
            (Self::Morning, 12) => Some(0),
            (Self::Afternoon, 1..=11) => Some(hour + 12),
            (Self::Morning | Self::Afternoon, _) => Some(hour),
        }
    }
}
