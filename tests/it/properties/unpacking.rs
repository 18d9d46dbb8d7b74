//! What holds many articles, or packs one. However the bytes come in, the same comes out of them.

use std::io::{BufReader, Cursor};
use std::ops::ControlFlow;

use copydesk::model::{Digest, RawDocument, Rejection, Skip};
use copydesk::sources::open::containers::unpack::{Unpacked, Unpacker};
use copydesk::sources::open::containers::{Limits, Piece};
use copydesk::sources::open::form::{self, HEAD_BYTES};
use copydesk::sources::open::jsonl::{Tail, id_of_object};
use copydesk::sources::open::values::Values;
use copydesk::stages::parse;

use super::article::check_parsed;
use super::{first_line, packed};

/// Small enough for the fuzzer to come near each of them.
const LIMITS: Limits = Limits { document_bytes_max: 64 * 1024, ratio_max: 100, depth_max: 4 };
/// What comes out of one file is looked at so far.
const PIECES_MAX: usize = 2000;
/// So many documents of a file are parsed.
const PARSED_MAX: usize = 8;

/// What came out of a file, in a form that can be compared.
#[derive(Debug, PartialEq)]
enum Out {
    Entry(Taken),
    Whole(Taken),
    Broken(String),
    Skipped(Skip),
}

#[derive(Debug, PartialEq)]
struct Taken {
    id: Option<String>,
    place: u64,
    digest: Digest,
    bytes: u64,
    body: Result<RawDocument, String>,
}

fn said(rejection: &Rejection) -> String {
    assert!(!rejection.code.is_empty() && !rejection.error.trim().is_empty(), "a rejection without a reason");
    format!("{}: {}", rejection.code, rejection.error)
}

fn taken(piece: Piece) -> Taken {
    let Piece { given_id, place, digest, bytes, body } = piece;
    assert!(given_id.as_ref().is_none_or(|id| !id.is_empty()), "an id that names nothing");
    let long = body.as_ref().is_ok_and(|document| document.bytes.len() as u64 > 4 * LIMITS.document_bytes_max);
    assert!(!long, "an article beyond the limit");
    Taken { id: given_id, place, digest, bytes, body: body.map_err(|rejection| said(&rejection)) }
}

