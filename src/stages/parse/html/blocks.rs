//! What a reader sees of a page, as a list: its paragraphs, headings, list items and table rows, with what can be
//! counted about each.

use super::entities;
use super::signs::Signs;
use super::tags::{Key, Tag};
use super::tree::{Id, Tree};
use crate::text::unicode::is_unspaced;

/// One stretch of text that no block element parts.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its bytes in [`Page::text`].
    pub from: usize,
    pub to: usize,
    /// Its first text node; blocks stand in the order of these.
    pub first: Id,
    /// The innermost block element around it.
    pub container: Id,
    /// The list, table or definition list whose entry it is; 0: none.
    pub series: Id,
    /// Words; in scripts without spaces, characters.
    pub words: u32,
    pub link_words: u32,
    /// Words that begin with a capital, and those of digits only.
    pub capital_words: u32,
    pub digit_words: u32,
    pub commas: u32,
    pub sentence_ends: u32,
    pub letters: u32,
    /// All of it is set bold or as a heading.
    pub is_bold: bool,
    pub has_time: bool,
    pub kind: Kind,
    /// What the elements around it say it is.
    pub signs: Signs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Paragraph,
    Heading,
    Item,
    Quotation,
    Cell,
    Caption,
    Preformatted,
    /// Text that stands in a `<div>` or the like.
    Bare,
}

impl Block {
    pub fn link_share(&self) -> f32 {
        if self.words == 0 { 0.0 } else { self.link_words as f32 / self.words as f32 }
    }
}

/// A page's blocks, in order.
#[derive(Debug, Default)]
pub struct Page {
    pub text: String,
    pub blocks: Vec<Block>,
    /// The page has more than was read.
    pub is_truncated: bool,
}

/// Long pages have some thousands.
const BLOCKS_MAX: usize = 60_000;

impl Page {
    pub fn text_of(&self, block: &Block) -> &str {
        self.text.get(block.from..block.to).unwrap_or_default()
    }

    /// Which blocks stand below an element, as a range of their numbers.
    pub fn range_below(&self, tree: &Tree, id: Id) -> (usize, usize) {
        let end = tree.node(id).end;
        let from = self.blocks.partition_point(|block| block.first < id);
        (from, from + self.blocks.get(from..).unwrap_or_default().partition_point(|block| block.first < end))
    }
}

/// What is known of the elements that are open at a place.
#[derive(Clone, Copy)]
struct Around {
    end: Id,
    container: Id,
    series: Id,
    kind: Kind,
    signs: Signs,
    is_link: bool,
    is_bold: bool,
    is_preformatted: bool,
    is_block: bool,
}

/// Reads the blocks of a page.
pub fn read(tree: &Tree, signs: &[Signs]) -> Page {
    let outside = Around {
        end: tree.len(),
        container: 0,
        series: 0,
        kind: Kind::Bare,
        signs: Signs::default(),
        is_link: false,
        is_bold: false,
        is_preformatted: false,
        is_block: true,
    };
    let mut reader = Reader { tree, page: Page::default(), open: None, piece: String::new() };
    let mut stack = vec![outside];
    let mut id = 0;
    while id < tree.len() {
        if reader.page.blocks.len() >= BLOCKS_MAX {
            reader.page.is_truncated = true;
            break;
        }
        while stack.len() > 1 && stack.last().is_some_and(|around| around.end <= id) {
            if stack.pop().is_some_and(|closed| closed.is_block) {
                reader.finish();
            }
        }
        let around = *stack.last().unwrap_or(&outside);
        let node = tree.node(id);
        match node.tag {
            Tag::Text => reader.add_text(id, &around),
            Tag::Br => reader.add_break(),
            Tag::Time => {
                reader.note_time(id, &around);
                enter(tree, signs, id, around, &mut stack);
            }
            Tag::Script
            | Tag::Style
            | Tag::Noscript
            | Tag::Iframe
            | Tag::Textarea
            | Tag::Select
            | Tag::Svg
            | Tag::Title
            | Tag::Video
            | Tag::Audio
            | Tag::Object
            | Tag::Button => {
                id = node.end.max(id + 1);
                continue;
            }
            Tag::Template if tree.attribute(id, Key::Shadowrootmode).is_none() => {
                id = node.end.max(id + 1);
                continue;
            }
            tag if tag.is_void() => {
                if tag == Tag::Hr {
                    reader.finish();
                }
            }
            tag => {
                if tag.is_block() {
                    reader.finish();
                }
                enter(tree, signs, id, around, &mut stack);
            }
        }
        id += 1;
    }
    reader.finish();
    reader.page
}

