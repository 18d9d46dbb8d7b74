//! Turns an XML file in any encoding into UTF-8, as it is read.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Decoder, Encoding, UTF_8};

/// The stream in UTF-8, and what it was in. `head` is what it begins with; it is still to come from `input` as well.
pub fn decoded<'a>(head: &[u8], input: impl BufRead + 'a) -> (&'static Encoding, Box<dyn BufRead + 'a>) {
    let encoding = encoding_of(head);
    if encoding == UTF_8 { (encoding, Box::new(input)) } else { (encoding, Box::new(BufReader::new(Decoding::new(encoding, input)))) }
}

/// By byte order mark, by what the beginning looks like in two bytes a character, by validity as UTF-8, by declaration, by
/// what the bytes look like.
fn encoding_of(head: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return encoding;
    }
    match head {
        [b'<', 0, ..] => return encoding_rs::UTF_16LE,
        [0, b'<', ..] => return encoding_rs::UTF_16BE,
        _ => {}
    }
    let declared = declared(head);
    if head.is_ascii() {
        return declared;
    }
    match str::from_utf8(head) {
        // No text in another encoding is valid UTF-8 by chance, whatever is declared.
        Ok(_) => UTF_8,
        // A letter may be cut in two where the beginning ends.
        Err(error)
            if error.error_len().is_none()
                && error.valid_up_to() + 4 > head.len()
                && !head.get(..error.valid_up_to()).unwrap_or_default().is_ascii() =>
        {
            UTF_8
        }
        Err(_) if declared != UTF_8 || is_damaged_utf8(head) => declared,
        Err(_) => guess(head),
    }
}

/// UTF-8 with a few bytes that are none: most letters beyond ASCII are whole.
fn is_damaged_utf8(head: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in head.utf8_chunks() {
        whole += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken * 4
}

fn guess(head: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(head, true);
    detector.guess(None, chardetng::Utf8Detection::Deny)
}

fn declared(head: &[u8]) -> &'static Encoding {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lying_declaration_is_found_out() {
        let text = "<rss><title>L’été à l’île : « déjà vu »</title></rss>";
        let latin = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        let declaring = |label: &str, bytes: &[u8]| [format!("<?xml version='1.0' encoding='{label}'?>").as_bytes(), bytes].concat();
        for (label, bytes, expected) in [
            ("ISO-8859-1", text.as_bytes(), UTF_8),
            ("utf-8", text.as_bytes(), UTF_8),
            ("ISO-8859-1", latin.as_slice(), encoding_rs::WINDOWS_1252),
            ("utf-8", latin.as_slice(), encoding_rs::WINDOWS_1252),
            ("no-such-thing", latin.as_slice(), encoding_rs::WINDOWS_1252),
            ("windows-1251", b"<rss>".as_slice(), encoding_rs::WINDOWS_1251),
        ] {
            assert_eq!(encoding_of(&declaring(label, bytes)), expected, "{label}");
        }
        // The beginning may end within a letter, and one bad byte makes no other encoding.
        assert_eq!(encoding_of(&declaring("ISO-8859-1", &"<rss>été à la mer, é".as_bytes()[..23])), UTF_8);
        assert_eq!(encoding_of(&declaring("utf-8", &[text.as_bytes(), b"\xE9"].concat())), UTF_8);
    }
}
