//! "Exactly once, whatever happens", held to thousands of worlds.

use copydesk::ledger::{Disk, Index};

use crate::crash::faulty::{self, Neglect, without};
use crate::crash::index::SimulatedIndex;
use crate::crash::{Faults, Report, Rules, run_world, sound};

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

/// A program without one of the rules breaks a claim in some world, and the one with all rules does not in the same.
#[track_caller]
fn check_needed<D: Disk, I: Index>(faults: Faults, rules: &Rules<D, I>, worlds: u64) {
    let breaks = |seed: &u64| !run_world(*seed, faults, rules).broken.is_none();
    let Some(seed) = (0..worlds).find(breaks) else { panic!("{worlds} worlds hold without the rule") };
    assert!(run_world(seed, faults, &sound()).broken.is_none(), "world {seed} breaks with all rules too");
}

#[test]
fn without_a_lock_a_killed_writers_last_write_lands_late() {
    check_needed(Faults::Kill, &without(Neglect::Lock), 2_000);
}

#[test]
fn files_that_the_ledger_does_not_name_are_looked_for() {
    check_needed(Faults::Kill, &without(Neglect::FilesOfOthers), 500);
}

#[test]
fn what_is_acknowledged_is_synced() {
    check_needed(Faults::Power, &without(Neglect::Sync), 500);
}

#[test]
fn a_failed_write_goes_on_with_the_same_bytes() {
    check_needed(Faults::Mixed, &Rules { renders_again: true, ..sound() }, 1_000);
}

#[test]
fn twins_are_two_articles() {
    check_needed(Faults::Kill, &Rules { knows_by_digest: true, ..sound() }, 500);
}

#[test]
fn a_missing_ledger_is_not_answered_by_cutting() {
    check_needed(Faults::Power, &Rules { cuts_without_a_ledger: true, ..sound() }, 1_000);
}

#[test]
fn adoption_comes_before_quarantine() {
    check_needed(Faults::Kill, &Rules { convicts_after: 0, convicts_first: true, ..sound() }, 500);
    let harsh = Rules { convicts_after: 0, ..sound() };
    assert!((0..500).all(|seed| run_world(seed, Faults::Kill, &harsh).broken.is_none()));
}

#[test]
fn a_seal_is_durable_before_it_counts() {
    let forgets_seals = faulty::with(|disk, _| disk.clone(), |index| SimulatedIndex { syncs_seals: false, ..index });
    check_needed(Faults::Power, &forgets_seals, 2_000);
}

#[test]
fn what_is_adopted_is_written_again() {
    check_needed(Faults::Mixed, &without(Neglect::WritingAgain), 20_000);
}
