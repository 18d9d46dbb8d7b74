//! The program through its commands: what a user relies on.

use std::fs;

use serde_json::Value;

use crate::desk::{Desk, Said};

const ARTICLE: &str = "Ferry fares to rise in spring\n\nPORT ELSEWHERE - Ferry fares will rise by two per cent in April, the harbour office said on Monday.\n\n\"We held them for six years,\" said Ada Moe, who heads the office.\n";

#[test]
fn a_batch_makes_one_record_of_each_article_and_the_second_does_nothing() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.put("wire/b.md", "# Tide tables\n\nThe tide tables for May were published on Friday by the pilots' office.\n");
    desk.run(&["batch", "wire"]).ended_with(0);
    let records = desk.records("out");
    let paths: Vec<&str> = records.iter().map(|record| record["source"]["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["wire/a.txt", "wire/b.md"]);
    desk.run(&["batch", "wire"]).ended_with(0);
    assert_eq!(desk.records("out").len(), 2);
}

#[test]
fn a_changed_article_is_revision_two_under_the_same_id() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.run(&["batch", "wire"]).ended_with(0);
    desk.put("wire/a.txt", ARTICLE.replace("two per cent", "three per cent"));
    desk.run(&["batch", "wire"]).ended_with(0);
    desk.put("wire/a.txt", ARTICLE);
    desk.run(&["batch", "wire"]).ended_with(0);
    let records = desk.records("out");
    let revisions: Vec<u64> = records.iter().map(|record| record["revision"].as_u64().unwrap()).collect();
    assert_eq!(revisions, [1, 2, 3]);
    assert!(records.iter().all(|record| record["id"] == records[0]["id"]));
}

#[test]
fn the_same_article_gives_the_same_record_by_batch_and_by_pipe() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.run(&["batch", "wire"]).ended_with(0);
    let piped = desk.run_with(&["pipe"], ARTICLE.as_bytes()).ended_with(0).records();
    assert_eq!(without_its_own(&desk.records("out")[0]), without_its_own(&piped[0]));
}

fn without_its_own(record: &Value) -> Value {
    let mut record = record.clone();
    for key in ["id", "source", "ingested_at", "check"] {
        record.as_object_mut().unwrap().remove(key);
    }
    record
}

#[test]
fn appended_lines_give_only_the_new_records() {
    let desk = Desk::new();
    let line = |text: &str| format!("{}\n", serde_json::json!({ "text": text }));
    let first = line("The mayor opened the bridge.") + &line("The bridge was closed again.");
    desk.put("wire/a.jsonl", &first);
    desk.run(&["batch", "wire"]).ended_with(0);
    desk.put("wire/a.jsonl", first + &line("Nobody knows why."));
    desk.run(&["batch", "wire"]).ended_with(0);
    let records = desk.records("out");
    let entries: Vec<&str> = records.iter().map(|record| record["source"]["entry"].as_str().unwrap()).collect();
    assert_eq!(entries, ["#1", "#2", "#3"]);
}

#[test]
fn a_broken_line_is_rejected_and_the_next_one_read() {
    let desk = Desk::new();
    let input = b"{\"id\":1,\"text\":\"The ferry left.\"}\n{\"id\":2,\"text\n{\"id\":3,\"text\":\"The ferry came back.\"}\n";
    let said = desk.run_with(&["pipe", "--format", "jsonl"], input).ended_with(1);
    assert_eq!(said.records().len(), 2);
    let rejected: Value = serde_json::from_str(said.stderr.lines().find(|line| line.starts_with('{')).unwrap()).unwrap();
    assert_eq!(rejected["schema"], "copydesk.rejected/1");
}

#[test]
fn a_filter_that_is_to_fail_writes_what_came_before_the_first_rejection() {
    let desk = Desk::new();
    let line = |number: u32| format!("{{\"id\":{number},\"text\":\"The ferry left at {number}.\"}}\n");
    let sound: String = (0..150).map(line).collect();
    let input = format!("{sound}{{\"text\n{}{{\"text\n", line(150));
    for jobs in ["1", "8"] {
        let said = desk.run_with(&["pipe", "--format", "jsonl", "--on-error", "fail", "-j", jobs], input.as_bytes()).ended_with(1);
        let records = said.records();
        assert_eq!(records.len(), 150, "-j {jobs}");
        for (number, record) in records.iter().enumerate() {
            assert!(record["text"].as_str().unwrap().contains(&format!("left at {number}.")), "{record}");
        }
        assert_eq!(said.stderr.lines().count(), 1, "{}", said.stderr);
        assert!(said.stderr.contains("entry 151"), "{}", said.stderr);
    }
}

