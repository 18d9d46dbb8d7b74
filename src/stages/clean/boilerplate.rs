//! Takes out what stands around an article and is no part of it: "Read also", newsletters, footers, the title again.
//!
//! Only whole short lines go, and only by patterns that no reporter's sentence fits. In doubt a line stays.

use rustc_hash::FxHashSet;
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_128;

use super::phrases::{Phrases, first_word};
use crate::text::paragraphs::paragraphs;
use crate::text::unicode::next_beyond_ascii;
use crate::text::words::hash;

/// In bytes: no line of boilerplate is longer than this.
const LINE_MAX: usize = 300;
/// In characters: shorter paragraphs may come again, as refrains and answers do.
const REPEATED_MIN: usize = 40;

/// The text without what is no part of the article. Paragraphs are parted by one blank line before and after.
pub fn remove(text: String, title: Option<&str>, phrases: &Phrases) -> String {
    let mut kept_paragraphs: Vec<Cow<str>> = Vec::new();
    let mut seen = FxHashSet::default();
    let mut changed = false;
    for paragraph in paragraphs(&text).map(|span| span.of(&text)) {
        let kept = without_boilerplate_lines(paragraph, phrases);
        let is_repeated = kept.len() >= REPEATED_MIN && !seen.insert(xxh3_128(kept.as_bytes())) && kept.chars().count() >= REPEATED_MIN;
        if kept.is_empty() || is_repeated {
            changed = true;
            continue;
        }
        changed |= kept.len() != paragraph.len();
        kept_paragraphs.push(kept);
    }
    while kept_paragraphs.last().is_some_and(|last| is_closing_line(last, phrases)) {
        kept_paragraphs.pop();
        changed = true;
    }
    let repeats_title = |first: &str| title.is_some_and(|title| is_same_title(first, title));
    let repetitions = kept_paragraphs.iter().take_while(|paragraph| repeats_title(paragraph)).count();
    // A text that is nothing but its title is all there is.
    let repetitions = repetitions.min(kept_paragraphs.len().saturating_sub(1));
    kept_paragraphs.drain(..repetitions);
    changed |= repetitions > 0;
    if changed { kept_paragraphs.join("\n\n") } else { text }
}

fn without_boilerplate_lines<'a>(paragraph: &'a str, phrases: &Phrases) -> Cow<'a, str> {
    if !paragraph.split('\n').any(|line| is_boilerplate(line, phrases)) {
        return Cow::Borrowed(paragraph);
    }
    let kept: Vec<&str> = paragraph.split('\n').filter(|line| !is_boilerplate(line, phrases)).collect();
    Cow::Owned(kept.join("\n"))
}

fn is_boilerplate(line: &str, phrases: &Phrases) -> bool {
    if line.len() > LINE_MAX || begins_with_quotation(line) {
        return false;
    }
    let opening = hash(first_word(line));
    let opens_a_phrase = line.starts_with('©') || phrases.first_words.contains(&opening);
    if !opens_a_phrase {
        return false;
    }
    let folded = fold(line);
    let bare = folded.trim_matches(|letter: char| !letter.is_alphanumeric());
    if bare.is_empty() {
        return false;
    }
    // "Share." is an order that somebody may have given; the button under an article has no full stop.
    let is_sentence = folded.ends_with(['.', '!', '?', ',', ';']);
    (!is_sentence && phrases.lines.contains(bare))
        || phrases.notices.get(&opening).is_some_and(|notices| notices.iter().any(|notice| begins_with_phrase(bare, notice)))
        || is_label_and_headline(&folded, phrases)
        || is_bracketed_credit(&folded, phrases)
        || is_copyright(&folded)
}

fn begins_with_quotation(line: &str) -> bool {
    line.starts_with(['"', '\'', '“', '”', '„', '«', '»', '‘', '’', '‚', '‹', '›', '「', '—', '–'])
}

/// "Read also: Five bridges closed", "Photo: A. Moe/NTB". Not "Read more: that is what teachers say."
fn is_label_and_headline(folded: &str, phrases: &Phrases) -> bool {
    let Some((label, rest)) = folded.split_once(':') else { return false };
    let label = label.trim_matches(|letter: char| !letter.is_alphanumeric());
    let rest = rest.trim();
    let words = rest.split(' ').count();
    let is_headline = !rest.is_empty() && !rest.ends_with(['.', ',', ';', ':', '"', '”', '»']) && !rest.starts_with(['"', '“', '«', '„']);
    is_headline
        && ((phrases.links.contains(label) && label.contains(' ') && words <= 25 && !rest.contains(". "))
            || (phrases.photos.contains(label) && words <= 8))
}

