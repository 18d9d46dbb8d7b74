//! What the user set: pipeline.toml, environment and flags become settings that are checked and ready to use.
//!
//! The file that is embedded as the default is the list of all keys. Everything that is wrong is found at once, each
//! with its place and the nearest name.

mod keys;
mod layers;
mod problem;
mod roots;
mod schema;
mod value;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::sources::{self, After};
use crate::stages;

pub use layers::Layers;
pub use problem::{Problem, Problems};
pub use roots::{configured_roots, ensure_moved_out, roots_of};
pub use schema::schema;

use layers::Values;
use value::Value;

/// The commented template, and the built-in default.
pub const TEMPLATE: &str = include_str!("../pipeline.toml");
/// What is read where `--config` names nothing.
pub const DEFAULT_FILE: &str = "pipeline.toml";

/// Every setting, with its value from the topmost layer that gives one.
#[derive(Clone, Debug)]
pub struct Config {
    pub input_paths: Vec<String>,
    /// Where each of them was set.
    pub input_places: Vec<String>,
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    pub settle: Duration,
    pub rescan: Duration,
    pub follow_symlinks: bool,
    pub after: After,
    /// `-` is standard output.
    pub out: PathBuf,
    pub rotate_bytes: u64,
    pub ingested_at: bool,
    pub stages: stages::Options,
    pub memory_bytes: u64,
    pub parse_timeout: Duration,
    pub limits: sources::Limits,
    /// How many times its packed size an archive may unpack to.
    pub unpacked_ratio_max: u64,
    /// How deep archives may lie in one another.
    pub unpacked_depth_max: u64,
    /// Where to serve pages, if anywhere.
    pub http_listen: Option<SocketAddr>,
    /// Empty for none.
    pub http_token: String,
    pub log_level: String,
    pub log_format: String,
    pub sandbox_workers: Asked,
    pub worker_memory_bytes: u64,
    pub sandbox_confine: Asked,
    /// What was set and changes nothing in this version.
    pub without_effect: Vec<Problem>,
}

/// How much something is wanted that not every system can give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asked {
    /// As far as it can be had.
    #[default]
    Auto,
    Always,
    Never,
}

impl Asked {
    /// As the settings say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

impl Config {
    /// Reads all layers; on an error, everything that is wrong in any of them.
    pub fn read(layers: &Layers) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let values = Values::read(layers, &mut problems);
        let config = Taken { values: &values }.config(layers, &mut problems);
        if problems.is_empty() { Ok(config) } else { Err(Problems(problems)) }
    }
}

/// All that can be said of the settings without running.
#[derive(Clone, Debug)]
pub struct Report {
    /// What must be mended before anything can run.
    pub problems: Vec<Problem>,
    /// What runs, but perhaps not as was meant.
    pub warnings: Vec<Problem>,
    /// Each key, its value as it would stand in a file, and where it was set, if it was.
    pub settings: Vec<(&'static str, String, Option<String>)>,
}

/// Looks at the settings and at what they name: every layer, the inputs, the output folder. An input that is set
/// nowhere is no problem: it can still be named on the command line.
pub fn report(layers: &Layers) -> Report {
    let mut problems = Vec::new();
    let values = Values::read(layers, &mut problems);
    let config = Taken { values: &values }.config(layers, &mut problems);
    let mut warnings = config.without_effect;
    let out = (config.out.as_os_str() != "-").then_some(config.out.as_path());
    let typed: Vec<_> = values.items_of("input.paths").into_iter().map(|(path, place)| (PathBuf::from(path), Some(place))).collect();
    let inputs = roots::find_roots(&typed, out, &mut problems, &mut warnings);
    let place = values.place_of("input.move_to");
    problems.extend(roots::moved_into(&config.after, &inputs).map(|message| Problem::new(place, message)));
    if let Some(out) = out
        && let Some(reason) = roots::unwritable(out)
    {
        let place = if layers.out.is_some() { "--out".to_owned() } else { values.place_of("output.dir") };
        problems.push(Problem::new(place, reason));
    }
    let settings = values.all().map(|(key, given)| (key.name, key.kind.shown(&given.value), given.place.clone())).collect();
    Report { problems, warnings, settings }
}

/// The values of all layers, each of the kind that `KEYS` says.
struct Taken<'a> {
    values: &'a Values,
}

