//! Reads who wrote an article: "By Ada Moe and Bo Lund, Harbour Correspondents" are Ada Moe and Bo Lund.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use crate::text::lang;
use crate::text::unicode::is_unspaced;

/// In bytes: a longer byline is prose.
const BYLINE_BYTES_MAX: usize = 600;
const AUTHORS_MAX: usize = 24;
const NAME_WORDS_MAX: usize = 6;
const NAME_CHARS_MAX: usize = 60;

/// The authors that a byline names, in its order, each once: without "By", job titles, addresses, places and the paper's
/// own name. An agency is an author only where no person is. Empty where the line names nobody.
pub(crate) fn read(text: &str) -> Vec<String> {
    if text.len() > BYLINE_BYTES_MAX {
        return Vec::new();
    }
    let words = words();
    let mut people: Vec<String> = Vec::new();
    let mut bodies: Vec<String> = Vec::new();
    let bare = without_brackets(text);
    for part in bare.split(['\n', '\r', '\t', '|', ';', '/', '•', '·', '●', '・', '、', '，']) {
        let (part, labelled) = without_label(part.trim(), words);
        if !labelled && takes_pictures(part, words) {
            continue;
        }
        for (place, piece) in part
            .split(',')
            .flat_map(|piece| piece.split(" - "))
            .flat_map(|piece| piece.split(" – "))
            .flat_map(|piece| piece.split(" — "))
            .enumerate()
        {
            for piece in at_conjunctions(piece, words) {
                let (piece, _) = without_label(piece.trim(), words);
                let Some(name) = name(piece, words) else { continue };
                let list = if is_body(&name) { &mut bodies } else { &mut people };
                // After a full name, a single word is a place: "Ada Moe, Paris".
                let is_place =
                    place > 0 && !name.contains(' ') && !name.chars().any(is_unspaced) && list.iter().any(|other| other.contains(' '));
                if !is_place && !list.iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
                    list.push(name);
                }
            }
        }
    }
    let mut authors = if people.is_empty() { bodies } else { people };
    authors.truncate(AUTHORS_MAX);
    authors
}

struct Words {
    /// Phrases before the authors, in small letters, the longest first.
    by: Vec<String>,
    and: FxHashSet<String>,
    jobs: FxHashSet<String>,
    pictures: FxHashSet<String>,
}

fn words() -> &'static Words {
    static READ: OnceLock<Words> = OnceLock::new();
    READ.get_or_init(|| {
        let mut read = Words { by: Vec::new(), and: FxHashSet::default(), jobs: FxHashSet::default(), pictures: FxHashSet::default() };
        for data in lang::codes().map(|code| &lang::of(code).articles) {
            read.by.extend(data.by.iter().cloned());
            read.and.extend(data.and.iter().cloned());
            read.jobs.extend(data.jobs.split_whitespace().map(str::to_owned));
            read.pictures.extend(data.pictures.iter().cloned());
        }
        read.by.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        read.by.dedup();
        read
    })
}

fn without_label<'a>(text: &'a str, words: &Words) -> (&'a str, bool) {
    let (mut rest, mut found) = (text, false);
    // "Author: By Ada Moe"
    for _ in 0..2 {
        let after = words.by.iter().find_map(|label| {
            let after = strip_prefix_of_any_case(rest, label)?;
            let is_whole = after.starts_with([':', ' ', '\u{A0}', '.']);
            is_whole.then(|| after.trim_start_matches([':', ' ', '\u{A0}', '.']))
        });
        match after {
            Some(after) => (rest, found) = (after, true),
            None => break,
        }
    }
    (rest, found)
}

fn strip_prefix_of_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let mut letters = text.chars();
    for expected in prefix.chars() {
        let letter = letters.next()?;
        if letter != expected && !letter.to_lowercase().eq(std::iter::once(expected)) {
            return None;
        }
    }
    Some(letters.as_str())
}

