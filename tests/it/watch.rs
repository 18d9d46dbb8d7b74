//! The daemon over real folders: however an article comes to be, it is read once, whole, and in its last version.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::daemon::{ARTICLE, Daemon, article, ended_well, latest, wait_for_records, wait_for_words, whole_lines, wire_desk as desk};
use crate::desk::wait_for;

#[test]
fn what_is_there_and_what_arrives_is_read_and_a_signal_ends_it_well() {
    let desk = desk();
    desk.put("wire/there.txt", ARTICLE);
    let daemon = Daemon::start(&desk, &["wire"]);
    wait_for_words(&desk, "wire/there.txt", "two per cent");
    desk.put("wire/arrived.txt", article(1));
    wait_for_words(&desk, "wire/arrived.txt", "number 1");
    desk.put("wire/half.part", article(2));
    fs::rename(desk.path("wire/half.part"), desk.path("wire/renamed.txt")).unwrap();
    wait_for_words(&desk, "wire/renamed.txt", "number 2");
    desk.put("wire/new/folder/deep.txt", article(3));
    wait_for_words(&desk, "wire/new/folder/deep.txt", "number 3");
    let said = ended_well(&desk, daemon);
    assert!(said.contains("watching") && said.contains("stopped"), "{said}");
    assert_eq!(whole_lines(&desk.path("out")).len(), 4);
    // Nothing is done twice.
    let daemon = Daemon::start(&desk, &["wire"]);
    desk.put("wire/last.txt", article(4));
    wait_for_words(&desk, "wire/last.txt", "number 4");
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), 5);
}

#[test]
fn a_folder_of_a_thousand_articles_can_be_moved_in() {
    let desk = desk();
    for number in 0..1000 {
        desk.put(&format!("elsewhere/{:02}/{number}.txt", number % 20), article(number));
    }
    let daemon = Daemon::start(&desk, &["wire"]);
    desk.put("wire/first.txt", ARTICLE);
    wait_for_records(&desk, 1);
    fs::rename(desk.path("elsewhere"), desk.path("wire/moved")).unwrap();
    wait_for_records(&desk, 1001);
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), 1001);
}

#[test]
fn an_article_written_in_pieces_is_read_once_and_whole() {
    let desk = desk();
    let daemon = Daemon::start(&desk, &["wire"]);
    desk.put("wire/first.txt", ARTICLE);
    wait_for_records(&desk, 1);
    let mut file = fs::File::create(desk.path("wire/slow.txt")).unwrap();
    for piece in article(7).as_bytes().chunks(40) {
        file.write_all(piece).unwrap();
        std::thread::sleep(Duration::from_millis(100));
    }
    drop(file);
    wait_for_words(&desk, "wire/slow.txt", "number 7 of the day.");
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), 2);
}

