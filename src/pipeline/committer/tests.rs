//! The committer and recovery together, over real folders: what stands in the files after runs that end in every way.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use proptest::prelude::*;
use tokio::sync::mpsc;

use super::*;
use crate::ledger::{self, Line, Lines, Segment, View, audit, list_segments};
use crate::model::{Batch, Digest, Entry, Format, Language, Metadata, SourceFacts, Stage, Stats};

const OPTIONS: Options = Options { rotate_bytes: 4 << 20, ingested_at: false, on_full_disk: OnFullDisk::End };

fn origin(path: &str, content: &str, attempts: u32) -> Origin {
    Origin {
        key: Key::of_file(path.as_bytes()),
        path: Some(Arc::new(SourcePath(path.as_bytes().to_vec()))),
        entry: None::<Entry>,
        bytes: content.len() as u64,
        digest: Some(Digest::of(content.as_bytes())),
        ticket: Ticket(0),
        attempts,
    }
}

fn record(path: &str, content: &str) -> Outcome {
    let article = Article {
        source: SourceFacts::new(Format::Text, "utf-8"),
        metadata: Metadata::default(),
        language: Language { code: "und".to_owned(), confidence: 0.0 },
        text: content.to_owned(),
        summary: Vec::new(),
        quotes: Vec::new(),
        keyphrases: Vec::new(),
        sentences: None,
        stats: Stats::default(),
        warnings: Vec::new(),
    };
    Outcome::Finished(Batch::new(vec![Envelope { origin: origin(path, content, 1), body: article }], Vec::new()))
}

fn rejection(path: &str, content: &str, attempts: u32) -> Outcome {
    let rejection = Rejection { stage: Stage::Parse, code: "parse.empty", error: "nothing".to_owned() };
    Outcome::Rejected(vec![rejection.of(origin(path, content, attempts))])
}

/// An article that could not be read.
fn unreadable(path: &str) -> Outcome {
    let rejection = Rejection { stage: Stage::Open, code: "open.permission", error: "closed".to_owned() };
    Outcome::Rejected(vec![rejection.of(Origin { digest: None, ..origin(path, "", 1) })])
}

fn file_read(ticket: u64, path: &str, handed_in: u64) -> Outcome {
    let path = Arc::new(SourcePath(path.as_bytes().to_vec()));
    let (stamp, digest, skipped) = (None, None, None);
    Outcome::FileRead(FileRead { ticket: Ticket(ticket), path, stamp, handed_in, entries: handed_in, digest, skipped })
}

fn commit(out: &Path, outcomes: Vec<Outcome>, options: Options) -> Tally {
    let (sender, receiver) = mpsc::channel(outcomes.len().max(1));
    for outcome in outcomes {
        sender.try_send(outcome).unwrap_or_else(|_| panic!("there is room for all"));
    }
    drop(sender);
    let (settled, _) = mpsc::unbounded_channel();
    run(Ledger::open(out).unwrap(), receiver, &settled, options, || false, &Arc::default()).unwrap()
}

/// Every line of the folder.
fn read_lines(out: &Path) -> Vec<(Series, Line)> {
    let mut found = Vec::new();
    for series in Series::ALL {
        for segment in list_segments(out, series).unwrap() {
            let bytes = fs::read(segment.path(out)).unwrap();
            let mut lines = Lines::new(&bytes[..], 0);
            while let Some((_, line)) = lines.read_next().unwrap() {
                let line = line.strip_suffix(b"\n").expect("a whole line");
                assert!(ledger::is_whole(line));
                found.push((series, Line::parse(line).unwrap()));
            }
        }
    }
    found
}

/// Every line of the folder as (path, revision, what it is, whether it settles something).
fn lines(out: &Path) -> Vec<(String, u64, &'static str, bool)> {
    let lines = read_lines(out).into_iter();
    lines.map(|(series, line)| (line.path.lossy().0.into_owned(), line.revision, series.name(), line.settles.is_some())).collect()
}

