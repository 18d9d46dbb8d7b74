//! Writes the text of a Markdown document: one paragraph after the other, without marks.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::text::unicode::is_unspaced;

/// A document's words.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The heading that the document opens with, or its only one of the first level.
    pub headline: Option<String>,
    pub text: String,
}

pub(super) fn read(text: &str) -> Document {
    let mut writer = Writer::default();
    for event in Parser::new_ext(
        text,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES | Options::ENABLE_TASKLISTS,
    ) {
        writer.take(event);
    }
    writer.finish()
}

#[derive(Default)]
struct Writer {
    document: Document,
    /// The block that is being written.
    block: String,
    /// Tags of a block of HTML, as they come.
    tags: String,
    /// How many images and blocks of code are open: their words are left out.
    hidden: usize,
    /// The next number of each open list that has numbers.
    lists: Vec<Option<u64>>,
    heading: Option<HeadingLevel>,
    in_row: bool,
}

impl Writer {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(words) | Event::Code(words) | Event::InlineMath(words) | Event::DisplayMath(words) => {
                if self.hidden == 0 {
                    self.block.push_str(&words);
                }
            }
            Event::Html(tags) => self.tags.push_str(&tags),
            Event::InlineHtml(tag) => {
                let tag = tag.to_ascii_lowercase();
                if tag.starts_with("<br") {
                    self.block.push('\n');
                }
            }
            Event::SoftBreak => {
                // Scripts without spaces have none at the end of a line either.
                if !self.block.chars().next_back().is_some_and(is_unspaced) {
                    self.block.push(' ');
                }
            }
            Event::HardBreak => self.block.push('\n'),
            Event::Rule => self.close_block(),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            // The first paragraph of an item stands on the item's line.
            Tag::Paragraph | Tag::FootnoteDefinition(_) if self.lists.is_empty() => self.close_block(),
            Tag::Heading { level, .. } => {
                self.close_block();
                self.heading = Some(*level);
            }
            Tag::BlockQuote(_) | Tag::Table(_) | Tag::HtmlBlock => self.close_block(),
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.close_block();
                }
                self.lists.push(*first);
            }
            Tag::Item => {
                self.break_line();
                if let Some(Some(number)) = self.lists.last_mut() {
                    self.block.push_str(&format!("{number}. "));
                    *number += 1;
                }
            }
            Tag::TableHead | Tag::TableRow => {
                self.break_line();
                self.in_row = false;
            }
            Tag::TableCell => {
                if self.in_row {
                    self.block.push_str(" | ");
                }
                self.in_row = true;
            }
            Tag::CodeBlock(_) | Tag::Image { .. } | Tag::MetadataBlock(_) => self.hidden += 1,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => self.close_heading(level),
            TagEnd::Paragraph if !self.lists.is_empty() => self.break_line(),
            TagEnd::Paragraph | TagEnd::BlockQuote(_) | TagEnd::Table | TagEnd::FootnoteDefinition => self.close_block(),
            TagEnd::HtmlBlock => {
                let tags = std::mem::take(&mut self.tags);
                self.block.push_str(words_between_tags(&tags).trim());
                self.close_block();
            }
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.close_block();
                }
            }
            TagEnd::CodeBlock | TagEnd::Image | TagEnd::MetadataBlock(_) => self.hidden = self.hidden.saturating_sub(1),
            _ => {}
        }
    }

    fn close_heading(&mut self, level: HeadingLevel) {
        self.heading = None;
        let is_headline = self.document.headline.is_none() && (level == HeadingLevel::H1 || self.document.text.is_empty());
        let words = self.block.trim();
        if is_headline && !words.is_empty() {
            self.document.headline = Some(words.replace('\n', " "));
            self.block.clear();
        }
        self.close_block();
    }

    fn break_line(&mut self) {
        let length = self.block.trim_end().len();
        self.block.truncate(length);
        if !self.block.is_empty() {
            self.block.push('\n');
        }
    }

    fn close_block(&mut self) {
        let words = self.block.trim();
        if !words.is_empty() {
            if !self.document.text.is_empty() {
                self.document.text.push_str("\n\n");
            }
            self.document.text.push_str(words);
        }
        self.block.clear();
    }

    fn finish(mut self) -> Document {
        self.close_block();
        self.document
    }
}

/// What a block of HTML says: its words without the tags, and nothing of comments, scripts and styles.
fn words_between_tags(html: &str) -> String {
    let mut words = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        words.push_str(before);
        let end = if tag.starts_with("!--") {
            tag.find("-->").map(|at| at + 3)
        } else if let Some(name) =
            ["script", "style"].into_iter().find(|name| tag.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
        {
            let close = format!("</{name}");
            tag.to_ascii_lowercase().find(&close).and_then(|at| tag.get(at..)?.find('>').map(|end| at + end + 1))
        } else {
            tag.find('>').map(|at| at + 1)
        };
        rest = end.and_then(|end| tag.get(end..)).unwrap_or_default();
    }
    words.push_str(rest);
    for (entity, letter) in [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
        if words.contains(entity) {
            words = words.replace(entity, letter);
        }
    }
    words
}
