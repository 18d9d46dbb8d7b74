//! Files damaged under the program: refused with a way out, or put right from the records, and never silently wrong.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::count::{Found, add, folders, judge, outcomes_so_far};
use super::news::{Form, lay};
use super::place::{Place, Run, wait_until};
use super::reader::segments;
use super::{Fire, Row};
use crate::crash::chance::Chance;

/// The last few stay in an active file.
const ARTICLES: u64 = 155;
const TOGETHER: u64 = 30;
const SMALL_FILES: [&str; 3] = ["-q", "--set", "output.rotate_size=24KiB"];
const ROTATE_BYTES: usize = 24 << 10;

/// An output folder of sealed files, an active one and a log beside the ledger, and another one of other articles.
struct Ground {
    place: Place,
    other: Place,
}

impl Ground {
    fn new(fire: &Fire) -> Self {
        // How lines fall into groups, and so where a file ends, is a matter of moments.
        let grounds = (0..10)
            .map(|round| Self { place: laid(fire, 0..ARTICLES, TOGETHER - round), other: laid(fire, ARTICLES..ARTICLES + 95, TOGETHER) });
        let mut fit = grounds.filter(Self::has_active);
        fit.next().expect("now and then the last file is not full")
    }

    /// The last file is still the program's own: one that is full is its reader's, who may take it away.
    fn has_active(&self) -> bool {
        let last = segments(&self.place.path("sound")).into_iter().rfind(|name| !name.contains('/'));
        let bytes = last.map(|last| fs::read(self.place.path("sound").join(last)).unwrap()).unwrap_or_default();
        bytes.len() < ROTATE_BYTES && bytes.iter().filter(|byte| **byte == b'\n').count() > 1
    }

    fn restore(&self) {
        fs::remove_dir_all(self.place.path("out")).unwrap();
        copy(&self.place.path("sound"), &self.place.path("out"));
    }

    fn ledger(&self) -> PathBuf {
        self.place.path("out/.copydesk/ledger.sqlite")
    }

    fn log(&self) -> PathBuf {
        self.place.path("out/.copydesk/ledger.sqlite-wal")
    }

    /// The first sealed file of records and the active one.
    fn sealed_and_active(&self) -> (PathBuf, PathBuf) {
        let out = self.place.path("out");
        let names: Vec<String> = segments(&out).into_iter().filter(|name| !name.contains('/')).collect();
        assert!(names.len() > 2, "small files make many: {names:?}");
        (out.join(&names[0]), out.join(names.last().unwrap()))
    }
}

/// An output folder of these articles, and the same once more under the name `sound`.
fn laid(fire: &Fire, numbers: Range<u64>, together: u64) -> Place {
    let place = fire.place();
    let mut daemon = Run::start(&mut place.command("watch", &SMALL_FILES));
    // Group by group, so that there are some files.
    for first in numbers.clone().step_by(together as usize) {
        let end = (first + together).min(numbers.end);
        lay(&place.path("wire"), Form::Text, first..end);
        let all_there = || outcomes_so_far(&folders(&place)) >= end - numbers.start;
        assert!(wait_until(all_there), "nothing comes of {}", daemon.said());
    }
    // Killed, so that the ledger's log is not folded in.
    // And its last lines are entered.
    wait_until(|| place.run("verify", &[]).code == Some(0));
    daemon.signal(rustix::process::Signal::KILL);
    daemon.end();
    copy(&place.path("out"), &place.path("sound"));
    place
}

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// Runs over what is damaged. Refused is well if it says what to do, and that helps or says so; a run that goes on must
/// have put things right, or the audit must tell what is wrong.
fn examine(fire: &Fire, ground: &Ground, row: &mut Row, what: &str) {
    let place = &ground.place;
    row.faults += 1;
    row.articles += ARTICLES;
    let before = place.run("verify", &[]);
    row.ensure(matches!(before.code, Some(0..=3)), || format!("{what}: verify ended with {:?}: {}", before.code, before.said));
    let found_before = Found::read(&folders(place));
    let ended = place.run("batch", &SMALL_FILES);
    row.runs += 1;
    let refused = ended.code == Some(3);
    row.ensure(refused || matches!(ended.code, Some(0 | 1)), || format!("{what}: batch ended with {:?}: {}", ended.code, ended.said));
    let found = Found::read(&folders(place));
    let gone = found_before.records_missing_in(&found);
    if gone > 0 {
        // A whole line that was durable is nobody's to take back.
        row.back += gone;
        row.find(format!("{what}: {gone} whole lines were taken away: {}", ended.said));
    }
    if refused {
        let ways = ["put it back", "repair", "take it out", "remove", "run again"];
        row.ensure(ways.iter().any(|way| ended.said.contains(way)), || format!("{what}: refused without a way out: {}", ended.said));
        return;
    }
    let audit = place.run("verify", &[]);
    row.ensure(matches!(audit.code, Some(0..=3)), || format!("{what}: verify then ended with {:?}: {}", audit.code, audit.said));
    if audit.code == Some(0) {
        // It says that all is well, so it must be.
        add(&found, 0..ARTICLES, row, what);
        let (judge, said) = judge(fire, &folders(place), ARTICLES);
        row.differ += u64::from(!judge);
        row.ensure(judge, || format!("{what}: the audit is content, the judge says {said}"));
    }
}

