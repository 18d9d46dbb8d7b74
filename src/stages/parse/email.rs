//! Reads a mail message: its text out of all its parts, and for a newsletter that somebody passed on, the newsletter
//! itself.

mod forwarded;
mod quoted;

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::{Encoding, HeaderName, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::encoding::{self, Decoded};
use super::fragment;
use crate::model::{Format, Layout, Metadata, ParsedArticle, SourceFacts, StageError, Warning};

/// Reads one message.
pub fn parse(bytes: &[u8], format: Format) -> Result<ParsedArticle, StageError> {
    let unreadable = || StageError::Malformed { reason: "it is no mail message".to_owned() };
    let nest = Nest(MessageParser::default().parse(bytes).ok_or_else(unreadable)?);
    let (message, body) = choose(&nest.0);
    let mut metadata = metadata_of(message);
    let Some(Body { text, layout, encoding, warnings }) = body else { return Err(StageError::Empty) };
    let text = match forwarded::find(&text, metadata.title.as_deref()) {
        Some(passed_on) => {
            let outer = std::mem::take(&mut metadata);
            metadata = Metadata {
                title: passed_on.title.or_else(|| outer.title.map(|title| forwarded::bare_subject(&title).to_owned())),
                authors: passed_on.author.into_iter().collect(),
                published: passed_on
                    .date
                    .as_deref()
                    .and_then(|date| super::wire_date::read(date).or_else(|| super::dates::read(date, None))),
                url: outer.url,
                ..Metadata::default()
            };
            passed_on.text
        }
        None => text,
    };
    if text.trim().is_empty() {
        return Err(StageError::Empty);
    }
    let source = SourceFacts::new(format, encoding);
    Ok(ParsedArticle {
        metadata,
        source,
        language_declared: text_of_header(message, "Content-Language")
            .map(|code| code.split(',').next().unwrap_or(&code).trim().to_owned()),
        language_given: false,
        text,
        layout,
        warnings,
    })
}

/// A message that may hold a message that may hold a message, a hundred thousand deep.
struct Nest<'x>(Message<'x>);

impl Drop for Nest<'_> {
    /// Takes it apart from the outside: left to itself, each would call the next, and the stack would not be enough.
    fn drop(&mut self) {
        let mut parts = std::mem::take(&mut self.0.parts);
        while let Some(mut part) = parts.pop() {
            if let PartType::Message(inner) = &mut part.body {
                parts.append(&mut inner.parts);
            }
        }
    }
}

struct Body {
    text: String,
    layout: Layout,
    encoding: &'static str,
    warnings: Vec<Warning>,
}

/// A few words above what was attached are a note to whom it is sent.
const NOTE_CHARACTERS_MAX: usize = 400;
/// Messages within messages; a mail that was passed on more often says nothing new.
const MESSAGES_DEEP_MAX: usize = 8;

/// The message that is the article: one that is attached, if what stands above it is only a note.
fn choose<'m, 'x>(outer: &'m Message<'x>) -> (&'m Message<'x>, Option<Body>) {
    let mut message = outer;
    let mut body = body_of(message);
    for _ in 0..MESSAGES_DEEP_MAX {
        let is_note = body.as_ref().is_none_or(|body| body.text.chars().take(NOTE_CHARACTERS_MAX + 1).count() <= NOTE_CHARACTERS_MAX);
        let attached = message.parts.iter().find_map(|part| match &part.body {
            PartType::Message(attached) => Some(attached),
            _ => None,
        });
        let Some(attached) = attached.filter(|_| is_note) else { break };
        let Some(inner) = body_of(attached) else { break };
        message = attached;
        body = Some(inner);
    }
    (message, body)
}

/// The message's text: its HTML where there is any, since that has paragraphs, unless it says much less than the plain
/// text beside it.
fn body_of(message: &Message<'_>) -> Option<Body> {
    let mut html = Written::default();
    let mut plain = Written::default();
    for part in message.html_body.iter().filter_map(|at| message.parts.get(*at as usize)) {
        if let PartType::Html(text) = &part.body {
            let text = html.read(message, part, text, Format::Html);
            append(&mut html.text, &fragment::text_of(&text));
        }
    }
    for part in message.text_body.iter().filter_map(|at| message.parts.get(*at as usize)) {
        if let PartType::Text(text) = &part.body {
            let flowed =
                part.content_type().and_then(|kind| kind.attribute("format")).is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
            let text = plain.read(message, part, text, Format::Text);
            let text = without_signature(&text);
            append(&mut plain.text, &if flowed { unflowed(text) } else { text.to_owned() });
        }
    }
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    if letters(&html.text) * 2 >= letters(&plain.text) && !html.text.is_empty() {
        return Some(html.body(Layout::Blocks));
    }
    (!plain.text.is_empty()).then(|| plain.body(Layout::Lines))
}

