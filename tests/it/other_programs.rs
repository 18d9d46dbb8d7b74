//! Every file that another program wrote, and all that is read of it: who, when, where, and the text in its order.
//!
//! `INSTA_UPDATE=always cargo test --test it other_programs` takes a change over; `git diff tests/it/snapshots` shows it.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::desk::Desk;

fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/samples").join(name)).unwrap()
}

/// What a record says but for its digests and its extras of reading, one field a line, then its text.
fn told(record: &Value) -> String {
    let mut page = String::new();
    let source = &record["source"];
    let mut field = |name: &str, value: &Value| {
        let shown = match value {
            Value::Null => return,
            Value::String(text) => text.clone(),
            Value::Array(items) => {
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect::<Vec<_>>().join("; ")
            }
            other => other.to_string(),
        };
        writeln!(page, "{name}: {shown}").unwrap();
    };
    field("entry", &source["entry"]);
    field("form", &source["format"]);
    field("encoding", &source["encoding"]);
    field("extra", &source["extra"]);
    for name in ["title", "subtitle", "authors", "published", "updated", "site", "section", "url", "image", "tags", "dateline"] {
        field(name, &record[name]);
    }
    field("language", &record["language"]["code"]);
    field("warnings", &record["warnings"]);
    writeln!(page, "\n{}", record["text"].as_str().unwrap()).unwrap();
    page
}

/// All that comes of samples read in one run, sample by sample.
fn read(samples: &[&str]) -> String {
    let desk = Desk::new();
    for name in samples {
        desk.put(&format!("wire/{name}"), sample(name));
    }
    let said = desk.run(&["batch", "wire", "-o", "out", "-q"]);
    assert!(said.code <= 1, "{}", said.stderr);
    let (records, rejected) = (desk.records("out"), desk.rejected("out"));
    let mut page = String::new();
    for name in samples {
        let is_of = |line: &&Value| line["source"]["path"] == format!("wire/{name}");
        for record in records.iter().filter(is_of) {
            writeln!(page, "==== {name}\n{}", told(record)).unwrap();
        }
        for line in rejected.iter().filter(is_of) {
            writeln!(page, "==== {name}\nrejected: {}: {}\n", line["code"], line["error"]).unwrap();
        }
    }
    page
}

macro_rules! check {
    ($samples:expr) => {
        insta::assert_snapshot!(read(&$samples))
    };
}

#[test]
fn feeds() {
    check!([
        "feedgen.rss",
        "feedgen.atom",
        "feedgenerator-0.91.rss",
        "feedgenerator.rss",
        "feedgenerator.atom",
        "pyrss2gen.rss",
        "feed-npm.rss",
        "feed-npm.atom",
        "feed-npm.json",
        "wordpress.rss",
        "slash-1.0.rdf",
        "blogger.atom",
        "microblog.json",
        "latin-lie.rss",
        "undeclared-1252.rss",
        "damaged.rss",
        "damaged.json"
    ]);
}

#[test]
fn mail() {
    check!([
        "python-0.eml",
        "python-1.eml",
        "nodemailer-html.eml",
        "nodemailer-related.eml",
        "nodemailer-base64.eml",
        "gmail-forward.eml",
        "outlook-forward.eml",
        "apple-forward.eml",
        "qp-odd.eml",
        "undeclared.eml",
        "lying.eml"
    ]);
}

#[test]
fn mailboxes() {
    check!(["python.mbox", "rd.mbox", "o.mbox", "cl.mbox", "cl2.mbox", "damaged.mbox"]);
}

#[test]
fn news_items() {
    check!(["g2-message.xml", "g2-item.xml", "newsml-1.xml", "nitf-ap.xml", "nitf-dpa.xml", "nitf-es.xml"]);
}

#[test]
fn web_archives() {
    // Ids are those of the run that wrote them.
    check!(["wget.warc.gz", "warcio-conversion.wet"]);
}

#[test]
fn word_documents() {
    check!(["python-docx.docx", "pandoc.docx", "docx.docx"]);
}

#[test]
fn books() {
    check!(["ebooklib.epub", "pandoc-2.epub", "pandoc-3.epub", "mkepub.epub"]);
}

#[test]
fn printed_pages() {
    check!(["reportlab.pdf", "fpdf2.pdf", "typst.pdf", "pymupdf.pdf", "pdfkit.pdf"]);
}

/// One of each form.
const ONE_OF_EACH: [&str; 12] = [
    "feedgen.rss",
    "feedgen.atom",
    "feed-npm.json",
    "python-0.eml",
    "rd.mbox",
    "g2-message.xml",
    "nitf-ap.xml",
    "wget.warc.gz",
    "pandoc.docx",
    "pandoc-3.epub",
    "fpdf2.pdf",
    "a.jsonl.gz",
];

/// Titles and texts, whatever they came packed in.
fn texts(desk: &Desk) -> Vec<(String, String)> {
    assert_eq!(desk.rejected("out"), Vec::<Value>::new());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut texts: Vec<(String, String)> =
        desk.records("out").iter().map(|record| (text(&record["title"]), text(&record["text"]))).collect();
    texts.sort();
    texts
}

/// Packs bytes as one of the programs does.
type Pack = fn(&[u8]) -> Vec<u8>;

