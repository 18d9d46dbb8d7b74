//! Runs any stage: takes batches in, works on them beside the async threads, and sends on what came of them.
//!
//! An article that a stage refuses, or panics over, is set aside as a rejection; the rest of its batch goes on.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::ledger::{Attempts, Version, fault};
use crate::model::{Batch, Envelope, Outcome, Rejection, Stage, StageError};
use crate::telemetry::{Histogram, Line};

/// How batches leave a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they came: the output of a filter or of a one-shot run is the same on every machine.
    AsReceived,
    /// As they are done: one slow page holds back nobody.
    AsDone,
}

/// The threads' worth of work that all stages of a line share.
#[derive(Clone)]
pub struct Workers {
    permits: Arc<Semaphore>,
    count: usize,
}

impl Workers {
    pub fn new(count: usize) -> Self {
        let count = count.max(1);
        Self { permits: Arc::new(Semaphore::new(count)), count }
    }
}

/// What a stage needs of the line it stands in.
#[derive(Clone)]
pub struct Place {
    pub workers: Workers,
    pub order: Order,
    /// Where rejections go. Dropped with the stage, which is one of the ends that the sink waits for.
    pub outcomes: mpsc::Sender<Outcome>,
    /// Where it is told what is being worked on; None where nothing is remembered.
    pub attempts: Option<Arc<Attempts>>,
    /// Where it is counted what the stage holds, and how long it takes.
    pub meters: Arc<Line>,
}

/// Returns once the input is closed and drained, or nobody takes the output any more.
pub async fn run<I, O, W>(stage: Stage, mut input: mpsc::Receiver<Batch<I>>, output: impl Link<O>, place: Place, work: W)
where
    I: Send + 'static,
    O: Send + 'static,
    W: Fn(I) -> Result<O, StageError> + Clone + Send + Sync + 'static,
{
    let Place { workers, order, outcomes, attempts, meters } = place;
    let mut jobs = JoinSet::new();
    let mut done = Sequencer::new(order);
    let mut received = 0;
    let mut open = true;
    loop {
        // Finished batches that wait for an earlier one count too, so that a stage never holds more than it may.
        let has_room = jobs.len() + done.waiting() < workers.count;
        // Both arms may be cancelled at any moment: a batch not received stays in the queue, a job not joined in the set.
        tokio::select! {
            batch = input.recv(), if open && has_room => match batch {
                Some(batch) => {
                    meters.receive(stage, batch.articles.len());
                    let notes = Notes { stage, attempts: attempts.clone(), meters: Arc::clone(&meters) };
                    jobs.spawn(apply(received, batch, Arc::clone(&workers.permits), notes, work.clone()));
                    received += 1;
                }
                None => open = false,
            },
            Some(joined) = jobs.join_next() => {
                // A job catches its article's panics; one that still fails is this program's own fault and ends the run.
                let (number, worked) = joined.expect("a job catches the panics of the stage it runs");
                for worked in done.take(number, worked) {
                    let Worked { taken, batch, rejected } = worked;
                    meters.pass_on(stage, taken, batch.articles.len(), rejected.len());
                    if !rejected.is_empty() && outcomes.send(Outcome::Rejected(rejected)).await.is_err() {
                        return;
                    }
                    if !batch.articles.is_empty() && output.pass_on(batch).await.is_err() {
                        return;
                    }
                }
            }
            else => return,
        }
    }
}

/// The way to the next stage, or out of the line.
pub trait Link<T>: Send {
    /// An error means that nobody is there to take it.
    fn pass_on(&self, batch: Batch<T>) -> impl Future<Output = Result<(), LinkClosed>> + Send;
}

/// Whoever took what this stage makes has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkClosed;

impl<T: Send> Link<T> for mpsc::Sender<Batch<T>> {
    async fn pass_on(&self, batch: Batch<T>) -> Result<(), LinkClosed> {
        self.send(batch).await.map_err(|_| LinkClosed)
    }
}

