//! How long an article takes from being complete in a watched folder to its record on disk and in the ledger, for each way in which
//! articles arrive. Prints a table; nothing is asserted.
//!
//! `cargo bench --bench latency`

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

/// Articles of each kind.
const ARTICLES: usize = 200;
/// How often the output is looked at, which is added to what is measured.
const LOOK: Duration = Duration::from_micros(100);
/// A pause between two articles, longer than one takes: what is measured is an article that comes alone.
const PAUSE: Duration = Duration::from_millis(20);
const DEADLINE: Duration = Duration::from_secs(10);

fn main() -> io::Result<()> {
    let place = tempfile::tempdir_in(std::env::var_os("COPYDESK_BENCH_DIR").unwrap_or_else(|| std::env::temp_dir().into()))?;
    let wire = place.path().join("wire");
    fs::create_dir(&wire)?;
    fs::write(wire.join("first.txt"), text(0))?;
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args(["watch", "-q", "wire", "-o", "out"])
        .current_dir(place.path())
        .stdin(Stdio::null())
        .spawn()?;
    let mut records = Records::open(&place.path().join("out"))?;
    records.wait_for(1)?;
    let mut table = format!("{:<28}{:>9}{:>12}{:>9}{:>9}\n", "arrives", "articles", "median ms", "p99 ms", "max ms");
    let ways: [(&str, Arrive); 4] =
        [("renamed into place", renamed), ("written and closed", closed), ("in a new folder", in_folder), ("a line appended", appended)];
    for (name, arrive) in ways {
        let mut took = Vec::new();
        for number in 0..ARTICLES {
            let complete = arrive(&wire, number)?;
            records.wait_for(records.lines + 1)?;
            took.push(complete.elapsed());
            thread::sleep(PAUSE);
        }
        took.sort_unstable();
        let ms = |share: usize| took[(took.len() * share / 100).min(took.len() - 1)].as_secs_f64() * 1000.0;
        table.push_str(&format!("{name:<28}{ARTICLES:>9}{:>12.1}{:>9.1}{:>9.1}\n", ms(50), ms(99), ms(100)));
    }
    daemon.kill()?;
    daemon.wait()?;
    io::stdout().write_all(table.as_bytes())
}

/// Lets an article arrive; gives the moment in which it was complete.
type Arrive = fn(&Path, usize) -> io::Result<Instant>;

fn text(number: usize) -> String {
    let paragraph = "The ferry was late again on Monday, the harbour office said, and nobody could tell why. ".repeat(8);
    format!("Report {number}\n\n{paragraph}\n\n\"We were told at noon,\" said Ada Moe, who heads the office. {number}\n\n{paragraph}\n")
}

fn renamed(wire: &Path, number: usize) -> io::Result<Instant> {
    let draft = wire.join(format!(".renamed-{number}.tmp"));
    fs::write(&draft, text(number))?;
    let complete = Instant::now();
    fs::rename(draft, wire.join(format!("renamed-{number}.txt")))?;
    Ok(complete)
}

fn closed(wire: &Path, number: usize) -> io::Result<Instant> {
    let mut file = File::create(wire.join(format!("closed-{number}.txt")))?;
    file.write_all(text(number).as_bytes())?;
    let complete = Instant::now();
    drop(file);
    Ok(complete)
}

fn in_folder(wire: &Path, number: usize) -> io::Result<Instant> {
    let folder = wire.join(format!("folder-{number}"));
    fs::create_dir(&folder)?;
    fs::write(folder.join("report.txt"), text(number))?;
    Ok(Instant::now())
}

fn appended(wire: &Path, number: usize) -> io::Result<Instant> {
    let mut file = OpenOptions::new().create(true).append(true).open(wire.join("lines.jsonl"))?;
    writeln!(file, "{}", serde_json::json!({ "id": number, "text": text(number) }))?;
    let complete = Instant::now();
    drop(file);
    Ok(complete)
}

/// The records that the ledger knows: a record is entered there once it is synced.
struct Records {
    ledger: Connection,
    lines: usize,
}

impl Records {
    /// Waits for the daemon's ledger.
    fn open(out: &Path) -> io::Result<Self> {
        let path = out.join(".copydesk/ledger.sqlite");
        let begun = Instant::now();
        loop {
            let opened = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE);
            match opened.and_then(|ledger| ledger.busy_timeout(DEADLINE).map(|()| ledger)) {
                Ok(ledger) if durable(&ledger).is_ok() => return Ok(Self { ledger, lines: 0 }),
                _ if begun.elapsed() > DEADLINE => return Err(io::Error::other("the daemon makes no ledger")),
                _ => thread::sleep(PAUSE),
            }
        }
    }

    fn wait_for(&mut self, lines: usize) -> io::Result<()> {
        let begun = Instant::now();
        while self.lines < lines {
            if begun.elapsed() > DEADLINE {
                return Err(io::Error::other(format!("no record within {DEADLINE:?}")));
            }
            self.lines = durable(&self.ledger).map_err(io::Error::other)?;
            thread::sleep(LOOK);
        }
        Ok(())
    }
}

fn durable(ledger: &Connection) -> rusqlite::Result<usize> {
    ledger.query_row("SELECT coalesce(sum(lines), 0) FROM segments WHERE series = 0", [], |row| row.get(0))
}
