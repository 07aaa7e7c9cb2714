//! Temporary files that must not outlive the command, not even one that a signal ends.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

static PATHS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A file or folder that is removed if a signal ends the command while this lives.
pub struct Unfinished(PathBuf);

impl Unfinished {
    pub fn new(path: &Path) -> Self {
        static WATCH: Once = Once::new();
        WATCH.call_once(watch);
        PATHS.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        PATHS.lock().unwrap_or_else(PoisonError::into_inner).retain(|path| *path != self.0);
    }
}

/// From here on the signals that end a command remove what is unfinished first. A file that grows beyond what is allowed
/// is an error of writing, and no signal. Where signals cannot be watched they end the command as ever.
#[cfg(unix)]
fn watch() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    /// `RLIMIT_FSIZE` is exceeded.
    const SIGXFSZ: i32 = 25;
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM, SIGXFSZ]) else { return };
    std::thread::spawn(move || {
        for signal in signals.forever().filter(|&signal| signal != SIGXFSZ) {
            for path in PATHS.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
                let _ = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            }
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
}

#[cfg(not(unix))]
fn watch() {}
