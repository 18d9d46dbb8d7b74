//! What a running daemon serves: its health, its metrics, its records; and what it refuses.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::desk::{Desk, peak_memory, read_line, wait_for};
use crate::served::{Reply, Served};

const FERRY: &str = "Ferry fares to rise\n\nThe ferry fares will rise in April, the harbour office said on Monday.\n\n\"We held them for six years,\" said Ada Moe, who heads the office.\n";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("wire/ferry.txt", FERRY);
    desk.put("wire/broken.jsonl", "{\"text\":\"The bridge was closed on Monday after the storm.\"}\n{\"text\n");
    desk
}

#[test]
fn a_daemon_tells_how_it_is() {
    let desk = desk();
    let served = Served::start(&desk, &["wire"]);
    served.wait_for_records(2.0);
    wait_for("the daemon to be ready", || (served.get("/readyz").status == 200).then_some(()));
    assert_eq!(served.json("/healthz"), serde_json::json!({"ok": true, "reasons": []}));
    let status = served.json("/status");
    assert_eq!((&status["done"], &status["rejected"]["articles"], &status["waiting"]["articles"]), (&2.into(), &1.into(), &0.into()));
    assert_eq!(status["writer"]["process"], served.child.id());

    for (metric, expected) in [
        ("copydesk_inputs_total{source=\"watch\",outcome=\"record\"}", 2.0),
        ("copydesk_inputs_total{source=\"watch\",outcome=\"rejected\"}", 1.0),
        ("copydesk_entered_total", 3.0),
        ("copydesk_dead_total{stage=\"open\",class=\"parse.malformed\"}", 1.0),
        ("copydesk_stage_duration_seconds_count{stage=\"quotes\"}", 2.0),
        ("copydesk_in_flight", 0.0),
        ("copydesk_ledger_imbalance", 0.0),
        ("copydesk_watch_missed_total", 0.0),
        ("copydesk_stalled{reason=\"disk_full\"}", 0.0),
        ("copydesk_ready", 1.0),
    ] {
        assert_eq!(served.metric(metric), expected, "{metric}");
    }
    assert!(served.metric("copydesk_fsync_seconds_count") >= 1.0);
    assert!(served.metric("copydesk_e2e_seconds_count") >= 1.0);
    let (code, said) = served.stop();
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn records_are_shown_as_they_stand_in_the_files() {
    let desk = desk();
    let served = Served::start(&desk, &["wire"]);
    served.wait_for_records(2.0);
    let committed = fs::read_to_string(desk.path("out/articles-000001.jsonl")).unwrap();
    let all = served.get("/records");
    assert_eq!((all.status, all.body.as_str()), (200, committed.as_str()));
    let titles = |path: &str| -> Vec<Value> { served.get(path).body.lines().map(|line| read_line(line)["title"].clone()).collect() };
    assert_eq!(titles("/records?speaker=moe"), ["Ferry fares to rise"]);
    assert_eq!(titles("/records?word=BRIDGE"), [Value::Null]);
    assert_eq!(titles("/records?word=bridge&speaker=moe"), [] as [Value; 0]);
    assert_eq!(titles("/records?since=2020-01-01&language=en&speaker=Ada%20Moe"), ["Ferry fares to rise"]);
    assert_eq!(titles("/records?since=2999-01-01T00:00:00Z"), [] as [Value; 0]);
    assert_eq!(titles("/records?last=1").len(), 1);
    let at = served.json("/latest?speaker=moe")["records"][0]["at"].as_str().unwrap().to_owned();
    assert_eq!(titles(&format!("/records?at={at}")), ["Ferry fares to rise"]);

    // Who asks again from where an earlier answer ended gets what has come since.
    let end = all.head.lines().find_map(|line| line.strip_prefix("copydesk-end: ")).unwrap().to_owned();
    assert_eq!(served.get(&format!("/records?since={end}")).body, "");
    desk.put("wire/new.txt", "The mayor opened the bridge on Tuesday.\n");
    let since = wait_for("the new record", || Some(served.get(&format!("/records?since={end}")).body).filter(|body| !body.is_empty()));
    assert_eq!(read_line(since.trim_end())["source"]["path"], "wire/new.txt");

    for wrong in ["since=soon", "last=many", "follow=perhaps", "spaeker=Moe", "at=here"] {
        assert_eq!(served.get(&format!("/records?{wrong}")).status, 400, "{wrong}");
    }
    assert_eq!(served.get("/records?at=1:7").status, 404);
}

#[test]
fn whoever_follows_gets_each_record_once_it_is_durable() {
    let desk = desk();
    let served = Served::start(&desk, &["wire"]);
    served.wait_for_records(2.0);
    let mut stream = served.connect();
    stream.write_all(b"GET /records?follow=1&speaker=moe HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap).filter(|line| line.starts_with('{'));
    assert_eq!(read_line(&lines.next().unwrap())["source"]["path"], "wire/ferry.txt");
    for number in 0..3 {
        desk.put("wire/other.txt", format!("The mayor opened bridge {number} on Tuesday.\n"));
        desk.put(&format!("wire/ferry-{number}.txt"), format!("{FERRY}\nIt is the {number}th time.\n"));
        assert_eq!(read_line(&lines.next().unwrap())["source"]["path"], format!("wire/ferry-{number}.txt"));
    }
    let (code, said) = served.stop();
    assert_eq!(code, Some(0), "a reader that follows does not keep a daemon from ending: {said}");
}

#[test]
fn readers_that_take_nothing_hold_up_nobody_and_cost_no_memory() {
    let desk = Desk::new();
    // 200 records of 60 KB, most of it handed through as it came: more than sockets hold, and soon made.
    let ballast = "x".repeat(60_000);
    fs::create_dir(desk.path("wire")).unwrap();
    let served = Served::start(&desk, &["wire", "--set", "limits.memory=64MiB"]);
    let readers: Vec<_> = (0..8)
        .map(|_| {
            let mut stream = served.connect();
            stream.write_all(b"GET /records?follow=1 HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
            stream
        })
        .collect();
    let line = |number| serde_json::json!({"id": number, "text": format!("The mayor opened bridge {number}."), "ballast": ballast});
    let lines: String = (0..200).map(|number| format!("{}\n", line(number))).collect();
    desk.put("wire/large.jsonl", lines);
    served.wait_for_records(200.0);
    assert_eq!(served.metric("copydesk_http_streams"), 8.0);
    let bytes = fs::metadata(desk.path("out/articles-000001.jsonl")).unwrap().len();
    assert!(bytes > 10_000_000, "{bytes}");
    let peak = peak_memory(&served.child);
    assert!(peak < 400 << 20, "{peak}");
    // Who has waited so long still gets all of it.
    let mut slow = BufReader::new(readers.into_iter().next().unwrap());
    let mut records = 0;
    let mut line = Vec::new();
    while records < 200 && slow.read_until(b'\n', &mut line).unwrap() > 0 {
        records += usize::from(line.starts_with(b"{") && line.ends_with(b"}\n"));
        line.clear();
    }
    assert_eq!(records, 200);
}

#[test]
fn with_a_token_only_who_shows_it_reads() {
    let desk = desk();
    let served = Served::start(&desk, &["wire", "--set", "http.token=open sesame"]);
    let bearer = "authorization: Bearer open sesame\r\n";
    wait_for("records", || (served.get_with("/records", bearer).body.lines().count() == 2).then_some(()));
    for path in ["/records", "/metrics", "/status", "/healthz", "/readyz", "/events", "/latest", "/nothing"] {
        assert_eq!(served.get(path).status, 401, "{path}");
        assert_eq!(served.get_with(path, "authorization: Bearer open\r\n").status, 401, "{path}");
    }
    for path in ["/?token=open+sesame", "/records?token=open%20sesame"] {
        assert_eq!(served.get_with(path, bearer).status, 400, "{path}");
    }
    let page = served.get("/");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("data-token=\"asked\"") && !page.body.contains("sesame") && !page.body.contains("Ferry"));
    assert_eq!(served.get_with("/metrics", bearer).status, 200);
}

#[test]
fn a_strange_name_a_strange_method_and_a_strange_path_are_refused() {
    let desk = desk();
    let served = Served::start(&desk, &["wire"]);
    let ask = |line: &str, host: &str| served.say(&format!("{line} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")).status;
    assert_eq!(ask("GET /records", "desk.example"), 403, "a page whose name was resolved to this machine");
    assert_eq!(ask("GET /", "desk.example"), 403);
    assert_eq!(ask("GET /healthz", "localhost:1"), 200);
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(ask(&format!("{method} /records"), "localhost"), 405, "{method}");
    }
    for path in ["/nothing", "//", "/../etc/passwd", "/records/", "/page.js"] {
        assert_eq!(ask(&format!("GET {path}"), "localhost"), 404, "{path}");
    }
    let long = format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "y".repeat(64 << 10));
    assert_eq!(served.say(&long).status, 431);
    let Reply { head, body, .. } = served.get("/");
    let head = head.to_ascii_lowercase();
    for said in
        ["x-content-type-options: nosniff", "referrer-policy: no-referrer", "default-src 'none'", "frame-ancestors 'none'", "no-store"]
    {
        assert!(head.contains(said), "{said} is not in {head}");
    }
    let nonce = head.split("script-src 'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert_eq!(body.to_ascii_lowercase().matches(&format!("nonce=\"{nonce}\"")).count(), 2);
    assert!(!served.get("/").head.to_ascii_lowercase().contains(nonce), "each answer has a nonce of its own");
    for outside in ["http://", "https://", "//cdn", "@import", " onclick=", " style=\"", "innerHTML"] {
        let page = body.replace("http://www.w3.org/2000/svg", "");
        assert!(!page.contains(outside), "{outside} is in the page");
    }
}

