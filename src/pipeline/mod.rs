//! The line: the only place where stages meet channels.

pub mod committer;
pub mod runner;
