//! What wires and papers print around a story, in its first and last words: the dateline, and who reported it.

mod dateline;
mod ending;
mod places;

#[cfg(test)]
mod tests;

use super::{agencies, bylines, dates};
use crate::model::ParsedArticle;

pub(super) use agencies::is_agency;
pub(super) use dateline::is_domain;
pub(super) use places::is_city;

/// No desk sets more remarks below one story.
const REMARKS_MAX: usize = 6;

/// Takes the dateline off a story's first line and the desk's remarks off its end, into the record. A story is never
/// emptied by it.
pub(super) fn unwrap(article: &mut ParsedArticle) {
    unwrap_ending(article);
    if let Some(told) = &article.metadata.dateline {
        let story = article.text.trim_start();
        let rest = dateline::printed(story, told).and_then(|length| story.get(length..));
        if let Some(rest) = rest.filter(|rest| rest.chars().any(char::is_alphanumeric)) {
            article.text = rest.to_owned();
            return;
        }
    }
    let start = article.text.len() - article.text.trim_start().len();
    let Some(opening) = article.text.get(start..).and_then(dateline::read) else { return };
    let rest = article.text.get(start + opening.length..).unwrap_or_default();
    if !rest.chars().any(char::is_alphanumeric) {
        return;
    }
    article.text = rest.to_owned();
    note(article, opening);
}

/// Notes the dateline of a text that stays as it was sent.
pub(super) fn note_dateline(article: &mut ParsedArticle) {
    if let Some(opening) = dateline::read(article.text.trim_start()) {
        note(article, opening);
    }
}

/// True where a line opens as stories on the wire do.
pub(super) fn opens_with_dateline(line: &str) -> bool {
    dateline::read(line).is_some()
}

fn note(article: &mut ParsedArticle, opening: dateline::Opening) {
    let metadata = &mut article.metadata;
    if metadata.site.is_none() {
        metadata.site = opening.site;
    }
    let Some(found) = opening.dateline else { return };
    if metadata.published.is_none() {
        metadata.published = found.date.as_deref().and_then(|date| dates::read(date, article.language_declared.as_deref()));
    }
    if metadata.dateline.is_none() {
        metadata.dateline = Some(found);
    }
}

fn unwrap_ending(article: &mut ParsedArticle) {
    for _ in 0..REMARKS_MAX {
        let agency = article.metadata.dateline.as_ref().and_then(|dateline| dateline.agency.as_deref());
        let Some(ending) = ending::read(&article.text, agency) else { return };
        let is_all = !article.text.get(..ending.start).is_some_and(|story| story.chars().any(char::is_alphanumeric));
        if is_all {
            return;
        }
        article.text.truncate(ending.start);
        if article.metadata.authors.is_empty() {
            article.metadata.authors = ending.authors;
        }
    }
}
