//! Pages and what must be read from them.

use super::{Options, parse};
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
    <p>Dredgers are to take 40,000 tonnes of sand out of the channel, which has not been cleared since 2011, engineers said.</p>";
const BODY_TEXT: &str = "The harbour will close for three weeks in May, the council said on Monday, and ferries will leave from the north quay.\n\n\
    Dredgers are to take 40,000 tonnes of sand out of the channel, which has not been cleared since 2011, engineers said.";

#[test]
fn menus_and_footers_are_left_behind() {
    check(
        &format!(
            "<nav><ul><li><a href=/>Home</a><li><a href=/s>Sport</a></ul></nav><article><h1>Harbour to close</h1>{BODY}</article>\
             <footer><p>Copyright 2026 The Daily Tide, all rights reserved, and so on.</p></footer>"
        ),
        &format!("Harbour to close\n\n{BODY_TEXT}"),
    );
}

#[test]
fn comments_and_related_links_within_the_article_are_left_behind() {
    check(
        &format!(
            "<article>{BODY}<div class=related-posts><p>Ten walks that you can take with a view of the sea, and no hills.</p></div>\
             <section id=comments><p>Maud: I shall miss the noon ferry, and so will my dog.</p></section></article>"
        ),
        BODY_TEXT,
    );
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
