//! What goes wrong at a desk: each time a message that names the file and the remedy, the right exit code, and nothing
//! lost.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};
use std::thread;

use rustix::fs::Mode;
use serde_json::Value;

use crate::desk::{Desk, Said, peak_memory, wait_for};

const ARTICLE: &str = "The ferry left.";

/// Runs a command on a desk with one sound article, `wire/a.txt`.
#[track_caller]
fn check(lay: impl FnOnce(&Desk), arguments: &[&str], code: i32, said: &[&str]) -> Desk {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    lay(&desk);
    let ended = desk.run(arguments).ended_with(code);
    for words in said {
        assert!(ended.stderr.contains(words), "{words:?} is not in: {}", ended.stderr);
    }
    assert_eq!(ended.stdout, "");
    desk
}

/// The code and the sentence of the only rejection.
fn rejection(desk: &Desk) -> (String, String) {
    let rejected = desk.rejected("out");
    assert_eq!(rejected.len(), 1, "{rejected:?}");
    let text = |key: &str| rejected[0][key].as_str().unwrap().to_owned();
    (text("code"), text("error"))
}

#[test]
fn a_path_that_is_not_there_is_named_and_nothing_is_written() {
    let desk = check(|_| {}, &["batch", "wire", "gone"], 2, &["gone: cannot be read", "check the path"]);
    assert!(!desk.path("out").exists());
}

#[test]
fn without_any_path_one_is_told_what_to_type() {
    check(|_| {}, &["batch"], 2, &["no path to read", "copydesk batch articles/", "input.paths"]);
}

#[test]
fn an_input_below_the_output_is_refused() {
    for input in ["out/old", "out", "."] {
        let lay = |desk: &Desk| desk.put("out/old/b.txt", ARTICLE);
        let out = if input == "." { "." } else { "out" };
        check(lay, &["batch", "wire", input, "-o", out], 2, &["lies in the output folder", "choose another --out or input"]);
    }
}

#[test]
fn an_output_below_an_input_is_never_read() {
    let desk = check(|_| {}, &["batch", "wire", "-o", "wire/out"], 0, &[]);
    desk.run(&["batch", "wire", "-o", "wire/out"]).ended_with(0);
    assert_eq!(desk.records("wire/out").len(), 1);
    assert_eq!(desk.rejected("wire/out").len(), 0);
    desk.run(&["verify", "wire", "-o", "wire/out"]).ended_with(0);
}

#[test]
fn two_inputs_of_one_name_are_refused_and_told_how_to_go_on() {
    let lay = |desk: &Desk| desk.put("other/wire/b.txt", ARTICLE);
    let desk = check(lay, &["batch", "wire", "other/wire"], 2, &["has the same name as wire", "write other-wire=other/wire"]);
    desk.run(&["batch", "wire", "other-wire=other/wire"]).ended_with(0);
    let paths: Vec<Value> = desk.records("out").iter().map(|record| record["source"]["path"].clone()).collect();
    assert_eq!(paths, ["other-wire/b.txt", "wire/a.txt"]);
    desk.run(&["verify", "wire", "other-wire=other/wire"]).ended_with(0);
}

#[test]
fn inputs_are_never_moved_to_where_they_would_be_read_again() {
    let into = |folder| ["batch", "wire", "--set", "input.after=move", "--set", folder];
    for folder in ["input.move_to=wire/done", "input.move_to=wire", "input.move_to=./wire/not/there"] {
        let desk = check(|_| {}, &into(folder), 2, &["input.move_to", "lies in the input wire", "choose another"]);
        assert!(desk.path("wire/a.txt").exists());
    }
    let desk = check(|_| {}, &into("input.move_to=done"), 0, &[]);
    assert!(desk.path("done/wire/a.txt").exists() && !desk.path("wire/a.txt").exists());
}

