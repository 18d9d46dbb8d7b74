//! Finds what a document says about its own encoding: in a page's head, an XML declaration, a letter's headers.

use encoding_rs::Encoding;
use memchr::{memchr, memchr_iter, memchr2, memmem};

use crate::model::Format;

/// In bytes: a head ends before this, whatever is written there.
const HEAD_BYTES_MAX: usize = 512 * 1024;
/// In bytes: so do a letter's headers.
const HEADERS_BYTES_MAX: usize = 16 * 1024;

/// The declared encoding; None where there is no declaration or it names no encoding.
pub(super) fn find(bytes: &[u8], format: Format) -> Option<&'static Encoding> {
    match format {
        Format::Html => in_page(bytes),
        Format::Text => in_headers(bytes),
        // JSON is UTF-8 by its own rule, Markdown declares nothing, and the others are read by their own rules.
        _ => None,
    }
}

fn in_page(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut rest = bytes.get(..bytes.len().min(HEAD_BYTES_MAX)).unwrap_or_default();
    while let Some(at) = memchr(b'<', rest) {
        rest = rest.get(at + 1..).unwrap_or_default();
        if rest.starts_with(b"!--") {
            rest = memmem::find(rest, b"-->").and_then(|end| rest.get(end + 3..)).unwrap_or_default();
            continue;
        }
        let is_body = opens_with(rest, b"body") || opens_with(rest, b"/head");
        if is_body {
            return None;
        }
        let is_declaration = opens_with(rest, b"meta") || opens_with(rest, b"?xml");
        if !is_declaration {
            continue;
        }
        let end = memchr2(b'>', b'<', rest).unwrap_or(rest.len());
        let tag = rest.get(..end).unwrap_or_default();
        let key: &[u8] = if opens_with(rest, b"meta") { b"charset" } else { b"encoding" };
        if let Some(found) = value_of(tag, key).and_then(Encoding::for_label) {
            return Some(found);
        }
    }
    None
}

fn opens_with(rest: &[u8], name: &[u8]) -> bool {
    let named = rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    named && rest.get(name.len()).is_none_or(|after| after.is_ascii_whitespace() || matches!(after, b'>' | b'/'))
}

/// "Content-Type: text/plain; charset=koi8-r" above the first blank line.
fn in_headers(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(HEADERS_BYTES_MAX)).unwrap_or_default();
    let mut start = 0;
    let mut in_type = false;
    for end in memchr_iter(b'\n', head) {
        let line = head.get(start..end).unwrap_or_default().trim_ascii_end();
        start = end + 1;
        if line.is_empty() {
            return None;
        }
        let goes_on = line.first().is_some_and(u8::is_ascii_whitespace);
        in_type = (goes_on && in_type) || line.get(..13).is_some_and(|name| name.eq_ignore_ascii_case(b"content-type:"));
        if in_type && let Some(found) = value_of(line, b"charset").and_then(Encoding::for_label) {
            return Some(found);
        }
    }
    None
}

/// The value behind `key=`, in quotes or bare. Also reads `content="text/html; charset=x"`.
fn value_of<'a>(tag: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let mut from = 0;
    while let Some(at) = tag.get(from..)?.windows(key.len()).position(|window| window.eq_ignore_ascii_case(key)) {
        from += at + key.len();
        let after = tag.get(from..)?.trim_ascii_start();
        let Some(value) = after.strip_prefix(b"=") else { continue };
        let value = value.trim_ascii_start();
        let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value).trim_ascii_start();
        let end = value
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\'' | b';' | b'>' | b'?' | b'/') || byte.is_ascii_whitespace())
            .unwrap_or(value.len());
        return value.get(..end);
    }
    None
}
