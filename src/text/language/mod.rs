//! Which language a text is in.
//!
//! The script tells many languages at once. Within the Latin, Cyrillic and Arabic scripts words vote: a word that is
//! among the most frequent of few languages says much, and so does a letter that few languages have. Where the vote
//! is close, whatlang's trigrams (Cavnar and Trenkle, "N-gram-based text categorization", 1994) are asked too.

mod scripts;
mod votes;

use crate::model::Language;

use scripts::{Script, Tally};
use votes::Votes;

/// A text's first part is enough to tell by.
const READ_BYTES_MAX: usize = 4096;
/// So much is read before a vote that is clear by then is believed.
const FIRST_BYTES: usize = 1024;
/// A lead, in nats, that trigrams are not asked to confirm.
const CLEAR_LEAD: f64 = 4.0;
/// What the trigrams' choice is worth, in nats, at least and at most.
const TRIGRAMS_WORTH: (f64, f64) = (1.0, 3.0);
/// Below this lead, in nats, the language cannot be told.
const LEAST_LEAD: f64 = 0.25;

/// Tells the language of a text; `und` when it cannot be told. The confidence is the estimated probability, 0 to 1,
/// that the code is right.
pub fn identify(text: &str) -> Language {
    let head = |bytes: usize| text.get(..text.floor_char_boundary(bytes)).unwrap_or(text);
    let first = identify_head(head(FIRST_BYTES));
    if text.len() <= FIRST_BYTES || first.confidence > 0.99 { first } else { identify_head(head(READ_BYTES_MAX)) }
}

fn identify_head(head: &str) -> Language {
    let tally = Tally::of(head);
    match tally.script() {
        Some(Script::Of(code)) => told(code, tally.confidence()),
        Some(Script::Shared(script)) => by_votes(head, script),
        None => told("und", 0.0),
    }
}

fn by_votes(head: &str, script: scripts::Shared) -> Language {
    let mut votes = Votes::count(head, script);
    let lead = votes.lead();
    let is_open = lead.nats < CLEAR_LEAD || !votes.is_sound();
    if is_open && let Some(info) = whatlang::Detector::with_allowlist(script.trigram_languages().to_vec()).detect(head) {
        let code = two_letters(info.lang().code());
        let (least, most) = TRIGRAMS_WORTH;
        let worth = least + (most - least) * info.confidence();
        if !votes.add(code, worth) && info.is_reliable() && !votes.is_sound() {
            return told(code, info.confidence() * 0.9);
        }
    }
    let lead = votes.lead();
    match lead.code {
        Some(code) if lead.nats >= LEAST_LEAD => told(code, 1.0 - 0.5 * libm::exp(-lead.nats)),
        _ => told("und", 0.0),
    }
}

fn told(code: &str, confidence: f64) -> Language {
    Language { code: code.to_owned(), confidence }
}

/// BCP 47 wants the two-letter code where ISO 639 has one; all languages that can be told have one.
fn two_letters(code: &str) -> &str {
    CODES.iter().find(|(three, _)| *three == code).map_or(code, |(_, two)| two)
}

