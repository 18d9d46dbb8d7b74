//! SIGHUP: the settings are read again and checked whole before any of them is taken over. Where anything is wrong, all
//! of the former ones stay.
//!
//! The line is drained and laid anew, in the same process and with the same page: what is made before the reload is made
//! by the former settings, all of it, and what is made after by the new ones.

use std::path::PathBuf;

use crate::config::{self, Asked, Config};
use crate::sources::{self, After};
use crate::telemetry;

use super::Common;
use super::inputs::sources_of;

/// Settings that stay as they were when the process was started: it has given up the right to open another port or to
/// write elsewhere by then, and its workers run with what they were given.
const NEED_A_RESTART: [&str; 9] = [
    "output.dir",
    "limits.parse_timeout",
    "limits.ratio",
    "http.listen",
    "http.token",
    "log.format",
    "sandbox.workers",
    "sandbox.worker_memory",
    "sandbox.confine",
];

/// What a run goes by, and where it came from.
pub struct Reload<'a> {
    /// As typed: they replace those of the settings.
    pub paths: &'a [PathBuf],
    pub common: &'a Common,
    pub config: Config,
    pub sources: sources::Options,
    /// Every key with its value, as they were read last.
    values: Vec<(&'static str, String)>,
}

impl<'a> Reload<'a> {
    /// Remembers what the run begins with.
    pub fn new(paths: &'a [PathBuf], common: &'a Common, config: Config, sources: sources::Options) -> anyhow::Result<Self> {
        Ok(Self { paths, common, config, sources, values: values(common)? })
    }

    /// Reads everything again, takes over what can be, and tells what that is. On an error nothing has changed.
    pub fn read_again(&mut self) -> anyhow::Result<()> {
        let values = values(self.common)?;
        let mut config = Config::read(&self.common.layers()?)?;
        let levels = self.common.levels(&config)?;
        let changed: Vec<&str> = values.iter().zip(&self.values).filter(|(new, old)| new != old).map(|((name, _), _)| *name).collect();
        let mut kept: Vec<&str> = changed.iter().copied().filter(|name| NEED_A_RESTART.contains(name)).collect();
        keep(&self.config, &mut config);
        let is_confined = config.sandbox_confine != Asked::Never;
        if is_confined && config.after != self.config.after {
            config.after = self.config.after.clone();
            kept.push("input.after");
        }
        let mut sources = sources_of(self.paths, &config, false, "watch")?;
        if is_confined && config.after != After::Keep && sources.roots != self.sources.roots {
            sources.roots.clone_from(&self.sources.roots);
            kept.push("input.paths");
        }
        // All of it is sound: from here on nothing can fail.
        telemetry::set_levels(levels);
        let taken: Vec<&str> = changed.into_iter().filter(|name| !kept.contains(name)).collect();
        tracing::info!(changed = taken.join(", "), "settings reloaded");
        if !kept.is_empty() {
            tracing::warn!(keys = kept.join(", "), "needs a restart: until then, what was set before holds");
        }
        for problem in &config.without_effect {
            tracing::warn!("{problem}");
        }
        (self.config, self.sources, self.values) = (config, sources, values);
        Ok(())
    }
}

fn values(common: &Common) -> anyhow::Result<Vec<(&'static str, String)>> {
    let settings = config::report(&common.layers()?).settings;
    Ok(settings.into_iter().map(|(name, value, _)| (name, value)).collect())
}

/// What of the running settings outlives a reload.
fn keep(running: &Config, new: &mut Config) {
    new.out.clone_from(&running.out);
    new.parse_timeout = running.parse_timeout;
    new.limits.ratio_max = running.limits.ratio_max;
    new.stages.parse = running.stages.parse.clone();
    new.http_listen = running.http_listen;
    new.http_token.clone_from(&running.http_token);
    new.log_format.clone_from(&running.log_format);
    new.sandbox_workers = running.sandbox_workers;
    new.worker_memory_bytes = running.worker_memory_bytes;
    new.sandbox_confine = running.sandbox_confine;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_on_the_service_names_every_setting_that_needs_a_restart() {
        let page = include_str!("../../docs/service.md");
        let list = page.split("These need a restart").nth(1).unwrap().split("## ").next().unwrap();
        for name in NEED_A_RESTART.iter().chain(&["input.after", "input.paths"]) {
            assert!(list.contains(&format!("`{name}`")), "{name}");
        }
        let report = config::report(&config::Layers::default());
        for name in NEED_A_RESTART {
            assert!(report.settings.iter().any(|(known, ..)| *known == name), "{name}");
        }
    }
}
