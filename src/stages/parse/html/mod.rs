//! Reads a saved web page: finds the article on it, leaves menus, banners and comments behind, and notes its headline,
//! authors and dates.
//!
//! The page becomes a tree (`tree`), the tree a list of blocks (`blocks`): paragraphs, headings, list items, rows. Each
//! block is described by numbers that know no language and no site (`features`): its own, its neighbours', those of the
//! elements around it, and whether the candidates hold it (`containers`: the element with most running text, what is
//! called an article or its body, the body that the page states for machines). Fitted trees (`weights`) judge every
//! block alone and then beside the others (`context`), so that candidates are merged where each is right.

mod blocks;
mod builder;
mod containers;
mod content;
mod context;
mod entities;
mod explain;
mod features;
mod forest;
mod metadata;
mod names;
mod overlap;
mod render;
mod signs;
mod tags;
mod title_words;
pub mod training;
mod tree;
mod weights;

use serde::{Deserialize, Serialize};

use crate::model::{Format, Layout, ParsedArticle, SourceFacts, StageError, Warning};
use blocks::Page;
use containers::{Containers, Sums};
pub use explain::{Candidate, Doubt, Explanation, explain};
use features::{Features, View};
use signs::Signs;
use tree::Tree;

/// How pages are read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Options {
    /// In bytes: the rest of a longer page is not read.
    pub page_bytes_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { page_bytes_max: 24 << 20 }
    }
}

/// Reads one page. `address` is where it was found; relative links are read against it.
pub fn parse(page: &str, address: Option<&str>, options: &Options) -> Result<ParsedArticle, StageError> {
    let mut warnings = Vec::new();
    let read = page.get(..page.floor_char_boundary(options.page_bytes_max)).unwrap_or_default();
    if read.len() < page.len() {
        warnings.push(Warning::TextTruncated);
    }
    let reading = Reading::of(read, address);
    if reading.tree.is_flattened {
        warnings.push(Warning::HtmlFlattened);
    }
    let Seen { page, features, .. } = reading.seen();
    if page.is_truncated && !warnings.contains(&Warning::TextTruncated) {
        warnings.push(Warning::TextTruncated);
    }
    let body = reading.found.body.as_deref();
    let picked = content::pick(&page, &features, body, reading.found.language.as_deref(), weights::shipped());
    if picked.source == content::Source::Page {
        warnings.push(Warning::HtmlFallback);
    }
    if !content::is_article(&page, &picked, reading.found.is_article) {
        warnings.push(Warning::HtmlNotArticle);
    }
    let mut text = content::text_of(&page, &picked, body);
    if text.is_empty() {
        // A page that a browser's script would fill: what it says of itself for machines is all the text there is.
        text = reading.found.description.clone().ok_or(StageError::Empty)?;
        for warning in [Warning::HtmlFallback, Warning::HtmlNotArticle] {
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
    }
    Ok(ParsedArticle {
        metadata: reading.found.metadata,
        source: SourceFacts::new(Format::Html, "utf-8"),
        language_declared: reading.found.language,
        language_given: false,
        text,
        layout: Layout::Blocks,
        warnings,
    })
}

/// A page's tree and what it says of itself.
struct Reading<'a> {
    tree: Tree<'a>,
    signs: Vec<Signs>,
    found: metadata::Found,
}

/// A page's blocks and what can be counted about them.
struct Seen {
    page: Page,
    containers: Containers,
    features: Features,
}

impl<'a> Reading<'a> {
    fn of(page: &'a str, address: Option<&str>) -> Self {
        let tree = Tree::read(page);
        let signs = signs::read(&tree);
        let found = metadata::read(&tree, &signs, address);
        Self { tree, signs, found }
    }

    fn seen(&self) -> Seen {
        let Self { tree, signs, found } = self;
        let page = blocks::read(tree, signs);
        let sums = Sums::of(&page);
        let containers = containers::find(tree, signs, &page, &sums);
        let features = features::of(&View {
            tree,
            signs,
            page: &page,
            sums: &sums,
            containers: &containers,
            heading: found.heading,
            title: found.metadata.title.as_deref(),
            description: found.description.as_deref(),
            body: found.body.as_deref(),
            is_article: found.is_article,
        });
        Seen { page, containers, features }
    }
}

#[cfg(test)]
mod tests;
