//! Reads a saved web page: finds the article on it, leaves menus, banners and comments behind, and notes its headline,
//! authors and dates.

mod blocks;
mod containers;
mod content;
mod entities;
mod metadata;
mod render;
mod signs;
mod tags;
mod tree;

use serde::{Deserialize, Serialize};

use crate::model::{Format, Layout, ParsedArticle, SourceFacts, StageError, Warning};

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
    let tree = tree::Tree::read(read);
    if tree.is_flattened {
        warnings.push(Warning::HtmlFlattened);
    }
    let signs = signs::read(&tree);
    let found = metadata::read(&tree, &signs, address);
    let page = blocks::read(&tree, &signs);
    let (picked, _) = content::pick(&tree, &signs, &page);
    let mut text = render::text(&page, &picked);
    if text.is_empty() {
        warnings.push(Warning::HtmlFallback);
        text = render::text(&page, &vec![true; page.blocks.len()]);
    }
    if text.is_empty() {
        return Err(StageError::Empty);
    }
    Ok(ParsedArticle {
        metadata: found.metadata,
        source: SourceFacts::new(Format::Html, "utf-8"),
        language_declared: found.language,
        language_given: false,
        text,
        layout: Layout::Blocks,
        warnings,
    })
}

#[cfg(test)]
mod tests;
