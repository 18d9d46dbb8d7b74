//! Hears of file systems that are mounted and unmounted below the roots: the folders above them are told nothing.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::ffi::OsStrExt as _;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::sources::Root;

/// The kernel's table of mounts, where it has one.
pub(super) struct Mounts {
    table: Option<File>,
    /// What is mounted below the roots: the mount's number and its place.
    below: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Mounts {
    pub(super) fn new(roots: &[Root]) -> Self {
        let mut mounts = Self { table: File::open("/proc/self/mountinfo").ok(), below: Vec::new() };
        mounts.below = mounts.below(roots);
        mounts
    }

    /// True once after something was mounted or unmounted below a root.
    pub(super) fn have_changed(&mut self, roots: &[Root]) -> bool {
        let Some(table) = &self.table else { return false };
        // The kernel tells of any change of the table by an exceptional state, once.
        let mut asked = [PollFd::new(table, PollFlags::PRI)];
        let is_told = poll(&mut asked, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|told| told > 0);
        if !is_told {
            return false;
        }
        let now = self.below(roots);
        std::mem::replace(&mut self.below, now) != self.below
    }

    fn below(&self, roots: &[Root]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let Some(mut table) = self.table.as_ref() else { return Vec::new() };
        let mut text = Vec::new();
        if table.seek(SeekFrom::Start(0)).and_then(|_| table.read_to_end(&mut text)).is_err() {
            return Vec::new();
        }
        // The table knows no links.
        let roots: Vec<_> = roots.iter().filter_map(|root| fs::canonicalize(&root.path).ok()).collect();
        let is_below = |place: &[u8]| roots.iter().any(|root| std::path::Path::new(std::ffi::OsStr::from_bytes(place)).starts_with(root));
        mounted(&text).filter(|(_, place)| is_below(place)).collect()
    }
}

/// The number and the place of each mount: `36 35 98:0 /mnt1 /mnt2 rw,noatime - ext3 /dev/root rw`.
fn mounted(table: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    table.split(|byte| *byte == b'\n').filter_map(|line| {
        let mut fields = line.split(|byte| *byte == b' ');
        Some((fields.next()?.to_vec(), unescaped(fields.nth(3)?)))
    })
}

/// Blanks in places are written in octal: `\040`.
fn unescaped(place: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = place;
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..3).filter(|_| *first == b'\\').and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { after.get(3..).unwrap_or_default() } else { after };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_mounts_are_read_as_the_kernel_writes_them() {
        let table = b"36 35 98:0 / /srv/in rw - ext3 /dev/root rw\n40 36 0:5 /a /srv/in/card\\040one\\134x ro,bind - tmpfs none rw\n\n";
        let read: Vec<_> = mounted(table).collect();
        let expected = [(&b"36"[..], &b"/srv/in"[..]), (b"40", b"/srv/in/card one\\x")];
        assert_eq!(read, expected.map(|(number, place)| (number.to_vec(), place.to_vec())));
    }
}
