//! The rules, and programs that leave one of them out: the same committer and recovery, on a disk or an index through
//! which they do what the rule forbids.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use copydesk::ledger::{ArticleRow, Disk, DiskFile, Group, Index, Known, Segment, SegmentRow, Series, Settled, is_whole};
use copydesk::model::{Ticket, render_rejected};
use xxhash_rust::xxh3::xxh3_64;

use super::disk::{SimulatedDisk, SimulatedFile};
use super::index::{SimulatedIndex, Store};
use super::inputs::refused;
use super::world::{Faults, Repairs, Report, Rules, World, run_world, sound};

/// All rules but for what the disk and the index do.
pub fn with<D, I>(disk: fn(&SimulatedDisk, &Rc<RefCell<Store>>) -> D, index: fn(SimulatedIndex) -> I) -> Rules<D, I> {
    Rules {
        disk,
        index,
        renders_again: false,
        knows_by_digest: false,
        cuts_without_a_ledger: false,
        repairs: Repairs::Beside,
        convicts_after: 3,
        convicts_first: false,
    }
}

/// A rule of the disk that a program leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neglect {
    /// It waits for no lock.
    Lock,
    /// It syncs only those folders in which it has created something itself.
    FoldersOfOthers,
    /// It looks only for the files that its ledger names.
    FilesOfOthers,
    /// It adopts whatever parses, whether or not the checksum holds.
    Checksum,
    /// It does not write again what it adopts.
    WritingAgain,
    /// It acknowledges what it has not synced.
    Sync,
}

/// The rules without one of the disk's.
pub fn without(neglect: Neglect) -> Rules<NeglectfulDisk, SimulatedIndex> {
    macro_rules! neglecting {
        ($($rule:ident),*) => {
            match neglect {
                $(Neglect::$rule => with(|disk, store| NeglectfulDisk::new(Neglect::$rule, disk, store), |index| index),)*
            }
        };
    }
    neglecting!(Lock, FoldersOfOthers, FilesOfOthers, Checksum, WritingAgain, Sync)
}

/// A disk that does not do all that it is asked.
pub struct NeglectfulDisk {
    neglect: Neglect,
    disk: SimulatedDisk,
    store: Rc<RefCell<Store>>,
    created_in: RefCell<HashSet<PathBuf>>,
}

impl NeglectfulDisk {
    fn new(neglect: Neglect, disk: &SimulatedDisk, store: &Rc<RefCell<Store>>) -> Self {
        Self { neglect, disk: disk.clone(), store: Rc::clone(store), created_in: RefCell::default() }
    }

    fn has_created(&self, path: &Path) {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        self.created_in.borrow_mut().insert(above.to_owned());
    }
}

impl Disk for NeglectfulDisk {
    type File = NeglectfulFile;
    type Lock = ();

    fn lock(&self, state: &Path) -> anyhow::Result<()> {
        if self.neglect == Neglect::Lock { Ok(()) } else { self.disk.lock(state) }
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        self.disk.create_folder(folder)?;
        self.has_created(folder);
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let is_skipped = self.neglect == Neglect::FoldersOfOthers && !self.created_in.borrow().contains(folder);
        if is_skipped { Ok(()) } else { self.disk.sync_folder(folder) }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        let mut names = self.disk.list(folder)?;
        if self.neglect == Neglect::FilesOfOthers {
            let known: HashSet<OsString> = self.store.borrow().segments().map(|row| row.segment.file_name().into()).collect();
            names.retain(|name| known.contains(name));
        }
        Ok(names)
    }

    fn open(&self, path: &Path) -> io::Result<NeglectfulFile> {
        let file = self.disk.open(path)?;
        let view = (self.neglect == Neglect::Checksum).then(|| sealed_again(&file.bytes()));
        Ok(NeglectfulFile { neglect: self.neglect, file, view })
    }

    fn create(&self, path: &Path) -> io::Result<NeglectfulFile> {
        let file = self.disk.create(path)?;
        self.has_created(path);
        Ok(NeglectfulFile { neglect: self.neglect, file, view: None })
    }

    fn wait_for_room(&self) {
        self.disk.wait_for_room();
    }
}

/// What recovery would see of a file if it only asked whether a line parses: with a checksum that holds.
fn sealed_again(bytes: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let parses = serde_json::from_slice::<serde_json::Value>(bare).is_ok_and(|value| value.is_object());
        let body = bare.len().checked_sub(28).and_then(|at| bare.get(..at));
        match body {
            Some(body) if parses && !is_whole(bare) => {
                sealed.extend_from_slice(body);
                sealed.extend_from_slice(format!(",\"check\":\"{:016x}\"}}", xxh3_64(body)).as_bytes());
                sealed.extend_from_slice(&line[bare.len()..]);
            }
            _ => sealed.extend_from_slice(line),
        }
    }
    sealed
}

pub struct NeglectfulFile {
    neglect: Neglect,
    file: SimulatedFile,
    view: Option<Vec<u8>>,
}

