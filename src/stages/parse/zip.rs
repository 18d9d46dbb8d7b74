//! Reads ZIP files: what is packed in them by name, one file at a time. Office documents and books are ZIP files too.
//!
//! The directory at the end is the truth; a file that was cut off before it is read from its beginning, as far as it
//! goes. Names are only names: nothing is ever written under them. Files that share their bytes are refused, since that is
//! how a small file is made into an endless one.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

/// An open ZIP file.
pub struct Zip<R> {
    input: R,
    members: Vec<Member>,
    /// Where each member's header stands, sorted.
    headers: Vec<u64>,
    length: u64,
    /// There is no directory: the members are those found from the beginning.
    pub cut_off: bool,
}

/// One packed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// As written in the file, parted by `/`; what is no UTF-8 is replaced.
    pub name: String,
    /// Bytes as packed.
    pub packed: u64,
    method: u16,
    encrypted: bool,
    header: u64,
    /// None where only the member itself would tell.
    crc: Option<u32>,
}

impl Member {
    /// Folders are members too, and hold nothing.
    pub fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }
}

/// Why a ZIP file or one of its members cannot be read.
#[derive(Debug)]
pub enum Error {
    /// Its own fault, in words that read after "failed to read it:".
    Broken(String),
    /// More members than the caller has room for.
    TooMany,
    Io(io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        // What ends too early, or is damaged, is the file's own fault; what the disk says has a number.
        if error.raw_os_error().is_none() && error.kind() != io::ErrorKind::Interrupted {
            return Self::Broken(error.to_string());
        }
        Self::Io(error)
    }
}

fn broken(reason: &str) -> Error {
    Error::Broken(reason.to_owned())
}

const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const END_64_LOCATOR: &[u8] = b"PK\x06\x07";
const END_64_LOCATOR_BYTES: usize = 20;
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
const DIRECTORY_ENTRY_BYTES: usize = 46;
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const LOCAL_HEADER_BYTES: usize = 30;
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// A comment may stand behind the end; it is no longer than this.
const COMMENT_BYTES_MAX: u64 = 65_535;

impl<R: Read + Seek> Zip<R> {
    /// Reads the directory, at most `directory_bytes_max` of it.
    pub fn open(mut input: R, directory_bytes_max: u64) -> Result<Self, Error> {
        let length = input.seek(SeekFrom::End(0))?;
        let (members, cut_off) = match find_directory(&mut input, length)? {
            Some(directory) if directory.bytes > directory_bytes_max => return Err(Error::TooMany),
            Some(directory) => (read_directory(&mut input, &directory, length)?, false),
            None => (scan(&mut input, length, directory_bytes_max)?, true),
        };
        let mut headers: Vec<u64> = members.iter().map(|member| member.header).collect();
        headers.sort_unstable();
        Ok(Self { input, members, headers, length, cut_off })
    }

    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// What is packed under this place of the list. Its checksum is looked at once its end is reached.
    pub fn unpack(&mut self, at: usize) -> Result<Unpack<'_, R>, Error> {
        let Some(member) = self.members.get(at) else { return Err(broken("there is no such file in it")) };
        if member.encrypted {
            return Err(broken("it is encrypted"));
        }
        if !matches!(member.method, 0 | 8) {
            return Err(Error::Broken(format!("it is packed by method {}, which cannot be unpacked", member.method)));
        }
        self.input.seek(SeekFrom::Start(member.header))?;
        let mut header = [0; LOCAL_HEADER_BYTES];
        self.input.read_exact(&mut header)?;
        if !header.starts_with(LOCAL_HEADER) {
            return Err(broken("its header is damaged"));
        }
        let skipped = u64::from(u16_at(&header, 26)) + u64::from(u16_at(&header, 28));
        let data = member.header.saturating_add(LOCAL_HEADER_BYTES as u64).saturating_add(skipped);
        let end = data.saturating_add(member.packed);
        let from = self.headers.partition_point(|header| *header < member.header);
        let next = self.headers.get(from + 1).copied().unwrap_or(self.length);
        if end > next && end <= self.length {
            return Err(broken("it shares its bytes with another file"));
        }
        self.input.seek(SeekFrom::Start(data))?;
        let packed = BufReader::with_capacity(32 * 1024, (&mut self.input).take(member.packed));
        let source = if member.method == 0 { Source::Stored(packed) } else { Source::Deflated(DeflateDecoder::new(packed)) };
        Ok(Unpack { source, crc: Crc::new(), expected: member.crc, done: false })
    }
}

