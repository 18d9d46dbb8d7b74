//! Reads plain text as desks and wires send it: what stands above the story goes into the record, the story stays.
//!
//! Lines are read from the top for as long as each is known for what it is: a header ("Subject: ..."), a slug, a note
//! on an embargo, the headline, a byline, a date. The first that is none of these opens the story.

mod header;
mod lines;
mod notes;
mod people;
mod title;
mod vocabulary;

#[cfg(test)]
mod tests;

use super::{bylines, dates, wire};
use crate::model::{Format, Layout, Metadata, ParsedArticle, SourceFacts};
use crate::text::language;
use header::Field;
use lines::Line;
use people::Credits;

/// Reads one text.
pub(super) fn parse(text: String) -> ParsedArticle {
    let mut article = ParsedArticle {
        metadata: Metadata::default(),
        source: SourceFacts::new(Format::Text, "utf-8"),
        language_declared: None,
        language_given: false,
        text: String::new(),
        layout: Layout::Lines,
        warnings: Vec::new(),
    };
    let mut head = Head::new(&text, &mut article);
    head.read();
    let points = head.read_points();
    let mut start = head.start_of_story();
    if !has_words(text.get(start..)) {
        // Nothing but headers: they are all there is to read.
        start = 0;
        article.metadata = Metadata::default();
        article.language_declared = None;
    }
    if let Some(points) = points.filter(|_| start > 0) {
        let story = text.get(start..).unwrap_or_default();
        article.text = notes::without_page_breaks(story).unwrap_or_else(|| story.to_owned());
        wire::unwrap(&mut article);
        article.text = format!("{points}\n\n{}", article.text);
        return article;
    }
    let story = text.get(start..).unwrap_or_default();
    let without_pages = notes::without_page_breaks(story).or_else(|| (start > 0).then(|| story.to_owned()));
    article.text = without_pages.unwrap_or(text);
    article
}

/// Takes byline and date off a text whose headline is known by its markup, and what stands between the two.
pub(super) fn take_credits(article: &mut ParsedArticle) {
    let text = std::mem::take(&mut article.text);
    let mut head = Head::new(&text, article);
    head.pass_known_lines();
    if head.article.metadata.subtitle.is_none() && head.credits_at(head.at + 1).is_some() {
        head.read_subtitle();
        head.pass_known_lines();
    }
    let start = head.start_of_story();
    let is_left = start > 0 && has_words(text.get(start..));
    article.text = if is_left { text.get(start..).unwrap_or_default().to_owned() } else { text };
}

/// True for a line that says who wrote and when, and nothing else.
pub(super) fn is_credits(line: &str, language: Option<&str>) -> bool {
    people::byline(line).is_some() || (people::could_hold_date(line) && people::dated_line(line, language).is_some())
}

/// The credits of a file whose properties name an author as well: the one that is printed is the article's.
#[cfg(any(feature = "office", feature = "pdf"))]
pub(super) fn take_printed_credits(article: &mut ParsedArticle) {
    let told = std::mem::take(&mut article.metadata.authors);
    take_credits(article);
    if article.metadata.authors.is_empty() {
        article.metadata.authors = told;
    }
}

fn has_words(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.chars().any(char::is_alphanumeric))
}

/// The lines above the story, and how far they are read.
struct Head<'a> {
    lines: Vec<Line<'a>>,
    at: usize,
    text: &'a str,
    /// Told from the text when the first date asks for it.
    language: Option<String>,
    article: &'a mut ParsedArticle,
}

impl<'a> Head<'a> {
    fn new(text: &'a str, article: &'a mut ParsedArticle) -> Self {
        Head { lines: lines::head(text), at: 0, text, language: None, article }
    }

    fn read(&mut self) {
        self.pass_known_lines();
        if self.article.metadata.title.is_none() {
            self.read_title();
        }
        self.pass_known_lines();
        if self.article.metadata.title.is_some() && self.article.metadata.subtitle.is_none() {
            self.read_subtitle();
        }
        self.pass_known_lines();
    }

    fn start_of_story(&self) -> usize {
        match self.lines.get(self.at) {
            Some(line) => line.start,
            None => self.lines.last().map_or(0, |line| line.end),
        }
    }

    fn pass_known_lines(&mut self) {
        while self.at < self.lines.len() && (self.pass_header() || self.pass_note() || self.pass_credits()) {}
    }

    fn line(&self, at: usize) -> Option<&str> {
        self.lines.get(at).map(|line| line.text)
    }

