//! A page as a tree of elements and stretches of text.
//!
//! A reader of its own instead of a browser's: the algorithm of the HTML standard is quadratic in the depth of the tree
//! and in formatting elements left open, and news pages need none of the rest. This one is linear in the page whatever
//! it holds, never deeper than [`DEPTH_MAX`] (as browsers), and copies nothing: a `data:` URI costs only its own reading.
//! Nodes stand in the order of the page, so that a subtree is a range of them and nothing is ever walked recursively.

use super::tags::{Key, Tag};

/// Elements nested deeper are flattened into their parent.
pub const DEPTH_MAX: usize = 512;
/// A page has some thousands of nodes; further tags of a monster are passed over, its text is kept up to twice as many.
const NODES_MAX: usize = 1_000_000;
/// In bytes: no headline or byline is longer, and elements that stand in each other must not be read over and over.
const TEXT_MAX: usize = 4_096;
/// Blocks that are opened again after an end tag that cut through them: `<a><div>...</a>...</div>`.
const REOPENED_MAX: usize = 8;

/// The place of a node among all.
pub type Id = u32;

#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub tag: Tag,
    pub parent: Id,
    /// One after the last node of the subtree.
    pub end: Id,
    /// Text: its bytes in the page. Element: its attributes.
    from: u32,
    to: u32,
}

#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    name: Key,
    from: u32,
    to: u32,
}

#[derive(Debug)]
pub struct Tree<'a> {
    page: &'a str,
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    /// Tags were nested deeper than the limit, or were too many.
    pub is_flattened: bool,
}

