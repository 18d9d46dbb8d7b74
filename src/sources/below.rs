//! Opens what lies below an input root, and nothing else: no link on the way leads out of it, and its path may be longer
//! than the kernel takes at a time.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

/// The kernel takes paths of fewer bytes than this at a time.
pub(super) const PATH_MAX: usize = 4096;

/// Whether links below the root are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    Followed,
    Refused,
}

#[cfg(target_os = "linux")]
const ON_THE_WAY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
const ON_THE_WAY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Opens the file or folder at `below`, piece by piece where its path is long. The root itself may be a link.
pub(super) fn open(root: &Path, below: &Path, flags: OFlags, links: Links) -> io::Result<OwnedFd> {
    let mut rest = below.as_os_str().as_bytes();
    if rest.is_empty() {
        return Ok(openat(CWD, root, flags, Mode::empty())?);
    }
    let mut folder = openat(CWD, root, ON_THE_WAY, Mode::empty())?;
    while rest.len() >= PATH_MAX {
        let end = rest.get(..PATH_MAX).and_then(|piece| piece.iter().rposition(|byte| *byte == b'/'));
        let Some((piece, after)) = end.and_then(|end| rest.split_at_checked(end)) else { return Err(Errno::NAMETOOLONG.into()) };
        folder = open_piece(&folder, Path::new(OsStr::from_bytes(piece)), ON_THE_WAY, links)?;
        rest = after.strip_prefix(b"/").unwrap_or(after);
    }
    Ok(open_piece(&folder, Path::new(OsStr::from_bytes(rest)), flags, links)?)
}

#[cfg(target_os = "linux")]
fn open_piece(folder: &OwnedFd, piece: &Path, flags: OFlags, links: Links) -> rustix::io::Result<OwnedFd> {
    use rustix::fs::{ResolveFlags, openat2};
    if links == Links::Followed {
        return openat(folder, piece, flags, Mode::empty());
    }
    let flags = flags | OFlags::NOFOLLOW;
    match openat2(folder, piece, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS) {
        // Kernels before 5.6 and some containers do not have it; then only the last name is looked at.
        Err(Errno::NOSYS | Errno::PERM) => openat(folder, piece, flags, Mode::empty()),
        opened => opened,
    }
}

#[cfg(not(target_os = "linux"))]
fn open_piece(folder: &OwnedFd, piece: &Path, flags: OFlags, links: Links) -> rustix::io::Result<OwnedFd> {
    let nofollow = if links == Links::Refused { OFlags::NOFOLLOW } else { OFlags::empty() };
    openat(folder, piece, flags | nofollow, Mode::empty())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_on_the_way_is_followed_only_if_that_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("wire/day")).unwrap();
        fs::create_dir(at("vault")).unwrap();
        fs::write(at("wire/day/a.txt"), "Ferry late").unwrap();
        fs::write(at("vault/a.txt"), "secret").unwrap();
        symlink(at("vault"), at("wire/night")).unwrap();
        symlink("wire", at("link")).unwrap();
        let open = |root: &str, below: &str, links| open(&at(root), Path::new(below), OFlags::RDONLY, links);
        for root in ["wire", "link"] {
            assert!(open(root, "day/a.txt", Links::Refused).is_ok());
            assert!(open(root, "night/a.txt", Links::Followed).is_ok());
            #[cfg(target_os = "linux")]
            assert_eq!(open(root, "night/a.txt", Links::Refused).unwrap_err().raw_os_error(), Some(libc::ELOOP));
        }
    }
}
