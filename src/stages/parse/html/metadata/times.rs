//! Dates as machines write them: ISO 8601 in its many hands, RFC 2822, and the date in an address.

/// An ISO 8601 date or date-time, tolerant of what publishers make of it: RFC 3339 where time and zone are known,
/// otherwise `YYYY-MM-DD`. None: no such date.
pub fn read_iso(text: &str) -> Option<String> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let year = number(bytes, 0, 4)?;
    let (month, day, after) = match bytes.get(4)? {
        b'-' | b'/' | b'.' => {
            let mark = *bytes.get(4)?;
            let (month, at) = short_number(bytes, 5)?;
            if bytes.get(at) != Some(&mark) {
                return None;
            }
            let (day, at) = short_number(bytes, at + 1)?;
            (month, day, at)
        }
        b'0' | b'1' => (number(bytes, 4, 2)?, number(bytes, 6, 2)?, 8),
        _ => return None,
    };
    if bytes.get(after).is_some_and(u8::is_ascii_digit) && bytes.get(4).is_some_and(u8::is_ascii_digit) && bytes.len() != 14 {
        return None;
    }
    let date = date(year, month, day)?;
    Some(read_time(text.get(after..).unwrap_or_default()).map_or_else(|| date.clone(), |time| format!("{date}T{time}")))
}

/// The date in an address: `/2024/05/03/`, `/2024-05-03-`, `/20240503/`.
pub fn read_address(address: &str) -> Option<String> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let bytes = path.as_bytes();
    for at in 0..bytes.len() {
        if at > 0 && bytes.get(at - 1).is_some_and(u8::is_ascii_digit) || !bytes.get(at).is_some_and(u8::is_ascii_digit) {
            continue;
        }
        let Some(year) = number(bytes, at, 4) else { continue };
        let found = match bytes.get(at + 4) {
            Some(mark @ (b'/' | b'-' | b'_')) => {
                let Some((month, next)) = short_number(bytes, at + 5) else { continue };
                if bytes.get(next) != Some(mark) {
                    continue;
                }
                short_number(bytes, next + 1)
                    .filter(|(_, end)| !bytes.get(*end).is_some_and(u8::is_ascii_digit))
                    .and_then(|(day, _)| date(year, month, day))
            }
            Some(b'0' | b'1') if !bytes.get(at + 8).is_some_and(u8::is_ascii_digit) => {
                number(bytes, at + 4, 2).zip(number(bytes, at + 6, 2)).and_then(|(month, day)| date(year, month, day))
            }
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The years that a page can be of.
const YEARS: std::ops::RangeInclusive<u32> = 1990..=2100;

pub fn date(year: u32, month: u32, day: u32) -> Option<String> {
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 29,
        _ => return None,
    };
    (YEARS.contains(&year) && (1..=days).contains(&day)).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// "T08:20:00.000+0200", " 08:20 GMT": as RFC 3339 writes it. None where the zone is not told.
fn read_time(text: &str) -> Option<String> {
    let text = text.trim_start_matches(['T', 't', ' ', ',']);
    let bytes = text.as_bytes();
    let hour = number(bytes, 0, 2)?;
    if bytes.get(2) != Some(&b':') {
        return None;
    }
    let minute = number(bytes, 3, 2)?;
    let mut at = 5;
    let mut second = 0;
    if bytes.get(at) == Some(&b':') {
        second = number(bytes, at + 1, 2)?;
        at += 3;
    }
    if matches!(bytes.get(at), Some(b'.' | b',')) {
        at += 1;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
    }
    let zone = text.get(at..)?.trim();
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let zone = match zone {
        "Z" | "z" | "GMT" | "UTC" | "+0000" | "+00" => "Z".to_owned(),
        _ => {
            let bytes = zone.as_bytes();
            let sign = *bytes.first().filter(|sign| matches!(sign, b'+' | b'-'))?;
            let (hours, next) = short_number(bytes, 1)?;
            let next = if bytes.get(next) == Some(&b':') { next + 1 } else { next };
            let minutes = number(bytes, next, 2).unwrap_or_default();
            if hours > 14 || minutes > 59 {
                return None;
            }
            format!("{}{hours:02}:{minutes:02}", char::from(sign))
        }
    };
    Some(format!("{hour:02}:{minute:02}:{second:02}{zone}"))
}

/// True for a moment that is told in universal time.
pub fn is_universal(moment: &str) -> bool {
    moment.contains('T') && (moment.ends_with('Z') || moment.ends_with("+00:00") || moment.ends_with("-00:00"))
}

/// True where both tell the same minute.
pub fn is_same_moment(one: &str, other: &str) -> bool {
    let minute = |text: &str| text.parse::<jiff::Timestamp>().ok().map(|stamp| stamp.as_second() / 60);
    minute(one).is_some_and(|one| minute(other) == Some(one))
}

/// In minutes east of universal time: what clocks in use show.
const OFFSETS: std::ops::RangeInclusive<i64> = -12 * 60..=14 * 60;

/// A moment as a clock shows it that stands at this hour and minute of this day (`YYYY-MM-DD`). None where no zone makes
/// them the same, or where the clock shows universal time.
pub fn at_clock(moment: &str, day: &str, hour: u32, minute: u32) -> Option<String> {
    let stamp: jiff::Timestamp = moment.parse().ok()?;
    let clock: jiff::Timestamp = format!("{day}T{hour:02}:{minute:02}:00Z").parse().ok()?;
    let offset = clock.as_second().div_euclid(60) - stamp.as_second().div_euclid(60);
    if offset == 0 || offset % 30 != 0 || !OFFSETS.contains(&offset) {
        return None;
    }
    let second = stamp.as_second().rem_euclid(60);
    let sign = if offset < 0 { '-' } else { '+' };
    let offset = offset.abs();
    Some(format!("{day}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}", offset / 60, offset % 60))
}

fn number(bytes: &[u8], at: usize, digits: usize) -> Option<u32> {
    let digits = bytes.get(at..at + digits)?;
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

/// One or two digits, and where they end.
fn short_number(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = number(bytes, at, 1)?;
    match number(bytes, at, 2) {
        Some(both) => Some((both, at + 2)),
        None => Some((first, at + 1)),
    }
}