/// One member as it is unpacked.
pub struct Unpack<'a, R> {
    source: Source<'a, R>,
    crc: Crc,
    expected: Option<u32>,
    done: bool,
}

enum Source<'a, R> {
    Stored(BufReader<io::Take<&'a mut R>>),
    Deflated(DeflateDecoder<BufReader<io::Take<&'a mut R>>>),
}

impl<R: Read> Read for Unpack<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.done || buffer.is_empty() {
            return Ok(0);
        }
        let (count, whole) = match &mut self.source {
            Source::Stored(input) => {
                let count = input.read(buffer)?;
                (count, input.get_ref().limit() == 0)
            }
            Source::Deflated(input) => (input.read(buffer)?, true),
        };
        self.crc.update(buffer.get(..count).unwrap_or_default());
        if count == 0 {
            self.done = true;
            if !whole {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "it ends too early"));
            }
            if self.expected.is_some_and(|expected| expected != self.crc.sum()) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "it does not match its checksum"));
            }
        }
        Ok(count)
    }
}

struct Directory {
    start: u64,
    bytes: u64,
    /// What stands before the ZIP file itself, as in one that unpacks itself.
    before: u64,
}

fn find_directory(input: &mut (impl Read + Seek), length: u64) -> Result<Option<Directory>, Error> {
    let tail_start = length.saturating_sub(COMMENT_BYTES_MAX + END_BYTES as u64 + END_64_LOCATOR_BYTES as u64);
    input.seek(SeekFrom::Start(tail_start))?;
    let mut tail = Vec::new();
    (&mut *input).take(length - tail_start).read_to_end(&mut tail)?;
    let mut upto = tail.len();
    while let Some(at) = tail.get(..upto).and_then(|part| memchr::memmem::rfind(part, END)) {
        upto = at;
        let Some(end) = tail.get(at..at + END_BYTES) else { continue };
        let (bytes, start) = (u64::from(u32_at(end, 12)), u64::from(u32_at(end, 16)));
        let position = tail_start + at as u64;
        let is_64 = start == u64::from(u32::MAX) || bytes == u64::from(u32::MAX) || u16_at(end, 10) == u16::MAX;
        let locator = at.checked_sub(END_64_LOCATOR_BYTES).and_then(|from| tail.get(from..at));
        if let Some(locator) = locator.filter(|locator| is_64 && locator.starts_with(END_64_LOCATOR)) {
            let mut end_64 = [0; 56];
            input.seek(SeekFrom::Start(u64_at(locator, 8)))?;
            input.read_exact(&mut end_64)?;
            if !end_64.starts_with(b"PK\x06\x06") {
                return Err(broken("its directory is damaged"));
            }
            return Ok(Some(Directory { start: u64_at(&end_64, 48), bytes: u64_at(&end_64, 40), before: 0 }));
        }
        // The directory ends where its end begins, or these bytes only look like one.
        if let Some(before) = position.checked_sub(start.saturating_add(bytes)) {
            return Ok(Some(Directory { start: start + before, bytes, before }));
        }
    }
    Ok(None)
}

fn read_directory(input: &mut (impl Read + Seek), directory: &Directory, length: u64) -> Result<Vec<Member>, Error> {
    if directory.start.saturating_add(directory.bytes) > length {
        return Err(broken("its directory is damaged"));
    }
    input.seek(SeekFrom::Start(directory.start))?;
    let mut input = BufReader::new(input.take(directory.bytes));
    let mut members = Vec::new();
    let mut left = directory.bytes;
    while left >= DIRECTORY_ENTRY_BYTES as u64 {
        let mut entry = [0; DIRECTORY_ENTRY_BYTES];
        input.read_exact(&mut entry)?;
        if !entry.starts_with(DIRECTORY_ENTRY) {
            break;
        }
        let lengths = [u16_at(&entry, 28), u16_at(&entry, 30), u16_at(&entry, 32)].map(usize::from);
        let mut rest = vec![0; lengths.iter().sum()];
        input.read_exact(&mut rest)?;
        left = left.saturating_sub((DIRECTORY_ENTRY_BYTES + rest.len()) as u64);
        let (name, rest) = rest.split_at(lengths[0]);
        let extra = rest.get(..lengths[1]).unwrap_or_default();
        let (mut packed, size, mut header) = (u64::from(u32_at(&entry, 20)), u32_at(&entry, 24), u64::from(u32_at(&entry, 42)));
        if let Some(wide) = extra_field(extra, 1) {
            // Only those that did not fit, in this order.
            let mut at = if size == u32::MAX { 8 } else { 0 };
            if packed == u64::from(u32::MAX) {
                packed = u64_at(wide, at);
                at += 8;
            }
            if header == u64::from(u32::MAX) {
                header = u64_at(wide, at);
            }
        }
        members.push(Member {
            name: String::from_utf8_lossy(name).into_owned(),
            packed,
            method: u16_at(&entry, 10),
            encrypted: u16_at(&entry, 8) & 1 != 0,
            header: header.saturating_add(directory.before),
            crc: Some(u32_at(&entry, 16)),
        });
    }
    Ok(members)
}

