//! Two runs on one output folder, begun in the same moment.

use std::fs::File;
use std::io::Write as _;
use std::thread;
use std::time::Duration;

use super::count::{count, folders, outcomes_so_far};
use super::news::{Form, article, lay};
use super::place::{Run, wait_until};
use super::{Fire, Row};
use crate::crash::chance::Chance;

const ARTICLES: u64 = 40;
/// Long, so that an article whose writer is not done keeps a batch from ending.
const SETTLE: [&str; 3] = ["-q", "--set", "input.settle=2s"];

/// One works, and the other ends with 3 and says who does.
pub fn two(fire: &Fire, row: &mut Row) {
    let mut chance = Chance::new(fire.seed);
    for round in 0..fire.many(1, 10) {
        let pairs = [["batch", "watch"], ["watch", "watch"], ["batch", "batch"]];
        for pair in pairs.into_iter().take(fire.many(2, 3) as usize) {
            let what = format!("{} and {} of round {round}", pair[0], pair[1]);
            let place = fire.place();
            lay(&place.path("wire"), Form::Text, 0..ARTICLES);
            let mut unfinished = File::create(place.path(&format!("wire/{ARTICLES}.txt"))).unwrap();
            let text = article(ARTICLES);
            let (begin, end) = text.split_at(30);
            unfinished.write_all(begin.as_bytes()).unwrap();
            let mut runs = pair.map(|command| {
                thread::sleep(Duration::from_micros(chance.below(3_000)));
                Run::start(&mut place.command(command, &SETTLE))
            });
            row.runs += 2;
            row.faults += 1;
            wait_until(|| runs.iter_mut().any(Run::has_ended));
            let first = usize::from(!runs[0].has_ended());
            let [one, two] = &mut runs;
            let (refused, works) = if first == 0 { (one, two) } else { (two, one) };
            let refusal = refused.end();
            let names_holder = refusal.said.contains(&format!("process {};", works.id()));
            row.ensure(refusal.code == Some(3) && names_holder, || format!("{what}: ended with {:?}: {}", refusal.code, refusal.said));
            row.ensure(!works.has_ended(), || format!("{what}: neither works"));
            unfinished.write_all(end.as_bytes()).unwrap();
            drop(unfinished);
            let is_daemon = pair[1 - first] == "watch";
            if is_daemon {
                wait_until(|| outcomes_so_far(&folders(&place)) > ARTICLES || works.has_ended());
            }
            let ended = if is_daemon { works.stop() } else { works.end() };
            row.ensure(matches!(ended.code, Some(0 | 1)), || format!("{what}: ended with {:?}: {}", ended.code, ended.said));
            count(fire, &place, 0..ARTICLES + 1, row, &what);
        }
    }
}
