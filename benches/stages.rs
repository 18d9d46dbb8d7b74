//! What each stage costs on an article of some 3 kB, in eight languages: the seeds, grown to that size.

use std::hint::black_box;
use std::{fs, path::Path};

use copydesk::model::{CleanArticle, Format, QuotedArticle, RawDocument};
use copydesk::stages::{self, clean, parse, quotes};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

/// The plain text seeds, about 3 kB each.
fn articles() -> Vec<RawDocument> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let mut paths: Vec<_> = fs::read_dir(folder).expect("the seeds are there").map(|entry| entry.expect("readable").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let texts = paths.iter().filter_map(|path| fs::read_to_string(path).ok());
    texts.map(|text| RawDocument::new(grown(&text).into_bytes(), Format::Text)).collect()
}

/// The same paragraphs under other numbers, until the text has 3 kB: a repeated paragraph would be cleaned away.
fn grown(text: &str) -> String {
    let mut grown = String::new();
    for round in 1.. {
        for paragraph in text.split("\n\n") {
            grown.push_str(&format!("{paragraph} ({round})\n\n"));
        }
        if grown.len() >= 3_000 {
            break;
        }
    }
    grown
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

criterion_group!(benches, stages_one_by_one);
criterion_main!(benches);
