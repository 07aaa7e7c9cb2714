use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use kapok_show::Reporter;

/// Progress on stderr: phase name, bar, share and time left. On anything but a terminal only warnings are printed.
pub struct Terminal {
    current: Mutex<Option<ProgressBar>>,
}

impl Terminal {
    /// A reporter with no phase yet.
    pub const fn new() -> Self {
        Self { current: Mutex::new(None) }
    }

    /// Removes the bar of the last phase.
    pub fn finish(&self) {
        self.replace(None);
    }

    fn replace(&self, bar: Option<ProgressBar>) {
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(old) = current.take() {
            old.finish_and_clear();
        }
        *current = bar;
    }
}

impl Reporter for Terminal {
    fn phase(&self, name: &str, total: u64) {
        let (bar, template) = if total == 0 {
            (ProgressBar::new_spinner(), "{spinner} {msg}  {elapsed}")
        } else {
            (ProgressBar::new(total), "{spinner} {bar:32} {percent:>3} %  {eta:>3} left  {msg}")
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        bar.set_message(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        self.replace(Some(bar));
    }

    fn part(&self, name: &str) {
        let current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(bar) = &*current {
            bar.set_message(name.to_owned());
        }
    }

    fn advance(&self, steps: u64) {
        let current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(bar) = &*current {
            bar.inc(steps);
        }
    }

    fn warn(&self, message: &str) {
        let current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let print = || eprintln!("warning: {message}");
        match &*current {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}
