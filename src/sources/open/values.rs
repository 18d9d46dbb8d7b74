//! Reads JSON values one after the other, as jq does: an object may span lines, and needs no line feed after it.

use std::io::{self, BufRead};

use memchr::memchr;

use super::jsonl::too_long;
use crate::model::{Rejection, Stage, StageError};

/// Reads the next object, in memory bounded by one document. None at the end.
pub struct Values<R> {
    input: R,
    bytes_max: u64,
    place: u64,
    /// A broken object has no end that could be told: the next one begins where a line begins with a brace.
    lost: Option<Lost>,
}

/// Where in its line a reader is that looks for the next object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lost {
    AtLineStart,
    WithinLine,
}

impl<R: BufRead> Values<R> {
    pub fn new(input: R, document_bytes_max: u64) -> Self {
        Self { input, bytes_max: document_bytes_max, place: 0, lost: None }
    }

    /// The bytes of the next value, from its brace to the one that closes it. After a broken object, on at the next
    /// line that begins with a brace; after anything that is no object, on at the next line.
    pub fn read_next(&mut self) -> io::Result<Option<Result<Vec<u8>, Rejection>>> {
        self.find_the_next()?;
        let mut value = Vec::new();
        let mut scan = Scan::default();
        let mut bytes = 0_u64;
        loop {
            let chunk = fill(&mut self.input)?;
            if chunk.is_empty() {
                return Ok(match scan.state {
                    State::Begin => None,
                    State::NoObject => Some(Err(self.broken("it is no JSON object"))),
                    _ => Some(Err(self.broken("it ends before its last brace"))),
                });
            }
            let blank = if scan.state == State::Begin { chunk.len() - chunk.trim_ascii_start().len() } else { 0 };
            let chunk = chunk.get(blank..).unwrap_or_default();
            let (used, end) = scan.over(chunk);
            bytes += used as u64;
            if bytes <= self.bytes_max {
                value.extend_from_slice(chunk.get(..used).unwrap_or_default());
            } else {
                value = Vec::new();
            }
            self.input.consume(blank + used);
            let Some(end) = end else { continue };
            return Ok(Some(match end {
                End::Whole if bytes <= self.bytes_max => {
                    self.place += 1;
                    Ok(value)
                }
                End::Whole => {
                    self.place += 1;
                    Err(too_long(bytes, self.bytes_max))
                }
                End::NoObject => Err(self.broken("it is no JSON object")),
                End::Broken { at_line_start } => {
                    self.lost = Some(if at_line_start { Lost::AtLineStart } else { Lost::WithinLine });
                    Err(self.broken("its quotation marks, commas or braces do not fit together"))
                }
            }));
        }
    }

    /// After a broken object: passes over what may still belong to it.
    fn find_the_next(&mut self) -> io::Result<()> {
        while let Some(lost) = self.lost {
            let chunk = fill(&mut self.input)?;
            let is_found = chunk.is_empty() || (lost == Lost::AtLineStart && chunk.first() == Some(&b'{'));
            if is_found {
                self.lost = None;
                break;
            }
            let (used, lost) = match memchr(b'\n', chunk) {
                Some(at) => (at + 1, Lost::AtLineStart),
                None => (chunk.len(), Lost::WithinLine),
            };
            self.input.consume(used);
            self.lost = Some(lost);
        }
        Ok(())
    }

    fn broken(&mut self, reason: &str) -> Rejection {
        self.place += 1;
        StageError::Malformed { reason: format!("value {} of the input: {reason}", self.place) }.reject(Stage::Open)
    }
}

fn fill(input: &mut impl BufRead) -> io::Result<&[u8]> {
    while let Err(error) = input.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    input.fill_buf()
}

/// What may come next in a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Begin,
    /// What begins without a brace ends with its line.
    NoObject,
    Value,
    /// After `[`.
    ValueOrEnd,
    /// After `{`.
    KeyOrEnd,
    Key,
    Colon,
    /// After a value within another.
    CommaOrEnd,
    /// A number, `true`, `false`, `null`; what it says is read later.
    Word,
    InString {
        is_key: bool,
        escaped: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Whole,
    NoObject,
    /// What comes next cannot belong to it.
    Broken {
        at_line_start: bool,
    },
}

/// Follows an object through its parts, and notices where it can be none: a string that runs over its line, braces
/// that close what they did not open, a value where a comma is due.
#[derive(Default)]
struct Scan {
    state: State,
    /// What is open: true for an object, false for an array.
    open: Vec<bool>,
    at_line_start: bool,
}

impl Scan {
    /// How many bytes belong to the value, and how it ends there, if it does.
    fn over(&mut self, chunk: &[u8]) -> (usize, Option<End>) {
        for (at, byte) in chunk.iter().enumerate() {
            if let Some(end) = self.step(*byte) {
                // The line feed that ends a string too early ends its line too; a brace may open the next object.
                let belongs = !matches!(end, End::Broken { .. }) || *byte == b'\n';
                return (at + usize::from(belongs), Some(end));
            }
            self.at_line_start = *byte == b'\n';
        }
        (chunk.len(), None)
    }

