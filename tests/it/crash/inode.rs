//! One file of the simulated disk: what a reader sees of it, and what is on the platter.

use super::chance::Chance;

/// Bytes that reach the platter together or not at all. Smaller than a real sector, so that lines tear more often.
const SECTOR: usize = 64;

/// How much of what was not synced a power loss leaves.
#[derive(Clone, Copy, Debug)]
pub struct Loss {
    /// Of 8 sectors, so many reach the platter.
    kept_of_8: u64,
    /// Whether a sector that did not shows what stood there before, or zeros.
    shows_stale: bool,
}

impl Loss {
    pub fn draw(chance: &mut Chance) -> Self {
        Self { kept_of_8: chance.below(9), shows_stale: chance.one_in(2) }
    }
}

/// A file's page cache and its place on the platter.
#[derive(Default)]
pub struct Inode {
    cached: Vec<u8>,
    /// What was ever written to its blocks: also beyond its length, where a later write may uncover it.
    platter: Vec<u8>,
    platter_length: usize,
    /// By sector: will be written by the next sync.
    dirty: Vec<bool>,
    /// By sector: counts as clean, but a failed sync never brought it to the platter.
    nowhere: Vec<bool>,
    length_is_dirty: bool,
    /// Bytes of whole lines that a reader has read.
    seen: usize,
    /// Bytes of whole lines that a sync has covered.
    covered: usize,
    /// What must stand again once a run has recovered.
    promised: Option<Vec<u8>>,
}

impl Inode {
    pub fn cached(&self) -> &[u8] {
        &self.cached
    }

    /// The reader reads on to the last whole line.
    pub fn look(&mut self) {
        self.seen = self.seen.max(whole_lines(&self.cached));
    }

    /// Gives how many lines the reader had seen otherwise.
    pub fn write(&mut self, at: usize, bytes: &[u8]) -> u64 {
        let end = at + bytes.len();
        let over = self.seen.min(end).saturating_sub(at);
        let changed = if self.cached.get(at..at + over) == bytes.get(..over) { 0 } else { self.forget_beyond(at) };
        if end > self.cached.len() {
            self.cached.resize(end, 0);
            self.length_is_dirty = true;
        }
        self.length_is_dirty |= end > self.platter_length;
        self.cached[at..end].copy_from_slice(bytes);
        self.mark(at, end);
        changed
    }

    pub fn cut(&mut self, length: usize) -> u64 {
        let changed = self.forget_beyond(length);
        self.cached.truncate(length);
        self.mark(length.saturating_sub(1), length);
        self.length_is_dirty = true;
        self.covered = self.covered.min(length);
        changed
    }

    /// The reader's lines beyond `at` are no longer what it read.
    fn forget_beyond(&mut self, at: usize) -> u64 {
        let changed = count_lines(self.cached.get(at..self.seen).unwrap_or_default());
        self.seen = self.seen.min(whole_lines(&self.cached[..at.min(self.cached.len())]));
        changed
    }

    fn mark(&mut self, from: usize, to: usize) {
        let sectors = self.cached.len().div_ceil(SECTOR);
        self.dirty.resize(sectors, false);
        self.nowhere.resize(sectors, false);
        for sector in from / SECTOR..to.div_ceil(SECTOR).min(sectors) {
            self.dirty[sector] = true;
            self.nowhere[sector] = false;
        }
    }

    /// Its reader has it now: what becomes of it here is nobody's loss.
    pub fn release(&mut self) {
        (self.seen, self.covered, self.promised) = (0, 0, None);
    }

    pub fn is_unsynced(&self) -> bool {
        self.length_is_dirty || self.dirty.contains(&true) || self.nowhere.contains(&true)
    }

    /// Everything dirty goes to the platter. What counts as clean does not.
    pub fn sync(&mut self) {
        for sector in 0..self.dirty.len() {
            if std::mem::take(&mut self.dirty[sector]) {
                self.store(sector);
            }
        }
        if std::mem::take(&mut self.length_is_dirty) {
            self.platter_length = self.cached.len();
        }
        let first_missing = self.nowhere.iter().position(|nowhere| *nowhere).map_or(self.cached.len(), |sector| sector * SECTOR);
        let durable = first_missing.min(self.platter_length).min(self.cached.len());
        self.covered = whole_lines(&self.cached[..durable]);
    }

