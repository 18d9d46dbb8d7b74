//! The vote of words and letters: those that few languages have count for more.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::text::unicode::is_latin_letter;
use crate::text::{lang, words};

use super::scripts::Shared;

/// The languages that are voted on; a bit each.
const LANGUAGES: [&str; 25] = [
    "en", "de", "fr", "es", "it", "pt", "nl", "id", "ca", "cs", "da", "fi", "hu", "nb", "pl", "ro", "sk", "sv", "tr", "is", "ru", "uk",
    "bg", "kk", "ar",
];

/// The letters beyond a to z that each language writes its own words with.
const LETTERS: [(&str, &str); 20] = [
    ("en", ""),
    ("de", "äöüß"),
    ("fr", "éèêëàâçùûîïôœ"),
    ("es", "áéíóúñü"),
    ("it", "àèéìòù"),
    ("pt", "áâãàçéêíóôõú"),
    ("nl", "ëéïöü"),
    ("id", ""),
    ("ca", "àçèéíïòóúü"),
    ("cs", "áčďéěíňóřšťúůýž"),
    ("da", "æøåé"),
    ("fi", "äö"),
    ("hu", "áéíóöőúüű"),
    ("nb", "æøåéò"),
    ("pl", "ąćęłńóśźż"),
    ("ro", "ăâîșțşţ"),
    ("sk", "áäčďéíľĺňóôŕšťúýž"),
    ("sv", "åäöé"),
    ("tr", "çğıöşüâîû"),
    ("is", "áéíóúýþæðö"),
];

const CYRILLIC: [(&str, &str); 4] = [
    ("ru", "абвгдежзийклмнопрстуфхцчшщъыьэюяё"),
    ("uk", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    ("bg", "абвгдежзийклмнопрстуфхцчшщъьюя"),
    ("kk", "аәбвгғдежзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"),
];

/// A language of ours is a little likelier than others.
const PRIOR: f64 = 0.4;
/// Most Cyrillic news is Russian.
const RUSSIAN_PRIOR: f64 = 1.2;
/// What a letter is worth that a language does not have; a name from elsewhere must not decide.
const STRANGE_LETTER: f64 = -0.9;
const STRANGE_LETTERS_MAX: f64 = -6.0;

/// For words by their hash, and for letters: the languages that have them.
struct Known {
    words: FxHashMap<u64, u32>,
    letters: FxHashMap<char, u32>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known { words: FxHashMap::default(), letters: FxHashMap::default() };
    for (place, code) in LANGUAGES.iter().enumerate() {
        for word in lang::of(code).words.stop_words() {
            *known.words.entry(words::hash(word)).or_default() |= 1 << place;
        }
        for (_, letters) in LETTERS.iter().chain(&CYRILLIC).filter(|(of, _)| of == code) {
            for letter in letters.chars() {
                *known.letters.entry(letter).or_default() |= 1 << place;
            }
        }
    }
    known
});

/// What each language has, in nats.
pub struct Votes {
    sums: [f64; LANGUAGES.len()],
    /// The languages that may be elected; a bit each.
    standing: u32,
    /// What a vote is worth, by the number of languages that share it.
    worths: [f64; LANGUAGES.len() + 1],
    words: usize,
    known_words: usize,
}

/// The language that leads, and by how much over the next.
pub struct Lead {
    pub code: Option<&'static str>,
    pub nats: f64,
}

