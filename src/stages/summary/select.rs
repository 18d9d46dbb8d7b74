//! Chooses sentences that together say as much as they can of what a summary would say, and nothing twice.
//!
//! A summary is measured by what it shares with the one that an editor would write: twice the shared words over the words
//! of both. A sentence is thus worth the words that are likely shared, less those that another has said, less a price for
//! its length.

use super::features::Read;

/// Which share of its words a sentence must hold to be worth its length, before it is known how good the others are.
const PRICE: f64 = 0.15;
/// So many words above the price make a score of 0.73.
const SCORE_SCALE: f64 = 2.0;
/// A sentence gains nothing by being longer than this, in words.
const LENGTH_MAX: usize = 60;
/// What is lost of a sentence that is like one already chosen, and of one all of whose words are already said.
const LIKENESS_LOSS: f64 = 0.5;
const SAID_LOSS: f64 = 0.5;
/// How many words of the editor's summary are reckoned with for each sentence of ours.
const ROOM: f64 = 15.0;
/// Whoever asks for more than three sentences wants the whole article told: longer ones are chosen, which cover more of it.
const ROOM_WHOLE: f64 = 100.0;
const BRIEF_MAX: usize = 3;
/// Sentences beyond these never come into a summary of usual length; comparing them would cost for nothing.
const CANDIDATES_MIN: usize = 48;
/// So many picks are held against each other; whoever asks for more wants an abridgement, and gets the rest by worth.
const COMPARED_PICKS_MAX: usize = 32;
/// As long as sentences are, by and large, to tell whether a budget is one of sentences or of words.
const WORDS_USUAL: usize = 20;
/// For a budget of up to so many words, sets of sentences are searched for one that fills it well.
const SEARCHED_WORDS_MAX: usize = 200;
/// The best so many sentences are searched, and so many sets kept on the way.
const SEARCHED_CANDIDATES: usize = 16;
const SEARCHED_SETS: usize = 32;
/// What each word of the budget that is still free is taken to be worth, when sets of different length are compared.
const FREE_WORTH: f64 = 0.08;

/// How long a summary may be.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    pub sentences: usize,
    pub words: usize,
}

impl Budget {
    /// So many words that sentences of usual length would pass them.
    const fn is_of_words(self) -> bool {
        self.words < self.sentences.saturating_mul(WORDS_USUAL)
    }

    /// What must be filled, in words: a bound is not a goal, and the last sentence seldom ends at it.
    pub const fn goal(self) -> usize {
        if self.is_of_words() { self.words / 4 * 3 + self.words % 4 * 3 / 4 } else { self.words }
    }
}

/// A sentence that may be chosen.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    place: usize,
    words: usize,
    /// In words, as far as it counts.
    length: f64,
    /// How many of its words are likely shared with the editor's summary.
    shared: f64,
    /// What its words are worth together, as the article's words are wanted.
    wanted: f64,
    /// How like it is to the most alike of those chosen.
    likeness: f64,
    /// How much of `wanted` those chosen have said.
    said: f64,
    /// What it adds to what is chosen.
    gain: f64,
}

impl Candidate {
    fn of(place: usize, rates: &[f64], read: &Read<'_>) -> Self {
        let words = read.vectors.word_count(place);
        let length = words.min(LENGTH_MAX) as f64;
        let wanted: f64 = read.vectors.row(place).iter().map(|(id, _)| read.wanted(*id)).sum();
        let shared = length * rates.get(place).copied().unwrap_or(0.0);
        Self { place, words, length, shared, wanted: wanted.max(f64::MIN_POSITIVE), likeness: 0.0, said: 0.0, gain: shared }
    }
}

/// How good a sentence is taken alone, 0 to 1: more than a half is worth its length.
pub fn score(rate: f64, words: usize) -> f64 {
    1.0 / (1.0 + libm::exp(-log_odds_of(rate, words)))
}

/// The log odds of the score.
pub fn log_odds_of(rate: f64, words: usize) -> f64 {
    log_odds(rate - PRICE, words)
}

/// What a part of a rate adds to them.
pub fn log_odds(rate: f64, words: usize) -> f64 {
    rate * words.min(LENGTH_MAX) as f64 / SCORE_SCALE
}

