//! The articles of a simulated world: files and containers, twins, revisions, and what the stages make of each.

use std::sync::Arc;

use copydesk::model::{
    Article, Digest, Entry, Envelope, Format, Key, Language, Metadata, Origin, Rejection, SourceFacts, SourcePath, Stage, Stats, Ticket,
};

use super::chance::Chance;

/// How many texts there are in a world: few, so that twins and returns to an earlier text are common.
const TEXTS: u64 = 40;

/// One text that an article may have. Everything about it follows from its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(pub u64);

impl Text {
    fn draw(chance: &mut Chance) -> Self {
        Self(chance.below(TEXTS))
    }

    pub fn all() -> impl Iterator<Item = Self> {
        (0..TEXTS).map(Self)
    }

    /// What stands in it, 20 to 500 bytes.
    pub fn words(self) -> String {
        let tide = "The tide came in. ";
        format!("Report {} from the harbour. {}", self.0, tide.repeat((self.0 * 7 % 27) as usize))
    }

    pub fn digest(self) -> Digest {
        Digest::of(self.words().as_bytes())
    }

    /// Whether this attempt at it ends in a rejection: some are always refused, some only at first.
    pub fn is_refused(self, attempts: u32) -> bool {
        self.0 % 7 == 3 || self.0 % 7 == 5 && attempts == 1
    }

    /// Whether it kills whoever reads it.
    pub fn is_poison(self) -> bool {
        self.0 == 12
    }
}

/// An article: a file, or an entry of a container, and every text that it has had.
pub struct Story {
    pub entry: Option<Entry>,
    pub key: Key,
    pub history: Vec<Text>,
}

impl Story {
    pub fn text(&self) -> Text {
        *self.history.last().expect("a story has a text")
    }
}

/// A file of the world.
pub struct Input {
    pub path: Arc<SourcePath>,
    pub stories: Vec<Story>,
    /// Whether it is deleted once its articles are durable.
    pub is_deleted_after: bool,
    pub is_gone: bool,
}

impl Input {
    pub fn draw(number: usize, chance: &mut Chance) -> Self {
        let path = Arc::new(SourcePath(format!("wire/{number}").into_bytes()));
        let entries = if chance.one_in(3) { 1 + chance.below(4) } else { 0 };
        let story = |entry: Option<Entry>, chance: &mut Chance| {
            let key = entry.as_ref().map_or_else(|| Key::of_file(&path.0), |entry| Key::of_entry(&path.0, entry));
            Story { entry, key, history: vec![Text::draw(chance)] }
        };
        let mut stories: Vec<Story> = (1..=entries).map(|entry| story(Some(Entry::numbered(entry)), chance)).collect();
        if entries == 0 {
            stories.push(story(None, chance));
        } else if chance.one_in(2) {
            // Twins: the same text in two entries of one file.
            let twin = stories[0].text();
            stories.last_mut().expect("there is one").history = vec![twin];
        }
        Self { path, stories, is_deleted_after: chance.one_in(3), is_gone: false }
    }

    /// A newer version of one of its articles, or an older one come back.
    pub fn change(&mut self, chance: &mut Chance) {
        let story = chance.below(self.stories.len() as u64) as usize;
        let text = Text::draw(chance);
        let story = &mut self.stories[story];
        if !self.is_gone && text != story.text() {
            story.history.push(text);
        }
    }

    pub fn origin(&self, story: &Story, text: Text, ticket: Ticket, attempts: u32) -> Origin {
        Origin {
            key: story.key.clone(),
            path: Some(Arc::clone(&self.path)),
            entry: story.entry.clone(),
            bytes: text.words().len() as u64,
            digest: Some(text.digest()),
            ticket,
            attempts,
        }
    }
}

/// What the stages make of a text.
pub fn finished(origin: Origin, text: Text) -> Envelope<Article> {
    let body = Article {
        source: SourceFacts::new(Format::Text, "utf-8"),
        metadata: Metadata::default(),
        language: Language { code: "en".to_owned(), confidence: 1.0 },
        text: text.words(),
        summary: Vec::new(),
        quotes: Vec::new(),
        keyphrases: Vec::new(),
        sentences: None,
        stats: Stats::default(),
        warnings: Vec::new(),
    };
    Envelope { origin, body }
}

pub fn refused(origin: Origin, code: &'static str) -> Envelope<Rejection> {
    let error = "set aside in a simulated world".to_owned();
    Rejection { stage: Stage::Parse, code, error }.of(origin)
}
