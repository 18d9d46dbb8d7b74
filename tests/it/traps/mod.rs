//! The traps of watching folders, as docs/watching.md lists them: each is a sample of what happens at a desk, and no
//! article may be lost, read in half, or read twice over it.

mod folders;
mod kernel;
mod names;
mod states;
mod writers;
