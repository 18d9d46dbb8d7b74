use super::*;
use proptest::prelude::*;

#[track_caller]
fn check(text: &str, title: Option<&str>, expected: &str) {
    let article = parse(text);
    assert_eq!((article.metadata.title.as_deref(), article.text.as_str()), (title, expected), "{text}");
}

#[test]
fn the_first_heading_is_the_title() {
    check("# Ferry *returns*\n\nIt sails again.", Some("Ferry returns"), "It sails again.");
    check("Ferry returns\n=============\n\nIt sails again.", Some("Ferry returns"), "It sails again.");
    check("## Ferry returns\n\nIt sails again.\n\n## Fares\n\nThey rise.", Some("Ferry returns"), "It sails again.\n\nFares\n\nThey rise.");
    check("![a boat](boat.jpg)\n\n# Ferry returns\n\nIt sails again.", Some("Ferry returns"), "It sails again.");
    check("It sails again.\n\n## Fares\n\nThey rise.", None, "It sails again.\n\nFares\n\nThey rise.");
    check("# Ferry returns", Some("Ferry returns"), "Ferry returns");
}

#[test]
fn byline_and_date_below_the_title_are_told() {
    let article = parse("# Ferry returns\n\n*By Tamsin Oakhurst*\n\n*3 March 2024*\n\nIt sails again.");
    assert_eq!(article.text, "It sails again.");
    assert_eq!((article.metadata.authors, article.metadata.published.as_deref()), (vec!["Tamsin Oakhurst".to_owned()], Some("2024-03-03")));
    check("# Ferry returns\n\nBy the sea it sails again.", Some("Ferry returns"), "By the sea it sails again.");
}

#[test]
fn marks_go_and_words_stay() {
    check(
        "The **night ferry** [sails](https://tide.example) again, `so` ~~they~~ we say.\nOn Monday.  \nOr not.<br>Or so <b>really</b>.",
        None,
        "The night ferry sails again, so they we say. On Monday.\nOr not.\nOr so really.",
    );
    check("“A ¶ \\* sign”, <https://tide.example>[^1]\n\n[^1]: A note.", None, "“A ¶ * sign”, https://tide.example\n\nA note.");
    check("市长说\n大桥开放。", None, "市长说大桥开放。");
}

#[test]
fn images_code_and_tags_go() {
    check(
        "One.\n\n![The boat](boat.jpg)\n\n```\nlet x = 1;\n```\n\n<div class=\"ad\">\n<script>var a = 1 < 2;</script>\n<p>Two &amp; three.</p>\n<!-- four -->\n</div>\n\n---\n\nFive.",
        None,
        "One.\n\nTwo & three.\n\nFive.",
    );
}

#[test]
fn lists_tables_and_quotations_are_paragraphs() {
    check(
        "Before:\n\n- the north,\n- the south:\n  1. left\n  2. right\n\n> We waited.\n>\n> Six years.\n\n| Boat | Fare |\n|---|---|\n| Lark | £14 |\n\nAfter.",
        None,
        "Before:\n\nthe north,\nthe south:\n1. left\n2. right\n\nWe waited.\n\nSix years.\n\nBoat | Fare\nLark | £14\n\nAfter.",
    );
    check("- one\n\n- two\n\n  more\n\nAfter.", None, "one\ntwo\nmore\n\nAfter.");
}

#[track_caller]
fn check_front(front: &str, expected: &Metadata) {
    let article = parse(&format!("{front}\n\nThe night ferry sails again."));
    assert_eq!(&article.metadata, expected, "{front}");
    assert_eq!(article.text, "The night ferry sails again.");
}

#[test]
fn front_matter_tells_what_an_article_is() {
    let expected = Metadata {
        title: Some("Ferry: it returns".to_owned()),
        authors: vec!["Tamsin Oakhurst".to_owned(), "Gwen Tarrick".to_owned()],
        published: Some("2026-03-11".to_owned()),
        tags: vec!["ferry".to_owned(), "ships, old".to_owned()],
        url: Some("https://tide.example/7".to_owned()),
        section: Some("Harbour".to_owned()),
        ..Metadata::default()
    };
    check_front(
        "---\ntitle: \"Ferry: it returns\"\nauthors:\n  - name: Tamsin Oakhurst\n    email: t@tide.example\n  - Gwen Tarrick\ndate: 2026-03-11\ntags: [ferry, 'ships, old']\nurl: https://tide.example/7 # for ever\ncategory: Harbour\ndraft: false\n---",
        &expected,
    );
    check_front(
        "+++\ntitle = \"Ferry: it returns\"\nauthors = [\"Tamsin Oakhurst\", \"Gwen Tarrick\"]\ndate = 2026-03-11\ntags = ['ferry', 'ships, old']\nurl = \"https://tide.example/7\"\nsection = \"Harbour\"\n[extra]\n+++",
        &expected,
    );
    let german = parse("---\nlang: de\ndate: 3.4.2026, 14.05 Uhr MESZ\nauthor: Käthe Brückner und Veit Oberascher\n---\nDie Fähre fährt.");
    assert_eq!(german.language_declared.as_deref(), Some("de"));
    assert!(german.language_given);
    assert_eq!(german.metadata.published.as_deref(), Some("2026-04-03T14:05:00+02:00"));
    assert_eq!(german.metadata.authors, ["Käthe Brückner", "Veit Oberascher"]);
}

#[test]
fn a_headline_that_differs_from_the_front_matter_stays() {
    check("---\ntitle: Ferry\n---\n# Ferry\n\nIt sails.", Some("Ferry"), "It sails.");
    check("---\ntitle: Ferry\n---\n# Ferry returns\n\nIt sails.", Some("Ferry"), "Ferry returns\n\nIt sails.");
}

#[test]
fn a_rule_is_no_front_matter() {
    check("---\n\nIt sails.\n\n---\n\nIt stays.", None, "It sails.\n\nIt stays.");
    check("---\nIt sails again.\n---\nIt stays.", Some("It sails again."), "It stays.");
}

#[test]
fn hostile_marks_are_read_in_linear_time() {
    for mark in ["> ", "[", "*", "_a", "`", "- ", "![", "<", "<!--", "~~", "|", "# ", "[a](", "1. ", "\\", "&", "<a "] {
        parse(&mark.repeat(60_000));
        parse(&format!("{}\n", mark.repeat(100)).repeat(600));
    }
}

proptest! {
    #[test]
    fn what_is_read_reads_the_same(words in prop::collection::vec("[a-zé]{1,8}[,.]?", 1..40)) {
        let text = words.join(" ");
        prop_assert_eq!(parse(&text).text, text);
    }

    #[test]
    fn any_characters_may_come(text in "(---\n)?([-+*_#>\\[\\]()`~|: a-z0-9\"'\n<!=&;é]{0,120})") {
        parse(&text);
    }
}
