//! Names what an article is about.
//!
//! The method is YAKE (Campos, Mangaravite, Pasquali, Jorge, Nunes, Jatowt: "YAKE! Keyword extraction from single
//! documents using multiple local features", Information Sciences 509, 2020), which needs a language's stop words at most:
//! a word counts by its case, place, frequency, spread, and by how few different neighbours it has. Three changes:
//! names are kept whole, the first sentence stands for the median one, and forms of one phrase are counted together.

use rustc_hash::FxHashMap;

use crate::model::{Keyphrase, Span, StageError, SummarizedArticle};
use crate::text::lang::{self, WordData};
use crate::text::unicode::is_unspaced;
use crate::text::words;

/// How many keyphrases are given.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many at most, the best by score.
    pub max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { max: 10 }
    }
}

/// A name of more words than this is a headline in capitals.
const NAME_WORDS_MAX: usize = 5;
/// As in YAKE: phrases of up to three words.
const PHRASE_WORDS_MAX: usize = 3;
/// In scripts without spaces a word is a character, and a phrase a few of them.
const UNSPACED_PHRASE_MAX: usize = 4;
/// Near-duplicates are looked for among so many of the best for each that is wanted.
const MERGED_PER_WANTED: usize = 6;

/// Finds the keyphrases of one article, best first.
pub fn extract(article: &SummarizedArticle, options: &Options) -> Result<Vec<Keyphrase>, StageError> {
    let text = &article.quoted.article.text;
    let words = &lang::of(&article.quoted.article.language.code).words;
    let tokens = Tokens::of(text, &article.quoted.sentences, words);
    let weights = tokens.weights();
    let mut candidates = candidates(&tokens, &weights);
    let dearer = |a: &Candidate, b: &Candidate| a.cost.total_cmp(&b.cost).then(a.first.cmp(&b.first)).then(a.terms.cmp(&b.terms));
    let wanted = options.max.saturating_mul(MERGED_PER_WANTED);
    if wanted < candidates.len() {
        candidates.select_nth_unstable_by(wanted, dearer);
        candidates.truncate(wanted);
    }
    candidates.sort_unstable_by(dearer);
    let mut phrases: Vec<Keyphrase> = Vec::new();
    for candidate in merged(candidates, &tokens).into_iter().take(options.max) {
        let score = super::finish::rounded(1.0 / (1.0 + candidate.cost));
        phrases.push(Keyphrase { text: tokens.usual_form(text, &candidate), score, count: candidate.places.len() });
    }
    Ok(phrases)
}

/// A word where it stands.
struct Token {
    span: Span,
    term: usize,
    /// True where something stronger than a space, hyphen or apostrophe stands before it.
    is_after_break: bool,
    is_capital: bool,
    is_acronym: bool,
    is_unspaced: bool,
    /// The run of capitalized words that it belongs to.
    name: Option<usize>,
}

/// What is known of a word in all its places.
#[derive(Default)]
struct Term {
    count: f64,
    /// How often it is capitalized where that is no rule of the sentence.
    capitals: f64,
    /// How often it is written without a capital.
    lowers: f64,
    first_sentence: f64,
    last_sentence: Option<usize>,
    sentences: f64,
    left: f64,
    right: f64,
    /// Too short to be a subject, a number, or a stop word.
    is_slight: bool,
}

struct Tokens {
    all: Vec<Token>,
    terms: Vec<Term>,
    /// How often one word follows another.
    pairs: FxHashMap<(usize, usize), u32>,
    sentences: f64,
}

