//! Opens a news feed, item by item: RSS 0.9x, 1.0 and 2.0, and Atom.

mod item;
mod split;

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Decoder, Encoding, UTF_8};

use super::super::jsonl::too_long;
use super::{Piece, Spoiled, naming_id};
use crate::model::{Digest, Stage, StageError};
use item::Channel;
use split::{Cut, Splitter};

/// How a feed's own elements are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Rss,
    Atom,
}

/// Tells a feed by its root element.
pub fn tell(head: &[u8]) -> Option<Kind> {
    match split::root_name(head)?.as_slice() {
        b"rss" | b"RDF" => Some(Kind::Rss),
        b"feed" => Some(Kind::Atom),
        _ => None,
    }
}

/// The root element's name without its prefix, whatever kind of XML it is.
pub fn root_name(head: &[u8]) -> Option<Vec<u8>> {
    split::root_name(head)
}

/// Reads the items of a feed one at a time, in memory bounded by one.
pub struct Feed<'a> {
    splitter: Splitter<Box<dyn BufRead + 'a>>,
    encoding: &'static Encoding,
    bytes_max: u64,
    place: u64,
    channel: Option<Channel>,
}

impl<'a> Feed<'a> {
    /// `head` is what the feed begins with; it is still to come from `input` as well.
    pub fn new(head: &[u8], input: impl BufRead + 'a, document_bytes_max: u64) -> Self {
        let encoding = encoding_of(head);
        let input: Box<dyn BufRead + 'a> =
            if encoding == UTF_8 { Box::new(input) } else { Box::new(BufReader::new(Decoding::new(encoding, input))) };
        Self { splitter: Splitter::new(input, document_bytes_max), encoding, bytes_max: document_bytes_max, place: 0, channel: None }
    }

    /// The next item; None at the end.
    pub fn read_next(&mut self) -> io::Result<Option<Piece>> {
        let Some(cut) = self.splitter.read_next()? else { return Ok(None) };
        self.place += 1;
        let place = self.place;
        Ok(Some(match cut {
            Cut::Whole(bytes) => {
                let splitter = &self.splitter;
                let encoding = self.encoding;
                let channel = self.channel.get_or_insert_with(|| Channel::read(splitter.root(), splitter.channel(), encoding));
                let (digest, length) = (Digest::of(&bytes), bytes.len() as u64);
                match item::read(&bytes, channel) {
                    Ok((id, document)) => {
                        Piece { given_id: id.as_deref().and_then(naming_id), place, digest, bytes: length, body: Ok(document) }
                    }
                    Err(reason) => {
                        let reason = format!("item {place} of the feed cannot be read ({reason})");
                        let body = Err(StageError::Malformed { reason }.reject(Stage::Open));
                        Piece { given_id: None, place, digest, bytes: length, body }
                    }
                }
            }
            Cut::TooLong { bytes, digest } => Piece { given_id: None, place, digest, bytes, body: Err(too_long(bytes, self.bytes_max)) },
            Cut::Open { bytes, digest } => {
                let reason = format!("item {place} of the feed has no end");
                Piece { given_id: None, place, digest, bytes, body: Err(StageError::Malformed { reason }.reject(Stage::Open)) }
            }
        }))
    }
}

/// By byte order mark, by what the beginning looks like in two bytes a character, by declaration; UTF-8 otherwise.
fn encoding_of(head: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return encoding;
    }
    match head {
        [b'<', 0, ..] => return encoding_rs::UTF_16LE,
        [0, b'<', ..] => return encoding_rs::UTF_16BE,
        _ => {}
    }
    let declaration = head.get(..head.len().min(200)).unwrap_or_default();
    let declaration = declaration.trim_ascii_start();
    if !declaration.starts_with(b"<?xml") {
        return UTF_8;
    }
    let end = memchr::memmem::find(declaration, b"?>").unwrap_or(declaration.len());
    let declaration = String::from_utf8_lossy(declaration.get(..end).unwrap_or_default());
    let label = declaration.split_once("encoding").and_then(|(_, rest)| rest.trim_start().strip_prefix('=').map(str::trim_start));
    let label = label.and_then(|rest| rest.strip_prefix(['"', '\''])).and_then(|rest| rest.split(['"', '\'']).next());
    // What says that it is UTF-16 and is read up to here is not.
    label.and_then(|label| Encoding::for_label(label.as_bytes())).map_or(UTF_8, Encoding::output_encoding)
}

/// Turns a stream in any encoding into UTF-8.
struct Decoding<R> {
    input: R,
    decoder: Decoder,
    done: bool,
    rest: Vec<u8>,
}

impl<R: BufRead> Decoding<R> {
    fn new(encoding: &'static Encoding, input: R) -> Self {
        Self { input, decoder: encoding.new_decoder_with_bom_removal(), done: false, rest: Vec::new() }
    }
}

impl<R: BufRead> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.rest.is_empty() {
                let count = self.rest.len().min(buffer.len());
                for (to, from) in buffer.iter_mut().zip(self.rest.drain(..count)) {
                    *to = from;
                }
                return Ok(count);
            }
            if self.done {
                return Ok(0);
            }
            let chunk = self.input.fill_buf()?;
            let last = chunk.is_empty();
            let mut text = vec![0; self.decoder.max_utf8_buffer_length(chunk.len()).unwrap_or(chunk.len() * 3 + 16)];
            let (_, read, written, _) = self.decoder.decode_to_utf8(chunk, &mut text, last);
            text.truncate(written);
            self.input.consume(read);
            self.rest = text;
            self.done = last;
        }
    }
}

/// The rejection of a stream that is no feed after all.
fn no_root() -> io::Error {
    Spoiled::malformed("the feed has no root element")
}

#[cfg(test)]
mod tests;
