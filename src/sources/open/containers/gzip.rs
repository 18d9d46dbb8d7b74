//! Unpacks gzip files member by member. A web archive has a member for each page, so a broken one costs that page alone:
//! reading goes on at the next.

use std::io::{self, BufRead, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::Spoiled;

/// A gzip file, one member after the other (RFC 1952).
pub struct Gzip<R> {
    input: R,
    state: State,
    inflate: Decompress,
    crc: Crc,
    /// A member was read, so that what follows may be padding.
    any: bool,
    /// Why the member in hand is broken, told once what came out of it is handed on.
    broken: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Header,
    Body,
    Trailer,
    /// Behind a broken member.
    Lost,
    End,
}

impl<R: BufRead> Gzip<R> {
    pub fn new(input: R) -> Self {
        Self { input, state: State::Header, inflate: Decompress::new(false), crc: Crc::new(), any: false, broken: None }
    }

    fn break_off(&mut self, reason: &'static str) -> io::Result<usize> {
        self.state = State::Lost;
        Err(Spoiled::malformed(format!("the gzip data {reason}")))
    }

    /// Fewer bytes where the input ends.
    fn take<const N: usize>(&mut self) -> io::Result<Option<[u8; N]>> {
        let mut bytes = [0; N];
        match self.input.read_exact(&mut bytes) {
            Ok(()) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Past the header; None where there is no further member.
    fn read_header(&mut self) -> io::Result<Option<Result<(), &'static str>>> {
        if self.any {
            // Tapes and block devices pad with zeros.
            while self.input.fill_buf()?.first() == Some(&0) {
                self.input.consume(1);
            }
        }
        if self.input.fill_buf()?.is_empty() {
            return Ok(None);
        }
        // Byte by byte: what is no member may end where the next one begins.
        for byte in [0x1F, 0x8B, 8] {
            if self.input.fill_buf()?.first() != Some(&byte) {
                return Ok(Some(Err("has something else between its members")));
            }
            self.input.consume(1);
        }
        let Some([flags, ..]) = self.take::<7>()? else { return Ok(Some(Err("ends in a header"))) };
        const HEADER_CRC: u8 = 2;
        const EXTRA: u8 = 4;
        const NAME: u8 = 8;
        const COMMENT: u8 = 16;
        if flags & EXTRA != 0 {
            let Some(length) = self.take::<2>()? else { return Ok(Some(Err("ends in a header"))) };
            let length = u64::from(u16::from_le_bytes(length));
            io::copy(&mut (&mut self.input).take(length), &mut io::sink())?;
        }
        for text in [NAME, COMMENT] {
            if flags & text == 0 {
                continue;
            }
            loop {
                match self.take::<1>()? {
                    Some([0]) => break,
                    Some(_) => {}
                    None => return Ok(Some(Err("ends in a header"))),
                }
            }
        }
        if flags & HEADER_CRC != 0 {
            self.take::<2>()?;
        }
        Ok(Some(Ok(())))
    }

    /// On to what looks like a member's beginning.
    fn find_member(&mut self) -> io::Result<bool> {
        loop {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                return Ok(false);
            }
            let Some(at) = memchr::memchr(0x1F, chunk) else {
                let length = chunk.len();
                self.input.consume(length);
                continue;
            };
            self.input.consume(at);
            let chunk = self.input.fill_buf()?;
            // At the end of a buffer the rest cannot be seen: the header's own reading will tell.
            let fits = match chunk {
                [_, second, method, flags, ..] => (*second, *method) == (0x8B, 8) && *flags < 32,
                [_, second, ..] => *second == 0x8B,
                _ => true,
            };
            if fits {
                return Ok(true);
            }
            self.input.consume(1);
        }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(reason) = self.broken.take() {
                return self.break_off(reason);
            }
            match self.state {
                State::End => return Ok(0),
                State::Lost => {
                    self.state = if self.find_member()? { State::Header } else { State::End };
                    // Whatever stands there was searched for: if it is no member after all, on with the search.
                    if self.state == State::Header {
                        match self.read_header()? {
                            Some(Ok(())) => self.begin(),
                            Some(Err(_)) => self.state = State::Lost,
                            None => self.state = State::End,
                        }
                    }
                }
                State::Header => match self.read_header()? {
                    None => self.state = State::End,
                    Some(Ok(())) => self.begin(),
                    Some(Err(reason)) => return self.break_off(reason),
                },
                State::Body => {
                    let chunk = self.input.fill_buf()?;
                    if chunk.is_empty() {
                        return self.break_off("ends too early");
                    }
                    let (read, made) = (self.inflate.total_in(), self.inflate.total_out());
                    let available = chunk.len();
                    let result = self.inflate.decompress(chunk, buffer, FlushDecompress::None);
                    let used = usize::try_from(self.inflate.total_in() - read).unwrap_or(usize::MAX);
                    let count = usize::try_from(self.inflate.total_out() - made).unwrap_or(usize::MAX).min(buffer.len());
                    self.input.consume(used.min(available));
                    self.crc.update(buffer.get(..count).unwrap_or_default());
                    match result {
                        Ok(Status::StreamEnd) => self.state = State::Trailer,
                        Ok(_) if used == 0 && count == 0 => self.broken = Some("cannot be read on"),
                        Ok(_) => {}
                        Err(_) => self.broken = Some("is damaged"),
                    }
                    if count > 0 {
                        return Ok(count);
                    }
                }
                State::Trailer => {
                    let Some([a, b, c, d, ..]) = self.take::<8>()? else { return self.break_off("ends too early") };
                    if u32::from_le_bytes([a, b, c, d]) != self.crc.sum() {
                        return self.break_off("does not match its checksum");
                    }
                    self.state = State::Header;
                }
            }
        }
    }
}

impl<R> Gzip<R> {
    fn begin(&mut self) {
        self.inflate.reset(false);
        self.crc.reset();
        self.any = true;
        self.state = State::Body;
    }
}
