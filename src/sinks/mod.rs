//! Where records go: segments of JSON lines, or standard output.
