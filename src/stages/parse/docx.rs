//! Reads Word documents: the paragraphs as they stand, without what was deleted, and the title by its style.

use super::Options;
use super::fragment;
use super::packed::Packed;
use super::text;
use super::xml::{Step, Steps};
use crate::model::{Format, Layout, Metadata, ParsedArticle, SourceFacts, StageError};

/// Reads one document (ECMA-376, WordprocessingML).
pub fn parse(bytes: &[u8], options: &Options) -> Result<ParsedArticle, StageError> {
    let mut packed = Packed::open(bytes, options.ratio_max)?;
    let Some(document) = packed.text("word/document.xml")? else {
        return Err(StageError::Malformed { reason: "it holds no Word document".to_owned() });
    };
    let mut metadata = match packed.text("docProps/core.xml")? {
        Some(core) => properties(&core),
        None => Metadata::default(),
    };
    let mut body = String::new();
    let mut body_begun = false;
    for Paragraph { text: paragraph, style } in paragraphs(&document)? {
        let line = paragraph.trim();
        if line.is_empty() {
            continue;
        }
        // A title is one only above the text.
        match style {
            Style::Title if !body_begun => {
                metadata.title = Some(fragment::line_of(line));
                continue;
            }
            Style::Subtitle if !body_begun => {
                metadata.subtitle = Some(fragment::line_of(line));
                continue;
            }
            // Many who write an article make its title the first heading.
            Style::Heading if !body_begun && body.is_empty() => {
                metadata.title = Some(fragment::line_of(line));
                body_begun = true;
                continue;
            }
            _ => body_begun = true,
        }
        if !body.is_empty() {
            body.push_str("\n\n");
        }
        body.push_str(line);
    }
    if body.is_empty() {
        return Err(StageError::Empty);
    }
    let mut article = ParsedArticle {
        metadata,
        source: SourceFacts::new(Format::Docx, "utf-8"),
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Title,
    Subtitle,
    Heading,
    Other,
}

struct Paragraph {
    text: String,
    style: Style,
}

impl Paragraph {
    fn new() -> Self {
        Self { text: String::new(), style: Style::Other }
    }
}

/// A text box in a paragraph holds paragraphs, and may hold a box; nobody writes so many.
const PARAGRAPHS_DEEP_MAX: usize = 64;

/// The paragraphs in reading order; one within another (a text box) comes before the one that holds it.
fn paragraphs(document: &str) -> Result<Vec<Paragraph>, StageError> {
    let malformed = |error: String| StageError::Malformed { reason: format!("its text cannot be read ({error})") };
    let mut steps = Steps::new(document);
    let mut done = Vec::new();
    let mut open: Vec<Paragraph> = Vec::new();
    // What was deleted, a field's instruction, and what older programs are shown instead.
    let mut silent = 0_u32;
    let mut in_text = false;
    while let Some(step) = steps.read_next().map_err(malformed)? {
        match step {
            Step::Start(element) => match local(&element.name()) {
                "del" | "moveFrom" | "instrText" | "delText" | "Fallback" => silent += 1,
                _ if silent > 0 => silent += 1,
                "p" if element.name().starts_with("w:") || !element.name().contains(':') => {
                    if open.len() >= PARAGRAPHS_DEEP_MAX {
                        return Err(malformed(format!("more than {PARAGRAPHS_DEEP_MAX} paragraphs lie in each other")));
                    }
                    open.push(Paragraph::new());
                }
                "t" => in_text = true,
                name => mark(name, element.attribute("w:val"), &mut open),
            },
            Step::Empty(element) if silent == 0 => {
                let value = element.attribute("w:val");
                mark(local(&element.name()), value, &mut open);
            }
            Step::Empty(_) => {}
            Step::End(_) if silent > 0 => silent -= 1,
            Step::End(name) => match local(&name) {
                "p" if name.starts_with("w:") || !name.contains(':') => done.extend(open.pop()),
                "t" => in_text = false,
                _ => {}
            },
            Step::Text(text) => {
                if let Some(paragraph) = open.last_mut().filter(|_| in_text && silent == 0) {
                    paragraph.text.push_str(&text);
                }
            }
        }
    }
    Ok(done)
}

fn mark(name: &str, value: Option<String>, open: &mut [Paragraph]) {
    let Some(paragraph) = open.last_mut() else { return };
    match name {
        "tab" if !paragraph.text.is_empty() => paragraph.text.push(' '),
        "br" | "cr" => paragraph.text.push('\n'),
        "noBreakHyphen" => paragraph.text.push('\u{2011}'),
        "pStyle" => {
            // Their ids are in the language of the program that wrote them.
            let id = value.unwrap_or_default().to_lowercase();
            paragraph.style = match id.as_str() {
                "title" | "titel" | "titre" | "titolo" | "ttulo" | "título" | "judul" => Style::Title,
                "subtitle" | "untertitel" | "sous-titre" | "sottotitolo" | "subttulo" | "subtítulo" | "ondertitel" => Style::Subtitle,
                "heading1" | "berschrift1" | "überschrift1" | "titre1" | "titolo1" | "ttulo1" | "título1" | "kop1" | "judul1" => {
                    Style::Heading
                }
                _ => Style::Other,
            };
        }
        _ => {}
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// What the programs that write documents put where nobody's name is known.
const NOBODY: [&str; 6] = ["python-docx", "microsoft office user", "unknown", "author", "user", "admin"];

fn properties(core: &str) -> Metadata {
    let mut metadata = Metadata::default();
    let mut steps = Steps::new(core);
    let mut name = String::new();
    // What cannot be read of it is not needed.
    while let Ok(Some(step)) = steps.read_next() {
        match step {
            Step::Start(element) => name = element.name(),
            Step::End(_) | Step::Empty(_) => name.clear(),
            Step::Text(text) if !text.trim().is_empty() => match name.as_str() {
                "dc:title" => metadata.title = Some(text.trim().to_owned()),
                "dc:creator" => {
                    let names = text.split([';', '\n']).map(str::trim).filter(|name| !name.is_empty());
                    metadata.authors = names.filter(|name| !NOBODY.contains(&name.to_lowercase().as_str())).map(str::to_owned).collect();
                }
                "cp:keywords" => {
                    metadata.tags = text.split([',', ';']).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
                }
                _ => {}
            },
            Step::Text(_) => {}
        }
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::super::epub::packed_for_tests as packed;
    use super::*;

    fn document(body: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
        )
    }

    #[track_caller]
    fn check(body: &str, title: Option<&str>, text: &str) {
        let article = parse(&packed(&[("word/document.xml", &document(body))]), &Options::default()).unwrap();
        assert_eq!((article.metadata.title.as_deref(), article.text.as_str()), (title, text));
    }

    #[test]
    fn a_title_is_told_by_its_style_and_runs_are_one_text() {
        check(
            "<w:p><w:pPr><w:pStyle w:val=\"Title\"/></w:pPr><w:r><w:t>Ferry late</w:t></w:r></w:p>\
             <w:p><w:r><w:t xml:space=\"preserve\">The fer</w:t></w:r><w:hyperlink><w:r><w:t>ry &amp; bus</w:t></w:r></w:hyperlink><w:r><w:tab/><w:t>wait.</w:t></w:r></w:p>\
             <w:p/><w:tbl><w:tr><w:tc><w:p><w:r><w:t>10:00</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
            Some("Ferry late"),
            "The ferry & bus wait.\n\n10:00",
        );
    }

    #[test]
    fn what_was_deleted_is_not_read() {
        check(
            "<w:p><w:r><w:t>It is </w:t></w:r><w:del><w:r><w:delText>early</w:delText></w:r></w:del><w:ins><w:r><w:t>late</w:t></w:r></w:ins>\
             <w:r><w:instrText>PAGE</w:instrText></w:r></w:p>",
            None,
            "It is late",
        );
    }

    #[test]
    fn a_program_s_name_is_no_author() {
        let core = "<cp:coreProperties><dc:title>Ferry</dc:title><dc:creator>python-docx</dc:creator></cp:coreProperties>";
        let body = document("<w:p><w:r><w:t>Late.</w:t></w:r></w:p>");
        let article = parse(&packed(&[("word/document.xml", &body), ("docProps/core.xml", core)]), &Options::default()).unwrap();
        assert_eq!((article.metadata.title.as_deref(), article.metadata.authors.len()), (Some("Ferry"), 0));
    }

    #[test]
    fn a_document_that_unpacks_to_too_much_is_refused() {
        let body = document(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "a".repeat(3_000_000)));
        let error = parse(&packed(&[("word/document.xml", &body)]), &Options { ratio_max: 10, ..Options::default() }).unwrap_err();
        assert_eq!(error.code(), "limit.ratio");
        assert_eq!(parse(&packed(&[("a", "b")]), &Options::default()).unwrap_err().code(), "parse.malformed");
        assert_eq!(parse(b"PK\x03\x04", &Options::default()).unwrap_err().code(), "parse.malformed");
    }
}
