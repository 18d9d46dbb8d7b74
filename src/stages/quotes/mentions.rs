//! Who is mentioned where: names, offices and pronouns, in text order.

use super::cast::{Cast, Gender, Naming, Person};
use super::lexicon::{
    ADPOSITION, ANY_VERB, ARTICLE, AUXILIARY, BODY, COMMON, COMMON_ENDING, FEMININE, GIVEN, INDEFINITE, MASCULINE, PARTICLE, PLURAL,
    PREPOSITION, PRONOUN, RELATIVE, ROLE, ROLE_FEMININE, SMALL, THAT, TITLE, TITLE_FEMININE, TITLE_MASCULINE, VERB,
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
    /// Where the words begin that belong to it: its title, the office before it.
    pub phrase: usize,
    /// The one mentioned; none for a pronoun.
    pub person: Option<usize>,
    /// For a relative pronoun: the first token of the mention that it takes up.
    pub takes_up: Option<usize>,
    /// Hung on a preposition: somebody spoken to, or what an office is of.
    pub hung: bool,
    /// It only tells whose or which: "Moe's lawyer", "the Dunmore mayor".
    pub modifies: bool,
    /// The head of a sentence, one word: its capital may be no name's.
    pub doubtful: bool,
    pub indefinite: bool,
    pub plural: bool,
    pub gender: Gender,
    /// The first in its sentence that hangs on nothing.
    pub subject: bool,
    /// Beside a verb of speech.
    pub speaks: bool,
}

/// A name of more words is a heading.
const NAME_WORDS_MAX: usize = 7;

/// How many words an office may have after its noun: "secrétaire général de l'OTAN".
const ROLE_WORDS_MAX: usize = 9;

/// An office with its article and all that it is of is cut after so many words.
const PHRASE_WORDS_MAX: usize = 12;

/// How many words may stand between an article and its noun: "a former senior council officer".
const MODIFIERS_MAX: usize = 4;

/// Ends of anything that belongs together.
const PARTS: u8 = STOP | COLON | BREAK | DASH | BRACKET | EDGE;

/// Reads all mentions, in text order, and who is who.
pub fn read(text: &str, tokens: &[Token], capital_nouns: bool) -> (Vec<Mention>, Cast) {
    let proper = if capital_nouns { Proper::of(tokens) } else { Proper::default() };
    let mut scan = Scan { text, tokens, proper, capital_nouns, cast: Cast::default(), mentions: Vec::new(), lone: Vec::new() };
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at = scan.step(token, at);
    }
    if capital_nouns {
        scan.forget_common_nouns();
    }
    settle_subjects(tokens, &mut scan.mentions, &mut scan.cast.persons);
    (scan.mentions, scan.cast)
}

/// Notes who is the first in a sentence, and who stands beside a verb of speech.
fn settle_subjects(tokens: &[Token], mentions: &mut [Mention], persons: &mut [Person]) {
    let mut settled = None;
    for known in mentions {
        let Some(head) = tokens.get(known.first) else { continue };
        known.subject = !known.hung && !known.modifies && !head.quoted && settled != Some(head.sentence);
        if known.subject {
            settled = Some(head.sentence);
        }
        let before = tokens.get(known.phrase.saturating_sub(2)..known.phrase).unwrap_or_default();
        let after = tokens.get(known.last + 1..(known.last + 4).min(tokens.len())).unwrap_or_default();
        let speaks = |token: &Token| token.is(VERB | ADPOSITION) && token.sentence == head.sentence && !token.quoted;
        known.speaks = !known.hung && (before.iter().any(speaks) || after.iter().any(speaks));
        if let Some(person) = known.person.and_then(|person| persons.get_mut(person)) {
            person.spoken_of += 1;
            person.hung += u32::from(known.hung);
            person.speaks += u32::from(known.speaks && !head.quoted);
        }
    }
}

/// Words that cannot be names where all nouns have capitals: those that stand after an article somewhere.
#[derive(Debug, Default)]
struct Proper {
    nouns: rustc_hash::FxHashSet<u64>,
}

