//! Who wrote an article: a clean list of names out of what the page says in its many places.

use super::super::tags::{Key, Tag};
use super::super::tree::{Id, Tree};
use super::json_ld::Stated;
use super::tags::Tags;
use super::titles::letters;
use super::visible::{Places, is_called};
use crate::stages::parse::{agencies, bylines};
use crate::text::lang;

/// More are a masthead.
const AUTHORS_MAX: usize = 20;
/// In words: a byline without a mark of its own is short.
const BYLINE_WORDS_MAX: usize = 14;

const META: [&str; 15] = [
    "author",
    "article:author",
    "og:article:author",
    "byl",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "article.author",
    "authors",
    "cxenseparse:author",
    "itemprop:author",
    "article:author_name",
    "dc.contributor",
];

/// In this order: JSON-LD, `<meta>`, microdata and `rel=author`, what is called a byline, lines that begin with "By" in
/// any language that has a file.
pub fn choose(tree: &Tree, tags: &Tags, stated: &Stated, site: Option<&str>, places: &Places) -> Vec<String> {
    let told = clean(stated.authors.iter().map(String::as_str), site);
    if !told.is_empty() {
        return told;
    }
    for key in META {
        let told = clean(tags.all(key), site);
        if !told.is_empty() {
            return told;
        }
    }
    if let Some(told) = labelled(tags) {
        let told = clean(std::iter::once(told), site);
        if !told.is_empty() {
            return told;
        }
    }
    let marked = marked(tree, places);
    let told = clean(marked.iter().map(String::as_str), site);
    if !told.is_empty() {
        return told;
    }
    let is_byline = |id: Id| {
        is_called(
            tree,
            id,
            &["byline", "author", "autor", "auteur", "writer", "penulis", "firma", "signature"],
            &[
                "authority",
                "authoriz",
                "bio",
                "avatar",
                "image",
                "photo",
                "img",
                "desc",
                "social",
                "twitter",
                "more",
                "follow",
                "list",
                "box",
            ],
        )
    };
    let named = places.named(tree, is_byline, |_, line| {
        let names = clean(bylines::read_lines(line).iter().map(String::as_str), site);
        // Without "By", a single word is a label or a place.
        let are_names = begins_with_label(line) || names.iter().all(|name| name.contains(' ') || !name.is_ascii());
        Some(names).filter(|names| !names.is_empty() && are_names)
    });
    let opened = || {
        places.lines(tree, |line| {
            let is_short = line.split_whitespace().count() <= BYLINE_WORDS_MAX;
            let names = if is_short && begins_with_label(line) { bylines::read(line) } else { Vec::new() };
            Some(clean(names.iter().map(String::as_str), site)).filter(|names| names.iter().any(|name| name.contains(' ')))
        })
    };
    // Papers keep a page for each of their writers, and link to it from the byline.
    let linked = || {
        let is_writer = |id: Id| tree.tag(id) == Tag::A && tree.attribute(id, Key::Href).is_some_and(leads_to_a_writer);
        places.named(tree, is_writer, |_, line| {
            let names = clean(bylines::read_lines(line).iter().map(String::as_str), site);
            Some(names).filter(|names| !names.is_empty() && names.iter().all(|name| name.contains(' ') || !name.is_ascii()))
        })
    };
    // 记者 王小明: reporters of Chinese papers are told at the head or the end of the text.
    let reported = || {
        let read = |line: &str| Some(bylines::read_han(line)).filter(|names| !names.is_empty());
        places.paragraphs(tree, bylines::is_han, read)
    };
    // The paper itself, where it says so and names nobody.
    let paper = || clean(stated.authors.iter().map(String::as_str).chain(tags.all("author")), None).into_iter().take(1).collect();
    named.or_else(linked).or_else(opened).or_else(reported).unwrap_or_else(paper)
}

fn leads_to_a_writer(address: &str) -> bool {
    const FOLDERS: [&str; 16] = [
        "/author/",
        "/authors/",
        "/autor/",
        "/autores/",
        "/autoren/",
        "/auteur/",
        "/auteurs/",
        "/autore/",
        "/bios/",
        "/writers/",
        "/reporter/",
        "/reporters/",
        "/columnist/",
        "/contributors/",
        "/journalist/",
        "/journalists/",
    ];
    address.len() <= 400 && FOLDERS.iter().any(|folder| address.to_ascii_lowercase().contains(folder))
}

/// `twitter:label1` says "Written by" in the page's language, and `twitter:data1` the name.
fn labelled(tags: &Tags) -> Option<&str> {
    let pairs = [("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")];
    pairs
        .iter()
        .find(|(label, _)| tags.first(&[label]).is_some_and(|label| is_label(&label.to_lowercase())))
        .and_then(|(_, data)| tags.first(&[data]))
}

fn is_label(text: &str) -> bool {
    lang::codes().any(|code| lang::of(code).articles.by.iter().any(|label| label == text))
}

