//! Whether a daemon moves: how long nothing has gone on although something waits.

use std::time::{Duration, Instant};

use super::Line;

/// When the line and the source before it last took a step. To be looked at every second or so.
#[derive(Debug)]
pub struct Pace {
    line: Stepped,
    source: Stepped,
}

#[derive(Debug)]
struct Stepped {
    at: Instant,
    /// How many steps there had been by then.
    steps: u64,
}

impl Stepped {
    fn look(&mut self, steps: u64, has_nothing_to_do: bool, now: Instant) {
        if self.steps != steps || has_nothing_to_do {
            *self = Self { at: now, steps };
        }
    }
}

/// Without a step for so long, though there is something to do, it is stuck; a document may take its time first.
const STUCK: Duration = Duration::from_secs(60);

impl Pace {
    /// How long it may stand still before it has to be started anew, where a document may be parsed for so long.
    pub fn patience(parse_timeout: Duration) -> Duration {
        STUCK.max(parse_timeout * 2)
    }

    pub fn new(now: Instant) -> Self {
        Self { line: Stepped { at: now, steps: 0 }, source: Stepped { at: now, steps: 0 } }
    }

    /// Looks once more, and gives for how long nothing has moved although something waits. `turns` are the source's: it
    /// takes them for as long as it runs, whether it finds anything or not, unless the line lets it wait.
    pub fn look(&mut self, line: &Line, turns: u64, now: Instant) -> Duration {
        // A full disk is no fault of the process, and recovery takes as long as there is to recover.
        let is_excused = line.full_for().is_some() || !line.is_recovered();
        let is_empty = line.in_flight() == 0;
        self.line.look(line.steps(), is_excused || is_empty, now);
        // A source that waits for a line in which something waits is not to be told apart from that line.
        self.source.look(turns, is_excused || !is_empty, now);
        self.still(now)
    }

    /// As the last look left it.
    pub fn still(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.line.at.min(self.source.at))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;
    use crate::model::Stage;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_line_that_holds_articles_and_passes_none_on_stands_still() {
        let (line, begun) = (Line::default(), Instant::now());
        line.ledger_is_open();
        let mut pace = Pace::new(begun);
        assert_eq!(pace.look(&line, 1, begun + MINUTE), Duration::ZERO, "nothing waits, and the source turns");
        line.send(Stage::Parse, 2);
        assert_eq!(pace.look(&line, 1, begun + 2 * MINUTE), MINUTE);
        line.receive(Stage::Parse, 2);
        line.pass_on(Stage::Parse, 1, 1, 0);
        assert_eq!(pace.look(&line, 1, begun + 3 * MINUTE), Duration::ZERO, "an article was passed on");
        line.disk_is_full();
        assert_eq!(pace.look(&line, 1, begun + 9 * MINUTE), Duration::ZERO, "a full disk is nobody's fault");
        line.disk_has_room();
        assert_eq!(pace.look(&line, 1, begun + 10 * MINUTE), MINUTE);
    }

    #[test]
    fn a_source_that_takes_no_turn_stands_still_unless_the_line_lets_it_wait() {
        let (line, begun) = (Line::default(), Instant::now());
        let mut pace = Pace::new(begun);
        assert_eq!(pace.look(&line, 0, begun + MINUTE), Duration::ZERO, "what an earlier run left is being recovered");
        line.ledger_is_open();
        assert_eq!(pace.look(&line, 0, begun + 2 * MINUTE), MINUTE);
        assert_eq!(pace.look(&line, 1, begun + 3 * MINUTE), Duration::ZERO);
        line.send(Stage::Parse, 1);
        line.stage(Stage::Parse).unwrap().passed.fetch_add(1, Ordering::Relaxed);
        assert_eq!(pace.look(&line, 1, begun + 4 * MINUTE), Duration::ZERO, "it waits for the line, which moves");
    }
}
