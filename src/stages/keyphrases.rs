//! Names what an article is about.
//!
//! The method is YAKE (Campos, Mangaravite, Pasquali, Jorge, Nunes, Jatowt: "YAKE! Keyword extraction from single
//! documents using multiple local features", Information Sciences 509, 2020), which needs a language's stop words at most:
//! a word counts by its case, place, frequency, spread, and by how few different neighbours it has. Three changes:
//! names are kept whole, the first sentence stands for the median one, and forms of one phrase are counted together.

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::logs::ln;
use crate::model::{Form, Keyphrase, QuotedArticle, Span, StageError, SummarizedArticle, Word, Words};
use crate::text::lang::{self, Language};
use crate::text::unicode::is_latin_letter;

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
    let QuotedArticle { article, sentences, words, .. } = &article.quoted;
    let tokens = Tokens::of(&article.text, sentences, words, lang::of(&article.language.code));
    let Candidates { mut list, places } = candidates(&tokens, &tokens.weights());
    // No two phrases begin at one word and have the same length, so the order is the same on every machine.
    let dearer = |a: &Candidate, b: &Candidate| a.cost.total_cmp(&b.cost).then((a.first, a.length).cmp(&(b.first, b.length)));
    let wanted = options.max.saturating_mul(MERGED_PER_WANTED);
    if wanted < list.len() {
        list.select_nth_unstable_by(wanted, dearer);
        list.truncate(wanted);
    }
    list.sort_unstable_by(dearer);
    let mut phrases: Vec<Keyphrase> = Vec::new();
    for phrase in merged(&list, &places, options.max) {
        let score = super::finish::rounded(1.0 / (1.0 + phrase.cost));
        phrases.push(Keyphrase { text: tokens.usual_form(&article.text, &phrase), score, count: phrase.count() });
    }
    Ok(phrases)
}

/// A word where it stands, by the same number as in `Words`.
struct Token {
    term: u32,
    /// The run of capitalized words that it belongs to; `NO_NAME` for none.
    name: u32,
    /// How often its term follows the one before it; none where something parts them.
    follows: u32,
    /// True where something stronger than a space, hyphen or apostrophe stands before it.
    is_after_break: bool,
    is_capital: bool,
    is_acronym: bool,
    is_unspaced: bool,
    opens_sentence: bool,
    /// The term is slight.
    is_slight: bool,
}

impl Token {
    const fn is_name(&self) -> bool {
        self.name != NO_NAME
    }
}

const NO_NAME: u32 = u32::MAX;

/// What is known of a word in all its places.
#[derive(Clone)]
struct Term {
    count: u32,
    /// How often it is capitalized where that is no rule of the sentence.
    capitals: u32,
    /// How often it is written without a capital.
    lowers: u32,
    first_sentence: u32,
    last_sentence: u32,
    sentences: u32,
    /// How many different words stand before it, and after it.
    left: u32,
    right: u32,
    /// Where it was met last.
    latest: u32,
    /// Too short to be a subject, a number, or a stop word.
    is_slight: bool,
    /// A form of a verb of speech: "a déclaré" tells nothing of the subject.
    is_speech: bool,
    is_article: bool,
}

const NO_PLACE: u32 = u32::MAX;

struct Tokens<'a> {
    words: &'a [Word],
    all: Vec<Token>,
    terms: Vec<Term>,
    sentences: usize,
}