pub fn ledger(fire: &Fire, row: &mut Row) {
    let ground = Ground::new(fire);
    let mut chance = Chance::new(fire.seed);
    let mut check = |what: &str, damage: &mut dyn FnMut(&Ground)| {
        ground.restore();
        damage(&ground);
        examine(fire, &ground, row, what);
    };
    check("nothing", &mut |_| {});
    check("ledger removed", &mut |ground| fs::remove_file(ground.ledger()).unwrap());
    check("ledger and log removed", &mut |ground| {
        fs::remove_file(ground.ledger()).unwrap();
        fs::remove_file(ground.log()).unwrap();
    });
    check("state removed", &mut |ground| fs::remove_dir_all(ground.place.path("out/.copydesk")).unwrap());
    check("log removed", &mut |ground| fs::remove_file(ground.log()).unwrap());
    check("log of another folder", &mut |ground| {
        fs::copy(ground.other.path("sound/.copydesk/ledger.sqlite-wal"), ground.log()).unwrap();
    });
    check("state of another folder", &mut |ground| {
        fs::remove_dir_all(ground.place.path("out/.copydesk")).unwrap();
        copy(&ground.other.path("sound/.copydesk"), &ground.place.path("out/.copydesk"));
    });
    check("ledger of another folder", &mut |ground| {
        fs::copy(ground.other.path("sound/.copydesk/ledger.sqlite"), ground.ledger()).unwrap();
    });
    for file in [Ground::ledger, Ground::log] {
        let length = |ground: &Ground| fs::metadata(file(ground)).unwrap().len();
        ground_restored(&ground);
        let bytes = length(&ground);
        let name = file(&ground).file_name().unwrap().to_string_lossy().into_owned();
        for kept in [0, 1, 100, bytes / 2, bytes.saturating_sub(1)] {
            check(&format!("{name} cut to {kept}"), &mut |ground| change(&file(ground), |bytes| bytes.truncate(kept as usize)));
        }
        check(&format!("{name} zeroed"), &mut |ground| change(&file(ground), |bytes| bytes.fill(0)));
        check(&format!("{name} is text"), &mut |ground| fs::write(file(ground), "no ledger at all\n".repeat(3_000)).unwrap());
        for _ in 0..fire.many(2, 50) {
            let at = chance.below(bytes) as usize;
            check(&format!("{name} overwritten at {at}"), &mut |ground| {
                change(&file(ground), |bytes| {
                    let end = (at + 64).min(bytes.len());
                    bytes[at..end].fill(0x5a);
                });
            });
            let (at, bit) = (chance.below(bytes) as usize, chance.below(8));
            check(&format!("{name} bit {bit} of byte {at} flipped"), &mut |ground| change(&file(ground), |bytes| bytes[at] ^= 1 << bit));
            let page = (chance.below(bytes) / 4096 * 4096) as usize;
            check(&format!("{name} page at {page} zeroed"), &mut |ground| {
                change(&file(ground), |bytes| {
                    let end = (page + 4096).min(bytes.len());
                    bytes[page..end].fill(0);
                });
            });
        }
    }
}

