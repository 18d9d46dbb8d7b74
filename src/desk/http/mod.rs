//! Serves the page, the metrics and the records of a running `watch`: read-only, and bounded in everything a reader
//! could ask for.
//!
//! The server has threads of its own. Whoever reads slowly, or sends nonsense, holds up nobody but himself: the line
//! shares nothing with it but the meters, which anyone may read, and the files, which only the committer writes.

mod answers;
mod body;
mod card;
mod events;
mod guard;
mod metrics;
mod page;
mod records;
mod routes;
mod vitals;

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::pipeline::Progress;
use crate::sandbox::Pool;

use body::Patient;
use events::Pulse;
use guard::Guard;
use vitals::Vitals;

/// Connections at a time: a few people and what collects the metrics, with room for their browsers' spare ones.
const CONNECTIONS: usize = 64;
/// Of them, those that go on until the reader has seen enough.
const STREAMS: usize = 24;
/// Threads that read records and the ledger for all readers together.
const READING_THREADS: usize = 2;
/// A request's head must have come by then; also how long a connection may be idle.
const HEAD_PATIENCE: Duration = Duration::from_secs(15);
/// A reader that takes nothing for so long is gone.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);
/// The most that a request's head may have, and that waits to be sent on a connection.
const BUFFER_BYTES: usize = 16 << 10;
/// Header fields of a request.
const HEADERS: usize = 64;
/// How often it is looked how the daemon is, and open pages are told.
const BEAT: Duration = Duration::from_secs(1);
/// What is answered without looking at the request when there are too many.
const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 5\r\nconnection: close\r\n\r\n";

/// What is shown.
pub struct Desk {
    pub out: PathBuf,
    pub progress: Arc<Progress>,
    /// The workers that parse, where there are any.
    pub workers: Option<Arc<Pool>>,
    /// How long a document may be parsed for.
    pub parse_timeout: Duration,
    /// What a reader must show; empty where nobody beyond this machine can reach the server.
    pub token: String,
    /// What `status --json` says.
    pub status: Box<dyn Fn() -> anyhow::Result<String> + Send + Sync>,
}

/// Everything that a request may need.
struct Shared {
    desk: Desk,
    guard: Guard,
    vitals: Vitals,
    pulse: Pulse,
    streams: Arc<Semaphore>,
    /// One `status` at a time: it looks through the inputs.
    looking: tokio::sync::Mutex<()>,
    /// True from when the run is to end.
    stopping: watch::Receiver<bool>,
}

/// The server, at work until it is dropped.
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves on a socket that listens already: it was opened before this process gave up its right to.
    pub fn start(listener: TcpListener, desk: Desk) -> anyhow::Result<Self> {
        listener.set_nonblocking(true).context("prepare the socket that listens")?;
        let address = listener.local_addr().context("ask for the address that listens")?;
        let (stop, stopping) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(READING_THREADS)
            .thread_name("http-reading")
            .enable_all()
            .build()
            .context("start the server's runtime")?;
        let serve = move || {
            runtime.block_on(serve(listener, desk, stopping));
            // What is still reading has nobody left to read for.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("http".to_owned()).spawn(serve).context("start the server's thread")?;
        Ok(Self { address, stop, thread: Some(thread) })
    }

    /// Where it listens, also where the settings left the port to the system.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    /// Ends every connection, and returns when the last one is gone.
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A server that has panicked has told so, and takes nothing along.
            let _ = thread.join();
        }
    }
}

async fn serve(listener: TcpListener, desk: Desk, mut stopping: watch::Receiver<bool>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "the page cannot be served");
            return;
        }
    };
    let shared = Arc::new(Shared {
        guard: Guard::new(&desk.token),
        vitals: Vitals::new(),
        pulse: Pulse::new(),
        streams: Arc::new(Semaphore::new(STREAMS)),
        looking: tokio::sync::Mutex::new(()),
        stopping: stopping.clone(),
        desk,
    });
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut tasks = JoinSet::new();
    tasks.spawn(beat(Arc::clone(&shared)));
    loop {
        // Each of these may be cancelled at any moment: what was not accepted waits with the kernel.
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => break,
            Some(_) = tasks.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => match Arc::clone(&room).try_acquire_owned() {
                    Ok(place) => {
                        let shared = Arc::clone(&shared);
                        tasks.spawn(async move {
                            converse(stream, shared).await;
                            drop(place);
                        });
                    }
                    Err(_) => {
                        // Whoever does not read it is turned away all the same.
                        let _ = stream.try_write(TOO_MANY);
                    }
                },
                Err(error) => {
                    tracing::debug!(%error, "a connection could not be accepted");
                    // No more files may be opened, most likely: some time helps, asking again at once does not.
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            },
        }
    }
    tasks.shutdown().await;
}

/// Looks once a second, and tells the pages that are open.
async fn beat(shared: Arc<Shared>) {
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        shared.vitals.look(&shared.desk);
        events::beat(&shared).await;
    }
}

async fn converse(stream: tokio::net::TcpStream, shared: Arc<Shared>) {
    // An event is small, and is to be seen at once.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(routes::answer(request, shared).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(BUFFER_BYTES)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(Patient::new(stream, WRITE_PATIENCE)), answer)
        .await;
    if let Err(error) = served {
        tracing::trace!(%error, "a connection ended early");
    }
}
