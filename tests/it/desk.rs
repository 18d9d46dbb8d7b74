//! Runs the program as a user would, in a folder of its own.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use xxhash_rust::xxh3::xxh3_64;

/// A working directory and the commands run in it.
pub struct Desk {
    place: TempDir,
}

/// How a command ended and what it said.
pub struct Said {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    pub fn new() -> Self {
        Self { place: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Puts a file into the working directory, with its folders.
    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, b"")
    }

    pub fn run_with(&self, arguments: &[&str], input: &[u8]) -> Said {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // A program that ends before it has read everything is no error of the test.
        let feeder = thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        feeder.join().unwrap();
        output.into()
    }

    /// Starts a command whose standard streams are all in the test's hands.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
        command.args(arguments).current_dir(self.place.path()).env_remove("RUST_LOG").env("NO_COLOR", "1");
        command
    }

    /// All records of an output folder, in the order they stand.
    pub fn records(&self, out: &str) -> Vec<Value> {
        lines(&self.path(out))
    }

    /// All rejected lines of an output folder, in the order they stand.
    pub fn rejected(&self, out: &str) -> Vec<Value> {
        lines(&self.path(out).join("rejected"))
    }
}

/// Waits for a condition, with a deadline that no machine should need.
#[track_caller]
pub fn wait_for<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(met) = condition() {
            return met;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The most memory that a process has had so far, in bytes.
pub fn peak_memory(process: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// A process and all that it has started, by their ids.
pub fn processes_below(process: u32) -> Vec<u32> {
    let mut all = vec![process];
    let mut at = 0;
    while let Some(process) = all.get(at).copied() {
        // Whatever has ended in this moment has started nothing more.
        for task in fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            all.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
        at += 1;
    }
    all
}

/// The most memory that a process has had so far, in bytes; 0 where it has ended.
pub fn resident_peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Said {
    #[track_caller]
    pub fn ended_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    pub fn records(&self) -> Vec<Value> {
        self.stdout.lines().map(read_line).collect()
    }
}

fn lines(folder: &Path) -> Vec<Value> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut segments: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    segments.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    segments.sort();
    let texts = segments.iter().map(|path| fs::read_to_string(path).unwrap());
    texts.flat_map(|text| text.lines().map(read_line).collect::<Vec<_>>()).collect()
}

/// Reads one line as an outside program would, and holds it to its own checksum and offsets.
#[track_caller]
pub fn read_line(line: &str) -> Value {
    let (body, rest) = line.rsplit_once(",\"check\":\"").unwrap_or_else(|| panic!("no check: {line}"));
    assert_eq!(rest, format!("{:016x}\"}}", xxh3_64(body.as_bytes())), "the check does not hold: {line}");
    let value: Value = serde_json::from_str(line).unwrap();
    if let Some(text) = value["text"].as_str() {
        let points: Vec<char> = text.chars().collect();
        ensure_offsets(&value, &points);
    }
    value
}

/// Every object with `text`, `start` and `end` says what stands there.
#[track_caller]
fn ensure_offsets(value: &Value, points: &[char]) {
    match value {
        Value::Object(map) => {
            let said = map.get("mention").or_else(|| map.get("text")).and_then(Value::as_str);
            if let (Some(said), Some(start), Some(end)) = (said, map.get("start"), map.get("end")) {
                let (start, end) = (start.as_u64().unwrap() as usize, end.as_u64().unwrap() as usize);
                assert_eq!(points[start..end].iter().collect::<String>(), said);
            }
            map.values().for_each(|value| ensure_offsets(value, points));
        }
        Value::Array(values) => values.iter().for_each(|value| ensure_offsets(value, points)),
        _ => {}
    }
}
