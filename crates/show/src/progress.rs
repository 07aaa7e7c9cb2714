/// Told by long computations how far they are and what a person should know. Libraries never print.
pub trait Reporter: Sync {
    /// A phase begins that has `total` steps (0: unknown). It ends when the next one begins.
    fn phase(&self, name: &str, total: u64);
    /// Within the current phase a part of this name begins; the count of steps goes on. Nothing by default.
    fn part(&self, _name: &str) {}
    /// `steps` more steps of the current phase are done.
    fn advance(&self, steps: u64);
    /// Something a person should know, though it is no error.
    fn warn(&self, message: &str);
    /// What was done, where a person may ask; nothing is wrong. Nothing by default.
    fn note(&self, _message: &str) {}
    /// Is the result still asked for? Long computations ask now and then, and end early if it is not. Yes by default.
    fn go_on(&self) -> bool {
        true
    }
}

/// A reporter that does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn phase(&self, _name: &str, _total: u64) {}
    fn advance(&self, _steps: u64) {}
    fn warn(&self, _message: &str) {}
}
