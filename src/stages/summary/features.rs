//! What can be told of a sentence without knowing its language: where it stands, how long it is, how much of the
//! article and of the title it holds. The trainer and the stage read the same numbers.

use crate::model::Span;
use crate::stages::logs::ln;
use crate::text::words;

use super::vectors::{Term, Vectors};

/// How many numbers describe a sentence.
pub const COUNT: usize = 44;

/// What each number is called in the file of weights.
#[rustfmt::skip]
pub const NAMES: [&str; COUNT] = [
    "inverse_place", "share_place", "log_place", "first", "second", "third",
    "last", "log_words", "under_6_words", "over_40_words", "share_words", "centroid",
    "centroid_rank", "after", "before", "lead", "content_mean", "content_rank",
    "shared", "new", "title", "title_rank", "marks", "digits",
    "asks", "exclaims", "fourth", "fifth", "log_sentences", "words",
    "under_3_words", "over_25_words", "after_rank", "next", "previous", "has_title",
    "begins_quoted", "ends_in_stop", "ends_in_colon", "digits_share", "long_words", "openings",
    "first_centroid", "first_title",
];

/// A sentence in numbers.
pub type Features = [f64; COUNT];

/// What `judge` makes of each sentence's numbers, which are not kept: a million sentences would fill 350 MB with them.
/// Linear in the text but for sorting: closeness to other sentences is measured against sums of them, never pair by pair.
pub fn judge_each<T>(text: &str, title: &str, sentences: &[Span], vectors: &Vectors<'_>, judge: impl Fn(&Features) -> T) -> Vec<T> {
    let closeness = Closeness::of(sentences.len(), vectors);
    let coverage = Coverage::of(sentences.len(), vectors);
    let titles = title_shares(title, sentences.len(), vectors);
    let closeness_ranks = ranks(&closeness.centroid);
    let sum_ranks = ranks(&coverage.sums);
    let title_ranks = ranks(&titles);
    let count = sentences.len() as f64;
    let words_mean = (0..sentences.len()).map(|place| vectors.word_count(place) as f64).sum::<f64>() / count.max(1.0);
    let after_ranks = ranks(&closeness.after);
    let openings = openings(sentences.len(), vectors);
    let letters: usize = sentences.iter().map(|sentence| sentence.len()).sum();
    let letters_mean = letters as f64 / (words_mean * count).max(1.0);
    let at = |values: &[f64], place: usize| values.get(place).copied().unwrap_or(0.0);
    let length_of_text = ln(1 + sentences.len()) / 5.0;
    let flag = |is_so: bool| f64::from(u8::from(is_so));
    let mut judged = Vec::with_capacity(sentences.len());
    for (place, sentence) in sentences.iter().enumerate() {
        let sentence = sentence.of(text);
        let length = vectors.word_count(place) as f64;
        let surface = Surface::of(sentence);
        judged.push(judge(&[
            1.0 / (place as f64 + 1.0),
            place as f64 / count,
            ln(1 + place) / 5.0,
            flag(place == 0),
            flag(place == 1),
            flag(place == 2),
            flag(place + 1 == sentences.len()),
            ln(1 + vectors.word_count(place)) / 4.0,
            flag(length < 6.0),
            flag(length > 40.0),
            (length / words_mean.max(1.0)).min(4.0) / 4.0,
            at(&closeness.centroid, place),
            at(&closeness_ranks, place),
            at(&closeness.after, place),
            at(&closeness.before, place),
            at(&closeness.first, place),
            at(&coverage.means, place) * 20.0,
            at(&sum_ranks, place),
            at(&coverage.shared, place),
            at(&coverage.new, place),
            at(&titles, place),
            at(&title_ranks, place) * flag(!title.is_empty()),
            surface.marks,
            surface.digits,
            flag(surface.asks),
            flag(surface.exclaims),
            flag(place == 3),
            flag(place == 4),
            length_of_text,
            length.min(60.0) / 60.0,
            flag(length < 3.0),
            flag(length > 25.0),
            at(&after_ranks, place),
            at(&closeness.next, place),
            at(&closeness.previous, place),
            flag(!title.is_empty()),
            flag(surface.begins_quoted),
            flag(surface.ends_in_stop),
            flag(surface.ends_in_colon),
            surface.digits * 6.0 / length.max(6.0) * 4.0,
            (surface.letters / length.max(1.0) / letters_mean.max(0.1)).min(2.0) - 1.0,
            at(&openings, place),
            flag(place == 0) * at(&closeness.centroid, place),
            at(&titles, place) * flag(place == 0),
        ]));
    }
    judged
}

