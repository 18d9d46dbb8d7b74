//! Every seed and the whole of its record, and what must leave that record as it is.
//!
//! A change that is meant changes the snapshots too: `INSTA_UPDATE=always cargo test --test it snapshots` takes all of
//! them over, and `git diff tests/it/snapshots` shows what it did to each seed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::desk::{Desk, wait_for};

fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds")
}

/// The names of all seeds, sorted.
fn seed_names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(seeds()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Without the time of reading, a record is the same every time.
const TIMELESS: [&str; 2] = ["--set", "output.ingested_at=false"];

fn batch(desk: &Desk, arguments: &[&str]) -> String {
    let seeds = seeds();
    let all = [&["batch", seeds.to_str().unwrap()], &TIMELESS[..], arguments].concat();
    let said = desk.run(&all);
    assert!(said.code == 0 || said.code == 1, "{}", said.stderr);
    fs::read_to_string(desk.path("out/articles-000001.jsonl")).unwrap()
}

#[test]
fn every_seed_gives_the_record_that_was_agreed() {
    let desk = Desk::new();
    let mut seen = Vec::new();
    for line in batch(&desk, &[]).lines() {
        let record = crate::desk::read_line(line);
        let path = record["source"]["path"].as_str().unwrap().trim_start_matches("seeds/").to_owned();
        let entry = record["source"]["entry"].as_str().map_or_else(String::new, |entry| format!(" {entry}"));
        insta::assert_snapshot!(format!("{path}{entry}").replace(['.', ' ', '#'], "_"), pretty(line));
        seen.push(path);
    }
    for rejected in desk.rejected("out") {
        let path = rejected["source"]["path"].as_str().unwrap().trim_start_matches("seeds/").to_owned();
        let said = format!("{}: {}: {}", rejected["stage"], rejected["code"], rejected["error"]);
        insta::assert_snapshot!(format!("{path} rejected").replace(['.', ' '], "_"), said);
        seen.push(path);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen, seed_names(), "each seed has an outcome");
}

#[test]
fn a_seed_gives_the_same_record_by_batch_and_by_pipe() {
    let desk = Desk::new();
    let by_batch: Vec<Value> = batch(&desk, &[]).lines().map(without_its_own).collect();
    let mut by_pipe = Vec::new();
    for name in seed_names() {
        let format = match name.rsplit('.').next().unwrap() {
            "txt" => "text",
            "md" => "markdown",
            "jsonl" => "jsonl",
            // Told by the content.
            _ => "auto",
        };
        let bytes = fs::read(seeds().join(&name)).unwrap();
        let said = desk.run_with(&["pipe", "--format", format], &bytes);
        by_pipe.extend(said.stdout.lines().map(without_its_own));
    }
    assert_eq!(by_pipe, by_batch);
    let paths: String = seed_names().iter().map(|name| format!("{}\0", seeds().join(name).display())).collect();
    let said = desk.run_with(&["pipe", "--format", "paths", "-0"], paths.as_bytes());
    assert_eq!(said.stdout.lines().map(without_its_own).collect::<Vec<_>>(), by_batch);
}

#[test]
fn a_seed_gives_the_same_record_by_batch_and_by_watch() {
    let desk = Desk::new();
    let mut by_batch: Vec<String> = batch(&desk, &[]).lines().map(str::to_owned).collect();
    let seeds = seeds();
    let mut watch = desk.start(&[&["watch", seeds.to_str().unwrap(), "-o", "watched"], &TIMELESS[..]].concat());
    let lines = || fs::read_to_string(desk.path("watched/articles-000001.jsonl")).unwrap_or_default();
    wait_for("all seeds", || (lines().matches('\n').count() >= by_batch.len()).then_some(()));
    kill_process(Pid::from_child(&watch), Signal::TERM).unwrap();
    assert_eq!(wait_for("the end of watch", || watch.try_wait().unwrap()).code(), Some(0));
    // A daemon lets each article go as it is done; the records are the same to the byte.
    let mut by_watch: Vec<String> = lines().lines().map(str::to_owned).collect();
    by_watch.sort();
    by_batch.sort();
    assert_eq!(by_watch, by_batch);
}

#[test]
fn any_number_of_jobs_gives_the_same_bytes_every_time() {
    let expected = batch(&Desk::new(), &["-j", "1"]);
    for jobs in ["1", "8", "8"] {
        assert_eq!(batch(&Desk::new(), &["-j", jobs]), expected, "-j {jobs}");
    }
    let lines: String = expected.lines().map(|line| format!("{}\n", crate::desk::read_line(line))).collect();
    let pipe = |jobs| {
        let arguments = [&["pipe", "-j", jobs], &TIMELESS[..]].concat();
        Desk::new().run_with(&arguments, lines.as_bytes()).ended_with(0).stdout
    };
    let expected = pipe("1");
    assert_eq!(expected.lines().count(), lines.lines().count());
    for jobs in ["1", "8", "8"] {
        assert_eq!(pipe(jobs), expected, "-j {jobs}");
    }
}

#[test]
fn a_seed_is_explained_with_what_counted_for_each_sentence_and_each_speaker() {
    let desk = Desk::new();
    fs::copy(seeds().join("ferry-timetable.en.txt"), desk.path("ferry.txt")).unwrap();
    let said = desk.run(&["explain", "ferry.txt"]).ended_with(0);
    // What it took is another time each time.
    let timeless: Vec<String> = said.stdout.lines().map(|line| without_time(line).to_owned()).collect();
    insta::assert_snapshot!("explained", timeless.join("\n"));
}

fn without_time(line: &str) -> &str {
    line.rsplit_once(" (").filter(|(_, time)| time.ends_with(" µs)")).map_or(line, |(head, _)| head)
}

/// The paragraphs of all typed seeds, mixed anew for each of many articles: some 3 kB each, in eight languages.
fn many_articles() -> String {
    let mut feed = String::new();
    for name in seed_names().iter().filter(|name| name.ends_with(".txt") || name.ends_with(".md")) {
        let bytes = fs::read(seeds().join(name)).unwrap();
        // What is not UTF-8 is Latin-1, whose bytes are its code points.
        let text = String::from_utf8(bytes).unwrap_or_else(|other| other.into_bytes().into_iter().map(char::from).collect());
        let paragraphs: Vec<&str> = text.split("\n\n").filter(|paragraph| paragraph.len() > 60).collect();
        for number in 0..20 {
            let mut mixed = String::new();
            for step in 0.. {
                let paragraph = paragraphs[(number + step * (number % 3 + 1)) % paragraphs.len()];
                mixed.push_str(&format!("{} ({number}, {step}).\n\n", paragraph.trim_end()));
                if mixed.len() > 3_000 {
                    break;
                }
            }
            feed.push_str(&format!("{}\n", serde_json::json!({"id": format!("{name} {number}"), "text": mixed})));
        }
    }
    feed
}

#[test]
fn many_articles_in_all_languages_give_the_same_bytes_with_one_thread_and_with_many() {
    let feed = many_articles();
    let pipe = |jobs| {
        let everything = ["--set", "quotes.indirect=true", "--set", "quotes.max=0", "--set", "output.sentences=true"];
        let arguments = [&["pipe", "--format", "jsonl", "-j", jobs], &TIMELESS[..], &everything[..]].concat();
        Desk::new().run_with(&arguments, feed.as_bytes()).ended_with(0).stdout
    };
    let expected = pipe("1");
    assert_eq!(expected.lines().count(), feed.lines().count());
    let told: BTreeSet<String> =
        expected.lines().map(|line| crate::desk::read_line(line)["language"]["code"].as_str().unwrap().to_owned()).collect();
    assert!(["de", "en", "es", "fr", "id", "it", "nl", "pt"].iter().all(|code| told.contains(*code)), "{told:?}");
    for jobs in ["1", "8", "8"] {
        assert!(pipe(jobs) == expected, "-j {jobs}");
    }
}

/// A record but for what tells which reading of the article it is.
fn without_its_own(line: &str) -> Value {
    let mut record = crate::desk::read_line(line);
    for key in ["id", "source", "ingested_at", "check"] {
        record.as_object_mut().unwrap().remove(key);
    }
    record
}

/// A line of JSON with each value on a line of its own, in the order in which they stand.
fn pretty(line: &str) -> String {
    let mut page = String::new();
    let (mut depth, mut in_text, mut is_escaped) = (0, false, false);
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        if in_text {
            page.push(c);
            in_text = is_escaped || c != '"';
            is_escaped = c == '\\' && !is_escaped;
            continue;
        }
        match c {
            '{' | '[' if rest.peek().is_some_and(|next| matches!(next, '}' | ']')) => page.push(c),
            '{' | '[' => {
                depth += 1;
                page.push(c);
                page.push_str(&format!("\n{}", "  ".repeat(depth)));
            }
            '}' | ']' => {
                let is_empty = page.ends_with(['{', '[']);
                depth -= usize::from(!is_empty);
                if !is_empty {
                    page.push_str(&format!("\n{}", "  ".repeat(depth)));
                }
                page.push(c);
            }
            ',' => page.push_str(&format!(",\n{}", "  ".repeat(depth))),
            ':' => page.push_str(": "),
            _ => {
                in_text = c == '"';
                page.push(c);
            }
        }
    }
    page
}