#[track_caller]
fn check(outcomes: Vec<Outcome>, expected: &[(&str, u64, &str, bool)]) {
    let place = tempfile::tempdir().unwrap();
    commit(place.path(), outcomes, OPTIONS);
    let found = lines(place.path());
    let found: Vec<_> = found.iter().map(|(path, revision, kind, settles)| (path.as_str(), *revision, *kind, *settles)).collect();
    assert_eq!(found, expected);
    let audit = audit(place.path(), &View::open(place.path()).unwrap()).unwrap();
    assert_eq!(audit.discrepancies, Vec::<String>::new());
}

#[test]
fn the_same_article_twice_gives_one_record() {
    check(vec![record("a", "one"), record("b", "one"), record("a", "one")], &[("a", 1, "articles", false), ("b", 1, "articles", false)]);
}

#[test]
fn a_return_to_an_earlier_text_is_a_new_revision() {
    let outcomes = vec![record("a", "one"), record("a", "two"), record("a", "one")];
    check(outcomes, &[("a", 1, "articles", false), ("a", 2, "articles", false), ("a", 3, "articles", false)]);
}

#[test]
fn a_record_settles_the_rejection_before_it() {
    check(vec![rejection("a", "one", 1), record("a", "one")], &[("a", 1, "articles", true), ("a", 1, "rejected", false)]);
    check(vec![rejection("a", "one", 1), record("a", "two")], &[("a", 2, "articles", true), ("a", 1, "rejected", false)]);
}

#[test]
fn a_rejection_is_repeated_only_when_it_was_tried_again() {
    let outcomes = vec![rejection("a", "one", 1), rejection("a", "one", 1), rejection("a", "one", 2)];
    check(outcomes, &[("a", 1, "rejected", false), ("a", 1, "rejected", false)]);
}

#[test]
fn what_could_not_be_read_gives_its_number_on_to_what_could() {
    check(vec![unreadable("a"), record("a", "one")], &[("a", 1, "articles", true), ("a", 1, "rejected", false)]);
    let outcomes = vec![record("a", "one"), unreadable("a"), unreadable("a"), record("a", "one")];
    check(outcomes, &[("a", 1, "articles", false), ("a", 2, "articles", true), ("a", 2, "rejected", false)]);
}

#[test]
fn a_rejection_takes_no_record_back() {
    check(vec![record("a", "one"), rejection("a", "one", 2)], &[("a", 1, "articles", false)]);
}

#[test]
fn a_file_is_done_when_all_its_articles_are() {
    let place = tempfile::tempdir().unwrap();
    let (sender, receiver) = mpsc::channel(8);
    let (settled, mut done) = mpsc::unbounded_channel();
    let late = record("a", "two");
    for outcome in [file_read(0, "a", 2), record("a", "one"), file_read(7, "picture", 0)] {
        sender.try_send(outcome).unwrap_or_else(|_| panic!("there is room for all"));
    }
    let committer = thread::spawn({
        let ledger = Ledger::open(place.path()).unwrap();
        move || run(ledger, receiver, &settled, OPTIONS, || false, &Arc::default()).unwrap()
    });
    assert_eq!(done.blocking_recv(), Some(vec![Ticket(7)]));
    let a = SourcePath(b"a".to_vec());
    assert_eq!(View::open(place.path()).unwrap().file(&a).unwrap(), None);
    sender.blocking_send(late).unwrap_or_else(|_| panic!("the committer listens"));
    drop(sender);
    assert_eq!(done.blocking_recv(), Some(vec![Ticket(0)]));
    assert_eq!(View::open(place.path()).unwrap().file(&a).unwrap().unwrap().entries, 2);
    assert_eq!(committer.join().unwrap().records, 2);
}

