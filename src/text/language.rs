//! Which language a text is in.

use crate::model::Language;

/// A text's first part is enough to tell by.
const READ_BYTES_MAX: usize = 4096;

/// Tells the language of a text; `und` when it cannot be told.
pub fn identify(text: &str) -> Language {
    let head = text.get(..text.floor_char_boundary(READ_BYTES_MAX)).unwrap_or(text);
    match whatlang::detect(head) {
        Some(info) if info.is_reliable() => Language { code: two_letters(info.lang().code()).to_owned(), confidence: info.confidence() },
        _ => Language { code: "und".to_owned(), confidence: 0.0 },
    }
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
    use super::*;

    #[test]
    fn every_language_has_two_letters() {
        for lang in whatlang::Lang::all() {
            assert_eq!(two_letters(lang.code()).len(), 2, "{}", lang.code());
        }
    }

    #[test]
    fn a_text_without_words_is_in_no_language() {
        assert_eq!(identify("12 34 !!").code, "und");
    }
}
