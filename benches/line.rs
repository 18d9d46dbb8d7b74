//! The whole program, by what a user does: a filter over many articles, a one-shot run over a folder, the same run
//! again. Prints a table; nothing is asserted.
//!
//! `cargo bench --bench line` runs all; `cargo bench --bench line -- pipe` one of them.

mod common;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Articles of a run.
const ARTICLES: usize = 10_000;

fn main() -> io::Result<()> {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| name.contains(chosen.as_str()));
    let place = tempfile::tempdir()?;
    let articles = articles()?;
    let mut table = String::from("run                 articles    seconds  articles/s    MB/s   peak MB\n");
    if is_chosen("pipe") {
        let input = place.path().join("articles.jsonl");
        let bytes = write_lines(&input, &articles)?;
        let run = measure(Command::new(copydesk()).args(["pipe", "--format", "jsonl"]).stdin(File::open(&input)?), place.path())?;
        row(&mut table, "pipe", bytes, &run);
    }
    if is_chosen("batch") {
        let folder = place.path().join("wire");
        let bytes = write_files(&folder, &articles)?;
        let arguments = ["batch", "-q", "wire", "-o", "out"];
        let run = measure(Command::new(copydesk()).args(arguments), place.path())?;
        row(&mut table, "batch", bytes, &run);
        let run = measure(Command::new(copydesk()).args(arguments), place.path())?;
        row(&mut table, "batch again", bytes, &run);
    }
    io::stdout().write_all(table.as_bytes())
}

fn copydesk() -> &'static str {
    env!("CARGO_BIN_EXE_copydesk")
}

/// Texts of about 3 kB, no two alike: the paragraphs of the seeds, each under a number.
fn articles() -> io::Result<Vec<String>> {
    let texts = common::texts()?;
    let grown = |number: usize| {
        let mut grown = format!("Report {number}\n\n");
        for round in 1.. {
            for paragraph in texts[number % texts.len()].split("\n\n") {
                grown.push_str(&format!("{} ({round}, {number}).\n\n", paragraph.trim_end()));
            }
            if grown.len() >= 3_000 {
                break;
            }
        }
        grown
    };
    Ok((0..ARTICLES).map(grown).collect())
}

fn write_lines(path: &Path, articles: &[String]) -> io::Result<u64> {
    let mut file = io::BufWriter::new(File::create(path)?);
    for (number, text) in articles.iter().enumerate() {
        writeln!(file, "{}", serde_json::json!({"id": number, "text": text}))?;
    }
    file.flush()?;
    Ok(fs::metadata(path)?.len())
}

fn write_files(folder: &Path, articles: &[String]) -> io::Result<u64> {
    let mut bytes = 0;
    for (number, text) in articles.iter().enumerate() {
        let below = folder.join(format!("{:02}", number % 100));
        fs::create_dir_all(&below)?;
        fs::write(below.join(format!("{number}.txt")), text)?;
        bytes += text.len() as u64;
    }
    Ok(bytes)
}

struct Run {
    took: Duration,
    peak_kib: u64,
}

/// Runs a command to its end and looks at its peak memory on the way.
fn measure(command: &mut Command, folder: &Path) -> io::Result<Run> {
    let begun = Instant::now();
    let mut child = command.current_dir(folder).stdout(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    loop {
        if let Ok(status) = fs::read_to_string(&status) {
            let peak =
                status.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|rest| rest.split_whitespace().next()?.parse().ok());
            peak_kib = peak_kib.max(peak.unwrap_or(0));
        }
        if child.try_wait()?.is_some() {
            return Ok(Run { took: begun.elapsed(), peak_kib });
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn row(table: &mut String, name: &str, bytes: u64, run: &Run) {
    let seconds = run.took.as_secs_f64();
    let rate = ARTICLES as f64 / seconds;
    let megabytes = bytes as f64 / 1e6 / seconds;
    table.push_str(&format!("{name:<20}{ARTICLES:>8}{seconds:>11.2}{rate:>12.0}{megabytes:>8.1}{:>10.0}\n", run.peak_kib as f64 / 1024.0));
}