impl Votes {
    pub fn count(text: &str, script: Shared) -> Self {
        let standing = standing(script);
        let worths = if script == Shared::Latin { *LATIN_WORTHS } else { worths(standing) };
        let mut votes = Self { sums: [0.0; LANGUAGES.len()], standing, worths, words: 0, known_words: 0 };
        let mut strange = [0.0; LANGUAGES.len()];
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            if byte.is_ascii() && !byte.is_ascii_alphabetic() {
                at += 1;
                continue;
            }
            let (hash, length) = words::ascii_letters(bytes, at);
            if bytes.get(at + length).is_none_or(u8::is_ascii) {
                votes.word(hash, length);
                at += length;
            } else {
                at = votes.word_of_any_script(text, at, &mut strange);
            }
        }
        for (sum, strange) in votes.sums.iter_mut().zip(strange) {
            *sum += f64::max(strange, STRANGE_LETTERS_MAX.min(-(votes.words as f64) * 0.6));
        }
        for ours in votes.sums.iter_mut().take(8) {
            *ours += PRIOR;
        }
        votes.add("ru", RUSSIAN_PRIOR);
        votes
    }

    /// A word that has letters beyond ASCII. Gives where to read on.
    fn word_of_any_script(&mut self, text: &str, start: usize, strange: &mut [f64; LANGUAGES.len()]) -> usize {
        let mut hasher = words::Hasher::default();
        let mut length = 0;
        let mut end = start;
        for c in text.get(start..).unwrap_or_default().chars() {
            if !is_letter(c) {
                // A sign that begins no word is passed over.
                end = end.max(start + if length == 0 { c.len_utf8() } else { 0 });
                break;
            }
            hasher.push_lower(c);
            if !c.is_ascii() {
                c.to_lowercase().filter(|c| !c.is_ascii()).for_each(|c| self.letter(c, strange));
            }
            length += 1;
            end += c.len_utf8();
        }
        if length > 0 {
            self.word(hasher.finish(), length);
        }
        end
    }

    fn word(&mut self, word: u64, length: usize) {
        self.words += 1;
        let Some(languages) = KNOWN.words.get(&word).map(|languages| languages & self.standing).filter(|languages| *languages != 0) else {
            return;
        };
        self.known_words += 1;
        // A word of one letter may be an initial or a list's item.
        let weight = self.worth(languages) * if length == 1 { 0.5 } else { 1.0 };
        let mut rest = languages;
        while rest != 0 {
            if let Some(sum) = self.sums.get_mut(rest.trailing_zeros() as usize) {
                *sum += weight;
            }
            rest &= rest - 1;
        }
    }

    fn letter(&mut self, letter: char, strange: &mut [f64; LANGUAGES.len()]) {
        let languages = KNOWN.letters.get(&letter).map_or(0, |languages| languages & self.standing);
        if languages == self.standing {
            return;
        }
        let weight = if languages == 0 { 0.0 } else { self.worth(languages) * 0.4 };
        for (place, (sum, strange)) in self.sums.iter_mut().zip(strange).enumerate() {
            if languages & 1 << place == 0 { *strange += STRANGE_LETTER } else { *sum += weight }
        }
    }

    fn worth(&self, languages: u32) -> f64 {
        self.worths.get(languages.count_ones() as usize).copied().unwrap_or_default()
    }

    /// True where enough of the words are known for the vote to mean something.
    pub const fn is_sound(&self) -> bool {
        self.known_words * 7 >= self.words && self.known_words > 1
    }

    /// Adds to a language; false where it does not stand.
    pub fn add(&mut self, code: &str, nats: f64) -> bool {
        let place = LANGUAGES.iter().position(|language| *language == code).filter(|place| self.standing & 1 << place != 0);
        place.and_then(|place| self.sums.get_mut(place)).map(|sum| *sum += nats).is_some()
    }

    pub fn lead(&self) -> Lead {
        let mut lead = (None, 0.0);
        let mut next = 0.0;
        for (place, (sum, code)) in self.sums.iter().zip(LANGUAGES).enumerate() {
            if self.standing & 1 << place == 0 {
                continue;
            }
            if *sum > lead.1 {
                next = lead.1;
                lead = (Some(code), *sum);
            } else if *sum > next {
                next = *sum;
            }
        }
        Lead { code: lead.0, nats: lead.1 - f64::max(next, PRIOR) }
    }
}

/// The letters of Europe are told without a table.
fn is_letter(c: char) -> bool {
    is_latin_letter(c) || !matches!(c, '\u{2010}'..='\u{203F}') && c.is_alphabetic()
}

fn standing(script: Shared) -> u32 {
    let codes: &[&str] = match script {
        Shared::Latin => return (1 << 20) - 1,
        Shared::Cyrillic => &["ru", "uk", "bg", "kk"],
        Shared::Arabic => &["ar"],
        Shared::Devanagari => &[],
    };
    LANGUAGES.iter().enumerate().filter(|(_, code)| codes.contains(code)).fold(0, |bits, (place, _)| bits | 1 << place)
}

static LATIN_WORTHS: LazyLock<[f64; LANGUAGES.len() + 1]> = LazyLock::new(|| worths(standing(Shared::Latin)));

/// In nats: how much likelier a text is in so many of the languages that stand than in any of them.
fn worths(standing: u32) -> [f64; LANGUAGES.len() + 1] {
    let mut worths = [0.0; LANGUAGES.len() + 1];
    for (count, worth) in (0_u32..).zip(&mut worths).skip(1) {
        *worth = libm::log(1.0 + f64::from(standing.count_ones()) / f64::from(count));
    }
    worths
}
