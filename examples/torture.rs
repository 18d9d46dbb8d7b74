//! Torture: what "exactly once, whatever happens" is held to, for as long as one likes. Prints a table.
//!
//! ```text
//! cargo run --release --example torture -- model --seeds 1000000       worlds in which everything crashes
//! cargo run --release --example torture -- rules --seeds 100000        the same with one rule taken out at a time
//! cargo run --release --example torture -- model --from 7 --seeds 1    one world again
//! ```
//!
//! And the real program under fire, which must know faults:
//!
//! ```text
//! cargo build --release --features fail-points
//! cargo run --release --features fail-points --example torture -- program            all of it: twenty minutes or so
//! cargo run --release --features fail-points --example torture -- program --quick --only kill --seed 7
//! ```
//!
//! `--binary` names another program than the one beside this example, `--judge` another judge than `docs/judge.sh`.

#[path = "../tests/it/crash/mod.rs"]
mod crash;
#[path = "../tests/it/fire/mod.rs"]
#[expect(clippy::unwrap_used, reason = "a scenario that cannot be set up says so by panicking")]
mod fire;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use copydesk::ledger::{Disk, Index};
use crash::{Faults, MUTANTS, Report, Rules, run_world, sound};
use fire::{Fire, Row, SCENARIOS};

const KINDS: [Faults; 3] = [Faults::Kill, Faults::Power, Faults::Mixed];

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, built_in: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(built_in)
    };
    let (from, seeds) = (number("--from", 0), number("--seeds", 100_000));
    match arguments.first().map(String::as_str) {
        Some("model") => model(from, seeds),
        Some("rules") => rules(from, seeds),
        Some("program") => program(&arguments),
        _ => {
            io::stderr().write_all(b"torture model|rules [--seeds N] [--from N]\ntorture program [--quick] [--seed N] [--only NAME] [--binary FILE] [--judge FILE]\n")?;
            Ok(ExitCode::from(2))
        }
    }
}

/// The real program under fire: no scenario may find anything.
fn program(arguments: &[String]) -> io::Result<ExitCode> {
    let word = |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    // target/release/examples/torture and target/release/copydesk
    let beside = std::env::current_exe()?.ancestors().nth(2).map(|folder| folder.join("copydesk"));
    let fire = Fire {
        program: word("--binary").map(PathBuf::from).or(beside).unwrap_or_default().canonicalize()?,
        judge: word("--judge").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/judge.sh"), PathBuf::from).canonicalize()?,
        seed: word("--seed").and_then(|seed| seed.parse().ok()).unwrap_or(1),
        quick: arguments.iter().any(|argument| argument == "--quick"),
    };
    let only = word("--only").map_or("", String::as_str);
    let mut out = io::stdout();
    out.write_all(Row::head().as_bytes())?;
    let mut sum = Row::default();
    for (name, scenario) in SCENARIOS.iter().filter(|(name, _)| name.contains(only)) {
        let row = fire::run(&fire, *scenario);
        out.write_all(row.line(name).as_bytes())?;
        for finding in &row.findings {
            io::stderr().write_all(format!("{name}: {finding}\n").as_bytes())?;
        }
        add(&mut sum, &row);
    }
    out.write_all(sum.line("all").as_bytes())?;
    Ok(if sum.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Adds what another one has come to.
fn add(sum: &mut Row, other: &Row) {
    let Row { runs, faults, articles, lost, doubled, torn, back, audits, differ, wrong, .. } = sum;
    for (sum, figure) in [
        (runs, other.runs),
        (faults, other.faults),
        (articles, other.articles),
        (lost, other.lost),
        (doubled, other.doubled),
        (torn, other.torn),
        (back, other.back),
        (audits, other.audits),
        (differ, other.differ),
        (wrong, other.wrong),
    ] {
        *sum += figure;
    }
    sum.seconds += other.seconds;
}

/// Worlds with all rules: every claim must hold in each.
fn model(from: u64, seeds: u64) -> io::Result<ExitCode> {
    let mut table = head();
    let mut all_hold = true;
    for faults in KINDS {
        let sum = run_worlds(from, seeds, faults, sound);
        all_hold &= sum.worlds_broken == 0;
        row(&mut table, &format!("{faults:?}").to_lowercase(), seeds, &sum);
    }
    io::stdout().write_all(table.as_bytes())?;
    Ok(if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Worlds without one of the rules: some must break a claim.
fn rules(from: u64, seeds: u64) -> io::Result<ExitCode> {
    let mut out = io::stdout();
    out.write_all(head().as_bytes())?;
    let mut all_break = true;
    for (name, faults, run) in MUTANTS {
        let sum = spread(from, seeds, |seed| run(seed, *faults));
        all_break &= sum.worlds_broken > 0;
        let mut line = String::new();
        row(&mut line, name, seeds, &sum);
        out.write_all(line.as_bytes())?;
    }
    Ok(if all_break { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What all worlds of a row came to.
#[derive(Default)]
struct Sum {
    report: Report,
    worlds_broken: u64,
    first_broken: Option<u64>,
}

fn run_worlds<D: Disk, I: Index>(from: u64, seeds: u64, faults: Faults, rules: fn() -> Rules<D, I>) -> Sum {
    spread(from, seeds, |seed| run_world(seed, faults, &rules()))
}

/// Runs the seeds on all cores.
fn spread(from: u64, seeds: u64, run: impl Fn(u64) -> Report + Sync) -> Sum {
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let mut sums: Vec<Sum> = thread::scope(|scope| {
        let run = &run;
        let part = |thread: u64| {
            scope.spawn(move || {
                let mut sum = Sum::default();
                for seed in (from..from + seeds).skip(thread as usize).step_by(threads as usize) {
                    let report = run(seed);
                    if !report.broken.is_none() {
                        sum.worlds_broken += 1;
                        sum.first_broken = sum.first_broken.or(Some(seed));
                    }
                    sum.report.add(&report);
                }
                sum
            })
        };
        let running: Vec<_> = (0..threads).map(part).collect();
        running.into_iter().map(|thread| thread.join().expect("a world does not panic")).collect()
    });
    let mut all = sums.pop().unwrap_or_default();
    for sum in sums {
        all.report.add(&sum.report);
        all.worlds_broken += sum.worlds_broken;
        all.first_broken = all.first_broken.into_iter().chain(sum.first_broken).min();
    }
    all
}

fn head() -> String {
    let columns = ["worlds", "crashes", "lines", "lost", "doubled", "torn", "back", "unsynced", "synced", "refused", "differs", "broken"];
    let columns: Vec<String> = columns.iter().map(|column| format!("{column:>9}")).collect();
    format!("{:<34}{}  first\n", "", columns.join(""))
}

/// `back`: taken back from a reader while the machine stayed up; `unsynced`: taken back by a power loss that no sync had
/// covered, which is allowed; `synced`: the same that one had; `differs`: the ledger made anew says something else.
fn row(table: &mut String, name: &str, seeds: u64, sum: &Sum) {
    let Report { broken, crashes, lines, taken_back_by_power, .. } = sum.report;
    let figures = [
        seeds,
        crashes,
        lines,
        broken.lost,
        broken.doubled,
        broken.torn,
        broken.taken_back,
        taken_back_by_power,
        broken.lost_below_sync,
        broken.refused,
        broken.disagrees,
        sum.worlds_broken,
    ];
    let figures: Vec<String> = figures.iter().map(|figure| format!("{figure:>9}")).collect();
    let first = sum.first_broken.map_or(String::new(), |seed| seed.to_string());
    table.push_str(&format!("{name:<34}{}  {first}\n", figures.join("")));
}
