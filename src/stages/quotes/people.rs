//! What is known of the people whom a quote may be given to: those beside it, and those before it whom a pronoun, or
//! silence, may stand for.

use super::cast::{Gender, Person};
use super::features::{Family, bucket, feature};
use super::mentions::Mention;
use super::readings::{Before, Path, Reader, Setting};

/// Somebody whom a pronoun, or silence, may stand for.
#[derive(Clone, Copy, Debug)]
pub struct Antecedent {
    /// The latest mention; none where it is too far back.
    mention: Option<usize>,
    pub person: usize,
    /// How many of the others the article speaks of more.
    weight_rank: usize,
    /// How present it is in the sentences before: each mention counts, more as a subject, half with each sentence back.
    presence: u32,
    /// How many of the others are more present.
    presence_rank: usize,
    /// It stands as the subject of a sentence since the last quote.
    leads: bool,
}

/// How many of the antecedents are nearer.
#[derive(Clone, Copy, Debug)]
pub struct Rank {
    all: usize,
    /// Counted from 1 among those that can be meant; none for one that cannot.
    fitting: Option<usize>,
}

/// People that a pronoun may stand for, the latest first.
const ANTECEDENTS_MAX: usize = 10;

/// Mentions that are looked back on for them.
const LOOK_BACK: usize = 40;

/// What a mention counts for presence in its own sentence; in one so many sentences back it counts nothing.
const PRESENCE: u32 = 1 << 8;
const PRESENCE_SENTENCES: u32 = 12;

const fn presence(mention: &Mention) -> u32 {
    if mention.hung || mention.modifies {
        return PRESENCE / 2;
    }
    if mention.subject || mention.speaks { PRESENCE * 2 } else { PRESENCE }
}

