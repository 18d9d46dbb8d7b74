//! The JSON Schema of pipeline.toml, for editors that complete and check while one types.

use std::collections::BTreeMap;

use super::TEMPLATE;
use super::keys::{self, KEYS};

/// The JSON Schema of pipeline.toml, with the template's reasons and defaults.
pub fn schema() -> serde_json::Value {
    let defaults: serde_json::Value = toml::from_str(TEMPLATE).unwrap_or_default();
    let mut sections: BTreeMap<&str, serde_json::Map<String, serde_json::Value>> = BTreeMap::new();
    for section in keys::SECTIONS {
        sections.insert(section, serde_json::Map::new());
    }
    for key in &KEYS {
        let Some((section, name)) = key.name.split_once('.') else { continue };
        let mut schema = key.kind.schema();
        schema["description"] = reason_for(section, name).into();
        // The file's one value that is not built in.
        schema["default"] = if key.name == "input.paths" { serde_json::json!([]) } else { defaults[section][name].clone() };
        sections.entry(section).or_default().insert(name.to_owned(), schema);
    }
    let sections: serde_json::Map<_, _> = sections
        .into_iter()
        .map(|(name, properties)| {
            (name.to_owned(), serde_json::json!({"type": "object", "properties": properties, "additionalProperties": false}))
        })
        .collect();
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pipeline.toml",
        "type": "object",
        "properties": sections,
        "additionalProperties": false,
    })
}

/// The comment that stands above a key of the template.
fn reason_for(section: &str, name: &str) -> String {
    let mut reason: Vec<&str> = Vec::new();
    let mut inside = "";
    for line in TEMPLATE.lines() {
        if let Some(header) = line.strip_prefix('[') {
            inside = header.trim_end_matches(']');
            reason.clear();
        } else if let Some(comment) = line.strip_prefix("# ") {
            reason.push(comment);
        } else if inside == section && line.split(" = ").next() == Some(name) {
            break;
        } else {
            reason.clear();
        }
    }
    reason.join(" ")
}
