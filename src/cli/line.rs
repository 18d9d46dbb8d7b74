//! The line as a command runs it: with its signals, its progress, its page, and its word to the service manager.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::oneshot;

use crate::config::Config;
use crate::pipeline::{self, Input, Output, Parsing, Progress, Settings, Tally};
use crate::sandbox::Grants;
use crate::sinks::stdout::OnRejection;
use crate::telemetry;

use super::progress::Bar;
use super::reload::Reload;
use super::serve::{self, Served};
use super::service::Service;
use super::signals::{Signals, StoppedBy};
use super::watching::Watching;
use super::{Common, Exit, counted, sandbox, tell};

pub fn output_of(config: &Config, to_stdout: bool) -> Output {
    if to_stdout {
        Output::Stdout { rejected: Box::new(io::stderr()), on_rejection: OnRejection::GoOn }
    } else {
        Output::Folder { out: config.out.clone(), rotate_bytes: config.rotate_bytes }
    }
}

/// Runs the line until it has come to its end, or was asked to.
pub fn run(input: Input, output: Output, config: &Config, common: &Common) -> anyhow::Result<(Tally, StoppedBy)> {
    Run::new(&input, config, common)?.go_on(input, output, None)
}

/// Watches until it is asked to end. Whenever the settings are reloaded, the line is laid anew.
pub fn run_daemon(reload: &mut Reload<'_>) -> anyhow::Result<Tally> {
    let input = Input::Watch(reload.sources.clone());
    let run = Run::new(&input, &reload.config, reload.common)?;
    let output = output_of(&reload.config, false);
    run.go_on(input, output, Some(reload)).map(|(tally, _)| tally)
}

/// How often a person at a terminal, and a service manager, see how far it is.
const TICK: Duration = Duration::from_millis(100);

/// What a run has for as long as it lasts, however often its line is laid.
struct Run {
    settings: Settings,
    progress: Arc<Progress>,
    server: Served,
    bar: Bar,
    service: Service,
    watching: Watching,
}

impl Run {
    /// Takes what is needed, and gives up the right to more.
    fn new(input: &Input, config: &Config, common: &Common) -> anyhow::Result<Self> {
        // Before the right to is given up, and before anything is read: a port that is taken ends the run at once.
        let listener = serve::listen(input, config)?;
        let grants = Arc::default();
        sandbox::confine(config, &input.roots(), &grants)?;
        let parsing = sandbox::parsing(config, &grants)?;
        let settings = settings_of(config, parsing, grants, common.jobs());
        let progress = Arc::new(Progress::default());
        let server = Served::start(listener, input, config, &settings, &progress)?;
        let (bar, service) = (Bar::new(input, common), Service::new(config.parse_timeout));
        Ok(Self { settings, progress, server, bar, service, watching: Watching::new(&config.out) })
    }

    fn go_on(mut self, input: Input, output: Output, reload: Option<&mut Reload<'_>>) -> anyhow::Result<(Tally, StoppedBy)> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            // The stages' work, the source, the sink, and one at hand for opening the ledger.
            .max_blocking_threads(self.settings.jobs.saturating_add(4))
            .enable_all()
            .build()
            .context("start the runtime")?;
        let ended = runtime.block_on(async {
            let mut signals = Signals::listen()?;
            let tally = match reload {
                Some(reload) => self.lines(input, output, &mut signals, reload).await,
                None => self.line(input, output, &mut signals).await,
            };
            tally.map(|tally| (tally, signals.stopped_by()))
        });
        self.bar.end();
        self.watching.ended();
        self.service.end();
        self.server.end();
        if let Parsing::InWorkers(pool) = &self.settings.parsing {
            pool.tell_restarts();
        }
        // A thread that is blocked on standard input must not keep the process.
        runtime.shutdown_background();
        ended
    }

    /// One line, from its first article to its last.
    async fn line(&mut self, input: Input, output: Output, signals: &mut Signals) -> anyhow::Result<Tally> {
        let input = input.opened(&self.settings.parsing);
        let line = pipeline::run(input, output, &self.settings, signals.end(), Arc::clone(&self.progress));
        tokio::pin!(line);
        let mut tick = tokio::time::interval(TICK);
        loop {
            // The tick may be cancelled at any moment, and the line is polled on in the next round.
            tokio::select! {
                tally = &mut line => return tally,
                _ = tick.tick() => self.bar.show(&self.progress),
            }
        }
    }

