//! The daemon is killed again and again while articles arrive: in the end each is in exactly one record.
//!
//! Three rounds by default; `COPYDESK_KILL_ROUNDS=20` for more, `COPYDESK_KILL_SEED=...` for the same moments again.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::daemon::{Daemon, name_of, whole_lines};
use crate::desk::{Desk, wait_for};

const ARTICLES: usize = 1000;
/// The longest that a daemon lives in a round.
const LIFE_MS: u64 = 1500;

/// Marsaglia's xorshift: moments that can be had again from their seed.
struct Moments(u64);

impl Moments {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn text(number: usize) -> String {
    format!(
        "The harbour report, number {number}\n\nThe ferry of {number} o'clock was late again on Monday, the harbour office said.\n\n\"We were told of it at noon,\" said Ada Moe, who heads the office.\n"
    )
}

fn line(number: usize) -> String {
    format!("{}\n", serde_json::json!({ "id": format!("report-{number}"), "text": text(number) }))
}

/// Lets one article arrive, each in one of the ways in which articles do; gives the name that its record will have.
fn arrive(wire: &Path, number: usize, moments: &mut Moments) -> String {
    let file = |name: &str| -> PathBuf { wire.join(name) };
    let pieces = |path: &Path, append: bool, bytes: &[u8], pause_ms: u64| {
        let mut open = OpenOptions::new().create(true).write(true).append(append).open(path).unwrap();
        let (first, second) = bytes.split_at(bytes.len() / 2);
        open.write_all(first).unwrap();
        thread::sleep(Duration::from_millis(pause_ms));
        open.write_all(second).unwrap();
    };
    match number % 5 {
        0 => {
            let name = format!("whole-{number}.txt");
            fs::write(file(&name), text(number)).unwrap();
            format!("wire/{name}")
        }
        1 => {
            let name = format!("pieces-{number}.txt");
            pieces(&file(&name), false, text(number).as_bytes(), moments.below(8));
            format!("wire/{name}")
        }
        2 => {
            let name = format!("renamed-{number}.txt");
            fs::write(file(&format!(".{name}.tmp")), text(number)).unwrap();
            fs::rename(file(&format!(".{name}.tmp")), file(&name)).unwrap();
            format!("wire/{name}")
        }
        3 => {
            let name = format!("new-{number}/below/report.txt");
            fs::create_dir_all(file(&name).parent().unwrap()).unwrap();
            fs::write(file(&name), text(number)).unwrap();
            format!("wire/{name}")
        }
        _ => {
            let name = format!("lines-{}.jsonl", number % 3);
            pieces(&file(&name), true, line(number).as_bytes(), moments.below(8));
            format!("wire/{name} report-{number}")
        }
    }
}

#[test]
fn every_article_is_in_exactly_one_record_however_often_the_daemon_is_killed() {
    let rounds = from_environment("COPYDESK_KILL_ROUNDS").unwrap_or(3);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let seed = from_environment("COPYDESK_KILL_SEED").unwrap_or(now.as_nanos() as u64 | 1);
    println!("{rounds} rounds; again with COPYDESK_KILL_SEED={seed}");
    let desk = Desk::new();
    let wire = desk.path("wire");
    fs::create_dir(&wire).unwrap();
    let mut moments = Moments(seed.max(1));
    let mut expected = Vec::new();
    let mut at_kill = Vec::new();
    for round in 0..rounds {
        let daemon = Daemon::start(&desk, &["wire", "-q", "--set", "output.rotate_size=200KB"]);
        let life = Duration::from_millis(moments.below(LIFE_MS));
        // The articles of a round arrive while the daemon lives and, with luck, some before it does and after.
        let share = (ARTICLES as u64 * (round + 1) / rounds) as usize;
        let wire = &wire;
        let arrivals = moments.below(u64::MAX) | 1;
        let from = expected.len();
        thread::scope(|scope| {
            let writer = scope.spawn(move || {
                let mut moments = Moments(arrivals);
                let mut names = Vec::new();
                for number in from..share {
                    names.push(arrive(wire, number, &mut moments));
                    thread::sleep(Duration::from_micros(moments.below(2000)));
                }
                names
            });
            thread::sleep(life);
            daemon.kill();
            at_kill.push(whole_lines(&desk.path("out")).len());
            expected.extend(writer.join().unwrap());
        });
    }
    assert_eq!(expected.len(), ARTICLES);
    println!("records at the kills: {at_kill:?}");

    let daemon = Daemon::start(&desk, &["wire", "--set", "output.rotate_size=200KB"]);
    wait_for("all articles", || (whole_lines(&desk.path("out")).len() >= ARTICLES).then_some(()));
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");

    // Every line is whole, or reading it would have panicked; there is one for each article and none besides.
    let mut records: BTreeMap<String, usize> = BTreeMap::new();
    for record in desk.records("out") {
        *records.entry(name_of(&record)).or_default() += 1;
    }
    let lost: Vec<&String> = expected.iter().filter(|name| !records.contains_key(*name)).collect();
    let doubled: Vec<&String> = records.iter().filter(|(_, count)| **count > 1).map(|(name, _)| name).collect();
    assert!(lost.is_empty() && doubled.is_empty(), "lost: {lost:?}\ndoubled: {doubled:?}\n{said}");
    assert_eq!(records.len(), ARTICLES);
    assert!(desk.rejected("out").is_empty(), "{:?}", desk.rejected("out"));
    desk.run(&["verify", "wire"]).ended_with(0);
}
