//! Reads an article that comes as a JSON object: its text, and what its sender says about it.
//!
//! What the sender says beats what is found out, and nothing is lost: a key that is unknown, or whose value cannot be
//! used, comes back under `source.extra` as it was given.

mod object;
mod values;

#[cfg(test)]
mod tests;

use serde_json::value::RawValue;

use super::{Options, bylines, dates, html};
use crate::model::{Format, Layout, ParsedArticle, SourceFacts, StageError, Warning};
use object::Object;

/// Where the text may stand, in this order.
const TEXT_KEYS: [&str; 4] = ["text", "html", "content", "body"];
const AUTHOR_KEYS: [&str; 3] = ["authors", "author", "byline"];
const PUBLISHED_KEYS: [&str; 2] = ["published", "date"];

/// Reads one object.
pub(super) fn parse(text: &str, encoding: &'static str, options: &Options) -> Result<ParsedArticle, StageError> {
    let sound = object::without_lone_surrogates(text);
    let mut object = Object::read(sound.as_deref().unwrap_or(text))?;
    let url = object.take("url", values::text);
    let language = object.take("language", values::text);
    let mut article = match body(&mut object)? {
        Body::Text(text) => typed(text),
        Body::Html(page) => without_own_headline(html::parse(&page, url.as_deref(), &options.html)?),
    };
    article.source.format = Format::Json;
    article.source.encoding = encoding.into();
    if sound.is_some() && !article.warnings.contains(&Warning::EncodingInvalid) {
        article.warnings.push(Warning::EncodingInvalid);
    }
    if url.is_some() {
        article.metadata.url = url;
    }
    if language.is_some() {
        article.language_declared = language;
        article.language_given = true;
    }
    take_metadata(&mut object, &mut article);
    article.source.id = object.take("id", values::id);
    let (extra, left_out) = object.into_rest(options.json_extra_bytes_max, options.json_depth_max);
    if left_out {
        article.warnings.push(Warning::ExtraTruncated);
    }
    article.source.extra = extra;
    Ok(article)
}

/// The page's headline is no part of the text; whoever sends the page may call it otherwise, so it is taken off here.
fn without_own_headline(mut page: ParsedArticle) -> ParsedArticle {
    let below = page.metadata.title.as_deref().and_then(|title| page.text.strip_prefix(title)?.strip_prefix("\n\n"));
    if let Some(below) = below.map(str::to_owned) {
        page.text = below;
    }
    page
}

fn take_metadata(object: &mut Object, article: &mut ParsedArticle) {
    let language = article.language_declared.clone();
    let date = |raw: &RawValue| values::date(raw, language.as_deref());
    let metadata = &mut article.metadata;
    let given = |field: &mut Option<String>, value: Option<String>| {
        if value.is_some() {
            *field = value;
        }
    };
    given(&mut metadata.site, object.take("site", values::name));
    given(&mut metadata.title, object.take("title", values::text));
    given(&mut metadata.subtitle, object.take("subtitle", values::text));
    given(&mut metadata.section, object.take("section", values::name));
    given(&mut metadata.image, object.take("image", values::address));
    given(&mut metadata.published, object.take_first(&PUBLISHED_KEYS, date));
    given(&mut metadata.updated, object.take("updated", date));
    if let Some(authors) = object.take_first(&AUTHOR_KEYS, values::authors) {
        metadata.authors = authors;
    }
    if let Some(tags) = object.take("tags", values::tags) {
        metadata.tags = tags;
    }
}

enum Body {
    Text(String),
    Html(String),
}

/// The first of the keys that holds anything; the others say the same once more and are dropped.
fn body(object: &mut Object) -> Result<Body, StageError> {
    let mut found = None;
    let mut is_blank = false;
    for key in TEXT_KEYS {
        let Some(raw) = object.get(key) else { continue };
        let Some(text) = values::paragraphs(raw) else { continue };
        object.remove(key);
        if text.trim().is_empty() {
            is_blank = true;
        } else if found.is_none() {
            // `content` and `body` hold what their sender had: markup as often as text.
            let is_page = key == "html" || (key != "text" && looks_like_markup(&text));
            found = Some(if is_page { Body::Html(text) } else { Body::Text(text) });
        }
    }
    match found {
        Some(body) => Ok(body),
        None if is_blank => Err(StageError::Empty),
        None => Err(StageError::NoText),
    }
}

fn looks_like_markup(text: &str) -> bool {
    let is_tag = |tail: &str| {
        ["p>", "p ", "div", "br", "h1", "h2", "article", "section", "html", "!doctype", "span", "ul>", "figure", "img "]
            .iter()
            .any(|name| tail.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
    };
    text.split('<').skip(1).any(|tail| is_tag(tail.strip_prefix('/').unwrap_or(tail)))
}

fn typed(text: String) -> ParsedArticle {
    ParsedArticle {
        metadata: crate::model::Metadata::default(),
        source: SourceFacts::new(Format::Json, "utf-8"),
        language_declared: None,
        language_given: false,
        text,
        layout: Layout::Lines,
        warnings: Vec::new(),
    }
}
