//! The line's side: a worker process for each thread that parses, started when it is first needed, killed by the clock,
//! and replaced when it dies. A document that kills its worker costs itself and nobody else.

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::de::DeserializeOwned;

use super::wire::{self, Answer, Begin, Ready, write_frame, write_value};
use super::{Options, WORKER_COMMAND};
use crate::model::{ParsedArticle, RawDocument, StageError};
use crate::stages::parse;

/// How long a worker may take to start and confine itself; it takes some milliseconds.
const START: Duration = Duration::from_secs(20);

/// Worker processes, as many as there are threads that ask at a time.
pub struct Pool {
    program: PathBuf,
    options: Options,
    parse: parse::Options,
    idle: Mutex<Vec<Worker>>,
    restarts: Restarts,
    /// Whether it has been said that there are no workers.
    told: AtomicBool,
}

/// Why workers were started anew.
#[derive(Debug, Default)]
pub struct Restarts {
    pub recycled: AtomicU64,
    pub died: AtomicU64,
    pub timed_out: AtomicU64,
}

struct Worker {
    child: Child,
    socket: UnixStream,
    documents: u32,
}

/// How a worker failed at a document.
enum Failure {
    TimedOut,
    Died(String),
    /// The worker could not even be started.
    Absent(anyhow::Error),
}

impl Pool {
    /// A pool whose workers run `program` with the argument [`WORKER_COMMAND`].
    pub fn new(program: PathBuf, options: Options, parse: parse::Options) -> Self {
        Self { program, options, parse, idle: Mutex::new(Vec::new()), restarts: Restarts::default(), told: AtomicBool::new(false) }
    }

    pub const fn restarts(&self) -> &Restarts {
        &self.restarts
    }

    /// Starts a worker now, so that a machine on which none can run is known before the first article. Returns how
    /// much of its confinement the kernel has granted, as [`super::Enforced::name`] says it.
    pub fn ensure_usable(&self) -> anyhow::Result<String> {
        let (worker, landlock) = self.start()?;
        self.put_back(worker);
        Ok(landlock)
    }

    /// Parses in a worker. Panics as `parse` would, with the same message.
    pub fn parse(&self, document: RawDocument) -> Result<ParsedArticle, StageError> {
        match self.attempt(&document) {
            Ok(Answer::Parsed(article)) => Ok(*article),
            Ok(Answer::Refused(error)) => Err(error),
            // Without the hook, which has nothing to add here: the runner tells of it.
            Ok(Answer::Panicked(message)) => resume_unwind(Box::new(message)),
            Err(Failure::TimedOut) => {
                self.restarts.timed_out.fetch_add(1, Ordering::Relaxed);
                Err(StageError::TimedOut { limit_ms: self.options.timeout.as_millis().try_into().unwrap_or(u64::MAX) })
            }
            Err(Failure::Died(how)) => {
                self.restarts.died.fetch_add(1, Ordering::Relaxed);
                Err(StageError::WorkerDied { how })
            }
            // Better read in this process than not at all: whoever wants it otherwise asks for it, see `ensure_usable`.
            Err(Failure::Absent(error)) => {
                if !self.told.swap(true, Ordering::Relaxed) {
                    tracing::warn!(error = format!("{error:#}"), "no worker can be started: parsing goes on in this process");
                }
                parse::parse(document, &self.parse)
            }
        }
    }

    fn attempt(&self, document: &RawDocument) -> Result<Answer, Failure> {
        // A worker that died while it was idle (the machine ran out of memory and chose it) is not this document's doing.
        let mut fresh = false;
        loop {
            let mut worker = match self.take_idle() {
                Some(worker) => worker,
                None => {
                    fresh = true;
                    self.start().map_err(Failure::Absent)?.0
                }
            };
            let deadline = Instant::now() + self.options.timeout;
            match worker.ask(document, deadline) {
                Ok(answer) => {
                    self.put_back(worker);
                    return Ok(answer);
                }
                Err(error) if is_timeout(&error) => {
                    worker.end();
                    return Err(Failure::TimedOut);
                }
                Err(error) => {
                    let had_begun = worker.has_taken_a_document(&error);
                    let how = worker.end();
                    if fresh || had_begun {
                        return Err(Failure::Died(how));
                    }
                }
            }
        }
    }

    fn take_idle(&self) -> Option<Worker> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put_back(&self, mut worker: Worker) {
        if worker.documents < self.options.documents_max {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        } else {
            self.restarts.recycled.fetch_add(1, Ordering::Relaxed);
            worker.end();
        }
    }

