//! Cuts off a text that has more sentences and lines than any article: each of them takes some hundred bytes in the stages
//! that follow, so that a file of nothing but line feeds would become two hundred times its size.

use crate::model::{ParsedArticle, Warning};

/// Sentences and lines of one text. At eighty bytes each, which is short, an article of 16 MB has as many.
const UNITS_MAX: usize = 200_000;

/// Keeps the first so many, and notes it in the record.
pub fn bound(article: &mut ParsedArticle) {
    if let Some(end) = end_of(&article.text, UNITS_MAX) {
        article.text.truncate(end);
        if !article.warnings.contains(&Warning::TextTruncated) {
            article.warnings.push(Warning::TextTruncated);
        }
    }
}

/// Where the last of so many sentences and lines ends; None where there are no more.
fn end_of(text: &str, units_max: usize) -> Option<usize> {
    // Too short for so many.
    if text.len() <= units_max {
        return None;
    }
    let bytes = text.as_bytes();
    let mut units = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let ends = match byte {
            b'\n' => true,
            b'.' | b'!' | b'?' => next.is_ascii_whitespace(),
            // The full stop of scripts without spaces, of which this is the last byte.
            0x82 => at >= 2 && bytes.get(at - 2..at) == Some(&[0xE3, 0x80]),
            _ => false,
        };
        units += usize::from(ends);
        if units == units_max {
            return text.get(at + 1..).is_some_and(|rest| !rest.trim_start().is_empty()).then_some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentences_and_lines_are_kept_whole() {
        let kept = |text: &str, units| end_of(text, units).map(|end| text.get(..end).unwrap().to_owned());
        assert_eq!(kept("It is late.\nIt is 10.30 now. It runs. It stops.", 3).as_deref(), Some("It is late.\nIt is 10.30 now."));
        assert_eq!(kept("遅れた。着いた。出た。", 2).as_deref(), Some("遅れた。着いた。"));
        assert_eq!(kept("It is late. It runs. \n", 2), None);
        assert_eq!(kept("It is late.", 2), None);
    }

    #[test]
    fn a_text_of_line_feeds_is_cut_and_an_article_is_not() {
        let document = |text: String| crate::model::RawDocument::new(text.into_bytes(), crate::model::Format::Text);
        let cut = super::super::parse(document("a\n".repeat(1_000_000)), &Default::default()).unwrap();
        assert!(cut.text.len() <= 3 * UNITS_MAX && cut.warnings.contains(&Warning::TextTruncated), "{}", cut.text.len());
        let whole = "The ferry to Leith was late again on Monday, and nobody could say why it was so. ".repeat(150_000);
        assert!(super::super::parse(document(whole), &Default::default()).unwrap().warnings.is_empty());
    }
}
