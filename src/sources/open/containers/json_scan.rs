//! Reads a JSON file value by value, so that an array of a million articles needs the memory of one.

use std::io::{self, BufRead};

use super::Spoiled;
use crate::model::Digest;

/// Where a reader is within a JSON text.
pub struct JsonScan<R> {
    input: R,
}

/// One value as it stands in the file.
#[derive(Debug)]
pub enum Value {
    Whole(Vec<u8>),
    /// It was longer than allowed, and passed over.
    TooLong {
        bytes: u64,
        digest: Digest,
    },
}

impl<R: BufRead> JsonScan<R> {
    pub fn new(input: R) -> Self {
        Self { input }
    }

    /// The next byte that is no white space, left in place; None at the end.
    pub fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let Some(blanks) = chunk.iter().position(|byte| !byte.is_ascii_whitespace()) else {
                if chunk.is_empty() {
                    return Ok(None);
                }
                let length = chunk.len();
                self.input.consume(length);
                continue;
            };
            let byte = chunk.get(blanks).copied();
            self.input.consume(blanks);
            return Ok(byte);
        }
    }

    /// Takes the next byte that is no white space if it is this one.
    pub fn take(&mut self, wanted: u8) -> io::Result<bool> {
        let found = self.peek()? == Some(wanted);
        if found {
            self.input.consume(1);
        }
        Ok(found)
    }

    /// The next value whole, at most `bytes_max` of it.
    pub fn value(&mut self, bytes_max: u64) -> io::Result<Value> {
        if self.peek()?.is_none() {
            return Err(cut_off());
        }
        let mut value = Vec::new();
        let mut over: Option<(blake3::Hasher, u64)> = None;
        let mut scan = Scan::default();
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let at_end = chunk.is_empty();
            if at_end && !scan.is_scalar() {
                return Err(cut_off());
            }
            let (used, ended) = scan.over(chunk);
            let part = chunk.get(..used).unwrap_or_default();
            match &mut over {
                Some((hasher, bytes)) => {
                    hasher.update(part);
                    *bytes += part.len() as u64;
                }
                None if (value.len() + part.len()) as u64 > bytes_max => {
                    let mut hasher = blake3::Hasher::new();
                    hasher.update(&value).update(part);
                    over = Some((hasher, (value.len() + part.len()) as u64));
                    value = Vec::new();
                }
                None => value.extend_from_slice(part),
            }
            self.input.consume(used);
            if ended || at_end {
                return Ok(match over {
                    Some((hasher, bytes)) => Value::TooLong { bytes, digest: Digest(*hasher.finalize().as_bytes()) },
                    None => Value::Whole(value),
                });
            }
        }
    }
}

fn cut_off() -> io::Error {
    Spoiled::malformed("the JSON text ends in the middle of a value")
}

/// Follows brackets and strings through one value.
#[derive(Default)]
struct Scan {
    begun: bool,
    depth: u64,
    in_string: bool,
    escaped: bool,
    scalar: bool,
}

impl Scan {
    /// A number or a word, which ends where anything else begins.
    fn is_scalar(&self) -> bool {
        self.scalar
    }

    /// How many bytes belong to the value, and whether it ends there.
    fn over(&mut self, chunk: &[u8]) -> (usize, bool) {
        for (at, byte) in chunk.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
            } else if self.scalar {
                if matches!(byte, b',' | b']' | b'}' | b':') || byte.is_ascii_whitespace() {
                    return (at, true);
                }
                continue;
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    // A bracket that closes nothing must still be passed over, or a reader would stand before it for ever.
                    b'}' | b']' if self.depth == 0 => return (at + 1, true),
                    b'}' | b']' => self.depth -= 1,
                    b',' | b':' if self.depth == 0 => return (at + 1, true),
                    _ if !self.begun => self.scalar = true,
                    _ => {}
                }
            }
            self.begun = true;
            if self.depth == 0 && !self.in_string && !self.scalar {
                return (at + 1, true);
            }
        }
        (chunk.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn values_of_every_kind_are_taken_one_by_one() {
        let text = br#" {"a":"}\"]"} , [1,[2]] 12.5 "x, y" true"#;
        // A buffer of one byte, so that every value is cut everywhere.
        let mut scan = JsonScan::new(BufReader::with_capacity(1, &text[..]));
        let mut values = Vec::new();
        while scan.peek().unwrap().is_some() {
            if let Value::Whole(value) = scan.value(100).unwrap() {
                values.push(String::from_utf8(value).unwrap());
            }
        }
        assert_eq!(values, [r#"{"a":"}\"]"}"#, ",", "[1,[2]]", "12.5", r#""x, y""#, "true"]);
    }

    #[test]
    fn an_endless_value_is_passed_over() {
        let text = format!("[\"{}\"] 1", "a".repeat(500));
        let mut scan = JsonScan::new(text.as_bytes());
        assert!(matches!(scan.value(100).unwrap(), Value::TooLong { bytes: 504, .. }));
        assert!(matches!(scan.value(100).unwrap(), Value::Whole(value) if value == b"1"));
    }

    #[test]
    fn half_a_value_is_an_error() {
        assert!(JsonScan::new(&b"{\"a\": ["[..]).value(100).is_err());
    }
}
