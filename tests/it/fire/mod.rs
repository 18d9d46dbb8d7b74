//! The real program under fire: killed, refused room and syncs, its files damaged under it, its clock turned. Each
//! round ends with a count of what stands in the files, by the program's own audit and by an outside judge.

mod clock;
mod company;
mod count;
mod damage;
mod disk;
mod kill;
mod news;
mod place;
mod points;
mod reader;
mod signals;
mod sync;

use std::path::PathBuf;
use std::time::Instant;

use place::Place;

/// What is put under fire, and how long.
#[derive(Clone, Debug)]
pub struct Fire {
    /// The program. It must know faults: a debug build, or one with the feature `fail-points`.
    pub program: PathBuf,
    /// The outside judge, `docs/judge.sh`.
    pub judge: PathBuf,
    pub seed: u64,
    pub quick: bool,
}

impl Fire {
    /// How many of something: a few for a look, many for a proof.
    fn many(&self, quick: u64, long: u64) -> u64 {
        if self.quick { quick } else { long }
    }

    fn place(&self) -> Place {
        Place::new(self)
    }
}

/// What a scenario has come to.
#[derive(Debug, Default)]
pub struct Row {
    /// Times that the program was started.
    pub runs: u64,
    /// Kills, faults, signals or damages, as the scenario has it.
    pub faults: u64,
    pub articles: u64,
    /// Articles without any outcome.
    pub lost: u64,
    /// Articles with more than one.
    pub doubled: u64,
    /// Lines that are not whole, and articles that were read half.
    pub torn: u64,
    /// Lines that a reader saw whole and that changed or went away later.
    pub back: u64,
    /// Counts that the audit or the outside judge found wanting.
    pub audits: u64,
    /// Counts in which those two disagreed.
    pub differ: u64,
    /// Everything else that was not as promised: an exit code, a message, a time limit.
    pub wrong: u64,
    /// What was found, in words: the first few.
    pub findings: Vec<String>,
    /// Why it was not run.
    pub not_run: Option<String>,
    pub seconds: f64,
}

const FINDINGS_MAX: usize = 20;

impl Row {
    pub fn is_clean(&self) -> bool {
        [self.lost, self.doubled, self.torn, self.back, self.audits, self.differ, self.wrong].iter().all(|count| *count == 0)
    }

    fn find(&mut self, finding: String) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        }
    }

    fn ensure(&mut self, is_so: bool, otherwise: impl FnOnce() -> String) {
        if !is_so {
            self.wrong += 1;
            self.find(otherwise());
        }
    }

    pub fn head() -> String {
        let columns = ["runs", "faults", "articles", "lost", "doubled", "torn", "back", "audits", "differ", "wrong", "seconds"];
        let columns: Vec<String> = columns.iter().map(|column| format!("{column:>9}")).collect();
        format!("{:<22}{}\n", "", columns.concat())
    }

    pub fn line(&self, name: &str) -> String {
        if let Some(reason) = &self.not_run {
            return format!("{name:<22}  not run: {reason}\n");
        }
        let Self { runs, faults, articles, lost, doubled, torn, back, audits, differ, wrong, .. } = self;
        let figures = [runs, faults, articles, lost, doubled, torn, back, audits, differ, wrong];
        let figures: Vec<String> = figures.iter().map(|figure| format!("{figure:>9}")).collect();
        format!("{name:<22}{}{:>9.0}\n", figures.concat(), self.seconds)
    }
}

type Scenario = fn(&Fire, &mut Row);

pub const SCENARIOS: &[(&str, Scenario)] = &[
    ("kill batch text", kill::batch_text),
    ("kill batch lines", kill::batch_lines),
    ("kill batch gzip", kill::batch_gzip),
    ("kill watch text", kill::watch_text),
    ("kill watch lines", kill::watch_lines),
    ("kill watch gzip", kill::watch_gzip),
    ("fail points batch", points::batch),
    ("fail points watch", points::watch),
    ("fail points move", points::after),
    ("full disk batch", disk::batch),
    ("full disk watch", disk::watch),
    ("full disk consumer", disk::consumer),
    ("full disk start", disk::start),
    ("full disk ledger", disk::ledger),
    ("failed sync", sync::by_point),
    ("any failed sync", sync::by_chance),
    ("damaged ledger", damage::ledger),
    ("damaged records", damage::records),
    ("two at once", company::two),
    ("clock", clock::jumps),
    ("signals batch", signals::batch),
    ("signals watch", signals::watch),
];

/// Runs one scenario to its end.
pub fn run(fire: &Fire, scenario: Scenario) -> Row {
    let begun = Instant::now();
    let mut row = Row::default();
    scenario(fire, &mut row);
    row.seconds = begun.elapsed().as_secs_f64();
    row
}
