//! What pages say besides the text, as they say it.

use crate::model::{Metadata, ParsedArticle};
use crate::stages::parse::html::{Options, parse};

/// A page with these things in its head and around its headline.
fn read(head: &str, heading: &str, below: &str) -> Metadata {
    let body =
        "<p>The harbour will close for three weeks in May, the council said on Monday, and ferries will leave elsewhere.</p>".repeat(4);
    let page = format!(
        "<html lang=en><head>{head}</head><body><main><article><h1>{heading}</h1>{below}<div class=article-body>{body}</div></article></main></body></html>"
    );
    let read: ParsedArticle = parse(&page, None, &Options::default()).expect("the page has text");
    read.metadata
}

#[track_caller]
fn check_date(head: &str, below: &str, expected: Option<&str>) {
    assert_eq!(read(head, "Harbour to close for three weeks", below).published.as_deref(), expected);
}

#[track_caller]
fn check_authors(below: &str, expected: &[&str]) {
    assert_eq!(read("", "Harbour to close for three weeks", below).authors, expected);
}

#[track_caller]
fn check_title(head: &str, heading: &str, expected: &str) {
    assert_eq!(read(head, heading, "").title.as_deref(), Some(expected));
}

const UNIVERSAL: &str = "<meta property=article:published_time content=2023-12-23T03:22:07Z>";

#[test]
fn the_clock_that_readers_see_tells_the_zone() {
    check_date(UNIVERSAL, "<div>Dec. 22, 2023, 10:22 p.m.</div>", Some("2023-12-22T22:22:07-05:00"));
    check_date(UNIVERSAL, "<time datetime=2023-12-22T22:22:07-05:00>Friday</time>", Some("2023-12-22T22:22:07-05:00"));
}

#[test]
fn a_clock_that_shows_another_moment_tells_nothing() {
    check_date(UNIVERSAL, "<div>Dec. 22, 2023, 10:25 p.m.</div>", Some("2023-12-23T03:22:07Z"));
    check_date(UNIVERSAL, "<div>Updated: Dec. 22, 2023, 10:22 p.m.</div>", Some("2023-12-23T03:22:07Z"));
    check_date(UNIVERSAL, "<div>Dec. 20, 2023, 10:22 p.m.</div>", Some("2023-12-23T03:22:07Z"));
    check_date(UNIVERSAL, "<div>December 22, 2023</div>", Some("2023-12-23T03:22:07Z"));
}

#[test]
fn a_date_is_read_where_nothing_parts_it_from_the_name() {
    check_date("", "<div><span>Ada Moe</span><span>Dec 05, 2023</span></div>", Some("2023-12-05"));
    check_date("", "<h3>21.01.2022</h3>", Some("2022-01-21"));
}

#[test]
fn a_byline_ends_where_its_box_goes_on_with_something_else() {
    check_authors("<div class=author-info><p>Ada Moe</p><p>Last updated</p><p>See all stories</p></div>", &["Ada Moe"]);
    check_authors("<div class=author-info><p>Ada Moe</p><small>December 17, 2025</small></div>", &["Ada Moe"]);
    check_authors("<div class=byline>By Ada Moe The Associated Press</div>", &["Ada Moe"]);
    check_authors("<div class=byline><span>Ada Moe</span> <span>Ada Moe</span></div>", &["Ada Moe"]);
}

#[test]
fn a_byline_counts_in_a_box_that_is_named_like_a_list_of_other_news() {
    check_authors("<div class=latest-by>By <a href=/author/ada-moe/>Ada Moe</a> • 12:25</div>", &["Ada Moe"]);
    check_authors("<div class=comment>By <a href=/author/ada-moe/>Ada Moe</a></div>", &[]);
}

#[test]
fn chinese_reporters_are_named_in_the_text() {
    check_authors("<p>海潮日报记者 王小明 李四光</p>", &["王小明", "李四光"]);
    check_authors(
        "<p>海港将关闭三周，市政府星期一宣布，渡轮将从北码头出发，渔船可以使用旧码头，市长在会上这样说。（记者 王小明）</p>",
        &["王小明"],
    );
}

#[test]
fn the_line_above_a_headline_is_no_part_of_it() {
    check_title(
        "",
        "<span class=title__overline>Work in the port</span><span> - </span><span>Harbour to close for weeks</span>",
        "Harbour to close for weeks",
    );
    check_title("", "<span class=kicker>Harbour</span> to close", "Harbour to close");
    check_title("", "<span>In the port</span>Harbour to close for weeks", "In the port Harbour to close for weeks");
}

#[test]
fn a_kicker_that_the_whole_page_sets_before_the_headline_is_part_of_it() {
    let all = |title: &str, stated: &str| {
        format!(
            "<title>{title} - Tide Notes</title><meta property=og:title content=\"{title}\">\
             <script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"headline\":\"{stated}\"}}</script>"
        )
    };
    let long = "Work in the port: Harbour to close for weeks";
    check_title(&all(long, long), "Harbour to close for weeks", long);
    check_title(&all(long, "Harbour to close for weeks"), "Harbour to close for weeks", "Harbour to close for weeks");
}

#[test]
fn statements_whose_quotes_were_escaped_are_read() {
    let stated = "<script type=application/ld+json>{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;datePublished&quot;:&quot;2023-12-05T03:51:59Z&quot;}</script>";
    check_date(stated, "", Some("2023-12-05T03:51:59Z"));
}

#[test]
fn the_heading_of_the_site_is_no_headline() {
    check_title(
        "<title>Tide Notes: The lean harbour</title><meta property=og:title content=\"The lean harbour\">",
        "Tide Notes",
        "The lean harbour",
    );
}
