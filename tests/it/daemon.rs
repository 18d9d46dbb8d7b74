//! A running `copydesk watch`, and what stands in its output folder so far.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use serde_json::Value;

use crate::desk::{Desk, read_line, wait_for};

pub const ARTICLE: &str = "Ferry fares to rise in spring\n\nPORT ELSEWHERE - Ferry fares will rise by two per cent in April, the harbour office said on Monday.\n";

/// An article that tells its number at its end.
pub fn article(number: usize) -> String {
    format!("{ARTICLE}\nIt was report number {number} of the day.\n")
}

/// A desk with an empty input folder.
pub fn wire_desk() -> Desk {
    let desk = Desk::new();
    fs::create_dir(desk.path("wire")).unwrap();
    desk
}

/// No listing but the first, and those that events or their loss ask for.
pub const NO_LISTING: [&str; 3] = ["wire", "--set", "input.rescan=1h"];

/// How much more a test does where time does not matter.
pub fn times(usual: usize, slow: usize) -> usize {
    if std::env::var_os("RUN_SLOW_TESTS").is_some() { slow } else { usual }
}

/// A daemon that is killed with the test.
pub struct Daemon {
    child: Child,
    said: Option<JoinHandle<String>>,
}

impl Daemon {
    /// `watch` with these arguments, under way: its lock is taken and what it finds is being read.
    pub fn start(desk: &Desk, arguments: &[&str]) -> Self {
        let arguments: Vec<&str> = std::iter::once("watch").chain(arguments.iter().copied()).collect();
        Self::run(&mut desk.command(&arguments))
    }

    /// `watch` started by another program, which becomes it.
    pub fn start_by(desk: &Desk, program: &[&str], arguments: &[&str]) -> Self {
        let mut command = Command::new(program[0]);
        command.args(&program[1..]).arg(env!("CARGO_BIN_EXE_copydesk")).arg("watch").args(arguments);
        Self::run(command.current_dir(desk.path("")).env_remove("RUST_LOG").env("NO_COLOR", "1"))
    }

    /// `watch` in a mount namespace of its own, after a script has made it what it is to be. None, with a word about
    /// it, where the kernel or the lack of a program forbids that.
    pub fn start_in_namespace(desk: &Desk, script: &str, arguments: &[&str]) -> Option<Self> {
        let unshare = |script: &str| ["unshare".to_owned(), namespaces().to_owned(), "sh".to_owned(), "-c".to_owned(), script.to_owned()];
        let [program, rest @ ..] = unshare(script);
        let tried = Command::new(program).args(rest).current_dir(desk.path("")).output();
        if !tried.as_ref().is_ok_and(|tried| tried.status.success()) {
            let said =
                tried.map(|tried| String::from_utf8_lossy(&tried.stderr).trim().to_owned()).unwrap_or_else(|error| error.to_string());
            eprintln!("skipped: this machine refuses `{script}`: {said}");
            return None;
        }
        let [program @ .., _] = unshare(script);
        let script = format!("{script} && exec \"$0\" \"$@\"");
        let program: Vec<&str> = program.iter().map(String::as_str).chain([script.as_str()]).collect();
        Some(Self::start_by(desk, &program, arguments))
    }

    /// Runs a script in the daemon's namespaces; true if all went well.
    pub fn inside(&self, desk: &Desk, script: &str) -> bool {
        let mut command = Command::new("nsenter");
        command.args(["-t", &self.id().to_string(), "-m"]);
        if !geteuid().is_root() {
            command.args(["-U", "--preserve-credentials"]);
        }
        command.args(["sh", "-c", &format!("cd '{}' && {script}", desk.path("").display())]).status().is_ok_and(|status| status.success())
    }

    /// A path as the daemon sees it, for use from outside of its namespace.
    pub fn sees(&self, path: &Path) -> PathBuf {
        Path::new("/proc").join(self.id().to_string()).join("root").join(path.strip_prefix("/").unwrap())
    }

    /// Starts this command.
    pub fn run(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let said = thread::spawn(move || {
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

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Stops it where it is, until it is signalled to go on.
    pub fn suspend(&self) {
        self.signal(Signal::STOP);
        let stat = format!("/proc/{}/stat", self.id());
        wait_for("the daemon to stand still", || {
            fs::read_to_string(&stat).unwrap().rsplit(')').next().unwrap().starts_with(" T").then_some(())
        });
    }

    pub fn stop_by(mut self, signal: Signal) -> (Option<i32>, String) {
        self.signal(signal);
        let code = wait_for("the daemon's end", || self.child.try_wait().unwrap()).code();
        (code, self.said.take().unwrap().join().unwrap())
    }
}

/// What `unshare` is asked for: the superuser needs no name space of users.
fn namespaces() -> &'static str {
    if geteuid().is_root() { "-m" } else { "-rm" }
}

/// The last record of each article.
pub fn latest(desk: &Desk) -> BTreeMap<String, Value> {
    whole_lines(&desk.path("out")).into_iter().map(|record| (name_of(&record), record)).collect()
}

/// Waits until the article's last record holds these words.
#[track_caller]
pub fn wait_for_words(desk: &Desk, name: &str, words: &str) -> Value {
    wait_for(&format!("`{words}` in {name}"), || {
        latest(desk).remove(name).filter(|record| record["text"].as_str().unwrap().contains(words))
    })
}

/// Waits until the article's last record was made of these bytes.
#[track_caller]
pub fn wait_for_version(desk: &Desk, name: &str, bytes: impl AsRef<[u8]>) -> Value {
    let digest = format!("blake3:{}", blake3::hash(bytes.as_ref()).to_hex());
    wait_for(&format!("the last version of {name}"), || latest(desk).remove(name).filter(|record| record["source"]["digest"] == digest))
}

/// Waits for so many articles, as long as there is progress.
#[track_caller]
pub fn wait_for_records(desk: &Desk, count: usize) {
    let mut seen = 0;
    let mut last = Instant::now();
    loop {
        let lines = lines_in(&desk.path("out"));
        // Parsing all of them each time would take longer than making them.
        if lines >= count && latest(desk).len() >= count {
            return;
        }
        if lines > seen {
            (seen, last) = (lines, Instant::now());
        }
        assert!(last.elapsed() < Duration::from_secs(40), "waited in vain for {count} records, there are {lines}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Ends the daemon as an operator would; everything must balance.
#[track_caller]
pub fn ended_well(desk: &Desk, daemon: Daemon) -> String {
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    desk.run(&["verify"]).ended_with(0);
    said
}

/// The revisions that an article has had, in the order of its records.
pub fn revisions(desk: &Desk, name: &str) -> Vec<u64> {
    let records = whole_lines(&desk.path("out")).into_iter().filter(|record| name_of(record) == name);
    records.map(|record| record["revision"].as_u64().unwrap()).collect()
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How many whole lines a folder's segments have.
fn lines_in(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let segments = entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    segments.map(|path| fs::read(path).unwrap().iter().filter(|byte| **byte == b'\n').count()).sum()
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
