//! Where records go: segments of JSON lines, or standard output.

pub mod segments;
pub mod stdout;
