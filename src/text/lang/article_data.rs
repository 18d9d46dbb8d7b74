//! What a language tells the parse stage: bylines, datelines, months.

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ArticleData {}
