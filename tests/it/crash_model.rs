//! "Exactly once, whatever happens", held to thousands of worlds.

use std::path::Path;
use std::rc::Rc;

use copydesk::ledger::{
    ArticleRow, Database, Disk, DiskFile as _, Group, Index, Known, Ledger, RejectionRow, Segment, SegmentRow, Series, Settled,
};
use copydesk::model::{Digest, Entry, Key, SourcePath, Ticket, render_record};

use crate::crash::chance::Chance;
use crate::crash::disk::SimulatedDisk;
use crate::crash::faulty::{Neglect, without};
use crate::crash::index::SimulatedIndex;
use crate::crash::inputs::{Input, Text, finished};
use crate::crash::{Faults, MUTANTS, Report, Rules, run_world, sound};

/// Worlds of each kind of fault. `cargo run --release --example torture -- model` runs as many as one likes.
const WORLDS: u64 = 3_400;

#[track_caller]
fn check(faults: Faults) -> Report {
    let rules = sound();
    let mut sum = Report::default();
    for seed in 0..WORLDS {
        let report = run_world(seed, faults, &rules);
        assert!(report.broken.is_none(), "world {seed} of {faults:?}: {report:?}");
        sum.add(&report);
    }
    sum
}

#[test]
fn kills_lose_double_tear_and_take_back_nothing() {
    let sum = check(Faults::Kill);
    assert!(sum.crashes > WORLDS && sum.quarantined > 0 && sum.repaired > WORLDS / 10, "too little happened: {sum:?}");
    assert_eq!(sum.taken_back_by_power, 0);
}

#[test]
fn power_losses_lose_double_and_tear_nothing_once_recovered() {
    let sum = check(Faults::Power);
    assert!(sum.crashes > WORLDS && sum.taken_back_by_power > 0, "too little happened: {sum:?}");
}

#[test]
fn failing_disks_and_full_ones_lose_double_and_tear_nothing() {
    let sum = check(Faults::Mixed);
    assert!(sum.crashes > WORLDS && sum.quarantined > 0, "too little happened: {sum:?}");
}

/// A program without one of the rules breaks a claim in some world, and the one with all rules does not in the same.
#[track_caller]
fn check_needed(rule: &str, worlds: u64) {
    let (_, faults, run) = MUTANTS.iter().find(|(name, ..)| *name == rule).expect("the rule is listed");
    let breaks = |seed: &u64| !run(*seed, *faults).broken.is_none();
    let Some(seed) = (0..worlds).find(breaks) else { panic!("{worlds} worlds hold without the rule") };
    assert!(run_world(seed, *faults, &sound()).broken.is_none(), "world {seed} breaks with all rules too");
}

#[test]
fn what_is_adopted_is_written_again() {
    check_needed("does not write again", 20_000);
}

#[test]
fn adoption_comes_before_quarantine() {
    check_needed("quarantine before adoption", 500);
    let harsh = Rules { convicts_after: 0, ..sound() };
    assert!((0..500).all(|seed| run_world(seed, Faults::Kill, &harsh).broken.is_none()));
}

#[test]
fn a_killed_writers_last_write_lands_before_the_lock_is_given() {
    check_needed("no lock", 2_000);
}

#[test]
fn folders_are_synced_whoever_created_what_is_in_them() {
    check_needed("folders synced by creator only", 20_000);
}

#[test]
fn files_that_the_ledger_does_not_name_are_looked_for() {
    check_needed("files known from ledger only", 500);
}

#[test]
fn a_failed_write_goes_on_with_the_same_bytes() {
    check_needed("renders again after a short write", 2_000);
}

#[test]
fn twins_are_two_articles() {
    check_needed("twins keyed by digest", 500);
}

#[test]
fn what_is_acknowledged_is_synced() {
    check_needed("acknowledges before the sync", 500);
}

#[test]
fn a_missing_ledger_is_not_answered_by_cutting() {
    check_needed("cuts without a ledger", 2_000);
}

#[test]
fn a_repair_leaves_the_old_ledger_until_the_new_one_is_whole() {
    check_needed("repairs in place", 20_000);
}

#[test]
fn a_repair_keeps_what_stands_in_files_that_were_moved_away() {
    check_needed("repairs by what is left alone", 2_000);
}

#[test]
fn a_seal_is_durable_before_it_counts() {
    check_needed("seals are not synced", 20_000);
}

