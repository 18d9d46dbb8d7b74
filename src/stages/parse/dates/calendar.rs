//! Days, times and zones as numbers, and how they are written down.

use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;

/// No newspaper is older than the seventeenth century.
const YEARS: std::ops::Range<u32> = 1600..2200;

/// The day; None where there never was such a day.
pub(super) fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    if !YEARS.contains(&year) {
        return None;
    }
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A time of day; midnight may be written as 24:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
}

impl Time {
    /// A leap second is taken as the one before it.
    pub fn new(hour: u32, minute: u32, second: u32) -> Option<Self> {
        let exists = (hour < 24 && minute < 60 && second <= 60) || (hour == 24 && minute == 0 && second == 0);
        exists.then_some(Self { hour, minute, second: second.min(59) })
    }
}

/// Where clocks show a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// Universal time, written as `Z`.
    Universal,
    /// Minutes east of it.
    East(i32),
    /// Minutes east of it in winter, where summer time is an hour more by the rule of the United States.
    American(i32),
    /// Minutes east of it in winter, where summer time is an hour more by the rule of the European Union.
    European(i32),
}

/// A date, and the time of day with its zone where they are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub date: Date,
    pub time: Option<Time>,
    pub zone: Option<Zone>,
}

impl Moment {
    pub fn from_epoch(count: f64) -> Option<Self> {
        /// 1990 and 2100, in seconds.
        const SECONDS: std::ops::Range<f64> = 631_152_000.0..4_102_444_800.0;
        let seconds = [count, count / 1000.0].into_iter().find(|seconds| SECONDS.contains(seconds))?;
        #[expect(clippy::cast_possible_truncation, reason = "it lies between 1990 and 2100")]
        let stamp = jiff::Timestamp::from_second(seconds as i64).ok()?;
        let civil = Offset::UTC.to_datetime(stamp);
        let part = |part: i8| u32::try_from(part).ok();
        let time = Time::new(part(civil.hour())?, part(civil.minute())?, part(civil.second())?);
        Some(Self { date: civil.date(), time, zone: Some(Zone::Universal) })
    }

    /// An RFC 3339 date-time where time and zone are known, otherwise `YYYY-MM-DD`.
    pub fn to_rfc3339(self) -> String {
        let (date, hour) = match self.time {
            Some(Time { hour: 24, .. }) => (self.date.tomorrow().unwrap_or(self.date), 0),
            Some(time) => (self.date, time.hour),
            None => (self.date, 0),
        };
        let mut out = date.to_string();
        let (Some(time), Some(zone)) = (self.time, self.zone) else { return out };
        out.push_str(&format!("T{hour:02}:{:02}:{:02}", time.minute, time.second));
        match zone {
            Zone::Universal => out.push('Z'),
            Zone::East(minutes) => push_offset(&mut out, minutes),
            Zone::American(winter) => push_offset(&mut out, winter + 60 * i32::from(is_american_summer(date))),
            Zone::European(winter) => push_offset(&mut out, winter + 60 * i32::from(is_european_summer(date))),
        }
        out
    }
}

fn push_offset(out: &mut String, minutes: i32) {
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    out.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
}

/// From the second Sunday of March to the first of November (since 2007; before that, April to October). The hours of
/// the night in which clocks change are counted to the day.
fn is_american_summer(date: Date) -> bool {
    let (from, until) = if date.year() >= 2007 { ((3, 2), (11, 1)) } else { ((4, 1), (10, -1)) };
    is_between(date, from, until)
}

/// From the last Sunday of March to the last of October (since 1996).
fn is_european_summer(date: Date) -> bool {
    is_between(date, (3, -1), (10, -1))
}

fn is_between(date: Date, from: (i8, i8), until: (i8, i8)) -> bool {
    let sunday =
        |(month, nth): (i8, i8)| Date::new(date.year(), month, 1).and_then(|first| first.nth_weekday_of_month(nth, Weekday::Sunday));
    match (sunday(from), sunday(until)) {
        (Ok(from), Ok(until)) => from <= date && date < until,
        _ => false,
    }
}
