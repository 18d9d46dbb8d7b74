//! Lays the file, the environment and the flags over the built-in values, and notes what is wrong in any of them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::TEMPLATE;
use super::keys::{self, KEYS, SECTIONS};
use super::problem::{Problem, line_and_column};
use super::value::{Kind, Value};

const ENVIRONMENT_PREFIX: &str = "COPYDESK_";

/// Where settings come from, the last first.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// The file's name and bytes.
    pub file: Option<(PathBuf, Vec<u8>)>,
    /// All of the environment; other programs' variables are passed over.
    pub environment: Vec<(OsString, OsString)>,
    /// `section.key=value`, as typed.
    pub flags: Vec<String>,
    /// The output folder, where it has a flag of its own; `-` is standard output.
    pub out: Option<PathBuf>,
}

/// A setting's value and where it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub value: Value,
    /// None for the built-in value.
    pub place: Option<String>,
    /// Where each item of a list stands, where the list was given in a file.
    pub item_places: Vec<String>,
}

/// Every key's value from the topmost layer that gives one. A value that is wrong leaves what was there.
#[derive(Clone, Debug, Default)]
pub struct Values {
    given: BTreeMap<&'static str, Given>,
}

impl Values {
    /// Reads all layers, and notes everything that is wrong.
    pub fn read(layers: &Layers, problems: &mut Vec<Problem>) -> Self {
        let mut values = Self::default();
        values.read_file(Path::new("built-in"), TEMPLATE, problems);
        for given in values.given.values_mut() {
            *given = Given { value: given.value.clone(), place: None, item_places: Vec::new() };
        }
        values.set("input.paths", Given { value: Value::Strings(Vec::new()), place: None, item_places: Vec::new() });
        if let Some((path, bytes)) = &layers.file {
            match str::from_utf8(bytes) {
                Ok(text) => values.read_file(path, text, problems),
                Err(error) => {
                    let valid = bytes.get(..error.valid_up_to()).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default();
                    let (line, column) = line_and_column(valid, valid.len());
                    let place = format!("{}:{line}:{column}", path.display());
                    problems.push(Problem::new(place, "the file is not in UTF-8; save it as UTF-8"));
                }
            }
        }
        for (name, text) in &layers.environment {
            let Some(name) = name.to_str() else { continue };
            let Some(key) = name.strip_prefix(ENVIRONMENT_PREFIX).filter(|rest| rest.contains("__")) else { continue };
            let key = key.replacen("__", ".", 1).to_ascii_lowercase();
            match text.to_str() {
                Some(text) => values.read_text(&key, text, name, problems),
                None => problems.push(Problem::new(name, "its value is not in UTF-8")),
            }
        }
        for flag in &layers.flags {
            let place = format!("--set {flag}");
            match flag.split_once('=') {
                Some((key, text)) => values.read_text(key.trim(), text.trim(), &place, problems),
                None => problems.push(Problem::new(place, "it is not of the form section.key=value")),
            }
        }
        values
    }

    pub fn get(&self, key: &str) -> Option<&Value> {
        self.given.get(key).map(|given| &given.value)
    }

    /// Where a key was set: the key itself, where it was not.
    pub fn place_of(&self, key: &str) -> String {
        self.given.get(key).and_then(|given| given.place.clone()).unwrap_or_else(|| key.to_owned())
    }

    /// The items of a list, each with its place.
    pub fn items_of(&self, key: &str) -> Vec<(String, String)> {
        let Some(Given { value: Value::Strings(items), item_places, .. }) = self.given.get(key) else { return Vec::new() };
        let place = |number: usize| item_places.get(number).cloned().unwrap_or_else(|| self.place_of(key));
        items.iter().enumerate().map(|(number, item)| (item.clone(), place(number))).collect()
    }

    /// The keys that someone has set, each with its place, in the template's order.
    pub fn set_by_user(&self) -> impl Iterator<Item = (&'static keys::Key, &Given)> {
        KEYS.iter().filter_map(|key| Some((key, self.given.get(key.name).filter(|given| given.place.is_some())?)))
    }

    /// Every key with its value, in the template's order.
    pub fn all(&self) -> impl Iterator<Item = (&'static keys::Key, &Given)> {
        KEYS.iter().filter_map(|key| Some((key, self.given.get(key.name)?)))
    }

    fn set(&mut self, key: &'static str, given: Given) {
        self.given.insert(key, given);
    }

