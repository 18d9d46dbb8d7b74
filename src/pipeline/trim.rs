//! Gives back to the system what the allocator keeps: a daemon that has worked through a burst should not look, for
//! months, as if it still did.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use super::Progress;

/// A look at all that is free takes some milliseconds.
const EVERY: Duration = Duration::from_secs(5);

/// Runs until it is dropped. A cancelled pause leaves nothing undone. Where nothing has passed the line and
/// nothing was listed since the last time, there is nothing to give back.
pub async fn now_and_then(progress: Arc<Progress>) {
    let mut due = interval(EVERY);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut done = None;
    loop {
        due.tick().await;
        let now = Some((progress.line.steps(), progress.source.listings.load(Ordering::Relaxed)));
        if std::mem::replace(&mut done, now) == now {
            continue;
        }
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
