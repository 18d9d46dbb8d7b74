//! One world: its articles change, runs begin, crash and begin again, and at the end every claim is held to it.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use copydesk::ledger::{CannotGoOn, Disk, Index, Known, Ledger, Segment, Settled, remake};
use copydesk::model::{Key, Ticket};
use copydesk::pipeline::committer::{Committer, OnFullDisk, Options};

use super::chance::Chance;
use super::claims::{Broken, Standing, lost};
use super::disk::{Crash, Plan, SimulatedDisk};
use super::faulty;
use super::index::{SimulatedIndex, Store};
use super::inputs::{Input, Text};
use super::life::InHand;

/// Lives in which things go wrong; after them the world is left alone.
const LIVES_MAX: u64 = 5;
/// A poisoned article takes a few more lives with it, then it is set aside.
const LIVES_TO_REST_MAX: usize = 100;

/// How runs end in a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faults {
    Kill,
    Power,
    /// Kills, power losses, full disks, failing reads, writes and syncs.
    Mixed,
}

/// How the ledger is made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repairs {
    /// Beside the old one, which goes when the new one is whole, and whose knowledge of files that are gone is kept.
    Beside,
    /// The old one is thrown away first.
    InPlace,
    /// By the files that are left alone.
    Forgetting,
}

/// What the program does, for those who want to see what happens when it does not.
pub struct Rules<D, I> {
    /// The disk and the index as a run sees them.
    pub disk: fn(&SimulatedDisk, &Rc<RefCell<Store>>) -> D,
    pub index: fn(SimulatedIndex) -> I,
    /// Goes on after a failed write with newly rendered lines.
    pub renders_again: bool,
    /// Takes an article for done where its file has had the same text.
    pub knows_by_digest: bool,
    /// Answers a missing ledger by cutting the files.
    pub cuts_without_a_ledger: bool,
    /// How a new ledger comes about beside what is left of the records.
    pub repairs: Repairs,
    /// Crashes alone that make a suspect a convict.
    pub convicts_after: u32,
    /// Sets convicts aside before what a crash left is adopted.
    pub convicts_first: bool,
}

/// The rules as they are.
pub fn sound() -> Rules<SimulatedDisk, SimulatedIndex> {
    faulty::with(|disk, _| disk.clone(), |index| index)
}

/// What happened in a world.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    pub broken: Broken,
    pub lives: u64,
    pub crashes: u64,
    pub lines: u64,
    pub taken_back_by_power: u64,
    pub quarantined: u64,
    pub repaired: u64,
}

impl Report {
    pub fn add(&mut self, other: &Self) {
        self.broken.add(&other.broken);
        self.lives += other.lives;
        self.crashes += other.crashes;
        self.lines += other.lines;
        self.taken_back_by_power += other.taken_back_by_power;
        self.quarantined += other.quarantined;
        self.repaired += other.repaired;
    }
}

/// Lives through one world, and holds it to the claims.
pub fn run_world<D: Disk, I: Index>(seed: u64, faults: Faults, rules: &Rules<D, I>) -> Report {
    let mut world = World::new(seed, faults, rules);
    for _ in 0..1 + world.chance.below(LIVES_MAX) {
        let plan = world.draw_plan();
        if world.chance.one_in(8) {
            world.repair(plan);
        } else {
            let replays = world.chance.one_in(4);
            world.live(plan, replays);
        }
        world.change_inputs();
    }
    world.come_to_rest();
    world.judge()
}

/// One article's version, as the attempts file names it.
pub type Version = (Key, Text);

