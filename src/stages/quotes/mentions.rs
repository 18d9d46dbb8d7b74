//! Who is mentioned where: names, offices and pronouns, in text order.

use super::cast::{Cast, Gender, Naming, Person};
use super::lexicon::{
    ADPOSITION, ANY_VERB, ARTICLE, AUXILIARY, BODY, BODY_NAME, COMMON, COMMON_ENDING, DOCUMENT, FEMININE, GIVEN, Lexicon, MAKER, MASCULINE,
    PARTICLE, PERSONAL, PLURAL, PREPOSITION, PRONOUN, RELATIVE, ROLE, SMALL, TITLE, TITLE_FEMININE, TITLE_MASCULINE, VERB,
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

/// Words between a name and the "who" that takes it up.
const RELATIVE_REACH: usize = 9;

/// How many words may stand between an article and its noun: "a former senior council officer".
pub const MODIFIERS_MAX: usize = 4;

/// Words between a preposition and the name that hangs on it.
const HUNG_WORDS_MAX: usize = 4;

/// Ends of anything that belongs together.
pub const PARTS: u8 = STOP | COLON | BREAK | DASH | BRACKET | EDGE;

/// Reads all mentions, in text order, and who is who.
pub fn read(text: &str, tokens: &[Token], lexicon: &Lexicon, capital_nouns: bool) -> (Vec<Mention>, Cast) {
    let proper = if capital_nouns { Proper::of(tokens) } else { Proper::default() };
    let mut scan = Scan {
        text,
        tokens,
        lexicon,
        proper,
        capital_nouns,
        cast: Cast::default(),
        mentions: Vec::with_capacity(tokens.len() / 8),
        lone: Vec::new(),
    };
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at = scan.step(token, at);
    }
    if capital_nouns {
        scan.forget_common_nouns();
    }
    scan.give_to_makers();
    settle_subjects(tokens, &mut scan.mentions, &mut scan.cast.persons);
    (scan.mentions, scan.cast)
}