impl<'a> Tokens<'a> {
    fn of(text: &str, sentences: &[Span], words: &'a Words, language: &Language) -> Self {
        let mut all: Vec<Token> = Vec::with_capacity(words.all.len());
        let mut terms: Vec<Term> = Vec::with_capacity(words.terms.len());
        // Where each word's term was met before.
        let mut earlier: Vec<u32> = Vec::with_capacity(words.all.len());
        let mut rest = words.all.as_slice();
        for (sentence_place, sentence) in (0_u32..).zip(sentences) {
            let mut opens = true;
            // What the word before is: where it ends, and whether it is an article.
            let (mut end_before, mut is_after_article) = (sentence.start, false);
            while let Some((word, after)) = rest.split_first().filter(|(word, _)| word.span.start < sentence.end) {
                rest = after;
                let Word { span, term, form } = *word;
                let place = u32::try_from(all.len()).unwrap_or(NO_PLACE);
                let index = term as usize;
                // Terms are numbered as they come, so a number that is not yet here is the next.
                if index == terms.len() {
                    terms.push(Term::new(text, word, words, sentence_place, language));
                }
                let Some(known) = terms.get_mut(index) else { continue };
                let is_capital = form.is_capital();
                known.count += 1;
                known.capitals += u32::from(is_capital && !opens);
                known.lowers += u32::from(!is_capital);
                known.sentences += u32::from(known.last_sentence != sentence_place);
                known.last_sentence = sentence_place;
                earlier.push(known.latest);
                known.latest = place;
                // "claims that" is a verb, "the claims" are a subject, and so is what is written large.
                let is_noun = is_capital || is_after_article;
                all.push(Token {
                    term,
                    name: NO_NAME,
                    follows: 0,
                    is_after_break: opens || !joins(text, Span::new(end_before, span.start)),
                    is_capital,
                    is_acronym: form.is_acronym(),
                    is_unspaced: form.is_unspaced(),
                    opens_sentence: span.start == sentence.start,
                    is_slight: known.is_slight || known.is_speech && !is_noun,
                });
                (end_before, is_after_article, opens) = (span.end, known.is_article, false);
            }
        }
        let mut tokens = Self { words: &words.all, all, terms, sentences: sentences.len() };
        tokens.count_pairs(&earlier);
        tokens.mark_names();
        tokens
    }

    /// Counts how often each word follows the one before it. The places of a word are a chain through `earlier`, so
    /// the words that follow it are met one after the other, and a note at each of them tells which are known.
    fn count_pairs(&mut self, earlier: &[u32]) {
        // For each term: after which it was met last, and where that pair is counted.
        let mut met: Vec<(u32, u32)> = vec![(u32::MAX, NO_PLACE); self.terms.len()];
        // Where the pair that ends at a place is counted: at one of its own places.
        let mut counted: Vec<u32> = vec![NO_PLACE; self.all.len()];
        for left in 0..self.terms.len() {
            let mut place = self.terms.get(left).map_or(NO_PLACE, |term| term.latest);
            let mut followers = 0;
            while let Some(before) = earlier.get(place as usize) {
                let next = place + 1;
                place = *before;
                let Some(token) = self.all.get_mut(next as usize).filter(|token| !token.is_after_break) else { continue };
                let right = token.term as usize;
                let (Some(note), Some(at)) = (met.get_mut(right), counted.get_mut(next as usize)) else { continue };
                if note.0 as usize != left {
                    *note = (left as u32, next);
                    followers += 1;
                    self.terms.get_mut(right).into_iter().for_each(|term| term.left += 1);
                }
                *at = note.1;
                self.all.get_mut(note.1 as usize).into_iter().for_each(|token| token.follows += 1);
            }
            self.terms.get_mut(left).into_iter().for_each(|term| term.right = followers);
        }
        for (place, at) in counted.iter().enumerate() {
            let times = self.all.get(*at as usize).map_or(0, |token| token.follows);
            self.all.get_mut(place).into_iter().for_each(|token| token.follows = times);
        }
    }