pub struct World<'r, D, I> {
    pub rules: &'r Rules<D, I>,
    faults: Faults,
    pub chance: Chance,
    pub disk: SimulatedDisk,
    pub store: Rc<RefCell<Store>>,
    pub inputs: Vec<Input>,
    clock: Arc<AtomicU64>,
    pub tickets: u64,
    /// Files whose articles are on their way.
    pub in_hand: HashMap<Ticket, InHand>,
    /// Versions whose end was acknowledged.
    pub promised: HashSet<Version>,
    /// Versions that were handed in since the last commit.
    pub under_way: Vec<Version>,
    /// The one that runs alone.
    pub alone: Option<Version>,
    /// How often each suspect has crashed alone. Survives a kill, as the attempts file does, but no power loss.
    pub suspects: HashMap<Version, u32>,
    pub convicted: HashSet<Version>,
    /// Whether an article killed the process.
    pub died_of_it: bool,
    pub is_at_rest: bool,
    /// A run has recovered since power was lost or pages were dropped.
    is_mended: bool,
    /// The ledger was taken away while lines were in the cache alone. Were they torn now, they would be told from
    /// damaged records by nothing, and the next run would refuse to guess.
    hangs_on_the_cache: bool,
    /// Somebody takes sealed files away.
    has_consumer: bool,
    taken_away: BTreeMap<PathBuf, Vec<u8>>,
    report: Report,
    options: Options,
}

impl<'r, D: Disk, I: Index> World<'r, D, I> {
    fn new(seed: u64, faults: Faults, rules: &'r Rules<D, I>) -> Self {
        let mut chance = Chance::new(seed ^ ((faults as u64) << 60));
        let disk = SimulatedDisk::new(Chance::new(chance.draw()));
        let inputs = (0..2 + chance.below(6) as usize).map(|number| Input::draw(number, &mut chance)).collect();
        let on_full_disk = if chance.one_in(2) { OnFullDisk::Stall } else { OnFullDisk::End };
        let has_consumer = chance.one_in(3);
        let rotate_bytes = [1, 900, 4000, 1 << 20][chance.below(4) as usize];
        Self {
            rules,
            faults,
            chance,
            disk,
            store: Rc::default(),
            inputs,
            clock: Arc::default(),
            tickets: 0,
            in_hand: HashMap::new(),
            promised: HashSet::new(),
            under_way: Vec::new(),
            alone: None,
            suspects: HashMap::new(),
            convicted: HashSet::new(),
            died_of_it: false,
            is_at_rest: false,
            is_mended: true,
            hangs_on_the_cache: false,
            has_consumer,
            taken_away: BTreeMap::new(),
            report: Report::default(),
            options: Options { rotate_bytes, ingested_at: true, on_full_disk },
        }
    }

    fn draw_plan(&mut self) -> Plan {
        let chance = &mut self.chance;
        let crash = match self.faults {
            Faults::Kill => Crash::Kill,
            _ if self.hangs_on_the_cache => Crash::Kill,
            Faults::Power => Crash::Power,
            Faults::Mixed if chance.one_in(2) => Crash::Kill,
            Faults::Mixed => Crash::Power,
        };
        // Some crash while they recover, some run through.
        let steps = if chance.one_in(3) { 25 } else { 80 };
        let crash = (!chance.one_in(8)).then(|| (crash, chance.below(steps)));
        let ends_at_a_sync = self.faults != Faults::Kill && chance.one_in(2);
        let is_mixed = self.faults == Faults::Mixed;
        let broken_in = if is_mixed && chance.one_in(3) { 30 } else { 0 };
        let room = (is_mixed && chance.one_in(3)).then(|| chance.below(6000));
        Plan { crash, ends_at_a_sync, broken_in, room }
    }

    fn change_inputs(&mut self) {
        for _ in 0..self.chance.below(4) {
            let input = self.chance.below(self.inputs.len() as u64 + 1) as usize;
            match self.inputs.get_mut(input) {
                Some(input) => input.change(&mut self.chance),
                None => self.inputs.push(Input::draw(input, &mut self.chance)),
            }
        }
        if self.faults == Faults::Mixed && self.chance.one_in(4) && !self.hangs_on_the_cache {
            self.disk.evict();
            self.is_mended = false;
        }
        // Now and then somebody takes the ledger for clutter. Were the files torn as well, nobody could say what had
        // counted as done, and the next run would refuse to guess.
        if !self.has_consumer && self.is_mended && self.chance.one_in(24) {
            *self.store.borrow_mut() = Store::default();
            self.hangs_on_the_cache = self.disk.has_unsynced();
        }
        if self.has_consumer {
            self.take_sealed_away();
        }
    }

