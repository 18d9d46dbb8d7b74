//! How an article travels: what it is so far, where it came from, and the batch it shares the way with.

use std::sync::Arc;

use super::{Digest, Entry, Key, Ticket};

/// An article on its way, with what names it.
#[derive(Clone, Debug)]
pub struct Envelope<T> {
    pub origin: Origin,
    pub body: T,
}

/// Where an article came from. It goes with the article to the end and carries its identity.
#[derive(Clone, Debug)]
pub struct Origin {
    pub key: Key,
    /// The file it was read from: the root's name and the path below it. None on standard input.
    pub path: Option<Arc<SourcePath>>,
    /// Which entry, where the file holds many articles.
    pub entry: Option<Entry>,
    /// The length of the article's own bytes.
    pub bytes: u64,
    /// None where the bytes could not be read: only a rejection travels so.
    pub digest: Option<Digest>,
    /// The file in hand that this article belongs to, so that its end can be told.
    pub ticket: Ticket,
    /// How often it has been tried, this time included.
    pub attempts: u32,
}

/// A path as it stands in a record: never absolute, parted by `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourcePath(pub Vec<u8>);

impl SourcePath {
    /// The path as text, and whether something was lost on the way.
    pub fn lossy(&self) -> (std::borrow::Cow<'_, str>, bool) {
        let text = String::from_utf8_lossy(&self.0);
        let lost = matches!(text, std::borrow::Cow::Owned(_));
        (text, lost)
    }
}

/// Something kept until a batch is done with, such as its share of the memory budget.
pub type Held = Box<dyn std::any::Any + Send + Sync>;

/// A few articles that share the cost of a hop. Dropping the batch gives back what it holds.
pub struct Batch<T> {
    pub articles: Vec<Envelope<T>>,
    pub held: Vec<Held>,
}

impl<T> Batch<T> {
    pub fn new(articles: Vec<Envelope<T>>, held: Vec<Held>) -> Self {
        Self { articles, held }
    }
}
