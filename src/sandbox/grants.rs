//! What a run was really granted, kept beside its ledger for as long as it writes there, so that `status` can tell of a
//! running daemon what holds for that process, and not what another would get.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::Enforced;
use crate::ledger::word;

/// The file's name, in the ledger's folder.
pub const GRANTS_FILE: &str = "sandbox";

/// What the kernel has granted a process and its workers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    pub process: u32,
    /// Of what the main process asked for, as [`Enforced::name`] has it; None where it did not ask.
    pub main: Option<String>,
    /// Of what its workers ask for; None as long as none was started.
    pub worker: Option<String>,
}

/// What is granted becomes known bit by bit; each bit is written down once there is a place.
#[derive(Debug, Default)]
pub struct Grants(Mutex<Noted>);

#[derive(Debug, Default)]
struct Noted {
    place: Option<PathBuf>,
    granted: Granted,
}

impl Grants {
    pub fn note_main(&self, enforced: Enforced) {
        self.note(|noted| noted.granted.main = Some(enforced.name().to_owned()));
    }

    /// As a worker says it.
    pub fn note_worker(&self, enforced: &str) {
        self.note(|noted| noted.granted.worker = Some(enforced.to_owned()));
    }

    /// Writes what is known, and from now on what becomes known, into this file.
    pub fn keep_in(&self, place: PathBuf) {
        self.note(|noted| noted.place = Some(place));
    }

    fn note(&self, change: impl FnOnce(&mut Noted)) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = (noted.place.clone(), noted.granted.clone());
        noted.granted.process = std::process::id();
        change(&mut noted);
        let Noted { place: Some(place), granted } = &*noted else { return };
        if before == (noted.place.clone(), noted.granted.clone()) {
            return;
        }
        // Nothing depends on it but what `status` shows, which then says less.
        if let Err(error) = word::leave(place, granted) {
            tracing::debug!(%error, "what is enforced could not be noted");
        }
    }
}

/// What was granted to this process, if it has noted that here.
pub fn granted_to(process: u32, place: &Path) -> Option<Granted> {
    word::left_at(place).filter(|granted: &Granted| granted.process == process)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_known_before_and_after_there_is_a_place_is_found_there() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("sandbox");
        let grants = Grants::default();
        grants.note_main(Enforced::Fully);
        grants.keep_in(place.clone());
        let me = std::process::id();
        assert_eq!(granted_to(me, &place).unwrap().worker, None);
        grants.note_worker("partial");
        let granted = granted_to(me, &place).unwrap();
        assert_eq!((granted.main.as_deref(), granted.worker.as_deref()), (Some("full"), Some("partial")));
        assert_eq!(granted_to(me + 1, &place), None);
    }
}
