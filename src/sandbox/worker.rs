//! The worker's side: confines itself, then reads documents from its socket and answers each, until the socket closes.

use std::any::Any;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::Context as _;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

use super::confine::confine_worker;
use super::wire::{Answer, Begin, Ready, read_frame, read_value, write_value};
use crate::model::RawDocument;
use crate::stages::parse;

/// Serves the process that started this one, by the socket that is its standard input, until that is closed.
pub fn serve() -> anyhow::Result<()> {
    let socket = rustix::stdio::stdin().try_clone_to_owned().context("take over the socket")?;
    let socket = UnixStream::from(socket);
    let mut from = BufReader::with_capacity(1 << 16, socket.try_clone().context("take over the socket")?);
    let mut to = BufWriter::with_capacity(1 << 16, socket);
    let Some(begin): Option<Begin> = read_value(&mut from).context("read the settings")? else { return Ok(()) };
    // The panic comes back as an answer; what the library prints on the way would only be noise.
    std::panic::set_hook(Box::new(|_| ()));
    let landlock = confine_worker(begin.memory_bytes).context("confine the worker")?.name().to_owned();
    write_value(&mut to, &Ready { landlock })?;
    to.flush()?;
    while let Some(document) = read_document(&mut from)? {
        grant_cpu_seconds(begin.cpu_seconds);
        write_value(&mut to, &answer(document, &begin.options))?;
        to.flush()?;
    }
    Ok(())
}

fn read_document(from: &mut BufReader<UnixStream>) -> io::Result<Option<RawDocument>> {
    let Some(mut document): Option<RawDocument> = read_value(from)? else { return Ok(None) };
    document.bytes = read_frame(from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(Some(document))
}

fn answer(document: RawDocument, options: &parse::Options) -> Answer {
    // Safe to unwind: the document is lost with the panic, and parsing is a pure function that shares nothing else.
    match catch_unwind(AssertUnwindSafe(|| parse::parse(document, options))) {
        Ok(Ok(article)) => Answer::Parsed(Box::new(article)),
        Ok(Err(error)) => Answer::Refused(error),
        Err(panic) => Answer::Panicked(message_of(panic.as_ref())),
    }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    said.unwrap_or("no message").to_owned()
}

/// Lets the kernel end this process when one document has used so much processor time, also when the parent is gone.
fn grant_cpu_seconds(seconds: u64) {
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
    let maximum = getrlimit(Resource::Cpu).maximum;
    // The clock of the parent is the one that counts: without this limit the worker still runs under that.
    let _ = setrlimit(Resource::Cpu, Rlimit { current: Some(used.saturating_add(seconds).saturating_add(1)), maximum });
}
