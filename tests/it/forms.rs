//! Articles in every form, as other programs write them, through the whole command.

use std::collections::BTreeMap;
use std::path::Path;

use crate::desk::Desk;

/// A record's entry, form and title.
type Told = (String, String, String);

/// Reads a sample; tells each record's `entry` (or nothing), form and title, and the codes of what was rejected.
fn read(sample: &str) -> (Vec<Told>, Vec<String>, Vec<String>) {
    let desk = Desk::new();
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/samples").join(sample)).unwrap();
    desk.put(&format!("wire/{sample}"), bytes);
    let _ = desk.run(&["batch", "wire", "-o", "out", "-q"]);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let records = desk.records("out");
    let told = records
        .iter()
        .map(|record| (text(&record["source"]["entry"]), text(&record["source"]["format"]), text(&record["title"])))
        .collect();
    let texts = records.iter().map(|record| text(&record["text"])).collect();
    (told, texts, desk.rejected("out").iter().map(|rejected| text(&rejected["code"])).collect())
}

const STORY: &str = "\u{201c}We could not see the harbour wall,\u{201d} said Ada Moe, the captain of the ferry.";

#[track_caller]
fn check(sample: &str, expected: &[(&str, &str, &str)], rejected: &[&str]) {
    let (told, texts, codes) = read(sample);
    let told: Vec<(&str, &str, &str)> = told.iter().map(|(entry, form, title)| (entry.as_str(), form.as_str(), title.as_str())).collect();
    assert_eq!(told, expected, "{sample}");
    assert_eq!(codes, rejected, "{sample}");
    for text in texts {
        assert!(text.split("\n\n").any(|paragraph| paragraph == STORY), "{sample}: {text}");
    }
}

#[test]
fn compressed_lines_come_under_their_ids() {
    for suffix in ["gz", "zst", "bz2", "xz"] {
        check(&format!("a.jsonl.{suffix}"), &[("0", "json", "T0"), ("1", "json", "T1"), ("2", "json", "T2")], &[]);
    }
}

#[test]
fn feeds_bring_whole_articles() {
    let entries = |form| [2, 1, 0].map(|n| (format!("tag:example.org,2026:{n}"), form, format!("Ferry & tide {n}")));
    for (sample, form) in [("feedgen.rss", "rss"), ("feedgen.atom", "atom")] {
        let entries = entries(form);
        let expected: Vec<(&str, &str, &str)> = entries.iter().map(|(id, form, title)| (id.as_str(), *form, title.as_str())).collect();
        check(sample, &expected, &[]);
    }
    check("feed.json", &[("1", "jsonfeed", "T")], &[]);
}

#[test]
fn mails_and_mailboxes_are_read() {
    check("python-0.eml", &[("", "eml", "Ferry late 0 \u{2014} f\u{ea}te")], &[]);
    check("python-1.eml", &[("", "eml", "Ferry late 1 \u{2014} f\u{ea}te")], &[]);
    let titles = [0, 1, 2].map(|n| (format!("m{n}@example.org"), format!("Ferry late {n} \u{2014} f\u{ea}te")));
    let expected: Vec<(&str, &str, &str)> = titles.iter().map(|(id, title)| (id.as_str(), "mbox", title.as_str())).collect();
    check("python.mbox", &expected, &[]);
}

#[test]
fn web_archives_are_read_page_by_page_and_a_broken_member_costs_one_page() {
    for (sample, titles, rejected) in [
        ("warcio-1.0.warc.gz", vec!["Ferry late 0", "Ferry late 1", "Ferry late 2"], vec![]),
        ("warcio-1.1.warc.gz", vec!["Ferry late 0", "Ferry late 1", "Ferry late 2"], vec![]),
        ("damaged.warc.gz", vec!["Ferry late 0", "Ferry late 2"], vec!["parse.malformed"]),
    ] {
        let (told, _, codes) = read(sample);
        let by_title: BTreeMap<&str, (&str, &str)> =
            told.iter().map(|(entry, form, title)| (title.as_str(), (entry.as_str(), form.as_str()))).collect();
        assert_eq!(by_title.keys().copied().collect::<Vec<_>>(), titles, "{sample}");
        assert!(by_title.values().all(|(entry, form)| entry.starts_with("urn:uuid:") && *form == "warc"), "{sample}");
        assert_eq!(codes, rejected, "{sample}");
    }
}

#[test]
fn documents_are_read_with_their_titles() {
    check("python-docx.docx", &[("", "docx", "Ferry late again at Leith")], &[]);
    check("ebooklib.epub", &[("", "epub", "Ferry late again at Leith")], &[]);
    let (told, texts, _) = read("reportlab.pdf");
    assert_eq!(told, [(String::new(), "pdf".to_owned(), "Ferry late again at Leith".to_owned())]);
    let paragraphs: Vec<&str> = texts[0].split("\n\n").collect();
    assert_eq!(paragraphs.len(), 20);
    assert!(paragraphs.iter().all(|paragraph| paragraph.matches(". ").count() == 4 && paragraph.ends_with('.')), "{paragraphs:?}");
}

#[test]
fn a_zip_file_is_a_folder_of_all_forms() {
    let (told, _, codes) = read("python.zip");
    let entries: Vec<(&str, &str)> = told.iter().map(|(entry, form, _)| (entry.as_str(), form.as_str())).collect();
    assert_eq!(
        entries,
        [
            ("wire/a.txt", "text"),
            ("wire/b.jsonl/0", "json"),
            ("wire/b.jsonl/1", "json"),
            ("wire/b.jsonl/2", "json"),
            ("wire/c.rss/tag:example.org,2026:2", "rss"),
            ("wire/c.rss/tag:example.org,2026:1", "rss"),
            ("wire/c.rss/tag:example.org,2026:0", "rss"),
            ("d.docx", "docx"),
        ]
    );
    assert!(codes.is_empty());
}
