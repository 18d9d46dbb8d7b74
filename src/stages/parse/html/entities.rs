//! Turns `&eacute;` and `&#8217;` into the characters that they stand for.

use html_escape::NAMED_ENTITIES;

/// No name of a character is longer.
const NAME_BYTES_MAX: usize = 32;

/// Names that browsers know without their semicolon, beside those of Latin-1.
const BARE: [&str; 10] = ["AMP", "COPY", "GT", "LT", "QUOT", "REG", "amp", "gt", "lt", "quot"];

/// What numbers 128 to 159 mean: windows-1252, as in browsers. Zero: the number itself.
const WINDOWS_1252: [u16; 32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019,
    0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
];

/// Appends a text with its character references resolved.
pub fn decode_into(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let length = read(after, out);
        if length == 0 {
            out.push('&');
        }
        rest = after.get(length.max(1)..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// A text with its character references resolved.
pub fn decode(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    decode_into(raw, &mut out);
    out
}

/// Reads one reference at the start of the text and appends its character; gives the bytes read, 0 where there is none.
fn read(text: &str, out: &mut String) -> usize {
    let bytes = text.as_bytes();
    if bytes.get(1) == Some(&b'#') { read_number(bytes, out) } else { read_name(bytes, out) }
}

fn read_number(bytes: &[u8], out: &mut String) -> usize {
    let is_hex = matches!(bytes.get(2), Some(b'x' | b'X'));
    let (from, radix) = if is_hex { (3, 16) } else { (2, 10) };
    let mut number = 0_u32;
    let mut at = from;
    while let Some(digit) = bytes.get(at).and_then(|byte| char::from(*byte).to_digit(radix)) {
        number = number.saturating_mul(radix).saturating_add(digit);
        at += 1;
    }
    if at == from {
        return 0;
    }
    out.push(character(number));
    at + usize::from(bytes.get(at) == Some(&b';'))
}

fn character(number: u32) -> char {
    let meant = match number {
        0x80..=0x9F => match WINDOWS_1252.get((number - 0x80) as usize) {
            Some(0) | None => number,
            Some(meant) => u32::from(*meant),
        },
        _ => number,
    };
    match char::from_u32(meant) {
        Some('\0') | None => '\u{FFFD}',
        Some(meant) => meant,
    }
}

fn read_name(bytes: &[u8], out: &mut String) -> usize {
    let name = bytes.get(1..).unwrap_or_default();
    let length = name.iter().take(NAME_BYTES_MAX + 1).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let Some(name) = name.get(..length).filter(|name| !name.is_empty()) else { return 0 };
    if bytes.get(length + 1) == Some(&b';') {
        return match named(name) {
            Some(meant) => {
                out.push_str(meant);
                length + 2
            }
            None => 0,
        };
    }
    // "&nbspand" is read as browsers do: the longest name that needs no semicolon.
    for shorter in (2..=length.min(6)).rev() {
        let Some(head) = name.get(..shorter) else { continue };
        if let Some(meant) = named(head).filter(|meant| is_bare(head, meant)) {
            out.push_str(meant);
            return shorter + 1;
        }
    }
    0
}

fn named(name: &[u8]) -> Option<&'static str> {
    let at = NAMED_ENTITIES.binary_search_by(|(other, _)| (*other).cmp(name)).ok()?;
    NAMED_ENTITIES.get(at).map(|(_, meant)| *meant)
}

/// Latin-1's names need no semicolon; their newer doubles ("centerdot") are too long to come here, or listed apart.
fn is_bare(name: &[u8], meant: &str) -> bool {
    let is_latin_1 = meant.chars().all(|c| ('\u{A0}'..='\u{FF}').contains(&c))
        && !matches!(name, b"die" | b"Dot" | b"angst" | b"half" | b"pm" | b"div" | b"circledR");
    is_latin_1 || BARE.iter().any(|bare| bare.as_bytes() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_may_be_named_numbered_and_left_open() {
        assert_eq!(
            decode("caf&eacute; &#8217;x&#x2019; &amp;amp; R&D &nbspx &unknown; &#150; &copy 2026 &#0; &#xD800; &"),
            "caf\u{e9} \u{2019}x\u{2019} &amp; R&D \u{a0}x &unknown; \u{2013} \u{a9} 2026 \u{fffd} \u{fffd} &"
        );
    }

    #[test]
    fn a_number_without_end_is_no_character() {
        assert_eq!(decode(&format!("&#{};", "9".repeat(10_000))), "\u{fffd}");
    }
}