#[test]
fn inputs_stay_where_nobody_can_say_that_their_records_are_durable() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    let said = desk.run(&["batch", "wire", "-o", "-", "--set", "input.after=delete"]).ended_with(0);
    assert!(said.stderr.contains("`input.after` has no effect"), "{}", said.stderr);
    assert!(desk.path("wire/a.txt").exists());
}

#[test]
fn a_name_that_leads_elsewhere_is_refused() {
    check(|_| {}, &["batch", "..=wire"], 2, &["leads elsewhere"]);
}

#[test]
fn a_broken_configuration_stops_everything_before_it_begins() {
    let lay = |desk: &Desk| desk.put("pipeline.toml", "[input]\nsettel = \"1s\"\n");
    for command in ["batch", "replay", "verify"] {
        check(lay, &[command, "wire"], 2, &["pipeline.toml:2:1", "did you mean `input.settle`?"]);
    }
    check(lay, &["pipe"], 2, &["pipeline.toml:2:1"]);
}

#[test]
fn a_file_that_may_not_be_read_is_set_aside_and_comes_when_it_may() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.put("wire/b.txt", ARTICLE);
    let allow = |mode| rustix::fs::chmod(desk.path("wire/b.txt"), Mode::from_raw_mode(mode)).unwrap();
    allow(0);
    let mut command = desk.command(&["batch", "wire"]);
    if rustix::process::geteuid().is_root() {
        // The superuser may read everything, unless that right is given up.
        let itself = Command::new(env!("CARGO_BIN_EXE_copydesk"));
        command = Command::new("setpriv");
        command.args(["--bounding-set", "-dac_override,-dac_read_search"]).arg(itself.get_program()).args(["batch", "wire"]);
        command.current_dir(desk.path(""));
    }
    let Ok(ended) = command.stdin(Stdio::null()).output() else { return }; // Without `setpriv` the superuser cannot.
    let said = Said::from(ended).ended_with(1);
    assert!(said.stderr.contains("1 record, 1 rejected"), "{}", said.stderr);
    let (code, error) = rejection(&desk);
    assert_eq!(code, "input.unreadable");
    assert!(error.contains("permissions"), "{error}");
    allow(0o600);
    desk.run(&["replay", "wire"]).ended_with(0);
    assert_eq!(desk.records("out").len(), 2);
    desk.run(&["verify", "wire"]).ended_with(0);
}

#[test]
fn a_link_that_leads_nowhere_is_left_out_and_named_it_is_refused() {
    let lay = |desk: &Desk| {
        std::os::unix::fs::symlink("nowhere", desk.path("wire/dead.txt")).unwrap();
        std::os::unix::fs::symlink("round.txt", desk.path("wire/round.txt")).unwrap();
        std::os::unix::fs::symlink(".", desk.path("wire/again")).unwrap();
    };
    let desk = check(lay, &["batch", "wire"], 0, &["1 record, 0 rejected"]);
    desk.run(&["batch", "wire", "-o", "followed", "--set", "input.follow_symlinks=true"]);
    assert_eq!(desk.records("followed").len(), 1, "a folder that leads back into itself is entered once");
    for name in ["wire/dead.txt", "wire/round.txt"] {
        let ended = desk.run(&["batch", name]).ended_with(2);
        assert!(ended.stderr.contains(name), "{}", ended.stderr);
    }
}

#[test]
fn a_pipe_in_the_file_system_never_holds_a_run_up() {
    let lay = |desk: &Desk| {
        let path = desk.path("wire/live.txt");
        rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    };
    let desk = check(lay, &["batch", "wire"], 0, &["1 record, 0 rejected"]);
    desk.run(&["batch", "wire/live.txt"]).ended_with(1);
    let (code, error) = rejection(&desk);
    assert_eq!(code, "input.unsupported");
    assert!(error.contains("no regular file"), "{error}");
}

