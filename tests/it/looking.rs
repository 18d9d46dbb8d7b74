//! Looking at what is there: status, verify, tail, explain, and a ledger made anew.

use std::fs;
use std::io::{BufRead as _, BufReader};

use serde_json::Value;

use crate::desk::{Desk, read_line, wait_for};

/// Articles of which one is sound, one is new each time, and one cannot be read.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("wire/ferry.txt", "Ferry fares to rise\n\nThe ferry fares will rise in April, the harbour office said on Monday.\n\n\"We held them for six years,\" said Ada Moe, who heads the office.\n");
    desk.put("wire/broken.jsonl", "{\"text\":\"The bridge was closed on Monday after the storm.\"}\n{\"text\n");
    desk
}

#[test]
fn status_tells_what_is_done_what_waits_and_what_was_rejected() {
    let desk = desk();
    let said = desk.run(&["status"]).ended_with(2);
    assert!(said.stderr.contains("nothing has been written there yet"), "{}", said.stderr);
    desk.run(&["batch", "wire"]).ended_with(1);
    let status = |arguments: &[&str]| -> Value {
        let said = desk.run(&[&["status", "--json"], arguments].concat()).ended_with(0);
        assert_eq!(said.stderr, "");
        serde_json::from_str(&said.stdout).unwrap()
    };
    let told = status(&["wire"]);
    assert_eq!(told["done"], 2);
    assert_eq!(told["rejected"], serde_json::json!({"articles": 1, "by_code": {"parse.malformed": 1}}));
    assert_eq!((&told["quarantined"], &told["lag_seconds"], &told["writer"]), (&Value::from(0), &Value::from(0.0), &Value::Null));
    assert_eq!(told["waiting"]["articles"], 0);
    assert_eq!(told["segments"].as_array().unwrap().len(), 2);
    assert_eq!(status(&[])["waiting"], Value::Null, "no input is configured");
    desk.put("wire/new.txt", "The mayor opened the bridge.");
    desk.put("wire/broken.jsonl", "{\"text\":\"The bridge was closed on Monday after the storm.\"}\n{\"text\n{\"text\":\"It rained.\"}\n");
    for told in [status(&["wire"]), status(&["--set", "input.paths=wire"])] {
        assert_eq!((&told["waiting"]["articles"], &told["waiting"]["files"]), (&Value::from(2), &Value::from(2)));
        assert_eq!(told["waiting"]["named"], serde_json::json!(["wire/broken.jsonl", "wire/new.txt"]));
        assert!(told["lag_seconds"].as_f64().unwrap() >= 0.0);
    }
    let page = desk.run(&["status", "wire"]).ended_with(0).stdout;
    assert!(page.lines().count() <= 24, "{page}");
    for words in ["done         2 articles", "waiting      2 articles in 2 files", "parse.malformed", "quarantined  0", "sandbox"] {
        assert!(page.contains(words), "{words:?} is not in: {page}");
    }
}

#[test]
fn an_input_that_this_folder_has_never_had_does_not_upset_the_audit() {
    let desk = desk();
    desk.put("pipeline.toml", "[input]\npaths = [\"elsewhere\"]\n");
    desk.put("elsewhere/a.txt", "The ferry left.");
    desk.run(&["batch", "wire/ferry.txt"]).ended_with(0);
    desk.run(&["verify"]).ended_with(0);
    desk.run(&["verify", "elsewhere"]).ended_with(1);
}

#[test]
fn verify_names_what_is_there_without_an_outcome() {
    let desk = desk();
    desk.run(&["batch", "wire"]).ended_with(1);
    let said = desk.run(&["verify", "wire"]).ended_with(0);
    assert_eq!(said.stdout, "2 records, 1 rejection, 1 input: all balances\n");
    for number in 0..30 {
        desk.put(&format!("wire/new-{number:02}.txt"), "The mayor opened the bridge.");
    }
    desk.put("wire/ferry.txt", "Ferry fares to fall\n\nThe ferry fares will fall in May.\n");
    for arguments in [&["verify", "wire"][..], &["verify", "--set", "input.paths=wire"]] {
        let said = desk.run(arguments).ended_with(1);
        assert!(said.stdout.contains("wire/ferry.txt is there") && said.stdout.contains("11 more files are there"), "{}", said.stdout);
    }
    assert_eq!(desk.records("out").len(), 2, "an audit writes nothing");
}

