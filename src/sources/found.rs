//! A file as it is found: its place in the tree, its state, and the questions that only the kernel can answer.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::settle::Writer;
use crate::model::{SourcePath, Stamp};

/// A file that may be read.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub path: PathBuf,
    pub source: Arc<SourcePath>,
    /// Named by the user, so that whatever it is, it is answered for.
    pub named: bool,
}

const NANOSECONDS: i128 = 1_000_000_000;

pub(super) fn stamp_of(metadata: &Metadata) -> Stamp {
    Stamp {
        device: metadata.dev(),
        inode: metadata.ino(),
        size: metadata.size(),
        mtime_ns: i128::from(metadata.mtime()) * NANOSECONDS + i128::from(metadata.mtime_nsec()),
        ctime_ns: i128::from(metadata.ctime()) * NANOSECONDS + i128::from(metadata.ctime_nsec()),
    }
}

/// How long ago a time of the file system was, if it is past.
pub(super) fn age_of(time_ns: i128) -> Option<Duration> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let age = i128::try_from(now.as_nanos()).ok()? - time_ns;
    u64::try_from(age).ok().map(Duration::from_nanos)
}

/// Clocks of file systems tick as coarsely as this: a later change within the tick would leave the stamp as it is.
pub(super) const TICK: Duration = Duration::from_secs(2);

/// The stamp, unless the file may change without it changing.
pub(super) fn lasting(stamp: Stamp) -> Option<Stamp> {
    age_of(stamp.ctime_ns).is_some_and(|age| age > TICK).then_some(stamp)
}

impl Found {
    /// Opens the file without ever waiting for it: a pipe without a writer opens at once.
    pub(super) fn open(&self, follow_symlinks: bool) -> io::Result<File> {
        let follow = if follow_symlinks || self.named { 0 } else { libc::O_NOFOLLOW };
        OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_CLOEXEC | libc::O_NOCTTY | follow).open(&self.path)
    }

    pub(super) fn metadata(&self, follow_symlinks: bool) -> io::Result<Metadata> {
        if follow_symlinks || self.named { self.path.metadata() } else { self.path.symlink_metadata() }
    }
}

/// As `asm-generic/fcntl.h` has it; the libc crate leaves it out.
#[cfg(target_os = "linux")]
const F_SETSIG: libc::c_int = 10;

/// Asks for a read lease, which is refused while anyone holds the file open for writing, and gives it back at once.
#[cfg(target_os = "linux")]
pub(super) fn writer_of(file: &File) -> Writer {
    use std::os::fd::AsRawFd as _;
    let descriptor = file.as_raw_fd();
    // SAFETY: F_SETSIG and F_SETLEASE take an int and no pointer; the descriptor is open as long as `file` is borrowed.
    // A writer who comes while we hold the lease has us sent a signal: SIGURG, which is ignored unless someone asks
    // for it, in place of SIGIO, which kills.
    let leased = unsafe {
        if libc::fcntl(descriptor, F_SETSIG, libc::SIGURG) == -1 {
            return Writer::Unknown;
        }
        libc::fcntl(descriptor, libc::F_SETLEASE, libc::F_RDLCK)
    };
    if leased == -1 {
        let refused = io::Error::last_os_error().raw_os_error() == Some(libc::EAGAIN);
        return if refused { Writer::Somebody } else { Writer::Unknown };
    }
    // SAFETY: as above. Should giving back fail, closing the file does it.
    unsafe { libc::fcntl(descriptor, libc::F_SETLEASE, libc::F_UNLCK) };
    Writer::Nobody
}

#[cfg(not(target_os = "linux"))]
pub(super) fn writer_of(_: &File) -> Writer {
    Writer::Unknown
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_lease_tells_who_is_writing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ferry.txt");
        let writing = File::create(&path).unwrap();
        let reading = File::open(&path).unwrap();
        let before = writer_of(&reading);
        drop(writing);
        let after = writer_of(&reading);
        assert!(matches!((before, after), (Writer::Somebody, Writer::Nobody) | (Writer::Unknown, Writer::Unknown)));
    }
}
