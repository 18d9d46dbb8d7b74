//! Who is mentioned: names, offices and pronouns, and which of them are one person.

use rustc_hash::FxHashMap;

use super::lexicon::{
    self, ANY_VERB, ARTICLE, AUXILIARY, FEMININE, MASCULINE, PARTICLE, PREPOSITION, PRONOUN, ROLE, SMALL, TITLE, TITLE_FEMININE,
    TITLE_MASCULINE,
};
use super::tokens::{BRACKET, BREAK, COLON, COMMA, DASH, EDGE, JOINED, STOP, Token};
use crate::model::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Name,
    Role,
    Pronoun,
}

/// Words that stand for somebody: tokens `first` to `last`, both included.
#[derive(Clone, Copy, Debug)]
pub struct Mention {
    pub kind: Kind,
    pub first: usize,
    pub last: usize,
    /// The one mentioned, where it is a name or an office that is linked to one.
    pub person: Option<usize>,
    /// Hung on a preposition: somebody spoken to, or what an office is of.
    pub hung: bool,
    pub gender: Gender,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    Unknown,
    Masculine,
    Feminine,
}

/// One person or body.
#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    words: usize,
    pub mentions: usize,
    pub gender: Gender,
}

/// Everybody in an article.
#[derive(Debug, Default)]
pub struct Cast {
    pub mentions: Vec<Mention>,
    pub persons: Vec<Person>,
}

/// A name of more words is a heading.
const NAME_WORDS_MAX: usize = 6;

/// How many words an office may have after its noun: "secrétaire général de l'OTAN".
const ROLE_WORDS_MAX: usize = 7;

/// Reads all mentions outside quotation marks, in text order.
pub fn read(text: &str, tokens: &[Token], capital_nouns: bool) -> Cast {
    let mut cast = Cast::default();
    let mut by_surname: FxHashMap<u64, usize> = FxHashMap::default();
    let mut by_role: FxHashMap<u64, usize> = FxHashMap::default();
    let mut singles: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at).copied() {
        if token.quoted {
            at += 1;
            continue;
        }
        if token.is(PRONOUN) && (!token.is(ARTICLE) || token.after(JOINED)) {
            cast.mentions.push(Mention {
                kind: Kind::Pronoun,
                first: at,
                last: at,
                person: None,
                hung: hung(tokens, at),
                gender: pronoun_gender(token),
            });
            at += 1;
            continue;
        }
        if token.is(ROLE) && !token.after(JOINED) {
            at = read_role(text, tokens, at, &mut cast, &mut by_surname, &mut by_role);
            continue;
        }
        if starts_name(token) {
            let last = name_end(tokens, at);
            let titled = at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| before.is(TITLE));
            let single = last == at && !titled;
            if single && capital_nouns {
                singles.push(cast.mentions.len());
            }
            push_name(text, tokens, at, last, &mut cast, &mut by_surname);
            at = last + 1;
            continue;
        }
        at += 1;
    }
    if capital_nouns {
        forget_common_nouns(tokens, &mut cast, &singles);
    }
    link_roles(tokens, &mut cast, &by_role);
    cast
}

fn starts_name(token: Token) -> bool {
    token.capital && !token.is(SMALL | TITLE | ROLE) && !(token.is(ANY_VERB) && token.after(STOP | BREAK))
}

/// The last word of the name that begins at `first`.
fn name_end(tokens: &[Token], first: usize) -> usize {
    let mut last = first;
    let mut at = first + 1;
    while at < first + NAME_WORDS_MAX {
        let Some(token) = tokens.get(at) else { break };
        let abbreviated = token.gap == STOP && tokens.get(at - 1).is_some_and(|before| before.span().len() == 1);
        if token.quoted || token.after(COMMA | COLON | BREAK | DASH | BRACKET | EDGE) || token.after(STOP) && !abbreviated {
            break;
        }
        if token.capital && !token.is(ROLE | TITLE) {
            last = at;
        } else if !token.is(PARTICLE) && !token.after(JOINED) || token.span().len() > 4 {
            break;
        }
        at += 1;
    }
    last
}

fn push_name(text: &str, tokens: &[Token], first: usize, last: usize, cast: &mut Cast, by_surname: &mut FxHashMap<u64, usize>) -> usize {
    let (Some(head), Some(tail)) = (tokens.get(first), tokens.get(last)) else { return 0 };
    let title = first.checked_sub(1).and_then(|before| tokens.get(before)).map_or(0, |before| before.class & TITLE);
    let gender = match title {
        TITLE_MASCULINE => Gender::Masculine,
        TITLE_FEMININE => Gender::Feminine,
        _ => Gender::Unknown,
    };
    let name = Span::new(head.span().start, tail.span().end).of(text);
    let words = last - first + 1;
    let person = *by_surname.entry(tail.hash).or_insert_with(|| {
        cast.persons.push(Person { name: name.to_owned(), words, mentions: 0, gender });
        cast.persons.len() - 1
    });
    if let Some(known) = cast.persons.get_mut(person) {
        known.mentions += 1;
        if words > known.words {
            known.words = words;
            name.clone_into(&mut known.name);
        }
        if known.gender == Gender::Unknown {
            known.gender = gender;
        }
    }
    // The first name alone is the same person, as long as nobody else is called so.
    if words > 1 {
        by_surname.entry(head.hash).or_insert(person);
    }
    let titled = title != 0;
    let hung = hung(tokens, if titled { first - 1 } else { first });
    cast.mentions.push(Mention { kind: Kind::Name, first, last, person: Some(person), hung, gender });
    person
}

