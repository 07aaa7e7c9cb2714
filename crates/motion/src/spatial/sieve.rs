use kapok_show::DVec3;

use super::growing_grid::GrowingGrid;
use crate::metric::Metric;

/// A set of points that keep a distance: takes a point only if it is far enough from all it holds.
///
/// ```
/// use kapok_motion::{Metric, spatial::Sieve};
/// use kapok_show::DVec3;
/// let mut sieve = Sieve::new(Metric::PLAIN, 1.5);
/// let kept: Vec<bool> = (0..4).map(|k| sieve.offer(DVec3::X * f64::from(k))).collect();
/// assert_eq!(kept, [true, false, true, false]);
/// ```
pub struct Sieve {
    metric: Metric,
    spacing_m: f64,
    held: GrowingGrid,
}

impl Sieve {
    /// An empty sieve; `spacing_m` above 0.
    pub fn new(metric: Metric, spacing_m: f64) -> Self {
        Self { metric, spacing_m, held: GrowingGrid::new(spacing_m) }
    }

    /// Adds a point whatever its distances.
    pub fn insert(&mut self, p_m: DVec3) {
        self.held.insert(self.metric.flatten(p_m));
    }

    /// The nearest held point that is closer than the spacing, with its distance; ties go to the one held longer.
    pub fn nearest_too_close(&self, p_m: DVec3) -> Option<(usize, f64)> {
        let found = self.held.within(self.metric.flatten(p_m), self.spacing_m);
        found.min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)))
    }

    /// Adds the point if it keeps the spacing; says whether it did.
    pub fn offer(&mut self, p_m: DVec3) -> bool {
        let fits = self.nearest_too_close(p_m).is_none();
        if fits {
            self.insert(p_m);
        }
        fits
    }
}

/// The closest pair of points (indices, first one smaller) among those closer than `below_m`, with its distance.
///
/// # Complexity
/// O(n log n) time where few points share a cell, O(n) memory whatever they do.
pub fn closest_pair_below(points_m: &[DVec3], metric: Metric, below_m: f64) -> Option<(usize, usize, f64)> {
    let mut sieve = Sieve::new(metric, below_m);
    let mut best: Option<(usize, usize, f64)> = None;
    for (index, &p_m) in points_m.iter().enumerate() {
        if let Some((other, distance_m)) = sieve.nearest_too_close(p_m)
            && best.is_none_or(|(_, _, least_m)| distance_m < least_m)
        {
            best = Some((other, index, distance_m));
        }
        sieve.insert(p_m);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_closest_pair_is_that_of_all_pairs(
            raw in prop::collection::vec(prop::array::uniform3(-4.0..4.0f64), 0..60), scale in 1.0..4.0f64,
        ) {
            let metric = Metric { downwash_scale: scale };
            let points: Vec<DVec3> = raw.into_iter().map(DVec3::from_array).collect();
            let mut truth: Option<(usize, usize, f64)> = None;
            for j in 0..points.len() {
                for i in 0..j {
                    let d = (metric.flatten(points[i]) - metric.flatten(points[j])).length();
                    if d < 1.5 && truth.is_none_or(|t| d < t.2) {
                        truth = Some((i, j, d));
                    }
                }
            }
            prop_assert_eq!(closest_pair_below(&points, metric, 1.5), truth);
        }
    }

    #[test]
    fn downwash_makes_points_above_each_other_closer() {
        let metric = Metric { downwash_scale: 2.0 };
        let column = [DVec3::ZERO, DVec3::new(0.0, 0.0, 2.0)];
        assert_eq!(closest_pair_below(&column, metric, 1.5), Some((0, 1, 1.0)));
        let row = [DVec3::ZERO, DVec3::new(2.0, 0.0, 0.0)];
        assert_eq!(closest_pair_below(&row, metric, 1.5), None);
    }
}
