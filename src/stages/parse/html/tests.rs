//! Pages and what must be read from them.

use super::{Options, explain, parse};
use crate::model::{ParsedArticle, Warning};
use proptest::prelude::*;

#[track_caller]
fn read(page: &str) -> ParsedArticle {
    parse(page, Some("https://tide.example/news/1"), &Options::default()).expect("the page has text")
}

#[track_caller]
fn check(page: &str, expected: &str) {
    assert_eq!(read(page).text, expected);
}

const BODY: &str = "<p>The harbour will close for three weeks in May, the council said on Monday, and ferries will leave from the north quay.</p>\
    <p>Dredgers are to take 40,000 tonnes of sand out of the channel, which has not been cleared since 2011, engineers said.</p>\
    <p>“We waited as long as we could,” said Runa Vik, who runs the port, adding that two larger ships had turned back in March.</p>\
    <p>Fishing boats may use the old slip at Sandnes, where the council has put in power and water. The work will cost 2.1 million.</p>";
const BODY_TEXT: &str = "The harbour will close for three weeks in May, the council said on Monday, and ferries will leave from the north quay.\n\n\
    Dredgers are to take 40,000 tonnes of sand out of the channel, which has not been cleared since 2011, engineers said.\n\n\
    “We waited as long as we could,” said Runa Vik, who runs the port, adding that two larger ships had turned back in March.\n\n\
    Fishing boats may use the old slip at Sandnes, where the council has put in power and water. The work will cost 2.1 million.";

/// A page as a newspaper would set it, with these things in its head and around the article's text.
fn page(head: &str, above: &str, below: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head>{head}</head><body><header><a href=/>The Daily Tide</a><nav><ul><li><a href=/n>News</a>\
         <li><a href=/s>Sport</a><li><a href=/w>Weather</a></ul></nav></header><main><article><h1>Harbour to close for three weeks</h1>{above}\
         <div class=article-body>{BODY}{below}</div></article></main><footer><p>Copyright 2026 The Daily Tide. All rights reserved.</p></footer></body></html>"
    )
}

#[test]
fn menus_and_footers_are_left_behind() {
    let article = read(&page("", "", ""));
    assert!(article.text.ends_with(BODY_TEXT), "{}", article.text);
    assert!(!article.text.contains("Sport") && !article.text.contains("Copyright"));
    assert_eq!(article.warnings, []);
}

#[test]
fn comments_share_bars_and_related_links_within_the_article_are_left_behind() {
    let article = read(&page(
        "",
        "<div class=share-bar><a href=#>Share on Facebook</a> <a href=#>Tweet</a></div><figure><img src=a.jpg><figcaption>The quay at dusk. Photo: A. Moe</figcaption></figure>",
        "<div class=related-posts><h3>Related</h3><ul><li><a href=/a>Ten walks with a view of the sea</a></li><li><a href=/b>Storm closes road</a></li></ul></div>\
         <section id=comments class=comments><h3>2 comments</h3><div class=comment><p>Maud: I shall miss the noon ferry.</p></div></section>",
    ));
    for clutter in ["Facebook", "dusk", "Ten walks", "noon ferry", "2 comments"] {
        assert!(!article.text.contains(clutter), "{clutter} in {}", article.text);
    }
    assert!(article.text.contains(BODY_TEXT));
}

#[test]
fn who_wrote_and_when_is_no_text_wherever_it_stands_above_it() {
    for line in ["By Ada Moe | 3 March 2026", "Published on 3 March 2026 by Ada Moe", "Ada Moe, Harbour Correspondent"] {
        check(&page("", "", "").replace(BODY, &format!("<p>{line}</p>{BODY}")), BODY_TEXT);
    }
}

#[test]
fn a_page_that_only_a_script_would_fill_gives_what_it_says_of_itself() {
    let article =
        read("<title>Harbour closed</title><meta name=description content=\"The harbour closes for three weeks.\"><div id=app></div>");
    assert_eq!(article.text, "The harbour closes for three weeks.");
    assert_eq!(article.warnings, [Warning::HtmlFallback, Warning::HtmlNotArticle]);
    let silent = parse("<title>Harbour closed</title><div id=app></div>", None, &Options::default());
    assert_eq!(silent.unwrap_err(), crate::model::StageError::Empty);
}

