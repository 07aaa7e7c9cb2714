use crate::formation::{Formation, READABLE, Source, readability, readable_count};

/// How well a formation shows its text or drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// 0 to 1.
    pub score: f64,
    /// Count that would do, where text is below the bar.
    pub count_needed: Option<usize>,
}

impl Reading {
    /// `None` for sources that are no pictures.
    pub fn of(source: &Source, count: usize, seed: u64, formation: &Formation) -> Option<Self> {
        let is_text = match source {
            Source::Text { .. } => true,
            Source::Svg { .. } => false,
            _ => return None,
        };
        let score = readability(source, &formation.points).ok()?;
        let more = || readable_count(source, count + count.div_ceil(4), seed).ok().flatten();
        Some(Self { score, count_needed: if is_text && score < READABLE { more() } else { None } })
    }
}
