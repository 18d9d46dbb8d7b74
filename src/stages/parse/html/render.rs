//! Sets the picked blocks as a text: paragraphs parted by a blank line, entries of a list and rows of a table by a break.

use super::blocks::{Kind, Page};

/// Long entries are paragraphs that somebody numbered; a table with long cells is a layout.
const ENTRY_WORDS_MAX: u32 = 40;

pub fn text(page: &Page, picked: &[bool]) -> String {
    let mut out = String::new();
    let mut before: Option<(u32, Kind, u32)> = None;
    for (block, _) in page.blocks.iter().zip(picked).filter(|(_, picked)| **picked) {
        let text = page.text_of(block);
        if let Some((series, kind, words)) = before {
            let is_short = words.max(block.words) <= ENTRY_WORDS_MAX;
            let is_series = series != 0 && series == block.series && kind == block.kind && is_short;
            out.push_str(match (is_series, block.kind) {
                (true, Kind::Cell) => " | ",
                (true, _) => "\n",
                (false, _) => "\n\n",
            });
        }
        out.push_str(text);
        before = Some((block.series, block.kind, block.words));
    }
    out
}

/// A body that was stated for machines: its lines are paragraphs, and it may hold tags after all.
pub fn stated(body: &str) -> String {
    let has_tags = body.contains("</") || body.contains("<br") || body.contains("<p>");
    if has_tags {
        let tree = super::tree::Tree::read(body);
        let signs = super::signs::read(&tree);
        let page = super::blocks::read(&tree, &signs);
        return text(&page, &vec![true; page.blocks.len()]);
    }
    let decoded = super::entities::decode(body);
    let lines = decoded.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n\n")
}
