//! Opening and parsing in processes of their own, through the program's own commands.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command};

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use crate::desk::{Desk, Said, wait_for};

fn copydesk(arguments: &[&str], at: &Path) -> (Option<i32>, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_copydesk")).args(arguments).current_dir(at).output().unwrap();
    (run.status.code(), String::from_utf8(run.stderr).unwrap())
}

fn page(words: &str) -> String {
    let paragraph = format!("<p>{words} was said about the harbour on Monday, and the council will answer it next week.</p>");
    format!("<!DOCTYPE html><html lang=\"en\"><title>The harbour</title><article>{}</article></html>", paragraph.repeat(8))
}

#[test]
fn a_page_that_is_too_large_for_its_worker_is_set_aside_and_its_neighbours_are_not() {
    let place = tempfile::tempdir().unwrap();
    let pages = place.path().join("pages");
    fs::create_dir(&pages).unwrap();
    for number in 0..6 {
        fs::write(pages.join(format!("{number}.html")), page(&format!("Number {number}"))).unwrap();
    }
    fs::write(pages.join("3-giant.html"), page(&"much too long ".repeat(1 << 19))).unwrap();
    let limits = ["--set", "limits.document_size=1GiB", "--set", "limits.memory=4GiB", "--set", "sandbox.worker_memory=64MiB"];
    let (code, said) = copydesk(&[["batch", "pages", "-o", "out"].as_slice(), &limits].concat(), place.path());
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("6 records, 1 rejected"), "{said}");
    let rejected = fs::read_to_string(place.path().join("out/rejected/rejected-000001.jsonl")).unwrap();
    assert!(rejected.contains("3-giant.html") && rejected.contains(r#""code":"worker.died""#), "{rejected}");
}

#[test]
fn a_page_reads_the_same_in_a_worker_and_without_one() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("page.html"), page("Something")).unwrap();
    let mut records = Vec::new();
    for (workers, out) in [("always", "one"), ("never", "two")] {
        let setting = format!("sandbox.workers={workers}");
        let (code, said) =
            copydesk(&["batch", "page.html", "-o", out, "--set", &setting, "--set", "output.ingested_at=false"], place.path());
        assert_eq!(code, Some(0), "{said}");
        records.push(fs::read_to_string(place.path().join(out).join("articles-000001.jsonl")).unwrap());
    }
    assert_eq!(records[0], records[1]);
}

/// Every form, as other programs write it.
#[test]
fn every_form_reads_the_same_in_workers_and_without_them() {
    let desk = Desk::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/samples");
    let outcomes = ["always", "never"].map(|workers| {
        let setting = format!("sandbox.workers={workers}");
        let samples = samples.to_str().unwrap();
        desk.run(&["batch", samples, "-o", workers, "--set", &setting, "--set", "output.ingested_at=false"]).ended_with(1);
        let rejected = desk.rejected(workers).into_iter().map(|line| (line["id"].clone(), line["code"].clone(), line["error"].clone()));
        (desk.records(workers), rejected.collect::<Vec<_>>())
    });
    assert!(outcomes[0].0.len() > 30, "{}", outcomes[0].0.len());
    assert_eq!(outcomes[0], outcomes[1]);
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn lines(numbers: std::ops::Range<usize>) -> String {
    let line = |number: usize| {
        // Words that do not pack, so that a few hundred lines are more than a first look takes.
        let words: Vec<String> = (0..8).map(|at| format!("{:x}", xxh3_64(format!("{number} {at}").as_bytes()))).collect();
        format!("{{\"id\":{number},\"text\":\"The ferry is late for the {number}th time, said the council. {}\"}}\n", words.join(" "))
    };
    numbers.map(line).collect()
}

#[test]
fn a_container_that_kills_its_worker_costs_what_was_not_read_of_it() {
    let desk = Desk::new();
    // 300 MB on one line are more than a worker of 64 MiB can hold.
    let giant = format!("{{\"id\":2,\"text\":\"{}\"}}\n", "much too long ".repeat(20 << 20));
    desk.put("wire/b.jsonl.gz", gzip([lines(0..2).as_bytes(), giant.as_bytes(), lines(3..4).as_bytes()].concat().as_slice()));
    desk.put("wire/a.jsonl.gz", gzip(lines(0..3).as_bytes()));
    desk.put("wire/c.jsonl.gz", gzip(lines(0..3).as_bytes()));
    let limits = ["limits.document_size=1GiB", "limits.ratio=100000", "sandbox.worker_memory=64MiB"];
    let set: Vec<&str> = limits.iter().flat_map(|limit| ["--set", limit]).collect();
    let said = desk.run(&[["batch", "wire", "-o", "out"].as_slice(), &set].concat()).ended_with(1);
    assert!(said.stderr.contains("8 records, 1 rejected"), "{}", said.stderr);
    let rejected = desk.rejected("out");
    assert_eq!((&rejected[0]["code"], &rejected[0]["source"]["path"]), (&"worker.died".into(), &"wire/b.jsonl.gz".into()));
    let error = rejected[0]["error"].as_str().unwrap();
    assert!(error.contains("sandbox.worker_memory") && error.contains("after 2 articles"), "{error}");
    assert!(said.stderr.contains("workers were started anew"), "{}", said.stderr);
}

/// The process's only worker, once it has one.
fn worker_of(process: &Child) -> i32 {
    let tasks = format!("/proc/{}/task", process.id());
    wait_for("a worker", || {
        let children = fs::read_dir(&tasks).ok()?.filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok());
        children.flat_map(|children| children.split_whitespace().map(|pid| pid.parse().unwrap()).collect::<Vec<i32>>()).next()
    })
}