#[test]
fn however_an_editor_saves_the_last_text_is_read_and_nothing_else() {
    let desk = desk();
    for name in ["vim", "emacs", "gedit", "plain", "echo"] {
        desk.put(&format!("wire/{name}.txt"), article(0));
    }
    let daemon = Daemon::start(&desk, &["wire"]);
    wait_for_records(&desk, 5);
    let at = |name: &str| desk.path(&format!("wire/{name}"));
    // Vim probes the folder, moves the old text aside, writes the new one, and removes the old.
    fs::write(at("4913"), "").unwrap();
    fs::remove_file(at("4913")).unwrap();
    fs::write(at(".vim.txt.swp"), "b0VIM 9.0").unwrap();
    fs::rename(at("vim.txt"), at("vim.txt~")).unwrap();
    fs::write(at("vim.txt"), article(11)).unwrap();
    fs::remove_file(at("vim.txt~")).unwrap();
    fs::remove_file(at(".vim.txt.swp")).unwrap();
    // Emacs locks by a dangling link, and saves now and then under a name of its own.
    symlink("ada@desk.1234:99", at(".#emacs.txt")).unwrap();
    fs::write(at("#emacs.txt#"), article(12)).unwrap();
    fs::write(at("emacs.txt"), article(12)).unwrap();
    fs::remove_file(at("#emacs.txt#")).unwrap();
    fs::remove_file(at(".#emacs.txt")).unwrap();
    // Most others write beside it and rename over it.
    fs::write(at(".goutputstream-X7K2"), article(13)).unwrap();
    fs::rename(at(".goutputstream-X7K2"), at("gedit.txt")).unwrap();
    // A script truncates and writes, or appends.
    fs::write(at("plain.txt"), article(14)).unwrap();
    OpenOptions::new().append(true).open(at("echo.txt")).unwrap().write_all(b"\nIt was report number 15 after all.\n").unwrap();
    for (name, number) in [("vim", 11), ("emacs", 12), ("gedit", 13), ("plain", 14), ("echo", 15)] {
        let record = wait_for_words(&desk, &format!("wire/{name}.txt"), &format!("number {number}"));
        assert_eq!(record["revision"], 2, "{name}");
    }
    ended_well(&desk, daemon);
    let names: Vec<String> = latest(&desk).into_keys().collect();
    assert_eq!(names, ["wire/echo.txt", "wire/emacs.txt", "wire/gedit.txt", "wire/plain.txt", "wire/vim.txt"]);
}

#[test]
fn lines_that_are_appended_give_only_the_new_records() {
    let desk = desk();
    let line = |number: usize| format!("{}\n", serde_json::json!({ "id": number, "text": article(number) }));
    desk.put("wire/day.jsonl", line(1) + &line(2));
    let daemon = Daemon::start(&desk, &["wire"]);
    wait_for_records(&desk, 2);
    // Once by a writer that closes, once by one that stays, in halves.
    let append = || OpenOptions::new().append(true).open(desk.path("wire/day.jsonl")).unwrap();
    append().write_all(line(3).as_bytes()).unwrap();
    wait_for_records(&desk, 3);
    let mut stays = append();
    let fourth = line(4);
    let (half, rest) = fourth.split_at(20);
    stays.write_all(half.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(600));
    stays.write_all(rest.as_bytes()).unwrap();
    wait_for_records(&desk, 4);
    stays.write_all(line(5).as_bytes()).unwrap();
    wait_for_records(&desk, 5);
    drop(stays);
    // And by one that closes in the middle of a line.
    let sixth = line(6);
    let (half, rest) = sixth.split_at(20);
    append().write_all(half.as_bytes()).unwrap();
    append().write_all(rest.as_bytes()).unwrap();
    wait_for_records(&desk, 6);
    ended_well(&desk, daemon);
    let records = whole_lines(&desk.path("out"));
    let entries: Vec<&str> = records.iter().map(|record| record["source"]["entry"].as_str().unwrap()).collect();
    assert_eq!(entries, ["1", "2", "3", "4", "5", "6"]);
    assert_eq!(desk.rejected("out"), Vec::<Value>::new());
}

#[test]
fn an_article_that_is_emptied_and_written_anew_ends_with_its_new_text() {
    let desk = desk();
    desk.put("wire/a.txt", article(1));
    let daemon = Daemon::start(&desk, &["wire"]);
    wait_for_words(&desk, "wire/a.txt", "number 1");
    let mut file = OpenOptions::new().write(true).truncate(true).open(desk.path("wire/a.txt")).unwrap();
    std::thread::sleep(Duration::from_millis(400));
    file.write_all(article(2).as_bytes()).unwrap();
    drop(file);
    let record = wait_for_words(&desk, "wire/a.txt", "number 2");
    assert_eq!(record["revision"], 2);
    ended_well(&desk, daemon);
}

