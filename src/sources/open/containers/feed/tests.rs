use std::io::BufReader;

use super::super::Spoiled;
use super::*;
use crate::model::{Given, Warning};

fn read_bytes(feed: &[u8]) -> Vec<Result<Piece, &'static str>> {
    // A buffer of three bytes, so that every tag is cut somewhere.
    let mut feed = Feed::new(feed, BufReader::with_capacity(3, feed), 2000);
    let mut pieces = Vec::new();
    loop {
        match feed.read_next() {
            Ok(None) => return pieces,
            Ok(Some(piece)) => pieces.push(Ok(piece)),
            Err(error) => pieces.push(Err(Spoiled::rejection(error).unwrap().code)),
        }
    }
}

#[track_caller]
fn check(feed: &str, expected: &[(Option<&str>, Result<&str, &str>)]) {
    let pieces = read_bytes(feed.as_bytes());
    let read: Vec<(Option<&str>, Result<&str, &str>)> = pieces
        .iter()
        .map(|piece| match piece {
            Ok(piece) => {
                let body = piece.body.as_ref().map(|body| str::from_utf8(&body.bytes).unwrap()).map_err(|rejection| rejection.code);
                (piece.given_id.as_deref(), body)
            }
            Err(code) => (None, Err(*code)),
        })
        .collect();
    assert_eq!(read, expected);
}

fn given(feed: &str) -> Given {
    let piece = read_bytes(feed.as_bytes()).remove(0).unwrap();
    *piece.body.unwrap().given.unwrap()
}

const RSS_2: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand > to the standard -->
<rss version="2.0" xmlns:c="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Bay Wire</title><link>https://example.org/</link><language>nl</language>
<item><title>Ferry &amp; tide</title><guid isPermaLink="false">tide-42</guid><link>https://example.org/tide</link>
<dc:creator>Ada Moe</dc:creator><author>desk@example.org (Bo Lind)</author><category>Sea</category>
<pubDate>Tue, 03 Mar 2026 09:12:00 +0100</pubDate>
<description>Short.</description><c:encoded><![CDATA[<p>The ferry <item> is late.</p>]]></c:encoded></item>
<item><title>Second</title><description>&lt;p&gt;Only &amp;eacute;t&amp;eacute;.&lt;/p&gt;</description></item>
</channel></rss>"#;

#[test]
fn the_full_text_comes_before_the_description() {
    check(RSS_2, &[(Some("tide-42"), Ok("<p>The ferry <item> is late.</p>")), (None, Ok("<p>Only &eacute;t&eacute;.</p>"))]);
}

#[test]
fn an_item_says_who_wrote_it_and_when() {
    let given = given(RSS_2);
    let metadata = given.metadata;
    assert_eq!(metadata.title.as_deref(), Some("Ferry & tide"));
    assert_eq!(metadata.authors, ["Ada Moe", "Bo Lind"]);
    assert_eq!((metadata.url.as_deref(), metadata.site.as_deref()), (Some("https://example.org/tide"), Some("Bay Wire")));
    assert_eq!(metadata.published.as_deref(), Some("2026-03-03T09:12:00+01:00"));
    assert_eq!((&metadata.tags[..], given.language.as_deref()), (&["Sea".to_owned()][..], Some("nl")));
    assert_eq!((given.body, given.warnings), (crate::model::Body::Fragment, vec![]));
}

#[test]
fn a_summary_alone_is_told() {
    let piece = read_bytes(RSS_2.as_bytes()).remove(1).unwrap();
    assert_eq!(piece.body.unwrap().given.unwrap().warnings, [Warning::FeedSummary]);
}

#[test]
fn items_of_rss_1_stand_beside_their_channel_and_go_by_their_address() {
    let feed = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
        <channel rdf:about="https://example.org/"><title>Bay Wire</title><items><rdf:Seq><rdf:li resource="https://example.org/a"/></rdf:Seq></items></channel>
        <item rdf:about="https://example.org/a"><title>A</title><link>https://example.org/a</link><description>Late.</description></item>
        </rdf:RDF>"#;
    check(feed, &[(Some("https://example.org/a"), Ok("Late."))]);
    assert_eq!(given(feed).metadata.site.as_deref(), Some("Bay Wire"));
}

