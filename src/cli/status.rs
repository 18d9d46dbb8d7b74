//! `status`: what is done, what waits, what was rejected and why, on one screen.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::config::Config;
use crate::ledger::{CannotGoOn, Counts, STATE_FOLDER, SegmentRow, Series, View, Writer, list_segments, writer_of};
use crate::sandbox::{GRANTS_FILE, Granted, Kernel, granted_to};
use crate::sources::{self, watches_max};

use super::inputs::{Waiting, inputs_of, waiting};
use super::watching::{Watched, watched_by};
use super::{Common, Exit, WrongUsage, counted, show};

/// Tell what is done, what waits, what was rejected and why
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk status
  copydesk status -o desk/out --json | jq .rejected")]
pub struct Status {
    /// The inputs to look through for what waits [default: input.paths]
    paths: Vec<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Nobody waits longer for an answer than this; what is not seen by then is said to be more.
const PATIENCE: Duration = Duration::from_secs(2);
/// Why a rejection of this code came to be: its article has killed the process three times.
const QUARANTINED: &str = "crash.quarantined";

/// What the page and the JSON are made from.
struct Facts {
    out: String,
    writer: Option<Writer>,
    counts: Counts,
    segments: Vec<SegmentRow>,
    /// None where no input is known that could be looked through.
    waiting: Option<Waiting>,
    /// None where nobody watches.
    watched: Option<Watched>,
    sandbox: Sandbox,
}

/// What runs ask for, what this machine's kernel would grant a new one, and what it has granted the one that is writing.
struct Sandbox {
    workers: &'static str,
    confine: &'static str,
    kernel: Kernel,
    running: Option<Granted>,
}

pub fn run(status: &Status, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings_to_look()?;
    let facts = look(&status.paths, &config)?;
    show(&if status.json { format!("{}\n", as_json(&facts)) } else { page(&facts) })?;
    Ok(Exit::Well)
}

/// As `--json` shows it, of inputs that are being read.
#[cfg(feature = "http")]
pub fn json_of(inputs: sources::Options, config: &Config) -> anyhow::Result<String> {
    Ok(format!("{}\n", as_json(&facts(Some(inputs), config, &View::open(&config.out)?)?)))
}

fn look(paths: &[PathBuf], config: &Config) -> anyhow::Result<Facts> {
    let view = View::open(&config.out)?;
    if writer_of(&config.out).is_none() {
        ensure_ledger(config, &view)?;
    }
    facts(inputs_of(paths, config, &view)?, config, &view)
}

fn facts(inputs: Option<sources::Options>, config: &Config, view: &View) -> anyhow::Result<Facts> {
    let writer = writer_of(&config.out);
    let waiting = match inputs {
        Some(inputs) => Some(waiting(inputs, config, Some(PATIENCE))?),
        None => None,
    };
    let granted = |writer: &Writer| granted_to(writer.process, &config.out.join(STATE_FOLDER).join(GRANTS_FILE));
    let sandbox = Sandbox {
        workers: config.sandbox_workers.name(),
        confine: config.sandbox_confine.name(),
        kernel: Kernel::ask(),
        running: writer.as_ref().and_then(granted),
    };
    let watched = writer.as_ref().and_then(|writer| watched_by(writer.process, &config.out));
    let out = config.out.display().to_string();
    Ok(Facts { out, writer, counts: view.counts()?, segments: view.segments()?, waiting, watched, sandbox })
}

/// Refuses where there is no ledger to look into, and says why there is none.
pub fn ensure_ledger(config: &Config, view: &View) -> anyhow::Result<()> {
    let out = config.out.display();
    if !view.is_blank() {
        return Ok(());
    }
    if Series::ALL.into_iter().any(|series| list_segments(&config.out, series).is_ok_and(|segments| !segments.is_empty())) {
        return Err(CannotGoOn(format!("{out} holds records, but no ledger; `copydesk repair` makes it anew")).into());
    }
    Err(WrongUsage(format!("{out} has no ledger: nothing has been written there yet; check --out, or begin with `copydesk batch`")).into())
}

fn as_json(facts: &Facts) -> serde_json::Value {
    let Facts { out, writer, counts, segments, waiting, watched, sandbox } = facts;
    let segments: Vec<_> = segments
        .iter()
        .map(|row| serde_json::json!({"name": row.segment.file_name(), "bytes": row.bytes, "lines": row.lines, "sealed": row.sealed}))
        .collect();
    let writer = writer.as_ref().map(|writer| serde_json::json!({"process": writer.process, "command": writer.command}));
    let sandbox = serde_json::json!({
        "workers": sandbox.workers,
        "confine": sandbox.confine,
        "landlock_abi": sandbox.kernel.landlock_abi,
        "granted": sandbox.kernel.worker.name(),
        "running": sandbox.running.as_ref().map(|granted| serde_json::json!({"main": granted.main, "worker": granted.worker})),
    });
    let watched = watched.as_ref().map(|Watched { folders, listed_because, .. }| {
        serde_json::json!({"folders": folders, "folders_max": watches_max(), "listed_because": listed_because})
    });
    let lag = waiting.as_ref().map(|waiting| waiting.oldest.map_or(0.0, |age| age.as_secs_f64()));
    let waiting = waiting.as_ref().map(|waiting| {
        serde_json::json!({"articles": waiting.articles, "files": waiting.files, "named": waiting.named, "all_seen": waiting.all_seen})
    });
    serde_json::json!({
        "out": out,
        "writer": writer,
        "done": counts.records,
        "records": counts.records,
        "waiting": waiting,
        "lag_seconds": lag,
        "watched": watched,
        "rejected": {"articles": counts.rejected, "by_code": counts.rejected_by_code},
        "quarantined": counts.rejected_by_code.get(QUARANTINED).copied().unwrap_or(0),
        "files": counts.files,
        "skipped": {"files": counts.skipped, "by_reason": counts.skipped_by_reason},
        "segments": segments,
        "sandbox": sandbox,
    })
}

/// Lines of one kind that are shown before the rest is only counted: all of it is to fit a screen.
const SHOWN_MAX: usize = 8;

fn page(facts: &Facts) -> String {
    let Facts { out, writer, counts, segments, waiting, watched, sandbox } = facts;
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = match writer {
        Some(writer) if writer.command.is_empty() => writeln!(page, "{out}: being written by process {}", writer.process),
        Some(writer) => writeln!(page, "{out}: being written by process {} ({})", writer.process, shortened(&writer.command.join(" "))),
        None => writeln!(page, "{out}: nobody is writing"),
    };
    let _ = writeln!(page, "  done         {}", counted(counts.records, "article"));
    let _ = match waiting {
        None => {
            writeln!(page, "  waiting      not known: no configured input has been read into it; name one, like `copydesk status wire/`")
        }
        Some(Waiting { articles: 0, all_seen: true, .. }) => writeln!(page, "  waiting      nothing"),
        Some(Waiting { articles, files, named, all_seen, .. }) => {
            let more = if *all_seen { "" } else { "more than " };
            let first = named.first().map_or_else(String::new, |name| format!(", the first: {}", shortened(name)));
            writeln!(page, "  waiting      {more}{} in {}{first}", counted(*articles, "article"), counted(*files, "file"))
        }
    };
    if let Some(Waiting { oldest: Some(oldest), .. }) = waiting {
        let _ = writeln!(page, "  lag          the oldest has waited for {}", shown_time(*oldest));
    }
    if let Some(Watched { folders, listed_because, .. }) = watched {
        let of = watches_max().map_or_else(String::new, |most| format!(" of the {most} that the kernel lets one user watch"));
        let _ = writeln!(page, "  watched      {}{of}", counted(*folders, "folder"));
        if let Some(because) = listed_because {
            let _ = writeln!(page, "               all are listed every few seconds instead: {because}");
        }
    }
    let _ = writeln!(page, "  rejected     {}", counted(counts.rejected, "article"));
    list(&mut page, &counts.rejected_by_code);
    let _ = writeln!(page, "  quarantined  {}", counts.rejected_by_code.get(QUARANTINED).copied().unwrap_or(0));
    let _ = writeln!(page, "  skipped      {} of {}", counts.skipped, counted(counts.files, "file"));
    list(&mut page, &counts.skipped_by_reason);
    for series in Series::ALL {
        let rows: Vec<_> = segments.iter().filter(|row| row.segment.series == series).collect();
        let bytes: u64 = rows.iter().map(|row| row.bytes).sum();
        let lines: u64 = rows.iter().map(|row| row.lines).sum();
        let sealed = rows.iter().filter(|row| row.sealed).count();
        let active = rows.iter().find(|row| !row.sealed).map_or_else(|| "none active".to_owned(), |row| row.segment.file_name());
        let name = format!("{}/", series.name());
        let _ = writeln!(page, "  {name:<12} {}, {}, {sealed} sealed, {active}", counted(lines, "line"), shown_bytes(bytes));
    }
    let Sandbox { workers, confine, kernel, running } = sandbox;
    let granted = match kernel.landlock_abi {
        0 => "no Landlock: only memory and time are limited".to_owned(),
        abi => format!("Landlock {abi}, granted {}", kernel.worker.name()),
    };
    let _ = writeln!(page, "  sandbox      workers {workers}, confine {confine}; this kernel: {granted}");
    if let Some(Granted { process, main, worker }) = running {
        let main = main.as_deref().map_or("not asked for", in_words);
        let worker = worker.as_deref().map_or("none started yet", in_words);
        let _ = writeln!(page, "  enforced     in process {process}: {main}; in its workers: {worker}");
    }
    if counts.rejected > 0 {
        page.push_str("`copydesk replay` runs the rejected ones again\n");
    }
    page
}

/// What a grant comes to, in a few words.
fn in_words(granted: &str) -> &str {
    match granted {
        "full" => "everything",
        "partial" => "what this kernel knows of it",
        "none" => "no Landlock, only memory and time",
        other => other,
    }
}

fn list(page: &mut String, counts: &std::collections::BTreeMap<String, u64>) {
    let mut sorted: Vec<_> = counts.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (name, count) in sorted.iter().take(SHOWN_MAX) {
        let _ = writeln!(page, "    {count:>10}  {name}");
    }
    let rest: u64 = sorted.iter().skip(SHOWN_MAX).map(|(_, count)| **count).sum();
    if rest > 0 {
        let _ = writeln!(page, "    {rest:>10}  for other causes");
    }
}

fn shortened(text: &str) -> String {
    const CHARACTERS_MAX: usize = 60;
    if text.chars().count() <= CHARACTERS_MAX {
        return text.to_owned();
    }
    text.chars().take(CHARACTERS_MAX - 1).chain(['…']).collect()
}

fn shown_bytes(bytes: u64) -> String {
    let units = [("GiB", 30_u32), ("MiB", 20), ("KiB", 10)];
    match units.iter().find(|(_, shift)| bytes >> shift > 0) {
        Some((unit, shift)) => {
            let tenths = (u128::from(bytes) * 10) >> shift;
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        None => format!("{bytes} bytes"),
    }
}

fn shown_time(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_shown_as_people_say_them() {
        let sizes = [0, 1023, 1024, 1 << 20, (5 << 30) + (1 << 29), u64::MAX].map(shown_bytes);
        assert_eq!(sizes, ["0 bytes", "1023 bytes", "1.0 KiB", "1.0 MiB", "5.5 GiB", "17179869183.9 GiB"]);
        let times = [0, 9, 90, 600, 7200, 1 << 40].map(|seconds| shown_time(Duration::from_secs(seconds)));
        assert_eq!(times, ["0.0 s", "9.0 s", "90 s", "10 min", "2 h", "12725829 days"]);
    }
}
