//! What the open page costs the daemon: 200 articles a second arrive, the page is open or not in turn, and the processor
//! time of both is held against each other. Rounds alternate, so that a machine that does other things as well is unfair to
//! both alike. The last columns tell what the server's own threads took, which does not depend on what else goes on.
//!
//! ```text
//! cargo bench --bench page                          a reader of /events, as the page is
//! cargo bench --bench page -- --browser chromium    the page itself, in a browser
//! cargo bench --bench page -- --rounds 10 --seconds 30 --rate 200
//! ```

#![expect(clippy::print_stdout, reason = "a benchmark says what it measured")]

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Context as _;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let number = |name: &str, built_in: u64| given(name).and_then(|number| number.parse().ok()).unwrap_or(built_in);
    let (rounds, seconds, rate) = (number("--rounds", 6), number("--seconds", 15), number("--rate", 200));
    let place = tempfile::tempdir()?;
    let wire = place.path().join("wire");
    fs::create_dir(&wire)?;
    let mut daemon = Daemon::start(place.path())?;
    let feed = Feed::start(&wire, rate)?;
    // What is only done once is not to count.
    thread::sleep(Duration::from_secs(5));
    println!("{rate} articles a second, {rounds} rounds of {seconds} s each; processor time of the daemon and its workers");
    println!("{:>6} {:>10} {:>10} {:>8} {:>16} {:>14} {:>6}", "round", "closed", "open", "more", "server, closed", "server, open", "beats");
    let (mut closed, mut open, mut served) = (Vec::new(), Vec::new(), [Vec::new(), Vec::new()]);
    for round in 1..=rounds {
        let (mut took, mut server) = ([0.0; 2], [0.0; 2]);
        let mut beats = 0;
        // Which of them is first changes, too.
        for is_open in if round % 2 == 0 { [true, false] } else { [false, true] } {
            let page = if is_open { Some(Page::open(&daemon, given("--browser").map(String::as_str))?) } else { None };
            thread::sleep(Duration::from_secs(1));
            let (begun, before, delivered) = (Instant::now(), daemon.processor_ticks()?, feed.delivered());
            let server_before = daemon.server_nanoseconds()?;
            thread::sleep(Duration::from_secs(seconds));
            let spent = daemon.processor_ticks()? - before;
            let articles = feed.delivered() - delivered;
            anyhow::ensure!(articles * 100 >= rate * seconds * 95, "the feed kept no pace: {articles} articles in {seconds} s");
            took[usize::from(is_open)] = spent as f64 / daemon.ticks_a_second as f64 / begun.elapsed().as_secs_f64() * 100.0;
            // A thread that has ended since has taken nothing more; one that has begun has begun at nothing.
            let server_spent: u64 = daemon
                .server_nanoseconds()?
                .into_iter()
                .map(|(thread, now)| now.saturating_sub(server_before.get(&thread).copied().unwrap_or(0)))
                .sum();
            server[usize::from(is_open)] = server_spent as f64 / 1e9 / begun.elapsed().as_secs_f64() * 100.0;
            beats += page.map_or(0, Page::close);
        }
        let [without, with] = took;
        let more = (with / without - 1.0) * 100.0;
        let [idle, busy] = server;
        println!("{round:>6} {without:>8.2} % {with:>8.2} % {more:>6.1} % {idle:>14.2} % {busy:>12.2} % {beats:>6}");
        closed.push(without);
        open.push(with);
        served.iter_mut().zip(server).for_each(|(kept, took)| kept.push(took));
    }
    let (without, with) = (median(&mut closed), median(&mut open));
    let [idle, busy] = served.map(|mut took| median(&mut took));
    let more = (with / without - 1.0) * 100.0;
    println!("{:>6} {without:>8.2} % {with:>8.2} % {more:>6.1} % {idle:>14.2} % {busy:>12.2} %", "median");
    println!("the server's threads take {:.1} % of what the daemon takes with the page closed", (busy - idle) / without * 100.0);
    let articles = feed.stop()?;
    daemon.wait_for(articles)?;
    println!("{articles} articles, each with its record");
    daemon.stop()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The daemon, which is killed with the benchmark.
struct Daemon {
    child: Child,
    port: u16,
    ticks_a_second: u64,
}

impl Daemon {
    fn start(place: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
        command.args(["watch", "wire", "--set", "http.listen=127.0.0.1:0"]).current_dir(place).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().context("start the daemon")?;
        let mut said = BufReader::new(child.stderr.take().context("its log")?).lines().map_while(Result::ok);
        let port = said.find_map(|line| line.split("http://127.0.0.1:").nth(1)?.split('/').next()?.parse().ok());
        // It must not be stopped by a full pipe.
        thread::spawn(move || said.for_each(drop));
        Ok(Self {
            child,
            port: port.context("the daemon says where its page is")?,
            ticks_a_second: rustix::param::clock_ticks_per_second(),
        })
    }

