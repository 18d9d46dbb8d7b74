//! "Exactly once, whatever happens", held to thousands of worlds.

use crate::crash::{Faults, MUTANTS, Report, Rules, run_world, sound};

/// Worlds of each kind of fault. `cargo run --release --example torture -- model` runs as many as one likes.
const WORLDS: u64 = 3_400;

#[track_caller]
fn check(faults: Faults) -> Report {
    let rules = sound();
    let mut sum = Report::default();
    for seed in 0..WORLDS {
        let report = run_world(seed, faults, &rules);
        assert!(report.broken.is_none(), "world {seed} of {faults:?}: {report:?}");
        sum.add(&report);
    }
    sum
}

#[test]
fn kills_lose_double_tear_and_take_back_nothing() {
    let sum = check(Faults::Kill);
    assert!(sum.crashes > WORLDS && sum.quarantined > 0, "too little happened: {sum:?}");
    assert_eq!(sum.taken_back_by_power, 0);
}

#[test]
fn power_losses_lose_double_and_tear_nothing_once_recovered() {
    let sum = check(Faults::Power);
    assert!(sum.crashes > WORLDS && sum.taken_back_by_power > 0, "too little happened: {sum:?}");
}

#[test]
fn failing_disks_and_full_ones_lose_double_and_tear_nothing() {
    let sum = check(Faults::Mixed);
    assert!(sum.crashes > WORLDS && sum.quarantined > 0, "too little happened: {sum:?}");
}

/// A program without one of the rules breaks a claim in some world, and the one with all rules does not in the same.
#[track_caller]
fn check_needed(rule: &str, worlds: u64) {
    let (_, faults, run) = MUTANTS.iter().find(|(name, ..)| *name == rule).expect("the rule is listed");
    let breaks = |seed: &u64| !run(*seed, *faults).broken.is_none();
    let Some(seed) = (0..worlds).find(breaks) else { panic!("{worlds} worlds hold without the rule") };
    assert!(run_world(seed, *faults, &sound()).broken.is_none(), "world {seed} breaks with all rules too");
}

#[test]
fn what_is_adopted_is_written_again() {
    check_needed("does not write again", 20_000);
}

#[test]
fn adoption_comes_before_quarantine() {
    check_needed("quarantine before adoption", 500);
    let harsh = Rules { convicts_after: 0, ..sound() };
    assert!((0..500).all(|seed| run_world(seed, Faults::Kill, &harsh).broken.is_none()));
}

#[test]
fn a_killed_writers_last_write_lands_before_the_lock_is_given() {
    check_needed("no lock", 2_000);
}

#[test]
fn folders_are_synced_whoever_created_what_is_in_them() {
    check_needed("folders synced by creator only", 20_000);
}

#[test]
fn files_that_the_ledger_does_not_name_are_looked_for() {
    check_needed("files known from ledger only", 500);
}

#[test]
fn a_failed_write_goes_on_with_the_same_bytes() {
    check_needed("renders again after a short write", 2_000);
}

#[test]
fn twins_are_two_articles() {
    check_needed("twins keyed by digest", 500);
}

#[test]
fn what_is_acknowledged_is_synced() {
    check_needed("acknowledges before the sync", 500);
}

#[test]
fn a_missing_ledger_is_not_answered_by_cutting() {
    check_needed("cuts without a ledger", 2_000);
}

#[test]
fn a_seal_is_durable_before_it_counts() {
    check_needed("seals are not synced", 20_000);
}
