//! What must hold whatever the bytes: one function for each thing in copydesk that reads what strangers wrote. Each
//! panics where something does not hold. The fuzzer (`fuzz/`) calls them with bytes that it makes up, `corpus.rs` with
//! those that are kept.

mod article;
mod documents;
mod language;
mod packed;
mod records;
mod recovery;
mod settings;
mod unpacking;

pub use documents::{dates, docx, encoding, epub, given, html, json, mail, markdown, news_item, pdf, text};
pub use language::{clean, quotes, sentences, summary};
pub use records::{attempts, line};
pub use recovery::recovery;
pub use settings::settings;
pub use unpacking::{compressed, feed, form, json_lines, mbox, news_message, warc, zip};

/// Checks what must hold for these bytes.
pub type Property = fn(&[u8]);

/// All of them, by the names of the fuzz targets.
pub const ALL: [(&str, Property); 28] = [
    ("attempts", attempts),
    ("clean", clean),
    ("compressed", compressed),
    ("dates", dates),
    ("docx", docx),
    ("encoding", encoding),
    ("epub", epub),
    ("feed", feed),
    ("form", form),
    ("given", given),
    ("html", html),
    ("json", json),
    ("json_lines", json_lines),
    ("line", line),
    ("mail", mail),
    ("markdown", markdown),
    ("mbox", mbox),
    ("news_item", news_item),
    ("news_message", news_message),
    ("pdf", pdf),
    ("quotes", quotes),
    ("recovery", recovery),
    ("sentences", sentences),
    ("settings", settings),
    ("summary", summary),
    ("text", text),
    ("warc", warc),
    ("zip", zip),
];

/// The first line and the rest.
fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    (bytes.get(..end).unwrap_or_default(), bytes.get(end + 1..).unwrap_or_default())
}
