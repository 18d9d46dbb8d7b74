//! The report: what an output folder holds, on one page that needs nothing else.

mod collect;
mod page;
mod tally;

pub use collect::{Report, collect};
pub use page::render;
