//! Reads an article that came out of a feed or a web archive, and lets what the container knows about it stand.

use super::{Options, Said, fragment};
use crate::model::{Body, Charset, Format, Given, Layout, Metadata, ParsedArticle, SourceFacts, StageError};

/// Reads the bytes as the container says that they are, and lays over them what it knows.
pub fn parse(bytes: Vec<u8>, format: Format, given: Given, options: &Options) -> Result<ParsedArticle, StageError> {
    let mut article = match given.body {
        Body::Page => {
            let said = Said { address: given.metadata.url.as_deref(), charset: label(&given.charset) };
            super::read(bytes, Format::Html, said, options)?
        }
        Body::Text => super::read(bytes, Format::Text, Said { address: None, charset: label(&given.charset) }, options)?,
        Body::Fragment => {
            let html = String::from_utf8(decoded(bytes, &given.charset)).map_err(|_| StageError::Binary)?;
            ParsedArticle {
                metadata: Metadata::default(),
                source: SourceFacts::new(format, "utf-8"),
                language_declared: None,
                language_given: false,
                text: fragment::text_of(&html),
                layout: Layout::Blocks,
                warnings: Vec::new(),
            }
        }
    };
    if article.text.trim().is_empty() {
        return Err(StageError::Empty);
    }
    article.source.format = format;
    if let Charset::Decoded(name) = given.charset {
        article.source.encoding = name;
    }
    // A text's first line is its title only where nobody gave it one.
    if given.body == Body::Text
        && given.metadata.title.is_some()
        && let Some(line) = article.metadata.title.take()
    {
        article.text = format!("{line}\n\n{}", article.text);
    }
    lay_over(&mut article.metadata, given.metadata);
    article.language_declared = given.language.or(article.language_declared);
    for warning in given.warnings {
        if !article.warnings.contains(&warning) {
            article.warnings.push(warning);
        }
    }
    Ok(article)
}

/// What is given beats what was found, field by field.
pub fn lay_over(found: &mut Metadata, given: Metadata) {
    let line = |text: Option<String>| text.map(|text| fragment::line_of(&text)).filter(|text| !text.is_empty());
    let lines =
        |texts: Vec<String>| -> Vec<String> { texts.iter().map(|text| fragment::line_of(text)).filter(|text| !text.is_empty()).collect() };
    let address = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let Metadata { url, site, title, subtitle, authors, section, tags, image, dateline, published, updated } = given;
    found.url = address(url).or(found.url.take());
    found.site = line(site).or(found.site.take());
    found.title = line(title).or(found.title.take());
    found.subtitle = line(subtitle).or(found.subtitle.take());
    found.section = line(section).or(found.section.take());
    found.image = address(image).or(found.image.take());
    found.dateline = dateline.or(found.dateline.take());
    found.published = published.or(found.published.take());
    found.updated = updated.or(found.updated.take());
    let (authors, tags) = (lines(authors), lines(tags));
    if !authors.is_empty() {
        found.authors = authors;
    }
    if !tags.is_empty() {
        found.tags = tags;
    }
}

fn label(charset: &Charset) -> Option<&str> {
    match charset {
        Charset::Declared(label) => Some(label),
        Charset::Unknown | Charset::Decoded(_) => None,
    }
}

/// A piece of a page has no head that could declare anything.
fn decoded(bytes: Vec<u8>, charset: &Charset) -> Vec<u8> {
    match label(charset).and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes())) {
        Some(encoding) if str::from_utf8(&bytes).is_err() => encoding.decode(&bytes).0.into_owned().into_bytes(),
        _ => bytes,
    }
}
