//! What a language tells the clean stage: boilerplate lines.

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CleanData {}
