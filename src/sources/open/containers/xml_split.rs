//! Cuts a feed, or a message of many news items, into its items without reading them: an item that is broken inside costs itself alone, and nothing is
//! kept but the one in hand.

use std::io::{self, BufRead};

use memchr::memchr;

use super::Spoiled;
use crate::model::Digest;

/// One item as it stands in the feed.
#[derive(Debug)]
pub enum Cut {
    /// From its start tag to its end tag.
    Whole(Vec<u8>),
    /// It was longer than allowed, and passed over.
    TooLong { bytes: u64, digest: Digest },
    /// The next one begins, or the feed ends, before it does.
    Open { bytes: u64, digest: Digest },
}

pub struct Splitter<R> {
    input: R,
    bytes_max: u64,
    /// The root's start tag.
    root: Vec<u8>,
    /// What stands outside of the items, as much of it as says something about them.
    channel: Vec<u8>,
    /// The item in hand.
    item: Option<Capture>,
    /// The markup in hand, from its `<`.
    token: Vec<u8>,
    token_length: u64,
    /// The last bytes read, to see the end of a comment.
    tail: Vec<u8>,
    /// How items are called, and what ends them all.
    names: Names,
}

#[derive(Clone, Copy)]
struct Names {
    item: &'static [u8],
    around: &'static [&'static [u8]],
}

impl Names {
    fn by_root(root: &[u8]) -> Self {
        match root {
            b"feed" => Self { item: b"entry", around: &[b"feed"] },
            b"newsMessage" => Self { item: b"newsItem", around: &[b"itemSet", b"newsMessage"] },
            _ => Self { item: b"item", around: &[b"channel", b"rss", b"RDF"] },
        }
    }
}

struct Capture {
    bytes: Vec<u8>,
    /// Set once it is too long.
    over: Option<blake3::Hasher>,
    length: u64,
}

const CHANNEL_BYTES_MAX: usize = 64 * 1024;
/// A tag that is longer is none: a quotation mark in it has no partner.
const TAG_BYTES_MAX: u64 = 64 * 1024;

impl<R: BufRead> Splitter<R> {
    pub fn new(input: R, bytes_max: u64) -> Self {
        Self {
            input,
            bytes_max,
            root: Vec::new(),
            channel: Vec::new(),
            item: None,
            token: Vec::new(),
            token_length: 0,
            tail: Vec::new(),
            names: Names::by_root(b""),
        }
    }

    pub fn root(&self) -> &[u8] {
        &self.root
    }

    pub fn channel(&self) -> &[u8] {
        &self.channel
    }

    /// The next item; None at the end.
    pub fn read_next(&mut self) -> io::Result<Option<Cut>> {
        loop {
            self.begin_token();
            if !self.take_until(b"<", false)? {
                return self.end();
            }
            // The `<` belongs to the markup, which may begin the next item.
            self.hand_over_but_last();
            self.begin_markup();
            match self.peek()? {
                None => return self.end(),
                Some(b'!') => {
                    if !self.take_declaration()? {
                        return self.end();
                    }
                }
                Some(b'?') => {
                    if !self.take_until(b"?>", true)? {
                        return self.end();
                    }
                }
                Some(_) => {
                    if !self.take_tag()? {
                        return self.end();
                    }
                    if let Some(cut) = self.tag() {
                        return Ok(Some(cut));
                    }
                    continue;
                }
            }
            self.hand_over();
        }
    }

    /// What the tag in hand means for the item in hand.
    fn tag(&mut self) -> Option<Cut> {
        let (ends, name) = name_of(&self.token);
        let is_item = name == self.names.item;
        let ends_all = ends && self.names.around.contains(&name);
        let empty = self.token.ends_with(b"/>");
        if self.root.is_empty() && !ends {
            self.names = Names::by_root(name);
            self.root = std::mem::take(&mut self.token);
            return None;
        }
        if is_item && ends {
            self.hand_over();
            return self.item.take().map(Capture::whole);
        }
        if is_item && !empty {
            let earlier = self.item.take().map(Capture::open);
            self.item = Some(Capture { bytes: Vec::new(), over: None, length: 0 });
            self.hand_over();
            return earlier;
        }
        if ends_all && self.item.is_some() {
            return self.item.take().map(Capture::open);
        }
        self.hand_over();
        None
    }

