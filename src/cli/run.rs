//! `batch` and `pipe`: runs of the line that end by themselves.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::SignalStream;

use crate::config::{Config, configured_roots, ensure_moved_out, roots_of};
use crate::pipeline::{self, Input, Output, Parsing, Progress, Settings, Tally};
use crate::sinks::stdout::OnRejection;
use crate::sources::stdin::StdinFormat;
use crate::sources::{self, After};
use crate::telemetry;

use super::{Common, Exit, WrongUsage, announce, counted, progress, sandbox, serve, tell};

/// Read every article under the paths, write records, exit
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk batch wire/ archive.jsonl -o out
  copydesk batch wire/ -o - | jq .summary")]
pub struct Batch {
    /// Files and folders; `name=path` names one
    paths: Vec<PathBuf>,
    /// Begin anew: the output folder must be new or empty
    #[arg(long)]
    fresh: bool,
}

/// A filter: articles on standard input, records on standard output, in order
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk pipe < article.html
  find wire -name '*.txt' -print0 | copydesk pipe --format paths -0")]
pub struct Pipe {
    /// What standard input holds
    #[arg(
        long,
        value_enum,
        default_value = "auto",
        hide_possible_values = true,
        help = "auto, jsonl, json, text, markdown, html or paths"
    )]
    format: Format,
    /// With `--format paths`: paths end with NUL, not with a line
    #[arg(short = '0', long)]
    null: bool,
    /// Where rejections go [default: standard error]
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// What a rejection means for the run: continue or fail
    #[arg(long, value_enum, default_value = "continue", hide_possible_values = true, value_name = "WHAT")]
    on_error: OnError,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Auto,
    Jsonl,
    Json,
    Text,
    Markdown,
    Html,
    Paths,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnError {
    Continue,
    Fail,
}

pub fn batch(batch: &Batch, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings()?;
    let to_stdout = config.out.as_os_str() == "-";
    if batch.fresh && !to_stdout {
        ensure_empty(&config)?;
    }
    let sources = sources_of(&batch.paths, &config, to_stdout, "batch")?;
    if to_stdout && config.after != After::Keep {
        tracing::warn!("`input.after` has no effect: nobody can say whether records on standard output are durable");
    }
    let begun = Instant::now();
    let output = output_of(&config, to_stdout);
    let (tally, stopped_by) = run(Input::Walk(sources), output, &config, common)?;
    tell_end(&tally, begun.elapsed(), &config, common);
    Ok(exit_of(&tally, stopped_by))
}

pub fn pipe(pipe: &Pipe, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings()?;
    let rejected: Box<dyn Write + Send> = match &pipe.rejected {
        Some(path) => {
            Box::new(File::create(path).map_err(|error| WrongUsage(format!("cannot write rejections to {}: {error}", path.display())))?)
        }
        None => Box::new(io::stderr()),
    };
    let on_rejection = if pipe.on_error == OnError::Fail { OnRejection::Stop } else { OnRejection::GoOn };
    let format = match pipe.format {
        Format::Auto => StdinFormat::Auto,
        Format::Jsonl => StdinFormat::Jsonl,
        Format::Json => StdinFormat::Json,
        Format::Text => StdinFormat::Text,
        Format::Markdown => StdinFormat::Markdown,
        Format::Html => StdinFormat::Html,
        Format::Paths => StdinFormat::Paths { nul: pipe.null },
    };
    let options = options_of(Vec::new(), &config, true);
    let (tally, stopped_by) = run(Input::Stdin(format, options), Output::Stdout { rejected, on_rejection }, &config, common)?;
    if tally.source.stopped && stopped_by != 0 {
        announce("stopped before the end of standard input: what had been read whole is written, the rest is not");
    }
    Ok(exit_of(&tally, stopped_by))
}

