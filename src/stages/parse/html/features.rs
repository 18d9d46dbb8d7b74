//! What can be counted about each block of a page and its place there. Nothing here knows a language or a site.

use libm::logf;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::blocks::{Block, Kind, Page};
use super::containers::{CLUTTER, Containers, Sum, Sums, is_running};
use super::overlap::Overlap;
use super::signs::Signs;
use super::tags::{Key, Tag};
use super::title_words::TitleWords;
use super::tree::{Id, Tree};

/// How many numbers describe a block.
pub const COUNT: usize = 155;

/// What is known of a page when its blocks are judged.
pub struct View<'a> {
    pub tree: &'a Tree<'a>,
    pub signs: &'a [Signs],
    pub page: &'a Page,
    pub sums: &'a Sums,
    pub containers: &'a Containers,
    pub heading: Option<Id>,
    pub title: Option<&'a str>,
    pub description: Option<&'a str>,
    pub body: Option<&'a str>,
    pub is_article: bool,
}

/// What a page's blocks are described by.
#[derive(Debug, Default)]
pub struct Features {
    /// One row of [`COUNT`] numbers for each block, one after the other.
    pub rows: Vec<f32>,
    pub settings: Vec<Setting>,
}

/// What a block shares with others.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setting {
    pub words: u32,
    /// The same for blocks in elements of the same names.
    pub key: u64,
    /// The blocks below the two elements around its own, and below the densest container where it is in it.
    pub ranges: [(usize, usize); 3],
}

pub fn of(view: &View) -> Features {
    let reader = Reader::new(view);
    let mut rows = Vec::with_capacity(view.page.blocks.len() * COUNT);
    for (place, block) in view.page.blocks.iter().enumerate() {
        let from = rows.len();
        reader.row(place, block, &mut rows);
        debug_assert_eq!(rows.len(), from + COUNT);
        rows.resize(from + COUNT, 0.0);
    }
    let settings = view.page.blocks.iter().enumerate().map(|(place, block)| reader.setting(place, block)).collect();
    Features { rows, settings }
}

fn log(count: u32) -> f32 {
    logf(1.0 + count as f32)
}

fn flag(is: bool) -> f32 {
    if is { 1.0 } else { 0.0 }
}

fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

struct Reader<'a> {
    view: &'a View<'a>,
    all: Sum,
    /// The signs of the densest container and of what it stands in.
    outer: Signs,
    ranges: [(usize, usize); 6],
    heading_place: Option<usize>,
    groups: FxHashMap<u64, Group>,
    keys: Vec<u64>,
    copies: FxHashMap<u64, Copies>,
    in_body: Vec<f32>,
    in_description: Vec<f32>,
    in_title: Vec<f32>,
    clutter: Vec<ClutterAround>,
    title_words: TitleWords,
}

/// Where a node stands among the elements that hold no article; 0: in none.
#[derive(Clone, Copy, Default)]
struct ClutterAround {
    depth: u16,
    nearest: Id,
    outermost: Id,
}

fn clutter_around(tree: &Tree, signs: &[Signs]) -> Vec<ClutterAround> {
    let mut around: Vec<ClutterAround> = Vec::with_capacity(signs.len());
    around.push(ClutterAround::default());
    for id in 1..tree.len() {
        let mut own = around.get(tree.node(id).parent as usize).copied().unwrap_or_default();
        own.depth = own.depth.saturating_add(1);
        if signs.get(id as usize).is_some_and(|signs| signs.has(CLUTTER)) {
            own.nearest = id;
            if own.outermost == 0 {
                own.outermost = id;
            }
        }
        around.push(own);
    }
    around
}

/// Blocks of the same words.
#[derive(Clone, Copy, Default)]
struct Copies {
    count: u32,
    /// The place of the first.
    first: usize,
}

/// Blocks that stand in elements of the same names.
#[derive(Clone, Copy, Default)]
struct Group {
    blocks: u32,
    words: u32,
    links: u32,
    running: u32,
}

