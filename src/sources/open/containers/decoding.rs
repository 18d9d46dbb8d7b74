//! Turns an XML file in any encoding into UTF-8, as it is read.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Decoder, Encoding, UTF_8};

/// The stream in UTF-8, and what it was in. `head` is what it begins with; it is still to come from `input` as well.
pub fn decoded<'a>(head: &[u8], input: impl BufRead + 'a) -> (&'static Encoding, Box<dyn BufRead + 'a>) {
    let encoding = encoding_of(head);
    if encoding == UTF_8 { (encoding, Box::new(input)) } else { (encoding, Box::new(BufReader::new(Decoding::new(encoding, input)))) }
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
