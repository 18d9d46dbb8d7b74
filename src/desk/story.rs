//! A record as a person reads it: the headline, where it is from, the gist, who said what.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Deserialize;
use unicode_segmentation::UnicodeSegmentation as _;

/// What is shown of a record, and what it can be chosen by.
#[derive(Deserialize)]
pub struct Story<'a> {
    #[serde(borrow)]
    pub source: Source<'a>,
    #[serde(borrow)]
    pub site: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub title: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub published: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub language: Language<'a>,
    #[serde(borrow)]
    pub text: Cow<'a, str>,
    #[serde(borrow)]
    pub summary: Vec<Sentence<'a>>,
    #[serde(borrow)]
    pub quotes: Vec<Quote<'a>>,
    #[serde(borrow)]
    pub ingested_at: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub struct Source<'a> {
    #[serde(borrow)]
    pub path: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub entry: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub struct Language<'a> {
    #[serde(borrow)]
    pub code: Cow<'a, str>,
}

#[derive(Deserialize)]
pub struct Sentence<'a> {
    #[serde(borrow)]
    pub text: Cow<'a, str>,
}

#[derive(Deserialize)]
pub struct Quote<'a> {
    #[serde(borrow)]
    pub text: Cow<'a, str>,
    #[serde(borrow)]
    pub speaker: Option<Speaker<'a>>,
}

#[derive(Deserialize)]
pub struct Speaker<'a> {
    #[serde(borrow)]
    pub name: Cow<'a, str>,
}

/// How it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub columns: usize,
    pub color: bool,
}

impl Story<'_> {
    /// A few lines, and a blank one after them.
    pub fn page(&self, look: Look) -> String {
        let mut page = String::new();
        let (bold, dim, end) = if look.color { ("\x1b[1m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
        if let Some(title) = &self.title {
            paragraph(&mut page, title, "", "", look.columns, (bold, end));
        }
        let mut place = self.source.path.as_deref().unwrap_or("standard input").to_owned();
        if let Some(entry) = &self.source.entry {
            // Writing to a String cannot fail.
            let _ = write!(place, " {entry}");
        }
        let _ = write!(place, ", {}", self.language.code);
        if let Some(published) = &self.published {
            let _ = write!(place, ", {published}");
        }
        paragraph(&mut page, &place, "", "", look.columns, (dim, end));
        for sentence in &self.summary {
            paragraph(&mut page, &sentence.text, "  ", "  ", look.columns, ("", ""));
        }
        for quote in &self.quotes {
            let speaker = quote.speaker.as_ref().map_or("nobody named", |speaker| &speaker.name);
            paragraph(&mut page, &format!("{speaker}: “{}”", quote.text), "  - ", "    ", look.columns, ("", ""));
        }
        page.push('\n');
        page
    }
}

/// Breaks a text into lines of so many columns at most, the first with an indent of its own.
fn paragraph(page: &mut String, text: &str, first: &str, rest: &str, columns: usize, (begin, end): (&str, &str)) {
    page.push_str(begin);
    page.push_str(first);
    let mut used = first.len();
    let mut is_begun = false;
    for word in printable(text).split_whitespace() {
        let length = word.graphemes(true).count();
        if is_begun && used + 1 + length > columns {
            page.push('\n');
            page.push_str(rest);
            used = rest.len();
        } else if is_begun {
            page.push(' ');
            used += 1;
        }
        page.push_str(word);
        used += length;
        is_begun = true;
    }
    page.push_str(end);
    page.push('\n');
}

/// A text without the characters that would steer a terminal or turn its writing around.
pub fn printable(text: &str) -> String {
    let steers =
        |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if steers(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_shown_with_its_gist_and_its_voices() {
        let line = r#"{"source":{"path":"wire/a.txt"},"title":"Ferry\u001b[31m fares","language":{"code":"en"},"text":"x",
            "summary":[{"text":"Ferry fares will rise by two per cent in April."}],
            "quotes":[{"text":"We held them","speaker":{"name":"Ada Moe"}},{"text":"No"}]}"#;
        let story: Story<'_> = serde_json::from_str(line).unwrap();
        let expected = "Ferry [31m fares\nwire/a.txt, en\n  Ferry fares will rise by\n  two per cent in April.\n  - Ada Moe: “We held them”\n  - nobody named: “No”\n\n";
        assert_eq!(story.page(Look { columns: 28, color: false }), expected);
        assert!(story.page(Look { columns: 28, color: true }).starts_with("\x1b[1mFerry [31m fares\x1b[0m\n"));
    }
}
