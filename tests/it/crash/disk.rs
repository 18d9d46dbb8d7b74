//! A disk that fails as real ones do: what was not synced may be lost, torn or reordered with the power, a failed sync
//! leaves pages that count as clean but are nowhere, and the process can die at any step.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use copydesk::ledger::{Disk, DiskFile};

use super::chance::Chance;
use super::inode::{Inode, Loss};

/// How a life ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// The process ends; what it wrote stays in the page cache.
    Kill,
    /// The machine ends; what was not synced may be gone, or half there.
    Power,
}

/// What goes wrong in a life.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plan {
    /// How it ends, and after how many steps.
    pub crash: Option<(Crash, u64)>,
    /// It ends at the first sync after that: what was written last is all in the cache.
    pub ends_at_a_sync: bool,
    /// One step in so many fails with EIO; 0: none.
    pub broken_in: u64,
    /// The bytes that still fit.
    pub room: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

/// A write that a killed process had begun.
struct InFlight {
    inode: usize,
    at: usize,
    bytes: Vec<u8>,
}

/// The machine: its disk, its page cache, and what is still to go wrong.
pub struct Machine {
    pub chance: Chance,
    plan: Plan,
    steps: u64,
    is_down: bool,
    /// Something went wrong that the run may end for.
    pub has_failed: bool,
    cached: BTreeMap<PathBuf, Node>,
    durable: BTreeMap<PathBuf, Node>,
    inodes: Vec<Inode>,
    in_flight: Option<InFlight>,
    /// Readers go down with the machine, and read on when a run has recovered.
    is_read: bool,
    /// Lines that a reader had seen and that changed under it, with no power lost.
    pub taken_back: u64,
    /// The same across a power loss, of lines that no sync had covered.
    pub taken_back_by_power: u64,
    /// Lines that a sync had covered and that are no longer there.
    pub lost_below_sync: u64,
    pub waits: u64,
}

impl Machine {
    /// Counts a step, and fails it if it is its turn.
    pub fn step(&mut self) -> io::Result<()> {
        self.begin()?;
        if self.breaks() { Err(broken()) } else { Ok(()) }
    }

    /// Counts a step, at which the life may end.
    fn begin(&mut self) -> io::Result<()> {
        if self.is_down || self.dies_now() {
            self.is_down = true;
            return Err(down());
        }
        if self.in_flight.is_some() && self.chance.one_in(20) {
            // Where nobody waited for the killed process to be gone, its last write comes when it likes.
            self.land();
        }
        Ok(())
    }

    fn dies_now(&mut self) -> bool {
        self.steps += 1;
        !self.plan.ends_at_a_sync && self.is_time()
    }

    fn is_time(&self) -> bool {
        self.plan.crash.is_some_and(|(_, after)| self.steps > after)
    }

    fn breaks(&mut self) -> bool {
        let breaks = self.plan.broken_in > 0 && self.chance.one_in(self.plan.broken_in);
        self.has_failed |= breaks;
        breaks
    }

    /// Whether a write of so many bytes finds room, and for how many.
    pub fn room_for(&mut self, bytes: usize) -> usize {
        let Some(room) = &mut self.plan.room else { return bytes };
        let fits = bytes.min(usize::try_from(*room).unwrap_or(usize::MAX));
        *room -= fits as u64;
        self.has_failed |= fits < bytes;
        fits
    }

    pub fn is_down(&self) -> bool {
        self.is_down
    }

    fn inode(&mut self, number: usize) -> &mut Inode {
        &mut self.inodes[number]
    }

    /// Writes into the page cache, under the reader's eyes.
    fn write(&mut self, number: usize, at: usize, bytes: &[u8]) {
        let looks = self.is_read && self.chance.one_in(2);
        let changed = self.inode(number).write(at, bytes);
        if looks {
            self.inode(number).look();
        }
        self.taken_back += changed;
    }

    fn land(&mut self) {
        if let Some(InFlight { inode, at, bytes }) = self.in_flight.take() {
            let some = self.chance.below(bytes.len() as u64 + 1) as usize;
            let file = self.inode(inode);
            let there = file.cached().len();
            // Beyond the end of a file that was cut meanwhile, it leaves a hole.
            if at > there {
                file.write(there, &vec![0; at - there]);
            }
            self.write(inode, at, &bytes[..some]);
        }
    }

    /// The machine goes down and comes up again: only the platter counts.
    fn lose_power(&mut self) {
        (self.in_flight, self.is_read) = (None, false);
        let mut names = BTreeMap::new();
        let union: Vec<PathBuf> = self.cached.keys().chain(self.durable.keys()).cloned().collect();
        for path in union {
            let (cached, durable) = (self.cached.get(&path), self.durable.get(&path));
            let kept = if cached == durable || self.chance.one_in(2) { durable } else { cached };
            let has_folder = path.parent().is_some_and(|above| above.as_os_str().is_empty() || names.contains_key(above));
            if let Some(node) = kept.copied().filter(|_| has_folder) {
                names.insert(path, node);
            }
        }
        let loss = Loss::draw(&mut self.chance);
        let mut taken_back = 0;
        for (path, node) in &self.cached {
            if let Node::File(number) = node {
                let stays = names.get(path) == Some(node);
                taken_back += self.inodes[*number].lose_power(loss, stays, &mut self.chance);
            }
        }
        self.taken_back_by_power += taken_back;
        (self.cached, self.durable) = (names.clone(), names);
    }

