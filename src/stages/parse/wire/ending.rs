//! Reads what a desk sets below a story: "(Reporting by Ada Moe; Editing by Bo Lund)", "ENDS", the reporter's initials.

use std::sync::OnceLock;

use super::{agencies, bylines};
use crate::text::lang;

/// In bytes: no remark is longer.
const REMARK_BYTES_MAX: usize = 400;

/// Where the story ends, and who is named behind it.
#[derive(Debug)]
pub(super) struct Ending {
    /// In bytes: what stands from here on is no story.
    pub start: usize,
    pub authors: Vec<String>,
}

/// One remark at the end of a text; asked again, the one before it. `agency` is who sends it, where that is known.
pub(super) fn read(text: &str, agency: Option<&str>) -> Option<Ending> {
    let story = text.trim_end();
    let line_start = story
        .rfind(['\n', '\r', '\u{2028}', '\u{2029}'])
        .map_or(0, |at| at + story.get(at..).and_then(|tail| tail.chars().next()).map_or(1, char::len_utf8));
    let line = story.get(line_start..)?;
    let found = credits(story, line_start, line).or_else(|| signature(story, line_start, line, agency));
    found.or_else(|| labelled(story, line_start, line)).or_else(|| end_mark(story))
}

/// "(Reporting by ...)", on a line of its own or behind the last sentence. Behind it, brackets must close the text.
fn credits(story: &str, line_start: usize, line: &str) -> Option<Ending> {
    let inner_end = line.strip_suffix(')').or_else(|| line.strip_suffix(").")).or_else(|| line.strip_suffix(']'))?;
    let open = inner_end.rfind(['(', '['])?;
    let inside = inner_end.get(open + 1..)?;
    if inside.len() > REMARK_BYTES_MAX {
        return None;
    }
    let parts: Vec<&str> = inside.split(';').map(str::trim).collect();
    let is_remark = parts.first().is_some_and(|part| credit(part).is_some());
    if !is_remark {
        return None;
    }
    let reporters = parts.iter().find_map(|part| credit(part).filter(|(phrase, _)| !is_of_editors(phrase)));
    let authors = reporters.map(|(_, names)| bylines::read(until_next_credit(names))).unwrap_or_default();
    let start = line_start + open;
    let before = story.get(..start)?.trim_end();
    Some(Ending { start: before.len(), authors })
}

/// "Ada Moe, edited by Bo Lund. For questions ...": who comes behind another phrase did something else.
fn until_next_credit(names: &str) -> &str {
    let next =
        memchr::memchr_iter(b',', names.as_bytes()).find(|at| names.get(at + 1..).is_some_and(|rest| credit(rest.trim_start()).is_some()));
    next.and_then(|at| names.get(..at)).unwrap_or(names)
}

/// "Door: Joost Haverkamp", "Editor: Bo Lund", "COPYRIGHT © ANTARA 2026", on the last line.
fn labelled(story: &str, line_start: usize, line: &str) -> Option<Ending> {
    let start = story.get(..line_start)?.trim_end().len();
    if line_start == 0 || line.len() > 100 {
        return None;
    }
    let lower = line.to_lowercase();
    if ["copyright", "©", "(c) ", "hak cipta"].iter().any(|opening| lower.starts_with(opening)) {
        return Some(Ending { start, authors: Vec::new() });
    }
    let (label, names) = line.split_once(':')?;
    let label = label.trim().to_lowercase();
    let is_label = lang::codes().map(lang::of).any(|data| data.clean.credits.contains(&label) || data.articles.by.contains(&label));
    let authors = bylines::read(names);
    let is_remark = is_label && !authors.is_empty() && !names.trim_end().ends_with(['.', '!', '?']);
    is_remark.then(|| Ending { start, authors: if is_of_editors(&label) { Vec::new() } else { authors } })
}

/// The phrase that a part opens with, and the names behind it.
fn credit(part: &str) -> Option<(&'static str, &str)> {
    static READ: OnceLock<Vec<&'static str>> = OnceLock::new();
    let phrases = READ.get_or_init(|| lang::codes().flat_map(|code| lang::of(code).clean.credits.iter().map(String::as_str)).collect());
    phrases.iter().find_map(|phrase| {
        let mut letters = part.chars();
        let is_same =
            phrase.chars().all(|expected| letters.next().is_some_and(|letter| letter == expected || letter.to_lowercase().eq([expected])));
        let rest = letters.as_str();
        (is_same && rest.starts_with([' ', ':'])).then(|| (*phrase, rest.trim_start_matches([' ', ':'])))
    })
}

fn is_of_editors(phrase: &str) -> bool {
    ["edit", "édit", "éd", "redig", "bearbeit", "version", "traduit", "trad", "compiled", "sunting"]
        .iter()
        .any(|part| phrase.contains(part))
}

