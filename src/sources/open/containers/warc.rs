//! Opens a web archive (WARC 1.0 and 1.1, ISO 28500): the pages that a crawler brought home, and the texts made of them.

use std::io::{self, BufRead, Read};

use super::super::jsonl::too_long;
use super::super::lines::{self, Line};
use super::signs::begins_archive;
use super::warc_http::{self, Page};
use super::{Limits, Piece, Spoiled, naming_id};
use crate::model::{Body, Charset, Digest, Format, Given, Metadata, RawDocument, Stage};

/// Reads the pages of an archive one at a time, in memory bounded by one.
pub struct Records<R> {
    input: R,
    line: Vec<u8>,
    limits: Limits,
    place: u64,
    /// Behind something broken: the next record is looked for.
    lost: bool,
    /// The version line of the next record has been read.
    begun: bool,
    /// Captures that hold no page: pictures, errors, requests, notes of the crawler.
    pub passed_over: u64,
}

/// What a record says about itself.
#[derive(Default)]
struct Fields {
    kind: String,
    id: Option<String>,
    url: Option<String>,
    media: String,
    language: Option<String>,
    length: Option<u64>,
    /// A part of a page that was cut over several records.
    segment: u64,
}

/// Fields of one record; a header that is longer is none.
const HEADER_LINES_MAX: usize = 200;
const HEADER_LINE_BYTES_MAX: u64 = 64 * 1024;
/// What HTTP says before a page.
const HTTP_HEADER_BYTES_MAX: u64 = 256 * 1024;

impl<R: BufRead> Records<R> {
    pub fn new(input: R, limits: Limits) -> Self {
        Self { input, line: Vec::new(), limits, place: 0, lost: false, begun: false, passed_over: 0 }
    }

    /// The next page; None at the end. After an error that carries a rejection, on at the next record.
    pub fn read_next(&mut self) -> io::Result<Option<Piece>> {
        loop {
            match self.read_record() {
                Ok(Step::Page(piece)) => return Ok(Some(piece)),
                Ok(Step::Other) => self.passed_over += 1,
                Ok(Step::End) => return Ok(None),
                Err(error) => {
                    self.lost = true;
                    self.begun = false;
                    return Err(error);
                }
            }
        }
    }

    fn read_record(&mut self) -> io::Result<Step> {
        if !self.begun && !self.find_record()? {
            return Ok(Step::End);
        }
        self.begun = false;
        self.lost = false;
        let fields = self.read_fields()?;
        let Some(length) = fields.length else {
            return Err(Spoiled::malformed("a record of the web archive does not tell its length"));
        };
        let wanted = match fields.kind.as_str() {
            "response" => fields.media.is_empty() || fields.media.starts_with("application/http"),
            "resource" | "conversion" => body_of(&fields.media).is_some(),
            _ => false,
        };
        // Notes of the crawler on itself, such as Wget's log, are no pages.
        let is_note = fields.url.as_deref().is_some_and(|url| url.starts_with("metadata:"));
        // A page over several records begins with the first; the others cannot be told from it.
        let wanted = wanted && !is_note && fields.segment <= 1;
        if !wanted {
            self.skip(length)?;
            return Ok(Step::Other);
        }
        // A page may be packed, so that its own length tells nothing yet: the record's is held to the same limit.
        let size_max = self.limits.document_bytes_max.saturating_add(HTTP_HEADER_BYTES_MAX);
        if length > size_max {
            self.skip(length)?;
            self.place += 1;
            let digest = Digest::of(fields.id.as_deref().unwrap_or_default().as_bytes());
            let rejection = too_long(length, self.limits.document_bytes_max);
            return Ok(Step::Page(self.piece(&fields, digest, length, Err(rejection))));
        }
        let mut block = Vec::new();
        (&mut self.input).take(length).read_to_end(&mut block)?;
        if (block.len() as u64) < length {
            return Err(Spoiled::malformed("the web archive ends in the middle of a record"));
        }
        self.ensure_end_of_block()?;
        let read = if fields.kind == "response" { warc_http::page(&block, &self.limits) } else { Ok(Some(resource(block, &fields.media))) };
        let (digest, bytes, body) = match read {
            Ok(None) => return Ok(Step::Other),
            Ok(Some(page)) => {
                let (digest, bytes) = (Digest::of(&page.bytes), page.bytes.len() as u64);
                let body = if bytes > self.limits.document_bytes_max {
                    Err(too_long(bytes, self.limits.document_bytes_max))
                } else {
                    Ok(document(page, &fields))
                };
                (digest, bytes, body)
            }
            Err((block, error)) => (Digest::of(block), length, Err(error.reject(Stage::Open))),
        };
        self.place += 1;
        Ok(Step::Page(self.piece(&fields, digest, bytes, body)))
    }

