use std::io::Write as _;

use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use super::*;

const LIMITS: Limits = Limits { document_bytes_max: 2_000_000, ratio_max: 100, depth_max: 4 };

/// Everything that comes out, as `name: text` or `name: |code|`.
fn unpack(file: &[u8], name: &str, limits: Limits) -> Vec<String> {
    let mut out = Vec::new();
    let mut unpacker = Unpacker::new(limits, Tail::Final);
    let mut sink = |unpacked: Unpacked| {
        out.push(match unpacked {
            Unpacked::Entry(piece) => {
                format!("{}: {}", piece.given_id.clone().unwrap_or_else(|| format!("#{}", piece.place)), shown(&piece))
            }
            Unpacked::Whole(piece) => format!(": {}", shown(&piece)),
            Unpacked::Broken(rejection) => format!(": |{}|", rejection.code),
            Unpacked::Skipped(skip) => format!("skipped: {}", skip.name()),
        });
        Ok(ControlFlow::Continue(()))
    };
    if form::tell(&file[..file.len().min(HEAD_BYTES)], name.as_bytes()) == Form::Container(Container::Zip) {
        unpacker.read_zip(Cursor::new(file), &mut sink).unwrap();
    } else {
        unpacker.read(file, name.as_bytes(), &mut sink).unwrap();
    }
    out
}

fn shown(piece: &Piece) -> String {
    match &piece.body {
        Ok(document) => String::from_utf8_lossy(&document.bytes).into_owned(),
        Err(rejection) => format!("|{}|", rejection.code),
    }
}