    /// A file that was rotated is its reader's: whoever sees the next one may move it.
    fn take_sealed_away(&mut self) {
        let out = Path::new("out");
        for row in self.store.borrow().segments().filter(|row| row.sealed) {
            let next = Segment { number: row.segment.number + 1, ..row.segment };
            if self.disk.has(&next.path(out)) && self.chance.one_in(2) {
                let path = row.segment.path(out);
                self.taken_away.extend(self.disk.take_away(&path).map(|bytes| (path, bytes)));
            }
        }
    }

    /// Every record file, wherever it is now.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files: BTreeMap<_, _> = self.disk.contents().into_iter().collect();
        files.extend(self.taken_away.clone());
        files.into_iter().collect()
    }

    /// One run of the program, from its start to its end or its crash. True if it went through.
    fn live(&mut self, plan: Plan, replays: bool) -> bool {
        self.disk.start(plan);
        self.in_hand.clear();
        self.under_way.clear();
        (self.alone, self.died_of_it) = (None, false);
        self.report.lives += 1;
        let went_through = self.open().is_some_and(|mut committer| self.work(&mut committer, replays).is_some());
        let crash = self.disk.end().or(self.died_of_it.then_some(Crash::Kill));
        self.report.crashes += u64::from(crash.is_some());
        self.store.borrow_mut().survive(crash, &mut self.chance);
        // After a failed sync the cache says what is on no disk.
        self.is_mended &= crash != Some(Crash::Power) && !self.disk.0.borrow().has_failed;
        self.note_suspects(crash);
        went_through && crash.is_none()
    }

    fn open(&mut self) -> Option<Committer<D, I>> {
        if self.rules.cuts_without_a_ledger && !self.store.borrow().is_finished() {
            self.disk.contents().iter().for_each(|(path, _)| self.disk.wipe(path));
        }
        if self.rules.convicts_first {
            // What gets in its way ends the life in the next step.
            let _ = faulty::convict_first(self);
        }
        let (store, disk, rules) = (&self.store, &self.disk, self.rules);
        let open_index = |_: &Path| Ok((rules.index)(SimulatedIndex::open(store, disk)?));
        match Ledger::open_on((rules.disk)(disk, store), Path::new("out"), open_index) {
            Ok(ledger) => {
                disk.0.borrow_mut().hold_to_syncs();
                (self.is_mended, self.hangs_on_the_cache) = (true, false);
                let clock = Arc::clone(&self.clock);
                let now = move || format!("2026-11-24T00:00:00.{}Z", clock.fetch_add(1, Ordering::Relaxed));
                Committer::new(ledger, self.options, Box::new(now)).ok()
            }
            Err(error) => {
                let machine = disk.0.borrow();
                let was_in_the_way = machine.is_down() || machine.has_failed;
                assert!(was_in_the_way || error.is::<CannotGoOn>(), "{error:#}");
                self.report.broken.refused += u64::from(!was_in_the_way);
                None
            }
        }
    }

    /// A life in which the ledger is made anew from the records.
    fn repair(&mut self, plan: Plan) {
        self.disk.start(plan);
        self.under_way.clear();
        self.report.lives += 1;
        self.report.repaired += u64::from(self.remake().is_some());
        let crash = self.disk.end();
        self.report.crashes += u64::from(crash.is_some());
        self.store.borrow_mut().survive(crash, &mut self.chance);
        self.is_mended &= crash != Some(Crash::Power) && !self.disk.0.borrow().has_failed;
        if crash == Some(Crash::Power) {
            self.suspects.clear();
        }
    }

    /// None: an error or a crash has come before the new ledger was in its place.
    fn remake(&mut self) -> Option<()> {
        let (disk, out) = (&self.disk, Path::new("out"));
        let made = Rc::<RefCell<Store>>::default();
        let rules_disk = (self.rules.disk)(disk, &made);
        let lock = rules_disk.lock(&out.join(".copydesk")).ok()?;
        let index = (self.rules.index)(SimulatedIndex::open(&made, disk).ok()?);
        let remade = {
            let earlier = match self.rules.repairs {
                Repairs::Beside => Rc::clone(&self.store),
                Repairs::InPlace => Rc::new(RefCell::new(self.store.take())),
                Repairs::Forgetting => Rc::default(),
            };
            let earlier = earlier.borrow();
            // A ledger whose making was cut short tells nothing.
            remake(rules_disk, out, lock, index, earlier.is_finished().then_some(&*earlier))
        };
        let (_held, _) = remade.ok()?;
        disk.0.borrow_mut().hold_to_syncs();
        // A single renaming, which a crash in the middle of it has carried out or not.
        let was_down = disk.0.borrow().is_down();
        let stepped = disk.0.borrow_mut().step();
        let machine = &mut *disk.0.borrow_mut();
        let is_in_place = stepped.is_ok() || (!was_down && machine.is_down() && machine.chance.one_in(2));
        if is_in_place {
            self.store.swap(&made);
            (self.is_mended, self.hangs_on_the_cache) = (true, false);
        }
        stepped.ok()
    }

    /// What was under way in a kill is suspect. Nobody can say that of a machine that went down with everything.
    fn note_suspects(&mut self, crash: Option<Crash>) {
        match crash {
            Some(Crash::Kill) => {
                for version in std::mem::take(&mut self.under_way) {
                    let crashes_alone = self.suspects.entry(version.clone()).or_default();
                    *crashes_alone += u32::from(self.alone.as_ref() == Some(&version));
                }
            }
            Some(Crash::Power) => self.suspects.clear(),
            None => {}
        }
    }

    /// Nothing more goes wrong, but for what the articles do themselves.
    fn come_to_rest(&mut self) {
        self.is_at_rest = true;
        let came_to_rest = (0..LIVES_TO_REST_MAX).any(|_| self.live(Plan::default(), false));
        self.report.broken.refused += u64::from(!came_to_rest);
    }

    fn judge(&mut self) -> Report {
        let standing = Standing::read(&self.files());
        self.live(Plan::default(), false);
        let again = Standing::read(&self.files());
        let is_convicted = |key: &Key, text: Text| self.convicted.contains(&(key.clone(), text));
        let acknowledged = self.promised.iter().filter(|(key, text)| !standing.ends(key, *text)).count() as u64;
        let broken = &mut self.report.broken;
        broken.lost = lost(&self.inputs, &self.store.borrow(), &standing, is_convicted) + acknowledged;
        broken.doubled = standing.doubled(&self.inputs) + (again.count() - standing.count().min(again.count())) as u64;
        broken.torn = standing.torn;
        let machine = self.disk.0.borrow();
        broken.taken_back = machine.taken_back;
        broken.lost_below_sync = machine.lost_below_sync;
        self.report.taken_back_by_power = machine.taken_back_by_power;
        drop(machine);
        self.report.lines = standing.count() as u64;
        self.report.quarantined = self.convicted.len() as u64;
        if self.taken_away.is_empty() {
            self.report.broken.disagrees = self.remade_ledger_disagrees();
        }
        self.report
    }

    /// The ledger is an index: made anew from the records, it says the same of every article.
    fn remade_ledger_disagrees(&self) -> u64 {
        let remade = Rc::<RefCell<Store>>::default();
        let disk = &self.disk;
        let opened = Ledger::open_on(disk.clone(), Path::new("out"), |_| SimulatedIndex::open(&remade, disk));
        let (remade, store) = (remade.borrow(), self.store.borrow());
        // How often a record was tried is nothing that anyone asks.
        let same = |a: Known, b: Known| {
            (a.digest, a.revision, a.outcome) == (b.digest, b.revision, b.outcome)
                && (a.outcome == Settled::Record || a.attempts == b.attempts)
        };
        let differ = store.articles().filter(|row| !remade.latest(&row.key).is_some_and(|known| same(known, row.known))).count();
        (differ + remade.articles().count().abs_diff(store.articles().count())) as u64 + u64::from(opened.is_err())
    }
}
