//! The daemon as a service: what it tells the manager that started it, and how it takes up other settings while it runs.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use crate::daemon::{ARTICLE, Daemon, article, latest, wait_for_records, wait_for_words};
use crate::desk::{Desk, wait_for};

/// A service manager's ear.
struct Manager {
    socket: UnixDatagram,
}

impl Manager {
    fn new(desk: &Desk) -> Self {
        let socket = UnixDatagram::bind(desk.path("notify")).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self { socket }
    }

    fn start(&self, desk: &Desk, arguments: &[&str]) -> Daemon {
        let mut command = desk.command(&[&["watch"], arguments].concat());
        // Two seconds: it is told every second.
        Daemon::run(command.env("NOTIFY_SOCKET", desk.path("notify")).env("WATCHDOG_USEC", "2000000"))
    }

    /// The next word that begins like this; those before it are passed over.
    #[track_caller]
    fn hear(&self, beginning: &str) -> String {
        let mut bytes = [0; 4096];
        let mut passed_over = String::new();
        let begun = Instant::now();
        loop {
            assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain for {beginning}, heard {passed_over}");
            let length = self.socket.recv(&mut bytes).unwrap_or_else(|error| panic!("no {beginning}: {error}"));
            let said = str::from_utf8(&bytes[..length]).unwrap();
            if let Some(line) = said.lines().find(|line| line.starts_with(beginning)) {
                return line.to_owned();
            }
            passed_over.push_str(said);
        }
    }
}

#[test]
fn the_manager_hears_when_it_is_ready_how_it_is_and_that_it_ends() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    let manager = Manager::new(&desk);
    let daemon = manager.start(&desk, &["wire"]);
    manager.hear("READY=1");
    desk.put("wire/b.txt", article(2));
    let counted = wait_for("the count", || {
        let status = manager.hear("STATUS=");
        status.contains("2 records, 0 rejected").then_some(status)
    });
    assert!(counted.starts_with("STATUS=watching: "), "{counted}");
    manager.hear("WATCHDOG=1");
    manager.hear("WATCHDOG=1");
    let (code, said) = daemon.stop();
    manager.hear("STOPPING=1");
    assert_eq!(code, Some(0), "{said}");
}

/// A daemon that goes by its settings file, and is ready.
fn ready() -> (Desk, Manager, Daemon) {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.put("pipeline.toml", "[input]\npaths = [\"wire\"]\n");
    let manager = Manager::new(&desk);
    let daemon = manager.start(&desk, &[]);
    manager.hear("READY=1");
    (desk, manager, daemon)
}

#[test]
fn a_reload_takes_up_what_can_be_and_says_what_needs_a_restart() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.put("pipeline.toml", "[input]\npaths = [\"wire\"]\n");
    let manager = Manager::new(&desk);
    let daemon = manager.start(&desk, &[]);
    wait_for_records(&desk, 1);
    assert!(latest(&desk)["wire/a.txt"]["sentences"].is_null());

    desk.put("desk/b.txt", article(2));
    let settings = "[input]\npaths = [\"wire\", \"desk\"]\n[output]\nsentences = true\ndir = \"elsewhere\"\n[log]\nlevel = \"debug\"\n";
    desk.put("pipeline.toml", settings);
    daemon.signal(Signal::HUP);
    manager.hear("RELOADING=1");
    manager.hear("READY=1");
    // What comes now is made by the new settings, and what was made stays as it was.
    desk.put("wire/c.txt", article(3));
    wait_for_words(&desk, "desk/b.txt", "number 2");
    let record = wait_for_words(&desk, "wire/c.txt", "number 3");
    assert!(record["sentences"].is_array(), "{record}");
    assert_eq!(latest(&desk).len(), 3);
    assert!(!desk.path("elsewhere").exists());

    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    let told = |words: &str| said.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("no `{words}` in {said}")).to_owned();
    let reloaded = told("settings reloaded");
    assert!(reloaded.contains("input.paths, output.sentences, log.level") && !reloaded.contains("output.dir"), "{reloaded}");
    assert!(told("needs a restart").contains("output.dir"), "{said}");
    desk.run(&["verify", "-o", "out"]).ended_with(0);
}

