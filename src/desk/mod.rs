//! What people look at: committed records, read beside whoever writes them, and the pages made of them.
//!
//! Everything here only reads. Up to where lines count is what the ledger says; what stands beyond is not shown.

pub mod chosen;
pub mod committed;
#[cfg(feature = "http")]
pub mod http;
pub mod rejections;
pub mod report;
pub mod story;
