//! A word that the process which holds an output folder leaves there for others to read: a small file in the ledger's
//! folder, whole at every moment, on which nothing depends.

use std::path::Path;
use std::{fs, io};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Leaves the word, in the place of an earlier one.
pub fn leave(place: &Path, word: &impl Serialize) -> io::Result<()> {
    let new = place.with_extension("new");
    fs::write(&new, serde_json::to_vec(word)?)?;
    fs::rename(new, place)
}

/// The word that was left there, if there is one that can be understood.
pub fn left_at<T: DeserializeOwned>(place: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(place).ok()?).ok()
}
