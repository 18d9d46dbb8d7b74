//! Opens a mailbox: one file in which every message begins with a line `From ` (RFC 4155), as mail programs keep and
//! export them.

use std::io::{self, BufRead};

use super::super::jsonl::{Tail, too_long};
use super::super::lines::{self, Line};
use super::{Piece, naming_id};
use crate::model::{Digest, Format, RawDocument};

/// Reads the messages one at a time, in memory bounded by one.
pub struct Messages<R> {
    input: R,
    line: Vec<u8>,
    bytes_max: u64,
    tail: Tail,
    place: u64,
    /// The separator of the next message has been read.
    begun: bool,
    /// True once a last message was left out that may still grow.
    pub left_out: bool,
}

impl<R: BufRead> Messages<R> {
    pub fn new(input: R, document_bytes_max: u64, tail: Tail) -> Self {
        Self { input, line: Vec::new(), bytes_max: document_bytes_max, tail, place: 0, begun: false, left_out: false }
    }

    /// The next message, without the line before it and with its quoted `>From ` lines as they were; None at the end.
    pub fn read_next(&mut self) -> io::Result<Option<Piece>> {
        while !self.begun {
            match lines::next(&mut self.input, &mut self.line, self.bytes_max)? {
                Line::End => return Ok(None),
                Line::Whole { .. } => self.begun = is_separator(&self.line),
                Line::TooLong { .. } => {}
            }
        }
        self.begun = false;
        let mut message = Vec::new();
        let mut over: Option<(blake3::Hasher, u64)> = None;
        let mut after_blank = false;
        loop {
            let length = message.len() as u64;
            match lines::next(&mut self.input, &mut self.line, self.bytes_max)? {
                Line::End if self.tail == Tail::MayGrow => {
                    self.left_out = true;
                    return Ok(None);
                }
                Line::End => break,
                Line::Whole { .. } if after_blank && is_separator(&self.line) => {
                    self.begun = true;
                    break;
                }
                Line::Whole { terminated } => {
                    after_blank = self.line.trim_ascii_end().is_empty();
                    let line = unquoted(&self.line);
                    match &mut over {
                        Some((hasher, bytes)) => {
                            hasher.update(line);
                            *bytes += line.len() as u64 + 1;
                        }
                        None if length + line.len() as u64 > self.bytes_max => {
                            let mut hasher = blake3::Hasher::new();
                            hasher.update(&message).update(line);
                            over = Some((hasher, length + line.len() as u64 + 1));
                            message = Vec::new();
                        }
                        None => {
                            message.extend_from_slice(line);
                            if terminated {
                                message.push(b'\n');
                            }
                        }
                    }
                }
                Line::TooLong { bytes, digest, .. } => {
                    after_blank = false;
                    let (hasher, total) = over.get_or_insert_with(|| (blake3::Hasher::new(), length));
                    hasher.update(&message).update(&digest.0);
                    *total += bytes;
                    message = Vec::new();
                }
            }
        }
        self.place += 1;
        if let Some((hasher, bytes)) = over {
            let digest = Digest(*hasher.finalize().as_bytes());
            return Ok(Some(Piece { given_id: None, place: self.place, digest, bytes, body: Err(too_long(bytes, self.bytes_max)) }));
        }
        // The blank line before the next message belongs to the mailbox.
        if self.begun && message.ends_with(b"\n") {
            message.pop();
            if message.last() == Some(&b'\r') {
                message.pop();
            }
        }
        Ok(Some(Piece {
            given_id: message_id(&message),
            place: self.place,
            digest: Digest::of(&message),
            bytes: message.len() as u64,
            body: Ok(RawDocument::new(message, Format::Mbox)),
        }))
    }
}

/// True where a file that begins like this is a mailbox.
pub fn begins_mailbox(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n');
    let (Some(first), Some(second)) = (lines.next(), lines.next()) else { return false };
    is_separator(first) && (begins_message(second) || second.starts_with(b">From "))
}

/// True where bytes begin with header fields of a mail message, rather than with prose that has a colon in it.
pub fn begins_message(head: &[u8]) -> bool {
    let mut known = 0;
    for (at, line) in head.split(|byte| *byte == b'\n').enumerate().take(64) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if matches!(line.first(), Some(b' ' | b'\t')) && at > 0 {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', line) else { return known >= 2 && at > 2 };
        let name = line.get(..colon).unwrap_or_default();
        if name.is_empty() || !name.iter().all(|byte| byte.is_ascii_graphic()) {
            return known >= 2 && at > 2;
        }
        let name = name.to_ascii_lowercase();
        known += u32::from(MAIL_FIELDS.contains(&name.as_slice()));
        if known >= 2 {
            return true;
        }
    }
    // The first line alone may stand at the end of what was looked at.
    known >= 1 && memchr::memmem::find(head, b"\n\n").is_none() && memchr::memmem::find(head, b"\r\n\r\n").is_none() && head.len() < 1024
}

/// The fields that tell a message from anything else that has colons.
const MAIL_FIELDS: [&[u8]; 22] = [
    b"return-path",
    b"received",
    b"delivered-to",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
    b"dkim-signature",
    b"arc-seal",
    b"authentication-results",
    b"received-spf",
    b"x-mozilla-status",
    b"x-mozilla-status2",
    b"x-gmail-labels",
    b"x-gm-thrid",
    b"x-google-smtp-source",
    b"list-unsubscribe",
    b"from",
    b"to",
    b"date",
    b"subject",
    b"reply-to",
];

