//! The line: the only place where stages meet channels.
//!
//! ```text
//! source --> parse --> clean --> quotes --> summary --> sink
//! ```
//!
//! Stopping is closing: the source ends and drops its intake, each stage drains and drops its sender, the sink
//! commits what it has and returns.

pub mod committer;
pub mod look;
mod own;
pub mod runner;
mod trim;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};

use crate::ledger::{Attempts, CannotGoOn, Disk as _, Ledger, RealDisk, STATE_FOLDER, View, is_for_want_of_room};
use crate::model::{Batch, Outcome, ParsedArticle, RawDocument, Stage, StageError, Ticket};
use crate::sandbox::{GRANTS_FILE, Grants, Pool};
use crate::sinks::stdout::{self, Ended, OnRejection};
use crate::sources::intake::{Intake, MemoryBudget};
use crate::sources::stdin::StdinFormat;
use crate::sources::{self, Counts, Opening, Stop};
use crate::stages::{self, clean, parse, quotes};
use crate::telemetry::{Line, Reloads};

use committer::OnFullDisk;
use runner::{Out, Place, Workers};

pub use own::run_own;
pub use runner::Order;

/// Batches between two stages: one being worked on for each of a few workers, and one at hand. More would only hold
/// memory, fewer would let a worker starve while its neighbour finishes.
const QUEUE_BATCHES: usize = 4;
/// Outcomes before the sink: about what comes in while one group is being synced.
const QUEUE_OUTCOMES: usize = 64;

/// Where articles come from.
pub enum Input {
    Walk(sources::Options),
    /// What is there first, then what arrives, until the stop.
    Watch(sources::Options),
    /// What was rejected before.
    Replay(sources::Options),
    Stdin(StdinFormat, sources::Options),
}

impl Input {
    /// The files and folders that are read.
    pub fn roots(&self) -> Vec<PathBuf> {
        match self {
            Self::Walk(options) | Self::Watch(options) | Self::Replay(options) | Self::Stdin(_, options) => {
                options.roots.iter().map(|root| root.path.clone()).collect()
            }
        }
    }
}

impl Input {
    /// The same, its containers opened where its documents are parsed.
    pub fn opened(mut self, parsing: &Parsing) -> Self {
        if let (Parsing::InWorkers(pool), Self::Walk(options) | Self::Watch(options) | Self::Replay(options) | Self::Stdin(_, options)) =
            (parsing, &mut self)
        {
            let pool: Arc<Pool> = Arc::clone(pool);
            options.opening = Opening::Elsewhere(pool);
        }
        self
    }
}

/// Pauses between two tries to begin on a full disk, once it has been full for a while.
const START_PAUSES_MAX: u32 = 10;

/// Where records go.
pub enum Output {
    /// Segments in this folder, and its ledger.
    Folder { out: PathBuf, rotate_bytes: u64 },
    /// Records to standard output, rejections to where the caller says.
    Stdout { rejected: Box<dyn Write + Send>, on_rejection: OnRejection },
}

/// How the line runs.
#[derive(Clone)]
pub struct Settings {
    pub stages: stages::Options,
    pub parsing: Parsing,
    /// What the kernel has granted of the confinement.
    pub grants: Arc<Grants>,
    /// Articles that are worked on at a time.
    pub jobs: usize,
    /// How much the articles in the line may take, in bytes of memory.
    pub memory_bytes: u64,
    /// Whether a record says when it was made.
    pub ingested_at: bool,
}

/// In which process documents are parsed.
#[derive(Clone)]
pub enum Parsing {
    Here,
    /// What is harder than text goes to processes that can be ended.
    InWorkers(Arc<Pool>),
}

/// How far a run is. Any thread may look while it goes on.
#[derive(Debug, Default)]
pub struct Progress {
    pub source: Counts,
    pub line: Arc<Line>,
    pub settings: Reloads,
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub source: sources::Tally,
    pub records: u64,
    pub rejected: u64,
    /// Articles that came to the end of the line and were there already.
    pub unchanged: u64,
    pub bytes: u64,
    /// True where nobody read the records any more.
    pub reader_gone: bool,
}

