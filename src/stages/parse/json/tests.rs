use super::*;
use proptest::prelude::*;

fn parsed(text: &str) -> Result<ParsedArticle, StageError> {
    parse(text, "utf-8", &Options::default())
}

/// The article as one line of JSON: its text and what is known of it, in a fixed order.
#[track_caller]
fn check(object: &str, expected: &str) {
    let article = parsed(object).unwrap_or_else(|error| panic!("{object}: {error}"));
    let metadata = &article.metadata;
    let mut said = vec![format!("text={}", article.text)];
    let fields = [
        ("url", &metadata.url),
        ("site", &metadata.site),
        ("title", &metadata.title),
        ("subtitle", &metadata.subtitle),
        ("section", &metadata.section),
        ("image", &metadata.image),
        ("published", &metadata.published),
        ("updated", &metadata.updated),
        ("language", &article.language_declared),
    ];
    said.extend(fields.iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={value}"))));
    said.extend(metadata.authors.iter().map(|author| format!("by={author}")));
    said.extend(metadata.tags.iter().map(|tag| format!("tag={tag}")));
    said.extend(article.source.id.iter().map(|id| format!("id={}", id.get())));
    said.extend(article.source.extra.iter().map(|(key, value)| format!("extra {key}={}", value.get())));
    said.extend(article.warnings.iter().map(|warning| format!("warning={}", warning.code())));
    assert_eq!(said.join(" | "), expected, "{object}");
}

#[track_caller]
fn check_refused(object: &str, code: &str, words: &str) {
    let error = parsed(object).map(|article| article.text).unwrap_err();
    assert_eq!(error.code(), code, "{object}");
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn what_the_sender_says_is_taken_over() {
    check(
        r#"{"id":"tide-7","url":"https://tide.example/7","title":"Ferry returns","subtitle":"After nine years","author":"By Tamsin Oakhurst and Gwen Tarrick",
            "published":"2026-03-11T08:20:00Z","updated":1773303600,"language":"en","site":"The Daily Tide","section":"Harbour","tags":["ferry","ships"],
            "image":"https://tide.example/7.jpg","text":"The night ferry sails again."}"#,
        "text=The night ferry sails again. | url=https://tide.example/7 | site=The Daily Tide | title=Ferry returns | subtitle=After nine years | section=Harbour | image=https://tide.example/7.jpg | published=2026-03-11T08:20:00Z | updated=2026-03-12T08:20:00Z | language=en | by=Tamsin Oakhurst | by=Gwen Tarrick | tag=ferry | tag=ships | id=\"tide-7\"",
    );
}

#[test]
fn no_title_is_taken_out_of_a_given_text() {
    check(r#"{"text":"Ferry returns\n\nThe night ferry sails again."}"#, "text=Ferry returns\n\nThe night ferry sails again.");
}

#[test]
fn an_id_comes_back_as_it_was_given() {
    check(r#"{"id":0012.50e0,"text":"Late."}"#.replace("0012", "12").as_str(), "text=Late. | id=12.50e0");
    check(r#"{"id":12345678901234567890123,"text":"Late."}"#, "text=Late. | id=12345678901234567890123");
    check(r#"{"id":"\u00e9","text":"Late."}"#, r#"text=Late. | id="\u00e9""#);
    check(r#"{"id":null,"text":"Late."}"#, "text=Late.");
    check(r#"{"id":[1],"text":"Late."}"#, "text=Late. | extra id=[1]");
}

#[test]
fn authors_come_in_many_shapes() {
    for (authors, expected) in [
        (r#"["Tamsin Oakhurst","Gwen Tarrick"]"#, "by=Tamsin Oakhurst | by=Gwen Tarrick"),
        (r#"[{"name":"Tamsin Oakhurst","url":"x"},{"name":"Gwen Tarrick"}]"#, "by=Tamsin Oakhurst | by=Gwen Tarrick"),
        (r#"{"first_name":"Tamsin","last_name":"Oakhurst"}"#, "by=Tamsin Oakhurst"),
        (r#"["Oakhurst, Tamsin"]"#, "by=Tamsin Oakhurst"),
        (r#"["By Tamsin Oakhurst, Harbour Correspondent"]"#, "by=Tamsin Oakhurst"),
        (r#""Von Käthe Brückner und Veit Oberascher""#, "by=Käthe Brückner | by=Veit Oberascher"),
        (r#"["dalva"]"#, "by=dalva"),
        (r#"["王小明"]"#, "by=王小明"),
    ] {
        check(&format!(r#"{{"authors":{authors},"text":"Late."}}"#), &format!("text=Late. | {expected}"));
    }
}

#[test]
fn dates_come_in_many_shapes() {
    for (date, expected) in [
        (r#""2026-03-11""#, "2026-03-11"),
        (r#""2026-03-11T08:20:00.000+0100""#, "2026-03-11T08:20:00+01:00"),
        (r#""2026-03-11 08:20:00""#, "2026-03-11"),
        (r#""Wed, 11 Mar 2026 08:20:00 GMT""#, "2026-03-11T08:20:00Z"),
        (r#""11 mars 2026 à 8h20""#, "2026-03-11"),
        ("1773217200", "2026-03-11T08:20:00Z"),
        ("1773217200123", "2026-03-11T08:20:00Z"),
        (r#""1773217200""#, "2026-03-11T08:20:00Z"),
        ("20260311", "2026-03-11"),
        (r#"{"$date":"2026-03-11T08:20:00Z"}"#, "2026-03-11T08:20:00Z"),
        (r#"{"$date":{"$numberLong":"1773217200123"}}"#, "2026-03-11T08:20:00Z"),
    ] {
        check(&format!(r#"{{"date":{date},"text":"Late."}}"#), &format!("text=Late. | published={expected}"));
    }
    check(r#"{"date":"03/04/2026","language":"en","text":"Late."}"#, "text=Late. | published=2026-03-04 | language=en");
    check(r#"{"date":"03/04/2026","language":"it","text":"Late."}"#, "text=Late. | published=2026-04-03 | language=it");
}

#[test]
fn what_cannot_be_used_comes_back_as_given() {
    check(
        r#"{"date":"next week","text":"Late.","desk":"city","n":1.50}"#,
        r#"text=Late. | extra date="next week" | extra desk="city" | extra n=1.50"#,
    );
    check(r#"{"tags":7,"title":null,"text":"Late."}"#, "text=Late. | extra tags=7");
    check(
        r#"{"published":"2026-03-11","date":"2020-01-01","text":"Late."}"#,
        r#"text=Late. | published=2026-03-11 | extra date="2020-01-01""#,
    );
}

#[test]
fn of_a_repeated_key_the_last_counts() {
    check(r#"{"text":"Early.","x":1,"id":1,"text":"Late.","x":2,"id":2}"#, "text=Late. | id=2 | extra x=2");
}

#[test]
fn the_text_may_stand_under_other_keys_and_in_paragraphs() {
    check(r#"{"content":"Late."}"#, "text=Late.");
    check(r#"{"body":["Late.","Later."]}"#, "text=Late.\n\nLater.");
    check(r#"{"text":" ","body":"Late."}"#, "text=Late.");
    check(r#"{"text":"2 < 3 and <p> is a tag.","content":"<p>no</p>"}"#, "text=2 < 3 and <p> is a tag.");
}

#[test]
fn a_page_within_an_object_is_read_as_a_page() {
    let page = "<html lang='en'><head><title>Ferry - Tide</title></head><body><article><h1>Ferry</h1><p>The night ferry between Pellmouth and Carrow Island will sail again from May, the board said.</p><p>It will run six nights a week, and islanders have waited for nine years, said Gwen Tarrick.</p></article></body></html>";
    for key in ["html", "content", "body"] {
        let article =
            parsed(&format!(r#"{{"title":"Ferry returns","language":"cy","{key}":{}}}"#, serde_json::to_string(page).unwrap())).unwrap();
        assert!(article.text.starts_with("The night ferry") && article.text.ends_with("said Gwen Tarrick."), "{}", article.text);
        assert_eq!(article.metadata.title.as_deref(), Some("Ferry returns"));
        assert_eq!((article.language_declared.as_deref(), article.language_given, article.source.format), (Some("cy"), true, Format::Json));
    }
}

#[test]
fn half_a_letter_is_replaced() {
    check(
        r#"{"text":"Late \ud83d and \ude00 and \ud83d\ude00, \\ud83d.","x":"\ud83d"}"#,
        "text=Late \u{FFFD} and \u{FFFD} and 😀, \\ud83d. | extra x=\"\\ufffd\" | warning=encoding.invalid",
    );
    check(r#"{"\ud83d":1,"text":"Late."}"#, "text=Late. | extra \u{FFFD}=1 | warning=encoding.invalid");
}

#[test]
fn extra_keys_have_room_for_64_kib_and_64_levels() {
    let long = "a".repeat(40 * 1024);
    let article = parsed(&format!(r#"{{"text":"Late.","a":"{long}","b":"{long}","c":1}}"#)).unwrap();
    let keys: Vec<&str> = article.source.extra.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["a", "c"]);
    assert_eq!(article.warnings, [Warning::ExtraTruncated]);
    let deep = |depth: usize| format!(r#"{{"text":"Late.","a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert_eq!(parsed(&deep(64)).unwrap().source.extra.len(), 1);
    assert_eq!(parsed(&deep(65)).unwrap().warnings, [Warning::ExtraTruncated]);
    assert_eq!(parsed(&deep(200_000)).unwrap().warnings, [Warning::ExtraTruncated]);
}

#[test]
fn what_is_no_article_is_refused_with_its_place() {
    check_refused(r#"{"id":1}"#, "parse.no_text", "`text`");
    check_refused(r#"{"text":7}"#, "parse.no_text", "`text`");
    check_refused(r#"{"text":" \n"}"#, "parse.empty", "no text");
    check_refused("{\"text\":\n \"Late.\" oops}", "parse.malformed", "line 2 column 10");
    check_refused(r#"{"text":"Late."} {"text":"Later."}"#, "parse.malformed", "trailing characters at line 1 column 18");
    check_refused(r#"[{"text":"Late."}]"#, "parse.malformed", "an array");
    check_refused(r#""Late.""#, "parse.malformed", "a string");
    check_refused("{\"text\":\"Late.", "parse.malformed", "line 1");
    check_refused(r#"{"text":"Late.","a":"\x"}"#, "parse.malformed", "escape");
}

proptest! {
    #[test]
    fn any_object_is_read_or_refused(keys in prop::collection::vec(("(id|text|html|date|authors|tags|url|x|y)", "(null|1|-2e9|\"[a-z \\\\\\\\ud8]{0,9}\"|\\[\"a\",\\{\\}\\]|\\{\"name\":\"Ada Moe\"\\})"), 0..8)) {
        let pairs: Vec<String> = keys.iter().map(|(key, value)| format!("{key:?}:{value}")).collect();
        let _ = parsed(&format!("{{{}}}", pairs.join(",")));
    }
}
