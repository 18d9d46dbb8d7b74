//! What a daemon tells the service manager that started it: that it is ready, how it is, that it ends, and that it is
//! alive, which it says only while the line moves or nothing waits.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::{Duration, Instant};

use sd_notify::NotifyState;

use crate::pipeline::Progress;
use crate::telemetry::Pace;

/// How often it is looked how the daemon is.
const LOOK: Duration = Duration::from_secs(1);
/// The manager is told at most so often how it is: its log is read by people.
const TELL: Duration = Duration::from_secs(5);
/// How much longer to wait for a daemon that is still bringing in order what an earlier run left, or waits for room. It
/// is told anew with every look.
const MORE_TIME: Duration = Duration::from_secs(30);

/// Words that may wait for a manager that does not listen just now. With more, the latest are left out.
const WORDS: usize = 64;

/// How long the end of the process waits for a manager to hear the last of them.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The word to the service manager. Where there is none, nobody is told.
pub struct Service {
    /// None where nobody listens.
    voice: Option<Voice>,
    /// How long it may be silent before it is ended; None where that is not watched.
    watchdog: Option<Duration>,
    patience: Duration,
    pace: Pace,
    looked: Option<Instant>,
    pinged: Option<Instant>,
    told: Option<(Instant, String)>,
    /// Whether it has been said that it is ready, or reloaded.
    is_ready: bool,
    /// While the line that is to end is still being drained.
    is_reloading: bool,
    is_stopping: bool,
    is_stuck: bool,
}

impl Service {
    /// Asks how this process was started. `parse_timeout` is how long a document may be parsed for.
    pub fn new(parse_timeout: Duration) -> Self {
        let listens = std::env::var_os("NOTIFY_SOCKET").is_some();
        Self { voice: listens.then(Voice::new).flatten(), ..Self::watched(sd_notify::watchdog_enabled(), parse_timeout) }
    }

    fn watched(watchdog: Option<Duration>, parse_timeout: Duration) -> Self {
        Self {
            voice: None,
            watchdog,
            patience: Pace::patience(parse_timeout),
            pace: Pace::new(Instant::now()),
            looked: None,
            pinged: None,
            told: None,
            is_ready: false,
            is_reloading: false,
            is_stopping: false,
            is_stuck: false,
        }
    }

    /// Looks how the run is, and tells what is due. To be called some ten times a second.
    pub fn look(&mut self, progress: &Progress) {
        let words = self.due(progress, Instant::now());
        self.send(&words);
    }

    /// New settings were asked for.
    pub fn reloading(&mut self) {
        (self.is_ready, self.is_reloading) = (false, true);
        let mut words = vec![NotifyState::Reloading.to_string()];
        words.extend(NotifyState::monotonic_usec_now().map(|now| now.to_string()));
        self.send(&words);
    }

    /// They are in force in a line that is just being laid, or were refused. It is ready again when the ledger is open.
    pub fn reloaded(&mut self) {
        self.is_reloading = false;
        self.looked = None;
    }

    /// The end was asked for.
    pub fn stopping(&mut self) {
        if !std::mem::replace(&mut self.is_stopping, true) {
            let status = NotifyState::Status("stopping: what was read is being finished");
            self.send(&[NotifyState::Stopping.to_string(), status.to_string()]);
        }
    }

    fn send(&self, words: &[String]) {
        if let Some(voice) = self.voice.as_ref().filter(|_| !words.is_empty()) {
            // A manager that does not hear it does what it does with a silent one.
            let _ = voice.words.try_send(words.join("\n"));
        }
    }

    /// Returns when all has been told, or nobody listens.
    pub fn end(self) {
        if let Some(Voice { words, ended }) = self.voice {
            drop(words); // Its thread ends with the last of them.
            let _ = ended.recv_timeout(LAST_WORDS);
        }
    }

    /// What is to be said now.
    fn due(&mut self, progress: &Progress, now: Instant) -> Vec<String> {
        if self.is_stopping || self.looked.is_some_and(|looked| now.saturating_duration_since(looked) < LOOK) {
            return Vec::new();
        }
        self.looked = Some(now);
        let line = &progress.line;
        let still = self.pace.look(line, progress.source.turns.load(Ordering::Relaxed), now);
        let mut words = Vec::new();
        if !self.is_ready {
            if line.is_recovered() && !self.is_reloading {
                self.is_ready = true;
                self.told = None;
                words.push(NotifyState::Ready.to_string());
            } else {
                let more = u32::try_from(MORE_TIME.as_micros()).unwrap_or(u32::MAX);
                words.push(NotifyState::ExtendTimeoutUsec(more).to_string());
            }
        }
        let is_stuck = still > self.patience;
        if is_stuck && !self.is_stuck {
            let waiting = line.in_flight();
            tracing::error!(
                waiting,
                seconds = still.as_secs(),
                "nothing moves although something waits: the service manager is told no more that all is well"
            );
        }
        self.is_stuck = is_stuck;
        let is_due = |watchdog: Duration| self.pinged.is_none_or(|pinged| now.saturating_duration_since(pinged) + LOOK >= watchdog / 2);
        if !is_stuck && self.watchdog.is_some_and(is_due) {
            self.pinged = Some(now);
            words.push(NotifyState::Watchdog.to_string());
        }
        let status = status_of(progress, is_stuck);
        let is_news = self.told.as_ref().is_none_or(|(at, told)| now.saturating_duration_since(*at) >= TELL && *told != status);
        if is_news {
            words.push(NotifyState::Status(&status).to_string());
            self.told = Some((now, status));
        }
        words
    }
}