impl<'a> Tree<'a> {
    /// Reads a page. Never fails: what is no markup is text.
    pub fn read(page: &'a str) -> Self {
        // Places are 32 bits wide; the caller's limit is far below.
        let page = page.get(..page.floor_char_boundary(u32::MAX as usize - 1)).unwrap_or_default();
        let mut builder = Builder::new(page);
        builder.run();
        builder.tree
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
    fn text_into(&self, id: Id, out: &mut String) {
        let end = self.node(id).end;
        let mut at = id;
        while at < end && out.len() < TEXT_MAX {
            let node = self.node(at);
            match node.tag {
                Tag::Text => {
                    let raw = self.raw_text(at);
                    super::entities::decode_into(raw.get(..raw.floor_char_boundary(TEXT_MAX)).unwrap_or_default(), out);
                }
                Tag::Script | Tag::Style | Tag::Noscript | Tag::Iframe | Tag::Textarea if at != id => {
                    at = node.end;
                    continue;
                }
                tag if tag.is_block() || tag == Tag::Br => out.push(' '),
                _ => {}
            }
            at += 1;
        }
    }

    /// The text below a node with its white space in order; of a longer one its beginning.
    pub fn text(&self, id: Id) -> String {
        let mut out = String::new();
        self.text_into(id, &mut out);
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// An element that is still open.
struct Open {
    tag: Tag,
    /// Tells apart elements that are all `Other`.
    name_hash: u32,
    node: Id,
}

struct Builder<'a> {
    tree: Tree<'a>,
    at: usize,
    open: Vec<Open>,
    /// How many of each are open, so that an end tag without its start costs nothing.
    open_counts: [u32; Tag::COUNT],
    /// How many start tags of each were flattened away: their end tags must not close others.
    skipped_counts: [u32; Tag::COUNT],
    /// Raw elements that are known to have no end tag in the rest of the page.
    unclosed: [bool; Tag::COUNT],
}

impl<'a> Builder<'a> {
    fn new(page: &'a str) -> Self {
        let guess = page.len() / 24 + 16;
        let mut tree = Tree { page, nodes: Vec::with_capacity(guess), attributes: Vec::with_capacity(guess), is_flattened: false };
        tree.nodes.push(Node { tag: Tag::Html, parent: 0, end: 0, from: 0, to: 0 });
        let mut open_counts = [0; Tag::COUNT];
        open_counts[Tag::Html as usize] = 1;
        Self {
            tree,
            at: 0,
            open: vec![Open { tag: Tag::Html, name_hash: 0, node: 0 }],
            open_counts,
            skipped_counts: [0; Tag::COUNT],
            unclosed: [false; Tag::COUNT],
        }
    }

    fn run(&mut self) {
        let bytes = self.tree.page.as_bytes();
        while self.at < bytes.len() {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let Some(found) = memchr::memchr(b'<', rest) else {
                self.push_text(self.at, bytes.len());
                break;
            };
            let mut at = self.at + found;
            // A "<" that begins no markup is text: "temperatures < 5 degrees".
            if !matches!(bytes.get(at + 1), Some(b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'!' | b'?')) {
                at += 1;
                self.push_text(self.at, at);
                self.at = at;
                continue;
            }
            self.push_text(self.at, at);
            self.at = at;
            self.read_markup(bytes);
        }
        while self.open.len() > 1 {
            self.pop();
        }
        let len = self.tree.len();
        if let Some(root) = self.tree.nodes.first_mut() {
            root.end = len;
        }
    }

    fn read_markup(&mut self, bytes: &[u8]) {
        match bytes.get(self.at + 1) {
            Some(b'!') if bytes.get(self.at + 2..self.at + 4) == Some(b"--") => self.skip_comment(bytes),
            Some(b'!' | b'?') => self.skip_past(bytes, b'>'),
            Some(b'/') => self.read_end_tag(bytes),
            _ => self.read_start_tag(bytes),
        }
    }

    fn skip_past(&mut self, bytes: &[u8], byte: u8) {
        let rest = bytes.get(self.at..).unwrap_or_default();
        self.at = memchr::memchr(byte, rest).map_or(bytes.len(), |found| self.at + found + 1);
    }

    fn skip_comment(&mut self, bytes: &[u8]) {
        // "<!-->" and "<!--->" are whole comments.
        let inside = bytes.get(self.at + 4..).unwrap_or_default();
        if inside.starts_with(b">") || inside.starts_with(b"->") {
            return self.skip_past(bytes, b'>');
        }
        for found in memchr::memchr_iter(b'>', inside) {
            let before = inside.get(..found).unwrap_or_default();
            if before.ends_with(b"--") || before.ends_with(b"--!") {
                self.at += 4 + found + 1;
                return;
            }
        }
        self.at = bytes.len();
    }

    fn read_end_tag(&mut self, bytes: &[u8]) {
        let from = self.at + 2;
        let name = tag_name(bytes, from);
        self.at = from;
        self.skip_past(bytes, b'>');
        let (tag, hash) = told(name);
        if name.is_empty() {
            return;
        }
        if tag == Tag::Br {
            self.push_element(tag, hash, (0, 0), bytes);
            return;
        }
        self.close(tag, hash);
    }

    /// Ends the innermost open element of this name, and with it all that is open within.
    fn close(&mut self, tag: Tag, name_hash: u32) {
        if matches!(tag, Tag::Html | Tag::Body | Tag::Head) {
            // What follows </body> is still the page's.
            return;
        }
        if let Some(skipped) = self.skipped_counts.get_mut(tag as usize).filter(|count| **count > 0) {
            *skipped -= 1;
            return;
        }
        if self.open_counts.get(tag as usize).is_none_or(|count| *count == 0) {
            return;
        }
        let is_asked = |open: &Open| open.tag == tag && open.name_hash == name_hash;
        let bound = |open: &Open| {
            !is_asked(open)
                && open.tag.is_scope()
                && !matches!(tag, Tag::Table | Tag::Tr | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Td | Tag::Th)
        };
        let table_bound = |open: &Open| open.tag == Tag::Table && tag != Tag::Table && !is_asked(open);
        let mut found = None;
        for (place, open) in self.open.iter().enumerate().rev() {
            if is_asked(open) {
                found = Some(place);
                break;
            }
            if bound(open) || table_bound(open) {
                return;
            }
        }
        let Some(place) = found else { return };
        let cut: Vec<(Tag, u32, Id)> = if tag.is_formatting() {
            self.open.iter().skip(place + 1).filter(|open| open.tag.is_block()).map(|open| (open.tag, open.name_hash, open.node)).collect()
        } else {
            Vec::new()
        };
        if cut.len() > REOPENED_MAX {
            return;
        }
        while self.open.len() > place {
            self.pop();
        }
        // The blocks go on behind the link's end, as they do in a browser.
        for (tag, name_hash, node) in cut {
            let node = *self.tree.node(node);
            self.push_node(tag, name_hash, node.from, node.to);
        }
    }

    fn pop(&mut self) {
        let Some(closed) = self.open.pop() else { return };
        if let Some(count) = self.open_counts.get_mut(closed.tag as usize) {
            *count = count.saturating_sub(1);
        }
        let len = self.tree.len();
        if let Some(node) = self.tree.nodes.get_mut(closed.node as usize) {
            node.end = len;
        }
    }

    fn read_start_tag(&mut self, bytes: &[u8]) {
        let from = self.at + 1;
        let name = tag_name(bytes, from);
        let (tag, hash) = told(name);
        self.at = from + name.len();
        let first = self.tree.attributes.len() as u32;
        let Some(is_self_closed) = self.read_attributes(bytes) else {
            // The page ends within a tag: it is none.
            self.tree.attributes.truncate(first as usize);
            return;
        };
        let attributes = (first, self.tree.attributes.len() as u32);
        let is_foreign = self.open_counts.get(Tag::Svg as usize).is_some_and(|count| *count > 0);
        self.push_element(tag, hash, attributes, bytes);
        let closes_itself = is_self_closed && (is_foreign || tag == Tag::Svg) && !tag.is_void();
        if closes_itself {
            self.close(tag, hash);
        }
    }

    /// None where the page ends before the tag does.
    fn read_attributes(&mut self, bytes: &[u8]) -> Option<bool> {
        let mut is_self_closed = false;
        let first = self.tree.attributes.len();
        loop {
            let mut byte = *bytes.get(self.at)?;
            while byte.is_ascii_whitespace() || byte == b'/' {
                is_self_closed = byte == b'/';
                self.at += 1;
                byte = *bytes.get(self.at)?;
            }
            if byte == b'>' {
                self.at += 1;
                return Some(is_self_closed);
            }
            is_self_closed = false;
            let from = self.at;
            // A leading "=" belongs to the name.
            self.at += 1;
            while !matches!(*bytes.get(self.at)?, b'=' | b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r' | b'\x0C') {
                self.at += 1;
            }
            let name = attribute_name(bytes.get(from..self.at).unwrap_or_default());
            let mut look = self.at;
            while bytes.get(look)?.is_ascii_whitespace() {
                look += 1;
            }
            let value = if *bytes.get(look)? == b'=' {
                self.at = look + 1;
                self.read_value(bytes)?
            } else {
                // The white space is read again with the next attribute, once.
                self.at = look;
                (self.at, self.at)
            };
            let Some(name) = name else { continue };
            let is_new = self.tree.attributes.iter().skip(first).all(|attribute| attribute.name != name);
            if is_new && self.tree.attributes.len() < 4 * NODES_MAX {
                self.tree.attributes.push(Attribute { name, from: value.0 as u32, to: value.1 as u32 });
            }
        }
    }

    fn read_value(&mut self, bytes: &[u8]) -> Option<(usize, usize)> {
        while bytes.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        let quote = *bytes.get(self.at)?;
        if matches!(quote, b'"' | b'\'') {
            let from = self.at + 1;
            let length = memchr::memchr(quote, bytes.get(from..)?);
            let Some(length) = length else {
                self.at = bytes.len();
                return None;
            };
            self.at = from + length + 1;
            return Some((from, from + length));
        }
        let from = self.at;
        while !matches!(*bytes.get(self.at)?, b'>' | b' ' | b'\t' | b'\n' | b'\r' | b'\x0C') {
            self.at += 1;
        }
        Some((from, self.at))
    }

    fn push_element(&mut self, tag: Tag, name_hash: u32, attributes: (u32, u32), bytes: &[u8]) {
        if matches!(tag, Tag::Html | Tag::Body | Tag::Head) {
            return self.merge_root(tag, name_hash, attributes);
        }
        if tag.closes_paragraph() {
            self.close_paragraph();
        }
        self.close_sibling(tag);
        let is_foreign = self.open_counts.get(Tag::Svg as usize).is_some_and(|count| *count > 0);
        if tag.is_void() {
            self.add_node(tag, attributes.0, attributes.1);
            return;
        }
        if tag.is_raw() && !(is_foreign && tag == Tag::Title) {
            return self.read_raw(tag, attributes, bytes);
        }
        self.push_node(tag, name_hash, attributes.0, attributes.1);
    }

    /// A page has one of each, whatever it says; the first to tell something counts.
    fn merge_root(&mut self, tag: Tag, name_hash: u32, attributes: (u32, u32)) {
        match tag {
            Tag::Html => {
                if let Some(root) = self.tree.nodes.first_mut().filter(|root| root.from == root.to) {
                    (root.from, root.to) = attributes;
                }
            }
            Tag::Body if self.open_counts.get(Tag::Body as usize) == Some(&0) && self.open.len() <= 2 => {
                while self.open.len() > 1 {
                    self.pop();
                }
                self.push_node(tag, name_hash, attributes.0, attributes.1);
            }
            _ => {}
        }
    }

    fn close_paragraph(&mut self) {
        if self.open_counts.get(Tag::P as usize) == Some(&0) {
            return;
        }
        let mut found = None;
        for (place, open) in self.open.iter().enumerate().rev() {
            if open.tag == Tag::P {
                found = Some(place);
                break;
            }
            if open.tag.is_scope() {
                return;
            }
        }
        let Some(place) = found else { return };
        while self.open.len() > place {
            self.pop();
        }
    }

    fn close_sibling(&mut self, tag: Tag) {
        if !tag.ends_sibling(tag) {
            return;
        }
        let mut found = None;
        for (place, open) in self.open.iter().enumerate().rev() {
            if tag.ends_sibling(open.tag) {
                found = Some(place);
                // A row ends its cell and the row before.
                if open.tag == tag {
                    break;
                }
            }
            if tag.bounds_sibling(open.tag) {
                break;
            }
        }
        let Some(place) = found else { return };
        if tag == Tag::A {
            // An unclosed link ends where the next begins, but the blocks it stands around go on.
            let hash = self.open.get(place).map_or(0, |open| open.name_hash);
            return self.close(Tag::A, hash);
        }
        while self.open.len() > place {
            self.pop();
        }
    }

    fn read_raw(&mut self, tag: Tag, attributes: (u32, u32), bytes: &[u8]) {
        let end = if self.unclosed.get(tag as usize) == Some(&true) { None } else { find_raw_end(bytes, self.at, tag) };
        let Some((text_end, after)) = end else {
            if let Some(unclosed) = self.unclosed.get_mut(tag as usize) {
                *unclosed = true;
            }
            if matches!(tag, Tag::Script | Tag::Style) {
                self.at = bytes.len();
            }
            // Any other is passed over, rather than lose the rest of the page.
            return;
        };
        let node = self.add_node(tag, attributes.0, attributes.1);
        let text_start = self.at;
        self.at = after;
        if let Some(id) = node
            && text_end > text_start
            && self.tree.nodes.len() < 2 * NODES_MAX
        {
            self.tree.nodes.push(Node { tag: Tag::Text, parent: id, end: id + 2, from: text_start as u32, to: text_end as u32 });
            if let Some(element) = self.tree.nodes.get_mut(id as usize) {
                element.end = id + 2;
            }
        }
    }

    fn parent(&self) -> Id {
        self.open.last().map_or(0, |open| open.node)
    }

    fn add_node(&mut self, tag: Tag, from: u32, to: u32) -> Option<Id> {
        if self.tree.nodes.len() >= NODES_MAX {
            self.tree.is_flattened = true;
            return None;
        }
        let id = self.tree.len();
        let parent = self.parent();
        self.tree.nodes.push(Node { tag, parent, end: id + 1, from, to });
        Some(id)
    }

    fn push_node(&mut self, tag: Tag, name_hash: u32, from: u32, to: u32) {
        let is_too_deep = self.open.len() >= DEPTH_MAX;
        let node = if is_too_deep { None } else { self.add_node(tag, from, to) };
        let Some(node) = node else {
            self.tree.is_flattened = true;
            if let Some(skipped) = self.skipped_counts.get_mut(tag as usize) {
                *skipped += 1;
            }
            return;
        };
        self.open.push(Open { tag, name_hash, node });
        if let Some(count) = self.open_counts.get_mut(tag as usize) {
            *count += 1;
        }
    }

    fn push_text(&mut self, from: usize, to: usize) {
        if from >= to || self.tree.nodes.len() >= 2 * NODES_MAX {
            return;
        }
        let id = self.tree.len();
        let parent = self.parent();
        self.tree.nodes.push(Node { tag: Tag::Text, parent, end: id + 1, from: from as u32, to: to as u32 });
    }
}

fn tag_name(bytes: &[u8], from: usize) -> &[u8] {
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'>' | b'/')).count();
    rest.get(..length).unwrap_or_default()
}