/// "By Ada Moe", "Von Ada Moe", "Di Ada Moe".
fn begins_with_label(line: &str) -> bool {
    let small = line.to_lowercase();
    lang::codes().flat_map(|code| &lang::of(code).articles.by).any(|label| {
        let rest = small.strip_prefix(label.as_str());
        rest.is_some_and(|rest| rest.starts_with([' ', ':', '\u{A0}']) && rest.trim_start_matches([' ', ':', '\u{A0}']).len() >= 3)
    })
}

/// The text of the elements that are marked as the article's author, near the headline where there are any.
fn marked(tree: &Tree, places: &Places) -> Vec<String> {
    let is_author = |id: Id| {
        let has = |key: Key| tree.attribute(id, key).is_some_and(|value| value.split_ascii_whitespace().any(|word| word == "author"));
        has(Key::Itemprop) || (tree.tag(id) == Tag::A && has(Key::Rel))
    };
    let mut found: Vec<String> = Vec::new();
    for group in [&places.near, &places.far, &places.doubtful] {
        let mut after = 0;
        let mut in_order = group.clone();
        in_order.sort_unstable();
        for id in in_order {
            let is_inside = id < after;
            if is_inside || tree.tag(id) == Tag::Text || !is_author(id) || found.len() >= 4 {
                continue;
            }
            after = tree.node(id).end;
            let name = (id..after).find(|inner| tree.attribute(*inner, Key::Itemprop) == Some("name"));
            let text = match name {
                Some(name) if tree.tag(name) == Tag::Meta => tree.attribute(name, Key::Content).map(super::tags::tidy).unwrap_or_default(),
                Some(name) => tree.lines(name),
                None => tree.lines(id),
            };
            if text.len() <= 200 {
                let names = bylines::read_lines(&text);
                if names.is_empty() { found.push(text.replace('\n', " ")) } else { found.extend(names) }
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}

fn clean<'a>(given: impl Iterator<Item = &'a str>, site: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for one in given {
        let read = bylines::read(one);
        // "Harbour Desk Team" loses its name as a byline.
        let is_cut = matches!(read.as_slice(), [only] if !only.contains(' ') && (2..=4).contains(&one.split_whitespace().count()) && !one.contains([',', '|', '(', '/', '@', ':']) && !begins_with_label(one));
        let read = if read.is_empty() || is_cut { plain(one).into_iter().collect() } else { read };
        for name in read {
            let name = without_outlet(&name, site);
            let is_site = site.is_some_and(|site| letters(site) == letters(&name));
            let is_known = names.iter().any(|other| letters(other) == letters(&name));
            if !is_site && !is_known && !is_nobody(&name) && names.len() < AUTHORS_MAX {
                names.push(name);
            }
        }
    }
    // An agency is an author where no person is.
    let is_body = |name: &String| agencies::is_agency(name) || agencies::is_agency(name.trim_start_matches("The "));
    if names.iter().any(|name| !is_body(name)) {
        names.retain(|name| !is_body(name));
    }
    names
}

/// "Ada Moe USA TODAY", "Bo Lund The Associated Press": the paper or agency behind a whole name; "Ada Moe Ada Moe" once.
fn without_outlet(name: &str, site: Option<&str>) -> String {
    let words: Vec<&str> = name.split(' ').collect();
    for at in 2..words.len() {
        let (person, outlet) = (words.get(..at).unwrap_or_default(), words.get(at..).unwrap_or_default().join(" "));
        let is_outlet = agencies::is_agency(&outlet)
            || agencies::is_agency(outlet.trim_start_matches("The ").trim_start_matches("the "))
            || site.is_some_and(|site| letters(site) == letters(&outlet));
        if is_outlet {
            return person.join(" ");
        }
    }
    let (first, second) = words.split_at(words.len() / 2);
    if first == second { first.join(" ") } else { name.to_owned() }
}

/// What is no name by the rules of bylines but stands where only a name can: a paper's, a nickname.
fn plain(given: &str) -> Option<String> {
    let name =
        given.trim().trim_matches(|c: char| matches!(c, ',' | ';' | ':' | '|' | '-' | '–' | '—' | '•' | '·' | '"' | '“' | '”')).trim();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let is_address = name.contains("://") || name.contains("www.") || name.contains('@') || name.contains('<');
    let is_name = letters >= 2 && name.split_whitespace().count() <= 6 && name.chars().count() <= 60 && !is_address;
    is_name.then(|| name.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Buttons that stand beside bylines.
const NETWORKS: [&str; 12] =
    ["facebook", "twitter", "instagram", "linkedin", "whatsapp", "email", "youtube", "rss", "pinterest", "telegram", "share", "follow"];

fn is_nobody(name: &str) -> bool {
    let small = name.to_lowercase();
    if small.split(' ').any(|word| NETWORKS.contains(&word)) {
        return true;
    }
    matches!(
        small.as_str(),
        "admin"
            | "administrator"
            | "editor"
            | "unknown"
            | "author"
            | "none"
            | "null"
            | "undefined"
            | "webmaster"
            | "guest"
            | "user"
            | "root"
            | "by"
            | "false"
            | "true"
    )
}