#[test]
fn bytes_that_are_no_utf_8_cost_no_neighbour() {
    let lay = |desk: &Desk| {
        desk.put("wire/latin.txt", b"Le caf\xe9 de la gare a rouvert lundi, apr\xe8s deux ans de travaux.");
        desk.put("wire/lines.jsonl", b"{\"text\":\"The \xff\xfe ferry left.\"}\n{\"text\":\"The ferry came back.\"}\n");
    };
    let desk = Desk::new();
    lay(&desk);
    desk.put("wire/a.txt", ARTICLE);
    let ended = desk.run(&["batch", "wire"]);
    assert!(ended.code == 0 || ended.code == 1, "{}", ended.stderr);
    let (records, rejected) = (desk.records("out"), desk.rejected("out"));
    assert_eq!(records.len() + rejected.len(), 4, "each article has one outcome");
    assert!(records.iter().any(|record| record["text"] == "The ferry came back." || record["source"]["entry"] == "#2"));
    desk.run(&["verify", "wire"]).ended_with(0);
}

#[test]
fn a_name_that_is_no_utf_8_comes_back_in_full() {
    let desk = Desk::new();
    fs::create_dir(desk.path("wire")).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    if fs::write(desk.path("wire").join(name), ARTICLE).is_err() {
        return; // Some file systems take only UTF-8.
    }
    desk.run(&["batch", "wire"]).ended_with(0);
    let source = desk.records("out")[0]["source"].clone();
    assert_eq!(source["path"], "wire/caf\u{FFFD}.txt");
    assert_eq!(source["path_bytes"], "d2lyZS9jYWbpLnR4dA==");
    desk.run(&["verify", "wire"]).ended_with(0);
    desk.run(&["batch", "wire"]).ended_with(0);
    assert_eq!(desk.records("out").len(), 1);
}

#[test]
fn an_output_that_cannot_be_made_ends_the_run_with_what_to_do() {
    check(|_| {}, &["batch", "wire", "-o", "wire/a.txt/out"], 3, &["wire/a.txt/out", "choose another --out"]);
}

#[test]
fn a_folder_that_another_run_is_writing_is_left_to_it_and_can_still_be_looked_at() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.run(&["batch", "wire"]).ended_with(0);
    let held = copydesk::ledger::Ledger::open(&desk.path("out")).unwrap();
    let itself = format!("process {}", std::process::id());
    let ended = desk.run(&["batch", "wire"]).ended_with(3);
    assert!(ended.stderr.contains(&itself) && ended.stderr.contains("choose another --out"), "{}", ended.stderr);
    let status = desk.run(&["status"]).ended_with(0);
    assert!(status.stdout.contains(&format!("being written by {itself}")), "{}", status.stdout);
    desk.run(&["verify", "wire"]).ended_with(0);
    desk.run(&["tail"]).ended_with(0);
    drop(held);
    assert!(desk.run(&["status"]).ended_with(0).stdout.contains("nobody is writing"));
}

#[test]
fn a_full_disk_behind_standard_output_ends_the_run() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let ended = desk.command(&["batch", "wire", "-o", "-"]).stdout(full()).stderr(Stdio::piped()).output().unwrap();
    let said = Said::from(ended).ended_with(3);
    assert!(said.stderr.contains("standard output") && said.stderr.contains("make room"), "{}", said.stderr);
    let ended = desk.command(&["schema"]).stdout(full()).stderr(Stdio::piped()).output().unwrap();
    Said::from(ended).ended_with(3);
}

