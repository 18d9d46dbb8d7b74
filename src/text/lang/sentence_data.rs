//! What a language tells finding sentences: abbreviations, ordinals.

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SentenceData {}
