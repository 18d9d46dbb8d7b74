//! The few things that the ledger and the record files ask of a file system. The real one is here; the crash tests put
//! a simulated one in its place, which loses, tears and reorders what was not synced.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::fault;
use super::lock::Lock;

/// How long a full disk is waited for before it is tried again.
const FULL_DISK_PAUSE: Duration = Duration::from_millis(500);

/// What the smallest of the ledger's files takes to be begun: SQLite's index of its log.
const SMALL_BYTES: u64 = 1 << 16;

/// A file system, as far as records need one.
pub trait Disk {
    type File: DiskFile;
    /// Held as long as it lives.
    type Lock;

    /// Takes the lock of an output folder's state, once whoever held it before is gone with all its writes.
    fn lock(&self, state: &Path) -> anyhow::Result<Self::Lock>;

    /// Creates one folder in a folder that is there.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;

    /// Makes what was created, renamed or removed in a folder durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// The names in a folder, in no order.
    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>>;

    /// Opens a file that is there.
    fn open(&self, path: &Path) -> io::Result<Self::File>;

    /// Creates a file, or empties the one that is there.
    fn create(&self, path: &Path) -> io::Result<Self::File>;

    /// Returns when it is time to try again what found no room.
    fn wait_for_room(&self);
}

/// An open file. Writing at a place leaves the rest as it is.
pub trait DiskFile {
    /// In bytes.
    fn length(&self) -> io::Result<u64>;

    /// How many bytes were read; 0 only at the end.
    fn read_at(&self, bytes: &mut [u8], at: u64) -> io::Result<usize>;

    /// How many bytes were written, which may be fewer than were given.
    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<usize>;

    /// Takes away what lies beyond `length`.
    fn cut(&self, length: u64) -> io::Result<()>;

    /// Makes the file's bytes and length durable.
    fn sync_data(&self) -> io::Result<()>;

    /// Writes all of the bytes. After an error any part of them may be there.
    fn write_all_at(&self, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.write_at(bytes, at) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    bytes = bytes.get(written..).unwrap_or_default();
                    at += written as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Creates a folder and those above it, each name durable before anything is put below it: what is synced into a
/// folder whose own name is not on disk would be lost with it. A folder that is there may be a crashed run's, so its
/// name is made durable too.
pub fn create_folders<D: Disk>(disk: &D, folder: &Path) -> io::Result<()> {
    let above = folder_of(folder);
    match disk.create_folder(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound && above != folder => {
            create_folders(disk, above)?;
            disk.create_folder(folder)?;
        }
        Err(error) => return Err(error),
    }
    match disk.sync_folder(above) {
        // Who may not list a folder cannot sync it either; it is none of ours then.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        result => result,
    }
}

/// True where the file system, or the user's share of it, has no room left.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Whether a small file could still be begun here; true where nobody can say.
pub fn has_room(folder: &Path) -> bool {
    rustix::fs::statvfs(folder).map_or(true, |disk| {
        let counts_files = disk.f_files > 0;
        disk.f_bavail.saturating_mul(disk.f_frsize) >= SMALL_BYTES && (!counts_files || disk.f_favail > 0)
    })
}

/// The folder that a name stands in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new(if path.has_root() { "/" } else { "." }))
}

/// Reads a file on from a place.
pub struct ReadFrom<'f, F> {
    pub file: &'f F,
    pub at: u64,
}

impl<F: DiskFile> Read for ReadFrom<'_, F> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(bytes, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// The file system that the program runs on.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    type File = File;
    type Lock = Lock;

    fn lock(&self, state: &Path) -> anyhow::Result<Lock> {
        fault::point("lock.take")?;
        Lock::take(state)
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        fault::point("folder.create")?;
        fs::create_dir(folder)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        fault::point("folder.sync")?;
        match File::open(folder)?.sync_all() {
            // Some network file systems have nothing to sync in a folder and say so.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            result => result,
        }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        fault::point("folder.list")?;
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        fault::point("segment.open")?;
        OpenOptions::new().read(true).write(true).open(path)
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        fault::point("segment.create")?;
        OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)
    }

    fn wait_for_room(&self) {
        thread::sleep(FULL_DISK_PAUSE);
    }
}

impl DiskFile for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, bytes: &mut [u8], at: u64) -> io::Result<usize> {
        fault::point("segment.read")?;
        std::os::unix::fs::FileExt::read_at(self, bytes, at)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<usize> {
        let some = fault::part("segment.write", bytes)?;
        std::os::unix::fs::FileExt::write_at(self, some, at)
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        fault::point("segment.cut")?;
        self.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        fault::point("segment.sync")?;
        File::sync_data(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_with_those_above_it_and_may_be_there_already() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("a").join("b").join("c");
        create_folders(&RealDisk, &folder).unwrap();
        create_folders(&RealDisk, &folder).unwrap();
        assert!(folder.is_dir());
        fs::write(place.path().join("file"), "").unwrap();
        create_folders(&RealDisk, &place.path().join("file").join("a")).unwrap_err();
    }

    #[test]
    fn a_name_stands_in_the_folder_before_it() {
        for (path, above) in [("out", "."), ("a/out", "a"), ("/out", "/"), ("/", "/")] {
            assert_eq!(folder_of(Path::new(path)), Path::new(above));
        }
    }
}
