//! The real program under faults at every step of commit, rotation and recovery: whatever happens, one clean run later
//! each article has exactly one outcome, and the audit balances.
//!
//! Faults are asked for with `COPYDESK_FAULTS`, which debug builds and the feature `fail-points` know.

use std::collections::BTreeMap;
use std::fs;

use crate::desk::{Desk, Said};

const STEPS: [&str; 9] = [
    "segment.create",
    "segment.write",
    "segment.sync",
    "segment.open",
    "segment.cut",
    "folder.sync",
    "ledger.commit",
    "ledger.committed",
    "ledger.finish",
];
const FAULTS: [&str; 6] = ["exit", "panic", "enospc", "eio", "short", "delay"];
const ARTICLES: usize = 6;

fn run_with(desk: &Desk, faults: &str, arguments: &[&str]) -> Said {
    desk.command(arguments).env("COPYDESK_FAULTS", faults).output().unwrap().into()
}

fn put_articles(desk: &Desk) {
    for number in 0..ARTICLES {
        let text =
            format!("The tale of boat {number}\n\nThe harbour master counted the boats twice on day {number}, and found one more.\n");
        desk.put(&format!("wire/{number}.txt"), text);
    }
    desk.put("wire/nothing.json", "{\"id\": 1}");
}

const BATCH: [&str; 6] = ["batch", "-q", "wire", "--set", "output.rotate_size=600", "--set=input.settle=0ms"];

#[track_caller]
fn ensure_exactly_once(desk: &Desk, what: &str) {
    let mut outcomes: BTreeMap<String, u32> = BTreeMap::new();
    for line in desk.records("out").iter().chain(&desk.rejected("out")) {
        *outcomes.entry(line["source"]["path"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(outcomes.len(), ARTICLES + 1, "{what}: {outcomes:?}");
    assert!(outcomes.values().all(|count| *count == 1), "{what}: {outcomes:?}");
    let verdict = desk.run(&["verify"]);
    assert_eq!(verdict.code, 0, "{what}: {}", verdict.stdout);
}

/// A run that meets the fault, another that meets it while it recovers, and one that meets none.
#[track_caller]
fn check(step: &str, fault: &str) {
    let desk = Desk::new();
    put_articles(&desk);
    let what = format!("{step}={fault}");
    for time in [1, 2, 1] {
        let said = run_with(&desk, &format!("{what}@{time}"), &BATCH);
        let ends = [0, 1, 3, 101, 137];
        assert!(ends.contains(&said.code), "{what}: ended with {}: {}", said.code, said.stderr);
    }
    let last = desk.run(&BATCH);
    // The one article that is always set aside may have been so before.
    assert!([0, 1].contains(&last.code), "{what}: {}", last.stderr);
    ensure_exactly_once(&desk, &what);
}

#[test]
fn a_fault_at_any_step_costs_no_article() {
    for step in STEPS {
        for fault in FAULTS {
            check(step, fault);
        }
    }
}

#[test]
fn an_article_that_kills_the_program_is_set_aside_after_three_crashes_alone() {
    let desk = Desk::new();
    put_articles(&desk);
    let fault = "article:wire/3.txt=exit";
    let codes: Vec<i32> = (0..6).map(|_| run_with(&desk, fault, &BATCH).code).collect();
    // Once among the others, three times alone, and then no more.
    assert_eq!(codes, [137, 137, 137, 137, 1, 0]);
    let rejected = desk.rejected("out");
    let convicted: Vec<_> = rejected.iter().filter(|line| line["code"] == "crash.quarantined").collect();
    assert_eq!(convicted.len(), 1);
    assert_eq!(convicted[0]["source"]["path"], "wire/3.txt");
    ensure_exactly_once(&desk, fault);
    // What has been mended meanwhile is tried again on request.
    desk.run(&["replay", "-q", "wire"]);
    assert_eq!(desk.records("out").len(), ARTICLES);
}

#[test]
fn an_article_that_a_kill_from_outside_met_is_no_convict() {
    let desk = Desk::new();
    put_articles(&desk);
    for number in [1, 4, 1] {
        run_with(&desk, &format!("article:wire/{number}.txt=exit"), &BATCH).ended_with(137);
    }
    desk.run(&BATCH);
    assert_eq!(desk.records("out").len(), ARTICLES);
}

#[test]
fn a_damaged_ledger_is_never_silently_wrong() {
    let desk = Desk::new();
    put_articles(&desk);
    desk.run(&BATCH).ended_with(1);
    let path = desk.path("out/.copydesk/ledger.sqlite");
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 12) {
        let mut damaged = whole.clone();
        damaged[at..(at + 64).min(whole.len())].fill(0x5a);
        fs::write(&path, &damaged).unwrap();
        desk.run(&BATCH);
        if desk.run(&["verify"]).code == 0 {
            ensure_exactly_once(&desk, &format!("damaged at byte {at}"));
        }
    }
}
