//! A page as a tree of elements and stretches of text.
//!
//! A reader of its own instead of a browser's: the algorithm of the HTML standard is quadratic in the depth of the tree
//! and in formatting elements left open, and news pages need none of the rest. This one is linear in the page whatever
//! it holds, never deeper than [`DEPTH_MAX`] (as browsers), and copies nothing: a `data:` URI costs only its own reading.
//! Nodes stand in the order of the page, so that a subtree is a range of them and nothing is ever walked recursively.

use super::builder::Builder;
use super::tags::{Key, Tag};

/// Elements nested deeper are flattened into their parent.
pub const DEPTH_MAX: usize = 512;
/// In bytes: no headline or byline is longer, and elements that stand in each other must not be read over and over.
const TEXT_MAX: usize = 4_096;

/// The place of a node among all.
pub type Id = u32;

#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub tag: Tag,
    pub parent: Id,
    /// One after the last node of the subtree.
    pub end: Id,
    /// Text: its bytes in the page. Element: its attributes.
    pub(super) from: u32,
    pub(super) to: u32,
}

#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    pub(super) name: Key,
    pub(super) from: u32,
    pub(super) to: u32,
}

#[derive(Debug)]
pub struct Tree<'a> {
    pub(super) page: &'a str,
    pub(super) nodes: Vec<Node>,
    pub(super) attributes: Vec<Attribute>,
    /// Tags were nested deeper than the limit, or were too many.
    pub is_flattened: bool,
}

impl<'a> Tree<'a> {
    /// Reads a page. Never fails: what is no markup is text.
    pub fn read(page: &'a str) -> Self {
        // Places are 32 bits wide; the caller's limit is far below.
        let page = page.get(..page.floor_char_boundary(u32::MAX as usize - 1)).unwrap_or_default();
        Builder::new(page).build()
    }

    pub fn len(&self) -> Id {
        self.nodes.len() as Id
    }

    pub fn node(&self, id: Id) -> &Node {
        self.nodes.get(id as usize).expect("ids come from this tree")
    }

    pub fn tag(&self, id: Id) -> Tag {
        self.node(id).tag
    }

    /// The text of a text node or of an element that holds only raw text, as it stands in the page.
    pub fn raw_text(&self, id: Id) -> &'a str {
        let node = self.node(id);
        if node.tag != Tag::Text {
            return "";
        }
        self.page.get(node.from as usize..node.to as usize).unwrap_or_default()
    }

    /// The raw text below an element such as `<script>`.
    pub fn raw_content(&self, id: Id) -> &'a str {
        let inner = id + 1;
        if inner < self.node(id).end { self.raw_text(inner) } else { "" }
    }

    /// An attribute's value as it stands in the page, its character references unresolved.
    pub fn attribute(&self, id: Id, name: Key) -> Option<&'a str> {
        let node = self.node(id);
        if node.tag == Tag::Text {
            return None;
        }
        let all = self.attributes.get(node.from as usize..node.to as usize)?;
        let found = all.iter().find(|attribute| attribute.name == name)?;
        self.page.get(found.from as usize..found.to as usize)
    }

    /// The node itself is not among its ancestors; the root (0) is the last.
    pub fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> {
        let mut at = id;
        std::iter::from_fn(move || {
            if at == 0 {
                return None;
            }
            at = self.node(at).parent;
            Some(at)
        })
    }

    /// Appends the text below a node, references resolved, scripts and styles left out, up to some [`TEXT_MAX`] bytes.
    /// `gap` stands where a block begins or ends, or a line breaks.
    fn text_into(&self, id: Id, gap: char, out: &mut String) {
        let end = self.node(id).end;
        let mut at = id;
        // Where the blocks end that are open; what follows one stands on a line of its own.
        let mut ends: Vec<Id> = Vec::new();
        while at < end && out.len() < TEXT_MAX {
            let node = self.node(at);
            while ends.last().is_some_and(|end| *end <= at) {
                ends.pop();
                out.push(gap);
            }
            match node.tag {
                Tag::Text => {
                    let raw = self.raw_text(at);
                    let from = out.len();
                    super::entities::decode_into(raw.get(..raw.floor_char_boundary(TEXT_MAX)).unwrap_or_default(), out);
                    if is_parted_by_looks(out, from) {
                        out.insert(from, ' ');
                    }
                }
                Tag::Script | Tag::Style | Tag::Noscript | Tag::Iframe | Tag::Textarea if at != id => {
                    at = node.end;
                    continue;
                }
                Tag::Br => out.push(gap),
                tag if tag.is_block() => {
                    out.push(gap);
                    ends.push(node.end);
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// The text below a node with its white space in order; of a longer one its beginning.
    pub fn text(&self, id: Id) -> String {
        let mut out = String::new();
        self.text_into(id, ' ', &mut out);
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The same as `text`, each block and each line on a line of its own.
    pub fn lines(&self, id: Id) -> String {
        let mut out = String::new();
        self.text_into(id, LINE_GAP, &mut out);
        let lines = out.split(LINE_GAP).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

/// Never part of a page's text.
const LINE_GAP: char = '\u{1F}';

/// "<span>Ada Moe</span><span>Dec 5</span>": two elements without a space between them, which a browser sets apart by
/// their looks. A small letter before a capital tells.
fn is_parted_by_looks(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    let after = text.get(at..).and_then(|after| after.chars().next());
    before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit()) && after.is_some_and(char::is_uppercase)
}
