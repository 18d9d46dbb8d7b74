//! Reads one item of a feed: what it says about its article, and as much of the article as it brings.

use encoding_rs::Encoding;

use crate::model::{Body, Charset, Format, Given, Metadata, RawDocument, Warning};
use crate::stages::parse::wire_date;
use crate::stages::parse::xml::{Element, Step, Steps};

/// What the feed says about all its items.
pub struct Channel {
    format: Format,
    encoding: &'static str,
    title: Option<String>,
    language: Option<String>,
    authors: Vec<String>,
    base: Option<String>,
    /// Prefixes as this feed has them, and as they usually are.
    prefixes: Vec<(String, &'static str)>,
}

/// The usual prefix of a namespace.
fn usual_prefix(namespace: &str) -> Option<&'static str> {
    Some(match namespace {
        "http://purl.org/rss/1.0/modules/content/" => "content:",
        "http://purl.org/dc/elements/1.1/" => "dc:",
        "http://purl.org/dc/terms/" => "dcterms:",
        "http://search.yahoo.com/mrss/" | "http://search.yahoo.com/mrss" => "media:",
        "http://www.itunes.com/dtds/podcast-1.0.dtd" => "itunes:",
        "http://www.w3.org/2005/Atom" | "http://purl.org/atom/ns#" => "atom:",
        "http://purl.org/rss/1.0/" | "http://my.netscape.com/rdf/simple/0.9/" | "http://backend.userland.com/rss2" => "",
        _ => return None,
    })
}

impl Channel {
    pub fn read(root: &[u8], channel: &[u8], encoding: &'static Encoding) -> Self {
        let root = String::from_utf8_lossy(root);
        let is_atom = root.trim_start_matches('<').split([' ', '>', '\n', '\t', '\r']).next().is_some_and(|name| name.ends_with("feed"));
        let mut read = Self {
            format: if is_atom { Format::Atom } else { Format::Rss },
            encoding: lower_name(encoding),
            title: None,
            language: None,
            authors: Vec::new(),
            base: None,
            prefixes: Vec::new(),
        };
        if let Ok(Some(Step::Start(element) | Step::Empty(element))) = Steps::new(&root).read_next() {
            read.note_root(&element);
        }
        let mut fields = Fields::default();
        // What is read before it cannot be read on is true all the same.
        let _ = fields.read(&String::from_utf8_lossy(channel), &read);
        read.title = fields.title.map(|title| title.text);
        read.language = read.language.or(fields.language);
        // An RSS feed's editor has not written its articles; an Atom feed's author has, where they name none.
        read.authors = if is_atom { fields.authors } else { Vec::new() };
        read
    }

    fn note_root(&mut self, element: &Element<'_>) {
        for (name, value) in element.attributes() {
            match name.as_str() {
                "xml:lang" => self.language = Some(value),
                "xml:base" => self.base = Some(value),
                _ => {
                    let prefix = match name.strip_prefix("xmlns") {
                        Some("") => Some(String::new()),
                        Some(rest) => rest.strip_prefix(':').map(|prefix| format!("{prefix}:")),
                        None => None,
                    };
                    // Atom's own elements go without a prefix in an Atom feed.
                    let usual = usual_prefix(&value).map(|usual| if usual == "atom:" && self.format == Format::Atom { "" } else { usual });
                    if let (Some(prefix), Some(usual)) = (prefix, usual)
                        && self.prefixes.len() < PREFIXES_MAX
                    {
                        self.prefixes.push((prefix, usual));
                    }
                }
            }
        }
    }

    /// An element's name with the prefix that its namespace usually has.
    fn usual_name(&self, name: &str) -> String {
        let (prefix, local) = match name.split_once(':') {
            Some((prefix, local)) => (format!("{prefix}:"), local),
            None => (String::new(), name),
        };
        match self.prefixes.iter().find(|(own, _)| *own == prefix) {
            Some((_, usual)) => format!("{usual}{local}"),
            None => name.to_owned(),
        }
    }

