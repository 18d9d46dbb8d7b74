//! What the user set: pipeline.toml, environment and flags become settings that are checked and ready to use.
//!
//! The file that is embedded as the default is the list of all keys. Everything that is wrong is found at once, each
//! with its place and the nearest name.

mod problem;
mod roots;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::sources::{self, After};
use crate::stages;

pub use problem::{Problem, Problems};
pub use roots::roots_of;

use value::{KEYS, Value};

/// The commented template, and the built-in default.
pub const TEMPLATE: &str = include_str!("../pipeline.toml");
/// What is read where `--config` names nothing.
pub const DEFAULT_FILE: &str = "pipeline.toml";
const ENVIRONMENT_PREFIX: &str = "COPYDESK_";

/// Where settings come from, the last first.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// The file's name and text.
    pub file: Option<(PathBuf, String)>,
    /// All of the environment; other programs' variables are passed over.
    pub environment: Vec<(String, String)>,
    /// `section.key=value`, as typed.
    pub flags: Vec<String>,
}

/// Every setting, with its value from the topmost layer that gives one.
#[derive(Clone, Debug)]
pub struct Config {
    pub input_paths: Vec<String>,
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    pub settle: Duration,
    pub rescan: Duration,
    pub follow_symlinks: bool,
    pub after: After,
    pub out: PathBuf,
    pub rotate_bytes: u64,
    pub ingested_at: bool,
    pub stages: stages::Options,
    pub memory_bytes: u64,
    pub limits: sources::Limits,
    pub log_level: String,
    pub log_format: String,
}

impl Config {
    /// Reads all layers; on an error, everything that is wrong in any of them.
    pub fn read(layers: &Layers) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut values = BTreeMap::new();
        value::read_file(Path::new("built-in defaults"), TEMPLATE, &mut values, &mut problems);
        values.insert("input.paths", Value::Strings(Vec::new()));
        if let Some((path, text)) = &layers.file {
            value::read_file(path, text, &mut values, &mut problems);
        }
        for (name, text) in &layers.environment {
            if let Some(key) = name.strip_prefix(ENVIRONMENT_PREFIX).filter(|rest| rest.contains("__")) {
                let key = key.replacen("__", ".", 1).to_ascii_lowercase();
                value::read_text(&key, text, name, &mut values, &mut problems);
            }
        }
        for flag in &layers.flags {
            match flag.split_once('=') {
                Some((key, text)) => value::read_text(key.trim(), text.trim(), &format!("--set {flag}"), &mut values, &mut problems),
                None => problems.push(Problem::new(format!("--set {flag}"), "it is not of the form section.key=value")),
            }
        }
        let taken = Taken { values: &values };
        let after = match (taken.text("input.after"), taken.text("input.move_to")) {
            ("move", "") => {
                problems.push(Problem::new("input.after", "`move` needs `input.move_to`: name the folder to move inputs to"));
                After::Keep
            }
            ("move", folder) => After::Move(PathBuf::from(folder)),
            ("delete", _) => After::Delete,
            _ => After::Keep,
        };
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        Ok(Self {
            input_paths: taken.strings("input.paths"),
            include: taken.strings("input.include"),
            exclude: taken.strings("input.exclude"),
            settle: taken.time("input.settle"),
            rescan: taken.time("input.rescan"),
            follow_symlinks: taken.flag("input.follow_symlinks"),
            after,
            out: PathBuf::from(taken.text("output.dir")),
            rotate_bytes: taken.number("output.rotate_size"),
            ingested_at: taken.flag("output.ingested_at"),
            stages: taken.stages(),
            memory_bytes: taken.number("limits.memory"),
            limits: sources::Limits {
                document_bytes_max: taken.number("limits.document_size"),
                entries_max: taken.number("limits.entries"),
                attempts_max: u32::try_from(taken.number("limits.attempts")).unwrap_or(u32::MAX),
            },
            log_level: taken.text("log.level").to_owned(),
            log_format: taken.text("log.format").to_owned(),
        })
    }
}

/// The values of all layers, each of the kind that `KEYS` says.
struct Taken<'a> {
    values: &'a BTreeMap<&'static str, Value>,
}

impl Taken<'_> {
    fn stages(&self) -> stages::Options {
        let mut options = stages::Options::default();
        options.quotes.max = self.count("quotes.max");
        options.quotes.min_words = self.count("quotes.min_words");
        options.quotes.indirect = self.flag("quotes.indirect");
        options.summary.sentences = self.count("summary.sentences");
        options.summary.max_words = self.count("summary.max_words");
        options.keyphrases.max = self.count("keyphrases.max");
        options.finish.sentences = self.flag("output.sentences");
        options
    }

    fn text(&self, key: &str) -> &str {
        match self.values.get(key) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    fn strings(&self, key: &str) -> Vec<String> {
        match self.values.get(key) {
            Some(Value::Strings(strings)) => strings.clone(),
            _ => Vec::new(),
        }
    }

    fn flag(&self, key: &str) -> bool {
        matches!(self.values.get(key), Some(Value::Flag(true)))
    }

    fn number(&self, key: &str) -> u64 {
        match self.values.get(key) {
            Some(Value::Number(number)) => *number,
            _ => 0,
        }
    }

    fn count(&self, key: &str) -> usize {
        usize::try_from(self.number(key)).unwrap_or(usize::MAX)
    }

    fn time(&self, key: &str) -> Duration {
        match self.values.get(key) {
            Some(Value::Time(time)) => *time,
            _ => Duration::ZERO,
        }
    }
}