#[test]
fn paths_that_lead_nowhere_are_answered_for_at_once() {
    let desk = Desk::new();
    desk.put("a.txt", ARTICLE);
    let paths: String = (0..100).map(|number| format!("gone-{number}.txt\n")).collect::<String>() + "a.txt\n";
    let begun = std::time::Instant::now();
    let said = desk.run_with(&["pipe", "--format", "paths"], paths.as_bytes()).ended_with(1);
    assert!(begun.elapsed() < std::time::Duration::from_secs(20));
    assert_eq!(said.records().len(), 1);
    assert_eq!(said.stderr.matches("check the path").count(), 100, "{}", said.stderr);
}

#[test]
fn what_cannot_be_run_ends_with_two_and_says_what_to_do() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    for (arguments, said) in [
        (&["batch"][..], "path"),
        (&["batch", "nowhere"], "nowhere"),
        (&["batch", "wire/a.txt", "-o", "."], ""),
        (&["batch", "wire", "--set", "summary.sentnces=2"], "summary.sentences"),
        (&["frobnicate"], "frobnicate"),
    ] {
        let ended = desk.run(arguments);
        if !said.is_empty() {
            assert_eq!(ended.code, 2, "{arguments:?}: {}", ended.stderr);
        }
        assert!(ended.stderr.contains(said), "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "");
    }
}

#[test]
fn verify_finds_a_changed_byte() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.run(&["batch", "wire"]).ended_with(0);
    desk.run(&["verify", "wire"]).ended_with(0);
    let segment = desk.path("out/articles-000001.jsonl");
    let text = fs::read_to_string(&segment).unwrap();
    fs::write(&segment, text.replacen("Ferry", "Fairy", 1)).unwrap();
    desk.run(&["verify", "wire"]).ended_with(1);
}

#[test]
fn a_lost_ledger_is_made_anew_from_the_records() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.run(&["batch", "wire"]).ended_with(0);
    fs::remove_dir_all(desk.path("out/.copydesk")).unwrap();
    desk.run(&["batch", "wire"]).ended_with(0);
    assert_eq!(desk.records("out").len(), 1);
    desk.run(&["verify", "wire"]).ended_with(0);
}

#[test]
fn pictures_hidden_files_and_empty_ones_are_skipped_by_a_walk() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.put("wire/.hidden.txt", ARTICLE);
    desk.put("wire/half.txt.part", ARTICLE);
    desk.put("wire/empty.txt", "");
    desk.put("wire/photo.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, b'J', b'F', b'I', b'F', 0, 1]);
    desk.run(&["batch", "wire"]).ended_with(0);
    assert_eq!(desk.records("out").len(), 1);
    assert_eq!(desk.rejected("out").len(), 0);
}

