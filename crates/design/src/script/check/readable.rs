//! Will a scene's text and drawings be read?

use super::super::document::Path;
use super::checker::Checker;
use super::formation::Job;
use crate::formation::{READABLE, Source};
use crate::reading::Reading;

impl Checker<'_> {
    /// Warns of text that is hard to read, with the count that would do, and with single strokes if they would.
    pub(super) fn warn_of_reading(&mut self, path: &Path, reading: &Reading, job: &Job) {
        let Source::Text { text, .. } = &job.source else { return };
        if reading.score >= READABLE {
            return;
        }
        let text: String = text.chars().take(40).collect();
        let remedy = match reading.count_needed {
            Some(count) => format!("{count} vehicles would do, in a larger size if they do not fit"),
            None => "fewer or simpler letters would do".to_owned(),
        };
        let strokes = match reading.as_strokes {
            Some(score) => format!("; style = \"stroke\", one row a stroke, would be read with these ({score:.2})"),
            None => String::new(),
        };
        let message = format!(
            "{text:?} is hard to read with {} vehicles: {:.2} of 1, from {READABLE} on it is read; {remedy}{strokes}",
            job.count, reading.score
        );
        self.warn(&path.key("text"), message);
    }
}