    /// Numbers the runs of capitalized words. The first word of a sentence is capital by rule: it belongs to a name
    /// only where it is written so elsewhere too.
    fn mark_names(&mut self) {
        let mut name = 0;
        let (mut was_name, mut was_acronym) = (false, false);
        for (token, word) in self.all.iter_mut().zip(self.words) {
            let is_name = token.is_capital && {
                let known = self.terms.get(token.term as usize);
                let is_known = known.is_some_and(|term| term.capitals > 0);
                // The article of "L’OTAN" is no part of the name: elsewhere it is small.
                let is_elided = word.span.len() == 1 && known.is_some_and(|term| term.lowers > 0);
                !is_elided && (!token.opens_sentence || is_known)
            };
            // "le chef de l’OTAN Mark Rutte" is a body and a person, not one name.
            let goes_on = was_name && !token.is_after_break && !token.is_acronym && !was_acronym;
            was_acronym = token.is_acronym;
            name += u32::from(is_name && !goes_on);
            was_name = is_name;
            if is_name {
                token.name = name;
            }
        }
    }

    /// YAKE's cost of each word: the lower, the more it says.
    fn weights(&self) -> Vec<f64> {
        let counted = self.terms.iter().filter(|term| !term.is_slight);
        let total = counted.clone().count().max(1) as f64;
        let mean = counted.clone().map(|term| f64::from(term.count)).sum::<f64>() / total;
        let distance = |term: &Term| f64::from(term.count) - mean;
        let spread = (counted.map(|term| distance(term) * distance(term)).sum::<f64>() / total).sqrt();
        let most = self.terms.iter().map(|term| term.count).fold(1, u32::max);
        let (usual, most, sentences) = ((mean + spread).max(1.0), f64::from(most), (self.sentences as f64).max(1.0));
        // Terms come by their first sentence, so the logarithms of one are taken once.
        let (mut sentence, mut place) = (u32::MAX, 0.0);
        let weight = |term: &Term| {
            // What is slight is part of a name alone, and a name has capitals: this is asked of no candidate.
            if term.is_slight && term.lowers == term.count {
                return f64::MAX;
            }
            if term.first_sentence != sentence {
                sentence = term.first_sentence;
                place = libm::log(ln(3 + sentence as usize));
            }
            let count = f64::from(term.count);
            let case = if term.capitals == 0 { 0.0 } else { f64::from(term.capitals) / (1.0 + ln(term.count as usize)) };
            let frequency = count / usual;
            let relatedness = 1.0 + f64::from(term.left + term.right) / count * (count / most);
            let different = f64::from(term.sentences) / sentences;
            relatedness * place / (case + frequency / relatedness + different / relatedness).max(1e-9)
        };
        self.terms.iter().map(weight).collect()
    }

    /// The form that comes most often, the earliest among equals, as it stands in the text.
    fn usual_form(&self, text: &str, phrase: &Phrase<'_>) -> String {
        let form = |place: &u32| self.span(*place, phrase.candidate.length).of(text);
        let first = phrase.forms.first().map_or("", form);
        let best = if phrase.forms.iter().all(|place| form(place) == first) {
            first
        } else {
            let mut forms: FxHashMap<&str, (usize, u32)> = FxHashMap::default();
            let mut best = ("", 0, u32::MAX);
            for place in &phrase.forms {
                let (count, first) = forms.entry(form(place)).or_insert((0, *place));
                *count += 1;
                if *count > best.1 || (*count == best.1 && *first < best.2) {
                    best = (form(place), *count, *first);
                }
            }
            best.0
        };
        let mut usual = String::with_capacity(best.len());
        for word in best.split_whitespace() {
            if !usual.is_empty() {
                usual.push(' ');
            }
            usual.push_str(word);
        }
        usual
    }

    fn span(&self, place: u32, length: usize) -> Span {
        let place = place as usize;
        let run = self.words.get(place..place.saturating_add(length)).unwrap_or_default();
        match (run.first(), run.last()) {
            (Some(first), Some(last)) => Span::new(first.span.start, last.span.end),
            _ => Span::default(),
        }
    }
}

