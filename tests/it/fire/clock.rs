//! A clock that is wrong, and one that jumps while the program runs, over files from 1970 and 2100.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use super::count::{count, folders, outcomes_so_far};
use super::news::{Form, lay};
use super::place::{Place, Run, wait_until};
use super::{Fire, Row};

const ARTICLES: u64 = 400;
/// 1 January 2100.
const FAR: Duration = Duration::from_secs(4_102_444_800);

#[derive(Clone, Copy, Debug)]
enum Clock {
    Ahead,
    Behind,
    Jumping,
}

pub fn jumps(fire: &Fire, row: &mut Row) {
    let Some(library) = library() else {
        row.not_run = Some("install faketime".to_owned());
        return;
    };
    for round in 0..fire.many(1, 4) {
        for command in ["batch", "watch"] {
            let clocks = [Clock::Behind, Clock::Jumping, Clock::Ahead];
            for clock in clocks.into_iter().take(fire.many(2, 3) as usize) {
                let what = format!("{command} {clock:?} of round {round}");
                let place = fire.place();
                let ended = match clock {
                    Clock::Ahead => under(&place, command, &library, "+1y", false),
                    Clock::Behind => under(&place, command, &library, "-1y", false),
                    Clock::Jumping => under(&place, command, &library, "+0", true),
                };
                row.runs += 1;
                row.faults += 1;
                row.ensure(ended.is_ok(), || format!("{what}: {}", ended.clone().unwrap_err()));
                // A run under the true clock again finds nothing left to do.
                let after = place.run("batch", &[]);
                row.runs += 1;
                let idle = after.said.contains(&format!("0 records, 0 rejected, {ARTICLES} unchanged"));
                row.ensure(matches!(after.code, Some(0 | 1)) && idle, || format!("{what}: then: {:?} {}", after.code, after.said));
                count(fire, &place, 0..ARTICLES, row, &what);
            }
        }
    }
}

fn library() -> Option<PathBuf> {
    let places = fs::read_dir("/usr/lib").ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let names = places.map(|place| place.join("faketime/libfaketimeMT.so.1"));
    names.into_iter().find(|path| path.exists())
}

fn under(place: &Place, command: &str, library: &Path, time: &str, jumps: bool) -> Result<(), String> {
    let wire = place.path("wire");
    let clock = place.path("clock");
    fs::write(&clock, format!("{time}\n")).unwrap();
    let first_half = ARTICLES / 2;
    lay_dated(&wire, 0, first_half);
    let mut run = place.command(command, &["--set", "output.rotate_size=100KiB"]);
    let mut run = Run::start(turn(&mut run, library, &clock));
    let through = AtomicBool::new(false);
    thread::scope(|scope| {
        if jumps {
            scope.spawn(|| {
                for step in ["+1y", "-1y", "+10y", "+0", "-40y"].into_iter().cycle() {
                    if through.load(Ordering::Relaxed) {
                        break;
                    }
                    fs::write(&clock, format!("{step}\n")).unwrap();
                    thread::sleep(Duration::from_millis(30));
                }
            });
        }
        let ended = if command == "watch" {
            thread::sleep(Duration::from_millis(200));
            lay_dated(&wire, first_half, ARTICLES);
            wait_until(|| outcomes_so_far(&folders(place)) >= ARTICLES || run.has_ended());
            run.stop()
        } else {
            let first = run.end();
            lay_dated(&wire, first_half, ARTICLES);
            let mut command = place.command(command, &["--set", "output.rotate_size=100KiB"]);
            let second = Run::start(turn(&mut command, library, &clock)).end();
            if matches!(first.code, Some(0 | 1)) { second } else { first }
        };
        through.store(true, Ordering::Relaxed);
        if matches!(ended.code, Some(0 | 1)) { Ok(()) } else { Err(format!("ended with {:?}: {}", ended.code, ended.said)) }
    })
}

/// The wall clock alone is turned: timers run by another one, and files have their true times.
fn turn<'c>(command: &'c mut Command, library: &Path, clock: &Path) -> &'c mut Command {
    command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", clock).env("FAKETIME_NO_CACHE", "1");
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1").env("NO_FAKE_STAT", "1")
}

/// Some of the files are said to be from 1970, some from 2100.
fn lay_dated(wire: &Path, from: u64, to: u64) {
    lay(wire, Form::Text, from..to);
    for number in (from..to).filter(|number| number % 3 != 0 && number % 50 != 49) {
        let path = wire.join(format!("day-{from}/{}/{number}.txt", number % 7));
        let time = if number % 3 == 1 { SystemTime::UNIX_EPOCH } else { SystemTime::UNIX_EPOCH + FAR };
        File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    }
}