#[test]
fn an_old_feed_without_ids_is_read() {
    let feed = r#"<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd" [<!ENTITY a "b">]>
        <rss version="0.91"><channel><title>Bay</title><item><title>A</title><link>https://example.org/a</link><description>Late.</description></item></channel></rss>"#;
    check(feed, &[(None, Ok("Late."))]);
}

#[test]
fn an_atom_entry_brings_text_html_or_markup() {
    let feed = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://example.org/news/"><title>Baie</title>
        <author><name>La r&#xe9;daction</name></author>
        <entry><id>tag:example.org,2026:1</id><title type="html">Le &lt;b&gt;ferry&lt;/b&gt;</title><link rel="self" href="x"/><link href="a"/>
        <published>2026-03-03T09:12:00Z</published><updated>2026-03-03T10:00:00Z</updated>
        <author><name>Zoé Roy</name></author><content type="html">&lt;p&gt;En retard.&lt;/p&gt;</content></entry>
        <entry><id>2</id><title>b</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>1 &lt; 2<br/></p></div></content></entry>
        <entry><id>3</id><title>c</title><summary>Si peu &amp; court.</summary></entry></feed>"#;
    check(
        feed,
        &[
            (Some("tag:example.org,2026:1"), Ok("<p>En retard.</p>")),
            (Some("2"), Ok(r#"<div xmlns="http://www.w3.org/1999/xhtml"><p>1 &lt; 2<br/></p></div>"#)),
            (Some("3"), Ok("Si peu & court.")),
        ],
    );
    let first = given(feed);
    assert_eq!((first.metadata.authors, first.language.as_deref()), (vec!["Zoé Roy".to_owned()], Some("fr")));
    assert_eq!(first.metadata.url.as_deref(), Some("https://example.org/news/a"));
    let second = read_bytes(feed.as_bytes()).remove(1).unwrap().body.unwrap().given.unwrap();
    assert_eq!(second.metadata.authors, ["La rédaction"]);
}

#[test]
fn a_broken_item_costs_itself_alone() {
    let endless = "x".repeat(2100);
    check(
        &format!(
            "<rss><channel><item><guid>1</guid><description>a</description></item>\
             <item><guid>2</guid><description>b</item>\
             <item><guid>3</guid><description>c\
             <item><guid>4</guid><description>{endless}</description></item>\
             <item><guid>5</guid><description>Tom & Jerry</description></item></channel></rss>"
        ),
        &[
            (Some("1"), Ok("a")),
            (None, Err("parse.malformed")),
            (None, Err("parse.malformed")),
            (None, Err("limit.size")),
            (Some("5"), Ok("Tom & Jerry")),
        ],
    );
}

#[test]
fn a_feed_that_is_cut_off_gives_what_is_there() {
    let cut = RSS_2.find("Only").unwrap();
    check(&RSS_2[..cut], &[(Some("tide-42"), Ok("<p>The ferry <item> is late.</p>")), (None, Err("parse.malformed"))]);
}

#[test]
fn entities_that_a_feed_declares_are_not_expanded() {
    let feed = r#"<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss><channel>
        <item><guid>1</guid><description>&b; and &b;</description></item></channel></rss>"#;
    check(feed, &[(Some("1"), Ok("&b; and &b;"))]);
}

#[test]
fn feeds_in_other_encodings_are_read() {
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><rss><channel><item><guid>1</guid><description>L\xe9o</description></item></channel></rss>";
    let piece = read_bytes(latin).remove(0).unwrap();
    assert_eq!(piece.body.unwrap().bytes, "L\u{e9}o".as_bytes());
    let wide: Vec<u8> =
        "\u{feff}<?xml version=\"1.0\"?><rss><channel><item><guid>1</guid><description>Léo</description></item></channel></rss>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
    let piece = read_bytes(&wide).remove(0).unwrap();
    assert_eq!(piece.body.unwrap().bytes, "Léo".as_bytes());
}
