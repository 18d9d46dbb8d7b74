//! Tells what a file is: by its content first, by its name second.

use memchr::{memchr, memmem};

use super::containers::signs::{self, Compression};
use crate::model::{Format, Rejection, Stage};

/// How much of a file is looked at to tell its form.
pub const HEAD_BYTES: usize = 16 * 1024;

/// What a file is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One article.
    Document(Format),
    /// One JSON object a line, each an article.
    Jsonl,
    /// A single line that begins like an object and runs beyond what was looked at.
    EndlessObject,
    /// A file that holds others.
    Container(Container),
    /// Bytes that are no text.
    Binary,
    /// Text in a form that holds no article: a style sheet, a script.
    Unsupported,
}

/// What holds many articles, or packs one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    Compressed(Compression),
    Zip,
    /// RSS of any version, or Atom.
    Feed,
    JsonFeed,
    Mbox,
    Warc,
    /// NewsML-G2 with many items.
    NewsMessage,
}

impl Container {
    /// True where an article that was appended is read without those before it.
    pub fn may_grow(self) -> bool {
        self == Self::Mbox
    }
}

/// Why a file of this form cannot be read by this build; None where it can.
pub fn left_out_of_this_build(form: Form) -> Option<Rejection> {
    let (name, feature, is_in) = match form {
        Form::Container(Container::Compressed(_)) => ("compressed files", "compression", cfg!(feature = "compression")),
        Form::Container(Container::Zip) => ("ZIP files", "zip", cfg!(feature = "zip")),
        Form::Container(Container::Feed | Container::JsonFeed) => ("feeds", "feeds", cfg!(feature = "feeds")),
        Form::Container(Container::Mbox) | Form::Document(Format::Eml | Format::Mbox) => ("mail", "email", cfg!(feature = "email")),
        Form::Container(Container::Warc) => ("web archives", "warc", cfg!(feature = "warc")),
        Form::Container(Container::NewsMessage) | Form::Document(Format::Newsml | Format::Nitf) => {
            ("NewsML and NITF", "newsml", cfg!(feature = "newsml"))
        }
        Form::Document(Format::Pdf) => ("PDF files", "pdf", cfg!(feature = "pdf")),
        Form::Document(Format::Epub | Format::Docx) => ("EPUB and DOCX files", "office", cfg!(feature = "office")),
        _ => return None,
    };
    let error = format!("this copydesk was built without support for {name}; build it with the feature `{feature}`");
    (!is_in).then_some(Rejection { stage: Stage::Open, code: "input.unsupported", error })
}