impl Taken<'_> {
    fn config(&self, layers: &Layers, problems: &mut Vec<Problem>) -> Config {
        Config {
            input_paths: self.strings("input.paths"),
            input_places: self.values.items_of("input.paths").into_iter().map(|(_, place)| place).collect(),
            include: self.strings("input.include"),
            exclude: self.strings("input.exclude"),
            settle: self.time("input.settle"),
            rescan: self.time("input.rescan"),
            follow_symlinks: self.flag("input.follow_symlinks"),
            after: self.after(problems),
            out: layers.out.clone().unwrap_or_else(|| PathBuf::from(self.text("output.dir"))),
            rotate_bytes: self.number("output.rotate_size"),
            ingested_at: self.flag("output.ingested_at"),
            stages: self.stages(),
            memory_bytes: self.number("limits.memory"),
            parse_timeout: self.time("limits.parse_timeout"),
            limits: sources::Limits {
                document_bytes_max: self.number("limits.document_size"),
                entries_max: self.number("limits.entries"),
                attempts_max: u32::try_from(self.number("limits.attempts")).unwrap_or(u32::MAX),
            },
            unpacked_ratio_max: self.number("limits.ratio"),
            unpacked_depth_max: self.number("limits.depth"),
            http_listen: self.http_listen(problems),
            http_token: self.text("http.token").to_owned(),
            log_level: self.text("log.level").to_owned(),
            log_format: self.text("log.format").to_owned(),
            sandbox_workers: self.asked("sandbox.workers"),
            worker_memory_bytes: self.number("sandbox.worker_memory"),
            sandbox_confine: self.asked("sandbox.confine"),
            without_effect: self.without_effect(),
        }
    }

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

    fn after(&self, problems: &mut Vec<Problem>) -> After {
        match (self.text("input.after"), self.text("input.move_to")) {
            ("move", "") => {
                let message = "`move` needs `input.move_to`: name the folder to move inputs to";
                problems.push(Problem::new(self.values.place_of("input.after"), message));
                After::Keep
            }
            ("move", folder) => After::Move(PathBuf::from(folder)),
            ("delete", _) => After::Delete,
            _ => After::Keep,
        }
    }

    fn http_listen(&self, problems: &mut Vec<Problem>) -> Option<SocketAddr> {
        let Some(Value::Address(Some(listen))) = self.values.get("http.listen") else { return None };
        if !listen.ip().is_loopback() && self.text("http.token").is_empty() {
            let message = format!("{listen} can be reached from other machines: set `http.token`, or listen on 127.0.0.1");
            problems.push(Problem::new(self.values.place_of("http.listen"), message));
        }
        Some(*listen)
    }

    fn asked(&self, key: &str) -> Asked {
        match self.text(key) {
            "always" => Asked::Always,
            "never" => Asked::Never,
            _ => Asked::Auto,
        }
    }

    /// What was set to something else than it is by itself, and changes nothing.
    fn without_effect(&self) -> Vec<Problem> {
        let mut none = Vec::new();
        let built_in = Values::read(&Layers::default(), &mut none);
        let set = self.values.set_by_user().filter(|(key, given)| built_in.get(key.name) != Some(&given.value));
        set.filter_map(|(key, given)| {
            let message = format!("`{}` has no effect: {}", key.name, key.without_effect?);
            Some(Problem::new(given.place.clone().unwrap_or_default(), message))
        })
        .collect()
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

#[cfg(test)]
mod tests;
