//! Told to stop, at random moments, politely and twice.

use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use super::count::{count, folders, outcomes_so_far};
use super::news::{Form, lay};
use super::place::{Run, wait_until};
use super::{Fire, Row};
use crate::crash::chance::Chance;

const SMALL_FILES: [&str; 3] = ["-q", "--set", "output.rotate_size=100KiB"];
/// Whoever is asked to stop has stopped by then.
const STOPS_WITHIN: Duration = Duration::from_secs(10);

pub fn batch(fire: &Fire, row: &mut Row) {
    storm(fire, row, "batch");
}

pub fn watch(fire: &Fire, row: &mut Row) {
    storm(fire, row, "watch");
}

fn storm(fire: &Fire, row: &mut Row, command: &str) {
    let (rounds, stops, together) = (fire.many(1, 6), fire.many(6, 25), 60);
    for round in 0..rounds {
        let seed = fire.seed + round;
        let what = format!("{command}, seed {seed}");
        let mut chance = Chance::new(seed);
        let place = fire.place();
        let mut delivered = 0;
        for _ in 0..stops {
            let form = [Form::Text, Form::Lines, Form::Gzip][chance.below(3) as usize];
            lay(&place.path("wire"), form, delivered..delivered + together);
            delivered += together;
            let mut run = Run::start(&mut place.command(command, &SMALL_FILES));
            row.runs += 1;
            thread::sleep(Duration::from_micros(chance.below(200_000)));
            let count = [1, 1, 2, 5][chance.below(4) as usize];
            let signals: Vec<Signal> = (0..count).map(|_| if chance.one_in(2) { Signal::TERM } else { Signal::INT }).collect();
            for signal in &signals {
                run.signal(*signal);
                thread::sleep(Duration::from_micros(chance.below(20_000)));
            }
            row.faults += count;
            let ended = run.end_within(STOPS_WITHIN);
            let is_right = match ended.code {
                // Before it listens, a signal ends it as it ends any program.
                None => ended.by_itself,
                Some(0) if command == "watch" => true,
                // It was through before it was told.
                Some(0 | 1) => command == "batch",
                Some(130) => signals.contains(&Signal::INT) && (command == "batch" || count > 1),
                Some(143) => signals.contains(&Signal::TERM) && (command == "batch" || count > 1),
                Some(_) => false,
            };
            row.ensure(is_right, || format!("{what}: {signals:?} ended it with {:?}: {}", ended.code, ended.said));
        }
        let mut last = Run::start(&mut place.command(command, &SMALL_FILES));
        row.runs += 1;
        if command == "watch" {
            last.is_up(&place);
            wait_until(|| outcomes_so_far(&folders(&place)) >= delivered || last.has_ended());
            last.signal(Signal::TERM);
        }
        let ended = last.end();
        row.ensure(matches!(ended.code, Some(0 | 1)), || format!("{what}: the last run ended with {:?}: {}", ended.code, ended.said));
        count(fire, &place, 0..delivered, row, &what);
    }
}
