//! A daemon that is killed again and again while articles arrive: each ends up in exactly one record.
//!
//! `COPYDESK_KILL_ROUNDS=20 cargo test --release --test it kill -- --nocapture` runs more rounds than a usual test run;
//! `COPYDESK_KILL_SEED` repeats those of a failure.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::desk::Desk;

const ARTICLES: u64 = 1_000;
/// Articles arrive within about this time.
const ARRIVAL: Duration = Duration::from_secs(3);
/// A run that has not come to its end by then never will.
const DEADLINE: Duration = Duration::from_secs(120);

/// Draws numbers that look like chance, the same for the same seed (SplitMix64, Steele et al. 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

/// An article that shows whether all of it was read: it says its number at its end.
fn article(number: u64) -> String {
    let filler = "The harbour master counted the boats twice and found one more than the day before. ".repeat((number % 9 + 1) as usize);
    format!("The tale of boat {number}\n\n{filler}\n\n“We will look for it,” said Ada Moe of boat number-{number}-ends.\n")
}

/// Puts the articles into `wire` in all the ways that newsrooms know.
fn deliver(wire: &Path, mut chance: Chance) {
    let pause = ARRIVAL / ARTICLES as u32;
    let mut lines = open_lines(wire, 0);
    for number in 0..ARTICLES {
        let text = article(number);
        let name = format!("{number}.txt");
        match chance.below(5) {
            0 => fs::write(wire.join(name), text).unwrap(),
            1 => {
                let mut file = File::create(wire.join(name)).unwrap();
                for piece in text.as_bytes().chunks(text.len().div_ceil(4)) {
                    file.write_all(piece).unwrap();
                    thread::sleep(Duration::from_millis(chance.below(4)));
                }
            }
            2 => {
                let unfinished = wire.join(format!("{number}.tmp"));
                fs::write(&unfinished, text).unwrap();
                fs::rename(unfinished, wire.join(name)).unwrap();
            }
            3 => {
                let folder = wire.join(format!("day-{}/desk-{number}", number / 50));
                fs::create_dir_all(&folder).unwrap();
                fs::write(folder.join(name), text).unwrap();
            }
            _ => {
                let line = serde_json::json!({"id": number, "text": text}).to_string() + "\n";
                let (first, second) = line.as_bytes().split_at(line.len() / 2);
                lines.write_all(first).unwrap();
                thread::sleep(Duration::from_millis(chance.below(3)));
                lines.write_all(second).unwrap();
            }
        }
        if number % 250 == 249 {
            lines = open_lines(wire, number);
        }
        thread::sleep(pause);
    }
}

fn open_lines(wire: &Path, number: u64) -> File {
    OpenOptions::new().create(true).append(true).open(wire.join(format!("lines-{number}.jsonl"))).unwrap()
}

fn start(desk: &Desk) -> Child {
    let arguments = ["watch", "wire", "-o", "out", "-q", "--set", "input.settle=20ms"];
    desk.command(&arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// How many records there are of each article, by the number in their text.
fn records(out: &Path) -> BTreeMap<u64, u32> {
    let mut seen = BTreeMap::new();
    let Ok(segments) = fs::read_dir(out) else { return seen };
    for segment in segments.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|name| name == "jsonl")) {
        let bytes = fs::read(segment).unwrap();
        // A line that is being written just now has no end yet.
        for line in bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")) {
            let record: Value = serde_json::from_slice(line).unwrap();
            let text = record["text"].as_str().unwrap();
            let number = text.split("number-").nth(1).and_then(|rest| rest.split("-ends").next()).and_then(|number| number.parse().ok());
            let number = number.unwrap_or_else(|| panic!("half an article was read: {text}"));
            *seen.entry(number).or_insert(0) += 1;
        }
    }
    seen
}

#[expect(clippy::print_stdout, reason = "what the rounds have shown is for whoever ran them")]
fn check(seed: u64) {
    let mut chance = Chance(seed);
    let desk = Desk::new();
    let wire = desk.path("wire");
    fs::create_dir(&wire).unwrap();
    let delivery = {
        let (wire, chance) = (wire.clone(), Chance(chance.below(u64::MAX)));
        thread::spawn(move || deliver(&wire, chance))
    };
    let mut kills = 0;
    while !delivery.is_finished() {
        let mut daemon = start(&desk);
        thread::sleep(Duration::from_millis(chance.below(400)));
        daemon.kill().unwrap();
        daemon.wait().unwrap();
        kills += 1;
    }
    delivery.join().unwrap();
    let mut daemon = start(&desk);
    let begun = Instant::now();
    while records(&desk.path("out")).len() < ARTICLES as usize && begun.elapsed() < DEADLINE {
        thread::sleep(Duration::from_millis(50));
    }
    rustix::process::kill_process(rustix::process::Pid::from_child(&daemon), rustix::process::Signal::TERM).unwrap();
    assert_eq!(daemon.wait().unwrap().code(), Some(0), "seed {seed}");
    let records = records(&desk.path("out"));
    let lost: Vec<u64> = (0..ARTICLES).filter(|number| !records.contains_key(number)).collect();
    let doubled: Vec<_> = records.iter().filter(|(_, count)| **count > 1).collect();
    assert!(lost.is_empty() && doubled.is_empty(), "seed {seed}, {kills} kills: lost {lost:?}, doubled {doubled:?}");
    let audit = desk.run(&["verify", "wire", "-o", "out"]);
    assert_eq!(audit.code, 0, "seed {seed}: {}{}", audit.stdout, audit.stderr);
    println!("seed {seed}: {kills} kills, {ARTICLES} articles in {ARTICLES} records: 0 lost, 0 doubled, 0 torn");
}

#[test]
fn a_daemon_that_is_killed_again_and_again_loses_nothing_and_says_nothing_twice() {
    let number = |name: &str| env::var(name).ok().and_then(|value| value.parse().ok());
    if let Some(seed) = number("COPYDESK_KILL_SEED") {
        return check(seed);
    }
    for round in 0..number("COPYDESK_KILL_ROUNDS").unwrap_or(2) {
        check(2_026 + round);
    }
}
