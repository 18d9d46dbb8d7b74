//! Finds what people said: the quotation marks first, then the speaker beside them.

mod attribution;
mod entities;
mod lexicon;
mod marks;
mod ranking;
mod refusal;
#[cfg(test)]
mod tests;
mod tokens;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{CleanArticle, Quote, QuoteKind, QuotedArticle, Span, StageError};
use crate::text::{lang, sentences};

use attribution::{Attributed, Before, Reader};
use lexicon::Lexicon;
use marks::Stretch;
use ranking::Weighing;
use tokens::Token;

/// Which quotes are kept.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many at most, the best by score; 0: all.
    pub max: usize,
    /// Words a quote has at least.
    pub min_words: usize,
    /// Reported speech as well.
    pub indirect: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { max: 10, min_words: 1, indirect: false }
    }
}

/// Finds the quotes of one article and their speakers.
pub fn extract(article: CleanArticle, options: &Options) -> Result<QuotedArticle, StageError> {
    let language = lang::of(&article.language.code);
    let sentences = sentences::segment(&article.text, language);
    let stretches = marks::find(&article.text, &language.quotes);
    if stretches.is_empty() && !options.indirect {
        return Ok(QuotedArticle { article, sentences, quotes: Vec::new(), quotes_found: 0 });
    }
    let tokens = tokens::read(&article.text, &stretches, Lexicon::of(language));
    let cast = entities::read(&article.text, &tokens, language.quotes.capital_nouns);
    let reader = Reader { tokens: &tokens, cast: &cast, text: &article.text, drops_subject: language.quotes.drops_subject };
    let mut found = read_stretches(&stretches, &reader, language.quotes.capital_nouns);
    if options.indirect {
        read_reported(&sentences, &reader, &mut found);
    }
    found.retain(|finding| finding.words.len() >= options.min_words);
    let title = article.metadata.title.as_deref().unwrap_or_default();
    let mut quotes = weigh(found, &tokens, title);
    let quotes_found = quotes.len();
    ranking::keep_best(&mut quotes, options.max);
    Ok(QuotedArticle { article, sentences, quotes, quotes_found })
}

/// A quote on the way, with the words that it is made of.
struct Finding {
    quote: Quote,
    words: std::ops::Range<usize>,
    person: Option<usize>,
    whole: bool,
}

fn read_stretches(stretches: &[Stretch], reader: &Reader<'_>, capital_nouns: bool) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut before = Before::default();
    for stretch in stretches {
        let first = reader.tokens.partition_point(|token| token.span().start < stretch.span.start);
        let end = reader.tokens.partition_point(|token| token.span().end <= stretch.span.end);
        if first >= end {
            continue;
        }
        let attributed = reader.attribute(*stretch, first, end, before);
        if stretch.goes_on
            && let Some(last) = found.last_mut()
        {
            go_on(last, stretch.span, first..end, attributed);
            before = Before { person: last.person, ended: end };
            continue;
        }
        if refusal::refuses(reader.tokens, first, end, attributed.told, capital_nouns) {
            continue;
        }
        let Attributed { speaker, person, cue, .. } = attributed;
        let mut quote = Quote { span: stretch.span, kind: QuoteKind::Direct, speaker, cue, score: 0.0, parts: Vec::new() };
        let mut person = person;
        if let Some((cue_first, cue_end)) = attribution::incise(reader.tokens, first, end) {
            person = cut(&mut quote, reader, (first, end), (cue_first, cue_end), before).or(person);
        }
        let whole =
            reader.tokens.get(first).is_some_and(|token| token.span().of(reader.text).starts_with(char::is_uppercase)) && end - first >= 4;
        if let Some(last) = found.last_mut()
            && split_by_cue(last, first, &quote, reader)
        {
            quote.speaker.clone_from(&last.quote.speaker);
            person = last.person;
        }
        before = Before { person: person.or(before.person), ended: end };
        found.push(Finding { quote, words: first..end, person, whole });
    }
    found
}