    /// "Subject: ...", with the lines that go on with it.
    fn pass_header(&mut self) -> bool {
        let Some(line) = self.line(self.at) else { return false };
        let Some((field, value)) = header::read(line) else { return false };
        let is_beside_header = |at: Option<usize>| at.and_then(|at| self.line(at)).is_some_and(|line| header::read(line).is_some());
        let is_in_block =
            is_beside_header(self.at.checked_sub(1)) || (is_beside_header(Some(self.at + 1)) && !self.is_after_blank(self.at + 1));
        // "Media: minister quits" is a headline; beside other headers, or below one, it names the paper.
        let is_certain = match field {
            Field::Other => is_in_block,
            Field::Section | Field::Site => is_in_block || self.article.metadata.title.is_some(),
            _ => true,
        };
        if !is_certain {
            return false;
        }
        let mut value = value.to_owned();
        let mut next = self.at + 1;
        // A header goes on in lines that are indented.
        while is_in_block
            && self.lines.get(next).is_some_and(|line| line.indented && !line.after_blank && header::read(line.text).is_none())
        {
            value.push(' ');
            value.push_str(self.line(next).unwrap_or_default());
            next += 1;
        }
        if !self.take_field(field, value) {
            return false;
        }
        self.at = next;
        true
    }

    fn is_after_blank(&self, at: usize) -> bool {
        self.lines.get(at).is_some_and(|line| line.after_blank)
    }