/// Which share of a sentence's worth is left, when so much is like another and so much is said already.
fn left(likeness: f64, said: f64) -> f64 {
    1.0 - LIKENESS_LOSS * likeness - SAID_LOSS * said.min(1.0)
}

/// Chooses some of the places in `eligible` within a budget, and gives them in rising order. One is always chosen, where
/// there is one. `rates` has, for each sentence, the share of its words that a summary would have.
pub fn choose(eligible: &[usize], rates: &[f64], read: &Read<'_>, budget: Budget) -> Vec<usize> {
    let mut order: Vec<Candidate> = eligible.iter().map(|place| Candidate::of(*place, rates, read)).collect();
    let worth = |one: &Candidate| one.shared - PRICE * one.length;
    order.sort_unstable_by(|a, b| worth(b).total_cmp(&worth(a)).then(a.place.cmp(&b.place)));
    let Some(best) = order.first().map(|best| best.place).filter(|_| budget.sentences > 0) else { return Vec::new() };
    order.retain(|candidate| candidate.words <= budget.words);
    let mut chosen = if budget.is_of_words() && budget.words <= SEARCHED_WORDS_MAX {
        order.truncate(SEARCHED_CANDIDATES);
        search(order, read, budget)
    } else {
        let compared = CANDIDATES_MIN.max(budget.sentences.min(COMPARED_PICKS_MAX).saturating_mul(4));
        let rest = order.split_off(order.len().min(compared));
        in_turn(&order, rest, read, budget)
    };
    if chosen.is_empty() {
        chosen.push(best);
    }
    chosen.sort_unstable();
    chosen
}

/// One after the other, whichever adds most; twice, since only what is chosen tells what a word is worth here.
fn in_turn(candidates: &[Candidate], rest: Vec<Candidate>, read: &Read<'_>, budget: Budget) -> Vec<usize> {
    let room = if budget.sentences > BRIEF_MAX { ROOM_WHOLE } else { ROOM } * budget.sentences as f64;
    let first = Picks::of(candidates.to_vec(), read, budget, PRICE);
    let price = first.shared / (room.min(budget.words as f64) + first.length);
    let Picks { mut places, mut words, over, .. } = Picks::of(candidates.to_vec(), read, budget, price);
    for candidate in over.into_iter().chain(rest) {
        if places.len() < budget.sentences && words.saturating_add(candidate.words) <= budget.words {
            words += candidate.words;
            places.push(candidate.place);
        }
    }
    places
}

/// What a greedy choice took, and what it left over.
#[derive(Default)]
struct Picks {
    places: Vec<usize>,
    words: usize,
    length: f64,
    shared: f64,
    over: Vec<Candidate>,
}

impl Picks {
    fn of(mut candidates: Vec<Candidate>, read: &Read<'_>, budget: Budget, price: f64) -> Self {
        let mut picks = Self::default();
        let count = budget.sentences.min(COMPARED_PICKS_MAX);
        let mut latest = Latest::new(read);
        while picks.places.len() < count {
            let mut leading: Option<(usize, f64)> = None;
            for (index, candidate) in candidates.iter().enumerate() {
                let value = candidate.gain - price * candidate.length;
                let fits = picks.words.saturating_add(candidate.words) <= budget.words;
                if fits && leading.is_none_or(|(_, most)| value > most) {
                    leading = Some((index, value));
                }
            }
            let Some((index, _)) = leading else { break };
            let taken = candidates.remove(index);
            picks.places.push(taken.place);
            picks.words += taken.words;
            picks.length += taken.length;
            picks.shared += taken.gain;
            if picks.places.len() < count {
                latest.take(taken.place, read);
                candidates.iter_mut().for_each(|candidate| latest.hold_against(candidate, read));
                latest.clear(taken.place, read);
            }
        }
        picks.over = candidates;
        picks
    }
}

/// The words of the sentence that was chosen last, to hold the others against.
struct Latest {
    /// Each word's weight in it, and what it is worth if no sentence before had it.
    words: Vec<(f64, f64)>,
    is_said: Vec<bool>,
}

impl Latest {
    fn new(read: &Read<'_>) -> Self {
        let count = read.vectors.terms().len();
        Self { words: vec![(0.0, 0.0); count], is_said: vec![false; count] }
    }

