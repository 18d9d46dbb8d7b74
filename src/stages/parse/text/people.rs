//! Lines that say who wrote a story and when: "By Ada Moe", "Ada Moe | 3 March 2024 14:05 GMT".

use super::vocabulary::{folded, vocabulary};
use super::{bylines, dates, wire};
use crate::text::unicode::is_unspaced;

/// In bytes: a longer line is prose.
const LINE_BYTES_MAX: usize = 200;

/// What such a line says.
#[derive(Debug, Default)]
pub(super) struct Credits {
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub site: Option<String>,
}

/// The authors that a byline names. A line that only begins like one ("By Monday the bridge will open") is none.
pub(super) fn byline(line: &str) -> Option<Vec<String>> {
    if line.len() > LINE_BYTES_MAX {
        return None;
    }
    if let Some(agencies) = agencies(line) {
        return Some(agencies);
    }
    let (rest, has_colon) = match label(line) {
        Some(found) => found,
        None => {
            // "Ada Moe, Harbour Correspondent"
            let (name, job) = line.split_once(',')?;
            let is_job = job.split_whitespace().any(|word| vocabulary().jobs.contains(&folded(word))) && is_in_name_case(job);
            return if is_job { bare_names(name) } else { None };
        }
    };
    if !is_in_name_case(rest) || ends_like_a_sentence(rest) {
        return None;
    }
    let authors = bylines::read(rest);
    let is_full = |name: &String| name.contains(' ') || name.chars().any(is_unspaced);
    let first = authors.first()?;
    let word = first.split(' ').next().unwrap_or_default();
    let is_day = dates::is_day_or_month(word) && !first.contains(' ');
    let is_named = authors.iter().any(is_full) || has_colon || wire::is_agency(first) || folded(line).starts_with("oleh ");
    (is_named && !is_day).then_some(authors)
}

/// Two or more names and nothing else, without "By".
pub(super) fn bare_names(line: &str) -> Option<Vec<String>> {
    if line.len() > 120 || !is_in_name_case(line) || ends_like_a_sentence(line) || line.contains([':', '?', '!', '"', '«', '“']) {
        return None;
    }
    let authors = bylines::read(line);
    let words: usize = authors.iter().map(|name| name.split(' ').count()).sum();
    let said = line.split([' ', ',']).filter(|word| word.starts_with(char::is_uppercase)).count();
    let are_names = !authors.is_empty() && authors.iter().all(|name| (2..=4).contains(&name.split(' ').count()) && !wire::is_city(name));
    (are_names && words >= said).then_some(authors)
}

/// "Reuters", "(dpa)", "AFP/dpa".
fn agencies(line: &str) -> Option<Vec<String>> {
    let bare = line.trim_matches(['(', ')', '[', ']', ' ', '.', '-', '–', '—']);
    let names: Vec<String> = bare.split(['/', '|', ',']).map(|name| name.trim().to_owned()).collect();
    (line.len() <= 60 && names.iter().all(|name| wire::is_agency(name))).then_some(names)
}

/// What follows "By ", "Von: "; true where a colon stands between.
fn label(line: &str) -> Option<(&str, bool)> {
    let lower = folded(line);
    let found = vocabulary().by.iter().filter(|label| !matches!(label.as_str(), "from" | "da")).filter_map(|label| {
        let after = lower.strip_prefix(label.as_str())?;
        let has_colon = after.trim_start().starts_with(':');
        (has_colon || after.starts_with(' ')).then_some((label.chars().count(), has_colon))
    });
    // Labels of one length and beginning are the same, so the longest is one.
    let (length, has_colon) = found.max()?;
    let end = line.char_indices().nth(length).map_or(line.len(), |(at, _)| at);
    let rest = line.get(end..)?.trim_start_matches([' ', ':', '\u{A0}']);
    (!rest.is_empty()).then_some((rest, has_colon))
}

