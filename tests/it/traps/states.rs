//! States of files that mislead: an inode used again, rights that come and go, clocks, sizes, links, locks.

use std::fs::{self, File, FileTimes, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::geteuid;

use crate::daemon::{
    ARTICLE, Daemon, NO_LISTING, article, ended_well, latest, revisions, times, wait_for_records, wait_for_version, wait_for_words,
    whole_lines, wire_desk,
};
use crate::desk::{Desk, wait_for};

/// Trap 19: another file with the inode, the size, the time and the beginning of the old one.
#[test]
fn a_new_article_in_the_place_of_the_old_one_is_told_from_it() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    let head = "The harbour master counted the boats again. ".repeat(40);
    let text = |round: usize| format!("The tale of the boats\n\n{head}\n\nHe found {round:04} of them this time.\n");
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let rounds = times(100, 3000);
    for round in 0..rounds {
        let path = desk.path("wire/a.txt");
        let _ = fs::remove_file(&path);
        let mut file = File::create(&path).unwrap();
        file.write_all(text(round).as_bytes()).unwrap();
        file.set_times(FileTimes::new().set_modified(time)).unwrap();
        drop(file);
        thread::sleep(Duration::from_millis(round as u64 % 3 * 4));
    }
    wait_for_version(&desk, "wire/a.txt", text(rounds - 1));
    ended_well(&desk, daemon);
    let revisions = revisions(&desk, "wire/a.txt");
    assert_eq!(revisions, (1..=revisions.len() as u64).collect::<Vec<_>>());
}

/// Trap 22: one file under several names.
#[test]
fn an_article_linked_in_is_read_under_each_name_and_a_change_behind_its_back_is_found_by_listing() {
    let desk = wire_desk();
    desk.put("drafts/a.txt", article(1));
    let daemon = Daemon::start(&desk, &["wire", "--set", "input.rescan=1s"]);
    fs::hard_link(desk.path("drafts/a.txt"), desk.path("wire/a.txt")).unwrap();
    wait_for_words(&desk, "wire/a.txt", "number 1 ");
    fs::hard_link(desk.path("drafts/a.txt"), desk.path("wire/b.txt")).unwrap();
    wait_for_words(&desk, "wire/b.txt", "number 1 ");
    // Written through the name outside, of which nobody is told.
    fs::write(desk.path("drafts/a.txt"), article(2)).unwrap();
    wait_for_words(&desk, "wire/a.txt", "number 2 ");
    wait_for_words(&desk, "wire/b.txt", "number 2 ");
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), 4);
}

/// A daemon that may not read what it is not allowed to, also where the tests are run by the superuser.
fn start_without_privileges(desk: &Desk) -> Option<Daemon> {
    if !geteuid().is_root() {
        return Some(Daemon::start(desk, &NO_LISTING));
    }
    let given_up = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"];
    if !Command::new(given_up[0]).args(&given_up[1..]).arg("true").status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: the superuser cannot give up its rights here");
        return None;
    }
    Some(Daemon::start_by(desk, &given_up, &NO_LISTING))
}

/// Trap 26: rights that come later.
#[test]
fn files_and_folders_that_may_not_be_read_are_read_once_they_may() {
    let desk = wire_desk();
    desk.put("wire/a.txt", article(1));
    desk.put("wire/closed/b.txt", article(2));
    let allow = |name: &str, mode| fs::set_permissions(desk.path(name), Permissions::from_mode(mode)).unwrap();
    allow("wire/a.txt", 0o0);
    allow("wire/closed", 0o0);
    let Some(daemon) = start_without_privileges(&desk) else { return };
    wait_for("the rejection", || whole_lines(&desk.path("out/rejected")).pop());
    allow("wire/closed", 0o755);
    wait_for_words(&desk, "wire/closed/b.txt", "number 2 ");
    allow("wire/a.txt", 0o644);
    let record = wait_for_words(&desk, "wire/a.txt", "number 1 ");
    assert_eq!(record["settles"], record["id"]);
    // What is closed again is no news.
    allow("wire/a.txt", 0o0);
    desk.put("wire/c.txt", article(3));
    wait_for_words(&desk, "wire/c.txt", "number 3 ");
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said.matches("folder not readable").count(), 1, "{said}");
    assert_eq!(latest(&desk).len(), 3);
    allow("wire/a.txt", 0o644);
}

