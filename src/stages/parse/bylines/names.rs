//! One name out of one piece of a byline.

use super::super::agencies::is_agency;
use super::Words;
use crate::text::unicode::is_unspaced;

const NAME_CHARS_MAX: usize = 60;
const NAME_WORDS_MAX: usize = 6;
/// In characters of scripts without spaces: longer is a phrase.
const UNSPACED_MAX: usize = 10;
/// "Reporter" behind a Korean or Japanese name.
const REPORTERS: [&str; 4] = [" 기자", " 특파원", " 記者", " 记者"];
/// Small words that stand within names.
pub(super) const PARTICLES: [&str; 41] = [
    "de", "da", "do", "dos", "das", "del", "della", "dello", "degli", "di", "du", "des", "la", "le", "les", "los", "las", "el", "van",
    "von", "vom", "zu", "zum", "zur", "der", "den", "ten", "ter", "te", "'t", "bin", "binti", "ibn", "al", "af", "av", "y", "e", "i",
    "auf", "v",
];

/// One name out of one piece of a byline; None where it names nobody.
pub(super) fn name(piece: &str, words: &Words) -> Option<String> {
    let piece = piece.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '.');
    let piece = REPORTERS.iter().fold(piece, |piece, job| piece.strip_suffix(job).unwrap_or(piece));
    if is_agency(piece) {
        return Some(piece.to_owned());
    }
    let mut kept: Vec<&str> = Vec::new();
    for word in piece.split_whitespace() {
        let is_address = word.contains('@') || word.contains("://") || word.to_ascii_lowercase().starts_with("www.");
        if is_address {
            break;
        }
        let letters: &str = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        if letters.is_empty() {
            continue;
        }
        let lower = letters.to_lowercase();
        let is_small = letters.chars().next().is_some_and(char::is_lowercase) && !letters.chars().skip(1).any(char::is_uppercase);
        if words.jobs.contains(&lower) {
            // "Podium staff" is nobody.
            if words.teams.contains(&lower) && kept.len() == 1 {
                return None;
            }
            // "Senior Reporter Ada Moe" is Ada Moe, "La rédaction" nobody; behind a name, a job ends it.
            let is_small_word =
                |word: &&str| matches!(word.to_lowercase().as_str(), "the" | "our") || PARTICLES.contains(&word.to_lowercase().as_str());
            if kept.iter().all(is_small_word) {
                kept.clear();
                continue;
            }
            break;
        }
        // "Ada Moe in Paris": what is small and no part of a name ends it.
        let ends_title_case = lower == "for" && kept.len() > 1;
        if ends_title_case || is_small && !PARTICLES.contains(&lower.as_str()) {
            break;
        }
        kept.push(word);
    }
    while kept.last().is_some_and(|last| PARTICLES.contains(last)) {
        kept.pop();
    }
    let whole = kept.join(" ");
    let whole = whole.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '.').trim_start_matches('.');
    let whole = if whole.ends_with('.') && !ends_with_initial(whole) { whole.trim_end_matches('.') } else { whole };
    let letters = whole.chars().filter(|letter| letter.is_alphabetic()).count();
    let is_name = letters >= 2
        && !whole.chars().any(|letter| letter.is_ascii_digit())
        && kept.len() <= NAME_WORDS_MAX
        && whole.chars().count() <= NAME_CHARS_MAX
        && whole.chars().filter(|letter| is_unspaced(*letter)).count() <= UNSPACED_MAX
        && !whole.contains([':', '?', '!', '"', '“', '”', '«', '»'])
        && !is_paper(whole);
    is_name.then(|| recased(whole))
}

/// "Ada M.", "Martin Luther King Jr."
fn ends_with_initial(name: &str) -> bool {
    let last = name.rsplit(' ').next().unwrap_or_default();
    let last = last.trim_end_matches('.');
    last.chars().count() == 1 || last.contains('.') || matches!(last.to_lowercase().as_str(), "jr" | "sr" | "st")
}

/// Names of papers and stations end or begin with what no person is called.
pub(super) fn is_paper(name: &str) -> bool {
    const OF_PAPERS: [&str; 32] = [
        "news",
        "times",
        "tribune",
        "herald",
        "gazette",
        "magazine",
        "newspaper",
        "newspapers",
        "media",
        "tv",
        "radio",
        "online",
        "journal",
        "daily",
        "weekly",
        "editorial",
        "zeitung",
        "nachrichten",
        "anzeiger",
        "courier",
        "observer",
        "telegraph",
        "guardian",
        "bbc",
        "cnn",
        "staff",
        "periódico",
        "diario",
        "journaal",
        "dagblad",
        "giornale",
        "jornal",
    ];
    let lower = name.to_lowercase();
    let has_domain = [".com", ".org", ".net", ".co", ".fr", ".de", ".es", ".it", ".nl", ".id", ".br", ".pt", ".uk", ".info"]
        .iter()
        .any(|end| lower.ends_with(end));
    has_domain || lower.split(' ').any(|word| OF_PAPERS.contains(&word))
}

/// A first name as names are written, and behind it nothing but words in capitals; not "Ada Moe AFP".
fn shouts_surname(name: &str) -> bool {
    const LETTERS_MIN: usize = 4;
    let Some((first, rest)) = name.split_once(' ') else { return false };
    let mut letters = first.chars();
    let is_first_name =
        letters.next().is_some_and(char::is_uppercase) && letters.clone().count() > 0 && letters.all(|letter| !letter.is_uppercase());
    let in_capitals = |word: &str| !word.chars().any(char::is_lowercase);
    let is_small = |word: &str| PARTICLES.contains(&word.to_lowercase().as_str());
    let is_surname =
        |word: &str| in_capitals(word) && !is_agency(word) && word.chars().filter(|letter| letter.is_alphabetic()).count() >= LETTERS_MIN;
    is_first_name && rest.split(' ').all(|word| is_small(word) || is_surname(word)) && rest.split(' ').any(is_surname)
}

/// "ADA MOE" is Ada Moe, and so is "Ada MOE", as the French set surnames; names with small letters stay as they are.
fn recased(name: &str) -> String {
    let shouts = name.contains(' ') && !name.chars().any(char::is_lowercase) && name.chars().any(char::is_uppercase);
    if !(shouts || shouts_surname(name)) || is_agency(name) {
        return name.to_owned();
    }
    let mut out = String::with_capacity(name.len());
    for word in name.split(' ') {
        if !out.is_empty() {
            out.push(' ');
        }
        let lower = word.to_lowercase();
        if word.chars().any(char::is_lowercase) {
            out.push_str(word);
            continue;
        }
        let is_initials = !word.chars().any(|letter| matches!(letter, 'A' | 'E' | 'I' | 'O' | 'U' | 'Y' | 'À'..='Ý')) || word.contains('.');
        if is_initials {
            out.push_str(word);
        } else if PARTICLES.contains(&lower.as_str()) && !out.is_empty() {
            out.push_str(&lower);
        } else {
            let mut begins = true;
            let mut after_mc = 0;
            for letter in word.chars() {
                if begins || after_mc == 2 {
                    out.push(letter);
                } else {
                    out.extend(letter.to_lowercase());
                }
                after_mc = match (after_mc, begins, letter) {
                    (_, true, 'M') => 1,
                    (1, _, 'C') => 2,
                    _ => 0,
                };
                begins = matches!(letter, '-' | '\'' | '’');
            }
        }
    }
    out
}
