//! Who wrote an article: a clean list of names out of what the page says in its many places.

use super::super::signs::Signs;
use super::super::tags::{Key, Tag};
use super::super::tree::{Id, Tree};
use super::json_ld::Stated;
use super::tags::Tags;
use super::titles::letters;

/// More are a masthead.
const AUTHORS_MAX: usize = 20;

const META: [&str; 16] = [
    "author",
    "article:author",
    "og:article:author",
    "byl",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "dc.contributor",
    "citation_author",
    "twitter:creator:name",
    "article.author",
    "authors",
    "cxenseparse:author",
    "itemprop:author",
    "article:author_name",
];

/// In this order: JSON-LD, `<meta>`, microdata, links with `rel=author`, visible bylines.
pub fn choose(tree: &Tree, signs: &[Signs], tags: &Tags, stated: &Stated, site: Option<&str>, title: Option<Id>) -> Vec<String> {
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
    let marked = clean(
        marked(tree, |tree, id| {
            tree.attribute(id, Key::Itemprop).is_some_and(|prop| prop.split_ascii_whitespace().any(|prop| prop == "author"))
        })
        .iter()
        .map(String::as_str),
        site,
    );
    if !marked.is_empty() {
        return marked;
    }
    let linked = clean(
        self::marked(tree, |tree, id| {
            tree.tag(id) == Tag::A
                && tree.attribute(id, Key::Rel).is_some_and(|rel| rel.split_ascii_whitespace().any(|rel| rel == "author"))
        })
        .iter()
        .map(String::as_str),
        site,
    );
    if !linked.is_empty() {
        return linked;
    }
    let _ = (signs, title);
    Vec::new()
}

/// The text of the elements that are marked so, the first three at most.
fn marked(tree: &Tree, is_marked: impl Fn(&Tree, Id) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut id = 0;
    while id < tree.len() && found.len() < 3 {
        if tree.tag(id) != Tag::Text && is_marked(tree, id) {
            found.push(tree.text(id));
            id = tree.node(id).end;
        } else {
            id += 1;
        }
    }
    found
}

fn clean<'a>(given: impl Iterator<Item = &'a str>, site: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for one in given {
        for name in split(one) {
            let Some(name) = tidy(&name) else { continue };
            let is_site = site.is_some_and(|site| letters(site) == letters(&name));
            if !is_site && !names.iter().any(|other| letters(other) == letters(&name)) && names.len() < AUTHORS_MAX {
                names.push(name);
            }
        }
    }
    names
}

/// "Ada Moe, Bo Lund and Cy Ek" names three.
fn split(names: &str) -> Vec<String> {
    let mut parts = vec![names.to_owned()];
    for mark in [";", " | ", "|", ", ", " and ", " und ", " et ", " y ", " e ", " en ", " dan ", " & ", "、", " / ", "\n", " og ", " och "]
    {
        parts = parts.iter().flat_map(|part| part.split(mark).map(str::to_owned)).collect();
    }
    parts
}

const OPENINGS: [&str; 22] = [
    "by ",
    "written by ",
    "posted by ",
    "words by ",
    "story by ",
    "par ",
    "von ",
    "por ",
    "di ",
    "door ",
    "oleh ",
    "de ",
    "a cura di ",
    "text: ",
    "text von ",
    "author: ",
    "autor: ",
    "auteur: ",
    "autore: ",
    "by: ",
    "von: ",
    "por: ",
];

/// A name as a name: without "By", an address or a role. None where it is none.
fn tidy(name: &str) -> Option<String> {
    let mut name =
        name.trim().trim_matches(|c: char| matches!(c, ',' | ';' | ':' | '|' | '-' | '–' | '—' | '•' | '·' | '"' | '“' | '”')).trim();
    for opening in OPENINGS {
        let head = name.get(..opening.len()).filter(|head| head.eq_ignore_ascii_case(opening));
        // "de Vries" and "di Maio" keep what belongs to the name: only a name of at least two words may lose it.
        let rest = head.and_then(|_| name.get(opening.len()..));
        if let Some(rest) = rest.filter(|rest| opening.len() > 3 || rest.split_whitespace().count() >= 2) {
            name = rest.trim();
            break;
        }
    }
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let is_address = name.contains('@') && !name.starts_with('@') || name.contains("://") || name.contains("www.");
    let words = name.split_whitespace().count();
    let is_name = letters >= 2
        && words <= 7
        && name.chars().count() <= 80
        && !is_address
        && !name.chars().all(|c| c.is_ascii_digit())
        && !name.contains('<');
    let small = name.to_lowercase();
    let is_nobody = matches!(
        small.as_str(),
        "admin"
            | "administrator"
            | "editor"
            | "staff"
            | "unknown"
            | "author"
            | "none"
            | "null"
            | "undefined"
            | "webmaster"
            | "guest"
            | "user"
            | "root"
    );
    (is_name && !is_nobody).then(|| name.split_whitespace().collect::<Vec<_>>().join(" "))
}
