//! What a page says about its article besides the text: headline, authors, dates, site, section, tags, picture.
//!
//! Pages say these things in several places and the places disagree. Each field has its cascade:
//!
//! - title (without the line above it): the `<h1>` that `<title>` or `og:title` agree with, a lone `<h1>`, JSON-LD `headline`, `og:title`, `<title>`;
//! - authors: JSON-LD, `<meta>` in its many names, microdata, `rel=author`, the visible byline, 记者 and 作者 in the text;
//! - published, updated: JSON-LD, `<meta>`, microdata, the address, `<time>`, hAtom, the visible date; a moment in universal
//!   time is told with the zone that another of these places gives;
//! - url: `rel=canonical`, `og:url`, JSON-LD, the address given; site: `og:site_name`, JSON-LD's publisher, the host.

mod authors;
mod dates;
pub mod json_ld;
mod tags;
mod times;
pub mod titles;
mod visible;

#[cfg(test)]
mod tests;

use url::Url;

use super::signs::Signs;
use super::tags::Key;
use super::tree::{Id, Tree};
use crate::model::Metadata;
use dates::Dates;
use json_ld::Stated;
use tags::Tags;
use visible::Places;

/// What was found, for the record and for telling the article's text.
#[derive(Debug, Default)]
pub struct Found {
    pub metadata: Metadata,
    pub language: Option<String>,
    /// The `<h1>` that the title was taken from.
    pub heading: Option<Id>,
    /// What the page says in short of its article.
    pub description: Option<String>,
    /// The article's whole text, as JSON-LD states it.
    pub body: Option<String>,
    /// The page says that it is an article.
    pub is_article: bool,
}

pub fn read(tree: &Tree, signs: &[Signs], address: Option<&str>) -> Found {
    let tags = Tags::read(tree);
    let stated = json_ld::read(tree);
    let headings = titles::headings(tree, signs);
    let url = url(&tags, &stated, address);
    let base = url.as_deref().or(address).and_then(|url| Url::parse(url).ok());
    let host = base.as_ref().and_then(Url::host_str).map(|host| host.strip_prefix("www.").unwrap_or(host).to_owned());
    let site_named = tags
        .first(&["og:site_name", "application-name", "al:android:app_name", "twitter:app:name:iphone"])
        .map(str::to_owned)
        .or_else(|| stated.site.clone());
    let offered = titles::Offered {
        headings: &headings,
        page: tags.title.as_deref(),
        shared: tags.first(&["og:title", "twitter:title", "dc.title", "dcterms.title", "title", "parsely-title", "sailthru.title"]),
        headline: stated.headline.as_deref().filter(|_| stated.is_article),
        site: site_named.as_deref().or(host.as_deref()),
    };
    let (title, heading) = titles::choose(&offered);
    let places = Places::of(tree, signs, heading);
    let authors = authors::choose(tree, &tags, &stated, site_named.as_deref(), &places);
    let language = language(tree, &tags, &stated);
    let dates = Dates { tree, signs, tags: &tags, stated: &stated, language: language.as_deref(), places: &places };
    let description = stated
        .description
        .clone()
        .or_else(|| tags.first(&["og:description", "description", "twitter:description", "dc.description"]).map(str::to_owned));
    let image =
        tags.first(&["og:image", "og:image:url", "twitter:image", "twitter:image:src"]).map(str::to_owned).or_else(|| stated.image.clone());
    let kind = tags.first(&["og:type"]).map(str::to_ascii_lowercase);
    Found {
        metadata: Metadata {
            site: site_named.or(host),
            title,
            subtitle: stated.subtitle.clone(),
            authors,
            section: stated
                .section
                .clone()
                .or_else(|| tags.first(&["article:section", "parsely-section", "section", "og:section"]).map(str::to_owned)),
            tags: keywords(&tags, &stated),
            image: image.and_then(|image| absolute(&image, base.as_ref())),
            dateline: None,
            published: dates.published(url.as_deref().or(address)),
            updated: dates.updated(),
            url,
        },
        language,
        heading,
        description,
        is_article: stated.is_article || kind.is_some_and(|kind| kind.contains("article")),
        body: stated.body,
    }
}

fn url(tags: &Tags, stated: &Stated, address: Option<&str>) -> Option<String> {
    let base = address.and_then(|address| Url::parse(address).ok());
    let offered = [tags.canonical.as_deref(), tags.first(&["og:url", "twitter:url"]), stated.url.as_deref(), address];
    offered.iter().flatten().find_map(|url| absolute(url, base.as_ref()))
}

fn absolute(url: &str, base: Option<&Url>) -> Option<String> {
    let parsed = match base {
        Some(base) => base.join(url).ok()?,
        None => Url::parse(url).ok()?,
    };
    (matches!(parsed.scheme(), "http" | "https") && parsed.has_host()).then(|| parsed.to_string())
}

fn language(tree: &Tree, tags: &Tags, stated: &Stated) -> Option<String> {
    let told = tree.attribute(0, Key::Lang).map(str::trim).filter(|lang| !lang.is_empty()).map(str::to_owned);
    told.or_else(|| stated.language.clone())
        .or_else(|| tags.first(&["content-language", "og:locale", "dc.language", "language"]).map(|tag| tag.replace('_', "-")))
}

/// A page has a dozen; more are a search engine's bait.
const TAGS_MAX: usize = 40;

fn keywords(tags: &Tags, stated: &Stated) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let told: Vec<&str> = tags.all("article:tag").collect();
    let listed = || {
        tags.first(&["news_keywords", "parsely-tags", "sailthru.tags", "keywords"])
            .map(|list| list.split([',', ';']).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let given: Vec<&str> = if !stated.tags.is_empty() {
        stated.tags.iter().map(String::as_str).collect()
    } else if !told.is_empty() {
        told
    } else {
        listed()
    };
    for word in given {
        let word = word.trim();
        if !word.is_empty() && word.chars().count() <= 80 && !words.iter().any(|other| other == word) && words.len() < TAGS_MAX {
            words.push(word.to_owned());
        }
    }
    words
}