#[test]
fn packed_is_as_good_as_plain() {
    let plain = Desk::new();
    for name in ONE_OF_EACH {
        plain.put(&format!("wire/{name}"), sample(name));
    }
    plain.run(&["batch", "wire", "-o", "out", "-q"]).ended_with(0);
    let expected = texts(&plain);
    assert!(expected.len() > ONE_OF_EACH.len());

    let pack: [(&str, Pack); 4] = [("gz", gzip), ("zst", zstd), ("bz2", bzip2), ("xz", xz)];
    for (suffix, pack) in pack {
        let desk = Desk::new();
        for name in ONE_OF_EACH {
            desk.put(&format!("wire/{name}.{suffix}"), pack(&sample(name)));
        }
        desk.run(&["batch", "wire", "-o", "out", "-q"]).ended_with(0);
        assert_eq!(texts(&desk), expected, "{suffix}");
    }
    let desk = Desk::new();
    let mut folder = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (at, name) in ONE_OF_EACH.iter().enumerate() {
        let method = if at % 2 == 0 { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
        folder.start_file(format!("wire/{name}"), zip::write::SimpleFileOptions::default().compression_method(method)).unwrap();
        folder.write_all(&sample(name)).unwrap();
    }
    desk.put("wire/all.zip", folder.finish().unwrap().into_inner());
    desk.run(&["batch", "wire", "-o", "out", "-q"]).ended_with(0);
    assert_eq!(texts(&desk), expected, "zip");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 3).unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packer = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut packer = liblzma::write::XzEncoder::new(Vec::new(), 6);
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A document that holds one article is one rejection when it is damaged, and its neighbours come through.
#[test]
fn half_a_document_costs_itself_alone() {
    let desk = Desk::new();
    for name in ["pandoc-3.epub", "nitf-ap.xml", "g2-item.xml"] {
        let bytes = sample(name);
        desk.put(&format!("wire/half-{name}"), &bytes[..bytes.len() / 2]);
        desk.put(&format!("wire/{name}"), bytes);
    }
    // The letters of these stand in their first half; without its table of contents such a file is read all the same.
    for name in ["fpdf2.pdf", "docx.docx"] {
        let bytes = sample(name);
        desk.put(&format!("wire/half-{name}"), &bytes[..bytes.len() / 10]);
        desk.put(&format!("wire/{name}"), bytes);
    }
    desk.run(&["batch", "wire", "-o", "out", "-q"]).ended_with(1);
    let paths = |lines: &[Value]| -> Vec<String> {
        let mut paths: Vec<String> = lines.iter().map(|line| line["source"]["path"].as_str().unwrap().to_owned()).collect();
        paths.sort();
        paths
    };
    let whole = ["docx.docx", "fpdf2.pdf", "g2-item.xml", "nitf-ap.xml", "pandoc-3.epub"];
    assert_eq!(paths(&desk.records("out")), whole.map(|name| format!("wire/{name}")));
    let mut halves = whole.map(|name| format!("wire/half-{name}"));
    halves.sort();
    assert_eq!(paths(&desk.rejected("out")), halves);
    for line in desk.rejected("out") {
        assert!(["parse.malformed", "parse.empty"].contains(&line["code"].as_str().unwrap()), "{line}");
        assert!(line["error"].as_str().unwrap().len() > 20, "{line}");
    }
}

/// What holds many articles gives those that came through whole, and one rejection for what did not.
#[test]
fn a_container_that_broke_off_gives_what_came_through() {
    let lines: String =
        (0..3000_u32).map(|at| format!("{{\"id\":{at},\"text\":\"{}\"}}\n", blake3::hash(&at.to_le_bytes()).to_hex())).collect();
    let pack: [(&str, Pack); 4] = [("gz", gzip), ("zst", zstd), ("bz2", bzip2), ("xz", xz)];
    for (suffix, pack) in pack {
        let packed = pack(lines.as_bytes());
        check_broken_off(&format!("lines.jsonl.{suffix}"), &packed[..packed.len() / 10 * 9]);
    }
    // In the midst of the last article.
    for (name, mark) in
        [("feedgen.atom", "<entry>"), ("feedgenerator.rss", "<item>"), ("g2-message.xml", "<newsItem"), ("feed-npm.json", "\"id\"")]
    {
        let bytes = sample(name);
        let last = memchr::memmem::rfind(&bytes, mark.as_bytes()).unwrap();
        check_broken_off(name, &bytes[..last + (bytes.len() - last) / 3]);
    }
}

#[track_caller]
fn check_broken_off(name: &str, bytes: &[u8]) {
    let desk = Desk::new();
    desk.put(&format!("wire/{name}"), bytes);
    desk.put("wire/whole.txt", "The ferry is late.\n\nIt will be in at noon, the harbour office said.");
    let said = desk.run(&["batch", "wire", "-o", "out", "-q"]);
    let (records, rejected) = (desk.records("out"), desk.rejected("out"));
    assert_eq!((said.code, rejected.len()), (1, 1), "{name}: {rejected:?}");
    assert!(records.len() > 1, "{name}: {records:?}");
    assert!(["parse.malformed", "parse.empty"].contains(&rejected[0]["code"].as_str().unwrap()), "{name}: {}", rejected[0]);
}
