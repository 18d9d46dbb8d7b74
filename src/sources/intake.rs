//! Hands documents to the line: in small batches, within the memory budget, in order.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::Stop;
use crate::ledger::{Attempts, Standing, Version};
use crate::model::{Batch, Envelope, FileRead, Format, Held, Origin, Outcome, RawDocument, Rejection, Stage};
use crate::telemetry::{Line, now_ms};

/// A batch is closed at this many articles: a hop costs some 40 µs, which 64 articles of 100 µs hardly feel.
const BATCH_ARTICLES: usize = 64;
/// A batch is closed at this many bytes, so that large articles spread over the workers.
const BATCH_BYTES: usize = 256 * 1024;

/// How much of what was read may be in the line at a time, in bytes of memory.
#[derive(Clone)]
pub struct MemoryBudget {
    permits: Arc<Semaphore>,
    total: u32,
}

/// Permits are counted in KiB, so that a budget of 4 TiB still fits the counter.
const PERMIT_BYTES: u64 = 1024;

impl MemoryBudget {
    pub fn new(bytes: u64) -> Self {
        let total = u32::try_from(bytes.div_ceil(PERMIT_BYTES)).unwrap_or(u32::MAX >> 4).clamp(1, u32::MAX >> 4);
        Self { permits: Arc::new(Semaphore::new(total as usize)), total }
    }

    /// What a document of this form and size is likely to take on its way, clipped to the whole budget: a giant
    /// runs alone.
    fn share(&self, document: &RawDocument) -> u32 {
        let factor = match document.format {
            // What is packed comes out several times as large.
            Format::Pdf | Format::Epub | Format::Docx => 80,
            // Measured: a tree is many times its page, and the words and sentences of a text of short ones take forty
            // times its bytes.
            _ => 40,
        };
        let bytes = (document.bytes.len() as u64).saturating_mul(factor);
        u32::try_from(bytes.div_ceil(PERMIT_BYTES)).unwrap_or(u32::MAX).clamp(1, self.total)
    }
}

/// The line's entrance. Used from a thread that may block. Clones share what is waiting.
#[derive(Clone)]
pub struct Intake {
    shared: Arc<Mutex<Entrance>>,
    stop: Option<Stop>,
}

struct Entrance {
    /// Where what goes in is counted.
    meters: Arc<Line>,
    attempts: Option<Arc<Attempts>>,
    /// Suspects that wait for their turn. They are few: what a crash found under way.
    suspects: VecDeque<Envelope<RawDocument>>,
    batches: mpsc::Sender<Batch<RawDocument>>,
    outcomes: mpsc::Sender<Outcome>,
    budget: MemoryBudget,
    waiting: Vec<Envelope<RawDocument>>,
    waiting_bytes: usize,
    held: Vec<Held>,
}

/// The line has closed: nothing more can be handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineClosed;

impl std::fmt::Display for LineClosed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the line has closed")
    }
}

impl std::error::Error for LineClosed {}

impl Intake {
    pub fn new(batches: mpsc::Sender<Batch<RawDocument>>, outcomes: mpsc::Sender<Outcome>, budget: MemoryBudget) -> Self {
        let (attempts, suspects) = (None, VecDeque::new());
        let meters = Arc::default();
        let entrance =
            Entrance { meters, attempts, suspects, batches, outcomes, budget, waiting: Vec::new(), waiting_bytes: 0, held: Vec::new() };
        Self { shared: Arc::new(Mutex::new(entrance)), stop: None }
    }

    /// Takes nothing more in once the run is to stop, also in the middle of a file of millions.
    pub fn until(self, stop: Stop) -> Self {
        Self { stop: Some(stop), ..self }
    }

    /// Keeps what was under way in a crash apart from the others.
    pub fn wary(self, attempts: Arc<Attempts>) -> Self {
        self.entrance().attempts = Some(attempts);
        self
    }

    /// Counts what goes in.
    pub fn metered(self, meters: Arc<Line>) -> Self {
        self.entrance().meters = meters;
        self
    }

    /// Hands in one document. Blocks while the line is full: that is how a slow disk slows the reading down.
    pub fn hand_in(&mut self, origin: Origin, document: RawDocument) -> Result<(), LineClosed> {
        self.entrance().hand_in(origin, document)?;
        if self.stop.as_ref().is_some_and(Stop::is_set) {
            // What was read is not lost: this one was the last.
            self.flush()?;
            return Err(LineClosed);
        }
        Ok(())
    }

    /// Sends what is waiting on its way. To be called whenever nothing more is at hand.
    pub fn flush(&mut self) -> Result<(), LineClosed> {
        self.entrance().flush()
    }

