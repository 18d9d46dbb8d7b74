//! `/metrics`: what Prometheus collects, in its text format 0.0.4.

use std::fmt::{Display, Write as _};
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::{Response, StatusCode};

use crate::sources::watches_max;
use crate::telemetry::{BOUNDS_US, Snapshot};

use super::answers::typed;
use super::body::Answer;
use super::vitals::lag;
use super::{CONNECTIONS, STREAMS, Shared};

pub fn answer(shared: &Shared) -> Response<Answer> {
    typed(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", page(shared))
}

fn page(shared: &Shared) -> String {
    let mut page = Page::default();
    line(&mut page, shared);
    watcher(&mut page, shared);
    process(&mut page);
    page.text
}

fn line(page: &mut Page, shared: &Shared) {
    let desk = &shared.desk;
    let line = &desk.progress.line;
    let source = &desk.progress.source;
    page.family("copydesk_build_info", Kind::Gauge, "The version that runs; always 1.");
    page.sample("copydesk_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);

    page.family("copydesk_inputs_total", Kind::Counter, "Articles and files that were dealt with, by what came of them.");
    for (outcome, count) in [
        ("record", &line.records),
        ("rejected", &line.rejected),
        ("unchanged", &line.unchanged),
        ("file_unchanged", &source.files_unchanged),
        ("file_skipped", &source.files_skipped),
    ] {
        page.sample("copydesk_inputs_total", &[("source", "watch"), ("outcome", outcome)], read(count));
    }
    page.family("copydesk_entered_total", Kind::Counter, "Articles that entered the line, or were set aside at its entrance.");
    page.sample("copydesk_entered_total", &[], read(&line.entered));
    page.family("copydesk_read_bytes_total", Kind::Counter, "Bytes of the articles that entered the line.");
    page.sample("copydesk_read_bytes_total", &[], read(&source.bytes));
    page.family("copydesk_records_total", Kind::Counter, "Records that were made durable.");
    page.sample("copydesk_records_total", &[("sink", "segments")], read(&line.records));
    page.family("copydesk_dead_total", Kind::Counter, "Articles that were set aside, by stage and code.");
    for ((stage, code), count) in line.dead() {
        page.sample("copydesk_dead_total", &[("stage", stage), ("class", code)], count);
    }

    page.family("copydesk_stage_duration_seconds", Kind::Histogram, "How long a stage takes for an article.");
    for (stage, meter) in line.stages() {
        page.histogram("copydesk_stage_duration_seconds", Some(("stage", stage.name())), &meter.took.snapshot());
    }
    page.family("copydesk_queue_articles", Kind::Gauge, "Articles that wait for a stage or, after the last, for the committer.");
    for (stage, meter) in line.stages() {
        page.sample("copydesk_queue_articles", &[("stage", stage.name())], meter.queued.get());
    }
    page.sample("copydesk_queue_articles", &[("stage", "commit")], line.outcomes.get());
    page.family("copydesk_working_articles", Kind::Gauge, "Articles in the hands of a stage.");
    for (stage, meter) in line.stages() {
        page.sample("copydesk_working_articles", &[("stage", stage.name())], meter.working.get());
    }
    page.sample("copydesk_working_articles", &[("stage", "commit")], line.committing.get());
    page.family("copydesk_in_flight", Kind::Gauge, "Articles in the line.");
    page.sample("copydesk_in_flight", &[], line.in_flight());

    page.family("copydesk_e2e_seconds", Kind::Histogram, "From a file's last change until all its articles are durable.");
    page.histogram("copydesk_e2e_seconds", None, &line.end_to_end.snapshot());
    let help = "For how long the oldest of what is known and not durable has been waiting: alert on this one.";
    page.family("copydesk_oldest_pending_seconds", Kind::Gauge, help);
    page.sample("copydesk_oldest_pending_seconds", &[], lag(desk).as_secs_f64());
    page.family("copydesk_commit_seconds", Kind::Histogram, "From taking a group's first article until the group is in the ledger.");
    page.histogram("copydesk_commit_seconds", None, &line.commit.snapshot());
    page.family("copydesk_fsync_seconds", Kind::Histogram, "Writing and syncing a group's lines.");
    page.histogram("copydesk_fsync_seconds", None, &line.sync.snapshot());
    page.family("copydesk_stalled", Kind::Gauge, "1 while the line cannot go on, by reason.");
    page.sample("copydesk_stalled", &[("reason", "disk_full")], u8::from(line.full_for().is_some()));
    let help = "Articles that entered and are nowhere, or came out and never entered; anything but 0 is a defect of copydesk.";
    page.family("copydesk_ledger_imbalance", Kind::Gauge, help);
    page.sample("copydesk_ledger_imbalance", &[], shared.vitals.imbalance());
    page.family("copydesk_ready", Kind::Gauge, "1 while /readyz says so.");
    page.sample("copydesk_ready", &[], u8::from(shared.vitals.ready(shared).is_empty()));

    let settings = &desk.progress.settings;
    page.family("copydesk_config_last_reload_successful", Kind::Gauge, "0 where settings were asked to be reloaded and are wrong.");
    page.sample("copydesk_config_last_reload_successful", &[], u8::from(settings.why_refused().is_none()));
    page.family("copydesk_config_loaded_timestamp_seconds", Kind::Gauge, "When the settings in force were read, in Unix time.");
    let taken_at = std::time::Duration::from_millis(settings.taken_at_ms());
    page.sample("copydesk_config_loaded_timestamp_seconds", &[], taken_at.as_secs_f64());

    if let Some(workers) = &desk.workers {
        let restarts = workers.restarts();
        page.family("copydesk_worker_restarts_total", Kind::Counter, "Worker processes that were started anew, by reason.");
        for (reason, count) in [("recycled", &restarts.recycled), ("died", &restarts.died), ("timed_out", &restarts.timed_out)] {
            page.sample("copydesk_worker_restarts_total", &[("reason", reason)], read(count));
        }
    }
    page.family("copydesk_http_streams", Kind::Gauge, "Pages and readers of records that are connected.");
    page.sample("copydesk_http_streams", &[], STREAMS - shared.streams.available_permits());
    page.family("copydesk_http_connections_limit", Kind::Gauge, "Connections that are served at a time.");
    page.sample("copydesk_http_connections_limit", &[], CONNECTIONS);
}

fn watcher(page: &mut Page, shared: &Shared) {
    let source = &shared.desk.progress.source;
    page.family("copydesk_watch_dirs", Kind::Gauge, "Folders that are watched.");
    page.sample("copydesk_watch_dirs", &[], read(&source.folders_watched));
    if let Some(most) = watches_max() {
        page.family("copydesk_watch_dirs_limit", Kind::Gauge, "Folders that the kernel lets one user watch.");
        page.sample("copydesk_watch_dirs_limit", &[], most);
    }
    page.family("copydesk_watch_polling", Kind::Gauge, "1 where events cannot be relied on and folders are listed instead.");
    page.sample("copydesk_watch_polling", &[], u8::from(source.listed.why().is_some()));
    page.family("copydesk_watch_overflow_total", Kind::Counter, "Times that events were lost, and everything was listed.");
    page.sample("copydesk_watch_overflow_total", &[], read(&source.hints_missed));
    let help = "New or changed files that a listing found and no event had announced: how far events can be trusted here.";
    page.family("copydesk_watch_missed_total", Kind::Counter, help);
    page.sample("copydesk_watch_missed_total", &[], read(&source.unannounced));
    page.family(
        "copydesk_waiting_files",
        Kind::Gauge,
        "Files that are known and not read yet, most often because they may still be written.",
    );
    page.sample("copydesk_waiting_files", &[], read(&source.waiting));
    page.family("copydesk_scans_total", Kind::Counter, "Listings of all inputs.");
    page.sample("copydesk_scans_total", &[], read(&source.listings));
    page.family("copydesk_scan_seconds", Kind::Gauge, "How long the last listing of all inputs took.");
    page.sample("copydesk_scan_seconds", &[], std::time::Duration::from_millis(read(&source.last_listing_ms)).as_secs_f64());
}

/// What every exporter says of its process, as far as this system tells.
fn process(page: &mut Page) {
    let Some(stat) = fs::read_to_string("/proc/self/stat").ok() else { return };
    // The name of the program stands in parentheses and may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let field = |number: usize| fields.get(number).and_then(|field| field.parse::<u64>().ok());
    let ticks = rustix::param::clock_ticks_per_second();
    #[expect(clippy::cast_precision_loss, reason = "seconds with two decimals")]
    let seconds = |count: u64| count as f64 / ticks.max(1) as f64;
    if let (Some(user), Some(system)) = (field(11), field(12)) {
        page.family("process_cpu_seconds_total", Kind::Counter, "User and system time spent, without the workers'.");
        page.sample("process_cpu_seconds_total", &[], seconds(user + system));
    }
    if let Some(pages) = field(21) {
        page.family("process_resident_memory_bytes", Kind::Gauge, "Resident memory.");
        page.sample("process_resident_memory_bytes", &[], pages * rustix::param::page_size() as u64);
    }
    let booted = fs::read_to_string("/proc/stat").ok();
    let booted = booted.as_deref().and_then(|stat| stat.lines().find_map(|line| line.strip_prefix("btime ")?.trim().parse::<u64>().ok()));
    if let (Some(booted), Some(started)) = (booted, field(19)) {
        page.family("process_start_time_seconds", Kind::Gauge, "When the process was started, in Unix time.");
        #[expect(clippy::cast_precision_loss, reason = "seconds with two decimals")]
        page.sample("process_start_time_seconds", &[], booted as f64 + seconds(started));
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        page.family("process_open_fds", Kind::Gauge, "Open files.");
        page.sample("process_open_fds", &[], open.count());
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// The text so far. Writing to a String cannot fail.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// Begins a family, whose samples must follow before the next.
    fn family(&mut self, name: &str, kind: Kind, help: &str) {
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {}", kind.name());
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.text.push_str(name);
        for (number, (label, content)) in labels.iter().enumerate() {
            let escaped = content.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
            let _ = write!(self.text, "{}{label}=\"{escaped}\"", if number == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.text, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    fn histogram(&mut self, name: &str, label: Option<(&str, &str)>, snapshot: &Snapshot) {
        let (bucket, sum, count) = (format!("{name}_bucket"), format!("{name}_sum"), format!("{name}_count"));
        let labels: Vec<(&str, &str)> = label.into_iter().collect();
        let mut reached = 0;
        for (number, counted) in snapshot.counts.iter().enumerate() {
            reached += counted;
            let bound = BOUNDS_US.get(number).map_or_else(|| "+Inf".to_owned(), |bound| seconds_of(*bound).to_string());
            self.sample(&bucket, &[&labels[..], &[("le", &bound)]].concat(), reached);
        }
        self.sample(&sum, &labels, seconds_of(snapshot.sum_us));
        self.sample(&count, &labels, reached);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a sum of microseconds stays below 2^53 for 285 years")]
fn seconds_of(micros: u64) -> f64 {
    micros as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::telemetry::Histogram;

    #[test]
    fn a_histogram_counts_up_to_all_of_them() {
        let histogram = Histogram::default();
        histogram.observe(Duration::from_micros(300));
        histogram.observe(Duration::from_secs(7200));
        let mut page = Page::default();
        page.histogram("took_seconds", Some(("stage", "a\"b\\c\n")), &histogram.snapshot());
        let lines: Vec<&str> = page.text.lines().collect();
        assert_eq!(lines[1], r#"took_seconds_bucket{stage="a\"b\\c\n",le="0.00025"} 0"#);
        assert_eq!(lines[2], r#"took_seconds_bucket{stage="a\"b\\c\n",le="0.0005"} 1"#);
        assert_eq!(lines[21], r#"took_seconds_bucket{stage="a\"b\\c\n",le="+Inf"} 2"#);
        assert_eq!(lines[22..], [r#"took_seconds_sum{stage="a\"b\\c\n"} 7200.0003"#, r#"took_seconds_count{stage="a\"b\\c\n"} 2"#]);
    }
}
