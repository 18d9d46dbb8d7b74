//! Finds what people said: the quotation marks first, then the speaker beside them.

mod attribution;
mod cast;
mod explanation;
mod features;
mod incise;
mod lexicon;
mod marks;
mod mentions;
mod model;
mod offices;
mod people;
mod ranking;
mod readings;
mod reported;
mod said;
mod scene;
#[cfg(test)]
mod tests;
mod tokens;
pub mod training;

use rustc_hash::FxHashSet;

use crate::model::{CleanArticle, Quote, QuotedArticle, StageError};
use crate::text::{lang, sentences, words};

use attribution::{Finding, Learned};
use cast::Cast;
use model::Weights;
use ranking::Weighing;
use tokens::Token;

pub use explanation::{Explanation, ReadingExplained, explain};

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
    let words = words::read(&article.text);
    let sentences = sentences::segment_by_words(&article.text, &words, language);
    let Some(read) = attribution::read(&article.text, &words, language, options.indirect) else {
        return Ok(QuotedArticle { article, sentences, words, quotes: Vec::new(), quotes_found: 0 });
    };
    let mut found = read.quotes(&mut Learned(Weights::learned()));
    if options.indirect {
        reported::find(&read, &mut found);
    }
    found.retain(|finding| finding.words.len() >= options.min_words);
    let title = article.metadata.title.as_deref().unwrap_or_default();
    let mut quotes = weigh(found, &read.tokens, &read.cast, title);
    let quotes_found = quotes.len();
    ranking::keep_best(&mut quotes, options.max);
    Ok(QuotedArticle { article, sentences, words, quotes, quotes_found })
}

/// How many words of the article are its lead.
const LEAD_WORDS: usize = 60;

fn weigh(found: Vec<Finding>, tokens: &[Token], cast: &Cast, title: &str) -> Vec<Quote> {
    let mut lead: FxHashSet<u64> = tokens.iter().take(LEAD_WORDS).filter(|token| !token.quoted).map(|token| token.hash).collect();
    lead.extend(words::words(title).map(|word| words::hash(word.of(title))));
    let weight = |person: usize| cast.persons.get(person).map_or(0, |known| known.spoken_of);
    let top = cast.persons.iter().map(|known| known.spoken_of).max().unwrap_or_default().max(1);
    let total = f64::from(u32::try_from(found.len()).unwrap_or(u32::MAX)).max(1.0);
    let mut weighed = Vec::with_capacity(found.len());
    let mut rank = 0.0;
    for finding in found {
        let share = finding.person.map_or(0.0, |person| f64::from(weight(person)) / f64::from(top));
        let words = tokens.get(finding.words).unwrap_or_default();
        let weighing = Weighing { words, whole: finding.whole, fragment: finding.fragment, place: rank / total, share };
        let score = ranking::score(&finding.quote, &weighing, &lead);
        weighed.push(Quote { score, ..finding.quote });
        rank += 1.0;
    }
    weighed
}
