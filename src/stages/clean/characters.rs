//! Puts the characters of a text in order: normal form C, one kind of space and line break, nothing unseen.
//!
//! No-break spaces become plain ones everywhere, inside guillemets too: whoever searches a record for "« oui »" types
//! plain spaces, and offsets count into the text as it stands in the record, so nothing is lost by it.

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc, is_nfc_quick};

use crate::text::unicode::{is_unspaced, next_beyond_ascii};

/// The text with plain characters only; white space is left to the lines. None where nothing is odd.
pub fn put_in_order(text: &str) -> Option<String> {
    let plain = has_odd_characters(text).then(|| replace_odd_characters(text));
    let known = plain.as_deref().unwrap_or(text);
    if is_normal(known) { plain } else { Some(known.nfc().collect()) }
}

fn is_normal(text: &str) -> bool {
    // Nothing below U+0300 is out of normal form, nor the punctuation of curly quotes and dashes (E2 80 90 to BF).
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut plain = true;
    while let Some(begin) = next_beyond_ascii(bytes, at) {
        at = match bytes.get(begin..) {
            Some([0xE2, 0x80, ..]) => begin + 3,
            Some([..0xCC, ..]) => begin + 1,
            _ => {
                plain = false;
                break;
            }
        };
    }
    plain
        || match is_nfc_quick(text.chars()) {
            IsNormalized::Yes => true,
            IsNormalized::No => false,
            IsNormalized::Maybe => is_nfc(text),
        }
}

/// May say yes where nothing has to change, never no where something has to.
fn has_odd_characters(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Asked of all bytes without a branch, and so of many at once.
    let has_controls = bytes.iter().fold(false, |odd, byte| odd | (*byte < b' ') & (*byte != b'\n') | (*byte == 0x7F));
    if has_controls {
        return true;
    }
    let mut at = 0;
    while let Some(begin) = next_beyond_ascii(bytes, at) {
        let rest = bytes.get(begin..).unwrap_or_default();
        match rest {
            [0xC3..=0xD7, ..] => at = begin + 2,
            // Curly marks and dashes.
            [0xE2, 0x80, 0x90..=0xA7, ..] => at = begin + 3,
            [first, ..] if !is_never_odd(*first) && begins_odd(rest) => return true,
            _ => at = begin + 1,
        }
    }
    false
}

const fn begins_odd(bytes: &[u8]) -> bool {
    match bytes {
        [0xC2, second, ..] => matches!(*second, 0x80..=0xA0 | 0xAD),
        [0xE2, 0x80, third, ..] => matches!(*third, 0x80..=0x8F | 0xA8..=0xAF),
        [0xE2, 0x81, third, ..] => matches!(*third, 0x9F..=0xAF),
        [0xE1, second, ..] => matches!(*second, 0x9A | 0x85 | 0xA0),
        [0xE3, second, third, ..] => matches!((*second, *third), (0x80, 0x80) | (0x85, 0xA4)),
        [0xEF, second, ..] => matches!(*second, 0xB7 | 0xBB | 0xBE | 0xBF),
        [0xD8, second, ..] => matches!(*second, 0x9C),
        [0xF0, _, third, ..] => matches!(*third, 0xBF),
        [0xD9..=0xEE, ..] => false,
        _ => true,
    }
}

fn replace_odd_characters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        // What is never odd is taken over in one go; it ends where another character begins.
        let (ordinary, others) = rest.split_at(rest.bytes().position(|byte| !is_never_odd(byte)).unwrap_or(rest.len()));
        out.push_str(ordinary);
        let mut letters = others.chars();
        let Some(letter) = letters.next() else { return out };
        rest = letters.as_str();
        match letter {
            '\r' => {
                rest = rest.strip_prefix('\n').unwrap_or(rest);
                out.push('\n');
            }
            '\n'..='\u{0C}' | '\u{85}' | '\u{2028}' => out.push('\n'),
            '\u{2029}' => out.push_str("\n\n"),
            // A tab at the start of a line opens a paragraph, as two spaces do.
            '\t' if out.is_empty() || out.ends_with('\n') => out.push_str("  "),
            '\t' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => out.push(' '),
            // A soft hyphen at the end of a line is one that was used.
            '\u{AD}' => {
                if rest.starts_with(['\n', '\r']) {
                    out.push('-');
                }
            }
            '\u{200B}' if out.chars().next_back().is_some_and(parts_words_unseen) => out.push(letter),
            '\u{200C}' if out.chars().next_back().is_some_and(is_joining_script) => out.push(letter),
            '\u{200D}' if out.chars().next_back().is_some_and(|before| is_joining_script(before) || is_emoji(before)) => out.push(letter),
            _ if is_unseen(letter) => {}
            _ => out.push(letter),
        }
    }
}

/// Printable ASCII, line feeds, and U+00C0 to U+05FF, with the bytes that follow in them.
const fn is_never_odd(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | 0x80..=0xC1 | 0xC3..=0xD7)
}

/// Scripts that write no space between words mark the places where a line may break.
const fn parts_words_unseen(before: char) -> bool {
    is_unspaced(before) && before < '\u{3000}'
}

/// Arabic and its kin, the Indic scripts, Burmese, Khmer and Mongolian: there joiners change how letters look.
const fn is_joining_script(before: char) -> bool {
    matches!(before, '\u{0600}'..='\u{0DFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{18AF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

const fn is_emoji(before: char) -> bool {
    matches!(before, '\u{1F000}'..='\u{1FAFF}' | '\u{2190}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{FE0F}')
}

/// Controls, zero-width characters, direction marks, tags of no flag, and code points that are no characters.
const fn is_unseen(letter: char) -> bool {
    let code = letter as u32;
    matches!(letter,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{FDD0}'..='\u{FDEF}' | '\u{E0000}' | '\u{E0001}')
        || code & 0xFFFE == 0xFFFE
        || code >= 0xF_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(put_in_order(text).as_deref().unwrap_or(text), expected);
        assert_eq!(put_in_order(expected).as_deref().unwrap_or(expected), expected, "a second time");
    }

    #[test]
    fn what_cannot_be_seen_is_dropped() {
        check("\u{FEFF}The may\u{AD}or\u{200B} said\u{0} no\u{200E}.", "The mayor said no.");
        check("a\u{2060}b\u{202A}c\u{202C}\u{E0001}\u{FFFF}", "abc");
    }

    #[test]
    fn joiners_stay_where_a_script_needs_them() {
        check("می\u{200C}خواهم", "می\u{200C}خواهم");
        check("क्\u{200D}ष", "क्\u{200D}ष");
        check("👩\u{200D}🚒 and ❤\u{FE0F}\u{200D}🔥", "👩\u{200D}🚒 and ❤\u{FE0F}\u{200D}🔥");
        check("ใหม่\u{200B}มาก", "ใหม่\u{200B}มาก");
        check("La\u{200D}tin let\u{200C}ters", "Latin letters");
    }

    #[test]
    fn spaces_and_breaks_are_of_one_kind() {
        check("«\u{A0}Oui\u{202F}!\u{A0}»", "« Oui ! »");
        check("one\r\ntwo\rthree\u{2028}four\u{2029}five", "one\ntwo\nthree\nfour\n\nfive");
    }

    #[test]
    fn letters_are_composed() {
        check("E\u{301}te\u{301}", "Été");
        check("e\u{200B}\u{301}", "é");
        check("한국어 é 日本", "한국어 é 日本");
    }
}