    /// False where the value is none of its field: then the line is no header.
    fn take_field(&mut self, field: Field, value: String) -> bool {
        let date = matches!(field, Field::Published | Field::Updated).then(|| self.date(&value)).flatten();
        let metadata = &mut self.article.metadata;
        match field {
            Field::Title if metadata.title.is_none() && !value.is_empty() => metadata.title = Some(value),
            Field::Subtitle if metadata.subtitle.is_none() && !value.is_empty() => metadata.subtitle = Some(value),
            Field::Title | Field::Subtitle => return false,
            Field::Section => metadata.section = metadata.section.take().or(Some(value)),
            Field::Site => metadata.site = metadata.site.take().or(Some(value)),
            Field::Tags => metadata.tags.extend(value.split([',', ';']).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty())),
            Field::Authors => {
                let authors = bylines::read(&value);
                if authors.is_empty() {
                    return false;
                }
                if metadata.authors.is_empty() {
                    metadata.authors = authors;
                }
            }
            Field::Published if date.is_some() => metadata.published = metadata.published.take().or(date),
            Field::Updated if date.is_some() => metadata.updated = metadata.updated.take().or(date),
            Field::Published | Field::Updated => return false,
            Field::Address if value.contains("://") => metadata.url = metadata.url.take().or(Some(value)),
            Field::Language => self.article.language_declared = Some(value),
            Field::Address | Field::Other => {}
        }
        true
    }

    /// Slugs, embargoes, calls for speed, rules, numbers of pages.
    fn pass_note(&mut self) -> bool {
        let Some(line) = self.line(self.at) else { return false };
        let is_note = notes::is_note(line) || people::is_picture_credit(line);
        self.at += usize::from(is_note);
        is_note
    }

    /// A byline or a line with a date.
    fn pass_credits(&mut self) -> bool {
        let Some(credits) = self.credits_at(self.at) else { return false };
        let Credits { authors, published, updated, site } = credits;
        let metadata = &mut self.article.metadata;
        // A name beside the date, below a byline, is a town's; an agency's is whom they write for.
        let are_named = metadata.authors.iter().any(|author| !wire::is_agency(author));
        let is_dated = published.is_some() || updated.is_some();
        for author in authors {
            let is_no_author = are_named && (is_dated || wire::is_agency(&author));
            if !is_no_author && !metadata.authors.contains(&author) {
                metadata.authors.push(author);
            }
        }
        if metadata.authors.iter().any(|author| !wire::is_agency(author)) {
            metadata.authors.retain(|author| !wire::is_agency(author));
        }
        metadata.published = metadata.published.take().or(published);
        metadata.updated = metadata.updated.take().or(updated);
        metadata.site = metadata.site.take().or(site);
        self.at += 1;
        true
    }

    /// True for a line that is a byline, a date, a header or a note.
    fn is_known_line(&mut self, at: usize) -> bool {
        let Some(line) = self.line(at) else { return false };
        let is_header = header::read(line).is_some_and(|(field, _)| !matches!(field, Field::Other | Field::Section | Field::Site));
        is_header || notes::is_note(line) || self.credits_at(at).is_some()
    }

    fn credits_at(&mut self, at: usize) -> Option<Credits> {
        let line = self.lines.get(at)?.text;
        if let Some(authors) = people::byline(line) {
            return Some(Credits { authors, ..Credits::default() });
        }
        if let Some(credits) = self.dated_line(at) {
            return Some(credits);
        }
        // A name alone is a byline only where a date stands below it.
        let authors = people::bare_names(self.line(at)?)?;
        self.dated_line(at + 1).map(|_| Credits { authors, ..Credits::default() })
    }

    fn dated_line(&mut self, at: usize) -> Option<Credits> {
        // To tell the language takes longer than all the rest, so it is told only where there is a number to read.
        self.line(at).filter(|line| people::could_hold_date(line))?;
        let language = self.language();
        people::dated_line(self.line(at)?, language.as_deref())
    }

    fn language(&mut self) -> Option<String> {
        let declared = self.article.language_declared.clone();
        let told = self.language.get_or_insert_with(|| declared.unwrap_or_else(|| language::identify(self.text).code));
        Some(told.clone()).filter(|code| code != "und")
    }

    fn date(&mut self, value: &str) -> Option<String> {
        let language = self.language();
        dates::read(value, language.as_deref()).or_else(|| dates::find(value, language.as_deref()).map(|(_, date)| date))
    }

    /// The points that a wire sets between the headline and a story that opens with a dateline: they stay, and what else
    /// stands between goes into the record. None where anything else is among them.
    fn read_points(&mut self) -> Option<String> {
        let begun = self.at;
        self.article.metadata.title.as_ref()?;
        let is_point = |line: &str| line.starts_with(['*', '•', '-', '–']) && line.contains(' ');
        let mut points: Vec<String> = Vec::new();
        while let Some(line) = self.line(self.at).filter(|line| is_point(line)) {
            points.push(line.to_owned());
            self.at += 1;
        }
        self.pass_known_lines();
        let opens_story = self.line(self.at).is_some_and(wire::opens_with_dateline);
        if points.is_empty() || !opens_story {
            self.at = begun;
            return None;
        }
        Some(points.join("\n"))
    }

    /// "FERRY NOCTURNO": a word or three in capitals above a headline that stands above a byline or a dateline.
    fn pass_kicker(&mut self) {
        let is_kicker =
            |line: &str| line.split(' ').count() <= 3 && line.chars().any(char::is_alphabetic) && !line.chars().any(char::is_lowercase);
        let is_whole = |line: &str| line.split(' ').count() >= 4 && line.chars().any(char::is_lowercase) && title::is_headline(line);
        let (Some(first), Some(second)) = (self.line(self.at), self.line(self.at + 1)) else { return };
        if is_kicker(first) && is_whole(second) {
            let is_above_story = self.line(self.at + 2).is_some_and(wire::opens_with_dateline) || self.credits_at(self.at + 2).is_some();
            self.at += usize::from(is_above_story);
        }
    }

    fn read_title(&mut self) {
        self.pass_kicker();
        let at = self.at;
        let is_above_known = self.is_known_line(at + 1);
        let rest = self.lines.get(at..).unwrap_or_default();
        let count =
            if is_above_known { rest.first().filter(|line| title::is_headline(line.text)).map(|_| 1) } else { title::lines_of_title(rest) };
        let Some(count) = count else { return };
        if rest.first().is_some_and(|line| wire::opens_with_dateline(line.text)) {
            return;
        }
        // A headline stands above something.
        let Some(below) = rest.get(count).filter(|below| !notes::is_more(below.text)) else { return };
        if !self.text.get(below.start..).is_some_and(|below| below.chars().any(char::is_alphanumeric)) {
            return;
        }
        let title: Vec<&str> = rest.iter().take(count).map(|line| line.text).collect();
        self.article.metadata.title = Some(notes::without_marks(&title.join(" ")).to_owned());
        self.at += count;
    }

    /// The line between the headline and the byline; without a byline, one that is no sentence above one that is.
    fn read_subtitle(&mut self) {
        let at = self.at;
        let (Some(line), Some(below)) = (self.lines.get(at), self.lines.get(at + 1)) else { return };
        if wire::opens_with_dateline(line.text) || !title::could_be_subtitle(line.text) {
            return;
        }
        let (line, below, below_text) = (line.text.to_owned(), below.after_blank, below.text.to_owned());
        let is_above_credits = self.is_known_line(at + 1);
        if is_above_credits || (below && title::is_no_sentence(&line) && title::is_sentence_of_story(&below_text, &line)) {
            self.article.metadata.subtitle = Some(line);
            self.at += 1;
        }
    }
}
