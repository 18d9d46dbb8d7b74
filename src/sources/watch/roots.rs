//! Looks after the roots themselves: one that is deleted, made again or swapped for another tells nothing any more. And
//! after what an operator asks for meanwhile.

use std::io;
use std::path::Path;
use std::time::Instant;

use super::todo::Pending;
use super::{PENDING, ROOTS, TURN, Watch, places};
use crate::sources::settle::Hint;
use crate::sources::{Root, replay};

impl Watch<'_> {
    pub(super) fn look_at_roots(&mut self) -> anyhow::Result<()> {
        let now = Instant::now();
        if self.roots_due > now {
            return Ok(());
        }
        self.roots_due = now + ROOTS;
        if self.mounts.have_changed(&self.options.roots) {
            self.list_all();
        }
        for (number, root) in self.options.roots.iter().enumerate() {
            let identity = places::identity_of(&root.path);
            let Some(known) = self.roots.get_mut(number) else { continue };
            if *known == identity {
                continue;
            }
            let before = std::mem::replace(known, identity);
            if before.is_some() {
                self.unwatch_below(&root.path);
            }
            if identity.is_none() {
                tracing::warn!(path = %root.path.display(), "input is gone; it is read again when it is back");
                continue;
            }
            if before.is_some() {
                tracing::info!(path = %root.path.display(), "input was replaced by another of the same name");
            }
            if root.path.is_dir() {
                self.list(root.path.clone(), root.clone());
            } else {
                self.watch_file(number, root);
            }
        }
        self.replay_if_asked()
    }

    /// A file is watched by its folder: a watch of its own would stay with the old one when it is replaced.
    fn watch_file(&mut self, number: usize, root: &Root) {
        if let Some(folder) = root.path.parent()
            && let Some(identity) = places::identity_of(folder)
        {
            self.watch(folder, identity);
        }
        if let Some(found) = self.places.file(number, Path::new(""), root.path.clone()) {
            self.put(Pending::new(found, Hint::Seen, Instant::now()));
        }
    }

    fn replay_if_asked(&mut self) -> anyhow::Result<()> {
        let request = self.options.out.as_deref().map(replay::request_path);
        let Some(request) = request.filter(|request| request.exists()) else { return Ok(()) };
        // Gone before the list is made: who asks again meanwhile is heard again.
        if let Err(error) = std::fs::remove_file(&request)
            && error.kind() != io::ErrorKind::NotFound
        {
            if self.unreadable_folders.insert(request.clone()) {
                tracing::warn!(path = %request.display(), %error, "the request to replay cannot be removed, and is not carried out");
            }
            return Ok(());
        }
        self.replays = replay::rejected(self.options, self.opener.past)?.into();
        tracing::info!(files = self.replays.len(), "replaying what was rejected, as was asked for");
        Ok(())
    }

    /// Notes some of what is to be replayed, as there is room.
    pub(super) fn replay_some(&mut self) {
        for _ in 0..TURN.min((PENDING / 2).saturating_sub(self.todo.len())) {
            let Some(found) = self.replays.pop_front() else { break };
            self.put(Pending { again: true, ..Pending::new(found, Hint::Seen, Instant::now()) });
        }
    }
}
