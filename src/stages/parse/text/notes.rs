//! Notes of desks to desks: slugs, embargoes, calls for speed, and where pages of print end.

use std::borrow::Cow;

use super::lines;
use super::vocabulary::{folded, vocabulary};

/// In bytes: no note is longer.
const NOTE_BYTES_MAX: usize = 200;

/// True for a line above a story that is a note and no part of it.
pub(super) fn is_note(line: &str) -> bool {
    line.len() <= NOTE_BYTES_MAX
        && (is_rule(line)
            || is_slug(line)
            || is_embargo(line)
            || is_urgency(line)
            || is_release(line)
            || is_page_break(line)
            || is_for_editors(line))
}

/// "-----", "=====", "***".
fn is_rule(line: &str) -> bool {
    line.len() >= 3 && line.chars().all(|letter| matches!(letter, '-' | '=' | '_' | '*' | '~' | '#' | '–' | '—' | '/'))
}

/// "BC-FERRY-RETURN", "AM-Ferry-Returns, 2nd Ld-Writethru", "FERRY-HARBOUR/27", "ferry-transports-îles",
/// "Verkehr/Inseln/". Not "COVID-19", "PM-elect quits".
fn is_slug(line: &str) -> bool {
    let first = line.split([',', ' ']).next().unwrap_or_default();
    let is_cycle = ["AM-", "BC-", "PM-"].iter().any(|cycle| {
        let rest = first.strip_prefix(cycle).filter(|rest| rest.starts_with(char::is_uppercase));
        rest.is_some_and(|rest| rest.contains('-') || line == first) && line.split(' ').count() <= 6
    });
    let in_capitals = line.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'_'));
    let parts = line.split(['-', '/', '_']).filter(|part| !part.is_empty()).count();
    let is_compound = parts >= 3 || (parts == 2 && line.contains('/'));
    let is_letters = line.chars().all(|letter| letter.is_alphabetic() || matches!(letter, '-' | '/'));
    let is_small = is_letters && !line.chars().any(char::is_uppercase) && line.split('-').filter(|part| part.len() >= 2).count() >= 3;
    let is_path = is_letters && line.ends_with('/') && parts >= 2;
    is_cycle || (in_capitals && is_compound && line.len() >= 10) || is_small || is_path
}

/// "EMBARGOED UNTIL 0001 GMT", "Sperrfrist: 3. März, 6.00 Uhr". A headline on an embargo goes on in other words.
fn is_embargo(line: &str) -> bool {
    let bare = folded(line.trim_matches(|letter: char| !letter.is_alphanumeric()));
    vocabulary().embargo.iter().any(|phrase| {
        bare.strip_prefix(phrase.trim_end_matches(':')).is_some_and(|rest| {
            if phrase.ends_with(':') { rest.trim_start().starts_with(':') } else { !rest.starts_with(char::is_alphanumeric) }
        })
    })
}

/// "URGENT", "Eil", "+++ EIL +++", "(Última hora)": the word alone.
fn is_urgency(line: &str) -> bool {
    let bare = line.trim_matches(|letter: char| !letter.is_alphanumeric());
    vocabulary().urgency.contains(&folded(bare))
}

/// "PRESS RELEASE", "Communiqué de presse".
fn is_release(line: &str) -> bool {
    vocabulary().releases.contains(&folded(line.trim_matches(|letter: char| !letter.is_alphanumeric())))
}

/// "Eds: Adds quotes", "ATTENTION - ajoute déclarations ///", "(Corrects name)", "(PAPIER GENERAL)", "*** Audio ***".
fn is_for_editors(line: &str) -> bool {
    let lower = folded(line);
    if line.len() >= 12 && line.starts_with("***") && line.ends_with("***") {
        return true;
    }
    if let Some(inner) = lower.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let first = inner.split(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default();
        let words = inner.split(' ').count();
        let is_rubric = words <= 5 && line.chars().any(char::is_uppercase) && !line.chars().any(char::is_lowercase);
        return is_rubric || (words >= 2 && vocabulary().edits.contains(first));
    }
    ["eds:", "(eds:", "eds note:", "attn eds:", "note to eds:"].iter().any(|opening| lower.starts_with(opening))
        || (lower.starts_with("attention - ") && lower.ends_with("///"))
}

