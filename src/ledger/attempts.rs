//! Which articles are being worked on this moment, so that one that kills the program can be told from its neighbours.
//!
//! The file is never synced: it outlives a crash of the process, which is all it is for, and counts for nothing after a
//! reboot. What was under way in a crash is suspect and runs alone, after the others. Only who was running alone in
//! three crashes is convicted: a kill from outside cannot be told from a crash, and must convict nobody.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use xxhash_rust::xxh3::xxh3_64;

use crate::model::Origin;

use super::{STATE_FOLDER, fault};

/// Bytes of one line of the file, its line feed included. Each stands at a place of its own, and is written at once.
const LINE_BYTES: usize = 128;
/// Suspects that are remembered; of more, the file's last ones are forgotten.
const SUSPECTS_MAX: usize = 1024;
/// Crashes alone that convict: one may be the machine's fault, two chance.
const CRASHES_MAX: u32 = 3;
/// Bytes of such a file that are read at most.
const FILE_BYTES_MAX: usize = 1 << 20;

/// One version of one article: its id and the beginning of its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    id: [u8; 16],
    digest: [u8; 16],
}

impl Version {
    pub fn of(origin: &Origin) -> Self {
        let digest = origin.digest.as_ref().and_then(|digest| digest.0.first_chunk::<16>().copied());
        Self { id: origin.key.id().0, digest: digest.unwrap_or_default() }
    }
}

/// How an article stands that is about to be worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Free,
    /// It was under way in a crash: it is to run alone, after the others.
    Suspect,
    /// It was running alone in so many crashes: it is to be set aside.
    Convicted(u32),
}

/// What a line of the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// Was under way in an earlier crash, and alone in so many.
    Suspect(Version, u32),
    /// The one that is running alone.
    Alone(Version),
    UnderWay(Version),
}

/// Draws the conclusion from what the file said when the process had ended.
fn suspects_after(marks: &[Mark]) -> BTreeMap<Version, u32> {
    let mut suspects = BTreeMap::new();
    for mark in marks {
        if let Mark::Suspect(version, crashes) = mark {
            suspects.insert(*version, *crashes);
        }
    }
    for mark in marks {
        if let Mark::UnderWay(version) = mark {
            suspects.entry(*version).or_insert(0);
        }
    }
    for mark in marks {
        // Whoever was to run alone but was not at work is not to blame.
        if let Mark::Alone(version) = mark
            && marks.contains(&Mark::UnderWay(*version))
        {
            *suspects.entry(*version).or_insert(0) += 1;
        }
    }
    suspects
}

/// The attempts file of the process that holds the folder's lock.
pub struct Attempts {
    file: File,
    inner: Mutex<Inner>,
}

struct Inner {
    /// Every suspect, how often it crashed alone, and the number of its line.
    suspects: BTreeMap<Version, (u32, u64)>,
    /// Lines that nobody uses.
    free: Vec<u64>,
    lines: u64,
}

/// The line after the head says who runs alone.
const ALONE_LINE: u64 = 1;

impl Attempts {
    /// Reads what the last process left, and begins a new file. To be called once the ledger has recovered: what was
    /// written before the crash is no longer under suspicion.
    pub fn open(out: &Path) -> io::Result<Self> {
        Self::open_at(out.join(STATE_FOLDER).join("attempts"), &boot_id())
    }

