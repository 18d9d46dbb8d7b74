//! No text costs much more than its length: neither time nor memory grows faster than what comes in.
//!
//! Bounds are generous, since they have to hold for a build without optimization on a busy machine; what is quadratic
//! breaks them all the same. With `RUN_SLOW_TESTS` the texts have 5 MB, otherwise a tenth of that.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::desk::Said;

/// For a text of 5 MB.
const MEMORY_MAX: u64 = 300 << 20;
/// In seconds of the processor, not of the clock.
const PROCESSOR_MAX: u64 = if cfg!(debug_assertions) { 120 } else { 8 };

/// Runs one text through the filter, which the kernel ends when it has used up its time, and gives what it wrote.
#[track_caller]
fn check(name: &str, text: String) {
    let script =
        format!("ulimit -t {PROCESSOR_MAX}; exec {} pipe --format text --set output.sentences=true", env!("CARGO_BIN_EXE_copydesk"));
    let mut filter =
        Command::new("sh").args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (filter.stdin.take().unwrap(), filter.stdout.take().unwrap());
    let feeder = thread::spawn(move || drop(stdin.write_all(text.as_bytes())));
    let reader = thread::spawn(move || {
        let mut written = Vec::new();
        stdout.read_to_end(&mut written).unwrap();
        written
    });
    let mut peak = 0;
    while filter.try_wait().unwrap().is_none() {
        peak = peak.max(peak_memory(filter.id()).unwrap_or(0));
        thread::sleep(Duration::from_millis(2));
    }
    feeder.join().unwrap();
    let written = reader.join().unwrap();
    let said = Said::from(filter.wait_with_output().unwrap());
    assert!(matches!(said.code, 0 | 1), "{name} ended with {}: {}", said.code, said.stderr);
    assert!(written.ends_with(b"\n") || said.stderr.contains("\"code\""), "{name}: {}", said.stderr);
    assert!(peak < MEMORY_MAX, "{name} took {} MiB", peak >> 20);
}

/// In bytes, so far; none once the process has ended.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

fn bytes() -> usize {
    if std::env::var_os("RUN_SLOW_TESTS").is_some() { 5_000_000 } else { 500_000 }
}

/// The same numbers on every machine.
fn random() -> impl FnMut() -> u64 {
    let mut state = 1_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

#[test]
fn random_characters_cost_no_more_than_their_length() {
    let mut next = random();
    check("any bytes", String::from_utf8_lossy(&(0..bytes()).map(|_| next() as u8 | 0x20).collect::<Vec<_>>()).into_owned());
    check("any characters", (0..bytes() / 3).filter_map(|_| char::from_u32(0x20 + (next() % 0x3000) as u32)).collect());
}

#[test]
fn marks_only_cost_no_more_than_their_length() {
    let mut next = random();
    let marks = ["\"", "“", "”", "«", "»", "‘", "’", "'", "„", "— ", ".", "! ", "?", "(", ")"];
    check("marks", (0..bytes() / 3).map(|_| marks[(next() % 15) as usize]).collect());
    for mark in ["\"", "“", "« » ", "— ", "'a ", ". "] {
        check(mark, mark.repeat(bytes() / mark.len()));
    }
}

#[test]
fn an_endless_sentence_costs_no_more_than_its_length() {
    for words in
        ["and so the mayor said it went on ", "Ada Moe Said The Mayor Of Dunmore ", "“We will go on,” said Ada Moe ", "a ", "港口", "x"]
    {
        check(words, words.repeat(bytes() / words.len()));
    }
}

#[test]
fn a_million_lines_of_one_word_cost_no_more_than_their_length() {
    let lines = bytes() / 5;
    check("one word", "word\n".repeat(lines));
    check("words that all differ", (0..lines).map(|line| format!("w{line}\n")).collect());
    check("paragraphs", (0..lines).map(|line| format!("w{line}\n\n")).collect());
    check("cut words", "ab-\n".repeat(lines));
    check("items", "1. ".repeat(lines));
}
