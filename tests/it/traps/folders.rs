//! Folders come, go, are swapped and mounted over: what is in them is read, without waiting for the next listing.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use crate::daemon::{
    ARTICLE, Daemon, NO_LISTING, article, ended_well, latest, times, wait_for_records, wait_for_words, whole_lines, wire_desk,
};
use crate::desk::Desk;

/// Traps 5 and 16: folders that come with all that is in them.
#[test]
fn folders_moved_in_one_by_one_and_in_one_piece_are_read() {
    let desk = wire_desk();
    let folders = times(300, 10_000);
    for number in 0..folders {
        desk.put(&format!("outside/{}/{number}/a.txt", number % 2), article(number));
    }
    let daemon = Daemon::start(&desk, &NO_LISTING);
    desk.put("wire/first.txt", ARTICLE);
    wait_for_records(&desk, 1);
    fs::rename(desk.path("outside/0"), desk.path("wire/whole")).unwrap();
    for number in (0..folders).filter(|number| number % 2 == 1) {
        fs::rename(desk.path(&format!("outside/1/{number}")), desk.path(&format!("wire/{number}"))).unwrap();
    }
    wait_for_records(&desk, folders + 1);
    // They are watched from now on.
    desk.put("wire/whole/0/b.txt", article(1));
    desk.put("wire/1/b.txt", article(1));
    wait_for_records(&desk, folders + 3);
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), folders + 3);
}

/// Trap 6: folders that are made, and written into at once.
#[test]
fn an_article_in_folders_that_were_just_made_is_read() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    let folders = times(300, 10_000);
    for number in 0..folders {
        desk.put(&format!("wire/{number}/x/y/a.txt"), article(number));
    }
    wait_for_records(&desk, folders);
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), folders);
}

/// Traps 9 and 10: the input is deleted and made again, or another takes its place, and articles are there at once.
#[test]
fn an_input_that_is_made_again_or_swapped_loses_nothing() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    for round in 0..times(8, 50) {
        if round % 2 == 0 {
            fs::remove_dir_all(desk.path("wire")).unwrap();
        } else {
            fs::rename(desk.path("wire"), desk.path(&format!("old-{round}"))).unwrap();
        }
        for number in 0..5 {
            desk.put(&format!("wire/{}/{round}-{number}.txt", number % 2), article(round * 5 + number));
        }
        wait_for_records(&desk, (round + 1) * 5);
    }
    ended_well(&desk, daemon);
}

/// Trap 11: a disk that is mounted over the input later, and taken away again.
#[test]
fn a_disk_that_is_mounted_over_the_input_is_read_and_so_is_what_lay_below() {
    let desk = wire_desk();
    desk.put("wire/below.txt", article(1));
    let Some(daemon) = Daemon::start_in_namespace(&desk, "mount --bind wire wire && umount wire", &NO_LISTING) else {
        return;
    };
    wait_for_words(&desk, "wire/below.txt", "number 1 ");
    let inside = |name: &str| -> PathBuf { daemon.sees(&desk.path("wire").join(name)) };
    assert!(daemon.inside(&desk, "mount -t tmpfs none wire"));
    fs::write(inside("mounted.txt"), article(2)).unwrap();
    wait_for_words(&desk, "wire/mounted.txt", "number 2 ");
    fs::write(inside("later.txt"), article(3)).unwrap();
    wait_for_words(&desk, "wire/later.txt", "number 3 ");
    assert!(daemon.inside(&desk, "umount wire"));
    fs::write(inside("again.txt"), article(4)).unwrap();
    wait_for_words(&desk, "wire/again.txt", "number 4 ");
    // A disk that was away is no reason to say anything of its articles.
    assert_eq!(whole_lines(&desk.path("out")).len(), 4);
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
}

