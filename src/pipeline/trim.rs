//! Gives back to the system what the allocator keeps: a daemon that has worked through a burst should not look, for
//! months, as if it still did.

use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

/// A look at all that is free takes some milliseconds.
const EVERY: Duration = Duration::from_secs(5);

/// Runs until it is dropped. A cancelled pause leaves nothing undone.
pub async fn now_and_then() {
    let mut due = interval(EVERY);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        if spawn_blocking(trim).await.is_err() {
            return;
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn trim() {
    // SAFETY: takes no pointer, and glibc takes its own locks; memory that is in use stays where it is.
    unsafe { libc::malloc_trim(0) };
}

/// Other allocators give back by themselves, or not at all.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
const fn trim() {}