#[test]
fn too_many_connections_are_turned_away_and_the_rest_is_served() {
    let desk = desk();
    let served = Served::start(&desk, &["wire"]);
    served.wait_for_records(2.0);
    let crowd: Vec<_> = (0..64).map(|_| served.connect()).collect();
    let turned_away = wait_for("a full house", || Some(served.get("/healthz")).filter(|reply| reply.status == 503));
    assert!(turned_away.head.contains("retry-after"), "{turned_away:?}");
    desk.put("wire/new.txt", "The mayor opened the bridge on Tuesday.\n");
    wait_for("the record", || desk.path("out/articles-000001.jsonl").metadata().ok().filter(|_| desk.records("out").len() == 3));
    drop(crowd);
    wait_for("room", || (served.get("/healthz").status == 200).then_some(()));
    // Who says nothing is not waited for.
    let begun = Instant::now();
    let mut silent = served.connect();
    silent.write_all(b"GET /healthz HT").unwrap();
    let mut said = Vec::new();
    let _ = silent.read_to_end(&mut said);
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
}

#[test]
fn what_no_event_told_of_is_counted() {
    let desk = Desk::new();
    desk.put("elsewhere/a.txt", "The ferry left on Monday.\n");
    desk.put("wire/told.txt", "The bridge was closed on Monday.\n");
    std::os::unix::fs::symlink("../elsewhere/a.txt", desk.path("wire/linked.txt")).unwrap();
    let served = Served::start(&desk, &["wire", "--set", "input.follow_symlinks=true", "--set", "input.rescan=300ms"]);
    served.wait_for_records(2.0);
    wait_for("a listing", || (served.metric("copydesk_scans_total") >= 1.0).then_some(()));
    desk.put("wire/told.txt", "The bridge was opened on Tuesday.\n");
    served.wait_for_records(3.0);
    // A file that was just read may be looked at once more; that would find what the listing is to find.
    wait_for("rest", || (served.metric("copydesk_waiting_files") == 0.0).then_some(()));
    let scans = served.metric("copydesk_scans_total");
    wait_for("two more listings", || (served.metric("copydesk_scans_total") >= scans + 2.0).then_some(()));
    // Nobody watches the folder where this file really lies.
    desk.put("elsewhere/a.txt", "The ferry came back on Tuesday.\n");
    served.wait_for_records(4.0);
    wait_for("the count", || (served.metric("copydesk_watch_missed_total") >= 1.0).then_some(()));
    assert_eq!(served.metric("copydesk_watch_missed_total"), 1.0);
}

