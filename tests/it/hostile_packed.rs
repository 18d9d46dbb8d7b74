//! Files that come out of their packing larger than anybody would think.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::{STORY, TIME, check, check_with, is_slow_wanted, many, meet, page, write_repeated};
use crate::desk::Desk;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn bombs_are_met_by_their_ratio_in_every_packing() {
    let much = vec![b'a'; 40 << 20];
    check("bomb.txt.gz", gzip(&much), (0, &["limit.ratio"]));
    check("bomb.txt.zst", zstd::encode_all(much.as_slice(), 3).unwrap(), (0, &["limit.ratio"]));
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    encoder.write_all(&much).unwrap();
    check("bomb.txt.bz2", encoder.finish().unwrap(), (0, &["limit.ratio"]));
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
    encoder.write_all(&much).unwrap();
    check("bomb.txt.xz", encoder.finish().unwrap(), (0, &["limit.ratio"]));
    check("bomb.zip", zipped(&[("a.txt", &much), ("b.txt", STORY.as_bytes())]), (1, &["limit.ratio"]));
    let document = [b"<w:document><w:body>".as_slice(), &b"<w:p/>".repeat(7 << 20)].concat();
    check("bomb.docx", zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", &document)]), (0, &["limit.ratio"]));
    check("bomb.epub", epub(&much, 1), (0, &["limit.ratio"]));
    check("again.epub", epub(page("").repeat(20).as_bytes(), 100_000), (0, &["limit.ratio"]));
    check("bomb.pdf", pdf(&zlib(&much), "/Filter/FlateDecode", ""), (0, &["limit.ratio"]));
    let archive = |encoding: &str, packed: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {encoding}\r\n\r\n");
        let length = head.len() + packed.len();
        let record = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http\r\nContent-Length: {length}\r\n\r\n{head}"
        );
        [record.as_bytes(), packed, b"\r\n\r\n"].concat()
    };
    check("bomb.warc", archive("gzip", &gzip(&much)), (0, &["limit.ratio"]));
    check("deflated.warc", archive("deflate", &zlib(&much)), (0, &["limit.ratio"]));
    check("zstd.warc", archive("zstd", &zstd::encode_all(much.as_slice(), 3).unwrap()), (0, &["limit.ratio"]));
    check("bomb.warc.gz", gzip(&archive("identity", &much)), (0, &["limit.ratio"]));
}

#[test]
fn what_is_longer_than_an_article_may_be_is_refused_in_every_packing() {
    let text = "The ferry is late, and nobody knows why. ".repeat(60_000);
    let small = ["limits.document_size=1MiB", "limits.ratio=100000"];
    let check = |name: &str, content: Vec<u8>| {
        check_with(name, content, &small, (0, &["limit.size"]));
    };
    check("long.txt", text.clone().into_bytes());
    check("long.txt.gz", gzip(text.as_bytes()));
    check("long.txt.zst", zstd::encode_all(text.as_bytes(), 3).unwrap());
    check("long.zip", zipped(&[("a.txt", text.as_bytes())]));
    check("long.jsonl", format!("{{\"text\":\"{text}\"}}\n").into_bytes());
    check("long.rss", format!("<rss><channel><item><description>{text}</description></item></channel></rss>").into_bytes());
    check(
        "long.json",
        format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{{\"content_text\":\"{text}\"}}]}}").into_bytes(),
    );
    check("long.xml", format!("<newsMessage><itemSet><newsItem><p>{text}</p></newsItem></itemSet></newsMessage>").into_bytes());
    check("long.mbox", format!("From a@b Tue Mar  3 09:12:00 2026\nFrom: a@b\nTo: c@d\n\n{text}\n").into_bytes());
    check("long.eml", format!("From: a@b\nTo: c@d\nSubject: e\n\n{text}\n").into_bytes());
    let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{text}");
    let length = block.len();
    check(
        "long.warc",
        format!("WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n")
            .into_bytes(),
    );
}

#[test]
fn nests_are_met_by_their_depth() {
    let mut packed = STORY.as_bytes().to_vec();
    for _ in 0..5 {
        packed = gzip(&packed);
    }
    check("nest.txt.gz", &packed, (0, &["limit.depth"]));
    let mut inner = zipped(&[("a.txt", STORY.as_bytes())]);
    for _ in 0..5 {
        inner = zipped(&[("inner.zip", &inner)]);
    }
    check("nest.zip", &inner, (0, &["limit.depth"]));
    let mixed = zipped(&[("a.txt.gz", &gzip(&gzip(&gzip(&gzip(STORY.as_bytes()))))), ("b.txt", STORY.as_bytes())]);
    check("mixed.zip", mixed, (1, &["limit.depth"]));
}

#[test]
fn entries_beyond_the_limit_are_one_rejection_in_every_container() {
    let three = ["limits.entries=3"];
    let check = |name: &str, content: Vec<u8>| {
        check_with(name, content, &three, (3, &["limit.entries"]));
    };
    let numbered = |part: &str| (0..6).map(|number| part.replace('#', &number.to_string())).collect::<String>();
    let lines = numbered(&format!("{{\"id\":#,\"text\":\"{STORY}\"}}\n"));
    check("many.jsonl.gz", gzip(lines.as_bytes()));
    check("many.jsonl", lines.into_bytes());
    check(
        "many.rss",
        format!("<rss><channel>{}</channel></rss>", numbered(&format!("<item><guid>#</guid><description>{STORY}</description></item>")))
            .into_bytes(),
    );
    let items: Vec<String> = (0..6).map(|id| format!("{{\"id\":\"{id}\",\"content_text\":\"{STORY}\"}}")).collect();
    check("many.json", format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{}]}}", items.join(",")).into_bytes());
    check(
        "many.mbox",
        numbered(&format!("From a@b Tue Mar  3 09:12:00 2026\nMessage-ID: <#@b>\nFrom: a@b\nSubject: x\n\n{STORY}\n\n")).into_bytes(),
    );
    let names: Vec<String> = (0..6).map(|number| format!("{number}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), STORY.as_bytes())).collect();
    check("many.zip", zipped(&files));
    let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}", page(""));
    let length = block.len();
    check(
        "many.warc",
        numbered(&format!("WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:#>\r\nContent-Type: application/http\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n"))
            .into_bytes(),
    );
}

