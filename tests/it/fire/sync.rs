//! Syncs that fail. After one nobody knows what is on disk, so the run ends, and the next one begins with what it finds.

use std::process::Command;
use std::thread;
use std::time::Duration;

use super::count::{count, folders, outcomes_so_far};
use super::news::{Form, lay};
use super::place::{Ended, Run, wait_until};
use super::points::met;
use super::{Fire, Row};

const ARTICLES: u64 = 50;
const SMALL_FILES: [&str; 3] = ["-q", "--set", "output.rotate_size=6KiB"];
const FAILURES: [&str; 4] = ["segment.sync=eio@1", "segment.sync=eio@2", "segment.sync=eio@3", "folder.sync=eio@1+"];

/// The syncs of record files and folders, each in its turn.
pub fn by_point(fire: &Fire, row: &mut Row) {
    for command in ["batch", "watch"] {
        for failure in FAILURES {
            for time in 0..fire.many(1, 5) {
                let what = format!("{command} {failure} {time}");
                let place = fire.place();
                lay(&place.path("wire"), Form::Text, 0..ARTICLES);
                let mut run = Run::start(place.command(command, &SMALL_FILES).env("COPYDESK_FAULTS", failure));
                row.runs += 1;
                if command == "watch" {
                    // One that is through before the third sync is told to stop.
                    wait_until(|| run.has_ended() || outcomes_so_far(&folders(&place)) >= ARTICLES);
                    thread::sleep(Duration::from_millis(50));
                }
                let ended = if command == "watch" { run.stop() } else { run.end() };
                let struck = met(&ended.said);
                row.faults += struck.min(1);
                let says_so = ended.said.contains("sync") && ended.said.contains("Input/output error");
                row.ensure(struck == 0 || ended.code == Some(3) && says_so, || {
                    format!("{what}: ended with {:?}: {}", ended.code, ended.said)
                });
                let last = place.run("batch", &SMALL_FILES);
                row.runs += 1;
                row.ensure(matches!(last.code, Some(0 | 1)), || format!("{what}: then ended with {:?}: {}", last.code, last.said));
                count(fire, &place, 0..ARTICLES, row, &what);
            }
        }
    }
}

/// Any sync of any file, the ledger's own included: one in five fails, as libfiu has it.
pub fn by_chance(fire: &Fire, row: &mut Row) {
    if Command::new("fiu-run").arg("-h").output().is_err() {
        row.not_run = Some("install fiu-utils".to_owned());
        return;
    }
    let through = ["fiu-run", "-x", "-c", "enable_random name=posix/io/sync/*,probability=0.2"];
    for round in 0..fire.many(2, 20) {
        let what = format!("round {round}");
        let place = fire.place();
        for first in (0..ARTICLES).step_by(10) {
            lay(&place.path("wire"), Form::Text, first..first + 10);
            let ended: Ended = place.command_through(&through, "batch", &SMALL_FILES).output().unwrap().into();
            row.runs += 1;
            let has_failed = ended.code == Some(3);
            row.faults += u64::from(has_failed);
            let names = |words: &[&str]| words.iter().any(|word| ended.said.contains(word));
            let says_so = names(&["out", "articles-", "rejected-"]) && names(&["run again", "the disk", "choose another --out"]);
            row.ensure(has_failed && says_so || matches!(ended.code, Some(0 | 1)), || {
                format!("{what}: ended with {:?}: {}", ended.code, ended.said)
            });
        }
        let last = place.run("batch", &SMALL_FILES);
        row.runs += 1;
        row.ensure(matches!(last.code, Some(0 | 1)), || format!("{what}: then ended with {:?}: {}", last.code, last.said));
        count(fire, &place, 0..ARTICLES, row, &what);
    }
}
