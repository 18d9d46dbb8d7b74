//! Every reading of who may have said a quote, each with what speaks for it: somebody named beside it, a pronoun and whom
//! it may stand for, a subject that is left out, whoever spoke before, nobody.

use super::cast::{Cast, Gender};
use super::features::{Family, bucket, feature};
use super::lexicon::{ANY_VERB, CLITIC, THAT, VERB};
use super::mentions::{self, Kind, Mention};
use super::model::Weights;
use super::people::Antecedent;
use super::scene::{Region, Relation, Scene, Zone};
use super::tokens::{BRACKET, BREAK, COLON, COMMA, DASH, STOP};

/// People beside a quote that are weighed in one region.
const MENTIONS_MAX: usize = 12;

/// Pronouns beside a quote that are weighed.
const PRONOUNS_MAX: usize = 3;

/// How a reading comes to its speaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Named or called by an office beside the quote.
    Called,
    Pronoun,
    /// The cue's subject is left out.
    Dropped,
    /// Without a cue: somebody in force.
    Continued,
    Nobody,
}

/// One reading.
#[derive(Clone, Debug)]
pub struct Reading {
    pub path: Path,
    /// The verb or adposition, as a token.
    pub cue: Option<usize>,
    /// Which mention stands for the speaker.
    pub mention: Option<usize>,
    pub person: Option<usize>,
    /// What speaks for the path and for the mention beside the quote, which the readings of one pronoun share.
    shared: Run,
    /// What speaks for the person.
    own: Run,
}

/// A run of features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Run {
    from: usize,
    to: usize,
}

/// All readings of one quote.
#[derive(Clone, Debug, Default)]
pub struct Readings {
    pub list: Vec<Reading>,
    features: Vec<u16>,
    /// Filled anew for every reading, and kept so as not to be asked for again: what speaks for a mention by where it
    /// stands, and by who it is.
    local: Vec<u16>,
    more: Vec<u16>,
}

impl Readings {
    /// With room for those of most quotes.
    pub fn with_capacity() -> Self {
        let room = |count| Vec::with_capacity(count);
        Self { list: Vec::with_capacity(32), features: room(1_024), local: room(32), more: room(32) }
    }

    /// What speaks for a reading.
    pub fn features(&self, reading: &Reading) -> impl Iterator<Item = u16> {
        self.run(reading.shared).iter().chain(self.run(reading.own)).copied()
    }

    /// The reading that speaks for itself most by these weights, the first among equals; 0 where there is none.
    pub fn best(&self, weights: &Weights) -> usize {
        let mut best = (0, f64::NEG_INFINITY);
        let mut shared = (Run::default(), 0.0);
        for (at, reading) in self.list.iter().enumerate() {
            if reading.shared != shared.0 {
                shared = (reading.shared, weights.sum(self.run(reading.shared)));
            }
            let sum = shared.1 + weights.sum(self.run(reading.own));
            if sum > best.1 {
                best = (at, sum);
            }
        }
        best.0
    }

    fn run(&self, run: Run) -> &[u16] {
        self.features.get(run.from..run.to).unwrap_or_default()
    }

    fn keep(&mut self, parts: [&[u16]; 2]) -> Run {
        let from = self.features.len();
        parts.iter().for_each(|part| self.features.extend_from_slice(part));
        Run { from, to: self.features.len() }
    }

    fn add(&mut self, path: Path, cue: Option<usize>, mention: Option<usize>, person: Option<usize>, shared: Run, own: &[u16]) {
        let own = self.keep([own, &[]]);
        self.list.push(Reading { path, cue, mention, person, shared, own });
    }
}

/// The quotes so far.
#[derive(Clone, Debug, Default)]
pub struct Before {
    pub person: Option<usize>,
    /// The last word of the last quote.
    pub last: Option<usize>,
    /// How many quotes each has said.
    pub spoke: Vec<u32>,
}

impl Before {
    pub fn spoke(&self, person: usize) -> usize {
        self.spoke.get(person).map_or(0, |count| *count as usize)
    }
}

/// Reads around quotes.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub scene: Scene<'a>,
    pub cast: &'a Cast,
    pub drops_subject: bool,
}

/// What holds for all readings of one quote.
pub struct Setting {
    pub first: usize,
    pub end: usize,
    /// By what its surroundings are: how it stands in its paragraph, and to the quote before.
    pub context: usize,
    cues: usize,
    length: usize,
    small: bool,
    opening: usize,
    colon: bool,
}

