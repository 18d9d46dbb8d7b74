//! Reads data sets: JSON lines, plain or packed with xz.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde::de::DeserializeOwned;

/// The data sets of a folder by name, in alphabetical order.
pub fn sets(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))? {
        let path = entry?.path();
        let Some(file) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let name = file.strip_suffix(".xz").unwrap_or(file).strip_suffix(".jsonl");
        if let Some(name) = name {
            found.push((name.to_owned(), path.clone()));
        }
    }
    found.sort();
    Ok(found)
}

/// One value for each line of a set. Packed sets are unpacked by the `xz` program.
pub fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let text = if path.extension().is_some_and(|extension| extension == "xz") {
        let unpacked = Command::new("xz").arg("-dc").arg(path).output().context("run xz, which unpacks the data sets")?;
        ensure!(unpacked.status.success(), "xz cannot unpack {}", path.display());
        String::from_utf8(unpacked.stdout).with_context(|| format!("read {} as UTF-8", path.display()))?
    } else {
        fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty()).enumerate();
    lines.map(|(at, line)| serde_json::from_str(line).with_context(|| format!("{}, line {}", path.display(), at + 1))).collect()
}
