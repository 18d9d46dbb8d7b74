//! New versions: what changed gives a new revision, what did not gives nothing, and an input is moved or deleted only
//! in the version that was read.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::daemon::{
    Daemon, NO_LISTING, article, ended_well, latest, name_of, revisions, wait_for_records, wait_for_version, wait_for_words, whole_lines,
    wire_desk,
};
use crate::desk::{Desk, wait_for};

/// Two batches over one list: the name, revision and text's number of each record of the second.
#[track_caller]
fn check(before: &[Value], after: &[Value], expected: &[(&str, u64, u64)]) {
    let desk = wire_desk();
    let text = |lines: &[Value]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    desk.put("wire/day.jsonl", text(before));
    desk.run(&["batch", "wire"]).ended_with(0);
    let known = desk.records("out").len();
    assert_eq!(known, before.len());
    // As most programs do it: written beside it, renamed over it.
    desk.put("wire/.day.new", text(after));
    fs::rename(desk.path("wire/.day.new"), desk.path("wire/day.jsonl")).unwrap();
    for _ in 0..2 {
        desk.run(&["batch", "wire"]).ended_with(0);
        let records = desk.records("out");
        let new: Vec<(&str, u64, u64)> = records[known..]
            .iter()
            .map(|record| {
                let text = record["text"].as_str().unwrap();
                let number = text.split("number ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
                (record["source"]["entry"].as_str().unwrap(), record["revision"].as_u64().unwrap(), number)
            })
            .collect();
        assert_eq!(new, expected);
    }
    desk.run(&["verify", "wire"]).ended_with(0);
}

fn line(number: u64) -> Value {
    serde_json::json!({ "text": article(number as usize) })
}

fn named(id: &str, number: u64) -> Value {
    serde_json::json!({ "id": id, "text": article(number as usize) })
}

#[test]
fn a_list_without_ids_gives_only_what_changed() {
    let (one, two, three) = (line(1), line(2), line(3));
    let old = [one.clone(), two.clone(), three.clone()];
    check(&old, &[one.clone(), two.clone(), three.clone(), line(4)], &[("#4", 1, 4)]);
    check(&old, &[three.clone(), one.clone(), two.clone()], &[]);
    check(&old, &[one.clone(), line(5), three.clone()], &[("#2", 2, 5)]);
    check(&old, &[line(6), three.clone(), two.clone(), one.clone()], &[("#4", 1, 6)]);
    check(&old, std::slice::from_ref(&two), &[]);
    // Repeated lines are as many articles, and matched by count.
    check(&[one.clone(), one.clone()], &[one.clone(), one.clone(), one.clone()], &[("#3", 1, 1)]);
    check(&[one.clone(), two.clone(), one.clone()], &[two.clone(), one.clone(), one.clone()], &[]);
    check(&[one.clone(), one.clone()], &[one.clone(), two.clone()], &[("#2", 2, 2)]);
}

#[test]
fn a_list_with_ids_gives_only_what_changed() {
    let old = [named("tide", 1), named("ferry", 2), named("boat", 3)];
    check(&old, &[named("boat", 3), named("tide", 1), named("ferry", 2)], &[]);
    check(&old, &[named("boat", 3), named("tide", 7), named("ferry", 2), named("new", 4)], &[("tide", 2, 7), ("new", 1, 4)]);
    check(&old, &[named("ferry", 2)], &[]);
    // An id that is repeated names as many articles, in the order in which they stand.
    check(&[named("tide", 1), named("tide", 2)], &[named("tide", 1), named("tide", 3)], &[("tide~2", 2, 3)]);
    check(&[named("tide", 1), line(2)], &[line(2), named("tide", 1), line(5)], &[("#3", 1, 5)]);
}

#[test]
fn a_return_to_an_earlier_text_is_a_revision_and_the_same_text_is_none() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    for (round, number) in [1, 2, 1, 3, 1].into_iter().enumerate() {
        desk.put("wire/a.txt", article(number));
        desk.put("wire/list.jsonl", format!("{}\n", line(number as u64)));
        desk.put("wire/named.jsonl", format!("{}\n", named("tide", number as u64)));
        for name in ["wire/a.txt", "wire/list.jsonl #1", "wire/named.jsonl tide"] {
            wait_for_words(&desk, name, &format!("number {number} "));
            wait_for("the revision", || (revisions(&desk, name).len() == round + 1).then_some(()));
        }
    }
    // The same again, in every way: none of it is news.
    let text = article(1);
    let path = desk.path("wire/a.txt");
    fs::write(&path, &text).unwrap();
    File::options().write(true).open(&path).unwrap().set_times(FileTimes::new().set_modified(SystemTime::now())).unwrap();
    desk.put("same.txt", &text);
    fs::copy(desk.path("same.txt"), &path).unwrap();
    fs::rename(desk.path("same.txt"), &path).unwrap();
    fs::remove_file(&path).unwrap();
    thread::sleep(Duration::from_millis(100));
    fs::write(&path, &text).unwrap();
    desk.put("wire/list.jsonl", format!("{}\n\n", line(1)));
    desk.put("wire/last.txt", article(9));
    wait_for_words(&desk, "wire/last.txt", "number 9 ");
    ended_well(&desk, daemon);
    desk.run(&["batch", "wire"]).ended_with(0);
    for name in ["wire/a.txt", "wire/list.jsonl #1", "wire/named.jsonl tide"] {
        assert_eq!(revisions(&desk, name), [1, 2, 3, 4, 5], "{name}");
    }
    assert_eq!(whole_lines(&desk.path("out")).len(), 16);
}

