//! Renders a report as one HTML page: no script, nothing from elsewhere, everything that was read escaped.

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::civil::{Date, Weekday};

use super::collect::{Latest, Report, Speaker};
use super::tally::Tally;

const STYLE: &str = include_str!("page.css");
/// Rows of a table before the rest is only counted.
const ROWS: usize = 15;
const SPEAKERS: usize = 30;
const PHRASES: usize = 40;
/// Bars that the widest plot has room for.
const BARS: usize = 120;

/// The page. `place` names the output folder, `made` the time.
pub fn render(report: &Report, place: &str, made: &str) -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <title>copydesk: {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <p class=\"dim\">Made {made} by copydesk {version}</p>\n",
        title = text(place),
        made = text(made),
        version = env!("CARGO_PKG_VERSION"),
    );
    totals(&mut page, report);
    if report.articles > 0 {
        days(&mut page, report);
        page.push_str("<div class=\"two\">\n");
        bars(&mut page, "Languages", &report.languages, report.articles);
        bars(&mut page, "Sites", &report.sites, report.articles);
        page.push_str("</div>\n");
        speakers(&mut page, report);
        phrases(&mut page, report);
        page.push_str("<section>\n<h2>The latest articles</h2>\n");
        for latest in report.latest.iter().rev() {
            article(&mut page, latest);
        }
        page.push_str("</section>\n");
    }
    rejections(&mut page, report);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn text(raw: &str) -> Cow<'_, str> {
    html_escape::encode_safe(raw)
}

/// What came from an article: it turns no writing around but its own.
fn foreign(raw: &str) -> String {
    format!("<bdi>{}</bdi>", text(raw))
}

/// `1,234,567`.
fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn totals(page: &mut String, report: &Report) {
    let rejected: u64 = report.rejected.values().sum();
    page.push_str("<ul class=\"totals\">\n");
    let speakers = if report.speakers.lost > 0 { "speakers, the most quoted" } else { "speakers" };
    for (count, what) in [
        (report.articles, "articles"),
        (report.words, "words"),
        (report.quotes, "quotes"),
        (report.speakers.len() as u64, speakers),
        (rejected, "rejected"),
    ] {
        let _ = writeln!(page, "<li><b>{}</b> {what}</li>", number(count));
    }
    page.push_str("</ul>\n");
    let mut notes = Vec::new();
    if report.articles == 0 {
        notes.push("There are no records here yet.".to_owned());
    }
    if report.superseded > 0 {
        notes.push(format!("{} earlier versions of articles are not counted.", number(report.superseded)));
    }
    if report.moved_away > 0 {
        notes.push(format!("{} records are in files that were moved away, and are not counted.", number(report.moved_away)));
    }
    if report.damaged > 0 {
        notes.push(format!("{} lines are damaged, and not counted: copydesk verify names them.", number(report.damaged)));
    }
    for note in notes {
        let _ = writeln!(page, "<p class=\"dim\">{note}</p>");
    }
}

// --- Days ---

/// How many days one bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Day,
    Week,
    Month,
    Year,
}

