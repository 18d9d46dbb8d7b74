//! Where containers are opened: in this process, or in one that can be ended. Whoever opens one asks for its bytes and
//! gives what comes out, piece by piece.

use std::any::Any;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::containers::Limits;
use super::containers::unpack::{Sink, Unpacked, Unpacker};
use super::jsonl::Tail;
use crate::model::{Rejection, Stage};

/// The bytes of a container.
pub trait Input {
    /// Some of the bytes from this place on; 0 at the end. What cannot be sought is asked for without a gap.
    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

/// How a container is to be opened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// The file's name: what its content leaves open, its name tells.
    pub name: Vec<u8>,
    pub shape: Shape,
    pub limits: Limits,
    pub tail: Tail,
}

/// What can be done with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// They come in their order, once.
    Stream,
    /// A ZIP file of this length, which is read at both ends.
    Zip { length: u64 },
}

/// Opens a container somewhere; tells whether a last entry was left out that may still grow. What cannot be read comes
/// out as such. An error is the input's or the sink's, and ends it all.
pub trait Open: Send + Sync {
    fn open(&self, input: &mut dyn Input, asked: &Asked, sink: &mut Sink<'_>) -> anyhow::Result<bool>;
}

/// In which process containers are opened.
#[derive(Clone, Default)]
pub enum Opening {
    #[default]
    Here,
    Elsewhere(Arc<dyn Open>),
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Here => "Here",
            Self::Elsewhere(_) => "Elsewhere",
        })
    }
}

impl Open for Opening {
    fn open(&self, input: &mut dyn Input, asked: &Asked, sink: &mut Sink<'_>) -> anyhow::Result<bool> {
        match self {
            Self::Here => open_here(input, asked, sink),
            Self::Elsewhere(there) => there.open(input, asked, sink),
        }
    }
}

/// Opens a container in this process. A panic over it is a rejection of it.
pub fn open_here(input: &mut dyn Input, asked: &Asked, sink: &mut Sink<'_>) -> anyhow::Result<bool> {
    let in_sink = Cell::new(false);
    let opened = catch_unwind(AssertUnwindSafe(|| {
        unpack(input, asked, &mut |unpacked| {
            in_sink.set(true);
            let flow = sink(unpacked);
            in_sink.set(false);
            flow
        })
    }));
    match opened {
        Ok(opened) => opened,
        // Whoever takes what comes out is no part of the opening: its panic is its own.
        Err(panic) if in_sink.get() => resume_unwind(panic),
        Err(panic) => sink(Unpacked::Broken(panicked(message_of(panic.as_ref())))).map(|_| false),
    }
}

fn unpack(input: &mut dyn Input, asked: &Asked, sink: &mut Sink<'_>) -> anyhow::Result<bool> {
    let mut unpacker = Unpacker::new(asked.limits, asked.tail);
    match asked.shape {
        #[cfg(feature = "zip")]
        Shape::Zip { length } => unpacker.read_zip(Reader { input, at: 0, length }, sink)?,
        _ => {
            let input = BufReader::with_capacity(BUFFER_BYTES, Reader { input, at: 0, length: u64::MAX });
            unpacker.read(input, &asked.name, sink)?;
        }
    }
    Ok(unpacker.left_out)
}

const BUFFER_BYTES: usize = 256 * 1024;

/// The rejection of a container that made its reader panic.
pub fn panicked(message: &str) -> Rejection {
    let error = format!("opening it panicked ({message}); this is a defect of copydesk: please report it with the file");
    Rejection { stage: Stage::Open, code: "stage.panic", error }
}

/// What a panic said.
pub fn message_of(panic: &(dyn Any + Send)) -> &str {
    let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    said.unwrap_or("no message")
}

/// A file's bytes up to a length: what is appended meanwhile belongs to the next reading.
pub struct InFile<'a> {
    pub file: &'a File,
    pub length: u64,
}

impl Input for InFile<'_> {
    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        self.file.read_at(buffer.get_mut(..wanted).unwrap_or_default(), at)
    }
}

/// A stream's bytes, as they come.
pub struct InStream<R>(pub R);

impl<R: Read> Input for InStream<R> {
    fn read_at(&mut self, _: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

/// An input as the readers of containers take it.
struct Reader<'a> {
    input: &'a mut dyn Input,
    at: u64,
    length: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read_at(self.at, buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
        };
        self.at = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