#[test]
fn a_ledger_made_anew_knows_also_what_was_moved_away() {
    let desk = Desk::new();
    let seal = ["--set", "output.rotate_size=1"];
    for (name, text) in [("a", "The ferry left."), ("b", "The bridge was closed."), ("a", "The ferry left late.")] {
        desk.put(&format!("wire/{name}.txt"), text);
        desk.run(&[&["batch", "wire"][..], &seal].concat()).ended_with(0);
    }
    assert_eq!(desk.records("out").len(), 3);
    // Sealed segments are the reader's to move: one of them holds the latest of an article.
    fs::remove_file(desk.path("out/articles-000002.jsonl")).unwrap();
    fs::remove_file(desk.path("out/articles-000003.jsonl")).unwrap();
    let said = desk.run(&["repair"]).ended_with(0);
    assert!(said.stdout.contains("2 records, 0 rejected") && said.stdout.contains("2 of these"), "{}", said.stdout);
    desk.run(&["batch", "wire"]).ended_with(0);
    assert_eq!(desk.records("out").len(), 1, "nothing comes twice");
    desk.run(&["verify", "wire"]).ended_with(0);
    desk.put("wire/a.txt", "The ferry came back.");
    desk.run(&["batch", "wire"]).ended_with(0);
    assert_eq!(desk.records("out").last().unwrap()["revision"], 3);
}

#[test]
fn a_damaged_or_lost_ledger_is_said_to_be_so_and_repaired() {
    let desk = desk();
    desk.run(&["repair"]).ended_with(2);
    desk.run(&["batch", "wire"]).ended_with(1);
    fs::write(desk.path("out/.copydesk/ledger.sqlite"), "no database").unwrap();
    desk.run(&["repair"]).ended_with(0);
    desk.run(&["verify", "wire"]).ended_with(0);
    fs::remove_dir_all(desk.path("out/.copydesk")).unwrap();
    for command in ["status", "verify", "tail", "replay"] {
        let said = desk.run(&[command]).ended_with(3);
        assert!(said.stderr.contains("copydesk repair"), "{command}: {}", said.stderr);
    }
    desk.run(&["repair"]).ended_with(0);
    desk.run(&["verify", "wire"]).ended_with(0);
}

#[test]
fn a_repair_that_is_cut_off_at_any_step_costs_nothing() {
    for step in ["segment.sync", "ledger.commit", "ledger.finish", "repair.made", "repair.swap", "repair.swapped"] {
        let desk = Desk::new();
        for number in 0..3 {
            desk.put(&format!("wire/{number}.txt"), format!("The ferry left the harbour at {number} in the morning."));
            desk.run(&["batch", "wire", "--set", "output.rotate_size=1"]).ended_with(0);
        }
        // The sealed file is its reader's; only the ledger knows now what stood in it.
        fs::rename(desk.path("out/articles-000001.jsonl"), desk.path("taken.jsonl")).unwrap();
        let cut_off = desk.command(&["repair"]).env("COPYDESK_FAULTS", format!("{step}=exit")).output().unwrap();
        assert_eq!(cut_off.status.code(), Some(137), "{step}");
        desk.run(&["verify", "wire"]).ended_with(0);
        desk.run(&["repair"]).ended_with(0);
        desk.run(&["verify", "wire"]).ended_with(0);
        desk.run(&["batch", "wire"]).ended_with(0);
        assert_eq!(desk.records("out").len(), 2, "{step}: what was taken away does not come again");
    }
}

#[test]
fn a_segment_that_cannot_be_read_leaves_the_old_ledger_in_its_place() {
    let desk = desk();
    desk.run(&["batch", "wire"]).ended_with(1);
    let segment = desk.path("out/articles-000001.jsonl");
    let whole = fs::read_to_string(&segment).unwrap();
    fs::write(&segment, whole.replacen("record/1", "record/2", 1)).unwrap();
    let said = desk.run(&["repair"]).ended_with(3);
    assert!(said.stderr.contains("is damaged at byte 0"), "{}", said.stderr);
    fs::write(&segment, whole).unwrap();
    desk.run(&["verify", "wire"]).ended_with(0);
}