    /// User and system time so far, of the process and of those that it has started.
    fn processor_ticks(&self) -> anyhow::Result<u64> {
        let mut sum = 0;
        let mut processes = vec![self.child.id()];
        while let Some(process) = processes.pop() {
            let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
            let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
            // Its own, and that of workers that have ended.
            sum += fields.get(11..15).unwrap_or_default().iter().filter_map(|field| field.parse::<u64>().ok()).sum::<u64>();
            for task in fs::read_dir(format!("/proc/{process}/task"))?.flatten() {
                let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
                processes.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
            }
        }
        Ok(sum)
    }

    /// What each of the server's threads has taken so far.
    fn server_nanoseconds(&self) -> anyhow::Result<HashMap<String, u64>> {
        let mut took = HashMap::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))?.flatten() {
            let read = |name: &str| fs::read_to_string(task.path().join(name)).unwrap_or_default();
            if read("comm").starts_with("http")
                && let Some(spent) = read("schedstat").split(' ').next().and_then(|spent| spent.parse().ok())
            {
                took.insert(task.file_name().to_string_lossy().into_owned(), spent);
            }
        }
        Ok(took)
    }

    fn get(&self, path: &str) -> anyhow::Result<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").as_bytes())?;
        Ok(stream)
    }

    fn wait_for(&self, articles: u64) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            let mut page = String::new();
            self.get("/metrics")?.read_to_string(&mut page)?;
            let records = page.lines().find_map(|line| line.strip_prefix("copydesk_records_total{sink=\"segments\"} "));
            if records.is_some_and(|records| records.parse() == Ok(articles)) {
                return Ok(());
            }
            anyhow::ensure!(
                begun.elapsed() < Duration::from_secs(30),
                "{articles} articles were delivered, and there are {records:?} records"
            );
            thread::sleep(Duration::from_millis(200));
        }
    }

    fn stop(&mut self) -> anyhow::Result<()> {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), rustix::process::Signal::TERM)?;
        anyhow::ensure!(self.child.wait()?.success(), "the daemon ended in trouble");
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A page that is open: what reads its events, or a whole browser.
enum Page {
    Events { stream: TcpStream, reader: JoinHandle<u64> },
    Browser { child: Child, _profile: tempfile::TempDir },
}

impl Page {
    fn open(daemon: &Daemon, browser: Option<&str>) -> anyhow::Result<Self> {
        let Some(browser) = browser else {
            let stream = daemon.get("/events")?;
            let read = BufReader::new(stream.try_clone()?);
            let reader =
                thread::spawn(move || read.lines().map_while(Result::ok).filter(|line| line.starts_with("event: ")).count() as u64);
            return Ok(Self::Events { stream, reader });
        };
        let profile = tempfile::tempdir()?;
        let mut command = Command::new(browser);
        command.args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-sync",
        ]);
        command.args(["--disable-component-update", "--remote-debugging-port=0", "--window-size=1280,900"]);
        command.arg(format!("--user-data-dir={}", profile.path().display())).arg(format!("http://127.0.0.1:{}/", daemon.port));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("start the browser")?;
        // It takes its time to begin; what it costs the daemon then is once.
        thread::sleep(Duration::from_secs(5));
        Ok(Self::Browser { child, _profile: profile })
    }

    /// How many events were heard, as far as that can be told.
    fn close(self) -> u64 {
        match self {
            Self::Events { stream, reader } => {
                // The reader finds the end of its stream.
                let _ = stream.shutdown(std::net::Shutdown::Both);
                reader.join().unwrap_or(0)
            }
            Self::Browser { mut child, .. } => {
                let _ = child.kill();
                let _ = child.wait();
                0
            }
        }
    }
}

/// Articles that arrive at a steady pace, each a file that is renamed into place.
struct Feed {
    delivered: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<std::io::Result<()>>,
}

impl Feed {
    fn start(wire: &Path, rate: u64) -> anyhow::Result<Self> {
        let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
        let texts: Vec<Vec<u8>> = fs::read_dir(seeds)?
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
            .map(fs::read)
            .collect::<Result<_, _>>()?;
        let (delivered, stop, wire) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)), wire.to_owned());
        let (count, stopped) = (Arc::clone(&delivered), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            let begun = Instant::now();
            for (number, text) in (0..).zip(texts.iter().cycle()) {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                // As many as should be there by now, one after the other.
                let due = Duration::from_micros(number * 1_000_000 / rate);
                thread::sleep(due.saturating_sub(begun.elapsed()));
                let unfinished = wire.join(format!("{number}.part"));
                fs::write(&unfinished, [text, format!("\n\nReport {number}.\n").as_bytes()].concat())?;
                fs::rename(unfinished, wire.join(format!("{number}.txt")))?;
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
        Ok(Self { delivered, stop, thread })
    }

    fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    fn stop(self) -> anyhow::Result<u64> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow::anyhow!("the feed panicked"))??;
        Ok(self.delivered.load(Ordering::Relaxed))
    }
}
