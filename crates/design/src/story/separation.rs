use std::collections::BTreeMap;

use kapok_show::{DVec3, Limits};

/// How distances count: plain, but with z divided by the downwash scale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metric {
    pub(crate) downwash_scale: f64,
}

impl Metric {
    pub(crate) fn of(limits: &Limits) -> Self {
        Self { downwash_scale: limits.downwash_scale }
    }

    /// The point in the space where plain distance is the distance that counts.
    fn flatten(self, p_m: DVec3) -> DVec3 {
        DVec3::new(p_m.x, p_m.y, p_m.z / self.downwash_scale)
    }
}

/// A set of points that keep a distance: takes a point only if it is far enough from all it holds.
pub(crate) struct Sieve {
    metric: Metric,
    spacing_m: f64,
    cells: BTreeMap<[i64; 3], Vec<(usize, DVec3)>>,
    count: usize,
}

impl Sieve {
    /// An empty sieve; `spacing_m` above 0.
    pub(crate) fn new(metric: Metric, spacing_m: f64) -> Self {
        Self { metric, spacing_m, cells: BTreeMap::new(), count: 0 }
    }

    fn cell(&self, flat: DVec3) -> [i64; 3] {
        (flat / self.spacing_m).to_array().map(|c| c.floor() as i64)
    }

    /// Adds a point whatever its distances.
    pub(crate) fn insert(&mut self, p_m: DVec3) {
        let flat = self.metric.flatten(p_m);
        self.cells.entry(self.cell(flat)).or_default().push((self.count, flat));
        self.count += 1;
    }

    /// The nearest held point that is closer than the spacing, with its distance; ties go to the one held longer.
    pub(crate) fn nearest_too_close(&self, p_m: DVec3) -> Option<(usize, f64)> {
        let flat = self.metric.flatten(p_m);
        let [x, y, z] = self.cell(flat);
        let mut best: Option<(usize, f64)> = None;
        for dx in -1..=1 {
            for dy in -1..=1 {
                let row = [x.saturating_add(dx), y.saturating_add(dy)];
                let (low, high) = ([row[0], row[1], z.saturating_sub(1)], [row[0], row[1], z.saturating_add(1)]);
                for &(index, held) in self.cells.range(low..=high).flat_map(|(_, held)| held) {
                    let distance = (held - flat).length();
                    if distance < self.spacing_m && best.is_none_or(|(i, d)| (distance, index) < (d, i)) {
                        best = Some((index, distance));
                    }
                }
            }
        }
        best
    }

    /// Adds the point if it keeps the spacing; says whether it did.
    pub(crate) fn offer(&mut self, p_m: DVec3) -> bool {
        let fits = self.nearest_too_close(p_m).is_none();
        if fits {
            self.insert(p_m);
        }
        fits
    }
}

/// The closest pair of points (indices, first one smaller) among those closer than `below_m`, with its distance.
pub(crate) fn closest_pair_below(points_m: &[DVec3], metric: Metric, below_m: f64) -> Option<(usize, usize, f64)> {
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
    use crate::seed;

    #[test]
    fn the_closest_pair_is_that_of_all_pairs() {
        for round in 0..200u64 {
            let metric = Metric { downwash_scale: 1.0 + (round % 3) as f64 };
            let coordinate = |k: u64| seed::unit(seed::mix(round, k)) * 8.0 - 4.0;
            let points: Vec<DVec3> =
                (0..40).map(|i| DVec3::new(coordinate(3 * i), coordinate(3 * i + 1), coordinate(3 * i + 2))).collect();
            let mut truth: Option<(usize, usize, f64)> = None;
            for j in 0..points.len() {
                for i in 0..j {
                    let d = (metric.flatten(points[i]) - metric.flatten(points[j])).length();
                    if d < 1.5 && truth.is_none_or(|t| d < t.2) {
                        truth = Some((i, j, d));
                    }
                }
            }
            assert_eq!(closest_pair_below(&points, metric, 1.5), truth);
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