#[test]
fn the_headline_is_the_heading_that_the_page_title_agrees_with() {
    let title = |head: &str| read(&page(head, "", "")).metadata.title;
    assert_eq!(
        title("<title>Harbour to close for three weeks | The Daily Tide</title>").as_deref(),
        Some("Harbour to close for three weeks")
    );
    assert_eq!(
        title("<meta property=og:title content='Harbour to close for three weeks - The Daily Tide'>").as_deref(),
        Some("Harbour to close for three weeks")
    );
    let only_in_head = format!("<title>Harbour to close | The Daily Tide</title><h1>The Daily Tide</h1><div>{BODY}</div>");
    assert_eq!(read(&only_in_head).metadata.title.as_deref(), Some("Harbour to close"));
}

#[test]
fn authors_are_found_wherever_the_page_names_them() {
    let authors = |head: &str, above: &str| read(&page(head, above, "")).metadata.authors;
    let ld = |author: &str| {
        format!(
            "<script type='application/ld+json'>{{\"@graph\":[{{\"@type\":\"Person\",\"@id\":\"#a\",\"name\":\"Ada Moe\"}},{{\"@type\":\"NewsArticle\",\"headline\":\"Harbour to close for three weeks\",\"author\":{author}}}]}}</script>"
        )
    };
    assert_eq!(authors(&ld("\"Ada Moe\""), ""), ["Ada Moe"]);
    assert_eq!(authors(&ld("[{\"name\":\"Ada Moe\"},{\"name\":\"Bo Lund\"}]"), ""), ["Ada Moe", "Bo Lund"]);
    assert_eq!(authors(&ld("{\"@id\":\"#a\"}"), ""), ["Ada Moe"]);
    assert_eq!(authors("<meta name=author content='By Ada Moe and Bo Lund'>", ""), ["Ada Moe", "Bo Lund"]);
    assert_eq!(authors("", "<a rel=author href=/ada>Ada Moe</a>"), ["Ada Moe"]);
    assert_eq!(authors("", "<div class=byline>By <b>Ada Moe</b></div>"), ["Ada Moe"]);
    assert_eq!(authors("", "<p>By Ada Moe</p>"), ["Ada Moe"]);
    assert_eq!(authors("<meta name=twitter:label1 content='Written by'><meta name=twitter:data1 content='Ada Moe'>", ""), ["Ada Moe"]);
    assert!(authors("", "").is_empty());
}

#[test]
fn dates_are_found_wherever_the_page_gives_them() {
    let published = |head: &str, above: &str| read(&page(head, above, "")).metadata.published;
    let ld = |date: &str| format!("<script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"datePublished\":\"{date}\"}}</script>");
    assert_eq!(published(&ld("2026-03-11T08:20:00.000+0100"), "").as_deref(), Some("2026-03-11T08:20:00+01:00"));
    assert_eq!(published(&ld("2026-03-11 08:20:00"), "").as_deref(), Some("2026-03-11"));
    assert_eq!(published("<meta property=article:published_time content=2026-03-11T08:20Z>", "").as_deref(), Some("2026-03-11T08:20:00Z"));
    assert_eq!(published("<meta name=DC.date.issued content=2026-03-11>", "").as_deref(), Some("2026-03-11"));
    assert_eq!(published("", "<time datetime=2026-03-11>11 March</time>").as_deref(), Some("2026-03-11"));
    assert_eq!(published("", "<span class=pub-date>11 March 2026</span>").as_deref(), Some("2026-03-11"));
    assert_eq!(published("", "<p>Wednesday, March 11, 2026</p>").as_deref(), Some("2026-03-11"));
    assert_eq!(published("<link rel=canonical href=https://tide.example/2026/03/11/harbour>", "").as_deref(), Some("2026-03-11"));
    assert_eq!(published("", ""), None);
}

#[test]
fn a_change_is_told_from_publication() {
    let article = read(&page(
        "<meta property=article:modified_time content=2026-03-12T09:00:00Z><meta property=article:published_time content=2026-03-11T08:20:00Z>",
        "",
        "",
    ));
    assert_eq!(article.metadata.published.as_deref(), Some("2026-03-11T08:20:00Z"));
    assert_eq!(article.metadata.updated.as_deref(), Some("2026-03-12T09:00:00Z"));
}

