//! What signals ask for: the end, or the settings anew.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::SignalStream;

use super::{Exit, announce};

/// Which signal asked for the end: 0 for none.
pub type StoppedBy = u8;

/// The signals of a run, from when they are listened for until its runtime ends.
pub struct Signals {
    end: watch::Sender<bool>,
    stopped_by: Arc<AtomicU8>,
    /// None where SIGHUP ends the process, as it does by itself.
    hangups: Option<SignalStream>,
    had_terminal: bool,
}

impl Signals {
    /// The first SIGINT or SIGTERM asks for the end; the second ends the process at once.
    pub fn listen() -> anyhow::Result<Self> {
        let interrupt = signal(SignalKind::interrupt()).context("listen for SIGINT")?;
        let terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
        let interrupts = SignalStream::new(interrupt).map(|()| Exit::Interrupted.code());
        let mut asked = interrupts.merge(SignalStream::new(terminate).map(|()| Exit::Terminated.code()));
        let end = watch::Sender::new(false);
        let stopped_by = Arc::new(AtomicU8::new(0));
        let (told, code_told) = (end.clone(), Arc::clone(&stopped_by));
        // Ends with the runtime: it waits for signals as long as the run lasts.
        tokio::spawn(async move {
            while let Some(code) = asked.next().await {
                if code_told.swap(code, Ordering::Relaxed) != 0 {
                    std::process::exit(code.into());
                }
                announce("finishing what is under way; once more to end at once");
                told.send_replace(true);
            }
        });
        Ok(Self { end, stopped_by, hangups: None, had_terminal: io::stderr().is_terminal() })
    }

    /// From now on SIGHUP asks for the settings anew.
    pub fn take_hangups(&mut self) -> anyhow::Result<()> {
        self.hangups = Some(SignalStream::new(signal(SignalKind::hangup()).context("listen for SIGHUP")?));
        Ok(())
    }

    /// Returns whenever the settings are to be read anew. May be cancelled at any moment.
    pub async fn reload(&mut self) {
        while let Some(hangups) = &mut self.hangups {
            if hangups.next().await.is_none() {
                break;
            }
            if self.had_terminal && !io::stderr().is_terminal() {
                // The terminal is gone, which is what the signal was made for.
                self.stopped_by.store(Exit::Terminated.code(), Ordering::Relaxed);
                self.end.send_replace(true);
                self.had_terminal = false;
                continue;
            }
            return;
        }
        std::future::pending().await
    }

    /// Returns once the run is to end.
    pub fn end(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut end = self.end.subscribe();
        async move {
            // Its sender lives as long as whoever waits here.
            let _ = end.wait_for(|end| *end).await;
        }
    }

    pub fn is_asked_to_end(&self) -> bool {
        *self.end.borrow()
    }

    pub fn stopped_by(&self) -> StoppedBy {
        self.stopped_by.load(Ordering::Relaxed)
    }
}
