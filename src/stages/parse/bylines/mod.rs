//! Reads who wrote an article: "By Ada Moe and Bo Lund, Harbour Correspondents" are Ada Moe and Bo Lund.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

mod han;
mod names;

#[cfg(test)]
mod tests;

pub(crate) use han::{is_han, read as read_han};

use super::agencies::is_agency;
use crate::text::lang;
use crate::text::unicode::is_unspaced;
use names::{PARTICLES, is_paper, name};

/// In bytes: a longer byline is prose.
const BYLINE_BYTES_MAX: usize = 600;
const AUTHORS_MAX: usize = 24;

/// The authors that a byline names, in its order, each once: without "By", job titles, addresses, places and the paper's
/// own name. An agency is an author only where no person is. Empty where the line names nobody.
pub(crate) fn read(text: &str) -> Vec<String> {
    if text.len() > BYLINE_BYTES_MAX {
        return Vec::new();
    }
    let words = words();
    let mut people: Vec<String> = Vec::new();
    let mut bodies: Vec<String> = Vec::new();
    let bare = without_brackets(text);
    for part in bare.split(['\n', '\r', '\t', '|', ';', '/', '•', '·', '●', '・', '、', '，']) {
        let (part, labelled) = without_label(part.trim(), words);
        if !labelled && takes_pictures(part, words) {
            continue;
        }
        for (place, piece) in part
            .split(',')
            .flat_map(|piece| piece.split(" - "))
            .flat_map(|piece| piece.split(" – "))
            .flat_map(|piece| piece.split(" — "))
            .enumerate()
        {
            for piece in at_conjunctions(piece, words) {
                let (piece, _) = without_label(piece.trim(), words);
                let Some(name) = name(piece, words) else { continue };
                let list = if is_agency(&name) { &mut bodies } else { &mut people };
                // After a full name, a single word is a place: "Ada Moe, Paris".
                let is_place =
                    place > 0 && !name.contains(' ') && !name.chars().any(is_unspaced) && list.iter().any(|other| other.contains(' '));
                if !is_place && !list.iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
                    list.push(name);
                }
            }
        }
    }
    let mut authors = if people.is_empty() { bodies } else { people };
    if authors.is_empty() && is_user_name(text.trim(), words) {
        authors.push(text.trim().to_owned());
    }
    authors.truncate(AUTHORS_MAX);
    authors
}

/// The authors that a byline of several lines names, as the blocks of a page's element: the first line that names anybody,
/// and the lines behind it as long as each is a whole name. "Ada Moe / Last updated / 3 min read" is Ada Moe.
pub(crate) fn read_lines(text: &str) -> Vec<String> {
    let mut authors: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if is_label(line) {
            continue;
        }
        let names = read(line);
        if authors.is_empty() {
            authors = names;
            continue;
        }
        let is_whole = matches!(names.as_slice(), [name] if name.contains(' ') && name == line);
        if !is_whole {
            break;
        }
        authors.extend(names.into_iter().filter(|name| !authors.contains(name)).collect::<Vec<_>>());
    }
    authors.truncate(AUTHORS_MAX);
    authors
}

/// "By" on a line of its own.
fn is_label(line: &str) -> bool {
    let small = line.trim_end_matches([':', '：']).trim().to_lowercase();
    words().by.contains(&small)
}

/// "gnaddrig": all in small letters, and all that is said.
fn is_user_name(text: &str, words: &Words) -> bool {
    let is_word = text.chars().all(|letter| letter.is_lowercase() || matches!(letter, '_' | '.'))
        && text.chars().filter(|letter| letter.is_alphabetic()).count() >= 3;
    let says_nothing =
        words.jobs.contains(text) || words.and.contains(text) || words.pictures.contains(text) || words.by.iter().any(|by| by == text);
    // "page.author" and the like are what a template left.
    let is_variable = text.matches('.').count() > 1;
    is_word && !is_variable && text.chars().count() <= 30 && !says_nothing && !PARTICLES.contains(&text) && !is_paper(text)
}