/// Trap 27: times of long ago, and of the future.
#[test]
fn articles_from_the_past_and_the_future_are_read_like_any_other() {
    let desk = wire_desk();
    let put = |name: &str, number, time| {
        desk.put(name, article(number));
        File::options().write(true).open(desk.path(name)).unwrap().set_times(FileTimes::new().set_modified(time)).unwrap();
    };
    let (past, future) = (SystemTime::UNIX_EPOCH, SystemTime::now() + Duration::from_secs(30 * 365 * 86_400));
    put("wire/past.txt", 1, past);
    put("wire/future.txt", 2, future);
    let daemon = Daemon::start(&desk, &NO_LISTING);
    wait_for_records(&desk, 2);
    put("outside/past.txt", 3, past);
    put("outside/future.txt", 4, future);
    fs::rename(desk.path("outside"), desk.path("wire/moved")).unwrap();
    wait_for_records(&desk, 4);
    put("wire/past.txt", 5, past);
    put("wire/future.txt", 6, future);
    wait_for_words(&desk, "wire/past.txt", "number 5 ");
    wait_for_words(&desk, "wire/future.txt", "number 6 ");
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), 6);
    desk.run(&["batch", "wire"]).ended_with(0);
    assert_eq!(whole_lines(&desk.path("out")).len(), 6);
}

/// Trap 27: a clock that was put back since, so that files have changed in the future.
#[test]
fn a_file_that_changed_in_the_future_is_not_read_over_and_over() {
    let desk = wire_desk();
    let long = ARTICLE.repeat(2000) + &article(1);
    desk.put("content/a.txt", &long);
    let disk = "truncate -s 16M disk && /sbin/mkfs.ext4 -q -I 256 -d content disk \
                && /sbin/debugfs -w -R 'set_inode_field a.txt ctime 20350101000000' disk 2>/dev/null && mount -o loop disk wire";
    let Some(daemon) = Daemon::start_in_namespace(&desk, disk, &[&NO_LISTING[..], &["-v"]].concat()) else { return };
    wait_for_words(&desk, "wire/a.txt", "number 1 ");
    let read = || {
        let counted = fs::read_to_string(format!("/proc/{}/io", daemon.id())).unwrap();
        counted.lines().find_map(|line| line.strip_prefix("rchar: ")).unwrap().parse::<u64>().unwrap()
    };
    // Once more after the clock's tick, which for such times may be two seconds.
    thread::sleep(Duration::from_millis(4000));
    let before = read();
    thread::sleep(Duration::from_millis(5000));
    let again = read() - before;
    assert!(again < long.len() as u64, "{again} bytes were read although nothing happened");
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
}

/// Trap 28: empty files, and one that claims to be enormous.
#[test]
fn an_empty_file_waits_for_its_text_and_an_enormous_one_is_refused_unread() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    File::create(desk.path("wire/empty.txt")).unwrap();
    File::create(desk.path("wire/later.txt")).unwrap();
    let begun = Instant::now();
    // One that begins like an article, and one that is nothing but a hole.
    desk.put("enormous.txt", ARTICLE.repeat(2000));
    for name in ["enormous.txt", "hole.txt"] {
        File::options().create(true).append(true).open(desk.path(name)).unwrap().set_len(100 << 30).unwrap();
        fs::rename(desk.path(name), desk.path("wire").join(name)).unwrap();
    }
    desk.put("wire/a.txt", article(1));
    wait_for_words(&desk, "wire/a.txt", "number 1 ");
    let rejected = wait_for("the rejection", || whole_lines(&desk.path("out/rejected")).pop());
    assert_eq!(rejected["code"], "limit.size");
    assert!(rejected["error"].as_str().unwrap().contains("limits.document_size"), "{rejected}");
    assert!(begun.elapsed() < Duration::from_secs(10), "it was read");
    OpenOptions::new().append(true).open(desk.path("wire/later.txt")).unwrap().write_all(article(2).as_bytes()).unwrap();
    wait_for_words(&desk, "wire/later.txt", "number 2 ");
    ended_well(&desk, daemon);
    assert_eq!(latest(&desk).into_keys().collect::<Vec<_>>(), ["wire/a.txt", "wire/later.txt"]);
    assert_eq!(whole_lines(&desk.path("out/rejected")).len(), 1);
}

