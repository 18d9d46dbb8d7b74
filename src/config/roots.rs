//! The input roots: each under its own name, which the keys of its articles begin with.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};

use rustix::fs::Access;

use crate::sources::{After, Root};

use super::Config;
use super::problem::{Problem, Problems};

/// Turns paths as typed, `path` or `name=path`, into roots. Refuses a path that is not there, one below the output
/// folder, and two of one name. The same path twice is one root.
pub fn roots_of(paths: &[PathBuf], out: Option<&Path>) -> Result<Vec<Root>, Problems> {
    roots_at(&paths.iter().map(|path| (path.clone(), None)).collect::<Vec<_>>(), out)
}

fn roots_at(typed: &[(PathBuf, Option<String>)], out: Option<&Path>) -> Result<Vec<Root>, Problems> {
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    let roots = find_roots(typed, out, &mut problems, &mut warnings);
    for Problem { place, message } in warnings {
        tracing::warn!(input = place, "{message}");
    }
    if problems.is_empty() { Ok(roots) } else { Err(Problems(problems)) }
}

/// As [`roots_of`], of the paths that are configured: what is wrong is told with its place in the settings.
pub fn configured_roots(config: &Config, out: Option<&Path>) -> Result<Vec<Root>, Problems> {
    let places = config.input_places.iter().cloned().map(Some);
    roots_at(&config.input_paths.iter().map(PathBuf::from).zip(places).collect::<Vec<_>>(), out)
}

/// As [`roots_of`], with all that is to be said of each path. A path from a file comes with its place there.
pub fn find_roots(
    typed: &[(PathBuf, Option<String>)],
    out: Option<&Path>,
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<Problem>,
) -> Vec<Root> {
    let mut found: Vec<(Root, PathBuf)> = Vec::new();
    let out = out.and_then(|out| out.canonicalize().ok());
    for (typed, place) in typed {
        let shown = typed.display().to_string();
        let tell = |message: String| match place {
            Some(place) => Problem::new(place.clone(), format!("`{shown}` {message}")),
            None => Problem::new(shown.clone(), message),
        };
        let (name, path) = named(typed);
        let canonical = match path.canonicalize() {
            Ok(canonical) => canonical,
            Err(error) => {
                problems.push(tell(format!("cannot be read: {error}; check the path")));
                continue;
            }
        };
        if out.as_ref().is_some_and(|out| canonical.starts_with(out)) {
            problems.push(tell("lies in the output folder, where copydesk writes; choose another --out or input".to_owned()));
            continue;
        }
        let name = name.unwrap_or_else(|| own_name(&path, &canonical));
        if name == b"." || name == b".." {
            problems.push(tell("has a name that leads elsewhere; choose another before the `=`".to_owned()));
            continue;
        }
        if let Some((other, other_canonical)) = found.iter().find(|(root, _)| root.name == name) {
            if *other_canonical != canonical {
                let (name, path) = (String::from_utf8_lossy(&name), path.display());
                let message = format!(
                    "has the same name as {}: their articles could not be told apart; write other-{name}={path}",
                    other.path.display()
                );
                problems.push(tell(message));
            }
            continue;
        }
        for (other, other_canonical) in &found {
            let (below, above) = match (canonical.starts_with(other_canonical), other_canonical.starts_with(&canonical)) {
                (true, _) => (&path, &other.path),
                (_, true) => (&other.path, &path),
                _ => continue,
            };
            let message = format!("{} lies in {}: its articles are read twice, under two names", below.display(), above.display());
            warnings.push(Problem::new(place.clone().unwrap_or_else(|| shown.clone()), message));
        }
        found.push((Root { name, path }, canonical));
    }
    found.into_iter().map(|(root, _)| root).collect()
}

/// A link is known by its own name, not by what it leads to, which may change.
fn own_name(path: &Path, canonical: &Path) -> Vec<u8> {
    let as_typed = match path.components().next_back() {
        Some(Component::Normal(name)) => Some(name),
        _ => None,
    };
    as_typed.or_else(|| canonical.file_name()).map_or_else(|| b"root".to_vec(), |name| name.as_bytes().to_vec())
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

/// Refuses a folder for inputs that are done with which lies in one of the inputs.
pub fn ensure_moved_out(after: &After, roots: &[Root]) -> Result<(), Problems> {
    match moved_into(after, roots) {
        Some(message) => Err(Problems(vec![Problem::new("input.move_to", message)])),
        None => Ok(()),
    }
}

/// What is wrong with the folder that inputs are moved to, if anything.
pub fn moved_into(after: &After, roots: &[Root]) -> Option<String> {
    let After::Move(folder) = after else { return None };
    let root = roots.iter().find(|root| lies_below(folder, &root.path))?;
    let (folder, path) = (folder.display(), root.path.display());
    Some(format!("{folder} lies in the input {path}: what is moved there would be read again; choose another"))
}

/// True where a path, which need not be there, would lie in a folder or be it.
fn lies_below(path: &Path, folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    let Ok(path) = std::path::absolute(path) else { return false };
    path.ancestors().find_map(|above| above.canonicalize().ok().map(|real| (above.to_owned(), real))).is_some_and(|(above, real)| {
        let rest = path.strip_prefix(&above).unwrap_or(Path::new(""));
        real.join(rest).starts_with(folder)
    })
}

/// Why nothing could be written to an output folder, if so.
pub fn unwritable(out: &Path) -> Option<String> {
    let shown = out.display();
    match fs::metadata(out) {
        Ok(metadata) if !metadata.is_dir() => Some(format!("{shown} is no folder; choose another")),
        Ok(_) => denied(out).then(|| format!("{shown} cannot be written; see to its permissions, or choose another")),
        Err(_) => {
            let out = std::path::absolute(out).ok()?;
            let above = out.ancestors().find(|above| above.exists())?;
            let no_folder = !above.is_dir() || denied(above);
            no_folder.then(|| format!("{shown} cannot be made in {}; see to its permissions, or choose another", above.display()))
        }
    }
}

fn denied(folder: &Path) -> bool {
    rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK).is_err()
}