/// Runs the line until its source is through or `stop` says so, and everything that was taken in is written.
pub async fn run(
    input: Input,
    output: Output,
    settings: &Settings,
    stop: impl Future<Output = ()> + Send + 'static,
    progress: Arc<Progress>,
) -> anyhow::Result<Tally> {
    let (stop_sender, stop_receiver) = watch::channel(false);
    // Ends with the run: a stop that comes later finds nobody.
    let mut stopper = JoinSet::new();
    let stop_now = stop_sender.clone();
    stopper.spawn(async move {
        stop.await;
        stop_now.send_replace(true);
    });
    if matches!(input, Input::Watch(_)) {
        stopper.spawn(trim::now_and_then(Arc::clone(&progress)));
    }

    let (outcomes, outcomes_receiver) = mpsc::channel(QUEUE_OUTCOMES);
    // At most one message for each file in hand, and those are bounded by the memory budget.
    let (settled, settled_receiver) = mpsc::unbounded_channel();
    // One slow page must not hold back a daemon; it orders the versions of a file itself.
    let (order, on_full_disk) =
        if matches!(input, Input::Watch(_)) { (Order::AsDone, OnFullDisk::Stall) } else { (Order::AsReceived, OnFullDisk::End) };
    let Sink { view, attempts, written } =
        open_sink(output, on_full_disk, settings, outcomes_receiver, settled, &progress, stop_sender).await?;

    let mut line = JoinSet::new();
    let documents = lay_stages(settings, order, &outcomes, attempts.clone(), &progress.line, &mut line);
    // The intake holds the last sender of outcomes that is not a stage's: when the source ends, the line closes.
    let stop = Stop::new(stop_receiver);
    let mut intake =
        Intake::new(documents, outcomes, MemoryBudget::new(settings.memory_bytes)).until(stop.clone()).metered(Arc::clone(&progress.line));
    if let Some(attempts) = attempts {
        intake = intake.wary(attempts);
    }
    let source = run_source(input, view, intake, settled_receiver, stop, progress).await;

    while let Some(stage) = line.join_next().await {
        stage.context("a stage of the line failed")?;
    }
    let sunk = written.await.context("the end of the line failed")??;
    // A source that found the line closed says so, but why it closed is what the sink has told above.
    let source = source?;
    stopper.shutdown().await;
    Ok(Tally {
        source,
        records: sunk.records,
        rejected: sunk.rejected,
        unchanged: sunk.unchanged,
        bytes: sunk.bytes,
        reader_gone: sunk.reader_gone,
    })
}

/// The end of the line, at work.
struct Sink {
    view: View,
    attempts: Option<Arc<Attempts>>,
    written: JoinHandle<anyhow::Result<Sunk>>,
}

/// What the sink has written.
struct Sunk {
    records: u64,
    rejected: u64,
    unchanged: u64,
    bytes: u64,
    reader_gone: bool,
}

/// Tells the source to stop when it is dropped: a source that waits for articles would not hear of it otherwise.
struct StopAtEnd(watch::Sender<bool>);