impl DiskFile for NeglectfulFile {
    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }

    fn read_at(&self, bytes: &mut [u8], at: u64) -> io::Result<usize> {
        let read = self.file.read_at(bytes, at)?;
        if let Some(view) = &self.view {
            bytes[..read].copy_from_slice(&view[at as usize..at as usize + read]);
        }
        Ok(read)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<usize> {
        match self.neglect {
            Neglect::WritingAgain if self.file.has(bytes, at) => Ok(bytes.len()),
            _ => self.file.write_at(bytes, at),
        }
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        self.file.cut(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        if self.neglect == Neglect::Sync { Ok(()) } else { self.file.sync_data() }
    }
}

/// A program that leaves one rule out, and the faults under which that shows.
pub type Mutant = (&'static str, Faults, fn(u64, Faults) -> Report);

/// Every rule, taken out one at a time. Each must break a claim in some world. That only what a checksum holds is adopted
/// is no world's luck, but a sample of its own.
pub const MUTANTS: &[Mutant] = &[
    ("does not write again", Faults::Mixed, |seed, faults| run_world(seed, faults, &without(Neglect::WritingAgain))),
    ("quarantine before adoption", Faults::Kill, |seed, faults| {
        run_world(seed, faults, &Rules { convicts_after: 0, convicts_first: true, ..sound() })
    }),
    ("no lock", Faults::Kill, |seed, faults| run_world(seed, faults, &without(Neglect::Lock))),
    ("folders synced by creator only", Faults::Mixed, |seed, faults| run_world(seed, faults, &without(Neglect::FoldersOfOthers))),
    ("files known from ledger only", Faults::Kill, |seed, faults| run_world(seed, faults, &without(Neglect::FilesOfOthers))),
    ("renders again after a short write", Faults::Mixed, |seed, faults| run_world(seed, faults, &Rules { renders_again: true, ..sound() })),
    ("twins keyed by digest", Faults::Kill, |seed, faults| run_world(seed, faults, &Rules { knows_by_digest: true, ..sound() })),
    ("acknowledges before the sync", Faults::Power, |seed, faults| run_world(seed, faults, &without(Neglect::Sync))),
    ("cuts without a ledger", Faults::Power, |seed, faults| run_world(seed, faults, &Rules { cuts_without_a_ledger: true, ..sound() })),
    ("repairs in place", Faults::Kill, |seed, faults| run_world(seed, faults, &Rules { repairs: Repairs::InPlace, ..sound() })),
    ("repairs by what is left alone", Faults::Kill, |seed, faults| {
        run_world(seed, faults, &Rules { repairs: Repairs::Forgetting, ..sound() })
    }),
    ("seals are not synced", Faults::Power, |seed, faults| {
        run_world(seed, faults, &with(|disk, _| disk.clone(), |index| SimulatedIndex { syncs_seals: false, ..index }))
    }),
    ("what is found is not synced", Faults::Mixed, |seed, faults| {
        run_world(seed, faults, &with(|disk, _| disk.clone(), |index| SimulatedIndex { syncs_recovery: false, ..index }))
    }),
];

/// Sets convicts aside by what the ledger knows before recovery: at the end that it knows of.
pub fn convict_first<D: Disk, I: Index>(world: &mut World<'_, D, I>) -> anyhow::Result<()> {
    let mut index = SimulatedIndex::open(&world.store, &world.disk)?;
    for ((key, text), crashes) in &world.suspects {
        let story = world.inputs.iter().flat_map(|input| input.stories.iter().map(move |story| (input, story)));
        let suspect = story.into_iter().find(|(_, story)| story.key == *key);
        let is_known = index.latest(key)?.is_some_and(|known| known.digest == Some(text.digest()));
        let Some((input, story)) = suspect.filter(|_| *crashes >= world.rules.convicts_after && !is_known) else { continue };
        let rejection = refused(input.origin(story, *text, Ticket(0), 1), "crash.quarantined");
        let revision = index.latest(key)?.map_or(1, |known| known.revision + 1);
        let mut line = Vec::new();
        render_rejected(&mut line, &rejection, revision, "2026-11-24T00:00:00Z")?;
        let mut row = index
            .segments()?
            .into_iter()
            .rfind(|row| row.segment.series == Series::Rejected && !row.sealed)
            .unwrap_or(SegmentRow { segment: Segment { series: Series::Rejected, number: 1 }, bytes: 0, lines: 0, sealed: false });
        let path = row.segment.path(Path::new("out"));
        let file = world.disk.open(&path).or_else(|_| world.disk.create(&path))?;
        file.write_all_at(&line, row.bytes)?;
        file.sync_data()?;
        (row.bytes, row.lines) = (row.bytes + line.len() as u64, row.lines + 1);
        let known = Known { digest: Some(text.digest()), revision, outcome: Settled::Rejected, attempts: 1 };
        let article = ArticleRow { key: key.clone(), path: (*input.path).clone(), entry: story.entry.clone(), known, rejection: None };
        index.commit(&Group { articles: vec![article], files: Vec::new(), segments: vec![row] })?;
        world.convicted.insert((key.clone(), *text));
    }
    Ok(())
}