impl Reader<'_> {
    /// Fills `features` with what is known of somebody named beside a quote; with nothing where nobody is.
    pub fn person_features(&self, person: Option<usize>, before: &Before, setting: &Setting, features: &mut Vec<u16>) {
        features.clear();
        let Some((person, known)) = person.and_then(|person| Some((person, self.cast.persons.get(person)?))) else { return };
        features.extend([
            feature(Family::PersonKind, person_kind(known)),
            feature(Family::PersonCount, bucket(known.mentions as usize, &[1, 2, 4, 8])),
            feature(Family::PersonSpoke, bucket(before.spoke(person), &[0, 1, 3])),
            feature(Family::PersonBefore, usize::from(before.person == Some(person)) * 8 + setting.context / 4),
            feature(Family::PersonUse, use_of(known)),
        ]);
        if is_among(person, self.inside(setting.first, setting.end)) {
            features.push(feature(Family::PersonInside, 0));
        }
    }

    /// The mentions from a word on, up to the end of the quote.
    pub fn inside(&self, first: usize, end: usize) -> &[Mention] {
        let from = |place: usize| self.scene.mentions.partition_point(|mention| mention.first < place);
        let low = from(first);
        self.scene.mentions.get(low..from(end).min(low + LOOK_BACK)).unwrap_or_default()
    }

    /// Whom a word at `anchor` may stand for: the latest mention of each comes first.
    pub fn antecedents(&self, anchor: usize, before: &Before) -> Vec<Antecedent> {
        let end = self.scene.mentions.partition_point(|mention| mention.first < anchor);
        let mut found: Vec<Antecedent> = Vec::with_capacity(ANTECEDENTS_MAX + 1);
        let of = |mention, person| Antecedent { mention, person, weight_rank: 0, presence: 0, presence_rank: 0, leads: false };
        let sentence = self.scene.tokens.get(anchor).map_or(0, |token| token.sentence);
        for index in (end.saturating_sub(LOOK_BACK)..end).rev() {
            let Some(mention) = self.scene.mentions.get(index) else { continue };
            let Some(head) = self.scene.tokens.get(mention.first).filter(|head| !head.quoted) else { continue };
            let Some(person) = mention.person else { continue };
            let at = found.iter().position(|known| known.person == person).unwrap_or(found.len());
            if at == ANTECEDENTS_MAX {
                continue;
            }
            if at == found.len() {
                found.push(of(Some(index), person));
            }
            if let Some(known) = found.get_mut(at) {
                known.presence += presence(mention) >> sentence.saturating_sub(head.sentence).min(PRESENCE_SENTENCES);
                known.leads |= mention.subject && before.last.is_none_or(|last| mention.first > last);
            }
        }
        if let Some(person) = before.person
            && found.iter().all(|known| known.person != person)
        {
            found.push(of(None, person));
        }
        self.rank(&mut found);
        found
    }

    fn rank(&self, found: &mut [Antecedent]) {
        let weight = |one: &Antecedent| self.cast.persons.get(one.person).map_or(0, |person| person.spoken_of);
        let mut known = [(0, 0); ANTECEDENTS_MAX + 1];
        for (known, one) in known.iter_mut().zip(found.iter()) {
            *known = (weight(one), one.presence);
        }
        let known = known.get(..found.len()).unwrap_or_default();
        for (one, (weight, presence)) in found.iter_mut().zip(known) {
            one.weight_rank = known.iter().filter(|(other, _)| other > weight).count();
            one.presence_rank = known.iter().filter(|(_, other)| other > presence).count();
        }
    }

    /// The place of each among all, and among those whom the pronoun, or a subject left out, can stand for.
    pub fn ranked<'b>(
        &'b self,
        antecedents: &'b [Antecedent],
        pronoun: Option<&'b Mention>,
    ) -> impl Iterator<Item = (Rank, &'b Antecedent)> + 'b {
        let mut fitting = 0;
        antecedents.iter().enumerate().map(move |(all, one)| {
            let fits = self.cast.persons.get(one.person).is_some_and(|person| fits(person, pronoun));
            fitting += usize::from(fits);
            (Rank { all, fitting: fits.then_some(fitting) }, one)
        })
    }

    /// Fills `features` with what is known of somebody before a quote; `inside` are those whom it speaks of itself.
    #[expect(clippy::too_many_arguments, reason = "each is one fact about the pair of a quote and somebody before it")]
    pub fn antecedent_features(
        &self,
        path: Path,
        rank: Rank,
        ante: &Antecedent,
        anchor: usize,
        pronoun: Option<&Mention>,
        before: &Before,
        inside: &[Mention],
        features: &mut Vec<u16>,
    ) {
        features.clear();
        let Antecedent { mention, person, weight_rank, presence_rank, leads, .. } = *ante;
        let Some(known) = self.cast.persons.get(person) else { return };
        let tokens = self.scene.tokens;
        // Pronoun, dropped, continued.
        let path = (path as usize).saturating_sub(1).min(2);
        let recency = bucket(rank.all, &[0, 1, 2, 3, 6]);
        let previous = match (before.person == Some(person), before.last.and_then(|last| tokens.get(last)), tokens.get(anchor)) {
            (true, Some(last), Some(at)) if last.sentence == at.sentence => 1,
            (true, Some(last), Some(at)) if last.paragraph == at.paragraph => 2,
            (true, Some(last), Some(at)) if last.paragraph + 1 == at.paragraph => 3,
            (true, ..) => 4,
            _ => 0,
        };
        features.extend([feature(Family::Recency, path * 7 + recency), feature(Family::Previous, path * 5 + previous)]);
        if let Some(pronoun) = pronoun {
            let agrees = match (pronoun.gender, known.gender) {
                (Gender::Unknown, _) => 0,
                (Gender::Either, _) => 10 + usize::from(!is_no_human(known)),
                (_, Gender::Unknown) => 1 + usize::from(known.body),
                (one, other) if one == other => 3,
                _ => 4,
            };
            let number = usize::from(pronoun.plural) * 2 + usize::from(known.plural || known.body && !known.human);
            features.extend([feature(Family::Agreement, agrees), feature(Family::Agreement, 6 + number)]);
        }
        let mention = mention.and_then(|index| self.scene.mentions.get(index));
        let place = match (mention.and_then(|mention| tokens.get(mention.first)), tokens.get(anchor)) {
            (Some(one), Some(at)) if one.sentence == at.sentence => 0,
            (Some(one), Some(at)) if one.paragraph == at.paragraph && one.sentence + 1 == at.sentence => 1,
            (Some(one), Some(at)) if one.paragraph == at.paragraph => 2,
            (Some(one), Some(at)) if one.paragraph + 1 == at.paragraph && one.sentence + 1 == at.sentence => 3,
            (Some(one), Some(at)) if one.paragraph + 1 == at.paragraph => 4,
            (Some(_), Some(_)) => 5,
            _ => 6,
        };
        let (kind, used) = (person_kind(known), use_of(known));
        let weight = usize::from(known.human) * 4 + bucket(weight_rank, &[0, 1, 3]);
        let fitting = rank.fitting.map_or(0, |rank| rank.min(4));
        let presence = bucket(presence_rank, &[0, 1, 2]) * 2 + usize::from(known.human);
        let leading = usize::from(leads) * 2 + usize::from(before.person == Some(person));
        features.extend([
            feature(Family::Place, path * 7 + place),
            feature(Family::AnteCount, path * 5 + bucket(known.mentions as usize, &[1, 2, 4, 8])),
            feature(Family::AnteKind, path * 8 + kind),
            feature(Family::AnteSpoke, path * 4 + bucket(before.spoke(person), &[0, 1, 3])),
            feature(Family::AnteUse, path * 8 + used),
            // What holds whatever the path.
            feature(Family::Recency, 21 + recency),
            feature(Family::Previous, 15 + previous),
            feature(Family::Place, 21 + place),
            feature(Family::AnteKind, 24 + kind),
            feature(Family::AnteUse, 24 + used),
            feature(Family::AnteWeight, path * 8 + weight),
            feature(Family::AnteWeight, 24 + weight),
            feature(Family::AnteFit, path * 5 + fitting),
            feature(Family::AnteFit, 15 + fitting),
            feature(Family::AntePresence, path * 8 + presence),
            feature(Family::AntePresence, 24 + presence),
            feature(Family::AnteLeads, path * 4 + leading),
        ]);
        if let Some(mention) = mention {
            let flag = if mention.hung {
                1
            } else if mention.modifies {
                2
            } else if mention.doubtful {
                3
            } else {
                0
            };
            features.extend([
                feature(Family::PlaceSubject, path * 14 + place * 2 + usize::from(mention.subject)),
                feature(Family::Subject, path * 2 + usize::from(mention.subject)),
                feature(Family::AnteFlag, path * 4 + flag),
                feature(Family::AnteCue, path * 2 + usize::from(mention.speaks)),
            ]);
        }
        if person == 0 {
            features.push(feature(Family::AnteFirst, path));
        }
        if is_among(person, inside) {
            features.push(feature(Family::PersonInside, 1 + path));
        }
    }
}