impl<'a> Reader<'a> {
    fn new(view: &'a View<'a>) -> Self {
        let View { tree, page, sums, containers, signs, .. } = view;
        let blocks = &page.blocks;
        let all = sums.over((0, blocks.len()));
        let parent = |id: Id| tree.node(id).parent;
        let dense = containers.dense;
        let places = [dense, parent(dense), parent(parent(dense)), containers.named, containers.article, containers.main];
        let keys: Vec<u64> = blocks.iter().map(|block| group_key(tree, block)).collect();
        let mut groups: FxHashMap<u64, Group> = FxHashMap::default();
        let mut copies: FxHashMap<u64, Copies> = FxHashMap::default();
        for (place, (block, key)) in blocks.iter().zip(&keys).enumerate() {
            let group = groups.entry(*key).or_default();
            group.blocks += 1;
            group.words += block.words;
            group.links += block.link_words;
            group.running += if is_running(block) { block.words } else { 0 };
            copies.entry(xxh3_64(page.text_of(block).as_bytes())).or_insert(Copies { count: 0, first: place }).count += 1;
        }
        let title_words = TitleWords::of(view.title, tree, page, &keys);
        let overlaps = |text: Option<&str>| match text {
            Some(text) => {
                let overlap = Overlap::new(text);
                blocks.iter().map(|block| overlap.share_of(page.text_of(block))).collect()
            }
            None => vec![-1.0; blocks.len()],
        };
        Self {
            view,
            all,
            outer: inherited(tree, signs, dense),
            ranges: places.map(|id| page.range_below(tree, id)),
            heading_place: view.heading.map(|id| blocks.partition_point(|block| block.first < id)),
            groups,
            keys,
            copies,
            in_body: overlaps(view.body),
            in_description: overlaps(view.description),
            in_title: overlaps(view.title),
            clutter: clutter_around(tree, signs),
            title_words,
        }
    }

    fn setting(&self, place: usize, block: &Block) -> Setting {
        let tree = self.view.tree;
        let parent = tree.node(block.container).parent;
        let range = |id: Id| self.view.page.range_below(tree, id);
        let dense = self.ranges.first().copied().unwrap_or_default();
        Setting {
            words: block.words,
            key: self.keys.get(place).copied().unwrap_or_default(),
            ranges: [range(parent), range(tree.node(parent).parent), if dense.0 <= place && place < dense.1 { dense } else { (0, 0) }],
        }
    }

    fn row(&self, place: usize, block: &Block, row: &mut Vec<f32>) {
        self.own(block, row);
        self.position(place, row);
        self.neighbours(place, block, row);
        self.surroundings(block, row);
        self.candidates(place, block, row);
        self.names(block, row);
        self.about_the_title(place, block, row);
    }

    fn own(&self, block: &Block, row: &mut Vec<f32>) {
        let text = self.view.page.text_of(block);
        let last = text.chars().next_back().unwrap_or(' ');
        let first = text.chars().next().unwrap_or(' ');
        row.extend([
            log(block.words),
            block.link_share(),
            log(block.link_words),
            share(block.commas, block.words),
            log(block.commas),
            share(block.sentence_ends, block.words),
            log(block.sentence_ends),
            share(block.capital_words, block.words),
            share(block.digit_words, block.words),
            share(block.letters, block.words),
            flag(matches!(last, '.' | '!' | '?' | '。' | '！' | '？' | '…' | '"' | '”' | '»' | '“' | '」')),
            flag(last == ':' || last == '：'),
            flag(matches!(first, '"' | '“' | '„' | '«' | '»' | '「' | '‘' | '–' | '—' | '-' | '•')),
            flag(first.is_lowercase()),
            text.bytes().filter(|byte| matches!(byte, b'|' | b'/' | b'>' | b'@' | b'#' | b'+')).count().min(9) as f32,
            flag(text.contains(['©', '®', '→', '›', '»', '«', '•'])),
            flag(block.is_bold),
            flag(block.has_time),
            text.bytes().filter(|byte| *byte == b'\n').count().min(9) as f32,
        ]);
        for kind in [Kind::Paragraph, Kind::Heading, Kind::Item, Kind::Quotation, Kind::Cell, Kind::Caption, Kind::Bare] {
            row.push(flag(block.kind == kind));
        }
        row.push(match self.view.tree.tag(block.container) {
            Tag::H1 => 1.0,
            Tag::H2 => 2.0,
            Tag::H3 => 3.0,
            Tag::H4 => 4.0,
            Tag::H5 | Tag::H6 => 5.0,
            _ => 0.0,
        });
    }

