//! What the benches work on: the plain text seeds, and articles grown from them.

use std::path::Path;
use std::{fs, io};

/// The plain text seeds, in the order of their names.
pub fn texts() -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths.iter().filter_map(|path| fs::read_to_string(path).ok()).collect())
}
