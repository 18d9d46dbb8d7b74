//! How alike two sentences are.
