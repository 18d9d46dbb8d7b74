//! Reads a piece of HTML that is the article and nothing else, as feeds, mails and books bring it: all of its text, in
//! paragraphs. There is nothing around it to tell it from.

use std::borrow::Cow;

/// The text of a fragment: blank lines part paragraphs, single breaks stand within one.
pub fn text_of(html: &str) -> String {
    let mut reader = Fragment { out: String::with_capacity(html.len() / 2), pending: Pending::None, preformatted: 0, unclosed: false };
    reader.read(html);
    reader.out
}

/// A line of text out of what may be markup: a feed's title, an author.
pub fn line_of(text: &str) -> String {
    let plain = if memchr::memchr2(b'<', b'&', text.as_bytes()).is_some() { Cow::Owned(text_of(text)) } else { Cow::Borrowed(text) };
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands between the text written and the text to come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pending {
    None,
    Space,
    Line,
    Paragraph,
}

struct Fragment {
    out: String,
    pending: Pending,
    /// How many `pre` are open.
    preformatted: u32,
    /// An element that was to be passed over had no end: looking for another's would take time without bound.
    unclosed: bool,
}

/// Their content is no text, or that of a picture.
const SILENT: [&str; 19] = [
    "figcaption",
    "script",
    "style",
    "head",
    "title",
    "noscript",
    "template",
    "svg",
    "math",
    "iframe",
    "object",
    "select",
    "textarea",
    "button",
    "audio",
    "video",
    "canvas",
    "map",
    "nav",
];

const BLOCKS: [&str; 40] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "ul",
];

/// What comes next in a fragment.
enum Token<'a> {
    Text(&'a str),
    Tag(Tag<'a>),
    /// A comment, a declaration.
    Other,
}

struct Tag<'a> {
    name: String,
    ends: bool,
    inside: &'a str,
}

impl Fragment {
    fn read(&mut self, html: &str) {
        let mut rest = html;
        while let Some((token, behind)) = next(rest) {
            rest = behind;
            match token {
                Token::Text(text) => self.write(text),
                Token::Other => {}
                Token::Tag(tag) => {
                    let silent = !tag.ends && !tag.inside.ends_with('/') && (SILENT.contains(&tag.name.as_str()) || is_hidden(tag.inside));
                    if silent && !is_void(&tag.name) && !self.unclosed {
                        match behind_element(rest, &tag.name) {
                            Some(behind) => rest = behind,
                            None => self.unclosed = true,
                        }
                    } else {
                        self.mark(&tag);
                    }
                }
            }
        }
    }

    fn mark(&mut self, tag: &Tag<'_>) {
        match tag.name.as_str() {
            // Two of them part paragraphs.
            "br" if self.pending == Pending::Line => self.pending = Pending::Paragraph,
            "br" => self.pending = self.pending.max(Pending::Line),
            "pre" => {
                self.pending = Pending::Paragraph;
                self.preformatted = if tag.ends { self.preformatted.saturating_sub(1) } else { self.preformatted + 1 };
            }
            name if BLOCKS.contains(&name) => self.pending = Pending::Paragraph,
            _ => {}
        }
    }

    fn write(&mut self, raw: &str) {
        let text = html_escape::decode_html_entities(raw);
        if self.preformatted > 0 {
            self.part();
            self.out.push_str(&text);
            return;
        }
        for piece in text.split_inclusive(|c: char| c.is_ascii_whitespace()) {
            let word = piece.trim_end_matches(|c: char| c.is_ascii_whitespace());
            if !word.is_empty() {
                self.part();
                self.out.push_str(word);
            }
            if word.len() < piece.len() {
                self.pending = self.pending.max(Pending::Space);
            }
        }
    }

    fn part(&mut self) {
        let between = match self.pending {
            _ if self.out.is_empty() => "",
            Pending::None => "",
            Pending::Space => " ",
            Pending::Line => "\n",
            Pending::Paragraph => "\n\n",
        };
        self.out.push_str(between);
        self.pending = Pending::None;
    }
}

