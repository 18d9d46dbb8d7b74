//! Shows how an article was found on its page: which candidates there were, what of each was taken, and what was in doubt.

use super::content::{self, Source};
use super::tags::Key;
use super::tree::{Id, Tree};
use super::{Options, Reading, Seen, weights};

/// A place where the article might have stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// "element with most running text".
    pub name: &'static str,
    /// `div.article-body`.
    pub element: Option<String>,
    /// In words.
    pub words: u32,
    /// How many of its words are in the article.
    pub words_taken: u32,
}

/// A block that might as well have been judged otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// Its first words.
    pub text: String,
    /// 0 to 1: how likely it is the article's.
    pub chance: f32,
    pub is_taken: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    pub candidates: Vec<Candidate>,
    /// What the text was taken from, and why.
    pub chosen: &'static str,
    pub blocks: usize,
    pub blocks_taken: usize,
    pub words_taken: u32,
    /// The least certain first, ten at most.
    pub doubts: Vec<Doubt>,
}

/// In characters of a doubtful block's text.
const EXCERPT: usize = 80;
const DOUBTS_MAX: usize = 10;

/// Looks at one page as `parse` does.
pub fn explain(page: &str, address: Option<&str>, options: &Options) -> Explanation {
    let read = page.get(..page.floor_char_boundary(options.page_bytes_max)).unwrap_or_default();
    let reading = Reading::of(read, address);
    let Seen { page, containers, features } = reading.seen();
    let body = reading.found.body.as_deref();
    let picked = content::pick(&page, &features, body, reading.found.language.as_deref(), weights::shipped());
    let mut candidates = Vec::new();
    let places = [
        ("element with most running text", containers.dense),
        ("element called the article's body", containers.named),
        ("article element", containers.article),
        ("main element", containers.main),
    ];
    for (name, id) in places.into_iter().filter(|(_, id)| *id != 0) {
        let (from, to) = page.range_below(&reading.tree, id);
        let within: Vec<bool> = (0..page.blocks.len()).map(|place| from <= place && place < to).collect();
        let taken: Vec<bool> = within.iter().zip(&picked.picked).map(|(within, picked)| *within && *picked).collect();
        candidates.push(Candidate {
            name,
            element: Some(element(&reading.tree, id)),
            words: content::words_of(&page, &within),
            words_taken: content::words_of(&page, &taken),
        });
    }
    if let Some(body) = body {
        let words = u32::try_from(crate::text::words::words(body).count()).unwrap_or(u32::MAX);
        let words_taken = if picked.source == Source::Stated { words } else { 0 };
        candidates.push(Candidate { name: "body stated in JSON-LD", element: None, words, words_taken });
    }
    let mut doubts: Vec<Doubt> = page
        .blocks
        .iter()
        .zip(&picked.chances)
        .zip(&picked.picked)
        .map(|((block, chance), picked)| Doubt {
            text: page.text_of(block).chars().take(EXCERPT).collect(),
            chance: *chance,
            is_taken: *picked,
        })
        .filter(|doubt| (0.2..0.8).contains(&doubt.chance))
        .collect();
    doubts.sort_by(|one, other| (one.chance - 0.5).abs().total_cmp(&(other.chance - 0.5).abs()));
    doubts.truncate(DOUBTS_MAX);
    Explanation {
        candidates,
        chosen: match picked.source {
            Source::Blocks => "the blocks that are likely the article's, by fitted trees over all candidates",
            Source::Recall => "running text of lower likelihood too, since the likely blocks were next to nothing",
            Source::Stated => "the body stated in JSON-LD, since the page shows next to nothing of it",
            Source::Page => "the page as a whole, since no block looked like an article's",
        },
        blocks: page.blocks.len(),
        blocks_taken: picked.picked.iter().filter(|picked| **picked).count(),
        words_taken: content::words_of(&page, &picked.picked),
        doubts,
    }
}

fn element(tree: &Tree, id: Id) -> String {
    let tag = format!("{:?}", tree.tag(id)).to_lowercase();
    let name = tree.attribute(id, Key::Class).and_then(|class| class.split_ascii_whitespace().next()).map(|class| format!(".{class}"));
    let name = name.or_else(|| tree.attribute(id, Key::Id).map(|id| format!("#{id}")));
    format!("{tag}{}", name.unwrap_or_default())
}
