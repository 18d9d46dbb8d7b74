//! Finds the article on a page and reads what the page says about it.

use crate::model::{Format, Layout, Metadata, ParsedArticle, SourceFacts, StageError, Warning};

/// How pages are read.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Options {}

/// Reads a decoded page. `address` is where it came from.
pub fn parse(page: &str, address: Option<&str>, _options: &Options) -> Result<ParsedArticle, StageError> {
    let malformed = |error: dom_smoothie::ReadabilityError| StageError::Malformed { reason: error.to_string() };
    let mut reader = dom_smoothie::Readability::new(page, address, None).map_err(malformed)?;
    let Ok(article) = reader.parse() else { return Err(StageError::Empty) };
    let (text, warnings) = (article.text_content.to_string(), vec![Warning::HtmlFallback]);
    let metadata = Metadata {
        url: address.map(str::to_owned),
        site: article.site_name,
        title: Some(article.title).filter(|title| !title.is_empty()),
        authors: article.byline.as_deref().map(super::bylines::read).unwrap_or_default(),
        published: article
            .published_time
            .as_deref()
            .and_then(|date| super::dates::find(date, article.lang.as_deref()))
            .map(|(_, date)| date),
        updated: article.modified_time.as_deref().and_then(|date| super::dates::read(date, article.lang.as_deref())),
        image: article.image,
        ..Metadata::default()
    };
    Ok(ParsedArticle {
        metadata,
        source: SourceFacts::new(Format::Html, "utf-8"),
        language_declared: article.lang,
        language_given: false,
        text,
        layout: Layout::Lines,
        warnings,
    })
}
