//! Scripts: many belong to one language.

use whatlang::Lang;

use crate::text::bytes::Eight;

/// What a text's script says of its language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    Of(&'static str),
    Shared(Shared),
}

/// Scripts that many languages share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    Latin,
    Cyrillic,
    Arabic,
    Devanagari,
}

impl Shared {
    /// The languages that trigrams may choose. Those that no newspaper is written in, and those that take their
    /// neighbours' sentences, are left out.
    pub const fn trigram_languages(self) -> &'static [Lang] {
        match self {
            Self::Latin => &[
                Lang::Eng,
                Lang::Deu,
                Lang::Fra,
                Lang::Spa,
                Lang::Ita,
                Lang::Por,
                Lang::Nld,
                Lang::Ind,
                Lang::Cat,
                Lang::Pol,
                Lang::Ces,
                Lang::Slk,
                Lang::Swe,
                Lang::Dan,
                Lang::Nob,
                Lang::Fin,
                Lang::Hun,
                Lang::Ron,
                Lang::Tur,
                Lang::Vie,
                Lang::Hrv,
                Lang::Slv,
                Lang::Lit,
                Lang::Lav,
                Lang::Est,
            ],
            Self::Cyrillic => &[Lang::Rus, Lang::Ukr, Lang::Bul, Lang::Bel, Lang::Srp, Lang::Mkd],
            Self::Arabic => &[Lang::Ara, Lang::Pes, Lang::Urd],
            Self::Devanagari => &[Lang::Hin, Lang::Mar, Lang::Nep],
        }
    }
}

/// How many letters of each script a text has.
#[derive(Debug, Default)]
pub struct Tally {
    latin: usize,
    cyrillic: usize,
    arabic: usize,
    devanagari: usize,
    han: usize,
    kana: usize,
    others: [usize; OTHERS.len()],
}

/// Scripts of one language: the first and last character, and the code.
const OTHERS: [(char, char, &str); 19] = [
    ('\u{AC00}', '\u{D7A3}', "ko"),
    ('\u{0370}', '\u{03FF}', "el"),
    ('\u{1F00}', '\u{1FFF}', "el"),
    ('\u{0590}', '\u{05FF}', "he"),
    ('\u{0E00}', '\u{0E7F}', "th"),
    ('\u{0530}', '\u{058F}', "hy"),
    ('\u{10A0}', '\u{10FF}', "ka"),
    ('\u{0980}', '\u{09FF}', "bn"),
    ('\u{0A00}', '\u{0A7F}', "pa"),
    ('\u{0A80}', '\u{0AFF}', "gu"),
    ('\u{0B00}', '\u{0B7F}', "or"),
    ('\u{0B80}', '\u{0BFF}', "ta"),
    ('\u{0C00}', '\u{0C7F}', "te"),
    ('\u{0C80}', '\u{0CFF}', "kn"),
    ('\u{0D00}', '\u{0D7F}', "ml"),
    ('\u{0D80}', '\u{0DFF}', "si"),
    ('\u{1000}', '\u{109F}', "my"),
    ('\u{1780}', '\u{17FF}', "km"),
    ('\u{1200}', '\u{139F}', "am"),
];

/// A character of Chinese or Japanese says as much as so many letters.
const HAN_WORTH: usize = 3;

impl Tally {
    pub fn of(text: &str) -> Self {
        let mut tally = Self::default();
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let eight = Eight::at(bytes, at);
            let ascii = eight.beyond_ascii().before();
            tally.latin += eight.letters().first(ascii).count();
            at += ascii;
            // Where one character is beyond ASCII the next often is.
            while let Some(c) = bytes.get(at).filter(|byte| !byte.is_ascii()).and_then(|_| text.get(at..)?.chars().next()) {
                tally.count(c);
                at += c.len_utf8();
            }
        }
        tally
    }

    fn count(&mut self, c: char) {
        match c {
            '\0'..='\u{BF}' => {}
            '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => self.latin += 1,
            '\u{400}'..='\u{52F}' => self.cyrillic += 1,
            '\u{600}'..='\u{6FF}' => self.arabic += usize::from(c.is_alphabetic()),
            '\u{900}'..='\u{97F}' => self.devanagari += 1,
            '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' => self.han += 1,
            '\u{3041}'..='\u{30FA}' => self.kana += 1,
            _ => {
                let place = OTHERS.iter().position(|(first, last, _)| (*first..=*last).contains(&c));
                place.and_then(|place| self.others.get_mut(place)).into_iter().for_each(|count| *count += 1);
            }
        }
    }

    /// The script of most letters; none where there are too few to tell.
    pub fn script(&self) -> Option<Script> {
        let mut most = (0, None);
        let mut offer = |count: usize, script: Script| {
            if count > most.0 {
                most = (count, Some(script));
            }
        };
        offer(self.latin, Script::Shared(Shared::Latin));
        offer(self.cyrillic, Script::Shared(Shared::Cyrillic));
        offer(self.arabic, Script::Shared(Shared::Arabic));
        offer(self.devanagari, Script::Shared(Shared::Devanagari));
        let is_japanese = self.kana * 20 > self.han;
        offer((self.han + self.kana) * HAN_WORTH, Script::Of(if is_japanese { "ja" } else { "zh" }));
        for (count, (_, _, code)) in self.others.iter().zip(OTHERS) {
            offer(*count, Script::Of(code));
        }
        most.1.filter(|_| most.0 >= 4)
    }

    /// How much of the text the most frequent script is, 0 to 1.
    pub fn confidence(&self) -> f64 {
        let han = (self.han + self.kana) * HAN_WORTH;
        let counts = [self.latin, self.cyrillic, self.arabic, self.devanagari, han];
        let all: usize = counts.iter().chain(&self.others).sum();
        let most = counts.iter().chain(&self.others).copied().max().unwrap_or(0);
        most as f64 / all.max(1) as f64
    }
}
