//! Every key that there is: its kind, and whether this version carries it out.

use super::value::Kind;

/// One setting.
pub struct Key {
    /// `section.key`.
    pub name: &'static str,
    pub kind: Kind,
    /// Why setting it changes nothing yet. Such a key is read and checked all the same, and whoever sets it is told.
    pub without_effect: Option<&'static str>,
}

/// Every section, also those that have no key yet.
pub const SECTIONS: [&str; 11] =
    ["input", "output", "parse", "clean", "quotes", "summary", "keyphrases", "limits", "http", "log", "sandbox"];

const fn key(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, without_effect: None }
}

const fn later(name: &'static str, kind: Kind, why: &'static str) -> Key {
    Key { name, kind, without_effect: Some(why) }
}

/// A key that needs the feature `http`.
const fn served(name: &'static str, kind: Kind) -> Key {
    if cfg!(feature = "http") { key(name, kind) } else { later(name, kind, "this copydesk was built without the feature `http`") }
}

/// A key that counts for what is packed.
const fn unpacked(name: &'static str) -> Key {
    let unpacks = cfg!(any(feature = "compression", feature = "office", feature = "pdf", feature = "warc", feature = "zip"));
    if unpacks { key(name, SOME) } else { later(name, SOME, "this copydesk was built without anything that unpacks") }
}

const ANY: Kind = Kind::Count { least: 0, most: u64::MAX >> 1 };
const SOME: Kind = Kind::Count { least: 1, most: u64::MAX >> 1 };

/// Every key, in the order of the template. A test holds them against it.
pub const KEYS: [Key; 32] = [
    key("input.paths", Kind::Strings),
    key("input.include", Kind::Globs),
    key("input.exclude", Kind::Globs),
    key("input.settle", Kind::Time { least_ms: 0 }),
    // A listing of a large tree takes seconds: one that begins again at once would do nothing else.
    key("input.rescan", Kind::Time { least_ms: 10 }),
    key("input.follow_symlinks", Kind::Flag),
    key("input.after", Kind::OneOf(&["keep", "move", "delete"])),
    key("input.move_to", Kind::Text),
    key("output.dir", Kind::Folder),
    key("output.rotate_size", Kind::Size { least: 1, most: u64::MAX >> 1 }),
    key("output.sentences", Kind::Flag),
    key("output.ingested_at", Kind::Flag),
    key("quotes.max", ANY),
    key("quotes.min_words", ANY),
    key("quotes.indirect", Kind::Flag),
    key("summary.sentences", ANY),
    key("summary.max_words", ANY),
    key("keyphrases.max", ANY),
    // A record says some of its text several times over, and its line must stay below 2 GiB.
    key("limits.document_size", Kind::Size { least: 1, most: 1 << 30 }),
    key("limits.memory", Kind::Size { least: 1 << 20, most: u64::MAX >> 1 }),
    key("limits.parse_timeout", Kind::Time { least_ms: 1 }),
    key("limits.attempts", Kind::Count { least: 1, most: 1000 }),
    unpacked("limits.ratio"),
    unpacked("limits.depth"),
    key("limits.entries", SOME),
    served("http.listen", Kind::Address),
    served("http.token", Kind::Secret),
    key("log.level", Kind::Levels),
    key("log.format", Kind::OneOf(&["text", "json"])),
    key("sandbox.workers", Kind::OneOf(&["auto", "always", "never"])),
    // Below, a worker could not hold its own program and one page.
    key("sandbox.worker_memory", Kind::Size { least: 64 << 20, most: u64::MAX >> 1 }),
    key("sandbox.confine", Kind::OneOf(&["auto", "always", "never"])),
];

/// The key of this name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Says which key was perhaps meant.
pub fn unknown_key(name: &str) -> String {
    format!("there is no key `{name}`{}", nearest_key(name))
}

/// Says which section was perhaps meant.
pub fn unknown_section(name: &str) -> String {
    format!("there is no section `{name}`{}", nearest(name, SECTIONS.into_iter()))
}

fn nearest_key(name: &str) -> String {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    // The right name below the wrong section is no slip of the finger, and far from it in letters.
    let elsewhere: Vec<&str> = KEYS.iter().map(|key| key.name).filter(|known| last(known) == last(name)).collect();
    match elsewhere.as_slice() {
        [only] => format!("; did you mean `{only}`?"),
        _ => nearest(name, KEYS.iter().map(|key| key.name)),
    }
}

fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    let nearest = names.map(|known| (strsim::damerau_levenshtein(name, known), known)).min();
    match nearest {
        Some((distance, known)) if distance * 2 <= known.len() => format!("; did you mean `{known}`?"),
        _ => "; `copydesk init` writes a file that shows every key".to_owned(),
    }
}
