//! Settings, wherever they come from: lines that begin with `COPYDESK_` are the environment's, those with `--set ` flags,
//! and the others the file.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

use copydesk::config::{Config, Layers, report};

pub fn settings(bytes: &[u8]) {
    let mut layers = Layers::default();
    let mut file = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let trimmed = line.strip_suffix(b"\n").unwrap_or(line);
        if let Some(flag) = trimmed.strip_prefix(b"--set ") {
            layers.flags.push(String::from_utf8_lossy(flag).into_owned());
        } else if trimmed.starts_with(b"COPYDESK_") {
            let at = trimmed.iter().position(|byte| *byte == b'=').unwrap_or(trimmed.len());
            let (name, value) = (trimmed.get(..at).unwrap_or_default(), trimmed.get(at + 1..).unwrap_or_default());
            layers.environment.push((OsString::from_vec(name.to_vec()), OsString::from_vec(value.to_vec())));
        } else {
            file.extend_from_slice(line);
        }
    }
    layers.file = Some((PathBuf::from("pipeline.toml"), file));
    match Config::read(&layers) {
        Err(problems) => {
            assert!(!problems.0.is_empty(), "refused without a reason");
            assert!(problems.0.iter().all(|problem| !problem.place.is_empty() && !problem.message.is_empty()), "{problems:?}");
        }
        Ok(_) => check_shown(&layers),
    }
}

/// What is shown as it would stand in a file means the same when it does.
fn check_shown(layers: &Layers) {
    let shown = |layers: &Layers| -> Vec<_> { report(layers).settings.into_iter().map(|(key, value, _)| (key, value)).collect() };
    let settings = shown(layers);
    let file: String = settings.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
    let again = Layers { file: Some((PathBuf::from("pipeline.toml"), file.clone().into_bytes())), ..Layers::default() };
    if let Err(problems) = Config::read(&again) {
        panic!("what is shown is refused: {problems}\n{file}");
    }
    assert_eq!(shown(&again), settings);
}