#[test]
fn settings_that_are_wrong_change_nothing_and_are_told_of() {
    let (desk, manager, daemon) = ready();
    for (settings, wrong) in [
        ("[input]\npaths = [\"wire\"]\n[summary]\nsentnces = 1\n[log]\nlevel = \"trace\"\n", "summary.sentences"),
        ("[input]\npaths = [\"nowhere\"]\n", "nowhere"),
    ] {
        desk.put("pipeline.toml", settings);
        daemon.signal(Signal::HUP);
        manager.hear("RELOADING=1");
        let status = wait_for("the refusal", || Some(manager.hear("STATUS=")).filter(|status| status.contains("could not be reloaded")));
        assert!(status.contains("watching"), "{wrong}: {status}");
    }
    desk.put("wire/b.txt", article(2));
    let record = wait_for_words(&desk, "wire/b.txt", "number 2");
    assert!(record["summary"].as_array().unwrap().len() > 1 || record["stats"]["sentences"].as_u64().unwrap() < 3, "{record}");
    // Mended, it is taken over.
    desk.put("pipeline.toml", "[input]\npaths = [\"wire\"]\n[summary]\nsentences = 1\n");
    daemon.signal(Signal::HUP);
    manager.hear("RELOADING=1");
    manager.hear("READY=1");
    desk.put("wire/c.txt", article(3));
    assert_eq!(wait_for_words(&desk, "wire/c.txt", "number 3")["summary"].as_array().unwrap().len(), 1);
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    let refused: Vec<&str> = said.lines().filter(|line| line.contains("settings not reloaded")).collect();
    assert_eq!(refused.len(), 2, "{said}");
    assert!(refused[0].contains("pipeline.toml:4:") && refused[0].contains("summary.sentences"), "{}", refused[0]);
}

#[test]
fn many_reloads_in_a_row_lose_and_double_nothing_though_the_manager_does_not_listen() {
    let (desk, _manager, daemon) = ready();
    for number in 0..120 {
        desk.put(&format!("wire/{number}.txt"), article(number));
        if number % 4 == 0 {
            desk.put("pipeline.toml", format!("[input]\npaths = [\"wire\"]\n[summary]\nsentences = {}\n", number % 3 + 1));
            daemon.signal(Signal::HUP);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    wait_for_records(&desk, 121);
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(desk.records("out").len(), 121, "each article has one record");
    desk.run(&["verify", "-o", "out"]).ended_with(0);
}

#[test]
fn log_lines_are_told_by_module_and_in_json() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    let levels = "--set=log.level=warn,copydesk::cli=info";
    let daemon = Daemon::start(&desk, &["wire", levels, "--log-format", "json"]);
    wait_for_records(&desk, 1);
    let (_, said) = daemon.stop();
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let targets: Vec<&str> = lines.iter().map(|line| line["target"].as_str().unwrap()).collect();
    assert!(!targets.is_empty() && targets.iter().all(|target| target.starts_with("copydesk::cli")), "{said}");
    assert!(lines.iter().any(|line| line["message"] == "stopped" && line["records"] == 1), "{said}");
}

#[test]
fn status_tells_how_a_daemon_watches() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.put("wire/deep/b.txt", article(2));
    let daemon = Daemon::start(&desk, &["wire"]);
    wait_for_records(&desk, 2);
    let watched = wait_for("two folders", || {
        let status: Value = serde_json::from_str(&desk.run(&["status", "--json"]).ended_with(0).stdout).unwrap();
        Some(status["watched"].clone()).filter(|watched| watched["folders"] == 2)
    });
    assert!(watched["folders_max"].as_u64().is_some_and(|most| most > 0) && watched["listed_because"].is_null(), "{watched}");
    let page = desk.run(&["status"]).ended_with(0).stdout;
    assert!(page.contains("watched      2 folders of the "), "{page}");
    daemon.stop();
    let status: Value = serde_json::from_str(&desk.run(&["status", "--json"]).ended_with(0).stdout).unwrap();
    assert!(status["watched"].is_null(), "{status}");
    assert!(!fs::exists(desk.path("out/.copydesk/watching")).unwrap());
}