/// Whether somebody is spoken of there.
fn is_among(person: usize, mentions: &[Mention]) -> bool {
    mentions.iter().any(|mention| mention.person == Some(person))
}

/// Whether all that is known tells of a place or a body.
const fn is_no_human(person: &Person) -> bool {
    !person.human && (person.place || person.body)
}

/// Whether a pronoun, or a subject left out, can stand for somebody.
fn fits(person: &Person, pronoun: Option<&Mention>) -> bool {
    let no_human = is_no_human(person);
    let (gender, plural) = pronoun.map_or((Gender::Unknown, false), |pronoun| (pronoun.gender, pronoun.plural));
    match gender {
        _ if plural => person.plural || no_human,
        Gender::Unknown => !person.plural && (!person.place || person.human),
        gender => !no_human && !person.plural && (gender == Gender::Either || person.gender == Gender::Unknown || person.gender == gender),
    }
}

/// How much of the talk of somebody hangs on prepositions, as with places, and whether a verb of speech ever stands beside.
const fn use_of(person: &Person) -> usize {
    let hung = match (person.hung, person.spoken_of) {
        (0, _) => 0,
        (hung, all) if hung * 2 < all => 1,
        (hung, all) if hung < all => 2,
        _ => 3,
    };
    hung * 2 + (person.speaks > 0) as usize
}

/// Human by name, named, a body, somebody of an office, several, a place, a capital that may be no name's.
const fn person_kind(person: &Person) -> usize {
    if person.place && !person.human {
        return 6;
    }
    if person.named && !person.human && !person.body && !person.sure {
        return 7;
    }
    match (person.named, person.human, person.body) {
        (true, true, _) => 0,
        (true, false, true) => 1,
        (true, false, false) => 2,
        (false, _, true) => 3,
        (false, _, false) if person.plural => 4,
        (false, ..) => 5,
    }
}