    fn open_at(path: PathBuf, boot: &str) -> io::Result<Self> {
        let left = match fs::read(&path) {
            Ok(bytes) => suspects_after(&read(&bytes, boot)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        let new = path.with_extension("new");
        fault::point("attempts.create")?;
        let file = File::create(&new)?;
        file.write_all_at(&line(&head(boot)), 0)?;
        file.write_all_at(&line(""), ALONE_LINE * LINE_BYTES as u64)?;
        let mut inner = Inner { suspects: BTreeMap::new(), free: Vec::new(), lines: ALONE_LINE + 1 };
        for (version, crashes) in left.into_iter().take(SUSPECTS_MAX) {
            let place = inner.take_line();
            file.write_all_at(&line(&Mark::Suspect(version, crashes).text()), place * LINE_BYTES as u64)?;
            inner.suspects.insert(version, (crashes, place));
        }
        fault::point("attempts.rename")?;
        // A crash before this leaves the old file, and one after it the same suspects.
        fs::rename(&new, &path)?;
        Ok(Self { file, inner: Mutex::new(inner) })
    }

    /// Whether this version may run with others, alone, or not at all. `tries` counts from 1, this one included: who was
    /// set aside and is asked for again runs alone.
    pub fn standing(&self, version: Version, tries: u32) -> Standing {
        match self.inner().suspects.get(&version) {
            None => Standing::Free,
            Some((crashes, _)) if *crashes >= CRASHES_MAX && tries <= 1 => Standing::Convicted(*crashes),
            Some(_) => Standing::Suspect,
        }
    }

    /// Says that this suspect runs alone from now on. To be called when nothing else is under way.
    pub fn run_alone(&self, version: Version) {
        self.write(ALONE_LINE, &Mark::Alone(version).text());
    }

    /// Says that the suspect is through: it is a suspect no longer.
    pub fn clear(&self, version: Version) {
        self.write(ALONE_LINE, "");
        let mut inner = self.inner();
        if let Some((_, place)) = inner.suspects.remove(&version) {
            self.write(place, "");
            inner.free.push(place);
        }
    }

    /// A place to say what is being worked on. Given back when dropped.
    pub fn begin(&self) -> UnderWay<'_> {
        UnderWay { attempts: self, place: self.inner().take_line() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, place: u64, text: &str) {
        // Without room for it, a crash finds no suspects; the records do not depend on it.
        let _ = self.file.write_all_at(&line(text), place * LINE_BYTES as u64);
    }
}

impl Inner {
    fn take_line(&mut self) -> u64 {
        self.free.pop().unwrap_or_else(|| {
            self.lines += 1;
            self.lines - 1
        })
    }
}

/// A worker's place in the file.
pub struct UnderWay<'a> {
    attempts: &'a Attempts,
    place: u64,
}

impl UnderWay<'_> {
    /// Says that this version is being worked on from now, and no longer the one before it.
    pub fn mark(&self, version: Version) {
        self.attempts.write(self.place, &Mark::UnderWay(version).text());
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.attempts.write(self.place, "");
        self.attempts.inner().free.push(self.place);
    }
}

impl Mark {
    fn text(self) -> String {
        let named = |what: &str, version: &Version| format!("{what} {} {}", hex(version.id), hex(version.digest));
        match self {
            Self::Suspect(version, crashes) => format!("{} {crashes}", named("suspect", &version)),
            Self::Alone(version) => named("alone", &version),
            Self::UnderWay(version) => named("under-way", &version),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let (what, id, digest, crashes) = (words.next()?, words.next()?, words.next()?, words.next());
        let version =
            Version { id: u128::from_str_radix(id, 16).ok()?.to_be_bytes(), digest: u128::from_str_radix(digest, 16).ok()?.to_be_bytes() };
        match what {
            "suspect" => Some(Self::Suspect(version, crashes?.parse().ok()?)),
            "alone" => Some(Self::Alone(version)),
            "under-way" => Some(Self::UnderWay(version)),
            _ => None,
        }
    }
}

fn hex(bytes: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn head(boot: &str) -> String {
    format!("copydesk.attempts/1 {boot}")
}

/// A text as it stands in the file: padded, with a checksum of itself, since a kill can cut a write short.
fn line(text: &str) -> [u8; LINE_BYTES] {
    let mut line = [b' '; LINE_BYTES];
    let length = text.len().min(LINE_BYTES - 18);
    if let (Some(place), Some(text)) = (line.get_mut(..length), text.as_bytes().get(..length)) {
        place.copy_from_slice(text);
    }
    let check = format!("{:016x}\n", xxh3_64(line.get(..LINE_BYTES - 17).unwrap_or_default()));
    if let Some(place) = line.get_mut(LINE_BYTES - 17..) {
        place.copy_from_slice(check.as_bytes());
    }
    line
}

/// What a file of this boot says; nothing, if it is another's.
fn read(bytes: &[u8], boot: &str) -> Vec<Mark> {
    let mut lines = bytes.chunks_exact(LINE_BYTES).take(FILE_BYTES_MAX / LINE_BYTES).filter_map(|bytes| {
        let text = str::from_utf8(bytes.get(..LINE_BYTES - 17)?).ok()?.trim_end();
        (line(text) == bytes).then_some(text)
    });
    if lines.next() != Some(head(boot).as_str()) {
        return Vec::new();
    }
    lines.filter_map(Mark::parse).collect()
}

/// Names the time since the machine was started. Where the system has no such name, any file is believed: the worst
/// that can come of it is that an article runs alone once.
fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").map_or_else(|_| "unknown".to_owned(), |id| id.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: u8) -> Version {
        Version { id: [number; 16], digest: [number ^ 0x5a; 16] }
    }

