//! Names that lead elsewhere, that are no text, that are too long, and that are no files.

use std::ffi::OsStr;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, OFlags, makedev, mkdirat, mknodat, openat};

use crate::daemon::{
    ARTICLE, Daemon, NO_LISTING, article, ended_well, latest, times, wait_for_records, wait_for_words, whole_lines, wire_desk,
};

/// Trap 12: links that go round, nowhere, or out.
#[test]
fn links_lead_nowhere_unless_that_is_asked_for() {
    let desk = wire_desk();
    desk.put("vault/secret.txt", article(99));
    desk.put("vault/deep/secret.txt", article(98));
    desk.put("wire/a.txt", article(1));
    let at = |name: &str| desk.path(&format!("wire/{name}"));
    symlink(".", at("loop")).unwrap();
    symlink("round.txt", at("round.txt")).unwrap();
    symlink("../vault", at("out")).unwrap();
    symlink("../vault/secret.txt", at("out.txt")).unwrap();
    symlink("/etc", at("etc")).unwrap();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    wait_for_words(&desk, "wire/a.txt", "number 1 ");
    symlink("../vault", at("later")).unwrap();
    symlink("../vault/secret.txt", at("later.txt")).unwrap();
    desk.put("vault/more.txt", article(97));
    desk.put("wire/b.txt", article(2));
    wait_for_words(&desk, "wire/b.txt", "number 2 ");
    ended_well(&desk, daemon);
    assert_eq!(latest(&desk).into_keys().collect::<Vec<_>>(), ["wire/a.txt", "wire/b.txt"]);
    // Asked for, each folder is read where it lies, and one that leads back into itself is not entered again.
    fs::remove_file(at("etc")).unwrap();
    desk.run(&["batch", "wire", "-o", "followed", "--set", "input.follow_symlinks=true"]);
    let followed = desk.records("followed").len();
    assert_eq!(followed, 2 + 3 + 1 + 3 + 1, "a, b, out/, out.txt, later/ and later.txt");
}

/// Trap 12: a file, or a folder on the way to it, that is swapped for a link while it is read.
#[test]
fn no_link_that_is_swapped_in_leads_a_reader_out() {
    let desk = wire_desk();
    desk.put("vault/a.txt", "The secret of the vault\n\nNobody is to read this sentence about the vault.\n");
    let daemon = Daemon::start(&desk, &NO_LISTING);
    let at = |name: &str| desk.path(&format!("wire/{name}"));
    for round in 0..times(150, 5000) {
        // A file of an unlucky moment, and a folder.
        desk.put("wire/day/a.txt", article(round));
        desk.put("wire/new.tmp", article(round));
        fs::rename(at("new.tmp"), at("b.txt")).unwrap();
        thread::sleep(Duration::from_micros(round as u64 % 7 * 300));
        fs::rename(at("day"), desk.path("day")).unwrap();
        symlink("../vault", at("day")).unwrap();
        symlink("../vault/a.txt", at("new.tmp")).unwrap();
        fs::rename(at("new.tmp"), at("b.txt")).unwrap();
        thread::sleep(Duration::from_micros(round as u64 % 5 * 500));
        fs::remove_file(at("day")).unwrap();
        fs::rename(desk.path("day"), at("day")).unwrap();
    }
    desk.put("wire/last.txt", ARTICLE);
    wait_for_words(&desk, "wire/last.txt", "two per cent");
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(whole_lines(&desk.path("out")).iter().all(|record| !record["text"].as_str().unwrap().contains("vault")));
}

/// Trap 23: names of any bytes.
#[test]
fn names_of_any_bytes_come_back_in_their_records() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    let long = [b"a".repeat(251).as_slice(), b".txt"].concat();
    let names = [
        &b"caf\xe9.txt"[..],
        b"two\nlines.txt",
        b"\"quoted\".txt",
        b"-rf.txt",
        b"tab\tbell\x07.txt",
        "\u{202E}txt.daolnwod".as_bytes(),
        "cafe\u{301}.txt".as_bytes(),
        "caf\u{e9}.txt".as_bytes(),
        b"A.txt",
        b"a.txt",
        b" .txt",
        b"\xff\xfe.txt",
        &long,
    ];
    for (number, name) in names.iter().enumerate() {
        fs::write(desk.path("wire").join(OsStr::from_bytes(name)), article(number)).unwrap();
        fs::create_dir(desk.path("wire").join(OsStr::from_bytes(&[*name, b"_"].concat()[..name.len().min(250)]))).ok();
    }
    // Two of them look the same to a person, and are two articles; two look the same in UTF-8, and are two as well.
    wait_for("all", &desk, names.len());
    ended_well(&desk, daemon);
    let records = whole_lines(&desk.path("out"));
    assert_eq!(records.len(), names.len());
    for (number, name) in names.iter().enumerate() {
        let record = records.iter().find(|record| record["text"].as_str().unwrap().contains(&format!("number {number} of"))).unwrap();
        let path = [b"wire/", *name].concat();
        match str::from_utf8(&path) {
            Ok(path) => assert_eq!(record["source"]["path"], path),
            Err(_) => {
                use base64::Engine as _;
                assert_eq!(record["source"]["path_bytes"], base64::engine::general_purpose::STANDARD.encode(&path));
            }
        }
    }
}

#[track_caller]
fn wait_for(what: &str, desk: &crate::desk::Desk, records: usize) {
    crate::desk::wait_for(what, || (whole_lines(&desk.path("out")).len() >= records).then_some(()));
}