/// What is entered in both, drawn from a seed.
fn draw_group(chance: &mut Chance) -> Group {
    let article = |chance: &mut Chance| {
        let path = SourcePath(format!("wire/{}", chance.below(8)).into_bytes());
        let entry = chance.one_in(2).then(|| Entry::numbered(chance.below(3)));
        let key = entry.as_ref().map_or_else(|| Key::of_file(&path.0), |entry| Key::of_entry(&path.0, entry));
        let digest = (!chance.one_in(4)).then(|| Digest::of(&chance.below(5).to_le_bytes()));
        let is_record = chance.one_in(2);
        let outcome = if is_record { Settled::Record } else { Settled::Rejected };
        let known = Known { digest, revision: 1 + chance.below(9), outcome, attempts: 1 + chance.below(4) as u32 };
        let told = || "told".to_owned();
        let rejection = (!is_record).then(|| RejectionRow { stage: told(), code: told(), error: told(), rejected_at: told() });
        ArticleRow { key, path, entry, known, rejection }
    };
    let segment = |chance: &mut Chance| {
        let series = if chance.one_in(2) { Series::Articles } else { Series::Rejected };
        let segment = Segment { series, number: 1 + chance.below(4) as u32 };
        SegmentRow { segment, bytes: chance.below(1 << 40), lines: chance.below(1 << 20), sealed: chance.one_in(3) }
    };
    let articles = (0..chance.below(6)).map(|_| article(chance)).collect();
    let segments = (0..chance.below(3)).map(|_| segment(chance)).collect();
    Group { articles, files: Vec::new(), segments }
}

/// The model is worth as much as its index is like the real one.
#[test]
fn the_simulated_index_answers_as_sqlite_does() {
    for seed in 0..20 {
        let mut chance = Chance::new(seed);
        let place = tempfile::tempdir().unwrap();
        let mut real = Database::open(place.path()).unwrap();
        let store = Rc::default();
        let mut simulated = SimulatedIndex::open(&store, &SimulatedDisk::new(Chance::new(seed))).unwrap();
        let mut keys = Vec::new();
        for round in 0..20 {
            assert_eq!(Index::is_new(&real), simulated.is_new());
            let group = draw_group(&mut chance);
            keys.extend(group.articles.iter().map(|row| row.key.clone()));
            Index::commit(&mut real, &group).unwrap();
            simulated.commit(&group).unwrap();
            if round % 7 == 3 {
                Index::finish_recovery(&mut real).unwrap();
                simulated.finish_recovery().unwrap();
                // What was entered outlives the process.
                drop(real);
                real = Database::open(place.path()).unwrap();
                simulated = SimulatedIndex::open(&store, &simulated.disk).unwrap();
            }
            assert_eq!(Index::segments(&real).unwrap(), simulated.segments().unwrap());
            for key in &keys {
                assert_eq!(Index::latest(&real, key).unwrap(), Index::latest(&simulated, key).unwrap());
            }
        }
    }
}

/// How many lines a program adopts of a file in which a power loss has left the head of one record and the end of
/// another.
fn adopted_of_a_splice<D: Disk, I: Index>(rules: &Rules<D, I>) -> u64 {
    let input = Input::draw(0, &mut Chance::new(1));
    let story = &input.stories[0];
    let line = |text: Text| {
        let mut line = Vec::new();
        render_record(&mut line, &finished(input.origin(story, text, Ticket(0), 1), text), 1, None, None).unwrap();
        line
    };
    let (one, other) = (line(Text(2)), line(Text(1)));
    let at = one.windows(8).position(|words| words == b"The tide").unwrap();
    let splice = [&one[..at], &other[other.windows(8).position(|words| words == b"The tide").unwrap()..]].concat();
    assert!(serde_json::from_slice::<serde_json::Value>(&splice).is_ok());
    let disk = SimulatedDisk::new(Chance::new(1));
    let store = Rc::default();
    let open = || {
        let open_index = |_: &Path| Ok((rules.index)(SimulatedIndex::open(&store, &disk)?));
        Ledger::open_on((rules.disk)(&disk, &store), Path::new("out"), open_index).unwrap()
    };
    drop(open());
    disk.create(Path::new("out/articles-000001.jsonl")).unwrap().write_all_at(&splice, 0).unwrap();
    open().recovered().adopted
}

#[test]
fn a_line_that_parses_is_not_adopted_unless_its_checksum_holds() {
    assert_eq!(adopted_of_a_splice(&sound()), 0);
    assert_eq!(adopted_of_a_splice(&without(Neglect::Checksum)), 1);
}
