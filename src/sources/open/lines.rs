//! Reads lines of any length in bounded memory: a line that is too long is measured and passed over.

use std::io::{self, BufRead};

use memchr::memchr;

use crate::model::Digest;

/// What the next line turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The whole line is in the buffer, without its line feed.
    Whole {
        terminated: bool,
    },
    /// It was longer than allowed; the buffer is empty.
    TooLong {
        bytes: u64,
        digest: Digest,
        terminated: bool,
    },
    End,
}

/// Reads the next line into `line`, at most `bytes_max` of it.
pub fn next(input: &mut impl BufRead, line: &mut Vec<u8>, bytes_max: u64) -> io::Result<Line> {
    line.clear();
    let mut over: Option<(blake3::Hasher, u64)> = None;
    let mut any = false;
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            return Ok(if any { ended(over, false) } else { Line::End });
        }
        any = true;
        let end = memchr(b'\n', chunk);
        let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
        let used = part.len() + usize::from(end.is_some());
        match &mut over {
            Some((hasher, bytes)) => {
                hasher.update(part);
                *bytes += part.len() as u64;
            }
            None if (line.len() + part.len()) as u64 > bytes_max => {
                let mut hasher = blake3::Hasher::new();
                hasher.update(line).update(part);
                over = Some((hasher, (line.len() + part.len()) as u64));
                *line = Vec::new();
            }
            None => line.extend_from_slice(part),
        }
        input.consume(used);
        if end.is_some() {
            return Ok(ended(over, true));
        }
    }
}

fn ended(over: Option<(blake3::Hasher, u64)>, terminated: bool) -> Line {
    match over {
        Some((hasher, bytes)) => Line::TooLong { bytes, digest: Digest(*hasher.finalize().as_bytes()), terminated },
        None => Line::Whole { terminated },
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read as _};

    use super::*;

    #[test]
    fn a_gigabyte_on_one_line_takes_no_memory_and_the_next_line_is_read() {
        let endless = io::repeat(b'x').take(1 << 28).chain(&b"\nnext\n"[..]);
        let mut input = BufReader::with_capacity(1 << 16, endless);
        let mut line = Vec::new();
        assert!(matches!(next(&mut input, &mut line, 1000).unwrap(), Line::TooLong { bytes, terminated: true, .. } if bytes == 1 << 28));
        assert!(line.capacity() <= 1000);
        assert_eq!(next(&mut input, &mut line, 1000).unwrap(), Line::Whole { terminated: true });
        assert_eq!(line, b"next");
        assert_eq!(next(&mut input, &mut line, 1000).unwrap(), Line::End);
    }

    #[test]
    fn the_last_line_needs_no_line_feed() {
        let mut line = Vec::new();
        assert_eq!(next(&mut &b"half"[..], &mut line, 10).unwrap(), Line::Whole { terminated: false });
    }
}