    fn end(&mut self) -> io::Result<Option<Cut>> {
        self.hand_over();
        if self.root.is_empty() {
            // So that it is told once.
            self.root.push(b'<');
            return Err(Spoiled::malformed("the XML file has no root element"));
        }
        Ok(self.item.take().map(Capture::open))
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.input.fill_buf() {
                Ok(chunk) => return Ok(chunk.first().copied()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// A comment, a CDATA section, or the document's type, which is passed over: nothing that it declares is used.
    fn take_declaration(&mut self) -> io::Result<bool> {
        // As far as tells which of them it is.
        for _ in 0..8 {
            let Some(byte) = self.peek()? else { return Ok(false) };
            self.input.consume(1);
            self.push(&[byte]);
            if self.token == b"<!--" {
                return self.take_until(b"-->", true);
            }
            if self.token == b"<![CDATA[" {
                return self.take_until(b"]]>", true);
            }
            if byte == b'>' {
                return Ok(true);
            }
        }
        let from = self.token_length;
        loop {
            if !self.take_until(b">", true)? {
                return Ok(false);
            }
            let opened = self.token.iter().filter(|byte| **byte == b'[').count();
            let closed = self.token.iter().filter(|byte| **byte == b']').count();
            if opened <= closed || self.token_length - from > TAG_BYTES_MAX {
                return Ok(true);
            }
        }
    }

    fn take_tag(&mut self) -> io::Result<bool> {
        let mut quote = None;
        let mut looked = 1;
        loop {
            if !self.take_until(b">", true)? {
                return Ok(false);
            }
            for byte in self.token.get(looked..).unwrap_or_default() {
                match (quote, byte) {
                    (None, b'"' | b'\'') => quote = Some(*byte),
                    (Some(open), byte) if open == *byte => quote = None,
                    _ => {}
                }
            }
            looked = self.token.len();
            if quote.is_none() || self.token_length > TAG_BYTES_MAX {
                return Ok(true);
            }
        }
    }

    /// Takes everything up to and with `end`. False where the input ends before.
    fn take_until(&mut self, end: &[u8], keep_tail: bool) -> io::Result<bool> {
        if !keep_tail {
            self.tail.clear();
        }
        let last = end.last().copied().unwrap_or_default();
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                return Ok(false);
            }
            let length = memchr(last, chunk).map_or(chunk.len(), |at| at + 1);
            let part = chunk.get(..length).unwrap_or_default();
            let found = part.last() == Some(&last);
            // A text of a gigabyte is handed over as it comes.
            if self.token.len() + length > TAG_BYTES_MAX as usize * 4 {
                let token = std::mem::take(&mut self.token);
                keep(&mut self.item, &mut self.channel, &token, self.bytes_max);
            }
            self.token.extend_from_slice(part);
            self.token_length += length as u64;
            let seen = part.get(part.len().saturating_sub(8)..).unwrap_or_default();
            self.tail.extend_from_slice(seen);
            let beyond = self.tail.len().saturating_sub(8);
            self.tail.drain(..beyond);
            self.input.consume(length);
            if found && self.tail.ends_with(end) {
                return Ok(true);
            }
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.token.extend_from_slice(bytes);
        self.token_length += bytes.len() as u64;
    }

    fn begin_token(&mut self) {
        self.token.clear();
        self.token_length = 0;
        self.tail.clear();
    }

    fn begin_markup(&mut self) {
        self.begin_token();
        self.push(b"<");
    }

    fn hand_over(&mut self) {
        let token = std::mem::take(&mut self.token);
        keep(&mut self.item, &mut self.channel, &token, self.bytes_max);
        self.token = token;
        self.token.clear();
    }

    fn hand_over_but_last(&mut self) {
        self.token.pop();
        self.hand_over();
    }
}

fn keep(item: &mut Option<Capture>, channel: &mut Vec<u8>, bytes: &[u8], bytes_max: u64) {
    match item {
        Some(item) => item.push(bytes, bytes_max),
        None => {
            let room = CHANNEL_BYTES_MAX.saturating_sub(channel.len());
            channel.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
        }
    }
}

impl Capture {
    fn push(&mut self, bytes: &[u8], bytes_max: u64) {
        self.length += bytes.len() as u64;
        if let Some(hasher) = &mut self.over {
            hasher.update(bytes);
        } else if self.length > bytes_max {
            let mut hasher = blake3::Hasher::new();
            hasher.update(&self.bytes).update(bytes);
            self.over = Some(hasher);
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }

    fn digest(&self) -> Digest {
        match &self.over {
            Some(hasher) => Digest(*hasher.finalize().as_bytes()),
            None => Digest::of(&self.bytes),
        }
    }

    fn whole(self) -> Cut {
        match self.over {
            Some(_) => Cut::TooLong { bytes: self.length, digest: self.digest() },
            None => Cut::Whole(self.bytes),
        }
    }

    fn open(self) -> Cut {
        Cut::Open { bytes: self.length, digest: self.digest() }
    }
}

/// Whether a tag ends an element, and the element's name without its prefix.
fn name_of(tag: &[u8]) -> (bool, &[u8]) {
    let inner = tag.strip_prefix(b"<").unwrap_or(tag);
    let (ends, inner) = match inner.strip_prefix(b"/") {
        Some(inner) => (true, inner),
        None => (false, inner),
    };
    let end = inner.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/')).unwrap_or(inner.len());
    let name = inner.get(..end).unwrap_or_default();
    (ends, name.rsplit(|byte| *byte == b':').next().unwrap_or(name))
}

/// The root element's name without its prefix, from the first bytes of an XML file in any encoding of the ASCII family
/// or in two bytes a character.
pub fn root_name(head: &[u8]) -> Option<Vec<u8>> {
    let wide = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) || head.iter().take(2).any(|byte| *byte == 0);
    let narrow: Vec<u8> = if wide { head.iter().copied().filter(|byte| *byte != 0 && *byte < 0x80).collect() } else { head.to_vec() };
    let mut rest = narrow.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&narrow).trim_ascii_start();
    loop {
        let end: &[u8] = match rest {
            [b'<', b'?', ..] => b"?>",
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            // Brackets of an inner subset hold declarations with `>` of their own.
            [b'<', b'!', ..] if memchr(b'>', rest)? > memchr(b'[', rest).unwrap_or(usize::MAX) => b"]>",
            [b'<', b'!', ..] => b">",
            [b'<', first, ..] if first.is_ascii_alphabetic() || *first == b'_' => return Some(name_of(rest).1.to_vec()),
            _ => return None,
        };
        let at = memchr::memmem::find(rest, end)?;
        rest = rest.get(at + end.len()..)?.trim_ascii_start();
    }
}
