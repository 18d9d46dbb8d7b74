//! What must hold whatever the bytes, on the bytes that are kept: the fuzzer's seeds, what it has found, and what comes
//! of the seeds when they are cut, damaged and doubled. With `RUN_SLOW_TESTS` set, also what comes of them by chance, and
//! pieces of them again and again, whose time must not grow faster than they do.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::crash::chance::Chance;

#[path = "properties/mod.rs"]
mod properties;

use properties::Property;

/// Files of the other tests that are seeds as well.
const SHARED: [(&str, &[&str]); 12] = [
    ("compressed", &["samples/a.jsonl.gz", "samples/a.jsonl.bz2", "samples/a.jsonl.xz", "samples/a.jsonl.zst"]),
    ("docx", &["samples/python-docx.docx"]),
    ("epub", &["samples/ebooklib.epub"]),
    ("feed", &["samples/feedgen.rss", "samples/feedgen.atom", "samples/feed.json"]),
    ("html", &["seeds/lighthouse-sale.en.html", "seeds/bakery-diary.fr.html"]),
    ("json", &["seeds/solar-school.pt.json"]),
    ("json_lines", &["seeds/wire-digest.jsonl"]),
    ("mail", &["samples/python-0.eml", "samples/python-1.eml"]),
    ("markdown", &["seeds/salt-road.de.md", "seeds/river-swimming.en.md"]),
    ("mbox", &["samples/python.mbox"]),
    ("pdf", &["samples/reportlab.pdf"]),
    ("text", &["seeds/port-strike.fr.txt", "seeds/market-fire.id.txt", "seeds/observatory-letter.en.txt"]),
];

/// Longer ones come once, as they are.
const CHANGED_BYTES_MAX: usize = 6_000;
/// How often a seed comes changed in each of the ways.
const CHANGES: usize = 6;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn seeds_of(name: &str) -> Vec<PathBuf> {
    let shared = SHARED.iter().filter(|(target, _)| *target == name).flat_map(|(_, files)| *files);
    let shared = shared.map(|file| match file.strip_prefix("samples/") {
        Some(sample) => root().join("tests/it/samples").join(sample),
        None => root().join(file),
    });
    files_in(&root().join("fuzz/seeds").join(name)).into_iter().chain(shared).collect()
}

/// Cut at several places, with a byte changed here and there, with a piece doubled, with a piece gone.
fn changed(seed: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for number in 1..=CHANGES {
        let at = seed.len() * number / (CHANGES + 1);
        let (head, tail) = seed.split_at(at);
        let piece = tail.get(..tail.len().min(1 + 13 * number)).unwrap_or_default();
        all.push(head.to_vec());
        all.push([head, piece, tail].concat());
        all.push([head, tail.get(piece.len()..).unwrap_or_default()].concat());
        let flipped = seed.iter().enumerate().map(|(place, byte)| if place % 97 == at % 97 { byte ^ (1 << (number % 8)) } else { *byte });
        all.push(flipped.collect());
    }
    all
}

/// Some bytes changed, taken out, doubled, or taken from another seed.
fn changed_by_chance(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut below = |bound: usize| usize::try_from(chance.below(bound.max(1) as u64)).unwrap();
    let mut bytes = seeds[below(seeds.len())].clone();
    for _ in 0..1 + below(6) {
        let at = below(bytes.len() + 1);
        let length = below(24).min(bytes.len() - at);
        match below(6) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(below(256)).unwrap(),
            1 if at < bytes.len() => bytes[at] ^= 1 << below(8),
            2 => drop(bytes.drain(at..at + length)),
            3 => {
                let piece = bytes[at..at + length].repeat(1 + below(4));
                bytes.splice(at..at, piece);
            }
            4 => {
                let other = &seeds[below(seeds.len())];
                let from = below(other.len());
                let piece = other[from..other.len().min(from + below(60))].to_vec();
                bytes.splice(at..at + length, piece);
            }
            _ => {
                let to = below(bytes.len() + 1);
                let piece = bytes[at..at + length].to_vec();
                bytes.splice(to..to, piece);
            }
        }
    }
    bytes
}

