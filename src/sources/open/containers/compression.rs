//! Unpacks compressed files, of whatever length, in bounded memory: gzip, Zstandard, bzip2 and xz.

use std::io::{self, BufRead, Read};
use std::rc::Rc;

use super::Spoiled;
use super::gzip::Gzip;
use super::meter::{Meter, Packed, Unpacked};
use super::signs::Compression;

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

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn packed(compression: Compression, text: &[u8]) -> Vec<u8> {
        match compression {
            Compression::Gzip => {
                let mut encoder = flate2::GzBuilder::new()
                    .filename("a.jsonl")
                    .comment("c")
                    .extra(b"x".to_vec())
                    .write(Vec::new(), flate2::Compression::default());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Zstd => zstd::encode_all(text, 3).unwrap(),
            Compression::Bzip2 => {
                let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Xz => {
                let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
        }
    }

    const ALL: [Compression; 4] = [Compression::Gzip, Compression::Zstd, Compression::Bzip2, Compression::Xz];

    /// What comes out, with `|code|` where something is broken.
    fn read(file: &[u8]) -> String {
        let compression = Compression::tell(file).unwrap();
        // A buffer of seven bytes, so that every header is cut somewhere.
        let input = io::BufReader::with_capacity(7, file);
        let mut stream = unpack(compression, input, &Meter::new(100)).unwrap();
        let mut out = Vec::new();
        let mut buffer = [0; 64];
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => return String::from_utf8(out).unwrap(),
                Ok(count) => out.extend_from_slice(&buffer[..count]),
                Err(error) => out.extend_from_slice(format!("|{}|", Spoiled::rejection(error).unwrap().code).as_bytes()),
            }
        }
    }

    #[test]
    fn what_was_appended_to_a_compressed_file_is_read_too() {
        for compression in ALL {
            let file = [packed(compression, b"The ferry "), packed(compression, b"is late.")].concat();
            assert_eq!(read(&file), "The ferry is late.", "{compression:?}");
        }
    }

    #[test]
    fn a_file_that_is_cut_off_is_told_once() {
        for compression in ALL {
            let text = "The ferry is late. ".repeat(20);
            let file = packed(compression, text.as_bytes());
            let out = read(&file[..file.len() - 6]);
            assert_eq!(out.matches("|parse.malformed|").count(), 1, "{compression:?}: {out}");
            assert!(text.starts_with(out.split('|').next().unwrap()), "{compression:?}");
        }
    }

    #[test]
    fn a_small_file_does_not_become_an_endless_one() {
        for compression in ALL {
            let file = packed(compression, &vec![b'a'; 8 * 1024 * 1024]);
            let out = read(&file);
            assert_eq!(out.matches("|limit.ratio|").count(), 1, "{compression:?}");
            assert!(out.len() < 4 * 1024 * 1024, "{compression:?}: {}", out.len());
        }
    }

    #[test]
    fn behind_a_broken_member_the_next_one_is_read() {
        let (first, mut second, third) =
            (packed(Compression::Gzip, b"one "), packed(Compression::Gzip, b"two "), packed(Compression::Gzip, b"three"));
        let last = second.len() - 5;
        second[last] ^= 0xFF;
        assert_eq!(read(&[first.clone(), second, third.clone()].concat()), "one two |parse.malformed|three");
        let mut second = packed(Compression::Gzip, b"two ");
        second[24] = 0x07;
        assert_eq!(read(&[first.clone(), second, third.clone()].concat()), "one w|parse.malformed|three");
        assert_eq!(read(&[&first[..], b"\0\0\0\0", &third].concat()), "one three");
        assert_eq!(read(&[&first[..], b"noise", &third].concat()), "one |parse.malformed|three");
    }
}
