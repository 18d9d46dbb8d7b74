//! What a setting's value may be, and how it is read: from a file, or from a flag or variable, where texts need no
//! quotation marks.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use crate::{sources, telemetry};

/// A value, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Strings(Vec<String>),
    Flag(bool),
    /// A count, or bytes.
    Number(u64),
    Time(Duration),
    Address(Option<SocketAddr>),
}

/// What a key's value must be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Text,
    /// A text that is shown to nobody.
    Secret,
    /// A path that is not empty.
    Folder,
    Strings,
    Globs,
    Flag,
    Count {
        least: u64,
        most: u64,
    },
    Size {
        least: u64,
        most: u64,
    },
    Time {
        least_ms: u64,
    },
    OneOf(&'static [&'static str]),
    /// What is logged: `warn,copydesk::sources=debug`.
    Levels,
    /// Where to listen; empty: nowhere.
    Address,
}

const SIZE_UNITS: [(&str, u64); 13] = [
    ("b", 1),
    ("k", 1 << 10),
    ("m", 1 << 20),
    ("g", 1 << 30),
    ("t", 1 << 40),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
];

/// In microseconds.
const TIME_UNITS: [(&str, u64); 7] =
    [("us", 1), ("µs", 1), ("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000)];

impl Kind {
    /// Reads "a whole number, 1 or more" and so on after "must be".
    pub fn wanted(self) -> String {
        match self {
            Self::Text | Self::Secret => "a text in quotation marks".to_owned(),
            Self::Folder => "the path of a folder in quotation marks".to_owned(),
            Self::Strings => "a list of texts like [\"a\", \"b\"]".to_owned(),
            Self::Globs => "a list of globs like [\"*.txt\", \"2026/**\"]".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Count { least, most } => format!("a whole number{}", bounds(&least.to_string(), most, &most.to_string())),
            Self::Size { least, most } => format!("a size like \"16MiB\"{}", bounds(&shown_size(least), most, &shown_size(most))),
            Self::Time { least_ms: 0 } => "a time like \"200ms\", \"5s\" or \"2m\"".to_owned(),
            Self::Time { least_ms } => format!("a time like \"200ms\", \"5s\" or \"2m\", at least {least_ms}ms"),
            Self::OneOf(names) => {
                let (last, others) = names.split_last().unwrap_or((&"", &[]));
                let others: Vec<_> = others.iter().map(|name| format!("`{name}`")).collect();
                format!("{} or `{last}`", others.join(", "))
            }
            Self::Levels => {
                "`off`, `error`, `warn`, `info`, `debug` or `trace`, also by module: \"warn,copydesk::sources=debug\"".to_owned()
            }
            Self::Address => "an address and a port like \"127.0.0.1:8080\", or \"\" for none".to_owned(),
        }
    }

    pub fn schema(self) -> serde_json::Value {
        match self {
            Self::Text | Self::Secret | Self::Levels | Self::Address => serde_json::json!({"type": "string"}),
            Self::Folder => serde_json::json!({"type": "string", "minLength": 1}),
            Self::Strings | Self::Globs => serde_json::json!({"type": "array", "items": {"type": "string"}}),
            Self::Flag => serde_json::json!({"type": "boolean"}),
            Self::Count { least, most } => serde_json::json!({"type": "integer", "minimum": least, "maximum": most}),
            Self::Size { least, .. } => {
                serde_json::json!({"type": ["string", "integer"], "minimum": least, "pattern": "^[0-9]+ *([kKmMgGtT]?[iI]?[bB]?)$"})
            }
            Self::Time { .. } => serde_json::json!({"type": "string", "pattern": "^[0-9]+ *(us|µs|ms|s|m|h|d)$"}),
            Self::OneOf(names) => serde_json::json!({"enum": names}),
        }
    }

    /// A value as it stands in a file.
    pub fn value(self, given: &DeValue<'_>) -> Option<Value> {
        let value = match (self, given) {
            (Self::Flag, DeValue::Boolean(flag)) => Value::Flag(*flag),
            (Self::Count { .. } | Self::Size { .. }, DeValue::Integer(number)) => {
                Value::Number(u64::from_str_radix(number.as_str(), number.radix()).ok()?)
            }
            (Self::Strings | Self::Globs, DeValue::Array(items)) => {
                let texts = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
                Value::Strings(texts.collect::<Option<_>>()?)
            }
            (_, DeValue::String(text)) => self.text_value(text)?,
            _ => return None,
        };
        self.within(&value).then_some(value)
    }

    /// A value from a flag or the environment, where texts need no quotation marks.
    pub fn typed_value(self, text: &str) -> Option<Value> {
        let value = match self {
            Self::Flag => Value::Flag(text.parse().ok()?),
            Self::Count { .. } => Value::Number(text.parse().ok()?),
            Self::Strings | Self::Globs if text.is_empty() => Value::Strings(Vec::new()),
            Self::Strings | Self::Globs if !text.starts_with('[') => Value::Strings(vec![text.to_owned()]),
            Self::Strings | Self::Globs => {
                let line = format!("list = {text}");
                let table = DeTable::parse(&line).ok()?;
                return self.value(table.get_ref().get("list")?.get_ref());
            }
            _ => self.text_value(text)?,
        };
        self.within(&value).then_some(value)
    }

    fn text_value(self, text: &str) -> Option<Value> {
        match self {
            Self::Text | Self::Secret => Some(Value::Text(text.to_owned())),
            Self::Folder => (!text.is_empty()).then(|| Value::Text(text.to_owned())),
            Self::OneOf(names) => names.contains(&text).then(|| Value::Text(text.to_owned())),
            Self::Size { .. } => in_units(text, &SIZE_UNITS, Some(1)).map(Value::Number),
            Self::Time { .. } => in_units(text, &TIME_UNITS, None).map(|us| Value::Time(Duration::from_micros(us))),
            Self::Levels => telemetry::parse_levels(text).is_ok().then(|| Value::Text(text.to_owned())),
            Self::Address => address(text).map(Value::Address),
            Self::Strings | Self::Globs | Self::Flag | Self::Count { .. } => None,
        }
    }

    fn within(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Count { least, most } | Self::Size { least, most }, Value::Number(number)) => (least..=most).contains(number),
            (Self::Time { least_ms }, Value::Time(time)) => *time >= Duration::from_millis(least_ms),
            _ => true,
        }
    }

    /// A value as it would stand in a file.
    pub fn shown(self, value: &Value) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match (self, value) {
            (Self::Secret, Value::Text(text)) if !text.is_empty() => quoted("(hidden)"),
            (Self::Size { .. }, Value::Number(bytes)) => quoted(&shown_size(*bytes)),
            (_, Value::Text(text)) => quoted(text),
            (_, Value::Strings(texts)) => format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ")),
            (_, Value::Flag(flag)) => flag.to_string(),
            (_, Value::Number(number)) => number.to_string(),
            (_, Value::Time(time)) => quoted(&shown_time(*time)),
            (_, Value::Address(address)) => quoted(&address.map_or_else(String::new, |address| address.to_string())),
        }
    }

    /// What is wrong with one item of a list, if anything.
    pub fn item_problem(self, item: &str) -> Option<String> {
        match self {
            Self::Globs => sources::check_glob(item).err(),
            _ => None,
        }
    }
}