    /// A link as an address of its own.
    fn absolute(&self, link: &str) -> String {
        let link = link.trim();
        match self.base.as_deref().and_then(|base| url::Url::parse(base).ok()) {
            Some(base) => base.join(link).map_or_else(|_| link.to_owned(), String::from),
            None => link.to_owned(),
        }
    }
}

fn lower_name(encoding: &'static Encoding) -> &'static str {
    // The names of the standard, which are few.
    const NAMES: [(&str, &str); 12] = [
        ("UTF-8", "utf-8"),
        ("UTF-16LE", "utf-16le"),
        ("UTF-16BE", "utf-16be"),
        ("Shift_JIS", "shift_jis"),
        ("EUC-JP", "euc-jp"),
        ("EUC-KR", "euc-kr"),
        ("ISO-2022-JP", "iso-2022-jp"),
        ("GBK", "gbk"),
        ("Big5", "big5"),
        ("KOI8-R", "koi8-r"),
        ("KOI8-U", "koi8-u"),
        ("ISO-8859-2", "iso-8859-2"),
    ];
    NAMES.iter().find(|(name, _)| *name == encoding.name()).map_or(encoding.name(), |(_, lower)| lower)
}

/// A text of the feed, and whether it is markup.
#[derive(Default)]
struct Text {
    text: String,
    plain: bool,
}

#[derive(Default)]
struct Fields {
    ids: Vec<String>,
    title: Option<Text>,
    content: Option<Text>,
    encoded: Option<Text>,
    description: Option<Text>,
    summary: Option<Text>,
    url: Option<String>,
    permalink: Option<String>,
    authors: Vec<String>,
    tags: Vec<String>,
    image: Option<String>,
    published: Option<String>,
    updated: Option<String>,
    date: Option<String>,
    language: Option<String>,
}

/// The id of an item and its document; the reason where it cannot be read.
pub fn read(bytes: &[u8], channel: &Channel) -> Result<(Option<String>, RawDocument), String> {
    let (xml, invalid) = match str::from_utf8(bytes) {
        Ok(text) => (std::borrow::Cow::Borrowed(text), false),
        // A feed that says nothing and is no UTF-8 was written on Windows, as far as anybody can tell.
        Err(_) => (encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0, true),
    };
    let mut fields = Fields::default();
    fields.read(&xml, channel)?;
    let filled = |text: &Option<Text>| text.as_ref().is_some_and(|text| !text.text.trim().is_empty());
    let mut warnings = Vec::new();
    if invalid {
        warnings.push(Warning::EncodingGuessed);
    }
    let full = if filled(&fields.encoded) { fields.encoded } else { fields.content };
    let summary = if filled(&fields.description) { fields.description } else { fields.summary };
    let text = if filled(&full) {
        full
    } else {
        // Many feeds have the whole article as its description: one of several paragraphs is no summary.
        if !summary.as_ref().is_some_and(is_full) {
            warnings.push(Warning::FeedSummary);
        }
        summary
    };
    let text = text.unwrap_or_default();
    let authors = if fields.authors.is_empty() { channel.authors.clone() } else { fields.authors };
    let metadata = Metadata {
        url: fields.url.or(fields.permalink),
        site: channel.title.clone(),
        title: fields.title.map(|title| title.text),
        authors,
        tags: fields.tags,
        image: fields.image,
        published: fields.published.or(fields.date).as_deref().and_then(wire_date::read),
        updated: fields.updated.as_deref().and_then(wire_date::read),
        ..Metadata::default()
    };
    let given = Given {
        body: if text.plain { Body::Text } else { Body::Fragment },
        charset: Charset::Decoded(if invalid { "windows-1252" } else { channel.encoding }.into()),
        metadata,
        language: fields.language.or_else(|| channel.language.clone()),
        warnings,
    };
    let id = fields.ids.into_iter().find(|id| !id.trim().is_empty());
    Ok((id, RawDocument { bytes: text.text.into_bytes(), format: channel.format, given: Some(Box::new(given)) }))
}

/// A description of this many characters with paragraphs of its own is an article.
const FULL_CHARACTERS_MIN: usize = 1000;

fn is_full(text: &Text) -> bool {
    let paragraphs = text.text.matches("<p").count().max(text.text.matches("<br").count()).max(text.text.matches("\n\n").count());
    paragraphs >= 3 && text.text.len() >= FULL_CHARACTERS_MIN
}

impl Fields {
    /// Reads the elements of an item, or those of a channel.
    fn read(&mut self, xml: &str, channel: &Channel) -> Result<(), String> {
        let mut steps = Steps::new(xml);
        // The item's own tag, and around an Atom feed's authors theirs.
        let mut path: Vec<String> = Vec::new();
        let mut author = String::new();
        while let Some(step) = steps.read_next()? {
            match step {
                Step::End(_) => {
                    path.pop();
                    // RSS has the author's name where Atom has an element with one.
                    self.add_author(&std::mem::take(&mut author));
                }
                Step::Text(text) => {
                    if path.last().is_some_and(|around| around.ends_with("author")) {
                        author.push_str(&text);
                    }
                }
                Step::Empty(element) => {
                    let name = channel.usual_name(&element.name());
                    self.note(&name, &element, Text::default(), channel);
                }
                Step::Start(element) => {
                    let name = channel.usual_name(&element.name());
                    if is_around(&name) {
                        if matches!(name.as_str(), "item" | "entry") {
                            self.note_own(&element);
                        }
                        if path.len() >= PATH_DEEP_MAX {
                            return Err(format!("more than {PATH_DEEP_MAX} elements lie in each other"));
                        }
                        path.push(name);
                        continue;
                    }
                    let text = content(&element, &mut steps, channel.format)?;
                    // The feed that an Atom entry was taken from has a name and an address of its own.
                    if path.iter().any(|name| name == "source") || (name == "title" && path.iter().any(|name| name == "image")) {
                        continue;
                    }
                    if matches!(name.as_str(), "name" | "atom:name") && path.last().is_some_and(|around| around.ends_with("author")) {
                        self.add_author(&text.text);
                        continue;
                    }
                    self.note(&name, &element, text, channel);
                }
            }
        }
        Ok(())
    }

    fn note_own(&mut self, element: &Element<'_>) {
        // RSS 1.0 names its items by their address.
        if let Some(about) = element.attribute("rdf:about") {
            self.ids.push(about);
        }
        if let Some(language) = element.attribute("xml:lang") {
            self.language = Some(language);
        }
    }

    fn note(&mut self, name: &str, element: &Element<'_>, text: Text, channel: &Channel) {
        let value = text.text.trim();
        match name {
            "guid" | "id" => {
                // A guid is an address unless it says that it is none.
                if element.attribute("isPermaLink").is_none_or(|permalink| permalink != "false") && value.starts_with("http") {
                    self.permalink = Some(value.to_owned());
                }
                self.ids.truncate(IDS_MAX);
                self.ids.insert(0, value.to_owned());
            }
            "title" => self.title = self.title.take().or(Some(text)),
            "dc:title" | "media:title" if self.title.is_none() => self.title = Some(text),
            "link" => self.note_link(element, value, channel),
            "atom:link" if element.attribute("rel").is_none_or(|rel| rel == "alternate") => self.note_link(element, value, channel),
            "content:encoded" => self.encoded = Some(text),
            "content" => self.content = Some(text),
            "description" => self.description = Some(text),
            "summary" | "atom:summary" | "itunes:summary" | "dc:description" if self.summary.is_none() => self.summary = Some(text),
            "dc:creator" | "itunes:author" => self.add_author(value),
            "category" => {
                let tag = element.attribute("label").or_else(|| element.attribute("term")).unwrap_or_else(|| value.to_owned());
                self.add_tag(&tag);
            }
            "dc:subject" => self.add_tag(value),
            "media:content" | "media:thumbnail" | "enclosure" => {
                let media = element.attribute("type").or_else(|| element.attribute("medium"));
                let is_image = name == "media:thumbnail" || media.is_some_and(|media| media.starts_with("image"));
                if is_image && self.image.is_none() {
                    self.image = element.attribute("url").map(|url| channel.absolute(&url));
                }
            }
            "pubDate" | "published" | "issued" | "dcterms:issued" => self.published = Some(value.to_owned()),
            "dc:date" | "dcterms:created" => self.date = Some(value.to_owned()),
            "updated" | "modified" | "atom:updated" | "dcterms:modified" => self.updated = Some(value.to_owned()),
            "language" | "dc:language" if !value.is_empty() => self.language = Some(value.to_owned()),
            _ => {}
        }
    }

    fn note_link(&mut self, element: &Element<'_>, text: &str, channel: &Channel) {
        let alternate = element.attribute("rel").is_none_or(|rel| rel == "alternate");
        let link = element.attribute("href").unwrap_or_else(|| text.to_owned());
        if alternate && !link.trim().is_empty() && self.url.is_none() {
            self.url = Some(channel.absolute(&link));
        }
    }

    fn add_author(&mut self, text: &str) {
        // `desk@example.org (Ada Moe)` is how RSS 2.0 wants it; a mere address names nobody.
        let name = match text.split_once('(') {
            Some((address, name)) if address.contains('@') => name.trim_end().trim_end_matches(')'),
            _ => text,
        };
        let name = name.trim();
        let is_address = name.contains('@') && !name.contains(' ');
        if !name.is_empty() && !is_address {
            push_new(&mut self.authors, name);
        }
    }

    fn add_tag(&mut self, tag: &str) {
        let tag = tag.trim();
        if !tag.is_empty() {
            push_new(&mut self.tags, tag);
        }
    }
}

/// Names of one article, and prefixes and ids of one: no feed has so many, and each is compared with all before it.
const NAMES_MAX: usize = 1000;
const PREFIXES_MAX: usize = 32;
const IDS_MAX: usize = 8;
/// Elements around an article's own that lie in each other.
const PATH_DEEP_MAX: usize = 64;

fn push_new(names: &mut Vec<String>, name: &str) {
    if names.len() < NAMES_MAX && !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

/// Elements that hold others, and no text of their own.
fn is_around(name: &str) -> bool {
    matches!(
        name,
        "item" | "entry" | "channel" | "source" | "author" | "atom:author" | "contributor" | "image" | "media:group" | "textInput"
    )
}

/// What stands in an element, up to its end. The markup of an Atom text is kept, as far as it is markup.
fn content(element: &Element<'_>, steps: &mut Steps<'_>, format: Format) -> Result<Text, String> {
    let kind = element.attribute("type").unwrap_or_default();
    let is_markup = kind == "xhtml" || kind.ends_with("xml");
    let mut text = String::new();
    let mut depth = 0_u64;
    while let Some(step) = steps.read_next()? {
        match step {
            Step::Start(inner) => {
                depth += 1;
                if is_markup {
                    text.push('<');
                    text.push_str(&inner.tag);
                    text.push('>');
                }
            }
            Step::Empty(inner) => {
                if is_markup {
                    text.push('<');
                    text.push_str(&inner.tag);
                    text.push_str("/>");
                }
            }
            Step::End(_) if depth == 0 => break,
            Step::End(name) => {
                depth -= 1;
                if is_markup {
                    text.push_str("</");
                    text.push_str(&name);
                    text.push('>');
                }
            }
            Step::Text(part) if is_markup => text.push_str(&part.replace('&', "&amp;").replace('<', "&lt;")),
            Step::Text(part) => text.push_str(&part),
        }
    }
    // An Atom text is plain unless it says otherwise; many that are not forget to.
    let plain = match (format, kind.as_str()) {
        (_, "text" | "text/plain") => true,
        (Format::Atom, "") => !has_tags(&text),
        (Format::Atom, _) => false,
        _ => !has_tags(&text) && !text.contains('&'),
    };
    Ok(Text { text, plain })
}

fn has_tags(text: &str) -> bool {
    memchr::memchr_iter(b'<', text.as_bytes()).any(
        |at| matches!(text.as_bytes().get(at + 1..), Some([first, ..]) if first.is_ascii_alphabetic() || *first == b'/' || *first == b'!'),
    )
}
