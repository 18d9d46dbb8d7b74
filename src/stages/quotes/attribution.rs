//! Finds who said a quote: every verb of speech near it, with everybody beside that verb, is weighed, and the best
//! pair wins.

use super::entities::{Cast, Gender, Kind, Mention};
use super::lexicon::{ADPOSITION, ANY_VERB, AUXILIARY, CLITIC, FEMININE, MASCULINE, POSTPOSITION, PRONOUN, THAT, VERB};
use super::marks::Stretch;
use super::tokens::{BREAK, COLON, COMMA, EDGE, JOINED, STOP, Token};
use crate::model::{Attribution, Cue, Span, Speaker};

/// Words that are looked at on each side of a quote.
const REACH: usize = 32;

/// Mentions that are looked back on for whom a pronoun stands.
const LOOK_BACK: usize = 24;

/// What a stretch in marks is, once its surroundings are read.
#[derive(Clone, Debug, Default)]
pub struct Attributed {
    pub speaker: Option<Speaker>,
    pub person: Option<usize>,
    pub cue: Option<Cue>,
    /// A verb of speech, an adposition or a colon stands beside it.
    pub told: bool,
}

/// The speakers of the quotes so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before {
    pub person: Option<usize>,
    /// The token at which the last quote ended.
    pub ended: usize,
}

/// What speaks for one pair of cue and mention. The names are those of the weights.
#[derive(Clone, Copy, Debug, Default)]
struct Features {
    sure_verb: bool,
    adposition: bool,
    touches: bool,
    colon: bool,
    after_quote: bool,
    new_sentence: bool,
    verb_first: bool,
    /// Behind a verb whose subject stands before it: "Moe told the Harbour Post".
    spoken_to: bool,
    hung: bool,
    pronoun: bool,
    bare_role: bool,
    cue_distance: usize,
    mention_distance: usize,
}

impl Features {
    /// A plain sum, so that a learned model can take its place.
    fn weigh(self) -> i32 {
        let yes = |fact: bool, weight: i32| if fact { weight } else { 0 };
        yes(self.sure_verb, 40)
            + yes(self.adposition, 38)
            + yes(self.touches, 25)
            + yes(self.colon, 35)
            + yes(self.after_quote, 12)
            + yes(self.new_sentence, -45)
            + yes(self.verb_first && self.after_quote, 8)
            + yes(self.spoken_to, -25)
            + yes(self.hung, -60)
            + yes(self.pronoun, 4)
            + yes(self.bare_role, -6)
            - 3 * i32::try_from(self.cue_distance.min(REACH)).unwrap_or_default()
            - 4 * i32::try_from(self.mention_distance.min(REACH)).unwrap_or_default()
    }
}

/// The least weight at which a pair is believed.
const WEIGHT_MIN: i32 = 15;

/// Reads around one stretch; `first` to `end` are its tokens, end exclusive.
pub struct Reader<'a> {
    pub tokens: &'a [Token],
    pub cast: &'a Cast,
    pub text: &'a str,
    pub drops_subject: bool,
}

struct Choice {
    weight: i32,
    cue: Option<usize>,
    mention: Option<usize>,
}