impl Step {
    const ALL: [(Self, &'static str); 4] = [(Self::Day, "day"), (Self::Week, "week"), (Self::Month, "month"), (Self::Year, "year")];

    /// The first day of the bar that a day belongs to.
    fn begin(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => {
                let since_monday = day.weekday().since(Weekday::Monday);
                day.checked_sub(jiff::Span::new().days(i64::from(since_monday))).unwrap_or(day)
            }
            Self::Month => day.first_of_month(),
            Self::Year => day.first_of_year(),
        }
    }

    fn next(self, begin: Date) -> Option<Date> {
        let span = match self {
            Self::Day => jiff::Span::new().days(1),
            Self::Week => jiff::Span::new().weeks(1),
            Self::Month => jiff::Span::new().months(1),
            Self::Year => jiff::Span::new().years(1),
        };
        begin.checked_add(span).ok()
    }
}

fn days(page: &mut String, report: &Report) {
    let mut days: Vec<(Date, u64)> = report.days.iter().filter_map(|(day, count)| Some((day.parse().ok()?, *count))).collect();
    days.sort_unstable();
    // A date that someone mistyped must not squeeze all others into one bar.
    let all: u64 = days.iter().map(|(_, count)| count).sum();
    let (first, last) = (quantile(&days, all / 200), quantile(&days, all.saturating_sub(1) - all / 200));
    let (Some(first), Some(last)) = (first, last) else { return };
    let shown: Vec<(Date, u64)> = days.into_iter().filter(|(day, _)| (first..=last).contains(day)).collect();
    let outside = all - shown.iter().map(|(_, count)| count).sum::<u64>();
    let plots = Step::ALL.into_iter().map(|(step, name)| (plot(&shown, step, first, last), name));
    let Some((bars, name)) = plots.into_iter().find_map(|(bars, name)| Some((bars?, name))) else { return };
    let most = bars.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let _ = writeln!(page, "<section>\n<h2>Articles by {name}</h2>");
    let width = bars.len().max(12);
    let _ = writeln!(
        page,
        "<svg class=\"days\" viewBox=\"0 0 {w} 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Articles by {name}, from {first} to {last}, at most {most}\">\n<rect class=\"base\" x=\"0\" y=\"99.4\" width=\"{w}\" height=\"0.6\"/>",
        w = width * 10,
    );
    for (at, (begin, count)) in bars.iter().enumerate().filter(|(_, (_, count))| *count > 0) {
        let height = share(*count, most) * 0.97;
        let _ = writeln!(
            page,
            "<rect x=\"{}\" y=\"{:.2}\" width=\"8\" height=\"{height:.2}\"><title>{begin}: {}</title></rect>",
            at * 10 + 1,
            99.4 - height,
            number(*count),
        );
    }
    let _ =
        writeln!(page, "</svg>\n<div class=\"axis\"><span>{first}</span><span>at most {}</span><span>{last}</span></div>", number(most));
    let mut notes = Vec::new();
    if outside > 0 {
        notes.push(format!("{} are of days before or after", number(outside)));
    }
    if report.by_reading > 0 {
        notes.push(format!("{} do not say when they were published, and stand at the day they were read", number(report.by_reading)));
    }
    if report.undated > 0 {
        notes.push(format!("{} of no known day", number(report.undated)));
    }
    if !notes.is_empty() {
        let _ = writeln!(page, "<p class=\"dim\">{}.</p>", notes.join("; "));
    }
    page.push_str("</section>\n");
}

/// The day of the article with this number, counted from 0 by day.
fn quantile(days: &[(Date, u64)], number: u64) -> Option<Date> {
    let mut before = 0;
    days.iter().find_map(|(day, count)| {
        before += count;
        (before > number).then_some(*day)
    })
}

/// A bar for each step from the first day to the last; None where that would be too many.
fn plot(days: &[(Date, u64)], step: Step, first: Date, last: Date) -> Option<Vec<(Date, u64)>> {
    let mut bars: Vec<(Date, u64)> = Vec::new();
    let mut begin = step.begin(first);
    let mut rest = days.iter().peekable();
    while begin <= last {
        if bars.len() >= BARS && step != Step::Year {
            return None;
        }
        let next = step.next(begin);
        let mut count = 0;
        while let Some((_, of_day)) = rest.next_if(|(day, _)| next.is_none_or(|next| *day < next)) {
            count += of_day;
        }
        bars.push((begin, count));
        begin = match next {
            Some(next) => next,
            None => break,
        };
    }
    Some(bars)
}

/// In hundredths.
#[expect(clippy::cast_precision_loss, reason = "the length of a bar")]
fn share(count: u64, all: u64) -> f64 {
    count as f64 * 100.0 / all.max(1) as f64
}

// --- Tables ---

fn bars(page: &mut String, title: &str, tally: &Tally<u64>, articles: u64) {
    let top = tally.top(ROWS);
    let _ = writeln!(page, "<section>\n<h2>{title}</h2>");
    let Some((_, most)) = top.first() else {
        page.push_str("<p class=\"dim\">None of the articles names one.</p>\n</section>\n");
        return;
    };
    page.push_str("<div class=\"bars\">\n");
    for (name, count) in &top {
        let _ = writeln!(
            page,
            "<span>{}</span><svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"{:.2}\" height=\"8\"/></svg><span>{}</span>",
            foreign(name),
            share(**count, **most).max(0.5),
            number(**count),
        );
    }
    page.push_str("</div>\n");
    let named: u64 = top.iter().map(|(_, count)| **count).sum();
    let (rest, nowhere) = (tally.total() - named, articles.saturating_sub(tally.total()));
    let mut notes = Vec::new();
    if rest > 0 {
        notes.push(format!("{} more in {} others", number(rest), number((tally.len() - top.len()) as u64)));
    }
    if nowhere > 0 {
        notes.push(format!("{} without", number(nowhere)));
    }
    if !notes.is_empty() {
        let _ = writeln!(page, "<p class=\"dim\">{}.</p>", notes.join("; "));
    }
    page.push_str("</section>\n");
}

fn speakers(page: &mut String, report: &Report) {
    page.push_str("<section>\n<h2>Who is quoted most, and where</h2>\n");
    let top = report.speakers.top(SPEAKERS);
    if top.is_empty() {
        page.push_str("<p class=\"dim\">Nobody is quoted by name.</p>\n</section>\n");
        return;
    }
    page.push_str(
        "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Speaker</th><th scope=\"col\">Quotes</th><th scope=\"col\">Articles</th><th scope=\"col\">Where</th><th scope=\"col\">For instance</th></tr></thead>\n<tbody>\n",
    );
    for (name, Speaker { quotes, articles, sites, said, .. }) in &top {
        let mut sites: Vec<_> = sites.iter().collect();
        sites.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let more = sites.len().saturating_sub(3);
        let shown: Vec<String> = sites.iter().take(3).map(|(site, count)| format!("{} {}", foreign(site), number(**count))).collect();
        let shown = if shown.is_empty() { "–".to_owned() } else { shown.join(", ") };
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}{more}</td><td>{}</td></tr>",
            foreign(name),
            number(*quotes),
            number(*articles),
            shown,
            foreign(said),
        );
    }
    page.push_str("</tbody>\n</table></div>\n");
    let mut notes = vec![format!("{} of {} quotes have a named speaker", number(report.attributed), number(report.quotes))];
    if report.speakers.len() > top.len() {
        notes.push(format!("{} more speakers are not shown", number((report.speakers.len() - top.len()) as u64)));
    }
    if report.speakers.lost > 0 {
        notes.push(format!("there were too many to remember all: a count may be too low by up to {}", number(report.speakers.lost)));
    }
    let _ = writeln!(page, "<p class=\"dim\">{}.</p>\n</section>", notes.join("; "));
}