/// Reads an office from its noun on, with what it is of and the name beside it. Gives the token to go on with.
fn read_role(
    text: &str,
    tokens: &[Token],
    noun: usize,
    cast: &mut Cast,
    by_surname: &mut FxHashMap<u64, usize>,
    by_role: &mut FxHashMap<u64, usize>,
) -> usize {
    let Some(role) = tokens.get(noun) else { return noun + 1 };
    let article = noun
        .checked_sub(1)
        .filter(|before| tokens.get(*before).is_some_and(|token| token.is(ARTICLE)) && !role.after(COMMA | STOP | BREAK | EDGE));
    let first = article.unwrap_or(noun);
    let hung_on = hung(tokens, first);
    let mut last = noun;
    let mut name = None;
    let mut at = noun + 1;
    while at <= noun + ROLE_WORDS_MAX {
        let Some(token) = tokens.get(at) else { break };
        if token.quoted
            || token.after(STOP | COLON | BREAK | DASH | BRACKET | EDGE) && !tokens.get(at - 1).is_some_and(|before| before.is(TITLE))
        {
            break;
        }
        if token.after(COMMA) {
            if starts_name(*token) {
                name = Some(at);
            }
            break;
        }
        let after_preposition = tokens.get(at - 1).is_some_and(|before| before.is(PREPOSITION | ARTICLE));
        if token.capital && !token.is(SMALL | ROLE | TITLE) {
            if after_preposition {
                let end = name_end(tokens, at);
                // "secrétaire général de l'OTAN Mark Rutte": a short word in capitals is a body of its own.
                let body = end > at && token.span().of(text).chars().all(|c| !c.is_lowercase());
                last = if body { at } else { end };
                at = last + 1;
                continue;
            }
            name = Some(at);
            break;
        }
        let belongs = token.is(ROLE | PREPOSITION | ARTICLE | PARTICLE | TITLE) || token.after(JOINED) || at == noun + 1;
        if token.is(ANY_VERB | AUXILIARY | PRONOUN) && !token.is(PREPOSITION | ARTICLE | PARTICLE) || !belongs {
            break;
        }
        if token.is(ROLE) || after_preposition {
            last = at;
        }
        at += 1;
    }
    if let Some(start) = name {
        let end = name_end(tokens, start);
        let person = push_name(text, tokens, start, end, cast, by_surname);
        if let Some(mention) = cast.mentions.last_mut() {
            mention.hung = hung_on;
        }
        by_role.insert(role.hash, person);
        return end + 1;
    }
    let gender = tokens.get(first).map_or(Gender::Unknown, |token| if token.is(FEMININE) { Gender::Feminine } else { Gender::Unknown });
    cast.mentions.push(Mention { kind: Kind::Role, first, last, person: None, hung: hung_on, gender });
    last + 1
}

/// Whether a preposition stands before the words from `first` on: « a-t-il déclaré à Reuters ».
fn hung(tokens: &[Token], first: usize) -> bool {
    let Some(token) = tokens.get(first) else { return false };
    if token.after(COMMA | STOP | BREAK | EDGE | COLON | DASH | BRACKET) {
        return false;
    }
    let mut before = first.checked_sub(1).and_then(|at| tokens.get(at));
    if before.is_some_and(|word| word.is(ARTICLE) && !word.is(PREPOSITION))
        && !before.is_some_and(|word| word.after(COMMA | STOP | BREAK | EDGE | COLON))
    {
        before = first.checked_sub(2).and_then(|at| tokens.get(at));
    }
    before.is_some_and(|word| word.is(PREPOSITION) && !word.is(lexicon::ADPOSITION))
}

const fn pronoun_gender(token: Token) -> Gender {
    match token.class & (MASCULINE | FEMININE) {
        MASCULINE => Gender::Masculine,
        FEMININE => Gender::Feminine,
        _ => Gender::Unknown,
    }
}

/// Where all nouns have capitals, a single one is a name only if it ends a longer name, or stands alone beside a verb
/// of speech.
fn forget_common_nouns(tokens: &[Token], cast: &mut Cast, singles: &[usize]) {
    let mut longer = vec![false; cast.persons.len()];
    for mention in &cast.mentions {
        let titled = mention.first.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|token| token.is(TITLE));
        if let Some(person) = mention.person
            && (mention.last > mention.first || titled)
            && let Some(seen) = longer.get_mut(person)
        {
            *seen = true;
        }
    }
    let mut drop = vec![false; cast.mentions.len()];
    for index in singles {
        let Some(mention) = cast.mentions.get(*index) else { continue };
        let known = mention.person.and_then(|person| longer.get(person)).is_some_and(|seen| *seen);
        let before = mention.first.checked_sub(1).and_then(|at| tokens.get(at));
        let after = tokens.get(mention.last + 1);
        let bare = !before.is_some_and(|token| token.is(ARTICLE | PREPOSITION));
        let speaks = before.is_some_and(|token| token.is(ANY_VERB)) || after.is_some_and(|token| token.is(ANY_VERB | AUXILIARY));
        if let Some(drop) = drop.get_mut(*index) {
            *drop = !(known || bare && speaks);
        }
    }
    let mut place = 0;
    cast.mentions.retain(|_| {
        place += 1;
        !drop.get(place - 1).is_some_and(|gone| *gone)
    });
}

/// An office alone is the person who was named with it.
fn link_roles(tokens: &[Token], cast: &mut Cast, by_role: &FxHashMap<u64, usize>) {
    for mention in cast.mentions.iter_mut().filter(|mention| mention.kind == Kind::Role) {
        let definite = tokens.get(mention.first).is_some_and(|token| token.is(ARTICLE));
        let nouns = tokens.get(mention.first..=mention.last).unwrap_or_default();
        let noun = nouns.iter().find(|token| token.is(ROLE));
        if definite && let Some(noun) = noun {
            mention.person = by_role.get(&noun.hash).copied();
        }
    }
}
