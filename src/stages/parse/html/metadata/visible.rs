//! Finds the bylines and dates that readers see: in elements that are named so, and in the short lines around the headline.

use super::super::signs::Signs;
use super::super::tags::{Key, Tag};
use super::super::tree::{Id, Tree};

/// In nodes: how far before and after the headline its line of authors and dates stands.
const BEFORE: Id = 120;
const AFTER: Id = 400;
/// In nodes: where there is no headline, the head of the page takes its place.
const TOP: usize = 600;
/// In nodes: further on, a page is not about its article.
const LOOKED_MAX: Id = 30_000;
/// In nodes: a larger element is no byline.
const ELEMENT_MAX: Id = 60;
/// How many pieces of text are looked at where any may tell.
const PARAGRAPHS_MAX: usize = 3_000;
/// How many lines are looked at.
const LINES_MAX: usize = 600;
/// In characters: neither is a longer text.
const LINE_MAX: usize = 240;

/// What speaks of other articles, or of what readers wrote.
const ELSEWHERE: Signs =
    Signs::COMMENT.with(Signs::RELATED).with(Signs::NAVIGATION).with(Signs::FOOTER).with(Signs::ADVERTISEMENT).with(Signs::NEWSLETTER);

/// What is never about the article itself.
const FOREIGN: Signs = Signs::COMMENT.with(Signs::ADVERTISEMENT);

/// The elements worth looking at: those behind the headline first, then those before it, then all others.
pub struct Places {
    pub near: Vec<Id>,
    pub far: Vec<Id>,
    /// What stands near the headline in elements that are named like something else: names are often wrong.
    pub doubtful: Vec<Id>,
}

impl Places {
    pub fn of(tree: &Tree, signs: &[Signs], heading: Option<Id>) -> Self {
        let mut own: Vec<Id> = Vec::new();
        let mut doubtful: Vec<Id> = Vec::new();
        let mut id = 0;
        while id < tree.len().min(LOOKED_MAX) {
            let node = tree.node(id);
            let is_elsewhere = signs.get(id as usize).is_some_and(|own| own.has(ELSEWHERE))
                || matches!(node.tag, Tag::Script | Tag::Style | Tag::Noscript | Tag::Head);
            // A wrapper of the whole page may be called anything.
            let is_small = (node.end - id) < tree.len() / 2;
            if is_elsewhere && is_small {
                let end = node.end.max(id + 1);
                note_doubtful(tree, signs, id..end, &mut doubtful);
                id = end;
                continue;
            }
            own.push(id);
            id += 1;
        }
        let Some(heading) = heading else {
            let far = own.split_off(own.len().min(TOP));
            let last = own.last().copied().unwrap_or_default();
            doubtful.retain(|id| *id <= last);
            return Self { near: own, far, doubtful };
        };
        let near = |id: Id| heading.saturating_sub(BEFORE) <= id && id <= heading.saturating_add(AFTER);
        let behind = own.iter().copied().filter(|id| near(*id) && *id >= heading);
        let before = own.iter().copied().filter(|id| near(*id) && *id < heading);
        Self {
            near: behind.chain(before.collect::<Vec<_>>().into_iter().rev()).collect(),
            far: own.iter().copied().filter(|id| !near(*id)).collect(),
            doubtful: doubtful.into_iter().filter(|id| near(*id)).collect(),
        }
    }

    /// The first thing that can be read out of the elements that are named so, near the headline or anywhere. What is
    /// read has a line for each block of the element.
    pub fn named<T>(&self, tree: &Tree, is_named: impl Fn(Id) -> bool, read: impl Fn(Id, &str) -> Option<T>) -> Option<T> {
        let all = self.near.iter().chain(&self.far).chain(&self.doubtful).copied();
        let small = all.filter(|id| tree.tag(*id) != Tag::Text && tree.node(*id).end - id <= ELEMENT_MAX);
        small.filter(|id| is_named(*id)).take(40).find_map(|id| read(id, &line(tree, id)?))
    }

    /// The first thing that can be read out of the lines around the headline.
    pub fn lines<T>(&self, tree: &Tree, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        lines(tree, &self.near, read)
    }

    /// The first thing that can be read out of any line or paragraph, near the headline or not, with text of this kind.
    pub fn paragraphs<T>(&self, tree: &Tree, is_worth: impl Fn(char) -> bool, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut last = None;
        let ids = self.near.iter().chain(&self.far).copied().filter(|id| tree.tag(*id) == Tag::Text);
        ids.take(PARAGRAPHS_MAX).filter(|id| tree.raw_text(*id).chars().any(&is_worth)).find_map(|id| {
            let block = tree.ancestors(id).find(|at| tree.tag(*at).is_block()).unwrap_or_default();
            if last == Some(block) || tree.node(block).end - block > ELEMENT_MAX {
                return None;
            }
            last = Some(block);
            tree.lines(block).lines().find_map(&read)
        })
    }

    /// The first thing that can be read out of the lines of the rest of the page.
    pub fn far_lines<T>(&self, tree: &Tree, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        lines(tree, &self.far, read)
    }
}

fn lines<T>(tree: &Tree, ids: &[Id], read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut last = None;
    let mut looked = 0;
    for id in ids.iter().copied().filter(|id| tree.tag(*id) == Tag::Text) {
        let block = tree.ancestors(id).find(|at| tree.tag(*at).is_block()).unwrap_or_default();
        if last == Some(block) || tree.node(block).end - block > ELEMENT_MAX {
            continue;
        }
        last = Some(block);
        looked += 1;
        if looked > LINES_MAX {
            break;
        }
        let found = line(tree, block).and_then(|text| text.lines().find_map(&read));
        if found.is_some() {
            return found;
        }
    }
    None
}

fn line(tree: &Tree, id: Id) -> Option<String> {
    let text = tree.lines(id);
    (!text.is_empty() && text.len() <= 4 * LINE_MAX && text.chars().count() <= LINE_MAX).then_some(text)
}

/// Without what readers wrote or what is advertised.
fn note_doubtful(tree: &Tree, signs: &[Signs], ids: std::ops::Range<Id>, doubtful: &mut Vec<Id>) {
    let mut id = ids.start;
    while id < ids.end {
        let node = tree.node(id);
        let is_foreign = signs.get(id as usize).is_some_and(|own| own.has(FOREIGN))
            || matches!(node.tag, Tag::Script | Tag::Style | Tag::Noscript | Tag::Head);
        if is_foreign {
            id = node.end.max(id + 1);
        } else {
            doubtful.push(id);
            id += 1;
        }
    }
}

/// True where the class, identifier or the like of an element holds one of these.
pub fn is_called(tree: &Tree, id: Id, words: &[&str], not: &[&str]) -> bool {
    [Key::Class, Key::Id, Key::Itemprop, Key::DataTestid, Key::Rel].iter().filter_map(|key| tree.attribute(id, *key)).any(|value| {
        value.len() <= 200 && {
            let value = value.to_ascii_lowercase();
            words.iter().any(|word| value.contains(word)) && !not.iter().any(|word| value.contains(word))
        }
    })
}
