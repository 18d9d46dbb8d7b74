//! What stands around one quote: the words that may speak of it, and how everybody in them stands to a verb of speech.

use super::lexicon::{ADPOSITION, AGENT, ANY_VERB, AUXILIARY, CLITIC, POSTPOSITION, PREPOSITION, QUOTING, VERB};
use super::mentions::Mention;
use super::tokens::{BRACKET, BREAK, COLON, COMMA, DASH, JOINED, STOP, Token};

/// Words that are looked at on each side of a quote.
const REACH: usize = 40;

/// Verbs of speech that are weighed in one region.
const CUES_MAX: usize = 6;

/// A line that names who said what stands above it has no more words.
const SIGNATURE_WORDS_MAX: usize = 10;

/// Where words stand that may tell who spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// After the quote, in its sentence.
    After,
    /// After the quote, in a sentence of its own.
    AfterNew,
    /// Before it: `Moe said: “`.
    BeforeColon,
    /// `Moe said, “`.
    BeforeComma,
    /// `Moe called it “`.
    Before,
    /// The sentence before.
    SentenceBefore,
    /// The paragraph before ends with a colon.
    ParagraphColon,
    /// The line below, set off with a dash.
    Signature,
}

impl Zone {
    pub const fn is_after(self) -> bool {
        matches!(self, Self::After | Self::AfterNew | Self::Signature)
    }

    /// After, before in the sentence, before it.
    pub const fn side(self) -> usize {
        match self {
            Self::After | Self::AfterNew | Self::Signature => 0,
            Self::BeforeColon | Self::BeforeComma | Self::Before => 1,
            Self::SentenceBefore | Self::ParagraphColon => 2,
        }
    }
}

/// A run of words outside marks beside a quote.
#[derive(Clone, Debug)]
pub struct Region {
    pub zone: Zone,
    pub words: std::ops::Range<usize>,
    pub mentions: std::ops::Range<usize>,
    /// Tokens that say that somebody speaks, the nearest to the quote first.
    pub cues: Vec<usize>,
}

/// How a mention stands to a cue.
#[derive(Clone, Copy, Debug, Default)]
pub struct Relation {
    pub cue: Option<usize>,
    /// 0: no cue; then a sure verb after and before its subject, a weak one so, an adposition, a postposition.
    pub kind: usize,
    pub distance: usize,
    pub comma: bool,
    /// "Moe, the mayor of Dunmore, said".
    pub apposed: bool,
    /// "was described by Moe as".
    pub agent: bool,
}

/// An article's words and mentions.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    pub mentions: &'a [Mention],
}

