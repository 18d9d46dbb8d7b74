//! Reads PDF files: the text in the order in which a person reads it, whole words again where a line end cut them, without
//! running heads and page numbers.

mod bomb;
mod columns;
mod furniture;
mod glyphs;
mod paragraphs;

use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::{Options, fragment, text};
use crate::model::{Format, Layout, Limit, Metadata, ParsedArticle, SourceFacts, StageError};
use glyphs::Line;

/// A longer file is a book, or made to keep us busy.
const PAGES_MAX: usize = 2000;
/// Characters of one file; the longest newspapers have a tenth of it.
const GLYPHS_MAX: usize = 4_000_000;

/// Reads one file.
pub fn parse(bytes: Vec<u8>, options: &Options) -> Result<ParsedArticle, StageError> {
    bomb::ensure_none(&bytes, options.ratio_max)?;
    let pdf = Pdf::new(bytes).map_err(|error| {
        malformed(match error {
            LoadPdfError::Decryption(DecryptionError::PasswordProtected) => "the PDF file asks for a password",
            LoadPdfError::Decryption(_) => "the PDF file is encrypted in a way that cannot be read",
            _ => "the PDF file is damaged",
        })
    })?;
    if pdf.pages().len() > PAGES_MAX {
        let reason = format!("the PDF file has {} pages; {PAGES_MAX} are read", pdf.pages().len());
        return Err(StageError::Limit { limit: Limit::Size, reason });
    }
    let mut pages = glyphs::lines(&pdf, GLYPHS_MAX)?;
    furniture::remove(&mut pages);
    let mut lines: Vec<Line> = Vec::new();
    for page in pages {
        lines.extend(columns::in_reading_order(page));
    }
    let mut paragraphs = paragraphs::of(&lines);
    let set = take_title(&mut paragraphs);
    let told =
        |value: &Option<Box<[u8]>>| value.as_deref().map(string_of).map(|text| fragment::line_of(&text)).filter(|text| is_name(text));
    let metadata = Metadata {
        title: set.or_else(|| told(&pdf.metadata().title)),
        authors: told(&pdf.metadata().author).into_iter().filter(|name| !name.contains('@')).collect(),
        ..Metadata::default()
    };
    let body = paragraphs.into_iter().map(|paragraph| paragraph.text).collect::<Vec<_>>().join("\n\n");
    if body.trim().is_empty() {
        return Err(StageError::Empty);
    }
    let mut article = ParsedArticle {
        metadata,
        source: SourceFacts::new(Format::Pdf, "utf-8"),
        language_declared: None,
        language_given: false,
        text: body,
        layout: Layout::Blocks,
        warnings: Vec::new(),
    };
    if article.metadata.title.is_some() {
        text::take_printed_credits(&mut article);
    }
    Ok(article)
}

fn malformed(reason: &str) -> StageError {
    StageError::Malformed { reason: reason.to_owned() }
}

/// How much larger than the text a headline is set.
const TITLE_SIZE_MIN: f64 = 1.25;
/// A headline is no longer than this.
const TITLE_CHARACTERS_MAX: usize = 250;
/// What may stand above a headline: a kicker, a date, the paper's name.
const ABOVE_TITLE_MAX: usize = 3;

/// The largest of the first paragraphs, if it is set as a headline is.
fn take_title(paragraphs: &mut Vec<paragraphs::Paragraph>) -> Option<String> {
    let text_size = paragraphs::usual_size(paragraphs)?;
    let first = paragraphs.iter().take(ABOVE_TITLE_MAX + 1).enumerate();
    let (at, title) = first.max_by(|(a_at, a), (b_at, b)| a.size.total_cmp(&b.size).then(b_at.cmp(a_at)))?;
    let length = title.text.chars().count();
    if title.size < text_size * TITLE_SIZE_MIN || !(3..=TITLE_CHARACTERS_MAX).contains(&length) || at > ABOVE_TITLE_MAX {
        return None;
    }
    Some(fragment::line_of(&paragraphs.remove(at).text))
}

/// What a program fills in by itself is no title.
fn is_name(text: &str) -> bool {
    const NONE: [&str; 6] = ["untitled", "anonymous", "unspecified", "unknown", "user", "admin"];
    let lower = text.to_lowercase();
    let is_file = [".doc", ".docx", ".indd", ".qxd", ".pdf", ".tex", ".odt", ".dvi"].iter().any(|suffix| lower.ends_with(suffix));
    !text.is_empty() && !is_file && !lower.starts_with("microsoft word") && !NONE.contains(&lower.trim_matches(['(', ')']))
}

/// A text of the file's properties: UTF-16 with its mark, or PDFDocEncoding, which is Latin-1 as far as names go.
fn string_of(bytes: &[u8]) -> String {
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode(bytes).0.into_owned(),
        None => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

#[cfg(test)]
mod tests;
