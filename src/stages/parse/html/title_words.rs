//! Which blocks speak of what the title speaks of: the words they share with it, alone and together with those around them.
//! Another article's teaser, however long, shares few.

use rustc_hash::FxHashMap;

use super::blocks::Page;
use super::tree::{Id, Tree};
use crate::text::unicode::is_unspaced;
use crate::text::words::{hash, words};

/// In letters: shorter words stand in every text.
const LETTERS_MIN: usize = 4;
/// A bit for each word; longer titles are read up to there.
const WORDS_MAX: u32 = 64;
/// Levels above a block whose elements gather its words.
const LEVELS: usize = 5;
/// Blocks on either side that count as beside it.
const BESIDE: usize = 3;

/// The title's words by block, as sets of bits.
pub struct TitleWords {
    count: u32,
    of_blocks: Vec<u64>,
    of_groups: FxHashMap<u64, u64>,
    of_elements: FxHashMap<Id, u64>,
}

impl TitleWords {
    /// `keys`: one for each block, the same for those that a template sets the same way.
    pub fn of(title: Option<&str>, tree: &Tree, page: &Page, keys: &[u64]) -> Self {
        let mut bits: FxHashMap<u64, u64> = FxHashMap::default();
        let mut count = 0;
        for word in known_words(title.unwrap_or_default()) {
            if count < WORDS_MAX && !bits.contains_key(&word) {
                bits.insert(word, 1 << count);
                count += 1;
            }
        }
        let mut found = Self { count, of_blocks: Vec::new(), of_groups: FxHashMap::default(), of_elements: FxHashMap::default() };
        if count == 0 {
            return found;
        }
        for (block, key) in page.blocks.iter().zip(keys) {
            let shared = known_words(page.text_of(block)).filter_map(|word| bits.get(&word)).fold(0, |all, bit| all | bit);
            found.of_blocks.push(shared);
            if shared != 0 {
                *found.of_groups.entry(*key).or_default() |= shared;
                for id in tree.ancestors(block.container).take(LEVELS) {
                    *found.of_elements.entry(id).or_default() |= shared;
                }
            }
        }
        found
    }

    pub const fn count(&self) -> u32 {
        self.count
    }

    /// What share of the title's words stands in a block; in it and those beside it; in those of its kind; in the second and
    /// in the last of the elements around it that are looked at.
    pub fn shares(&self, tree: &Tree, place: usize, container: Id, key: u64) -> [f32; 5] {
        let share = |shared: u64| if self.count == 0 { 0.0 } else { shared.count_ones() as f32 / self.count as f32 };
        let beside = self.of_blocks.get(place.saturating_sub(BESIDE)..).unwrap_or_default().iter().take(2 * BESIDE + 1);
        let around = |level: usize| tree.ancestors(container).take(LEVELS).nth(level).and_then(|id| self.of_elements.get(&id)).copied();
        [
            share(self.of_blocks.get(place).copied().unwrap_or_default()),
            share(beside.fold(0, |all, shared| all | shared)),
            share(self.of_groups.get(&key).copied().unwrap_or_default()),
            share(around(1).unwrap_or_default()),
            share(around(LEVELS - 1).unwrap_or_default()),
        ]
    }
}

/// The words of a text that tell what it speaks of; in scripts without spaces, characters.
fn known_words(text: &str) -> impl Iterator<Item = u64> {
    words(text).filter_map(move |span| {
        let word = text.get(span.start..span.end)?;
        let is_long = word.chars().take(LETTERS_MIN).count() == LETTERS_MIN || word.chars().next().is_some_and(is_unspaced);
        is_long.then(|| hash(word))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{blocks, signs};
    use super::*;

    /// What share of the title's words stands in each block, by itself and with those of its kind.
    #[track_caller]
    fn check(title: &str, html: &str, expected: &[[f32; 2]]) {
        let tree = Tree::read(html);
        let page = blocks::read(&tree, &signs::read(&tree));
        let keys: Vec<u64> = page.blocks.iter().map(|block| tree.tag(block.container) as u64).collect();
        let found = TitleWords::of(Some(title), &tree, &page, &keys);
        let told = page.blocks.iter().zip(&keys).enumerate().map(|(place, (block, key))| {
            let [own, _, of_kind, ..] = found.shares(&tree, place, block.container, *key);
            [own, of_kind]
        });
        assert_eq!(told.collect::<Vec<_>>(), expected, "{title}");
    }

    #[test]
    fn what_the_title_speaks_of_stands_in_the_article_and_not_in_a_teaser() {
        let page = "<p>The ferry was late.<p>At Leith nobody saw the harbour.<ul><li>Fees will rise in May";
        check("Ferry late at Leith harbour", page, &[[0.5, 1.0], [0.5, 1.0], [0.0, 0.0]]);
        check("渡轮晚点", "<p>渡轮今天晚点。<ul><li>费用上涨", &[[1.0, 1.0], [0.0, 0.0]]);
    }

    #[test]
    fn a_title_of_short_words_tells_nothing() {
        check("It is on", "<p>It is on, the mayor said.", &[[0.0, 0.0]]);
    }
}
