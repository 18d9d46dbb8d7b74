//! Reads what news agencies send: items in NewsML-G2 (and NewsML 1), documents in NITF, with their headlines, bylines,
//! datelines and slugs.

use serde_json::value::RawValue;

use super::tree::{Id, Tree};
use super::xml::decoded;
use super::{bylines, fragment, wire, wire_date};
use crate::model::{Dateline, Format, Layout, Metadata, ParsedArticle, SourceFacts, StageError};

/// Reads one item.
pub fn parse(bytes: &[u8], format: Format) -> Result<ParsedArticle, StageError> {
    let tree = Tree::read(&decoded(bytes))
        .map_err(|reason| StageError::Malformed { reason: format!("the news item cannot be read ({reason})") })?;
    let text = body(&tree).map(|html| fragment::text_of(&html)).unwrap_or_default();
    if text.trim().is_empty() {
        return Err(StageError::Empty);
    }
    let mut source = SourceFacts::new(format, "utf-8");
    source.extra = extra(&tree);
    let mut article = ParsedArticle {
        metadata: metadata(&tree),
        source,
        language_declared: language(&tree),
        language_given: false,
        text,
        layout: Layout::Blocks,
        warnings: Vec::new(),
    };
    // Most agencies print in the first and last words of the text what they say of it in fields as well.
    wire::unwrap(&mut article);
    Ok(article)
}

/// The article's own text as HTML.
fn body(tree: &Tree) -> Option<String> {
    if let Some(content) = tree.find("body.content") {
        return Some(tree.html(content, nitf_as_html));
    }
    for name in ["inlineXML", "DataContent"] {
        if let Some(inline) = tree.find(name) {
            // Of a page only what is on it; agencies send a paragraph or two without any page around them as well.
            // Beside the story, German ones send a notepad.
            let story = tree.find_all("section").find(|id| tree.attribute(*id, "class") == Some("main"));
            let page = story.or_else(|| tree.find("body")).unwrap_or(inline);
            return Some(
                tree.html(page, |name| (!matches!(name, "head" | "script" | "style" | "figure" | "media")).then(|| name.to_owned())),
            );
        }
    }
    if let Some(inline) = tree.find("inlineData") {
        let text = tree.html(inline, |name| Some(name.to_owned()));
        // Plain text has its paragraphs by blank lines.
        let escaped = text.replace("\r\n", "\n");
        return Some(escaped.split("\n\n").map(|part| format!("<p>{part}</p>")).collect());
    }
    tree.find("body").map(|body| tree.html(body, nitf_as_html))
}

/// NITF's elements by the names that HTML has for them; None for what is no text.
fn nitf_as_html(name: &str) -> Option<String> {
    let html = match name {
        "media" | "body.head" | "body.end" | "head" | "fn" | "script" | "style" => return None,
        "hl1" | "hl2" | "hedline" => "h2",
        "block" | "nitf-table" | "content" => "div",
        "bq" => "blockquote",
        "credit" => "p",
        "em" => "em",
        other => other,
    };
    Some(html.to_owned())
}

fn metadata(tree: &Tree) -> Metadata {
    let line = |names: &[&str]| names.iter().find_map(|name| tree.find_all(name).find_map(|id| tree.line(id)));
    let second = || {
        let mut headlines = tree.find_all("headline");
        headlines.find(|id| tree.attribute(*id, "role").is_some_and(|role| role.ends_with("sub"))).and_then(|id| tree.line(id))
    };
    // Further down in a story, the same element is a heading.
    let below_title = tree.find("hedline").and_then(|id| tree.children(id, "hl2").find_map(|id| tree.line(id)));
    let subtitle = below_title.or_else(|| line(&["subHeadLine"])).or_else(second);
    let title = line(&["hl1", "headline"]).or_else(|| line(&["hedline", "title"]));
    let mut authors: Vec<String> = Vec::new();
    for id in tree.find_all("byline").chain(tree.find_all("by")) {
        let people: Vec<String> = tree.children(id, "person").filter_map(|person| tree.line(person)).collect();
        if !people.is_empty() {
            people.iter().for_each(|name| add(&mut authors, name));
        } else if let Some(line) = own_line(tree, id) {
            let named = bylines::read(&line);
            let named = if named.is_empty() { vec![without_by(&line).to_owned()] } else { named };
            named.iter().for_each(|name| add(&mut authors, name));
        }
    }
    if authors.is_empty() {
        for id in tree.find_all("creator").filter(|id| tree.children(*id, "name").next().is_some()) {
            if let Some(name) = tree.children(id, "name").find_map(|name| tree.line(name)) {
                add(&mut authors, &name);
            }
        }
    }
    let mut tags = Vec::new();
    for id in tree.find_all("subject") {
        if let Some(name) = tree.children(id, "name").find_map(|name| tree.line(name)) {
            add(&mut tags, &name);
        }
    }
    for id in tree.find_all("keyword") {
        if let Some(key) = tree.attribute(id, "key").map(str::to_owned).or_else(|| tree.line(id)) {
            add(&mut tags, &key);
        }
    }
    let date = |names: &[&str]| {
        names.iter().find_map(|name| {
            let id = tree.find(name)?;
            tree.attribute(id, "norm").and_then(wire_date::read).or_else(|| tree.line(id).and_then(|text| wire_date::read(&text)))
        })
    };
    let pubdata = tree.find("pubdata");
    let published =
        date(&["date.issue", "date.release", "firstCreated", "contentCreated", "versionCreated", "FirstCreated", "ThisRevisionCreated"])
            .or_else(|| pubdata.and_then(|id| tree.attribute(id, "date.publication")).and_then(wire_date::read));
    let site = pubdata.and_then(|id| tree.attribute(id, "name")).map(str::to_owned).or_else(|| {
        let provider = tree.first_of(&["provider", "infoSource", "distributor"])?;
        tree.children(provider, "name").find_map(|name| tree.line(name)).or_else(|| tree.line(provider))
    });
    Metadata {
        title: title.map(|title| fragment::line_of(&title)),
        subtitle,
        authors,
        tags,
        site,
        section: pubdata.and_then(|id| tree.attribute(id, "position.section")).map(str::to_owned),
        dateline: dateline(tree),
        published,
        updated: date(&["contentModified", "versionCreated", "ThisRevisionCreated"]),
        ..Metadata::default()
    }
}

