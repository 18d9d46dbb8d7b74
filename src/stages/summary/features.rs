//! What can be told of a sentence without knowing its language: where it stands, how long it is, how much of the
//! article and of the title it holds. The trainer and the stage read the same numbers.

use crate::model::{QuotedArticle, Span};
use crate::stages::logs::ln;
use crate::text::words;

use super::vectors::{Term, Vectors};
use super::wanted::WordWeights;

/// How many numbers describe a sentence.
pub const COUNT: usize = 25;

/// What each number is called in the file of weights.
#[rustfmt::skip]
pub const NAMES: [&str; COUNT] = [
    "place", "share_place", "words", "share_words", "log_sentences", "has_title",
    "centroid", "before", "lead", "next", "previous", "content",
    "shared", "new", "title", "marks", "digits", "digits_share",
    "asks", "begins_quoted", "long_words", "wanted_sum", "wanted_mean", "wanted_new",
    "wanted_share",
];

/// A sentence in numbers.
///
/// In the precision that the trees ask with, four sentences at a time.
pub type Features = [f32; COUNT];

/// Gives each sentence's numbers, in text order. They are not kept: a million sentences would fill 100 MB with them.
/// Linear in the text: closeness to other sentences is measured against sums of them, never pair by pair.
pub fn describe_each(text: &str, sentences: &[Span], read: &Read<'_>, mut take: impl FnMut(&Features)) {
    let vectors = &read.vectors;
    let closeness = Closeness::of(sentences.len(), vectors);
    let coverage = Coverage::of(sentences.len(), read);
    let titles = title_shares(read, sentences.len());
    let has_title = flag(!read.titled.is_empty());
    let count = sentences.len() as f64;
    let words_mean = (0..sentences.len()).map(|place| vectors.word_count(place) as f64).sum::<f64>() / count.max(1.0);
    let letters: usize = sentences.iter().map(|sentence| sentence.len()).sum();
    let letters_mean = letters as f64 / (words_mean * count).max(1.0);
    let at = |values: &[f64], place: usize| values.get(place).copied().unwrap_or(0.0);
    let log_sentences = ln(1 + sentences.len()) / 5.0;
    for (place, sentence) in sentences.iter().enumerate() {
        let sentence = sentence.of(text);
        let length = vectors.word_count(place) as f64;
        let surface = Surface::of(sentence);
        let numbers: [f64; COUNT] = [
            place.min(PLACE_MAX) as f64,
            place as f64 / count,
            length.min(60.0) / 60.0,
            (length / words_mean.max(1.0)).min(4.0) / 4.0,
            log_sentences,
            has_title,
            at(&closeness.centroid, place),
            at(&closeness.before, place),
            at(&closeness.first, place),
            at(&closeness.previous, place + 1),
            at(&closeness.previous, place),
            at(&coverage.means, place) * 20.0,
            at(&coverage.shared, place),
            at(&coverage.new, place),
            at(&titles, place),
            surface.marks,
            surface.digits,
            surface.digits * 6.0 / length.max(6.0) * 4.0,
            flag(surface.asks),
            flag(surface.begins_quoted),
            (surface.letters / length.max(1.0) / letters_mean.max(0.1)).min(2.0) - 1.0,
            at(&coverage.wanted, place) / 10.0,
            at(&coverage.wanted, place) / vectors.row(place).len().max(1) as f64,
            at(&coverage.wanted_new, place) / 10.0,
            at(&coverage.wanted, place) / (20.0 + length),
        ];
        take(&numbers.map(|number| number as f32));
    }
}

/// Sentences further down are all alike in that.
const PLACE_MAX: usize = 50;

fn flag(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

/// An article as the choice of its sentences reads it.
pub struct Read<'a> {
    pub vectors: Vectors<'a>,
    /// Which of the article's words the title has, by their number; nothing where there is no title.
    pub titled: Vec<bool>,
    /// How likely each word is to stand in a summary, by its number.
    pub wanted: Vec<f64>,
}

impl<'a> Read<'a> {
    pub fn of(quoted: &'a QuotedArticle, weights: &WordWeights) -> Self {
        let vectors = Vectors::of(&quoted.article.text, &quoted.sentences, &quoted.words);
        let title = quoted.article.metadata.title.as_deref().unwrap_or_default();
        let titled = titled(title, &vectors);
        let wanted = weights.judge(&vectors, &titled);
        Self { vectors, titled, wanted }
    }

    pub fn wanted(&self, word: u32) -> f64 {
        self.wanted.get(word as usize).copied().unwrap_or(0.0)
    }
}

/// Which words the title has, by their number; nothing where there is no title.
pub fn titled(title: &str, vectors: &Vectors<'_>) -> Vec<bool> {
    if title.is_empty() {
        return Vec::new();
    }
    let mut titled = vec![false; vectors.terms().len()];
    for word in words::words(title) {
        let known = vectors.id_of(word.of(title)).and_then(|id| titled.get_mut(id as usize));
        known.into_iter().for_each(|place| *place = true);
    }
    titled
}