/// Every word begins with a capital or is one of the small words that stand in bylines.
fn is_in_name_case(text: &str) -> bool {
    const SMALL: [&str; 44] = [
        "de", "da", "do", "dos", "das", "del", "della", "di", "du", "des", "la", "le", "van", "von", "vom", "zu", "der", "den", "ten",
        "ter", "bin", "binti", "ibn", "al", "af", "av", "in", "à", "en", "em", "a", "of", "for", "at", "from", "aus", "für", "bei", "the",
        "pour", "para", "per", "voor", "with",
    ];
    let words = vocabulary();
    let mut count = 0;
    for word in text.split([' ', ',', ';', '/', '|', '&', '\u{A0}', '(', ')']).filter(|word| !word.is_empty()) {
        count += 1;
        let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        let lower = folded(bare);
        let is_small_name_part = bare.starts_with("d'") || bare.starts_with("d’") || bare.starts_with("l'");
        let fits = bare.is_empty()
            || word.contains('@')
            || !bare.starts_with(char::is_lowercase)
            || SMALL.contains(&lower.as_str())
            || words.and.contains(&lower)
            || words.jobs.contains(&lower)
            || is_small_name_part
            || wire::is_agency(bare);
        if !fits || bare.starts_with(|letter: char| letter.is_ascii_digit()) {
            return false;
        }
    }
    (1..=18).contains(&count)
}

fn ends_like_a_sentence(text: &str) -> bool {
    let Some(head) = text.strip_suffix(['.', '!', '?', ':', '…']) else { return false };
    let last = head.rsplit(' ').next().unwrap_or_default();
    let is_initial = text.ends_with('.') && (last.chars().count() == 1 || matches!(last, "Jr" | "Sr" | "jr"));
    !is_initial
}

/// True for lines short enough, with a number.
pub(super) fn could_hold_date(line: &str) -> bool {
    line.len() <= LINE_BYTES_MAX && line.chars().any(char::is_numeric)
}

/// "Foto por Ada Moe", "Photo by Ada Moe/Tide".
pub(super) fn is_picture_credit(line: &str) -> bool {
    let Some((first, rest)) = line.split_once(' ') else { return false };
    let is_of_picture = vocabulary().pictures.contains(&folded(first.trim_end_matches(':')));
    line.len() <= LINE_BYTES_MAX
        && is_of_picture
        && label(rest).is_some_and(|(names, _)| is_in_name_case(names))
        && !ends_like_a_sentence(rest)
}

/// A line with a date and nothing else but who wrote, where, and for which paper.
pub(super) fn dated_line(line: &str, language: Option<&str>) -> Option<Credits> {
    if line.len() > LINE_BYTES_MAX {
        return None;
    }
    if let Some(date) = dates::read(line, language) {
        let credits = if opens_an_update(line) {
            Credits { updated: Some(date), ..Credits::default() }
        } else {
            Credits { published: Some(date), updated: second_date(line, language), ..Credits::default() }
        };
        return Some(credits);
    }
    let (span, date) = dates::find(line, language)?;
    let (before, after) = (line.get(..span.start)?, line.get(span.end..)?);
    let mut credits = Credits { published: Some(date), ..Credits::default() };
    let mut after = after;
    if let Some((span, date)) = dates::find(after, language) {
        if !after
            .get(..span.start)?
            .split(|letter: char| !letter.is_alphabetic())
            .filter(|word| !word.is_empty())
            .all(dates::goes_with_a_date)
        {
            return None;
        }
        credits.updated = Some(date);
        after = after.get(span.end..)?;
    }
    for side in [before, after] {
        for piece in side
            .split(['|', '•', '·', '●', '–', '—', ',', ';', '(', ')'])
            .flat_map(|piece| piece.split(" - "))
            .flat_map(|piece| piece.split(" / "))
        {
            read_piece(piece.trim().trim_end_matches(['-', '/', ':', ' ']).trim(), &mut credits)?;
        }
    }
    Some(credits)
}

fn read_piece(piece: &str, credits: &mut Credits) -> Option<()> {
    let says_nothing = piece.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).all(dates::goes_with_a_date);
    if says_nothing && !piece.bytes().any(|byte| byte.is_ascii_digit()) {
        return Some(());
    }
    let lower = folded(piece);
    let is_reading_time =
        lower.split(' ').count() <= 4 && lower.contains("min") && lower.starts_with(|letter: char| letter.is_ascii_digit());
    if is_reading_time || wire::is_city(piece) {
        return Some(());
    }
    if wire::is_domain(piece) {
        credits.site = Some(piece.to_owned());
        return Some(());
    }
    let authors = byline(piece).or_else(|| bare_names(piece))?;
    credits.authors.extend(authors);
    Some(())
}

fn opens_an_update(line: &str) -> bool {
    let first = line.split(|letter: char| !letter.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or_default();
    dates::opens_an_update(&folded(first))
}

fn second_date(line: &str, language: Option<&str>) -> Option<String> {
    let (span, _) = dates::find(line, language)?;
    dates::find(line.get(span.end..)?, language).map(|(_, date)| date)
}
