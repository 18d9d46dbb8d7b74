//! A running `copydesk watch`, and what stands in its output folder so far.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::JoinHandle;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::desk::{Desk, read_line, wait_for};

/// A daemon that is killed with the test.
pub struct Daemon {
    child: Child,
    said: Option<JoinHandle<String>>,
}

impl Daemon {
    /// `watch` with these arguments, under way: its lock is taken and what it finds is being read.
    pub fn start(desk: &Desk, arguments: &[&str]) -> Self {
        let arguments: Vec<&str> = std::iter::once("watch").chain(arguments.iter().copied()).collect();
        let mut child = desk.command(&arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let said = std::thread::spawn(move || {
            let mut said = String::new();
            // A daemon that was killed in the middle of a letter has said enough.
            let _ = stderr.read_to_string(&mut said);
            said
        });
        Self { child, said: Some(said) }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and gives its exit code and what it said.
    pub fn stop(self) -> (Option<i32>, String) {
        self.stop_by(Signal::TERM)
    }

    pub fn stop_by(mut self, signal: Signal) -> (Option<i32>, String) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        let code = wait_for("the daemon's end", || self.child.try_wait().unwrap()).code();
        (code, self.said.take().unwrap().join().unwrap())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// All whole lines of a folder's segments, in order. A line that is being written has no end yet.
pub fn whole_lines(folder: &Path) -> Vec<Value> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut segments: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    segments.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    segments.sort();
    let mut found = Vec::new();
    for segment in segments {
        let bytes = fs::read(segment).unwrap();
        let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        found.extend(str::from_utf8(&bytes[..end]).unwrap().lines().map(read_line));
    }
    found
}

/// An article's path, with its entry where it has one.
pub fn name_of(record: &Value) -> String {
    let path = record["source"]["path"].as_str().unwrap();
    record["source"]["entry"].as_str().map_or_else(|| path.to_owned(), |entry| format!("{path} {entry}"))
}
