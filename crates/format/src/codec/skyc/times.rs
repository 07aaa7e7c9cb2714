use super::parts::Part;
use crate::swarm::notes::Note;
use crate::swarm::rounding::Rounding;
use crate::text::number::millis_from_seconds;
use crate::{ReadBounds, ReadError};

/// Turns the file's seconds into whole milliseconds, and collects what there is to say.
pub(super) struct Times {
    max_time_ms: i64,
    pub rounding: Rounding,
    pub notes: Vec<Note>,
}

impl Times {
    pub fn new(bounds: &ReadBounds) -> Self {
        Self { max_time_ms: bounds.max_time_ms, rounding: Rounding::default(), notes: Vec::new() }
    }

    /// A time of the show.
    pub fn show_time_ms(&mut self, part: &Part, at: impl Fn() -> String, t_s: f64) -> Result<i64, ReadError> {
        let Some((t_ms, off_ms)) = millis_from_seconds(t_s, self.max_time_ms) else {
            return Err(ReadError::BadValue {
                place: part.place_at(&at()),
                value: format!("time {t_s} s"),
                why: "is beyond any show".into(),
                remedy: "times are in seconds, within 24 hours",
            });
        };
        self.rounding.add(off_ms);
        Ok(t_ms)
    }

    /// A duration, which is not negative.
    pub fn duration_ms(&mut self, part: &Part, at: impl Fn() -> String, t_s: f64) -> Result<i64, ReadError> {
        if t_s < 0.0 {
            return Err(ReadError::BadValue {
                place: part.place_at(&at()),
                value: format!("{t_s} s"),
                why: "is no duration".into(),
                remedy: "durations are in seconds, from 0 up",
            });
        }
        self.show_time_ms(part, at, t_s)
    }
}