#[rustfmt::skip]
const CODES: &[(&str, &str)] = &[
    ("afr", "af"), ("aka", "ak"), ("amh", "am"), ("ara", "ar"), ("aze", "az"), ("bel", "be"), ("ben", "bn"),
    ("bul", "bg"), ("cat", "ca"), ("ces", "cs"), ("cmn", "zh"), ("cym", "cy"), ("dan", "da"), ("deu", "de"),
    ("ell", "el"), ("eng", "en"), ("epo", "eo"), ("est", "et"), ("fas", "fa"), ("pes", "fa"), ("fin", "fi"),
    ("fra", "fr"), ("guj", "gu"), ("heb", "he"), ("hin", "hi"), ("hrv", "hr"), ("hun", "hu"), ("hye", "hy"),
    ("ind", "id"), ("ita", "it"), ("jav", "jv"), ("jpn", "ja"), ("kan", "kn"), ("kat", "ka"), ("khm", "km"),
    ("kor", "ko"), ("lat", "la"), ("lav", "lv"), ("lit", "lt"), ("mal", "ml"), ("mar", "mr"), ("mkd", "mk"),
    ("mya", "my"), ("nep", "ne"), ("nld", "nl"), ("nob", "nb"), ("ori", "or"), ("pan", "pa"), ("pol", "pl"),
    ("por", "pt"), ("ron", "ro"), ("rus", "ru"), ("sin", "si"), ("slk", "sk"), ("slv", "sl"), ("sna", "sn"),
    ("spa", "es"), ("srp", "sr"), ("swe", "sv"), ("tam", "ta"), ("tel", "te"), ("tgl", "tl"), ("tha", "th"),
    ("tuk", "tk"), ("tur", "tr"), ("ukr", "uk"), ("urd", "ur"), ("uzb", "uz"), ("vie", "vi"), ("yid", "yi"),
    ("zul", "zu"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(code: &str, text: &str) {
        let found = identify(text);
        assert_eq!(found.code, code, "{} for {text}", found.confidence);
    }

    #[test]
    fn every_language_has_two_letters() {
        for lang in whatlang::Lang::all() {
            assert_eq!(two_letters(lang.code()).len(), 2, "{}", lang.code());
        }
    }

    #[test]
    fn a_text_without_words_is_in_no_language() {
        check("und", "12 34 !!");
        check("und", "");
        check("und", "Xqz");
    }

    #[test]
    fn languages_that_are_near_each_other_are_told_apart() {
        check("nl", "De burgemeester zei dat het niet langer kon.");
        check("de", "Der Bürgermeister sagte, dass es so nicht weitergehen könne.");
        check("es", "El alcalde dijo que no podía seguir así por más tiempo.");
        check("pt", "O prefeito disse que não podia continuar assim por mais tempo.");
        check("it", "Il sindaco ha detto che non si poteva andare avanti così.");
        check("fr", "Le maire a dit que cela ne pouvait plus durer.");
        check("ca", "L'alcalde va dir que això no podia continuar així amb els veïns.");
        check("da", "Borgmesteren sagde, at det ikke kunne blive ved med at være sådan.");
        check("sv", "Borgmästaren sade att det inte kunde fortsätta så här längre.");
        check("cs", "Starosta řekl, že to takhle dál nejde.");
        check("sk", "Starosta povedal, že to takto ďalej nejde a že sa to zmení.");
        check("id", "Wali kota mengatakan bahwa hal itu tidak bisa terus begitu.");
        check("en", "The mayor said that it could not go on like this.");
        check("is", "Bæjarstjórinn sagði að þetta gæti ekki gengið svona lengur og að íbúar væru ósáttir við það.");
        check("hu", "A polgármester azt mondta, hogy ez így nem mehet tovább, és a lakók sem elégedettek.");
    }

    #[test]
    fn scripts_tell_at_once() {
        check("el", "Ο δήμαρχος μίλησε χθες.");
        check("ja", "市長は昨日話した。");
        check("zh", "市长昨天发表了讲话。");
        check("ko", "시장은 어제 연설했다.");
        check("ru", "Мэр вчера сказал, что так больше нельзя.");
        check("uk", "Мер учора сказав, що так більше не можна і їх це турбує.");
    }

    #[test]
    fn a_name_from_elsewhere_does_not_change_the_language() {
        check("en", "Jiří Dvořák and Željko Ćosić met in the town that they had left as children.");
    }

    proptest! {
        #[test]
        fn confidence_is_a_share(text in "\\PC{0,200}") {
            let found = identify(&text);
            prop_assert!((0.0..=1.0).contains(&found.confidence));
            prop_assert_eq!(found.code == "und", found.confidence == 0.0);
        }
    }
}
