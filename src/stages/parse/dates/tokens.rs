//! Cuts a text into what dates are made of: numbers, words, signs.

use super::vocabulary;

/// One number, word or sign, and its place in bytes.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub kind: Kind<'a>,
    pub start: usize,
    pub end: usize,
    /// True where no white space stands before it.
    pub glued: bool,
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    /// Its value and how many digits it has. What has more than nine is no part of a date: the value is `u32::MAX`.
    Number(u32, usize),
    /// As written, and in small letters.
    Word(&'a str, String),
    Sign(char),
}

impl Token<'_> {
    /// The word in small letters.
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(_, word) => Some(word),
            Kind::Number(..) | Kind::Sign(_) => None,
        }
    }

    pub fn is_sign(&self, sign: char) -> bool {
        matches!(self.kind, Kind::Sign(found) if found == sign)
    }

    /// True for signs, the names of days, and the words that stand before or within a date.
    pub fn goes_with_a_date(&self) -> bool {
        match &self.kind {
            Kind::Number(..) => false,
            Kind::Word(_, word) => vocabulary::goes_with_a_date(word),
            Kind::Sign(_) => true,
        }
    }
}

/// Cuts a text. Signs of writing that stand for digits or spaces elsewhere are read as such.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut letters = text.char_indices().peekable();
    let mut glued = false;
    while let Some((start, letter)) = letters.next() {
        if letter.is_whitespace() || letter == '\u{200B}' || letter == '\u{FEFF}' || letter == '\u{200E}' || letter == '\u{200F}' {
            glued = false;
            continue;
        }
        let mut end = start + letter.len_utf8();
        let kind = if let Some(digit) = digit(letter) {
            let (mut value, mut digits) = (digit, 1);
            while let Some((at, next)) = letters.peek().and_then(|(at, next)| super::tokens::digit(*next).map(|digit| (*at, digit))) {
                value = value.saturating_mul(10).saturating_add(next);
                digits += 1;
                end = at + letters.next().map_or(0, |(_, letter)| letter.len_utf8());
            }
            Kind::Number(if digits > 9 { u32::MAX } else { value }, digits)
        } else if is_ideograph(letter) {
            let word = text.get(start..end).unwrap_or_default();
            Kind::Word(word, word.to_owned())
        } else if letter.is_alphabetic() {
            while let Some((at, next)) = letters.peek().copied() {
                let goes_on = is_combining(next) || (next.is_alphabetic() && !is_ideograph(next));
                if !goes_on {
                    break;
                }
                end = at + next.len_utf8();
                letters.next();
            }
            let word = text.get(start..end).unwrap_or_default();
            Kind::Word(word, word.to_lowercase())
        } else {
            Kind::Sign(match letter {
                '–' | '—' | '−' | '‐' | '‑' => '-',
                '：' => ':',
                '／' => '/',
                '’' => '\'',
                _ => letter,
            })
        };
        tokens.push(Token { kind, start, end, glued });
        glued = true;
    }
    tokens
}

/// The value of a digit: European, full-width, Arabic, Persian or Devanagari.
fn digit(letter: char) -> Option<u32> {
    let zero = match letter {
        '0'..='9' => '0',
        '０'..='９' => '０',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        '०'..='९' => '०',
        _ => return None,
    };
    Some(letter as u32 - zero as u32)
}

/// Characters that are a word each in a date: 年, 月, 日, 년, 월, 일.
const fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

const fn is_combining(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36F}')
}
