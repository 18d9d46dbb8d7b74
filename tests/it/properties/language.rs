//! The stages between parsing and the record, on any text. A first line such as `fr` says the language.

use copydesk::model::{CleanArticle, Format, Language, Layout, Metadata, ParsedArticle, SourceFacts};
use copydesk::stages::clean::{self as cleaning, Options};
use copydesk::text::{language, words};

use super::article::{check_clean, check_from_clean, check_sentences, options};
use super::first_line;

const LANGUAGES: [&str; 11] = ["de", "en", "es", "fr", "id", "it", "nl", "pt", "und", "ja", "pl"];

/// The text and its language, said or found.
fn told(bytes: &[u8]) -> (String, Language) {
    let (code, rest) = first_line(bytes);
    match LANGUAGES.iter().find(|known| known.as_bytes() == code) {
        Some(code) => (String::from_utf8_lossy(rest).into_owned(), Language { code: (*code).to_owned(), confidence: 1.0 }),
        None => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let language = language::identify(&text);
            (text, language)
        }
    }
}

fn parsed(text: &str, code: &str, layout: Layout) -> ParsedArticle {
    let title = text.lines().next().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
    ParsedArticle {
        metadata: Metadata { title, ..Metadata::default() },
        source: SourceFacts::new(Format::Text, "utf-8"),
        language_declared: (code != "und").then(|| code.to_owned()),
        language_given: true,
        text: text.to_owned(),
        layout,
        warnings: Vec::new(),
    }
}

pub fn clean(bytes: &[u8]) {
    let (text, language) = told(bytes);
    for layout in [Layout::Lines, Layout::Blocks] {
        let Ok(cleaned) = cleaning::clean(parsed(&text, &language.code, layout), &Options::default()) else { continue };
        check_clean(&cleaned);
        let again = cleaning::clean(parsed(&text, &language.code, layout), &Options::default()).unwrap();
        assert!(cleaned.text == again.text && cleaned.warnings == again.warnings, "clean text differs from run to run");
    }
}

pub fn quotes(bytes: &[u8]) {
    let (text, language) = told(bytes);
    if text.trim().is_empty() {
        return;
    }
    let metadata = Metadata { title: Some("Ada Moe opens the harbour bridge".to_owned()), ..Metadata::default() };
    let source = SourceFacts::new(Format::Text, "utf-8");
    check_from_clean(CleanArticle { metadata, source, language, text, warnings: Vec::new() }, &options());
}

pub fn summary(bytes: &[u8]) {
    let (text, language) = told(bytes);
    if text.trim().is_empty() {
        return;
    }
    let metadata = Metadata { title: text.lines().next().map(str::to_owned), ..Metadata::default() };
    let source = SourceFacts::new(Format::Text, "utf-8");
    let article = CleanArticle { metadata, source, language, text, warnings: Vec::new() };
    let mut options = options();
    options.quotes.indirect = false;
    for (sentences, max_words) in [(3, 0), (5, 20), (0, 0)] {
        options.summary.sentences = sentences;
        options.summary.max_words = max_words;
        check_from_clean(article.clone(), &options);
    }
}

pub fn sentences(bytes: &[u8]) {
    let (text, told) = told(bytes);
    for code in LANGUAGES.iter().chain([&told.code.as_str()]) {
        check_sentences(&text, code);
    }
    let found = language::identify(&text);
    assert!((0.0..=1.0).contains(&found.confidence) && !found.code.is_empty(), "{found:?}");
    assert_eq!(found, language::identify(&text), "the language differs from run to run");
    let mut at = 0;
    for word in words::words(&text) {
        assert!(text.get(at..word.start).is_some(), "words overlap, or begin within a character");
        assert!(!word.of(&text).is_empty(), "an empty word");
        at = word.end;
    }
}
