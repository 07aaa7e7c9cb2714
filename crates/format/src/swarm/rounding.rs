use crate::swarm::notes::Notes;
use crate::text::number::WHOLE_MS_TOLERANCE;

/// What rounding times to whole milliseconds did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rounding {
    /// Times that were not whole.
    pub count: usize,
    /// Farthest that one was moved, milliseconds.
    pub worst_ms: f64,
}

impl Rounding {
    pub fn add(&mut self, off_ms: f64) {
        if off_ms > WHOLE_MS_TOLERANCE {
            self.count += 1;
            self.worst_ms = self.worst_ms.max(off_ms);
        }
    }

    pub fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.worst_ms = self.worst_ms.max(other.worst_ms);
    }

    /// The note that goes with it, if anything was rounded; and the figure that the proof charges.
    pub fn note(&self, notes: &mut Notes) {
        notes.time_error_ms = self.worst_ms;
        if self.count > 0 {
            let text = match self.count {
                1 => "1 time is no whole millisecond and was rounded".to_owned(),
                count => format!("{count} times are no whole milliseconds and were rounded"),
            };
            notes.add(format!("{text}, by {:.3} ms at most", self.worst_ms));
        }
    }
}