/// The members of a file without a directory, from the beginning on.
fn scan(input: &mut (impl Read + Seek), length: u64, bytes_max: u64) -> Result<Vec<Member>, Error> {
    let mut members = Vec::new();
    let (mut at, mut listed) = (0_u64, 0_u64);
    loop {
        input.seek(SeekFrom::Start(at))?;
        let mut header = [0; LOCAL_HEADER_BYTES];
        if at.saturating_add(LOCAL_HEADER_BYTES as u64) > length
            || input.read_exact(&mut header).is_err()
            || !header.starts_with(LOCAL_HEADER)
        {
            break;
        }
        let mut name = vec![0; usize::from(u16_at(&header, 26))];
        if input.read_exact(&mut name).is_err() {
            break;
        }
        listed += (DIRECTORY_ENTRY_BYTES + name.len()) as u64;
        if listed > bytes_max {
            return Err(Error::TooMany);
        }
        let data = at + LOCAL_HEADER_BYTES as u64 + name.len() as u64 + u64::from(u16_at(&header, 28));
        let flags = u16_at(&header, 6);
        let told = flags & 8 == 0 && u32_at(&header, 18) != u32::MAX;
        let (packed, crc) = if told {
            (u64::from(u32_at(&header, 18)), Some(u32_at(&header, 14)))
        } else {
            // The lengths stand behind the data: up to the next thing that has a name.
            (find_next(input, data, length)?.saturating_sub(data), None)
        };
        members.push(Member {
            name: String::from_utf8_lossy(&name).into_owned(),
            packed,
            method: u16_at(&header, 8),
            encrypted: flags & 1 != 0,
            header: at,
            crc,
        });
        at = data.saturating_add(packed);
        if !told {
            at = find_member(input, at, length)?;
        }
    }
    if members.is_empty() {
        return Err(broken("nothing in it can be read"));
    }
    Ok(members)
}

fn find_next(input: &mut (impl Read + Seek), from: u64, length: u64) -> Result<u64, Error> {
    find_any(input, from, length, &[LOCAL_HEADER, DESCRIPTOR, DIRECTORY_ENTRY])
}

fn find_member(input: &mut (impl Read + Seek), from: u64, length: u64) -> Result<u64, Error> {
    find_any(input, from, length, &[LOCAL_HEADER])
}

/// Where the first of these stands, or the end.
fn find_any(input: &mut (impl Read + Seek), from: u64, length: u64, wanted: &[&[u8]]) -> Result<u64, Error> {
    input.seek(SeekFrom::Start(from))?;
    let mut window = Vec::new();
    let mut start = from;
    loop {
        let read = (&mut *input).take(64 * 1024).read_to_end(&mut window)?;
        let found = wanted.iter().filter_map(|sign| memchr::memmem::find(&window, sign)).min();
        if let Some(at) = found {
            return Ok(start + at as u64);
        }
        if read == 0 {
            return Ok(length);
        }
        // A sign may lie across two windows.
        let kept = window.len().min(3);
        start += (window.len() - kept) as u64;
        window.drain(..window.len() - kept);
    }
}

fn extra_field(extra: &[u8], id: u16) -> Option<&[u8]> {
    let mut rest = extra;
    while rest.len() >= 4 {
        let length = usize::from(u16_at(rest, 2));
        let field = rest.get(4..4 + length)?;
        if u16_at(rest, 0) == id {
            return Some(field);
        }
        rest = rest.get(4 + length..)?;
    }
    None
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|part| part.try_into().ok()).map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|part| part.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|part| part.try_into().ok()).map_or(0, u64::from_le_bytes)
}