    fn piece(&self, fields: &Fields, digest: Digest, bytes: u64, body: Result<RawDocument, crate::model::Rejection>) -> Piece {
        Piece { given_id: fields.id.as_deref().and_then(naming_id), place: self.place, digest, bytes, body }
    }

    /// On to the next version line. Between two records there are only blank lines; anything else is told once.
    fn find_record(&mut self) -> io::Result<bool> {
        loop {
            match lines::next(&mut self.input, &mut self.line, HEADER_LINE_BYTES_MAX)? {
                Line::End => return Ok(false),
                Line::Whole { .. } if begins_archive(&self.line) => return Ok(true),
                Line::Whole { .. } if self.line.trim_ascii().is_empty() || self.lost => {}
                Line::TooLong { .. } if self.lost => {}
                _ => return Err(Spoiled::malformed("something that is no record stands in the web archive")),
            }
        }
    }

    fn read_fields(&mut self) -> io::Result<Fields> {
        let mut fields = Fields::default();
        let mut last = String::new();
        for _ in 0..HEADER_LINES_MAX {
            match lines::next(&mut self.input, &mut self.line, HEADER_LINE_BYTES_MAX)? {
                Line::Whole { terminated: true } => {}
                _ => return Err(Spoiled::malformed("the web archive ends in the middle of a record's header")),
            }
            let line = self.line.trim_ascii_end();
            if line.is_empty() {
                return Ok(fields);
            }
            let text = String::from_utf8_lossy(line);
            if text.starts_with([' ', '\t']) {
                fields.note(&last, text.trim(), true);
            } else if let Some((name, value)) = text.split_once(':') {
                last = name.trim().to_ascii_lowercase();
                fields.note(&last, value.trim(), false);
            }
        }
        Err(Spoiled::malformed("a record of the web archive has an endless header"))
    }

    fn skip(&mut self, length: u64) -> io::Result<()> {
        if io::copy(&mut (&mut self.input).take(length), &mut io::sink())? < length {
            return Err(Spoiled::malformed("the web archive ends in the middle of a record"));
        }
        self.ensure_end_of_block()
    }

    /// Two line feeds end a record. Where they do not stand, its length was wrong, and the next one is looked for.
    fn ensure_end_of_block(&mut self) -> io::Result<()> {
        loop {
            match lines::next(&mut self.input, &mut self.line, HEADER_LINE_BYTES_MAX)? {
                Line::End => return Ok(()),
                Line::Whole { .. } if begins_archive(&self.line) => {
                    self.begun = true;
                    return Ok(());
                }
                Line::Whole { .. } if self.line.trim_ascii().is_empty() => {}
                _ => return Err(Spoiled::malformed("a record of the web archive is longer than it says")),
            }
        }
    }
}

enum Step {
    Page(Piece),
    Other,
    End,
}

impl Fields {
    fn note(&mut self, name: &str, value: &str, continues: bool) {
        match name {
            "warc-type" => self.kind = value.to_ascii_lowercase(),
            "warc-record-id" => self.id = Some(bare(value).to_owned()),
            // Some tools write the address in brackets as well.
            "warc-target-uri" if continues => self.url.get_or_insert_default().push_str(value),
            "warc-target-uri" => self.url = Some(bare(value).to_owned()),
            "content-type" => self.media = value.to_ascii_lowercase(),
            "content-length" => self.length = value.parse().ok(),
            "warc-segment-number" => self.segment = value.parse().unwrap_or(0),
            // Several are told by their share; the first is the main one.
            "warc-identified-content-language" => self.language = value.split(',').next().map(|code| code.trim().to_owned()),
            _ => {}
        }
    }
}

fn bare(value: &str) -> &str {
    value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(value)
}

/// How a page of this media type is to be read; None where it is none.
pub(super) fn body_of(media: &str) -> Option<Body> {
    match media.split(';').next().unwrap_or_default().trim() {
        "text/html" | "application/xhtml+xml" => Some(Body::Page),
        "text/plain" => Some(Body::Text),
        _ => None,
    }
}

fn resource(bytes: Vec<u8>, media: &str) -> Page {
    let body = body_of(media).unwrap_or(Body::Text);
    Page { bytes, body, charset: warc_http::charset_of(media), language: None }
}

