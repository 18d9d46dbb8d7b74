//! What a page says of its article in JSON-LD (schema.org): as one object, an array, a graph, or JSON that is broken.

use serde_json::{Map, Value};

use super::super::entities;
use super::super::tags::{Key, Tag};
use super::super::tree::Tree;
use super::tags::tidy;

/// In bytes, of one script and of all: beyond, they are data, not metadata.
const SCRIPT_MAX: usize = 2_000_000;
/// Objects that are looked at.
const OBJECTS_MAX: usize = 5_000;

/// What is said of the article.
#[derive(Debug, Default)]
pub struct Stated {
    pub is_article: bool,
    pub headline: Option<String>,
    pub subtitle: Option<String>,
    pub description: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub section: Option<String>,
    pub tags: Vec<String>,
    pub image: Option<String>,
    pub site: Option<String>,
    pub language: Option<String>,
    pub url: Option<String>,
    pub body: Option<String>,
}

/// Reads all scripts of the page and keeps the object that tells most of an article.
pub fn read(tree: &Tree) -> Stated {
    let mut roots = Vec::new();
    let mut left = SCRIPT_MAX;
    for id in 0..tree.len() {
        let is_ld = tree.tag(id) == Tag::Script
            && tree.attribute(id, Key::Type).is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("application/ld+json"));
        if !is_ld {
            continue;
        }
        let script = tree.raw_content(id);
        if script.len() > left {
            continue;
        }
        left -= script.len();
        roots.extend(parse(script));
    }
    let objects = objects(&roots);
    let mut best: Option<(u32, &Map<String, Value>)> = None;
    for object in &objects {
        let rank = rank(object);
        if rank > 0 && best.is_none_or(|(most, _)| rank > most) {
            best = Some((rank, object));
        }
    }
    best.map(|(rank, object)| state(object, &objects, rank >= ARTICLE_RANK)).unwrap_or_default()
}

/// JSON as it should be, or as far as it can be put right: comments around it, control characters and trailing commas in it.
fn parse(script: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(script) {
        return Some(value);
    }
    let mut inner = script.trim();
    for (open, close) in [("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>")] {
        inner = inner.strip_prefix(open).unwrap_or(inner).trim();
        inner = inner.strip_suffix(close).unwrap_or(inner).trim();
    }
    let inner = inner.trim_end_matches(';').trim_end();
    // A script has no entities, but some programs write its quotes as such.
    if inner.trim_start_matches(['{', '[', ' ']).starts_with("&quot;") {
        return serde_json::from_str(&mended(&entities::decode(inner))).ok();
    }
    serde_json::from_str(&mended(inner)).ok()
}

fn mended(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut in_string = false;
    let mut is_escaped = false;
    let mut comma: Option<usize> = None;
    let mut depth: Vec<char> = Vec::new();
    for c in json.chars() {
        if in_string {
            match c {
                _ if is_escaped => {
                    is_escaped = false;
                    if matches!(c, '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u') {
                        out.push(c);
                    } else {
                        // "\'" and the like: the escape was for another language.
                        out.pop();
                        out.push(if c.is_control() { ' ' } else { c });
                    }
                }
                '\\' => {
                    is_escaped = true;
                    out.push(c);
                }
                '"' => {
                    in_string = false;
                    out.push(c);
                }
                _ if c.is_control() => out.push(' '),
                _ => out.push(c),
            }
            continue;
        }
        match c {
            '"' => {
                in_string = true;
                comma = None;
                out.push(c);
            }
            ',' => {
                comma = Some(out.len());
                out.push(c);
            }
            '}' | ']' => {
                if let Some(at) = comma.take() {
                    out.truncate(at);
                }
                depth.pop();
                out.push(c);
            }
            '{' | '[' => {
                comma = None;
                depth.push(if c == '{' { '}' } else { ']' });
                out.push(c);
            }
            _ if c.is_whitespace() => out.push(' '),
            _ => {
                comma = None;
                out.push(c);
            }
        }
    }
    // What was cut off is closed.
    if in_string {
        out.push('"');
    }
    while let Some(close) = depth.pop() {
        out.push(close);
    }
    out
}

/// All objects, outer before inner. Depth is bounded by the JSON reader.
fn objects(roots: &[Value]) -> Vec<&Map<String, Value>> {
    let mut found = Vec::new();
    let mut stack: Vec<&Value> = roots.iter().rev().collect();
    while let Some(value) = stack.pop() {
        if found.len() >= OBJECTS_MAX {
            break;
        }
        match value {
            Value::Object(object) => {
                found.push(object);
                stack.extend(object.values().filter(|value| value.is_object() || value.is_array()));
            }
            Value::Array(values) => stack.extend(values.iter().rev()),
            _ => {}
        }
    }
    found
}

