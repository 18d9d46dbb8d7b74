//! Turns bytes into text, whatever encoding they are in and whatever they claim to be in.
//!
//! In this order: a byte order mark; UTF-8 where the bytes are valid, since no other text looks like it by chance; what
//! the server or the document declares, unless what comes of it is writing that nobody writes; detection. Names and labels are those of the WHATWG Encoding Standard, by which "latin-1" and
//! "ascii" are windows-1252 and "gb2312" is GBK.

mod declaration;
mod doubt;
mod names;

#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::{memchr, memmem};

use crate::model::{Format, StageError, Warning};

/// A document as text.
#[derive(Debug)]
pub(super) struct Decoded {
    /// Without a byte order mark.
    pub text: String,
    /// By the WHATWG Encoding Standard, in small letters.
    pub encoding: &'static str,
    pub warnings: Vec<Warning>,
}

/// In bytes: how much is read to guess an encoding, and how much of it may stand before the first letter beyond ASCII.
const GUESSED_BYTES_MAX: usize = 256 * 1024;
const GUESSED_BEFORE: usize = 64;
/// Into how many groups of lines it is cut where the whole does not tell.
const GUESSED_PARTS: usize = 8;
/// More controls than one in so many characters, and it is no text.
const CONTROLS_PER: usize = 100;
/// More characters that could not be read than one in so many, and it is no text.
const REPLACED_PER: usize = 5;

/// Decodes a document. Valid UTF-8 is taken over without a copy; everything is read in linear time. `served` is what the
/// server or the letter around it said of its encoding.
pub(super) fn decode(bytes: Vec<u8>, format: Format, served: Option<&str>) -> Result<Decoded, StageError> {
    if let Some((encoding, length)) = Encoding::for_bom(&bytes) {
        return finish(read_marked(bytes, encoding, length));
    }
    if let Some(encoding) = wide_without_mark(&bytes) {
        return finish(read_as(&bytes, encoding, vec![Warning::EncodingGuessed]));
    }
    let served = served.and_then(|label| Encoding::for_label(label.as_bytes()));
    let declared = [served, declaration::find(&bytes, format)];
    if is_shifted_japanese(&bytes) {
        let guessed = !declared.contains(&Some(ISO_2022_JP));
        return finish(read_as(&bytes, ISO_2022_JP, guessed_warning(guessed)));
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return finish(Decoded { text, encoding: names::of(UTF_8), warnings: Vec::new() }),
        Err(error) => error.into_bytes(),
    };
    if is_damaged_utf8(&bytes) {
        return finish(read_as(&bytes, UTF_8, Vec::new()));
    }
    finish(read_legacy(&bytes, declared))
}

fn read_marked(mut bytes: Vec<u8>, encoding: &'static Encoding, length: usize) -> Decoded {
    if encoding != UTF_8 {
        return read_as(bytes.get(length..).unwrap_or_default(), encoding, Vec::new());
    }
    bytes.drain(..length.min(bytes.len()));
    match String::from_utf8(bytes) {
        Ok(text) => Decoded { text, encoding: names::of(UTF_8), warnings: Vec::new() },
        Err(error) => read_as(error.as_bytes(), UTF_8, Vec::new()),
    }
}

/// Reads bytes in one of the encodings that came before Unicode: what the server declares, or the document, where it fits;
/// or else what they look like.
fn read_legacy(bytes: &[u8], [served, own]: [Option<&'static Encoding>; 2]) -> Decoded {
    // What a page says in ASCII letters of itself cannot be in UTF-16, and UTF-8 was tried.
    let could_be = |encoding: &&'static Encoding| {
        ![UTF_8, UTF_16LE, UTF_16BE, ISO_2022_JP].contains(encoding) && *encoding != encoding_rs::REPLACEMENT
    };
    let (served, own) = (served.filter(could_be), own.filter(could_be));
    // Many servers declare latin-1 for all that they send; whoever wrote the page knew better.
    let declared = if served == Some(WINDOWS_1252) { [own, served] } else { [served, own] };
    let mut first: Option<Decoded> = None;
    for encoding in declared.into_iter().flatten() {
        let read = read_as(bytes, encoding, Vec::new());
        if is_sound(bytes, &read, encoding) {
            return read;
        }
        first.get_or_insert(read);
    }
    let guessed = guess(bytes);
    let as_guessed = read_as(bytes, guessed, guessed_warning(true));
    match first {
        Some(as_declared) if as_declared.encoding == as_guessed.encoding || !is_sound(bytes, &as_guessed, guessed) => as_declared,
        _ => as_guessed,
    }
}

fn is_sound(bytes: &[u8], read: &Decoded, encoding: &'static Encoding) -> bool {
    !read.warnings.contains(&Warning::EncodingInvalid) && !doubt::is_doubtful(bytes, &read.text, encoding)
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    // Letters of one byte tell nothing, and after so many others the rest tells nothing new.
    let from = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or_default().saturating_sub(GUESSED_BEFORE);
    let told = bytes.get(from..).unwrap_or_default();
    let part = told.get(..GUESSED_BYTES_MAX).unwrap_or(told);
    let guessed = guess_part(part, part.len() == told.len());
    let is_doubtful = || doubt::is_doubtful(part, &guessed.decode_without_bom_handling(part).0, guessed);
    if guessed.is_single_byte() && is_doubtful() { guess_by_parts(part).unwrap_or(guessed) } else { guessed }
}

