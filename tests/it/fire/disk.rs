//! A small disk that fills up and is freed.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::count::{count, outcomes_so_far};
use super::news::{Form, lay};
use super::place::{Ended, Place, Run, wait_until};
use super::reader::{Reader, take_sealed};
use super::{Fire, Row};

const SMALL_FILES: [&str; 2] = ["--set", "output.rotate_size=200KiB"];
/// Clock ticks of processor time, of 100 a second, that a daemon may take while it waits for room for `STALL`.
const TICKS_MAX: u64 = 20;
/// Pages of 4 KiB by which it may grow meanwhile.
const PAGES_MAX: u64 = 2_000;
const STALL: Duration = Duration::from_secs(2);

/// A file system in memory, mounted in a name space of its own so that it is gone with this value, whatever happens.
struct SmallDisk<'p> {
    place: &'p Place,
    keeper: Child,
    folder: &'static str,
}

impl<'p> SmallDisk<'p> {
    /// None where no such thing may be mounted.
    fn mount(place: &'p Place, folder: &'static str, size: &str) -> Option<Self> {
        fs::create_dir_all(place.path(folder)).unwrap();
        let script = format!("mount -t tmpfs -o size={size} none {folder} && echo mounted && exec cat");
        let mut keeper = Command::new("unshare");
        keeper.args(["-rm", "sh", "-c", &script]).current_dir(place.path("")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut keeper = keeper.stderr(Stdio::null()).spawn().ok()?;
        let mut said = String::new();
        BufReader::new(keeper.stdout.take()?).read_line(&mut said).ok()?;
        let disk = Self { place, keeper, folder };
        (said.trim() == "mounted").then_some(disk)
    }

    fn enter(&self) -> Vec<String> {
        let words = ["nsenter", "-t", &self.keeper.id().to_string(), "-U", "-m", "--preserve-credentials", "-w"];
        words.map(str::to_owned).to_vec()
    }

    fn command(&self, command: &str) -> Command {
        let enter = self.enter();
        let enter: Vec<&str> = enter.iter().map(String::as_str).collect();
        self.place.command_through(&enter, command, &SMALL_FILES)
    }

    fn run(&self, command: &str) -> Ended {
        self.command(command).output().unwrap().into()
    }

    /// Mounts a roomy one below.
    fn mount_more(&self, folder: &str) {
        let enter = self.enter();
        let mount = format!("mkdir {folder} && mount -t tmpfs -o size=64m none {folder}");
        let done = Command::new(&enter[0]).args(&enter[1..]).args(["sh", "-c", &mount]).status().unwrap();
        assert!(done.success(), "another disk is mounted");
    }

    /// Takes all the room that is left.
    fn fill(&self, file: &str) {
        let enter = self.enter();
        let fill = format!("cat /dev/zero > {file}; true");
        let done = Command::new(&enter[0]).args(&enter[1..]).args(["sh", "-c", &fill]).stderr(Stdio::null()).status().unwrap();
        assert!(done.success(), "the small disk is filled");
    }

    fn resize(&self, size: &str) {
        let enter = self.enter();
        let mount = ["mount", "-o", &format!("remount,size={size}"), self.folder].map(str::to_owned);
        let done = Command::new(&enter[0]).args(&enter[1..]).args(mount).status().unwrap();
        assert!(done.success(), "the small disk takes another size");
    }

    /// The output folder as its users see it, from outside.
    fn out(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/cwd/out", self.keeper.id()))
    }

    /// Fetches what is on it, so that it can be looked at like any other.
    fn fetch(self) {
        let there = format!("/proc/{}/cwd/{}/.", self.keeper.id(), self.folder);
        let copied = Command::new("cp").arg("-a").arg(there).arg(self.place.path(self.folder)).status().unwrap();
        assert!(copied.success());
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = self.keeper.kill();
        let _ = self.keeper.wait();
    }
}

fn without_disk(row: &mut Row) {
    row.not_run = Some("this kernel lets nobody mount a small disk (unshare -rm)".to_owned());
}

/// A batch says that there is no room and ends; with room it goes on.
pub fn batch(fire: &Fire, row: &mut Row) {
    for round in 0..fire.many(1, 6) {
        let what = format!("round {round}");
        let place = fire.place();
        let articles = 900;
        lay(&place.path("wire"), Form::Text, 0..articles);
        let size = format!("{}k", 500 + 150 * round);
        let Some(disk) = SmallDisk::mount(&place, "out", &size) else { return without_disk(row) };
        let full = disk.run("batch");
        let says_so = full.said.contains("full") || full.said.contains("No space left");
        row.ensure(full.code == Some(3) && says_so && full.said.contains("run again"), || {
            format!("{what}: ended with {:?}: {}", full.code, full.said)
        });
        disk.resize("64m");
        let last = disk.run("batch");
        row.runs += 2;
        row.faults += 1;
        row.ensure(matches!(last.code, Some(0 | 1)), || format!("{what}: with room it ended with {:?}: {}", last.code, last.said));
        disk.fetch();
        count(fire, &place, 0..articles, row, &what);
    }
}

/// A daemon waits for room that somebody makes.
pub fn watch(fire: &Fire, row: &mut Row) {
    for round in 0..fire.many(1, 4) {
        let place = fire.place();
        let size = format!("{}k", 500 + 200 * round);
        let Some(disk) = SmallDisk::mount(&place, "out", &size) else { return without_disk(row) };
        stall(fire, &disk, &format!("round {round}"), row, |disk, _| disk.resize("64m"));
        disk.fetch();
        count(fire, &place, 0..ARTICLES, row, &format!("round {round}"));
    }
}

/// A daemon waits for room, and a consumer makes it by taking sealed files away.
pub fn consumer(fire: &Fire, row: &mut Row) {
    for round in 0..fire.many(1, 4) {
        let what = format!("round {round}");
        let place = fire.place();
        let size = format!("{}k", 900 + 100 * round);
        let Some(disk) = SmallDisk::mount(&place, "out", &size) else { return without_disk(row) };
        // The ledger keeps a log of some MB, which nobody can take away; it lies elsewhere.
        disk.mount_more("out/.copydesk");
        let reader = Reader::start(disk.out(), place.path("taken"));
        stall(fire, &disk, &what, row, |disk, daemon| {
            wait_until(|| {
                take_sealed(&disk.out(), &place.path("taken"));
                daemon.has_ended() || outcomes_so_far(&[disk.out(), place.path("taken")]) >= ARTICLES
            });
        });
        let (back, findings) = reader.end();
        row.back += back;
        findings.into_iter().for_each(|finding| row.find(format!("{what}: {finding}")));
        disk.fetch();
        count(fire, &place, 0..ARTICLES, row, &what);
    }
}

/// A daemon that begins on a disk without any room waits too, whether or not it has written there before.
pub fn start(fire: &Fire, row: &mut Row) {
    for round in 0..fire.many(2, 6) {
        let what = format!("start of round {round}");
        let place = fire.place();
        let Some(disk) = SmallDisk::mount(&place, "out", "8m") else { return without_disk(row) };
        if round % 2 == 1 {
            lay(&place.path("wire"), Form::Text, 0..100);
            let first = disk.run("batch");
            row.runs += 1;
            row.ensure(matches!(first.code, Some(0 | 1)), || format!("{what}: with room it ended with {:?}: {}", first.code, first.said));
        }
        let filler = disk.out().join("filler");
        disk.fill("out/filler");
        stall(fire, &disk, &what, row, |_, _| fs::remove_file(filler).unwrap());
        disk.fetch();
        count(fire, &place, 0..ARTICLES, row, &what);
    }
}

/// The ledger alone has no room: the records are safe, and all is well once it has.
pub fn ledger(fire: &Fire, row: &mut Row) {
    for round in 0..fire.many(1, 4) {
        let what = format!("ledger of round {round}");
        let place = fire.place();
        let size = format!("{}k", 200 + 60 * round);
        let Some(disk) = SmallDisk::mount(&place, "out/.copydesk", &size) else { return without_disk(row) };
        stall(fire, &disk, &what, row, |disk, _| disk.resize("64m"));
        disk.fetch();
        count(fire, &place, 0..ARTICLES, row, &what);

        let place = fire.place();
        lay(&place.path("wire"), Form::Text, 0..ARTICLES);
        let Some(disk) = SmallDisk::mount(&place, "out/.copydesk", &size) else { return without_disk(row) };
        let full = disk.run("batch");
        row.ensure(full.code == Some(3) && full.said.contains("run again"), || {
            format!("{what}: batch ended with {:?}: {}", full.code, full.said)
        });
        disk.resize("64m");
        let last = disk.run("batch");
        row.runs += 2;
        row.faults += 1;
        row.ensure(matches!(last.code, Some(0 | 1)), || format!("{what}: with room batch ended with {:?}: {}", last.code, last.said));
        disk.fetch();
        count(fire, &place, 0..ARTICLES, row, &what);
    }
}

const ARTICLES: u64 = 1_500;

/// Lets a daemon fill the disk, sees that it says so once and waits at no cost, has room made, and demands the rest.
fn stall(_fire: &Fire, disk: &SmallDisk<'_>, what: &str, row: &mut Row, make_room: impl FnOnce(&SmallDisk<'_>, &mut Run)) {
    const SAYS_SO: &str = "no room";
    let mut daemon = Run::start(&mut disk.command("watch"));
    row.runs += 1;
    row.faults += 1;
    for first in (0..ARTICLES).step_by(100) {
        lay(&disk.place.path("wire"), Form::Text, first..first + 100);
    }
    let told = wait_until(|| daemon.said().contains(SAYS_SO) || daemon.has_ended()) && !daemon.has_ended();
    row.ensure(told, || format!("{what}: it did not say that there is no room: {}", daemon.said()));
    // What is under way comes to its end first; then it waits, and takes nothing for it.
    let (mut took, mut grew) = (u64::MAX, u64::MAX);
    wait_until(|| {
        let (ticks, pages) = daemon.taken();
        thread::sleep(STALL);
        let (ticks_later, pages_later) = daemon.taken();
        (took, grew) = (ticks_later - ticks, pages_later.saturating_sub(pages));
        took <= TICKS_MAX && grew <= PAGES_MAX
    });
    row.ensure(took <= TICKS_MAX && grew <= PAGES_MAX, || format!("{what}: waiting took {took} ticks and {grew} pages"));
    let times = daemon.said().matches(SAYS_SO).count();
    row.ensure(times == 1, || format!("{what}: it said {times} times that there is no room"));
    make_room(disk, &mut daemon);
    let complete = wait_until(|| outcomes_so_far(&[disk.out(), disk.place.path("taken")]) >= ARTICLES || daemon.has_ended());
    let ended = daemon.stop();
    row.ensure(complete && ended.code == Some(0), || format!("{what}: ended with {:?}: {}", ended.code, ended.said));
}