/// The end of the line: finished articles are outcomes.
pub struct Out(pub mpsc::Sender<Outcome>);

impl Link<crate::model::Article> for Out {
    async fn pass_on(&self, batch: Batch<crate::model::Article>) -> Result<(), LinkClosed> {
        self.0.send(Outcome::Finished(batch)).await.map_err(|_| LinkClosed)
    }
}

struct Worked<O> {
    /// How many articles came in the batch.
    taken: usize,
    batch: Batch<O>,
    rejected: Vec<Envelope<Rejection>>,
}

/// Who works on a batch, and where that is noted.
struct Notes {
    stage: Stage,
    attempts: Option<Arc<Attempts>>,
    meters: Arc<Line>,
}

async fn apply<I, O, W>(number: u64, batch: Batch<I>, permits: Arc<Semaphore>, notes: Notes, work: W) -> (u64, Worked<O>)
where
    I: Send + 'static,
    O: Send + 'static,
    W: Fn(I) -> Result<O, StageError> + Send + 'static,
{
    let permit = permits.acquire_owned().await.expect("nobody closes the workers' semaphore");
    let job = move || {
        let took = notes.meters.stage(notes.stage).map(|meter| &meter.took);
        let worked = apply_now(notes.stage, batch, notes.attempts.as_deref(), took, &work);
        drop(permit);
        worked
    };
    (number, tokio::task::spawn_blocking(job).await.expect("a job catches the panics of the stage it runs"))
}

fn apply_now<I, O>(
    stage: Stage,
    batch: Batch<I>,
    attempts: Option<&Attempts>,
    took: Option<&Histogram>,
    work: &impl Fn(I) -> Result<O, StageError>,
) -> Worked<O> {
    let taken = batch.articles.len();
    let mut finished = Vec::with_capacity(batch.articles.len());
    let mut rejected = Vec::new();
    let under_way = attempts.map(Attempts::begin);
    for Envelope { origin, body } in batch.articles {
        if let Some(under_way) = &under_way {
            under_way.mark(Version::of(&origin));
            fault::article(origin.path.as_deref());
        }
        let begun = Instant::now();
        // Safe to unwind: the body is lost with the panic, and a stage is a pure function that shares nothing else.
        let worked = catch_unwind(AssertUnwindSafe(|| work(body)));
        if let Some(took) = took {
            took.observe(begun.elapsed());
        }
        match worked {
            Ok(Ok(body)) => finished.push(Envelope { origin, body }),
            Ok(Err(error)) => rejected.push(error.reject(stage).of(origin)),
            Err(panic) => rejected.push(panicked(stage, panic.as_ref()).of(origin)),
        }
    }
    Worked { taken, batch: Batch::new(finished, batch.held), rejected }
}

fn panicked(stage: Stage, panic: &(dyn Any + Send)) -> Rejection {
    let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Rejection {
        stage,
        code: "stage.panic",
        error: format!(
            "the {} stage panicked ({}); this is a defect of copydesk: please report it with the article",
            stage.name(),
            said.unwrap_or("no message")
        ),
    }
}

/// Lets batches go in the order that the line asks for.
struct Sequencer<T> {
    order: Order,
    next: u64,
    early: BTreeMap<u64, T>,
}

impl<T> Sequencer<T> {
    const fn new(order: Order) -> Self {
        Self { order, next: 0, early: BTreeMap::new() }
    }

    fn waiting(&self) -> usize {
        self.early.len()
    }

