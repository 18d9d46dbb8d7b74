//! Lines of record files, and the file of attempts.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use copydesk::ledger::{Attempts, Line, STATE_FOLDER, Standing, Version, is_whole};
use copydesk::model::{Digest, Key, Origin, SourcePath, Ticket};
use xxhash_rust::xxh3::xxh3_64;

use super::first_line;

/// A line with its check, and as it is.
pub fn line(bytes: &[u8]) {
    let _ = (is_whole(bytes), Line::parse(bytes));
    let line = sealed(bytes);
    assert!(is_whole(&line), "a sealed line is not whole");
    let _ = Line::parse(&line);
    for at in [0, line.len() / 2, line.len() - 1] {
        let mut damaged = line.clone();
        damaged[at] ^= 1;
        assert!(!is_whole(&damaged), "byte {at} is not covered by the check");
    }
}

/// A body without its last brace, as copydesk ends it.
pub fn sealed(body: &[u8]) -> Vec<u8> {
    [body, format!(",\"check\":\"{:016x}\"}}", xxh3_64(body)).as_bytes()].concat()
}

const LINE_BYTES: usize = 128;

fn attempts_line(text: &[u8]) -> Vec<u8> {
    let mut line = text.get(..text.len().min(LINE_BYTES - 18)).unwrap_or_default().to_vec();
    line.resize(LINE_BYTES - 17, b' ');
    let check = format!("{:016x}\n", xxh3_64(&line));
    line.extend_from_slice(check.as_bytes());
    line
}

fn origin_of(name: &[u8]) -> Origin {
    Origin {
        key: Key::of_file(name),
        path: Some(Arc::new(SourcePath(name.to_vec()))),
        entry: None,
        bytes: 0,
        digest: Some(Digest::of(name)),
        ticket: Ticket(1),
        attempts: 1,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Any file of attempts, and one of sealed lines, `under-way NAME`, `alone NAME`, `suspect NAME 2`: nobody is convicted
/// whose name was never beside `suspect` or `alone`, and nobody is under suspicion who is not named at all.
pub fn attempts(bytes: &[u8]) {
    let place = tempfile::tempdir().unwrap();
    let state = place.path().join(STATE_FOLDER);
    fs::create_dir(&state).unwrap();
    fs::write(state.join("attempts"), bytes).unwrap();
    drop(Attempts::open(place.path()).expect("any file of attempts can be opened"));

    let begun = fs::read(state.join("attempts")).unwrap();
    let head = begun.get(..LINE_BYTES).expect("a new file has a head");
    let mut file = head.to_vec();
    let (mut named, mut blamed) = (BTreeSet::new(), BTreeSet::new());
    let mut rest = bytes;
    while !rest.is_empty() {
        let (line, after) = first_line(rest);
        rest = after;
        let words: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
        let (Some(what), Some(name)) = (words.first(), words.get(1)) else {
            file.extend_from_slice(line);
            continue;
        };
        let origin = origin_of(name);
        let (id, digest) = (hex(&origin.key.id().0), hex(&Digest::of(name).0));
        let crashes = words.get(2).copied().unwrap_or_default();
        let text = [*what, b" ", id.as_bytes(), b" ", digest.as_bytes(), b" ", crashes].concat();
        file.extend_from_slice(&attempts_line(&text));
        named.insert(name.to_vec());
        if *what != b"under-way" {
            blamed.insert(name.to_vec());
        }
    }
    let standing_of = |attempts: &Attempts, name: &[u8]| attempts.standing(Version::of(&origin_of(name)), 1);
    fs::write(state.join("attempts"), file).unwrap();
    let standings = |attempts: &Attempts| -> Vec<Standing> { named.iter().map(|name| standing_of(attempts, name)).collect() };
    let opened = Attempts::open(place.path()).unwrap();
    let first = standings(&opened);
    assert_eq!(standing_of(&opened, b"\0nobody"), Standing::Free);
    for (name, standing) in named.iter().zip(&first) {
        let is_convicted = matches!(standing, Standing::Convicted(_));
        assert!(!is_convicted || blamed.contains(name), "{} is convicted of nothing", String::from_utf8_lossy(name));
    }
    drop(opened);
    assert_eq!(standings(&Attempts::open(place.path()).unwrap()), first, "to look at the suspects changes them");
}