/// Refuses to begin anew over what is there.
fn ensure_empty(config: &Config) -> anyhow::Result<()> {
    match std::fs::read_dir(&config.out) {
        Ok(entries) => {
            // A placeholder that keeps the folder in version control does no harm.
            let mut names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
            match names.find(|name| name != ".gitkeep") {
                Some(name) => {
                    let out = config.out.display();
                    Err(WrongUsage(format!(
                        "--fresh needs a new or empty output folder, and {out} holds {}; choose another --out",
                        name.display()
                    ))
                    .into())
                }
                None => Ok(()),
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(WrongUsage(format!("cannot read {}: {error}", config.out.display())).into()),
    }
}

pub(super) fn sources_of(paths: &[PathBuf], config: &Config, to_stdout: bool, command: &str) -> anyhow::Result<sources::Options> {
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

pub(super) fn options_of(roots: Vec<sources::Root>, config: &Config, to_stdout: bool) -> sources::Options {
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

pub(super) fn output_of(config: &Config, to_stdout: bool) -> Output {
    if to_stdout {
        Output::Stdout { rejected: Box::new(io::stderr()), on_rejection: OnRejection::GoOn }
    } else {
        Output::Folder { out: config.out.clone(), rotate_bytes: config.rotate_bytes }
    }
}

/// Which signal asked for the end: 0 for none.
pub(super) type StoppedBy = u8;

pub(super) fn run(input: Input, output: Output, config: &Config, common: &Common) -> anyhow::Result<(Tally, StoppedBy)> {
    let jobs = common.jobs();
    // Before the right to is given up, and before anything is read: a port that is taken ends the run at once.
    let listener = serve::listen(&input, config)?;
    let grants = Arc::default();
    sandbox::confine(config, &input.roots(), &grants)?;
    let parsing = sandbox::parsing(config, &grants)?;
    let input = input.opened(&parsing);
    let settings = Settings {
        stages: config.stages.clone(),
        parsing: parsing.clone(),
        grants,
        jobs,
        memory_bytes: config.memory_bytes,
        ingested_at: config.ingested_at,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        // The stages' work, the source, the sink, and one at hand for opening the ledger.
        .max_blocking_threads(jobs.saturating_add(4))
        .enable_all()
        .build()
        .context("start the runtime")?;
    let progress = Arc::new(Progress::default());
    let server = listener.map(|listener| serve::serve(listener, &input, config, &settings, &progress)).transpose()?;
    let stopped_by = Arc::new(AtomicU8::new(0));
    let mut bar = progress::Bar::new(&input, common);
    let run = async {
        let stop = asked_to_stop(Arc::clone(&stopped_by))?;
        let line = pipeline::run(input, output, &settings, stop, Arc::clone(&progress));
        tokio::pin!(line);
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        loop {
            // The tick may be cancelled at any moment, and the line is polled on in the next round.
            tokio::select! {
                tally = &mut line => return tally,
                _ = tick.tick() => bar.show(&progress),
            }
        }
    };
    let tally = runtime.block_on(run);
    bar.end();
    drop(server); // Its readers are told of the end, whatever else is still under way.
    if let Parsing::InWorkers(pool) = &parsing {
        pool.tell_restarts();
    }
    // A thread that is blocked on standard input must not keep the process.
    runtime.shutdown_background();
    Ok((tally?, stopped_by.load(Ordering::Relaxed)))
}

/// Returns, once asked, the first SIGINT or SIGTERM; the second ends the process at once.
fn asked_to_stop(stopped_by: Arc<AtomicU8>) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let interrupt = signal(SignalKind::interrupt()).context("listen for SIGINT")?;
    let terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    let interrupts = SignalStream::new(interrupt).map(|()| Exit::Interrupted.code());
    let mut asked = interrupts.merge(SignalStream::new(terminate).map(|()| Exit::Terminated.code()));
    let (stop, stopped) = tokio::sync::oneshot::channel();
    // Ends with the runtime: it waits for signals as long as the run lasts.
    tokio::spawn(async move {
        let mut stop = Some(stop);
        while let Some(code) = asked.next().await {
            stopped_by.store(code, Ordering::Relaxed);
            match stop.take() {
                Some(stop) => {
                    announce("finishing what is under way; once more to end at once");
                    // The run may have ended by itself in this moment.
                    let _ = stop.send(());
                }
                None => std::process::exit(code.into()),
            }
        }
    });
    Ok(async move {
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

pub(super) fn exit_of(tally: &Tally, stopped_by: StoppedBy) -> Exit {
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
pub(super) fn tell_end(tally: &Tally, took: Duration, config: &Config, common: &Common) {
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
