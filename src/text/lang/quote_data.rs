//! What a language tells the quotes stage: marks, cues, titles, pronouns.

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QuoteData {}
