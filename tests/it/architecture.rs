//! The walls of the house: who may know whom, read from the `use crate::` lines.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and what it may use; further left in the plan is always allowed.
const MAY_USE: [(&str, &[&str]); 13] = [
    ("model", &[]),
    ("text", &["model"]),
    ("stages", &["model", "text"]),
    ("telemetry", &["model", "text", "stages"]),
    ("ledger", &["model", "text", "stages", "telemetry"]),
    ("sources", &["model", "text", "stages", "telemetry", "ledger"]),
    ("sinks", &["model", "text", "stages", "telemetry", "ledger"]),
    ("sandbox", &["model", "text", "stages", "telemetry", "ledger", "sources"]),
    ("config", &["model", "text", "stages", "telemetry", "sandbox", "ledger", "sources", "sinks"]),
    ("pipeline", &["model", "text", "stages", "telemetry", "sandbox", "ledger", "sources", "sinks", "config"]),
    ("reading", &["model", "text", "stages", "telemetry", "sandbox", "ledger", "sources", "sinks", "config", "pipeline"]),
    ("desk", &["model", "text", "stages", "telemetry", "sandbox", "ledger", "sources", "sinks", "config", "pipeline"]),
    ("cli", &["model", "text", "stages", "telemetry", "sandbox", "ledger", "sources", "sinks", "config", "pipeline", "desk"]),
];

/// What the pure rooms must not touch: files, network, clocks, tasks, the environment.
const IMPURE: [&str; 9] = ["tokio", "std::fs", "std::net", "std::env", "std::time", "std::thread", "std::process", "tracing::", "notify::"];

fn sources_of(room: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let file = root.join(format!("{room}.rs"));
    let mut found = if file.is_file() { vec![file] } else { Vec::new() };
    let mut folders = vec![root.join(room)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "no sources for {room}");
    found
}

/// The lines of a file that are code of the product: no comments, nothing below the tests' module.
fn code_of(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let product = text.split("#[cfg(test)]").next().unwrap_or_default();
    product.lines().filter(|line| !line.trim_start().starts_with("//")).map(str::to_owned).collect()
}

/// Rooms named after `crate::`, also in a braced list of several.
fn rooms_used(line: &str) -> Vec<&str> {
    let mut rooms = Vec::new();
    for rest in line.split("crate::").skip(1) {
        let list = rest.strip_prefix('{').map_or(rest, |inner| inner.split('}').next().unwrap_or_default());
        let names = if rest.starts_with('{') { list.split(',').collect() } else { vec![list] };
        for name in names {
            let name = name.trim_start();
            let end = name.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(name.len());
            rooms.push(name.get(..end).unwrap_or_default());
        }
    }
    rooms
}

#[test]
fn every_room_uses_only_what_stands_left_of_it() {
    for (room, allowed) in MAY_USE {
        for path in sources_of(room) {
            for line in code_of(&path) {
                for used in rooms_used(&line) {
                    let known = MAY_USE.iter().any(|(name, _)| *name == used);
                    let breach = known && used != room && !allowed.contains(&used);
                    assert!(!breach, "{}: `{room}` may not use `{used}`: {line}", path.display());
                }
            }
        }
    }
}

#[test]
fn the_pure_rooms_touch_no_file_clock_or_task() {
    for room in ["model", "text", "stages"] {
        for path in sources_of(room) {
            for line in code_of(&path) {
                for impure in IMPURE {
                    assert!(!line.contains(impure), "{}: `{room}` is pure: {line}", path.display());
                }
            }
        }
    }
}

#[test]
fn no_stage_uses_another() {
    let stages = ["parse", "clean", "quotes", "summary", "keyphrases"];
    for stage in stages {
        for path in sources_of(&format!("stages/{stage}")) {
            for line in code_of(&path) {
                for other in stages.iter().filter(|other| **other != stage) {
                    let breach = line.contains(&format!("stages::{other}")) || line.contains(&format!("super::super::{other}"));
                    assert!(!breach, "{}: {line}", path.display());
                }
            }
        }
    }
}

#[test]
fn a_source_never_uses_a_sink() {
    for (room, other) in [("sources", "sinks"), ("sinks", "sources")] {
        for path in sources_of(room) {
            for line in code_of(&path) {
                assert!(!rooms_used(&line).contains(&other), "{}: {line}", path.display());
            }
        }
    }
}