impl Tokens {
    fn of(text: &str, sentences: &[Span], language: &WordData) -> Self {
        let mut tokens = Self {
            all: Vec::with_capacity(text.len() / 6),
            terms: Vec::new(),
            pairs: FxHashMap::default(),
            sentences: sentences.len() as f64,
        };
        let mut ids: FxHashMap<u64, usize> = FxHashMap::default();
        for (place, sentence) in sentences.iter().enumerate() {
            let within = sentence.of(text);
            let mut before: Option<(usize, usize)> = None;
            for word in words::words(within) {
                let letters = word.of(within);
                let term = *ids.entry(fold(letters)).or_insert(tokens.terms.len());
                if term == tokens.terms.len() {
                    let is_slight = is_slight(letters) || (!is_acronym(letters) && language.is_stop(&letters.to_lowercase()));
                    tokens.terms.push(Term { first_sentence: place as f64, is_slight, ..Term::default() });
                }
                let is_after_break = before.is_none_or(|(_, end)| !joins(Span::new(end, word.start).of(within)));
                let is_capital = letters.starts_with(char::is_uppercase);
                if let Some(known) = tokens.terms.get_mut(term) {
                    known.count += 1.0;
                    known.capitals += f64::from(u8::from(is_capital && before.is_some()));
                    known.lowers += f64::from(u8::from(!is_capital));
                    known.sentences += f64::from(u8::from(known.last_sentence != Some(place)));
                    known.last_sentence = Some(place);
                }
                if let Some((left, _)) = before.filter(|_| !is_after_break) {
                    let count = tokens.pairs.entry((left, term)).or_insert(0_u32);
                    *count += 1;
                    if *count == 1 {
                        tokens.terms.get_mut(left).into_iter().for_each(|known| known.right += 1.0);
                        tokens.terms.get_mut(term).into_iter().for_each(|known| known.left += 1.0);
                    }
                }
                before = Some((term, word.end));
                let span = Span::new(sentence.start + word.start, sentence.start + word.end);
                let is_unspaced = letters.starts_with(is_unspaced);
                tokens.all.push(Token { span, term, is_after_break, is_capital, is_acronym: is_acronym(letters), is_unspaced, name: None });
            }
        }
        tokens.mark_names(sentences);
        tokens
    }

    fn is_slight(&self, token: &Token) -> bool {
        self.terms.get(token.term).is_none_or(|term| term.is_slight)
    }

    /// Numbers the runs of capitalized words. The first word of a sentence is capital by rule: it belongs to a name
    /// only where it is written so elsewhere too.
    fn mark_names(&mut self, sentences: &[Span]) {
        let mut starts = sentences.iter().map(|sentence| sentence.start).peekable();
        let mut name = 0;
        let (mut was_name, mut was_acronym) = (false, false);
        for index in 0..self.all.len() {
            let Some(token) = self.all.get(index) else { break };
            while starts.next_if(|start| *start < token.span.start).is_some() {}
            let opens_sentence = starts.next_if_eq(&token.span.start).is_some();
            let known = self.terms.get(token.term);
            let is_known = known.is_some_and(|term| term.capitals > 0.0);
            // The article of "L’OTAN" is no part of the name: elsewhere it is small.
            let is_elided = token.span.len() == 1 && known.is_some_and(|term| term.lowers > 0.0);
            let is_name = token.is_capital && !is_elided && (!opens_sentence || is_known);
            // "le chef de l’OTAN Mark Rutte" is a body and a person, not one name.
            let goes_on = was_name && !token.is_after_break && !token.is_acronym && !was_acronym;
            was_acronym = token.is_acronym;
            name += usize::from(is_name && !goes_on);
            was_name = is_name;
            if let Some(token) = self.all.get_mut(index) {
                token.name = is_name.then_some(name);
            }
        }
    }

    /// YAKE's cost of each word: the lower, the more it says.
    fn weights(&self) -> Vec<f64> {
        let counted = self.terms.iter().filter(|term| !term.is_slight);
        let total = counted.clone().count().max(1) as f64;
        let mean = counted.clone().map(|term| term.count).sum::<f64>() / total;
        let spread = (counted.map(|term| (term.count - mean) * (term.count - mean)).sum::<f64>() / total).sqrt();
        let most = self.terms.iter().map(|term| term.count).fold(1.0, f64::max);
        let weight = |term: &Term| {
            let case = term.capitals / (1.0 + libm::log(term.count));
            let place = libm::log(libm::log(3.0 + term.first_sentence));
            let frequency = term.count / (mean + spread).max(1.0);
            let relatedness = 1.0 + (term.left + term.right) / term.count * (term.count / most);
            let different = term.sentences / self.sentences.max(1.0);
            relatedness * place / (case + frequency / relatedness + different / relatedness).max(1e-9)
        };
        self.terms.iter().map(weight).collect()
    }

