//! What a script is warned of.

use std::sync::Mutex;

use kapok_show::Reporter;

/// Keeps every warning, in order.
#[derive(Default)]
pub struct Listener(Mutex<Vec<String>>);

impl Listener {
    pub fn warnings(self) -> Vec<String> {
        self.0.into_inner().unwrap()
    }
}

impl Reporter for Listener {
    fn phase(&self, _name: &str, _total: u64) {}
    fn advance(&self, _steps: u64) {}
    fn warn(&self, message: &str) {
        self.0.lock().unwrap().push(message.to_owned());
    }
}
