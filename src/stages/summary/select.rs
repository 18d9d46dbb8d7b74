//! Picks the best sentences that do not say the same thing twice.

use super::vectors::Vectors;

/// What salience is weighed against likeness to what is already chosen.
const LIKENESS_WEIGHT: f64 = 0.5;
/// Sentences beyond these never come into a summary of usual length; comparing them would cost for nothing.
const CANDIDATES_MIN: usize = 48;
/// So many picks are held against each other; whoever asks for more wants an abridgement, and gets the rest by score.
const COMPARED_PICKS_MAX: usize = 32;

/// Chooses at most `count` of the places in `eligible`, within `words_max`, and gives them in rising order. One is
/// always chosen, where there is one.
pub fn choose(eligible: &[usize], scores: &[f64], vectors: &Vectors<'_>, count: usize, words_max: usize) -> Vec<usize> {
    let score = |place: usize| scores.get(place).copied().unwrap_or(0.0);
    let mut order = eligible.to_vec();
    order.sort_unstable_by(|a, b| score(*b).total_cmp(&score(*a)).then(a.cmp(b)));
    let Some(best) = order.first().copied() else { return Vec::new() };
    let fits = |place: &usize, used: usize| used.saturating_add(vectors.word_count(*place)) <= words_max;
    let mut candidates: Vec<(usize, f64)> = order.iter().filter(|place| fits(place, 0)).map(|place| (*place, 0.0)).collect();
    let rest = candidates.split_off(candidates.len().min(CANDIDATES_MIN.max(count.min(COMPARED_PICKS_MAX).saturating_mul(4))));
    let mut chosen = Vec::new();
    let mut used = 0;
    let mut latest = vectors.blank();
    while chosen.len() < count.min(COMPARED_PICKS_MAX) {
        candidates.retain(|(place, _)| fits(place, used));
        let value = |(place, likeness): &(usize, f64)| score(*place) - LIKENESS_WEIGHT * likeness;
        let leading = candidates.iter().enumerate().max_by(|(i, a), (j, b)| value(a).total_cmp(&value(b)).then(j.cmp(i)));
        let Some(index) = leading.map(|(index, _)| index) else { break };
        let (place, _) = candidates.remove(index);
        used += vectors.word_count(place);
        chosen.push(place);
        vectors.add(&mut latest, place, 1.0);
        for (other, likeness) in &mut candidates {
            *likeness = likeness.max(vectors.dot(&latest, *other));
        }
        vectors.row(place).iter().for_each(|(id, _)| latest.get_mut(*id as usize).into_iter().for_each(|weight| *weight = 0.0));
    }
    for place in candidates.iter().map(|(place, _)| *place).chain(rest.iter().map(|(place, _)| *place)) {
        if chosen.len() < count && fits(&place, used) {
            used += vectors.word_count(place);
            chosen.push(place);
        }
    }
    if chosen.is_empty() && count > 0 {
        chosen.push(best);
    }
    chosen.sort_unstable();
    chosen
}
