//! Reads the elements of a piece of XML: feeds, news formats and office files are made of them.
//!
//! No entity is expanded but those of XML itself, and nothing is fetched, so that a small file stays small.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// What stands in a piece of XML, in order.
pub enum Step<'a> {
    Start(Element<'a>),
    /// An element that has nothing in it.
    Empty(Element<'a>),
    /// The name of the element that ends, as written.
    End(String),
    /// Text with its references resolved.
    Text(String),
}

/// A start tag.
pub struct Element<'a> {
    pub tag: BytesStart<'a>,
}

impl Element<'_> {
    /// As written, with its prefix.
    pub fn name(&self) -> String {
        self.tag.name().as_ref().to_owned()
    }

    /// An attribute's value, by its name as written.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.tag.attributes();
        let found = attributes.with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
        Some(resolved(&found.value))
    }

    /// All attributes, by their names as written.
    pub fn attributes(&self) -> Vec<(String, String)> {
        let mut attributes = self.tag.attributes();
        let all = attributes.with_checks(false).flatten();
        all.map(|attribute| (attribute.key.as_ref().to_owned(), resolved(&attribute.value))).collect()
    }
}

/// Walks through a piece of XML.
pub struct Steps<'a> {
    reader: Reader<&'a [u8]>,
}

impl<'a> Steps<'a> {
    pub fn new(xml: &'a str) -> Self {
        let mut reader = Reader::from_str(xml);
        let config = reader.config_mut();
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self { reader }
    }

    /// The next step; None at the end. An error where it cannot be read on.
    pub fn read_next(&mut self) -> Result<Option<Step<'a>>, String> {
        loop {
            let step = match self.reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(tag) => Step::Start(Element { tag }),
                Event::Empty(tag) => Step::Empty(Element { tag }),
                Event::End(tag) => Step::End(tag.name().as_ref().to_owned()),
                Event::Text(text) => Step::Text(text.to_string()),
                Event::CData(text) => Step::Text(text.to_string()),
                Event::GeneralRef(name) => Step::Text(reference(&name)),
                Event::Eof => return Ok(None),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            };
            return Ok(Some(step));
        }
    }
}

/// The character of a reference: XML's own, a number, or one of HTML's names, which older agencies write without declaring
/// them. Nothing else is expanded: it stays as it is.
fn reference(name: &str) -> String {
    let character = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => name.strip_prefix('#').and_then(|number| {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }),
    };
    character.map_or_else(|| html_escape::decode_html_entities(&format!("&{name};")).into_owned(), String::from)
}

/// No reference has a longer name.
const REFERENCE_BYTES_MAX: usize = 10;

fn resolved(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        // Not looked for further than it may stand: a value of ampersands alone would be read again for each of them.
        let end = after.bytes().take(REFERENCE_BYTES_MAX + 1).position(|byte| byte == b';');
        match end.and_then(|end| Some((after.get(..end)?, after.get(end + 1..)?))) {
            Some((name, behind)) => {
                out.push_str(&reference(name));
                rest = behind;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out + rest
}

/// UTF-8 or UTF-16, which is all that XML has without a declaration, or as declared.
pub fn decoded(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let declaration = String::from_utf8_lossy(bytes.get(..bytes.len().min(200)).unwrap_or_default());
            let label =
                declaration.split_once("encoding=").and_then(|(_, rest)| rest.get(1..)).and_then(|rest| rest.split(['"', '\'']).next());
            let encoding = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes())).unwrap_or(encoding_rs::WINDOWS_1252);
            encoding.decode(bytes).0.into_owned()
        }
    }
}
