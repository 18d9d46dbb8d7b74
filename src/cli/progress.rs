//! The progress line on a terminal: how far, how fast, how long still.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::{Input, Progress};
use crate::sources;
use crate::telemetry;

use super::Common;

/// A line on standard error; nothing, where that is no terminal or nobody wants it.
pub struct Bar {
    line: ProgressBar,
    begun: Instant,
    listed: Arc<Listed>,
}

/// What a listing beside the run has found, so that the end can be foreseen.
#[derive(Default)]
struct Listed {
    files: AtomicU64,
    bytes: AtomicU64,
    is_whole: AtomicBool,
    /// Ends the listing with the run.
    is_over: AtomicBool,
}

/// Of so few files, bytes tell better how far a run is.
const FEW_FILES: u64 = 20;

impl Bar {
    pub fn new(input: &Input, common: &Common) -> Self {
        let listed = Arc::new(Listed::default());
        let line = match input {
            Input::Walk(options) if !common.quiet => {
                // Hidden by itself where standard error is no terminal.
                let line = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr_with_hz(10));
                if !line.is_hidden() {
                    telemetry::line_is_drawn(true);
                    list(options.clone(), Arc::clone(&listed));
                }
                line
            }
            _ => ProgressBar::hidden(),
        };
        let style = ProgressStyle::with_template("{spinner} [{bar:24}] {msg}").expect("the template is sound");
        line.set_style(style.progress_chars("=> "));
        Self { line, begun: Instant::now(), listed }
    }

    /// To be called some ten times a second.
    pub fn show(&mut self, progress: &Progress) {
        if self.line.is_hidden() {
            return;
        }
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (files, bytes) = (count(&progress.source.files_found), count(&progress.source.bytes));
        let records = count(&progress.line.records);
        let (all_files, all_bytes) = (count(&self.listed.files), count(&self.listed.bytes));
        let is_whole = self.listed.is_whole.load(Ordering::Relaxed);
        let (done, all) = if is_whole && all_files <= FEW_FILES { (bytes, all_bytes) } else { (files, all_files) };
        self.line.set_length(all.max(done).max(1));
        self.line.set_position(done);
        self.line.tick();
        let far = Far { files, all_files: is_whole.then_some(all_files), records, bytes, took: self.begun.elapsed() };
        self.line.set_message(far.told(done, all));
    }

    /// Takes the line away.
    pub fn end(self) {
        self.listed.is_over.store(true, Ordering::Relaxed);
        self.line.finish_and_clear();
        telemetry::line_is_drawn(false);
    }
}

/// How far a run is.
struct Far {
    files: u64,
    /// None as long as they are being counted.
    all_files: Option<u64>,
    records: u64,
    bytes: u64,
    took: Duration,
}

impl Far {
    /// In one line, with the rate, and how long it will still take when so much of all is done.
    fn told(&self, done: u64, all: u64) -> String {
        let Self { files, all_files, records, bytes, took } = self;
        let seconds = took.as_secs_f64().max(0.001);
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "shown rounded")]
        let (rate, byte_rate) = (*records as f64 / seconds, (*bytes as f64 / seconds) as u64);
        let left = match (all_files, done) {
            (None, _) | (_, 0) => "counting".to_owned(),
            (Some(_), _) => {
                #[expect(clippy::cast_precision_loss, reason = "shown rounded")]
                let share = all.saturating_sub(done) as f64 / done as f64;
                format!("{} left", HumanDuration(took.mul_f64(share.min(1e6))))
            }
        };
        let of = all_files.map_or_else(String::new, |all| format!(" of {all}"));
        format!("{files}{of} files, {records} records, {rate:.0}/s, {}/s, {left}", HumanBytes(byte_rate))
    }
}

/// Lists the inputs in a thread of its own, which ends with the listing or the run.
fn list(options: sources::Options, listed: Arc<Listed>) {
    let listing = move || {
        let each = |bytes: u64| {
            listed.files.fetch_add(1, Ordering::Relaxed);
            listed.bytes.fetch_add(bytes, Ordering::Relaxed);
            !listed.is_over.load(Ordering::Relaxed)
        };
        // Without it there is only no end to be foreseen.
        let is_whole = sources::walk::list(&options, each).unwrap_or(false);
        listed.is_whole.store(is_whole, Ordering::Relaxed);
    };
    let _ = std::thread::Builder::new().name("listing".to_owned()).spawn(listing);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_how_fast_and_how_long_still() {
        let far = Far { files: 100, all_files: Some(400), records: 150, bytes: 20 << 20, took: Duration::from_secs(10) };
        assert_eq!(far.told(100, 400), "100 of 400 files, 150 records, 15/s, 2.00 MiB/s, 30 seconds left");
        assert_eq!(Far { all_files: None, ..far }.told(100, 100), "100 files, 150 records, 15/s, 2.00 MiB/s, counting");
    }
}
