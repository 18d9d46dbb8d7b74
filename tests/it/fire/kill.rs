//! Killed at random moments, again and again, while articles arrive.

use std::thread;
use std::time::Duration;

use super::count::count;
use super::news::{Form, deliver, lay};
use super::place::{Place, Run, wait_until};
use super::reader::{Consumer, Reader};
use super::{Fire, Row};
use crate::crash::chance::Chance;

const SMALL_FILES: [&str; 3] = ["-q", "--set", "output.rotate_size=200KiB"];

pub fn batch_text(fire: &Fire, row: &mut Row) {
    batch(fire, row, Form::Text);
}

pub fn batch_lines(fire: &Fire, row: &mut Row) {
    batch(fire, row, Form::Lines);
}

pub fn batch_gzip(fire: &Fire, row: &mut Row) {
    batch(fire, row, Form::Gzip);
}

pub fn watch_text(fire: &Fire, row: &mut Row) {
    watch(fire, row, Form::Text);
}

pub fn watch_lines(fire: &Fire, row: &mut Row) {
    watch(fire, row, Form::Lines);
}

pub fn watch_gzip(fire: &Fire, row: &mut Row) {
    watch(fire, row, Form::Gzip);
}

/// Who looks on: a reader in each round, and in every other one a consumer who takes sealed files away.
struct Lookers {
    reader: Reader,
    _consumer: Option<Consumer>,
}

impl Lookers {
    fn start(place: &Place, round: u64) -> Self {
        let (out, taken) = (place.path("out"), place.path("taken"));
        let consumer = (round % 2 == 1).then(|| Consumer::start(out.clone(), taken.clone()));
        Self { reader: Reader::start(out, taken), _consumer: consumer }
    }

    fn end(self, row: &mut Row, what: &str) {
        let Self { reader, _consumer: consumer } = self;
        drop(consumer);
        let (back, findings) = reader.end();
        row.back += back;
        for finding in findings {
            row.find(format!("{what}: {finding}"));
        }
    }
}

/// Kills at a moment that is drawn anew each time, so that most runs have done something and few are through.
struct Killer {
    chance: Chance,
    /// In microseconds.
    window: u64,
}

impl Killer {
    fn new(chance: Chance) -> Self {
        Self { chance, window: 150_000 }
    }

    /// Gives whether the run had ended by itself.
    fn kill(&mut self, run: &mut Run, row: &mut Row, lines: impl Fn() -> u64) -> bool {
        let before = lines();
        thread::sleep(Duration::from_micros(self.chance.below(self.window)));
        row.runs += 1;
        if run.has_ended() {
            self.window = (self.window * 3 / 4).max(10_000);
            return true;
        }
        run.signal(rustix::process::Signal::KILL);
        run.end();
        row.faults += 1;
        if lines() == before {
            self.window = (self.window * 5 / 4).min(3_000_000);
        }
        false
    }
}

fn batch(fire: &Fire, row: &mut Row, form: Form) {
    let rounds = fire.many(1, 10);
    let (kills, together) = (fire.many(5, 20), fire.many(60, 200));
    for round in 0..rounds {
        let seed = fire.seed + round;
        let what = format!("seed {seed}");
        let place = fire.place();
        let mut killer = Killer::new(Chance::new(seed));
        let lookers = Lookers::start(&place, round);
        let mut delivered = 0;
        for _ in 0..kills {
            lay(&place.path("wire"), form, delivered..delivered + together);
            delivered += together;
            // One that is through before it is killed gets more to do.
            while killer.kill(&mut Run::start(&mut place.command("batch", &SMALL_FILES)), row, || lookers.reader.lines()) {
                lay(&place.path("wire"), form, delivered..delivered + together);
                delivered += together;
            }
        }
        let last = place.run("batch", &SMALL_FILES);
        row.runs += 1;
        // It tells by 1 that it has set something aside, if that was its part.
        row.ensure([Some(0), Some(1)].contains(&last.code), || format!("{what}: ended with {:?}: {}", last.code, last.said));
        lookers.end(row, &what);
        count(fire, &place, 0..delivered, row, &what);
    }
}

fn watch(fire: &Fire, row: &mut Row, form: Form) {
    let rounds = fire.many(1, 8);
    let (articles, time) = (fire.many(400, 2_000), Duration::from_millis(fire.many(1_500, 6_000)));
    for round in 0..rounds {
        let seed = fire.seed + round;
        let what = format!("seed {seed}");
        let place = fire.place();
        let mut chance = Chance::new(seed);
        let delivery = {
            let (wire, chance) = (place.path("wire"), Chance::new(chance.draw()));
            thread::spawn(move || deliver(&wire, form, 0..articles, time, chance))
        };
        let mut killer = Killer::new(chance);
        let lookers = Lookers::start(&place, round);
        let mut kills = 0;
        while !delivery.is_finished() || kills < 3 {
            let mut daemon = Run::start(&mut place.command("watch", &SMALL_FILES));
            let ended = killer.kill(&mut daemon, row, || lookers.reader.lines());
            row.ensure(!ended, || format!("{what}: ended by itself: {}", daemon.said()));
            kills += 1;
        }
        delivery.join().unwrap();
        let mut daemon = Run::start(&mut place.command("watch", &SMALL_FILES));
        row.runs += 1;
        daemon.is_up(&place);
        wait_until(|| lookers.reader.lines() >= articles || daemon.has_ended());
        let ended = daemon.stop();
        row.ensure(ended.code == Some(0), || format!("{what}: ended with {:?}: {}", ended.code, ended.said));
        lookers.end(row, &what);
        count(fire, &place, 0..articles, row, &what);
    }
}