impl Term {
    /// Of a word that is met for the first time.
    fn new(text: &str, word: &Word, words: &Words, sentence: u32, language: &Language) -> Self {
        let hash = words.terms.get(word.term as usize).map_or(0, |term| term.hash);
        let kinds = language.kinds(hash);
        let is_slight = is_slight(word.span.of(text), word.form) || !word.form.is_acronym() && kinds.is_stop();
        Self {
            count: 0,
            capitals: 0,
            lowers: 0,
            first_sentence: sentence,
            last_sentence: u32::MAX,
            sentences: 0,
            left: 0,
            right: 0,
            latest: NO_PLACE,
            is_slight,
            is_speech: !is_slight && kinds.is_speech(),
            is_article: is_slight && kinds.is_article(),
        }
    }
}

/// A phrase that could be a subject. Its places are a chain through `Places`, so that the many phrases that are never
/// chosen cost no list of their own.
struct Candidate {
    cost: f64,
    /// The first word where it begins.
    first: u32,
    words: [u32; NAME_WORDS_MAX],
    length: usize,
    is_name: bool,
    is_unspaced: bool,
    count: u32,
    first_link: u32,
    last_link: u32,
}

impl Candidate {
    fn terms(&self) -> &[u32] {
        self.words.get(..self.length).unwrap_or_default()
    }
}

/// Where phrases begin, each with where the same phrase's next place is told.
struct Places {
    links: Vec<(u32, u32)>,
}

const NO_LINK: u32 = u32::MAX;

impl Places {
    fn add(&mut self, candidate: &mut Candidate, place: u32) {
        let link = u32::try_from(self.links.len()).unwrap_or(NO_LINK);
        match self.links.get_mut(candidate.last_link as usize) {
            Some((_, next)) => *next = link,
            None => candidate.first_link = link,
        }
        candidate.last_link = link;
        candidate.count += 1;
        self.links.push((place, NO_LINK));
    }

    /// All places of a phrase, in text order.
    fn of(&self, candidate: &Candidate) -> Vec<u32> {
        let mut places = Vec::with_capacity(candidate.count as usize);
        let mut link = candidate.first_link;
        while let Some((place, next)) = self.links.get(link as usize) {
            places.push(*place);
            link = *next;
        }
        places
    }
}

struct Candidates {
    list: Vec<Candidate>,
    places: Places,
}

const NO_PHRASE: u32 = u32::MAX;

/// Every phrase that could be a subject: names whole, single words, and runs of words that come again.
fn candidates(tokens: &Tokens<'_>, weights: &[f64]) -> Candidates {
    let mut list: Vec<Candidate> = Vec::with_capacity(tokens.terms.len());
    let mut places = Places { links: Vec::with_capacity(tokens.all.len()) };
    // Runs of words are numbered: a single word by its term, a longer run by the run that it adds a word to.
    let mut candidate_of_run = vec![NO_PHRASE; tokens.terms.len()];
    let mut longer: FxHashMap<(u32, u32), u32> = FxHashMap::with_capacity_and_hasher(tokens.all.len() / 8, FxBuildHasher);
    for (place, token) in (0_u32..).zip(&tokens.all) {
        let at = place as usize;
        let length_max = if token.is_name() {
            NAME_WORDS_MAX
        } else if token.is_unspaced {
            UNSPACED_PHRASE_MAX
        } else {
            PHRASE_WORDS_MAX
        };
        let splits_name = token.is_name() && !token.is_after_break && name_at(tokens, at.wrapping_sub(1)) == token.name;
        if splits_name || (token.is_slight && !token.is_name()) {
            continue;
        }
        let mut words = [u32::MAX; NAME_WORDS_MAX];
        let mut run = token.term;
        for length in 1..=length_max {
            let Some(last) = tokens.all.get(at + length - 1) else { break };
            let breaks_off = length > 1 && (last.is_after_break || last.is_unspaced != token.is_unspaced);
            if breaks_off || (!last.is_name() && last.is_slight) {
                break;
            }
            // What never comes again is no phrase, so most pairs end here.
            if length > 1 && !token.is_name() && last.follows < 2 {
                break;
            }
            words.get_mut(length - 1).into_iter().for_each(|term| *term = last.term);
            if length > 1 {
                let next = u32::try_from(candidate_of_run.len()).unwrap_or(NO_PHRASE);
                run = *longer.entry((run, last.term)).or_insert(next);
                if run == next {
                    candidate_of_run.push(NO_PHRASE);
                }
            }
            let is_split = last.is_name() && name_at(tokens, at + length) == last.name;
            // Beside a name stands its verb or role: only the name itself is a phrase.
            let is_mixed = token.name != last.name;
            if is_split || is_mixed || (token.is_unspaced && length == 1) || (length == 1 && token.is_slight) {
                continue;
            }
            let Some(number) = candidate_of_run.get_mut(run as usize) else { break };
            if *number == NO_PHRASE {
                *number = u32::try_from(list.len()).unwrap_or(NO_PHRASE);
                list.push(Candidate {
                    cost: 0.0,
                    first: place,
                    words,
                    length,
                    is_name: token.is_name(),
                    is_unspaced: token.is_unspaced,
                    count: 0,
                    first_link: NO_LINK,
                    last_link: NO_LINK,
                });
            }
            if let Some(candidate) = list.get_mut(*number as usize) {
                places.add(candidate, place);
            }
        }
    }
    list.retain(|candidate| candidate.length == 1 || candidate.is_name || candidate.count > 1);
    for candidate in &mut list {
        let costs = candidate.terms().iter().map(|term| weights.get(*term as usize).copied().unwrap_or(f64::MAX));
        let (product, sum) = costs.fold((1.0, 0.0), |(product, sum), cost| (product * cost, sum + cost));
        candidate.cost = product / (f64::from(candidate.count) * (1.0 + sum));
    }
    Candidates { list, places }
}

