//! The work, in the order it runs. Every stage is a pure function: the same input and options, the same output.

pub mod clean;
pub mod finish;
pub mod keyphrases;
mod logs;
pub mod parse;
pub mod quotes;
pub mod summary;

use crate::model::{Article, QuotedArticle, RawDocument, Stage, StageError};

/// The options of all stages.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub parse: parse::Options,
    pub clean: clean::Options,
    pub quotes: quotes::Options,
    pub summary: summary::Options,
    pub keyphrases: keyphrases::Options,
    pub finish: finish::Options,
}

/// Takes one document through all stages, on the spot.
pub fn read(document: RawDocument, options: &Options) -> Result<Article, (Stage, StageError)> {
    let parsed = parse::parse(document, &options.parse).map_err(|error| (Stage::Parse, error))?;
    let cleaned = clean::clean(parsed, &options.clean).map_err(|error| (Stage::Clean, error))?;
    let quoted = quotes::extract(cleaned, &options.quotes).map_err(|error| (Stage::Quotes, error))?;
    conclude(quoted, options).map_err(|error| (Stage::Summary, error))
}

/// The last hop of the line: the summary, the keyphrases beside it, and the offsets that a record shows.
pub fn conclude(quoted: QuotedArticle, options: &Options) -> Result<Article, StageError> {
    let summarized = summary::summarize(quoted, &options.summary)?;
    let keyphrases = keyphrases::extract(&summarized, &options.keyphrases)?;
    finish::finish(summarized, keyphrases, &options.finish)
}