/// How close each sentence is to the others taken together.
struct Closeness {
    centroid: Vec<f64>,
    after: Vec<f64>,
    before: Vec<f64>,
    first: Vec<f64>,
    next: Vec<f64>,
    previous: Vec<f64>,
}

impl Closeness {
    fn of(count: usize, vectors: &Vectors<'_>) -> Self {
        let mut sums = vec![Sums::default(); vectors.terms().len()];
        for place in 0..count {
            each_sum(&mut sums, vectors.row(place), |sums, weight| sums.all += weight);
        }
        each_sum(&mut sums, vectors.row(0), |sums, weight| sums.first = weight);
        let length = sums.iter().map(|sums| sums.all * sums.all).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        let list = || Vec::with_capacity(count);
        let mut found = Self { centroid: list(), after: list(), before: list(), first: list(), next: list(), previous: list() };
        for place in 0..count {
            let mut to = Sums::default();
            each_sum(&mut sums, vectors.row(place), |sums, weight| {
                to.all += weight * sums.all;
                to.earlier += weight * sums.earlier;
                to.previous += weight * sums.previous;
                to.first += weight * sums.first;
                sums.earlier += weight;
            });
            let to_later = (to.all - to.earlier - 1.0).max(0.0);
            found.centroid.push(to.all / length);
            found.before.push(to.earlier / place.max(1) as f64);
            found.after.push(to_later / count.saturating_sub(place + 1).max(1) as f64);
            found.first.push(if place == 0 { 0.0 } else { to.first });
            found.previous.push(to.previous);
            if let Some(previous) = place.checked_sub(1) {
                found.next.push(to.previous);
                each_sum(&mut sums, vectors.row(previous), |sums, _| sums.previous = 0.0);
            }
            each_sum(&mut sums, vectors.row(place), |sums, weight| sums.previous = weight);
        }
        found.next.push(0.0);
        found
    }
}

/// A word's weights in other sentences; of a sentence, its dot products with them.
#[derive(Clone, Copy, Default)]
struct Sums {
    all: f64,
    earlier: f64,
    previous: f64,
    first: f64,
}

fn each_sum(sums: &mut [Sums], row: &[(u32, f64)], mut what: impl FnMut(&mut Sums, f64)) {
    for (id, weight) in row {
        if let Some(sums) = sums.get_mut(*id as usize) {
            what(sums, *weight);
        }
    }
}

/// How much of what the article speaks of each sentence holds.
struct Coverage {
    means: Vec<f64>,
    sums: Vec<f64>,
    shared: Vec<f64>,
    new: Vec<f64>,
}

