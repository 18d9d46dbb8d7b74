//! Picks the article's blocks out of a page.

use super::blocks::{Block, Kind, Page};
use super::containers::{self, CLUTTER, Containers, Sums};
use super::signs::Signs;
use super::tree::{Id, Tree};

pub fn pick(tree: &Tree, signs: &[Signs], page: &Page) -> (Vec<bool>, Containers) {
    let sums = Sums::of(page);
    let found = containers::find(tree, signs, page, &sums);
    let top = found.dense;
    let outer = inherited(tree, signs, top);
    let (from, to) = page.range_below(tree, top);
    let picked = page.blocks.iter().enumerate().map(|(place, block)| from <= place && place < to && is_text(block, outer)).collect();
    (picked, found)
}

fn inherited(tree: &Tree, signs: &[Signs], id: Id) -> Signs {
    let own = |id: Id| signs.get(id as usize).copied().unwrap_or_default();
    tree.ancestors(id).fold(own(id), |all, id| all.with(own(id)))
}

fn is_text(block: &Block, outer: Signs) -> bool {
    let within = block.signs.without(outer);
    let is_clutter = within.has(CLUTTER) || block.kind == Kind::Caption;
    let is_meta =
        within.has(Signs::BYLINE.with(Signs::TAGS).with(Signs::DATE).with(Signs::BIOGRAPHY).with(Signs::PROMOTION)) && block.words < 40;
    !is_clutter && !is_meta && block.link_share() < 0.5
}
