//! Where one sentence ends and the next begins.

use crate::model::Span;

use super::lang::Language;

/// The sentences of a text, in order. A blank line always ends one; only white space lies between them, none at
/// their edges.
pub fn segment(text: &str, _language: &Language) -> Vec<Span> {
    use unicode_segmentation::UnicodeSegmentation as _;
    let mut sentences = Vec::new();
    for (start, piece) in text.split_sentence_bound_indices() {
        let begin = start + (piece.len() - piece.trim_start().len());
        let end = start + piece.trim_end().len();
        if begin < end {
            sentences.push(Span::new(begin, end));
        }
    }
    sentences
}