#[test]
fn a_list_that_is_written_anew_under_a_running_watch_gives_only_what_changed() {
    let desk = wire_desk();
    let write = |lines: &[Value]| desk.put("wire/day.jsonl", lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    write(&(1..=50).map(line).collect::<Vec<_>>());
    let daemon = Daemon::start(&desk, &NO_LISTING);
    wait_for_records(&desk, 50);
    write(&(1..=50).rev().map(line).chain([line(51)]).collect::<Vec<_>>());
    wait_for_records(&desk, 51);
    write(&(2..=50).map(line).chain([line(52)]).collect::<Vec<_>>());
    wait_for("the changed line", || {
        whole_lines(&desk.path("out")).into_iter().find(|record| record["text"].as_str().unwrap().contains("number 52 "))
    });
    OpenOptions::new().append(true).open(desk.path("wire/day.jsonl")).unwrap().write_all(format!("{}\n", line(53)).as_bytes()).unwrap();
    wait_for("the new line", || {
        whole_lines(&desk.path("out")).into_iter().find(|record| record["text"].as_str().unwrap().contains("number 53 "))
    });
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), 53);
}

/// A daemon that moves what it has read to `done`, and takes its time to make records durable.
fn moving(desk: &Desk, slow: bool, more: &[&str]) -> Daemon {
    let arguments = [&NO_LISTING[..], &["--set", "input.after=move", "--set", "input.move_to=done"], more].concat();
    if slow {
        Daemon::start_by(desk, &["env", "COPYDESK_FAULTS=segment.sync=delay@1+"], &arguments)
    } else {
        Daemon::start(desk, &arguments)
    }
}

#[test]
fn a_newer_version_that_comes_before_the_old_one_is_durable_is_not_moved_unread() {
    let desk = wire_desk();
    let daemon = moving(&desk, true, &[]);
    for round in 0..6 {
        let name = format!("wire/{round}.txt");
        desk.put(&name, article(round));
        // Sooner or later within the 300 ms that the sync takes.
        thread::sleep(Duration::from_millis(60 * round as u64 + 40));
        if round % 2 == 0 {
            desk.put("new.txt", article(100 + round));
            fs::rename(desk.path("new.txt"), desk.path(&name)).unwrap();
        } else {
            desk.put(&name, article(100 + round));
        }
    }
    for round in 0..6 {
        let version = wait_for_version(&desk, &format!("wire/{round}.txt"), article(100 + round));
        wait_for("the input to be moved", || (!desk.path(&format!("wire/{round}.txt")).exists()).then_some(()));
        let moved = if desk.path(&format!("done/wire/{round}.txt~2")).exists() { "~2" } else { "" };
        assert_eq!(fs::read_to_string(desk.path(&format!("done/wire/{round}.txt{moved}"))).unwrap(), article(100 + round), "{version}");
    }
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(latest(&desk).len(), 6);
    assert_eq!(fs::read_dir(desk.path("wire")).unwrap().count(), 0, "nothing is left behind under another name");
}

