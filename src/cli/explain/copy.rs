//! What became of the lines of plain text that are not in an article's text: headline, byline, dateline, notes.

use std::fmt::Write as _;

use crate::model::ParsedArticle;

/// A line that was taken out of the text is shown up to here, in characters.
const LINE_MAX: usize = 90;
const LINES_MAX: usize = 40;
/// In bytes: of a longer line it is not looked for the part that is in the text.
const SEARCHED_MAX: usize = 600;

/// Tells of each line of the copy that is not in the text, what was made of it.
pub fn tell(page: &mut String, bytes: &[u8], article: &ParsedArticle) {
    let encoding = encoding_rs::Encoding::for_label(article.source.encoding.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    let (copy, _, _) = encoding.decode(bytes);
    let taken: Vec<(&str, String)> = copy.lines().filter_map(|line| taken_from(line.trim(), article)).collect();
    if taken.is_empty() {
        return;
    }
    // Writing to a String cannot fail.
    let _ = writeln!(page, "  not in the text");
    for (what, words) in taken.iter().take(LINES_MAX) {
        let shown: String = words.chars().take(LINE_MAX).collect();
        let more = if words.chars().count() > LINE_MAX { "…" } else { "" };
        let _ = writeln!(page, "    {what:<18} {shown}{more}");
    }
    if taken.len() > LINES_MAX {
        let _ = writeln!(page, "    and {} more lines", taken.len() - LINES_MAX);
    }
}

/// What was made of a line, and the words of it that are not in the text; None where all of it is.
fn taken_from(line: &str, article: &ParsedArticle) -> Option<(&'static str, String)> {
    if line.is_empty() || article.text.contains(line) {
        return None;
    }
    let left = if line.len() <= SEARCHED_MAX { left_of(line, &article.text) } else { return None };
    (!left.is_empty()).then(|| (role(&left, article), left))
}

/// The words before or behind the part of a line that is in the text.
fn left_of(line: &str, text: &str) -> String {
    let is_in_text = |words: &str| words.chars().filter(|letter| letter.is_alphanumeric()).count() >= 12 && text.contains(words.trim());
    let starts = line.char_indices().map(|(at, _)| at).filter(|at| *at > 0);
    if let Some(at) = starts.clone().find(|at| line.get(*at..).is_some_and(is_in_text)) {
        return line.get(..at).unwrap_or_default().trim().to_owned();
    }
    let ends: Vec<usize> = starts.collect();
    match ends.into_iter().rev().find(|at| line.get(..*at).is_some_and(is_in_text)) {
        Some(at) => line.get(at..).unwrap_or_default().trim().to_owned(),
        None => line.to_owned(),
    }
}

fn role(words: &str, article: &ParsedArticle) -> &'static str {
    let metadata = &article.metadata;
    let holds = |value: &Option<String>| value.as_deref().is_some_and(|value| words.contains(value));
    let is_of_title = metadata.title.as_deref().is_some_and(|title| words.contains(title) || title.contains(words));
    if is_of_title {
        return "the title";
    }
    if metadata.subtitle.as_deref().is_some_and(|subtitle| words.contains(subtitle) || subtitle.contains(words)) {
        return "the subtitle";
    }
    if metadata.dateline.as_ref().is_some_and(|dateline| !dateline.place.is_empty() && words.contains(&dateline.place)) {
        return "the dateline";
    }
    let small = words.to_lowercase();
    if metadata.authors.iter().any(|author| small.contains(&author.to_lowercase())) {
        return "who wrote it";
    }
    if holds(&metadata.section) || holds(&metadata.site) || metadata.tags.iter().any(|tag| words.contains(tag)) {
        return "section, site, tags";
    }
    let has_date = metadata.published.is_some() || metadata.updated.is_some();
    let year = [&metadata.published, &metadata.updated].into_iter().flatten().filter_map(|date| date.get(..4));
    if has_date && year.into_iter().any(|year| words.contains(year)) {
        return "when it came out";
    }
    "a note, left out"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Format, RawDocument};
    use crate::stages::parse;

    #[test]
    fn every_line_that_is_gone_is_accounted_for() {
        let copy = "BC-FERRY-RETURN\nNight ferry returns\nBy Ada Moe\n3 March 2026\n\nLEITH, March 3 (Reuters) - The night ferry will sail again from May, the board said.\n\nIt runs six nights.\n\n(Reporting by Ada Moe; Editing by Bo Lund)\n";
        let document = RawDocument::new(copy.as_bytes().to_vec(), Format::Text);
        let article = parse::parse(document, &parse::Options::default()).unwrap();
        let mut page = String::new();
        tell(&mut page, copy.as_bytes(), &article);
        let expected = "  not in the text
    a note, left out   BC-FERRY-RETURN
    the title          Night ferry returns
    who wrote it       By Ada Moe
    when it came out   3 March 2026
    the dateline       LEITH, March 3 (Reuters) -
    who wrote it       (Reporting by Ada Moe; Editing by Bo Lund)
";
        assert_eq!(page, expected);
    }
}