    /// A sync that fails: some of it is on the platter, all of it counts as clean.
    pub fn sync_half(&mut self, chance: &mut Chance) {
        for sector in 0..self.dirty.len() {
            if std::mem::take(&mut self.dirty[sector]) {
                if chance.one_in(2) {
                    self.store(sector);
                } else {
                    self.nowhere[sector] = true;
                }
            }
        }
        if std::mem::take(&mut self.length_is_dirty) && chance.one_in(2) {
            self.platter_length = self.cached.len();
        }
    }

    fn store(&mut self, sector: usize) {
        let from = sector * SECTOR;
        let to = (from + SECTOR).min(self.cached.len());
        if self.platter.len() < to {
            self.platter.resize(to, 0);
        }
        self.platter[from..to].copy_from_slice(&self.cached[from..to]);
    }

    /// What the platter has becomes what there is. Gives how many lines a reader had seen that no sync had covered.
    pub fn lose_power(&mut self, loss: Loss, keeps_its_name: bool, chance: &mut Chance) -> u64 {
        let promised = self.cached[..self.covered].to_vec();
        if keeps_its_name {
            for sector in 0..self.dirty.len() {
                if self.dirty[sector] {
                    if chance.below(8) < loss.kept_of_8 {
                        self.store(sector);
                    } else if !loss.shows_stale && sector * SECTOR >= self.platter_length {
                        let end = self.platter.len().min((sector + 1) * SECTOR);
                        self.platter.get_mut(sector * SECTOR..end).into_iter().for_each(|stale| stale.fill(0));
                    }
                }
            }
            let (low, high) = (self.platter_length.min(self.cached.len()), self.platter_length.max(self.cached.len()));
            let length = match chance.below(3) {
                _ if !self.length_is_dirty => self.platter_length,
                0 => self.platter_length,
                1 => self.cached.len(),
                _ => low + chance.below((high - low) as u64 + 1) as usize,
            };
            self.platter.resize(self.platter.len().max(length), 0);
            self.come_back(length);
        } else {
            *self = Self { seen: self.seen, ..Self::default() };
        }
        let kept = self.cached.iter().zip(&promised).take_while(|(now, before)| now == before).count();
        let gone = self.seen.saturating_sub(promised.len().max(kept));
        self.seen = 0;
        self.promised = Some(promised);
        u64::from(gone > 0)
    }

    /// Clean pages are read from the platter again. Gives how many lines a reader sees changed.
    pub fn evict(&mut self) -> u64 {
        if !self.nowhere.contains(&true) {
            return 0;
        }
        let promised = self.cached[..self.covered].to_vec();
        self.sync();
        self.platter.resize(self.platter.len().max(self.platter_length), 0);
        let seen = self.seen;
        self.come_back(self.platter_length);
        self.promised = Some(promised);
        let still = seen.min(self.cached.len());
        self.seen = 0;
        u64::from(still < seen)
    }

    fn come_back(&mut self, length: usize) {
        self.platter_length = length;
        self.cached = self.platter[..length].to_vec();
        let sectors = length.div_ceil(SECTOR);
        self.dirty = vec![false; sectors];
        self.nowhere = vec![false; sectors];
        self.length_is_dirty = false;
        self.covered = self.covered.min(length);
    }

    /// Gives how many lines that a sync had covered are not there. The reader, who went down with the machine, reads on.
    pub fn hold_to_syncs(&mut self, is_present: bool) -> u64 {
        let Some(promised) = self.promised.take() else {
            self.look();
            return 0;
        };
        let kept = self.cached.iter().zip(&promised).take_while(|(now, before)| now == before).count();
        let kept = if is_present { kept } else { 0 };
        self.seen = 0;
        self.look();
        count_lines(&promised) - count_lines(&promised[..kept])
    }
}

fn whole_lines(bytes: &[u8]) -> usize {
    memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1)
}

fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
