//! However an article is written, it is read once it is whole.

use std::ffi::CString;
use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::Write as _;
use std::os::fd::AsRawFd as _;
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::daemon::{
    ARTICLE, Daemon, NO_LISTING, article, ended_well, latest, revisions, times, wait_for_records, wait_for_version, wait_for_words,
    whole_lines, wire_desk,
};

/// Trap 1: a slow writer.
#[test]
fn articles_written_letter_by_letter_are_read_whole_and_once() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    let writers = times(8, 64);
    thread::scope(|scope| {
        for writer in 0..writers {
            let desk = &desk;
            scope.spawn(move || {
                for number in [writer, writer + writers, writer + 2 * writers] {
                    let mut file = File::create(desk.path(&format!("wire/{number}.txt"))).unwrap();
                    for (at, piece) in article(number).as_bytes().chunks(9).enumerate() {
                        file.write_all(piece).unwrap();
                        // Now and then longer than a file must be quiet where nothing surer tells.
                        thread::sleep(Duration::from_millis(if at == number % 11 { 400 } else { 10 }));
                    }
                }
            });
        }
    });
    wait_for_records(&desk, 3 * writers);
    for number in 0..3 * writers {
        wait_for_version(&desk, &format!("wire/{number}.txt"), article(number));
    }
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), 3 * writers);
}

/// Trap 2: a writer that closes and opens again.
#[test]
fn an_article_written_in_three_sittings_ends_with_its_last_text() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    let mut all = String::new();
    for sitting in 0..3 {
        let text = article(sitting);
        OpenOptions::new().create(true).append(true).open(desk.path("wire/a.txt")).unwrap().write_all(text.as_bytes()).unwrap();
        all.push_str(&text);
        thread::sleep(Duration::from_millis(400));
    }
    wait_for_version(&desk, "wire/a.txt", &all);
    ended_well(&desk, daemon);
    let revisions = revisions(&desk, "wire/a.txt");
    assert_eq!(revisions, (1..=revisions.len() as u64).collect::<Vec<_>>());
    assert!(revisions.len() <= 3);
}

/// Trap 3: written under another name, and renamed.
#[test]
fn articles_renamed_into_place_are_read_under_their_own_name_only() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    let articles = times(300, 10_000);
    for number in 0..articles {
        desk.put("wire/new.tmp", article(number));
        fs::rename(desk.path("wire/new.tmp"), desk.path(&format!("wire/{number}.txt"))).unwrap();
    }
    wait_for_records(&desk, articles);
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), articles);
    assert!(latest(&desk).keys().all(|name| name.ends_with(".txt")));
}

/// Trap 4: renamed over the article that was there.
#[test]
fn an_article_replaced_again_and_again_ends_with_its_last_text() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    let rounds = times(200, 2000);
    for round in 0..rounds {
        desk.put("wire/.new", article(round));
        fs::rename(desk.path("wire/.new"), desk.path("wire/a.txt")).unwrap();
        thread::sleep(Duration::from_millis(round as u64 % 4));
    }
    wait_for_version(&desk, "wire/a.txt", article(rounds - 1));
    ended_well(&desk, daemon);
    let revisions = revisions(&desk, "wire/a.txt");
    assert_eq!(revisions, (1..=revisions.len() as u64).collect::<Vec<_>>());
}

/// Trap 15: what programs do when they save, and what they leave behind meanwhile. (Vim, Emacs and GNOME's way are in
/// `however_an_editor_saves_the_last_text_is_read_and_nothing_else`.)
#[test]
fn the_files_that_programs_keep_beside_an_article_are_none() {
    let desk = wire_desk();
    let at = |name: &str| desk.path(&format!("wire/{name}"));
    let saved = ["nano", "sed", "jetbrains", "office", "rsync", "kate", "copied"];
    for name in saved {
        desk.put(&format!("wire/{name}.txt"), article(0));
    }
    let daemon = Daemon::start(&desk, &NO_LISTING);
    wait_for_records(&desk, saved.len());
    // Nano and most small editors write over it.
    fs::write(at("nano.txt"), article(1)).unwrap();
    // Sed writes a file of its own and renames it over the old one; the real one shows how fast that is.
    assert!(Command::new("sed").args(["-i", "s/number 0/number 1/"]).arg(at("sed.txt")).status().unwrap().success());
    // JetBrains' programs keep the old text for as long as it takes to put the new one there.
    fs::write(at("jetbrains.txt___jb_tmp___"), article(1)).unwrap();
    fs::rename(at("jetbrains.txt"), at("jetbrains.txt___jb_old___")).unwrap();
    fs::rename(at("jetbrains.txt___jb_tmp___"), at("jetbrains.txt")).unwrap();
    thread::sleep(Duration::from_millis(300));
    fs::remove_file(at("jetbrains.txt___jb_old___")).unwrap();
    // Office programs lock by a file that says who has it open.
    fs::write(at(".~lock.office.txt#"), ",ada,desk,25.11.2026 15:45,file:///home/ada;").unwrap();
    fs::write(at("~$office.txt"), "\u{3}Ada Moe").unwrap();
    fs::write(at("office.txt"), article(1)).unwrap();
    // Rsync writes a hidden name with a random end, Kate a swap file.
    fs::write(at(".rsync.txt.Xa81Bz"), article(1)).unwrap();
    fs::rename(at(".rsync.txt.Xa81Bz"), at("rsync.txt")).unwrap();
    fs::write(at(".kate.txt.kate-swp"), "Kate Swap File 2.0").unwrap();
    fs::write(at("kate.txt"), article(1)).unwrap();
    desk.put("draft.txt", article(1));
    assert!(Command::new("cp").arg("-p").arg(desk.path("draft.txt")).arg(at("copied.txt")).status().unwrap().success());
    // Transfers that take their time, and are renamed when they are complete.
    for (number, suffix) in ["filepart", "part", "crdownload", "download", "partial"].iter().enumerate() {
        let unfinished = at(&format!("fetched-{number}.txt.{suffix}"));
        fs::write(&unfinished, &article(1)[..40]).unwrap();
        thread::sleep(Duration::from_millis(100));
        OpenOptions::new().append(true).open(&unfinished).unwrap().write_all(&article(1).as_bytes()[40..]).unwrap();
        fs::rename(&unfinished, at(&format!("fetched-{number}.txt"))).unwrap();
    }
    fs::rename(desk.path("draft.txt"), at("moved.txt")).unwrap();
    wait_for_records(&desk, saved.len() + 6);
    for name in saved {
        assert_eq!(wait_for_version(&desk, &format!("wire/{name}.txt"), article(1))["revision"], 2, "{name}");
    }
    ended_well(&desk, daemon);
    let expected = saved.len() + 6;
    assert_eq!(latest(&desk).len(), expected, "{:?}", latest(&desk).into_keys());
    assert!(desk.rejected("out").is_empty());
}

