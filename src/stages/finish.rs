//! Turns places in bytes into offsets in code points: the article as its record shows it.

use crate::model::{
    Article, CleanArticle, Excerpt, Keyphrase, Language, Quote, QuoteItem, QuotedArticle, Span, SpeakerItem, StageError, Stats,
    SummarizedArticle, SummarySentence,
};
use crate::text::paragraphs::paragraphs;
use crate::text::unicode::CodePoints;

/// What a record shows beside its fixed keys.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Every sentence's offsets.
    pub sentences: bool,
}

/// Finishes one article.
pub fn finish(summarized: SummarizedArticle, keyphrases: Vec<Keyphrase>, options: &Options) -> Result<Article, StageError> {
    let SummarizedArticle { quoted, summary } = summarized;
    let QuotedArticle { article, sentences, words, quotes, quotes_found } = quoted;
    let CleanArticle { metadata, source, language, text, warnings } = article;
    let language = Language { confidence: rounded(language.confidence), ..language };
    let points = CodePoints::new(&text);
    let summary = summary.into_iter().map(|(span, score)| summary_sentence(span, score, &text, &points)).collect();
    let quotes = quotes.into_iter().map(|quote| quote_item(quote, &text, &points)).collect();
    let stats = Stats { paragraphs: paragraphs(&text).count(), sentences: sentences.len(), words: words.all.len(), quotes: quotes_found };
    let sentences = options.sentences.then(|| sentences.iter().map(|span| points.offsets(*span)).collect());
    Ok(Article { source, metadata, language, summary, quotes, keyphrases, sentences, stats, warnings, text })
}

fn summary_sentence(span: Span, score: f64, text: &str, points: &CodePoints<'_>) -> SummarySentence {
    let at = points.offsets(span);
    SummarySentence { text: span.of(text).to_owned(), start: at.start, end: at.end, score: rounded(score) }
}

fn quote_item(quote: Quote, text: &str, points: &CodePoints<'_>) -> QuoteItem {
    let excerpt = |span: Span| {
        let at = points.offsets(span);
        Excerpt { text: span.of(text).to_owned(), start: at.start, end: at.end }
    };
    let Excerpt { text: words, start, end } = excerpt(quote.span);
    let speaker = quote.speaker.map(|speaker| {
        let mention = speaker.mention.map(excerpt);
        SpeakerItem {
            name: speaker.name,
            via: speaker.via,
            start: mention.as_ref().map(|mention| mention.start),
            end: mention.as_ref().map(|mention| mention.end),
            mention: mention.map(|mention| mention.text),
        }
    });
    QuoteItem {
        text: words,
        start,
        end,
        kind: quote.kind,
        speaker,
        cue: quote.cue.map(|cue| excerpt(cue.span)),
        score: rounded(quote.score),
        parts: quote.parts.into_iter().map(excerpt).collect(),
    }
}

/// Four decimals, between 0 and 1: what a score shows is the same on every machine.
pub(super) fn rounded(score: f64) -> f64 {
    (score.clamp(0.0, 1.0) * 10_000.0).round() / 10_000.0
}
