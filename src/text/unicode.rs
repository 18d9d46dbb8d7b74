//! Characters: the classes that rules ask for, and places counted in code points.

use super::bytes::Eight;
use crate::model::{Offsets, Span};

/// Turns byte places into code point places. Asked in rising order, it reads the text once.
pub struct CodePoints<'a> {
    text: &'a str,
    /// A code point count at every `STEP` bytes, so that a look-up reads at most `STEP` bytes.
    marks: Vec<usize>,
}

/// Less than 256, so that a count within a step fits a byte: such sums take many bytes at a time.
const STEP: usize = 128;

impl<'a> CodePoints<'a> {
    pub fn new(text: &'a str) -> Self {
        let mut marks = Vec::with_capacity(text.len() / STEP + 1);
        let mut count = 0;
        for block in text.as_bytes().chunks(STEP) {
            marks.push(count);
            count += beginnings(block);
        }
        Self { text, marks }
    }

    /// The number of code points before a byte place. A place beyond the end is taken as the end.
    pub fn at(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        let block = byte / STEP;
        let from = block * STEP;
        let before = match self.marks.get(block) {
            Some(mark) => *mark,
            None => return self.text.chars().count(),
        };
        let rest = self.text.as_bytes().get(from..byte).unwrap_or_default();
        before + beginnings(rest)
    }

    pub fn offsets(&self, span: Span) -> Offsets {
        Offsets { start: self.at(span.start), end: self.at(span.end) }
    }
}

/// How many characters begin in a stretch of no more than a step.
fn beginnings(bytes: &[u8]) -> usize {
    usize::from(bytes.iter().map(|byte| u8::from(byte & 0xC0 != 0x80)).sum::<u8>())
}

/// The place of the first byte from `from` on that is no ASCII.
pub fn next_beyond_ascii(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        let beyond = Eight::at(bytes, at).beyond_ascii();
        if beyond.is_any() {
            return Some(at + beyond.before());
        }
        at += 8;
        // Where it is not near it is mostly far: many bytes at a time.
        while let Some(block) = bytes.get(at..at + 32)
            && block.is_ascii()
        {
            at += 32;
        }
    }
    None
}

/// True for most accented letters of Europe, for which no table needs to be asked.
pub const fn is_latin_letter(c: char) -> bool {
    matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ɏ')
}

/// True for scripts that are written without spaces between words: Han, Kana, Thai, Lao, Khmer, Burmese.
pub const fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_character_beyond_ascii_is_found_wherever_it_stands() {
        for before in 0..70 {
            let text = format!("{}é and so on €", "a".repeat(before));
            for from in 0..=before {
                assert_eq!(next_beyond_ascii(text.as_bytes(), from), Some(before));
            }
            assert_eq!(next_beyond_ascii(&text.as_bytes()[..before], 0), None);
            assert_eq!(next_beyond_ascii(text.as_bytes(), 200), None);
        }
    }

    #[test]
    fn places_are_counted_in_code_points() {
        let text = "é€😀a".repeat(200);
        let points = CodePoints::new(&text);
        for (count, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(points.at(byte), count);
        }
        assert_eq!(points.at(text.len()), 800);
        assert_eq!(points.at(text.len() + 7), 800);
        assert_eq!(CodePoints::new("").at(0), 0);
    }
}
