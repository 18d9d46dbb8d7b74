//! The printed schemas, held against the lines that are written.

use serde_json::Value;

use crate::desk::Desk;

const ARTICLE: &str = "Ferry fares to rise in spring\n\nPORT ELSEWHERE - Ferry fares will rise by two per cent in April, the harbour office said on Monday.\n\n\"We held them for six years,\" said Ada Moe, who heads the office.\n";

#[test]
fn the_schemas_name_what_every_line_must_have() {
    let desk = Desk::new();
    for (name, required) in [
        ("record", &["schema", "id", "revision", "source", "language", "text", "summary", "quotes", "keyphrases", "stats", "check"][..]),
        ("rejected", &["schema", "id", "revision", "source", "stage", "code", "error", "attempts", "rejected_at", "check"]),
    ] {
        let schema: Value = serde_json::from_str(&desk.run(&["schema", name]).ended_with(0).stdout).unwrap();
        let named: Vec<&str> = schema["required"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
        assert_eq!(named, required, "{name}");
    }
    let default = desk.run(&["schema"]).ended_with(0).stdout;
    assert_eq!(default, desk.run(&["schema", "record"]).ended_with(0).stdout);
}

#[test]
fn every_line_that_is_written_fits_its_schema() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    desk.put("wire/b.jsonl", "{\"id\":7,\"text\":\"It rained.\",\"desk\":[1,null]}\n{\"text\n");
    desk.put("wire/c.html", format!("<!DOCTYPE html><title>Ferry</title><p>{ARTICLE}</p>"));
    desk.run(&["batch", "wire", "--set", "output.sentences=true"]).ended_with(1);
    for (name, lines) in [("record", desk.records("out")), ("rejected", desk.rejected("out"))] {
        let schema: Value = serde_json::from_str(&desk.run(&["schema", name]).ended_with(0).stdout).unwrap();
        assert!(!lines.is_empty());
        for line in &lines {
            ensure_fits(line, &schema, &schema, name);
        }
    }
}

/// Holds a value to what the schemas here use of JSON Schema.
#[track_caller]
fn ensure_fits(value: &Value, schema: &Value, root: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let named = root.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{place}: {reference} is nowhere"));
        return ensure_fits(value, named, root, place);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let not_null = choices.iter().find(|choice| choice["type"] != "null").unwrap();
        return if value.is_null() {
            assert!(choices.iter().any(|choice| choice["type"] == "null"))
        } else {
            ensure_fits(value, not_null, root, place)
        };
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = |name: &Value| name == kind || (name == "number" && kind == "integer");
    let allowed = match &schema["type"] {
        Value::Array(names) => names.iter().any(fits),
        Value::Null => true,
        name => fits(name),
    };
    assert!(allowed, "{place} is {value}, not {}", schema["type"]);
    if let Value::Object(map) = value {
        for key in schema["required"].as_array().into_iter().flatten() {
            assert!(map.contains_key(key.as_str().unwrap()), "{place} lacks {key}");
        }
        for (key, value) in map {
            let known = &schema["properties"][key];
            let others = &schema["additionalProperties"];
            assert!(!known.is_null() || !others.is_null(), "{place}.{key} is in no schema");
            ensure_fits(value, if known.is_null() { others } else { known }, root, &format!("{place}.{key}"));
        }
    }
    for item in value.as_array().into_iter().flatten() {
        ensure_fits(item, &schema["items"], root, place);
    }
}
