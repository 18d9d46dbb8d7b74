//! Which language a text is in.

use crate::model::Language;

/// Tells the language of a text; `und` when it cannot be told.
pub fn identify(text: &str) -> Language {
    match whatlang::detect(text) {
        Some(info) if info.is_reliable() => Language { code: two_letters(info.lang().code()).to_owned(), confidence: info.confidence() },
        _ => Language { code: "und".to_owned(), confidence: 0.0 },
    }
}

fn two_letters(code: &str) -> &str {
    match code {
        "eng" => "en",
        "fra" => "fr",
        "deu" => "de",
        "spa" => "es",
        "ita" => "it",
        "por" => "pt",
        "nld" => "nl",
        "ind" => "id",
        other => other,
    }
}
