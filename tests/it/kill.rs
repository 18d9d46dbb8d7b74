//! The real program, killed again and again at random moments while articles arrive: each ends up in exactly one record
//! or rejection, and nothing that a reader has seen changes.
//!
//! `cargo run --release --example torture -- program --only kill --seed 7` does it for longer, and from another seed.

use crate::torture::check;

#[test]
fn a_batch_over_text_files_survives_being_killed() {
    check("kill batch text");
}

#[test]
fn a_batch_over_lines_survives_being_killed() {
    check("kill batch lines");
}

#[test]
fn a_batch_over_packed_files_survives_being_killed() {
    check("kill batch gzip");
}

#[test]
fn a_daemon_survives_being_killed_while_files_arrive() {
    check("kill watch text");
}

#[test]
fn a_daemon_survives_being_killed_while_files_grow_by_lines() {
    check("kill watch lines");
}

#[test]
fn a_daemon_survives_being_killed_while_packed_files_arrive() {
    check("kill watch gzip");
}
