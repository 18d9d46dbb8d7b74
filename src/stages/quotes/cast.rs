//! Who is who: which names, offices and initials are one person or body, and what each is called in full.

use rustc_hash::FxHashMap;

use super::lexicon::{self, GIVEN, GIVEN_FEMININE, GIVEN_MASCULINE};
use super::tokens::Token;
use crate::model::Span;
use crate::text::words;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    Unknown,
    Masculine,
    Feminine,
    /// Of a pronoun: a human being, man or woman.
    Either,
}

/// One person or body.
#[derive(Clone, Debug)]
pub struct Person {
    /// The fullest form that the article gives.
    pub name: Span,
    words: usize,
    pub named: bool,
    pub mentions: u32,
    pub gender: Gender,
    /// A given name, a title or an office tells that it is a human being.
    pub human: bool,
    /// It is called by a noun for a body, or by initials.
    pub body: bool,
    pub plural: bool,
    /// It is called as a country, a region or a town is.
    pub place: bool,
    /// Some mention's capital can only be a name's.
    pub sure: bool,
    given: Option<u64>,
    /// Mentions that are left once common nouns are out; those hung on a preposition; those beside a verb of speech.
    pub spoken_of: u32,
    pub hung: u32,
    pub speaks: u32,
}

/// Everybody in an article, found by the words that they are called by.
#[derive(Debug, Default)]
pub struct Cast {
    pub persons: Vec<Person>,
    /// Bearers of a surname, the latest last.
    by_surname: FxHashMap<u64, Vec<usize>>,
    by_given: FxHashMap<u64, usize>,
    by_initials: FxHashMap<u64, usize>,
    by_role: FxHashMap<u64, usize>,
}

/// People of one surname that are told apart.
const NAMESAKES_MAX: usize = 8;

/// What is known of a name from the words beside it.
#[derive(Clone, Copy, Debug)]
pub struct Naming {
    pub gender: Gender,
    pub human: bool,
}

impl Cast {
    /// The one with this name; `words` are its tokens, `place` where it stands.
    pub fn name(&mut self, words: &[Token], place: Span, text: &str, naming: Naming) -> Option<usize> {
        let (head, tail) = (words.first()?, words.last()?);
        let given = (words.len() > 1).then_some(head.hash);
        let known = self.find(words, given);
        let gender = if naming.gender == Gender::Unknown { given_gender(head) } else { naming.gender };
        let human = naming.human || words.len() > 1 && head.is(GIVEN);
        let person = known.unwrap_or_else(|| {
            let body = words.iter().any(|word| word.initials || word.is(lexicon::BODY | lexicon::BODY_NAME));
            let is_place = words.len() == 1 && head.is(lexicon::PLACE) || tail.is(lexicon::PLACE_END) && !tail.is(lexicon::BODY_NAME);
            self.persons.push(Person {
                name: place,
                words: words.len(),
                named: true,
                mentions: 0,
                gender,
                human,
                body: body && !is_place,
                plural: false,
                place: is_place,
                sure: false,
                given,
                spoken_of: 0,
                hung: 0,
                speaks: 0,
            });
            self.persons.len() - 1
        });
        let known = self.persons.get_mut(person)?;
        known.mentions += 1;
        known.human |= human;
        if words.len() > known.words || !known.named {
            known.words = words.len();
            known.name = place;
            known.named = true;
        }
        known.given = known.given.or(given);
        if known.gender == Gender::Unknown {
            known.gender = gender;
        }
        let namesakes = self.by_surname.entry(tail.hash).or_default();
        namesakes.retain(|namesake| *namesake != person);
        if namesakes.len() >= NAMESAKES_MAX {
            namesakes.remove(0);
        }
        namesakes.push(person);
        if words.len() > 1 {
            self.by_given.entry(head.hash).or_insert(person);
            if let Some(initials) = initials(words, text) {
                self.by_initials.entry(initials).or_insert(person);
            }
        }
        Some(person)
    }

    fn find(&self, words: &[Token], given: Option<u64>) -> Option<usize> {
        let (head, tail) = (words.first()?, words.last()?);
        if let Some(namesakes) = self.by_surname.get(&tail.hash) {
            let fits = |person: &&usize| {
                let other = self.persons.get(**person).and_then(|known| known.given);
                given.is_none() || other.is_none() || other == given
            };
            // Of namesakes, a surname alone means the one who is spoken of most, or was named first.
            let weight = |person: &&usize| self.persons.get(**person).map(|known| (known.mentions, std::cmp::Reverse(**person)));
            if let Some(person) = namesakes.iter().filter(fits).max_by_key(weight) {
                return Some(*person);
            }
            if given.is_some() {
                return None;
            }
        }
        if words.len() == 1 {
            let called = self.by_given.get(&head.hash).or_else(|| self.by_initials.get(&head.hash));
            return called.copied();
        }
        None
    }

    /// Whoever a single word names, if it was met as a surname.
    pub fn surname(&self, hash: u64) -> Option<usize> {
        self.by_surname.get(&hash).and_then(|namesakes| namesakes.last()).copied()
    }

    /// Another name for somebody: the initials in brackets after a name.
    pub fn alias(&mut self, hash: u64, person: usize) {
        self.by_initials.insert(hash, person);
    }

    /// From here on the office means this person.
    pub fn hold(&mut self, role: u64, person: usize) {
        self.by_role.insert(role, person);
    }

    /// Whoever holds the office.
    pub fn holder(&self, role: u64) -> Option<usize> {
        self.by_role.get(&role).copied()
    }

    /// Somebody known by an office only.
    pub fn unnamed(&mut self, place: Span, words: usize, gender: Gender, body: bool, plural: bool) -> usize {
        self.persons.push(Person {
            name: place,
            words,
            named: false,
            mentions: 1,
            gender,
            human: !body,
            body,
            plural,
            place: false,
            sure: true,
            given: None,
            spoken_of: 0,
            hung: 0,
            speaks: 0,
        });
        self.persons.len() - 1
    }

    pub fn met_again(&mut self, person: usize, gender: Gender) {
        if let Some(known) = self.persons.get_mut(person) {
            known.mentions += 1;
            if known.gender == Gender::Unknown {
                known.gender = gender;
            }
        }
    }
}

fn given_gender(head: &Token) -> Gender {
    match head.class & GIVEN {
        GIVEN_MASCULINE => Gender::Masculine,
        GIVEN_FEMININE => Gender::Feminine,
        _ => Gender::Unknown,
    }
}

/// The number of the word that the capitals of a name make: "Harbour Workers' Union", "hwu".
fn initials(words: &[Token], text: &str) -> Option<u64> {
    let letters = words.iter().filter(|word| word.capital).filter_map(|word| word.span().of(text).chars().next());
    letters.clone().nth(1).is_some().then(|| words::hash_of_letters(letters))
}
