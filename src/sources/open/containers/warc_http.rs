//! Takes the page out of an HTTP response as a crawler kept it: in chunks, compressed, or both.

use std::io::Read;

use super::Limits;
use super::warc::body_of;
use crate::model::{Body, Limit, StageError};

/// A page and what its server said about it.
pub struct Page {
    pub bytes: Vec<u8>,
    pub body: Body,
    /// As declared, lower case.
    pub charset: Option<String>,
    pub language: Option<String>,
}

/// What HTTP says of the page.
#[derive(Default)]
struct Header {
    media: String,
    language: Option<String>,
    /// Outermost last.
    encodings: Vec<String>,
    chunked: bool,
}

/// The page of a response; None where it brings none: another status, a picture. An error with the block's own bytes
/// where it cannot be unpacked.
pub fn page<'a>(block: &'a [u8], limits: &Limits) -> Result<Option<Page>, (&'a [u8], StageError)> {
    let Some((header, payload)) = split(block) else { return Ok(None) };
    let Some(header) = Header::read(header) else { return Ok(None) };
    let body = match body_of(&header.media) {
        Some(body) => body,
        None if header.media.is_empty() && payload.trim_ascii_start().starts_with(b"<") => Body::Page,
        None => return Ok(None),
    };
    // Some crawlers take the chunks apart and leave the header as it was.
    let mut bytes = if header.chunked { unchunked(payload).unwrap_or_else(|| payload.to_vec()) } else { payload.to_vec() };
    for encoding in header.encodings.iter().rev() {
        bytes = unpacked(encoding, bytes, limits).map_err(|error| (block, error))?;
    }
    Ok(Some(Page { bytes, body, charset: charset_of(&header.media), language: header.language }))
}

/// The charset that a media type names.
pub fn charset_of(media: &str) -> Option<String> {
    let parameter = media.split(';').skip(1).find_map(|part| part.trim().strip_prefix("charset=").map(str::trim))?;
    let label = parameter.trim_matches(['"', '\'']);
    (!label.is_empty()).then(|| label.to_owned())
}

fn split(block: &[u8]) -> Option<(&[u8], &[u8])> {
    let (end, parting) = match (memchr::memmem::find(block, b"\r\n\r\n"), memchr::memmem::find(block, b"\n\n")) {
        (Some(crlf), Some(lf)) if lf < crlf => (lf, 2),
        (Some(crlf), _) => (crlf, 4),
        (None, Some(lf)) => (lf, 2),
        (None, None) => return None,
    };
    Some((block.get(..end)?, block.get(end + parting..)?))
}

impl Header {
    /// None unless the answer is the page itself.
    fn read(header: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(header);
        let mut lines = text.lines();
        let status = lines.next()?;
        let code = status.strip_prefix("HTTP/")?.split_ascii_whitespace().nth(1)?;
        if !matches!(code, "200" | "203") {
            return None;
        }
        let mut read = Self::default();
        for line in lines {
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "content-type" => read.media = value.to_ascii_lowercase(),
                "content-language" => read.language = value.split(',').next().map(|code| code.trim().to_owned()),
                "content-encoding" => {
                    let encodings = value.split(',').map(|encoding| encoding.trim().to_ascii_lowercase());
                    read.encodings.extend(encodings.filter(|encoding| !matches!(encoding.as_str(), "" | "identity")));
                }
                "transfer-encoding" => read.chunked = value.to_ascii_lowercase().contains("chunked"),
                _ => {}
            }
        }
        Some(read)
    }
}

/// The chunks put together; None where the payload is in none. What is there of a payload that was cut off is kept.
fn unchunked(payload: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    let mut rest = payload;
    let mut any = false;
    loop {
        let Some(end) = memchr::memchr(b'\n', rest) else { return any.then_some(whole) };
        let line = rest.get(..end)?.trim_ascii();
        let size = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        let size = str::from_utf8(size).ok().and_then(|digits| usize::from_str_radix(digits, 16).ok());
        let Some(size) = size else { return any.then_some(whole) };
        any = true;
        rest = rest.get(end + 1..)?;
        if size == 0 {
            return Some(whole);
        }
        let Some(chunk) = rest.get(..size) else {
            whole.extend_from_slice(rest);
            return Some(whole);
        };
        whole.extend_from_slice(chunk);
        rest = rest.get(size..)?;
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
    }
}