    fn read_file(&mut self, path: &Path, text: &str, problems: &mut Vec<Problem>) {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let place = |byte| {
            let (line, column) = line_and_column(text, byte);
            format!("{}:{line}:{column}", path.display())
        };
        let line_of = |byte| line_and_column(text, byte).0;
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut found: Vec<(usize, Problem)> = Vec::new();
        let mut broken_lines = Vec::new();
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            // What the parser made of the rest of a broken line is not what was meant.
            if !broken_lines.contains(&line_of(at)) {
                broken_lines.push(line_of(at));
                found.push((at, Problem::new(place(at), error.message())));
            }
        }
        for (section, content) in table.get_ref() {
            let name = section.get_ref();
            let at = section.span().start;
            let is_section = SECTIONS.contains(&name.as_ref());
            let message = match content.get_ref() {
                DeValue::Table(content) if is_section => {
                    for (key, given) in content {
                        let at = key.span().start;
                        if !broken_lines.contains(&line_of(at)) {
                            let mut wrong = Vec::new();
                            self.read_key(&format!("{name}.{}", key.get_ref()), key.span(), given, text, &place, &mut wrong);
                            found.extend(wrong.into_iter().map(|problem| (at, problem)));
                        }
                    }
                    continue;
                }
                _ if broken_lines.contains(&line_of(at)) => continue,
                DeValue::Table(_) => keys::unknown_section(name),
                _ if is_section => format!("`{name}` is a section: write [{name}], once"),
                _ => outside(name),
            };
            found.push((at, Problem::new(place(at), message)));
        }
        found.sort_by_key(|(at, _)| *at);
        problems.extend(found.into_iter().map(|(_, problem)| problem));
    }

    fn read_key(
        &mut self,
        name: &str,
        span: Range<usize>,
        given: &toml::Spanned<DeValue<'_>>,
        text: &str,
        place: &impl Fn(usize) -> String,
        problems: &mut Vec<Problem>,
    ) {
        let Some(key) = keys::find(name) else {
            problems.push(Problem::new(place(span.start), keys::unknown_key(name)));
            return;
        };
        let at = place(given.span().start);
        let Some(value) = key.kind.value(given.get_ref()) else {
            problems.push(Problem::new(at, unfit(name, key.kind, text.get(given.span()).unwrap_or_default())));
            return;
        };
        let item_places = match given.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| place(item.span().start)).collect(),
            _ => Vec::new(),
        };
        self.accept(key, Given { value, place: Some(at), item_places }, problems);
    }

    /// Reads one setting from a flag or the environment over what is there.
    fn read_text(&mut self, name: &str, text: &str, place: &str, problems: &mut Vec<Problem>) {
        let Some(key) = keys::find(name) else {
            problems.push(Problem::new(place, keys::unknown_key(name)));
            return;
        };
        match key.kind.typed_value(text) {
            Some(value) => self.accept(key, Given { value, place: Some(place.to_owned()), item_places: Vec::new() }, problems),
            None => problems.push(Problem::new(place, unfit(name, key.kind, text))),
        }
    }

    fn accept(&mut self, key: &'static keys::Key, given: Given, problems: &mut Vec<Problem>) {
        if let Value::Strings(items) = &given.value {
            let mut sound = true;
            for (number, item) in items.iter().enumerate() {
                if let Some(reason) = key.kind.item_problem(item) {
                    let place = given.item_places.get(number).or(given.place.as_ref()).cloned().unwrap_or_default();
                    problems.push(Problem::new(place, format!("`{}`: {reason}", key.name)));
                    sound = false;
                }
            }
            if !sound {
                return;
            }
        }
        self.set(key.name, given);
    }
}

/// What is shown of a value that does not fit.
const SHOWN_MAX: usize = 40;

fn unfit(name: &str, kind: Kind, given: &str) -> String {
    let mut shown: String = given.chars().take(SHOWN_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if shown.len() < given.len() {
        shown.push('…');
    }
    if shown.is_empty() {
        shown.push_str("empty");
    }
    format!("`{name}` must be {}; it is {shown}", kind.wanted())
}

fn outside(name: &str) -> String {
    let homes: Vec<String> = KEYS
        .iter()
        .filter_map(|key| key.name.split_once('.'))
        .filter(|(_, last)| *last == name)
        .map(|(section, _)| format!("[{section}]"))
        .collect();
    if homes.is_empty() {
        format!("`{name}` stands outside a section; put it below one, like [summary]")
    } else {
        format!("`{name}` stands outside a section; put it below {}", homes.join(" or "))
    }
}