fn send(signal: rustix::process::Signal, process: i32) {
    rustix::process::kill_process(rustix::process::Pid::from_raw(process).unwrap(), signal).unwrap();
}

/// Feeds half of a compressed file to a filter, does something to its worker, and feeds the rest.
fn what_remains_when(meanwhile: impl FnOnce(&mut Child, i32)) -> Said {
    let desk = Desk::new();
    let mut child = desk.start(&["pipe", "--set", "limits.parse_timeout=1s", "--set", "sandbox.workers=always"]);
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    // Whole members, so that the first articles are there before the rest is.
    stdin.write_all(&gzip(lines(0..400).as_bytes())).unwrap();
    stdin.flush().unwrap();
    let mut first = [0; 1];
    stdout.read_exact(&mut first).unwrap();
    let worker = worker_of(&child);
    meanwhile(&mut child, worker);
    let reader = std::thread::spawn(move || {
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        rest
    });
    // A program that has given up the rest is no error of the test.
    let _ = stdin.write_all(&gzip(lines(400..800).as_bytes()));
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let mut said: Said = output.into();
    said.stdout = format!("{}{}", char::from(first[0]), reader.join().unwrap());
    said
}

#[test]
fn a_worker_that_stands_still_is_cut_off_and_what_came_before_stands() {
    let said = what_remains_when(|_, worker| send(rustix::process::Signal::STOP, worker)).ended_with(1);
    assert!(said.stderr.contains(r#""code":"worker.timeout""#) && said.stderr.contains("limits.parse_timeout"), "{}", said.stderr);
    let records = said.records().len();
    assert!((1..=400).contains(&records), "{records}");
}

#[test]
fn a_worker_that_is_killed_says_how_and_what_came_before_stands() {
    let said = what_remains_when(|_, worker| send(rustix::process::Signal::KILL, worker)).ended_with(1);
    assert!(said.stderr.contains(r#""code":"worker.died""#) && said.stderr.contains("SIGKILL"), "{}", said.stderr);
    let records = said.records().len();
    assert!((1..=400).contains(&records), "{records}");
}

#[test]
fn a_stream_may_be_silent_for_longer_than_a_step_may_take() {
    let said = what_remains_when(|_, _| std::thread::sleep(std::time::Duration::from_millis(1500))).ended_with(0);
    assert_eq!(said.records().len(), 800);
}

#[test]
fn a_busy_worker_does_not_outlive_its_parent() {
    let desk = Desk::new();
    desk.put("page.html", page(&"much to do ".repeat(1 << 17)));
    let mut child = desk.start(&["batch", "page.html", "-o", "out", "--set", "limits.parse_timeout=1h"]);
    let worker = worker_of(&child);
    let state = format!("/proc/{worker}/stat");
    let alive = || fs::read_to_string(&state).is_ok_and(|stat| !stat.contains(") Z "));
    assert!(alive());
    child.kill().unwrap();
    child.wait().unwrap();
    let killed = std::time::Instant::now();
    wait_for("the worker's end", || (!alive()).then_some(()));
    // An hour of processor time is what the kernel would have let it have.
    assert!(killed.elapsed() < std::time::Duration::from_secs(10));
}

#[test]
fn a_worker_has_nothing_that_it_does_not_need() {
    let desk = Desk::new();
    let mut child = desk.start(&["pipe", "--set", "sandbox.workers=always"]);
    let worker = worker_of(&child);
    let status = || fs::read_to_string(format!("/proc/{worker}/status")).unwrap();
    // Confined once it has its second thread, which watches its parent, and has limited the number of them.
    let limits = wait_for("the confinement", || {
        let limits = fs::read_to_string(format!("/proc/{worker}/limits")).ok()?;
        limits.lines().any(|line| line.starts_with("Max processes") && line.split_whitespace().nth(2) == Some("0")).then_some(limits)
    });
    let soft = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line.trim_start_matches(name).split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(soft("Max address space"), (1_u64 << 30).to_string());
    assert_eq!([soft("Max file size"), soft("Max core file size"), soft("Max open files")], ["0", "0", "16"]);
    assert!(status().contains("NoNewPrivs:\t1"), "{}", status());
    drop(child.stdin.take());
    child.wait().unwrap();
}

#[test]
fn status_tells_what_a_running_daemon_was_granted() {
    let desk = Desk::new();
    desk.put("wire/a.jsonl.gz", gzip(lines(0..3).as_bytes()));
    let mut daemon = desk.start(&["watch", "wire", "-o", "out"]);
    let running = wait_for("the daemon's note", || {
        let said = desk.run(&["status", "-o", "out", "--json"]);
        let told: Value = serde_json::from_str(&said.stdout).ok()?;
        let running = &told["sandbox"]["running"];
        running["worker"].is_string().then(|| running.clone())
    });
    let told: Value = serde_json::from_str(&desk.run(&["status", "-o", "out", "--json"]).stdout).unwrap();
    assert_eq!(running["worker"], told["sandbox"]["granted"]);
    let page = desk.run(&["status", "-o", "out"]).ended_with(0).stdout;
    assert!(page.contains(&format!("enforced     in process {}", daemon.id())), "{page}");
    send(rustix::process::Signal::TERM, daemon.id().try_into().unwrap());
    daemon.wait().unwrap();
    let told: Value = serde_json::from_str(&desk.run(&["status", "-o", "out", "--json"]).ended_with(0).stdout).unwrap();
    assert!(told["sandbox"]["running"].is_null(), "{told}");
}