#[test]
fn a_line_that_never_pauses_is_committed_in_between() {
    let place = tempfile::tempdir().unwrap();
    let outcomes = GROUP_OUTCOMES + 1;
    let (sender, receiver) = mpsc::channel(outcomes);
    for _ in 0..outcomes {
        sender.try_send(record("a", "one")).unwrap_or_else(|_| panic!("there is room for all"));
    }
    drop(sender);
    let meters = Arc::default();
    let tally = run(Ledger::open(place.path()).unwrap(), receiver, &mpsc::unbounded_channel().0, OPTIONS, || false, &meters);
    assert_eq!((tally.unwrap().unchanged, meters.commit.snapshot().count()), (GROUP_OUTCOMES as u64, 2));
}

#[test]
fn the_audit_is_not_misled_by_what_is_committed_meanwhile() {
    let place = tempfile::tempdir().unwrap();
    commit(place.path(), vec![record("a", "one")], OPTIONS);
    let view = View::open(place.path()).unwrap();
    let _moment = view.hold().unwrap();
    // Seals the first segment and begins the next one.
    let options = Options { rotate_bytes: 1, ..OPTIONS };
    commit(place.path(), vec![record("a", "two")], options);
    commit(place.path(), vec![record("b", "one")], options);
    let counts = view.counts().unwrap();
    assert_eq!((counts.records, view.segments().unwrap().len()), (1, 1));
    drop(_moment);
    assert_eq!(audit(place.path(), &view).unwrap().discrepancies, Vec::<String>::new());
}

#[test]
fn the_audit_names_a_damaged_line_and_a_lost_one() {
    let place = tempfile::tempdir().unwrap();
    commit(place.path(), vec![record("a", "one"), record("b", "two")], OPTIONS);
    let path = place.path().join("articles-000001.jsonl");
    fs::write(&path, fs::read_to_string(&path).unwrap().replacen("two", "tow", 1)).unwrap();
    let audit = audit(place.path(), &View::open(place.path()).unwrap()).unwrap();
    assert_eq!(audit.discrepancies_count, 2, "{audit:?}");
    assert!(audit.discrepancies[0].contains("is damaged in the line at byte"), "{audit:?}");
    assert!(audit.discrepancies[1].contains("the ledger counts 2 records"), "{audit:?}");
}

#[test]
fn a_full_segment_is_sealed_and_the_next_one_begun() {
    let place = tempfile::tempdir().unwrap();
    let options = Options { rotate_bytes: 1, ..OPTIONS };
    for content in ["one", "two", "three"] {
        commit(place.path(), vec![record("a", content)], options);
    }
    let segments = View::open(place.path()).unwrap().segments().unwrap();
    let sealed: Vec<_> = segments.iter().filter(|row| row.segment.series == Series::Articles).map(|row| row.sealed).collect();
    assert_eq!(sealed, [true, true, true]);
    assert_eq!(lines(place.path()).len(), 3);
    fs::remove_file(segments[0].segment.path(place.path())).unwrap();
    commit(place.path(), vec![record("a", "four")], options);
    assert_eq!(lines(place.path()).len(), 3);
}

#[test]
fn an_active_segment_that_was_cut_from_outside_is_refused() {
    let place = tempfile::tempdir().unwrap();
    commit(place.path(), vec![record("a", "one"), record("b", "two")], OPTIONS);
    let path = place.path().join("articles-000001.jsonl");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 10]).unwrap();
    let refused = Ledger::open(place.path()).err().unwrap();
    assert!(refused.downcast_ref::<CannotGoOn>().is_some(), "{refused}");
    assert!(refused.to_string().contains("articles-000001.jsonl"), "{refused}");
    fs::write(&path, whole).unwrap();
    Ledger::open(place.path()).unwrap();
}