/// An object at least this high speaks of an article, not of the page.
const ARTICLE_RANK: u32 = 10;

fn rank(object: &Map<String, Value>) -> u32 {
    let kind = types(object).map(rank_of_type).max().unwrap_or_default();
    if kind == 0 {
        return 0;
    }
    let told =
        ["headline", "datePublished", "author", "articleBody", "mainEntityOfPage"].iter().filter(|key| object.contains_key(**key)).count();
    kind + told as u32
}

fn types(object: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let kind = object.get("@type");
    let one = kind.and_then(Value::as_str);
    let many = kind.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(many)
}

fn rank_of_type(kind: &str) -> u32 {
    let kind = kind.rsplit(['/', ':', '#']).next().unwrap_or(kind);
    if kind.ends_with("NewsArticle") {
        return 22;
    }
    match kind {
        "Article"
        | "BlogPosting"
        | "LiveBlogPosting"
        | "Report"
        | "TechArticle"
        | "ScholarlyArticle"
        | "AdvertiserContentArticle"
        | "SatiricalArticle"
        | "SocialMediaPosting"
        | "Review"
        | "CriticReview" => 20,
        "Recipe" | "HowTo" | "MedicalWebPage" | "VideoObject" | "PodcastEpisode" | "Event" | "Chapter" | "Book" => 10,
        "WebPage" | "ItemPage" | "AboutPage" | "FAQPage" | "QAPage" => 2,
        _ => 0,
    }
}

fn state(object: &Map<String, Value>, all: &[&Map<String, Value>], is_article: bool) -> Stated {
    let text = |key: &str| object.get(key).and_then(first_text);
    Stated {
        is_article,
        headline: text("headline").or_else(|| text("name")),
        subtitle: text("alternativeHeadline"),
        description: text("description"),
        authors: ["author", "creator"]
            .iter()
            .map(|key| people(object.get(*key), all))
            .find(|people| !people.is_empty())
            .unwrap_or_default(),
        published: text("datePublished").or_else(|| text("dateCreated")).or_else(|| text("uploadDate")),
        updated: text("dateModified"),
        section: text("articleSection"),
        tags: keywords(object.get("keywords")),
        image: object.get("image").and_then(image),
        site: object.get("publisher").and_then(|publisher| people(Some(publisher), all).into_iter().next()),
        language: text("inLanguage"),
        url: text("url").or_else(|| {
            object.get("mainEntityOfPage").and_then(|page| page.as_str().map(tidy).or_else(|| page.get("@id").and_then(first_text)))
        }),
        body: object.get("articleBody").and_then(Value::as_str).map(str::to_owned).filter(|body| !body.trim().is_empty()),
    }
}

fn first_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => tidy(&without_tags(text)),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => {
            return values.iter().find_map(|value| value.as_str().map(|text| tidy(&without_tags(text)))).filter(|text| !text.is_empty());
        }
        Value::Object(object) => return object.get("@value").or_else(|| object.get("name")).and_then(|value| value.as_str().map(tidy)),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// Headlines may hold `<em>`.
fn without_tags(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let tree = Tree::read(text);
    tree.text(0)
}

/// The names of people or bodies, however they are given: a string, an object, a list, a reference to another object.
fn people(value: Option<&Value>, all: &[&Map<String, Value>]) -> Vec<String> {
    let mut names = Vec::new();
    let mut stack: Vec<&Value> = value.into_iter().collect();
    let mut looked = 0;
    while let Some(value) = stack.pop() {
        looked += 1;
        if looked > 100 {
            break;
        }
        match value {
            Value::String(name) if !name.starts_with("http") => names.push(tidy(&without_tags(name))),
            Value::Array(values) => stack.extend(values.iter().rev()),
            Value::Object(object) => match object.get("name") {
                Some(name) => stack.push(name),
                None => {
                    let id = object.get("@id").and_then(Value::as_str);
                    let named = all
                        .iter()
                        .find(|other| id.is_some() && other.get("@id").and_then(Value::as_str) == id && other.contains_key("name"));
                    stack.extend(named.and_then(|other| other.get("name")));
                }
            },
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn keywords(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(list)) => list.split([',', ';']).map(tidy).filter(|word| !word.is_empty()).collect(),
        Some(Value::Array(values)) => values.iter().filter_map(first_text).collect(),
        _ => Vec::new(),
    }
}

fn image(value: &Value) -> Option<String> {
    let mut value = value;
    for _ in 0..4 {
        value = match value {
            Value::String(url) => return Some(tidy(url)),
            Value::Array(values) => values.first()?,
            Value::Object(object) => object.get("url").or_else(|| object.get("contentUrl")).or_else(|| object.get("@id"))?,
            _ => return None,
        };
    }
    None
}