/// "- 2 -", "Page 2 of 3", "(more)", "-MORE-".
fn is_page_break(line: &str) -> bool {
    if line.len() > 40 {
        return false;
    }
    let words = vocabulary();
    let bare = line.trim_matches(|letter: char| !letter.is_alphanumeric());
    let is_marked = bare.len() < line.len()
        && line.starts_with(['-', '–', '—', '(', '[', '=', '*'])
        && line.ends_with(['-', '–', '—', ')', ']', '=', '*']);
    let lower = folded(bare);
    let is_number = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_marked && (is_number(&lower) || words.more.contains(&lower)) {
        return true;
    }
    let parts: Vec<&str> = lower.split([' ', '/', '.']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [page, number] => words.page.contains(*page) && is_number(number),
        [page, number, of] if is_number(of) => words.page.contains(*page) && is_number(number),
        [page, number, of, all] => words.page.contains(*page) && is_number(number) && words.page_of.contains(*of) && is_number(all),
        _ => false,
    }
}

/// "Ferry -- take 2", "BC-Ferry, 1st Add": how the next page begins behind "-more-".
fn is_take(line: &str) -> bool {
    let lower = folded(line);
    let words: Vec<&str> = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_number = |word: &str| word.starts_with(|letter: char| letter.is_ascii_digit()) && word.len() <= 4;
    let is_take = |word: &str| matches!(word, "take" | "add");
    line.len() <= 40
        && words.len() <= 6
        && words
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if (is_take(one) && is_number(other)) || (is_number(one) && is_take(other))))
}

/// "(more)", "-MORE-": the line above goes on behind it.
pub(super) fn is_more(line: &str) -> bool {
    is_page_break(line) && !line.bytes().any(|byte| byte.is_ascii_digit())
}

/// The headline without the marks that some wires set around it: "^Ferry returns<", "++ Ferry returns ++", "Ferry returns =".
pub(super) fn without_marks(title: &str) -> &str {
    let bare = title.strip_prefix('^').map(|rest| rest.strip_suffix('<').unwrap_or(rest)).unwrap_or(title);
    let bare = if bare.starts_with("++") && bare.ends_with("++") { bare.trim_matches('+') } else { bare };
    bare.strip_suffix(" =").unwrap_or(bare).trim()
}

/// The story without the lines at which pages of print end; a sentence that one cuts in two is whole again. None where
/// there are none.
pub(super) fn without_page_breaks(story: &str) -> Option<String> {
    let has_break = lines::breaks(story).any(|(_, line)| line.len() <= 44 && is_page_break(line.trim()));
    if !has_break {
        return None;
    }
    let mut out = String::with_capacity(story.len());
    let mut blanks = 0;
    let mut after_break = false;
    for (_, line) in lines::breaks(story) {
        let bare = line.trim();
        if bare.is_empty() {
            blanks += 1;
            continue;
        }
        if is_page_break(bare) || (after_break && is_take(bare)) {
            after_break = true;
            continue;
        }
        if !out.is_empty() {
            let goes_on = after_break && !ends_sentence(&out) && bare.starts_with(char::is_lowercase);
            out.push_str(if goes_on || (blanks == 0 && !after_break) { "\n" } else { "\n\n" });
        }
        out.push_str(line);
        (blanks, after_break) = (0, false);
    }
    out.chars().any(char::is_alphanumeric).then_some(out)
}

fn ends_sentence(text: &str) -> bool {
    let text: Cow<str> = Cow::Borrowed(text.trim_end());
    text.trim_end_matches(['"', '”', '»', '’', '\'', ')']).ends_with(['.', '!', '?', '…', ':'])
}