/// A byline without the title of who wrote it.
fn own_line(tree: &Tree, byline: Id) -> Option<String> {
    let html = tree.html(byline, |name| (!name.eq_ignore_ascii_case("byttl")).then(|| "span".to_owned()));
    Some(fragment::line_of(&html)).filter(|line| !line.is_empty()).or_else(|| tree.line(byline))
}

fn add(list: &mut Vec<String>, item: &str) {
    let item = item.trim();
    if !item.is_empty() && !list.iter().any(|known| known == item) {
        list.push(item.to_owned());
    }
}

/// A byline without what says that it is one.
fn without_by(byline: &str) -> &str {
    const WORDS: [&str; 7] = ["by ", "von ", "par ", "por ", "di ", "door ", "oleh "];
    let bare = byline.trim();
    WORDS
        .iter()
        .find_map(|word| bare.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)).and_then(|_| bare.get(word.len()..)))
        .unwrap_or(bare)
        .trim()
}

/// `LEITH, March 3 (BW) -`, as printed or in its parts.
fn dateline(tree: &Tree) -> Option<Dateline> {
    let id = tree.find("dateline")?;
    let part = |name: &str| tree.children(id, name).find_map(|id| tree.line(id));
    if let Some(place) = part("location") {
        return Some(Dateline { place, date: part("story.date"), agency: part("distributor") });
    }
    let line = tree.line(id)?;
    let line = line.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '\u{2013}' | '\u{2014}' | ':'));
    let (rest, agency) = match line.strip_suffix(')').and_then(|open| open.rsplit_once('(')) {
        Some((rest, agency)) => (rest.trim(), Some(agency.trim().to_owned())),
        None => (line, None),
    };
    let (place, date) = match rest.split_once(',') {
        Some((place, date)) if date.chars().any(|c| c.is_ascii_digit()) => (place, Some(date.trim().to_owned())),
        _ => (rest, None),
    };
    let place = place.trim().trim_end_matches(',').to_owned();
    (!place.is_empty()).then_some(Dateline { place, date, agency })
}

fn language(tree: &Tree) -> Option<String> {
    let root_language = || tree.attribute(0, "lang").map(str::to_owned);
    let told = tree.find_all("language").find_map(|id| tree.attribute(id, "tag").or_else(|| tree.attribute(id, "FormalName")));
    told.map(str::to_owned).or_else(root_language)
}

/// What a desk goes by and a record has no place of its own for.
fn extra(tree: &Tree) -> Vec<(String, Box<RawValue>)> {
    let mut extra = Vec::new();
    let mut note = |name: &str, value: Option<String>| {
        if let Some(value) = value.and_then(|value| serde_json::value::to_raw_value(&value).ok()) {
            extra.push((name.to_owned(), value));
        }
    };
    let attribute = |name: &str, attribute: &str| tree.find(name).and_then(|id| tree.attribute(id, attribute)).map(str::to_owned);
    let guid = tree
        .attribute(0, "guid")
        .map(str::to_owned)
        .or_else(|| attribute("doc-id", "id-string"))
        .or_else(|| line_of(tree, "PublicIdentifier"));
    note("guid", guid);
    note("slugline", line_of(tree, "slugline").or_else(|| attribute("du-key", "key")));
    note("urgency", line_of(tree, "urgency").or_else(|| attribute("urgency", "ed-urg")));
    extra
}