    /// Runs each suspect alone, if there are any, and returns when all are through. To be called when all others are
    /// handed in.
    pub fn run_suspects(&mut self) -> Result<(), LineClosed> {
        loop {
            if self.stop.as_ref().is_some_and(Stop::is_set) {
                return Err(LineClosed);
            }
            let mut entrance = self.entrance();
            let Some(suspect) = entrance.suspects.pop_front() else { return Ok(()) };
            entrance.run_alone(suspect)?;
        }
    }

    /// Sets something aside that could not even be opened.
    pub fn reject(&mut self, rejection: Envelope<Rejection>) -> Result<(), LineClosed> {
        self.entrance().reject(rejection)
    }

    /// Tells the committer that a file is read to its end.
    pub fn file_read(&mut self, file: FileRead) -> Result<(), LineClosed> {
        self.entrance().file_read(file)
    }

    /// Says that everything of a file that last changed at this time, in nanoseconds of the Unix time, is durable.
    pub fn was_durable(&self, changed_ns: i128) {
        let changed_ms = u64::try_from(changed_ns / 1_000_000).unwrap_or(0);
        let took = Duration::from_millis(now_ms().saturating_sub(changed_ms));
        self.entrance().meters.end_to_end.observe(took);
    }

    fn entrance(&self) -> MutexGuard<'_, Entrance> {
        // A panic leaves nothing half done that another clone could trip over.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn quarantined(crashes: u32) -> Rejection {
    let error = format!(
        "the program ended {crashes} times while it worked on this article alone; please report it with the article, and run `copydesk replay` to try it again"
    );
    Rejection { stage: Stage::Parse, code: "crash.quarantined", error }
}

impl Entrance {
    fn hand_in(&mut self, origin: Origin, document: RawDocument) -> Result<(), LineClosed> {
        self.meters.entrance.add(1);
        self.meters.entered.fetch_add(1, Ordering::Relaxed);
        let standing = self.attempts.as_ref().map(|attempts| attempts.standing(Version::of(&origin), origin.attempts));
        match standing {
            None | Some(Standing::Free) => {}
            Some(Standing::Suspect) => {
                self.suspects.push_back(Envelope { origin, body: document });
                return Ok(());
            }
            Some(Standing::Convicted(crashes)) => {
                self.meters.outcomes.add(1);
                self.meters.entrance.take(1);
                return self.set_aside(quarantined(crashes).of(origin));
            }
        }
        let share = self.budget.share(&document);
        let permit = match Arc::clone(&self.budget.permits).try_acquire_many_owned(share) {
            Ok(permit) => permit,
            Err(_) => {
                // Whoever waits for memory must hold none, or two could wait for each other.
                self.flush()?;
                self.wait_for(share)?
            }
        };
        self.waiting_bytes += document.bytes.len();
        self.held.push(Box::new(permit));
        self.waiting.push(Envelope { origin, body: document });
        if self.waiting.len() >= BATCH_ARTICLES || self.waiting_bytes >= BATCH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Works on one article with nothing else under way. Whoever holds the whole budget is alone, and what comes back
    /// of it is durable.
    fn run_alone(&mut self, Envelope { origin, body }: Envelope<RawDocument>) -> Result<(), LineClosed> {
        let Some(attempts) = self.attempts.clone() else { return Ok(()) };
        let version = Version::of(&origin);
        self.flush()?;
        let whole = self.wait_for(self.budget.total)?;
        tracing::warn!(path = %origin.path.as_ref().map_or_else(Default::default, |path| path.lossy().0), "an article was under way in a crash: it runs alone");
        attempts.run_alone(version);
        self.held.push(Box::new(whole));
        self.waiting.push(Envelope { origin, body });
        self.flush()?;
        drop(self.wait_for(self.budget.total)?);
        attempts.clear(version);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), LineClosed> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let batch = Batch::new(std::mem::take(&mut self.waiting), std::mem::take(&mut self.held));
        self.waiting_bytes = 0;
        self.meters.send(Stage::Parse, batch.articles.len());
        self.meters.entrance.take(batch.articles.len());
        self.batches.blocking_send(batch).map_err(|_| LineClosed)
    }

    fn reject(&mut self, rejection: Envelope<Rejection>) -> Result<(), LineClosed> {
        self.meters.outcomes.add(1);
        self.meters.entered.fetch_add(1, Ordering::Relaxed);
        self.set_aside(rejection)
    }

    fn set_aside(&mut self, rejection: Envelope<Rejection>) -> Result<(), LineClosed> {
        self.outcomes.blocking_send(Outcome::Rejected(vec![rejection])).map_err(|_| LineClosed)
    }

    fn file_read(&mut self, file: FileRead) -> Result<(), LineClosed> {
        self.outcomes.blocking_send(Outcome::FileRead(file)).map_err(|_| LineClosed)
    }

    fn wait_for(&self, share: u32) -> Result<OwnedSemaphorePermit, LineClosed> {
        let permits = Arc::clone(&self.budget.permits);
        tokio::runtime::Handle::current().block_on(permits.acquire_many_owned(share)).map_err(|_| LineClosed)
    }
}
