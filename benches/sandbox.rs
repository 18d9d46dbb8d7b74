//! What it costs to read strangers' files in worker processes: the same batch with `sandbox.workers=always` and `never`, by
//! turns, so that whatever else the machine does meets both alike. Prints a table; nothing is asserted.
//!
//! `cargo bench --bench sandbox` runs all; `cargo bench --bench sandbox -- html` one of them.

mod common;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Articles of one run.
const ARTICLES: usize = 2_000;
/// Runs of each kind. The best of them counts: what disturbs a run only ever makes it longer.
const ROUNDS: usize = 7;

/// Writes the pages into a folder in one form.
type WriteInput = fn(&Path, &[String]) -> io::Result<()>;

fn main() -> io::Result<()> {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| name.contains(chosen.as_str()));
    let place = tempfile::tempdir()?;
    let pages = pages()?;
    let inputs: [(&str, WriteInput); 4] = [("html", write_pages), ("warc", write_archive), ("feed", write_feed), ("jsonl.gz", write_lines)];
    let mut table = String::from("input           MB   never s  always s   wall %   never cpu s  always cpu s    cpu %\n");
    for (name, write) in inputs.into_iter().filter(|(name, _)| is_chosen(name)) {
        let folder = place.path().join(name);
        fs::create_dir_all(&folder)?;
        write(&folder, &pages)?;
        let mut best = [Cost::MOST; 2];
        for _ in 0..ROUNDS {
            for (workers, best) in ["never", "always"].into_iter().zip(&mut best) {
                *best = best.or(run(&folder, workers)?);
            }
        }
        table.push_str(&row(name, bytes_of(&folder)?, best));
    }
    io::stdout().write_all(table.as_bytes())
}

/// Pages as papers make them: an article among much that is none, no two alike.
fn pages() -> io::Result<Vec<String>> {
    let texts = common::texts()?;
    Ok((0..ARTICLES).map(|number| page(number, &texts[number % texts.len()])).collect())
}

fn page(number: usize, text: &str) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Report {number}</title>\
         <script>window.dataLayer=window.dataLayer||[];{}</script></head><body><header><nav><ul>",
        "function gtag(){dataLayer.push(arguments);}".repeat(60)
    );
    for link in 0..80 {
        page.push_str(&format!("<li class=\"nav__item\"><a class=\"nav__link\" href=\"/section/{link}\">Section {link}</a></li>"));
    }
    page.push_str("</ul></nav></header><main><article><h1 class=\"headline\">");
    page.push_str(&format!("Report {number}</h1>"));
    for paragraph in text.split("\n\n") {
        page.push_str(&format!("<p class=\"article__paragraph\" data-id=\"{number}\">{paragraph} ({number}).</p>\n"));
    }
    page.push_str("</article><aside>");
    for teaser in 0..60 {
        page.push_str(&format!(
            "<div class=\"teaser\"><a href=\"/{teaser}\"><img src=\"/{teaser}.jpg\" alt=\"\"><h3>Something else, number {teaser}</h3></a>\
             <p class=\"teaser__text\">What happened elsewhere on that day, in a few words.</p></div>"
        ));
    }
    page.push_str("</aside></main><footer><p>All rights reserved.</p></footer></body></html>");
    page
}

fn write_pages(folder: &Path, pages: &[String]) -> io::Result<()> {
    for (number, page) in pages.iter().enumerate() {
        fs::write(folder.join(format!("{number:05}.html")), page)?;
    }
    Ok(())
}

fn write_archive(folder: &Path, pages: &[String]) -> io::Result<()> {
    let mut archive = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}");
        let record = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number}>\r\nWARC-Target-URI: https://example.org/{number}\r\n\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
            block.len()
        );
        archive.extend(gzip(record.as_bytes())?);
    }
    fs::write(folder.join("crawl.warc.gz"), archive)
}

fn write_feed(folder: &Path, pages: &[String]) -> io::Result<()> {
    let mut feed = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Bay Wire</title>".to_owned();
    for (number, page) in pages.iter().enumerate() {
        let article = page.split("<article>").nth(1).and_then(|rest| rest.split("</article>").next()).unwrap_or_default();
        feed.push_str(&format!(
            "<item><guid>{number}</guid><title>Report {number}</title><description><![CDATA[{article}]]></description></item>\n"
        ));
    }
    feed.push_str("</channel></rss>");
    fs::write(folder.join("feed.rss"), feed)
}

fn write_lines(folder: &Path, pages: &[String]) -> io::Result<()> {
    let lines: Vec<String> = pages.iter().enumerate().map(|(id, html)| serde_json::json!({"id": id, "html": html}).to_string()).collect();
    fs::write(folder.join("pages.jsonl.gz"), gzip(lines.join("\n").as_bytes())?)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// What a run took, and the processors with it, those of its workers included.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    processor: Duration,
}

impl Cost {
    const MOST: Self = Self { wall: Duration::MAX, processor: Duration::MAX };

    fn or(self, other: Self) -> Self {
        Self { wall: self.wall.min(other.wall), processor: self.processor.min(other.processor) }
    }
}

fn run(input: &Path, workers: &str) -> io::Result<Cost> {
    let out = tempfile::tempdir()?;
    let setting = format!("sandbox.workers={workers}");
    let before = processor_of_children();
    let begun = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
    let status = command.args(["batch", "-q", "--set", &setting, "-o"]).arg(out.path()).arg(input).stdout(Stdio::null()).status()?;
    let cost = Cost { wall: begun.elapsed(), processor: processor_of_children() - before };
    if status.success() { Ok(cost) } else { Err(io::Error::other(format!("{} ended with {status}", input.display()))) }
}

/// Processor time of all processes that this one has waited for, and of those that they have.
fn processor_of_children() -> Duration {
    // SAFETY: all zeros is a value of it, and the kernel fills it in.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the place is ours, and large enough.
    unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage) };
    let time = |value: libc::timeval| Duration::new(value.tv_sec.unsigned_abs(), value.tv_usec.unsigned_abs() as u32 * 1000);
    time(usage.ru_utime) + time(usage.ru_stime)
}

fn bytes_of(folder: &Path) -> io::Result<u64> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.metadata()?.len())).sum()
}

fn row(name: &str, bytes: u64, [never, always]: [Cost; 2]) -> String {
    let [never_wall, always_wall, never_cpu, always_cpu] =
        [never.wall, always.wall, never.processor, always.processor].map(|time| time.as_secs_f64());
    let more = |never: f64, always: f64| (always / never - 1.0) * 100.0;
    format!(
        "{name:<10}{:>8.1}{never_wall:>10.2}{always_wall:>10.2}{:>9.1}{never_cpu:>14.2}{always_cpu:>14.2}{:>9.1}\n",
        bytes as f64 / 1e6,
        more(never_wall, always_wall),
        more(never_cpu, always_cpu)
    )
}