/// Notes who is the first in a sentence, and who stands beside a verb of speech.
fn settle_subjects(tokens: &[Token], mentions: &mut [Mention], persons: &mut [Person]) {
    let mut settled = None;
    for known in mentions {
        let Some(head) = tokens.get(known.first) else { continue };
        if known.kind == Kind::Name && known.person.and_then(|person| persons.get(person)).is_some_and(|person| person.sure) {
            known.doubtful = false;
        }
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

/// Reads the words one after the other.
pub struct Scan<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    lexicon: &'a Lexicon,
    proper: Proper,
    pub capital_nouns: bool,
    pub cast: Cast,
    pub mentions: Vec<Mention>,
    /// Single words with a capital that may be common nouns.
    lone: Vec<usize>,
}

impl Scan<'_> {
    fn step(&mut self, token: &Token, at: usize) -> usize {
        if token.names && token.capital {
            return self.read_name(at, self.name_end(at));
        }
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
                _ if token.is(PERSONAL) => Gender::Either,
                _ => Gender::Unknown,
            };
            let plural = token.is(PLURAL);
            let hung = self.hung(at);
            self.push(Mention { gender, plural, hung, ..mention(Kind::Pronoun, at, at, None) });
            return at + 1;
        }
        // "Teachers Union", "General Motors"
        let body_follows = |next: &Token| next.capital && next.gap == 0 && next.is(BODY);
        let firm_follows = |next: &Token| next.capital && next.gap == 0 && next.is(BODY_NAME) && !next.is(GIVEN | ROLE);
        let next = self.tokens.get(at + 1);
        if token.is(ROLE)
            && token.capital
            && !self.capital_nouns
            && (token.is(PLURAL) && next.is_some_and(body_follows) || next.is_some_and(firm_follows))
        {
            return self.read_name(at, self.name_end(at));
        }
        // "ha comunicato il ministero": a verb here, a noun elsewhere.
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        if token.is(VERB) && !token.capital && token.gap == 0 && before.is_some_and(|before| before.is(AUXILIARY)) {
            return at + 1;
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
            token.gap & !(COMMA | JOINED) == 0 && (before.last + 1 == at || token.after(COMMA) && at - before.last <= RELATIVE_REACH);
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

    pub fn starts_name(&self, token: &Token) -> bool {
        if !token.capital || token.is(SMALL | TITLE | ROLE) || token.is(ANY_VERB | COMMON_ENDING) && token.heads && !token.is(GIVEN) {
            return false;
        }
        !self.capital_nouns || token.is(GIVEN) || !token.is(COMMON_ENDING) && !self.proper.nouns.contains(&token.hash)
    }

    /// The last word of the name that begins at `first`.
    pub fn name_end(&self, first: usize) -> usize {
        let mut last = first;
        let mut at = first + 1;
        if self.tokens.get(first).is_some_and(|token| token.names) {
            let rest = self.tokens.get(first + 1..).unwrap_or_default();
            return first + rest.iter().take_while(|token| token.names && !token.after(EDGE)).count();
        }
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
            // "Marcus Bell of Nevada"
            let comes_from =
                token.is(PREPOSITION) && token.is(MAKER) && at > first + 1 && self.tokens.get(first).is_some_and(|head| head.is(GIVEN));
            if possessive || new_given || comes_from {
                break;
            }
            let several = token.is(PLURAL) && token.capital && !self.capital_nouns;
            let body_by_name = token.is(BODY) && token.capital;
            // "Nora Visser": after a given name, what could be a job is a surname.
            let surname = token.capital && token.gap == 0 && at == first + 1 && before.is_some_and(|before| before.is(GIVEN));
            let office = token.is(ROLE) && !token.after(JOINED) && !body_by_name && !several && !surname;
            let noun = token.is(TITLE) || token.is(COMMON) && !token.is(PARTICLE) || office;
            // "Anna Fleiss" too, unless the article shows it to be a noun.
            let noun_elsewhere = self.proper.nouns.contains(&token.hash);
            let common = self.capital_nouns && !token.is(GIVEN) && (token.is(COMMON_ENDING) && !surname || noun_elsewhere);
            // "MS Ka'ban"
            let after_apostrophe = token.after(JOINED)
                && token.span().len() > 2
                && !self.text.get(..token.span().start).is_some_and(|text| text.ends_with('-'));
            if token.capital && !noun && !common || after_apostrophe && at == last + 1 && !noun {
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

    pub fn push_name(&mut self, first: usize, last: usize, phrase: usize) {
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
        // "Gov. Dana Whitlock": the governor is Whitlock from here on.
        if let Some(title) = before.filter(|_| title != 0) {
            self.lexicon.title_roles(title.hash).iter().for_each(|role| self.cast.hold(*role, person));
        }
        let next = self.tokens.get(last + 1);
        let possessive = next.is_some_and(|next| self.is_genitive(next));
        let ahead = self.tokens.get(last + 1..(last + 5).min(self.tokens.len())).unwrap_or_default();
        let described = ahead.iter().take_while(|next| next.gap & !(JOINED | STOP) == 0 && !next.is(SMALL | ANY_VERB) && !next.heads);
        let modifies = possessive || !self.capital_nouns && described.clone().any(|next| next.is(ROLE));
        let head = words.first();
        let doubtful = first == last && head.is_some_and(|head| (head.heads || head.after(EDGE | COLON)) && !head.is(GIVEN)) && title == 0;
        if let Some(known) = self.cast.persons.get_mut(person) {
            known.sure |= !doubtful;
        }
        if self.capital_nouns && first == last && title == 0 {
            self.lone.push(self.mentions.len());
        }
        let (hung, gender) = (self.hung(phrase), self.cast.persons.get(person).map_or(gender, |known| known.gender));
        self.push(Mention { phrase, hung, modifies, doubtful, gender, ..mention(Kind::Name, first, last, Some(person)) });
    }

    /// A paper speaks for whoever made it: "Webb's statement said", "a statement released by Webb".
    fn give_to_makers(&mut self) {
        for at in 0..self.mentions.len() {
            let Some(paper) = self.mentions.get(at).copied() else { break };
            let is_paper = paper.kind == Kind::Role && self.tokens.get(paper.last).is_some_and(|token| token.is(DOCUMENT));
            if !is_paper {
                continue;
            }
            let before = at.checked_sub(1).and_then(|before| self.mentions.get(before));
            let owner = before.filter(|owner| {
                owner.modifies && paper.last - owner.last <= 1 + MODIFIERS_MAX && self.is_one_clause(owner.last + 1, paper.last)
            });
            let maker = self.mentions.get(at + 1).filter(|maker| {
                let near = maker.phrase > paper.last && maker.phrase - paper.last <= 4 && self.is_one_clause(paper.last + 1, maker.phrase);
                near && maker.phrase.checked_sub(1).and_then(|by| self.tokens.get(by)).is_some_and(|by| by.is(MAKER))
            });
            if let Some(person) = owner.or(maker).and_then(|maker| maker.person)
                && let Some(paper) = self.mentions.get_mut(at)
            {
                paper.person = Some(person);
                paper.modifies = false;
            }
        }
    }

    /// Whether nothing but spaces and joints parts the words.
    fn is_one_clause(&self, first: usize, last: usize) -> bool {
        self.tokens.get(first..=last).is_some_and(|words| words.iter().all(|word| word.gap & !JOINED == 0 && !word.quoted))
    }

    /// Whether a preposition stands before the words from `first` on: « a-t-il déclaré à Reuters ».
    pub fn hung(&self, first: usize) -> bool {
        let Some(token) = self.tokens.get(first) else { return false };
        if token.after(COMMA | PARTS) {
            return false;
        }
        let mut at = first;
        let mut owned = false;
        for _ in 0..HUNG_WORDS_MAX {
            let Some(before) = at.checked_sub(1).and_then(|before| self.tokens.get(before)) else { return false };
            if before.is(PREPOSITION) && !before.is(ADPOSITION) {
                return true;
            }
            let noun = self.capital_nouns && before.capital && !before.is(GIVEN | ROLE);
            // "with CNN's Ada Moe"
            let owns = self.is_genitive(before);
            let goes_on = (before.is(ARTICLE | TITLE) || noun || owns || owned && before.capital) && !before.after(COMMA | PARTS);
            owned |= owns;
            if !goes_on {
                return false;
            }
            at -= 1;
        }
        false
    }

    /// The "s" of "CNN's".
    fn is_genitive(&self, token: &Token) -> bool {
        token.after(JOINED) && token.span().of(self.text) == "s"
    }

    pub fn place(&self, first: usize, last: usize) -> Span {
        match (self.tokens.get(first), self.tokens.get(last)) {
            (Some(first), Some(last)) => Span::new(first.span().start, last.span().end),
            _ => Span::default(),
        }
    }

    pub fn push(&mut self, mention: Mention) {
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
            // "erzählte mir Fleiss"
            let told_whom =
                before.is_some_and(|token| token.gap == 0 && !token.capital && token.span().len() <= 4 && !token.is(ARTICLE | PREPOSITION));
            let verb = known.first.checked_sub(2).and_then(|at| self.tokens.get(at)).is_some_and(|token| token.is(VERB));
            let speaks = before.is_some_and(|token| token.is(ANY_VERB | ADPOSITION))
                || told_whom && verb
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

pub const fn mention(kind: Kind, first: usize, last: usize, person: Option<usize>) -> Mention {
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
