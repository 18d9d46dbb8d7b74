//! Paragraphs: what blank lines part.

use crate::model::Span;

/// The paragraphs of a clean text, which one blank line parts: what `split("\n\n")` gives, but found by its line feeds.
pub fn paragraphs(text: &str) -> impl Iterator<Item = Span> {
    let bytes = text.as_bytes();
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let from = start?;
        let mut at = from;
        while let Some(ahead) = memchr::memchr(b'\n', bytes.get(at..)?) {
            at += ahead;
            if bytes.get(at + 1) == Some(&b'\n') {
                start = Some(at + 2);
                return Some(Span::new(from, at));
            }
            at += 1;
        }
        start = None;
        Some(Span::new(from, bytes.len()))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_are_what_blank_lines_part(text in "[aé\n]{0,24}") {
            let found: Vec<&str> = paragraphs(&text).map(|span| span.of(&text)).collect();
            prop_assert_eq!(found, text.split("\n\n").collect::<Vec<_>>());
        }
    }
}