    /// Everything a sync had covered is to be there again. To be called when a run has recovered.
    pub fn hold_to_syncs(&mut self) {
        self.is_read = true;
        let present: Vec<usize> = self.files().map(|(_, number)| number).collect();
        for (number, inode) in self.inodes.iter_mut().enumerate() {
            self.lost_below_sync += inode.hold_to_syncs(present.contains(&number));
        }
    }

    fn files(&self) -> impl Iterator<Item = (&PathBuf, usize)> {
        self.cached.iter().filter_map(|(path, node)| match node {
            Node::File(number) => Some((path, *number)),
            Node::Folder => None,
        })
    }
}

fn down() -> io::Error {
    io::Error::other("the machine is down")
}

fn broken() -> io::Error {
    io::Error::from_raw_os_error(libc::EIO)
}

pub fn full() -> io::Error {
    io::Error::from_raw_os_error(libc::ENOSPC)
}

/// The disk as the program sees it. Clones are the same disk.
#[derive(Clone)]
pub struct SimulatedDisk(pub Rc<RefCell<Machine>>);

impl SimulatedDisk {
    pub fn new(chance: Chance) -> Self {
        Self(Rc::new(RefCell::new(Machine {
            chance,
            plan: Plan::default(),
            steps: 0,
            is_down: false,
            has_failed: false,
            cached: BTreeMap::new(),
            durable: BTreeMap::new(),
            inodes: Vec::new(),
            in_flight: None,
            is_read: true,
            taken_back: 0,
            taken_back_by_power: 0,
            lost_below_sync: 0,
            waits: 0,
        })))
    }

    /// Begins a process's life.
    pub fn start(&self, plan: Plan) {
        let mut machine = self.0.borrow_mut();
        machine.plan = plan;
        machine.steps = 0;
        machine.is_down = false;
        machine.has_failed = false;
    }

    /// Ends it, however it ended. Tells how it crashed, if it did.
    pub fn end(&self) -> Option<Crash> {
        let mut machine = self.0.borrow_mut();
        let crash = machine.plan.crash.map(|(crash, _)| crash).filter(|_| machine.is_down);
        if crash == Some(Crash::Power) {
            machine.lose_power();
        }
        machine.plan = Plan::default();
        machine.is_down = false;
        crash
    }

    /// The kernel drops clean pages, also those that a failed sync never brought to the disk.
    pub fn evict(&self) {
        let machine = &mut *self.0.borrow_mut();
        machine.is_read = false;
        for inode in &mut machine.inodes {
            machine.taken_back_by_power += inode.evict();
        }
    }

    /// Every file and its bytes, by path.
    pub fn contents(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let machine = self.0.borrow();
        machine.files().map(|(path, number)| (path.clone(), machine.inodes[number].cached().to_vec())).collect()
    }

    /// Some of what was written is in the page cache alone.
    pub fn has_unsynced(&self) -> bool {
        let machine = self.0.borrow();
        machine.in_flight.is_some() || machine.cached != machine.durable || machine.inodes.iter().any(Inode::is_unsynced)
    }

    pub fn has(&self, path: &Path) -> bool {
        self.0.borrow().cached.contains_key(path)
    }

    /// Somebody moves a file out of the folder.
    pub fn take_away(&self, path: &Path) -> Option<Vec<u8>> {
        let machine = &mut *self.0.borrow_mut();
        match machine.cached.remove(path)? {
            Node::File(number) => {
                machine.inodes[number].release();
                Some(machine.inodes[number].cached().to_vec())
            }
            Node::Folder => None,
        }
    }

    /// Empties a file behind the program's back.
    pub fn wipe(&self, path: &Path) {
        let machine = &mut *self.0.borrow_mut();
        if let Some(Node::File(number)) = machine.cached.get(path).copied() {
            machine.taken_back += machine.inodes[number].cut(0);
        }
    }

    fn put(&self, path: &Path, node: Node) {
        self.0.borrow_mut().cached.insert(path.to_owned(), node);
    }
}

impl Disk for SimulatedDisk {
    type File = SimulatedFile;
    type Lock = ();