/// Two quotes in one sentence without another speaker are said by one.
fn split_by_cue(last: &Finding, first: usize, quote: &Quote, reader: &Reader<'_>) -> bool {
    let between = reader.tokens.get(last.words.end..first).unwrap_or_default();
    let one_sentence = !between.iter().chain(reader.tokens.get(first)).any(|token| token.after(tokens::STOP | tokens::BREAK));
    one_sentence && quote.cue.is_none() && last.quote.speaker.is_some()
}

/// Joins what goes on in the next paragraph.
fn go_on(last: &mut Finding, span: Span, words: std::ops::Range<usize>, attributed: Attributed) {
    if last.quote.parts.is_empty() {
        last.quote.parts.push(last.quote.span);
    }
    last.quote.parts.push(span);
    last.quote.span.end = span.end;
    last.words.end = words.end;
    if last.quote.cue.is_none() && attributed.told {
        last.quote.speaker = attributed.speaker;
        last.quote.cue = attributed.cue;
        last.person = attributed.person;
    }
}

/// Cuts a cue out of the quote that it interrupts, and reads its speaker.
fn cut(quote: &mut Quote, reader: &Reader<'_>, words: (usize, usize), cue: (usize, usize), before: Before) -> Option<usize> {
    let place = |at: usize| reader.tokens.get(at).map(|token| token.span());
    let (first, last) = (place(words.0)?, place(cue.0.checked_sub(1)?)?);
    let told = reader.interrupted(cue, before);
    let head = Span::new(first.start, last.end);
    if cue.1 < words.1 {
        let tail = Span::new(place(cue.1)?.start, place(words.1 - 1)?.end);
        quote.parts = vec![head, tail];
        quote.span = Span::new(head.start, tail.end);
    } else {
        quote.span = head;
    }
    quote.cue = told.cue;
    quote.speaker = told.speaker;
    told.person
}

fn read_reported(sentences: &[Span], reader: &Reader<'_>, found: &mut Vec<Finding>) {
    for sentence in sentences {
        let Some((span, told)) = reader.reported(*sentence, Before::default()) else { continue };
        let first = reader.tokens.partition_point(|token| token.span().start < span.start);
        let end = reader.tokens.partition_point(|token| token.span().end <= span.end);
        let quote = Quote { span, kind: QuoteKind::Indirect, speaker: told.speaker, cue: told.cue, score: 0.0, parts: Vec::new() };
        found.push(Finding { quote, words: first..end, person: told.person, whole: false });
    }
    found.sort_by_key(|finding| finding.quote.span);
}

/// How many words of the article are its lead.
const LEAD_WORDS: usize = 60;

fn weigh(found: Vec<Finding>, tokens: &[Token], title: &str) -> Vec<Quote> {
    let mut lead: FxHashSet<u64> = tokens.iter().take(LEAD_WORDS).filter(|token| !token.quoted).map(|token| token.hash).collect();
    lead.extend(crate::text::words::words(title).map(|word| lexicon::hash(&word.of(title).to_lowercase())));
    let mut shares: FxHashMap<usize, u32> = FxHashMap::default();
    for person in found.iter().filter_map(|finding| finding.person) {
        *shares.entry(person).or_default() += 1;
    }
    let total = f64::from(u32::try_from(found.len()).unwrap_or(u32::MAX)).max(1.0);
    let mut weighed = Vec::with_capacity(found.len());
    let mut rank = 0.0;
    for finding in found {
        let share = finding.person.and_then(|person| shares.get(&person)).map_or(0.0, |count| f64::from(*count) / total);
        let words = tokens.get(finding.words).unwrap_or_default();
        let weighing = Weighing { words, whole: finding.whole, place: rank / total, share };
        let score = ranking::score(&finding.quote, &weighing, &lead);
        weighed.push(Quote { score, ..finding.quote });
        rank += 1.0;
    }
    weighed
}