/// The JSON Schema of pipeline.toml.
pub fn schema() -> serde_json::Value {
    let mut sections: BTreeMap<&str, serde_json::Map<String, serde_json::Value>> = BTreeMap::new();
    for (key, kind) in KEYS {
        if let Some((section, name)) = key.split_once('.') {
            sections.entry(section).or_default().insert(name.to_owned(), kind.schema());
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(file: &str, environment: &[(&str, &str)], flags: &[&str]) -> Layers {
        Layers {
            file: Some((PathBuf::from("pipeline.toml"), file.to_owned())),
            environment: environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
        }
    }

    #[track_caller]
    fn check_refused(layers: &Layers, expected: &[&str]) {
        let problems = Config::read(layers).expect_err("it is refused").to_string();
        for words in expected {
            assert!(problems.contains(words), "{words:?} is not in: {problems}");
        }
    }

    #[test]
    fn the_template_is_the_default_but_for_the_paths() {
        let config = Config::read(&Layers::default()).unwrap();
        assert_eq!(config.input_paths, Vec::<String>::new());
        assert_eq!(config.out, Path::new("out"));
        assert_eq!(config.settle, Duration::from_millis(250));
        assert_eq!(config.rotate_bytes, 256 << 20);
        assert_eq!(config.stages.quotes.max, 10);
        assert_eq!(config.stages.summary.sentences, 3);
        let templated = Config::read(&layers(TEMPLATE, &[], &[])).unwrap();
        assert_eq!(templated.input_paths, ["seeds"]);
    }

    #[test]
    fn the_template_shows_every_key_with_a_reason() {
        let mut values = BTreeMap::new();
        let mut problems = Vec::new();
        value::read_file(Path::new("pipeline.toml"), TEMPLATE, &mut values, &mut problems);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(values.keys().copied().collect::<Vec<_>>(), {
            let mut keys: Vec<_> = KEYS.iter().map(|(key, _)| *key).collect();
            keys.sort_unstable();
            keys
        });
        let lines: Vec<&str> = TEMPLATE.lines().collect();
        for pair in lines.windows(2) {
            let is_key = pair[1].contains(" = ") && !pair[1].starts_with('#');
            assert!(!is_key || pair[0].starts_with("# "), "no reason above: {}", pair[1]);
        }
    }

    #[test]
    fn flags_come_before_the_environment_and_that_before_the_file() {
        let file = "[summary]\nsentences = 4\n[quotes]\nmax = 4\n[keyphrases]\nmax = 4\n";
        let environment = [("COPYDESK_QUOTES__MAX", "5"), ("COPYDESK_KEYPHRASES__MAX", "5"), ("COPYDESK_HOME", "/"), ("PATH", "/bin")];
        let config = Config::read(&layers(file, &environment, &["keyphrases.max=6"])).unwrap();
        assert_eq!((config.stages.summary.sentences, config.stages.quotes.max, config.stages.keyphrases.max), (4, 5, 6));
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_place_and_the_nearest_name() {
        check_refused(&layers("[summary]\nsentnces = 2\n", &[], &[]), &["pipeline.toml:2:1", "summary.sentnces", "`summary.sentences`"]);
        check_refused(&layers("[summry]\nsentences = 2\n", &[], &[]), &["pipeline.toml:1:2", "`summary`"]);
        check_refused(&layers("", &[], &["quote.max=2"]), &["--set quote.max=2", "`quotes.max`"]);
        check_refused(&layers("", &[("COPYDESK_QUOTES__MAXIMUM", "2")], &[]), &["COPYDESK_QUOTES__MAXIMUM"]);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let file = "[summary]\nsentences = \"three\"\n[input]\nsettle = \"soon\"\nafter = \"burn\"\n[limits]\nmemory = \"lots\"\n";
        let expected =
            ["pipeline.toml:2:13", "pipeline.toml:4:10", "pipeline.toml:5:9", "pipeline.toml:7:10", "`keep`, `move` or `delete`"];
        check_refused(&layers(file, &[], &[]), &expected);
    }

    #[test]
    fn broken_toml_is_told_with_its_place() {
        check_refused(&layers("[summary\nsentences = 2\n", &[], &[]), &["pipeline.toml:1:"]);
    }

    #[test]
    fn sizes_and_times_have_units() {
        let flags = ["limits.memory=1GiB", "limits.document_size=2MB", "input.settle=1500us", "input.rescan=2m", "output.rotate_size=512"];
        let config = Config::read(&layers("", &[], &flags)).unwrap();
        assert_eq!(config.memory_bytes, 1 << 30);
        assert_eq!(config.limits.document_bytes_max, 2_000_000);
        assert_eq!(config.settle, Duration::from_micros(1500));
        assert_eq!(config.rescan, Duration::from_secs(120));
        assert_eq!(config.rotate_bytes, 512);
    }
}
