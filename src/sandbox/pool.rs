//! The line's side: worker processes, started when they are first needed, killed by the clock, and replaced when they
//! die. What kills its worker costs itself and nobody else.

use std::io;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Options;
use super::grants::Grants;
use super::process::{Worker, is_timeout};
use super::wire::{Answer, Asking, Begin, Word, expect_frame, expect_value, write_both, write_frame, write_value};
use crate::model::{ParsedArticle, RawDocument, Stage, StageError};
use crate::sources::open::containers::unpack::{Sink, Unpacked};
use crate::sources::open::opening::{Asked, Input, Open, open_here, panicked};
use crate::stages::parse;

/// Worker processes, as many as there are threads that ask at a time.
pub struct Pool {
    program: PathBuf,
    options: Options,
    parse: parse::Options,
    idle: Mutex<Vec<Worker>>,
    restarts: Restarts,
    grants: Arc<Grants>,
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

/// How a worker failed at a document.
enum Failure {
    TimedOut,
    Died(String),
    /// The worker could not even be started.
    Absent(anyhow::Error),
}

impl Pool {
    /// A pool whose workers run `program` with the argument [`super::WORKER_COMMAND`]. What the kernel grants them is
    /// noted in `grants`.
    pub fn new(program: PathBuf, options: Options, parse: parse::Options, grants: Arc<Grants>) -> Self {
        let (idle, restarts) = (Mutex::new(Vec::new()), Restarts::default());
        Self { program, options, parse, idle, restarts, grants, told: AtomicBool::new(false) }
    }

    /// Starts a worker now, so that a machine on which none can run is known before the first article.
    pub fn ensure_usable(&self) -> anyhow::Result<()> {
        let worker = self.start()?;
        self.put_back(worker);
        Ok(())
    }

    /// Parses in a worker. Panics as `parse` would, with the same message.
    pub fn parse(&self, document: RawDocument) -> Result<ParsedArticle, StageError> {
        match self.attempt(&document) {
            Ok(Answer::Parsed(article)) => Ok(*article),
            Ok(Answer::Refused(error)) => Err(error),
            // Without the hook, which has nothing to add here: the runner tells of it.
            Ok(Answer::Panicked(message)) => resume_unwind(Box::new(message)),
            Err(Failure::Absent(error)) => {
                self.tell_absent(&error);
                parse::parse(document, &self.parse)
            }
            Err(Failure::TimedOut) => Err(self.timed_out()),
            Err(Failure::Died(how)) => Err(self.died(how)),
        }
    }

    fn attempt(&self, document: &RawDocument) -> Result<Answer, Failure> {
        loop {
            let (mut worker, fresh) = self.take()?;
            match self.ask(&mut worker, document) {
                Ok(answer) => {
                    self.put_back(worker);
                    return Ok(answer);
                }
                Err(error) if is_timeout(&error) => {
                    worker.end();
                    return Err(Failure::TimedOut);
                }
                Err(error) => {
                    // A worker that died while it was idle (the machine ran out of memory and chose it) is not this
                    // document's doing: its socket was closed before the document could be written.
                    let was_gone = error.kind() == io::ErrorKind::BrokenPipe && !fresh;
                    let how = worker.end();
                    if !was_gone {
                        return Err(Failure::Died(how));
                    }
                }
            }
        }
    }

    fn ask(&self, worker: &mut Worker, document: &RawDocument) -> io::Result<Answer> {
        worker.documents += 1;
        worker.give_time(self.options.timeout);
        write_both(worker.wire.get_mut(), &Asking::Parse(document), &document.bytes)?;
        let mut answer = expect_value(&mut worker.wire)?;
        if let Answer::Parsed(article) = &mut answer {
            article.text = String::from_utf8(expect_frame(&mut worker.wire)?).map_err(io::Error::other)?;
        }
        Ok(answer)
    }

