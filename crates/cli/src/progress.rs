use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use kapok_show::{Reporter, printable};

use crate::terminal;

/// Progress on one line of stderr: share of the phase, time since the beginning, name of the phase. On anything but a
/// terminal only warnings are printed.
///
/// How long the rest takes is told only where all steps are alike: phases differ too much to foresee the next from the last.
pub struct Terminal {
    /// The steps of a phase take equally long, and the last phase is nearly all.
    has_equal_steps: bool,
    /// One bar for all phases: two on one terminal would write over each other.
    bar: Mutex<Option<ProgressBar>>,
}

impl Terminal {
    /// A reporter with no phase yet.
    pub const fn new() -> Self {
        Self { has_equal_steps: false, bar: Mutex::new(None) }
    }

    /// The same for work whose steps take equally long: it tells how long the rest takes.
    pub const fn of_equal_steps() -> Self {
        Self { has_equal_steps: true, bar: Mutex::new(None) }
    }

    /// Removes the line.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }

    fn with<T>(&self, use_bar: impl FnOnce(&ProgressBar) -> T) -> Option<T> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(use_bar)
    }

    /// A line above the bar.
    fn say(&self, kind: &str, message: &str) {
        let print = || terminal::complain(&format!("{kind}: {}", printable(message)));
        if self.with(|bar| bar.suspend(print)).is_none() {
            print();
        }
    }
}

/// Whatever ends a command early, its line does not stay.
impl Drop for Terminal {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Reporter for Terminal {
    fn phase(&self, name: &str, total: u64) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        let template = if total == 0 {
            "{spinner} {elapsed:>4}  {wide_msg}"
        } else if self.has_equal_steps {
            "{spinner} {elapsed:>4}  {bar:20} {percent:>3} %  {eta} left  {wide_msg}"
        } else {
            "{spinner} {elapsed:>4}  {bar:20} {percent:>3} %  {wide_msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        bar.set_length(total);
        bar.set_position(0);
        bar.set_message(printable(name).into_owned());
    }

    fn part(&self, name: &str) {
        self.with(|bar| bar.set_message(printable(name).into_owned()));
    }

    fn advance(&self, steps: u64) {
        self.with(|bar| bar.inc(steps));
    }

    fn warn(&self, message: &str) {
        self.say("warning", message);
    }

    fn note(&self, message: &str) {
        self.say("note", message);
    }
}
