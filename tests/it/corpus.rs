//! What must hold whatever the bytes, on the bytes that are kept: the fuzzer's seeds, what it has found, and what comes
//! of the seeds when they are cut, damaged and doubled.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

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
    for file in seeds {
        let seed = fs::read(&file).unwrap();
        hold(&|| file.display().to_string(), &seed);
        if seed.len() <= CHANGED_BYTES_MAX {
            for (number, bytes) in changed(&seed).iter().enumerate() {
                hold(&|| format!("{}, change {number}: {}", file.display(), bytes.escape_ascii()), bytes);
            }
        }
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