/// Trap 11: the same for a folder below the input, of which the folder above tells nothing.
#[test]
fn a_disk_that_is_mounted_below_the_input_is_read() {
    let desk = wire_desk();
    desk.put("wire/card/below.txt", article(1));
    let Some(daemon) = Daemon::start_in_namespace(&desk, "mount --bind wire wire && umount wire", &NO_LISTING) else { return };
    wait_for_words(&desk, "wire/card/below.txt", "number 1 ");
    let inside = |name: &str| -> PathBuf { daemon.sees(&desk.path("wire/card").join(name)) };
    assert!(daemon.inside(&desk, "mount -t tmpfs none wire/card"));
    fs::write(inside("mounted.txt"), article(2)).unwrap();
    wait_for_words(&desk, "wire/card/mounted.txt", "number 2 ");
    assert!(daemon.inside(&desk, "umount wire/card"));
    fs::write(inside("again.txt"), article(3)).unwrap();
    wait_for_words(&desk, "wire/card/again.txt", "number 3 ");
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
}

/// Trap 14: a file of the lower layer that becomes another when it is written.
#[test]
fn an_article_below_an_overlay_is_read_anew_when_it_is_written() {
    let desk = wire_desk();
    for folder in ["lower", "layers"] {
        fs::create_dir(desk.path(folder)).unwrap();
    }
    desk.put("lower/day/a.txt", article(1));
    let overlay = "mount -t tmpfs none layers && mkdir layers/upper layers/work \
                   && mount -t overlay overlay -o lowerdir=lower,upperdir=layers/upper,workdir=layers/work wire";
    let Some(daemon) = Daemon::start_in_namespace(&desk, overlay, &NO_LISTING) else { return };
    wait_for_words(&desk, "wire/day/a.txt", "number 1 ");
    let inside = |name: &str| daemon.sees(&desk.path("wire").join(name));
    fs::write(inside("day/a.txt"), article(2)).unwrap();
    wait_for_words(&desk, "wire/day/a.txt", "number 2 ");
    fs::write(inside("day/b.txt"), article(3)).unwrap();
    wait_for_words(&desk, "wire/day/b.txt", "number 3 ");
    fs::write(inside("day/a.txt"), article(4)).unwrap();
    wait_for_words(&desk, "wire/day/a.txt", "number 4 ");
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0), "{said}");
}

/// Trap 16: more articles at once than anything holds.
#[test]
fn a_burst_of_articles_is_read_to_the_last() {
    let desk = wire_desk();
    let daemon = Daemon::start(&desk, &NO_LISTING);
    let articles = times(3000, 100_000);
    for number in 0..articles {
        desk.put(&format!("wire/{number}.txt"), format!("Boat {number}\n\nThe ferry left at nine with {number} people.\n"));
    }
    wait_for_records(&desk, articles);
    ended_well(&desk, daemon);
    assert_eq!(whole_lines(&desk.path("out")).len(), articles);
}

/// Trap 17: what happens while nobody watches.
#[test]
fn what_appears_changes_and_vanishes_while_nobody_watches_is_seen_the_next_time() {
    let desk = wire_desk();
    let change = |desk: &Desk, round: usize| {
        desk.put(&format!("wire/new-{round}.txt"), article(round));
        desk.put("wire/changed.txt", article(round));
        desk.put(&format!("wire/day-{round}/moved.txt"), article(round));
        if round > 0 {
            fs::remove_file(desk.path(&format!("wire/new-{}.txt", round - 1))).unwrap();
            fs::rename(desk.path(&format!("wire/day-{}", round - 1)), desk.path(&format!("wire/was-{}", round - 1))).unwrap();
        }
    };
    for round in 0..times(5, 100) {
        change(&desk, round);
        let daemon = Daemon::start(&desk, &NO_LISTING);
        for name in ["wire/changed.txt", &format!("wire/new-{round}.txt"), &format!("wire/day-{round}/moved.txt")] {
            wait_for_words(&desk, name, &format!("number {round} "));
        }
        if round % 2 == 1 {
            thread::sleep(Duration::from_millis(50));
            daemon.signal(rustix::process::Signal::KILL);
        } else {
            let (code, said) = daemon.stop();
            assert_eq!(code, Some(0), "{said}");
        }
    }
    assert!(latest(&desk).len() > 5);
    desk.run(&["verify"]).ended_with(0);
}
