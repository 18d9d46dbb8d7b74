//! The input roots: each under its own name, which the keys of its articles begin with.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::sources::Root;

use super::problem::{Problem, Problems};

/// Turns paths as typed, `path` or `name=path`, into roots. Refuses a path that is not there, one below the output
/// folder, and two of one name.
pub fn roots_of(paths: &[PathBuf], out: Option<&Path>) -> Result<Vec<Root>, Problems> {
    let mut problems = Vec::new();
    let mut roots: Vec<Root> = Vec::new();
    let out = out.and_then(|out| out.canonicalize().ok());
    for typed in paths {
        let place = typed.display().to_string();
        let (name, path) = named(typed);
        let canonical = match path.canonicalize() {
            Ok(canonical) => canonical,
            Err(error) => {
                problems.push(Problem::new(place, format!("cannot be read: {error}; check the path")));
                continue;
            }
        };
        if out.as_ref().is_some_and(|out| canonical.starts_with(out)) {
            problems.push(Problem::new(place, "lies in the output folder, where copydesk writes; choose another --out or input"));
            continue;
        }
        let own_name = || canonical.file_name().map_or_else(|| b"root".to_vec(), |name| name.as_bytes().to_vec());
        let name = name.unwrap_or_else(own_name);
        if let Some(other) = roots.iter().find(|root| root.name == name) {
            let shown = String::from_utf8_lossy(&name);
            let message = format!(
                "has the same name as {}, so their articles could not be told apart; write it as other-{shown}={place}",
                other.path.display()
            );
            problems.push(Problem::new(place.clone(), message));
            continue;
        }
        roots.push(Root { name, path });
    }
    if problems.is_empty() { Ok(roots) } else { Err(Problems(problems)) }
}

/// `name=path`, unless a file of that whole name is there.
fn named(typed: &Path) -> (Option<Vec<u8>>, PathBuf) {
    let bytes = typed.as_os_str().as_bytes();
    let equals = bytes.iter().position(|byte| *byte == b'=');
    match equals.and_then(|at| bytes.split_at_checked(at)) {
        Some((name, path)) if !name.is_empty() && !name.contains(&b'/') && !typed.exists() => {
            let path = path.get(1..).unwrap_or_default();
            (Some(name.to_vec()), PathBuf::from(OsStr::from_bytes(path)))
        }
        _ => (None, typed.to_owned()),
    }
}