    /// A desk whose process dies and starts again.
    struct Desk {
        place: tempfile::TempDir,
        boot: &'static str,
    }

    impl Desk {
        fn new() -> Self {
            Self { place: tempfile::tempdir().unwrap(), boot: "first" }
        }

        fn start(&self) -> Attempts {
            Attempts::open_at(self.place.path().join("attempts"), self.boot).unwrap()
        }
    }

    /// A process that dies gives nothing back.
    fn die_working_on(attempts: &Attempts, versions: &[Version]) {
        for version in versions {
            let under_way = attempts.begin();
            under_way.mark(*version);
            std::mem::forget(under_way);
        }
    }

    #[test]
    fn what_was_under_way_in_a_crash_is_suspect() {
        let desk = Desk::new();
        let attempts = desk.start();
        attempts.begin().mark(version(1));
        die_working_on(&attempts, &[version(2), version(3)]);
        let attempts = desk.start();
        let standings = [1, 2, 3].map(|number| attempts.standing(version(number), 1));
        assert_eq!(standings, [Standing::Free, Standing::Suspect, Standing::Suspect]);
        attempts.clear(version(2));
        assert_eq!(attempts.standing(version(2), 1), Standing::Free);
        assert_eq!(desk.start().standing(version(3), 1), Standing::Suspect);
    }

    #[test]
    fn three_crashes_alone_convict_and_who_is_asked_for_again_runs_alone() {
        let desk = Desk::new();
        die_working_on(&desk.start(), &[version(1), version(2)]);
        for crash in 0..3 {
            let attempts = desk.start();
            assert_eq!(attempts.standing(version(1), 1), Standing::Suspect, "crash {crash}");
            attempts.run_alone(version(1));
            die_working_on(&attempts, &[version(1)]);
        }
        let attempts = desk.start();
        assert_eq!(attempts.standing(version(1), 1), Standing::Convicted(3));
        assert_eq!(attempts.standing(version(1), 2), Standing::Suspect);
        assert_eq!(attempts.standing(version(2), 1), Standing::Suspect);
    }

    #[test]
    fn kills_from_outside_convict_nobody_who_has_company() {
        let desk = Desk::new();
        for _ in 0..20 {
            die_working_on(&desk.start(), &[version(1), version(2)]);
        }
        let attempts = desk.start();
        // Alone, but not at work when the process ended.
        attempts.run_alone(version(1));
        let attempts = desk.start();
        assert_eq!([1, 2].map(|number| attempts.standing(version(number), 1)), [Standing::Suspect; 2]);
        assert!(attempts.inner().suspects.values().all(|(crashes, _)| *crashes == 0));
    }

    #[test]
    fn nothing_is_left_of_it_after_a_reboot() {
        let mut desk = Desk::new();
        die_working_on(&desk.start(), &[version(1)]);
        desk.boot = "second";
        assert_eq!(desk.start().standing(version(1), 1), Standing::Free);
    }

    #[test]
    fn a_damaged_line_says_nothing_and_the_others_stand() {
        let desk = Desk::new();
        die_working_on(&desk.start(), &[version(1), version(2)]);
        let path = desk.place.path().join("attempts");
        let mut bytes = fs::read(&path).unwrap();
        bytes[2 * LINE_BYTES + 12] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let attempts = desk.start();
        assert_eq!([1, 2].map(|number| attempts.standing(version(number), 1)), [Standing::Free, Standing::Suspect]);
        fs::write(&path, "no attempts").unwrap();
        assert_eq!(desk.start().standing(version(2), 1), Standing::Free);
    }

    #[test]
    fn the_file_stays_small_however_much_is_worked_on() {
        let desk = Desk::new();
        let attempts = desk.start();
        for number in 0..200 {
            attempts.begin().mark(version(number));
        }
        assert_eq!(fs::metadata(desk.place.path().join("attempts")).unwrap().len(), 3 * LINE_BYTES as u64);
    }
}
