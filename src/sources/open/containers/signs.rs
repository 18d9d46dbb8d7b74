//! Tells containers by what they begin with, whether this build can open them or not.

use super::super::form::{Container, Form};
use super::mbox;
use super::xml_split::root_name;
use crate::model::Format;

/// The form of a file that is packed, a container, or a document with a sign of its own; None for everything else.
pub fn tell(head: &[u8]) -> Option<Form> {
    if let Some(compression) = Compression::tell(head) {
        return Some(Form::Container(Container::Compressed(compression)));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some(tell_zip(head));
    }
    // Some programs put a few bytes before it.
    if memchr::memmem::find(head.get(..head.len().min(PDF_SIGN_WITHIN)).unwrap_or_default(), b"%PDF-")
        .is_some_and(|at| at == 0 || is_noise(head.get(..at)))
    {
        return Some(Form::Document(Format::Pdf));
    }
    if begins_archive(head) {
        return Some(Form::Container(Container::Warc));
    }
    if mbox::begins_mailbox(head) {
        return Some(Form::Container(Container::Mbox));
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    if text.starts_with(b"{") && begins_feed(text) {
        return Some(Form::Container(Container::JsonFeed));
    }
    if let Some(root) = root_name(head) {
        return Some(match root.as_slice() {
            b"rss" | b"RDF" | b"feed" => Form::Container(Container::Feed),
            b"newsMessage" => Form::Container(Container::NewsMessage),
            b"newsItem" | b"NewsML" => Form::Document(Format::Newsml),
            b"nitf" => Form::Document(Format::Nitf),
            _ => return None,
        });
    }
    mbox::begins_message(head).then_some(Form::Document(Format::Eml))
}

/// The sign of a PDF stands within its first bytes.
const PDF_SIGN_WITHIN: usize = 1024;

/// Bytes before a PDF's sign that are no text about PDFs.
fn is_noise(before: Option<&[u8]>) -> bool {
    before.is_some_and(|before| before.contains(&0) || !before.iter().any(u8::is_ascii_alphabetic))
}

fn tell_zip(head: &[u8]) -> Form {
    // A book says what it is in its first member, which is not packed.
    let first = head.get(30..head.len().min(200)).unwrap_or_default();
    if first.starts_with(b"mimetypeapplication/epub+zip") {
        return Form::Document(Format::Epub);
    }
    // Other office files hold no article.
    if first.starts_with(b"mimetypeapplication/vnd.") {
        return Form::Binary;
    }
    let holds = |name: &[u8]| memchr::memmem::find(head, name).is_some();
    if holds(b"[Content_Types].xml") || first.starts_with(b"_rels/") || first.starts_with(b"docProps/") || first.starts_with(b"word/") {
        return match () {
            () if holds(b"ppt/") || holds(b"xl/") => Form::Binary,
            () => Form::Document(Format::Docx),
        };
    }
    Form::Container(Container::Zip)
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

impl Compression {
    /// Told by the first bytes, which each of them has for that.
    pub fn tell(head: &[u8]) -> Option<Self> {
        match head {
            [0x1F, 0x8B, 8, ..] => Some(Self::Gzip),
            // A Zstandard file may begin with a frame that says something and holds nothing.
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Self::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..] | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, ..] => {
                Some(Self::Bzip2)
            }
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ => None,
        }
    }

    /// The file's name without what only says that it is compressed: `a.jsonl` for `a.jsonl.gz`.
    pub fn inner_name(name: &[u8]) -> &[u8] {
        const SUFFIXES: [&[u8]; 7] = [b".gz", b".gzip", b".zst", b".zstd", b".bz2", b".xz", b".z"];
        for suffix in SUFFIXES {
            if let Some(at) = name.len().checked_sub(suffix.len())
                && name.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
            {
                return name.get(..at).unwrap_or(name);
            }
        }
        name
    }
}

/// True where a file that begins like this is a JSON Feed.
pub fn begins_feed(head: &[u8]) -> bool {
    let says_so = memchr::memmem::find(head, b"jsonfeed.org/version/").is_some();
    says_so && memchr::memmem::find(head, b"\"version\"").is_some()
}

/// True where a file that begins like this is a web archive.
pub fn begins_archive(head: &[u8]) -> bool {
    head.starts_with(b"WARC/1.") || head.starts_with(b"WARC/0.1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &[u8], expected: Option<Form>) {
        assert_eq!(tell(head), expected, "{}", String::from_utf8_lossy(head));
    }

    #[test]
    fn xml_is_told_by_its_root() {
        let feed = Some(Form::Container(Container::Feed));
        check(b"<?xml version=\"1.0\"?>\n<!-- a --><rdf:RDF xmlns=\"b\">", feed);
        check(b"<atom:feed>", feed);
        check(b"<!DOCTYPE rss [<!ENTITY a \">\">]><rss>", feed);
        check(b"<nitf>", Some(Form::Document(Format::Nitf)));
        check(b"<newsItem guid='a'>", Some(Form::Document(Format::Newsml)));
        check(b"<newsMessage>", Some(Form::Container(Container::NewsMessage)));
        check(b"<svg>", None);
        check(b"feed me", None);
    }

    #[test]
    fn what_is_about_a_form_is_not_in_it() {
        check(b"The sign is %PDF-1.4, as everybody knows who ever looked at one.", None);
        check(b"%PDF-1.7\n", Some(Form::Document(Format::Pdf)));
        check(b"{\"version\":\"https://jsonfeed.org/version/1.1\"", Some(Form::Container(Container::JsonFeed)));
        check(b"{\"text\":\"see jsonfeed.org/version/1\"}", None);
        check(b"BZh9 was his name", None);
    }

    #[test]
    fn a_name_says_what_is_inside() {
        assert_eq!(Compression::inner_name(b"wire/a.JSONL.GZ"), b"wire/a.JSONL");
        assert_eq!(Compression::inner_name(b"a.txt"), b"a.txt");
        assert_eq!(Compression::inner_name(b"gz"), b"gz");
    }
}