    /// Takes in what is done, and gives what may go on now.
    fn take(&mut self, number: u64, done: T) -> Vec<T> {
        match self.order {
            Order::AsDone => vec![done],
            Order::AsReceived => {
                self.early.insert(number, done);
                let mut ready = Vec::new();
                while let Some(done) = self.early.remove(&self.next) {
                    ready.push(done);
                    self.next += 1;
                }
                ready
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Digest, Key, Origin, Ticket};

    fn article(number: usize) -> Envelope<usize> {
        let name = number.to_string();
        let origin = Origin {
            key: Key::of_given_id(&name),
            path: None,
            entry: None,
            bytes: name.len() as u64,
            digest: Some(Digest::of(name.as_bytes())),
            ticket: Ticket(0),
            attempts: 1,
        };
        Envelope { origin, body: number }
    }

    fn number_of<T>(envelope: &Envelope<T>) -> usize {
        str::from_utf8(envelope.origin.key.as_bytes()).unwrap().parse().unwrap()
    }

    /// Sends the numbers up to `count` through one stage of four workers; gives what came out, and what was set aside.
    async fn check(count: usize, order: Order, work: fn(usize) -> Result<usize, StageError>) -> (Vec<usize>, Vec<(usize, &'static str)>) {
        let (sender, input) = mpsc::channel(2);
        let (output, mut finished) = mpsc::channel::<Batch<usize>>(count + 1);
        let (outcomes, mut set_aside) = mpsc::channel(count + 1);
        let place = Place { workers: Workers::new(4), order, outcomes, attempts: None, meters: Arc::default() };
        let stage = tokio::spawn(run(Stage::Clean, input, output, place, work));
        for chunk in (0..count).collect::<Vec<_>>().chunks(3) {
            let articles = chunk.iter().map(|number| article(*number)).collect();
            sender.send(Batch::new(articles, Vec::new())).await.unwrap_or_else(|_| panic!("the stage has gone"));
        }
        drop(sender);
        stage.await.unwrap();
        let mut numbers = Vec::new();
        while let Some(batch) = finished.recv().await {
            numbers.extend(batch.articles.iter().map(|envelope| envelope.body));
        }
        let mut rejections = Vec::new();
        while let Some(outcome) = set_aside.recv().await {
            let Outcome::Rejected(rejected) = outcome else { panic!("a stage sends rejections only") };
            rejections.extend(rejected.iter().map(|rejection| (number_of(rejection), rejection.body.code)));
        }
        (numbers, rejections)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn articles_leave_in_the_order_they_came() {
        let slow_at_first = |number| {
            for _ in 0..(300 - number) * 200 {
                std::hint::black_box(number);
            }
            Ok(number)
        };
        let (numbers, rejections) = check(300, Order::AsReceived, slow_at_first).await;
        assert_eq!(numbers, (0..300).collect::<Vec<_>>());
        assert_eq!(rejections, []);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_article_leaves_when_order_does_not_matter() {
        let (mut numbers, _) = check(100, Order::AsDone, Ok).await;
        numbers.sort_unstable();
        assert_eq!(numbers, (0..100).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn an_article_that_is_refused_or_panics_leaves_its_neighbours_alone() {
        let work = |number| match number {
            4 => Err(StageError::Empty),
            5 => panic!("five is right out"),
            _ => Ok(number),
        };
        let (numbers, rejections) = check(9, Order::AsReceived, work).await;
        assert_eq!(numbers, [0, 1, 2, 3, 6, 7, 8]);
        assert_eq!(rejections, [(4, "parse.empty"), (5, "stage.panic")]);
    }

    #[tokio::test]
    async fn a_stage_ends_when_nobody_takes_its_output() {
        let (sender, input) = mpsc::channel(8);
        let (output, finished) = mpsc::channel::<Batch<usize>>(1);
        let (outcomes, _set_aside) = mpsc::channel(1);
        drop(finished);
        sender.send(Batch::new(vec![article(1)], Vec::new())).await.unwrap_or_else(|_| panic!("room for eight"));
        run(
            Stage::Clean,
            input,
            output,
            Place { workers: Workers::new(1), order: Order::AsDone, outcomes, attempts: None, meters: Arc::default() },
            Ok,
        )
        .await;
    }
}
