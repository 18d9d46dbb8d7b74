//! Faults at each step of opening, recovery, commit and rotation, in the program itself (`src/ledger/fault.rs`).

use super::count::{count, folders, outcomes_so_far};
use super::news::{Form, lay, says_nothing};
use super::place::{Ended, Place, Run, wait_until};
use super::{Fire, Row};

/// When a step is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// In a run that has everything before it.
    Committing,
    /// In a run that finds lines to adopt and half a line to cut off.
    Recovering,
}

/// Every step, and when it can be met.
const STEPS: [(&str, &[When]); 15] = {
    use When::{Committing, Recovering};
    [
        ("lock.take", &[Committing, Recovering]),
        ("folder.create", &[Committing, Recovering]),
        ("folder.sync", &[Committing, Recovering]),
        ("folder.list", &[Committing, Recovering]),
        ("ledger.open", &[Committing, Recovering]),
        ("segment.open", &[Recovering]),
        ("segment.read", &[Recovering]),
        ("segment.create", &[Committing]),
        ("segment.write", &[Committing, Recovering]),
        ("segment.cut", &[Recovering]),
        ("segment.sync", &[Committing, Recovering]),
        ("ledger.commit", &[Committing, Recovering]),
        ("ledger.seal", &[Committing, Recovering]),
        ("ledger.committed", &[Committing, Recovering]),
        ("ledger.finish", &[Committing, Recovering]),
    ]
};
/// What is done after recovery, before anything is read.
const STEPS_OF_ATTEMPTS: [(&str, &[When]); 2] =
    [("attempts.create", &[When::Committing, When::Recovering]), ("attempts.rename", &[When::Committing, When::Recovering])];
const FAULTS: [&str; 6] = ["exit", "panic", "enospc", "eio", "short", "delay"];
/// The last of them has nothing to say.
const ARTICLES: u64 = 50;
const SMALL_FILES: [&str; 3] = ["-q", "--set", "output.rotate_size=6KiB"];

/// Every step with every fault at every time that there is.
fn cells() -> Vec<(&'static str, &'static str, When)> {
    let steps = STEPS.iter().chain(&STEPS_OF_ATTEMPTS);
    steps.flat_map(|(step, times)| times.iter().flat_map(move |when| FAULTS.iter().map(move |fault| (*step, *fault, *when)))).collect()
}

fn prepare(place: &Place, when: When) {
    let (first, half) = (ARTICLES / 5, ARTICLES / 2);
    lay(&place.path("wire"), Form::Text, 0..first);
    if when == When::Recovering {
        let sound = place.run("batch", &SMALL_FILES);
        assert_eq!(sound.code, Some(0), "{}", sound.said);
    }
    lay(&place.path("wire"), Form::Text, first..half);
    if when == When::Recovering {
        // Lines that are written and not entered, and half of one.
        let crashed = run(place, "batch", "segment.sync=exit@1");
        assert_eq!(crashed.code, Some(137), "{}", crashed.said);
        let active = place.path("out").join(super::reader::segments(&place.path("out")).last().unwrap());
        let mut bytes = std::fs::read(&active).unwrap();
        let half: Vec<u8> = bytes.iter().take(200).copied().collect();
        bytes.extend(half);
        std::fs::write(&active, bytes).unwrap();
    }
    lay(&place.path("wire"), Form::Text, half..ARTICLES);
}

fn run(place: &Place, command: &str, faults: &str) -> Ended {
    place.command(command, &SMALL_FILES).env("COPYDESK_FAULTS", faults).output().unwrap().into()
}

/// How often a fault was met, as a run says itself.
pub fn met(said: &str) -> u64 {
    said.lines().filter(|line| line.starts_with("fault: ")).count() as u64
}

/// How a batch may end that has met this fault.
fn ends_well(fault: &str, met: u64, ended: &Ended) -> bool {
    let is_told = ended.said.lines().any(|line| line.starts_with("copydesk: ") || line.contains("error"));
    match (fault, ended.code) {
        (_, Some(0 | 1)) if met == 0 || ["delay", "short"].contains(&fault) => true,
        ("exit", Some(137)) | ("panic", Some(3 | 101)) => true,
        ("enospc" | "eio" | "short", Some(3)) => is_told,
        _ => false,
    }
}

/// One cell of a batch: the fault in a first run, later in a second, and then a run without any.
fn strike(fire: &Fire, (step, fault, when): (&str, &str, When), row: &mut Row) {
    let what = format!("batch {step}={fault} {when:?}");
    let place = fire.place();
    prepare(&place, when);
    let mut struck = 0;
    for time in [1, 2] {
        let ended = run(&place, "batch", &format!("{step}={fault}@{time}"));
        row.runs += 1;
        struck += met(&ended.said);
        row.ensure(ends_well(fault, met(&ended.said), &ended), || format!("{what}: ended with {:?}: {}", ended.code, ended.said));
    }
    row.faults += struck;
    row.ensure(struck > 0, || format!("{what}: was never met"));
    let last = place.run("batch", &SMALL_FILES);
    row.runs += 1;
    row.ensure(matches!(last.code, Some(0 | 1)), || format!("{what}: the last run ended with {:?}: {}", last.code, last.said));
    count(fire, &place, 0..ARTICLES, row, &what);
}