#[test]
fn a_picture_that_was_named_is_rejected() {
    let desk = Desk::new();
    desk.put("photo.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, b'J', b'F', b'I', b'F', 0, 1]);
    desk.run(&["batch", "photo.jpg"]).ended_with(1);
    assert_eq!(desk.rejected("out").len(), 1);
}

/// Every command that a user can type.
fn commands() -> Vec<String> {
    let help = Desk::new().run(&["--help"]).ended_with(0).stdout;
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// A screen is what a terminal of 100 columns shows of 26 lines.
#[track_caller]
fn ensure_on_a_screen(name: &str, page: &str, lines_max: usize) {
    let (lines, columns) = (page.lines().count(), page.lines().map(|line| line.chars().count()).max().unwrap_or(0));
    assert!(lines <= lines_max && columns <= 100, "the help of {name} has {lines} lines and {columns} columns");
}

#[test]
fn each_command_tells_on_one_screen_what_it_does() {
    let desk = Desk::new();
    let mut pages = desk.run(&["--help"]).ended_with(0).stdout;
    // The list of all commands is a page.
    ensure_on_a_screen("copydesk", &pages, 40);
    for command in commands() {
        let page = desk.run(&[&command, "--help"]).ended_with(0).stdout;
        ensure_on_a_screen(&command, &page, 26);
        let examples = page.split("Examples:\n").nth(1).unwrap_or_else(|| panic!("{command} shows no examples"));
        assert_eq!(examples.lines().count(), 2, "{command}: {examples}");
        pages.push_str(&format!("\n---- {command} ----\n{page}"));
    }
    insta::assert_snapshot!("help", pages);
}

#[test]
fn copydesk_alone_says_what_it_can_do_and_what_to_try() {
    let said = Desk::new().run(&[]).ended_with(2);
    assert!(said.stderr.contains("Commands:") && said.stderr.contains("Try:\n  copydesk batch articles/"), "{}", said.stderr);
}

#[test]
fn a_slip_of_the_finger_is_answered_with_what_was_meant() {
    let desk = Desk::new();
    for (arguments, said) in [
        (&["bacth"][..], "'batch'"),
        (&["batch", "--freshh"], "'--fresh'"),
        (&["schema", "records"], "'record'"),
        (&["batch", "-j", "many"], "--jobs"),
        (&["man", "bacth"], "copydesk --help"),
    ] {
        let ended = desk.run(arguments).ended_with(2);
        assert!(ended.stderr.contains(said), "{arguments:?}: {}", ended.stderr);
    }
}

#[test]
fn every_command_has_a_manual_page_and_every_shell_its_completions() {
    let desk = Desk::new();
    assert!(desk.run(&["man"]).ended_with(0).stdout.contains(".TH copydesk 1"));
    for command in commands() {
        let page = desk.run(&["man", &command]).ended_with(0).stdout;
        assert!(page.contains(&format!(".TH copydesk-{command} 1")), "{page}");
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(desk.run(&["completions", shell]).ended_with(0).stdout.contains("copydesk"));
    }
}

#[test]
fn a_fresh_run_needs_a_folder_that_holds_nothing() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.put("out/.gitkeep", "");
    desk.run(&["batch", "wire", "--fresh"]).ended_with(0);
    let said = desk.run(&["batch", "wire", "--fresh"]).ended_with(2);
    assert!(said.stderr.contains("--fresh needs a new or empty output folder"), "{}", said.stderr);
    desk.run(&["batch", "wire", "--fresh", "-o", "other"]).ended_with(0);
    desk.run(&["batch", "wire", "--fresh", "-o", "-"]).ended_with(0);
}

#[test]
fn records_on_standard_output_leave_nothing_behind() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.put("wire/b.jsonl", "{\"text\n");
    let said = desk.run(&["batch", "wire", "-o", "-"]).ended_with(1);
    assert_eq!(said.records().len(), 1);
    assert!(said.stderr.contains("1 record, 1 rejected") && said.stderr.contains("copydesk.rejected/1"), "{}", said.stderr);
    let left: Vec<_> = fs::read_dir(desk.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["wire"]);
}

#[test]
fn quiet_says_nothing_and_json_says_everything_in_json() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    assert_eq!(desk.run(&["batch", "wire", "-q"]).ended_with(0).stderr, "");
    desk.put("wire/b.jsonl", "{\"text\n");
    let said = desk.run(&["batch", "wire", "-vv", "--log-format", "json"]).ended_with(1);
    let lines: Vec<Value> = said.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.last().unwrap();
    assert_eq!((&last["message"], &last["records"], &last["rejected"]), (&Value::from("finished"), &Value::from(0), &Value::from(1)));
    assert!(lines.iter().all(|line| line["level"].is_string() && line["timestamp"].is_string()));
}

#[test]
fn a_terminal_shows_how_far_a_run_is() {
    let desk = Desk::new();
    for number in 0..200 {
        desk.put(&format!("wire/{number}.txt"), format!("{ARTICLE}{}", "It rained all day. ".repeat(40)));
    }
    let command = format!("stty cols 120; '{}' batch wire -j 1", env!("CARGO_BIN_EXE_copydesk"));
    let shown = std::process::Command::new("script").args(["-qec", &command, "/dev/null"]).current_dir(desk.path("")).output();
    let Ok(shown) = shown else { return }; // Without `script` there is no terminal to be had.
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains(" files, ") && shown.contains(" records, ") && shown.contains("/s, "), "{shown}");
    assert!(shown.contains("200 records, 0 rejected, 0 unchanged"), "{shown}");
}

#[test]
fn colours_are_used_where_they_are_asked_for_and_nowhere_else() {
    let desk = Desk::new();
    assert!(desk.run(&["--help", "--color", "always"]).ended_with(0).stdout.contains('\x1b'));
    assert!(desk.run(&["--color=always", "bacth"]).ended_with(2).stderr.contains('\x1b'));
    for arguments in [&["--help"][..], &["--help", "--color", "never"]] {
        assert!(!desk.run(arguments).ended_with(0).stdout.contains('\x1b'));
    }
}