    fn take(&mut self, place: usize, read: &Read<'_>) {
        for (id, weight) in read.vectors.row(place) {
            if let (Some(word), Some(is_said)) = (self.words.get_mut(*id as usize), self.is_said.get_mut(*id as usize)) {
                *word = (*weight, if *is_said { 0.0 } else { read.wanted(*id) });
                *is_said = true;
            }
        }
    }

    fn clear(&mut self, place: usize, read: &Read<'_>) {
        let ids = read.vectors.row(place).iter().map(|(id, _)| *id as usize);
        ids.for_each(|id| self.words.get_mut(id).into_iter().for_each(|word| *word = (0.0, 0.0)));
    }

    fn hold_against(&self, candidate: &mut Candidate, read: &Read<'_>) {
        let (likeness, said) = self.shared_with(candidate.place, read);
        candidate.likeness = candidate.likeness.max(likeness);
        candidate.said += said;
        candidate.gain = candidate.shared * left(candidate.likeness, candidate.said / candidate.wanted);
    }

    /// The likeness of a sentence to the latest, and what they share that was not said before.
    fn shared_with(&self, place: usize, read: &Read<'_>) -> (f64, f64) {
        let (mut likeness, mut said) = (0.0, 0.0);
        for (id, weight) in read.vectors.row(place) {
            let (own, wanted) = self.words.get(*id as usize).copied().unwrap_or_default();
            likeness += weight * own;
            said += wanted;
        }
        (likeness, said)
    }
}

/// A set of candidates on the way through the text.
#[derive(Clone, Copy, Debug, Default)]
struct Draft {
    /// Which candidates it has, a bit for each.
    chosen: u32,
    words: usize,
    shared: f64,
}

/// The best set within a budget of words: each candidate in text order is added to each of the best sets so far, or not.
/// What lies beyond the goal counts nothing, so the sentences that come first are not given up for a fuller budget.
fn search(mut candidates: Vec<Candidate>, read: &Read<'_>, budget: Budget) -> Vec<usize> {
    candidates.sort_unstable_by_key(|candidate| candidate.place);
    let alike = pairs(&candidates, read);
    let goal = budget.goal();
    let promise = |draft: &Draft| draft.shared + FREE_WORTH * goal.saturating_sub(draft.words) as f64;
    let mut drafts = vec![Draft::default()];
    for (index, (candidate, alike)) in candidates.iter().zip(&alike).enumerate() {
        for known in 0..drafts.len() {
            let Some(draft) = drafts.get(known).copied() else { break };
            let has_room = draft.words < goal && draft.words + candidate.words <= budget.words;
            if !has_room || draft.chosen.count_ones() as usize >= budget.sentences {
                continue;
            }
            let earlier = alike.iter().enumerate().filter(|(earlier, _)| draft.chosen >> earlier & 1 == 1);
            let (likeness, said) = earlier.fold((0.0_f64, 0.0), |(most, sum), (_, (likeness, said))| (most.max(*likeness), sum + said));
            let read = candidate.words.min(goal - draft.words) as f64 / candidate.words.max(1) as f64;
            let shared = draft.shared + read * candidate.shared * left(likeness, said / candidate.wanted);
            drafts.push(Draft { chosen: draft.chosen | 1 << index, words: draft.words + candidate.words, shared });
        }
        drafts.sort_by(|a, b| promise(b).total_cmp(&promise(a)));
        drafts.truncate(SEARCHED_SETS);
    }
    let best = drafts.iter().reduce(|best, other| if other.shared > best.shared { other } else { best });
    let chosen = best.map_or(0, |best| best.chosen);
    candidates.iter().enumerate().filter(|(index, _)| chosen >> index & 1 == 1).map(|(_, candidate)| candidate.place).collect()
}

/// For each candidate, its likeness to each earlier one and what it shares with it.
fn pairs(candidates: &[Candidate], read: &Read<'_>) -> Vec<Vec<(f64, f64)>> {
    let mut alike = vec![Vec::with_capacity(candidates.len()); candidates.len()];
    for (index, earlier) in candidates.iter().enumerate() {
        let mut latest = Latest::new(read);
        latest.take(earlier.place, read);
        for (later, alike) in candidates.iter().zip(&mut alike).skip(index + 1) {
            alike.push(latest.shared_with(later.place, read));
        }
    }
    alike
}