/// Trap 29: what copydesk writes lies in what it reads.
#[test]
fn an_output_within_the_input_feeds_nobody() {
    let desk = wire_desk();
    desk.put("wire/a.txt", article(1));
    let daemon =
        Daemon::start(&desk, &[&NO_LISTING[..], &["-o", "wire/out", "--set", "input.after=move", "--set", "input.move_to=done"]].concat());
    wait_for("the record", || (whole_lines(&desk.path("wire/out")).len() == 1).then_some(()));
    desk.put("wire/b.txt", article(2));
    wait_for("the second record", || (whole_lines(&desk.path("wire/out")).len() == 2).then_some(()));
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    // Also where the input is given by another name, and listed anew by the next run.
    std::os::unix::fs::symlink("wire", desk.path("also")).unwrap();
    let daemon = Daemon::start(&desk, &["wire=also", "-o", "wire/out", "--set", "input.rescan=1s"]);
    desk.put("wire/c.txt", article(3));
    wait_for("the third record", || (whole_lines(&desk.path("wire/out")).len() == 3).then_some(()));
    thread::sleep(Duration::from_millis(1500));
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(whole_lines(&desk.path("wire/out")).len(), 3);
    assert_eq!(whole_lines(&desk.path("wire/out/rejected")).len(), 0);
}

/// Trap 30: two daemons on one input, each with an output of its own. (Two on one output are in
/// `two_daemons_do_not_share_an_output_folder`.)
#[test]
fn two_daemons_that_both_move_what_they_have_read_do_not_trip_over_each_other() {
    let desk = wire_desk();
    let start = |out: &'static str, done: &str| {
        let done = format!("input.move_to={done}");
        Daemon::start(&desk, &[&NO_LISTING[..], &["-o", out, "--set", "input.after=move", "--set", &done]].concat())
    };
    let (one, two) = (start("out", "done-1"), start("out-2", "done-2"));
    let articles = times(60, 2000);
    for number in 0..articles {
        desk.put(&format!("wire/{number}.txt"), article(number));
    }
    wait_for("all to be moved", || (fs::read_dir(desk.path("wire")).unwrap().count() == 0).then_some(()));
    for daemon in [one, two] {
        let (code, said) = daemon.stop();
        assert_eq!(code, Some(0), "{said}");
    }
    let count = |folder: &str| fs::read_dir(desk.path(folder)).map_or(0, |entries| entries.count());
    assert_eq!(count("done-1/wire") + count("done-2/wire"), articles, "each lies in one place");
    let mut read = latest(&desk);
    read.extend(whole_lines(&desk.path("out-2")).into_iter().map(|record| (crate::daemon::name_of(&record), record)));
    assert_eq!(read.len(), articles, "each is read by one of them at least");
}

/// Trap 31: an input on which nothing can be changed.
#[test]
fn an_input_that_is_read_only_is_read_and_what_cannot_be_moved_stays() {
    let desk = wire_desk();
    for number in 0..20 {
        desk.put(&format!("wire/{number}.txt"), article(number));
    }
    let moving = ["wire", "--set", "input.rescan=1s", "--set", "input.after=move", "--set", "input.move_to=done"];
    let Some(daemon) = Daemon::start_in_namespace(&desk, "mount --bind wire wire && mount -o remount,ro,bind wire", &moving) else {
        return;
    };
    wait_for_records(&desk, 20);
    // Listed again, they are neither read nor complained about again.
    thread::sleep(Duration::from_millis(2500));
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("input not moved") && said.contains("Read-only file system"), "{said}");
    assert_eq!(said.matches("input not moved").count(), 1, "{said}");
    assert_eq!(whole_lines(&desk.path("out")).len(), 20);
    assert!(Path::new(&desk.path("wire/0.txt")).exists());
}

/// Trap 32: backup and security programs that touch everything.
#[test]
fn a_storm_of_changed_rights_and_times_is_no_news() {
    let desk = wire_desk();
    for number in 0..20 {
        desk.put(&format!("wire/{number}.txt"), article(number));
    }
    let daemon = Daemon::start(&desk, &NO_LISTING);
    wait_for_records(&desk, 20);
    for round in 0..times(100, 5000) {
        for number in 0..20 {
            fs::set_permissions(desk.path(&format!("wire/{number}.txt")), Permissions::from_mode(0o600 + round as u32 % 8)).unwrap();
        }
    }
    for number in 0..20 {
        let file = File::options().write(true).open(desk.path(&format!("wire/{number}.txt"))).unwrap();
        file.set_times(FileTimes::new().set_modified(SystemTime::now()).set_accessed(SystemTime::now())).unwrap();
    }
    desk.put("wire/last.txt", ARTICLE);
    wait_for_words(&desk, "wire/last.txt", "two per cent");
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), 21);
}
