//! Opens whatever lies in whatever: a mailbox in a compressed file in a ZIP file. Each article comes out once, under a name
//! that leads to it; what cannot be read is set aside, and the rest goes on.

#[cfg(any(feature = "compression", feature = "zip"))]
use std::io::BufReader;
#[cfg(feature = "zip")]
use std::io::Seek;
use std::io::{self, BufRead, Cursor, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use super::super::form::{self, Container, Form, HEAD_BYTES};
use super::super::jsonl::{Items, Tail, too_long};
use super::{Limits, Meter, Piece, Spoiled};
use crate::model::{Digest, Format, RawDocument, Rejection, Skip};
#[cfg(any(feature = "compression", feature = "zip"))]
use crate::model::{Limit, Stage, StageError};
#[cfg(feature = "zip")]
use crate::sources::paths::skip_by_name;

/// What comes out of a file.
#[derive(Debug)]
pub enum Unpacked {
    /// One article of many.
    Entry(Piece),
    /// The only one: the file was compressed, and is a container of nothing else.
    Whole(Piece),
    /// A part of the file, or all of it, cannot be read.
    Broken(Rejection),
    /// Something that holds no article.
    Skipped(Skip),
}

/// Takes what comes out; tells whether to go on. An error ends it all.
pub type Sink<'s> = dyn FnMut(Unpacked) -> anyhow::Result<ControlFlow<()>> + 's;

/// Opens one file.
pub struct Unpacker {
    limits: Limits,
    tail: Tail,
    /// True once a last entry was left out that may still grow.
    pub left_out: bool,
}

/// Where in the nest we are.
#[cfg_attr(
    not(any(feature = "compression", feature = "zip")),
    expect(dead_code, reason = "a build that unpacks nothing has no nest to count")
)]
#[derive(Clone)]
struct Place {
    /// The path that leads here through ZIP files; None outside of them.
    path: Option<String>,
    /// How many containers are around.
    depth: u64,
    meter: Rc<Meter>,
}

type Flow = anyhow::Result<ControlFlow<()>>;

#[cfg(any(feature = "compression", feature = "zip"))]
const BUFFER_BYTES: usize = 64 * 1024;

impl Unpacker {
    pub fn new(limits: Limits, tail: Tail) -> Self {
        Self { limits, tail, left_out: false }
    }

