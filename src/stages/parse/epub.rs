//! Reads books in EPUB, versions 2 and 3: what is to be read, in its order, without cover and table of contents.

use std::collections::HashMap;

use super::packed::Packed;
use super::xml::{Element, Step, Steps};
use super::{Options, fragment, wire_date};
use crate::model::{Format, Layout, Metadata, ParsedArticle, SourceFacts, StageError};

/// Reads one book as one article.
pub fn parse(bytes: &[u8], options: &Options) -> Result<ParsedArticle, StageError> {
    let malformed = |reason: &str| StageError::Malformed { reason: reason.to_owned() };
    let mut packed = Packed::open(bytes, options.ratio_max)?;
    let container = packed.text("META-INF/container.xml")?.ok_or_else(|| malformed("the book does not say what is in it"))?;
    let path = root_file(&container).ok_or_else(|| malformed("the book does not say what is in it"))?;
    let package = packed.text(&path)?.ok_or_else(|| malformed("the book's list of contents is missing"))?;
    let book = Book::read(&package);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut text = String::new();
    for item in book.spine.iter().filter_map(|id| book.items.get(id)) {
        let is_page = matches!(item.media.as_str(), "application/xhtml+xml" | "text/html" | "application/x-dtbook+xml");
        if !is_page || item.is_apparatus() {
            continue;
        }
        let Some(page) = packed.text(&joined(folder, &item.href))? else { continue };
        let page = fragment::text_of(&page);
        if !page.is_empty() {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&page);
        }
    }
    if text.is_empty() {
        return Err(StageError::Empty);
    }
    Ok(ParsedArticle {
        metadata: book.metadata,
        source: SourceFacts::new(Format::Epub, "utf-8"),
        language_declared: book.language,
        language_given: false,
        text,
        layout: Layout::Blocks,
        warnings: Vec::new(),
    })
}

/// Authors and subjects of one book; no book has so many.
const NAMES_MAX: usize = 1000;

struct Item {
    id: String,
    href: String,
    media: String,
    properties: String,
}

impl Item {
    /// Cover, title page, table of contents.
    fn is_apparatus(&self) -> bool {
        const NAMES: [&str; 9] = ["cover", "titlepage", "title_page", "title-page", "toc", "nav", "contents", "coverpage", "copyright"];
        let file = self.href.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default().to_ascii_lowercase();
        let id = self.id.to_ascii_lowercase();
        let by_name = NAMES.contains(&file.as_str()) || NAMES.contains(&id.as_str());
        self.properties.split_ascii_whitespace().any(|property| property == "nav") || by_name
    }
}

#[derive(Default)]
struct Book {
    metadata: Metadata,
    language: Option<String>,
    items: HashMap<String, Item>,
    spine: Vec<String>,
}

impl Book {
    fn read(package: &str) -> Self {
        let mut book = Self::default();
        let mut steps = Steps::new(package);
        let mut name = String::new();
        let mut text = String::new();
        while let Ok(Some(step)) = steps.read_next() {
            match step {
                Step::Start(element) => {
                    name = local(&element.name()).to_owned();
                    text.clear();
                    book.note(&name, &element);
                }
                Step::Empty(element) => book.note(local(&element.name()), &element),
                Step::Text(part) => text.push_str(&part),
                Step::End(_) => {
                    book.note_text(&name, text.trim());
                    name.clear();
                    text.clear();
                }
            }
        }
        book
    }

    fn note(&mut self, name: &str, element: &Element<'_>) {
        match name {
            "item" => {
                let attribute = |name: &str| element.attribute(name).unwrap_or_default();
                let (id, href, media, properties) = (attribute("id"), attribute("href"), attribute("media-type"), attribute("properties"));
                self.items.insert(id.clone(), Item { id, href, media, properties });
            }
            "itemref" if element.attribute("linear").is_none_or(|linear| linear != "no") => {
                // A page that is named again and again would be read again and again.
                if let Some(id) = element.attribute("idref").filter(|id| self.items.contains_key(id)) {
                    self.spine.push(id);
                }
            }
            _ => {}
        }
    }