#[test]
fn a_folder_that_is_deleted_or_swapped_is_watched_anew() {
    let desk = desk();
    desk.put("wire/first.txt", ARTICLE);
    let daemon = Daemon::start(&desk, &["wire", "--set", "input.rescan=1h"]);
    wait_for_records(&desk, 1);
    for round in 0..5 {
        fs::remove_dir_all(desk.path("wire")).unwrap();
        desk.put("wire/a.txt", article(round));
        wait_for_words(&desk, "wire/a.txt", &format!("number {round} "));
        desk.put(&format!("wire/below/{round}.txt"), article(round));
        wait_for_words(&desk, &format!("wire/below/{round}.txt"), &format!("number {round} "));
    }
    for round in 10..15 {
        desk.put("fresh/a.txt", article(round));
        fs::rename(desk.path("wire"), desk.path(&format!("old{round}"))).unwrap();
        fs::rename(desk.path("fresh"), desk.path("wire")).unwrap();
        wait_for_words(&desk, "wire/a.txt", &format!("number {round} "));
        // What goes on in the old one is no longer ours.
        desk.put(&format!("old{round}/a.txt"), article(99));
        desk.put("wire/b.txt", article(round));
        wait_for_words(&desk, "wire/b.txt", &format!("number {round} "));
    }
    ended_well(&desk, daemon);
    assert!(whole_lines(&desk.path("out")).iter().all(|record| !record["text"].as_str().unwrap().contains("number 99")));
}

#[test]
fn a_folder_below_that_is_deleted_and_made_again_is_watched_anew() {
    let desk = desk();
    let daemon = Daemon::start(&desk, &["wire", "--set", "input.rescan=1h"]);
    for round in 0..20 {
        desk.put("wire/day/desk/a.txt", article(round));
        wait_for_words(&desk, "wire/day/desk/a.txt", &format!("number {round} "));
        fs::remove_dir_all(desk.path("wire/day")).unwrap();
    }
    ended_well(&desk, daemon);
}

#[test]
fn pipes_loops_and_strange_names_disturb_nobody() {
    let desk = desk();
    let fifo = std::process::Command::new("mkfifo").arg(desk.path("wire/pipe.txt")).status().unwrap();
    assert!(fifo.success());
    symlink("..", desk.path("wire/loop")).unwrap();
    symlink("self.txt", desk.path("wire/self.txt")).unwrap();
    let daemon = Daemon::start(&desk, &["wire"]);
    let strange = [&b"caf\xe9.txt"[..], b"two\nlines.txt", b"\"quoted\".txt", b"-rf.txt"];
    for (number, name) in strange.iter().enumerate() {
        fs::write(desk.path("wire").join(OsStr::from_bytes(name)), article(number)).unwrap();
    }
    fs::create_dir(desk.path("wire/folder.txt")).unwrap();
    desk.put("wire/folder.txt/a.txt", ARTICLE);
    wait_for_records(&desk, 5);
    ended_well(&desk, daemon);
    let records = latest(&desk);
    assert_eq!(records.len(), 5, "{:?}", records.keys());
    assert_eq!(records["wire/caf\u{FFFD}.txt"]["source"]["path_bytes"], "d2lyZS9jYWbpLnR4dA==");
}

#[test]
fn a_pipe_that_is_named_is_answered_for() {
    let desk = desk();
    assert!(std::process::Command::new("mkfifo").arg(desk.path("wire/pipe.txt")).status().unwrap().success());
    desk.run(&["batch", "wire/pipe.txt"]).ended_with(1);
    assert_eq!(desk.rejected("out")[0]["code"], "input.unsupported");
    desk.run(&["batch", "wire"]).ended_with(0);
}

#[test]
fn a_replay_beside_a_daemon_is_carried_out_by_it() {
    let desk = desk();
    let broken = "{\"id\": 1, \"text\": \n";
    desk.put("wire/day.jsonl", format!("{broken}{}\n", serde_json::json!({ "id": 2, "text": article(2) })));
    let daemon = Daemon::start(&desk, &["wire"]);
    wait_for("the rejection", || whole_lines(&desk.path("out/rejected")).pop());
    wait_for_records(&desk, 1);
    let said = desk.run(&["replay"]).ended_with(0).stderr;
    assert!(said.contains(&daemon.id().to_string()), "{said}");
    let again = wait_for("the second attempt", || whole_lines(&desk.path("out/rejected")).into_iter().find(|line| line["attempts"] == 2));
    assert_eq!(again["source"]["entry"], "#1");
    let said = ended_well(&desk, daemon);
    assert!(said.contains("replaying"), "{said}");
}