    /// Lets a worker open a container, and serves it the bytes that it asks for. The clock runs only while the worker has
    /// the word, and anew with each word of it: an archive of millions may take its time, a single step may not.
    fn serve(&self, worker: &mut Worker, input: &mut dyn Input, asked: &Asked, told: &mut Told<'_, '_>) -> Result<bool, Halt> {
        worker.documents = worker.documents.saturating_add(1);
        worker.give_time(self.options.timeout);
        write_value(worker.wire.get_mut(), &Asking::Open(asked))?;
        let mut buffer = Vec::new();
        loop {
            let word = expect_value(&mut worker.wire)?;
            told.any = true;
            match word {
                Word::Bytes { at, length } => {
                    buffer.resize((length as usize).min(BYTES_MAX), 0);
                    let count = loop {
                        match input.read_at(at, &mut buffer) {
                            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                            read => break read.map_err(|error| Halt::Ended(error.into()))?,
                        }
                    };
                    worker.give_time(self.options.timeout);
                    write_frame(worker.wire.get_mut(), buffer.get(..count).unwrap_or_default())?;
                }
                Word::Came(came) => {
                    worker.documents = worker.documents.saturating_add(1);
                    let bytes = if came.has_bytes() { expect_frame(&mut worker.wire)? } else { Vec::new() };
                    let unpacked = came.with(bytes)?;
                    told.pieces += u64::from(matches!(unpacked, Unpacked::Entry(_) | Unpacked::Whole(_)));
                    match (told.sink)(unpacked) {
                        Ok(ControlFlow::Continue(())) => {}
                        Ok(ControlFlow::Break(())) => return Err(Halt::Enough),
                        Err(error) => return Err(Halt::Ended(error)),
                    }
                    worker.give_time(self.options.timeout);
                }
                Word::Done { left_out } => return Ok(left_out),
                Word::Panicked(message) => {
                    let flow = (told.sink)(Unpacked::Broken(panicked(&message)));
                    return flow.map(|_| false).map_err(Halt::Ended);
                }
                Word::Failed(reason) => return Err(Halt::Ended(io::Error::other(reason).into())),
            }
        }
    }

    fn take(&self) -> Result<(Worker, bool), Failure> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(worker) => Ok((worker, false)),
            None => self.start().map(|worker| (worker, true)).map_err(Failure::Absent),
        }
    }

    fn put_back(&self, worker: Worker) {
        if worker.documents < self.options.documents_max {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        } else {
            self.restarts.recycled.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn start(&self) -> anyhow::Result<Worker> {
        let (worker, landlock) = Worker::start(&self.program, &Begin::new(&self.options, &self.parse))?;
        self.grants.note_worker(&landlock);
        Ok(worker)
    }

    fn timed_out(&self) -> StageError {
        self.restarts.timed_out.fetch_add(1, Ordering::Relaxed);
        StageError::TimedOut { limit_ms: self.options.timeout.as_millis().try_into().unwrap_or(u64::MAX) }
    }

    fn died(&self, how: String) -> StageError {
        self.restarts.died.fetch_add(1, Ordering::Relaxed);
        StageError::WorkerDied { how }
    }

    /// Better read in this process than not at all: whoever wants it otherwise asks for it, see `ensure_usable`.
    fn tell_absent(&self, error: &anyhow::Error) {
        if !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(error = format!("{error:#}"), "no worker can be started: reading goes on in this process");
        }
    }

    /// How often workers had to be started anew so far.
    pub const fn restarts(&self) -> &Restarts {
        &self.restarts
    }

    /// Tells how often workers had to be started anew, if they had to.
    pub fn tell_restarts(&self) {
        let Restarts { recycled, died, timed_out } = &self.restarts;
        let [recycled, died, timed_out] = [recycled, died, timed_out].map(|count| count.load(Ordering::Relaxed));
        if died + timed_out > 0 {
            tracing::info!(died, timed_out, recycled, "workers were started anew");
        } else if recycled > 0 {
            tracing::debug!(recycled, "workers were started anew");
        }
    }
}

/// The most that a worker gets of a container at a time.
const BYTES_MAX: usize = 256 * 1024;

/// Who takes what comes out of a container, and how much of it has come.
struct Told<'t, 's> {
    sink: &'t mut Sink<'s>,
    pieces: u64,
    /// The worker has said anything at all.
    any: bool,
}

/// Why a worker is not heard to the end of a container.
enum Halt {
    /// Whoever takes the pieces has had enough.
    Enough,
    /// The input's trouble, or the sink's.
    Ended(anyhow::Error),
    Worker(io::Error),
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        Self::Worker(error)
    }
}

impl Open for Pool {
    fn open(&self, input: &mut dyn Input, asked: &Asked, sink: &mut Sink<'_>) -> anyhow::Result<bool> {
        let mut told = Told { sink, pieces: 0, any: false };
        let error = loop {
            let (mut worker, fresh) = match self.take() {
                Ok(taken) => taken,
                Err(Failure::Absent(error)) => {
                    self.tell_absent(&error);
                    return open_here(input, asked, told.sink);
                }
                Err(Failure::TimedOut) => break self.timed_out(),
                Err(Failure::Died(how)) => break self.died(how),
            };
            match self.serve(&mut worker, input, asked, &mut told) {
                Ok(left_out) => {
                    self.put_back(worker);
                    return Ok(left_out);
                }
                // It is in the middle of something that nobody wants any more.
                Err(Halt::Enough) => return Ok(false),
                Err(Halt::Ended(error)) => return Err(error),
                Err(Halt::Worker(error)) if is_timeout(&error) => break self.timed_out(),
                Err(Halt::Worker(_)) => {
                    let how = worker.end();
                    // One that died while it was idle is not this container's doing, and has not read any of it.
                    if fresh || told.any {
                        break self.died(how);
                    }
                }
            }
        };
        (told.sink)(Unpacked::Broken(after(told.pieces, error).reject(Stage::Open))).map(|_| false)
    }
}