fn takes_pictures(part: &str, words: &Words) -> bool {
    let first = part.split([' ', ':']).next().unwrap_or_default();
    words.pictures.contains(&first.to_lowercase())
}

/// What stands in brackets is an agency, an address or a note, never a name.
fn without_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    for letter in text.chars() {
        match letter {
            '(' | '[' | '<' | '（' => depth += 1,
            ')' | ']' | '>' | '）' => depth = depth.saturating_sub(1),
            '\u{A0}' | '\u{202F}' if depth == 0 => out.push(' '),
            _ if depth == 0 => out.push(letter),
            _ => {}
        }
    }
    out
}

/// Cuts "Ada Moe and Bo Lund", but not "José Ortega y Gasset": what follows has to be a whole name.
fn at_conjunctions<'a>(piece: &'a str, words: &Words) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut rest = piece.trim();
    let mut from = 0;
    let in_capitals = !piece.chars().any(char::is_lowercase);
    while let Some((at, word)) = next_word(rest, from) {
        from = at + word.len();
        let lower = word.to_lowercase();
        let joins = word == "&" || word == "+" || (words.and.contains(&lower) && (word == lower || (in_capitals && lower.len() > 2)));
        let before = rest.get(..at).unwrap_or_default().trim();
        let after = rest.get(from..).unwrap_or_default().trim();
        if !joins || before.is_empty() || after.is_empty() {
            continue;
        }
        let long = lower.len() > 2 || word == "&" || word == "+";
        let parts_names = after.contains(' ') || (!before.contains(' ') || long) && !lower.eq("de");
        if parts_names {
            pieces.push(before);
            rest = after;
            from = 0;
        }
    }
    pieces.push(rest);
    pieces
}

fn next_word(text: &str, from: usize) -> Option<(usize, &str)> {
    let tail = text.get(from..)?;
    let start = from + tail.find(|letter: char| !letter.is_whitespace())?;
    let word = text.get(start..)?.split_whitespace().next()?;
    Some((start, word))
}

/// Small words that stand within names.
const PARTICLES: [&str; 40] = [
    "de", "da", "do", "dos", "das", "del", "della", "dello", "degli", "di", "du", "des", "la", "le", "les", "los", "las", "el", "van",
    "von", "vom", "zu", "zum", "zur", "der", "den", "ten", "ter", "te", "'t", "bin", "binti", "ibn", "al", "af", "av", "y", "e", "i",
    "auf",
];