/// Trap 18: gone before it can be opened.
#[test]
fn files_that_vanish_at_once_leave_no_trace() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    for number in 0..times(1000, 10_000) {
        let path = desk.path(&format!("wire/{number}.txt"));
        File::create(&path).unwrap();
        fs::remove_file(&path).unwrap();
    }
    desk.put("wire/stays.txt", ARTICLE);
    wait_for_words(&desk, "wire/stays.txt", "two per cent");
    let said = ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), 1);
    assert!(said.lines().count() < 20, "{said}");
    assert!(desk.rejected("out").is_empty());
}

/// Trap 20: size and time as before.
#[test]
fn a_text_of_the_same_size_and_time_is_read_all_the_same() {
    let desk = wire_desk();
    desk.put("wire/a.txt", article(1));
    let daemon = Daemon::start(&desk, &NO_LISTING);
    wait_for_words(&desk, "wire/a.txt", "number 1 ");
    for round in 2..7 {
        let modified = fs::metadata(desk.path("wire/a.txt")).unwrap().modified().unwrap();
        let mut file = OpenOptions::new().write(true).open(desk.path("wire/a.txt")).unwrap();
        file.write_all(article(round).as_bytes()).unwrap();
        file.set_times(FileTimes::new().set_modified(modified)).unwrap();
        drop(file);
        wait_for_words(&desk, "wire/a.txt", &format!("number {round} "));
        assert_eq!(fs::metadata(desk.path("wire/a.txt")).unwrap().modified().unwrap(), modified);
    }
    ended_well(&desk, daemon);
    // And while nobody watches.
    let modified = fs::metadata(desk.path("wire/a.txt")).unwrap().modified().unwrap();
    let mut file = OpenOptions::new().write(true).open(desk.path("wire/a.txt")).unwrap();
    file.write_all(article(8).as_bytes()).unwrap();
    file.set_times(FileTimes::new().set_modified(modified)).unwrap();
    drop(file);
    desk.run(&["batch", "wire"]).ended_with(0);
    wait_for_words(&desk, "wire/a.txt", "number 8 ");
}

/// Trap 21: written through memory, which tells nothing until it is let go.
#[test]
fn an_article_written_through_memory_is_read_whole() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    let text = article(1);
    let path = CString::new(desk.path("wire/a.txt").into_os_string().into_encoded_bytes()).unwrap();
    let file = File::options().read(true).write(true).create_new(true).open(desk.path("wire/a.txt")).unwrap();
    file.set_len(text.len() as u64).unwrap();
    // SAFETY: the file is as long as the mapping, and nothing else in this process touches that memory.
    let memory =
        unsafe { libc::mmap(std::ptr::null_mut(), text.len(), libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED, file.as_raw_fd(), 0) };
    assert_ne!(memory, libc::MAP_FAILED, "{path:?}");
    drop(file);
    let (first, second) = text.as_bytes().split_at(40);
    // SAFETY: both halves lie within the mapping.
    unsafe { std::ptr::copy_nonoverlapping(first.as_ptr(), memory.cast::<u8>(), first.len()) };
    thread::sleep(Duration::from_millis(800));
    // SAFETY: as above; nobody uses the memory after it is let go.
    unsafe {
        std::ptr::copy_nonoverlapping(second.as_ptr(), memory.cast::<u8>().add(40), second.len());
        libc::munmap(memory, text.len());
    }
    wait_for_version(&desk, "wire/a.txt", &text);
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), 1);
}