    fn lock(&self, _state: &Path) -> anyhow::Result<()> {
        let mut machine = self.0.borrow_mut();
        machine.step()?;
        machine.land();
        Ok(())
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        self.0.borrow_mut().step()?;
        let above = folder.parent().unwrap_or(folder);
        let machine = self.0.borrow();
        if machine.cached.contains_key(folder) || folder.as_os_str() == "." {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if !above.as_os_str().is_empty() && !machine.cached.contains_key(above) {
            return Err(io::ErrorKind::NotFound.into());
        }
        drop(machine);
        self.put(folder, Node::Folder);
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let machine = &mut *self.0.borrow_mut();
        machine.step()?;
        let folder = if folder.as_os_str() == "." { Path::new("") } else { folder };
        let stands_in = |path: &Path| path.parent() == Some(folder);
        machine.durable.retain(|path, _| !stands_in(path));
        machine.durable.extend(machine.cached.iter().filter(|(path, _)| stands_in(path)).map(|(path, node)| (path.clone(), *node)));
        Ok(())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        let machine = &mut *self.0.borrow_mut();
        machine.step()?;
        if !machine.cached.contains_key(folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let names = machine.cached.keys().filter(|path| path.parent() == Some(folder));
        Ok(names.filter_map(|path| path.file_name()).map(OsString::from).collect())
    }

    fn open(&self, path: &Path) -> io::Result<SimulatedFile> {
        self.0.borrow_mut().step()?;
        match self.0.borrow().cached.get(path) {
            Some(Node::File(number)) => Ok(SimulatedFile { disk: self.clone(), number: *number }),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn create(&self, path: &Path) -> io::Result<SimulatedFile> {
        let machine = &mut *self.0.borrow_mut();
        machine.step()?;
        if machine.room_for(1) == 0 {
            return Err(full());
        }
        let number = match machine.cached.get(path) {
            Some(Node::File(number)) => {
                machine.taken_back += machine.inodes[*number].cut(0);
                *number
            }
            _ => {
                machine.inodes.push(Inode::default());
                let number = machine.inodes.len() - 1;
                machine.cached.insert(path.to_owned(), Node::File(number));
                number
            }
        };
        Ok(SimulatedFile { disk: self.clone(), number })
    }

    fn wait_for_room(&self) {
        let machine = &mut *self.0.borrow_mut();
        machine.waits += 1;
        // A machine that goes down while it waits is found down by the next step.
        if machine.begin().is_err() || machine.chance.one_in(2) {
            machine.plan.room = None;
        }
    }
}

/// An open file on it.
pub struct SimulatedFile {
    pub disk: SimulatedDisk,
    number: usize,
}

impl SimulatedFile {
    /// True where these bytes stand at this place already.
    pub fn has(&self, bytes: &[u8], at: u64) -> bool {
        let machine = self.disk.0.borrow();
        machine.inodes[self.number].cached().get(at as usize..).is_some_and(|rest| rest.starts_with(bytes))
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.disk.0.borrow().inodes[self.number].cached().to_vec()
    }
}

impl DiskFile for SimulatedFile {
    fn length(&self) -> io::Result<u64> {
        let machine = &mut *self.disk.0.borrow_mut();
        machine.step()?;
        Ok(machine.inode(self.number).cached().len() as u64)
    }

    fn read_at(&self, bytes: &mut [u8], at: u64) -> io::Result<usize> {
        let machine = &mut *self.disk.0.borrow_mut();
        machine.step()?;
        let rest = machine.inode(self.number).cached().get(at as usize..).unwrap_or_default();
        let read = rest.len().min(bytes.len());
        bytes[..read].copy_from_slice(&rest[..read]);
        Ok(read)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<usize> {
        let machine = &mut *self.disk.0.borrow_mut();
        if let Err(error) = machine.begin() {
            if machine.steps == machine.plan.crash.map_or(0, |(_, after)| after + 1) && machine.in_flight.is_none() {
                machine.in_flight = Some(InFlight { inode: self.number, at: at as usize, bytes: bytes.to_vec() });
            }
            return Err(error);
        }
        let some = if machine.breaks() {
            let some = machine.chance.below(bytes.len() as u64 + 1) as usize;
            machine.write(self.number, at as usize, &bytes[..some]);
            return Err(broken());
        } else if machine.chance.one_in(8) {
            1 + machine.chance.below(bytes.len() as u64) as usize
        } else {
            bytes.len()
        };
        // What is there already needs no room.
        let new = (at as usize + some).saturating_sub(machine.inode(self.number).cached().len());
        let some = some - (new - machine.room_for(new));
        if some == 0 {
            return Err(full());
        }
        machine.write(self.number, at as usize, &bytes[..some]);
        Ok(some)
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        let machine = &mut *self.disk.0.borrow_mut();
        machine.step()?;
        let changed = machine.inode(self.number).cut(length as usize);
        machine.taken_back += changed;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let machine = &mut *self.disk.0.borrow_mut();
        machine.begin()?;
        if machine.plan.ends_at_a_sync && machine.is_time() {
            machine.is_down = true;
            return Err(down());
        }
        let number = self.number;
        if machine.breaks() {
            machine.inodes[number].sync_half(&mut machine.chance);
            return Err(broken());
        }
        machine.inode(number).sync();
        Ok(())
    }
}
