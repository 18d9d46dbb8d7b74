//! Recovery from record files in any state, with a ledger that knows a part of them or none.
//!
//! Each line of the bytes is a line of a file as it is, but for these: `=a.txt 2` is a whole record of `a.txt`, revision
//! 2, `-a.txt 2` a whole rejection, `=:` and what follows it a line of its own with its check; `#` begins the next file,
//! `~` goes on with the other series, `@` is how far the ledger knows this one, `!` takes three bytes away from outside.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use copydesk::ledger::{
    CannotGoOn, Disk, DiskFile, Group, Index, Known, Ledger, Line, Recovered, Segment, SegmentRow, Series, Settled, is_whole,
};
use copydesk::model::{Digest, Entry, Key};

use super::records::sealed;

type Content = Rc<RefCell<Vec<u8>>>;

#[derive(Clone, Default)]
struct Memory(Rc<RefCell<BTreeMap<PathBuf, Content>>>);

struct MemoryFile(Content);

impl Disk for Memory {
    type File = MemoryFile;
    type Lock = ();

    fn lock(&self, _state: &Path) -> anyhow::Result<()> {
        Ok(())
    }

    fn create_folder(&self, _folder: &Path) -> io::Result<()> {
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn sync_folder(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        let files = self.0.borrow();
        let within = files.keys().filter(|path| path.parent() == Some(folder));
        Ok(within.filter_map(|path| path.file_name().map(OsString::from)).collect())
    }

    fn open(&self, path: &Path) -> io::Result<MemoryFile> {
        self.0.borrow().get(path).map(|file| MemoryFile(Rc::clone(file))).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn create(&self, _path: &Path) -> io::Result<MemoryFile> {
        panic!("recovery creates a record file");
    }

    fn wait_for_room(&self) {}
}

impl DiskFile for MemoryFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.borrow().len() as u64)
    }

    fn read_at(&self, bytes: &mut [u8], at: u64) -> io::Result<usize> {
        let file = self.0.borrow();
        let rest = file.get(at as usize..).unwrap_or_default();
        let count = rest.len().min(bytes.len());
        bytes[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<usize> {
        let mut file = self.0.borrow_mut();
        let place = file.get_mut(at as usize..at as usize + bytes.len()).expect("recovery writes beyond a file's end");
        assert!(place == bytes, "recovery writes other bytes than there were");
        Ok(bytes.len())
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        self.0.borrow_mut().truncate(length as usize);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Clone, Default)]
struct Kept {
    is_new: bool,
    articles: BTreeMap<Key, Known>,
    segments: BTreeMap<Segment, SegmentRow>,
}

#[derive(Clone)]
struct Shared(Rc<RefCell<Kept>>);

impl Index for Shared {
    fn is_new(&self) -> bool {
        self.0.borrow().is_new
    }

    fn finish_recovery(&mut self) -> anyhow::Result<()> {
        self.0.borrow_mut().is_new = false;
        Ok(())
    }

    fn latest(&self, key: &Key) -> anyhow::Result<Option<Known>> {
        Ok(self.0.borrow().articles.get(key).copied())
    }

    fn segments(&self) -> anyhow::Result<Vec<SegmentRow>> {
        Ok(self.0.borrow().segments.values().copied().collect())
    }

    fn commit(&mut self, group: &Group) -> anyhow::Result<()> {
        let kept = &mut *self.0.borrow_mut();
        kept.articles.extend(group.articles.iter().map(|row| (row.key.clone(), row.known)));
        kept.segments.extend(group.segments.iter().map(|row| (row.segment, *row)));
        Ok(())
    }
}

fn out() -> PathBuf {
    PathBuf::from("/desk/out")
}

/// The files and how far the ledger knows them.
#[derive(Clone, Default)]
struct Desk {
    files: BTreeMap<Segment, Vec<u8>>,
    known: BTreeMap<Segment, usize>,
}

impl Desk {
    fn of(bytes: &[u8]) -> Self {
        let mut desk = Self::default();
        let mut at = Segment { series: Series::Articles, number: 1 };
        let mut aside = Segment { series: Series::Rejected, number: 1 };
        desk.files.insert(at, Vec::new());
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let file = desk.files.entry(at).or_default();
            match line.trim_ascii_end() {
                b"#" if at.number < 5 => {
                    at.number += 1;
                    desk.files.entry(at).or_default();
                }
                b"~" => std::mem::swap(&mut at, &mut aside),
                b"@" => {
                    let length = file.len();
                    desk.known.retain(|segment, _| segment.series != at.series);
                    desk.known.insert(at, length);
                }
                b"!" => file.truncate(file.len().saturating_sub(3)),
                other => match made(other) {
                    Some(made) => file.extend_from_slice(&[&made, b"\n".as_slice()].concat()),
                    None => file.extend_from_slice(line),
                },
            }
        }
        desk
    }

    /// As the ledger has it: what comes before the latest file that it knows is sealed.
    fn index(&self) -> Shared {
        let mut kept = Kept { is_new: self.known.is_empty(), ..Kept::default() };
        for (last, known) in &self.known {
            for (segment, bytes) in self.files.iter().filter(|(segment, _)| segment.series == last.series && *segment <= last) {
                let sealed = segment != last;
                let length = if sealed { bytes.len() } else { *known };
                for line in bytes.get(..length).unwrap_or(bytes).split(|byte| *byte == b'\n') {
                    let Some(line) = Some(line).filter(|line| is_whole(line)).and_then(Line::parse) else { continue };
                    let (key, known) = (key_of(&line), known_of(&line));
                    if kept.articles.get(&key).is_none_or(|before| comes_after(&known, before)) {
                        kept.articles.insert(key, known);
                    }
                }
                kept.segments.insert(*segment, SegmentRow { segment: *segment, bytes: length as u64, lines: 1, sealed });
            }
        }
        Shared(Rc::new(RefCell::new(kept)))
    }

    fn disk(&self) -> Memory {
        let files = self.files.iter().map(|(segment, bytes)| (segment.path(&out()), Rc::new(RefCell::new(bytes.clone()))));
        Memory(Rc::new(RefCell::new(files.collect())))
    }
}