#[test]
fn nothing_is_deleted_before_its_record_is_durable() {
    let desk = wire_desk();
    let arguments = [&NO_LISTING[..], &["--set", "input.after=delete"]].concat();
    let daemon = Daemon::start_by(&desk, &["env", "COPYDESK_FAULTS=segment.sync=exit@2"], &arguments);
    desk.put("wire/a.txt", article(1));
    wait_for("the first to be deleted", || (!desk.path("wire/a.txt").exists()).then_some(()));
    desk.put("wire/b.txt", article(2));
    wait_for("the end", || (!std::path::Path::new(&format!("/proc/{}/exe", daemon.id())).exists()).then_some(()));
    assert_eq!(fs::read_to_string(desk.path("wire/b.txt")).unwrap(), article(2));
    drop(daemon);
    let daemon = Daemon::start(&desk, &arguments);
    wait_for("the second to be deleted", || (!desk.path("wire/b.txt").exists()).then_some(()));
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(whole_lines(&desk.path("out")).iter().map(name_of).collect::<Vec<_>>(), ["wire/a.txt", "wire/b.txt"]);
}

#[test]
fn links_stay_and_so_does_what_they_lead_to() {
    let desk = wire_desk();
    desk.put("vault/a.txt", article(1));
    desk.put("vault/b.txt", article(2));
    symlink("../vault/a.txt", desk.path("wire/a.txt")).unwrap();
    fs::hard_link(desk.path("vault/b.txt"), desk.path("wire/b.txt")).unwrap();
    let daemon = moving(&desk, false, &["--set", "input.follow_symlinks=true"]);
    wait_for_words(&desk, "wire/a.txt", "number 1 ");
    // One of a file's names is moved, and the others stay.
    wait_for("the hard link to be moved", || desk.path("done/wire/b.txt").exists().then_some(()));
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("is a link"), "{said}");
    assert!(desk.path("wire/a.txt").is_symlink() && desk.path("vault/a.txt").exists() && desk.path("vault/b.txt").exists());
    assert!(!desk.path("done/wire/a.txt").exists());
}

#[test]
fn what_was_read_is_moved_to_another_disk_whole_with_its_times_and_over_nothing() {
    let desk = wire_desk();
    fs::create_dir(desk.path("done")).unwrap();
    let arguments = [&NO_LISTING[..], &["--set", "input.after=move", "--set", "input.move_to=done"]].concat();
    let Some(daemon) = Daemon::start_in_namespace(&desk, "mount -t tmpfs none done", &arguments) else { return };
    let done = |name: &str| daemon.sees(&desk.path("done/wire").join(name));
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
    for round in 1..=3 {
        desk.put("new.txt", article(round));
        File::options().write(true).open(desk.path("new.txt")).unwrap().set_times(FileTimes::new().set_modified(time)).unwrap();
        fs::rename(desk.path("new.txt"), desk.path("wire/a.txt")).unwrap();
        wait_for("the input to be moved", || (!desk.path("wire/a.txt").exists()).then_some(()));
    }
    for (name, number) in [("a.txt", 1), ("a.txt~2", 2), ("a.txt~3", 3)] {
        assert_eq!(fs::read_to_string(done(name)).unwrap(), article(number));
        assert_eq!(fs::metadata(done(name)).unwrap().modified().unwrap(), time);
    }
    assert_eq!(fs::read_dir(done("")).unwrap().count(), 3);
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(revisions(&desk, "wire/a.txt"), [1, 2, 3]);
}

#[test]
fn an_input_set_aside_when_a_run_was_killed_comes_back() {
    let desk = wire_desk();
    // What a daemon leaves that is killed between setting a file aside and moving it.
    let mut gone = Command::new("true").spawn().unwrap();
    gone.wait().unwrap();
    desk.put(&format!("wire/.a.txt.{}.copydesk~", gone.id()), article(1));
    desk.put(&format!("wire/.b.txt.{}.copydesk~", gone.id()), article(2));
    desk.put("wire/b.txt", article(3));
    // And half of what it was copying to another disk.
    desk.put(&format!("done/wire/.c.txt.{}.copydesk-copy~", gone.id()), "Half of");
    let daemon = moving(&desk, false, &[]);
    for (name, number) in [("a.txt", 1), ("b.txt", 3)] {
        wait_for("the input to be moved", || desk.path("done/wire").join(name).exists().then_some(()));
        assert_eq!(fs::read_to_string(desk.path("done/wire").join(name)).unwrap(), article(number));
    }
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(!desk.path(&format!("done/wire/.c.txt.{}.copydesk-copy~", gone.id())).exists());
    // One that a newer version has taken the place of stays, and is told of.
    assert!(desk.path(&format!("wire/.b.txt.{}.copydesk~", gone.id())).exists());
    assert!(said.contains("newer version"), "{said}");
}