/// Tells the form from a file's first bytes and its name.
pub fn tell(head: &[u8], name: &[u8]) -> Form {
    let suffix = suffix_of(name);
    if let Some(form) = signs::tell(head) {
        return form;
    }
    if is_binary(head) {
        return Form::Binary;
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    if matches!(suffix.as_slice(), b"jsonl" | b"ndjson") {
        return Form::Jsonl;
    }
    if begins_an_object(text) {
        return tell_object(text);
    }
    if suffix == b"json" {
        return Form::Document(Format::Json);
    }
    if let Some(form) = tell_markup(text) {
        return form;
    }
    match suffix.as_slice() {
        b"eml" => Form::Document(Format::Eml),
        b"md" | b"markdown" | b"mdown" => Form::Document(Format::Markdown),
        b"html" | b"htm" | b"xhtml" | b"shtml" => Form::Document(Format::Html),
        suffix if UNSUPPORTED_SUFFIXES.contains(&suffix) => Form::Unsupported,
        _ => Form::Document(Format::Text),
    }
}

/// What lies beside saved pages and feeds, and is text without being an article.
const UNSUPPORTED_SUFFIXES: [&[u8]; 20] = [
    b"atom", b"css", b"csv", b"ini", b"js", b"less", b"log", b"map", b"mjs", b"opml", b"rss", b"scss", b"svg", b"toml", b"ts", b"tsv",
    b"vtt", b"xml", b"yaml", b"yml",
];

const BINARY_BEGINNINGS: [&[u8]; 20] = [
    b"\x89PNG\r\n",
    b"\xFF\xD8\xFF",
    b"GIF87a",
    b"GIF89a",
    b"RIFF",
    b"7z\xBC\xAF\x27\x1C",
    b"\x7FELF",
    b"\xCF\xFA\xED\xFE",
    b"II*\x00",
    b"MM\x00*",
    b"ID3\x03",
    b"ID3\x04",
    b"OggS",
    b"fLaC",
    b"wOFF",
    b"wOF2",
    b"\x00\x00\x01\x00",
    b"SQLite format 3\x00",
    b"\xD0\xCF\x11\xE0",
    b"Rar!\x1A\x07",
];

fn is_binary(head: &[u8]) -> bool {
    if BINARY_BEGINNINGS.iter().any(|beginning| head.starts_with(beginning)) {
        return true;
    }
    let marked_wide = [b"\xFF\xFE".as_slice(), b"\xFE\xFF"].iter().any(|mark| head.starts_with(mark));
    if marked_wide || memchr(0, head).is_none() {
        return false;
    }
    // UTF-16 without a mark: in Latin copy every second byte is 0, on one side only.
    let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let one_sided = even.min(odd) * 20 <= even.max(odd);
    let wide = one_sided && even.max(odd) * 3 >= head.len() / 2;
    !wide
}

fn suffix_of(name: &[u8]) -> Vec<u8> {
    match name.rsplit(|byte| *byte == b'/').next().and_then(|file| memchr::memrchr(b'.', file).and_then(|at| file.get(at + 1..))) {
        Some(suffix) => suffix.to_ascii_lowercase(),
        None => Vec::new(),
    }
}

/// `{` and then a key or the end: prose in braces is no object.
fn begins_an_object(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(b"{") else { return false };
    matches!(rest.trim_ascii_start().first(), None | Some(b'"' | b'}'))
}

fn tell_object(text: &[u8]) -> Form {
    let Some(line_end) = memchr(b'\n', text) else { return Form::EndlessObject };
    let (line, rest) = text.split_at(line_end);
    let whole = serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    let more_follows = !rest.trim_ascii().is_empty();
    if whole && more_follows { Form::Jsonl } else { Form::Document(Format::Json) }
}

const HTML_BEGINNINGS: [&[u8]; 11] =
    [b"<!doctype html", b"<html", b"<head", b"<body", b"<article", b"<main", b"<div", b"<section", b"<p>", b"<h1", b"<meta"];

fn tell_markup(text: &[u8]) -> Option<Form> {
    if text.first() != Some(&b'<') {
        return None;
    }
    let mut rest = text.to_ascii_lowercase();
    // Comments may stand before anything; saved pages open with one.
    while rest.starts_with(b"<!--") {
        let end = memmem::find(&rest, b"-->")?;
        rest = rest.get(end + 3..).unwrap_or_default().trim_ascii_start().to_vec();
    }
    if HTML_BEGINNINGS.iter().any(|beginning| rest.starts_with(beginning)) {
        return Some(Form::Document(Format::Html));
    }
    if rest.starts_with(b"<?xml") {
        let page = memmem::find(&rest, b"<html").is_some();
        return Some(if page { Form::Document(Format::Html) } else { Form::Unsupported });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, head: &[u8], expected: Form) {
        assert_eq!(tell(head, name.as_bytes()), expected);
    }

    #[test]
    fn content_beats_the_name() {
        check("wire/a.txt", b"<!DOCTYPE html><title>Ferry late</title>", Form::Document(Format::Html));
        check("wire/a.txt", b"{\"text\": \"The ferry is late.\"}", Form::EndlessObject);
        check("wire/a.html", b"\x89PNG\r\n\x1a\n", Form::Binary);
    }

    #[test]
    fn two_objects_on_two_lines_are_a_container() {
        check("a.json", b"{\"text\":\"a\"}\n{\"text\":\"b\"}\n", Form::Jsonl);
        check("a.json", b"{\n\"text\":\"a\"}\n", Form::Document(Format::Json));
        check("a.json", b"{\"text\":\"a\"}\n\n", Form::Document(Format::Json));
        check("a.ndjson", b"broken", Form::Jsonl);
    }

    #[test]
    fn prose_in_braces_is_prose() {
        check("a.txt", b"{Editor's note} The ferry is late.", Form::Document(Format::Text));
    }

    #[test]
    fn a_style_sheet_is_no_article_but_a_note_about_one_is() {
        check("a.css", b"body { color: red }", Form::Unsupported);
        check("about-css.txt", b"body { color: red }", Form::Document(Format::Text));
        check("feed.xml", b"<?xml version=\"1.0\"?><opml></opml>", Form::Unsupported);
    }

    #[test]
    fn wide_text_is_text_and_scattered_zeros_are_not() {
        let wide: Vec<u8> = "The ferry is late".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check("a.txt", &wide, Form::Document(Format::Text));
        check("a.txt", b"abc\0\0\0\x01\0\0\0\x02def\0gh", Form::Binary);
    }
}
