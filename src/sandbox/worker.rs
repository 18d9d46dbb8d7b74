//! The worker's side: confines itself, then does what it is asked by its socket, until the socket closes.

use std::io::{self, BufReader, BufWriter, Write as _};
use std::ops::ControlFlow;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

use super::confine::{close_inherited, confine_worker, end_with_the_parent};
use super::wire::{Answer, Begin, Came, Ready, Task, Word, expect_frame, read_value, write_both, write_value};
use crate::model::RawDocument;
use crate::sources::open::opening::{Asked, Input, message_of, open_here};
use crate::stages::parse;

/// Serves the process that started this one, by the socket that is its standard input, until that is closed.
pub fn serve() -> anyhow::Result<()> {
    close_inherited();
    let socket = rustix::stdio::stdin().try_clone_to_owned().context("take over the socket")?;
    let socket = UnixStream::from(socket);
    let mut wire = Wire {
        from: BufReader::with_capacity(WIRE_BYTES, socket.try_clone().context("take over the socket")?),
        to: BufWriter::with_capacity(WIRE_BYTES, socket),
    };
    let Some(begin): Option<Begin> = read_value(&mut wire.from).context("read the settings")? else { return Ok(()) };
    // The panic comes back as an answer; what the library prints on the way would only be noise.
    std::panic::set_hook(Box::new(|_| ()));
    let landlock = confine_worker(begin.memory_bytes, end_with_the_parent).context("confine the worker")?.name().to_owned();
    write_value(&mut wire.to, &Ready { landlock })?;
    wire.to.flush()?;
    let mut processor = Processor { seconds: begin.cpu_seconds, granted: None };
    while let Some(task) = read_value(&mut wire.from)? {
        processor.grant_again();
        match task {
            Task::Parse(mut document) => {
                document.bytes = expect_frame(&mut wire.from)?;
                match answer(document, &begin.options) {
                    Answer::Parsed(mut article) => {
                        let text = std::mem::take(&mut article.text);
                        write_both(&mut wire.to, &Answer::Parsed(article), text.as_bytes())?;
                    }
                    answer => write_value(&mut wire.to, &answer)?,
                }
            }
            Task::Open(asked) => open(&mut wire, &asked, &mut processor)?,
        }
        wire.to.flush()?;
    }
    Ok(())
}

const WIRE_BYTES: usize = 64 * 1024;

struct Wire {
    from: BufReader<UnixStream>,
    to: BufWriter<UnixStream>,
}

fn answer(document: RawDocument, options: &parse::Options) -> Answer {
    // Safe to unwind: the document is lost with the panic, and parsing is a pure function that shares nothing else.
    match catch_unwind(AssertUnwindSafe(|| parse::parse(document, options))) {
        Ok(Ok(article)) => Answer::Parsed(Box::new(article)),
        Ok(Err(error)) => Answer::Refused(error),
        Err(panic) => Answer::Panicked(message_of(panic.as_ref()).to_owned()),
    }
}

/// Pieces that are sent one by one before they are sent together: most containers that end their reader are small.
const SENT_ONE_BY_ONE: u32 = 16;
/// No piece is held back for longer: what kills this process takes with it what was not sent.
const HELD_BACK: Duration = Duration::from_millis(1);

/// Opens a container whose bytes come by the wire. What comes out of it is sent soon, when the buffer is full, or when
/// more bytes are needed; whoever does not take it makes the next write wait.
fn open(wire: &mut Wire, asked: &Asked, processor: &mut Processor) -> io::Result<()> {
    let Wire { from, to } = wire;
    // The reader and the sink use the same wire, never at the same time.
    let (to, processor) = (std::cell::RefCell::new(to), std::cell::RefCell::new(processor));
    let mut lost = None;
    let (mut pieces, mut flushed) = (0_u32, Instant::now());
    let mut remote = Remote {
        from,
        ask: |at, length| {
            processor.borrow_mut().grant_again();
            let mut to = to.borrow_mut();
            write_value(&mut **to, &Word::Bytes { at, length })?;
            to.flush()
        },
        window: Vec::new(),
        window_at: 0,
    };
    let opened = open_here(&mut remote, asked, &mut |unpacked| {
        processor.borrow_mut().grant_again();
        pieces = pieces.saturating_add(1);
        let is_due = pieces <= SENT_ONE_BY_ONE || flushed.elapsed() >= HELD_BACK;
        if is_due {
            flushed = Instant::now();
        }
        let mut to = to.borrow_mut();
        let sent = match Came::of(unpacked) {
            (came, Some(bytes)) => write_both(&mut **to, &Word::Came(came), &bytes),
            (came, None) => write_value(&mut **to, &Word::Came(came)),
        };
        if let Err(error) = sent.and_then(|()| if is_due { to.flush() } else { Ok(()) }) {
            lost = Some(error);
            return Ok(ControlFlow::Break(()));
        }
        Ok(ControlFlow::Continue(()))
    });
    if let Some(error) = lost {
        return Err(error);
    }
    let word = match opened {
        Ok(left_out) => Word::Done { left_out },
        Err(error) => Word::Failed(format!("{error:#}")),
    };
    write_value(*to.borrow_mut(), &word)
}

/// A container that lies with whoever asked to open it.
struct Remote<'a, A> {
    from: &'a mut BufReader<UnixStream>,
    ask: A,
    /// What was sent last: ZIP files are read in many small steps that lie close together.
    window: Vec<u8>,
    window_at: u64,
}

/// As much as is asked for at a time.
const WINDOW_BYTES: u32 = 256 * 1024;

impl<A: FnMut(u64, u32) -> io::Result<()>> Input for Remote<'_, A> {
    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let within = at.checked_sub(self.window_at).and_then(|from| usize::try_from(from).ok());
        let known = within.and_then(|from| self.window.get(from..)).filter(|known| !known.is_empty());
        let known = match known {
            Some(known) => known,
            None => {
                (self.ask)(at, WINDOW_BYTES)?;
                self.window = expect_frame(self.from)?;
                self.window_at = at;
                self.window.as_slice()
            }
        };
        let count = known.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(known) {
            *to = *from;
        }
        Ok(count)
    }
}

/// The processor time that the kernel lets this process have, also when the parent is gone.
struct Processor {
    /// For one document, or one step through a container.
    seconds: u64,
    granted: Option<Instant>,
}

/// Asking the kernel takes time as well, so that one document may get as much more.
const GRANT_EVERY: Duration = Duration::from_millis(500);

impl Processor {
    fn grant_again(&mut self) {
        if self.granted.is_none_or(|granted| granted.elapsed() >= GRANT_EVERY) {
            self.grant();
        }
    }

    fn grant(&mut self) {
        self.granted = Some(Instant::now());
        let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
        let maximum = getrlimit(Resource::Cpu).maximum;
        // The clock of the parent is the one that counts: without this limit the worker still runs under that.
        let _ = setrlimit(Resource::Cpu, Rlimit { current: Some(used.saturating_add(self.seconds).saturating_add(2)), maximum });
    }
}