/// What was read of the parts of one kind.
#[derive(Default)]
struct Written {
    text: String,
    /// Of the first part.
    encoding: Option<&'static str>,
    warnings: Vec<Warning>,
}

impl Written {
    /// A part's text by its own bytes, since what a letter declares may be wrong or missing; `parsed` where they cannot be
    /// got at.
    fn read<'p>(&mut self, message: &Message<'_>, part: &MessagePart<'_>, parsed: &'p str, format: Format) -> Cow<'p, str> {
        let declared = part.content_type().and_then(|kind| kind.attribute("charset"));
        let decoded = bytes_of(message, part).and_then(|bytes| encoding::decode(bytes, format, declared).ok());
        let Some(Decoded { text, encoding, warnings }) = decoded else { return Cow::Borrowed(parsed) };
        self.encoding.get_or_insert(encoding);
        for warning in warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        Cow::Owned(text)
    }

    fn body(self, layout: Layout) -> Body {
        Body { text: self.text, layout, encoding: self.encoding.unwrap_or("utf-8"), warnings: self.warnings }
    }
}

/// A part's bytes as they were before they were packed for the way.
fn bytes_of(message: &Message<'_>, part: &MessagePart<'_>) -> Option<Vec<u8>> {
    let raw = message.raw_message.get(part.offset_body as usize..part.offset_end as usize)?;
    let bytes = match part.encoding {
        Encoding::None => raw.to_vec(),
        Encoding::QuotedPrintable => quoted::unquoted(raw),
        Encoding::Base64 => base64_decode(raw)?,
    };
    (!bytes.is_empty()).then_some(bytes)
}

fn append(whole: &mut String, part: &str) {
    let part = part.trim_matches(['\n', '\r']);
    if !part.is_empty() {
        if !whole.is_empty() {
            whole.push_str("\n\n");
        }
        whole.push_str(part);
    }
}

/// Two dashes and a blank on a line of their own begin a signature (RFC 3676, 4.3).
fn without_signature(text: &str) -> &str {
    let at = text.find("\n-- \n").or_else(|| text.find("\n-- \r\n"));
    // A text that begins with it is all signature, which is no text to lose.
    at.filter(|at| text.get(..*at).is_some_and(|before| !before.trim().is_empty())).and_then(|at| text.get(..at)).unwrap_or(text)
}

/// Lines that end in a blank go on in the next (RFC 3676).
fn unflowed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut soft = false;
    for (at, line) in text.lines().enumerate() {
        // A blank is put before what would otherwise mean something at the beginning of a line.
        let line = line.strip_prefix(' ').unwrap_or(line);
        if at > 0 && !soft {
            out.push('\n');
        }
        out.push_str(line);
        soft = line.ends_with(' ') && line != "-- ";
    }
    out
}

fn metadata_of(message: &Message<'_>) -> Metadata {
    let from = message.from().and_then(|from| from.first()).and_then(|from| from.name.as_deref()).map(fragment::line_of);
    let from = from.filter(|name| !name.is_empty() && !name.contains('@'));
    // What is sent to a list comes from a paper, not from a person.
    let is_list = ["List-Id", "List-Unsubscribe", "List-Post"].iter().any(|name| message.header(*name).is_some());
    let date = message.date().filter(|date| date.month >= 1 && date.day >= 1).map(mail_parser::DateTime::to_rfc3339);
    Metadata {
        url: text_of_header(message, "Archived-At").map(|url| url.trim().trim_matches(['<', '>']).to_owned()),
        site: from.clone().filter(|_| is_list),
        title: message.subject().map(fragment::line_of).filter(|subject| !subject.is_empty()),
        authors: from.filter(|_| !is_list).into_iter().collect(),
        published: date.as_deref().and_then(super::wire_date::read),
        ..Metadata::default()
    }
}

fn text_of_header(message: &Message<'_>, name: &'static str) -> Option<String> {
    match message.header(HeaderName::Other(Cow::Borrowed(name)))? {
        HeaderValue::Text(text) => Some(text.trim().to_owned()),
        HeaderValue::TextList(texts) => texts.first().map(|text| text.trim().to_owned()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