fn phrases(page: &mut String, report: &Report) {
    let top = report.phrases.top(PHRASES);
    if top.is_empty() {
        return;
    }
    page.push_str("<section>\n<h2>What it is about</h2>\n<ul class=\"phrases\">\n");
    for (phrase, count) in top {
        let _ = writeln!(page, "<li>{} <span>{}</span></li>", foreign(phrase), number(*count));
    }
    page.push_str("</ul>\n<p class=\"dim\">Keyphrases, by the number of articles that have them.</p>\n</section>\n");
}

fn article(page: &mut String, latest: &Latest) {
    let Latest { title, site, day, language, gist, quotes } = latest;
    let lang = text(language);
    let title = title.as_deref().unwrap_or("Untitled");
    let _ = writeln!(page, "<article>\n<h3 lang=\"{lang}\">{}</h3>", foreign(title));
    let place: Vec<String> = [site, day].into_iter().flatten().map(|part| foreign(part)).chain([lang.to_string()]).collect();
    let _ = writeln!(page, "<p class=\"dim\">{}</p>", place.join(" · "));
    for sentence in gist {
        let _ = writeln!(page, "<p lang=\"{lang}\" dir=\"auto\">{}</p>", text(sentence));
    }
    for (speaker, said) in quotes {
        let speaker = speaker.as_deref().map_or_else(|| "nobody named".to_owned(), foreign);
        let _ = writeln!(page, "<blockquote lang=\"{lang}\" dir=\"auto\">{}<footer>{speaker}</footer></blockquote>", text(said));
    }
    page.push_str("</article>\n");
}

fn rejections(page: &mut String, report: &Report) {
    page.push_str("<section>\n<h2>Rejections</h2>\n");
    if report.rejected.is_empty() {
        page.push_str("<p class=\"dim\">None.</p>\n</section>\n");
        return;
    }
    let mut codes: Vec<_> = report.rejected.iter().collect();
    codes.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    page.push_str(
        "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Cause</th><th scope=\"col\">Articles</th><th scope=\"col\">For instance</th></tr></thead>\n<tbody>\n",
    );
    for (code, count) in codes {
        let sample = report.causes.iter().find(|cause| cause.code == *code).and_then(|cause| cause.samples.first());
        let sample = sample.map_or_else(String::new, |sample| {
            let place = [&sample.path, &sample.entry].into_iter().flatten().map(|part| foreign(part)).collect::<Vec<_>>().join(" ");
            format!("{place}<br>{}", foreign(&sample.error))
        });
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\"><code>{}</code></th><td class=\"n\">{}</td><td>{sample}</td></tr>",
            text(code),
            number(*count)
        );
    }
    page.push_str(
        "</tbody>\n</table></div>\n<p class=\"dim\"><code>copydesk replay</code> runs them again, once the causes are mended.</p>\n</section>\n",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_weeks_months_or_years_when_there_are_too_many() {
        let check = |first: &str, last: &str| {
            let days: Vec<(Date, u64)> = vec![(first.parse().unwrap(), 2), (last.parse().unwrap(), 1)];
            let (first, last) = (days[0].0, days[1].0);
            let (bars, name) = Step::ALL.into_iter().find_map(|(step, name)| Some((plot(&days, step, first, last)?, name))).unwrap();
            assert_eq!((bars.first().unwrap().1, bars.last().unwrap().1), (2, 1));
            assert_eq!(bars.iter().map(|(_, count)| count).sum::<u64>(), 3);
            (name, bars.len())
        };
        assert_eq!(check("2026-03-01", "2026-03-31"), ("day", 31));
        assert_eq!(check("2026-01-01", "2026-12-31"), ("week", 53));
        assert_eq!(check("2020-01-15", "2026-12-31"), ("month", 84));
        assert_eq!(check("1815-06-18", "2026-12-31"), ("year", 212));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }
}