fn name_at(tokens: &Tokens<'_>, place: usize) -> u32 {
    tokens.all.get(place).map_or(NO_NAME, |token| token.name)
}

/// A phrase that is kept, with all the places where it stands.
struct Phrase<'a> {
    /// What it is written as.
    candidate: &'a Candidate,
    cost: f64,
    /// A bit for each of its terms, which other terms may share: what has a bit that this has not is no part of it.
    bits: u64,
    /// Where its own form stands, in text order.
    forms: Vec<u32>,
    /// Where it begins, all forms counted; none while it has only one.
    places: Option<Vec<u32>>,
}

impl Phrase<'_> {
    fn count(&self) -> usize {
        self.places.as_ref().unwrap_or(&self.forms).len()
    }
}

/// The best `max` phrases: a surname is counted with its full name, and what is part of a better phrase is dropped.
fn merged<'a>(candidates: &'a [Candidate], places: &Places, max: usize) -> Vec<Phrase<'a>> {
    let mut kept: Vec<Phrase<'a>> = Vec::with_capacity(max.min(candidates.len()));
    for candidate in candidates {
        let terms = candidate.terms();
        let bits = bits_of(terms);
        let may_be_part = |other: &Phrase<'_>| bits & other.bits == bits || bits & other.bits == other.bits;
        let is_part = |other: &Phrase<'_>| may_be_part(other) && is_part_either_way(terms, other.candidate.terms());
        let Some(other) = kept.iter_mut().find(|other| is_part(other)) else {
            if kept.len() < max {
                kept.push(Phrase { candidate, cost: candidate.cost, bits, forms: places.of(candidate), places: None });
            }
            continue;
        };
        let found = places.of(candidate);
        let mut all = other.places.take().unwrap_or_else(|| other.forms.clone());
        all.extend(&found);
        if candidate.length > other.candidate.length && (candidate.is_name || candidate.is_unspaced) {
            other.candidate = candidate;
            other.bits = bits;
            other.forms = found;
        }
        all.sort_unstable();
        // "Mark Rutte" holds "Rutte": what is within another place is not counted again.
        all.dedup();
        let (length, forms) = (other.candidate.length, &other.forms);
        all.retain(|place| {
            let nearest = forms.partition_point(|start| start < place);
            nearest == 0 || forms.get(nearest - 1).is_none_or(|start| *start as usize + length <= *place as usize)
        });
        other.places = Some(all);
    }
    kept
}