    /// Opens a stream, told by what it begins with and its name.
    pub fn read<'a>(&mut self, input: impl BufRead + 'a, name: &[u8], sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let place = Place { path: None, depth: 0, meter: Meter::new(self.limits.ratio_max) };
        self.open(Box::new(input), name, &place, sink).map(|_| ())
    }

    /// Opens a ZIP file of any length, which needs to be read at both ends.
    #[cfg(feature = "zip")]
    pub fn read_zip(&mut self, input: impl Read + Seek, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let place = Place { path: None, depth: 0, meter: Meter::new(self.limits.ratio_max) };
        let mut input = input;
        place.meter.read(input.seek(io::SeekFrom::End(0))?);
        self.unzip(input, &place, sink).map(|_| ())
    }

    /// Refuses a ZIP file, which this build does not read.
    #[cfg(not(feature = "zip"))]
    pub fn read_zip(&mut self, _: impl Read + io::Seek, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let refused = form::left_out_of_this_build(Form::Container(Container::Zip));
        refused.map_or(Ok(()), |rejection| sink(Unpacked::Broken(rejection)).map(|_| ()))
    }

    fn open<'a>(&mut self, mut input: Box<dyn BufRead + 'a>, name: &[u8], place: &Place, sink: &mut Sink<'_>) -> Flow {
        let mut head = Vec::new();
        if let Err(error) = (&mut input).take(HEAD_BYTES as u64).read_to_end(&mut head) {
            let rejection = Spoiled::rejection(error)?;
            // What came before it may be whole: the first line of a file that was cut off.
            if head.is_empty() {
                return place.give(Unpacked::Broken(rejection), sink);
            }
            let head = Cursor::new(head).chain(Cut { rejection: Some(rejection), rest: input });
            let head: Box<dyn BufRead> = Box::new(head);
            return self.open_told(head, name, place, sink);
        }
        if head.is_empty() {
            return place.give(Unpacked::Skipped(Skip::Empty), sink);
        }
        self.open_told(Box::new(Cursor::new(head).chain(input)), name, place, sink)
    }

    /// `input` begins with its head in one piece.
    fn open_told<'a>(&mut self, mut input: Box<dyn BufRead + 'a>, name: &[u8], place: &Place, sink: &mut Sink<'_>) -> Flow {
        let head = input.fill_buf()?.to_vec();
        match form::tell(&head, name) {
            Form::Binary | Form::Unsupported => place.give(Unpacked::Skipped(Skip::Form), sink),
            Form::Document(format) => self.document(input, format, place, sink),
            Form::EndlessObject => self.object(input, name, place, sink),
            Form::Jsonl => self.lines(input, place, sink),
            Form::Container(container) => self.container(container, &head, input, name, place, sink),
        }
    }

    fn container<'a>(
        &mut self,
        container: Container,
        head: &[u8],
        input: Box<dyn BufRead + 'a>,
        name: &[u8],
        place: &Place,
        sink: &mut Sink<'_>,
    ) -> Flow {
        if let Some(rejection) = form::left_out_of_this_build(Form::Container(container)) {
            return place.give(Unpacked::Broken(rejection), sink);
        }
        let size_max = self.limits.document_bytes_max;
        // Each is asked for by some forms only.
        let _ = (head, &input, name, size_max);
        match container {
            #[cfg(feature = "compression")]
            Container::Compressed(compression) => {
                let Some(mut place) = self.inside(place) else { return place.give(Unpacked::Broken(self.too_deep()), sink) };
                // What was packed twice is held to what lies on the disk as well.
                if place.depth > 1 {
                    place.meter = Meter::within(&place.meter);
                }
                let stream = super::compression::unpack(compression, input, &place.meter)?;
                let input = BufReader::with_capacity(BUFFER_BYTES, stream);
                self.open(Box::new(input), super::signs::Compression::inner_name(name), &place, sink)
            }
            #[cfg(feature = "zip")]
            Container::Zip => {
                let mut bytes = Vec::new();
                if let Err(error) = input.take(size_max.saturating_add(1)).read_to_end(&mut bytes) {
                    return place.give(Unpacked::Broken(Spoiled::rejection(error)?), sink);
                }
                if bytes.len() as u64 > size_max {
                    return place.give(Unpacked::Broken(too_long(bytes.len() as u64, size_max)), sink);
                }
                self.unzip(Cursor::new(bytes), place, sink)
            }
            #[cfg(feature = "feeds")]
            Container::Feed => {
                let mut feed = super::feed::Feed::new(head, input, size_max);
                drain(|| feed.read_next(), place, sink)
            }
            #[cfg(feature = "feeds")]
            Container::JsonFeed => {
                let mut feed = super::json_feed::JsonFeed::new(input, size_max);
                drain(|| feed.read_next(), place, sink)
            }
            #[cfg(feature = "email")]
            Container::Mbox => {
                let mut messages = super::mbox::Messages::new(input, size_max, self.tail);
                let flow = drain(|| messages.read_next(), place, sink);
                self.left_out |= messages.left_out;
                flow
            }
            #[cfg(feature = "warc")]
            Container::Warc => {
                let mut records = super::warc::Records::new(input, self.limits);
                drain(|| records.read_next(), place, sink)
            }
            #[cfg(feature = "newsml")]
            Container::NewsMessage => {
                let mut items = super::news_message::NewsItems::new(head, input, size_max);
                drain(|| items.read_next(), place, sink)
            }
            #[cfg(not(all(
                feature = "compression",
                feature = "zip",
                feature = "feeds",
                feature = "email",
                feature = "warc",
                feature = "newsml"
            )))]
            _ => Ok(ControlFlow::Continue(())),
        }
    }

    #[cfg(any(feature = "compression", feature = "zip"))]
    fn inside(&self, place: &Place) -> Option<Place> {
        (place.depth < self.limits.depth_max).then(|| Place { depth: place.depth + 1, ..place.clone() })
    }

    #[cfg(any(feature = "compression", feature = "zip"))]
    fn too_deep(&self) -> Rejection {
        let reason = format!("more than {} containers lie in each other", self.limits.depth_max);
        StageError::Limit { limit: Limit::Depth, reason }.reject(Stage::Open)
    }

    fn lines<'a>(&mut self, input: Box<dyn BufRead + 'a>, place: &Place, sink: &mut Sink<'_>) -> Flow {
        let mut items = Items::new(input, self.limits.document_bytes_max, self.tail);
        let flow = drain(
            || {
                let Some(item) = items.read_next()? else { return Ok(None) };
                let body = item.body.map(|bytes| RawDocument::new(bytes, Format::Json));
                Ok(Some(Piece { given_id: item.given_id, place: item.place, digest: item.digest, bytes: item.bytes, body }))
            },
            place,
            sink,
        );
        self.left_out |= items.left_out;
        flow
    }

    /// An object whose first line is not over yet: one document, unless another line follows.
    fn object<'a>(&mut self, mut input: Box<dyn BufRead + 'a>, name: &[u8], place: &Place, sink: &mut Sink<'_>) -> Flow {
        let mut bytes = Vec::new();
        let size_max = self.limits.document_bytes_max;
        let broken = (&mut input).take(size_max.saturating_add(1)).read_to_end(&mut bytes).err().map(Spoiled::rejection).transpose()?;
        let rest = Cut { rejection: broken, rest: input };
        if bytes.len() as u64 > size_max || form::tell(&bytes, name) == Form::Jsonl {
            return self.lines(Box::new(Cursor::new(bytes).chain(rest)), place, sink);
        }
        self.document(Box::new(Cursor::new(bytes).chain(rest)), Format::Json, place, sink)
    }

    fn document<'a>(&mut self, input: Box<dyn BufRead + 'a>, format: Format, place: &Place, sink: &mut Sink<'_>) -> Flow {
        let size_max = self.limits.document_bytes_max;
        let mut bytes = Vec::new();
        let mut input = input.take(size_max.saturating_add(1));
        if let Err(error) = input.read_to_end(&mut bytes) {
            return place.give(Unpacked::Broken(Spoiled::rejection(error)?), sink);
        }
        let digest = Digest::of(&bytes);
        let mut length = bytes.len() as u64;
        let body = if length > size_max {
            // How much longer it is, as far as it can be told: reading on is held to the ratio.
            length += io::copy(&mut input.into_inner(), &mut io::sink()).unwrap_or(0);
            Err(too_long(length, size_max))
        } else {
            match form::left_out_of_this_build(Form::Document(format)) {
                Some(rejection) => Err(rejection),
                None => Ok(RawDocument::new(bytes, format)),
            }
        };
        place.give(Unpacked::Whole(Piece { given_id: None, place: 1, digest, bytes: length, body }), sink)
    }

    #[cfg(feature = "zip")]
    fn unzip(&mut self, input: impl Read + Seek, place: &Place, sink: &mut Sink<'_>) -> Flow {
        use crate::stages::parse::zip::{Error, Zip};
        let Some(place) = self.inside(place) else { return place.give(Unpacked::Broken(self.too_deep()), sink) };
        // A name for each article it may hold takes less room than a few of the articles themselves.
        let directory_max = self.limits.document_bytes_max.saturating_mul(4);
        let mut zip = match Zip::open(input, directory_max) {
            Ok(zip) => zip,
            Err(Error::Io(error)) => return Err(error.into()),
            Err(Error::Broken(reason)) => {
                return place.give(Unpacked::Broken(malformed(&format!("the ZIP file cannot be read: {reason}"))), sink);
            }
            Err(Error::TooMany) => {
                let reason = format!("the ZIP file's list of names has more than {directory_max} bytes");
                return place.give(Unpacked::Broken(StageError::Limit { limit: Limit::Size, reason }.reject(Stage::Open)), sink);
            }
        };
        let mut any_broken = false;
        for at in 0..zip.members().len() {
            let Some(member) = zip.members().get(at).cloned() else { break };
            if member.is_folder() {
                continue;
            }
            let path = place.path.as_ref().map_or_else(|| member.name.clone(), |path| format!("{path}/{}", member.name));
            let inner = Place { path: Some(path), depth: place.depth, meter: Meter::within(&place.meter) };
            if let Some(skip) = skip_by_path(member.name.as_bytes()) {
                if sink(Unpacked::Skipped(skip))?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                continue;
            }
            inner.meter.read(member.packed);
            let flow = match zip.unpack(at) {
                Ok(unpack) => {
                    let stream = super::meter::Unpacked { input: Mended { input: unpack, spoiled: false }, meter: Rc::clone(&inner.meter) };
                    let mut watched = |unpacked: Unpacked| {
                        any_broken |= matches!(&unpacked, Unpacked::Entry(Piece { body: Err(_), .. }));
                        sink(unpacked)
                    };
                    let input = Box::new(BufReader::with_capacity(BUFFER_BYTES, stream));
                    self.open(input, member.name.as_bytes(), &inner, &mut watched)?
                }
                Err(Error::Io(error)) => return Err(error.into()),
                Err(Error::Broken(reason)) => {
                    any_broken = true;
                    inner.give(Unpacked::Broken(malformed(&reason)), sink)?
                }
                Err(Error::TooMany) => ControlFlow::Continue(()),
            };
            if flow.is_break() || place.meter.is_exhausted() {
                return Ok(flow);
            }
        }
        if zip.cut_off && !any_broken {
            return place.give(Unpacked::Broken(malformed("the ZIP file was cut off; what is left of it was read")), sink);
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Place {
    /// Hands on what came out, under the name that leads to it.
    fn give(&self, unpacked: Unpacked, sink: &mut Sink<'_>) -> Flow {
        let Some(path) = &self.path else { return sink(unpacked) };
        sink(match unpacked {
            Unpacked::Whole(piece) => Unpacked::Entry(Piece { given_id: Some(path.clone()), ..piece }),
            Unpacked::Entry(piece) => {
                let id = piece.given_id.as_ref().map_or_else(|| format!("{path}#{}", piece.place), |id| format!("{path}/{id}"));
                Unpacked::Entry(Piece { given_id: Some(id), ..piece })
            }
            Unpacked::Broken(rejection) => {
                let digest = Digest::of(rejection.error.as_bytes());
                Unpacked::Entry(Piece { given_id: Some(path.clone()), place: 1, digest, bytes: 0, body: Err(rejection) })
            }
            skipped @ Unpacked::Skipped(_) => skipped,
        })
    }
}

/// Reads a container to its end. What is broken in it is told, and the reader asked for what comes behind.
fn drain(mut next: impl FnMut() -> io::Result<Option<Piece>>, place: &Place, sink: &mut Sink<'_>) -> Flow {
    loop {
        let unpacked = match next() {
            Ok(None) => return Ok(ControlFlow::Continue(())),
            Ok(Some(piece)) => Unpacked::Entry(piece),
            Err(error) => Unpacked::Broken(Spoiled::rejection(error)?),
        };
        if place.give(unpacked, sink)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
}

#[cfg(feature = "zip")]
fn malformed(reason: &str) -> Rejection {
    StageError::Malformed { reason: reason.to_owned() }.reject(Stage::Open)
}

/// As a walk would pass over it, for the sake of its own name or that of a folder above it.
#[cfg(feature = "zip")]
fn skip_by_path(path: &[u8]) -> Option<Skip> {
    // What a Mac puts beside each file.
    if path.starts_with(b"__MACOSX/") {
        return Some(Skip::Hidden);
    }
    path.split(|byte| *byte == b'/').filter(|name| !matches!(*name, b"" | b"." | b"..")).find_map(skip_by_name)
}

/// A stream behind something broken: the rejection once, then what comes after.
struct Cut<R> {
    rejection: Option<Rejection>,
    rest: R,
}

impl<R> Cut<R> {
    fn tell(&mut self) -> io::Result<()> {
        self.rejection.take().map_or(Ok(()), |rejection| Err(io::Error::new(io::ErrorKind::InvalidData, Spoiled(rejection))))
    }
}

impl<R: BufRead> Read for Cut<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.tell()?;
        self.rest.read(buffer)
    }
}

impl<R: BufRead> BufRead for Cut<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.tell()?;
        self.rest.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.rest.consume(count);
    }
}

/// Says of an unpacker's errors that they are the file's own.
#[cfg(feature = "zip")]
struct Mended<R> {
    input: R,
    spoiled: bool,
}

#[cfg(feature = "zip")]
impl<R: Read> Read for Mended<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.spoiled {
            return Ok(0);
        }
        self.input.read(buffer).map_err(|error| {
            if error.raw_os_error().is_some() || error.kind() == io::ErrorKind::Interrupted {
                return error;
            }
            self.spoiled = true;
            Spoiled::malformed(format!("the packed file is damaged ({error})"))
        })
    }
}

#[cfg(test)]
mod tests;
