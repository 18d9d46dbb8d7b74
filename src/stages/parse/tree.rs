//! An XML document as a tree, for forms in which what something means depends on where it stands.

use super::xml::{Step, Steps};

/// All elements of a document, in the order they begin. The first is the root.
pub struct Tree {
    nodes: Vec<Node>,
}

struct Node {
    /// Without its prefix.
    name: String,
    attributes: Vec<(String, String)>,
    parent: usize,
    children: Vec<Child>,
}

enum Child {
    Text(String),
    Element(usize),
}

/// Elements of one document; the longest reports have some thousands. Each takes some hundred bytes.
const ELEMENTS_MAX: usize = 400_000;

/// One element, by its place.
pub type Id = usize;

impl Tree {
    /// Reads a document; the reason where it cannot be read.
    pub fn read(xml: &str) -> Result<Self, String> {
        let mut nodes: Vec<Node> = Vec::new();
        let mut open: Option<usize> = None;
        let mut steps = Steps::new(xml);
        while let Some(step) = steps.read_next()? {
            if nodes.len() > ELEMENTS_MAX {
                return Err(format!("it has more than {ELEMENTS_MAX} elements"));
            }
            match step {
                Step::Start(element) | Step::Empty(element) if open.is_none() && !nodes.is_empty() => {
                    return Err(format!("<{}> stands behind the end", element.name()));
                }
                Step::Start(element) => open = Some(add(&mut nodes, open, &element)),
                Step::Empty(element) => {
                    add(&mut nodes, open, &element);
                }
                Step::End(_) => open = open.and_then(|at| nodes.get(at)).map(|node| node.parent).filter(|parent| *parent != usize::MAX),
                Step::Text(text) => {
                    if let Some(node) = open.and_then(|at| nodes.get_mut(at)) {
                        node.children.push(Child::Text(text));
                    }
                }
            }
        }
        if open.is_some() {
            return Err("it ends before its last element does".to_owned());
        }
        if nodes.is_empty() { Err("there is no element in it".to_owned()) } else { Ok(Self { nodes }) }
    }

    /// The first element of this name, in the order of the document; upper and lower case are the same.
    pub fn find(&self, name: &str) -> Option<Id> {
        self.find_all(name).next()
    }

    pub fn find_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Id> + 'a {
        self.nodes.iter().enumerate().filter(move |(_, node)| node.name.eq_ignore_ascii_case(name)).map(|(at, _)| at)
    }

    /// The first of these that is there.
    pub fn first_of(&self, names: &[&str]) -> Option<Id> {
        names.iter().find_map(|name| self.find(name))
    }

    /// An element's children of this name.
    pub fn children<'a>(&'a self, of: Id, name: &'a str) -> impl Iterator<Item = Id> + 'a {
        let children = self.nodes.get(of).map(|node| node.children.as_slice()).unwrap_or_default();
        children
            .iter()
            .filter_map(|child| match child {
                Child::Element(at) => Some(*at),
                Child::Text(_) => None,
            })
            .filter(move |at| self.name(*at).eq_ignore_ascii_case(name))
    }

    pub fn name(&self, id: Id) -> &str {
        self.nodes.get(id).map_or("", |node| node.name.as_str())
    }

    /// An attribute by its name without its prefix.
    pub fn attribute(&self, id: Id, name: &str) -> Option<&str> {
        let node = self.nodes.get(id)?;
        node.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str()).filter(|value| !value.trim().is_empty())
    }

    /// All text of an element on one line; None where there is none.
    pub fn line(&self, id: Id) -> Option<String> {
        let mut text = String::new();
        self.walk(id, |visit| {
            match visit {
                Visit::Text(part) => text.push_str(part),
                Visit::Begin(_) | Visit::End => text.push(' '),
            }
            true
        });
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!line.is_empty()).then_some(line)
    }

    /// What stands in an element as HTML, its own elements as `rename` says; what it gives None for is left out.
    pub fn html(&self, id: Id, rename: impl Fn(&str) -> Option<String>) -> String {
        let mut html = String::new();
        let mut names: Vec<String> = Vec::new();
        self.walk(id, |visit| {
            match visit {
                Visit::Begin(at) => {
                    let Some(name) = rename(self.name(at)) else { return false };
                    html.push_str(&format!("<{name}>"));
                    names.push(name);
                }
                Visit::End => {
                    if let Some(name) = names.pop() {
                        html.push_str(&format!("</{name}>"));
                    }
                }
                Visit::Text(text) => html.push_str(&text.replace('&', "&amp;").replace('<', "&lt;")),
            }
            true
        });
        html
    }

    /// Visits what stands in an element, in order. Where a beginning is answered by false, what is in it is passed over.
    fn walk(&self, id: Id, mut visit: impl FnMut(Visit<'_>) -> bool) {
        let mut stack = vec![(id, 0_usize)];
        while let Some((at, next)) = stack.pop() {
            let Some(child) = self.nodes.get(at).and_then(|node| node.children.get(next)) else {
                if at != id {
                    visit(Visit::End);
                }
                continue;
            };
            stack.push((at, next + 1));
            match child {
                Child::Text(text) => {
                    visit(Visit::Text(text));
                }
                Child::Element(inner) => {
                    if visit(Visit::Begin(*inner)) {
                        stack.push((*inner, 0));
                    }
                }
            }
        }
    }
}

enum Visit<'a> {
    Begin(Id),
    End,
    Text(&'a str),
}

fn add(nodes: &mut Vec<Node>, parent: Option<usize>, element: &super::xml::Element<'_>) -> usize {
    let at = nodes.len();
    let bare = |name: &str| name.rsplit_once(':').map_or(name, |(_, local)| local).to_owned();
    let attributes = element.attributes().into_iter().map(|(name, value)| (bare(&name), value)).collect();
    nodes.push(Node { name: bare(&element.name()), attributes, parent: parent.unwrap_or(usize::MAX), children: Vec::new() });
    if let Some(parent) = parent.and_then(|parent| nodes.get_mut(parent)) {
        parent.children.push(Child::Element(at));
    }
    at
}