/// "ab/cd/ef", "(dpa)", "dpa ab yyzz cd", "(mor/jak)": who wrote and who signed, in the desk's own letters.
fn signature(story: &str, line_start: usize, line: &str, agency: Option<&str>) -> Option<Ending> {
    let is_alone = line_start > 0;
    let is_address = line.starts_with("((") && line.ends_with("))") && line.len() <= REMARK_BYTES_MAX;
    let is_closed = is_alone && (is_address || is_capital_initials(line) || closes_an_agency(line));
    if is_closed {
        return Some(Ending { start: story.get(..line_start)?.trim_end().len(), authors: Vec::new() });
    }
    // "... he said. EFE"
    if let Some((before, agency)) = line.rsplit_once(' ')
        && agencies::is_agency(agency)
        && !agency.chars().any(char::is_lowercase)
        && before.trim_end_matches(['"', '”', '»', '’', '“']).ends_with(['.', '!', '?'])
    {
        return Some(Ending { start: line_start + before.trim_end().len(), authors: vec![agency.to_owned()] });
    }
    let bare = line.trim_matches(['(', ')', '[', ']', '.', ' ', '/', '-', '–', '—']);
    if is_alone && line.len() <= 60 && !bare.is_empty() && bare.split('/').all(agencies::is_agency) {
        return Some(Ending { start: story.get(..line_start)?.trim_end().len(), authors: vec![bare.to_owned()] });
    }
    let is_bracketed = line.starts_with(['(', '[']) && line.ends_with([')', ']']);
    if is_alone && (is_initials(bare) || (is_bracketed && is_short_code(bare)) || is_code_of(agency.unwrap_or("dpa"), line)) {
        return Some(Ending { start: story.get(..line_start)?.trim_end().len(), authors: Vec::new() });
    }
    // Behind the last sentence: "... he said. (mor/jak)".
    let inner = line.strip_suffix('.').unwrap_or(line).strip_suffix([')', ']'])?;
    let open = inner.rfind(['(', '['])?;
    let inside = inner.get(open + 1..)?;
    let before = line.get(..open)?.trim_end();
    let ends_sentence = before.trim_end_matches(['"', '”', '»', '’', '“']).ends_with(['.', '!', '?']);
    if !ends_sentence {
        return None;
    }
    let authors = if agencies::is_agency(inside) { vec![inside.to_owned()] } else { Vec::new() };
    let is_remark = !authors.is_empty() || is_initials(inside) || is_short_code(inside);
    is_remark.then(|| Ending { start: line_start + before.len(), authors })
}

/// "ARB // BLD": two to four capitals of each who signed.
fn is_capital_initials(line: &str) -> bool {
    let groups: Vec<&str> = line.split('/').map(str::trim).filter(|group| !group.is_empty()).collect();
    let is_group = |group: &&str| (2..=4).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_uppercase());
    line.contains("//") && groups.len() >= 2 && groups.iter().all(is_group)
}

/// "Lusa/Fim": an agency's name and its word for the end.
fn closes_an_agency(line: &str) -> bool {
    let Some((agency, word)) = line.split_once('/') else { return false };
    let word = word.trim().to_lowercase();
    agencies::is_agency(agency) && lang::codes().any(|code| lang::of(code).clean.end_marks.contains(&word))
}

/// Groups of two to four small letters, parted by slashes or hyphens: two groups at least.
fn is_initials(text: &str) -> bool {
    let groups: Vec<&str> = text.split(['/', '-', ',']).collect();
    let is_group = |group: &&str| (2..=4).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_lowercase());
    groups.len() >= 2 && text.contains('/') && groups.iter().all(is_group)
}

/// "(mor)": two to four small letters that are no word.
fn is_short_code(text: &str) -> bool {
    const WORDS: [&str; 14] = ["sic", "ndlr", "red", "etc", "cf", "id", "ibid", "no", "non", "si", "oui", "ja", "nee", "tbc"];
    let is_stop = || ["en", "fr", "de", "es", "it", "pt", "nl", "id"].iter().any(|code| lang::of(code).words.is_stop(text));
    (2..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase()) && !WORDS.contains(&text) && !is_stop()
}

/// "dpa ab yyzz cd": German agencies sign in groups of letters.
fn is_code_of(agency: &str, line: &str) -> bool {
    let mut groups = line.split(' ');
    let is_group =
        |group: &str| (2..=4).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    groups.next().is_some_and(|first| first == "dpa" || first == agency) && line.len() <= 30 && line.contains(' ') && groups.all(is_group)
}

/// A line in the last part of a text that says "ENDS", with addresses and notes behind it.
fn end_mark(story: &str) -> Option<Ending> {
    // What follows an end mark is shorter than the story above it.
    let from = story.floor_char_boundary(story.len() / 5 * 3);
    let tail = story.get(from..)?;
    let mut place = from;
    let mut found = None;
    for line in tail.split_inclusive(['\n', '\r']) {
        let is_whole_line = place == 0 || story.get(..place).is_some_and(|before| before.ends_with(['\n', '\r']));
        let is_last = place + line.len() == story.len();
        if is_whole_line && (is_end_mark(line.trim()) || (is_last && is_end_word(line.trim()))) {
            if found.is_some() {
                // Twice in one text, it parts sections.
                return None;
            }
            found = Some(place);
        }
        place += line.len();
    }
    let before = story.get(..found?)?;
    let parts_sections = before.split(['\n', '\r']).any(|line| is_end_mark(line.trim()));
    (!parts_sections).then(|| Ending { start: before.trim_end().len(), authors: Vec::new() })
}

/// "end" in small letters, which only the last line may be.
fn is_end_word(line: &str) -> bool {
    matches!(line, "end" | "ends" | "fin" | "ende" | "fine" | "fim" | "einde" | "selesai")
}

fn is_end_mark(line: &str) -> bool {
    static READ: OnceLock<Vec<&'static str>> = OnceLock::new();
    if line.len() > 40 || line.is_empty() {
        return false;
    }
    if matches!(line, "###" | "# # #" | "-30-" | "- 30 -" | "–30–" | "— 30 —" | "(30)") {
        return true;
    }
    let marks = READ.get_or_init(|| lang::codes().flat_map(|code| lang::of(code).clean.end_marks.iter().map(String::as_str)).collect());
    let bare = line.trim_matches(|letter: char| !letter.is_alphanumeric());
    let is_marked = (bare.len() < line.len() && line.starts_with(['-', '–', '—', '*', '#', '(', '/', '[']))
        || (!bare.chars().any(char::is_lowercase) && bare.len() == line.len());
    is_marked && marks.contains(&bare.to_lowercase().as_str())
}