/// A line that copydesk could have written.
fn made(line: &[u8]) -> Option<Vec<u8>> {
    let (kind, rest) = line.split_first()?;
    if let (b'=', Some(body)) = (kind, rest.strip_prefix(b":")) {
        return Some(sealed(body));
    }
    let mut words = rest.splitn(2, |byte| *byte == b' ');
    let name = String::from_utf8_lossy(words.next()?).into_owned();
    let revision: u64 = str::from_utf8(words.next()?).ok()?.parse().ok()?;
    let id = Key::of_file(name.as_bytes()).id().to_string();
    let source = serde_json::json!({"path": name, "bytes": 1, "digest": Digest::of(line).to_string()});
    let (schema, more) = match kind {
        b'=' => ("copydesk.record/1", String::new()),
        b'-' => (
            "copydesk.rejected/1",
            r#","stage":"parse","code":"parse.empty","error":"it is empty","attempts":1,"rejected_at":"now""#.to_owned(),
        ),
        _ => return None,
    };
    Some(sealed(format!(r#"{{"schema":"{schema}","id":"{id}","revision":{revision},"source":{source}{more}"#).as_bytes()))
}

fn key_of(line: &Line) -> Key {
    line.entry.as_ref().map_or_else(|| Key::of_file(&line.path.0), |entry: &Entry| Key::of_entry(&line.path.0, entry))
}

fn known_of(line: &Line) -> Known {
    let attempts = line.rejection.as_ref().map_or(1, |rejection| rejection.attempts);
    Known { digest: line.digest, revision: line.revision, outcome: line.outcome, attempts }
}

fn comes_after(one: &Known, other: &Known) -> bool {
    let settles = one.outcome == Settled::Record || other.outcome == Settled::Rejected;
    one.revision > other.revision || one.revision == other.revision && settles
}

fn read_line(line: &[u8]) -> Option<Line> {
    Some(line.strip_suffix(b"\n")?).filter(|line| is_whole(line)).and_then(Line::parse)
}

/// What recovery has to make of one file.
struct Expected<'b> {
    adopted: Vec<Line>,
    end: usize,
    /// What cannot be adopted.
    rest: &'b [u8],
}

fn expected(bytes: &[u8], from: usize) -> Expected<'_> {
    let (mut adopted, mut end) = (Vec::new(), from);
    for line in bytes.get(from..).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
        let Some(read) = read_line(line) else { break };
        adopted.push(read);
        end += line.len();
    }
    Expected { adopted, end, rest: bytes.get(end..).unwrap_or_default() }
}

