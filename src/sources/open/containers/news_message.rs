//! Opens a NewsML-G2 news message: what an agency sends in one go, often many items.

use std::io::{self, BufRead};

use super::super::jsonl::too_long;
use super::decoding;
use super::xml_split::{Cut, Splitter};
use super::{Piece, naming_id};
use crate::model::{Digest, Format, RawDocument, Stage, StageError};
use crate::stages::parse::xml::{Step, Steps};

/// Reads the items of a message one at a time, in memory bounded by one.
pub struct NewsItems<'a> {
    splitter: Splitter<Box<dyn BufRead + 'a>>,
    bytes_max: u64,
    place: u64,
}

impl<'a> NewsItems<'a> {
    /// `head` is what the message begins with; it is still to come from `input` as well.
    pub fn new(head: &[u8], input: impl BufRead + 'a, document_bytes_max: u64) -> Self {
        let (_, input) = decoding::decoded(head, input);
        Self { splitter: Splitter::new(input, document_bytes_max), bytes_max: document_bytes_max, place: 0 }
    }

    /// The next item; None at the end. Pictures, graphics and sound that come along are passed over.
    pub fn read_next(&mut self) -> io::Result<Option<Piece>> {
        let cut = loop {
            match self.splitter.read_next()? {
                None => return Ok(None),
                Some(Cut::Whole(item)) if !holds_text(&item) => {}
                Some(cut) => break cut,
            }
        };
        self.place += 1;
        let place = self.place;
        Ok(Some(match cut {
            Cut::Whole(item) => Piece {
                given_id: guid_of(&item),
                place,
                digest: Digest::of(&item),
                bytes: item.len() as u64,
                body: Ok(RawDocument::new(item, Format::Newsml)),
            },
            Cut::TooLong { bytes, digest } => Piece { given_id: None, place, digest, bytes, body: Err(too_long(bytes, self.bytes_max)) },
            Cut::Open { bytes, digest } => {
                let reason = format!("item {place} of the news message has no end");
                Piece { given_id: None, place, digest, bytes, body: Err(StageError::Malformed { reason }.reject(Stage::Open)) }
            }
        }))
    }
}

/// False for an item that says itself that it is no text and holds none.
fn holds_text(item: &[u8]) -> bool {
    let says = |words: &[u8]| memchr::memmem::find(item, words).is_some();
    let is_other =
        [b"ninat:picture".as_slice(), b"ninat:graphic", b"ninat:audio", b"ninat:video", b"ninat:animated"].iter().any(|class| says(class));
    !is_other || says(b"inlineXML") || says(b"inlineData")
}

fn guid_of(item: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(item);
    match Steps::new(&text).read_next() {
        Ok(Some(Step::Start(element))) => naming_id(&element.attribute("guid")?),
        _ => None,
    }
}