/// In the slow tests: so many inputs by chance, and so many pieces that are repeated, for each target.
const BY_CHANCE: u64 = 2_000;
const REPEATED: usize = 20;
/// In bytes: the length of a short input of repetitions, and of a long one.
const SHORT: usize = 32 * 1024;
const LONG: usize = 8 * SHORT;

fn repeated(piece: &[u8], length: usize) -> Vec<u8> {
    piece.repeat(length / piece.len() + 1)
}

fn time_of(property: Property, bytes: &[u8]) -> Duration {
    let begun = Instant::now();
    property(bytes);
    begun.elapsed()
}

fn check_slowly(name: &str, property: Property, seeds: &[Vec<u8>], hold: impl Fn(&dyn Fn() -> String, &[u8])) {
    let mut chance = Chance::new(1);
    for number in 0..BY_CHANCE {
        let bytes = changed_by_chance(seeds, &mut chance);
        hold(&|| format!("number {number} by chance: {}", bytes.escape_ascii()), &bytes);
    }
    for _ in 0..REPEATED {
        let seed = &seeds[usize::try_from(chance.below(seeds.len() as u64)).unwrap()];
        let at = usize::try_from(chance.below(seed.len() as u64)).unwrap();
        let longest = if chance.one_in(4) { 200 } else { 12 };
        let end = seed.len().min(at + 1 + usize::try_from(chance.below(longest)).unwrap());
        let (head, piece) = (&seed[..if chance.one_in(2) { at } else { 0 }], &seed[at..end]);
        let [short, long] = [SHORT, LONG].map(|length| time_of(property, &[head, &repeated(piece, length)].concat()));
        let is_linear = long < Duration::from_millis(500) || long < short * 24;
        assert!(is_linear, "{name}: {short:?}, then {long:?} for eight times as much of {}", piece.escape_ascii());
    }
}

#[track_caller]
fn check(name: &str) {
    let property: Property = properties::ALL.iter().find(|(known, _)| *known == name).unwrap().1;
    let hold = |what: &dyn Fn() -> String, bytes: &[u8]| {
        // The message of the failure itself has been printed by then.
        catch_unwind(AssertUnwindSafe(|| property(bytes))).unwrap_or_else(|_| panic!("{name} does not hold for {}", what()));
    };
    hold(&|| "no bytes at all".to_owned(), b"");
    for file in files_in(&root().join("fuzz/regressions").join(name)) {
        hold(&|| file.display().to_string(), &fs::read(&file).unwrap());
    }
    let seeds = seeds_of(name);
    assert!(!seeds.is_empty(), "{name} has no seeds");
    let seeds: Vec<(PathBuf, Vec<u8>)> = seeds.into_iter().map(|file| (file.clone(), fs::read(file).unwrap())).collect();
    for (file, seed) in &seeds {
        hold(&|| file.display().to_string(), seed);
        if seed.len() <= CHANGED_BYTES_MAX {
            for (number, bytes) in changed(seed).iter().enumerate() {
                hold(&|| format!("{}, change {number}: {}", file.display(), bytes.escape_ascii()), bytes);
            }
        }
    }
    if std::env::var_os("RUN_SLOW_TESTS").is_some() {
        let seeds: Vec<Vec<u8>> = seeds.into_iter().map(|(_, seed)| seed).filter(|seed| seed.len() <= CHANGED_BYTES_MAX).collect();
        check_slowly(name, property, &seeds, hold);
    }
}

macro_rules! properties_hold {
    ($($name:ident)*) => {
        $(#[test] fn $name() { check(stringify!($name)); })*

        #[test]
        fn every_property_is_tested_and_fuzzed() {
            let tested = [$(stringify!($name)),*];
            assert_eq!(properties::ALL.map(|(name, _)| name), tested);
            let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
            for name in tested {
                assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is no fuzz target");
            }
        }
    };
}

properties_hold! {
    attempts clean compressed dates docx encoding epub feed form given html json json_lines line mail markdown mbox news_item
    news_message pdf quotes recovery sentences settings summary text warc zip
}