#[test]
fn inputs_are_moved_away_once_their_records_are_durable_and_rejected_ones_stay() {
    let desk = desk();
    desk.put("wire/a.txt", article(1));
    desk.put("wire/broken.jsonl", "{\"id\": 1, \"text\": \n");
    let settings = ["--set", "input.after=move", "--set", "input.move_to=done"];
    let daemon = Daemon::start(&desk, &[&["wire"], &settings[..]].concat());
    wait_for("the first to be moved", || desk.path("done/wire/a.txt").exists().then_some(()));
    desk.put("wire/a.txt", article(2));
    desk.put("wire/below/b.txt", article(3));
    wait_for("the second version to be moved", || desk.path("done/wire/a.txt~2").exists().then_some(()));
    wait_for("the third article to be moved", || desk.path("done/wire/below/b.txt").exists().then_some(()));
    wait_for("the rejection", || whole_lines(&desk.path("out/rejected")).pop());
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(desk.path("wire/broken.jsonl").exists());
    assert_eq!(whole_lines(&desk.path("out")).len(), 3, "{said}");
    assert_eq!(fs::read_to_string(desk.path("done/wire/a.txt~2")).unwrap(), article(2));
}

#[test]
fn a_batch_deletes_what_an_earlier_one_has_read_and_what_it_reads_itself() {
    let desk = desk();
    desk.put("wire/a.txt", article(1));
    std::thread::sleep(Duration::from_millis(100));
    desk.run(&["batch", "wire"]).ended_with(0);
    desk.put("wire/b.txt", article(2));
    desk.run(&["batch", "wire", "--set", "input.after=delete"]).ended_with(0);
    assert_eq!(fs::read_dir(desk.path("wire")).unwrap().count(), 0);
    assert_eq!(whole_lines(&desk.path("out")).len(), 2);
}

#[test]
fn two_daemons_do_not_share_an_output_folder() {
    let desk = desk();
    desk.put("wire/a.txt", ARTICLE);
    let daemon = Daemon::start(&desk, &["wire"]);
    wait_for_records(&desk, 1);
    let said = desk.run(&["watch", "wire"]).ended_with(3).stderr;
    assert!(said.contains(&daemon.id().to_string()), "{said}");
    ended_well(&desk, daemon);
}

#[test]
fn an_idle_daemon_hardly_runs() {
    let desk = desk();
    for number in 0..200 {
        desk.put(&format!("wire/{number}.txt"), article(number));
    }
    let daemon = Daemon::start(&desk, &["wire"]);
    wait_for_records(&desk, 200);
    let ticks = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", daemon.id())).unwrap();
        let fields: Vec<u64> = stat.rsplit(')').next().unwrap().split_whitespace().filter_map(|field| field.parse().ok()).collect();
        // User and system time, the 14th and 15th field; the state before them is no number.
        fields[10] + fields[11]
    };
    // The second look, after the clock's tick, belongs to the work.
    std::thread::sleep(Duration::from_secs(1));
    let before = ticks();
    std::thread::sleep(Duration::from_secs(2));
    let used = ticks() - before;
    assert!(used <= 20, "{used} ticks of 10 ms in two seconds");
    ended_well(&desk, daemon);
}

#[test]
fn an_interrupt_ends_it_well_too() {
    let desk = desk();
    let daemon = Daemon::start(&desk, &["wire"]);
    desk.put("wire/a.txt", ARTICLE);
    wait_for_records(&desk, 1);
    let (code, said) = daemon.stop_by(Signal::INT);
    assert_eq!(code, Some(0), "{said}");
    desk.run(&["verify"]).ended_with(0);
}