    /// The form that comes most often, the earliest among equals, as it stands in the text.
    fn usual_form(&self, text: &str, candidate: &Candidate) -> String {
        let mut forms: FxHashMap<&str, (usize, usize)> = FxHashMap::default();
        let mut best = ("", 0, usize::MAX);
        for (place, length) in &candidate.forms {
            let form = self.span(*place, *length).of(text);
            let (count, first) = forms.entry(form).or_insert((0, *place));
            *count += 1;
            if *count > best.1 || (*count == best.1 && *first < best.2) {
                best = (form, *count, *first);
            }
        }
        best.0.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn span(&self, place: usize, length: usize) -> Span {
        let run = self.all.get(place..place.saturating_add(length)).unwrap_or_default();
        match (run.first(), run.last()) {
            (Some(first), Some(last)) => Span::new(first.span.start, last.span.end),
            _ => Span::default(),
        }
    }
}

/// A phrase with all the places where it stands.
struct Candidate {
    cost: f64,
    first: usize,
    terms: Vec<usize>,
    is_name: bool,
    is_unspaced: bool,
    /// Where it begins, all forms counted.
    places: Vec<usize>,
    /// Where its own form stands, and in how many words.
    forms: Vec<(usize, usize)>,
}

/// Every phrase that could be a subject: names whole, single words, and runs of words that come again.
fn candidates(tokens: &Tokens, weights: &[f64]) -> Vec<Candidate> {
    let mut found: FxHashMap<[usize; NAME_WORDS_MAX], usize> = FxHashMap::default();
    let mut candidates: Vec<Candidate> = Vec::new();
    for (place, token) in tokens.all.iter().enumerate() {
        let length_max = if token.name.is_some() {
            NAME_WORDS_MAX
        } else if token.is_unspaced {
            UNSPACED_PHRASE_MAX
        } else {
            PHRASE_WORDS_MAX
        };
        let splits_name = token.name.is_some() && !token.is_after_break && name_at(tokens, place.wrapping_sub(1)) == token.name;
        if splits_name || (tokens.is_slight(token) && token.name.is_none()) {
            continue;
        }
        let mut key = [usize::MAX; NAME_WORDS_MAX];
        for length in 1..=length_max {
            let Some(last) = tokens.all.get(place + length - 1) else { break };
            let breaks_off = length > 1 && (last.is_after_break || last.is_unspaced != token.is_unspaced);
            if breaks_off || (last.name.is_none() && tokens.is_slight(last)) {
                break;
            }
            // What never comes again is no phrase, so most pairs end here.
            let follows_once = |before: &Token| tokens.pairs.get(&(before.term, last.term)).is_none_or(|count| *count < 2);
            if length > 1 && token.name.is_none() && tokens.all.get(place + length - 2).is_none_or(follows_once) {
                break;
            }
            key.get_mut(length - 1).into_iter().for_each(|term| *term = last.term);
            let is_split = last.name.is_some() && name_at(tokens, place + length) == last.name;
            // Beside a name stands its verb or role: only the name itself is a phrase.
            let is_mixed = token.name != last.name;
            if is_split || is_mixed || (token.is_unspaced && length == 1) || (length == 1 && tokens.is_slight(token)) {
                continue;
            }
            let index = *found.entry(key).or_insert(candidates.len());
            if index == candidates.len() {
                let terms = key.iter().copied().take(length).collect();
                let is_unspaced = token.is_unspaced;
                candidates.push(Candidate {
                    cost: 0.0,
                    first: place,
                    terms,
                    is_name: token.name.is_some(),
                    is_unspaced,
                    places: Vec::new(),
                    forms: Vec::new(),
                });
            }
            if let Some(candidate) = candidates.get_mut(index) {
                candidate.places.push(place);
                candidate.forms.push((place, length));
            }
        }
    }
    candidates.retain(|candidate| candidate.terms.len() == 1 || candidate.is_name || candidate.places.len() > 1);
    for candidate in &mut candidates {
        let costs = candidate.terms.iter().map(|term| weights.get(*term).copied().unwrap_or(f64::MAX));
        let (product, sum) = costs.fold((1.0, 0.0), |(product, sum), cost| (product * cost, sum + cost));
        candidate.cost = product / (candidate.places.len() as f64 * (1.0 + sum));
    }
    candidates
}

fn name_at(tokens: &Tokens, place: usize) -> Option<usize> {
    tokens.all.get(place)?.name
}

/// Counts a surname with its full name, and drops what is part of a better phrase.
fn merged(candidates: Vec<Candidate>, tokens: &Tokens) -> Vec<Candidate> {
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let alike = kept.iter_mut().find(|other| is_part(&candidate.terms, &other.terms) || is_part(&other.terms, &candidate.terms));
        let Some(other) = alike else {
            kept.push(candidate);
            continue;
        };
        let is_fuller = candidate.terms.len() > other.terms.len() && (candidate.is_name || candidate.is_unspaced);
        if is_fuller {
            other.terms.clone_from(&candidate.terms);
            other.forms.clone_from(&candidate.forms);
        }
        other.places.extend(candidate.places);
        other.places.sort_unstable_by_key(|place| tokens.all.get(*place).map_or(0, |token| token.span.start));
        // "Mark Rutte" holds "Rutte": what is within another place is not counted again.
        let length = other.terms.len();
        let forms = &other.forms;
        other.places.dedup();
        other.places.retain(|place| {
            let nearest = forms.partition_point(|(start, _)| start < place);
            nearest == 0 || forms.get(nearest - 1).is_none_or(|(start, _)| start + length <= *place)
        });
    }
    kept
}

