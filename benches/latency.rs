//! How long it takes from an article that is complete to its record on disk, with `copydesk watch` on the folder.
//!
//! `cargo bench --bench latency`

#![expect(clippy::print_stdout, reason = "a bench says on standard output what it has measured")]

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const ARTICLES: usize = 300;
/// Between two articles: they come one by one.
const PAUSE: Duration = Duration::from_millis(20);
const DEADLINE: Duration = Duration::from_secs(30);

fn main() {
    println!("{:<22} {:>9} {:>9} {:>9} {:>9}", "how it arrives", "median", "p90", "p99", "longest");
    row("renamed into place", |wire, number, text| {
        let unfinished = wire.join(format!("{number}.tmp"));
        fs::write(&unfinished, text).expect("the folder can be written to");
        fs::rename(unfinished, wire.join(format!("{number}.txt"))).expect("the file can be renamed");
    });
    row("written and closed", |wire, number, text| {
        fs::write(wire.join(format!("{number}.txt")), text).expect("the folder can be written to");
    });
    row("in a new folder", |wire, number, text| {
        let folder = wire.join(format!("day-{number}/desk"));
        fs::create_dir_all(&folder).expect("the folder can be made");
        fs::write(folder.join("article.txt"), text).expect("the folder can be written to");
    });
    let mut lines = None;
    row("a line, file kept open", move |wire, number, text| {
        let file = lines.get_or_insert_with(|| File::create(wire.join("lines.jsonl")).expect("the file can be made"));
        let line = serde_json::json!({"id": number, "text": text}).to_string() + "\n";
        file.write_all(line.as_bytes()).expect("the file can be written to");
    });
}

fn row(name: &str, mut deliver: impl FnMut(&Path, usize, &str)) {
    let place = tempfile::tempdir().expect("there is room for a bench");
    let (wire, out) = (place.path().join("wire"), place.path().join("out"));
    fs::create_dir(&wire).expect("the folder can be made");
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args(["watch", "-q", "wire", "-o", "out"])
        .current_dir(place.path())
        .stdin(Stdio::null())
        .spawn()
        .expect("the program starts");
    let paragraph = "The harbour master counted the boats twice and found one more than the day before. ".repeat(6);
    let body = [paragraph.as_str(); 6].join("\n\n");
    let mut records = Records { at: 0, out };
    // The first shows that the daemon listens, and is not counted.
    let mut took = Vec::new();
    for number in 0..=ARTICLES {
        let text = format!("The tale of boat {number}\n\n“We will look for boat {number},” said Ada Moe.\n\n{body}\n");
        deliver(&wire, number, &text);
        let complete = Instant::now();
        records.wait_for(&format!("boat {number},"));
        took.push(complete.elapsed());
        thread::sleep(PAUSE);
    }
    daemon.kill().expect("the daemon can be ended");
    daemon.wait().expect("the daemon ends");
    took.remove(0);
    took.sort_unstable();
    let at = |share: f64| took.get(((took.len() - 1) as f64 * share) as usize).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3);
    println!("{name:<22} {:>6.1} ms {:>6.1} ms {:>6.1} ms {:>6.1} ms", at(0.5), at(0.9), at(0.99), at(1.0));
}

/// The records as any reader of the file sees them.
struct Records {
    at: usize,
    out: std::path::PathBuf,
}

impl Records {
    fn wait_for(&mut self, words: &str) {
        let segment = self.out.join("articles-000001.jsonl");
        let begun = Instant::now();
        loop {
            let mut all = Vec::new();
            if let Ok(mut file) = File::open(&segment) {
                file.read_to_end(&mut all).expect("the records can be read");
            }
            let new = all.get(self.at..).unwrap_or_default();
            if new.ends_with(b"\n") && String::from_utf8_lossy(new).contains(words) {
                self.at = all.len();
                return;
            }
            assert!(begun.elapsed() < DEADLINE, "no record of {words}");
            thread::sleep(Duration::from_micros(200));
        }
    }
}