    fn note_text(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let metadata = &mut self.metadata;
        match name {
            "title" if metadata.title.is_none() => metadata.title = Some(text.to_owned()),
            "creator" if metadata.authors.len() < NAMES_MAX && !metadata.authors.iter().any(|author| author == text) => {
                metadata.authors.push(text.to_owned());
            }
            "language" if self.language.is_none() => self.language = Some(text.to_owned()),
            "publisher" => metadata.site = Some(text.to_owned()),
            "subject" if metadata.tags.len() < NAMES_MAX => metadata.tags.push(text.to_owned()),
            "date" if metadata.published.is_none() => metadata.published = wire_date::read(text),
            "source" if text.starts_with("http") => metadata.url = Some(text.to_owned()),
            _ => {}
        }
    }
}

fn root_file(container: &str) -> Option<String> {
    let mut steps = Steps::new(container);
    while let Ok(Some(step)) = steps.read_next() {
        if let Step::Start(element) | Step::Empty(element) = step
            && local(&element.name()) == "rootfile"
        {
            return element.attribute("full-path");
        }
    }
    None
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The path of a file that is named from within a folder; `..` leads up, and never out.
fn joined(folder: &str, href: &str) -> String {
    let href = href.split('#').next().unwrap_or_default();
    let decoded = percent_decoded(href);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(decoded.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = behind.get(..2).and_then(|digits| str::from_utf8(digits).ok()).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match hex.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A ZIP file by another hand, for the samples.
#[cfg(test)]
pub fn packed_for_tests(files: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, ::zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[cfg(test)]
mod tests {
    use super::packed_for_tests as packed;
    use super::*;

    const CONTAINER: &str = "<container xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles><rootfile full-path=\"OEBPS/content.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles></container>";

    fn book(version: &str, spine: &str) -> Vec<u8> {
        let package = format!(
            "<package version=\"{version}\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><metadata><dc:title>Ferry late</dc:title><dc:creator>Ada Moe</dc:creator>\
             <dc:language>nl</dc:language><dc:date>2026-03-03</dc:date></metadata><manifest>\
             <item id=\"nav\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/>\
             <item id=\"one\" href=\"text/one%20a.xhtml\" media-type=\"application/xhtml+xml\"/>\
             <item id=\"two\" href=\"../two.xhtml\" media-type=\"application/xhtml+xml\"/>\
             <item id=\"css\" href=\"a.css\" media-type=\"text/css\"/></manifest><spine>{spine}</spine></package>"
        );
        let page = |text: &str| {
            format!(
                "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>T</title></head><body><p>{text}</p></body></html>"
            )
        };
        packed(&[
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml", CONTAINER),
            ("OEBPS/content.opf", &package),
            ("OEBPS/nav.xhtml", &page("Contents")),
            ("OEBPS/text/one a.xhtml", &page("The ferry is late.")),
            ("two.xhtml", &page("It was fog.")),
        ])
    }

    #[test]
    fn a_book_is_read_in_the_order_of_its_spine() {
        for version in ["2.0", "3.0"] {
            let bytes = book(version, "<itemref idref=\"nav\"/><itemref idref=\"two\"/><itemref idref=\"one\"/><itemref idref=\"gone\"/>");
            let article = parse(&bytes, &Options::default()).unwrap();
            assert_eq!(article.text, "It was fog.\n\nThe ferry is late.");
            assert_eq!(
                (article.metadata.title.as_deref(), &article.metadata.authors[..]),
                (Some("Ferry late"), &["Ada Moe".to_owned()][..])
            );
            assert_eq!((article.metadata.published.as_deref(), article.language_declared.as_deref()), (Some("2026-03-03"), Some("nl")));
        }
    }

    #[test]
    fn a_page_that_is_named_without_end_meets_the_limit() {
        let spine = "<itemref idref=\"one\"/>".repeat(200_000);
        let error = parse(&book("3.0", &spine), &Options { ratio_max: 1, ..Options::default() }).unwrap_err();
        assert_eq!(error.code(), "limit.ratio");
    }

    #[test]
    fn a_book_without_pages_is_told() {
        assert_eq!(parse(&book("3.0", ""), &Options::default()).unwrap_err().code(), "parse.empty");
        assert_eq!(parse(&packed(&[("mimetype", "application/epub+zip")]), &Options::default()).unwrap_err().code(), "parse.malformed");
    }
}
