//! A model of everything that can happen to a desk: worlds of articles, runs that end in every way, a machine that
//! forgets what was not synced. The committer and the recovery in it are the product's own.
//!
//! Everything follows from a seed, so a world that breaks a claim can be seen again.

pub mod chance;
pub mod claims;
pub mod disk;
pub mod faulty;
pub mod index;
mod inode;
pub mod inputs;
mod life;
pub mod world;

pub use faulty::MUTANTS;
pub use world::{Faults, Report, Rules, run_world, sound};