/// What changes for the text within an element.
fn enter(tree: &Tree, signs: &[Signs], id: Id, around: Around, stack: &mut Vec<Around>) {
    let node = tree.node(id);
    let tag = node.tag;
    if node.end <= id + 1 {
        return;
    }
    let mut within = Around { end: node.end, is_block: tag.is_block(), ..around };
    if tag.is_block() {
        within.container = id;
        within.kind = match tag {
            Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => Kind::Heading,
            Tag::Li | Tag::Dd | Tag::Dt => Kind::Item,
            Tag::Blockquote => Kind::Quotation,
            Tag::Td | Tag::Th => Kind::Cell,
            Tag::Figcaption | Tag::Caption => Kind::Caption,
            Tag::Pre => Kind::Preformatted,
            // A paragraph in a quotation is the quotation's, one in a caption the caption's.
            Tag::P if matches!(around.kind, Kind::Quotation | Kind::Caption | Kind::Item) => around.kind,
            Tag::P => Kind::Paragraph,
            _ if matches!(around.kind, Kind::Caption | Kind::Quotation | Kind::Item | Kind::Cell) => around.kind,
            _ => Kind::Bare,
        };
    }
    match tag {
        Tag::Li | Tag::Dd | Tag::Dt => within.series = node.parent,
        Tag::Tr => within.series = id,
        Tag::A if tree.attribute(id, Key::Href).is_some() => within.is_link = true,
        Tag::B | Tag::Strong => within.is_bold = true,
        Tag::Pre => within.is_preformatted = true,
        tag if tag.is_heading() => within.is_bold = true,
        _ => {}
    }
    within.signs = around.signs.with(signs.get(id as usize).copied().unwrap_or_default());
    stack.push(within);
}

struct Reader<'t, 'a> {
    tree: &'t Tree<'a>,
    page: Page,
    open: Option<Draft>,
    piece: String,
}

/// A block that may still grow.
struct Draft {
    block: Block,
    /// White space was read since the last character; 2 or more: line breaks.
    breaks: u32,
    has_space: bool,
    bold_words: u32,
    in_word: bool,
}

impl Reader<'_, '_> {
    fn draft(&mut self, id: Id, around: &Around) -> &mut Draft {
        let at = self.page.text.len();
        self.open.get_or_insert(Draft {
            block: Block {
                from: at,
                to: at,
                first: id,
                container: around.container,
                series: around.series,
                words: 0,
                link_words: 0,
                capital_words: 0,
                digit_words: 0,
                commas: 0,
                sentence_ends: 0,
                letters: 0,
                is_bold: false,
                has_time: false,
                kind: around.kind,
                signs: around.signs,
            },
            breaks: 0,
            has_space: false,
            bold_words: 0,
            in_word: false,
        })
    }

    fn note_time(&mut self, id: Id, around: &Around) {
        self.draft(id, around).block.has_time = true;
    }

    fn add_break(&mut self) {
        let Some(draft) = &mut self.open else { return };
        draft.breaks += 1;
        draft.in_word = false;
        // Two breaks are how old pages part their paragraphs.
        if draft.breaks >= 2 && draft.block.letters > 0 {
            self.finish();
        }
    }

    fn add_text(&mut self, id: Id, around: &Around) {
        let raw = self.tree.raw_text(id);
        if self.open.is_none() && raw.bytes().all(|byte| byte.is_ascii_whitespace()) {
            return;
        }
        let mut piece = std::mem::take(&mut self.piece);
        piece.clear();
        entities::decode_into(raw, &mut piece);
        self.draft(id, around);
        if let Some(draft) = &mut self.open {
            if draft.block.letters == 0 {
                draft.block.signs = around.signs;
            }
            draft.add(&piece, around, &mut self.page.text);
        }
        self.piece = piece;
    }

    fn finish(&mut self) {
        let Some(draft) = self.open.take() else { return };
        let mut block = draft.block;
        if block.letters == 0 {
            // Signs alone are no text; a rule of asterisks is the page's decoration.
            self.page.text.truncate(block.from);
            return;
        }
        block.to = self.page.text.len();
        block.is_bold = draft.bold_words == block.words;
        self.page.blocks.push(block);
    }
}

impl Draft {
    fn add(&mut self, piece: &str, around: &Around, text: &mut String) {
        let block = &mut self.block;
        for c in piece.chars() {
            if c == '\n' && around.is_preformatted {
                self.breaks += 1;
                self.in_word = false;
                continue;
            }
            // Characters that are not seen.
            if matches!(c, '\u{200B}' | '\u{FEFF}' | '\u{AD}' | '\0') {
                continue;
            }
            if c.is_whitespace() {
                self.has_space = true;
                self.in_word = false;
                continue;
            }
            if text.len() > block.from {
                if self.breaks > 0 {
                    text.push('\n');
                } else if self.has_space {
                    text.push(' ');
                }
            }
            self.breaks = 0;
            self.has_space = false;
            text.push(c);
            if c.is_alphanumeric() {
                block.letters += 1;
                let is_new = !self.in_word || is_unspaced(c);
                if is_new {
                    block.words += 1;
                    block.link_words += u32::from(around.is_link);
                    block.capital_words += u32::from(c.is_uppercase());
                    block.digit_words += u32::from(c.is_numeric());
                    self.bold_words += u32::from(around.is_bold);
                }
                self.in_word = !is_unspaced(c);
            } else {
                self.in_word = c == '_' || ('\u{300}'..='\u{36F}').contains(&c);
                match c {
                    ',' | '，' | '、' | '،' => block.commas += 1,
                    '.' | '!' | '?' | '。' | '！' | '？' | '…' | '।' | '؟' => block.sentence_ends += 1,
                    _ => {}
                }
            }
        }
    }
}
