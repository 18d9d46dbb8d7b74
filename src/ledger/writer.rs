//! Who is writing an output folder just now, told without taking or waiting for any lock.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::STATE_FOLDER;

/// A process that holds an output folder's lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    pub process: u32,
    /// Its command line, as far as it may be read.
    pub command: Vec<String>,
}

impl Writer {
    /// True for a daemon, which carries out requests.
    pub fn is_daemon(&self) -> bool {
        // The first word of a run that is no option's value: `copydesk -o out watch wire`.
        self.command.iter().skip(1).any(|word| word == "watch")
    }
}

/// The process that holds the lock of this folder on this machine, if any.
pub fn writer_of(out: &Path) -> Option<Writer> {
    let path = out.join(STATE_FOLDER).join("lock");
    let process: u32 = fs::read_to_string(&path).ok()?.trim().parse().ok()?;
    let inode = fs::metadata(&path).ok()?.ino();
    holds_lock(process, inode).then(|| Writer { process, command: command_of(process) })
}

#[cfg(target_os = "linux")]
fn holds_lock(process: u32, inode: u64) -> bool {
    // 1: FLOCK  ADVISORY  WRITE 812 fe:01:1049 0 EOF
    let Ok(locks) = fs::read_to_string("/proc/locks") else { return false };
    locks.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let holder = words.get(4).and_then(|word| word.parse().ok());
        let locked = words.get(5).and_then(|word| word.rsplit(':').next()).and_then(|word| word.parse().ok());
        words.get(1) == Some(&"FLOCK") && holder == Some(process) && locked == Some(inode)
    })
}

#[cfg(not(target_os = "linux"))]
fn holds_lock(process: u32, _: u64) -> bool {
    // Nothing tells who holds a lock but trying it; a process of that number is as good as can be had.
    let process = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw);
    process.is_some_and(|process| rustix::process::test_kill_process(process).is_ok())
}

#[cfg(target_os = "linux")]
fn command_of(process: u32) -> Vec<String> {
    let words = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    words.split(|byte| *byte == 0).filter(|word| !word.is_empty()).map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

#[cfg(not(target_os = "linux"))]
fn command_of(_: u32) -> Vec<String> {
    Vec::new()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::ledger::Ledger;

    #[test]
    fn a_daemon_is_told_by_its_command() {
        let is_daemon = |command: &str| {
            let command = command.split(' ').map(str::to_owned).collect();
            Writer { process: 1, command }.is_daemon()
        };
        assert!(is_daemon("copydesk watch wire") && is_daemon("/usr/bin/copydesk -o out watch"));
        assert!(!is_daemon("copydesk batch wire") && !is_daemon("watch copydesk status"));
    }

    #[test]
    fn a_folder_has_a_writer_as_long_as_its_ledger_is_open() {
        let out = tempfile::tempdir().unwrap();
        assert_eq!(writer_of(out.path()), None);
        let ledger = Ledger::open(out.path()).unwrap();
        assert_eq!(writer_of(out.path()).unwrap().process, std::process::id());
        drop(ledger);
        assert_eq!(writer_of(out.path()), None);
    }
}
