use crate::formation::{Formation, READABLE, Source, TextStyle, readability, readable_count, spread_picture};

/// How well a formation shows its text or drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// 0 to 1.
    pub score: f64,
    /// Count that would do, where text is below the bar.
    pub count_needed: Option<usize>,
    /// Score of the same count as single strokes, where text of another style is below the bar and strokes are not.
    pub as_strokes: Option<f64>,
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
        if !is_text || score >= READABLE {
            return Some(Self { score, count_needed: None, as_strokes: None });
        }
        let count_needed = readable_count(source, count + count.div_ceil(4), seed).ok().flatten();
        Some(Self { score, count_needed, as_strokes: as_strokes(source, count, seed) })
    }
}

fn as_strokes(source: &Source, count: usize, seed: u64) -> Option<f64> {
    let mut drawn = source.clone();
    let Source::Text { style, .. } = &mut drawn else { return None };
    if std::mem::replace(style, TextStyle::Stroke) == TextStyle::Stroke {
        return None;
    }
    let points = spread_picture(&drawn, count, seed).ok()?.points;
    readability(&drawn, &points).ok().filter(|score| *score >= READABLE)
}