impl Coverage {
    fn of(count: usize, vectors: &Vectors<'_>) -> Self {
        let total = vectors.terms().iter().filter(|term| term.is_content).map(|term| f64::from(term.count)).sum::<f64>().max(1.0);
        // How often each content word comes, and whether in more than one sentence; whole numbers, so that sentences that
        // hold as much are equal in whatever order their words stand.
        let told = |term: &Term| match term.is_content {
            true => [term.count, 1, u32::from(term.sentences > 1)],
            false => [0; 3],
        };
        let told: Vec<[u32; 3]> = vectors.terms().iter().map(told).collect();
        let list = || Vec::with_capacity(count);
        let mut found = Self { means: list(), sums: list(), shared: list(), new: list() };
        // Terms are numbered as they come: this one and those after it have not come before the sentence.
        let mut next = 0;
        for place in 0..count {
            let (mut sum, mut content, mut shared) = (0_u64, 0_u32, 0_u32);
            let row = vectors.row(place);
            let known = next;
            for (id, _) in row {
                let [times, is_content, is_shared] = told.get(*id as usize).copied().unwrap_or_default();
                sum += u64::from(times);
                content += is_content;
                shared += is_shared;
                next = next.max(*id + 1);
            }
            let (sum, content, shared) = (sum as f64 / total, f64::from(content), f64::from(shared));
            let new = f64::from(next - known);
            found.means.push(sum / f64::max(content, 1.0));
            found.sums.push(sum);
            found.shared.push(shared / f64::max(content, 1.0));
            found.new.push(new / row.len().max(1) as f64);
        }
        found
    }
}

/// Which share of the title's words each sentence has, rare words counting more. A title has 64 different words at most:
/// what comes after them is not looked for.
fn title_shares(title: &str, count: usize, vectors: &Vectors<'_>) -> Vec<f64> {
    let mut weights: Vec<f64> = Vec::new();
    // For each of the article's words the bit of its place among the title's, so that sentences with the same ones are
    // equal in whatever order they stand.
    let mut bits = vec![0_u64; vectors.terms().len()];
    for word in words::words(title) {
        let Some(id) = vectors.id_of(word.of(title)) else { continue };
        let Some(bit) = bits.get_mut(id as usize).filter(|bit| **bit == 0 && weights.len() < 64) else { continue };
        *bit = 1 << weights.len();
        weights.push(libm::log(1.0 + count as f64 / f64::from(vectors.term(id).sentences.max(1))));
    }
    let total: f64 = weights.iter().sum();
    let share = |place: usize| {
        let held = vectors.row(place).iter().fold(0, |held, (id, _)| held | bits.get(*id as usize).copied().unwrap_or(0));
        weights.iter().enumerate().filter(|(at, _)| held >> at & 1 == 1).map(|(_, weight)| weight).sum::<f64>()
    };
    (0..count).map(|place| if total > 0.0 { share(place) / total } else { 0.0 }).collect()
}

/// What the characters of a sentence tell.
struct Surface {
    marks: f64,
    digits: f64,
    asks: bool,
    exclaims: bool,
    begins_quoted: bool,
    ends_in_stop: bool,
    ends_in_colon: bool,
    /// In bytes, as a measure of how long its words are.
    letters: f64,
}

impl Surface {
    fn of(sentence: &str) -> Self {
        let is_mark = |c: char| matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '\'' | '’' | ')');
        let bare = sentence.trim_end_matches(is_mark);
        let mut found = Self {
            marks: 0.0,
            digits: 0.0,
            asks: false,
            exclaims: false,
            begins_quoted: sentence.starts_with(is_mark),
            ends_in_stop: bare.ends_with(['.', '。']),
            ends_in_colon: bare.ends_with([':', '：', ';']),
            letters: sentence.len() as f64,
        };
        let bytes = sentence.as_bytes();
        let (mut at, mut number_end) = (0, usize::MAX);
        while let Some(ahead) =
            bytes.get(at..).and_then(|rest| rest.iter().position(|byte| TELLS.get(usize::from(*byte)).is_some_and(|tells| *tells)))
        {
            at += ahead;
            // An apostrophe, which tells nothing, is the most usual of them by far.
            if matches!(bytes.get(at..at + 3), Some([0xE2, 0x80, 0x99])) {
                at += 3;
                continue;
            }
            let Some(c) = sentence.get(at..).and_then(|rest| rest.chars().next()) else { break };
            match c {
                '"' | '“' | '”' | '„' | '«' | '»' => found.marks += 1.0,
                '?' | '？' | '؟' => found.asks = true,
                '!' | '！' => found.exclaims = true,
                _ => {}
            }
            let begin = at;
            at += c.len_utf8();
            if c.is_numeric() {
                // What follows a digit at once belongs to its number.
                found.digits += f64::from(u8::from(begin != number_end));
                number_end = at;
            }
        }
        found.marks = found.marks.min(4.0) / 4.0;
        found.digits = found.digits.min(6.0) / 6.0;
        found
    }
}