    fn step(&mut self, byte: u8) -> Option<End> {
        use State::{Begin, Colon, CommaOrEnd, InString, Key, KeyOrEnd, NoObject, Value, ValueOrEnd, Word};
        let blank = byte.is_ascii_whitespace();
        self.state = match (self.state, byte) {
            (Begin, b'{') => {
                self.open.push(true);
                KeyOrEnd
            }
            (Begin | NoObject, b'\n') => return Some(End::NoObject),
            (Begin | NoObject, _) => NoObject,
            (InString { is_key, escaped: true }, _) => InString { is_key, escaped: false },
            (InString { is_key, .. }, b'\\') => InString { is_key, escaped: true },
            (InString { is_key, .. }, b'"') => {
                if is_key {
                    Colon
                } else {
                    CommaOrEnd
                }
            }
            (InString { .. }, b'\n') => return Some(End::Broken { at_line_start: true }),
            (InString { .. }, _) => return None,
            (Word, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'-' | b'.') => return None,
            (Word, _) if blank => CommaOrEnd,
            (_, _) if blank => return None,
            (KeyOrEnd | Key, b'"') => InString { is_key: true, escaped: false },
            (Colon, b':') => Value,
            (Value | ValueOrEnd, b'"') => InString { is_key: false, escaped: false },
            (Value | ValueOrEnd, b'{') => {
                self.open.push(true);
                KeyOrEnd
            }
            (Value | ValueOrEnd, b'[') => {
                self.open.push(false);
                ValueOrEnd
            }
            (Value | ValueOrEnd, b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z') => Word,
            (CommaOrEnd | Word, b',') => {
                if self.open.last() == Some(&true) {
                    Key
                } else {
                    Value
                }
            }
            (KeyOrEnd | CommaOrEnd | Word, b'}') if self.open.last() == Some(&true) => return self.close(),
            (ValueOrEnd | CommaOrEnd | Word, b']') if self.open.last() == Some(&false) => return self.close(),
            _ => return Some(End::Broken { at_line_start: self.at_line_start }),
        };
        None
    }

    fn close(&mut self) -> Option<End> {
        self.open.pop();
        self.state = State::CommaOrEnd;
        self.open.is_empty().then_some(End::Whole)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// The values of the text, and the codes of what is none.
    #[track_caller]
    fn check(text: &[u8], expected: &[Result<&str, &str>]) {
        let mut values = Values::new(text, 100);
        let mut read = Vec::new();
        while let Some(value) = values.read_next().unwrap() {
            read.push(value.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|rejection| rejection.code));
        }
        let read: Vec<Result<&str, &str>> = read.iter().map(|value| value.as_deref().map_err(|code| *code)).collect();
        assert_eq!(read, expected);
    }

    const BROKEN: Result<&str, &str> = Err("parse.malformed");

    #[test]
    fn objects_may_span_lines_and_touch_each_other() {
        let text = b" {\"a\":\n\"}\\\"\"}{\"b\":[1, true,null]}\nnope\n{}";
        check(text, &[Ok("{\"a\":\n\"}\\\"\"}"), Ok("{\"b\":[1, true,null]}"), BROKEN, Ok("{}")]);
    }

    #[test]
    fn after_a_broken_object_the_next_line_with_a_brace_is_read() {
        check(b"{\"a\": \"no end\n{\"b\":1}\n", &[BROKEN, Ok("{\"b\":1}")]);
        check(b"{\"a\": 1\n{\"b\":1}\n", &[BROKEN, Ok("{\"b\":1}")]);
        check(b"{\"a\": [1}\n{\"b\":1}{\"c\":2}\n", &[BROKEN, Ok("{\"b\":1}"), Ok("{\"c\":2}")]);
        check(b"{\n  \"a\" 1,\n  \"b\": {\n  }\n}\n{\n  \"c\": 1\n}\n", &[BROKEN, Ok("{\n  \"c\": 1\n}")]);
        check(b"{\"a\":", &[BROKEN]);
    }

    #[test]
    fn an_object_that_is_too_long_is_passed_over() {
        let text = format!("{{\"a\":\"{}\"}}{{}}", "long ".repeat(40));
        check(text.as_bytes(), &[Err("limit.size"), Ok("{}")]);
    }

    proptest! {
        #[test]
        fn what_serde_reads_is_cut_out_as_it_is(texts in vec("[a-z{}\\[\\]\",: \\\\\n]{0,12}", 0..5), numbers in vec(any::<f64>(), 0..3)) {
            let value = serde_json::json!({ "texts": texts, "numbers": numbers, "none": null, "in": { "yes": true } });
            for text in [serde_json::to_string(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap()] {
                let mut values = Values::new(text.as_bytes(), 10_000);
                prop_assert_eq!(values.read_next().unwrap().unwrap().unwrap(), text.as_bytes());
                prop_assert!(values.read_next().unwrap().is_none());
            }
        }

        #[test]
        fn no_bytes_keep_it_from_the_end(bytes in vec(prop::sample::select(b"{}[]\",:\\ \n\r1tx".as_slice()), 0..60)) {
            let mut values = Values::new(&bytes[..], 10);
            for _ in 0..=bytes.len() + 1 {
                if values.read_next().unwrap().is_none() {
                    return Ok(());
                }
            }
            prop_assert!(false, "it gives more values than there are bytes");
        }
    }
}
