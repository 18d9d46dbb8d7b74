//! Parsing in processes of their own, through the program's own commands.

use std::fs;
use std::process::Command;

fn copydesk(arguments: &[&str], at: &std::path::Path) -> (Option<i32>, String) {
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