impl Reader<'_> {
    /// The speaker of one quote.
    pub fn attribute(&self, stretch: Stretch, first: usize, end: usize, before: Before) -> Attributed {
        let mut best: Option<Choice> = None;
        self.weigh_side(self.after(end), true, first, end, &mut best);
        self.weigh_side(self.ahead(first), false, first, end, &mut best);
        match best {
            Some(choice) => self.settle(&choice, first, before),
            None => self.go_on(stretch, first, before),
        }
    }

    /// The tokens after a quote, to the end of what may speak of it.
    fn after(&self, end: usize) -> std::ops::Range<usize> {
        let mut stop = end;
        while let Some(token) = self.tokens.get(stop) {
            let ends = token.quoted || token.after(BREAK) || stop > end && token.after(STOP) || stop - end >= REACH;
            if ends {
                break;
            }
            stop += 1;
        }
        end..stop
    }

    fn ahead(&self, first: usize) -> std::ops::Range<usize> {
        if self.tokens.get(first).is_none_or(|token| token.after(BREAK)) {
            return first..first;
        }
        let mut start = first;
        while let Some(token) = start.checked_sub(1).and_then(|at| self.tokens.get(at)) {
            if token.quoted || first - start >= REACH {
                break;
            }
            start -= 1;
            if token.after(STOP | BREAK) {
                break;
            }
        }
        start..first
    }

    fn weigh_side(&self, side: std::ops::Range<usize>, after_quote: bool, first: usize, end: usize, best: &mut Option<Choice>) {
        let colon = !after_quote && self.tokens.get(first).is_some_and(|token| token.after(COLON));
        let new_sentence = if after_quote {
            self.tokens.get(end).is_some_and(|token| token.after(STOP) && !token.after(COMMA) && token.capital_as_written(self.text))
        } else {
            self.tokens.get(first).is_some_and(|token| token.after(STOP))
        };
        let from = self.cast.mentions.partition_point(|mention| mention.first < side.start);
        let to = self.cast.mentions.partition_point(|mention| mention.first < side.end);
        let mut any_cue = false;
        for cue in side.clone() {
            let Some(token) = self.tokens.get(cue) else { continue };
            let adposition = token.is(ADPOSITION | POSTPOSITION);
            let verb = token.is(ANY_VERB) && !token.after(JOINED) || token.is(VERB);
            if !adposition && !verb
                || token.is(ADPOSITION) && !verb && self.tokens.get(cue + 1).is_some_and(|next| next.after(COMMA | STOP | BREAK))
            {
                continue;
            }
            any_cue = true;
            let cue_distance = if after_quote { cue - end } else { first - cue - 1 };
            let base = Features {
                sure_verb: token.is(VERB),
                adposition,
                touches: cue_distance <= 2,
                colon,
                after_quote,
                new_sentence,
                cue_distance,
                ..Features::default()
            };
            let subject_before = verb
                && (from..to).any(|index| self.cast.mentions.get(index).is_some_and(|mention| mention.last + 1 == cue && !mention.hung));
            let mut found = false;
            for index in from..to {
                let Some(mention) = self.cast.mentions.get(index) else { continue };
                let verb_first = mention.first >= cue;
                if token.is(POSTPOSITION) && verb_first || token.is(ADPOSITION) && !verb && !verb_first {
                    continue;
                }
                let distance = if verb_first { mention.first.saturating_sub(cue + 1) } else { cue.saturating_sub(mention.last + 1) };
                let between = if verb_first { cue + 1..mention.first + 1 } else { mention.last + 1..cue + 1 };
                let parted = between.clone().any(|at| self.tokens.get(at).is_some_and(|token| token.after(COMMA)));
                let features = Features {
                    verb_first,
                    spoken_to: subject_before && verb_first,
                    hung: mention.hung && !(adposition && distance <= 1),
                    pronoun: mention.kind == Kind::Pronoun,
                    bare_role: mention.kind == Kind::Role && mention.person.is_none(),
                    mention_distance: distance + if parted && verb_first { 6 } else { 0 },
                    ..base
                };
                found |= !features.hung;
                consider(best, features.weigh(), Some(cue), Some(index));
            }
            let dropped = verb && token.is(VERB) && !found && (self.drops_subject || token.is(CLITIC));
            if dropped || token.is(CLITIC) {
                consider(best, Features { pronoun: true, ..base }.weigh() - 10, Some(cue), None);
            }
        }
        // A headline's colon needs no verb.
        if colon
            && !any_cue
            && let Some(index) = (from..to).rev().find(|index| {
                self.cast.mentions.get(*index).is_some_and(|mention| mention.kind != Kind::Pronoun && first - mention.last <= 3)
            })
        {
            consider(best, Features { colon: true, ..Features::default() }.weigh(), None, Some(index));
        }
    }

    /// The speaker in a cue that stands within the marks, where names are not read: a pronoun, or whoever spoke before.
    pub fn interrupted(&self, cue: (usize, usize), before: Before) -> Attributed {
        let words = self.tokens.get(cue.0..cue.1).unwrap_or_default();
        let pronoun = words.iter().position(|token| token.is(MASCULINE | FEMININE) && token.after(JOINED)).map(|at| cue.0 + at);
        let verb = words.iter().position(|token| token.is(VERB)).map(|at| cue.0 + at);
        let Some(token) = pronoun.and_then(|at| self.tokens.get(at)) else { return Attributed::default() };
        let gender = if token.is(MASCULINE) { Gender::Masculine } else { Gender::Feminine };
        let person = self.stands_for(cue.0, gender, before);
        let speaker = person.and_then(|person| self.speaker(person, Attribution::Pronoun, Some(token.span())));
        let printed = verb
            .max(pronoun)
            .and_then(|at| self.printed(at))
            .map(|printed| Span::new(words.first().map_or(printed.span.start, |word| word.span().start), printed.span.end));
        Attributed { speaker, person, cue: printed.map(|span| Cue { span }), told: true }
    }

    fn settle(&self, choice: &Choice, first: usize, before: Before) -> Attributed {
        let cue = choice.cue.and_then(|cue| self.printed(cue));
        let Some(mention) = choice.mention.and_then(|index| self.cast.mentions.get(index)) else {
            let person = self.stands_for(first, Gender::Unknown, before);
            let speaker = person.and_then(|person| self.speaker(person, Attribution::Dropped, None));
            return Attributed { speaker, person, cue, told: true };
        };
        let span = self.span(mention);
        let (person, via) = match mention.kind {
            Kind::Name if choice.cue.is_none() => (mention.person, Attribution::Headline),
            Kind::Name => (mention.person, Attribution::Name),
            Kind::Role => (mention.person, Attribution::Role),
            Kind::Pronoun => (self.stands_for(mention.first, mention.gender, before), Attribution::Pronoun),
        };
        let speaker = match person {
            Some(person) => self.speaker(person, via, Some(span)),
            None if mention.kind == Kind::Role => Some(Speaker { name: span.of(self.text).to_owned(), via, mention: Some(span) }),
            None => None,
        };
        Attributed { speaker, person, cue, told: true }
    }

    /// Without a cue of its own a quote belongs to the speaker before it, if the words between are few.
    fn go_on(&self, stretch: Stretch, first: usize, before: Before) -> Attributed {
        let near = before.ended > 0
            && first.saturating_sub(before.ended) <= REACH
            && (stretch.opens_paragraph || first - before.ended <= REACH / 2);
        let person = before.person.filter(|_| near);
        let speaker = person.and_then(|person| self.speaker(person, Attribution::Continued, None));
        Attributed { speaker, person, cue: None, told: false }
    }

    fn speaker(&self, person: usize, via: Attribution, mention: Option<Span>) -> Option<Speaker> {
        let known = self.cast.persons.get(person)?;
        Some(Speaker { name: known.name.clone(), via, mention })
    }

    fn span(&self, mention: &Mention) -> Span {
        match (self.tokens.get(mention.first), self.tokens.get(mention.last)) {
            (Some(first), Some(last)) => Span::new(first.span().start, last.span().end),
            _ => Span::default(),
        }
    }

    /// Whom a pronoun stands for: recent subjects and speakers before it.
    fn stands_for(&self, at: usize, gender: Gender, before: Before) -> Option<usize> {
        let to = self.cast.mentions.partition_point(|mention| mention.first < at);
        let recent = self.cast.mentions.get(to.saturating_sub(LOOK_BACK)..to).unwrap_or_default();
        let mut best: Option<(i32, usize)> = None;
        for (rank, mention) in recent.iter().rev().filter(|mention| mention.person.is_some()).enumerate() {
            let Some(person) = mention.person else { continue };
            let Some(known) = self.cast.persons.get(person) else { continue };
            let clashes = gender != Gender::Unknown && known.gender != Gender::Unknown && gender != known.gender;
            let head = self.tokens.get(mention.first).is_some_and(|token| token.after(STOP | BREAK));
            let speaks =
                mention.first.checked_sub(1).and_then(|at| self.tokens.get(at)).is_some_and(|token| token.is(ANY_VERB | AUXILIARY))
                    || self.near_verb(mention);
            let said_before = before.person == Some(person);
            let several = known.name.contains(' ');
            let weight = if clashes { -50 } else { 0 }
                + if head { 8 } else { 0 }
                + if speaks { 14 } else { 0 }
                + if said_before { 16 } else { 0 }
                + if several { 5 } else { 0 }
                + if mention.hung { -12 } else { 0 }
                + i32::try_from(known.mentions.min(5)).unwrap_or_default()
                - 2 * i32::try_from(rank).unwrap_or_default();
            if best.is_none_or(|(known, _)| weight > known) {
                best = Some((weight, person));
            }
        }
        best.filter(|(weight, _)| *weight > -20).map(|(_, person)| person).or(before.person)
    }

    fn near_verb(&self, mention: &Mention) -> bool {
        let ahead = self.tokens.get(mention.first.saturating_sub(8)..mention.first).unwrap_or_default();
        let verb_before = ahead.iter().any(|token| token.is(VERB) && !token.quoted) && !mention.hung;
        let behind = self.tokens.get(mention.last + 1..(mention.last + 4).min(self.tokens.len())).unwrap_or_default();
        verb_before || behind.iter().any(|token| token.is(VERB))
    }

    /// The cue as it is printed, with its auxiliary and the pronoun hung between: "a-t-il déclaré".
    fn printed(&self, cue: usize) -> Option<Cue> {
        let verb = self.tokens.get(cue)?;
        let mut start = cue;
        while let Some(token) = start.checked_sub(1).and_then(|at| self.tokens.get(at)) {
            let glued = self.tokens.get(start).is_some_and(|token| token.after(JOINED));
            let clear = self.tokens.get(start).is_some_and(|token| token.gap & !JOINED == 0);
            if !clear || cue - start >= 4 || !(glued || token.is(AUXILIARY) || token.is(PRONOUN) && token.after(JOINED)) {
                break;
            }
            start -= 1;
        }
        let first = self.tokens.get(start)?;
        Some(Cue { span: Span::new(first.span().start, verb.span().end) })
    }

    /// Reported speech in one sentence: a sure verb with its "that", or an adposition; and what follows.
    pub fn reported(&self, sentence: Span, before: Before) -> Option<(Span, Attributed)> {
        let from = self.tokens.partition_point(|token| token.span().start < sentence.start);
        let to = self.tokens.partition_point(|token| token.span().start < sentence.end);
        if self.tokens.get(from..to)?.iter().any(|token| token.quoted) {
            return None;
        }
        for cue in from..to.min(from + 4 * REACH) {
            let (token, next) = (self.tokens.get(cue)?, self.tokens.get(cue + 1));
            let says_that = token.is(VERB) && next.is_some_and(|next| next.is(THAT) && !next.after(STOP));
            if !says_that || cue + 2 >= to {
                continue;
            }
            let low = self.cast.mentions.partition_point(|mention| mention.first < from);
            let high = self.cast.mentions.partition_point(|mention| mention.first < cue);
            let subject = (low..high).find(|index| self.cast.mentions.get(*index).is_some_and(|mention| !mention.hung))?;
            let told = self.settle(&Choice { weight: 0, cue: Some(cue), mention: Some(subject) }, from, before);
            let content = Span::new(self.tokens.get(cue + 2)?.span().start, self.tokens.get(to - 1)?.span().end);
            return Some((content, told));
        }
        None
    }
}

