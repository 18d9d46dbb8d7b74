//! Articles for tests.

use crate::model::{CleanArticle, Format, Language, Metadata, QuotedArticle, SourceFacts, SummarizedArticle};
use crate::text::{lang, sentences, words};

/// An article of no known language, its sentences found.
pub fn quoted(title: &str, text: &str) -> QuotedArticle {
    let spans = sentences::segment(text, lang::of("und"));
    let article = CleanArticle {
        metadata: Metadata { title: Some(title.to_owned()), ..Metadata::default() },
        source: SourceFacts::new(Format::Text, "utf-8"),
        language: Language { code: "und".to_owned(), confidence: 0.0 },
        text: text.to_owned(),
        warnings: Vec::new(),
    };
    let words = words::read(text);
    QuotedArticle { article, sentences: spans, words, quotes: Vec::new(), quotes_found: 0 }
}

pub fn summarized(text: &str) -> SummarizedArticle {
    SummarizedArticle { quoted: quoted("", text), summary: Vec::new() }
}

/// The same, in a language.
pub fn summarized_in(code: &str, text: &str) -> SummarizedArticle {
    let mut article = summarized(text);
    article.quoted.article.language = Language { code: code.to_owned(), confidence: 1.0 };
    article
}