    fn position(&self, place: usize, row: &mut Vec<f32>) {
        let count = self.view.page.blocks.len();
        let before = self.view.sums.over((0, place));
        let (from, to) = self.ranges.first().copied().unwrap_or_default();
        let within = self.view.sums.over((from, place.clamp(from, to)));
        let dense = self.view.sums.over((from, to));
        row.extend([
            place as f32 / count as f32,
            share(before.words, self.all.words),
            share(before.running, self.all.running),
            share(within.running, dense.running),
            share(within.words, dense.words),
            (place as f32 - from as f32).clamp(-20.0, 20.0),
            (place as f32 - to as f32).clamp(-20.0, 20.0),
            self.heading_place.map_or(-50.0, |heading| (place as f32 - heading as f32).clamp(-40.0, 40.0)),
            self.heading_place
                .map_or(-1.0, |heading| if place > heading { log(self.view.sums.over((heading, place)).running) } else { -0.5 }),
            (self.after_last_running(place)).min(30) as f32,
            (self.before_next_running(place)).min(30) as f32,
        ]);
    }

    fn after_last_running(&self, place: usize) -> usize {
        let blocks = self.view.page.blocks.get(..place).unwrap_or_default();
        blocks.iter().rev().take(30).position(is_running).unwrap_or(30)
    }

    fn before_next_running(&self, place: usize) -> usize {
        let blocks = self.view.page.blocks.get(place + 1..).unwrap_or_default();
        blocks.iter().take(30).position(is_running).unwrap_or(30)
    }

    fn neighbours(&self, place: usize, block: &Block, row: &mut Vec<f32>) {
        let blocks = &self.view.page.blocks;
        let tree = self.view.tree;
        let parent = tree.node(block.container).parent;
        let key = self.keys.get(place);
        for step in [-3_isize, -2, -1, 1, 2, 3] {
            let at = place.checked_add_signed(step);
            let Some(other) = at.and_then(|at| blocks.get(at)) else {
                row.extend([-1.0, -1.0]);
                if step.abs() == 1 {
                    row.extend([0.0, 0.0, 0.0, 0.0]);
                }
                continue;
            };
            row.extend([log(other.words), other.link_share()]);
            if step.abs() == 1 {
                row.push(flag(tree.node(other.container).parent == parent));
                row.push(flag(at.and_then(|at| self.keys.get(at)) == key));
                row.push(flag(other.kind == Kind::Heading));
                row.push(flag(is_running(other)));
            }
        }
    }

    fn surroundings(&self, block: &Block, row: &mut Vec<f32>) {
        let View { tree, page, sums, .. } = self.view;
        let mut at = block.container;
        for level in 0..4 {
            if level > 0 {
                at = tree.node(at).parent;
            }
            let sum = sums.over(page.range_below(tree, at));
            row.extend([
                log(sum.words),
                sum.link_share(),
                share(sum.running, self.all.running),
                share(sum.running, sum.words),
                log(sum.paragraphs),
            ]);
        }
        let around = self.clutter.get(block.container as usize).copied().unwrap_or_default();
        let sum_of = |id: Id| if id == 0 { Sum::default() } else { sums.over(page.range_below(tree, id)) };
        let clutter = sum_of(around.outermost);
        let nearest = sum_of(around.nearest);
        let nearest_depth = self.clutter.get(around.nearest as usize).map_or(0, |nearest| nearest.depth);
        let levels = if around.nearest == 0 { -1.0 } else { f32::from(around.depth.saturating_sub(nearest_depth).min(12)) };
        row.extend([
            f32::from(around.depth.min(60)),
            share(clutter.running, self.all.running),
            log(clutter.words),
            levels,
            share(nearest.running, self.all.running),
        ]);
    }

