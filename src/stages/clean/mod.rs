//! Makes an article's text the text and nothing else: normalized, whole paragraphs, no boilerplate.
//!
//! In this order: characters, since everything after compares them; lines; then what is no part of the article, in all
//! languages at once; the language last, told by what is left.

mod boilerplate;
mod characters;
mod encoding;
mod language_tag;
mod lines;
mod phrases;

use crate::model::{CleanArticle, Dateline, Language, Layout, Metadata, ParsedArticle, StageError, Warning};
use crate::text::language;
use phrases::Phrases;

/// How texts are cleaned.
#[derive(Clone, Debug, Default)]
pub struct Options {}

/// Where the text is too short to tell, the source's own claim about the page is better than nothing.
const DECLARED_CONFIDENCE: f64 = 0.5;

/// Cleans one article.
pub fn clean(article: ParsedArticle, _options: &Options) -> Result<CleanArticle, StageError> {
    let ParsedArticle { mut metadata, source, language_declared, language_given, text, layout, mut warnings } = article;
    let phrases = Phrases::of_all_languages();
    let (text, repaired) = put_in_order(text);
    if repaired && !warnings.contains(&Warning::EncodingRepaired) {
        warnings.push(Warning::EncodingRepaired);
    }
    let text = match layout {
        // Where a dateline stood, the first line was as long as the others.
        Layout::Lines => lines::unwrap_typed(text, metadata.dateline.as_ref().map_or(0, printed_length), phrases),
        Layout::Blocks => lines::tidy_blocks(text),
    };
    tidy_metadata(&mut metadata);
    let text = boilerplate::remove(text, metadata.title.as_deref(), phrases);
    if text.is_empty() {
        return Err(StageError::Empty);
    }
    let language = tell_language(&text, language_declared.as_deref(), language_given);
    Ok(CleanArticle { metadata, source, language, text, warnings })
}

/// Repairs the encoding and puts the characters in order, until neither finds anything: an unseen character may have
/// stood in the middle of what was read wrong.
fn put_in_order(text: String) -> (String, bool) {
    let (text, repaired) = repair(text);
    match characters::put_in_order(&text) {
        None => (text, repaired),
        Some(text) => {
            let (text, repaired_then) = repair(text);
            (text, repaired || repaired_then)
        }
    }
}

/// The text in order where it had to be repaired, and whether it had to.
fn repair(text: String) -> (String, bool) {
    let mut text = text;
    let mut repaired = false;
    while let Some(better) = encoding::repair(&text) {
        text = characters::put_in_order(&better).unwrap_or(better);
        repaired = true;
    }
    (text, repaired)
}

/// In characters: "PARIS, 3 mars (AFP) - ".
fn printed_length(dateline: &Dateline) -> usize {
    let Dateline { place, date, agency } = dateline;
    let length = |part: &Option<String>, signs: usize| part.as_ref().map_or(0, |part| part.chars().count() + signs);
    place.chars().count() + length(date, 2) + length(agency, 3) + 3
}

fn tidy_metadata(metadata: &mut Metadata) {
    let Metadata { title, subtitle, authors, section, tags, site, .. } = metadata;
    for field in [title, subtitle, section, site] {
        *field = field.take().map(tidy_field).filter(|field| !field.is_empty());
    }
    for list in [authors, tags] {
        *list = std::mem::take(list).into_iter().map(tidy_field).filter(|field| !field.is_empty()).collect();
    }
}

fn tidy_field(field: String) -> String {
    let (field, _) = put_in_order(field);
    let is_tidy = !field.contains('\n') && !field.contains("  ") && field.trim_matches(' ').len() == field.len();
    if is_tidy { field } else { field.split([' ', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ") }
}

/// The sender's word is believed; a page's own claim only where the text does not tell.
fn tell_language(text: &str, declared: Option<&str>, given: bool) -> Language {
    let declared = declared.and_then(language_tag::normalize);
    match declared {
        Some(code) if given => Language { code, confidence: 1.0 },
        Some(code) => match language::identify(text) {
            told if told.code == "und" => Language { code, confidence: DECLARED_CONFIDENCE },
            told => told,
        },
        None => language::identify(text),
    }
}

#[cfg(test)]
mod tests;