pub fn batch(fire: &Fire, row: &mut Row) {
    // For a look, as many as meet each fault a few times; more would cost a minute.
    let every = if fire.quick { 11 } else { 1 };
    for cell in cells().into_iter().step_by(every) {
        strike(fire, cell, row);
    }
}

pub fn watch(fire: &Fire, row: &mut Row) {
    let every = if fire.quick { 31 } else { 1 };
    for cell in cells().into_iter().step_by(every) {
        strike_daemon(fire, cell, row);
    }
    if fire.quick {
        // What a daemon must hear of, and what it must sit out, while it is under way.
        strike_daemon(fire, ("segment.write", "panic", When::Committing), row);
        strike_daemon(fire, ("segment.write", "enospc", When::Committing), row);
    }
}

/// One cell of a daemon: where it cannot go on it ends, where there is no room it waits and goes on by itself.
fn strike_daemon(fire: &Fire, (step, fault, when): (&str, &str, When), row: &mut Row) {
    let what = format!("watch {step}={fault} {when:?}");
    let place = fire.place();
    prepare(&place, when);
    // Not quiet: it is to say that there is no room.
    let mut daemon = Run::start(place.command("watch", &SMALL_FILES[1..]).env("COPYDESK_FAULTS", format!("{step}={fault}")));
    row.runs += 1;
    // All is there and counts, and nothing is being written.
    let is_well = || outcomes_so_far(&folders(&place)) >= ARTICLES && !has_torn_end(&place) && place.run("verify", &[]).code == Some(0);
    wait_until(|| daemon.has_ended() || met(&daemon.said()) > 0 && is_well());
    let by_itself = daemon.has_ended();
    let ended = daemon.stop();
    let struck = met(&ended.said);
    row.faults += struck;
    row.ensure(struck > 0, || format!("{what}: was never met"));
    let is_at_start = when == When::Recovering
        || !["segment.create", "segment.write", "segment.sync", "ledger.commit", "ledger.seal", "ledger.committed"].contains(&step);
    let is_right = match (fault, by_itself) {
        // A delay is none of its business, and no room is waited for once it is under way.
        ("delay", false) | ("short", false) => ended.code == Some(0),
        ("enospc", false) => ended.code == Some(0) && ended.said.contains("no room"),
        ("enospc" | "short", true) => is_at_start && ended.code == Some(3),
        ("exit", true) => ended.code == Some(137),
        ("panic", true) => matches!(ended.code, Some(3 | 101)),
        ("eio", true) => ended.code == Some(3),
        _ => false,
    };
    row.ensure(is_right, || format!("{what}: ended with {:?}, by itself: {by_itself}: {}", ended.code, ended.said));
    let mut daemon = Run::start(&mut place.command("watch", &SMALL_FILES));
    row.runs += 1;
    let complete = daemon.is_up(&place) && wait_until(|| is_well() || daemon.has_ended());
    let ended = daemon.stop();
    row.ensure(complete && ended.code == Some(0), || format!("{what}: the next one ended with {:?}: {}", ended.code, ended.said));
    count(fire, &place, 0..ARTICLES, row, &what);
}

fn has_torn_end(place: &Place) -> bool {
    let out = place.path("out");
    super::reader::segments(&out)
        .iter()
        .any(|name| std::fs::read(out.join(name)).is_ok_and(|bytes| bytes.last().is_some_and(|last| *last != b'\n')))
}

/// What is done with inputs after their records are durable, cut off in the middle.
pub fn after(fire: &Fire, row: &mut Row) {
    for (step, after) in [("after.begin", "move"), ("after.begin", "delete"), ("after.aside", "move"), ("after.aside", "delete")] {
        for time in 1..=fire.many(1, 8) {
            let what = format!("{after} {step}=exit@{time}");
            let place = fire.place();
            lay(&place.path("wire"), Form::Text, 0..ARTICLES);
            let rejected = (0..ARTICLES).filter(|number| says_nothing(*number)).count();
            let set = format!("input.after={after}");
            let more = ["-q", "--set", &set, "--set", "input.move_to=done"];
            let fault = format!("{step}=exit@{time}");
            // What was written just now stays until the clock has moved on, so one run may not come so far.
            let mut crashed = 0;
            wait_until(|| {
                let ended: Ended = place.command("batch", &more).env("COPYDESK_FAULTS", &fault).output().unwrap().into();
                row.runs += 1;
                crashed += met(&ended.said);
                let is_through = files_below(&place.path("wire")) == rejected;
                row.ensure(matches!(ended.code, Some(0 | 1 | 137)), || format!("{what}: ended with {:?}: {}", ended.code, ended.said));
                crashed > 0 || is_through
            });
            row.faults += crashed;
            // What was rejected stays, and nothing else; and what is to be moved is all there.
            let expected = if after == "move" { ARTICLES as usize - rejected } else { 0 };
            let (mut left, mut moved) = (0, 0);
            // What was put back has just changed, and stays until the clock has moved on.
            wait_until(|| {
                let next = place.run("batch", &more);
                row.runs += 1;
                row.ensure(matches!(next.code, Some(0 | 1)), || format!("{what}: then ended with {:?}: {}", next.code, next.said));
                (left, moved) = (files_below(&place.path("wire")), files_below(&place.path("done")));
                left == rejected
            });
            count(fire, &place, 0..ARTICLES, row, &what);
            row.ensure(left == rejected && moved == expected, || format!("{what}: {left} files left, {moved} moved"));
        }
    }
}

fn files_below(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}
