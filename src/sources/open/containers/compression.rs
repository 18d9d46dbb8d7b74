//! Unpacks compressed files, of whatever length, in bounded memory: gzip, Zstandard, bzip2 and xz.

use std::io::{self, BufRead, Read};
use std::rc::Rc;

use super::Spoiled;
use super::gzip::Gzip;
use super::meter::{Meter, Packed, Unpacked};

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

/// What a dictionary may take: the most that the tools use unless they are asked for more.
const DICTIONARY_BYTES_MAX: u64 = 128 * 1024 * 1024;
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// The unpacked stream, all members of it. A member that is broken is an error that carries its rejection; a gzip file
/// goes on at its next member, any other ends there.
pub fn unpack<'a>(compression: Compression, input: impl BufRead + 'a, meter: &Rc<Meter>) -> io::Result<Box<dyn Read + 'a>> {
    let input = Packed { input, meter: Rc::clone(meter) };
    let meter = Rc::clone(meter);
    Ok(match compression {
        Compression::Gzip => Box::new(Unpacked { input: Gzip::new(input), meter }),
        Compression::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
            Box::new(Unpacked { input: Told::new(decoder, "Zstandard"), meter })
        }
        Compression::Bzip2 => Box::new(Unpacked { input: Told::new(bzip2::bufread::MultiBzDecoder::new(input), "bzip2"), meter }),
        Compression::Xz => {
            let stream = liblzma::stream::Stream::new_stream_decoder(DICTIONARY_BYTES_MAX, liblzma::stream::CONCATENATED)
                .map_err(io::Error::other)?;
            Box::new(Unpacked { input: Told::new(liblzma::bufread::XzDecoder::new_stream(input, stream), "xz"), meter })
        }
    })
}

/// Says of a decoder's errors what they are: the file's own, and the end of it.
struct Told<R> {
    decoder: R,
    form: &'static str,
    ended: bool,
}

impl<R> Told<R> {
    fn new(decoder: R, form: &'static str) -> Self {
        Self { decoder, form, ended: false }
    }
}

impl<R: Read> Read for Told<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        self.decoder.read(buffer).map_err(|error| {
            // What the disk says has a number; what a decoder says of its input has none.
            if error.raw_os_error().is_some()
                || error.kind() == io::ErrorKind::Interrupted
                || error.get_ref().is_some_and(|inner| inner.is::<Spoiled>())
            {
                return error;
            }
            self.ended = true;
            Spoiled::malformed(format!("the {} data is cut off or damaged ({error})", self.form))
        })
    }
}