impl Reader<'_> {
    /// Fills `readings`, which are emptied first, with all readings of the quote of tokens `first` to `end`, end
    /// exclusive, with `regions` around it. There is always one: nobody.
    pub fn read(&self, first: usize, end: usize, regions: &[Region], before: &Before, readings: &mut Readings) {
        readings.list.clear();
        readings.features.clear();
        let setting = self.setting(first, end, regions, before);
        let antecedents = self.antecedents(first, before);
        for region in regions {
            self.read_region(region, &setting, before, &antecedents, readings);
        }
        let continued = readings.keep([&self.path_features(Path::Continued, &setting), &[]]);
        let inside = self.inside(first, end);
        let mut ante = std::mem::take(&mut readings.more);
        for (rank, mention) in self.ranked(&antecedents, None) {
            self.antecedent_features(Path::Continued, rank, mention, first, None, before, inside, &mut ante);
            readings.add(Path::Continued, None, None, Some(mention.person), continued, &ante);
        }
        readings.more = ante;
        let nobody = readings.keep([&self.path_features(Path::Nobody, &setting), &[]]);
        readings.add(Path::Nobody, None, None, None, nobody, &[]);
    }

    fn setting(&self, first: usize, end: usize, regions: &[Region], before: &Before) -> Setting {
        let tokens = self.scene.tokens;
        let opening = tokens.get(first);
        let opens = opening.is_none_or(|token| token.after(BREAK)) || first == 0;
        let closes = tokens.get(end).is_none_or(|token| token.after(BREAK));
        let near = match (before.last.and_then(|last| tokens.get(last)), opening) {
            (Some(last), Some(opening)) if last.sentence == opening.sentence => 1,
            (Some(last), Some(opening)) if last.paragraph == opening.paragraph => {
                if before
                    .last
                    .is_some_and(|last| first <= last + 1 || opening.sentence - tokens.get(last).map_or(0, |token| token.sentence) <= 1)
                {
                    2
                } else {
                    3
                }
            }
            (Some(last), Some(opening)) if last.paragraph + 1 == opening.paragraph => 4,
            (Some(_), Some(_)) => 5,
            _ => 0,
        };
        let cue_on = |after: bool| {
            let verbs = regions.iter().filter(|region| region.zone.is_after() == after).flat_map(|region| &region.cues);
            verbs.filter_map(|cue| tokens.get(*cue)).map(|token| if token.is(VERB) { 2 } else { 1 }).max().unwrap_or(0)
        };
        let gap = opening.map_or(0, |token| token.gap);
        let stands = match gap {
            _ if opens => 0,
            gap if gap & COLON != 0 => 1,
            gap if gap & STOP != 0 => 2,
            gap if gap & COMMA != 0 => 3,
            gap if gap & BRACKET != 0 => 4,
            gap if gap & DASH != 0 => 5,
            _ => 6,
        };
        Setting {
            first,
            end,
            context: (near * 2 + usize::from(opens)) * 2 + usize::from(closes),
            cues: cue_on(true) * 3 + cue_on(false),
            length: bucket(end - first, &[1, 3, 6, 12, 25, 50]),
            small: opening.is_some_and(|token| !token.is_written_large()),
            opening: stands,
            colon: gap & COLON != 0,
        }
    }

    fn path_features(&self, path: Path, setting: &Setting) -> [u16; 5] {
        let at = path as usize;
        let drops = usize::from(self.drops_subject);
        [
            feature(Family::Path, at * 30 + setting.context),
            feature(Family::PathCues, at * 9 + setting.cues),
            feature(Family::PathLength, at * 7 + setting.length),
            feature(Family::PathHead, at * 4 + usize::from(setting.small) * 2 + drops),
            feature(Family::PathOpening, at * 8 + setting.opening),
        ]
    }

    fn read_region(&self, region: &Region, setting: &Setting, before: &Before, antecedents: &[Antecedent], readings: &mut Readings) {
        let sentence_apart = matches!(region.zone, Zone::SentenceBefore | Zone::AfterNew);
        let mut pronouns = 0;
        let mut led: Vec<usize> = Vec::new();
        let (mut local, mut more) = (std::mem::take(&mut readings.local), std::mem::take(&mut readings.more));
        for step in 0..region.mentions.len().min(MENTIONS_MAX) {
            // The nearest to the quote first.
            let index = if region.zone.is_after() { region.mentions.start + step } else { region.mentions.end - 1 - step };
            let Some(mention) = self.scene.mentions.get(index) else { continue };
            if self.scene.tokens.get(mention.first).is_none_or(|token| token.quoted) {
                continue;
            }
            let relation = self.scene.relate(mention, region);
            if relation.kind == 0 && sentence_apart && !setting.colon && region.zone == Zone::SentenceBefore {
                continue;
            }
            if let Some(cue) = relation.cue.filter(|_| (!mention.hung || relation.agent) && relation.distance <= 3 && !relation.comma) {
                led.push(cue);
            }
            self.local_features(index, mention, region, &relation, setting, &mut local);
            if mention.kind == Kind::Pronoun && mention.person.is_some() {
                let path = self.path_features(Path::Called, setting);
                local.push(feature(Family::Agreement, 5));
                let taken = mention.takes_up.and_then(|first| self.scene.mentions.binary_search_by_key(&first, |other| other.first).ok());
                self.person_features(mention.person, before, setting, &mut more);
                let shared = readings.keep([&path, &local]);
                readings.add(Path::Called, relation.cue, taken, mention.person, shared, &more);
                continue;
            }
            if mention.kind == Kind::Pronoun {
                pronouns += 1;
                if pronouns > PRONOUNS_MAX || relation.kind == 0 {
                    continue;
                }
                let shared = readings.keep([&self.path_features(Path::Pronoun, setting), &local]);
                let inside = self.inside(mention.first, setting.end);
                for (rank, ante) in self.ranked(antecedents, Some(mention)) {
                    self.antecedent_features(Path::Pronoun, rank, ante, mention.first, Some(mention), before, inside, &mut more);
                    readings.add(Path::Pronoun, relation.cue, Some(index), Some(ante.person), shared, &more);
                }
                if antecedents.is_empty() {
                    readings.add(Path::Pronoun, relation.cue, Some(index), None, shared, &[]);
                }
                continue;
            }
            let path = self.path_features(Path::Called, setting);
            self.person_features(mention.person, before, setting, &mut more);
            let shared = readings.keep([&path, &local]);
            readings.add(Path::Called, relation.cue, Some(index), mention.person, shared, &more);
        }
        for cue in region.cues.iter().filter(|cue| !led.contains(cue)).take(2) {
            let Some(token) = self.scene.tokens.get(*cue) else { continue };
            if !token.is(ANY_VERB) || !self.drops_subject && !token.is(CLITIC) {
                continue;
            }
            let kind = if token.is(CLITIC) { 7 } else { usize::from(!token.is(VERB)) * 2 + 1 };
            let distance = self.cue_distance(*cue, region, setting);
            let zone = region.zone as usize;
            let dropped = [
                feature(Family::ZoneKind, zone * 6 + 5),
                feature(Family::Relation, 24 + region.zone.side() * 4 + kind / 2),
                feature(Family::QuoteDistance, zone * 8 + bucket(distance, &[0, 1, 2, 4, 8, 16])),
            ];
            let shared = readings.keep([&self.path_features(Path::Dropped, setting), &dropped]);
            // "katanya" has its pronoun in it.
            let stands = if token.is(CLITIC) { Path::Pronoun } else { Path::Dropped };
            let inside = self.inside(*cue, setting.end);
            let clitic = Mention { gender: Gender::Either, ..mentions::mention(Kind::Pronoun, *cue, *cue, None) };
            let pronoun = token.is(CLITIC).then_some(&clitic);
            for (rank, ante) in self.ranked(antecedents, pronoun) {
                self.antecedent_features(stands, rank, ante, *cue, pronoun, before, inside, &mut more);
                readings.add(Path::Dropped, Some(*cue), None, Some(ante.person), shared, &more);
            }
        }
        (readings.local, readings.more) = (local, more);
    }

    fn cue_distance(&self, cue: usize, region: &Region, setting: &Setting) -> usize {
        if region.zone.is_after() { cue.saturating_sub(setting.end) } else { setting.first.saturating_sub(cue + 1) }
    }

    /// Fills `features` with what speaks for a mention by where it stands.
    fn local_features(
        &self,
        index: usize,
        mention: &Mention,
        region: &Region,
        relation: &Relation,
        setting: &Setting,
        features: &mut Vec<u16>,
    ) {
        let tokens = self.scene.tokens;
        let zone = region.zone as usize;
        let side = region.zone.side();
        let kind = match mention.kind {
            Kind::Name if mention.last > mention.first => 0,
            Kind::Name => 1,
            Kind::Role if mention.person.and_then(|person| self.cast.persons.get(person)).is_some_and(|person| person.named) => 2,
            Kind::Role => 3,
            Kind::Pronoun => 4,
        };
        let order = match relation.kind {
            0 => 0,
            1 | 3 | 6 => 1,
            5 => 2,
            _ => 3,
        };
        let away = if region.zone.is_after() {
            mention.phrase.saturating_sub(setting.end)
        } else {
            setting.first.saturating_sub(mention.last + 1)
        };
        let told = usize::from(relation.kind != 0);
        features.clear();
        features.push(feature(Family::ZoneKind, zone * 6 + kind));
        features.push(feature(Family::Relation, side * 8 + relation.kind));
        if relation.kind != 0 {
            features.push(feature(Family::CueDistance, order * 7 + bucket(relation.distance, &[0, 1, 2, 3, 5, 8])));
        }
        if let Some(cue) = relation.cue {
            let distance = self.cue_distance(cue, region, setting);
            features.push(feature(Family::QuoteDistance, zone * 8 + bucket(distance, &[0, 1, 2, 4, 8, 16])));
        }
        features.push(feature(Family::MentionDistance, (zone * 7 + bucket(away, &[0, 1, 3, 6, 12, 24])) * 2 + told));
        let rank = (region.mentions.start..index)
            .filter(|at| self.scene.mentions.get(*at).is_some_and(|other| !other.hung && !other.modifies))
            .count();
        features.push(feature(Family::Order, (side * 4 + rank.min(3)) * 3 + order.min(2)));
        let near = relation.kind != 0 && relation.distance <= 1;
        let between = |from: usize, to: usize| {
            (region.mentions.clone()).any(|at| {
                at != index
                    && self
                        .scene
                        .mentions
                        .get(at)
                        .is_some_and(|other| other.first >= from && other.last < to && !other.hung && !other.modifies)
            })
        };
        let cue = relation.cue.unwrap_or(setting.first);
        let other_between = if cue > mention.last { between(mention.last + 1, cue) } else { between(cue + 1, mention.first) };
        let nearer = if region.zone.is_after() { between(setting.end, mention.first) } else { between(mention.last + 1, setting.first) };
        let cue_nearer = region.cues.iter().any(|other| {
            Some(*other) != relation.cue
                && if region.zone.is_after() { *other < mention.first.min(cue) } else { *other > mention.last.max(cue) }
        });
        let spoken_to = relation.cue.filter(|_| !relation.agent).is_some_and(|cue| {
            mention.first > cue
                && region.mentions.clone().any(|at| {
                    self.scene
                        .mentions
                        .get(at)
                        .is_some_and(|other| !other.hung && other.last < cue && cue - other.last <= 4 && other.first >= region.words.start)
                })
        });
        let adposition = matches!(relation.kind, 5 | 6) && relation.distance <= 1;
        let bracket = tokens.get(mention.first).is_some_and(|token| token.after(BRACKET));
        let that = relation.cue.and_then(|cue| tokens.get(cue + 1)).is_some_and(|token| token.is(THAT));
        let facts = [
            mention.hung && !adposition && !relation.agent,
            mention.hung && adposition,
            mention.modifies,
            mention.doubtful,
            mention.indefinite,
            relation.apposed,
            relation.comma,
            bracket,
            spoken_to,
            other_between,
            nearer,
            cue_nearer,
            mention.plural,
            that,
            mention.subject,
            mention.kind == Kind::Role && !mention.indefinite,
        ];
        let family = if near { Family::Flag } else { Family::FlagFar };
        features.extend(facts.iter().enumerate().filter(|(_, fact)| **fact).map(|(at, _)| feature(family, at)));
        // "Moe: “We sell.”", or a paragraph that opens with a name and a colon.
        if relation.kind == 0 && setting.colon && !region.zone.is_after() && mention.last + 1 == setting.first {
            let alone = tokens.get(mention.phrase).is_some_and(|token| token.heads);
            features.push(feature(Family::Label, usize::from(alone) * 2 + usize::from(region.zone == Zone::ParagraphColon)));
        }
        // "Ada Moe, 51, mayor of Dunmore:", and no verb of speech.
        if setting.colon && !region.zone.is_after() && region.cues.is_empty() {
            let first = usize::from(mention.subject) * 2 + usize::from(region.zone == Zone::ParagraphColon);
            features.push(feature(Family::Label, 4 + first));
        }
    }
}
