//! One writer at a time: a lock on the output folder that ends with the process, however it ends.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::CannotGoOn;

/// A killed writer may take a moment to be gone: its last write must have landed before the next one begins.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(20);

pub struct Lock {
    /// Close-on-exec, as Rust opens every file.
    _file: File,
}

impl Lock {
    /// Takes the lock, or tells who holds it.
    pub fn take(state: &Path) -> anyhow::Result<Self> {
        let path = state.join("lock");
        let unwritable = |error: io::Error| {
            let told = format!("cannot write {}: {error}; check the folder's permissions", path.display());
            CannotGoOn::because(error, told)
        };
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(unwritable)?;
        let begun = Instant::now();
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(Errno::WOULDBLOCK | Errno::INTR) if begun.elapsed() < PATIENCE => thread::sleep(PAUSE),
                Err(Errno::WOULDBLOCK) => {
                    let mut holder = String::new();
                    // Who holds it is told as far as it can be read; the refusal stands either way.
                    let _ = file.read_to_string(&mut holder);
                    let holder = holder.trim();
                    let who = if holder.is_empty() { "another process".to_owned() } else { format!("process {holder}") };
                    let folder = state.parent().unwrap_or(state).display();
                    return Err(CannotGoOn(format!("{folder} is being written by {who}; stop it or choose another --out")).into());
                }
                Err(error) => return Err(CannotGoOn(format!("cannot lock {}: {error}", path.display())).into()),
            }
        }
        file.set_len(0).and_then(|()| file.write_all(format!("{}\n", std::process::id()).as_bytes())).map_err(unwritable)?;
        Ok(Self { _file: file })
    }
}
