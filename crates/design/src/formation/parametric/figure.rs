//! What every figure with a formula has.

use kapok_show::DVec3;

use crate::formation::point::SourcePoint;

/// A figure that says by formula where its points are.
pub trait Figure {
    /// Exactly `count` points, as far apart as the figure can bring them; `None` if it has not so many places.
    fn points(&self, count: usize) -> Option<Vec<SourcePoint>>;
}

/// A point without colour.
pub fn plain(position_m: DVec3, u: f64, v: f64, group: usize) -> SourcePoint {
    SourcePoint { position_m, colour: None, u: u.clamp(0.0, 1.0), v: v.clamp(0.0, 1.0), group: group as u32 }
}

/// `count` cut into `parts` whole numbers that differ by at most one, the larger ones spread evenly.
pub fn equal_parts(count: usize, parts: usize) -> Vec<usize> {
    (0..parts).map(|k| (k + 1) * count / parts - k * count / parts).collect()
}

/// Share k / (n − 1) of the way, the middle for a single one.
pub fn share(k: usize, n: usize) -> f64 {
    if n > 1 { k as f64 / (n - 1) as f64 } else { 0.5 }
}
