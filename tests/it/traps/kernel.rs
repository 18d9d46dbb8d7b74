//! What the kernel can refuse or lose: its queue, its watches, its events altogether.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use rustix::process::Signal;

use crate::daemon::{ARTICLE, Daemon, NO_LISTING, article, ended_well, times, wait_for_records, wait_for_words, whole_lines, wire_desk};
use crate::desk::Desk;

/// Trap 7: the kernel's queue of events overflows.
#[test]
fn articles_whose_events_were_lost_are_read() {
    let queued: usize = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().unwrap();
    if queued > 200_000 {
        eprintln!("skipped: this kernel keeps {queued} events");
        return;
    }
    let desk = wire_desk();
    desk.put("wire/a.txt", article(0));
    desk.put("wire/b.txt", article(0));
    let daemon = Daemon::start(&desk, &[&NO_LISTING[..], &["-v"]].concat());
    wait_for_records(&desk, 2);
    daemon.suspend();
    // Two in turn: the kernel counts the same event twice over as one.
    for number in 0..queued + 5000 {
        let name = if number % 2 == 0 { "wire/a.txt" } else { "wire/b.txt" };
        fs::set_permissions(desk.path(name), Permissions::from_mode(0o600 + number as u32 % 4)).unwrap();
    }
    let articles = times(300, 50_000);
    for number in 0..articles {
        desk.put(&format!("wire/{}/{number}.txt", number % 20), article(number));
    }
    daemon.signal(Signal::CONT);
    wait_for_records(&desk, articles + 2);
    let said = ended_well(&desk, daemon);
    assert!(said.contains("file events were lost"), "{said}");
    assert_eq!(whole_lines(&desk.path("out")).len(), articles + 2);
}

/// A daemon in a name space of users in which the kernel grants less.
fn start_with(desk: &Desk, limit: &str) -> Option<Daemon> {
    let script = format!("echo {limit}");
    let tried = Command::new("unshare").args(["-r", "sh", "-c", &script]).output();
    if !tried.as_ref().is_ok_and(|tried| tried.status.success()) {
        eprintln!("skipped: this machine refuses `{script}` in a name space of users");
        return None;
    }
    let script = format!("{script} && exec \"$0\" \"$@\"");
    Some(Daemon::start_by(desk, &["unshare", "-r", "sh", "-c", &script], &NO_LISTING))
}

/// Trap 8: no more watches.
#[test]
fn folders_beyond_the_kernels_watches_are_listed_and_the_log_says_so() {
    let desk = wire_desk();
    for folder in 0..40 {
        desk.put(&format!("wire/{folder}/first.txt"), article(folder));
    }
    let Some(daemon) = start_with(&desk, "10 > /proc/sys/user/max_inotify_watches") else { return };
    wait_for_records(&desk, 40);
    for folder in 0..40 {
        desk.put(&format!("wire/{folder}/second.txt"), article(folder));
        desk.put(&format!("wire/{folder}/new/third.txt"), article(folder));
    }
    wait_for_records(&desk, 120);
    desk.put("wire/39/first.txt", article(99));
    wait_for_words(&desk, "wire/39/first.txt", "number 99 ");
    let said = ended_well(&desk, daemon);
    assert!(said.contains("no more watches") && said.contains("sysctl fs.inotify.max_user_watches"), "{said}");
    assert_eq!(said.matches("no more watches").count(), 1, "{said}");
}

/// Traps 8 and 13: no events at all, as from the file system of another machine.
#[test]
fn without_any_events_folders_are_listed() {
    let desk = wire_desk();
    desk.put("wire/there.txt", ARTICLE);
    let Some(daemon) = start_with(&desk, "0 > /proc/sys/user/max_inotify_instances") else { return };
    wait_for_words(&desk, "wire/there.txt", "two per cent");
    desk.put("wire/new/folder/a.txt", article(1));
    wait_for_words(&desk, "wire/new/folder/a.txt", "number 1 ");
    desk.put("wire/new/folder/a.txt", article(2));
    wait_for_words(&desk, "wire/new/folder/a.txt", "number 2 ");
    fs::rename(desk.path("wire"), desk.path("old")).unwrap();
    desk.put("wire/b.txt", article(3));
    wait_for_words(&desk, "wire/b.txt", "number 3 ");
    let said = ended_well(&desk, daemon);
    assert!(said.contains("no file events can be had"), "{said}");
    assert_eq!(whole_lines(&desk.path("out")).len(), 4);
}

/// Trap 7: a daemon that is stopped for a while, as by a debugger or a laptop's lid.
#[test]
fn a_daemon_that_slept_catches_up() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    for round in 0..3 {
        desk.put(&format!("wire/{round}.txt"), article(round));
        wait_for_words(&desk, &format!("wire/{round}.txt"), &format!("number {round} "));
        daemon.suspend();
        desk.put(&format!("wire/{round}.txt"), article(10 + round));
        fs::remove_dir_all(desk.path("wire/day")).or_else(|_| fs::create_dir(desk.path("wire/day"))).unwrap();
        desk.put("wire/day/a.txt", article(20 + round));
        daemon.signal(Signal::CONT);
        wait_for_words(&desk, &format!("wire/{round}.txt"), &format!("number {} ", 10 + round));
        wait_for_words(&desk, "wire/day/a.txt", &format!("number {} ", 20 + round));
    }
    ended_well(&desk, daemon);
}