/// A ZIP file whose list names the same bytes again and again.
fn overlapping(times: usize) -> Vec<u8> {
    let mut file = zipped(&[("a.txt", &vec![b'a'; 10 << 20])]);
    let directory = file.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let end = file.windows(4).position(|window| window == b"PK\x05\x06").unwrap();
    let (entry, tail) = (file[directory..end].to_vec(), file[end..].to_vec());
    file.truncate(directory);
    file.extend(entry.repeat(times));
    let mut tail = tail;
    for at in [8, 10] {
        tail[at..at + 2].copy_from_slice(&(times as u16).to_le_bytes());
    }
    tail[12..16].copy_from_slice(&((entry.len() * times) as u32).to_le_bytes());
    file.extend(tail);
    file
}

#[test]
fn zip_files_that_are_built_against_their_readers_cost_little() {
    let rejections = vec!["parse.malformed"; 100];
    check("overlap.zip", overlapping(100), (0, &rejections));
    let count = many(100_000);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..count {
        writer.start_file(format!("{number:06}.css"), SimpleFileOptions::default()).unwrap();
    }
    writer.start_file("story.txt", SimpleFileOptions::default()).unwrap();
    writer.write_all(STORY.as_bytes()).unwrap();
    check("many.zip", writer.finish().unwrap().into_inner(), (1, &[]));
}

