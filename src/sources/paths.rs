//! Which names are read: the globs of the settings, and the names that hide or are not finished.

use std::path::Path;

use anyhow::Context as _;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::Options;
use crate::model::Skip;

/// The include and exclude globs, over the path below a root.
pub(super) struct Globs {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl Globs {
    pub(super) fn new(options: &Options) -> anyhow::Result<Self> {
        let include = if options.include.is_empty() { None } else { Some(set_of(&options.include, "input.include")?) };
        Ok(Self { include, exclude: set_of(&options.exclude, "input.exclude")? })
    }

    pub(super) fn take_file(&self, below_root: &Path) -> bool {
        self.include.as_ref().is_none_or(|include| include.is_match(below_root)) && !self.exclude.is_match(below_root)
    }

    pub(super) fn enter_folder(&self, below_root: &Path) -> bool {
        !self.exclude.is_match(below_root)
    }
}

/// Tells what is wrong with a glob, if anything.
pub fn check_glob(glob: &str) -> Result<(), String> {
    GlobBuilder::new(glob).literal_separator(true).build().map(|_| ()).map_err(|error| error.to_string())
}

fn set_of(globs: &[String], setting: &str) -> anyhow::Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        // A glob without a slash means the name, wherever it stands, as in ripgrep.
        let anywhere = if glob.contains('/') { glob.trim_start_matches('/').to_owned() } else { format!("**/{glob}") };
        let glob = GlobBuilder::new(&anywhere).literal_separator(true).build().with_context(|| format!("`{setting}`: {glob}"))?;
        set.add(glob);
    }
    set.build().with_context(|| setting.to_owned())
}

const TEMPORARY_SUFFIXES: [&[u8]; 14] = [
    b"~",
    b".part",
    b".partial",
    b".tmp",
    b".temp",
    b".crdownload",
    b".opdownload",
    b".download",
    b".filepart",
    b".aria2",
    b".swp",
    b".swx",
    b"___jb_tmp___",
    b"___jb_old___",
];

/// Why a name alone is reason enough to leave a file or a folder out.
pub(super) fn skip_by_name(name: &[u8]) -> Option<Skip> {
    if name.starts_with(b".") {
        return Some(Skip::Hidden);
    }
    let lower = name.to_ascii_lowercase();
    let temporary = TEMPORARY_SUFFIXES.iter().any(|suffix| lower.ends_with(suffix)) || (lower.starts_with(b"#") && lower.ends_with(b"#"));
    // Office programs say in a file of this name who has the other one open.
    let temporary = temporary || lower.starts_with(b"~$");
    // What `sed -i` writes beside a file before it takes its place: "sedP9cxEI".
    let temporary = temporary || name.strip_prefix(b"sed").is_some_and(|rest| rest.len() == 6 && is_made_up(rest));
    temporary.then_some(Skip::Temporary)
}

/// True for letters and figures as a program draws them: a word would have no capitals or figures behind its head.
fn is_made_up(name: &[u8]) -> bool {
    name.iter().all(u8::is_ascii_alphanumeric) && name.iter().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_finished_is_left_alone() {
        assert_eq!(skip_by_name(b".ferry.html.swp"), Some(Skip::Hidden));
        assert_eq!(skip_by_name(b"ferry.html.PART"), Some(Skip::Temporary));
        assert_eq!(skip_by_name(b"#ferry.md#"), Some(Skip::Temporary));
        assert_eq!(skip_by_name(b"~$ferry.docx"), Some(Skip::Temporary));
        assert_eq!(skip_by_name(b"sedP9cxEI"), Some(Skip::Temporary));
        assert_eq!(skip_by_name(b"sediment"), None);
        assert_eq!(skip_by_name(b"part.html"), None);
        assert_eq!(skip_by_name(b"caf\xe9.txt"), None);
    }
}
