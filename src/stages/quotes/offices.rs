//! Offices and jobs: "the mayor of Dunmore", "der Sprecher der Werft", and the names beside them.

use super::cast::Gender;
use super::lexicon::{
    ADPOSITION, ANY_VERB, ARTICLE, AUXILIARY, BODY, BODY_NAME, COMMON, DOCUMENT, FEMININE, GIVEN, INDEFINITE, MAKER, PARTICLE, PLACE,
    PLACE_END, PLURAL, PREPOSITION, PRONOUN, ROLE, ROLE_FEMININE, SMALL, THAT, TITLE, VERB,
};
use super::mentions::{Kind, MODIFIERS_MAX, Mention, PARTS, Scan, mention};
use super::tokens::{COMMA, JOINED, STOP, Token};

/// How many words an office may have after its noun: "secrétaire général de l'OTAN".
const ROLE_WORDS_MAX: usize = 9;

/// An office with its article and all that it is of is cut after so many words.
const PHRASE_WORDS_MAX: usize = 12;

impl Scan<'_> {
    /// Reads an office from its noun on, with what it is of and the name beside it. Gives the token to go on with.
    pub fn read_role(&mut self, noun: usize) -> usize {
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
            // "a statement released by Ada Moe"
            if token.is(MAKER) && head.is(DOCUMENT) {
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
                let end = if head.is(BODY) { end } else { self.place_end(at, end).unwrap_or(end) };
                // "secrétaire général de l'OTAN Mark Rutte": a short word in capitals is a body of its own.
                let body = end > at && token.initials;
                last = if body { at } else { end };
                at = last + 1;
                continue;
            }
            if names && let Some(end) = self.complement_end(at, &head) {
                last = end;
                at = end + 1;
                continue;
            }
            if names {
                name = Some(at);
                break;
            }
            // "company spokesman": the last noun says what it is.
            if token.is(ROLE) && token.gap & !JOINED == 0 {
                // But "Juru Bicara Kementerian": a body's spokesman is no body.
                if at == last + 1 && (head.is(BODY) || !token.is(BODY)) {
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
            let mut end = self.name_end(start);
            // "Gubernur Jawa Barat Ridwan Kamil", "Menteri Keuangan Sri Mulyani"
            if !head.is(BODY) && !self.tokens.get(start).is_some_and(|token| token.is(GIVEN)) {
                start = self.place_end(start, end).map_or_else(|| self.given_within(start, end), |place| place + 1);
            }
            if let Some((apposed_start, apposed_end)) = self.named_after_body(start, end) {
                (start, end, apposed) = (apposed_start, apposed_end, true);
            }
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

    /// The end of the place that an office is of, where the holder's name goes on from it: "Mayor of London Sadiq Khan".
    fn place_end(&self, first: usize, end: usize) -> Option<usize> {
        let last = (first..end.checked_sub(1)?)
            .rev()
            .find(|at| self.tokens.get(*at).is_some_and(|word| word.is(PLACE_END) || *at == first && word.is(PLACE)))?;
        let rest = self.tokens.get(last + 1..=end)?;
        rest.iter().all(|word| !word.is(PLACE | PLACE_END | BODY | BODY_NAME)).then_some(last)
    }

    /// The end of what an office is of, where no preposition stands before it and the holder's name is still to come: "Kepala
    /// Dinas Perikanan Tuban, Budi Hartono", "Kapolres Bogor AKBP Budi Hartono".
    fn complement_end(&self, at: usize, head: &Token) -> Option<usize> {
        let first = self.tokens.get(at).filter(|first| !head.is(BODY) && !first.is(GIVEN | TITLE))?;
        let end = self.name_end(at);
        let goes_on = self.tokens.get(end + 1).is_some_and(|next| next.gap & !COMMA == 0 && next.capital && !next.is(SMALL));
        let before = self.tokens.get(at.checked_sub(2)?..at)?;
        if let [prior, body] = before
            && body.is(BODY)
            && body.capital
            && body.gap == 0
            && !prior.is(PREPOSITION | ARTICLE)
        {
            let given = self.given_within(at, end);
            return if given > at { Some(given - 1) } else { goes_on.then_some(end) };
        }
        let place = end == at && first.is(PLACE) || end > at && self.tokens.get(end)?.is(PLACE_END);
        (place && goes_on).then_some(end)
    }

    /// Where the holder's name begins in words of which the first is no given name and a later one is.
    fn given_within(&self, first: usize, end: usize) -> usize {
        let given = |at: usize| self.tokens.get(at).is_some_and(|word| word.is(GIVEN));
        if given(first) { first } else { (first + 1..end).find(|at| given(*at)).unwrap_or(first) }
    }

    /// The name after what looked like one and is what the office is of: "Dirjen Pengelolaan Utang Departemen Keuangan,
    /// Rahmat Waluyanto".
    fn named_after_body(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let body = self.tokens.get(start..=end)?.iter().any(|token| token.is(BODY));
        let next = self.tokens.get(end + 1).filter(|next| body && next.gap == COMMA && self.starts_name(next))?;
        let last = self.name_end(end + 1);
        let whole = last > end + 1 && !next.is(BODY) && self.tokens.get(last + 1).is_none_or(|after| !after.capital || after.gap != 0);
        whole.then_some((end + 1, last))
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
    pub fn read_unlisted(&mut self, article: usize) -> Option<usize> {
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

    /// The one named before an office between commas, and whether that name hangs on a preposition: "from Ada Moe, a mayor
    /// in the north, who".
    fn apposed_to(&self, first: usize, last: usize) -> Option<(usize, bool)> {
        let name = self.mentions.last().filter(|name| name.kind == Kind::Name && name.last + 1 == first)?;
        let opens = self.tokens.get(first)?.gap == COMMA;
        let closes = self.tokens.get(last + 1).is_none_or(|next| next.after(COMMA | PARTS));
        let person = name.person?;
        let human = self.cast.persons.get(person).is_some_and(|known| known.human);
        (opens && closes && human).then_some((person, name.hung))
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
        let apposed = if body || plural { None } else { self.apposed_to(first, last) };
        let hung = apposed.map_or(hung, |(_, hung)| hung);
        let known = if let Some((person, _)) = apposed {
            Some(person)
        } else if indefinite {
            None
        } else {
            self.cast.holder(head.hash ^ complement).or_else(|| self.holder_of_body(head, complement))
        };
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
}