/// Says of a container's end how much came before it.
fn after(pieces: u64, error: StageError) -> StageError {
    match error {
        StageError::WorkerDied { how } if pieces > 0 => {
            let articles = if pieces == 1 { "one article".to_owned() } else { format!("{pieces} articles") };
            StageError::WorkerDied { how: format!("{how}, after {articles} that it had given") }
        }
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;
    use std::time::Duration;

    use super::*;
    use crate::model::Format;
    use crate::sources::open::containers::Limits;
    use crate::sources::open::jsonl::Tail;
    use crate::sources::open::opening::{InStream, Shape};

    /// A worker that says it is ready, waits for a document, and then does as the shell commands say. Its socket is its
    /// standard input.
    fn worker_that(does: &str, begin_bytes: usize, at: &Path) -> PathBuf {
        let program = at.join("worker");
        let ready = r#"{"landlock":"none"}"#;
        // The length of what follows, as the wire has it.
        let says_ready = says(ready);
        let script = format!("#!/bin/sh\nhead -c {begin_bytes} >/dev/null\n{says_ready}\nhead -c 8 >/dev/null\n{does}\n");
        // Written by another process: a program that this one still has open for writing, in a thread's child, is busy.
        let written = Command::new("sh").args(["-c", "printf %s \"$1\" >\"$0\" && chmod +x \"$0\""]).arg(&program).arg(script).status();
        assert!(written.unwrap().success());
        program
    }

    fn pool_of(does: &str, timeout: Duration, place: &Path) -> Pool {
        let options = Options { timeout, ..Options::default() };
        let parse = parse::Options::default();
        let mut begin = Vec::new();
        write_value(&mut begin, &Begin::new(&options, &parse)).unwrap();
        Pool::new(worker_that(does, begin.len(), place), options, parse, Arc::default())
    }

    fn check(does: &str, timeout: Duration) -> StageError {
        let place = tempfile::tempdir().unwrap();
        let document = RawDocument::new(b"<p>A page".to_vec(), Format::Html);
        pool_of(does, timeout, place.path()).parse(document).unwrap_err()
    }

    /// What comes of a container whose worker does this: `entry` for an article, the code of what is broken.
    fn check_opening(does: &str, timeout: Duration, expected: &[&str]) {
        let place = tempfile::tempdir().unwrap();
        let limits = Limits { document_bytes_max: 1000, ratio_max: 100, depth_max: 4 };
        let asked = Asked { name: b"feed".to_vec(), shape: Shape::Stream, limits, tail: Tail::Final };
        let mut came = Vec::new();
        let opened = pool_of(does, timeout, place.path()).open(&mut InStream(b"<rss>".as_slice()), &asked, &mut |unpacked| {
            came.push(match unpacked {
                Unpacked::Broken(rejection) => rejection.code,
                _ => "entry",
            });
            Ok(ControlFlow::Continue(()))
        });
        assert!(!opened.unwrap());
        assert_eq!(came, expected);
    }

    /// The shell's way to say a frame.
    fn says(text: &str) -> String {
        format!("printf '\\{:03o}\\0\\0\\0\\0\\0\\0\\0{text}' >&0", text.len())
    }

    #[test]
    fn a_container_is_one_rejection_however_its_worker_fails() {
        check_opening("exec sleep 600", Duration::from_millis(200), &["worker.timeout"]);
        check_opening("kill -SEGV $$", Duration::from_secs(60), &["worker.died"]);
        check_opening(&says("{}"), Duration::from_secs(60), &["worker.died"]);
        let broken = says(r#"{"Came":{"Broken":{"code":"limit.size","error":"e"}}}"#);
        check_opening(&format!("{broken}; kill -SEGV $$"), Duration::from_secs(60), &["limit.size", "worker.died"]);
        let unheard = says(r#"{"Came":{"Broken":{"code":"no.such","error":"e"}}}"#);
        check_opening(&unheard, Duration::from_secs(60), &["worker.died"]);
        check_opening(&format!("{}; exec sleep 600", says(r#"{"Panicked":"off by one"}"#)), Duration::from_secs(60), &["stage.panic"]);
    }

    #[test]
    fn a_page_that_never_ends_is_cut_off_by_the_clock() {
        let error = check("exec sleep 600", Duration::from_millis(200));
        assert_eq!(error, StageError::TimedOut { limit_ms: 200 });
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