fn guess_part(part: &[u8], is_last: bool) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(part, is_last);
    detector.guess(None, Utf8Detection::Deny)
}

/// One broken pair of bytes rules an encoding out for the whole, so the lines are asked in some groups: the encoding of two
/// bytes a letter that most of them are in.
fn guess_by_parts(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut groups: Vec<&[u8]> = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let least = bytes.len() / GUESSED_PARTS;
        let end = memchr(b'\n', rest.get(least..).unwrap_or_default()).map_or(rest.len(), |at| least + at + 1);
        let (group, behind) = rest.split_at(end);
        groups.push(group);
        rest = behind;
    }
    let told: Vec<&'static Encoding> = groups.iter().filter(|group| !group.is_ascii()).map(|group| guess_part(group, false)).collect();
    let votes = |encoding: &'static Encoding| told.iter().filter(|told| **told == encoding).count();
    let first = told.iter().copied().filter(|encoding| !encoding.is_single_byte()).max_by_key(|encoding| votes(encoding))?;
    (votes(first) * 2 > told.len()).then_some(first)
}

fn guessed_warning(guessed: bool) -> Vec<Warning> {
    if guessed { vec![Warning::EncodingGuessed] } else { Vec::new() }
}

fn read_as(bytes: &[u8], encoding: &'static Encoding, mut warnings: Vec<Warning>) -> Decoded {
    let (text, replaced) = encoding.decode_without_bom_handling(bytes);
    if replaced {
        warnings.push(Warning::EncodingInvalid);
    }
    Decoded { text: text.into_owned(), encoding: names::of(encoding), warnings }
}

/// Refuses what only looks like text.
fn finish(decoded: Decoded) -> Result<Decoded, StageError> {
    let bytes = decoded.text.as_bytes();
    let is_control = |byte: &u8| (*byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B)) || *byte == 0x7F;
    let mut controls = bytes.iter().filter(|byte| is_control(byte)).count();
    if decoded.encoding != "utf-8" {
        controls += memmem_pairs(bytes);
    }
    let is_text = controls * CONTROLS_PER <= bytes.len();
    let is_readable = !decoded.warnings.contains(&Warning::EncodingInvalid) || {
        let replaced = memmem::find_iter(bytes, "\u{FFFD}".as_bytes()).count();
        replaced * REPLACED_PER <= decoded.text.chars().count()
    };
    if is_text && is_readable { Ok(decoded) } else { Err(StageError::Binary) }
}

/// The controls U+0080 to U+009F, which no old encoding has in text.
fn memmem_pairs(bytes: &[u8]) -> usize {
    bytes.iter().zip(bytes.iter().skip(1)).filter(|(lead, trail)| **lead == 0xC2 && (0x80..0xA0).contains(*trail)).count()
}

/// UTF-16 without a mark: every second byte of Latin letters is 0; in any script those of spaces and line breaks are.
fn wide_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    memchr(0, bytes)?;
    let zeros = |first: usize| bytes.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let is_one_sided = even.min(odd) * 20 <= even.max(odd);
    let is_latin = is_one_sided && even.max(odd) * 3 >= bytes.len() / 2;
    if is_latin {
        return Some(if even > odd { UTF_16BE } else { UTF_16LE });
    }
    // In other scripts zeros are few and on both sides (U+4E00 ends in one), so the whole must read well.
    let little = (UTF_16LE, signs_of_writing(bytes, UTF_16LE));
    let big = (UTF_16BE, signs_of_writing(bytes, UTF_16BE));
    let (encoding, signs) = if little.1 >= big.1 { little } else { big };
    (signs > 0 && little.1 != big.1).then_some(encoding)
}

/// How many spaces, breaks and stops there are when bytes are read as UTF-16; 0 where they cannot be copy in it.
fn signs_of_writing(bytes: &[u8], encoding: &'static Encoding) -> usize {
    let (text, replaced) = encoding.decode_without_bom_handling(bytes);
    let is_sound = !replaced && bytes.len().is_multiple_of(2) && !text.chars().any(is_odd);
    if is_sound { text.chars().filter(|letter| matches!(letter, ' ' | '\n' | '.' | ',' | '。' | '，' | '、' | '،')).count() } else { 0 }
}

/// Characters that bytes of no meaning turn into, and copy has not: controls, private and unassigned ones.
const fn is_odd(letter: char) -> bool {
    matches!(letter, '\0'..='\u{08}' | '\u{0E}'..='\u{1A}' | '\u{1C}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{E000}'..='\u{F8FF}' | '\u{FFF0}'..='\u{FFFF}' | '\u{F0000}'..)
}

/// ISO-2022-JP: nothing but ASCII, and an escape to two-byte letters.
fn is_shifted_japanese(bytes: &[u8]) -> bool {
    memchr(0x1B, bytes).is_some()
        && bytes.is_ascii()
        && (memmem::find(bytes, b"\x1B$B").is_some() || memmem::find(bytes, b"\x1B$@").is_some())
}

/// UTF-8 that was cut off, or into which other bytes were pasted: at least four of five letters beyond ASCII are whole.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > 0 && whole >= broken * 4
}