impl Drop for StopAtEnd {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

async fn open_sink(
    output: Output,
    on_full_disk: OnFullDisk,
    settings: &Settings,
    outcomes: mpsc::Receiver<Outcome>,
    settled: mpsc::UnboundedSender<Vec<Ticket>>,
    progress: &Arc<Progress>,
    stop: watch::Sender<bool>,
) -> anyhow::Result<Sink> {
    let ingested_at = settings.ingested_at;
    match output {
        Output::Folder { out, rotate_bytes } => {
            let options = committer::Options { rotate_bytes, ingested_at, on_full_disk };
            let grants = Arc::clone(&settings.grants);
            let (stopping, meters) = (stop.subscribe(), Arc::clone(&progress.line));
            let waits = move || on_full_disk == OnFullDisk::Stall && !*stopping.borrow();
            let opened = spawn_blocking(move || open_folder(&out, &grants, &meters, waits));
            let (ledger, view, attempts) = opened.await.context("opening the ledger failed")??;
            let recovered = ledger.recovered();
            if recovered.adopted > 0 || recovered.cut_bytes > 0 {
                tracing::info!(adopted = recovered.adopted, cut_bytes = recovered.cut_bytes, rebuilt = recovered.rebuilt, "recovered");
            }
            let meters = Arc::clone(&progress.line);
            meters.ledger_is_open();
            let sink = spawn_blocking(move || {
                // Whatever ends it, a panic too, nobody needs to read on.
                let stopping = stop.subscribe();
                let _stop = StopAtEnd(stop);
                let is_stopping = move || *stopping.borrow();
                let tally = committer::run(ledger, outcomes, &settled, options, is_stopping, &meters);
                let committer::Tally { records, rejected, unchanged, bytes } = tally?;
                Ok(Sunk { records, rejected, unchanged, bytes, reader_gone: false })
            });
            Ok(Sink { view, attempts: Some(Arc::new(attempts)), written: sink })
        }
        Output::Stdout { rejected, on_rejection } => {
            let options = stdout::Options { ingested_at, on_rejection };
            let sink = spawn_blocking(move || {
                let records = BufWriter::with_capacity(1 << 16, io::stdout().lock());
                let written = stdout::run(outcomes, records, BufWriter::new(rejected), options, committer::now, || {
                    stop.send_replace(true);
                });
                stop.send_replace(true);
                drop(settled);
                let stdout::Written { records, rejected, bytes, ended } = written?;
                Ok(Sunk { records, rejected, unchanged: 0, bytes, reader_gone: ended == Ended::ReaderGone })
            });
            Ok(Sink { view: View::blank(), attempts: None, written: sink })
        }
    }
}

/// Takes the output folder and recovers what is in it. Where there is no room for that, it is tried again for as long
/// as `waits` says so.
fn open_folder(out: &Path, grants: &Grants, meters: &Line, waits: impl Fn() -> bool) -> anyhow::Result<(Ledger, View, Attempts)> {
    let open = || {
        let ledger = Ledger::open(out)?;
        // Under the lock: whoever is refused it has nothing to say here.
        grants.keep_in(out.join(STATE_FOLDER).join(GRANTS_FILE));
        let view = View::open(out)?;
        // After recovery: what was written before a crash is under no suspicion.
        let attempts = Attempts::open(out).map_err(|error| {
            let told = format!("cannot write {}: {error}; check its permissions", out.join(STATE_FOLDER).display());
            CannotGoOn::because(error, told)
        })?;
        Ok((ledger, view, attempts))
    };
    let mut tries = 0;
    loop {
        match open() {
            Err(error) if is_for_want_of_room(&error, out) && waits() => {
                if tries == 0 {
                    tracing::warn!(%error, "no room to begin, waiting until there is");
                }
                meters.disk_is_full();
                // Each try may write anew all that recovery has to enter.
                tries = (tries + 1).min(START_PAUSES_MAX);
                (0..tries).take_while(|_| waits()).for_each(|_| RealDisk.wait_for_room());
            }
            Ok(opened) => {
                if tries > 0 {
                    tracing::info!("there is room again, beginning");
                }
                meters.disk_has_room();
                return Ok(opened);
            }
            Err(error) => return Err(error),
        }
    }
}

/// Lays the stages from the sink back to the intake. Each owns the sender to the next, and drops it when it is done.
fn lay_stages(
    settings: &Settings,
    order: Order,
    outcomes: &mpsc::Sender<Outcome>,
    attempts: Option<Arc<Attempts>>,
    meters: &Arc<Line>,
    line: &mut JoinSet<()>,
) -> mpsc::Sender<Batch<RawDocument>> {
    let place = Place { workers: Workers::new(settings.jobs), order, outcomes: outcomes.clone(), attempts, meters: Arc::clone(meters) };
    let options = Arc::new(settings.stages.clone());

    let (quoted, quoted_receiver) = mpsc::channel(QUEUE_BATCHES);
    let all = Arc::clone(&options);
    line.spawn(runner::run(Stage::Summary, quoted_receiver, Out(outcomes.clone()), place.clone(), move |article| {
        stages::conclude(article, &all)
    }));

    let (cleaned, cleaned_receiver) = mpsc::channel(QUEUE_BATCHES);
    let all = Arc::clone(&options);
    line.spawn(runner::run(Stage::Quotes, cleaned_receiver, quoted, place.clone(), move |article| quotes::extract(article, &all.quotes)));

    let (parsed, parsed_receiver) = mpsc::channel(QUEUE_BATCHES);
    let all = Arc::clone(&options);
    line.spawn(runner::run(Stage::Clean, parsed_receiver, cleaned, place.clone(), move |article| clean::clean(article, &all.clean)));

    let parsing = settings.parsing.clone();
    let (documents, documents_receiver) = mpsc::channel(QUEUE_BATCHES);
    line.spawn(runner::run(Stage::Parse, documents_receiver, parsed, place, move |document| read(document, &options.parse, &parsing)));
    documents
}

/// Parses here or in a worker, as the document's form asks for.
fn read(document: RawDocument, options: &parse::Options, parsing: &Parsing) -> Result<ParsedArticle, StageError> {
    match parsing {
        Parsing::InWorkers(pool) if parse::is_intricate(&document) => pool.parse(document),
        Parsing::InWorkers(_) | Parsing::Here => parse::parse(document, options),
    }
}

async fn run_source(
    input: Input,
    view: View,
    intake: Intake,
    settled: mpsc::UnboundedReceiver<Vec<Ticket>>,
    stop: Stop,
    progress: Arc<Progress>,
) -> anyhow::Result<sources::Tally> {
    match input {
        Input::Walk(options) => {
            let walk = spawn_blocking(move || sources::walk::run(&options, &view, intake, settled, &stop, &progress.source));
            walk.await.context("the walk failed")?
        }
        Input::Watch(options) => {
            let watch = spawn_blocking(move || sources::watch::run(&options, &view, intake, settled, &stop, &progress.source));
            watch.await.context("the watch failed")?
        }
        Input::Replay(options) => {
            let replay = spawn_blocking(move || sources::replay::run(&options, &view, intake, settled, &stop, &progress.source));
            replay.await.context("the replay failed")?
        }
        Input::Stdin(format, options) => {
            let read = spawn_blocking(move || sources::stdin::run(format, io::stdin().lock(), &options, intake, &stop, &progress.source));
            read.await.context("reading standard input failed")?
        }
    }
}
