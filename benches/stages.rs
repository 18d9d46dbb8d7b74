//! What each stage costs on an article of some 3 kB, in eight languages: the seeds, grown to that size. First of all, how
//! many such articles two threads take from clean to finished in a second, no two of them alike.
//!
//! `cargo bench --bench stages` runs all; `cargo bench --bench stages -- rate` only prints the articles a second.

mod common;

use std::hint::black_box;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};
use std::{fs, thread};

use copydesk::model::{CleanArticle, Format, ParsedArticle, QuotedArticle, RawDocument};
use copydesk::stages::{self, clean, parse, quotes};
use copydesk::text::{lang, language, sentences, words};
use criterion::{BatchSize, Criterion, Throughput, criterion_group};

fn texts() -> Vec<String> {
    common::texts().expect("the seeds are there")
}

/// The plain text seeds, about 3 kB each.
fn articles() -> Vec<RawDocument> {
    texts().iter().map(|text| RawDocument::new(grown(text, 0).into_bytes(), Format::Text)).collect()
}

/// The same paragraphs under other numbers, until the text is as near to 3 kB as whole paragraphs bring it: a repeated
/// paragraph would be cleaned away.
fn grown(text: &str, number: usize) -> String {
    let mut grown = String::new();
    for round in 1.. {
        for paragraph in text.split("\n\n") {
            let paragraph = format!("{} ({round}, {number}).\n\n", paragraph.trim_end());
            if (grown.len() + paragraph.len()).abs_diff(ARTICLE_BYTES) > grown.len().abs_diff(ARTICLE_BYTES) {
                return grown;
            }
            grown.push_str(&paragraph);
        }
    }
    grown
}

const ARTICLE_BYTES: usize = 3_000;

/// How many articles each thread takes, unless `COPYDESK_RATE_ARTICLES` says otherwise: a profiler needs fewer.
const BATCH: usize = 4_000;
/// The best of so many rounds is told: on a machine that others use too, the rest measures them.
const ROUNDS: usize = 5;

/// Takes articles that are already parsed through the stages on two threads and prints the rate: by the clock, and by
/// the time that the threads were given, which other programs change little.
fn rate() {
    let options = stages::Options::default();
    let texts = texts();
    let parsed = |number: usize| {
        let text = grown(&texts[number % texts.len()], number);
        parse::parse(RawDocument::new(text.into_bytes(), Format::Text), &options.parse).expect("a seed parses")
    };
    let batch = std::env::var("COPYDESK_RATE_ARTICLES").ok().and_then(|count| count.parse().ok()).unwrap_or(BATCH);
    let batches: Vec<Vec<ParsedArticle>> = (0..2).map(|thread| (0..batch).map(|at| parsed(2 * at + thread)).collect()).collect();
    let (mut best, mut best_given) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let batches = batches.clone();
        let begun = Instant::now();
        let given: Vec<Duration> = thread::scope(|scope| {
            let threads: Vec<_> = batches.into_iter().map(|batch| scope.spawn(|| from_clean_to_finished(batch, &options))).collect();
            threads.into_iter().map(|thread| thread.join().expect("the stages do not panic")).collect()
        });
        best = best.min(begun.elapsed());
        best_given = best_given.min(given.into_iter().max().unwrap_or_default());
    }
    let bytes: usize = batches.iter().flatten().map(|article| article.text.len()).sum();
    let count = (2 * batch) as f64;
    let size = bytes as f64 / count;
    let [by_clock, by_given] = [best, best_given].map(|time| count / time.as_secs_f64());
    let line = format!(
        "clean to finished, two threads, articles of {size:.0} bytes: {by_clock:.0} a second by the clock, {by_given:.0} by the threads' own time\n"
    );
    io::stdout().write_all(line.as_bytes()).expect("somebody reads the figures");
}

/// Gives the time that the thread was given for it.
#[inline(never)]
fn from_clean_to_finished(batch: Vec<ParsedArticle>, options: &stages::Options) -> Duration {
    let begun = own_time();
    for article in batch {
        let cleaned = clean::clean(article, &options.clean).expect("a seed is clean");
        let quoted = quotes::extract(cleaned, &options.quotes).expect("quotes never refuse");
        black_box(stages::conclude(quoted, options)).expect("a summary is never refused");
    }
    own_time().saturating_sub(begun)
}

