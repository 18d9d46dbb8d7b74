//! A working directory of its own, and the program in it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::Fire;

/// A run that has not come to its end by then never will.
pub const DEADLINE: Duration = Duration::from_secs(120);

pub struct Place {
    place: TempDir,
    program: PathBuf,
}

/// How a run ended and what it said.
pub struct Ended {
    /// None where a signal ended it.
    pub code: Option<i32>,
    /// False where it never ended and was killed.
    pub by_itself: bool,
    pub said: String,
}

impl Place {
    pub fn new(fire: &Fire) -> Self {
        let place = Self { place: tempfile::tempdir().unwrap(), program: fire.program.clone() };
        fs::create_dir(place.path("wire")).unwrap();
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// A run over `wire` into `out`, with small files so that many are sealed.
    pub fn command(&self, command: &str, more: &[&str]) -> Command {
        self.command_with(&self.program, &[], command, more)
    }

    /// The same through another program, which is given these arguments and then the command.
    pub fn command_through(&self, through: &[&str], command: &str, more: &[&str]) -> Command {
        let mut before: Vec<&str> = through.iter().skip(1).copied().collect();
        let program = self.program.to_string_lossy();
        before.push(&program);
        self.command_with(Path::new(through[0]), &before, command, more)
    }

    fn command_with(&self, program: &Path, before: &[&str], command: &str, more: &[&str]) -> Command {
        let mut run = Command::new(program);
        run.args(before).arg(command).current_dir(self.place.path());
        match command {
            "batch" | "watch" => run.args(["wire", "-o", "out", "--set", "input.settle=20ms"]),
            "repair" => run.args(["-o", "out"]),
            _ => run.args(["wire", "-o", "out"]),
        };
        run.args(more).env_remove("RUST_LOG").env("NO_COLOR", "1");
        run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        run
    }

    pub fn run(&self, command: &str, more: &[&str]) -> Ended {
        self.command(command, more).output().unwrap().into()
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        Self { code: output.status.code(), by_itself: true, said }
    }
}

/// A run under way, which ends with its owner.
pub struct Run {
    child: Child,
    said: Option<JoinHandle<String>>,
    heard: std::sync::Arc<std::sync::Mutex<String>>,
}

/// Whoever runs this in a shell's background has SIGINT ignored, and so would all that it starts, until they listen.
fn hears_interrupts() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    // SAFETY: the disposition is the default one, so no handler is given that could be called.
    ONCE.call_once(|| unsafe {
        libc::signal(libc::SIGINT, libc::SIG_DFL);
    });
}

impl Run {
    pub fn start(command: &mut Command) -> Self {
        hears_interrupts();
        let mut child = command.spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let heard = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let hearing = std::sync::Arc::clone(&heard);
        let said = thread::spawn(move || {
            let mut bytes = [0; 4096];
            let mut all = String::new();
            // A run that was killed in the middle of a letter has said enough.
            while let Ok(read @ 1..) = stderr.read(&mut bytes) {
                let words = String::from_utf8_lossy(&bytes[..read]).into_owned();
                hearing.lock().unwrap().push_str(&words);
                all.push_str(&words);
            }
            all
        });
        Self { child, said: Some(said), heard }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has said so far.
    pub fn said(&self) -> String {
        self.heard.lock().unwrap().clone()
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits until it has the folder, and so listens to signals. False where it ended before.
    pub fn is_up(&mut self, place: &Place) -> bool {
        let lock = place.path("out/.copydesk/lock");
        let id = self.id().to_string();
        wait_until(|| self.has_ended() || fs::read_to_string(&lock).is_ok_and(|holder| holder.trim() == id));
        !self.has_ended()
    }

    pub fn signal(&self, signal: Signal) {
        // One that has ended meanwhile cannot be told any more.
        let _ = kill_process(Pid::from_child(&self.child), signal);
    }

    /// Waits for its end; what never ends is killed, and has no code.
    pub fn end(&mut self) -> Ended {
        self.end_within(DEADLINE)
    }

    pub fn end_within(&mut self, time: Duration) -> Ended {
        let begun = Instant::now();
        while !self.has_ended() && begun.elapsed() < time {
            thread::sleep(Duration::from_millis(5));
        }
        let by_itself = self.has_ended();
        if !by_itself {
            self.child.kill().unwrap();
        }
        let code = self.child.wait().unwrap().code();
        let said = self.said.take().map(|said| said.join().unwrap()).unwrap_or_default();
        Ended { code, by_itself, said }
    }

    pub fn stop(&mut self) -> Ended {
        self.signal(Signal::TERM);
        self.end()
    }

    /// The processor time that it has taken so far, in clock ticks, and its memory in pages.
    pub fn taken(&self) -> (u64, u64) {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap_or_default();
        // The name may hold anything, so the figures are counted from its end.
        let figures: Vec<u64> =
            stat.rsplit(')').next().unwrap_or_default().split_whitespace().map(|word| word.parse().unwrap_or(0)).collect();
        let figure = |at: usize| figures.get(at).copied().unwrap_or(0);
        (figure(11) + figure(12), figure(21))
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for a condition; false where it is not met in time.
pub fn wait_until(mut condition: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < DEADLINE {
        if condition() {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    false
}

/// Writes a file piece by piece, as a slow transfer does.
pub fn write_slowly(path: &Path, bytes: &[u8], pieces: usize, mut pause: impl FnMut()) {
    let mut file = fs::File::create(path).unwrap();
    for piece in bytes.chunks(bytes.len().div_ceil(pieces).max(1)) {
        file.write_all(piece).unwrap();
        pause();
    }
}