fn epub(page: &[u8], times: usize) -> Vec<u8> {
    let package = format!(
        "<package><manifest><item id=\"a\" href=\"a.xhtml\" media-type=\"application/xhtml+xml\"/></manifest><spine>{}</spine></package>",
        "<itemref idref=\"a\"/>".repeat(times)
    );
    let container = b"<container><rootfiles><rootfile full-path=\"c.opf\"/></rootfiles></container>";
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("mimetype", stored).unwrap();
    writer.write_all(b"application/epub+zip").unwrap();
    for (name, bytes) in [("META-INF/container.xml", container.as_slice()), ("c.opf", package.as_bytes()), ("a.xhtml", page)] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn office_files_of_endless_markup_are_refused() {
    // What does not pack, so that the ratio allows the rest.
    let ballast: Vec<u8> = (0..30_000_u32).flat_map(|number| xxhash_rust::xxh3::xxh3_64(&number.to_le_bytes()).to_le_bytes()).collect();
    let deep = [b"<w:document><w:body>".as_slice(), &b"<w:p>".repeat(many(6_000_000))].concat();
    check(
        "deep.docx",
        zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", &deep), ("x", &ballast)]),
        (0, &["parse.malformed"]),
    );
    let creators: String = (0..many(500_000)).map(|number| format!("<creator>A{number}</creator>")).collect();
    let book = format!("<html><body><p>{STORY}</p></body></html>");
    let package = format!(
        "<package><metadata>{creators}</metadata><manifest><item id=\"a\" href=\"a.xhtml\" media-type=\"text/html\"/></manifest><spine><itemref idref=\"a\"/></spine></package>"
    );
    let container = b"<container><rootfiles><rootfile full-path=\"c.opf\"/></rootfiles></container>";
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("mimetype", stored).unwrap();
    writer.write_all(b"application/epub+zip").unwrap();
    for (name, bytes) in [("META-INF/container.xml", container.as_slice()), ("c.opf", package.as_bytes()), ("a.xhtml", book.as_bytes())] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    check("creators.epub", writer.finish().unwrap().into_inner(), (1, &[]));
}

/// A PDF by the standard; `stream` is its page's content.
fn pdf(stream: &[u8], filter: &str, more: &str) -> Vec<u8> {
    let content = [format!("<</Length {}{filter}>>stream\n", stream.len()).as_bytes(), stream, b"\nendstream"].concat();
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>";
    let form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>/Length 24>>stream\n/X Do /X Do /X Do /X Do \nendstream";
    of_objects(&[b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page.as_bytes(), &content, form], more)
}

fn of_objects(objects: &[&[u8]], trailer: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (at, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend([format!("{} 0 obj\n", at + 1).as_bytes(), *object, b"\nendobj\n"].concat());
    }
    let start = file.len();
    let trailer = trailer.replace("HERE", &start.to_string());
    file.extend(format!("{table}trailer\n<</Root 1 0 R/Size {}{trailer}>>\nstartxref\n{start}\n%%EOF", objects.len() + 1).bytes());
    file
}

#[test]
fn pdf_files_that_lead_in_circles_come_to_an_end() {
    check("forms.pdf", pdf(b"/X Do", "", ""), (0, &["parse.empty"]));
    check("xref.pdf", pdf(b"q Q", "", "/Prev HERE"), (0, &["parse.empty"]));
    let root = b"<</Type/Catalog/Pages 2 0 R>>".as_slice();
    check(
        "pages.pdf",
        of_objects(&[root, b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"], ""),
        (0, &["parse.empty"]),
    );
    check("deep.pdf", of_objects(&[&[b"<</X ".as_slice(), &b"[".repeat(many(3_000_000)), b">>"].concat()], ""), (0, &["parse.malformed"]));
    // Thirty forms, each of which shows the next one twice.
    let mut objects = vec![root.to_vec(), b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec()];
    objects.push(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>".to_vec());
    objects.push(b"<</Length 5>>stream\n/X Do\nendstream".to_vec());
    for next in 6..36 {
        objects.push(format!("<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {next} 0 R>>>>/Length 11>>stream\n/X Do /X Do\nendstream").into_bytes());
    }
    objects.push(b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 3>>stream\nq Q\nendstream".to_vec());
    let objects: Vec<&[u8]> = objects.iter().map(Vec::as_slice).collect();
    check_with("forms-2.pdf", of_objects(&objects, ""), &["limits.parse_timeout=2s"], (0, &["worker.timeout"]));
}

#[test]
fn ten_gigabytes_in_ten_megabytes_are_met_by_the_ratio_or_counted() {
    if !is_slow_wanted() {
        return;
    }
    let member = gzip(&vec![b'a'; 10 << 20]);
    let desk = Desk::new();
    write_repeated(&desk.path("wire/bomb.txt.gz"), &member, 1 << 10, b"");
    assert!(meet(&desk, "bomb.txt.gz", &[], (0, &["limit.ratio"])) < TIME);
    // Whoever allows it gets to know how much it is.
    let desk = Desk::new();
    write_repeated(&desk.path("wire/bomb.txt.gz"), &member, 1 << 10, b"");
    meet(&desk, "bomb.txt.gz", &["limits.ratio=1000000"], (0, &["limit.size"]));
    assert!(desk.rejected("out")[0]["error"].as_str().unwrap().contains(&(10_u64 << 30).to_string()));
}
