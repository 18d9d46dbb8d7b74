//! A reader who follows the files while they are written and remembers every whole line that it saw, and a consumer who
//! takes sealed files away.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use xxhash_rust::xxh3::xxh3_64;

/// How often it looks.
const PAUSE: Duration = Duration::from_millis(4);

/// One file as far as it was followed.
#[derive(Default)]
struct Followed {
    /// Up to the end of the last whole line.
    bytes: u64,
    /// Each line's end and what stood in it.
    lines: Vec<(u64, u64)>,
}

pub struct Reader {
    stop: Arc<AtomicBool>,
    seen: Arc<AtomicU64>,
    following: JoinHandle<(u64, Vec<String>)>,
}

impl Reader {
    /// Follows the files of `out`, and where a consumer has taken them to `taken`.
    pub fn start(out: PathBuf, taken: PathBuf) -> Self {
        let (stop, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (stopped, count) = (Arc::clone(&stop), Arc::clone(&seen));
        let following = thread::spawn(move || {
            let mut files: BTreeMap<String, Followed> = BTreeMap::new();
            while !stopped.load(Ordering::Relaxed) {
                follow(&out, &taken, &mut files, &count);
                thread::sleep(PAUSE);
            }
            follow(&out, &taken, &mut files, &count);
            compare(&out, &taken, &files)
        });
        Self { stop, seen, following }
    }

    /// How many whole lines there are so far.
    pub fn lines(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }

    /// How many lines that it saw are gone or changed, and which.
    pub fn end(self) -> (u64, Vec<String>) {
        self.stop.store(true, Ordering::Relaxed);
        self.following.join().unwrap()
    }
}

fn follow(out: &Path, taken: &Path, files: &mut BTreeMap<String, Followed>, count: &AtomicU64) {
    for folder in [out, taken] {
        for name in segments(folder) {
            // It may be taken away just now; the next look finds it where it is then.
            let Ok(file) = File::open(folder.join(&name)) else { continue };
            let followed = files.entry(name).or_default();
            let Ok(bytes) = read_from(&file, followed.bytes) else { continue };
            let mut at = followed.bytes;
            for line in bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")) {
                at += line.len() as u64;
                followed.lines.push((at, xxh3_64(line)));
                count.fetch_add(1, Ordering::Relaxed);
            }
            followed.bytes = at;
        }
    }
}

fn read_from(file: &File, at: u64) -> std::io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    let mut bytes = vec![0; usize::try_from(length.saturating_sub(at)).unwrap()];
    let read = file.read_at(&mut bytes, at)?;
    bytes.truncate(read);
    Ok(bytes)
}

fn compare(out: &Path, taken: &Path, files: &BTreeMap<String, Followed>) -> (u64, Vec<String>) {
    let (mut back, mut findings) = (0, Vec::new());
    for (name, followed) in files {
        let now = fs::read(out.join(name)).or_else(|_| fs::read(taken.join(name))).unwrap_or_default();
        let mut start = 0;
        for (end, hash) in &followed.lines {
            let line = now.get(start..*end as usize);
            if line.is_none_or(|line| xxh3_64(line) != *hash) {
                back += 1;
                findings.push(format!("{name}: the line at byte {start} was seen whole, and is gone or changed"));
            }
            start = *end as usize;
        }
    }
    (back, findings)
}

/// The record files below a folder, `articles-000001.jsonl` and `rejected/rejected-000001.jsonl`, in order.
pub fn segments(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for (below, prefix) in [("", "articles-"), ("rejected/", "rejected-")] {
        let Ok(entries) = fs::read_dir(folder.join(below)) else { continue };
        let found = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut found: Vec<String> = found.filter(|name| name.starts_with(prefix) && name.ends_with(".jsonl")).collect();
        found.sort();
        names.extend(found.into_iter().map(|name| format!("{below}{name}")));
    }
    names
}

/// Takes sealed files to another folder for as long as it lives.
pub struct Consumer {
    stop: Arc<AtomicBool>,
    taking: Option<JoinHandle<()>>,
}

impl Consumer {
    pub fn start(out: PathBuf, taken: PathBuf) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let taking = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                take_sealed(&out, &taken);
                thread::sleep(PAUSE * 5);
            }
        });
        Self { stop, taking: Some(taking) }
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(taking) = self.taking.take() {
            taking.join().unwrap();
        }
    }
}

/// Moves all but the last file of each kind, which is the active one. Gives how many those were.
pub fn take_sealed(out: &Path, taken: &Path) -> usize {
    fs::create_dir_all(taken.join("rejected")).unwrap();
    let names = segments(out);
    let mut moved = 0;
    for pair in names.windows(2).filter(|pair| pair[0].contains('/') == pair[1].contains('/')) {
        // To another file system, perhaps: copied first, and then no longer there.
        if fs::rename(out.join(&pair[0]), taken.join(&pair[0])).is_err() {
            fs::copy(out.join(&pair[0]), taken.join(&pair[0])).unwrap();
            fs::remove_file(out.join(&pair[0])).unwrap();
        }
        moved += 1;
    }
    moved
}
