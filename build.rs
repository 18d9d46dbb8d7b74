//! Lists the language files, so that adding one touches no code.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let folder = root.join("src/text/lang");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let mut list = format!("/// Every language file: its code and its text.\nstatic FILES: [(&str, &str); {}] = [\n", files.len());
    for path in files {
        let code = path.file_stem().and_then(|stem| stem.to_str()).expect("language files are named in ASCII");
        writeln!(list, "    ({code:?}, include_str!({path:?})),").expect("a String takes what is written to it");
    }
    list.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("languages.rs"), list)
}
