//! Every form of a single document.

use copydesk::model::{Body, Charset, Format, Given, Metadata, ParsedArticle, RawDocument};
use copydesk::stages::parse;
use encoding_rs::Encoding;

use super::article::{check_all_the_way, check_date, check_parsed};
use super::{first_line, packed};

pub fn text(bytes: &[u8]) {
    check(RawDocument::new(bytes.to_vec(), Format::Text));
}

pub fn markdown(bytes: &[u8]) {
    check(RawDocument::new(bytes.to_vec(), Format::Markdown));
}

pub fn html(bytes: &[u8]) {
    check(RawDocument::new(bytes.to_vec(), Format::Html));
}

pub fn json(bytes: &[u8]) {
    check(RawDocument::new(bytes.to_vec(), Format::Json));
}

pub fn mail(bytes: &[u8]) {
    check(RawDocument::new(bytes.to_vec(), Format::Eml));
}

/// A PDF file, or the content of a page of one: bytes that are made up seldom get past the rest.
pub fn pdf(bytes: &[u8]) {
    let bytes = if bytes.starts_with(b"%PDF") { bytes.to_vec() } else { packed::pdf_of(bytes) };
    check(RawDocument::new(bytes, Format::Pdf));
}

/// A Word document, or the files in one, which are then packed.
pub fn docx(bytes: &[u8]) {
    let bytes = if bytes.starts_with(b"PK") { bytes.to_vec() } else { packed::zip_of(bytes, "word/document.xml", &[]) };
    check(RawDocument::new(bytes, Format::Docx));
}

/// A book, or the files in one. A piece without a name is a chapter.
pub fn epub(bytes: &[u8]) {
    let bytes = if bytes.starts_with(b"PK") { bytes.to_vec() } else { packed::zip_of(bytes, "a.xhtml", &packed::BOOK) };
    check(RawDocument::new(bytes, Format::Epub));
}

pub fn news_item(bytes: &[u8]) {
    check(RawDocument::new(bytes.to_vec(), Format::Newsml));
    check(RawDocument::new(bytes.to_vec(), Format::Nitf));
}

/// A piece of a feed or a page of a web archive, with what its container says of it. The first line is the charset.
pub fn given(bytes: &[u8]) {
    let (charset, bytes) = first_line(bytes);
    let charset = String::from_utf8_lossy(charset).into_owned();
    let valid = str::from_utf8(bytes).is_ok();
    for (body, format) in [(Body::Text, Format::Rss), (Body::Fragment, Format::Atom), (Body::Page, Format::Warc)] {
        let charset = match charset.as_str() {
            "" => Charset::Unknown,
            "decoded" if valid => Charset::Decoded("utf-8".into()),
            label => Charset::Declared(label.to_owned()),
        };
        let metadata = Metadata { url: Some("https://example.org/a/b".to_owned()), ..Metadata::default() };
        let given = Given { body, charset, metadata, language: None, warnings: Vec::new() };
        check(RawDocument { bytes: bytes.to_vec(), format, given: Some(Box::new(given)) });
    }
}

/// Whatever stands where a date should: what comes out is one.
pub fn dates(bytes: &[u8]) {
    let given = String::from_utf8_lossy(bytes);
    let object = serde_json::json!({"text": "The ferry is late.", "published": given, "updated": given});
    let Some(article) = check(RawDocument::new(object.to_string().into_bytes(), Format::Json)) else { panic!("no article") };
    let escaped = given.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let page = format!(
        "<html><head><meta property=\"article:published_time\" content=\"{escaped}\"></head><body><article><h1>Ferry late</h1>\
         <p class=\"date\">{escaped}</p><p>The ferry is late again, said the harbour master on the quay.</p></article></body></html>"
    );
    let page = parse::parse(RawDocument::new(page.into_bytes(), Format::Html), &parse::Options::default());
    let dates = [article.metadata.published, article.metadata.updated, page.ok().and_then(|page| page.metadata.published)];
    dates.iter().flatten().for_each(|date| check_date(date));
}

/// Bytes in any encoding; and the same text is read from UTF-8 and from UTF-16 with a mark.
pub fn encoding(bytes: &[u8]) {
    let (label, rest) = first_line(bytes);
    if let Some(article) = check(RawDocument::new(rest.to_vec(), Format::Text)) {
        let name = article.source.encoding.as_bytes();
        assert!(Encoding::for_label(name).is_some(), "{:?} is no encoding", article.source.encoding);
    }
    let declared = [b"<html><head><meta charset=\"", label, b"\"></head><body><p>", rest].concat();
    check(RawDocument::new(declared, Format::Html));
    let Ok(text) = str::from_utf8(rest) else { return };
    let read = |bytes: Vec<u8>| {
        let read = parse::parse(RawDocument::new(bytes, Format::Text), &parse::Options::default());
        read.map(|article| (article.text, article.metadata.title)).map_err(|error| error.to_string())
    };
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    let plain = read(marked(b"\xEF\xBB\xBF", text.as_bytes().to_vec()));
    let little = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(read(marked(b"\xFF\xFE", little)), plain, "UTF-16, little end first");
    assert_eq!(read(marked(b"\xFE\xFF", big)), plain, "UTF-16, big end first");
}

/// Reads a document twice, and takes the article to its record.
fn check(document: RawDocument) -> Option<ParsedArticle> {
    let options = parse::Options::default();
    let again = parse::parse(document.clone(), &options);
    match (parse::parse(document, &options), again) {
        (Ok(parsed), Ok(again)) => {
            check_parsed(&parsed);
            assert!(serde_json::to_vec(&parsed).unwrap() == serde_json::to_vec(&again).unwrap(), "an article differs from run to run");
            check_all_the_way(again);
            Some(parsed)
        }
        (Err(error), Err(again)) => {
            assert_eq!(error.to_string(), again.to_string());
            assert!(!error.to_string().is_empty());
            None
        }
        (one, again) => panic!("read once and not again: {:?}, {:?}", one.err(), again.err()),
    }
}