struct Words {
    /// Phrases before the authors, in small letters, the longest first.
    by: Vec<String>,
    and: FxHashSet<String>,
    jobs: FxHashSet<String>,
    teams: FxHashSet<String>,
    pictures: FxHashSet<String>,
}

fn words() -> &'static Words {
    static READ: OnceLock<Words> = OnceLock::new();
    READ.get_or_init(|| {
        let mut read = Words {
            by: Vec::new(),
            and: FxHashSet::default(),
            jobs: FxHashSet::default(),
            teams: FxHashSet::default(),
            pictures: FxHashSet::default(),
        };
        for data in lang::codes().map(|code| &lang::of(code).articles) {
            read.by.extend(data.by.iter().cloned());
            read.and.extend(data.and.iter().cloned());
            read.jobs.extend(data.jobs.split_whitespace().map(str::to_owned));
            read.teams.extend(data.teams.split_whitespace().map(str::to_owned));
            read.pictures.extend(data.pictures.iter().cloned());
        }
        read.by.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        read.by.dedup();
        read
    })
}

fn without_label<'a>(text: &'a str, words: &Words) -> (&'a str, bool) {
    let (mut rest, mut found) = (text, false);
    // "Author: By Ada Moe"
    for _ in 0..2 {
        let after = words.by.iter().find_map(|label| {
            let after = strip_prefix_of_any_case(rest, label)?;
            let is_whole = after.starts_with([':', ' ', '\u{A0}', '.']);
            is_whole.then(|| after.trim_start_matches([':', ' ', '\u{A0}', '.']))
        });
        match after {
            Some(after) => (rest, found) = (after, true),
            None => break,
        }
    }
    (rest, found)
}

fn strip_prefix_of_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let mut letters = text.chars();
    for expected in prefix.chars() {
        let letter = letters.next()?;
        if letter != expected && !letter.to_lowercase().eq(std::iter::once(expected)) {
            return None;
        }
    }
    Some(letters.as_str())
}

fn takes_pictures(part: &str, words: &Words) -> bool {
    let first = part.split([' ', ':']).next().unwrap_or_default();
    words.pictures.contains(&first.to_lowercase())
}

/// What stands in brackets is an agency, an address or a note, never a name.
fn without_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    for letter in text.chars() {
        match letter {
            '(' | '[' | '<' | '（' => depth += 1,
            ')' | ']' | '>' | '）' => depth = depth.saturating_sub(1),
            '\u{A0}' | '\u{202F}' if depth == 0 => out.push(' '),
            _ if depth == 0 => out.push(letter),
            _ => {}
        }
    }
    out
}

/// Cuts "Ada Moe and Bo Lund", but not "José Ortega y Gasset": what follows has to be a whole name.
fn at_conjunctions<'a>(piece: &'a str, words: &Words) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut rest = piece.trim();
    let mut from = 0;
    let in_capitals = !piece.chars().any(char::is_lowercase);
    while let Some((at, word)) = next_word(rest, from) {
        from = at + word.len();
        // "Ada Moe And Bo Lund" in the case of titles.
        let before_has_two = rest.get(..at).is_some_and(|before| before.trim().contains(' '));
        let lower = word.to_lowercase();
        let joins = word == "&"
            || word == "+"
            || (words.and.contains(&lower) && (word == lower || lower.len() > 2 && (in_capitals || before_has_two)));
        let before = rest.get(..at).unwrap_or_default().trim();
        let after = rest.get(from..).unwrap_or_default().trim();
        if !joins || before.is_empty() || after.is_empty() {
            continue;
        }
        let long = lower.len() > 2 || word == "&" || word == "+";
        let parts_names = after.contains(' ') || (!before.contains(' ') || long) && !lower.eq("de");
        if parts_names {
            pieces.push(before);
            rest = after;
            from = 0;
        }
    }
    pieces.push(rest);
    pieces
}

fn next_word(text: &str, from: usize) -> Option<(usize, &str)> {
    let tail = text.get(from..)?;
    let start = from + tail.find(|letter: char| !letter.is_whitespace())?;
    let word = text.get(start..)?.split_whitespace().next()?;
    Some((start, word))
}
