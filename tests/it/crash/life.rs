//! What a run does between its start and its end: passes over the inputs, hands in what is new, commits, acknowledges.

use std::sync::Arc;

use copydesk::ledger::{Disk, Index, Settled};
use copydesk::model::{Batch, FileRead, Origin, Outcome, Ticket};
use copydesk::pipeline::committer::Committer;

use super::inputs::{finished, refused};
use super::world::{Version, World};

/// A file whose articles are on their way.
pub struct InHand {
    input: usize,
    versions: Vec<Version>,
}

/// None: an error or a crash has ended the life.
type WentOn = Option<()>;

impl<D: Disk, I: Index> World<'_, D, I> {
    /// Passes over the inputs: first what is above suspicion, then each suspect alone.
    pub fn work(&mut self, committer: &mut Committer<D, I>, replays: bool) -> WentOn {
        let mut order: Vec<usize> = (0..self.inputs.len()).collect();
        if self.chance.one_in(2) {
            order.reverse();
        }
        for &input in &order {
            let times = 1 + u64::from(self.chance.one_in(6));
            for _ in 0..times {
                self.hand_in(committer, input, replays, false)?;
            }
            if self.chance.one_in(2) {
                self.commit(committer)?;
            }
            if !self.is_at_rest && self.chance.one_in(10) {
                self.inputs[input].change(&mut self.chance);
            }
        }
        self.commit(committer)?;
        for &input in &order {
            self.hand_in(committer, input, replays, true)?;
            self.commit(committer)?;
        }
        Some(())
    }

    fn hand_in(&mut self, committer: &mut Committer<D, I>, input: usize, replays: bool, alone: bool) -> WentOn {
        if self.inputs[input].is_gone {
            return Some(());
        }
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let mut handed_in = 0;
        let mut versions = Vec::new();
        let mut are_all_here = true;
        for story in 0..self.inputs[input].stories.len() {
            let Some(attempts) = self.attempt(input, story, replays) else {
                versions.push(self.version(input, story));
                continue;
            };
            let version = self.version(input, story);
            if self.suspects.contains_key(&version) != alone {
                // A suspect waits for its turn, and its file with it.
                are_all_here = false;
                continue;
            }
            let is_unreadable = self.inputs[input].stories.len() == 1 && !self.is_at_rest && !alone && self.chance.one_in(16);
            let story = &self.inputs[input].stories[story];
            let origin = self.inputs[input].origin(story, version.1, ticket, attempts);
            handed_in += 1;
            let outcome = if is_unreadable {
                are_all_here = false;
                Outcome::Rejected(vec![refused(Origin { digest: None, attempts: 1, ..origin }, "input.unreadable")])
            } else {
                versions.push(version.clone());
                self.alone = alone.then(|| version.clone());
                self.read(origin, version)?
            };
            committer.take(outcome).ok()?;
            if alone {
                self.commit(committer)?;
            }
        }
        if are_all_here {
            let path = Arc::clone(&self.inputs[input].path);
            let entries = versions.len() as u64;
            let read = FileRead { ticket, path, stamp: None, handed_in, entries, digest: None, skipped: None };
            committer.take(Outcome::FileRead(read)).ok()?;
            self.in_hand.insert(ticket, InHand { input, versions });
        }
        Some(())
    }

    fn version(&self, input: usize, story: usize) -> Version {
        let story = &self.inputs[input].stories[story];
        (story.key.clone(), story.text())
    }

    /// Which attempt at an article's text this would be; None where the ledger has it as done.
    fn attempt(&self, input: usize, story: usize, replays: bool) -> Option<u32> {
        let stories = &self.inputs[input].stories;
        let text = stories[story].text();
        let is_twin = stories.iter().take(story).any(|twin| twin.text() == text);
        if self.rules.knows_by_digest && is_twin {
            return None;
        }
        match self.store.borrow().latest(&stories[story].key) {
            Some(known) if known.digest == Some(text.digest()) => {
                (replays && known.outcome == Settled::Rejected).then_some(known.attempts + 1)
            }
            _ => Some(1),
        }
    }

    /// What the stages make of an article, if they survive it.
    fn read(&mut self, origin: Origin, version: Version) -> Option<Outcome> {
        let text = version.1;
        if self.suspects.get(&version).is_some_and(|crashes| *crashes >= self.rules.convicts_after) {
            self.convicted.insert(version);
            return Some(Outcome::Rejected(vec![refused(origin, "crash.quarantined")]));
        }
        self.under_way.push(version);
        if text.is_poison() {
            // The neighbours on the other threads die with it.
            self.died_of_it = true;
            return None;
        }
        if text.is_refused(origin.attempts) {
            return Some(Outcome::Rejected(vec![refused(origin, "parse.empty")]));
        }
        Some(Outcome::Finished(Batch::new(vec![finished(origin, text)], Vec::new())))
    }

    fn commit(&mut self, committer: &mut Committer<D, I>) -> WentOn {
        match committer.commit() {
            Ok(done) => self.acknowledge(&done),
            Err(_) if self.rules.renders_again && !self.disk.0.borrow().is_down() => {
                let inputs: Vec<usize> = self.in_hand.values().map(|file| file.input).collect();
                self.disk.start(Default::default());
                for input in inputs {
                    self.hand_in(committer, input, false, false)?;
                }
                let done = committer.commit().ok()?;
                self.acknowledge(&done);
            }
            Err(_) => return None,
        }
        for version in self.under_way.drain(..) {
            self.suspects.remove(&version);
        }
        Some(())
    }

    /// What is done is promised, and an input that is to go may go.
    fn acknowledge(&mut self, done: &[Ticket]) {
        for ticket in done {
            let Some(InHand { input, versions }) = self.in_hand.remove(ticket) else { continue };
            let store = self.store.borrow();
            let are_records = versions.iter().all(|(key, _)| store.latest(key).is_some_and(|known| known.outcome == Settled::Record));
            let input = &mut self.inputs[input];
            let is_unchanged = input.stories.iter().zip(&versions).all(|(story, (_, text))| story.text() == *text);
            input.is_gone |= input.is_deleted_after && is_unchanged && are_records;
            self.promised.extend(versions);
        }
    }
}
