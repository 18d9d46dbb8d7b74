//! The keys that there are, and how their values are read.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::problem::{Problem, line_and_column};

/// A value, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Strings(Vec<String>),
    Flag(bool),
    /// A count, or bytes.
    Number(u64),
    Time(Duration),
}

/// What a key's value must be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Text,
    Strings,
    Flag,
    Count,
    Size,
    Time,
    OneOf(&'static [&'static str]),
}

/// Every key. A test holds them against the template.
pub const KEYS: [(&str, Kind); 24] = [
    ("input.paths", Kind::Strings),
    ("input.include", Kind::Strings),
    ("input.exclude", Kind::Strings),
    ("input.settle", Kind::Time),
    ("input.rescan", Kind::Time),
    ("input.follow_symlinks", Kind::Flag),
    ("input.after", Kind::OneOf(&["keep", "move", "delete"])),
    ("input.move_to", Kind::Text),
    ("output.dir", Kind::Text),
    ("output.rotate_size", Kind::Size),
    ("output.sentences", Kind::Flag),
    ("output.ingested_at", Kind::Flag),
    ("quotes.max", Kind::Count),
    ("quotes.min_words", Kind::Count),
    ("quotes.indirect", Kind::Flag),
    ("summary.sentences", Kind::Count),
    ("summary.max_words", Kind::Count),
    ("keyphrases.max", Kind::Count),
    ("limits.document_size", Kind::Size),
    ("limits.memory", Kind::Size),
    ("limits.attempts", Kind::Count),
    ("limits.entries", Kind::Count),
    ("log.level", Kind::Text),
    ("log.format", Kind::OneOf(&["text", "json"])),
];

const SIZE_UNITS: [(&str, u64); 9] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("B", 1),
];

