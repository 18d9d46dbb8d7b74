//! Picks the article's blocks out of a page: fitted trees judge each block, first alone, then beside the others. Where
//! they leave next to nothing, what is less likely gets a second look.

use super::blocks::{Kind, Page};
use super::containers::{CLUTTER, is_running};
use super::context;
use super::features::{self, Features};
use super::render;
use super::weights::Weights;
use crate::stages::parse::text;
use crate::text::words::words;

/// In words: less is no article, unless the page says so.
const ARTICLE_WORDS_MIN: u32 = 25;
/// In words: what a page that calls itself no article must have in running text to be taken for one.
const RUNNING_WORDS_MIN: u32 = 80;
/// In words: no line above an article that says who wrote it and when is longer.
const CREDITS_WORDS_MAX: u32 = 30;
/// How likely a block of running text must be in the second look.
const RECALL_THRESHOLD: f32 = 0.2;
/// The body that a page states for machines is taken where the page shows less than this share of it: it is loaded later.
const SHOWN_MIN: f64 = 0.3;
/// In words: a shorter stated body is a teaser.
const BODY_WORDS_MIN: usize = 60;

/// What was made of each block.
#[derive(Debug)]
pub struct Picked {
    /// How likely each is the article's, 0 to 1.
    pub chances: Vec<f32>,
    pub picked: Vec<bool>,
    pub source: Source,
}

/// Where a page's text was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The blocks that the trees found likely.
    Blocks,
    /// Running text that they found less likely: nothing else was left.
    Recall,
    /// The body that the page states for machines.
    Stated,
    /// The page as a whole.
    Page,
}

pub fn pick(page: &Page, features: &Features, body: Option<&str>, language: Option<&str>, weights: &Weights) -> Picked {
    let chances = chances(features, weights);
    let with_chance = |least: f32| -> Vec<bool> {
        page.blocks.iter().zip(&chances).map(|(block, chance)| *chance >= least && block.kind != Kind::Caption).collect()
    };
    let likely = with_chance(weights.threshold);
    let shown = words_of(page, &likely);
    let stated = body.map_or(0, |body| words(body).count());
    if stated >= BODY_WORDS_MIN && f64::from(shown) < SHOWN_MIN * stated as f64 {
        return Picked { chances, picked: likely, source: Source::Stated };
    }
    if shown >= ARTICLE_WORDS_MIN {
        return Picked { picked: without_credits(page, likely, language), chances, source: Source::Blocks };
    }
    let possible: Vec<bool> = with_chance(RECALL_THRESHOLD)
        .iter()
        .zip(&page.blocks)
        .zip(&likely)
        .map(|((possible, block), likely)| *likely || *possible && is_running(block))
        .collect();
    if words_of(page, &possible) > 0 {
        let source = if possible == likely { Source::Blocks } else { Source::Recall };
        return Picked { chances, picked: possible, source };
    }
    let readable: Vec<bool> = page.blocks.iter().map(|block| !block.signs.has(CLUTTER) && block.link_share() < 0.5).collect();
    let all = vec![true; page.blocks.len()];
    let picked = if words_of(page, &readable) > 0 { readable } else { all };
    Picked { chances, picked, source: Source::Page }
}

/// What stands above the first running text and says only who wrote and when is in the record, and no text.
fn without_credits(page: &Page, mut picked: Vec<bool>, language: Option<&str>) -> Vec<bool> {
    for (block, is_picked) in page.blocks.iter().zip(&mut picked).filter(|(_, is_picked)| **is_picked) {
        let could_be = block.words <= CREDITS_WORDS_MAX && block.kind != Kind::Heading;
        let is_credits = could_be && text::is_credits(page.text_of(block), language);
        *is_picked = !is_credits;
        if !is_credits && is_running(block) {
            break;
        }
    }
    picked
}

fn chances(features: &Features, weights: &Weights) -> Vec<f32> {
    let alone: Vec<f32> = features.rows.chunks(features::COUNT).map(|row| weights.alone.chance(row)).collect();
    let contexts = context::of(&features.settings, &alone);
    let mut row = Vec::with_capacity(features::COUNT + context::COUNT);
    let mut chances = Vec::with_capacity(alone.len());
    let rows = features.rows.chunks(features::COUNT).zip(contexts.chunks(context::COUNT));
    for ((own, around), alone) in rows.zip(&alone) {
        row.clear();
        row.extend_from_slice(own);
        row.extend_from_slice(around);
        chances.push(f32::midpoint(*alone, weights.together.chance(&row)));
    }
    chances
}

pub fn words_of(page: &Page, picked: &[bool]) -> u32 {
    page.blocks.iter().zip(picked).filter(|(_, picked)| **picked).map(|(block, _)| block.words).fold(0, u32::saturating_add)
}

/// The article's text.
pub fn text_of(page: &Page, picked: &Picked, body: Option<&str>) -> String {
    match (picked.source, body) {
        (Source::Stated, Some(body)) => render::stated(body),
        _ => render::text(page, &picked.picked),
    }
}

/// False where a page has too little running text to be an article, and does not claim to be one: a home page, a list, a
/// wall to log in.
pub fn is_article(page: &Page, picked: &Picked, claims: bool) -> bool {
    let shown = words_of(page, &picked.picked);
    let running: Vec<bool> = page.blocks.iter().zip(&picked.picked).map(|(block, picked)| *picked && is_running(block)).collect();
    match picked.source {
        Source::Stated => true,
        Source::Page => false,
        _ if shown < ARTICLE_WORDS_MIN => false,
        _ => {
            let running = words_of(page, &running);
            let all = words_of(page, &vec![true; page.blocks.len()]);
            claims || running >= RUNNING_WORDS_MIN || running >= ARTICLE_WORDS_MIN && f64::from(shown) > 0.3 * f64::from(all)
        }
    }
}
