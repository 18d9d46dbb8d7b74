//! Files that were made to keep a reader busy, through the whole program: each is a record or a rejection that says what to
//! do, within its time and memory, and the articles beside it are unharmed. A debug build gets a tenth of what takes long;
//! what takes longer still is asked for by RUN_SLOW_TESTS.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::desk::{Desk, processes_below, resident_peak};

/// What the main process and its workers may take together, in bytes.
const MEMORY_MAX: u64 = 300 << 20;
/// For a page. A debug build is some thirty times slower.
const PAGE_TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 2 });
/// For anything else: the clock of a single step is half of it.
const TIME: Duration = Duration::from_secs(60);

/// What is to come of a file: so many records, and these rejections.
type Fate<'a> = (usize, &'a [&'a str]);

const ONE: Fate<'_> = (1, &[]);

const STORY: &str = "The ferry to Leith was late again on Monday, said Ada Moe, the captain, and the council will answer next week.";

fn page(inside: &str) -> String {
    let story = format!("<p>{STORY}</p>").repeat(4);
    format!("<!DOCTYPE html><html lang=\"en\"><title>The harbour</title><body><article>{story}{inside}{story}</article></body></html>")
}

/// As many as said, or a tenth in a debug build.
fn many(count: usize) -> usize {
    if cfg!(debug_assertions) { count / 10 } else { count }
}

/// Reads a file amid others; tells how long it took.
#[track_caller]
fn check_with(name: &str, content: impl AsRef<[u8]>, settings: &[&str], fate: Fate<'_>) -> Duration {
    let desk = Desk::new();
    desk.put(&format!("wire/{name}"), content);
    meet(&desk, name, settings, fate)
}

#[track_caller]
fn meet(desk: &Desk, name: &str, settings: &[&str], (records, codes): Fate<'_>) -> Duration {
    // By their names they come before it and after it.
    for (neighbour, content) in [("0.html", page("")), ("0.txt", STORY.repeat(3)), ("zz.html", page("")), ("zz.txt", STORY.repeat(3))] {
        desk.put(&format!("wire/{neighbour}"), content);
    }
    let set: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
    let begun = Instant::now();
    let arguments = [["batch", "wire", "-o", "out", "-q", "-j", "2", "--set", "log.level=off"].as_slice(), &set].concat();
    let mut child = desk.start(&arguments);
    let mut peak = 0;
    let status = loop {
        peak = peak.max(processes_below(child.id()).into_iter().map(resident_peak).sum());
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(begun.elapsed() < Duration::from_secs(300), "{name}: it never ends");
        std::thread::sleep(Duration::from_millis(5));
    };
    let took = begun.elapsed();
    let (told, rejected) = (desk.records("out"), desk.rejected("out"));
    let path = format!("wire/{name}");
    let own = told.iter().filter(|record| record["source"]["path"] == path.as_str()).count();
    let said: Vec<(&str, &str)> = rejected.iter().map(|line| (line["code"].as_str().unwrap(), line["error"].as_str().unwrap())).collect();
    let got: Vec<&str> = said.iter().map(|(code, _)| *code).collect();
    assert_eq!((own, got.as_slice()), (records, codes), "{name}: {said:?}");
    assert_eq!(told.len() - own, 4, "{name}: a neighbour was harmed");
    assert_eq!(status.code(), Some(i32::from(!codes.is_empty())), "{name}");
    for (code, error) in said {
        let setting = match code {
            "limit.size" => "limits.document_size",
            "limit.ratio" => "limits.ratio",
            "limit.depth" => "limits.depth",
            "limit.entries" => "limits.entries",
            "worker.timeout" => "limits.parse_timeout",
            _ => continue,
        };
        assert!(error.contains(setting), "{name}: {code} does not name {setting}: {error}");
    }
    assert!(peak < MEMORY_MAX, "{name}: {} MB", peak >> 20);
    if std::env::var_os("HOSTILE_TABLE").is_some() {
        let _ = writeln!(std::io::stderr(), "{name:<28}{:>8.2} s {:>6} MB  {own} {got:?}", took.as_secs_f64(), peak >> 20);
    }
    took
}

/// A page is read within a moment, whatever it is.
#[track_caller]
fn check_page(name: &str, inside: &str) {
    let took = check_with(&format!("{name}.html"), page(inside), &[], ONE);
    assert!(took < PAGE_TIME, "{name}: {took:?}");
}

#[track_caller]
fn check(name: &str, content: impl AsRef<[u8]>, fate: Fate<'_>) {
    let took = check_with(name, content, &[], fate);
    assert!(took < TIME, "{name}: {took:?}");
}

#[test]
fn pages_that_nest_without_end_are_read_in_a_moment() {
    check_page("div-100000", &format!("{}deep{}", "<div>".repeat(100_000), "</div>".repeat(100_000)));
    for element in ["table", "b", "a href=x", "p", "ul><li", "select><option", "svg><title", "font", "form", "script", "template"] {
        let tags = format!("<{element}>").repeat(many(1_000_000));
        check_page(&format!("open-{}", &element[..1]), &format!("{tags}x"));
    }
    check_page("mixed", &format!("{}x{}", "<b><i><a><font>".repeat(many(250_000)), "</p>".repeat(1000)));
}

#[test]
fn pages_of_one_thing_a_million_times_are_read_in_a_moment() {
    check_page("br-500000", &"<br>".repeat(500_000));
    let attributes: Vec<String> = (0..many(1_000_000)).map(|number| format!("a{number}=b")).collect();
    check_page("attributes", &format!("<div {}>x</div>", attributes.join(" ")));
    for (name, part) in
        [("entities", "&amp;"), ("ends", "</div>"), ("comments", "<!--"), ("less", "<"), ("quotes", "<a href=\""), ("cdata", "<![CDATA[")]
    {
        check_page(name, &part.repeat(many(2_000_000)));
    }
    check_page("json-ld", &format!("<script type=\"application/ld+json\">{}</script>", "[".repeat(many(5_000_000))));
    check_page("metas", &"<meta property=\"article:author\" content=\"Ada Moe\">".repeat(many(300_000)));
}

#[test]
fn a_page_of_20_mb_is_refused_or_read_as_its_limit_says() {
    let large = page(&(0..many(160_000)).map(|number| format!("<p>Number {number}: {STORY}</p>")).collect::<String>());
    let limit = if cfg!(debug_assertions) { "1MiB" } else { "16MiB" };
    let refused = check_with("large.html", &large, &[&format!("limits.document_size={limit}")], (0, &["limit.size"]));
    assert!(refused < PAGE_TIME, "{refused:?}");
    // A text of 18 MB is no page's: what is measured of it is that it ends.
    let desk = Desk::new();
    desk.put("wire/large.html", &large);
    let said = desk.run(&["batch", "wire", "-o", "out", "-q", "--set", "limits.document_size=64MiB"]).ended_with(0);
    assert_eq!((desk.records("out").len(), said.stderr.as_str()), (1, ""));
}

#[test]
fn texts_that_are_all_one_thing_are_read_in_bounded_memory() {
    check("feeds.txt", "a\n".repeat(many(7_000_000)), ONE);
    check("sentences.txt", "No. ".repeat(many(4_000_000)), ONE);
    check("quotes.txt", "\u{201c}".repeat(many(5_000_000)), ONE);
    check("one-word.txt", "a".repeat(many(15_000_000)), ONE);
    check("nested.md", format!("# T\n\n{}x", "> ".repeat(many(2_000_000))), ONE);
    check("brackets.md", format!("# T\n\n{}", "[".repeat(many(4_000_000))), ONE);
    check("shift.html", [page("").as_bytes(), &b"\x1b$B".repeat(many(1_000_000))].concat(), (0, &["input.binary"]));
}

#[test]
fn json_that_nests_or_never_ends_is_read_or_refused() {
    let depth = many(5_000_000);
    check("deep.json", format!("{{\"text\":\"{STORY}\",\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth)), ONE);
    check("open.json", format!("{{\"text\":{}", "{\"a\":".repeat(depth / 2)), (0, &["parse.malformed"]));
    let keys: Vec<String> = (0..many(900_000)).map(|number| format!("\"k{number}\":1")).collect();
    check("keys.json", format!("{{\"text\":\"{STORY}\",{}}}", keys.join(",")), ONE);
    let line = "x".repeat(20 << 20);
    check(
        "long.jsonl",
        format!("{{\"id\":1,\"text\":\"{STORY}\"}}\n{{\"text\":\"{line}\"}}\n{{\"id\":3,\"text\":\"{STORY}\"}}\n"),
        (2, &["limit.size"]),
    );
}

#[test]
fn feeds_and_news_that_nest_or_expand_are_read_or_refused() {
    let entities: String = (1..12).map(|number| format!("<!ENTITY a{number} \"{}\">", format!("&a{};", number - 1).repeat(10))).collect();
    let item = |inside: &str| format!("<item><guid>1</guid><title>T</title><description>{inside} {STORY}</description></item>");
    let laughs =
        format!("<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a0 \"lol\">{entities}]><rss version=\"2.0\"><channel>{}", item("&a11;"));
    check("laughs.rss", format!("{laughs}{}</channel></rss>", item("").replace(">1<", ">2<")), (2, &[]));
    let deep = many(1_000_000);
    check(
        "deep.rss",
        format!("<rss><channel>{}</channel></rss>", item(&format!("{}late{}", "<x>".repeat(deep), "</x>".repeat(deep)))),
        ONE,
    );
    check("open.rss", format!("<rss><channel>{}</channel></rss>", item(&"<x>".repeat(deep))), (0, &["parse.malformed"]));
    let people: String =
        (0..many(150_000)).map(|number| format!("<author><name>A{number} B</name></author><category term=\"t{number}\"/>")).collect();
    let entry = format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>1</id>{people}<content>{STORY}</content></entry></feed>");
    check("people.atom", entry, ONE);
    let around = "<author>".repeat(deep);
    check(
        "around.rss",
        format!("<rss><channel>{}</channel></rss>", item("").replace("<title>", &format!("{around}<title>"))),
        (0, &["parse.malformed"]),
    );
    let ampersands = format!("<category term=\"{}\"/>", "&".repeat(many(5_000_000)));
    check("ampersands.rss", format!("<rss><channel>{}</channel></rss>", item("").replace("<title>", &format!("{ampersands}<title>"))), ONE);
    let nitf = |blocks: usize| {
        format!("<nitf><body><body.content>{}{STORY}{}</body.content></body></nitf>", "<block>".repeat(blocks), "</block>".repeat(blocks))
    };
    check("deep.xml", nitf(many(400_000) - 10), ONE);
    check("deeper.xml", nitf(410_000), (0, &["parse.malformed"]));
}

fn mail(rest: &str) -> String {
    format!("From: Ada Moe <a@example.org>\nTo: b@example.org\nSubject: Ferry\nMIME-Version: 1.0\n{rest}")
}

#[test]
fn mails_that_nest_or_never_end_are_read_or_refused() {
    let nested: String =
        (0..100_000).map(|number| format!("Content-Type: multipart/mixed; boundary=\"b{number}\"\n\n--b{number}\n")).collect();
    check("multiparts.eml", mail(&format!("{nested}Content-Type: text/plain\n\n{STORY}\n")), (0, &["parse.empty"]));
    let inner = "Content-Type: message/rfc822\n\nFrom: a@example.org\nMIME-Version: 1.0\n".repeat(100_000);
    check("messages.eml", mail(&format!("{inner}Content-Type: text/plain\n\n{STORY}\n")), (0, &["parse.empty"]));
    check("header.eml", mail(&format!("X-A: {}\n\n{STORY}\n", "x".repeat(many(15_000_000)))), ONE);
    check("headers.eml", mail(&format!("{}\n{STORY}\n", "X-A: b\n".repeat(many(1_500_000)))), ONE);
    check("words.eml", mail(&format!("X: y\nSubject: {}\n\n{STORY}\n", "=?utf-8?q?a?= ".repeat(many(1_000_000)))), ONE);
    check("comments.eml", mail(&format!("Date: {}\n\n{STORY}\n", "(".repeat(many(5_000_000)))), ONE);
    let mailbox = format!("From a@example.org Tue Mar  3 09:12:00 2026\n{}\n{STORY}\n\n", mail("Message-ID: <1@a>\n"));
    let endless = format!("From a@example.org Tue Mar  3 09:13:00 2026\n{}\n{}", mail(""), format!("{STORY}\n").repeat(160_000));
    check("endless.mbox", format!("{mailbox}{endless}"), (1, &["limit.size"]));
}

#[test]
fn web_archives_that_lie_about_their_lengths_cost_themselves() {
    let record = |length: &str, block: &str| {
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{length}>\r\nContent-Type: application/http\r\n\
             Content-Length: {length}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{block}\r\n\r\n"
        )
    };
    let whole = page("");
    let sound = record(&(whole.len() + 44).to_string(), &whole);
    check("sound.warc", &sound, ONE);
    check("long.warc", format!("{sound}{}", record("99999999999999", &whole)), (1, &["parse.malformed"]));
    check("longest.warc", format!("{sound}{}", record("18446744073709551615", &whole)), (1, &["parse.malformed"]));
    check("short.warc", format!("{}{sound}", record("50", &whole)), (1, &["parse.malformed"]));
}

#[path = "hostile_packed.rs"]
mod packed;

/// Writes a file without holding it.
fn write_repeated(path: &Path, part: &[u8], times: usize, end: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = std::io::BufWriter::new(fs::File::create(path).unwrap());
    for _ in 0..times {
        file.write_all(part).unwrap();
    }
    file.write_all(end).unwrap();
    file.flush().unwrap();
}

/// Minutes, and gigabytes of disk.
fn is_slow_wanted() -> bool {
    std::env::var_os("RUN_SLOW_TESTS").is_some()
}

#[test]
fn a_line_of_a_gigabyte_is_passed_over() {
    if !is_slow_wanted() {
        return;
    }
    let desk = Desk::new();
    let end = format!("\n{{\"id\":2,\"text\":\"{STORY}\"}}\n");
    write_repeated(&desk.path("wire/line.jsonl"), &[b'x'; 1 << 20], 1 << 10, end.as_bytes());
    assert!(meet(&desk, "line.jsonl", &[], (1, &["limit.size"])) < TIME);
    let desk = Desk::new();
    write_repeated(&desk.path("wire/line.txt"), &[b'x'; 1 << 20], 1 << 10, b"");
    assert!(meet(&desk, "line.txt", &[], (0, &["limit.size"])) < TIME);
}