fn line_of(tree: &Tree, name: &str) -> Option<String> {
    tree.find(name).and_then(|id: Id| tree.line(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(item: &str, title: &str, authors: &[&str], place: &str, text: &str) -> ParsedArticle {
        let article = parse(item.as_bytes(), Format::Newsml).unwrap();
        assert_eq!(article.metadata.title.as_deref(), Some(title));
        assert_eq!(article.metadata.authors, authors);
        assert_eq!(article.metadata.dateline.as_ref().map(|dateline| dateline.place.as_str()), Some(place));
        assert_eq!(article.text, text);
        article
    }

    const G2: &str = r#"<?xml version="1.0"?><newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="tag:bw,2026:1" version="3" xml:lang="en-GB">
        <itemMeta><provider><name>Bay Wire</name></provider><versionCreated>2026-03-03T10:00:00Z</versionCreated><firstCreated>2026-03-03T09:12:00Z</firstCreated></itemMeta>
        <contentMeta><urgency>3</urgency><by>By Ada Moe</by><dateline>LEITH, March 3 (BW) -</dateline><language tag="en"/>
        <headline>Ferry late</headline><slugline>FERRY-LEITH/</slugline><subject qcode="a:b"><name>transport</name></subject></contentMeta>
        <contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>
        <body><p>The ferry is <em>late</em>.</p><p>Fog &amp; tide.</p></body></html></inlineXML></contentSet></newsItem>"#;

    #[test]
    fn a_g2_item_has_byline_dateline_and_slug() {
        let article = check(G2, "Ferry late", &["Ada Moe"], "LEITH", "The ferry is late.\n\nFog & tide.");
        let metadata = article.metadata;
        let dateline = metadata.dateline.unwrap();
        assert_eq!((dateline.date.as_deref(), dateline.agency.as_deref()), (Some("March 3"), Some("BW")));
        assert_eq!((metadata.published.as_deref(), metadata.site.as_deref()), (Some("2026-03-03T09:12:00Z"), Some("Bay Wire")));
        assert_eq!((article.language_declared.as_deref(), &metadata.tags[..]), (Some("en"), &["transport".to_owned()][..]));
        let extra: Vec<(&str, &str)> = article.source.extra.iter().map(|(name, value)| (name.as_str(), value.get())).collect();
        assert_eq!(extra, [("guid", "\"tag:bw,2026:1\""), ("slugline", "\"FERRY-LEITH/\""), ("urgency", "\"3\"")]);
    }

    const NITF: &str = r#"<!DOCTYPE nitf SYSTEM "nitf-3-3.dtd"><nitf><head><title>Wire copy</title><docdata><doc-id id-string="bw.1"/><urgency ed-urg="4"/>
        <date.issue norm="20260303T091200Z"/><du-key key="FERRY"/><key-list><keyword key="ferries"/></key-list></docdata><pubdata name="Bay Wire"/></head>
        <body><body.head><hedline><hl1>Ferry late</hl1><hl2>Fog at Leith</hl2></hedline><byline>By <person>Ada Moe</person><byttl>Sea desk</byttl></byline>
        <dateline><location>LEITH</location><story.date>March 3</story.date></dateline></body.head>
        <body.content><block><p>The ferry is late.</p><media media-type="image"><media-caption><p>A ferry.</p></media-caption></media><p>It was fog.</p></block></body.content></body></nitf>"#;

    #[test]
    fn a_nitf_document_is_read_without_its_pictures() {
        let article = check(NITF, "Ferry late", &["Ada Moe"], "LEITH", "The ferry is late.\n\nIt was fog.");
        assert_eq!(article.metadata.subtitle.as_deref(), Some("Fog at Leith"));
        assert_eq!(article.metadata.published.as_deref(), Some("2026-03-03T09:12:00Z"));
        assert_eq!(article.source.extra.len(), 3);
    }

    #[test]
    fn nitf_in_newsml_is_read() {
        let nitf = NITF.split_once('>').unwrap().1;
        let item = format!(
            "<newsItem guid='a'><contentMeta><headline>Ferry late</headline></contentMeta><contentSet><inlineXML>{nitf}</inlineXML></contentSet></newsItem>"
        );
        check(&item, "Ferry late", &["Ada Moe"], "LEITH", "The ferry is late.\n\nIt was fog.");
    }

    #[test]
    fn plain_text_in_an_old_item_is_read() {
        let item = "<NewsML><NewsItem><NewsComponent><NewsLines><HeadLine>Ferry late</HeadLine><ByLine>By Ada Moe</ByLine><DateLine>LEITH</DateLine></NewsLines>\
            <ContentItem><DataContent><p>The ferry is late.</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>";
        check(item, "Ferry late", &["Ada Moe"], "LEITH", "The ferry is late.");
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        assert_eq!(parse(b"<nitf><body/></nitf>", Format::Nitf).unwrap_err().code(), "parse.empty");
        assert_eq!(parse(b"<nitf><body.content><p>The ferry", Format::Nitf).unwrap_err().code(), "parse.malformed");
        assert_eq!(parse(b"<nitf></body>", Format::Nitf).unwrap_err().code(), "parse.malformed");
        let deep = format!("<nitf><body.content>{}x{}</body.content></nitf>", "<block>".repeat(200_000), "</block>".repeat(200_000));
        assert_eq!(parse(deep.as_bytes(), Format::Nitf).unwrap().text, "x");
        let bomb =
            "<!DOCTYPE nitf [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><nitf><body.content><p>&b;</p></body.content></nitf>";
        assert_eq!(parse(bomb.as_bytes(), Format::Nitf).unwrap().text, "&b;");
    }
}