/// Makes folders within folders, all of one name, and puts an article into those of these depths.
fn dig(desk: &crate::desk::Desk, name: &str, depth: usize, articles: &[usize]) {
    let mode = Mode::from_raw_mode(0o755);
    let open = |folder: &OwnedFd, name: &str, flags| openat(folder, name, flags, Mode::from_raw_mode(0o644)).unwrap();
    let mut folder = openat(CWD, desk.path("wire"), OFlags::DIRECTORY | OFlags::RDONLY, Mode::empty()).unwrap();
    for at in 1..=depth {
        mkdirat(&folder, name, mode).unwrap();
        folder = open(&folder, name, OFlags::DIRECTORY | OFlags::RDONLY);
        if articles.contains(&at) {
            let file = open(&folder, "a.txt", OFlags::CREATE | OFlags::WRONLY);
            rustix::io::write(&file, article(at).as_bytes()).unwrap();
        }
    }
}

/// Trap 23: folders within folders, beyond the length of path that the kernel takes.
#[test]
fn an_article_five_thousand_folders_deep_is_read() {
    let desk = wire_desk();
    dig(&desk, "d", 5000, &[3, 1500, 3000, 5000]);
    desk.run(&["batch", "wire"]).ended_with(0);
    let depth = |record: &serde_json::Value| record["source"]["path"].as_str().unwrap().matches("/d").count();
    let mut depths: Vec<usize> = desk.records("out").iter().map(depth).collect();
    depths.sort_unstable();
    assert_eq!(depths, [3, 1500, 3000, 5000]);
    desk.run(&["verify", "wire"]).ended_with(0);
    // What lies too deep to be watched is listed.
    let daemon = Daemon::start(&desk, &NO_LISTING);
    desk.put("wire/b.txt", article(1));
    wait_for_records(&desk, 5);
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said.matches("not watched").count(), 1);
    // The library's own way of removing folders would run out of descriptors.
    assert!(Command::new("rm").arg("-rf").arg(desk.path("wire")).status().unwrap().success());
}

/// Trap 23: folders without end are counted, and named.
#[test]
fn folders_too_deep_to_be_read_are_counted_and_named() {
    let desk = wire_desk();
    dig(&desk, &"d".repeat(200), 170, &[2, 170]);
    let said = desk.run(&["batch", "wire"]).ended_with(1).stderr;
    assert_eq!(desk.records("out").len(), 1);
    assert!(said.contains("folder not readable") && said.contains("/ddd"), "{} bytes", said.len());
    assert!(Command::new("rm").arg("-rf").arg(desk.path("wire")).status().unwrap().success());
}

/// Trap 24: what has a name like an article and is no file.
#[test]
fn pipes_sockets_devices_and_folders_named_like_articles_disturb_nobody() {
    let desk = wire_desk();
    let at = |name: &str| desk.path(&format!("wire/{name}"));
    let daemon = Daemon::start(&desk, &NO_LISTING);
    let mode = Mode::from_raw_mode(0o644);
    mknodat(CWD, at("pipe.txt"), FileType::Fifo, mode, 0).unwrap();
    let _socket = UnixListener::bind(at("socket.txt")).unwrap();
    // The device that gives zeros without end; only the superuser may make one.
    let _ = mknodat(CWD, at("zero.txt"), FileType::CharacterDevice, mode, makedev(1, 5));
    fs::create_dir(at("folder.txt")).unwrap();
    desk.put("wire/folder.txt/a.txt", article(1));
    symlink("/proc/version", at("version.txt")).unwrap();
    wait_for_words(&desk, "wire/folder.txt/a.txt", "number 1 ");
    ended_well(&desk, daemon);
    desk.run(&["batch", "wire"]).ended_with(0);
    assert_eq!(whole_lines(&desk.path("out")).len(), 1);
    // Of a file of the kernel's the size is not known before it is read: it is answered for when it is named.
    desk.run(&["batch", "/proc/version", "-o", "kernel"]).ended_with(1);
    assert_eq!(desk.rejected("kernel").len(), 1);
}

/// Trap 25: a folder in which `A.txt` and `a.txt` are the same file.
#[test]
fn an_article_in_a_folder_without_cases_is_read_once() {
    let desk = wire_desk();
    let disk = "truncate -s 32M disk && /sbin/mkfs.ext4 -q -O casefold -E encoding=utf8 disk && mount -o loop disk wire && mkdir -p wire/day && chattr +F wire/day";
    let Some(daemon) = Daemon::start_in_namespace(&desk, disk, &NO_LISTING) else { return };
    let inside = |name: &str| daemon.sees(&desk.path("wire/day").join(name));
    crate::desk::wait_for("the disk", || inside(".").exists().then_some(()));
    fs::write(inside("Ferry.txt"), article(1)).unwrap();
    wait_for_words(&desk, "wire/day/Ferry.txt", "number 1 ");
    // Under a name in other letters the same file is written; the kernel tells of it as the writer called it.
    fs::write(inside("FERRY.TXT"), article(2)).unwrap();
    crate::desk::wait_for("the new text", || {
        whole_lines(&desk.path("out")).into_iter().find(|record| record["text"].as_str().unwrap().contains("number 2 "))
    });
    fs::write(inside("last.txt"), article(3)).unwrap();
    wait_for_words(&desk, "wire/day/last.txt", "number 3 ");
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(latest(&desk).into_keys().collect::<Vec<_>>(), ["wire/day/Ferry.txt", "wire/day/last.txt"]);
}