fn is_part(short: &[usize], long: &[usize]) -> bool {
    short.len() <= long.len() && long.windows(short.len().max(1)).any(|window| window == short)
}

/// True where two words may stand in one phrase.
fn joins(between: &str) -> bool {
    between.chars().count() <= 1 && between.chars().all(|c| c.is_whitespace() || matches!(c, '-' | '‑' | '\'' | '’' | '·'))
}

/// A word that is no subject of its own: a number, or three letters or fewer that are not all capitals.
fn is_slight(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters == 0 || (letters <= 3 && !is_acronym(word) && !word.starts_with(is_unspaced))
}

fn is_acronym(word: &str) -> bool {
    word.chars().nth(1).is_some() && word.chars().all(|c| c.is_uppercase() || c.is_numeric())
}

/// A word's hash without regard to case.
fn fold(word: &str) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for c in word.chars().flat_map(char::to_lowercase) {
        hash = (hash ^ u64::from(c)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    hash
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stages::summary::samples::summarized;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, usize)]) {
        let found = extract(&summarized(text), &Options::default()).unwrap();
        for (phrase, count) in expected {
            assert!(found.iter().any(|item| item.text == *phrase && item.count == *count), "no {phrase:?} × {count} in {found:#?}");
        }
    }

    #[test]
    fn a_surname_counts_with_the_full_name() {
        check("The mayor, Ilse Brandt, spoke first. Then Brandt left, and nobody followed Brandt.", &[("Ilse Brandt", 3)]);
    }

    #[test]
    fn a_body_before_a_person_is_not_part_of_the_name() {
        check("On Monday the NATO chief praised NATO Mark Rutte said.", &[("Mark Rutte", 1), ("NATO", 2)]);
    }

    #[test]
    fn words_that_come_again_together_are_one_subject() {
        check("They paid for the solar panels. Few solar panels work at night, and solar panels age.", &[("solar panels", 3)]);
    }

    #[test]
    fn a_script_without_spaces_has_subjects_too() {
        check("港口罢工今天开始。港口罢工还没有结束。", &[("港口罢工", 2)]);
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        check("12. 7, 8!", &[]);
        assert!(extract(&summarized("12. 7, 8!"), &Options::default()).unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn phrases_are_bounded_ordered_and_the_same_each_time(text in "([A-Za-zé京都]{1,6}[ ,.'-]{0,2}){0,80}") {
            let found = extract(&summarized(&text), &Options { max: 5 }).unwrap();
            prop_assert!(found.len() <= 5);
            prop_assert!(found.is_sorted_by(|a, b| a.score >= b.score));
            prop_assert!(found.iter().all(|item| item.count > 0 && (0.0..=1.0).contains(&item.score) && !item.text.is_empty()));
            prop_assert_eq!(found, extract(&summarized(&text), &Options { max: 5 }).unwrap());
        }
    }
}