fn ground_restored(ground: &Ground) {
    ground.restore();
}

pub fn records(fire: &Fire, row: &mut Row) {
    let ground = Ground::new(fire);
    let mut chance = Chance::new(fire.seed);
    for without_ledger in [false, true] {
        let mut check = |what: &str, damage: &mut dyn FnMut(&Path, &Path)| {
            ground.restore();
            let (sealed, active) = ground.sealed_and_active();
            damage(&sealed, &active);
            if without_ledger {
                fs::remove_dir_all(ground.place.path("out/.copydesk")).unwrap();
            }
            let what = if without_ledger { format!("{what}, no ledger") } else { what.to_owned() };
            examine(fire, &ground, row, &what);
        };
        check("garbage appended", &mut |_, active| change(active, |bytes| bytes.extend([0, 7, b'\n', 200, b'{'])));
        check("zeros appended", &mut |_, active| change(active, |bytes| bytes.extend([0; 5000])));
        check("half a line appended", &mut |_, active| {
            change(active, |bytes| {
                let half: Vec<u8> = bytes.iter().take(300).copied().collect();
                bytes.extend(half);
            });
        });
        check("a line appended again", &mut |_, active| {
            change(active, |bytes| {
                let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
                let again: Vec<u8> = bytes.iter().take(end + 1).copied().collect();
                bytes.extend(again);
            });
        });
        check("active file removed", &mut |_, active| fs::remove_file(active).unwrap());
        check("active file emptied", &mut |_, active| fs::write(active, "").unwrap());
        check("active file cut", &mut |_, active| change(active, |bytes| bytes.truncate(bytes.len() - 10)));
        check("active file cut at a line", &mut |_, active| {
            change(active, |bytes| {
                // Of the only line, nothing is left.
                let before = bytes.split_last().and_then(|(_, line)| line.iter().rposition(|byte| *byte == b'\n'));
                bytes.truncate(before.map_or(0, |end| end + 1));
            });
        });
        check("active file is another's", &mut |sealed, active| {
            fs::copy(sealed, active).unwrap();
        });
        check("sealed file is another's", &mut |sealed, active| {
            fs::copy(active, sealed).unwrap();
        });
        check("active and sealed file swapped", &mut |sealed, active| {
            let aside = sealed.with_extension("aside");
            fs::rename(sealed, &aside).unwrap();
            fs::rename(active, sealed).unwrap();
            fs::rename(aside, active).unwrap();
        });
        if !without_ledger {
            // Nobody but the ledger can tell that these are other articles.
            check("active file of another folder", &mut |_, active| {
                fs::copy(ground.other.path("sound/articles-000001.jsonl"), active).unwrap();
            });
        }
        check("garbage appended to a sealed file", &mut |sealed, _| change(sealed, |bytes| bytes.extend([0, 7, b'\n', 200, b'{'])));
        check("sealed file cut", &mut |sealed, _| change(sealed, |bytes| bytes.truncate(bytes.len() / 2)));
        check("first line of the active file removed", &mut |_, active| change(active, remove_first_line));
        check("first line of a sealed file removed", &mut |sealed, _| change(sealed, remove_first_line));
        for _ in 0..fire.many(1, 30) {
            let (at, bit) = (chance.draw() as usize, chance.below(8));
            let flip = |bytes: &mut Vec<u8>| {
                let at = at % bytes.len();
                bytes[at] ^= 1 << bit;
            };
            check(&format!("bit {bit} of byte {at} of the active file flipped"), &mut |_, active| change(active, flip));
            check(&format!("bit {bit} of byte {at} of a sealed file flipped"), &mut |sealed, _| change(sealed, flip));
        }
    }
}

fn remove_first_line(bytes: &mut Vec<u8>) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    bytes.drain(..=end);
}