/// How long the calling thread has run so far, as Linux counts it.
fn own_time() -> Duration {
    let counted = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = counted.split(' ').next().and_then(|count| count.parse().ok());
    nanoseconds.map_or(Duration::MAX, Duration::from_nanos)
}

fn stages_one_by_one(criterion: &mut Criterion) {
    let options = stages::Options::default();
    let raw = articles();
    let bytes: usize = raw.iter().map(|document| document.bytes.len()).sum();
    let parsed: Vec<_> = raw.iter().map(|document| parse::parse(document.clone(), &options.parse).expect("a seed parses")).collect();
    let cleaned: Vec<CleanArticle> =
        parsed.iter().map(|article| clean::clean(article.clone(), &options.clean).expect("a seed is clean")).collect();
    let quoted: Vec<QuotedArticle> =
        cleaned.iter().map(|article| quotes::extract(article.clone(), &options.quotes).expect("quotes never refuse")).collect();

    let mut group = criterion.benchmark_group("stage");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("parse", |bencher| {
        bencher.iter_batched(
            || raw.clone(),
            |all| all.into_iter().map(|one| parse::parse(one, &options.parse)).for_each(|done| drop(black_box(done))),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("clean", |bencher| {
        bencher.iter_batched(
            || parsed.clone(),
            |all| all.into_iter().map(|one| clean::clean(one, &options.clean)).for_each(|done| drop(black_box(done))),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("quotes", |bencher| {
        bencher.iter_batched(
            || cleaned.clone(),
            |all| all.into_iter().map(|one| quotes::extract(one, &options.quotes)).for_each(|done| drop(black_box(done))),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("summary", |bencher| {
        bencher.iter_batched(
            || quoted.clone(),
            |all| all.into_iter().map(|one| stages::conclude(one, &options)).for_each(|done| drop(black_box(done))),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("all", |bencher| {
        bencher.iter_batched(
            || raw.clone(),
            |all| all.into_iter().map(|one| stages::read(one, &options)).for_each(|done| drop(black_box(done))),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

/// What each stage asks of a text: its words, its sentences, its language, the last of short texts too.
fn text_alone(criterion: &mut Criterion) {
    let texts: Vec<String> = texts().iter().map(|text| grown(text, 0)).collect();
    let codes: Vec<String> = texts.iter().map(|text| language::identify(text).code).collect();
    let paragraphs: Vec<&str> = texts.iter().flat_map(|text| text.split("\n\n")).collect();
    let mut group = criterion.benchmark_group("text");
    group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
    group.bench_function("words", |bencher| {
        bencher.iter(|| texts.iter().for_each(|text| drop(black_box(words::read(text)))));
    });
    group.bench_function("sentences", |bencher| {
        bencher.iter(|| texts.iter().zip(&codes).for_each(|(text, code)| drop(black_box(sentences::segment(text, lang::of(code))))));
    });
    let read: Vec<_> = texts.iter().map(|text| words::read(text)).collect();
    group.bench_function("sentences by words", |bencher| {
        let all = || texts.iter().zip(&read).zip(&codes);
        bencher.iter(|| all().for_each(|((text, words), code)| drop(black_box(sentences::segment_by_words(text, words, lang::of(code))))));
    });
    group.bench_function("language", |bencher| {
        bencher.iter(|| texts.iter().for_each(|text| drop(black_box(language::identify(text)))));
    });
    group.throughput(Throughput::Bytes(paragraphs.iter().map(|text| text.len() as u64).sum()));
    group.bench_function("language of paragraphs", |bencher| {
        bencher.iter(|| paragraphs.iter().for_each(|text| drop(black_box(language::identify(text)))));
    });
    group.finish();
}

criterion_group!(benches, stages_one_by_one, text_alone);

fn main() {
    rate();
    // What is asked for by this name is told by now.
    if !std::env::args().any(|argument| argument == "rate") {
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
}
