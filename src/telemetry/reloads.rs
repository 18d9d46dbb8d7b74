//! Whether the settings that are in force are those that were last asked for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::now_ms;

/// What became of the reloads that were asked for. Any thread may look.
#[derive(Debug, Default)]
pub struct Reloads {
    /// Why the last one was refused; None where it was carried out, or none was asked for.
    refused: Mutex<Option<String>>,
    /// When settings were last taken over, in milliseconds of the Unix time; 0 before the run has begun.
    taken_at_ms: AtomicU64,
}

impl Reloads {
    /// New settings are in force.
    pub fn taken(&self) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.taken_at_ms.store(now_ms(), Ordering::Relaxed);
    }

    /// New settings were asked for and are wrong: the old ones stay in force.
    pub fn refused(&self, why: String) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
    }

    pub fn why_refused(&self) -> Option<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn taken_at_ms(&self) -> u64 {
        self.taken_at_ms.load(Ordering::Relaxed)
    }
}