#[test]
fn broken_json_ld_is_mended() {
    for script in [
        "{\"@type\":\"NewsArticle\",\"headline\":\"Harbour to close\nfor three weeks\",\"author\":\"Ada Moe\",}",
        "<!-- {\"@type\":\"NewsArticle\",\"author\":\"Ada Moe\"} -->",
        "//<![CDATA[\n[{\"@type\":\"NewsArticle\",\"author\":\"Ada Moe\"}]\n//]]>",
        "{\"@type\":\"NewsArticle\",\"author\":\"Ada Moe\"};",
        "{\"@type\":\"NewsArticle\",\"author\":\"Ada Moe\",\"description\":\"It\\'s over\"}",
    ] {
        let article = read(&page(&format!("<script type=application/ld+json>{script}</script>"), "", ""));
        assert_eq!(article.metadata.authors, ["Ada Moe"], "{script}");
    }
}

#[test]
fn addresses_are_made_absolute() {
    let article = read(&page("<link rel=canonical href=/news/harbour><meta property=og:image content=/img/quay.jpg>", "", ""));
    assert_eq!(article.metadata.url.as_deref(), Some("https://tide.example/news/harbour"));
    assert_eq!(article.metadata.image.as_deref(), Some("https://tide.example/img/quay.jpg"));
    assert_eq!(article.metadata.site.as_deref(), Some("tide.example"));
}

#[test]
fn a_body_that_is_loaded_later_is_taken_from_json_ld() {
    let body = BODY_TEXT.replace('\n', "\\n");
    let page = format!(
        "<script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"articleBody\":\"{body}\"}}</script><div id=app>Loading</div>"
    );
    check(&page, BODY_TEXT);
}

#[test]
fn lists_and_tables_keep_their_breaks() {
    let article = read(&page(
        "",
        "",
        "<p>What changes in May, by line and by quay, as the port set it out on Monday:</p><ul><li>Line 4 leaves from the north quay.</li><li>Line 7 does not run.</li></ul>",
    ));
    assert!(article.text.contains("Line 4 leaves from the north quay.\nLine 7 does not run."), "{}", article.text);
}

#[test]
fn a_page_of_links_is_no_article() {
    let items: String = (0..60).map(|at| format!("<li><a href=/{at}>Headline number {at} of the day</a></li>")).collect();
    let article = read(&format!("<title>The Daily Tide</title><body><h1>The Daily Tide</h1><div class=list><ul>{items}</ul></div>"));
    assert!(article.warnings.contains(&Warning::HtmlNotArticle), "{:?}", article.warnings);
}

#[test]
fn chinese_is_counted_by_characters() {
    let paragraph =
        "港口管理局星期一表示，港口将于五月关闭三周，渡轮将从北码头出发。工程师说，航道自二零一一年以来没有清理过，需要挖出四万吨泥沙。";
    let page = format!(
        "<title>港口关闭三周_每日潮报</title><div class=nav><a href=/>首页</a> <a href=/s>体育</a> <a href=/n>新闻</a></div><h1>港口关闭三周</h1><div id=content><p>{paragraph}</p><p>{paragraph}她说。</p><p>{paragraph}他说。</p></div><div class=footer><a href=/a>关于我们</a></div>"
    );
    let article = read(&page);
    assert!(article.text.contains(paragraph));
    assert!(!article.text.contains("首页") && !article.text.contains("关于我们"), "{}", article.text);
    assert_eq!(article.metadata.title.as_deref(), Some("港口关闭三周"));
}

#[test]
fn what_was_chosen_is_explained() {
    let explanation = explain(&page("", "", ""), None, &Options::default());
    assert!(
        explanation
            .candidates
            .iter()
            .any(|candidate| candidate.element.as_deref() == Some("div.article-body") && candidate.words == candidate.words_taken)
    );
    assert!(explanation.blocks_taken >= 4 && explanation.blocks_taken < explanation.blocks);
}

