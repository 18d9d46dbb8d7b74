//! Reads JSON values one after the other, as jq does: an object may span lines, and needs no line feed after it.

use std::io::{self, BufRead};

use super::jsonl::too_long;
use crate::model::{Rejection, Stage, StageError};

/// Reads the next object, in memory bounded by one document. None at the end.
pub struct Values<R> {
    input: R,
    bytes_max: u64,
    place: u64,
}

impl<R: BufRead> Values<R> {
    pub fn new(input: R, document_bytes_max: u64) -> Self {
        Self { input, bytes_max: document_bytes_max, place: 0 }
    }

    /// The bytes of the next value, from its brace to the one that closes it; after anything else, on at the next line.
    pub fn read_next(&mut self) -> io::Result<Option<Result<Vec<u8>, Rejection>>> {
        let mut value = Vec::new();
        let mut scan = Scan::default();
        let mut bytes = 0_u64;
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                return Ok(if scan.begun {
                    self.count();
                    Some(Err(self.broken("it ends before its last brace")))
                } else {
                    None
                });
            }
            let chunk = if scan.begun { chunk } else { chunk.trim_ascii_start() };
            if chunk.is_empty() {
                let blank = self.input.fill_buf()?.len();
                self.input.consume(blank);
                continue;
            }
            let (used, ended) = scan.over(chunk);
            bytes += used as u64;
            if bytes <= self.bytes_max {
                value.extend_from_slice(chunk.get(..used).unwrap_or_default());
            } else {
                value = Vec::new();
            }
            let length = chunk.len();
            let skipped = self.input.fill_buf()?.len() - length;
            self.input.consume(skipped + used);
            if ended {
                self.count();
                if bytes > self.bytes_max {
                    return Ok(Some(Err(too_long(bytes, self.bytes_max))));
                }
                return Ok(Some(if scan.object { Ok(value) } else { Err(self.broken("it is no JSON object")) }));
            }
        }
    }

    fn count(&mut self) {
        self.place += 1;
    }

    fn broken(&self, reason: &str) -> Rejection {
        StageError::Malformed { reason: format!("value {} of the input: {reason}", self.place) }.reject(Stage::Open)
    }
}

/// Follows braces and strings through an object; what is no object ends with its line.
#[derive(Default)]
struct Scan {
    begun: bool,
    object: bool,
    depth: u64,
    in_string: bool,
    escaped: bool,
}

impl Scan {
    /// How many bytes belong to the value, and whether it ends there.
    fn over(&mut self, chunk: &[u8]) -> (usize, bool) {
        for (at, byte) in chunk.iter().enumerate() {
            if !self.begun {
                self.begun = true;
                self.object = *byte == b'{';
            }
            if !self.object {
                if *byte == b'\n' {
                    return (at + 1, true);
                }
                continue;
            }
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth -= 1,
                _ => {}
            }
            if self.depth == 0 {
                return (at + 1, true);
            }
        }
        (chunk.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_may_span_lines_and_touch_each_other() {
        let mut values = Values::new(&b" {\"a\":\n\"}\\\"\"}{\"b\":[1]}\nnope\n{}"[..], 100);
        let mut read = Vec::new();
        while let Some(value) = values.read_next().unwrap() {
            read.push(value.map_err(|rejection| rejection.code));
        }
        assert_eq!(read, [Ok(b"{\"a\":\n\"}\\\"\"}".to_vec()), Ok(b"{\"b\":[1]}".to_vec()), Err("parse.malformed"), Ok(b"{}".to_vec())]);
    }
}
