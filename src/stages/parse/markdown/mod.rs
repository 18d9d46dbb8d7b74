//! Reads Markdown: what stands between the lines of its front matter, its headline, and its text without the marks.
//!
//! The words of links stay, their addresses go; so do images, blocks of code, and tags. Items of lists and rows of
//! tables are lines of one paragraph.

mod blocks;
mod front_matter;

#[cfg(test)]
mod tests;

use super::{bylines, dates, text};
use crate::model::{Format, Layout, Metadata, ParsedArticle, SourceFacts};
use front_matter::FrontMatter;

/// Reads one document.
pub(super) fn parse(markdown: &str) -> ParsedArticle {
    let (front, rest) = front_matter::split(markdown);
    let mut article = ParsedArticle {
        metadata: Metadata::default(),
        source: SourceFacts::new(Format::Markdown, "utf-8"),
        language_declared: None,
        language_given: false,
        text: String::new(),
        layout: Layout::Blocks,
        warnings: Vec::new(),
    };
    if let Some(front) = front {
        read_front_matter(&front, &mut article);
    }
    let document = blocks::read(rest);
    article.text = document.text;
    match (&article.metadata.title, document.headline) {
        (None, headline) => article.metadata.title = headline,
        // The headline is told again, or another one: then it is the first line of the text.
        (Some(title), Some(headline)) if *title != headline => {
            article.text = if article.text.is_empty() { headline } else { format!("{headline}\n\n{}", article.text) };
        }
        (Some(_), _) => {}
    }
    if article.metadata.title.is_some() {
        text::take_credits(&mut article);
    }
    if article.text.is_empty() {
        article.text = article.metadata.title.clone().unwrap_or_default();
    }
    article
}

fn read_front_matter(front: &FrontMatter, article: &mut ParsedArticle) {
    let language = front.text(&["language", "lang", "locale"]);
    let date = |keys: &[&str]| {
        let written = front.text(keys)?;
        dates::read(&written, language.as_deref()).or_else(|| dates::find(&written, language.as_deref()).map(|(_, date)| date))
    };
    let metadata = &mut article.metadata;
    metadata.title = front.text(&["title", "headline"]);
    metadata.subtitle = front.text(&["subtitle", "dek", "deck", "tagline"]);
    metadata.url = front.text(&["url", "canonical_url", "canonical", "link", "permalink"]).filter(|url| url.contains("://"));
    metadata.site = front.text(&["site", "site_name", "publication", "publisher"]);
    metadata.section = front.text(&["section", "category", "categories", "rubric"]);
    metadata.image = front.text(&["image", "cover", "thumbnail", "featured_image", "hero"]);
    metadata.tags = front.list(&["tags", "keywords", "tag"]);
    metadata.published = date(&["published", "date", "publishdate", "pubdate", "published_at", "date_published", "created"]);
    metadata.updated = date(&["updated", "lastmod", "last_modified", "modified", "updated_at", "date_modified"]);
    for name in front.list(&["authors", "author", "byline", "by"]) {
        for author in bylines::read(&name) {
            if !metadata.authors.contains(&author) {
                metadata.authors.push(author);
            }
        }
    }
    article.language_given = language.is_some();
    article.language_declared = language;
}
