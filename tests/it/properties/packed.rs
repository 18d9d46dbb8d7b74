//! Packs bytes, so that those that are made up get past checksums and tables.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

/// What a book has beside its chapters, where the bytes do not say otherwise.
pub const BOOK: [(&str, &str); 2] = [
    (
        "META-INF/container.xml",
        "<container><rootfiles><rootfile full-path=\"book.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles></container>",
    ),
    (
        "book.opf",
        "<package><metadata><dc:title>Ferry late</dc:title><dc:language>en</dc:language></metadata><manifest>\
         <item id=\"a\" href=\"a.xhtml\" media-type=\"application/xhtml+xml\"/>\
         <item id=\"b\" href=\"b.xhtml\" media-type=\"application/xhtml+xml\"/></manifest>\
         <spine><itemref idref=\"a\"/><itemref idref=\"b\"/></spine></package>",
    ),
];

/// Begins a file of its own: `--- wire/a.txt`.
const NAME_LINE: &[u8] = b"--- ";

/// The files that the bytes are made of: each begins with a line that names it, and the first may go without.
fn files<'b>(bytes: &'b [u8], first: &'b str) -> Vec<(&'b [u8], Vec<u8>)> {
    let mut files = vec![(first.as_bytes(), Vec::new())];
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match (line.strip_prefix(NAME_LINE), files.last_mut()) {
            (Some(name), _) => files.push((name.trim_ascii(), Vec::new())),
            (None, Some((_, content))) => content.extend_from_slice(line),
            (None, None) => {}
        }
    }
    files
}

/// A ZIP file of the files that the bytes are made of. Those of an even length are deflated.
pub fn zip_of(bytes: &[u8], first: &str, beside: &[(&str, &str)]) -> Vec<u8> {
    let mut files = files(bytes, first);
    for (name, content) in beside {
        if !files.iter().any(|(known, _)| *known == name.as_bytes()) {
            files.push((name.as_bytes(), content.as_bytes().to_vec()));
        }
    }
    let (mut packed, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (name, content) in files.iter().take(200) {
        let (Ok(name_length), Ok(at), Ok(length)) = (u16::try_from(name.len()), u32::try_from(packed.len()), u32::try_from(content.len()))
        else {
            continue;
        };
        let is_deflated = content.len().is_multiple_of(2);
        let body = if is_deflated { deflated(content) } else { content.clone() };
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let mut fields = Vec::new();
        fields.extend_from_slice(&20_u16.to_le_bytes());
        fields.extend_from_slice(&0x0800_u16.to_le_bytes());
        fields.extend_from_slice(&(if is_deflated { 8_u16 } else { 0 }).to_le_bytes());
        fields.extend_from_slice(&[0; 4]);
        fields.extend_from_slice(&crc.sum().to_le_bytes());
        fields.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
        fields.extend_from_slice(&length.to_le_bytes());
        fields.extend_from_slice(&name_length.to_le_bytes());
        fields.extend_from_slice(&[0; 2]);
        packed.extend_from_slice(b"PK\x03\x04");
        packed.extend_from_slice(&fields);
        packed.extend_from_slice(name);
        packed.extend_from_slice(&body);
        directory.extend_from_slice(b"PK\x01\x02\x14\0");
        directory.extend_from_slice(&fields);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&at.to_le_bytes());
        directory.extend_from_slice(name);
        count += 1;
    }
    let at = u32::try_from(packed.len()).unwrap_or(u32::MAX);
    let length = u32::try_from(directory.len()).unwrap_or(u32::MAX);
    packed.extend_from_slice(&directory);
    packed.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    packed.extend_from_slice(&count.to_le_bytes());
    packed.extend_from_slice(&count.to_le_bytes());
    packed.extend_from_slice(&length.to_le_bytes());
    packed.extend_from_slice(&at.to_le_bytes());
    packed.extend_from_slice(&[0; 2]);
    packed
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// The bytes as each program packs them, with the name that such a file has.
pub fn compressed(bytes: &[u8]) -> [(&'static str, Vec<u8>); 4] {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    let mut bz2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bz2.write_all(bytes).unwrap();
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 0);
    xz.write_all(bytes).unwrap();
    [
        ("gz", gz.finish().unwrap()),
        ("bz2", bz2.finish().unwrap()),
        ("xz", xz.finish().unwrap()),
        ("zst", zstd::encode_all(bytes, 1).unwrap()),
    ]
}

/// A PDF file of one page with this content, and the fonts `F1` and `F2`.
pub fn pdf_of(content: &[u8]) -> Vec<u8> {
    let stream = [format!("<</Length {}>>stream\n", content.len()).as_bytes(), content, b"\nendstream"].concat();
    let objects: [&[u8]; 6] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>",
        &stream,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>",
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n", number + 1).as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let table = file.len();
    file.extend_from_slice(b"xref\n0 7\n0000000000 65535 f \n");
    places.iter().for_each(|place| file.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes()));
    file.extend_from_slice(format!("trailer\n<</Size 7/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n").as_bytes());
    file
}
