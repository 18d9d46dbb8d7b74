//! A stage that panics costs one article and one log line, never a screen full of frames.

use std::any::Any;
use std::io::Write as _;
use std::panic;

use tracing::error;

/// From now on a panic is one log line. Whoever catches it says what becomes of the article.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let said = said(panic.payload());
        if tracing::dispatcher::has_been_set() {
            error!(place, said, "panicked, which is a defect of copydesk: please report it");
        } else {
            // Before logging has begun. Where standard error is closed, there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "copydesk: panicked at {place}: {said}; this is a defect of copydesk: please report it");
        }
    }));
}

/// What a panic says of itself.
fn said(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