fn collect(
    open: impl FnOnce(&mut Unpacker, &mut dyn FnMut(Unpacked) -> anyhow::Result<ControlFlow<()>>) -> anyhow::Result<()>,
    tail: Tail,
) -> (Vec<Out>, bool) {
    let mut out = Vec::new();
    let mut unpacker = Unpacker::new(LIMITS, tail);
    open(&mut unpacker, &mut |unpacked| {
        out.push(match unpacked {
            Unpacked::Entry(piece) => Out::Entry(taken(piece)),
            Unpacked::Whole(piece) => Out::Whole(taken(piece)),
            Unpacked::Broken(rejection) => Out::Broken(said(&rejection)),
            Unpacked::Skipped(skip) => Out::Skipped(skip),
        });
        Ok(if out.len() < PIECES_MAX { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })
    .unwrap_or_else(|error| panic!("memory cannot be read: {error:#}"));
    (out, unpacker.left_out)
}

/// Unpacks bytes that come in so many at a time.
fn unpack(bytes: &[u8], name: &str, tail: Tail, at_once: usize) -> (Vec<Out>, bool) {
    collect(|unpacker, sink| unpacker.read(BufReader::with_capacity(at_once, bytes), name.as_bytes(), sink), tail)
}

/// Whole or in small parts, the same comes out; what is parsed of it is sound.
fn check(bytes: &[u8], name: &str) -> Vec<Out> {
    let (out, left_out) = unpack(bytes, name, Tail::Final, bytes.len().max(1));
    assert!(!left_out, "nothing can be left for later");
    assert!(!bytes.is_empty() && !out.is_empty() || out.iter().all(|out| matches!(out, Out::Skipped(_))), "{out:?} of nothing");
    let (in_parts, _) = unpack(bytes, name, Tail::Final, 7);
    assert!(out == in_parts, "in parts comes {in_parts:?}\nand whole {out:?}");
    let documents = out.iter().filter_map(|out| match out {
        Out::Entry(taken) | Out::Whole(taken) => taken.body.as_ref().ok(),
        Out::Broken(_) | Out::Skipped(_) => None,
    });
    for document in documents.take(PARSED_MAX) {
        if let Ok(parsed) = parse::parse(document.clone(), &parse::Options::default()) {
            check_parsed(&parsed);
        }
    }
    out
}

/// What may still grow gives the beginning of what it gives when it is done.
fn check_growing(bytes: &[u8], name: &str) {
    let (done, _) = unpack(bytes, name, Tail::Final, bytes.len().max(1));
    let (growing, left_out) = unpack(bytes, name, Tail::MayGrow, bytes.len().max(1));
    assert!(growing.len() <= done.len() && growing.iter().zip(&done).all(|(one, other)| one == other), "{growing:?}\n{done:?}");
    assert!(left_out || growing.len() == done.len(), "something is missing that was not left out");
}

/// Lines of JSON, and JSON values one after the other.
pub fn json_lines(bytes: &[u8]) {
    check(bytes, "a.jsonl");
    check_growing(bytes, "a.jsonl");
    let read = |at_once: usize| {
        let mut values = Values::new(BufReader::with_capacity(at_once, bytes), LIMITS.document_bytes_max);
        let mut read = Vec::new();
        while let Some(value) = values.read_next().unwrap() {
            read.push(value.map_err(|rejection| said(&rejection)));
            if read.len() >= PIECES_MAX {
                break;
            }
        }
        read
    };
    let values = read(bytes.len().max(1));
    assert!(values == read(3), "values differ by how they come in");
    for value in values.iter().flatten() {
        assert!(value.starts_with(b"{") && value.ends_with(b"}"), "no object");
        let _ = id_of_object(value);
    }
}

pub fn mbox(bytes: &[u8]) {
    check(bytes, "a.mbox");
    check_growing(bytes, "a.mbox");
}

pub fn feed(bytes: &[u8]) {
    check(bytes, "a.xml");
}

pub fn warc(bytes: &[u8]) {
    check(bytes, "a.warc");
}

pub fn news_message(bytes: &[u8]) {
    check(bytes, "a.xml");
}

/// A ZIP file, or files that are packed into one. From a disk the same comes out of it as from a stream.
pub fn zip(bytes: &[u8]) {
    let bytes = if bytes.starts_with(b"PK") { bytes.to_vec() } else { packed::zip_of(bytes, "a.txt", &[]) };
    let streamed = check(&bytes, "a.zip");
    let is_zip = form::tell(bytes.get(..HEAD_BYTES).unwrap_or(&bytes), b"a.zip") == form::Form::Container(form::Container::Zip);
    if is_zip && bytes.len() as u64 <= LIMITS.document_bytes_max {
        let (on_disk, _) = collect(|unpacker, sink| unpacker.read_zip(Cursor::new(&bytes), sink), Tail::Final);
        assert!(on_disk == streamed, "on disk {on_disk:?}\nas a stream {streamed:?}");
    }
}

/// A compressed file; and bytes that are compressed here: they come out as they went in, or not at all.
pub fn compressed(bytes: &[u8]) {
    const MAGIC: [&[u8]; 4] = [b"\x1F\x8B", b"BZh", b"\xFD7zXZ", b"\x28\xB5\x2F\xFD"];
    if MAGIC.iter().any(|magic| bytes.starts_with(magic)) {
        check(bytes, "a.jsonl.gz");
        return;
    }
    // Detection needs a name that says the same inside as outside.
    let (plain, _) = unpack(bytes, "a.jsonl", Tail::Final, 4096);
    let limited = |out: &[Out]| out.iter().any(|out| matches!(out, Out::Broken(said) if said.starts_with("limit.")));
    for (suffix, packed) in packed::compressed(bytes) {
        let name = format!("a.jsonl.{suffix}");
        let out = check(&packed, &name);
        assert!(out == plain || limited(&out) || limited(&plain), "{suffix}: {out:?}\nplain: {plain:?}");
        // Cut off, it says so, and nothing comes out of it that was not in it.
        for cut in [packed.len() / 3, packed.len() - packed.len().min(5)] {
            check(packed.get(..cut).unwrap_or_default(), &name);
        }
    }
}

/// The first line is the file's name. A form is told by the head alone.
pub fn form(bytes: &[u8]) {
    let (name, bytes) = first_line(bytes);
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let told = form::tell(head, name);
    assert_eq!(told, form::tell(head, name));
    assert_eq!(told, form::tell(head, &[b"wire/2026/", name.rsplit(|byte| *byte == b'/').next().unwrap_or_default()].concat()));
    check(bytes, &String::from_utf8_lossy(name));
}