/// Whether recovery has to refuse a file: cut from outside, damaged though another came after it, damaged where nobody
/// can say whether the damage was ever called done, or not ending in a line where the ledger says that it does.
fn is_refused(bytes: &[u8], from: usize, is_last: bool, is_rebuilt: bool) -> bool {
    let whole = |line: &[u8]| line.strip_suffix(b"\n").is_some_and(is_whole);
    let rest = expected(bytes, from).rest;
    let mut lines = rest.split_inclusive(|byte| *byte == b'\n');
    let first_is_whole = lines.next().is_some_and(whole);
    let last_known = bytes.get(..from).and_then(|known| known.split_inclusive(|byte| *byte == b'\n').next_back());
    let fits_ledger = is_rebuilt || from == 0 || last_known.and_then(read_line).is_some();
    bytes.len() < from || !fits_ledger || !rest.is_empty() && (!is_last || first_is_whole || is_rebuilt && lines.any(whole))
}

fn recover(desk: &Desk, disk: &Memory, index: &Shared) -> Result<Recovered, String> {
    let opened = Ledger::open_on(disk.clone(), &out(), |_| Ok(index.clone()));
    let result = opened.map(|ledger| ledger.recovered().clone()).map_err(|error| {
        assert!(error.is::<CannotGoOn>(), "an error that does not say what to do: {error:#}");
        error.to_string()
    });
    for (segment, before) in &desk.files {
        let after = disk.open(&segment.path(&out())).unwrap().0.borrow().clone();
        assert!(before.starts_with(&after), "{} was changed", segment.file_name());
    }
    result
}

pub fn recovery(bytes: &[u8]) {
    let desk = Desk::of(bytes);
    let (disk, index) = (desk.disk(), desk.index());
    let rows = index.0.borrow().segments.clone();
    let is_rebuilt = desk.known.is_empty();
    let last_of = |series| desk.files.keys().rfind(|segment| segment.series == series).copied();
    let mut refused = false;
    let mut plan = Vec::new();
    for (segment, content) in &desk.files {
        let row = rows.get(segment);
        if row.is_some_and(|row| row.sealed) {
            continue;
        }
        let from = row.map_or(0, |row| row.bytes as usize);
        refused |= is_refused(content, from, Some(*segment) == last_of(segment.series), is_rebuilt);
        plan.push((*segment, expected(content, from)));
    }
    let result = recover(&desk, &disk, &index);
    for (segment, expected) in &plan {
        let after = disk.open(&segment.path(&out())).unwrap().0.borrow().len();
        assert!(after >= expected.end.min(desk.files.get(segment).map_or(0, Vec::len)), "{} lost whole lines", segment.file_name());
    }
    assert_eq!(result.is_err(), refused, "{result:?}");
    let Ok(recovered) = result else { return };
    assert_eq!(recovered.rebuilt, is_rebuilt);
    let adopted: usize = plan.iter().map(|(_, expected)| expected.adopted.len()).sum();
    assert_eq!(recovered.adopted, if is_rebuilt { 0 } else { adopted as u64 });
    assert_eq!(recovered.cut_bytes, plan.iter().map(|(_, expected)| expected.rest.len() as u64).sum::<u64>());
    for line in plan.iter().flat_map(|(_, expected)| &expected.adopted) {
        let known = index.latest(&key_of(line)).unwrap().expect("an adopted line is not known");
        assert!(known == known_of(line) || comes_after(&known, &known_of(line)), "{known:?} in place of {line:?}");
    }
    check_settled(&desk, &disk, &index);
}

/// What was recovered stays as it is; and without its ledger the same comes of it.
fn check_settled(desk: &Desk, disk: &Memory, index: &Shared) {
    let before = index.0.borrow().clone();
    assert_eq!(recover(desk, disk, index), Ok(Recovered::default()), "recovered twice");
    assert_eq!(index.0.borrow().articles, before.articles);
    let anew = Shared(Rc::new(RefCell::new(Kept { is_new: true, ..Kept::default() })));
    // What the ledger vouched for need not be lines, and then nobody else can know what it stood for.
    let mut files = disk.0.borrow().values().map(|file| file.borrow().clone()).collect::<Vec<_>>().into_iter();
    let all_lines = files.all(|file| file.split_inclusive(|byte| *byte == b'\n').all(|line| read_line(line).is_some()));
    if all_lines {
        assert_eq!(recover(desk, disk, &anew), Ok(Recovered { rebuilt: true, ..Recovered::default() }));
        assert_eq!(anew.0.borrow().articles, before.articles, "without its ledger comes something else");
    }
}