    /// One line after the other, for as long as settings are reloaded.
    async fn lines(
        &mut self,
        mut input: Input,
        mut output: Output,
        signals: &mut Signals,
        reload: &mut Reload<'_>,
    ) -> anyhow::Result<Tally> {
        signals.take_hangups()?;
        self.progress.settings.taken();
        let mut sum = Tally::default();
        loop {
            let (stop, drained) = oneshot::channel::<()>();
            let mut stop = Some(stop);
            let end = signals.end();
            let until = async move {
                // Both may be cancelled at any moment. A sender that is dropped asks for nothing.
                tokio::select! {
                    () = end => {}
                    Ok(()) = drained => {}
                }
            };
            let settings = self.settings.clone();
            let line = pipeline::run(input.opened(&settings.parsing), output, &settings, until, Arc::clone(&self.progress));
            tokio::pin!(line);
            let mut tick = tokio::time::interval(TICK);
            let tally = loop {
                // The tick and the wait for a signal may be cancelled at any moment; the line is polled on.
                tokio::select! {
                    tally = &mut line => break tally?,
                    _ = tick.tick() => {
                        if signals.is_asked_to_end() {
                            self.service.stopping();
                        }
                        self.service.look(&self.progress);
                        self.watching.look(&self.progress);
                    }
                    () = signals.reload() => {
                        self.service.reloading();
                        if !self.reads_again(reload) {
                            // A line that is ending by an earlier one goes on to its end.
                            if stop.is_some() {
                                self.service.reloaded();
                            }
                        } else if let Some(stop) = stop.take() {
                            // A line that has come to its end needs no telling.
                            let _ = stop.send(());
                        }
                    }
                }
            };
            sum = and(sum, tally);
            if signals.is_asked_to_end() {
                self.service.stopping();
            }
            if stop.is_some() || signals.is_asked_to_end() {
                return Ok(sum);
            }
            self.progress.line.ledger_is_closed();
            self.service.reloaded();
            let Settings { parsing, grants, jobs, .. } = &self.settings;
            self.settings = settings_of(&reload.config, parsing.clone(), Arc::clone(grants), *jobs);
            self.server.reloaded(&reload.sources, &reload.config);
            input = Input::Watch(reload.sources.clone());
            output = output_of(&reload.config, false);
        }
    }

    /// True where there are new settings that can be taken over.
    fn reads_again(&self, reload: &mut Reload<'_>) -> bool {
        match reload.read_again() {
            Ok(()) => {
                self.progress.settings.taken();
                true
            }
            Err(error) => {
                let why = format!("{error:#}");
                tracing::error!(error = %why.lines().collect::<Vec<_>>().join("; "), "settings not reloaded: the former ones hold");
                self.progress.settings.refused(why);
                false
            }
        }
    }
}

fn settings_of(config: &Config, parsing: Parsing, grants: Arc<Grants>, jobs: usize) -> Settings {
    Settings { stages: config.stages.clone(), parsing, grants, jobs, memory_bytes: config.memory_bytes, ingested_at: config.ingested_at }
}

/// What two lines have come to together. Of what the sources have done, the latter's.
fn and(sum: Tally, tally: Tally) -> Tally {
    Tally {
        records: sum.records + tally.records,
        rejected: sum.rejected + tally.rejected,
        unchanged: sum.unchanged + tally.unchanged,
        bytes: sum.bytes + tally.bytes,
        ..tally
    }
}

pub fn exit_of(tally: &Tally, stopped_by: StoppedBy) -> Exit {
    if tally.reader_gone {
        return Exit::Well;
    }
    match stopped_by {
        130 => Exit::Interrupted,
        143 => Exit::Terminated,
        _ if tally.rejected > 0 || tally.source.folders_unreadable > 0 => Exit::WithRejections,
        _ => Exit::Well,
    }
}

/// Says what a run has come to: to a person in one line, to a program in the fields of one.
pub fn tell_end(tally: &Tally, took: Duration, config: &Config, common: &Common) {
    if common.quiet {
        return;
    }
    let to_stdout = config.out.as_os_str() == "-";
    if telemetry::for_programs() {
        let (unchanged, skipped) = left_alone(tally);
        let Tally { records, rejected, source, .. } = tally;
        let out = config.out.display();
        let seconds = took.as_secs_f64();
        tracing::info!(records, rejected, unchanged, skipped, files_left = source.files_left, stopped = source.stopped, seconds, %out, "finished");
    } else {
        tell(&format!("{}\n", summary_line(tally, took, config, to_stdout)));
    }
}

fn left_alone(tally: &Tally) -> (u64, u64) {
    let source = &tally.source;
    (tally.unchanged + source.articles_unchanged + source.files_unchanged, source.skipped.values().sum())
}

fn summary_line(tally: &Tally, took: Duration, config: &Config, to_stdout: bool) -> String {
    let source = &tally.source;
    let (unchanged, skipped) = left_alone(tally);
    let place = if to_stdout { "standard output".to_owned() } else { config.out.display().to_string() };
    let mut line = format!("{}, {} rejected, {unchanged} unchanged, {skipped} skipped", counted(tally.records, "record"), tally.rejected);
    line.push_str(&format!(" in {:.2} s -> {place}", took.as_secs_f64()));
    if tally.rejected > 0 && !to_stdout {
        line.push_str("; `copydesk status` tells why");
    }
    if source.stopped {
        line.push_str(&match source.files_left {
            Some(0) => "; stopped at the end".to_owned(),
            Some(1) => "; stopped with one file left: run again to go on".to_owned(),
            Some(left) => format!("; stopped with {left} files left: run again to go on"),
            None => "; stopped before the end: run again to go on".to_owned(),
        });
    }
    line
}