#[test]
fn a_terminal_is_coloured_unless_no_color_says_so() {
    let desk = Desk::new();
    let program = env!("CARGO_BIN_EXE_copydesk");
    let shown = |no_color: &str| {
        let command = format!("'{program}' --help; '{program}' bacth; '{program}' watch nowhere");
        let mut script = std::process::Command::new("script");
        script.args(["-qec", &command, "/dev/null"]).current_dir(desk.path("")).env("NO_COLOR", no_color).env("TERM", "xterm");
        script.output().ok().map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (Some(coloured), Some(plain)) = (shown(""), shown("1")) else { return }; // Without `script` there is no terminal.
    assert!(coloured.contains("\x1b[") && coloured.contains("Commands:"), "{coloured}");
    assert!(!plain.contains('\x1b') && plain.contains("Commands:"), "{plain}");
}

#[test]
fn every_refusal_says_what_to_do() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.put("file", "");
    desk.put("broken.toml", "[summary\n");
    for (arguments, hint) in [
        (&["batch"][..], "name one, like `copydesk batch articles/`"),
        (&["batch", "nowhere"], "check the path"),
        (&["batch", "wire", "-o", "file/out"], "choose another --out"),
        (&["batch", "wire", "-o", "wire"], "choose another --out"),
        (&["batch", "wire", "--set", "summary.sentences=many"], "--set summary.sentences=many"),
        (&["batch", "wire", "--set", "summary"], "section.key=value"),
        (&["batch", "wire", "-c", "gone.toml"], "copydesk init"),
        (&["batch", "wire", "-c", "broken.toml"], "broken.toml:1"),
        (&["batch", "wire", "--set", "http.listen=0.0.0.0:80"], "set `http.token`"),
        (&["batch", "wire", "--set", "log.level=loud"], "must be `off`, `error`"),
        (&["watch", "wire", "-o", "-"], "give it one by --out"),
        (&["replay", "wire", "-o", "-"], "give it with --out"),
        (&["status", "-o", "empty"], "begin with `copydesk batch`"),
        (&["tail", "-o", "empty"], "begin with `copydesk batch`"),
        (&["verify", "-o", "empty"], "begin with `copydesk batch`"),
        (&["report", "-o", "page.html", "--set", "output.dir=empty"], "copydesk batch"),
        (&["explain", "nowhere.txt"], "check the path"),
        (&["init", "wire/a.txt"], "name another file"),
    ] {
        let said = desk.run(arguments);
        assert!([2, 3].contains(&said.code), "{arguments:?} ended with {}: {}", said.code, said.stderr);
        assert!(said.stderr.contains(hint), "{arguments:?}: no `{hint}` in {}", said.stderr);
    }
}

#[test]
fn a_replay_runs_again_what_was_rejected_and_settles_it() {
    let desk = Desk::new();
    let long = format!("{{\"text\":\"{}\"}}\n", "The ferry left. ".repeat(100));
    desk.put("wire/a.jsonl", format!("{long}{{\"text\":\"It came back.\"}}\n"));
    desk.run(&["batch", "wire", "--set", "limits.document_size=1000"]).ended_with(1);
    let rejected = desk.rejected("out");
    assert_eq!((rejected.len(), &rejected[0]["code"], &rejected[0]["attempts"]), (1, &Value::from("limit.size"), &Value::from(1)));
    desk.run(&["replay", "wire", "--set", "limits.document_size=1000"]).ended_with(1);
    assert_eq!(desk.rejected("out").last().unwrap()["attempts"], 2);
    desk.run(&["replay", "wire"]).ended_with(0);
    let records = desk.records("out");
    assert_eq!((records.len(), &records[1]["settles"]), (2, &rejected[0]["id"]));
    desk.run(&["verify", "wire"]).ended_with(0);
    desk.run(&["replay", "wire", "-o", "-"]).ended_with(2);
}

#[test]
fn a_panic_is_one_log_line_and_no_page_of_frames() {
    // The test runs itself again, since a panic in a test is shown by the test.
    if std::env::var_os("PANIC_NOW").is_some() {
        copydesk::telemetry::log_panics();
        let levels = copydesk::telemetry::parse_levels("info").unwrap();
        copydesk::telemetry::init(levels, copydesk::telemetry::LogFormat::Text, copydesk::telemetry::Color::Never);
        let panicked = std::panic::catch_unwind(|| panic!("five is right out"));
        assert!(panicked.is_err());
        return;
    }
    let itself = std::env::current_exe().unwrap();
    let mut command = std::process::Command::new(itself);
    command.args(["--exact", "commands::a_panic_is_one_log_line_and_no_page_of_frames", "--nocapture"]);
    let said = Said::from(command.env("PANIC_NOW", "1").env("RUST_BACKTRACE", "1").output().unwrap()).ended_with(0);
    let told: Vec<&str> = said.stderr.lines().filter(|line| line.contains("five is right out")).collect();
    assert_eq!(told.len(), 1, "{}", said.stderr);
    assert!(told[0].contains("ERROR") && told[0].contains("please report it"), "{}", told[0]);
    assert!(!said.stderr.contains("backtrace"), "{}", said.stderr);
}
