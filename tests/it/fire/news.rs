//! The articles, which say their numbers at their ends, and how they arrive.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use super::place::write_slowly;
use crate::crash::chance::Chance;

/// In which form articles arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Each in a file of its own, in all the ways that newsrooms know.
    Text,
    /// Thousands to a file, a line each.
    Lines,
    /// The same packed, and packed files of one article.
    Gzip,
}

/// Some have nothing to say, and are rejected.
pub const fn says_nothing(number: u64) -> bool {
    number % 50 == 49
}

/// Shows whether all of it was read: it says its number at its end.
pub fn article(number: u64) -> String {
    let filler = "The harbour master counted the boats twice and found one more than the day before. ".repeat((number % 9 + 1) as usize);
    format!("The tale of boat {number}\n\n{filler}\n\n“We will look for it,” said Ada Moe of boat number-{number}-ends.\n")
}

/// The number that an article said at its end. None where it was read half.
pub fn number_in(text: &str) -> Option<u64> {
    text.split("number-").nth(1)?.split("-ends").next()?.parse().ok()
}

fn line(number: u64) -> String {
    let article = if says_nothing(number) { json!({"id": number}) } else { json!({"id": number, "text": article(number)}) };
    format!("{article}\n")
}

/// A file's name and bytes of one article.
fn file(number: u64) -> (String, String) {
    if says_nothing(number) { (format!("{number}.json"), line(number)) } else { (format!("{number}.txt"), article(number)) }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// Puts finished files of these articles into the folder.
pub fn lay(wire: &Path, form: Form, numbers: Range<u64>) {
    let first = numbers.start;
    let folder = wire.join(format!("day-{first}"));
    fs::create_dir_all(&folder).unwrap();
    match form {
        Form::Text => {
            for number in numbers {
                let (name, text) = file(number);
                let folder = folder.join((number % 7).to_string());
                fs::create_dir_all(&folder).unwrap();
                fs::write(folder.join(name), text).unwrap();
            }
        }
        Form::Lines => fs::write(folder.join(format!("{first}.jsonl")), numbers.map(line).collect::<String>()).unwrap(),
        Form::Gzip => {
            let (alone, together): (Vec<u64>, Vec<u64>) = numbers.partition(|number| number % 40 == 0);
            for number in alone {
                let (name, text) = file(number);
                fs::write(folder.join(name + ".gz"), packed(text.as_bytes())).unwrap();
            }
            let lines: String = together.into_iter().map(line).collect();
            fs::write(folder.join(format!("{first}.jsonl.gz")), packed(lines.as_bytes())).unwrap();
        }
    }
}

/// Lets these articles arrive, one after the other, within about `time`.
pub fn deliver(wire: &Path, form: Form, numbers: Range<u64>, time: Duration, chance: Chance) {
    match form {
        Form::Text => deliver_files(wire, numbers, time, chance),
        Form::Lines => deliver_lines(wire, numbers, time, chance),
        Form::Gzip => deliver_packed(wire, numbers, time, chance),
    }
}

fn pause(time: Duration, articles: u64) -> Duration {
    time / u32::try_from(articles.max(1)).unwrap()
}

fn deliver_files(wire: &Path, numbers: Range<u64>, time: Duration, mut chance: Chance) {
    let rest = pause(time, numbers.end - numbers.start);
    for number in numbers {
        let (name, text) = file(number);
        match chance.below(4) {
            0 => fs::write(wire.join(name), text).unwrap(),
            1 => write_slowly(&wire.join(name), text.as_bytes(), 4, || thread::sleep(Duration::from_millis(chance.below(4)))),
            2 => arrive(&wire.join(name), text.as_bytes()),
            _ => {
                let folder = wire.join(format!("day-{}/desk-{number}", number / 50));
                fs::create_dir_all(&folder).unwrap();
                fs::write(folder.join(name), text).unwrap();
            }
        }
        thread::sleep(rest);
    }
}

/// A file of another name is renamed into place.
fn arrive(path: &Path, bytes: &[u8]) {
    let unfinished = PathBuf::from(format!("{}.tmp", path.display()));
    fs::write(&unfinished, bytes).unwrap();
    fs::rename(unfinished, path).unwrap();
}

/// Files grow by some lines and half a line at a time.
fn deliver_lines(wire: &Path, numbers: Range<u64>, time: Duration, mut chance: Chance) {
    const TOGETHER: u64 = 40;
    let rest = pause(time, (numbers.end - numbers.start).div_ceil(TOGETHER));
    let open = |name: u64| -> File {
        let path = wire.join(format!("lines-{name}.jsonl"));
        OpenOptions::new().create(true).append(true).open(path).unwrap()
    };
    let mut file = open(0);
    for first in numbers.clone().step_by(TOGETHER as usize) {
        if chance.one_in(10) {
            file = open(chance.below(3));
        }
        let lines: String = (first..(first + TOGETHER).min(numbers.end)).map(line).collect();
        let (begin, end) = lines.as_bytes().split_at(chance.below(lines.len() as u64) as usize);
        file.write_all(begin).unwrap();
        thread::sleep(Duration::from_millis(chance.below(3)));
        file.write_all(end).unwrap();
        thread::sleep(rest);
    }
}

/// Packed files of hundreds of lines are written slowly or renamed into place, those of one article between them.
fn deliver_packed(wire: &Path, numbers: Range<u64>, time: Duration, mut chance: Chance) {
    const TOGETHER: u64 = 250;
    let rest = pause(time, (numbers.end - numbers.start).div_ceil(TOGETHER));
    for first in numbers.clone().step_by(TOGETHER as usize) {
        let (name, text) = file(first);
        arrive(&wire.join(name + ".gz"), &packed(text.as_bytes()));
        let lines: String = (first + 1..(first + TOGETHER).min(numbers.end)).map(line).collect();
        let path = wire.join(format!("{first}.jsonl.gz"));
        if chance.one_in(2) {
            arrive(&path, &packed(lines.as_bytes()));
        } else {
            write_slowly(&path, &packed(lines.as_bytes()), 5, || thread::sleep(Duration::from_millis(chance.below(8))));
        }
        thread::sleep(rest);
    }
}
