//! Reads dates as programs write them in feeds, mails and news formats: ISO 8601, RFC 3339, RFC 2822.

use jiff::civil::Date;

/// A date-time by RFC 3339, or `YYYY-MM-DD` where the time or its zone is not told. None where it is no date.
pub fn read(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    iso(text).or_else(|| mail(text))
}

/// The longest that any of the forms gets, comments in brackets included.
const LONGEST: usize = 100;

fn iso(text: &str) -> Option<String> {
    let (year, rest) = number(text, 4)?;
    let dashed = rest.starts_with('-');
    let (month, rest) = number(rest.strip_prefix('-').unwrap_or(rest), 2)?;
    let rest = if dashed { rest.strip_prefix('-')? } else { rest };
    let (day, rest) = number(rest, 2)?;
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    if rest.is_empty() {
        return Some(date.to_string());
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    Some(with_time(date, rest.trim_start()).unwrap_or_else(|| date.to_string()))
}

/// `Tue, 03 Mar 2026 09:12:00 +0100`, with or without the weekday, the seconds, the century.
fn mail(text: &str) -> Option<String> {
    let text = match text.split_once(',') {
        Some((_weekday, rest)) => rest,
        None => text,
    };
    let mut words = text.split([' ', '\t', '-']).filter(|word| !word.is_empty()).peekable();
    // `Tue Mar  3 09:12:00 2026` has no comma.
    if words.peek()?.chars().all(char::is_alphabetic) {
        words.next();
    }
    let day: i8 = words.next()?.parse().ok()?;
    let month = month(words.next()?)?;
    let year: i16 = words.next()?.parse().ok()?;
    let year = match year {
        0..=49 => year + 2000,
        50..=99 => year + 1900,
        _ => year,
    };
    let date = Date::new(year, month, day).ok()?;
    // The offset's own minus is a parting too, so the rest is taken as it stands.
    let rest = text.split_once(':').and_then(|(before, _)| text.get(before.len().saturating_sub(2)..));
    Some(rest.and_then(|rest| with_time(date, rest.trim())).unwrap_or_else(|| date.to_string()))
}

fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start = word.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().position(|month| *month == start).and_then(|at| i8::try_from(at + 1).ok())
}

/// `09:12:00.5 +0100`: None where time or zone are missing or out of range.
fn with_time(date: Date, text: &str) -> Option<String> {
    let (hour, rest) = number(text, 2).or_else(|| number(text, 1))?;
    let (minute, rest) = number(rest.strip_prefix(':').unwrap_or(rest), 2)?;
    let (second, rest) = match number(rest.strip_prefix(':').unwrap_or(rest), 2) {
        Some((second, rest)) => (second, rest),
        None => (0, rest),
    };
    let rest = match rest.strip_prefix(['.', ',']) {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let zone = zone(rest.trim())?;
    // A leap second has no place in a record's time.
    (hour < 24 && minute < 60 && second <= 60).then(|| format!("{date}T{hour:02}:{minute:02}:{:02}{zone}", second.min(59)))
}

fn zone(text: &str) -> Option<String> {
    let name = text.split([' ', '(']).next()?;
    if let Some(digits) = name.strip_prefix(['+', '-']) {
        let (hours, rest) = number(digits, 2)?;
        let (minutes, _) = number(rest.strip_prefix(':').unwrap_or(rest), 2).unwrap_or((0, ""));
        let sign = if name.starts_with('-') { '-' } else { '+' };
        // `-0000` says that the zone is unknown while the time is UTC (RFC 3339, 4.3).
        if (hours, minutes) == (0, 0) {
            return Some("Z".to_owned());
        }
        return (hours < 24 && minutes < 60).then(|| format!("{sign}{hours:02}:{minutes:02}"));
    }
    let zone = match name.to_ascii_uppercase().as_str() {
        "Z" | "GMT" | "UT" | "UTC" => "Z",
        "EDT" => "-04:00",
        "EST" | "CDT" => "-05:00",
        "CST" | "MDT" => "-06:00",
        "MST" | "PDT" => "-07:00",
        "PST" => "-08:00",
        _ => return None,
    };
    Some(zone.to_owned())
}

fn number(text: &str, digits: usize) -> Option<(u16, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(read(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn a_feed_and_a_mail_tell_the_same_time() {
        check("2026-03-03T09:12:00+01:00", Some("2026-03-03T09:12:00+01:00"));
        check("Tue, 03 Mar 2026 09:12:00 +0100", Some("2026-03-03T09:12:00+01:00"));
        check("3 Mar 26 09:12 GMT", Some("2026-03-03T09:12:00Z"));
        check("Tue, 3 March 2026 9:12:00 -0500 (EST)", Some("2026-03-03T09:12:00-05:00"));
        check("2026-03-03T09:12:00.123Z", Some("2026-03-03T09:12:00Z"));
        check("20260303T091200-0430", Some("2026-03-03T09:12:00-04:30"));
    }

    #[test]
    fn without_a_zone_the_day_is_told() {
        check("2026-03-03T09:12:00", Some("2026-03-03"));
        check("2026-03-03", Some("2026-03-03"));
        check("20260303", Some("2026-03-03"));
        check("Tue, 03 Mar 2026", Some("2026-03-03"));
        check("Tue, 03 Mar 2026 09:12:00 XYZ", Some("2026-03-03"));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "yesterday", "2026-13-03", "31 Feb 2026 09:00 GMT", "2026-3-3", "é2026", "Tue, é Mar 2026", "9é:12"] {
            check(text, None);
        }
    }
}
