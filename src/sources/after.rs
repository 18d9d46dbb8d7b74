//! What becomes of an input once all its articles are durable: moved away or deleted, if the user asked for it.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::After;
use super::found::stamp_of;
use crate::model::{SourcePath, Stamp};

/// Moves or deletes the file, unless it has changed since it was read. True if it was done.
pub fn carry_out(after: &After, path: &Path, source: &SourcePath, read: Stamp) -> io::Result<bool> {
    let unchanged = stamp_of(&fs::symlink_metadata(path)?) == read;
    if !unchanged {
        return Ok(false);
    }
    match after {
        After::Keep => return Ok(false),
        After::Delete => fs::remove_file(path)?,
        After::Move(folder) => {
            let target = folder.join(Path::new(std::ffi::OsStr::from_bytes(&source.0)));
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(path, free_name(target)?)?;
        }
    }
    Ok(true)
}

/// The name itself, or with `~2`, `~3` where an earlier version lies there: nothing is written over.
fn free_name(target: PathBuf) -> io::Result<PathBuf> {
    let mut name = target.clone();
    let mut number = 1_u32;
    while name.symlink_metadata().is_ok() {
        number = number.checked_add(1).ok_or_else(|| io::Error::from(io::ErrorKind::AlreadyExists))?;
        let mut next = target.clone().into_os_string();
        next.push(format!("~{number}"));
        name = PathBuf::from(next);
    }
    Ok(name)
}
