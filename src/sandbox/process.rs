//! One worker process, as whoever started it sees it: a socket whose every wait ends, and how it ended.

use std::io::{self, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::WORKER_COMMAND;
use super::wire::{Begin, Ready, expect_value, write_value};

/// How long a worker may take to start and confine itself; it takes some milliseconds.
const START: Duration = Duration::from_secs(20);

pub struct Worker {
    child: Child,
    pub wire: BufReader<Timed>,
    /// How many it has had, entries of containers included.
    pub documents: u32,
}

impl Worker {
    /// Starts `program` as a worker, and returns once it is confined, with what the kernel has granted of that.
    pub fn start(program: &Path, begin: &Begin) -> anyhow::Result<(Self, String)> {
        let (ours, theirs) = UnixStream::pair().context("make a socket for a worker")?;
        let child = Command::new(program)
            .arg(WORKER_COMMAND)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("start {} as a worker", program.display()))?;
        let mut worker = Self { child, wire: BufReader::with_capacity(WIRE_BYTES, Timed::new(ours)), documents: 0 };
        worker.give_time(START);
        let ready = write_value(worker.wire.get_mut(), begin).and_then(|()| expect_value::<Ready>(&mut worker.wire));
        match ready {
            Ok(Ready { landlock }) => Ok((worker, landlock)),
            Err(error) => {
                let how = worker.end();
                bail!("a worker {how} before it was ready: {error}")
            }
        }
    }

    /// From now on every wait for this worker ends at one moment.
    pub fn give_time(&mut self, time: Duration) {
        self.wire.get_mut().deadline = Instant::now() + time;
    }

    /// Kills the process if it still runs, and says how it ended, to be read after "the worker".
    pub fn end(&mut self) -> String {
        // It may have ended by itself just now; then there is nothing to kill.
        let ended = self.child.try_wait().ok().flatten();
        let _ = self.child.kill();
        let status = ended.or_else(|| self.child.wait().ok());
        match status {
            Some(status) => match (status.signal(), status.code()) {
                (Some(signal), _) => format!("was ended by {}", signal_name(signal)),
                (None, Some(code)) => format!("ended with {code}"),
                (None, None) => "ended".to_owned(),
            },
            None => "is gone".to_owned(),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // A worker that is idle ends when its socket closes; killed it is gone at once, and nothing of it is worth keeping.
        self.end();
    }
}

const WIRE_BYTES: usize = 64 * 1024;

/// A socket whose every wait ends at one moment.
pub struct Timed {
    socket: UnixStream,
    deadline: Instant,
    /// What the kernel has been told to wait, for reading and for writing: telling it takes time too.
    waits: [Duration; 2],
}

impl Timed {
    fn new(socket: UnixStream) -> Self {
        Self { socket, deadline: Instant::now(), waits: [Duration::ZERO; 2] }
    }

    /// Sees to it that the next wait ends no later than a sixteenth after its time.
    fn bound(&mut self, way: Way) -> io::Result<()> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let [to_read, to_write] = &mut self.waits;
        let told = match way {
            Way::Read => to_read,
            Way::Write => to_write,
        };
        if *told < left || *told - left > left / 16 {
            let wait = left + left / 32;
            match way {
                Way::Read => self.socket.set_read_timeout(Some(wait))?,
                Way::Write => self.socket.set_write_timeout(Some(wait))?,
            }
            *told = wait;
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Way {
    Read,
    Write,
}

impl Read for Timed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.bound(Way::Read)?;
        self.socket.read(into)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bound(Way::Write)?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

fn signal_name(signal: i32) -> String {
    let name = match signal {
        libc::SIGABRT => "SIGABRT, most likely because it needed more memory than `sandbox.worker_memory` grants",
        libc::SIGKILL => "SIGKILL",
        libc::SIGSEGV => "SIGSEGV",
        libc::SIGBUS => "SIGBUS",
        libc::SIGILL => "SIGILL",
        libc::SIGXCPU => "SIGXCPU, because it used more processor time than `limits.parse_timeout` grants",
        other => return format!("signal {other}"),
    };
    name.to_owned()
}
