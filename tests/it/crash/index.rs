//! An index that forgets: its latest transactions may be lost with the power, never a part of one.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::rc::Rc;

use copydesk::ledger::{ArticleRow, Earlier, Group, Index, Known, Segment, SegmentRow};
use copydesk::model::Key;

use super::chance::Chance;
use super::disk::{Crash, SimulatedDisk, full};

#[derive(Clone)]
enum Entry {
    Group(Rc<Group>),
    Finished,
}

/// What the index's file holds, from one life to the next.
#[derive(Default)]
pub struct Store {
    log: Vec<Entry>,
    /// So many of the log are durable.
    durable: usize,
    articles: HashMap<Key, ArticleRow>,
    segments: BTreeMap<Segment, SegmentRow>,
    is_finished: bool,
}

impl Store {
    fn apply(&mut self, entry: Entry) {
        match &entry {
            Entry::Group(group) => {
                self.articles.extend(group.articles.iter().map(|row| (row.key.clone(), row.clone())));
                self.segments.extend(group.segments.iter().map(|row| (row.segment, *row)));
            }
            Entry::Finished => self.is_finished = true,
        }
        self.log.push(entry);
    }

    /// Between two lives.
    pub fn survive(&mut self, crash: Option<Crash>, chance: &mut Chance) {
        if crash == Some(Crash::Power) {
            let log = std::mem::take(&mut self.log);
            let kept = self.durable + chance.below((log.len() - self.durable) as u64 + 1) as usize;
            *self = Self::default();
            log.into_iter().take(kept).for_each(|entry| self.apply(entry));
            self.durable = kept;
        }
    }

    pub fn latest(&self, key: &Key) -> Option<Known> {
        self.articles.get(key).map(|row| row.known)
    }

    /// Whether everything was entered once.
    pub fn is_finished(&self) -> bool {
        self.is_finished
    }

    /// All articles that it knows.
    pub fn articles(&self) -> impl Iterator<Item = &ArticleRow> {
        self.articles.values()
    }

    pub fn segments(&self) -> impl Iterator<Item = &SegmentRow> {
        self.segments.values()
    }
}

/// The store as a repair finds it.
impl Earlier for Store {
    fn segments(&self) -> anyhow::Result<Vec<SegmentRow>> {
        Ok(self.segments.values().copied().collect())
    }

    fn each_article(&self, visit: &mut dyn FnMut(ArticleRow) -> anyhow::Result<()>) -> anyhow::Result<()> {
        self.articles.values().try_for_each(|row| visit(row.clone()))
    }
}

/// The index as the program sees it.
#[derive(Clone)]
pub struct SimulatedIndex {
    pub store: Rc<RefCell<Store>>,
    pub disk: SimulatedDisk,
    pub is_new: bool,
    /// Whether a seal is made durable before it counts.
    pub syncs_seals: bool,
    /// Whether what is found is made durable before anything is done.
    pub syncs_recovery: bool,
}

impl SimulatedIndex {
    /// One whose making was cut short is made again.
    pub fn open(store: &Rc<RefCell<Store>>, disk: &SimulatedDisk) -> anyhow::Result<Self> {
        disk.0.borrow_mut().step()?;
        let is_new = !store.borrow().is_finished;
        if is_new {
            *store.borrow_mut() = Store::default();
        }
        Ok(Self { store: Rc::clone(store), disk: disk.clone(), is_new, syncs_seals: true, syncs_recovery: true })
    }

    fn enter(&self, entry: Entry, is_durable: bool) -> io::Result<()> {
        let machine = &mut *self.disk.0.borrow_mut();
        let store = &mut *self.store.borrow_mut();
        let was_down = machine.is_down();
        if let Err(error) = machine.step() {
            // What a process had begun when it died, or what failed at its very end, may have been entered.
            if !was_down && machine.is_down() && machine.chance.one_in(2) {
                store.apply(entry);
            }
            return Err(error);
        }
        if machine.room_for(64) < 64 {
            return Err(full());
        }
        store.apply(entry);
        // The checkpoint comes when it likes.
        if is_durable || machine.chance.one_in(8) {
            store.durable = store.log.len();
        }
        Ok(())
    }
}

impl Index for SimulatedIndex {
    fn is_new(&self) -> bool {
        self.is_new
    }

    fn finish_recovery(&mut self) -> anyhow::Result<()> {
        self.enter(Entry::Finished, self.syncs_recovery)?;
        self.is_new = false;
        Ok(())
    }

    fn latest(&self, key: &Key) -> anyhow::Result<Option<Known>> {
        Ok(self.store.borrow().latest(key))
    }

    fn segments(&self) -> anyhow::Result<Vec<SegmentRow>> {
        Ok(self.store.borrow().segments().copied().collect())
    }

    fn commit(&mut self, group: &Group) -> anyhow::Result<()> {
        let seals = group.segments.iter().any(|row| row.sealed);
        Ok(self.enter(Entry::Group(Rc::new(group.clone())), seals && self.syncs_seals)?)
    }
}
