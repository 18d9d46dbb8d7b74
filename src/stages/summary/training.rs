//! What the trainer needs: words and sentences in the product's own numbers, and what the product would choose with given
//! weights.

use super::features::Read;
use super::vectors::Vectors;
use super::{Options, choose_by, features, wanted};
use crate::model::{QuotedArticle, Span};

pub use super::features::{COUNT, Features};
pub use super::trees::{DEPTH, Forest, LEAVES, Tree};
pub use super::wanted::{COUNT as WORD_COUNT, Numbers, WordWeights};
pub use super::weights::Weights;

/// All different words of an article in numbers, each with its hash.
pub fn words(quoted: &QuotedArticle) -> Vec<(u64, Numbers)> {
    let vectors = Vectors::of(&quoted.article.text, &quoted.sentences, &quoted.words);
    let titled = features::titled(quoted.article.metadata.title.as_deref().unwrap_or_default(), &vectors);
    quoted.words.terms.iter().map(|term| term.hash).zip(wanted::describe_all(&vectors, &titled)).collect()
}

/// All sentences of an article in numbers, in text order.
pub fn sentences(quoted: &QuotedArticle, words: &WordWeights) -> Vec<(Span, Features)> {
    let read = Read::of(quoted, words);
    let mut described = Vec::with_capacity(quoted.sentences.len());
    features::describe_each(&quoted.article.text, &quoted.sentences, &read, |features| described.push(*features));
    quoted.sentences.iter().copied().zip(described).collect()
}

/// The product's summary with given weights.
pub fn summary(quoted: &QuotedArticle, weights: &Weights, options: &Options) -> Vec<Span> {
    choose_by(quoted, weights, options).into_iter().map(|(span, _)| span).collect()
}