/// "(Reporting by A. Moe; Editing by B. Lund)"
fn is_bracketed_credit(folded: &str, phrases: &Phrases) -> bool {
    let Some(inside) = folded.strip_prefix(['(', '[']) else { return false };
    let closed = folded.trim_end_matches('.').ends_with([')', ']']);
    // A bracket that closes early and opens again belongs to a sentence.
    let is_one_bracket = inside.bytes().filter(|byte| matches!(byte, b')' | b']')).count() == 1;
    closed && is_one_bracket && phrases.credits.iter().any(|credit| begins_with_phrase(inside, credit))
}

/// "© 2026 The Daily Tide", "Copyright 2026 ...". Not "Copyright lawyers say".
fn is_copyright(folded: &str) -> bool {
    let marked = folded.strip_prefix('©').or_else(|| folded.strip_prefix("(c) ")).or_else(|| folded.strip_prefix("copyright "));
    let Some(rest) = marked else { return false };
    let rest = rest.trim_start_matches(['©', ' ']);
    let rest = rest.strip_prefix("(c) ").unwrap_or(rest);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    folded.len() <= 200 && (digits == 4 || (folded.contains('©') && !folded.contains(". ")))
}

/// A line that is boilerplate only at the very end.
fn is_closing_line(line: &str, phrases: &Phrases) -> bool {
    if line.len() > LINE_MAX || line.contains('\n') || line.starts_with(['"', '“', '„', '«', '»']) {
        return false;
    }
    let folded = fold(line);
    let bare = folded.trim_matches(|letter: char| !letter.is_alphanumeric());
    let between_dashes = line.len() > bare.len() && line.starts_with(['-', '–', '—', '*', '#', '(', '/']);
    let in_capitals = !line.chars().any(char::is_lowercase) && !line.ends_with(['.', '!', '?']);
    let is_rule = bare.is_empty() && line.chars().all(|letter| matches!(letter, '#' | '*' | '-' | '_' | '=' | '~' | '—' | '–' | '•' | ' '));
    is_rule
        || ((between_dashes || in_capitals) && phrases.end_marks.contains(bare))
        || is_credit(&folded, phrases)
        || is_rights_notice(&folded, phrases)
        || is_trailer(&folded, phrases)
}

/// "The post Ferry late appeared first on The Daily Tide."
fn is_trailer(folded: &str, phrases: &Phrases) -> bool {
    phrases.trailers.iter().any(|(opening, rest)| {
        begins_with_phrase(folded, opening)
            && folded.rfind(rest.as_str()).is_some_and(|at| folded.get(at..).is_some_and(|end| begins_with_phrase(end, rest)))
    })
}

/// "Reporting by A. Moe; editing by B. Lund". Not "Reporting by the BBC showed that the bridge was closed."
fn is_credit(folded: &str, phrases: &Phrases) -> bool {
    let is_list = folded.contains(';') || !folded.ends_with('.');
    is_list
        && folded.split(' ').count() <= 25
        && phrases.credits.iter().any(|credit| begins_with_phrase(folded, credit) && credit.contains(' '))
}

fn is_rights_notice(folded: &str, phrases: &Phrases) -> bool {
    let bare = folded.trim_end_matches(['.', ' ']);
    let is_marked = folded.contains('©') || folded.contains("(c)") || folded.contains("copyright") || has_year(folded);
    phrases.rights.iter().any(|right| bare.strip_suffix(right.as_str()).is_some_and(|before| before.is_empty() || is_marked))
}

fn has_year(text: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_digit()).any(|digits| digits.len() == 4)
}

fn begins_with_phrase(text: &str, phrase: &str) -> bool {
    text.strip_prefix(phrase).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

fn fold(line: &str) -> String {
    let line = line.trim();
    let mut folded = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = next_beyond_ascii(rest.as_bytes(), 0) {
        let (ascii, others) = rest.split_at(at);
        folded.push_str(ascii);
        let mut letters = others.chars();
        match letters.next() {
            Some('’') => folded.push('\''),
            Some(letter) => folded.extend(letter.to_lowercase()),
            None => {}
        }
        rest = letters.as_str();
    }
    folded.push_str(rest);
    folded.make_ascii_lowercase();
    folded
}

/// The same words, whatever the signs; a title may also carry the site's name: "Bridge closed | The Daily Tide".
fn is_same_title(paragraph: &str, title: &str) -> bool {
    if paragraph.len() > 4 * title.len() + 16 {
        return false;
    }
    let is_same = |title: &str| {
        let mut words = letters(title).peekable();
        words.peek().is_some() && letters(paragraph).eq(words)
    };
    is_same(title) || [" | ", " - ", " – ", " — "].iter().any(|mark| title.rsplit_once(mark).is_some_and(|(head, _)| is_same(head)))
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase)
}