impl Scene<'_> {
    /// The regions around the quote of tokens `first` to `end`, end exclusive.
    pub fn regions(&self, first: usize, end: usize) -> Vec<Region> {
        let mut regions = Vec::with_capacity(3);
        if let Some(zone) = self.zone_after(end) {
            let stop = self.extent_after(end);
            regions.push(self.region(zone, end..stop));
        }
        if let Some((zone, words)) = self.before(first) {
            regions.push(self.region(zone, words));
        }
        regions
    }

    fn zone_after(&self, end: usize) -> Option<Zone> {
        let token = self.tokens.get(end)?;
        if token.quoted {
            return None;
        }
        if token.after(BREAK) {
            let line = self.tokens.get(end..(end + SIGNATURE_WORDS_MAX + 1).min(self.tokens.len()))?;
            let length = line.iter().skip(1).position(|next| next.after(BREAK)).map(|at| at + 1);
            let whole = length.unwrap_or(line.len()) <= SIGNATURE_WORDS_MAX && token.after(DASH) && !line.iter().any(|word| word.quoted);
            return whole.then_some(Zone::Signature);
        }
        Some(if token.after(STOP) && token.heads { Zone::AfterNew } else { Zone::After })
    }

    fn extent_after(&self, end: usize) -> usize {
        let mut stop = end;
        while let Some(token) = self.tokens.get(stop) {
            let ends = token.quoted || stop > end && token.heads || stop - end >= REACH;
            if ends {
                break;
            }
            stop += 1;
        }
        stop
    }

    fn before(&self, first: usize) -> Option<(Zone, std::ops::Range<usize>)> {
        let opening = self.tokens.get(first)?;
        let last = first.checked_sub(1)?;
        if self.tokens.get(last)?.quoted {
            return None;
        }
        let zone = match opening.gap {
            gap if gap & BREAK != 0 && gap & COLON != 0 => Zone::ParagraphColon,
            gap if gap & BREAK != 0 => return None,
            gap if gap & COLON != 0 => Zone::BeforeColon,
            gap if gap & STOP != 0 => Zone::SentenceBefore,
            gap if gap & COMMA != 0 => Zone::BeforeComma,
            _ => Zone::Before,
        };
        let mut start = first;
        while let Some(token) = start.checked_sub(1).and_then(|at| self.tokens.get(at)) {
            if token.quoted || first - start >= REACH {
                break;
            }
            start -= 1;
            if token.heads {
                break;
            }
        }
        Some((zone, start..first))
    }

    fn region(&self, zone: Zone, words: std::ops::Range<usize>) -> Region {
        let low = self.mentions.partition_point(|mention| mention.first < words.start);
        let high = self.mentions.partition_point(|mention| mention.first < words.end);
        let is_cue = |at: &usize| self.is_cue(*at);
        let cues: Vec<usize> = match zone.is_after() {
            true => words.clone().filter(is_cue).take(CUES_MAX).collect(),
            false => words.clone().rev().filter(is_cue).take(CUES_MAX).collect(),
        };
        Region { zone, words, mentions: low..high, cues }
    }

    /// Whether a word says that somebody speaks.
    pub fn is_cue(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        if token.is(ADPOSITION) && !token.is(ANY_VERB) {
            return self.tokens.get(at + 1).is_some_and(|next| !next.after(COMMA | STOP | BREAK));
        }
        // "professor-titular", but "a-t-il", "l'explique".
        let compound = token.after(JOINED)
            && at
                .checked_sub(1)
                .and_then(|before| self.tokens.get(before))
                .is_some_and(|before| before.span().len() > 3 && !before.is(AUXILIARY));
        !compound && (token.heads || !token.capital) && token.is(ANY_VERB) || token.is(POSTPOSITION)
    }

    /// How a mention stands to the cue of a region that is its own, if any is.
    pub fn relate(&self, mention: &Mention, region: &Region) -> Relation {
        let mut best: Option<(usize, Relation)> = None;
        let quoting = region.cues.iter().copied().find(|cue| self.is_quoting(*cue));
        for cue in &region.cues {
            // "the Post quoted Moe as saying": not the Post.
            if quoting.is_some_and(|quoting| mention.first < quoting && quoting <= *cue) {
                continue;
            }
            let Some(relation) = self.relation(mention, *cue) else { continue };
            let weak = usize::from(matches!(relation.kind, 3 | 4));
            let cost = 2 * relation.distance + 6 * usize::from(relation.comma) + 2 * usize::from(relation.apposed) + 5 * weak;
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, relation));
            }
        }
        best.map(|(_, relation)| relation).unwrap_or_default()
    }

    fn relation(&self, mention: &Mention, cue: usize) -> Option<Relation> {
        let token = self.tokens.get(cue)?;
        if token.is(CLITIC) {
            // "katanya" has its subject in it.
            return None;
        }
        let agent = self.agent(cue);
        if let Some(agent) = agent {
            // "was quoted by the Post as saying": the Post quotes.
            let speaks = mention.phrase > agent && mention.phrase <= agent + 2;
            if token.is(QUOTING) == speaks || speaks && token.is(AUXILIARY) {
                return None;
            }
            if speaks {
                return Some(Relation { cue: Some(cue), kind: self.verb_kind(token, 2), agent: true, ..Relation::default() });
            }
        }
        let counted = |from: usize, to: usize| (from..to).filter(|at| self.tokens.get(*at).is_some_and(|word| !word.is(AUXILIARY))).count();
        if mention.last < cue {
            if token.is(ADPOSITION) && !token.is(ANY_VERB | POSTPOSITION) {
                return None;
            }
            let opens = self.tokens.get(mention.last + 1).is_some_and(|word| word.after(COMMA | BRACKET));
            let closes = (mention.last + 2..=cue).rev().find(|at| self.tokens.get(*at).is_some_and(|word| word.after(COMMA | BRACKET)));
            let (from, apposed) = match closes {
                Some(at) if opens => (at, true),
                _ => (mention.last + 1, false),
            };
            let comma = !apposed && (opens || closes.is_some());
            let from = if apposed { from } else { self.after_complement(mention, cue).unwrap_or(from) };
            let kind = if token.is(POSTPOSITION) { 6 } else { self.verb_kind(token, 1) };
            return Some(Relation { cue: Some(cue), kind, distance: counted(from, cue), comma, apposed, agent: false });
        }
        if mention.first <= cue || token.is(POSTPOSITION) && !token.is(ANY_VERB) {
            return None;
        }
        let comma = (cue + 1..=mention.phrase).any(|at| self.tokens.get(at).is_some_and(|word| word.after(COMMA | BRACKET)));
        let kind = if token.is(ANY_VERB) { self.verb_kind(token, 2) } else { 5 };
        Some(Relation { cue: Some(cue), kind, distance: counted(cue + 1, mention.phrase), comma, apposed: false, agent: false })
    }

    /// Whether a verb quotes its object, and is in the active.
    fn is_quoting(&self, cue: usize) -> bool {
        let is_passive = || cue.checked_sub(1).and_then(|at| self.tokens.get(at)).is_some_and(|token| token.is(AUXILIARY));
        self.tokens.get(cue).is_some_and(|token| token.is(QUOTING)) && !is_passive() && self.agent(cue).is_none()
    }

    /// The "by" of a verb in the passive, where somebody follows it.
    fn agent(&self, cue: usize) -> Option<usize> {
        let near = self.tokens.get(cue + 1..(cue + 3).min(self.tokens.len()))?;
        let by = near.iter().take_while(|token| token.gap & !JOINED == 0 && !token.quoted).position(|token| token.is(AGENT))? + cue + 1;
        let next = self.mentions.get(self.mentions.partition_point(|mention| mention.first <= by))?;
        (next.phrase <= by + 2 && self.tokens.get(cue).is_some_and(|token| token.is(ANY_VERB))).then_some(by)
    }

    /// Where what a name is of ends: "Theo Kitz of the Harbour Bank (HB) said".
    fn after_complement(&self, mention: &Mention, cue: usize) -> Option<usize> {
        if !self.tokens.get(mention.last + 1)?.is(PREPOSITION) {
            return None;
        }
        let low = self.mentions.partition_point(|other| other.first <= mention.last);
        let between = self.mentions.get(low..).unwrap_or_default().iter().take_while(|other| other.last < cue);
        let mut last = None;
        for other in between.take(4) {
            if !other.hung && !other.modifies && last.is_none_or(|last: usize| other.first > last + 2) {
                return None;
            }
            last = Some(other.last);
        }
        last.map(|last| last + 1)
    }

    fn verb_kind(&self, token: &Token, sure: usize) -> usize {
        match token.class {
            class if class & VERB != 0 => sure,
            _ => sure + 2,
        }
    }
}
