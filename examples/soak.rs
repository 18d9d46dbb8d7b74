//! A long day at the desk: `copydesk watch` under loads that a test has no time for. Prints a table, and ends with 1 if
//! an article was lost or came twice. Wants the release build of the program beside it.
//!
//! ```text
//! cargo build --release && cargo run --release --example soak -- flat --articles 200000     memory and descriptors
//! cargo run --release --example soak -- flat --rate 0                  the same, as fast as they are read
//! cargo run --release --example soak -- burst --articles 100000        files, as fast as the disk takes them
//! cargo run --release --example soak -- folders --articles 10000       folders with one article each, moved in at once
//! cargo run --release --example soak -- swap --rounds 50               the input deleted and made again, or swapped
//! cargo run --release --example soak -- overflow --articles 50000      the daemon sleeps while they arrive
//! ```
//!
//! But for `flat`, which runs as anybody would, no listing comes to help: `input.rescan` is an hour.

#![expect(clippy::print_stdout, reason = "says on standard output what it has measured")]

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use rustix::process::{Pid, Signal, kill_process};

/// Without a new record for so long, what is missing is lost.
const PATIENCE: Duration = Duration::from_secs(60);
/// Articles that may be under way before more are delivered, where the load is steady.
const AHEAD: usize = 2_000;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let number = |name: &str, built_in: usize| given(name).and_then(|number| number.parse().ok()).unwrap_or(built_in);
    let after = given("--after").map_or("keep", String::as_str);
    let sound = match arguments.first().map(String::as_str) {
        Some("flat") => flat(number("--articles", 200_000), number("--rate", 1_000), after)?,
        Some("burst") => burst(number("--articles", 100_000))?,
        Some("folders") => folders(number("--articles", 10_000))?,
        Some("swap") => swap(number("--rounds", 50))?,
        Some("overflow") => overflow(number("--articles", 50_000))?,
        _ => anyhow::bail!("flat|burst|folders|swap|overflow [--articles N] [--rate N] [--rounds N] [--after keep|delete]"),
    };
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A steady day: articles arrive in every way, so many a second, or with 0 as fast as they are read.
fn flat(articles: usize, rate: usize, after: &str) -> anyhow::Result<bool> {
    let mut desk = Desk::begin(&["--set", &format!("input.after={after}")])?;
    println!("{:>9} {:>9} {:>9} {:>5} {:>11}", "articles", "RSS MB", "peak MB", "fds", "articles/s");
    let step = (articles / 10).max(1);
    let mut lines = None;
    let mut since = Instant::now();
    let (mut resident, mut samples) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    for number in 0..articles {
        deliver(&desk.wire, number, &mut lines)?;
        if number % 100 == 99 {
            desk.wait_until(number.saturating_sub(AHEAD))?;
        }
        if rate > 0 && number % 10 == 9 {
            let due = begun + Duration::from_secs_f64((number + 1) as f64 / rate as f64);
            thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        if number % 100 == 99 {
            samples.push(desk.resources()?.0);
        }
        if number % step == step - 1 {
            drop(lines.take());
            desk.wait_until(number + 1)?;
            let (_, peak, descriptors) = desk.resources()?;
            // What it takes goes up and down by some MB, with what is under way.
            let mean = samples.iter().sum::<u64>() / samples.len().max(1) as u64;
            samples.clear();
            let rate = step as f64 / since.elapsed().as_secs_f64();
            println!("{:>9} {:>9.1} {:>9.1} {descriptors:>5} {rate:>11.0}", number + 1, megabytes(mean), megabytes(peak));
            resident.push(mean);
            since = Instant::now();
        }
    }
    // The first step fills caches that are of a fixed size.
    if let (Some(early), Some(late)) = (resident.get(1), resident.last()) {
        println!("memory after the second step and at the end: {:+.1} %", (*late as f64 / *early as f64 - 1.0) * 100.0);
    }
    desk.end("flat", articles)
}

/// One article, in one of the ways that newsrooms know.
fn deliver(wire: &Path, number: usize, lines: &mut Option<File>) -> anyhow::Result<()> {
    let day = wire.join(format!("day-{}", number / 1000));
    if number.is_multiple_of(1000) || !day.exists() {
        fs::create_dir_all(&day)?;
        *lines = None;
    }
    let named = day.join(format!("{number}.txt"));
    match number % 4 {
        0 => fs::write(named, article(number))?,
        1 => {
            let unfinished = day.join(format!("{number}.tmp"));
            fs::write(&unfinished, article(number))?;
            fs::rename(unfinished, named)?;
        }
        2 if number % 200 == 2 => {
            let folder = day.join(format!("desk-{number}"));
            fs::create_dir(&folder)?;
            fs::write(folder.join("article.txt"), article(number))?;
        }
        2 => File::create(named)?.write_all(article(number).as_bytes())?,
        _ => {
            let file = match lines {
                Some(file) => file,
                None => lines.insert(OpenOptions::new().create(true).append(true).open(day.join(format!("lines-{number}.jsonl")))?),
            };
            let line = serde_json::json!({"id": number, "text": article(number)}).to_string() + "\n";
            file.write_all(line.as_bytes())?;
        }
    }
    Ok(())
}

fn burst(articles: usize) -> anyhow::Result<bool> {
    let mut desk = Desk::begin(&NO_HELP)?;
    for number in 0..articles {
        fs::write(desk.wire.join(format!("{number}.txt")), article(number))?;
    }
    desk.delivered();
    desk.end("burst", articles)
}

fn folders(articles: usize) -> anyhow::Result<bool> {
    let mut desk = Desk::begin(&NO_HELP)?;
    let outside = desk.place.path().join("outside");
    for number in 0..articles {
        let folder = outside.join(format!("{}/{number}", number % 7));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("article.txt"), article(number))?;
    }
    desk.begun = Instant::now();
    // Half in one piece, the other half folder by folder.
    for seventh in 0..7 {
        let (from, to) = (outside.join(seventh.to_string()), desk.wire.join(format!("moved-{seventh}")));
        if seventh % 2 == 0 {
            fs::rename(&from, &to)?;
        } else {
            fs::create_dir(&to)?;
            for number in (0..articles).filter(|number| number % 7 == seventh) {
                fs::rename(from.join(number.to_string()), to.join(number.to_string()))?;
            }
        }
    }
    desk.delivered();
    desk.end("folders", articles)
}

