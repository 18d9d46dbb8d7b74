//! Gives up what a run does not need before it reads the first strange byte: the right to write elsewhere, to connect,
//! and to parse in the same process that writes the records.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};

use crate::config::{Asked, Config};
use crate::pipeline::Parsing;
use crate::sandbox::{self, Enforced, Grants, Options, Pool};
use crate::sources::After;

/// Confines this process to writing where the run's output goes, and notes how far. Before any thread is started.
pub fn confine(config: &Config, roots: &[PathBuf], grants: &Grants) -> anyhow::Result<()> {
    if config.sandbox_confine == Asked::Never {
        return Ok(());
    }
    let mut writable = Vec::new();
    if config.out.as_os_str() != "-" {
        writable.push(config.out.clone());
    }
    match &config.after {
        After::Keep => {}
        After::Delete => writable.extend(roots.iter().cloned()),
        After::Move(folder) => {
            writable.extend(roots.iter().cloned());
            writable.push(folder.clone());
        }
    }
    // What cannot be made cannot be written to either; whoever needs it says so with all that is known of it.
    writable.retain(|path| path.is_file() || std::fs::create_dir_all(path).is_ok());
    let ports: Vec<u16> = config.http_listen.iter().map(|address| address.port()).collect();
    let enforced = sandbox::confine_main(&writable, &ports);
    match (config.sandbox_confine, enforced) {
        (Asked::Always, Err(error)) => Err(error).context("`sandbox.confine` is \"always\", but this process could not be confined"),
        (Asked::Always, Ok(Enforced::Not)) => {
            bail!("`sandbox.confine` is \"always\", but this kernel has no Landlock; use \"auto\" to run without it")
        }
        (_, Ok(enforced)) => {
            tracing::debug!(landlock = enforced.name(), "confined");
            grants.note_main(enforced);
            Ok(())
        }
        (_, Err(error)) => {
            tracing::warn!(error = format!("{error:#}"), "this process could not be confined, and goes on");
            Ok(())
        }
    }
}

/// Where containers are opened and documents parsed.
pub fn parsing(config: &Config, grants: &Arc<Grants>) -> anyhow::Result<Parsing> {
    if config.sandbox_workers == Asked::Never {
        return Ok(Parsing::Here);
    }
    let options = Options { memory_bytes: config.worker_memory_bytes, timeout: config.parse_timeout, ..Options::default() };
    let pool = Pool::new(program(), options, config.stages.parse.clone(), Arc::clone(grants));
    if config.sandbox_workers == Asked::Always {
        pool.ensure_usable().context("`sandbox.workers` is \"always\", but no worker can be started")?;
    }
    Ok(Parsing::InWorkers(Arc::new(pool)))
}

/// This program. On Linux by the name that holds although the file has been replaced or deleted since.
fn program() -> PathBuf {
    let itself = PathBuf::from("/proc/self/exe");
    if itself.exists() { itself } else { std::env::current_exe().unwrap_or_else(|_| PathBuf::from("copydesk")) }
}