#[test]
fn the_metrics_are_as_prometheus_wants_them() {
    if Command::new("promtool").arg("--version").output().is_err() {
        eprintln!("not checked: there is no promtool here (Debian's package `prometheus` has it)");
        return;
    }
    let desk = desk();
    let served = Served::start(&desk, &["wire"]);
    served.wait_for_records(2.0);
    let page = served.get("/metrics");
    assert!(page.head.contains("text/plain; version=0.0.4"), "{}", page.head);
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    promtool.stdin.take().unwrap().write_all(page.body.as_bytes()).unwrap();
    let said = promtool.wait_with_output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert_eq!(said, "", "{}", page.body);
}

#[test]
fn a_port_that_is_taken_ends_the_run_before_anything_is_read() {
    let desk = desk();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("http.listen={}", taken.local_addr().unwrap());
    let said = desk.run(&["watch", "wire", "--set", &listen]).ended_with(3);
    assert!(said.stderr.contains("cannot listen on") && said.stderr.contains("http.listen"), "{}", said.stderr);
    assert!(!desk.path("out").exists());
}

#[test]
fn settings_that_could_not_be_reloaded_are_a_reason_not_to_be_ready() {
    let desk = Desk::new();
    desk.put("wire/a.txt", crate::daemon::ARTICLE);
    desk.put("pipeline.toml", "[input]\npaths = [\"wire\"]\n");
    let served = Served::start(&desk, &[]);
    wait_for("the daemon to be ready", || (served.get("/readyz").status == 200).then_some(()));
    let reload = |settings: &str| {
        desk.put("pipeline.toml", settings);
        rustix::process::kill_process(rustix::process::Pid::from_child(&served.child), rustix::process::Signal::HUP).unwrap();
    };
    reload("[input]\npaths = [\"wire\"]\n[quotes]\nmaks = 1\n");
    wait_for("the refusal", || (served.get("/readyz").status == 503).then_some(()));
    let ready = served.json("/readyz");
    let (reason, why) = (&ready["reasons"][0]["reason"], ready["reasons"][0]["why"].as_str().unwrap());
    assert!(reason == "config" && why.contains("quotes.max"), "{ready}");
    assert_eq!(served.metric("copydesk_config_last_reload_successful"), 0.0);
    assert_eq!(served.get("/healthz").status, 200);
    let before = served.metric("copydesk_config_loaded_timestamp_seconds");
    reload("[input]\npaths = [\"wire\"]\n[quotes]\nmax = 1\n");
    wait_for("the mended settings", || (served.get("/readyz").status == 200).then_some(()));
    assert_eq!(served.metric("copydesk_config_last_reload_successful"), 1.0);
    assert!(served.metric("copydesk_config_loaded_timestamp_seconds") > before);
}
