//! Reads the names of tags and attributes, and finds where a script's or title's text ends.

use super::tags::{Key, Tag};

pub fn tag_name(bytes: &[u8], from: usize) -> &[u8] {
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'>' | b'/')).count();
    rest.get(..length).unwrap_or_default()
}

pub fn told(name: &[u8]) -> (Tag, u32) {
    let mut small = [0_u8; 12];
    let tag = match small.get_mut(..name.len()) {
        Some(small) => {
            small.copy_from_slice(name);
            small.make_ascii_lowercase();
            Tag::of(small)
        }
        None => Tag::Other,
    };
    (tag, if tag == Tag::Other { hash(name) } else { 0 })
}

/// FNV-1a over the small letters of a name.
fn hash(name: &[u8]) -> u32 {
    name.iter().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193))
}

pub fn attribute_name(name: &[u8]) -> Option<Key> {
    let mut small = [0_u8; 14];
    let small = small.get_mut(..name.len())?;
    small.copy_from_slice(name);
    small.make_ascii_lowercase();
    Key::of(small)
}

/// Where a raw element's text ends, and where the page goes on behind its end tag.
pub fn find_raw_end(bytes: &[u8], from: usize, tag: Tag) -> Option<(usize, usize)> {
    let name: &[u8] = match tag {
        Tag::Script => b"script",
        Tag::Style => b"style",
        Tag::Title => b"title",
        Tag::Textarea => b"textarea",
        Tag::Iframe => b"iframe",
        _ => b"noscript",
    };
    let rest = bytes.get(from..)?;
    for found in memchr::memmem::find_iter(rest, b"</") {
        let at = found + 2;
        let is_it = rest.get(at..at + name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name));
        if is_it && rest.get(at + name.len()).is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/')) {
            let close = memchr::memchr(b'>', rest.get(at..)?).map_or(rest.len(), |length| at + length + 1);
            return Some((from + found, from + close));
        }
    }
    None
}
