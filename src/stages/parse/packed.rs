//! Takes files out of a packed document, within what it may unpack to.

use std::io::{Cursor, Read};

use rustc_hash::FxHashMap;

use super::xml::decoded;
use super::zip::{Error, Zip};
use crate::model::{Limit, StageError};

/// A packed document in memory.
pub struct Packed<'a> {
    zip: Zip<Cursor<&'a [u8]>>,
    /// Where each name stands first: a book may ask for as many as there are.
    places: FxHashMap<String, usize>,
    /// Bytes that may still come out.
    left: u64,
    ratio_max: u64,
}

/// What may come out of the smallest document.
const ALWAYS_ALLOWED: u64 = 1024 * 1024;

impl<'a> Packed<'a> {
    pub fn open(bytes: &'a [u8], ratio_max: u64) -> Result<Self, StageError> {
        let length = bytes.len() as u64;
        let zip = Zip::open(Cursor::new(bytes), length).map_err(|error| malformed(&error))?;
        let mut places = FxHashMap::default();
        for (at, member) in zip.members().iter().enumerate() {
            places.entry(member.name.clone()).or_insert(at);
        }
        Ok(Self { zip, places, left: length.saturating_mul(ratio_max).saturating_add(ALWAYS_ALLOWED), ratio_max })
    }

    /// A file by its name, as text; None where there is none.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, StageError> {
        let Some(at) = self.places.get(name).copied() else { return Ok(None) };
        let unpack = self.zip.unpack(at).map_err(|error| malformed(&error))?;
        let mut bytes = Vec::new();
        let result = unpack.take(self.left.saturating_add(1)).read_to_end(&mut bytes);
        if bytes.len() as u64 > self.left {
            let reason = format!("it unpacks to more than {} times its size", self.ratio_max);
            return Err(StageError::Limit { limit: Limit::Ratio, reason });
        }
        self.left -= bytes.len() as u64;
        result.map_err(|error| malformed(&Error::from(error)))?;
        Ok(Some(decoded(&bytes)))
    }
}

fn malformed(error: &Error) -> StageError {
    let reason = match error {
        Error::Broken(reason) => reason.clone(),
        Error::TooMany => "it lists more files than it can hold".to_owned(),
        Error::Io(error) => error.to_string(),
    };
    StageError::Malformed { reason: format!("the packed document is damaged ({reason})") }
}