/// In microseconds. Longer units that end alike come first.
const TIME_UNITS: [(&str, u64); 5] = [("us", 1), ("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000)];

impl Kind {
    /// Reads "a number of sentences like 3" and so on after "must be".
    fn wanted(self) -> String {
        match self {
            Self::Text => "a text in quotation marks".to_owned(),
            Self::Strings => "a list of texts like [\"a\", \"b\"]".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Count => "a whole number, 0 or more".to_owned(),
            Self::Size => "a size like \"16MiB\"".to_owned(),
            Self::Time => "a time like \"200ms\", \"5s\" or \"2m\"".to_owned(),
            Self::OneOf(names) => {
                let (last, others) = names.split_last().unwrap_or((&"", &[]));
                let others: Vec<_> = others.iter().map(|name| format!("`{name}`")).collect();
                format!("{} or `{last}`", others.join(", "))
            }
        }
    }

    pub fn schema(self) -> serde_json::Value {
        match self {
            Self::Text => serde_json::json!({"type": "string"}),
            Self::Strings => serde_json::json!({"type": "array", "items": {"type": "string"}}),
            Self::Flag => serde_json::json!({"type": "boolean"}),
            Self::Count => serde_json::json!({"type": "integer", "minimum": 0}),
            Self::Size => serde_json::json!({"type": ["string", "integer"], "minimum": 0, "pattern": "^[0-9]+ *([kMGT]i?B|KiB|B)?$"}),
            Self::Time => serde_json::json!({"type": "string", "pattern": "^[0-9]+ *(us|ms|s|m|h)$"}),
            Self::OneOf(names) => serde_json::json!({"enum": names}),
        }
    }

    fn value(self, given: &DeValue<'_>) -> Option<Value> {
        match (self, given) {
            (Self::Flag, DeValue::Boolean(flag)) => Some(Value::Flag(*flag)),
            (Self::Count | Self::Size, DeValue::Integer(number)) => {
                u64::from_str_radix(number.as_str(), number.radix()).ok().map(Value::Number)
            }
            (Self::Strings, DeValue::Array(items)) => {
                let texts = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
                texts.collect::<Option<_>>().map(Value::Strings)
            }
            (_, DeValue::String(text)) => self.text_value(text),
            _ => None,
        }
    }

    fn text_value(self, text: &str) -> Option<Value> {
        match self {
            Self::Text => Some(Value::Text(text.to_owned())),
            Self::OneOf(names) => names.contains(&text).then(|| Value::Text(text.to_owned())),
            Self::Size => in_units(text, &SIZE_UNITS, Some(1)).map(Value::Number),
            Self::Time => in_units(text, &TIME_UNITS, None).map(|us| Value::Time(Duration::from_micros(us))),
            Self::Strings | Self::Flag | Self::Count => None,
        }
    }

    /// A value from a flag or the environment, where texts need no quotation marks.
    fn typed_value(self, text: &str) -> Option<Value> {
        match self {
            Self::Flag => text.parse().ok().map(Value::Flag),
            Self::Count => text.parse().ok().map(Value::Number),
            Self::Strings if !text.starts_with('[') => Some(Value::Strings(vec![text.to_owned()])),
            Self::Strings => {
                let line = format!("list = {text}");
                let table = DeTable::parse(&line).ok()?;
                self.value(table.get_ref().get("list")?.get_ref())
            }
            Self::Text | Self::OneOf(_) | Self::Size | Self::Time => self.text_value(text),
        }
    }
}

fn in_units(text: &str, units: &[(&str, u64)], bare: Option<u64>) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(end)?;
    let number: u64 = digits.parse().ok()?;
    let unit = unit.trim();
    let factor = if unit.is_empty() { bare? } else { units.iter().find(|(name, _)| *name == unit)?.1 };
    number.checked_mul(factor)
}

/// Reads a file of settings over what is there.
pub fn read_file(path: &Path, text: &str, values: &mut BTreeMap<&'static str, Value>, problems: &mut Vec<Problem>) {
    let place = |byte| {
        let (line, column) = line_and_column(text, byte);
        format!("{}:{line}:{column}", path.display())
    };
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            problems.push(Problem::new(place(at), error.message()));
            return;
        }
    };
    for (section, content) in table.get_ref() {
        let name = section.get_ref();
        let is_section = KEYS.iter().any(|(key, _)| key.split('.').next() == Some(name));
        let DeValue::Table(content) = content.get_ref() else {
            problems.push(Problem::new(
                place(section.span().start),
                format!("`{name}` stands outside a section; put it below one, like [summary]"),
            ));
            continue;
        };
        if !is_section {
            let sections = KEYS.iter().filter_map(|(key, _)| key.split('.').next());
            problems.push(Problem::new(place(section.span().start), format!("there is no section `{name}`{}", nearest(name, sections))));
            continue;
        }
        for (key, given) in content {
            let key_name = format!("{name}.{}", key.get_ref());
            match KEYS.iter().find(|(known, _)| *known == key_name) {
                None => problems.push(Problem::new(place(key.span().start), unknown(&key_name))),
                Some((known, kind)) => match kind.value(given.get_ref()) {
                    Some(value) => {
                        values.insert(known, value);
                    }
                    None => problems.push(Problem::new(place(given.span().start), format!("`{known}` must be {}", kind.wanted()))),
                },
            }
        }
    }
}

/// Reads one setting from a flag or the environment over what is there.
pub fn read_text(key: &str, text: &str, place: &str, values: &mut BTreeMap<&'static str, Value>, problems: &mut Vec<Problem>) {
    match KEYS.iter().find(|(known, _)| *known == key) {
        None => problems.push(Problem::new(place, unknown(key))),
        Some((known, kind)) => match kind.typed_value(text) {
            Some(value) => {
                values.insert(known, value);
            }
            None => problems.push(Problem::new(place, format!("`{known}` must be {}", kind.wanted()))),
        },
    }
}

fn unknown(key: &str) -> String {
    format!("there is no key `{key}`{}", nearest(key, KEYS.iter().map(|(known, _)| *known)))
}

fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    let nearest = names.map(|known| (strsim::damerau_levenshtein(name, known), known)).min();
    match nearest {
        Some((distance, known)) if distance * 2 <= known.len() => format!("; did you mean `{known}`?"),
        _ => "; `copydesk init` writes a file that shows every key".to_owned(),
    }
}