fn bounds(least: &str, most: u64, shown_most: &str) -> String {
    if most == u64::MAX >> 1 { format!(", {least} or more") } else { format!(", {least} to {shown_most}") }
}

fn shown_size(bytes: u64) -> String {
    let units = [("GiB", 1_u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match units.iter().find(|(_, factor)| bytes >= *factor && bytes.is_multiple_of(*factor)) {
        Some((unit, factor)) => format!("{}{unit}", bytes / factor),
        None => bytes.to_string(),
    }
}

fn shown_time(time: Duration) -> String {
    let us = time.as_micros();
    match [("s", 1_000_000), ("ms", 1_000)].iter().find(|(_, factor)| us.is_multiple_of(*factor)) {
        Some((unit, factor)) => format!("{}{unit}", us / factor),
        None => format!("{us}us"),
    }
}

fn in_units(text: &str, units: &[(&str, u64)], bare: Option<u64>) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(end)?;
    let number: u64 = digits.parse().ok()?;
    let unit = unit.trim().to_lowercase();
    let factor = if unit.is_empty() { bare? } else { units.iter().find(|(name, _)| *name == unit)?.1 };
    number.checked_mul(factor)
}

fn address(text: &str) -> Option<Option<SocketAddr>> {
    if text.is_empty() {
        return Some(None);
    }
    let local = text.strip_prefix("localhost:").and_then(|port| Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().ok()?))));
    local.or_else(|| text.parse().ok()).map(Some)
}
