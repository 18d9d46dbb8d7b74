//! Reads a line as a header: "Subject: Ferry returns", "Schlagwörter: Fähre, Hafen".

use super::vocabulary::{folded, vocabulary};

/// What a header tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Subtitle,
    Authors,
    Published,
    Updated,
    Section,
    Tags,
    Site,
    Address,
    Language,
    /// Nothing that a record shows.
    Other,
}

/// In bytes: no label is longer.
const LABEL_BYTES_MAX: usize = 40;

/// The field that a line's label names, and its value.
pub(super) fn read(line: &str) -> Option<(Field, &str)> {
    let (label, value) = line.split_once([':', '：'])?;
    if label.len() > LABEL_BYTES_MAX || value.starts_with("//") {
        return None;
    }
    let label = label.trim();
    let value = value.trim();
    if let Some(field) = vocabulary().fields.get(&folded(label)) {
        return Some((*field, value));
    }
    // "X-Mailer", "Content-ID": a word with hyphens, in capitals as letters have them.
    let is_letter_header = label.contains('-')
        && !value.is_empty()
        && label.split('-').all(|part| {
            part.starts_with(|letter: char| letter.is_ascii_uppercase()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    is_letter_header.then_some((Field::Other, value))
}
