//! The characters that end sentences, and those that stand around the end.

/// Bytes where the scanner must look closer: marks, and the first bytes of marks beyond ASCII.
pub const LOOK: [bool; 256] = {
    let mut look = [false; 256];
    let bytes = [b'\n', b'.', b'!', b'?', b';', b':', b'"', 0xCD, 0xD6, 0xD8, 0xDB, 0xE0, 0xE1, 0xE2, 0xE3, 0xEF];
    let mut at = 0;
    while at < bytes.len() {
        look[bytes[at] as usize] = true;
        at += 1;
    }
    look
};

/// What a character is to the scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Ends sentences where white space follows.
    Stop,
    /// Ends sentences wherever it stands, in scripts without spaces.
    Unspaced,
    /// Ends sentences only in some languages, or before some words: ";" and ":".
    Half,
    Newline,
    /// `"`, which opens as well as closes.
    Straight,
    /// A mark that stands below the line and opens; its closing one is “.
    Low,
    /// 《 and 》 around a title.
    TitleOpens,
    TitleCloses,
}

/// The mark that a text begins with, looking at few bytes.
pub fn mark_at(bytes: &[u8]) -> Option<(Mark, usize)> {
    Some(match bytes {
        [b'\n', ..] => (Mark::Newline, 1),
        [b'.' | b'!' | b'?', ..] => (Mark::Stop, 1),
        [b';' | b':', ..] => (Mark::Half, 1),
        [b'"', ..] => (Mark::Straight, 1),
        // U+037E, the Greek question mark; ։, ؟, ۔
        [0xCD, 0xBE, ..] | [0xD6, 0x89, ..] | [0xD8, 0x9F, ..] | [0xDB, 0x94, ..] => (Mark::Stop, 2),
        // । ॥, ။, ። ፧, ។, …, ‼ ⁇ ⁈ ⁉
        [0xE0, 0xA5, 0xA4 | 0xA5, ..]
        | [0xE1, 0x81, 0x8B, ..]
        | [0xE1, 0x8D, 0xA2 | 0xA7, ..]
        | [0xE1, 0x9F, 0x94, ..]
        | [0xE2, 0x80, 0xA6 | 0xBC, ..]
        | [0xE2, 0x81, 0x87..=0x89, ..] => (Mark::Stop, 3),
        [0xE2, 0x80, 0x9E, ..] => (Mark::Low, 3),
        // 。, ！, ．, ？, ｡
        [0xE3, 0x80, 0x82, ..] | [0xEF, 0xBC, 0x81 | 0x8E | 0x9F, ..] | [0xEF, 0xBD, 0xA1, ..] => (Mark::Unspaced, 3),
        [0xE3, 0x80, 0x8A, ..] => (Mark::TitleOpens, 3),
        [0xE3, 0x80, 0x8B, ..] => (Mark::TitleCloses, 3),
        _ => return None,
    })
}

pub const fn is_closer(c: char) -> bool {
    matches!(c, '\'' | '»' | '”' | '’' | ')' | ']' | '}' | '›' | '」' | '』' | '）' | '】' | '〉' | '》')
}

pub const fn is_opener(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '«'
            | '“'
            | '‘'
            | '('
            | '['
            | '{'
            | '‹'
            | '„'
            | '‚'
            | '¿'
            | '¡'
            | '「'
            | '『'
            | '（'
            | '《'
            | '»'
            | '”'
            | '`'
            | '*'
            | '_'
    )
}

pub const fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '―' | '‐')
}

/// A letter of a script that has no capitals and no spaces, or no capitals.
pub const fn is_caseless(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{10FF}' | '\u{1100}'..='\u{11FF}' | '\u{1200}'..='\u{139F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{D7AF}')
}
