//! Keeps what reads strangers' files away from everything else: containers are opened and documents parsed in worker
//! processes that may open no file and no connection, and the main process may write only where its output goes.
//!
//! What the kernel does not grant is told, never pretended: see [`Kernel`] and [`Granted`].

mod confine;
mod grants;
mod pool;
mod process;
mod wire;
mod worker;

pub use confine::{Enforced, Kernel, confine_main};
pub use grants::{GRANTS_FILE, Granted, Grants, granted_to};
pub use pool::{Pool, Restarts};
pub use worker::serve;

use std::time::Duration;

/// The name by which the program starts itself as a worker. No user types it.
pub const WORKER_COMMAND: &str = "__worker";

/// What a worker may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Workers are put aside and started anew after this many documents, so that what a library leaks stays small.
    pub documents_max: u32,
    /// Address space, in bytes. A document that needs more ends its worker.
    pub memory_bytes: u64,
    /// Wall time for one document, or for one step through a container. On a machine that stands still for so long,
    /// trying again helps.
    pub timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { documents_max: 2_000, memory_bytes: 1 << 30, timeout: Duration::from_secs(30) }
    }
}