/// The texts of the records that `tail` shows.
#[track_caller]
fn check_tail(desk: &Desk, arguments: &[&str], texts: &[&str]) {
    let said = desk.run(&[&["tail"], arguments].concat()).ended_with(0);
    let found: Vec<Value> = said.stdout.lines().map(read_line).collect();
    assert_eq!(found.iter().map(|record| record["text"].as_str().unwrap()).collect::<Vec<_>>(), texts, "{arguments:?}");
}

#[test]
fn tail_shows_the_latest_records_and_those_that_were_asked_for() {
    let desk = Desk::new();
    let ferry = "“We held them for six years,” said Ada Moe of the ferry office on Monday morning.";
    let bridge = "Die Brücke über den Fluss wurde am Montag gesperrt, sagte das Amt in der Stadt.";
    let rain = "The ferryman saw that it was raining over all of the harbour on Tuesday.";
    for (number, text) in [ferry, bridge, rain].into_iter().enumerate() {
        desk.put(&format!("wire/{number}.txt"), text);
        desk.run(&["batch", "wire", "--set", "output.rotate_size=1"]).ended_with(0);
    }
    check_tail(&desk, &[], &[ferry, bridge, rain]);
    check_tail(&desk, &["-n", "2"], &[bridge, rain]);
    check_tail(&desk, &["-n", "0"], &[]);
    check_tail(&desk, &["--all", "--word", "FERRY"], &[ferry]);
    check_tail(&desk, &["-n", "1", "--speaker", "moe"], &[ferry]);
    check_tail(&desk, &["--language", "de"], &[bridge]);
    check_tail(&desk, &["--language", "d"], &[]);
    // Beyond what is committed there may be half a line.
    fs::write(desk.path("out/articles-000004.jsonl"), "{\"schema\":").unwrap();
    fs::remove_file(desk.path("out/articles-000002.jsonl")).unwrap();
    check_tail(&desk, &["--all"], &[ferry, rain]);
}

#[test]
fn tail_follows_from_before_the_first_record_on() {
    let desk = Desk::new();
    let mut tail = desk.start(&["tail", "-f", "--all"]);
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    for number in 0..3 {
        desk.put("wire/a.txt", format!("The ferry left at {number}."));
        desk.run(&["batch", "wire", "--set", "output.rotate_size=1"]).ended_with(0);
        let record = read_line(&lines.next().unwrap().unwrap());
        assert_eq!(
            (&record["revision"], record["text"].as_str().unwrap()),
            (&Value::from(number + 1), &*format!("The ferry left at {number}."))
        );
    }
    tail.kill().unwrap();
    wait_for("the end of tail", || tail.try_wait().unwrap());
}