#[test]
fn without_a_ledger_a_damaged_line_among_whole_ones_is_refused() {
    let place = tempfile::tempdir().unwrap();
    commit(place.path(), vec![record("a", "one"), record("b", "two"), record("c", "three")], OPTIONS);
    fs::remove_dir_all(place.path().join(".copydesk")).unwrap();
    let path = place.path().join("articles-000001.jsonl");
    let damaged = fs::read_to_string(&path).unwrap().replacen("two", "tow", 1);
    fs::write(&path, &damaged).unwrap();
    let refused = Ledger::open(place.path()).err().unwrap();
    assert!(refused.to_string().contains("damaged at byte"), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
}

#[test]
fn without_a_ledger_a_file_that_others_follow_is_never_cut() {
    let place = tempfile::tempdir().unwrap();
    let options = Options { rotate_bytes: 1, ..OPTIONS };
    commit(place.path(), vec![record("a", "one")], options);
    commit(place.path(), vec![record("b", "two")], options);
    fs::remove_dir_all(place.path().join(".copydesk")).unwrap();
    let path = place.path().join("articles-000001.jsonl");
    let damaged = fs::read_to_string(&path).unwrap().replacen("one", "eno", 1);
    fs::write(&path, &damaged).unwrap();
    let refused = Ledger::open(place.path()).err().unwrap();
    assert!(refused.to_string().contains("articles-000001.jsonl is damaged at byte 0"), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
}

#[test]
fn a_damaged_ledger_is_put_aside_and_made_anew() {
    let place = tempfile::tempdir().unwrap();
    commit(place.path(), vec![record("a", "one"), rejection("b", "two", 1)], OPTIONS);
    let state = place.path().join(".copydesk");
    fs::write(state.join("ledger.sqlite"), "no database".repeat(1000)).unwrap();
    assert!(Ledger::open(place.path()).unwrap().recovered().rebuilt);
    assert!(state.join("ledger.damaged-1").exists());
    commit(place.path(), vec![record("a", "one"), rejection("b", "two", 1)], OPTIONS);
    assert_eq!(lines(place.path()).len(), 2);
}

#[test]
fn a_ledger_whose_making_was_cut_short_is_made_again() {
    let place = tempfile::tempdir().unwrap();
    commit(place.path(), vec![record("a", "one")], OPTIONS);
    let state = place.path().join(".copydesk");
    fs::write(state.join("ledger.sqlite"), "").unwrap();
    assert!(View::open(place.path()).unwrap().is_blank());
    assert!(Ledger::open(place.path()).unwrap().recovered().rebuilt);
    assert!(!state.join("ledger.damaged-1").exists());
    assert_eq!(View::open(place.path()).unwrap().counts().unwrap().records, 1);
}

#[test]
fn a_folder_has_one_writer() {
    let place = tempfile::tempdir().unwrap();
    let first = Ledger::open(place.path()).unwrap();
    let refused = Ledger::open(place.path()).err().unwrap();
    assert!(refused.to_string().contains(&std::process::id().to_string()), "{refused}");
    drop(first);
    Ledger::open(place.path()).unwrap();
}

/// What happens to a folder between two runs.
#[derive(Clone, Copy, Debug)]
enum Crash {
    None,
    /// Lines were written and synced, but never entered.
    LedgerBehind,
    /// The same, and of the last lines so many bytes were never written.
    Torn(u64),
    /// The same, and what was never written is zeros.
    Zeros(u64),
    LedgerLost,
}

fn crashes() -> impl Strategy<Value = Crash> {
    prop_oneof![
        Just(Crash::None),
        Just(Crash::LedgerBehind),
        (1_u64..900).prop_map(Crash::Torn),
        (1_u64..900).prop_map(Crash::Zeros),
        Just(Crash::LedgerLost),
    ]
}

/// What the line makes of an article's content is always the same.
fn outcome_of(&(name, content): &(u8, u8)) -> Outcome {
    let name = name.to_string();
    match content {
        3 => rejection(&name, "3", 1),
        4 => unreadable(&name),
        _ => record(&name, &content.to_string()),
    }
}

fn expected_of(content: u8) -> (Option<Digest>, Settled) {
    match content {
        3 => (Some(Digest::of(b"3")), Settled::Rejected),
        4 => (None, Settled::Rejected),
        _ => (Some(Digest::of(content.to_string().as_bytes())), Settled::Record),
    }
}

/// The last file of a series and its length.
fn end_of(out: &Path, series: Series) -> Option<(Segment, u64)> {
    let last = list_segments(out, series).unwrap().pop()?;
    Some((last, fs::metadata(last.path(out)).unwrap().len()))
}

/// Takes back the end of what a run wrote. The articles are written first, so what tears them leaves no rejections.
fn tear(out: &Path, ends_before: [Option<(Segment, u64)>; 2], bytes: u64, zeros: bool) {
    let mut is_torn = false;
    for (series, before) in Series::ALL.into_iter().zip(ends_before).rev() {
        let Some((segment, length)) = end_of(out, series) else { continue };
        let known = before.filter(|(before, _)| *before == segment).map_or(0, |(_, length)| length);
        if is_torn || length == known {
            continue;
        }
        let file = fs::OpenOptions::new().write(true).open(segment.path(out)).unwrap();
        let left = length.saturating_sub(bytes).max(known);
        file.set_len(left).unwrap();
        if zeros {
            file.set_len(length).unwrap();
        }
        // Where all of it is gone, the write before it may have been cut short as well.
        is_torn = left > known;
    }
}

/// Everything that the ledger says of these articles.
fn account(out: &Path) -> (Vec<Option<Known>>, ledger::Counts) {
    let view = View::open(out).unwrap();
    let known = (0..4_u8).map(|name| view.latest(&Key::of_file(name.to_string().as_bytes())).unwrap()).collect();
    (known, ledger::Counts { files: 0, ..view.counts().unwrap() })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_version_has_one_outcome_however_runs_end(
        rotate_bytes in prop_oneof![Just(1_u64), Just(900), Just(4 << 20)],
        runs in prop::collection::vec((prop::collection::vec((0_u8..4, 0_u8..5), 1..6), crashes()), 1..6),
    ) {
        let options = Options { rotate_bytes, ..OPTIONS };
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("new").join("out");
        let state = out.join(".copydesk");
        let kept = place.path().join("kept.sqlite");
        let mut latest: HashMap<u8, u8> = HashMap::new();
        for (articles, crash) in runs {
            drop(Ledger::open(&out).unwrap());
            fs::copy(state.join("ledger.sqlite"), &kept).unwrap();
            let ends_before = Series::ALL.map(|series| end_of(&out, series));
            commit(&out, articles.iter().map(outcome_of).collect(), options);
            match crash {
                Crash::None => {}
                Crash::LedgerLost => fs::remove_dir_all(&state).unwrap(),
                Crash::LedgerBehind | Crash::Torn(_) | Crash::Zeros(_) => {
                    fs::copy(&kept, state.join("ledger.sqlite")).unwrap();
                    match crash {
                        Crash::Torn(bytes) => tear(&out, ends_before, bytes, false),
                        Crash::Zeros(bytes) => tear(&out, ends_before, bytes, true),
                        _ => {}
                    }
                }
            }
            // The run after the crash sees the inputs as they are now: the last content of each.
            let now: BTreeMap<u8, u8> = articles.iter().copied().collect();
            commit(&out, now.iter().map(|(name, content)| outcome_of(&(*name, *content))).collect(), options);
            latest.extend(now);
        }
        // What could not be read gives its number on to the first version that could, whatever becomes of that.
        let mut versions: Vec<_> = read_lines(&out).into_iter().map(|(series, line)| (line.path, line.revision, series, line.digest)).collect();
        versions.sort_unstable();
        let count = versions.len();
        versions.dedup();
        prop_assert_eq!(versions.len(), count);
        for (name, content) in latest {
            let known = View::open(&out).unwrap().latest(&Key::of_file(name.to_string().as_bytes())).unwrap().unwrap();
            prop_assert_eq!((known.digest, known.outcome), expected_of(content));
        }
        let found = audit(&out, &View::open(&out).unwrap()).unwrap();
        prop_assert_eq!(found.discrepancies, Vec::<String>::new());
        // The ledger is an index: made anew, it says the same.
        let before = account(&out);
        fs::remove_dir_all(&state).unwrap();
        drop(Ledger::open(&out).unwrap());
        prop_assert_eq!(account(&out), before);
    }
}