    fn candidates(&self, place: usize, block: &Block, row: &mut Vec<f32>) {
        let View { sums, containers, tree, .. } = self.view;
        for (at, range) in self.ranges.iter().enumerate() {
            let is_found = at < 3 || [containers.named, containers.article, containers.main].get(at - 3).is_some_and(|id| *id != 0);
            let is_within = range.0 <= place && place < range.1;
            row.push(if is_found { flag(is_within) } else { -1.0 });
            if at != 1 {
                row.push(if is_found { share(sums.over(*range).running, self.all.running) } else { -1.0 });
            }
        }
        let dense = sums.over(self.ranges.first().copied().unwrap_or_default());
        let level = std::iter::once(block.container).chain(tree.ancestors(block.container)).take(12).position(|id| id == containers.dense);
        let key = self.keys.get(place).copied().unwrap_or_default();
        let group = self.groups.get(&key).copied().unwrap_or_default();
        let copies = self.copies.get(&xxh3_64(self.view.page.text_of(block).as_bytes())).copied().unwrap_or_default();
        row.extend([
            level.map_or(-1.0, |level| level as f32),
            dense.link_share(),
            log(dense.running),
            log(dense.paragraphs),
            log(group.blocks),
            log(group.words),
            share(group.links, group.words),
            share(group.running, self.all.running),
            share(group.words, group.blocks),
            copies.count.min(9) as f32,
            flag(copies.first < place),
            self.in_body.get(place).copied().unwrap_or_default(),
            self.in_description.get(place).copied().unwrap_or_default(),
            self.in_title.get(place).copied().unwrap_or_default(),
            log(self.all.words),
            log(self.all.running),
            self.all.link_share(),
            flag(self.view.is_article),
        ]);
    }

    fn about_the_title(&self, place: usize, block: &Block, row: &mut Vec<f32>) {
        let key = self.keys.get(place).copied().unwrap_or_default();
        row.push(log(self.title_words.count()));
        row.extend(self.title_words.shares(self.view.tree, place, block.container, key));
        // Teasers break off.
        let text = self.view.page.text_of(block).trim_end_matches([']', ')']);
        row.push(flag(text.ends_with('…') || text.ends_with("...")));
    }

    fn names(&self, block: &Block, row: &mut Vec<f32>) {
        let within = block.signs.without(self.outer);
        for bit in 0..Signs::COUNT {
            row.push(flag(within.has(Signs(1 << bit))));
        }
        // Where the densest container is a list of comments, these still say so.
        for sign in [Signs::COMMENT, Signs::RELATED, Signs::HIDDEN, Signs::PROMOTION, Signs::CONSENT, Signs::NEWSLETTER] {
            row.push(flag(block.signs.has(sign)));
        }
    }
}

fn inherited(tree: &Tree, signs: &[Signs], id: Id) -> Signs {
    let own = |id: Id| signs.get(id as usize).copied().unwrap_or_default();
    tree.ancestors(id).fold(own(id), |all, id| all.with(own(id)))
}

/// In bytes: further on, a list of classes does not tell elements apart.
const KEY_BYTES_MAX: usize = 256;

/// The names of the three innermost elements: what a page's template sets the same way has the same key.
fn group_key(tree: &Tree, block: &Block) -> u64 {
    let mut key = 0_u64;
    for id in std::iter::once(block.container).chain(tree.ancestors(block.container)).take(3) {
        let class = tree.attribute(id, Key::Class).unwrap_or_default().as_bytes();
        let class = class.get(..class.len().min(KEY_BYTES_MAX)).unwrap_or_default();
        key = key.rotate_left(21) ^ xxh3_64(class) ^ (tree.tag(id) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    key
}
