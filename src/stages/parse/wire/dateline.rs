//! Reads datelines: "PARIS, 3 mars (AFP) - ", "LONDON (Reuters) – ", "KOMPAS.com, Jakarta -", "(ANSA) - ROMA, 12 NOV - ".
//!
//! Only what no reporter's sentence opens with is one. A place in capitals, a known town, a day or an agency must stand
//! before the dash, and a new sentence behind it.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use super::places::is_city;
use super::{agencies, dates};
use crate::model::Dateline;
use crate::text::lang;
use crate::text::unicode::is_unspaced;

/// In bytes: no dateline is longer.
const DATELINE_BYTES_MAX: usize = 160;
/// Dashes to look at: one within the dateline, one behind it, and one of a double place.
const DASHES_MAX: usize = 4;

/// How a story opens.
#[derive(Debug)]
pub(super) struct Opening {
    pub dateline: Option<Dateline>,
    /// The site that puts its own address before its stories: "Suara.com - ...".
    pub site: Option<String>,
    /// In bytes, with the dash and the space behind it.
    pub length: usize,
}

/// The dateline at the very start of a text.
pub(super) fn read(text: &str) -> Option<Opening> {
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    let head = line.get(..line.floor_char_boundary(DATELINE_BYTES_MAX)).unwrap_or(line);
    let mut without_place = None;
    for (at, length) in separators(head).take(DASHES_MAX) {
        let (before, after) = (head.get(..at)?, line.get(at + length..)?);
        let Some(parts) = Parts::of(before, Sign::of(head.get(at..at + length).unwrap_or_default())) else { continue };
        let rest = after.trim_start();
        if !parts.is_proven(rest) {
            continue;
        }
        let length = at + length + (after.len() - rest.len());
        let opening = Opening { length, site: parts.site_alone(), dateline: parts.into_dateline() };
        if opening.dateline.is_some() {
            return Some(opening);
        }
        // "(ANSA) - ROMA - ": the place may stand behind the first dash.
        without_place.get_or_insert(opening);
    }
    without_place
}

/// In bytes: how long the opening of a text is that prints a dateline told in a field of its own: "Husum (agn) - ".
pub(super) fn printed(text: &str, told: &Dateline) -> Option<usize> {
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    let head = line.get(..line.floor_char_boundary(DATELINE_BYTES_MAX)).unwrap_or(line);
    separators(head).take(DASHES_MAX).find_map(|(at, length)| {
        let sign = Sign::of(head.get(at..at + length)?);
        let before = head.get(..at)?.trim();
        let signed = told.agency.as_ref().and_then(|agency| before.strip_suffix(')')?.strip_suffix(agency.as_str())?.strip_suffix('('));
        let place = match signed {
            Some(unsigned) => Parts::of(unsigned, sign)?.into_dateline()?.place,
            None => Parts::of(before, sign).filter(|parts| sign == Sign::Dash || parts.agency.is_some())?.into_dateline()?.place,
        };
        let is_same = place.to_lowercase() == told.place.to_lowercase();
        let rest = line.get(at + length..)?;
        is_same.then(|| at + length + (rest.len() - rest.trim_start().len()))
    })
}

/// Dashes with space beside them, and what stands in for one: their place and length.
fn separators(head: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = head.get(from..)?;
            let at = from + rest.find(['-', '–', '—', '―', '|', ':', ')', '/', '.'])?;
            let before = head.get(..at)?;
            let tail = head.get(at..)?;
            let letter = tail.chars().next()?;
            from = at + letter.len_utf8();
            let after_sign = tail.get(letter.len_utf8()..).unwrap_or_default();
            let spaced_before = before.ends_with([' ', '\u{A0}', '\u{202F}', ')', '/']);
            let found = match letter {
                '-' => {
                    let spaced_before = spaced_before || before.ends_with(").");
                    let dashes = tail.bytes().take_while(|byte| *byte == b'-').count();
                    from = at + dashes;
                    let spaced_after = tail.get(dashes..).is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace));
                    ((spaced_before && (spaced_after || dashes > 1)) || (dashes > 1 && spaced_after)).then_some(dashes)
                }
                '–' | '—' | '―' => Some(letter.len_utf8()),
                '|' => (spaced_before && after_sign.starts_with(' ')).then_some(1),
                ':' => after_sign.starts_with(' ').then_some(1),
                // "PARIS (AFP) Le président": the bracket alone parts them. A dash that follows comes first.
                ')' | '/' => {
                    let after = after_sign.trim_start();
                    let is_end = after_sign.starts_with(' ') && !after.starts_with(['-', '–', '—', '―', '|', ':', '(', '/']);
                    if is_end { return Some((from, 0)) } else { None }
                }
                _ => None,
            };
            if let Some(length) = found {
                return Some((at, length));
            }
        }
    })
}

