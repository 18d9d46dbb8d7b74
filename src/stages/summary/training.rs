//! What the trainer needs: sentences in the product's own numbers, and what the product would choose with given weights.

use super::vectors::Vectors;
use super::worth::{self, Worth};
use super::{Options, choose_by, features};
use crate::model::{QuotedArticle, Span};

pub use super::features::{COUNT, Features};
pub use super::weights::Weights;

/// One sentence as the product sees it.
#[derive(Clone, Debug)]
pub struct Described {
    pub span: Span,
    pub features: Features,
    /// It can stand alone.
    pub is_sound: bool,
}

/// All sentences of an article, in text order.
pub fn describe(quoted: &QuotedArticle) -> Vec<Described> {
    let text = &quoted.article.text;
    let title = quoted.article.metadata.title.as_deref().unwrap_or_default();
    let vectors = Vectors::of(text, &quoted.sentences, &quoted.words);
    let described = features::judge_each(text, title, &quoted.sentences, &vectors, |features| *features);
    let judged = worth::judge(text, &quoted.sentences, &quoted.quotes, &vectors);
    let sentences = quoted.sentences.iter().zip(described).zip(judged);
    sentences.map(|((span, features), worth)| Described { span: *span, features, is_sound: worth == Worth::Sound }).collect()
}

/// The product's summary with given weights.
pub fn summary(quoted: &QuotedArticle, weights: &Weights, options: &Options) -> Vec<Span> {
    choose_by(quoted, weights, options).into_iter().map(|(span, _)| span).collect()
}