/// One name out of one piece of a byline; None where it names nobody.
fn name(piece: &str, words: &Words) -> Option<String> {
    let piece = piece.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '.');
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
            // "Senior Reporter Ada Moe" is Ada Moe; "Ada Moe Senior Reporter" too.
            if kept.is_empty() || is_small {
                if kept.is_empty() {
                    continue;
                }
                break;
            }
            break;
        }
        // "Ada Moe in Paris": what is small and no part of a name ends it.
        if is_small && !PARTICLES.contains(&lower.as_str()) {
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
fn is_paper(name: &str) -> bool {
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

fn is_body(name: &str) -> bool {
    super::agencies::is_agency(name)
}

/// "ADA MOE" is Ada Moe; names with small letters stay as they are.
fn recased(name: &str) -> String {
    let shouts = name.contains(' ') && !name.chars().any(char::is_lowercase) && name.chars().any(char::is_uppercase);
    if !shouts || is_body(name) {
        return name.to_owned();
    }
    let mut out = String::with_capacity(name.len());
    for word in name.split(' ') {
        if !out.is_empty() {
            out.push(' ');
        }
        let lower = word.to_lowercase();
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(read(text), expected, "{text}");
    }

    #[test]
    fn a_byline_names_its_authors() {
        check("By Tamsin Oakhurst", &["Tamsin Oakhurst"]);
        check("BY TAMSIN OAKHURST and DOV MCPEMBERLEY", &["Tamsin Oakhurst", "Dov McPemberley"]);
        check("Par Mireille Castagnou et Étienne Vauclair", &["Mireille Castagnou", "Étienne Vauclair"]);
        check("Von Käthe Brückner, Jürgen Schäufele und Hartmut Reisinger", &["Käthe Brückner", "Jürgen Schäufele", "Hartmut Reisinger"]);
        check("Por Amparo Rebolledo y Leandro Quintás", &["Amparo Rebolledo", "Leandro Quintás"]);
        check("di Ornella Bassanese e Fausto Merighetti", &["Ornella Bassanese", "Fausto Merighetti"]);
        check("Por Leonor Sardinha Pato e Hélder Mourato", &["Leonor Sardinha Pato", "Hélder Mourato"]);
        check("Door Wieger Postuma en Hanneke van den Verdoold", &["Wieger Postuma", "Hanneke van den Verdoold"]);
        check("Oleh: Rahmat Sutedja dan Nining Larasati", &["Rahmat Sutedja", "Nining Larasati"]);
        check("Oleh Yuyun dan Susi", &["Yuyun", "Susi"]);
        check("Written by: Gwen Tarrick & Ruth Annering", &["Gwen Tarrick", "Ruth Annering"]);
        check("Tamsin Oakhurst; Gwen Tarrick", &["Tamsin Oakhurst", "Gwen Tarrick"]);
    }

    #[test]
    fn jobs_places_papers_and_addresses_are_no_authors() {
        check("By Tamsin Oakhurst, Political Correspondent", &["Tamsin Oakhurst"]);
        check("By Tamsin Oakhurst, Pellmouth", &["Tamsin Oakhurst"]);
        check("By Tamsin Oakhurst in Pellmouth", &["Tamsin Oakhurst"]);
        check("Senior Reporter Tamsin Oakhurst", &["Tamsin Oakhurst"]);
        check("Tamsin Oakhurst | The Daily Tide", &["Tamsin Oakhurst"]);
        check("By Tamsin Oakhurst tamsin@tide.example @tamsin", &["Tamsin Oakhurst"]);
        check("By Tamsin Oakhurst (AFP)", &["Tamsin Oakhurst"]);
        check("By Tamsin Oakhurst, Reuters", &["Tamsin Oakhurst"]);
        check("Par Odile Marchecourt, envoyée spéciale à Rochebrune", &["Odile Marchecourt"]);
        check("By Tamsin Oakhurst / Photos by Gwen Tarrick", &["Tamsin Oakhurst"]);
        check("By staff reporter", &[]);
        check("La rédaction", &[]);
        check("admin", &[]);
        check("", &[]);
        check("https://tide.example/tamsin", &[]);
    }

    #[test]
    fn an_agency_is_the_author_where_nobody_else_is() {
        check("By Reuters", &["Reuters"]);
        check("AFP", &["AFP"]);
    }

    #[test]
    fn names_keep_their_small_words() {
        check("By José Ortega y Gasset", &["José Ortega y Gasset"]);
        check("By Ludwig van den Berg", &["Ludwig van den Berg"]);
        check("By Dan Moe", &["Dan Moe"]);
        check("By Martin Moe Jr.", &["Martin Moe Jr."]);
        check("By J. P. O’Neil", &["J. P. O’Neil"]);
        check("王小明", &["王小明"]);
    }

    proptest! {
        #[test]
        fn any_characters_may_come(text in any::<String>()) {
            for name in read(&text) {
                prop_assert!(!name.trim().is_empty());
            }
        }

        #[test]
        fn a_list_of_names_reads_back_as_itself(names in prop::collection::vec("[A-Z][a-z]{2,7} [A-Z][a-z]{4,9}", 1..4)) {
            let authors = read(&names.join(", "));
            prop_assert_eq!(read(&authors.join(", ")), authors.clone());
        }
    }
}
