use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use kapok_jobs::Phase;
use kapok_show::Reporter;

use crate::progress::Terminal;

/// Passes progress on to the terminal and takes the time of each phase.
pub struct Stopwatch {
    terminal: Terminal,
    state: Mutex<Option<(String, Instant)>>,
    done: Mutex<Vec<Phase>>,
}

impl Stopwatch {
    /// Before the first phase.
    pub const fn new() -> Self {
        Self { terminal: Terminal::new(), state: Mutex::new(None), done: Mutex::new(Vec::new()) }
    }

    /// Ends the current phase and begins the next.
    #[allow(clippy::disallowed_methods, reason = "the times are what is asked for; no plan depends on them")]
    fn turn(&self, next: Option<&str>) {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((name, since)) = state.take() {
            let seconds = now.duration_since(since).as_secs_f64();
            match done.iter_mut().find(|p| p.name == name) {
                Some(phase) => phase.seconds += seconds,
                None => done.push(Phase { name, seconds }),
            }
        }
        *state = next.map(|name| (name.to_owned(), now));
    }

    /// The phases in the order of their first beginning.
    pub fn finish(&self) -> Vec<Phase> {
        self.turn(None);
        self.terminal.finish();
        self.done.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Reporter for Stopwatch {
    fn phase(&self, name: &str, total: u64) {
        self.turn(Some(name.strip_prefix("start → goal: ").unwrap_or(name)));
        self.terminal.phase(name, total);
    }

    fn advance(&self, steps: u64) {
        self.terminal.advance(steps);
    }

    fn warn(&self, message: &str) {
        self.terminal.warn(message);
    }

    fn note(&self, message: &str) {
        self.terminal.note(message);
    }
}
