//! Writes language tags as BCP 47 wants them: "PT_br" is "pt-BR".

use crate::text::lang;

/// The tag in its usual case; None where it names no language.
pub fn normalize(tag: &str) -> Option<String> {
    let tag = tag.trim();
    if let Some(code) = lang::codes().find(|code| lang::of(code).name.eq_ignore_ascii_case(tag)) {
        return Some(code.to_owned());
    }
    // "de_DE.UTF-8" is how systems write it.
    let tag = tag.split(['.', '@']).next().unwrap_or_default();
    let mut out = String::with_capacity(tag.len());
    for (place, part) in tag.split(['-', '_']).enumerate() {
        let fits = (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_primary = matches!(part.len(), 2 | 3) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !fits || (place == 0 && !is_primary) {
            return None;
        }
        let lower = part.to_ascii_lowercase();
        match (place, part.len()) {
            (0, _) => out.push_str(&lower),
            (_, 2) => out.extend(["-", &lower.to_ascii_uppercase()]),
            (_, 4) if part.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                let (first, rest) = lower.split_at(1);
                out.extend(["-", &first.to_ascii_uppercase(), rest]);
            }
            _ => out.extend(["-", &lower]),
        }
    }
    let says_nothing = matches!(out.as_str(), "und" | "mul" | "zxx" | "mis");
    (!says_nothing).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_get_their_usual_case() {
        for (tag, expected) in [
            ("EN", Some("en")),
            ("pt_br", Some("pt-BR")),
            ("ZH-hant-tw", Some("zh-Hant-TW")),
            ("de_DE.UTF-8", Some("de-DE")),
            ("Dutch", Some("nl")),
            ("es-419", Some("es-419")),
            ("und", None),
            ("", None),
            ("no idea", None),
            ("x", None),
        ] {
            assert_eq!(normalize(tag).as_deref(), expected, "{tag}");
        }
    }
}
