//! A file as it is found: its place in the tree, its state, and the questions that only the kernel can answer.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustix::fs::OFlags;

#[cfg(target_os = "linux")]
use super::below::PATH_MAX;
use super::below::{self, Links};
use super::settle::Writer;
use crate::model::{SourcePath, Stamp};

/// A file that may be read.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub path: PathBuf,
    /// How many bytes of the path are the root's.
    pub root_bytes: usize,
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
const COARSE_TICK: Duration = Duration::from_secs(2);
/// Where times have finer digits than a millisecond, it is the kernel's clock that ticks: every 10 ms at the slowest.
const FINE_TICK: Duration = Duration::from_millis(50);

/// How long after its last change a file can change again without its stamp showing it.
pub(super) fn tick_of(stamp: Stamp) -> Duration {
    if stamp.ctime_ns % 1_000_000 == 0 { COARSE_TICK } else { FINE_TICK }
}

/// The stamp, unless the file may change without it changing. To be asked before the file is read.
pub(super) fn lasting(stamp: Stamp) -> Option<Stamp> {
    age_of(stamp.ctime_ns).is_some_and(|age| age > tick_of(stamp)).then_some(stamp)
}

/// A clock of another machine is believed only about what was long ago.
const CLOCKS_AGREE_AFTER: Duration = Duration::from_secs(120);

/// How long ago the file's clock says that it was changed, if that can be believed, and who writes it, if that can be
/// known: on a network file system others write, and their kernels tell ours nothing.
pub(super) fn age_and_writer(file: &File, stamp: Stamp) -> (Option<Duration>, Writer) {
    let age = age_of(stamp.mtime_ns);
    if is_remote(rustix::fs::fstatfs(file)) {
        (age.filter(|age| *age > CLOCKS_AGREE_AFTER), Writer::Unknown)
    } else {
        (age, writer_of(file))
    }
}

/// True on file systems where others can write without the kernel here hearing of it.
#[cfg(target_os = "linux")]
pub(super) fn is_remote(system: rustix::io::Result<rustix::fs::StatFs>) -> bool {
    // As `linux/magic.h` and the file systems' own headers have them: NFS, SMB, CIFS, SMB2, FUSE, 9P, Ceph, AFS, Coda,
    // Lustre, GPFS, and the shared folders of VirtualBox and VMware.
    const REMOTE: [u32; 13] = [
        0x6969,
        0x517B,
        0xFF53_4D42,
        0xFE53_4D42,
        0x6573_5546,
        0x0102_1997,
        0x00C3_6400,
        0x5346_414F,
        0x7375_7245,
        0x0BD0_0BD0,
        0x4750_4653,
        0x786F_4256,
        0xBACB_ACBC,
    ];
    system.is_ok_and(|system| REMOTE.contains(&(system.f_type as u32)))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_remote(_: rustix::io::Result<rustix::fs::StatFs>) -> bool {
    false
}

impl Found {
    /// Opens the file without ever waiting for it: a pipe without a writer opens at once.
    pub(super) fn open(&self, follow_symlinks: bool) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let (root, below) = self.parts();
        Ok(below::open(root, below, flags, self.links(follow_symlinks))?.into())
    }

    pub(super) fn metadata(&self, follow_symlinks: bool) -> io::Result<Metadata> {
        let links = self.links(follow_symlinks);
        #[cfg(target_os = "linux")]
        if self.path.as_os_str().len() >= PATH_MAX {
            let (root, below) = self.parts();
            return File::from(below::open(root, below, OFlags::PATH | OFlags::CLOEXEC, links)?).metadata();
        }
        match links {
            Links::Followed => self.path.metadata(),
            Links::Refused => self.path.symlink_metadata(),
        }
    }

    fn links(&self, follow_symlinks: bool) -> Links {
        if follow_symlinks || self.named { Links::Followed } else { Links::Refused }
    }

    /// The root, and the path below it.
    fn parts(&self) -> (&Path, &Path) {
        let path = self.path.as_os_str().as_bytes();
        let (root, below) = path.split_at_checked(self.root_bytes).unwrap_or((path, b""));
        let below = below.strip_prefix(b"/").unwrap_or(below);
        (Path::new(OsStr::from_bytes(root)), Path::new(OsStr::from_bytes(below)))
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