static TELLS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = tells(byte as u8);
        byte += 1;
    }
    table
};

/// True for the bytes that a mark or a number may begin with, those of plain and accented Latin letters being left out.
const fn tells(byte: u8) -> bool {
    matches!(byte, b'"' | b'?' | b'!' | b'0'..=b'9' | 0xC2 | 0xC6..=0xFF)
}

/// How often each sentence's first word begins sentences of the article: "He", "The".
fn openings(count: usize, vectors: &Vectors<'_>) -> Vec<f64> {
    // Those without a word are alike too.
    let no_word = vectors.terms().len();
    let first = |place: usize| vectors.first_word(place).map_or(no_word, |term| term as usize);
    let mut counts = vec![0_u32; no_word + 1];
    (0..count).for_each(|place| counts.get_mut(first(place)).into_iter().for_each(|count| *count += 1));
    (0..count).map(|place| f64::from(counts.get(first(place)).copied().unwrap_or(0)) / count as f64).collect()
}

/// Each value's rank among all, the greatest 1; equal values by place, the earlier first.
fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |above: usize| 1.0 - above as f64 / values.len() as f64;
    if values.len() <= COUNTED_MAX {
        let mut above = [0_usize; COUNTED_MAX];
        for (place, value) in values.iter().enumerate() {
            let later = values.get(place + 1..).unwrap_or_default();
            let mut higher = 0;
            for (other, above) in later.iter().zip(above.iter_mut().skip(place + 1)) {
                let is_higher = usize::from(other > value);
                higher += is_higher;
                *above += 1 - is_higher;
            }
            above.get_mut(place).into_iter().for_each(|above| *above += higher);
        }
        return above.iter().take(values.len()).map(|above| rank(*above)).collect();
    }
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut ranks = vec![0.0; values.len()];
    for (above, (_, place)) in order.into_iter().enumerate() {
        ranks.get_mut(place).into_iter().for_each(|value| *value = rank(above));
    }
    ranks
}

/// So few values are ranked by holding each against all others, which costs less than to sort them.
const COUNTED_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_and_no_digit_begins_with_a_byte_that_is_passed_over() {
        for c in '\0'..=char::MAX {
            let first = c.to_string().into_bytes()[0];
            let counts = c.is_numeric() || "\"“”„«»?？؟!！".contains(c);
            assert!(tells(first) || !counts, "{c}");
        }
    }

    #[test]
    fn few_values_are_ranked_as_many_are() {
        let values: Vec<f64> = (0..COUNTED_MAX + 1).map(|place| f64::from(place as u32 * 37 % 11)).collect();
        let of_all = ranks(&values);
        let few = ranks(&values[..COUNTED_MAX]);
        let order = |ranks: &[f64]| {
            let mut places: Vec<usize> = (0..COUNTED_MAX).collect();
            places.sort_by(|a, b| ranks[*b].total_cmp(&ranks[*a]));
            places
        };
        assert_eq!(order(&few), order(&of_all));
        assert_eq!(ranks(&[0.5, 0.7, 0.5]), [1.0 - 1.0 / 3.0, 1.0, 1.0 - 2.0 / 3.0]);
    }

    #[test]
    fn numbers_are_counted_and_not_their_digits() {
        let surface = Surface::of("“In 2024, 3½ of 10²,” he asked?");
        assert_eq!((surface.digits, surface.marks, surface.asks), (0.5, 0.5, true));
    }
}
