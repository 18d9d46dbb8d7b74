//! One test binary: the program through its commands, the line with real faults, and the walls between the rooms.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]
mod agencies;
mod architecture;
mod bad_input;
#[cfg(feature = "http")]
mod browser;
mod budgets;
mod commands;
mod config;
mod corpus;
mod crash;
mod crash_model;
mod daemon;
mod desk;
mod fire;
mod forms;
mod hostile;
#[cfg(feature = "http")]
mod http;
mod kill;
mod looking;
mod other_programs;
mod packaging;
mod pipe;
mod recipes;
mod report;
mod sandbox;
mod schemas;
#[cfg(feature = "http")]
mod served;
mod service;
mod snapshots;
mod torture;
mod traps;
mod updates;
mod watch;