/// How close each sentence is to the others taken together.
struct Closeness {
    centroid: Vec<f64>,
    before: Vec<f64>,
    first: Vec<f64>,
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
        let mut found = Self { centroid: list(), before: list(), first: list(), previous: list() };
        for place in 0..count {
            let mut to = Sums::default();
            each_sum(&mut sums, vectors.row(place), |sums, weight| {
                to.all += weight * sums.all;
                to.earlier += weight * sums.earlier;
                to.previous += weight * sums.previous;
                to.first += weight * sums.first;
                sums.earlier += weight;
            });
            found.centroid.push(to.all / length);
            found.before.push(to.earlier / place.max(1) as f64);
            found.first.push(if place == 0 { 0.0 } else { to.first });
            found.previous.push(to.previous);
            if let Some(previous) = place.checked_sub(1) {
                each_sum(&mut sums, vectors.row(previous), |sums, _| sums.previous = 0.0);
            }
            each_sum(&mut sums, vectors.row(place), |sums, weight| sums.previous = weight);
        }
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
    shared: Vec<f64>,
    new: Vec<f64>,
    wanted: Vec<f64>,
    wanted_new: Vec<f64>,
}

/// What a word adds to each sentence that has it.
#[derive(Clone, Copy, Default)]
struct Told {
    /// How often the article has it, if it is a content word.
    times: u32,
    is_content: u32,
    is_shared: u32,
    wanted: f64,
}

impl Told {
    fn of(term: &Term, wanted: f64) -> Self {
        let known = Self { wanted, ..Self::default() };
        if !term.is_content {
            return known;
        }
        Self { times: term.count, is_content: 1, is_shared: u32::from(term.sentences > 1), ..known }
    }
}

impl Coverage {
    fn of(count: usize, read: &Read<'_>) -> Self {
        let told: Vec<Told> = read.vectors.terms().iter().zip(&read.wanted).map(|(term, wanted)| Told::of(term, *wanted)).collect();
        let total = told.iter().map(|told| u64::from(told.times)).sum::<u64>().max(1) as f64;
        let list = || Vec::with_capacity(count);
        let mut found = Self { means: list(), shared: list(), new: list(), wanted: list(), wanted_new: list() };
        // Terms are numbered as they come: this one and those after it have not come before the sentence.
        let mut next = 0;
        for place in 0..count {
            let (mut times, mut content, mut shared) = (0_u64, 0_u32, 0_u32);
            let (mut wanted, mut wanted_new) = (0.0, 0.0);
            let row = read.vectors.row(place);
            let known = next;
            for (id, _) in row {
                let told = told.get(*id as usize).copied().unwrap_or_default();
                times += u64::from(told.times);
                content += told.is_content;
                shared += told.is_shared;
                wanted += told.wanted;
                wanted_new += if *id >= known { told.wanted } else { 0.0 };
                next = next.max(*id + 1);
            }
            let content = f64::from(content.max(1));
            found.means.push(times as f64 / total / content);
            found.shared.push(f64::from(shared) / content);
            found.new.push(f64::from(next - known) / row.len().max(1) as f64);
            found.wanted.push(wanted);
            found.wanted_new.push(wanted_new);
        }
        found
    }
}

/// Which share of the title's words each sentence has, rare words counting more. A title has 64 different words at most:
/// the article's later ones are not looked for.
fn title_shares(read: &Read<'_>, count: usize) -> Vec<f64> {
    let mut weights: Vec<f64> = Vec::new();
    // For each of the title's words a bit, so that sentences with the same ones are equal in whatever order they stand.
    let mut bits = vec![0_u64; read.titled.len()];
    let of_title = bits.iter_mut().zip(&read.titled).zip(read.vectors.terms()).filter(|((_, is_titled), _)| **is_titled);
    for ((bit, _), term) in of_title.take(64) {
        *bit = 1 << weights.len();
        weights.push(libm::log(1.0 + count as f64 / f64::from(term.sentences.max(1))));
    }
    let total: f64 = weights.iter().sum();
    let share = |place: usize| {
        let row = read.vectors.row(place);
        let held = row.iter().fold(0, |held, (id, _)| held | bits.get(*id as usize).copied().unwrap_or(0));
        weights.iter().enumerate().filter(|(at, _)| held >> at & 1 == 1).map(|(_, weight)| weight).sum::<f64>()
    };
    (0..count).map(|place| if total > 0.0 { share(place) / total } else { 0.0 }).collect()
}

/// What the characters of a sentence tell.
struct Surface {
    marks: f64,
    digits: f64,
    asks: bool,
    begins_quoted: bool,
    /// In bytes, as a measure of how long its words are.
    letters: f64,
}

impl Surface {
    fn of(sentence: &str) -> Self {
        let is_mark = |c: char| matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '\'' | '’' | ')');
        let mut found =
            Self { marks: 0.0, digits: 0.0, asks: false, begins_quoted: sentence.starts_with(is_mark), letters: sentence.len() as f64 };
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
    matches!(byte, b'"' | b'?' | b'0'..=b'9' | 0xC2 | 0xC6..=0xFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_and_no_digit_begins_with_a_byte_that_is_passed_over() {
        for c in '\0'..=char::MAX {
            let first = c.to_string().into_bytes()[0];
            let counts = c.is_numeric() || "\"“”„«»?？؟".contains(c);
            assert!(tells(first) || !counts, "{c}");
        }
    }

    #[test]
    fn numbers_are_counted_and_not_their_digits() {
        let surface = Surface::of("“In 2024, 3½ of 10²,” he asked?");
        assert_eq!((surface.digits, surface.marks, surface.asks), (0.5, 0.5, true));
    }
}