fn bits_of(terms: &[u32]) -> u64 {
    terms.iter().fold(0, |bits, term| bits | 1 << (term % u64::BITS))
}

fn is_part_either_way(one: &[u32], other: &[u32]) -> bool {
    if one.len() <= other.len() { is_part(one, other) } else { is_part(other, one) }
}

fn is_part(short: &[u32], long: &[u32]) -> bool {
    let Some((first, rest)) = short.split_first() else { return false };
    // Word by word: phrases are so short that calling out to compare them costs more than they do.
    let begins_at = |place: usize| rest.iter().zip(place + 1..).all(|(term, at)| long.get(at) == Some(term));
    long.iter().enumerate().any(|(place, term)| term == first && begins_at(place))
}

/// True where two words may stand in one phrase.
fn joins(text: &str, between: Span) -> bool {
    // Mostly it is a space; bytes are asked, since strings are compared by calling out.
    if between.len() == 1 && text.as_bytes().get(between.start) == Some(&b' ') {
        return true;
    }
    let mut letters = between.of(text).chars();
    let first = letters.next();
    letters.next().is_none() && first.is_none_or(|c| c.is_whitespace() || matches!(c, '-' | '‑' | '\'' | '’' | '·'))
}

/// A word that is no subject of its own: a number, or three letters or fewer that are not all capitals.
fn is_slight(word: &str, form: Form) -> bool {
    // So most words begin.
    if word.as_bytes().first_chunk::<4>().is_some_and(|first| first.iter().all(u8::is_ascii_alphabetic)) {
        return false;
    }
    let letters = word.chars().filter(|c| is_latin_letter(*c) || c.is_alphabetic()).take(4).count();
    letters == 0 || (letters <= 3 && !form.is_acronym() && !form.is_unspaced())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stages::summary::samples::{summarized, summarized_in};

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
    fn verbs_of_speech_are_no_subjects() {
        for (code, text, verb, subject) in [
            ("en", "“The quay is lost,” the harbour master announced. The quay, he announced, stays shut.", "announced", "quay"),
            ("fr", "« Le quai est perdu », a déclaré la capitaine. Le quai reste fermé, a-t-elle déclaré.", "déclaré", "quai"),
            ("de", "„Der Kai ist verloren“, erklärte die Kapitänin. Der Kai bleibt gesperrt, erklärte sie.", "erklärte", "Kapitänin"),
            ("es", "«El muelle está perdido», declaró la capitana. El muelle sigue cerrado, declaró.", "declaró", "muelle"),
            ("it", "«Il molo è perduto», ha dichiarato la capitana. Il molo resta chiuso, ha dichiarato.", "dichiarato", "molo"),
            ("pt", "“O cais está perdido”, afirmou a capitã. O cais continua fechado, afirmou.", "afirmou", "cais"),
            ("nl", "‘De kade is verloren’, verklaarde de kapitein. De kade blijft dicht, verklaarde hij.", "verklaarde", "kade"),
            ("id", "“Dermaga itu hilang,” ungkap kapten. Dermaga tetap ditutup, ungkapnya.", "ungkap", "dermaga"),
        ] {
            let found = extract(&summarized_in(code, text), &Options { max: 20 }).unwrap();
            let has = |word: &str| found.iter().any(|item| item.text.to_lowercase().split(' ').any(|part| part == word));
            assert!(!has(verb) && has(&subject.to_lowercase()), "{code}: {found:?}");
        }
    }

    #[test]
    fn what_is_written_as_a_verb_of_speech_may_be_a_subject() {
        let found = extract(&summarized_in("en", "The claim was late. Both sides dispute the claim."), &Options::default()).unwrap();
        assert!(found.iter().any(|item| item.text == "claim"), "{found:?}");
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
