//! The real program under faults at every step of commit, rotation and recovery: whatever happens, one clean run later
//! each article has exactly one outcome, and the audit balances.
//!
//! Faults are asked for with `COPYDESK_FAULTS`, which debug builds and the feature `fail-points` know.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::desk::{Desk, Said, wait_for};
use crate::fire::{self, Fire, Row, SCENARIOS};

/// Runs a scenario for a short while: it may find nothing.
#[track_caller]
pub fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = PathBuf::from(env!("CARGO_BIN_EXE_copydesk"));
    let fire = Fire { program, judge: folder.join("docs/judge.sh"), seed: 2_026, quick: true };
    let (_, scenario) = SCENARIOS.iter().find(|(scenario, _)| *scenario == name).unwrap();
    let row = fire::run(&fire, *scenario);
    assert!(row.is_clean(), "{}{}{}", Row::head(), row.line(name), row.findings.join("\n"));
}

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

#[test]
fn a_fault_at_any_step_of_a_batch_costs_no_article() {
    check("fail points batch");
}

#[test]
fn a_fault_at_any_step_of_a_daemon_costs_no_article_and_no_room_is_waited_out() {
    check("fail points watch");
}

#[test]
fn an_input_that_was_being_moved_or_deleted_in_a_crash_is_neither_lost_nor_left() {
    check("fail points move");
}

#[test]
fn a_sync_that_fails_ends_the_run_and_the_next_one_recovers() {
    check("failed sync");
}

#[test]
fn whichever_sync_fails_no_article_is_lost() {
    check("any failed sync");
}

#[test]
fn a_batch_on_a_full_disk_ends_and_goes_on_when_there_is_room() {
    check("full disk batch");
}

#[test]
fn a_daemon_on_a_full_disk_says_so_once_and_goes_on_by_itself_when_there_is_room() {
    check("full disk watch");
}

#[test]
fn a_daemon_on_a_full_disk_goes_on_when_a_consumer_has_taken_sealed_files_away() {
    check("full disk consumer");
}

#[test]
fn a_daemon_that_begins_on_a_full_disk_waits_too() {
    check("full disk start");
}

#[test]
fn a_ledger_without_room_costs_no_article() {
    check("full disk ledger");
}

#[test]
fn a_damaged_ledger_is_never_silently_wrong() {
    check("damaged ledger");
}

#[test]
fn damaged_records_are_never_silently_wrong() {
    check("damaged records");
}

#[test]
fn of_two_runs_on_one_folder_one_works_and_the_other_says_who_does() {
    check("two at once");
}

#[test]
fn a_clock_that_is_wrong_or_jumps_costs_no_article() {
    check("clock");
}

#[test]
fn a_batch_that_is_told_to_stop_at_any_moment_loses_nothing() {
    check("signals batch");
}

#[test]
fn a_daemon_that_is_told_to_stop_at_any_moment_loses_nothing() {
    check("signals watch");
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
fn a_daemon_that_waits_for_room_ends_at_the_first_signal_and_loses_nothing() {
    let desk = Desk::new();
    put_articles(&desk);
    let mut command = desk.command(&["watch", "wire"]);
    let mut daemon = command.env("COPYDESK_FAULTS", "segment.write=enospc@1+").stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(daemon.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("no room for records") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended without a word about the disk");
    }
    rustix::process::kill_process(rustix::process::Pid::from_child(&daemon), rustix::process::Signal::TERM).unwrap();
    let ended = wait_for("the daemon's end", || daemon.try_wait().unwrap());
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(ended.code(), Some(3), "{rest}");
    assert!(rest.contains("make room and run again"), "{rest}");
    desk.run(&BATCH);
    ensure_exactly_once(&desk, "after the wait");
}
