//! Makes paragraphs of lines, and whole words of those that a line end cut in two.

use std::collections::HashSet;

use super::glyphs::Line;

pub struct Paragraph {
    pub text: String,
    /// The height of its type, in points.
    pub size: f64,
}

/// The paragraphs of lines in reading order.
pub fn of(lines: &[Line]) -> Vec<Paragraph> {
    let hyphenated = words_with_hyphens(lines);
    let pitch = usual_pitch(lines);
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut left = f64::MAX;
    let mut right = f64::MIN;
    for (at, line) in lines.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| lines.get(at));
        let begins = before.is_none_or(|before| begins_paragraph(before, line, lines.get(at + 1), pitch, (left, right)));
        let moved = before.is_none_or(|before| is_elsewhere(before, line));
        if begins || moved {
            (left, right) = if moved { (line.left, line.right) } else { (left.min(line.left), right.max(line.right)) };
        } else {
            (left, right) = (left.min(line.left), right.max(line.right));
        }
        match paragraphs.last_mut() {
            Some(paragraph) if !begins => append(&mut paragraph.text, &line.text, &hyphenated),
            _ => paragraphs.push(Paragraph { text: line.text.clone(), size: line.size }),
        }
    }
    paragraphs
}

/// The size in which most of the text is set.
pub fn usual_size(paragraphs: &[Paragraph]) -> Option<f64> {
    let mut sizes: Vec<(f64, usize)> = paragraphs.iter().map(|paragraph| (paragraph.size, paragraph.text.len())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, length)| length).sum::<usize>() / 2;
    let mut so_far = 0;
    sizes.into_iter().find_map(|(size, length)| {
        so_far += length;
        (so_far >= half).then_some(size)
    })
}

/// From one line to the next, in heights of the type, as most of them stand.
fn usual_pitch(lines: &[Line]) -> f64 {
    let mut pitches: Vec<f64> = lines
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if !is_elsewhere(a, b) && same_size(a, b) => Some((b.base - a.base) / a.size),
            _ => None,
        })
        .filter(|pitch| (0.8..3.0).contains(pitch))
        .collect();
    pitches.sort_by(f64::total_cmp);
    // Lines within paragraphs are more than those between: the lower third is surely within.
    pitches.get(pitches.len() / 3).copied().unwrap_or(1.2)
}

fn same_size(a: &Line, b: &Line) -> bool {
    (a.size - b.size).abs() <= 0.12 * a.size.max(b.size)
}

/// In another column or on another page.
fn is_elsewhere(before: &Line, line: &Line) -> bool {
    before.page != line.page || line.base < before.base - before.size * 0.5 || line.left > before.right || line.right < before.left
}

fn begins_paragraph(before: &Line, line: &Line, after: Option<&Line>, pitch: f64, (left, right): (f64, f64)) -> bool {
    if !same_size(before, line) {
        return true;
    }
    let ends_sentence =
        before.text.trim_end_matches(['"', '\u{201d}', '\u{2019}', '\'', '\u{bb}', ')', ']']).ends_with(['.', '!', '?', ':', '\u{2026}']);
    let cut_word = before.text.ends_with(['-', '\u{2010}', '\u{ad}']);
    // What is set further in than the line below it is a first line.
    let indent = |line: &Line, left: f64| line.left - left > 0.7 * line.size && line.left - left < 6.0 * line.size;
    let indented =
        after.filter(|after| !is_elsewhere(line, after)).map_or(indent(line, left), |after| indent(line, after.left) && indent(line, left));
    if is_elsewhere(before, line) {
        let starts_low = line.text.chars().next().is_some_and(char::is_lowercase);
        let own_indent = after.is_some_and(|after| !is_elsewhere(line, after) && indent(line, after.left));
        return ends_sentence && !starts_low && (own_indent || !is_full(before, right)) && !cut_word;
    }
    let wide = (line.base - before.base) / before.size > pitch * 1.3;
    wide || indented && !cut_word || ends_sentence && !is_full(before, right) && !is_full_width_unknown(left, right)
}

/// Reaches as far to the right as the others.
fn is_full(line: &Line, right: f64) -> bool {
    right - line.right < 0.12 * (right - line.left).max(1.0)
}

fn is_full_width_unknown(left: f64, right: f64) -> bool {
    right <= left
}

fn append(text: &mut String, line: &str, hyphenated: &HashSet<String>) {
    let soft = text.ends_with('\u{ad}');
    let cut = text.ends_with(['-', '\u{2010}']) && line.starts_with(char::is_lowercase);
    let start: String = line.chars().take_while(|c| c.is_alphanumeric()).collect();
    let end: String = {
        let stem = text.trim_end_matches(['-', '\u{2010}', '\u{ad}']);
        let tail: Vec<char> = stem.chars().rev().take_while(|c| c.is_alphanumeric()).collect();
        tail.into_iter().rev().collect()
    };
    let is_compound = hyphenated.contains(&format!("{end}-{start}").to_lowercase());
    // A number has no hyphen of the line's making, and neither has an abbreviation.
    let is_word = end.chars().count() >= 2 && end.chars().last().is_some_and(char::is_lowercase);
    if soft || (cut && is_word && !is_compound) {
        text.pop();
    } else if !(text.ends_with(['-', '\u{2010}']) && is_word) {
        text.push(' ');
    }
    text.push_str(line);
}

/// Words that are written with a hyphen within a line: they have it at a line's end, too.
fn words_with_hyphens(lines: &[Line]) -> HashSet<String> {
    let words = lines.iter().flat_map(|line| line.text.split(|c: char| !(c.is_alphanumeric() || c == '-')));
    words.filter(|word| word.trim_matches('-').contains('-')).map(str::to_lowercase).collect()
}
