//! Reads the tags of a page one after the other and says which element stands in which, as browsers do where it matters:
//! what ends by itself, what an end tag may close, and what goes on behind it.

use super::names::{attribute_name, find_raw_end, tag_name, told};
use super::tags::Tag;
use super::tree::{Attribute, DEPTH_MAX, Id, Node, Tree};

/// A page has some thousands of nodes; further tags of a monster are passed over, its text is kept up to twice as many.
const NODES_MAX: usize = 1_000_000;
/// Blocks that are opened again after an end tag that cut through them: `<a><div>...</a>...</div>`.
const REOPENED_MAX: usize = 8;

/// An element that is still open.
struct Open {
    tag: Tag,
    /// Tells apart elements that are all `Other`.
    name_hash: u32,
    node: Id,
}

pub struct Builder<'a> {
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
    pub fn new(page: &'a str) -> Self {
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

    pub fn build(mut self) -> Tree<'a> {
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
        self.tree
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
