//! Counts what unpacking makes of a file, so that a small file cannot become an endless one.

use std::cell::Cell;
use std::io;
#[cfg(feature = "compression")]
use std::io::BufRead;
#[cfg(any(feature = "compression", feature = "zip"))]
use std::io::Read;
use std::rc::Rc;

use super::Spoiled;
use crate::model::{Limit, StageError};

/// What a file may become whatever its ratio: a page of one repeated letter is no attack.
const ALWAYS_ALLOWED: u64 = 1024 * 1024;

/// Packed bytes read and unpacked bytes made, over all layers of one file. What lies inside another counts there as well.
#[derive(Debug)]
pub struct Meter {
    packed: Cell<u64>,
    made: Cell<u64>,
    ratio_max: u64,
    around: Option<Rc<Self>>,
}

impl Meter {
    pub fn new(ratio_max: u64) -> Rc<Self> {
        Rc::new(Self { packed: Cell::new(0), made: Cell::new(0), ratio_max, around: None })
    }

    /// The meter of a packed thing inside another.
    pub fn within(around: &Rc<Self>) -> Rc<Self> {
        Rc::new(Self { packed: Cell::new(0), made: Cell::new(0), ratio_max: around.ratio_max, around: Some(Rc::clone(around)) })
    }

    /// Notes packed bytes that were read.
    pub fn read(&self, bytes: u64) {
        self.packed.set(self.packed.get().saturating_add(bytes));
    }

    /// Notes bytes that came out of unpacking. An error once they are too many for what went in.
    pub fn make(&self, bytes: u64) -> io::Result<()> {
        self.made.set(self.made.get().saturating_add(bytes));
        if self.is_exhausted() {
            let reason = format!("it unpacks to more than {} times its size", self.ratio_max);
            return Err(Spoiled::of(StageError::Limit { limit: Limit::Ratio, reason }));
        }
        self.around.as_ref().map_or(Ok(()), |around| around.make(bytes))
    }

    /// True once nothing more may come out.
    pub fn is_exhausted(&self) -> bool {
        self.made.get() > self.packed.get().saturating_mul(self.ratio_max).saturating_add(ALWAYS_ALLOWED)
    }
}

/// Notes what is read of the packed file.
#[cfg(feature = "compression")]
pub struct Packed<R> {
    pub input: R,
    pub meter: Rc<Meter>,
}

#[cfg(feature = "compression")]
impl<R: Read> Read for Packed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.meter.read(count as u64);
        Ok(count)
    }
}

#[cfg(feature = "compression")]
impl<R: BufRead> BufRead for Packed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.meter.read(count as u64);
        self.input.consume(count);
    }
}

/// Notes what comes out of unpacking, and says when it is too much.
#[cfg(any(feature = "compression", feature = "zip"))]
pub struct Unpacked<R> {
    pub input: R,
    pub meter: Rc<Meter>,
}

#[cfg(any(feature = "compression", feature = "zip"))]
impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.is_exhausted() {
            return Ok(0);
        }
        let count = self.input.read(buffer)?;
        self.meter.make(count as u64)?;
        Ok(count)
    }
}