fn unpacked(encoding: &str, packed: Vec<u8>, limits: &Limits) -> Result<Vec<u8>, StageError> {
    // Crawlers that unpack leave the header as it was.
    let is_gzip = packed.starts_with(&[0x1F, 0x8B, 8]);
    let is_zlib =
        matches!(packed.as_slice(), [first, second, ..] if first & 0x0F == 8 && (u32::from(*first) * 256 + u32::from(*second)) % 31 == 0);
    match encoding {
        "gzip" | "x-gzip" if is_gzip => collect(flate2::read::MultiGzDecoder::new(packed.as_slice()), packed.len(), limits),
        "deflate" if is_zlib => collect(flate2::read::ZlibDecoder::new(packed.as_slice()), packed.len(), limits),
        "deflate" if !packed.trim_ascii_start().starts_with(b"<") => {
            collect(flate2::read::DeflateDecoder::new(packed.as_slice()), packed.len(), limits)
        }
        #[cfg(feature = "compression")]
        "zstd" if packed.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) => {
            let decoder = zstd::stream::read::Decoder::new(packed.as_slice()).map_err(|error| damaged(&error))?;
            collect(decoder, packed.len(), limits)
        }
        "gzip" | "x-gzip" | "deflate" | "zstd" => Ok(packed),
        // Brotli has no beginning of its own: a page that reads as text was unpacked before.
        _ if packed.trim_ascii_start().starts_with(b"<") => Ok(packed),
        "br" => collect(brotli_decompressor::Decompressor::new(packed.as_slice(), BUFFER_BYTES), packed.len(), limits),
        other => Err(StageError::Malformed { reason: format!("the page is packed as `{other}`, which cannot be unpacked") }),
    }
}

const BUFFER_BYTES: usize = 4096;

fn damaged(error: &std::io::Error) -> StageError {
    StageError::Malformed { reason: format!("the page's packed data is damaged ({error})") }
}

/// What always may come out, however small the packed page is.
const ALWAYS_ALLOWED: u64 = 1024 * 1024;

fn collect(decoder: impl Read, packed: usize, limits: &Limits) -> Result<Vec<u8>, StageError> {
    let by_ratio = (packed as u64).saturating_mul(limits.ratio_max).saturating_add(ALWAYS_ALLOWED);
    let most = by_ratio.min(limits.document_bytes_max);
    let mut bytes = Vec::new();
    let result = decoder.take(most.saturating_add(1)).read_to_end(&mut bytes);
    if bytes.len() as u64 > most {
        let (limit, reason) = if most == by_ratio {
            (Limit::Ratio, format!("the page unpacks to more than {} times its size", limits.ratio_max))
        } else {
            (Limit::Size, format!("the page unpacks to more than the {most} bytes allowed"))
        };
        return Err(StageError::Limit { limit, reason });
    }
    match result {
        Ok(_) => Ok(bytes),
        Err(error) => Err(damaged(&error)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const LIMITS: Limits = Limits { document_bytes_max: 4_000_000, ratio_max: 100, depth_max: 4 };

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[track_caller]
    fn check(header: &str, payload: &[u8], expected: Result<&str, &str>) {
        let block = [format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{header}\r\n\r\n").as_bytes(), payload].concat();
        let read = page(&block, &LIMITS).map(|page| String::from_utf8(page.unwrap().bytes).unwrap()).map_err(|(_, error)| error.code());
        assert_eq!(read.as_deref().map_err(|code| *code), expected);
    }

    #[test]
    fn a_page_is_unpacked_as_its_header_says_unless_that_was_done() {
        check("Content-Encoding: gzip", &gzip(b"<p>Late.</p>"), Ok("<p>Late.</p>"));
        check("Content-Encoding: gzip", b"<p>Late.</p>", Ok("<p>Late.</p>"));
        check("Content-Encoding: br", b"<p>Late.</p>", Ok("<p>Late.</p>"));
        let brotli = [b"\x0b\x14\x80".as_slice(), b"<p>The ferry is late, and late again.</p>", b"\x03"].concat();
        check("Content-Encoding: br", &brotli, Ok("<p>The ferry is late, and late again.</p>"));
        check("Content-Encoding: br", &brotli[..20], Err("parse.malformed"));
        check("Content-Encoding: br", b"\x0b\x02\x80packed", Err("parse.malformed"));
        check("Content-Encoding: compress", b"\x1f\x9dpacked", Err("parse.malformed"));
        check("Transfer-Encoding: chunked", b"<p>Late.</p>", Ok("<p>Late.</p>"));
        let packed = gzip(b"<p>Late.</p>");
        let chunked = [format!("{:x}\r\n", packed.len()).as_bytes(), &packed, b"\r\n0\r\n\r\n"].concat();
        check("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", &chunked, Ok("<p>Late.</p>"));
        let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        deflated.write_all(b"<p>Late.</p>").unwrap();
        check("Content-Encoding: deflate", &deflated.finish().unwrap(), Ok("<p>Late.</p>"));
    }

    #[test]
    fn a_bomb_is_met_by_its_ratio() {
        check("Content-Encoding: gzip", &gzip(&vec![b'a'; 3_000_000]), Err("limit.ratio"));
    }

    #[test]
    fn half_a_packed_page_is_told() {
        let packed = gzip(&b"<p>The ferry is late.</p>".repeat(20));
        check("Content-Encoding: gzip", &packed[..packed.len() / 2], Err("parse.malformed"));
    }
}