#[test]
fn explain_takes_an_article_through_all_stages_and_writes_nothing() {
    let desk = desk();
    let said = desk.run(&["explain", "wire/ferry.txt"]).ended_with(0);
    for words in ["parse (", "clean (", "quotes (", "summary (", "finish (", "language   en", "by Ada Moe", "  * 0."] {
        assert!(said.stdout.contains(words), "{words:?} is not in: {}", said.stdout);
    }
    let said = desk.run(&["explain", "wire/broken.jsonl", "--entry", "2"]).ended_with(1);
    assert!(said.stdout.contains("rejected at open: parse.malformed"), "{}", said.stdout);
    let said = desk.run(&["explain", "wire/broken.jsonl"]).ended_with(0);
    assert!(said.stdout.contains("entry #1"), "{}", said.stdout);
    desk.run(&["explain", "wire/broken.jsonl", "--entry", "9"]).ended_with(2);
    desk.run(&["explain", "wire"]).ended_with(2);
    desk.run(&["explain", "gone.txt"]).ended_with(2);
    desk.put("photo.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, b'J', b'F', b'I', b'F', 0, 1]);
    let said = desk.run(&["explain", "photo.jpg"]).ended_with(1);
    assert!(said.stdout.contains("input.binary"), "{}", said.stdout);
    assert!(!desk.path("out").exists());
}

/// What `explain` says of a page until the text is cleaned, without the times that it took.
fn explained(page: &str) -> String {
    let desk = Desk::new();
    desk.put("page.html", page);
    let said = desk.run(&["explain", "page.html"]).ended_with(0).stdout;
    let (told, _) = said.split_once("\nclean ").unwrap();
    let warnings = said.lines().filter(|line| line.trim_start().starts_with("warning: "));
    let lines = told.lines().map(|line| line.split(" (").next().filter(|_| line.ends_with("µs)")).unwrap_or(line));
    lines.chain(warnings).map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The candidates, which was chosen, why, and what was in doubt. The chances are the fitted trees': a refit changes them.
#[test]
fn explain_shows_what_a_page_s_article_was_chosen_from_and_why() {
    let story = "<p>The night ferry from Carrow Island came in two hours late at Leith on Tuesday, the harbour board said, after fog had closed the channel.</p>\
        <p>\u{201C}We could not see the harbour wall,\u{201D} said Ada Moe, the captain of the ferry, who has sailed it for nine years.</p>\
        <h2>What happens now</h2><p>A new radar station, paid for by the council, is to be built on the headland before the winter begins, and a lamp.</p>";
    let around = |article: &str| {
        format!(
            "<html lang=en><head><title>Ferry late again at Leith | Bay Wire</title></head><body><nav><ul><li><a href=/>Home</a><li><a href=/sea>Sea</a></ul></nav>\
             <main><article class=story><h1>Ferry late again at Leith</h1><div class=byline>By Tamsin Oakhurst, 3 March 2026</div>{article}\
             <div class=related><h3>Read next</h3><ul><li><a href=/1>Harbour fees to rise in May</a><li><a href=/2>A lamp for the headland</a></ul></div></article></main>\
             <footer><p>Bay Wire is published daily by the Bay Press, Leith. All rights reserved.</p></footer></body></html>"
        )
    };
    let shown = around(&format!("<div class=article-body>{story}</div>"));
    let plain = story.replace("<p>", "").replace("</p>", " ").replace("<h2>", "").replace("</h2>", " ");
    let stated = around(&format!(
        "<script type=application/ld+json>{}</script><p>Loading.</p>",
        serde_json::json!({"@type": "NewsArticle", "headline": "Ferry late again at Leith", "articleBody": plain})
    ));
    let home = "<html><head><title>Bay Wire</title></head><body><ul><li><a href=/1>Ferry late</a><li><a href=/2>Fees rise</a><li><a href=/3>A lamp</a></ul></body></html>";
    let told = [("shown", shown.as_str()), ("stated", stated.as_str()), ("home page", home)];
    let told: Vec<String> = told.iter().map(|(name, page)| format!("==== {name}\n{}\n", explained(page))).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn beside_a_daemon_everything_can_be_looked_at_and_a_replay_is_asked_of_it() {
    let desk = desk();
    let mut daemon = desk.start(&["watch", "wire"]);
    wait_for("the first outcomes", || {
        let said = desk.run(&["status", "--json"]);
        let told: Value = serde_json::from_str(&said.stdout).ok()?;
        (told["done"] == 2 && told["rejected"]["articles"] == 1).then_some(())
    });
    let page = desk.run(&["status", "wire"]).ended_with(0).stdout;
    assert!(page.contains(&format!("being written by process {} (", daemon.id())), "{page}");
    wait_for("nothing to wait", || (desk.run(&["verify", "wire"]).code == 0).then_some(()));
    desk.run(&["tail"]).ended_with(0);
    let said = desk.run(&["replay"]).ended_with(0);
    assert!(said.stderr.contains(&format!("process {} is watching", daemon.id())), "{}", said.stderr);
    wait_for("the daemon's replay", || (desk.rejected("out").last()?["attempts"] == 2).then_some(()));
    wait_for("the request to be gone", || (!desk.path("out/.copydesk/replay-requested").exists()).then_some(()));
    rustix::process::kill_process(rustix::process::Pid::from_child(&daemon), rustix::process::Signal::TERM).unwrap();
    assert_eq!(wait_for("the daemon's end", || daemon.try_wait().unwrap()).code(), Some(0));
}
