//! Opens a news feed, item by item: RSS 0.9x, 1.0 and 2.0, and Atom.

mod item;

use std::io::{self, BufRead};

use encoding_rs::Encoding;

use super::super::jsonl::too_long;
use super::decoding;
use super::xml_split::{Cut, Splitter};
use super::{Piece, naming_id};
use crate::model::{Digest, Stage, StageError};
use item::Channel;

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
        let (encoding, input) = decoding::decoded(head, input);
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

#[cfg(test)]
mod tests;
