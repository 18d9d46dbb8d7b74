//! Finds the elements that may hold the article: by what they are called, and by how much running text they hold.

use super::blocks::{Block, Kind, Page};
use super::signs::Signs;
use super::tags::{Key, Tag};
use super::tree::{Id, Tree};

/// The places where an article may stand. 0 (the whole page): none was found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Containers {
    /// By the density of running text, as in Mozilla's Readability.
    pub dense: Id,
    /// `itemprop=articleBody` or a well-known class name.
    pub named: Id,
    /// `<article>`.
    pub article: Id,
    /// `<main>` or `role=main`.
    pub main: Id,
}

/// Words, links and running text before each block, so that sums over a range are differences.
#[derive(Debug, Default)]
pub struct Sums {
    words: Vec<u32>,
    links: Vec<u32>,
    running: Vec<u32>,
    paragraphs: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    pub words: u32,
    pub links: u32,
    /// Words in blocks that look like running text.
    pub running: u32,
    pub paragraphs: u32,
}

impl Sum {
    pub fn link_share(&self) -> f32 {
        if self.words == 0 { 0.0 } else { self.links as f32 / self.words as f32 }
    }
}

impl Sums {
    pub fn of(page: &Page) -> Self {
        let mut sums = Self::default();
        let mut at = Sum::default();
        sums.push(at);
        for block in &page.blocks {
            at.words = at.words.saturating_add(block.words);
            at.links = at.links.saturating_add(block.link_words);
            if is_running(block) {
                at.running = at.running.saturating_add(block.words);
                at.paragraphs += 1;
            }
            sums.push(at);
        }
        sums
    }

    fn push(&mut self, sum: Sum) {
        self.words.push(sum.words);
        self.links.push(sum.links);
        self.running.push(sum.running);
        self.paragraphs.push(sum.paragraphs);
    }

    pub fn over(&self, (from, to): (usize, usize)) -> Sum {
        let between = |all: &[u32]| all.get(to).copied().unwrap_or_default().saturating_sub(all.get(from).copied().unwrap_or_default());
        Sum {
            words: between(&self.words),
            links: between(&self.links),
            running: between(&self.running),
            paragraphs: between(&self.paragraphs),
        }
    }
}

/// Text that somebody wrote to be read: long enough, with a sentence's signs, and no list of links.
pub fn is_running(block: &Block) -> bool {
    block.words >= 10
        && block.link_share() < 0.4
        && (block.sentence_ends > 0 || block.commas > 0)
        && block.kind != Kind::Caption
        && block.kind != Kind::Heading
}

/// What no article's text stands in.
pub const CLUTTER: Signs = Signs::COMMENT
    .with(Signs::NAVIGATION)
    .with(Signs::SHARE)
    .with(Signs::RELATED)
    .with(Signs::ADVERTISEMENT)
    .with(Signs::NEWSLETTER)
    .with(Signs::CONSENT)
    .with(Signs::CAPTION)
    .with(Signs::ASIDE)
    .with(Signs::FOOTER)
    .with(Signs::SIDEBAR)
    .with(Signs::HIDDEN);

/// Levels above a paragraph that gain from it.
const LEVELS: usize = 4;

pub fn find(tree: &Tree, signs: &[Signs], page: &Page, sums: &Sums) -> Containers {
    let mut found = Containers::default();
    let mut most = (0, 0, 0);
    for id in 0..tree.len() {
        let tag = tree.tag(id);
        if tag == Tag::Text {
            continue;
        }
        let own = signs.get(id as usize).copied().unwrap_or_default();
        let is_named = own.has(Signs::BODY) || tree.attribute(id, Key::Itemprop).is_some_and(|prop| prop.contains("articleBody"));
        let is_main = own.has(Signs::MAIN);
        if !(is_named || is_main || tag == Tag::Article || own.has(Signs::ARTICLE)) {
            continue;
        }
        let running = sums.over(page.range_below(tree, id)).running;
        if is_named && running > most.0 {
            most.0 = running;
            found.named = id;
        }
        if (tag == Tag::Article || own.has(Signs::ARTICLE)) && running > most.1 {
            most.1 = running;
            found.article = id;
        }
        if is_main && running > most.2 {
            most.2 = running;
            found.main = id;
        }
    }
    found.dense = densest(tree, signs, page, sums);
    found
}

/// Paragraphs give points to the elements around them, fewer with distance; links take them away.
fn densest(tree: &Tree, signs: &[Signs], page: &Page, sums: &Sums) -> Id {
    let mut points: Vec<(Id, f32)> = Vec::new();
    for block in page.blocks.iter().filter(|block| is_running(block)) {
        let is_clutter = block.signs.has(CLUTTER.without(Signs::ASIDE).without(Signs::SIDEBAR));
        let worth = (1.0 + block.commas.min(10) as f32 + (block.words as f32 / 20.0).min(4.0)) * if is_clutter { 0.2 } else { 1.0 };
        let around = std::iter::once(block.container).chain(tree.ancestors(block.container));
        // A paragraph's own element holds nothing else.
        let start = usize::from(matches!(tree.tag(block.container), Tag::P | Tag::Li | Tag::Blockquote | Tag::Pre | Tag::Td));
        for (level, id) in around.skip(start).take(LEVELS).enumerate() {
            let share = match level {
                0 => 1.0,
                1 => 0.6,
                2 => 0.3,
                _ => 0.15,
            };
            points.push((id, worth * share));
        }
    }
    points.sort_by_key(|(id, _)| *id);
    let mut best = (0, 0.0_f32);
    let mut at = 0;
    while let Some((id, _)) = points.get(at).copied() {
        let mut total = 0.0;
        while let Some((_, worth)) = points.get(at).filter(|(other, _)| *other == id) {
            total += worth;
            at += 1;
        }
        let own = signs.get(id as usize).copied().unwrap_or_default();
        let sum = sums.over(page.range_below(tree, id));
        let mut total = total * (1.0 - sum.link_share());
        if own.has(CLUTTER) {
            total *= 0.5;
        }
        if own.has(Signs::BODY) {
            total *= 1.3;
        }
        if total > best.1 {
            best = (id, total);
        }
    }
    best.0
}