/// The next token and what is behind it; None at the end.
fn next(html: &str) -> Option<(Token<'_>, &str)> {
    if html.is_empty() {
        return None;
    }
    let Some(inner) = html.strip_prefix('<') else {
        let end = memchr::memchr(b'<', html.as_bytes()).unwrap_or(html.len());
        let (text, rest) = html.split_at(end);
        return Some((Token::Text(text), rest));
    };
    if let Some(comment) = inner.strip_prefix("!--") {
        return Some((Token::Other, comment.find("-->").and_then(|at| comment.get(at + 3..)).unwrap_or_default()));
    }
    if inner.starts_with(['!', '?']) {
        return Some((Token::Other, inner.find('>').and_then(|at| inner.get(at + 1..)).unwrap_or_default()));
    }
    let ends = inner.starts_with('/');
    let named = inner.strip_prefix('/').unwrap_or(inner);
    if !named.starts_with(|c: char| c.is_ascii_alphabetic()) {
        // A `<` that begins no tag is text: `1 < 2`.
        let end = memchr::memchr(b'<', inner.as_bytes()).map_or(html.len(), |at| at + 1);
        let (text, rest) = html.split_at(end);
        return Some((Token::Text(text), rest));
    }
    let end = end_of_tag(named);
    let (inside, rest) = named.split_at(end);
    let name = inside.split(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').next().unwrap_or_default().to_ascii_lowercase();
    Some((Token::Tag(Tag { name, ends, inside }), rest.strip_prefix('>').unwrap_or(rest)))
}

/// Where a tag ends: at the first `>` that is not in a quoted value. A quotation mark without a partner holds back nothing.
fn end_of_tag(named: &str) -> usize {
    const TAG_BYTES_MAX: usize = 16 * 1024;
    let mut quote = None;
    let mut first = None;
    for (at, byte) in named.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (Some(_), b'>') if first.is_none() => first = Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        if at >= TAG_BYTES_MAX {
            break;
        }
    }
    first.or_else(|| memchr::memchr(b'>', named.as_bytes())).unwrap_or(named.len())
}

fn is_void(name: &str) -> bool {
    matches!(name, "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta" | "source" | "track" | "wbr")
}

/// Newsletters hide a line that only the list of mails shows.
fn is_hidden(inside: &str) -> bool {
    let Some(at) = inside.find("style") else { return inside.split_ascii_whitespace().any(|word| word == "hidden") };
    let style: String = inside.get(at..).unwrap_or_default().chars().filter(|c| !c.is_whitespace()).take(400).collect();
    let style = style.to_ascii_lowercase();
    style.contains("display:none") || style.contains("mso-hide:all") || style.contains("visibility:hidden")
}

/// What is behind the end of an element that has just begun; None where it has none.
fn behind_element<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = html;
    let mut depth = 1_u32;
    let raw = matches!(name, "script" | "style" | "textarea" | "title" | "iframe" | "noscript");
    loop {
        // In a script everything is its text but its end.
        let Some(at) = memchr::memchr(b'<', rest.as_bytes()) else { return raw.then_some("") };
        let here = rest.get(at..).unwrap_or_default();
        if raw {
            let end = here.get(2..2 + name.len()).filter(|_| here.starts_with("</"));
            if end.is_some_and(|end| end.eq_ignore_ascii_case(name)) {
                return Some(here.find('>').and_then(|at| here.get(at + 1..)).unwrap_or_default());
            }
            rest = here.get(1..).unwrap_or_default();
            continue;
        }
        let (token, behind) = next(here)?;
        rest = behind;
        if let Token::Tag(tag) = token
            && tag.name == name
            && !tag.inside.ends_with('/')
        {
            depth = if tag.ends { depth - 1 } else { depth + 1 };
            if depth == 0 {
                return Some(rest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        assert_eq!(text_of(html), expected);
    }

    #[test]
    fn paragraphs_breaks_and_characters_are_kept() {
        check(
            "<p>The ferry\n is <b>la</b>te.<p>Caf&eacute; &amp; bar<br/>shut.<br><br>Why?",
            "The ferry is late.\n\nCafé & bar\nshut.\n\nWhy?",
        );
        check("<ul><li>one</li><li>two</li></ul>1 < 2 > 0", "one\n\ntwo\n\n1 < 2 > 0");
        check("<table><tr><td>Left</td><td>Right</td></tr></table>", "Left\n\nRight");
    }

    #[test]
    fn scripts_and_hidden_lines_are_no_text() {
        check(
            "<style>p>a{}</style><div style='display: none'>pre<div>header</div></div><p>Late.</p><script>if (a<b) '</p>'</script>",
            "Late.",
        );
        check("<div style=\"display:none\">never closed<p>Late.", "never closed\n\nLate.");
        check("<!-- a > b --><a title=\"x > y\">Late.</a><img alt='", "Late.");
    }

    #[test]
    fn a_title_is_one_line() {
        assert_eq!(line_of(" The <b>ferry</b>\n &amp; the tide "), "The ferry & the tide");
        assert_eq!(line_of("AT&T 1 < 2"), "AT&T 1 < 2");
    }

    #[test]
    fn hidden_without_end_again_and_again_is_read_in_reasonable_time() {
        let html = "<div style='display:none'>x".repeat(100_000);
        assert!(text_of(&html).len() > 100_000);
    }
}