#[track_caller]
fn check(file: &[u8], name: &str, expected: &[&str]) {
    assert_eq!(unpack(file, name, LIMITS), expected);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const LINES: &[u8] = b"{\"id\":\"a\",\"text\":\"x\"}\n{\"text\":\"y\"}\n";

#[test]
fn a_compressed_article_is_one_article_and_a_compressed_container_many() {
    check(&gzip(b"The ferry is late."), "a.txt.gz", &[": The ferry is late."]);
    check(&gzip(LINES), "a.jsonl.gz", &["a: {\"id\":\"a\",\"text\":\"x\"}", "#2: {\"text\":\"y\"}"]);
    let zst = zstd::encode_all(LINES, 3).unwrap();
    check(&zst, "a.jsonl.zst", &["a: {\"id\":\"a\",\"text\":\"x\"}", "#2: {\"text\":\"y\"}"]);
}

#[test]
fn a_zip_file_is_a_folder() {
    let file = zipped(&[
        ("wire/a.txt", b"Late."),
        ("wire/.hidden", b"x"),
        ("__MACOSX/wire/._a.txt", b"x"),
        ("wire/empty.txt", b""),
        ("wire/feed.jsonl", LINES),
        ("logo.png", b"\x89PNG\r\n\x1a\n"),
        ("../../etc/passwd.txt", b"A name is a name."),
        ("wire/b.txt.gz", &gzip(b"Later.")),
    ]);
    check(
        &file,
        "a.zip",
        &[
            "wire/a.txt: Late.",
            "skipped: hidden",
            "skipped: hidden",
            "skipped: empty",
            "wire/feed.jsonl/a: {\"id\":\"a\",\"text\":\"x\"}",
            "wire/feed.jsonl#2: {\"text\":\"y\"}",
            "skipped: form",
            "../../etc/passwd.txt: A name is a name.",
            "wire/b.txt.gz: Later.",
        ],
    );
}

#[test]
fn a_zip_file_made_as_a_stream_is_read() {
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for (name, text) in [("a.txt", "Late."), ("b.txt", "Later.")] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let file = writer.finish().unwrap().into_inner();
    check(&file, "a.zip", &["a.txt: Late.", "b.txt: Later."]);
    // Without its directory as well.
    let directory = memchr::memmem::find(&file, b"PK\x01\x02").unwrap();
    check(&file[..directory], "a.zip", &["a.txt: Late.", "b.txt: Later.", ": |parse.malformed|"]);
}

#[test]
fn a_zip_file_that_was_cut_off_gives_what_is_there() {
    let file = zipped(&[("a.txt", b"Late."), ("b.txt", b"Later than late."), ("c.txt", b"x")]);
    let second = memchr::memmem::find(&file, b"b.txt").unwrap();
    check(&file[..second + 12], "a.zip", &["a.txt: Late.", "b.txt: |parse.malformed|"]);
}

#[test]
fn a_damaged_member_costs_itself_alone() {
    let mut file = zipped(&[("a.txt", b"Late."), ("b.txt", b"Later than late."), ("c.txt", b"x")]);
    let second = memchr::memmem::find(&file, b"b.txt").unwrap();
    file[second + 8] ^= 0x55;
    check(&file, "a.zip", &["a.txt: Late.", "b.txt: |parse.malformed|", "c.txt: x"]);
}

#[test]
fn members_that_share_their_bytes_are_refused() {
    let mut file = zipped(&[("a.txt", b"Late."), ("b.txt", b"Later.")]);
    // The directory's second entry is led to the first member's bytes.
    let directory = memchr::memmem::find(&file, b"PK\x01\x02").unwrap();
    let second = directory + memchr::memmem::find(&file[directory + 4..], b"PK\x01\x02").unwrap() + 4;
    file[second + 42..second + 46].copy_from_slice(&[0; 4]);
    let out = unpack(&file, "a.zip", LIMITS);
    assert_eq!(out, ["a.txt: |parse.malformed|", "b.txt: |parse.malformed|"]);
}

#[test]
fn bombs_of_every_kind_are_met_by_a_limit() {
    let zeros = vec![b'0'; 1_900_000];
    check(&zipped(&[("a.txt", &zeros), ("b.txt", b"x")]), "a.zip", &["a.txt: |limit.ratio|", "b.txt: x"]);
    check(&gzip(&zeros), "a.gz", &[": |limit.ratio|"]);
    // Twice over, each layer within what is allowed.
    let many: Vec<(String, Vec<u8>)> = (0..40).map(|at| (format!("{at}.txt"), vec![b'0'; 900_000])).collect();
    let members: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let out = unpack(&gzip(&zipped(&members)), "a.zip.gz", LIMITS);
    assert!(out.len() < 10 && out.iter().any(|line| line.contains("limit.ratio")), "{out:?}");
    let long: Vec<u8> = (0..40_000_u32).flat_map(|at| blake3::hash(&at.to_le_bytes()).to_hex().as_bytes().to_vec()).collect();
    check(&gzip(&long), "a.txt.gz", &[": |limit.size|"]);
}

#[test]
fn containers_in_containers_end_at_the_limit() {
    let mut file = b"The ferry is late.".to_vec();
    for _ in 0..4 {
        file = gzip(&file);
    }
    check(&file, "a.txt.gz.gz.gz.gz", &[": The ferry is late."]);
    check(&gzip(&file), "a", &[": |limit.depth|"]);
    let nest = zipped(&[("b.zip", &zipped(&[("c.zip", &zipped(&[("d.txt", b"deep")]))]))]);
    check(&nest, "a.zip", &["b.zip/c.zip/d.txt: deep"]);
}

#[test]
fn a_container_that_is_cut_off_in_its_packing_gives_its_good_entries() {
    let lines: Vec<u8> = (0..500_u32)
        .flat_map(|at| format!("{{\"id\":{at},\"text\":\"{}\"}}\n", blake3::hash(&at.to_le_bytes()).to_hex()).into_bytes())
        .collect();
    let file = gzip(&lines);
    let out = unpack(&file[..file.len() * 3 / 4], "a.jsonl.gz", LIMITS);
    assert!(out.len() > 300, "{}", out.len());
    assert_eq!(out.iter().filter(|line| line.contains("|parse.malformed|")).count(), 1);
    assert!(out.last().unwrap().contains("|parse.malformed|"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_a_reader_panic(kind in 0_usize..8, at in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6), cut in any::<prop::sample::Index>(), noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut file = match kind {
            0 => zipped(&[("a.txt", b"Late."), ("b.jsonl", LINES)]),
            1 => gzip(LINES),
            2 => b"<rss><channel><item><guid>1</guid><description><![CDATA[<p>x</p>]]></description></item></channel></rss>".to_vec(),
            3 => b"{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":1,\"content_text\":\"x\"}]}".to_vec(),
            4 => b"From a Tue Mar  3 09:12:00 2026\nFrom: a\nTo: b\n\nx\n\nFrom b Tue Mar  3 09:12:00 2026\nFrom: a\n\n>From\n".to_vec(),
            5 => b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: 52\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n\r\n".to_vec(),
            6 => zstd::encode_all(LINES, 3).unwrap(),
            _ => noise,
        };
        for (index, byte) in at {
            if !file.is_empty() {
                let index = index.index(file.len());
                file[index] = byte;
            }
        }
        file.truncate(cut.index(file.len() + 1).max(file.len() / 2));
        let _ = unpack(&file, "a", LIMITS);
    }
}