/// `From someone@example.org Tue Mar  3 09:12:00 2026`. A sentence may begin with `From ` too, so the time of day
/// must be there, unless nothing else is: some programs write the word alone.
fn is_separator(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ").or_else(|| line.strip_prefix(b"\xEF\xBB\xBFFrom ")) else { return false };
    let rest = rest.trim_ascii();
    let has_time =
        rest.windows(5).any(|window| matches!(window, [a, b, b':', c, d] if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit())));
    rest.is_empty() || rest == b"-" || has_time
}

/// A line of the text that begins with `From ` is kept as `>From `, and `>From ` as `>>From `.
fn unquoted(line: &[u8]) -> &[u8] {
    match line.strip_prefix(b">") {
        Some(rest)
            if rest.iter().position(|byte| *byte != b'>').and_then(|at| rest.get(at..)).is_some_and(|text| text.starts_with(b"From ")) =>
        {
            rest
        }
        _ => line,
    }
}

/// The message's own id, without its angle brackets.
pub fn message_id(message: &[u8]) -> Option<String> {
    let mut id: Option<Vec<u8>> = None;
    for line in message.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        let continues = matches!(line.first(), Some(b' ' | b'\t'));
        match &mut id {
            Some(id) if continues => id.extend_from_slice(line.trim_ascii()),
            Some(_) => break,
            None => {
                const FIELD: &[u8] = b"message-id:";
                if line.get(..FIELD.len()).is_some_and(|name| name.eq_ignore_ascii_case(FIELD)) {
                    id = Some(line.get(FIELD.len()..).unwrap_or_default().trim_ascii().to_vec());
                }
            }
        }
    }
    let id = String::from_utf8(id?).ok()?;
    let bare = id.trim().strip_prefix('<').and_then(|rest| rest.split('>').next()).unwrap_or(&id);
    naming_id(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mailbox: &str, expected: &[(Option<&str>, Result<&str, &str>)]) {
        let mut messages = Messages::new(mailbox.as_bytes(), 400, Tail::Final);
        let mut read = Vec::new();
        while let Some(piece) = messages.read_next().unwrap() {
            read.push((piece.given_id, piece.body.map(|body| String::from_utf8(body.bytes).unwrap()).map_err(|rejection| rejection.code)));
        }
        let read: Vec<(Option<&str>, Result<&str, &str>)> =
            read.iter().map(|(id, body)| (id.as_deref(), body.as_ref().map(String::as_str).map_err(|code| *code))).collect();
        assert_eq!(read, expected);
    }

    const FIRST: &str = "From desk@example.org Tue Mar  3 09:12:00 2026\n";
    const SECOND: &str = "From - Tue Mar  3 10:12:00 2026\n";

    #[test]
    fn two_messages_come_under_their_ids() {
        check(
            &format!("{FIRST}Message-ID: <a@example.org>\nSubject: Ferry\n\nLate.\n\n{SECOND}message-id:\n <b@example.org>\n\nOn time.\n"),
            &[
                (Some("a@example.org"), Ok("Message-ID: <a@example.org>\nSubject: Ferry\n\nLate.\n")),
                (Some("b@example.org"), Ok("message-id:\n <b@example.org>\n\nOn time.\n")),
            ],
        );
    }

    #[test]
    fn a_sentence_that_begins_with_from_begins_no_message() {
        let text = "Subject: Ferry\n\nFrom Monday the ferry runs again.\n>From here on: 10:00.\n>>From there\n";
        check(
            &format!("{FIRST}{text}"),
            &[(None, Ok("Subject: Ferry\n\nFrom Monday the ferry runs again.\nFrom here on: 10:00.\n>From there\n"))],
        );
    }

    #[test]
    fn an_endless_message_is_set_aside_and_the_next_is_read() {
        let endless = "x".repeat(300);
        check(
            &format!("{FIRST}Subject: a\n\n{endless}\n{endless}\n\n{SECOND}Subject: b\n\nb\n\n{FIRST}{endless}{endless}\n\n{SECOND}S: c\n"),
            &[(None, Err("limit.size")), (None, Ok("Subject: b\n\nb\n")), (None, Err("limit.size")), (None, Ok("S: c\n"))],
        );
    }

    #[test]
    fn a_message_that_may_grow_waits_for_the_next_one() {
        let text = format!("{FIRST}Subject: a\n\na\n\n{SECOND}Subject: b\n\nb\n");
        let mut messages = Messages::new(text.as_bytes(), 400, Tail::MayGrow);
        assert!(messages.read_next().unwrap().is_some());
        assert!(messages.read_next().unwrap().is_none());
        assert!(messages.left_out);
    }

    #[test]
    fn prose_with_colons_is_no_message() {
        assert!(begins_message(b"Return-Path: <a@example.org>\r\nReceived: from b\r\n\r\n"));
        assert!(begins_message(b"From: a@example.org\nTo: b@example.org\nSubject: c\n\n"));
        assert!(!begins_message(b"Subject: harbour\n\nThe council met: it was late.\n"));
        assert!(!begins_message(b"Date: 3 March\nThe council met.\nIt was late.\n"));
        assert!(!begins_message(b"LEITH, Scotland (AP): The ferry is late.\n"));
        assert!(begins_mailbox(format!("{FIRST}From: a\nTo: b\n\n").as_bytes()));
        assert!(!begins_mailbox(b"From Monday 10:00 the ferry runs.\nIt is late.\n"));
    }
}