    fn start(&self) -> anyhow::Result<(Worker, String)> {
        let (ours, theirs) = UnixStream::pair().context("make a socket for a worker")?;
        let child = Command::new(&self.program)
            .arg(WORKER_COMMAND)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("start {} as a worker", self.program.display()))?;
        let mut worker = Worker { child, socket: ours, documents: 0 };
        let deadline = Instant::now() + START;
        let begin = Begin::new(&self.options, &self.parse);
        let mut timed = Timed { socket: &mut worker.socket, deadline };
        let ready = write_value(&mut timed, &begin).and_then(|()| timed.read_value::<Ready>());
        match ready {
            Ok(Ready { landlock }) => Ok((worker, landlock)),
            Err(error) => {
                let how = worker.end();
                bail!("a worker {how} before it was ready: {error}")
            }
        }
    }
}

impl Worker {
    fn ask(&mut self, document: &RawDocument, deadline: Instant) -> io::Result<Answer> {
        self.documents += 1;
        let mut timed = Timed { socket: &mut self.socket, deadline };
        write_value(&mut timed, document)?;
        write_frame(&mut timed, &document.bytes)?;
        timed.read_value()
    }

    /// False where the socket was closed before the document could be written: the worker was gone already.
    fn has_taken_a_document(&self, error: &io::Error) -> bool {
        !matches!(error.kind(), io::ErrorKind::BrokenPipe) || self.documents == 1
    }

    /// Kills the process if it still runs, and says how it ended, to be read after "the worker".
    fn end(&mut self) -> String {
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

/// A socket whose every wait ends at one moment.
struct Timed<'a> {
    socket: &'a mut UnixStream,
    deadline: Instant,
}

impl Timed<'_> {
    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }

    /// The next value; a socket that closes before it is an error.
    fn read_value<T: DeserializeOwned>(&mut self) -> io::Result<T> {
        wire::read_value(self)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.left()?;
        self.socket.set_read_timeout(Some(left))?;
        self.socket.read(into)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.left()?;
        self.socket.set_write_timeout(Some(left))?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn is_timeout(error: &io::Error) -> bool {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::Format;

    /// A worker that says it is ready, waits for a document, and then does as the shell commands say. Its socket is its
    /// standard input.
    fn worker_that(does: &str, begin_bytes: usize, at: &Path) -> PathBuf {
        let program = at.join("worker");
        let ready = r#"{"landlock":"none"}"#;
        // The length of what follows, as the wire has it.
        let says_ready = format!("printf '\\{:03o}\\0\\0\\0\\0\\0\\0\\0{ready}' >&0", ready.len());
        let script = format!("#!/bin/sh\nhead -c {begin_bytes} >/dev/null\n{says_ready}\nhead -c 8 >/dev/null\n{does}\n");
        // Written by another process: a program that this one still has open for writing, in a thread's child, is busy.
        let written = Command::new("sh").args(["-c", "printf %s \"$1\" >\"$0\" && chmod +x \"$0\""]).arg(&program).arg(script).status();
        assert!(written.unwrap().success());
        program
    }

    fn check(does: &str, timeout: Duration) -> StageError {
        let place = tempfile::tempdir().unwrap();
        let options = Options { timeout, ..Options::default() };
        let parse = parse::Options::default();
        let mut begin = Vec::new();
        write_value(&mut begin, &Begin::new(&options, &parse)).unwrap();
        let pool = Pool::new(worker_that(does, begin.len(), place.path()), options, parse);
        let document = RawDocument { bytes: b"<p>A page".to_vec(), format: Format::Html };
        pool.parse(document).unwrap_err()
    }

    #[test]
    fn a_page_that_never_ends_is_cut_off_by_the_clock_and_may_be_tried_again() {
        let error = check("exec sleep 600", Duration::from_millis(200));
        assert_eq!(error, StageError::TimedOut { limit_ms: 200 });
        assert!(error.reject(crate::model::Stage::Parse).transient);
    }

    #[test]
    fn a_page_that_kills_its_worker_says_how() {
        let StageError::WorkerDied { how } = check("kill -SEGV $$", Duration::from_secs(60)) else { panic!("not dead") };
        assert_eq!(how, "was ended by SIGSEGV");
        let StageError::WorkerDied { how } = check("exit 7", Duration::from_secs(60)) else { panic!("not dead") };
        assert_eq!(how, "ended with 7");
    }

    #[test]
    fn a_worker_that_answers_nonsense_is_not_believed() {
        let error = check("printf '\\002\\0\\0\\0\\0\\0\\0\\0{}' >&0; exec sleep 600", Duration::from_secs(60));
        assert!(matches!(error, StageError::WorkerDied { .. }), "{error:?}");
        let error = check("printf '\\377\\377\\377\\377\\377\\377\\377\\377' >&0; exec sleep 600", Duration::from_secs(60));
        assert!(matches!(error, StageError::WorkerDied { .. }), "{error:?}");
    }
}
