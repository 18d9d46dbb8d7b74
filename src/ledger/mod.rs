//! What is done: an index over the record files that can be rebuilt from them at any time, and recovery.