/// What stands before the dash.
#[derive(Debug, Default)]
struct Parts<'a> {
    places: Vec<&'a str>,
    days: Vec<&'a str>,
    agency: Option<&'a str>,
    domain: Option<&'a str>,
    sign: Sign,
}

/// What parts a dateline from its story.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sign {
    #[default]
    Dash,
    Colon,
    /// Nothing but the agency's own bracket.
    Bracket,
}

impl Sign {
    fn of(sign: &str) -> Self {
        match sign {
            "" => Self::Bracket,
            ":" => Self::Colon,
            _ => Self::Dash,
        }
    }
}

impl<'a> Parts<'a> {
    fn of(before: &'a str, sign: Sign) -> Option<Self> {
        let mut parts = Self { sign, ..Self::default() };
        let mut rest = before.trim();
        // "MADRID, 3 mar (EFE).-"
        rest = rest.strip_suffix('.').filter(|head| head.ends_with(')')).unwrap_or(rest);
        // "(ANSA) - ROMA": the agency comes first.
        if let Some((agency, tail)) = rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            if !is_agency_name(agency) {
                return None;
            }
            parts.agency = Some(agency.trim());
            rest = tail.trim_start_matches(['-', '–', '—', ' ', '\u{A0}', ',']).trim();
        }
        rest = parts.take_bracket(rest)?;
        rest = parts.take_slashes(rest);
        let mut from = 0;
        while let Some(tail) = rest.get(from..) {
            let mut length = tail.find(',').unwrap_or(tail.len());
            // "March 3, 2024" is one part.
            let after = tail.get(length + 1..).unwrap_or_default();
            let year = after.split(',').next().unwrap_or_default();
            if dates::is_day(tail.get(..length).unwrap_or_default().trim()) && matches!(year.trim().parse(), Ok(1900..2100)) {
                length += 1 + year.len();
            }
            parts.take_part(tail.get(..length).unwrap_or_default().trim())?;
            from += length + 1;
        }
        if let [town, paper] = parts.places[..] {
            // "Jakarta, CNN Indonesia": a paper's name is known by its capitals.
            let is_paper = is_city(town) && !is_in_capitals(town) && paper.split(' ').any(is_in_capitals);
            if is_paper && parts.agency.is_none() {
                parts.agency = Some(paper);
                parts.places.truncate(1);
            }
        }
        Some(parts)
    }

    /// "(AFP)", "(3/3/2024)" at the end.
    fn take_bracket(&mut self, text: &'a str) -> Option<&'a str> {
        let mut rest = text;
        while let Some(inner) = rest.strip_suffix(')') {
            let (before, inside) = inner.rsplit_once('(')?;
            if dates::is_day(inside) {
                // The name of the day goes with it: "Senin (3/3/2024)".
                let day_start = before.rfind(',').map_or(0, |at| at + 1);
                let name = before.get(day_start..)?.trim();
                if !name.is_empty() && dates::is_day(name) {
                    self.days.push(rest.get(day_start..)?.trim());
                    rest = before.get(..day_start)?.trim_end_matches([',', ' ']);
                } else {
                    self.days.push(inside);
                    rest = before.trim_end();
                }
            } else if is_agency_name(inside) && self.agency.is_none() {
                self.agency = Some(inside.trim());
                rest = before.trim_end();
            } else {
                return None;
            }
        }
        Some(rest)
    }

    /// "/PRNewswire/" at the end.
    fn take_slashes(&mut self, text: &'a str) -> &'a str {
        let found = text
            .strip_suffix('/')
            .and_then(|inner| inner.rsplit_once('/'))
            .filter(|(before, name)| before.ends_with(' ') && !name.is_empty());
        match found {
            Some((before, name)) if self.agency.is_none() && name.len() <= 30 => {
                self.agency = Some(name.trim());
                before.trim_end()
            }
            _ => text,
        }
    }

    fn take_part(&mut self, part: &'a str) -> Option<()> {
        if part.is_empty() {
            // "(AFP) - " alone; elsewhere a comma too many.
            return (self.places.is_empty() && self.agency.is_some()).then_some(());
        }
        if is_domain(part) && self.domain.is_none() {
            self.domain = Some(part);
        } else if dates::is_day(part) {
            self.days.push(part);
        } else if agencies::is_agency(part) && self.agency.is_none() {
            self.agency = Some(part);
        } else if let Some((place, day)) = place_and_day(part) {
            self.places.push(place);
            self.days.push(day);
        } else if let Some((place, agency)) = place_and_agency(part) {
            self.places.push(place);
            self.agency = Some(agency);
        } else if is_place(part) && self.places.len() < 3 {
            self.places.push(part);
        } else {
            return None;
        }
        Some(())
    }

    fn in_capitals(&self) -> bool {
        self.places.first().is_some_and(|place| is_in_capitals(place))
    }

    /// True where nothing but a dateline can stand before such a rest.
    fn is_proven(&self, rest: &str) -> bool {
        let Some(first) = rest.chars().next() else { return false };
        let opens_sentence = first.is_uppercase()
            || first.is_ascii_digit()
            || is_unspaced(first)
            || "«“\"„‘'¿¡‹(".contains(first)
            || (first.is_alphabetic() && !first.is_lowercase());
        let Some(place) = self.places.first() else {
            // "(ANSA) - " and "Suara.com - " stand without a place.
            let is_alone = self.days.is_empty()
                && (self.domain.is_some() || self.agency.is_some_and(|agency| agencies::is_agency(agency) || agency.contains('/')));
            return is_alone && self.sign != Sign::Colon && opens_sentence && (self.sign == Sign::Dash || self.domain.is_none());
        };
        let known_agency = self.agency.is_some_and(names_known_agency);
        if self.sign == Sign::Bracket {
            return opens_sentence && known_agency;
        }
        // "Saint-Avel, le 3 mars 2024 – ": with its year a day stands beside a town in small letters too.
        let is_dated = self.days.iter().any(|day| dates::read(day, None).is_some());
        let has_mark =
            self.agency.is_some() || self.domain.is_some() || is_dated || (!self.days.is_empty() && (self.in_capitals() || is_city(place)));
        if has_mark {
            return opens_sentence || known_agency;
        }
        if !opens_sentence || self.days.len() > 1 {
            return false;
        }
        let is_one = self.places.len() == 1 || self.places.get(1).is_some_and(|region| region.split(' ').count() <= 2);
        if self.sign == Sign::Colon {
            return self.in_capitals() && is_city(place) && self.places.len() == 1;
        }
        if self.in_capitals() {
            return is_one && is_printed_place(place);
        }
        // "Paris – Hauptstadt der Mode – ..." holds a second dash.
        self.places.len() == 1 && self.days.is_empty() && is_city(place) && !has_dash_in_sentence(rest)
    }

    fn site_alone(&self) -> Option<String> {
        self.domain.map(str::to_owned)
    }

    fn into_dateline(self) -> Option<Dateline> {
        if self.places.is_empty() {
            return None;
        }
        let date = (!self.days.is_empty()).then(|| self.days.join(", "));
        Some(Dateline { place: self.places.join(", "), date, agency: self.agency.map(str::to_owned) })
    }
}

/// "AFP", "dpa/lno", "Agence Ponant": short, and in the case of names.
fn is_agency_name(text: &str) -> bool {
    let text = text.trim();
    let words = text.split([' ', '/', '-']).filter(|word| !word.is_empty()).count();
    let is_named = text.split('/').next().is_some_and(|first| agencies::is_agency(first) || first.trim().starts_with(char::is_uppercase));
    let is_plain = text.chars().all(|letter| letter.is_alphabetic() || " /.&'’-".contains(letter));
    (1..=5).contains(&words) && text.len() <= 40 && is_named && is_plain && !dates::is_day(text)
}

fn names_known_agency(text: &str) -> bool {
    text.split(['/', ',']).any(agencies::is_agency)
}

/// "KOMPAS.com", "tirto.id".
pub(in super::super) fn is_domain(text: &str) -> bool {
    let Some((name, end)) = text.rsplit_once('.') else { return false };
    let is_end = matches!(
        end.to_ascii_lowercase().as_str(),
        "com"
            | "co"
            | "id"
            | "net"
            | "org"
            | "info"
            | "news"
            | "tv"
            | "fr"
            | "de"
            | "es"
            | "it"
            | "pt"
            | "nl"
            | "br"
            | "uk"
            | "eu"
            | "be"
            | "ch"
            | "at"
    );
    is_end
        && name.len() >= 2
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && name.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !name.starts_with('.')
}

/// "PARIS 3 mars".
fn place_and_day(part: &str) -> Option<(&str, &str)> {
    let at = part.find(|letter: char| letter.is_ascii_digit())?;
    let (place, day) = (part.get(..at)?.trim_end(), part.get(at..)?);
    let in_months_first = place.rsplit_once(' ').filter(|(_, month)| dates::is_day_or_month(month));
    let (place, day) = match in_months_first {
        Some((place, month)) => (place, part.get(part.len() - day.len() - month.len() - 1..)?.trim()),
        None => (place, day),
    };
    (is_place(place) && dates::is_day(day)).then_some((place, day))
}

/// "Jakarta CNN Indonesia", "BERLIN taz": only known agencies.
fn place_and_agency(part: &str) -> Option<(&str, &str)> {
    let (place, agency) = part.rsplit_once(' ')?;
    let is_agency = agencies::is_agency(agency) && (agency.chars().all(char::is_lowercase) || agency.chars().all(char::is_uppercase));
    (is_agency && is_place(place)).then_some((place, agency))
}

/// Small words within names of places: "Rio de Janeiro", "Frankfurt am Main", "Villeneuve-sur-Lot".
const PARTICLES: [&str; 22] = [
    "de", "da", "do", "del", "della", "di", "du", "des", "la", "le", "les", "los", "las", "am", "an", "der", "den", "im", "sur", "upon",
    "of", "aan",
];

/// Up to five words in the case of names.
fn is_place(text: &str) -> bool {
    let words: Vec<&str> = text.split([' ', '/', '\u{A0}']).filter(|word| !word.is_empty()).collect();
    let is_word = |word: &&str| {
        let begins = word.starts_with(char::is_uppercase) || PARTICLES.contains(word) || word.starts_with("l'") || word.starts_with("d'");
        begins && word.chars().all(|letter| letter.is_alphabetic() || "'’.-".contains(letter))
    };
    let begins_large = words.first().is_some_and(|word| word.starts_with(char::is_uppercase));
    (1..=5).contains(&words.len())
        && begins_large
        && words.iter().all(is_word)
        && (is_city(text) || !words.iter().any(|word| word.len() > 3 && dates::is_day_or_month(word)))
}

fn is_in_capitals(place: &str) -> bool {
    let letters = place.chars().filter(|letter| letter.is_alphabetic()).count();
    letters >= 3 && !place.chars().any(char::is_lowercase)
}

/// A place in capitals, and no rubric ("ANALYSIS"), body ("NATO") or shout ("HOW IT WORKS").
fn is_printed_place(place: &str) -> bool {
    static RUBRICS: OnceLock<FxHashSet<String>> = OnceLock::new();
    const BODIES: [&str; 44] = [
        "nato", "otan", "fifa", "uefa", "uno", "onu", "who", "oms", "opec", "opep", "nasa", "esa", "ioc", "cio", "nba", "nfl", "nhl",
        "mlb", "fbi", "cia", "usa", "eua", "spd", "cdu", "csu", "fdp", "afd", "bbc", "cnn", "brics", "unesco", "unicef", "fmi", "imf",
        "iwf", "wto", "omc", "wm", "dfb", "vvd", "pvv", "kpk", "dpr", "polri",
    ];
    let rubrics = RUBRICS
        .get_or_init(|| lang::codes().flat_map(|code| lang::of(code).articles.rubrics.split_whitespace().map(str::to_owned)).collect());
    let words: Vec<String> =
        place.split([' ', '/']).map(|word| word.to_lowercase().trim_end_matches('.').to_owned()).filter(|word| !word.is_empty()).collect();
    let is_stop = |word: &String| {
        !PARTICLES.contains(&word.as_str())
            && ["en", "fr", "de", "es", "it", "pt", "nl", "id"].iter().any(|code| lang::of(code).words.is_stop(word))
    };
    let says_more = words.iter().any(|word| rubrics.contains(word) || BODIES.contains(&word.as_str()) || is_stop(word));
    words.len() <= 4 && !says_more
}

fn has_dash_in_sentence(rest: &str) -> bool {
    let end = rest.find(". ").unwrap_or(rest.len());
    rest.get(..end).is_some_and(|sentence| [" - ", " – ", " — "].iter().any(|dash| sentence.contains(dash)))
}
