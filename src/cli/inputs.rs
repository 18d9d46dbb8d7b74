//! The inputs of a run, those that an output folder is held against, and what waits in them.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use xxhash_rust::xxh3::xxh3_64;

use crate::config::{Config, configured_roots, ensure_moved_out, roots_of};
use crate::ledger::{View, writer_of};
use crate::pipeline::look::{Sighting, file_of, look};
use crate::sources;

use super::WrongUsage;

/// The inputs of a run: those typed, or else those configured.
pub fn sources_of(paths: &[PathBuf], config: &Config, to_stdout: bool, command: &str) -> anyhow::Result<sources::Options> {
    let out = (!to_stdout).then_some(config.out.as_path());
    let roots = if paths.is_empty() { configured_roots(config, out)? } else { roots_of(paths, out)? };
    if roots.is_empty() {
        return Err(WrongUsage(format!(
            "no path to read: name one, like `copydesk {command} articles/`, or set input.paths in pipeline.toml"
        ))
        .into());
    }
    ensure_moved_out(&config.after, &roots)?;
    Ok(options_of(roots, config, to_stdout))
}

/// How these inputs are read.
pub fn options_of(roots: Vec<sources::Root>, config: &Config, to_stdout: bool) -> sources::Options {
    sources::Options {
        roots,
        include: config.include.clone(),
        exclude: config.exclude.clone(),
        settle: config.settle,
        rescan: config.rescan,
        follow_symlinks: config.follow_symlinks,
        after: config.after.clone(),
        limits: config.limits,
        opening: sources::Opening::Here,
        out: (!to_stdout).then(|| config.out.clone()),
    }
}

/// The inputs that an output folder can be held against: those typed, or those configured that it knows or that are
/// just being read into it. A folder may be configured for other runs than those that wrote here.
pub fn inputs_of(paths: &[PathBuf], config: &Config, view: &View) -> anyhow::Result<Option<sources::Options>> {
    if !paths.is_empty() {
        return sources_of(paths, config, false, "verify").map(Some);
    }
    let mut roots = Vec::new();
    let is_written = writer_of(&config.out).is_some();
    for path in &config.input_paths {
        // What is gone has nothing that could wait.
        for root in roots_of(&[PathBuf::from(path)], Some(&config.out)).unwrap_or_default() {
            if is_written || view.knows_root(&root.name)? {
                roots.push(root);
            }
        }
    }
    Ok((!roots.is_empty()).then(|| options_of(roots, config, false)))
}

/// What is there and has no outcome yet.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    pub articles: u64,
    pub files: u64,
    /// The first few files, by the names that their records would bear.
    pub named: Vec<String>,
    /// How long the oldest of them has been there.
    pub oldest: Option<Duration>,
    /// False where there was more than could be looked at in the time given.
    pub all_seen: bool,
}

/// Files that are named of those that wait.
const NAMED_MAX: usize = 20;

/// Looks through the inputs as a run would, and writes nothing.
pub fn waiting(options: sources::Options, config: &Config, patience: Option<Duration>) -> anyhow::Result<Waiting> {
    let past = View::open(&config.out)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().context("start the runtime")?;
    let mut waiting = Waiting { all_seen: true, ..Waiting::default() };
    // By hashes of their paths: there may be millions.
    let mut files: HashSet<u64> = HashSet::new();
    let memory_bytes = config.memory_bytes;
    let roots = options.clone();
    let seen = runtime.block_on(async {
        let looked = look(options, past, memory_bytes, |sighting: Sighting| {
            waiting.articles += 1;
            if let Some(path) = sighting.path()
                && files.insert(xxh3_64(&path.0))
            {
                let age = file_of(&roots, path).and_then(|file| file.metadata().ok()?.modified().ok());
                let age = age.and_then(|modified| SystemTime::now().duration_since(modified).ok());
                waiting.oldest = waiting.oldest.max(age);
                if waiting.named.len() < NAMED_MAX {
                    waiting.named.push(path.lossy().0.into_owned());
                }
            }
            ControlFlow::Continue(())
        });
        match patience {
            // Cut off, the walk finds its line closed; it reads on for one article at most.
            Some(patience) => tokio::time::timeout(patience, looked).await.ok(),
            None => Some(looked.await),
        }
    });
    runtime.shutdown_background();
    waiting.files = files.len() as u64;
    match seen {
        Some(tally) => waiting.all_seen = !tally?.stopped,
        None => waiting.all_seen = false,
    }
    Ok(waiting)
}