fn swap(rounds: usize) -> anyhow::Result<bool> {
    const EACH: usize = 20;
    let mut desk = Desk::begin(&NO_HELP)?;
    let mut longest = Duration::ZERO;
    for round in 0..rounds {
        if round % 2 == 0 {
            fs::remove_dir_all(&desk.wire)?;
        } else {
            fs::rename(&desk.wire, desk.place.path().join(format!("old-{round}")))?;
        }
        fs::create_dir(&desk.wire)?;
        for number in round * EACH..(round + 1) * EACH {
            fs::create_dir_all(desk.wire.join(format!("{}", number % 3)))?;
            fs::write(desk.wire.join(format!("{}/{number}.txt", number % 3)), article(number))?;
        }
        let delivered = Instant::now();
        desk.wait_until((round + 1) * EACH)?;
        longest = longest.max(delivered.elapsed());
    }
    desk.delivered();
    println!("the longest that a round's last article waited: {:.0} ms", longest.as_secs_f64() * 1e3);
    desk.end("swap", rounds * EACH)
}

fn overflow(articles: usize) -> anyhow::Result<bool> {
    let mut desk = Desk::begin(&NO_HELP)?;
    desk.signal(Signal::STOP)?;
    for number in 0..articles {
        let folder = desk.wire.join(format!("{}", number / 500));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{number}.txt")), article(number))?;
    }
    desk.signal(Signal::CONT)?;
    desk.delivered();
    desk.end("overflow", articles)
}

const NO_HELP: [&str; 2] = ["--set", "input.rescan=1h"];