impl Proper {
    fn of(tokens: &[Token]) -> Self {
        let mut nouns = rustc_hash::FxHashSet::default();
        for pair in tokens.windows(2) {
            let [before, word] = pair else { continue };
            let clear = word.gap == 0;
            let described = before.is(ARTICLE) || !before.capital && !before.is(SMALL | ANY_VERB | TITLE | PARTICLE | ROLE);
            if word.capital && clear && described && !word.is(GIVEN) && before.span().len() > 1 {
                nouns.insert(word.hash);
            }
        }
        Self { nouns }
    }
}

struct Scan<'a> {
    text: &'a str,
    tokens: &'a [Token],
    proper: Proper,
    capital_nouns: bool,
    cast: Cast,
    mentions: Vec<Mention>,
    /// Single words with a capital that may be common nouns.
    lone: Vec<usize>,
}

impl Scan<'_> {
    fn step(&mut self, token: &Token, at: usize) -> usize {
        if token.is(RELATIVE)
            && (!token.is(ARTICLE) || token.after(COMMA))
            && let Some(next) = self.read_relative(at)
        {
            return next;
        }
        let is_pronoun = token.is(PRONOUN) && (!token.is(ARTICLE) || token.after(JOINED) || self.stands_alone(at));
        if is_pronoun && !(token.initials && token.span().len() < 4 && !token.heads) {
            let gender = match token.class & (MASCULINE | FEMININE) {
                MASCULINE => Gender::Masculine,
                FEMININE => Gender::Feminine,
                _ => Gender::Unknown,
            };
            let plural = token.is(PLURAL);
            let hung = self.hung(at);
            self.push(Mention { gender, plural, hung, ..mention(Kind::Pronoun, at, at, None) });
            return at + 1;
        }
        // "Teachers Union"
        let body_follows = |next: &Token| next.capital && next.gap == 0 && next.is(BODY);
        if token.is(ROLE) && token.is(PLURAL) && token.capital && !self.capital_nouns && self.tokens.get(at + 1).is_some_and(body_follows) {
            return self.read_name(at, self.name_end(at));
        }
        if token.is(ROLE) && !token.after(JOINED) || token.is(ROLE) && token.capital && self.capital_nouns {
            return self.read_role(at);
        }
        if self.starts_name(token) {
            // "PTSD Track Palin", "Kemarin Budi Santoso": the name begins with the given name.
            let loose = (token.initials && token.span().len() > 2 || token.heads) && !token.is(GIVEN);
            let begins = |next: &Token| next.is(GIVEN) && next.capital && next.gap == 0;
            if loose
                && self.tokens.get(at + 1).is_some_and(begins)
                && self.tokens.get(at + 2).is_some_and(|next| next.capital && next.gap == 0)
            {
                return at + 1;
            }
            let last = self.name_end(at);
            return self.read_name(at, last);
        }
        if token.is(ARTICLE) && !token.is(PREPOSITION) {
            return self.read_unlisted(at).unwrap_or(at + 1);
        }
        at + 1
    }

    /// A word that takes up whoever was named last, before a verb of speech: "Ada Moe, who said".
    fn read_relative(&mut self, at: usize) -> Option<usize> {
        let token = self.tokens.get(at)?;
        let before = self.mentions.last().copied()?;
        let near =
            token.gap & !(COMMA | JOINED) == 0 && (before.last + 1 == at || token.after(COMMA) && at - before.last <= ROLE_WORDS_MAX);
        let verbs = self.tokens.get(at + 1..(at + 2 + MODIFIERS_MAX).min(self.tokens.len())).unwrap_or_default();
        let mut verbs = verbs.iter().take_while(|word| !word.after(COMMA | PARTS) && !word.quoted);
        let speaks = verbs.any(|word| word.is(ANY_VERB) && !word.capital);
        if !near || !speaks || token.quoted {
            return None;
        }
        let last = (at..at + 2)
            .rev()
            .find(|last| self.tokens.get(*last).is_some_and(|word| word.is(RELATIVE) && (*last == at || word.gap == 0)))?;
        // "Ada Moe, the mayor of Dunmore, who": not Dunmore.
        let sentence = token.sentence;
        let head = self.mentions.iter().rev().take(3).find(|known| {
            !known.hung
                && known.person.is_some()
                && self.tokens.get(known.first).is_some_and(|word| word.sentence == sentence && !word.quoted)
        });
        let taken = if before.hung && !token.after(COMMA) { before } else { head.copied().unwrap_or(before) };
        let first = taken.takes_up.unwrap_or(taken.first);
        self.push(Mention { takes_up: Some(first), ..mention(Kind::Pronoun, at, last, Some(taken.person?)) });
        Some(last + 1)
    }

    /// German and Dutch write "die" for an article and a pronoun: what is followed by a verb or a stop stands alone.
    fn stands_alone(&self, at: usize) -> bool {
        self.tokens.get(at + 1).is_none_or(|next| next.is(ANY_VERB | AUXILIARY) && !next.capital)
    }

    fn starts_name(&self, token: &Token) -> bool {
        if !token.capital || token.is(SMALL | TITLE | ROLE) || token.is(ANY_VERB | COMMON_ENDING) && token.heads && !token.is(GIVEN) {
            return false;
        }
        !self.capital_nouns || token.is(GIVEN) || !token.is(COMMON_ENDING) && !self.proper.nouns.contains(&token.hash)
    }

    /// The last word of the name that begins at `first`.
    fn name_end(&self, first: usize) -> usize {
        let mut last = first;
        let mut at = first + 1;
        while at < first + NAME_WORDS_MAX {
            let Some(token) = self.tokens.get(at) else { break };
            let before = self.tokens.get(at - 1);
            let abbreviated = token.gap == STOP && before.is_some_and(|before| before.span().len() == 1);
            if token.after(COMMA | COLON | BREAK | DASH | BRACKET | EDGE) || token.after(STOP) && !abbreviated {
                break;
            }
            let possessive = token.after(JOINED) && !token.capital && token.span().len() == 1;
            let new_given = at > first
                && token.is(GIVEN)
                && token.capital
                && self.after_preposition(first)
                && !self.tokens.get(first).is_some_and(|head| head.is(GIVEN));
            if possessive || new_given {
                break;
            }
            let several = token.is(PLURAL) && token.capital && !self.capital_nouns;
            let body_by_name = token.is(BODY) && token.capital;
            let office = token.is(ROLE) && !token.after(JOINED) && !body_by_name && !several;
            let noun = token.is(TITLE) || token.is(COMMON) && !token.is(PARTICLE) || office;
            let common = self.capital_nouns && !token.is(GIVEN) && (token.is(COMMON_ENDING) || self.proper.nouns.contains(&token.hash));
            if token.capital && !noun && !common {
                last = at;
            } else if !token.is(PARTICLE) && !token.after(JOINED) || token.span().len() > 4 || noun {
                break;
            }
            at += 1;
        }
        last
    }

    fn after_preposition(&self, at: usize) -> bool {
        at.checked_sub(1).and_then(|before| self.tokens.get(before)).is_some_and(|before| before.is(PREPOSITION | ARTICLE))
    }

    fn read_name(&mut self, first: usize, last: usize) -> usize {
        self.push_name(first, last, first);
        let Some(person) = self.mentions.last().and_then(|mention| mention.person) else { return last + 1 };
        // "the Harbour Workers' Union (HWU)"
        if let Some(token) = self.tokens.get(last + 1)
            && token.initials
            && token.after(BRACKET)
            && self.tokens.get(last + 2).is_none_or(|next| next.after(BRACKET))
        {
            self.cast.alias(token.hash, person);
            return last + 2;
        }
        self.hold_office_after(last, person);
        last + 1
    }

    /// "Ada Moe, the mayor of Dunmore, said": the mayor is Moe from here on.
    fn hold_office_after(&mut self, last: usize, person: usize) {
        if !self.tokens.get(last + 1).is_some_and(|token| token.gap & COMMA != 0 && token.gap & (STOP | BREAK | EDGE) == 0) {
            return;
        }
        for at in last + 1..last + 2 + MODIFIERS_MAX {
            let Some(token) = self.tokens.get(at) else { break };
            if at > last + 1 && token.after(COMMA | PARTS) || token.is(ANY_VERB | PRONOUN | PREPOSITION) && !token.is(ARTICLE | ROLE) {
                break;
            }
            if token.is(ROLE) && !token.is(BODY | PLURAL) {
                self.cast.hold(token.hash, person);
                if let Some(known) = self.cast.persons.get_mut(person) {
                    known.human = true;
                }
            }
        }
    }

    fn push_name(&mut self, first: usize, last: usize, phrase: usize) {
        let words = self.tokens.get(first..=last).unwrap_or_default();
        let before = first.checked_sub(1).and_then(|before| self.tokens.get(before));
        let near = self.tokens.get(first).is_some_and(|token| !token.after(COMMA | BREAK | EDGE | BRACKET));
        let title = before.filter(|_| near).map_or(0, |before| before.class & TITLE);
        let gender = match title {
            TITLE_MASCULINE => Gender::Masculine,
            TITLE_FEMININE => Gender::Feminine,
            _ => Gender::Unknown,
        };
        let Some(person) = self.cast.name(words, self.place(first, last), self.text, Naming { gender, human: title != 0 }) else { return };
        let phrase = if title != 0 && phrase == first { first - 1 } else { phrase };
        let next = self.tokens.get(last + 1);
        let possessive = next.is_some_and(|next| next.after(JOINED) && next.span().len() == 1 && next.span().of(self.text) == "s");
        let ahead = self.tokens.get(last + 1..(last + 5).min(self.tokens.len())).unwrap_or_default();
        let described = ahead.iter().take_while(|next| next.gap & !(JOINED | STOP) == 0 && !next.is(SMALL | ANY_VERB) && !next.heads);
        let modifies = possessive || !self.capital_nouns && described.clone().any(|next| next.is(ROLE));
        let head = words.first();
        let doubtful = first == last && head.is_some_and(|head| (head.heads || head.after(EDGE | COLON)) && !head.is(GIVEN)) && title == 0;
        if self.capital_nouns && first == last && title == 0 {
            self.lone.push(self.mentions.len());
        }
        let (hung, gender) = (self.hung(phrase), self.cast.persons.get(person).map_or(gender, |known| known.gender));
        self.push(Mention { phrase, hung, modifies, doubtful, gender, ..mention(Kind::Name, first, last, Some(person)) });
    }

    /// Reads an office from its noun on, with what it is of and the name beside it. Gives the token to go on with.
    fn read_role(&mut self, noun: usize) -> usize {
        let Some(role) = self.tokens.get(noun) else { return noun + 1 };
        let first = self.role_start(noun);
        let hung = self.hung(first);
        let (mut last, mut name, mut apposed) = (noun, None, false);
        let mut head = *role;
        let mut at = noun + 1;
        while at <= noun + ROLE_WORDS_MAX {
            let Some(token) = self.tokens.get(at) else { break };
            let abbreviated =
                token.gap == STOP && self.tokens.get(at - 1).is_some_and(|before| before.is(TITLE) || before.span().len() <= 3);
            if token.after(PARTS) && !(abbreviated && token.capital) {
                break;
            }
            let names = self.starts_name(token) || token.is(TITLE) && self.tokens.get(at + 1).is_some_and(|next| next.capital);
            if token.after(COMMA) {
                if names && !head.is(BODY | PLURAL) {
                    name = Some(at);
                    apposed = true;
                }
                break;
            }
            let hangs = self.tokens.get(at - 1).is_some_and(|before| before.is(PREPOSITION | ARTICLE));
            if token.capital && hangs && !token.is(SMALL) {
                let end = if token.is(ROLE) && !token.is(BODY) { at } else { self.name_end(at) };
                // "secrétaire général de l'OTAN Mark Rutte": a short word in capitals is a body of its own.
                let body = end > at && token.initials;
                last = if body { at } else { end };
                at = last + 1;
                continue;
            }
            if names {
                name = Some(at);
                break;
            }
            // "company spokesman": the last noun says what it is.
            if token.is(ROLE) && token.gap & !JOINED == 0 {
                if at == last + 1 {
                    head = *token;
                }
                last = at;
                at += 1;
                continue;
            }
            let noun_of_complement = self.capital_nouns && token.capital;
            let belongs =
                token.is(PREPOSITION | ARTICLE | PARTICLE | TITLE) || token.after(JOINED) || at == noun + 1 || hangs || noun_of_complement;
            if !belongs || token.is(ANY_VERB | AUXILIARY | PRONOUN | THAT) && !token.is(PREPOSITION | ARTICLE | PARTICLE) {
                break;
            }
            if hangs && (token.capital || !self.capital_nouns) {
                last = at;
            }
            at += 1;
        }
        if let Some(mut start) = name {
            while self.tokens.get(start).is_some_and(|token| token.is(TITLE)) {
                start += 1;
            }
            let end = self.name_end(start);
            self.push_name(start, end, first);
            if let Some(known) = self.mentions.last_mut() {
                known.hung = hung;
                known.doubtful = false;
                if apposed {
                    known.modifies = false;
                }
            }
            if let Some(person) = self.mentions.last().and_then(|known| known.person) {
                self.cast.hold(head.hash, person);
                if head.hash != role.hash {
                    self.cast.hold(role.hash, person);
                }
                if let Some(known) = self.cast.persons.get_mut(person) {
                    known.human |= !head.is(BODY);
                    if known.gender == Gender::Unknown && head.is(ROLE_FEMININE) {
                        known.gender = Gender::Feminine;
                    }
                }
            }
            return end + 1;
        }
        self.push_role(first, last, &head, hung);
        last + 1
    }

    /// The first word of an office's phrase: its article, if one stands near.
    fn role_start(&self, noun: usize) -> usize {
        let mut first = noun;
        let mut at = noun;
        for _ in 0..=MODIFIERS_MAX {
            let Some(token) = self.tokens.get(at) else { break };
            let Some(before) = at.checked_sub(1).and_then(|before| self.tokens.get(before)) else { break };
            let joined = token.gap & !JOINED == 0;
            if !joined || before.quoted != token.quoted || before.is(ANY_VERB | AUXILIARY | PRONOUN | THAT) && !before.is(ARTICLE) {
                break;
            }
            if before.is(ARTICLE) && !before.is(PREPOSITION) {
                return self.one_of(at - 1);
            }
            if before.is(PREPOSITION | COMMON) {
                break;
            }
            at -= 1;
            first = if token.capital { first } else { at };
        }
        if first == noun { noun } else { noun.min(first.max(noun.saturating_sub(1))) }
    }

    /// "one of the passengers", "uno dei passeggeri": one of them speaks.
    fn one_of(&self, article: usize) -> usize {
        let prior = article.checked_sub(2).and_then(|at| self.tokens.get(at..article));
        match prior {
            Some([one, of]) if one.is(INDEFINITE) && of.is(PREPOSITION) && of.gap == 0 => article - 2,
            _ => article,
        }
    }

    /// A noun of no list that speaks all the same: the one after a verb of speech and an article, "ha detto il passeggero",
    /// or the one that heads a sentence whose verb is one of speech.
    fn read_unlisted(&mut self, article: usize) -> Option<usize> {
        let token = self.tokens.get(article)?;
        let plain = |at: usize| self.tokens.get(at).is_some_and(|word| word.is(PREPOSITION | ARTICLE) && word.gap & !JOINED == 0);
        let of = token.is(INDEFINITE) && self.tokens.get(article + 1).is_some_and(|word| word.is(PREPOSITION) && word.gap == 0);
        // "uno dei passeggeri"
        let noun_at = article + 1 + usize::from(of) + usize::from(of && plain(article + 2));
        // "ein hoher Beamter"
        let described =
            self.capital_nouns && self.tokens.get(noun_at).is_some_and(|word| !word.capital && word.gap == 0 && !word.is(SMALL));
        let noun_at = noun_at + usize::from(described);
        let listed = self.tokens.get(noun_at..(noun_at + MODIFIERS_MAX).min(self.tokens.len())).unwrap_or_default();
        let mut listed = listed.iter().take_while(|word| word.gap & !JOINED == 0 && !word.is(SMALL | ANY_VERB));
        if !of && listed.any(|word| word.is(ROLE)) {
            return None;
        }
        let noun = self.tokens.get(noun_at)?;
        let fits = noun.gap & !JOINED == 0 && !noun.is(SMALL | ANY_VERB | TITLE) && noun.span().len() > 2 && noun.quoted == token.quoted;
        if !fits || noun.capital && !self.capital_nouns || token.quoted {
            return None;
        }
        let before = article.checked_sub(1).and_then(|at| self.tokens.get(at));
        let told = before.is_some_and(|before| before.is(VERB | ADPOSITION) && !before.is(THAT)) && token.gap & !JOINED == 0;
        let tail = self.tokens.get(noun_at + 1..(noun_at + 1 + MODIFIERS_MAX * 2).min(self.tokens.len())).unwrap_or_default();
        let leads = token.heads && {
            let near = tail.iter().take_while(|word| !word.after(COMMA | PARTS) && !word.quoted);
            near.take_while(|word| !word.is(PRONOUN)).any(|word| word.is(VERB) && !word.capital)
        };
        if !told && !leads {
            return None;
        }
        // What the noun is of: "la madre de Sagar Sarwar".
        let mut last = noun_at;
        let mut at = noun_at + 1;
        while at < noun_at + 1 + ROLE_WORDS_MAX / 2 {
            let Some(word) = self.tokens.get(at) else { break };
            let hangs = self.tokens.get(at - 1).is_some_and(|before| before.is(PREPOSITION | ARTICLE));
            if word.after(COMMA | PARTS) || word.is(ANY_VERB | AUXILIARY) || !hangs && !word.is(PREPOSITION) {
                break;
            }
            if hangs && !word.is(ARTICLE | PREPOSITION) {
                last = if word.capital { self.name_end(at) } else { at };
                at = last;
            }
            at += 1;
        }
        let head = *noun;
        let hung = self.hung(article);
        self.push_role(article, last, &head, hung);
        if let Some(known) = self.mentions.last_mut() {
            known.doubtful = true;
        }
        Some(last + 1)
    }

    fn push_role(&mut self, first: usize, last: usize, head: &Token, hung: bool) {
        let last = last.min(first + PHRASE_WORDS_MAX - 1);
        let article = self.tokens.get(first);
        let indefinite = article.is_some_and(|token| token.is(INDEFINITE));
        let complement = self.tokens.get(last).filter(|word| word.hash != head.hash).map_or(0, |word| word.hash);
        let gender = if head.is(ROLE_FEMININE) || article.is_some_and(|token| token.is(ARTICLE) && token.is(FEMININE)) {
            Gender::Feminine
        } else {
            Gender::Unknown
        };
        let (body, plural) = (head.is(BODY), head.is(PLURAL));
        let known =
            if indefinite { None } else { self.cast.holder(head.hash ^ complement).or_else(|| self.holder_of_body(head, complement)) };
        let person = match known {
            Some(person) => {
                self.cast.met_again(person, gender);
                person
            }
            None => {
                let person = self.cast.unnamed(self.place(first, last), last - first + 1, gender, body, plural);
                self.cast.hold(head.hash ^ complement, person);
                if complement != 0 && self.cast.holder(head.hash).is_none() {
                    self.cast.hold(head.hash, person);
                }
                person
            }
        };
        let possessive = self.tokens.get(last + 1).is_some_and(|next| next.after(JOINED) && next.span().len() == 1);
        self.push(Mention { hung, indefinite, plural, gender, modifies: possessive, ..mention(Kind::Role, first, last, Some(person)) });
    }

    /// "the party" is the Harbour Workers' Party.
    fn holder_of_body(&self, head: &Token, complement: u64) -> Option<usize> {
        if complement == 0 && head.is(BODY) { self.cast.surname(head.hash) } else { None }
    }

    /// Whether a preposition stands before the words from `first` on: « a-t-il déclaré à Reuters ».
    fn hung(&self, first: usize) -> bool {
        let Some(token) = self.tokens.get(first) else { return false };
        if token.after(COMMA | PARTS) {
            return false;
        }
        let mut at = first;
        for _ in 0..3 {
            let Some(before) = at.checked_sub(1).and_then(|before| self.tokens.get(before)) else { return false };
            if before.is(PREPOSITION) && !before.is(ADPOSITION) {
                return true;
            }
            let noun = self.capital_nouns && before.capital && !before.is(GIVEN | ROLE);
            let goes_on = (before.is(ARTICLE | TITLE) || noun) && !before.after(COMMA | PARTS);
            if !goes_on {
                return false;
            }
            at -= 1;
        }
        false
    }

    fn place(&self, first: usize, last: usize) -> Span {
        match (self.tokens.get(first), self.tokens.get(last)) {
            (Some(first), Some(last)) => Span::new(first.span().start, last.span().end),
            _ => Span::default(),
        }
    }

    fn push(&mut self, mention: Mention) {
        self.mentions.push(mention);
    }

    /// Where all nouns have capitals, a single one is a name only if it ends a longer name, or stands bare beside a verb
    /// of speech.
    fn forget_common_nouns(&mut self) {
        let mut longer = vec![false; self.cast.persons.len()];
        for (index, known) in self.mentions.iter().enumerate() {
            let lone = self.lone.binary_search(&index).is_ok();
            if let Some(person) = known.person.filter(|_| !lone)
                && let Some(seen) = longer.get_mut(person)
            {
                *seen = true;
            }
        }
        let mut keep = vec![true; self.mentions.len()];
        for index in &self.lone {
            let Some(known) = self.mentions.get(*index) else { continue };
            let told = known.person.and_then(|person| longer.get(person)).is_some_and(|seen| *seen);
            let before = known.first.checked_sub(1).and_then(|at| self.tokens.get(at));
            let (word, after) = (self.tokens.get(known.first), self.tokens.get(known.last + 1));
            let bare = !before.is_some_and(|token| token.is(ARTICLE | PREPOSITION) && !token.is(ADPOSITION)) || known.doubtful;
            let speaks = before.is_some_and(|token| token.is(ANY_VERB | ADPOSITION))
                || after.is_some_and(|token| token.gap == 0 && token.is(ANY_VERB | AUXILIARY));
            let given = word.is_some_and(|word| word.is(GIVEN) || word.initials || word.after(EDGE));
            if let Some(keep) = keep.get_mut(*index) {
                *keep = told || bare && (speaks || given) || word.is_some_and(|word| word.initials || word.after(EDGE) && !word.quoted);
            }
        }
        let mut place = 0;
        self.mentions.retain(|_| {
            place += 1;
            keep.get(place - 1).is_some_and(|keep| *keep)
        });
    }
}

const fn mention(kind: Kind, first: usize, last: usize, person: Option<usize>) -> Mention {
    Mention {
        kind,
        first,
        last,
        phrase: first,
        person,
        takes_up: None,
        hung: false,
        modifies: false,
        doubtful: false,
        indefinite: false,
        plural: false,
        gender: Gender::Unknown,
        subject: false,
        speaks: false,
    }
}

/// The words that a name's span covers, for a reader.
pub fn span(tokens: &[Token], mention: &Mention) -> Span {
    match (tokens.get(mention.first), tokens.get(mention.last)) {
        (Some(first), Some(last)) => Span::new(first.span().start, last.span().end),
        _ => Span::default(),
    }
}
