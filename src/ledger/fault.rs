//! Faults on demand, for the torture of the real program: compiled only into debug builds and with the feature
//! `fail-points`, and asleep unless `COPYDESK_FAULTS` asks for them.
//!
//! `COPYDESK_FAULTS="segment.sync=eio@3, ledger.commit=exit"`: the third sync of a record file fails, and the first
//! commit to the ledger ends the process. What can happen: `exit`, `panic`, `enospc`, `eio`, `short` (half of a write,
//! then no room), `delay`. `@3` is the third time, `@3+` that and every later one; without either, the first.

use std::io;

use crate::model::SourcePath;

/// A step that can be made to fail. Costs nothing where faults are not compiled in.
pub fn point(step: &'static str) -> io::Result<()> {
    #[cfg(any(debug_assertions, feature = "fail-points"))]
    on_demand::strike(step)?;
    let _ = step;
    Ok(())
}

/// The same for a write, of which a part may be carried out before it fails.
pub fn part<'b>(step: &'static str, bytes: &'b [u8]) -> io::Result<&'b [u8]> {
    #[cfg(any(debug_assertions, feature = "fail-points"))]
    if on_demand::strike(step)? {
        return Ok(bytes.get(..bytes.len().div_ceil(2)).unwrap_or(bytes));
    }
    let _ = step;
    Ok(bytes)
}

/// Strikes while an article is being worked on: its step is `article:` and its path.
pub fn article(path: Option<&SourcePath>) {
    #[cfg(any(debug_assertions, feature = "fail-points"))]
    if let Some(path) = path
        && on_demand::are_any()
    {
        // A stage that fails for want of room is none that there is.
        let _ = on_demand::strike(&format!("article:{}", path.lossy().0));
    }
    let _ = path;
}

#[cfg(any(debug_assertions, feature = "fail-points"))]
mod on_demand {
    use std::io;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    /// How a process ends at a step: like a kill, without another word.
    const EXIT: i32 = 137;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) enum Kind {
        Exit,
        Panic,
        Full,
        Broken,
        Short,
        Delay,
    }

    #[derive(Debug)]
    pub(super) struct Fault {
        step: String,
        kind: Kind,
        /// Which time it strikes, counted from 1.
        time: u64,
        and_later: bool,
        passed: AtomicU64,
    }

    static FAULTS: OnceLock<Vec<Fault>> = OnceLock::new();

    fn faults() -> &'static [Fault] {
        FAULTS.get_or_init(|| {
            let asked = std::env::var("COPYDESK_FAULTS").unwrap_or_default();
            parse(&asked).unwrap_or_else(|wrong| panic!("COPYDESK_FAULTS: {wrong:?} is no fault"))
        })
    }

    pub(super) fn are_any() -> bool {
        !faults().is_empty()
    }

    /// True where a write is to be cut short.
    pub(super) fn strike(step: &str) -> io::Result<bool> {
        for fault in faults().iter().filter(|fault| fault.step == step) {
            let time = fault.passed.fetch_add(1, Ordering::Relaxed) + 1;
            // A short write is followed by a failing one, as on a full disk.
            let is_second_half = fault.kind == Kind::Short && time == fault.time + 1;
            if time != fault.time && !(fault.and_later && time > fault.time) && !is_second_half {
                continue;
            }
            // Whoever asks for faults wants to know that they were met.
            eprintln!("fault: {} {:?}", fault.step, fault.kind);
            match fault.kind {
                // Not `abort`: nothing is to be said, and no core to be left.
                Kind::Exit => std::process::exit(EXIT),
                Kind::Panic => panic!("a fault was asked for at {step}"),
                Kind::Short if !is_second_half => return Ok(true),
                Kind::Full | Kind::Short => return Err(io::Error::from_raw_os_error(libc::ENOSPC)),
                Kind::Broken => return Err(io::Error::from_raw_os_error(libc::EIO)),
                Kind::Delay => std::thread::sleep(Duration::from_millis(300)),
            }
        }
        Ok(false)
    }

    pub(super) fn parse(asked: &str) -> Result<Vec<Fault>, String> {
        asked.split(',').map(str::trim).filter(|one| !one.is_empty()).map(|one| parse_one(one).ok_or_else(|| one.to_owned())).collect()
    }

    fn parse_one(one: &str) -> Option<Fault> {
        let (step, what) = one.split_once('=')?;
        let (kind, time) = what.split_once('@').unwrap_or((what, "1"));
        let and_later = time.ends_with('+');
        let kind = match kind {
            "exit" => Kind::Exit,
            "panic" => Kind::Panic,
            "enospc" => Kind::Full,
            "eio" => Kind::Broken,
            "short" => Kind::Short,
            "delay" => Kind::Delay,
            _ => return None,
        };
        Some(Fault { step: step.to_owned(), kind, time: time.trim_end_matches('+').parse().ok()?, and_later, passed: AtomicU64::new(0) })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn faults_are_asked_for_by_step_kind_and_time() {
            let faults = parse("segment.sync=eio@3, ledger.commit=exit,segment.write=enospc@2+").unwrap();
            let read: Vec<_> = faults.iter().map(|fault| (fault.step.as_str(), fault.kind, fault.time, fault.and_later)).collect();
            let expected =
                [("segment.sync", Kind::Broken, 3, false), ("ledger.commit", Kind::Exit, 1, false), ("segment.write", Kind::Full, 2, true)];
            assert_eq!(read, expected);
            assert_eq!(parse("").unwrap().len(), 0);
            for wrong in ["segment.sync", "segment.sync=burn", "segment.sync=eio@x"] {
                assert_eq!(parse(wrong).unwrap_err(), wrong);
            }
        }
    }
}