/// In one line, how a run is.
fn status_of(progress: &Progress, is_stuck: bool) -> String {
    let line = &progress.line;
    if let Some(full) = line.full_for() {
        return format!("stalled: no room for records for {} min", full.as_secs() / 60);
    }
    if !line.is_recovered() {
        return "recovering: what an earlier run left is being brought in order".to_owned();
    }
    let (records, rejected) = (line.records.load(Ordering::Relaxed), line.rejected.load(Ordering::Relaxed));
    let how = if is_stuck { "stuck" } else { "watching" };
    let refused = if progress.settings.why_refused().is_some() { "; the settings could not be reloaded" } else { "" };
    format!("{how}: {records} records, {rejected} rejected, {} on their way{refused}", line.in_flight())
}

/// Tells from a thread of its own: the line must not wait for a manager that does not listen.
struct Voice {
    words: SyncSender<String>,
    /// Closed when all has been told.
    ended: Receiver<()>,
}

impl Voice {
    fn new() -> Option<Self> {
        let (words, said) = mpsc::sync_channel::<String>(WORDS);
        let (end, ended) = mpsc::channel::<()>();
        let tell = move || {
            for words in said {
                if let Err(error) = sd_notify::notify(&[NotifyState::Custom(&words)]) {
                    tracing::debug!(%error, "the service manager could not be told");
                }
            }
            drop(end);
        };
        std::thread::Builder::new().name("service".to_owned()).spawn(tell).ok().map(|_| Self { words, ended })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Stage;

    const MINUTE: Duration = Duration::from_secs(60);

    fn said(service: &mut Service, progress: &Progress, now: Instant) -> Vec<String> {
        service.due(progress, now)
    }

    #[test]
    fn more_time_is_asked_for_until_the_ledger_is_open() {
        let (progress, begun) = (Progress::default(), Instant::now());
        let mut service = Service::watched(Some(MINUTE), Duration::ZERO);
        let recovering = "STATUS=recovering: what an earlier run left is being brought in order";
        assert_eq!(said(&mut service, &progress, begun), ["EXTEND_TIMEOUT_USEC=30000000", "WATCHDOG=1", recovering]);
        assert!(said(&mut service, &progress, begun + LOOK / 2).is_empty());
        assert_eq!(said(&mut service, &progress, begun + LOOK), ["EXTEND_TIMEOUT_USEC=30000000"]);
        progress.line.ledger_is_open();
        assert_eq!(said(&mut service, &progress, begun + LOOK * 2), ["READY=1", "STATUS=watching: 0 records, 0 rejected, 0 on their way"]);
        assert!(said(&mut service, &progress, begun + LOOK * 3).is_empty());
    }

    #[test]
    fn after_a_reload_it_is_ready_when_the_line_is_laid_anew() {
        let (progress, begun) = (Progress::default(), Instant::now());
        progress.line.ledger_is_open();
        let mut service = Service::watched(None, Duration::ZERO);
        assert_eq!(said(&mut service, &progress, begun)[0], "READY=1");
        service.reloading();
        assert_eq!(said(&mut service, &progress, begun + LOOK), ["EXTEND_TIMEOUT_USEC=30000000"], "the former line is drained");
        progress.line.ledger_is_closed();
        service.reloaded();
        assert_eq!(said(&mut service, &progress, begun + LOOK * 2)[0], "EXTEND_TIMEOUT_USEC=30000000");
        progress.line.ledger_is_open();
        assert_eq!(said(&mut service, &progress, begun + LOOK * 3)[0], "READY=1");
    }

    #[test]
    fn a_line_that_stands_still_though_something_waits_is_not_vouched_for() {
        let (progress, begun) = (Progress::default(), Instant::now());
        progress.line.ledger_is_open();
        let mut service = Service::watched(Some(MINUTE), Duration::ZERO);
        let is_vouched_for = |service: &mut Service, seconds: u64| {
            said(service, &progress, begun + Duration::from_secs(seconds)).contains(&"WATCHDOG=1".to_owned())
        };
        assert!(is_vouched_for(&mut service, 0));
        assert!(!is_vouched_for(&mut service, 20), "a half of the time is enough");
        assert!(is_vouched_for(&mut service, 29));
        progress.source.turns.fetch_add(1, Ordering::Relaxed);
        progress.line.send(Stage::Parse, 1);
        assert!(is_vouched_for(&mut service, 60));
        assert!(is_vouched_for(&mut service, 89), "it may stand still for a minute");
        assert!(!is_vouched_for(&mut service, 170));
        assert!(said(&mut service, &progress, begun + MINUTE * 3).is_empty());
        progress.line.receive(Stage::Parse, 1);
        progress.line.pass_on(Stage::Parse, 1, 1, 0);
        assert!(is_vouched_for(&mut service, 190), "it moves again");
    }
}
