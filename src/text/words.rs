//! Words: the runs of letters and digits that counts and comparisons are made of.

use crate::model::Span;

/// The words of a text, in order. An apostrophe or hyphen between letters parts words, as it does for most counts;
/// in scripts without spaces each character is one.
pub fn words(text: &str) -> impl Iterator<Item = Span> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let (skipped, first) = rest.char_indices().find(|(_, c)| begins_word(*c))?;
        let start = at + skipped;
        let end = if super::unicode::is_unspaced(first) {
            start + first.len_utf8()
        } else {
            text.get(start..)?.find(|c| !continues_word(c)).map_or(text.len(), |length| start + length)
        };
        at = end;
        Some(Span::new(start, end))
    })
}

fn begins_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() }
}

/// Most letters of most articles are ASCII or accented Latin ones, for which no table needs to be asked.
fn continues_word(c: char) -> bool {
    match c {
        '\0'..='\u{7F}' => c.is_ascii_alphanumeric(),
        'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ɏ' => true,
        _ => (c.is_alphanumeric() || is_mark(c)) && !super::unicode::is_unspaced(c),
    }
}

/// Combining marks belong to the word they stand in.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{094F}' | '\u{0981}'..='\u{0983}' | '\u{09BC}'..='\u{09CD}')
}