#[test]
fn a_full_disk_ends_a_batch_and_loses_nothing() {
    let desk = Desk::new();
    for number in 0..600 {
        desk.put(&format!("wire/{number:03}.txt"), format!("{ARTICLE} Number {number}. {}", "It rained all day. ".repeat(300)));
    }
    fs::create_dir(desk.path("out")).unwrap();
    // In a name space of its own, so that it is gone with the command, whatever becomes of the test.
    let script = format!(
        "mount -t tmpfs -o size=1500k none out || exit 77
         {copydesk} batch wire; echo \"ended $?\"
         mount -o remount,size=64m out
         {copydesk} verify; echo \"verified $?\"
         {copydesk} batch wire; echo \"ended $?\"
         {copydesk} verify wire; echo \"verified $?\"
         cat out/articles-*.jsonl | wc -l",
        copydesk = env!("CARGO_BIN_EXE_copydesk")
    );
    let run = Command::new("unshare").args(["-rm", "sh", "-c", &script]).current_dir(desk.path("")).env("NO_COLOR", "1").output();
    let Ok(run) = run else { return }; // Without `unshare` there is no small disk to be had.
    let said = Said {
        code: run.status.code().unwrap_or(-1),
        stdout: String::from_utf8(run.stdout).unwrap(),
        stderr: String::from_utf8_lossy(&run.stderr).into_owned(),
    };
    if said.code == 77 || said.stdout.is_empty() {
        return; // This kernel grants no mounts.
    }
    let told: Vec<&str> = said.stdout.lines().filter(|line| line.starts_with("ended") || line.starts_with("verified")).collect();
    assert_eq!(told, ["ended 3", "verified 0", "ended 0", "verified 0"], "{}\n{}", said.stdout, said.stderr);
    assert!(said.stderr.contains("No space left") && said.stderr.contains("run again"), "{}", said.stderr);
    assert_eq!(said.stdout.lines().last().unwrap().trim(), "600");
}

/// Feeds a filter a line of so many bytes between two sound articles, and holds its memory to what is allowed.
fn feed_a_long_line(mebibytes: usize, arguments: &[&str], before: &'static [u8], begin: &'static [u8], after: &'static [u8]) -> Said {
    // Twice the largest document, the stages' shares of it, and the program itself.
    const ALLOWED: u64 = 200 << 20;
    let desk = Desk::new();
    let mut filter = desk.start(arguments);
    let mut stdin = filter.stdin.take().unwrap();
    let feeder = thread::spawn(move || {
        let block = vec![b'x'; 1 << 20];
        stdin.write_all(before).unwrap();
        stdin.write_all(begin).unwrap();
        for _ in 0..mebibytes {
            stdin.write_all(&block).unwrap();
        }
        stdin.write_all(after).unwrap();
        stdin
    });
    let stdin = feeder.join().unwrap();
    let peak = peak_memory(&filter);
    drop(stdin);
    let said = Said::from(filter.wait_with_output().unwrap());
    assert!(peak < ALLOWED, "{} MiB were taken for a line of {mebibytes} MiB", peak >> 20);
    said
}

#[test]
fn a_line_without_end_takes_no_more_memory_than_is_allowed() {
    let slow = std::env::var_os("RUN_SLOW_TESTS").is_some();
    let mebibytes = if slow { 1024 } else { 64 };
    let one = b"{\"id\":\"one\",\"text\":\"The ferry left.\"}\n";
    let two = b"\"}\n{\"id\":\"two\",\"text\":\"The ferry came back.\"}\n";
    for format in ["jsonl", "auto"] {
        let said = feed_a_long_line(mebibytes, &["pipe", "--format", format], one, b"{\"text\":\"", two).ended_with(1);
        let ids: Vec<Value> = said.records().iter().map(|record| record["text"].clone()).collect();
        assert_eq!(ids.len(), 2, "{format}: {ids:?}");
        assert!(said.stderr.contains("limit.size") && said.stderr.contains("limits.document_size"), "{format}: {}", said.stderr);
    }
    let said = feed_a_long_line(mebibytes, &["pipe"], b"The ferry left. ", b"", b"\n").ended_with(1);
    assert_eq!(said.stdout, "");
    assert!(said.stderr.contains("limit.size"), "{}", said.stderr);
}