fn document(page: Page, fields: &Fields) -> RawDocument {
    // What a text was made of is not what it is in: WET files are UTF-8 and say nothing.
    let charset = match page.charset {
        Some(label) => Charset::Declared(label),
        None => Charset::Unknown,
    };
    let given = Given {
        body: page.body,
        charset,
        metadata: Metadata { url: fields.url.clone(), ..Metadata::default() },
        language: page.language.or_else(|| fields.language.clone()),
        warnings: Vec::new(),
    };
    RawDocument { bytes: page.bytes, format: Format::Warc, given: Some(Box::new(given)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { document_bytes_max: 300, ratio_max: 100, depth_max: 4 };

    /// A record by the standard, for the samples.
    pub fn record(kind: &str, id: &str, media: &str, block: &[u8]) -> Vec<u8> {
        let mut record = format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{id}>\r\nWARC-Date: 2026-03-03T09:12:00Z\r\n\
             WARC-Target-URI: https://example.org/{id}\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
            block.len()
        )
        .into_bytes();
        record.extend_from_slice(block);
        record.extend_from_slice(b"\r\n\r\n");
        record
    }

    fn response(id: &str, head: &str, payload: &[u8]) -> Vec<u8> {
        record("response", id, "application/http; msgtype=response", &[head.as_bytes(), b"\r\n\r\n", payload].concat())
    }

    #[track_caller]
    fn check(archive: &[u8], expected: &[(Option<&str>, Result<&str, &str>)]) {
        let mut records = Records::new(archive, LIMITS);
        let mut read = Vec::new();
        loop {
            match records.read_next() {
                Ok(None) => break,
                Ok(Some(piece)) => {
                    let body = piece.body.map(|body| String::from_utf8(body.bytes).unwrap()).map_err(|rejection| rejection.code);
                    read.push((piece.given_id, body));
                }
                Err(error) => read.push((None, Err(Spoiled::rejection(error).unwrap().code))),
            }
        }
        let read: Vec<(Option<&str>, Result<&str, &str>)> =
            read.iter().map(|(id, body)| (id.as_deref(), body.as_ref().map(String::as_str).map_err(|code| *code))).collect();
        assert_eq!(read, expected);
    }

    const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8";

    #[test]
    fn pages_and_texts_are_articles_and_the_rest_is_not() {
        let archive = [
            record("warcinfo", "i", "application/warc-fields", b"software: crawler\r\n"),
            record("request", "q", "application/http; msgtype=request", b"GET / HTTP/1.1\r\n\r\n"),
            response("a", OK, b"<p>Late.</p>"),
            response("b", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html", b"<p>Gone.</p>"),
            response("c", "HTTP/1.1 200 OK\r\nContent-Type: image/png", b"\x89PNG"),
            record("conversion", "d", "text/plain", "L\u{e9}o is late.\n".as_bytes()),
            record("metadata", "m", "application/warc-fields", b"a: b\r\n"),
            record("resource", "e", "text/html", b"<p>On time.</p>"),
            String::from_utf8(record("resource", "w", "text/plain", b"wget.log"))
                .unwrap()
                .replace("https://example.org/w", "metadata://gnu.org/w")
                .into_bytes(),
        ]
        .concat();
        check(
            &archive,
            &[
                (Some("urn:uuid:a"), Ok("<p>Late.</p>")),
                (Some("urn:uuid:d"), Ok("L\u{e9}o is late.\n")),
                (Some("urn:uuid:e"), Ok("<p>On time.</p>")),
            ],
        );
    }

    #[test]
    fn a_chunked_page_is_put_together() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html";
        let archive = response("a", head, b"5;x=1\r\n<p>La\r\n7\r\nte.</p>\r\n0\r\n\r\n");
        check(&archive, &[(Some("urn:uuid:a"), Ok("<p>Late.</p>"))]);
    }

    #[test]
    fn a_broken_record_costs_itself_alone() {
        let mut wrong = response("b", OK, b"<p>one</p>");
        let at = memchr::memmem::find(&wrong, b"Content-Length: ").unwrap() + 16;
        wrong[at] = b'1';
        wrong[at + 1] = b'0';
        let archive = [response("a", OK, b"<p>1</p>"), wrong, response("c", OK, b"<p>3</p>"), response("d", OK, &[b'x'; 400])].concat();
        check(
            &archive,
            &[
                (Some("urn:uuid:a"), Ok("<p>1</p>")),
                (None, Err("parse.malformed")),
                (Some("urn:uuid:c"), Ok("<p>3</p>")),
                (Some("urn:uuid:d"), Err("limit.size")),
            ],
        );
    }

    #[test]
    fn an_archive_that_is_cut_off_gives_what_is_there() {
        let mut archive = [response("a", OK, b"<p>1</p>"), response("b", OK, b"<p>2</p>")].concat();
        archive.truncate(archive.len() - 9);
        check(&archive, &[(Some("urn:uuid:a"), Ok("<p>1</p>")), (None, Err("parse.malformed"))]);
    }

    #[test]
    fn a_crawler_s_word_on_address_and_encoding_is_kept() {
        let archive =
            response("a", "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=\"ISO-8859-1\"\r\nContent-Language: nl", b"<p>x</p>");
        let piece = Records::new(&archive[..], LIMITS).read_next().unwrap().unwrap();
        let given = piece.body.unwrap().given.unwrap();
        assert_eq!(given.metadata.url.as_deref(), Some("https://example.org/a"));
        assert_eq!((given.charset, given.language.as_deref()), (Charset::Declared("iso-8859-1".to_owned()), Some("nl")));
    }
}
