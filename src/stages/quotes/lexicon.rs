//! What each word can be in a quote's surroundings, looked up once per word of the article.

use std::sync::{OnceLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::text::lang::{Language, QuoteData};
use crate::text::words::hash;

pub const VERB: u64 = 1;
pub const WEAK_VERB: u64 = 1 << 1;
pub const AUXILIARY: u64 = 1 << 2;
pub const ADPOSITION: u64 = 1 << 3;
pub const POSTPOSITION: u64 = 1 << 4;
pub const THAT: u64 = 1 << 5;
pub const MASCULINE: u64 = 1 << 6;
pub const FEMININE: u64 = 1 << 7;
pub const NEUTRAL: u64 = 1 << 8;
pub const ARTICLE: u64 = 1 << 9;
pub const PREPOSITION: u64 = 1 << 10;
pub const PARTICLE: u64 = 1 << 11;
pub const TITLE_MASCULINE: u64 = 1 << 12;
pub const TITLE_FEMININE: u64 = 1 << 13;
pub const ROLE: u64 = 1 << 14;
pub const LABEL: u64 = 1 << 15;
pub const COMMON: u64 = 1 << 16;
pub const CLITIC: u64 = 1 << 17;
/// A noun for a body: "ministry", "party".
pub const BODY: u64 = 1 << 18;
pub const GIVEN_MASCULINE: u64 = 1 << 19;
pub const GIVEN_FEMININE: u64 = 1 << 20;
pub const PLURAL: u64 = 1 << 21;
/// "a", "ein": somebody not met before.
pub const INDEFINITE: u64 = 1 << 22;
pub const TITLE_NEUTRAL: u64 = 1 << 23;
/// A role noun for a woman.
pub const ROLE_FEMININE: u64 = 1 << 24;
/// Some phrase ends with it.
pub const ENDS_PHRASE: u64 = 1 << 25;
/// It ends as common nouns do.
pub const COMMON_ENDING: u64 = 1 << 26;
/// "who": whoever was named last.
pub const RELATIVE: u64 = 1 << 27;
/// A full stop after it ends no sentence.
pub const SHORT: u64 = 1 << 28;
/// A country, a region, a town, or the last word of its name.
pub const PLACE: u64 = 1 << 29;
/// The last word of a place's name of several words.
pub const PLACE_END: u64 = 1 << 30;
/// A word of the names of bodies and media, or such a name.
pub const BODY_NAME: u64 = 1 << 31;
/// "by": whoever did it follows.
pub const AGENT: u64 = 1 << 32;
/// "quoted": its object speaks.
pub const QUOTING: u64 = 1 << 33;
/// A noun for a paper, whose maker speaks: "statement".
pub const DOCUMENT: u64 = 1 << 34;
/// A pronoun that stands for a human being, man or woman.
pub const PERSONAL: u64 = 1 << 36;
/// "from": whoever made the paper follows.
pub const MAKER: u64 = 1 << 35;

pub const ANY_VERB: u64 = VERB | WEAK_VERB;
pub const PRONOUN: u64 = MASCULINE | FEMININE | NEUTRAL;
pub const TITLE: u64 = TITLE_MASCULINE | TITLE_FEMININE | TITLE_NEUTRAL;
pub const GIVEN: u64 = GIVEN_MASCULINE | GIVEN_FEMININE;
/// Words that are no name, however they are written.
pub const SMALL: u64 = PRONOUN | ARTICLE | PREPOSITION | THAT | COMMON | AUXILIARY | ADPOSITION | POSTPOSITION;

/// Given names that tell whether a man or a woman is meant, in any of the languages.
const GIVEN_NAMES: &str = include_str!("given_names.txt");

/// Places, and words in the names of bodies, as any of the languages calls them.
const PLACES: &str = include_str!("places.txt");

/// What stands shortened after the name of a firm or a man.
const COMPANY_FORMS: [&str; 8] = ["inc", "corp", "ltd", "co", "bros", "plc", "jr", "sr"];

/// Bytes of the shortest word whose beginning or ending tells something.
pub const FORMED_MIN: usize = 5;

/// A language's words by what they can be.
#[derive(Debug, Default)]
pub struct Lexicon {
    words: FxHashMap<u64, u64>,
    /// Phrases of several words, by their last: what they are, and the words before it, from the last backwards.
    phrases: FxHashMap<u64, Vec<(u64, Vec<u64>)>>,
    /// Endings with what they make of a word, by their last byte.
    endings: FxHashMap<u8, Vec<(String, u64)>>,
    /// How words begin that are no names, even at the head of a sentence.
    beginnings: Vec<String>,
    /// The offices that titles stand for.
    title_roles: FxHashMap<u64, Vec<u64>>,
}

impl Lexicon {
    /// The lexicon of a language, made once.
    pub fn of(language: &'static Language) -> &'static Self {
        static MADE: OnceLock<RwLock<Vec<(String, &'static Lexicon)>>> = OnceLock::new();
        let made = MADE.get_or_init(RwLock::default);
        let known = made.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, lexicon)) = known.iter().find(|(code, _)| *code == language.code) {
            return lexicon;
        }
        drop(known);
        let mut made = made.write().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, lexicon)) = made.iter().find(|(code, _)| *code == language.code) {
            return lexicon;
        }
        // At most one for each language file, kept for the whole run.
        let lexicon: &'static Self = Box::leak(Box::new(Self::new(&language.quotes)));
        made.push((language.code.clone(), lexicon));
        lexicon
    }

    fn new(data: &QuoteData) -> Self {
        let mut lexicon = Self::default();
        lexicon.add_given_names();
        lexicon.add_places();
        COMPANY_FORMS.iter().for_each(|form| lexicon.add(form, SHORT));
        let lists: [(&[String], u64); 30] = [
            (&data.relatives, RELATIVE),
            (&data.verbs, VERB),
            (&data.weak_verbs, WEAK_VERB),
            (&data.auxiliaries, AUXILIARY),
            (&data.adpositions, ADPOSITION),
            (&data.postpositions, POSTPOSITION),
            (&data.agents, AGENT),
            (&data.quoting, QUOTING),
            (&data.makers, MAKER),
            (&data.documents, ROLE | BODY | DOCUMENT),
            (&data.that, THAT),
            (&data.masculine, MASCULINE),
            (&data.feminine, FEMININE),
            (&data.neutral, NEUTRAL),
            (&data.plural, PLURAL),
            (&data.personal, PERSONAL),
            (&data.articles, ARTICLE),
            (&data.indefinite, ARTICLE | INDEFINITE),
            (&data.prepositions, PREPOSITION),
            (&data.particles, PARTICLE),
            (&data.titles_masculine, TITLE_MASCULINE),
            (&data.titles_feminine, TITLE_FEMININE),
            (&data.titles, TITLE_NEUTRAL),
            (&data.roles, ROLE),
            (&data.roles_feminine, ROLE | ROLE_FEMININE),
            (&data.roles_plural, ROLE | PLURAL),
            (&data.bodies, ROLE | BODY),
            (&data.labels, LABEL),
            (&data.common, COMMON),
            (&data.clitic_verbs, VERB | CLITIC),
        ];
        for (phrases, class) in lists {
            phrases.iter().for_each(|phrase| lexicon.add(phrase, class));
        }
        data.regular_forms().for_each(|(form, is_sure)| lexicon.add(&form, if is_sure { VERB } else { WEAK_VERB }));
        for verb in &data.verbs {
            data.clitics.iter().for_each(|clitic| lexicon.add(&format!("{verb}{clitic}"), VERB | CLITIC));
        }
        for (endings, class) in
            [(&data.role_endings, ROLE), (&data.role_endings_feminine, ROLE | ROLE_FEMININE), (&data.common_endings, COMMON_ENDING)]
        {
            for ending in endings {
                if let Some(last) = ending.as_bytes().last() {
                    lexicon.endings.entry(*last).or_default().push((ending.clone(), class));
                }
            }
        }
        for roles in &data.title_roles {
            let mut roles = roles.split_whitespace().map(hash);
            lexicon.title_roles.extend(roles.next().map(|title| (title, roles.collect())));
        }
        lexicon.beginnings.clone_from(&data.common_beginnings);
        lexicon
    }

    fn add_given_names(&mut self) {
        let mut class = 0;
        for line in GIVEN_NAMES.lines() {
            match line.trim() {
                "[men]" => class = GIVEN_MASCULINE,
                "[women]" => class = GIVEN_FEMININE,
                names => names.split_whitespace().for_each(|name| self.add(name, class)),
            }
        }
    }

    fn add_places(&mut self) {
        let mut class = 0;
        for line in PLACES.lines() {
            match line.trim() {
                "[places]" => class = PLACE,
                "[bodies]" => class = BODY_NAME,
                names => names.split(", ").for_each(|name| self.add(name, class | if name.contains(' ') { PLACE_END } else { 0 })),
            }
        }
    }

    fn add(&mut self, phrase: &str, class: u64) {
        let mut words: Vec<u64> = phrase.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(hash).collect();
        let Some(last) = words.pop() else { return };
        if words.is_empty() {
            *self.words.entry(last).or_default() |= class;
        } else {
            words.reverse();
            *self.words.entry(last).or_default() |= ENDS_PHRASE;
            self.phrases.entry(last).or_default().push((class, words));
        }
    }

    /// The offices that a title stands for.
    pub fn title_roles(&self, title: u64) -> &[u64] {
        self.title_roles.get(&title).map_or(&[], Vec::as_slice)
    }

    /// What a word can be by the lists, and whether one of them has it.
    pub fn listed(&self, hash: u64) -> (u64, bool) {
        let class = self.words.get(&hash).copied().unwrap_or_default();
        (class, class & !ENDS_PHRASE != 0)
    }

    /// What a word of no list can be, by how it begins and ends; `folded` is its lower-case form.
    pub fn by_form(&self, folded: &str) -> u64 {
        if folded.len() < FORMED_MIN {
            return 0;
        }
        if self.beginnings.iter().any(|beginning| folded.starts_with(beginning.as_str())) {
            return COMMON_ENDING;
        }
        let Some(endings) = folded.as_bytes().last().and_then(|last| self.endings.get(last)) else { return 0 };
        let fits = |ending: &str| folded.len() > ending.len() + 1 && folded.ends_with(ending);
        endings.iter().find(|(ending, _)| fits(ending)).map_or(0, |(_, class)| *class)
    }

    /// What the word makes of those before it, when a phrase ends with it. `before` gives them from the last backwards.
    pub fn phrase(&self, last: u64, mut before: impl FnMut(usize) -> Option<u64>) -> u64 {
        let Some(phrases) = self.phrases.get(&last) else { return 0 };
        let fits = |words: &[u64], before: &mut dyn FnMut(usize) -> Option<u64>| {
            words.iter().enumerate().all(|(back, word)| before(back) == Some(*word))
        };
        phrases.iter().filter(|(_, words)| fits(words, &mut before)).fold(0, |class, (found, _)| class | found)
    }
}