fn told(name: &[u8]) -> (Tag, u32) {
    let mut small = [0_u8; 12];
    let tag = match small.get_mut(..name.len()) {
        Some(small) => {
            small.copy_from_slice(name);
            small.make_ascii_lowercase();
            Tag::of(small)
        }
        None => Tag::Other,
    };
    (tag, if tag == Tag::Other { hash(name) } else { 0 })
}

/// FNV-1a over the small letters of a name.
fn hash(name: &[u8]) -> u32 {
    name.iter().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193))
}

fn attribute_name(name: &[u8]) -> Option<Key> {
    let mut small = [0_u8; 14];
    let small = small.get_mut(..name.len())?;
    small.copy_from_slice(name);
    small.make_ascii_lowercase();
    Key::of(small)
}

/// Where a raw element's text ends, and where the page goes on behind its end tag.
fn find_raw_end(bytes: &[u8], from: usize, tag: Tag) -> Option<(usize, usize)> {
    let name: &[u8] = match tag {
        Tag::Script => b"script",
        Tag::Style => b"style",
        Tag::Title => b"title",
        Tag::Textarea => b"textarea",
        Tag::Iframe => b"iframe",
        _ => b"noscript",
    };
    let rest = bytes.get(from..)?;
    for found in memchr::memmem::find_iter(rest, b"</") {
        let at = found + 2;
        let is_it = rest.get(at..at + name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name));
        if is_it && rest.get(at + name.len()).is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/')) {
            let close = memchr::memchr(b'>', rest.get(at..)?).map_or(rest.len(), |length| at + length + 1);
            return Some((from + found, from + close));
        }
    }
    None
}