#[test]
fn the_seeds_come_out_clean() {
    let lighthouse = read(include_str!("../../../../seeds/lighthouse-sale.en.html"));
    assert!(lighthouse.text.contains("The lighthouse at Skerrow Point has been sold"));
    assert!(lighthouse.text.ends_with("A first open day is planned for 18 April."));
    for clutter in ["cookies", "Share on", "Most read", "Storm closes", "newsletter", "Photo:", "By Isla", "Home"] {
        assert!(!lighthouse.text.contains(clutter), "{clutter} in {}", lighthouse.text);
    }
    assert_eq!(lighthouse.metadata.title.as_deref(), Some("Skerrow lighthouse sold to village for one pound"));
    assert_eq!(lighthouse.metadata.authors, ["Isla Drummore"]);
    assert_eq!(lighthouse.metadata.published.as_deref(), Some("2026-03-11T08:20:00Z"));
    assert_eq!(lighthouse.metadata.site.as_deref(), Some("The Firth Courier"));
    assert_eq!(lighthouse.metadata.section.as_deref(), Some("Local"));

    let bakery = read(include_str!("../../../../seeds/bakery-diary.fr.html"));
    assert!(bakery.text.contains("Une affaire de village"));
    assert!(bakery.text.ends_with("avec l’aide d’un boulanger itinérant."));
    for clutter in ["commentaires", "Archives", "Mots-clés", "Publié le", "Carnets"] {
        assert!(!bakery.text.contains(clutter), "{clutter} in {}", bakery.text);
    }
    assert_eq!(bakery.metadata.title.as_deref(), Some("Le dernier four à bois de Rochebrune"));
    assert_eq!(bakery.metadata.authors, ["Odile Marchecourt"]);
    assert_eq!(bakery.metadata.published.as_deref(), Some("2026-01-18"));
    assert_eq!(bakery.language_declared.as_deref(), Some("fr"));
}

#[test]
fn a_million_nested_elements_are_read() {
    for tag in ["<div>", "<ul><li>", "<b>", "<table><tr><td>", "<a href=x><div>", "<section><span>"] {
        let page = format!("{BODY}{}deep", tag.repeat(1_000_000 / tag.len() * 5));
        let article = read(&page);
        assert!(article.text.contains("The harbour will close"));
        assert!(article.warnings.contains(&Warning::HtmlFlattened), "{tag}");
    }
}

#[test]
fn pages_that_are_made_to_hurt_are_read() {
    let long = "x".repeat(2_000_000);
    let words = "word ".repeat(2_000_000);
    for hostile in [
        format!("{BODY}<a href=\"{long}"),
        format!("{BODY}{}", "<a href=\"".repeat(200_000)),
        format!("{BODY}{}", "<!--".repeat(200_000)),
        format!("{BODY}{}", "<title>".repeat(200_000)),
        format!("{BODY}<p>{words}"),
        format!("<script>{}</script>{BODY}", "<script>".repeat(200_000)),
        format!("{BODY}{}", "&amp;".repeat(400_000)),
        format!("{BODY}<script type=application/ld+json>{}", "[".repeat(1_000_000)),
        format!("{BODY}<script type=application/ld+json>{}</script>", "[".repeat(1_000_000)),
        format!("{BODY}<script type=application/ld+json>{{\"@type\":\"Article\",\"headline\":\"x</script>"),
        format!("{BODY}{}", "<p>".repeat(500_000)),
        format!("{BODY}<img src=\"data:image/png;base64,{long}\">"),
        format!("{BODY}<a {}>", "b ".repeat(500_000)),
        format!("{BODY}<{long}>"),
        format!("{BODY}{}", "<br>".repeat(500_000)),
        format!("{BODY}{}", "<a><div>".repeat(100_000)),
        format!("{BODY}{}", "</div></p></b>".repeat(100_000)),
        format!("{BODY}<div class='{}'>", "related-".repeat(100_000)),
    ] {
        let start = hostile.get(..hostile.floor_char_boundary(200)).unwrap_or_default();
        assert!(read(&hostile).text.contains("The harbour will close"), "{start}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(page in ".{0,400}") {
        drop(parse(&page, None, &Options::default()));
    }

    #[test]
    fn no_markup_makes_it_panic(parts in prop::collection::vec(prop::sample::select(vec![
        "<div>", "</div>", "<p>", "</p>", "<a href=x>", "</a>", "<table>", "<tr>", "<td>", "</table>", "<li>", "<ul>", "</ul>", "<b>", "</b>", "<h1>", "</h1>",
        "<article>", "</article>", "<!--", "-->", "<script>", "</script>", "<title>", "</title>", "text ", "A sentence, with a comma. ", "&amp;", "&#x", "<", ">",
        "=\"", "<br>", "<time datetime=2026-01-01>", "<meta name=author content=x>", "<script type=application/ld+json>{\"@type\":\"Article\"", "日本語。", "<svg>", "<template>",
    ]), 0..60)) {
        drop(parse(&parts.concat(), Some("not an address"), &Options::default()));
    }
}
