//! The program through its commands: what a user relies on.

use std::fs;

use serde_json::Value;

use crate::desk::Desk;

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