fn consider(best: &mut Option<Choice>, weight: i32, cue: Option<usize>, mention: Option<usize>) {
    if weight >= WEIGHT_MIN && best.as_ref().is_none_or(|known| weight > known.weight) {
        *best = Some(Choice { weight, cue, mention });
    }
}

impl Token {
    fn capital_as_written(self, text: &str) -> bool {
        self.span().of(text).starts_with(char::is_uppercase)
    }
}

/// Where a cue interrupts a quote inside its marks: tokens of the cue, end exclusive. « Nous partons, a-t-elle dit, ... »
pub fn incise(tokens: &[Token], first: usize, end: usize) -> Option<(usize, usize)> {
    for at in first + 1..end {
        let starts = tokens.get(at).is_some_and(|token| token.gap != 0 && token.gap & (JOINED | EDGE) == 0);
        if !starts {
            continue;
        }
        let head = tokens.get(at..(at + 5).min(end)).unwrap_or_default();
        let inverted = head.iter().skip(1).take_while(|token| token.after(JOINED)).any(|token| token.is(MASCULINE | FEMININE));
        let leads = head.first().is_some_and(|token| token.is(AUXILIARY | VERB));
        if !(inverted && leads && head.iter().any(|token| token.is(VERB))) {
            continue;
        }
        let tail = tokens.get(at + 1..end.min(at + 12)).unwrap_or_default();
        let length = tail.iter().position(|token| token.after(COMMA | STOP | super::tokens::DASH)).map_or(end - at, |length| length + 1);
        if length <= 12 {
            return Some((at, at + length));
        }
    }
    None
}
