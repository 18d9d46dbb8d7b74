//! Where a path lies among the roots, and whether it is one that would be read.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::sources::found::Found;
use crate::sources::open::source_path;
use crate::sources::paths::{Globs, skip_by_name};
use crate::sources::{Options, Root};

/// Where a path lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the root of this number.
    Root(usize),
    /// Below the root of this number, by this path.
    Below(usize, PathBuf),
    /// Below none, or where nothing is read.
    Elsewhere,
}

/// The roots and what is read below them.
pub(super) struct Places {
    roots: Vec<Root>,
    globs: Globs,
    /// What is never read.
    ours: Vec<PathBuf>,
}

impl Places {
    pub(super) fn new(options: &Options) -> anyhow::Result<Self> {
        let ours = options.folders_of_ours().map(std::path::absolute).collect::<Result<_, _>>()?;
        Ok(Self { roots: options.roots.clone(), globs: Globs::new(options)?, ours })
    }

    pub(super) fn of(&self, path: &Path) -> Place {
        if self.ours.iter().any(|folder| path.starts_with(folder)) {
            return Place::Elsewhere;
        }
        for (number, root) in self.roots.iter().enumerate() {
            match path.strip_prefix(&root.path) {
                Ok(below) if below.as_os_str().is_empty() => return Place::Root(number),
                Ok(below) if below.parent().is_none_or(|folder| self.enters(folder)) => return Place::Below(number, below.to_path_buf()),
                Ok(_) => return Place::Elsewhere,
                Err(_) => {}
            }
        }
        Place::Elsewhere
    }

    /// True if the folder at this path below a root is listed.
    pub(super) fn enters(&self, below: &Path) -> bool {
        let shown = below.iter().all(|name| skip_by_name(name.as_bytes()).is_none());
        shown && below.ancestors().filter(|folder| !folder.as_os_str().is_empty()).all(|folder| self.globs.enter_folder(folder))
    }

    /// The file at `path`, if its name and the globs have it read.
    pub(super) fn file(&self, root: usize, below: &Path, path: PathBuf) -> Option<Found> {
        let root = self.roots.get(root)?;
        let named = below.as_os_str().is_empty();
        let is_read =
            named || (skip_by_name(below.file_name().unwrap_or(OsStr::new("")).as_bytes()).is_none() && self.globs.take_file(below));
        let source = || Arc::new(source_path(&root.name, below.as_os_str().as_bytes()));
        is_read.then(|| Found { path, root_bytes: root.path.as_os_str().len(), source: source(), named })
    }
}

/// Device and inode.
pub(super) fn identity_of(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sources::{After, Limits};

    #[test]
    fn what_would_not_be_listed_is_not_looked_at_either() {
        let options = Options {
            roots: vec![Root { name: b"wire".to_vec(), path: PathBuf::from("/in/wire") }],
            include: Vec::new(),
            exclude: vec!["old/**".to_owned(), "*.bak".to_owned()],
            settle: Duration::ZERO,
            rescan: Duration::from_secs(60),
            follow_symlinks: false,
            after: After::Keep,
            limits: Limits { document_bytes_max: 1, entries_max: 1, attempts_max: 1, ratio_max: 1, depth_max: 1 },
            opening: crate::sources::Opening::Here,
            out: Some(PathBuf::from("/in/wire/out")),
        };
        let places = Places::new(&options).unwrap();
        let is_read = |path: &str| match places.of(Path::new(path)) {
            Place::Below(root, below) => places.file(root, &below, PathBuf::from(path)).is_some(),
            Place::Root(_) | Place::Elsewhere => false,
        };
        assert!(is_read("/in/wire/a.txt") && is_read("/in/wire/new/a.txt"));
        for path in ["/in/other/a.txt", "/in/wire2/a.txt", "/in/wire/.git/a.txt", "/in/wire/a.txt.part", "/in/wire/a.bak"] {
            assert!(!is_read(path), "{path}");
        }
        assert!(!is_read("/in/wire/out/articles-000001.jsonl"));
        assert_eq!(places.of(Path::new("/in/wire")), Place::Root(0));
    }
}