#[test]
fn a_filter_answers_while_its_input_stays_open_and_ends_when_told_to() {
    use rustix::process::{Pid, Signal, kill_process};
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let desk = Desk::new();
        let mut filter = desk.start(&["pipe", "--rejected", "rejected.jsonl"]);
        let mut stdin = filter.stdin.take().unwrap();
        let mut stdout = std::io::BufReader::new(filter.stdout.take().unwrap());
        stdin.write_all(b"{\"text\":\"The ferry left.\"}\n{\"text\":\"The ferry").unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
        crate::desk::read_line(line.trim_end());
        kill_process(Pid::from_child(&filter), signal).unwrap();
        let status = wait_for("the filter's end", || filter.try_wait().unwrap());
        assert_eq!(status.code(), Some(code));
        drop(stdin);
        let said = Said::from(filter.wait_with_output().unwrap());
        assert!(said.stderr.contains("stopped before the end of standard input"), "{}", said.stderr);
        let mut rest = String::new();
        std::io::BufRead::read_line(&mut stdout, &mut rest).unwrap();
        assert_eq!(rest, "", "half an article is none");
        assert_eq!(fs::read_to_string(desk.path("rejected.jsonl")).unwrap(), "");
    }
}

#[test]
fn a_batch_that_is_told_to_stop_says_how_much_is_left_and_goes_on_the_next_time() {
    use rustix::process::{Pid, Signal, kill_process};
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.put("wire/b.txt", ARTICLE);
    // Its writer is not done, so it is waited for.
    let mut open = File::options().append(true).open(desk.path("wire/b.txt")).unwrap();
    let mut batch = desk.start(&["batch", "wire"]);
    wait_for("the first record", || desk.path("out/articles-000001.jsonl").exists().then_some(()));
    kill_process(Pid::from_child(&batch), Signal::INT).unwrap();
    drop(batch.stdin.take());
    let said = Said::from(batch.wait_with_output().unwrap()).ended_with(130);
    assert!(said.stderr.contains("one file left"), "{}", said.stderr);
    open.write_all(b" It came back.").unwrap();
    drop(open);
    desk.run(&["batch", "wire"]).ended_with(0);
    assert_eq!(desk.records("out").len(), 2);
    desk.run(&["verify", "wire"]).ended_with(0);
}

#[test]
fn a_second_signal_ends_a_run_that_cannot_finish_what_is_under_way() {
    use rustix::process::{Pid, Signal, kill_process};
    let desk = Desk::new();
    for number in 0..100 {
        desk.put(&format!("wire/{number:03}.txt"), format!("{ARTICLE} Number {number}. {}", "It rained all day. ".repeat(200)));
    }
    // Nobody reads the records, so that writing them waits for ever.
    let mut batch = desk.start(&["batch", "wire", "-o", "-"]);
    let mut stderr = std::io::BufReader::new(batch.stderr.take().unwrap());
    let mut told = String::new();
    let stdout = batch.stdout.take().unwrap();
    wait_for("the pipe to be full", || (rustix::io::ioctl_fionread(&stdout).unwrap() > 60_000).then_some(()));
    kill_process(Pid::from_child(&batch), Signal::INT).unwrap();
    std::io::BufRead::read_line(&mut stderr, &mut told).unwrap();
    assert!(told.contains("once more to end at once"), "{told}");
    assert!(batch.try_wait().unwrap().is_none(), "what is under way is still to be written");
    kill_process(Pid::from_child(&batch), Signal::TERM).unwrap();
    assert_eq!(wait_for("the end of the run", || batch.try_wait().unwrap()).code(), Some(143));
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_run_quietly() {
    let desk = Desk::new();
    for number in 0..300 {
        desk.put(&format!("wire/{number:03}.txt"), format!("{ARTICLE} Number {number}. {}", "It rained all day. ".repeat(50)));
    }
    let mut batch = desk.start(&["batch", "wire", "-q", "-o", "-"]);
    drop(batch.stdout.take());
    let said = Said::from(batch.wait_with_output().unwrap()).ended_with(0);
    assert_eq!(said.stderr, "");
    desk.run(&["batch", "wire", "-q"]).ended_with(0);
    for looking in [&["tail", "--all"][..], &["schema"], &["status"], &["verify"]] {
        let mut looking = desk.start(looking);
        drop(looking.stdout.take());
        let said = Said::from(looking.wait_with_output().unwrap()).ended_with(0);
        assert_eq!(said.stderr, "");
    }
}