/// An article that tells its number at its end, so that half of it is none.
fn article(number: usize) -> String {
    let filler = "The harbour master counted the boats twice and found one more than the day before. ".repeat(number % 9 + 1);
    format!("The tale of boat {number}\n\n{filler}\n\n“We will look for it,” said Ada Moe of boat number-{number}-ends.\n")
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// A folder with a daemon on it, and what it has written.
struct Desk {
    place: tempfile::TempDir,
    wire: PathBuf,
    daemon: Child,
    records: Records,
    begun: Instant,
    /// How long the delivery took.
    delivery: Duration,
}

impl Desk {
    /// A daemon on an empty folder, that listens by now.
    fn begin(settings: &[&str]) -> anyhow::Result<Self> {
        let place = tempfile::tempdir()?;
        let wire = place.path().join("wire");
        fs::create_dir(&wire)?;
        let program = std::env::current_exe()?.parent().and_then(Path::parent).context("the build's folder")?.join("copydesk");
        ensure!(program.exists(), "{} is not there; run `cargo build --release` first", program.display());
        let daemon = Command::new(program)
            .args(["watch", "-q", "wire", "-o", "out"])
            .args(settings)
            .current_dir(place.path())
            .stdin(Stdio::null())
            .spawn()?;
        let records = Records { out: place.path().join("out"), read: HashMap::new(), seen: Vec::new(), distinct: 0 };
        let mut desk = Self { place, wire, daemon, records, begun: Instant::now(), delivery: Duration::ZERO };
        // A page that says nothing of a number shows that it listens.
        let first = desk.wire.join("first.txt");
        fs::write(&first, "The first article\n\nThe ferry left the harbour at nine on Monday.\n")?;
        let begun = Instant::now();
        while !desk.records.is_any()? {
            ensure!(begun.elapsed() < PATIENCE, "the daemon reads nothing");
            thread::sleep(Duration::from_millis(10));
        }
        desk.begun = Instant::now();
        Ok(desk)
    }

    fn delivered(&mut self) {
        self.delivery = self.begun.elapsed();
    }

    fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        Ok(kill_process(Pid::from_child(&self.daemon), signal)?)
    }

    /// Returns once so many articles have a record, or none has come for long.
    fn wait_until(&mut self, articles: usize) -> anyhow::Result<()> {
        let mut last = Instant::now();
        while self.records.distinct < articles {
            if self.records.read_on()? {
                last = Instant::now();
            }
            if last.elapsed() > PATIENCE {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Memory now and at most, in bytes, and open descriptors.
    fn resources(&self) -> anyhow::Result<(u64, u64, usize)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.daemon.id()))?;
        let kilobytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024
        };
        let descriptors = fs::read_dir(format!("/proc/{}/fd", self.daemon.id()))?.count();
        Ok((kilobytes("VmRSS"), kilobytes("VmHWM"), descriptors))
    }

    /// Waits for everything, ends the daemon, has the audit look, and says what came of it.
    fn end(mut self, name: &str, articles: usize) -> anyhow::Result<bool> {
        self.wait_until(articles)?;
        let took = self.begun.elapsed();
        let (_, peak, descriptors) = self.resources()?;
        self.signal(Signal::TERM)?;
        let ended = self.daemon.wait()?;
        self.records.read_on()?;
        let lost = articles - self.records.distinct;
        let doubled = self.records.seen.iter().filter(|count| **count > 1).count();
        println!(
            "{name}: {articles} articles in {:.1} s (delivered in {:.1} s): {lost} lost, {doubled} doubled; peak {:.1} MB, {descriptors} descriptors, ended with {}",
            took.as_secs_f64(),
            self.delivery.as_secs_f64(),
            megabytes(peak),
            ended.code().unwrap_or(-1),
        );
        Ok(lost == 0 && doubled == 0 && ended.success())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// The records as any reader of the files sees them.
struct Records {
    out: PathBuf,
    /// How far each segment is read.
    read: HashMap<PathBuf, u64>,
    /// How many records each number has.
    seen: Vec<u8>,
    distinct: usize,
}

impl Records {
    fn segments(&self) -> anyhow::Result<Vec<PathBuf>> {
        let Ok(entries) = fs::read_dir(&self.out) else { return Ok(Vec::new()) };
        let paths = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "jsonl")).collect())
    }

    fn is_any(&self) -> anyhow::Result<bool> {
        Ok(self.segments()?.iter().any(|path| path.metadata().is_ok_and(|metadata| metadata.len() > 0)))
    }

    /// Reads what is new; true if there was any.
    fn read_on(&mut self) -> anyhow::Result<bool> {
        let mut any = false;
        for segment in self.segments()? {
            let at = self.read.get(&segment).copied().unwrap_or(0);
            let mut file = File::open(&segment)?;
            file.seek(SeekFrom::Start(at))?;
            let mut new = Vec::new();
            file.read_to_end(&mut new)?;
            // A line that is being written has no end yet.
            let whole = new.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            let text = String::from_utf8_lossy(new.get(..whole).unwrap_or_default());
            for line in text.lines() {
                any = true;
                self.note(line);
            }
            self.read.insert(segment, at + whole as u64);
        }
        Ok(any)
    }

    fn note(&mut self, line: &str) {
        let number = line.split("number-").nth(1).and_then(|rest| rest.split("-ends").next()).and_then(|number| number.parse().ok());
        let Some(number) = number else { return };
        if self.seen.len() <= number {
            self.seen.resize(number + 1, 0);
        }
        if let Some(count) = self.seen.get_mut(number) {
            self.distinct += usize::from(*count == 0);
            *count = count.saturating_add(1);
        }
    }
}
