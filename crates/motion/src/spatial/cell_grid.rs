use kapok_show::DVec3;

use super::kd_tree::KdTree;

/// Bits per axis of a cell's key.
const BITS: u32 = 21;
/// Most cells along an axis; finer grids are made coarser.
const MAX_CELLS: f64 = 2_000_000.0;

/// A uniform grid as a sorted list of cell keys: O(n) memory whatever the extent.
#[derive(Clone, Debug)]
pub struct CellGrid {
    /// (key of the cell, index of the point), sorted.
    entries: Vec<(u64, u32)>,
}

impl CellGrid {
    /// Sorts points into cells of side `cell_m` or, if the extent is too large for that, of a larger side.
    pub fn new(points: &[DVec3], cell_m: f64) -> Self {
        let low = points.iter().fold(DVec3::INFINITY, |m, &p| m.min(p));
        let high = points.iter().fold(DVec3::NEG_INFINITY, |m, &p| m.max(p));
        let cell = cell_m.max((high - low).max_element() / MAX_CELLS).max(f64::MIN_POSITIVE);
        let axis = |v: f64| ((v / cell) as u64).min((1 << BITS) - 3) + 1;
        let mut entries: Vec<(u64, u32)> = points
            .iter()
            .enumerate()
            .map(|(i, &p)| {
                let c = p - low;
                ((axis(c.x) << (2 * BITS)) | (axis(c.y) << BITS) | axis(c.z), i as u32)
            })
            .collect();
        entries.sort_unstable();
        Self { entries }
    }

    /// Visits every pair of points in the same or in touching cells once: all pairs closer than the cell side are
    /// among them. Order is fixed by the points alone.
    pub fn for_pairs(&self, mut visit: impl FnMut(usize, usize)) {
        // The rows of cells after the own row; the key's last axis makes three cells of a row neighbours in the list.
        let rows: [u64; 4] =
            [1 << BITS, (1 << (2 * BITS)) - (1 << BITS), 1 << (2 * BITS), (1 << (2 * BITS)) + (1 << BITS)];
        let mut cursors = [0usize; 4];
        for (at, &(key, i)) in self.entries.iter().enumerate() {
            for &(other, j) in self.entries[at + 1..].iter().take_while(|e| e.0 <= key + 1) {
                debug_assert!(other >= key);
                visit(i as usize, j as usize);
            }
            for (row, cursor) in rows.iter().zip(&mut cursors) {
                let base = key + row;
                while self.entries.get(*cursor).is_some_and(|e| e.0 < base - 1) {
                    *cursor += 1;
                }
                for &(_, j) in self.entries[*cursor..].iter().take_while(|e| e.0 <= base + 1) {
                    visit(i as usize, j as usize);
                }
            }
        }
    }
}

/// All pairs (i < j) whose distance is below `radius_m`, with the distance, nearest first.
pub fn pairs_within(points: &[DVec3], radius_m: f64) -> Vec<(usize, usize, f64)> {
    let mut found = Vec::new();
    CellGrid::new(points, radius_m).for_pairs(|i, j| {
        let d = points[i].distance(points[j]);
        if d < radius_m {
            found.push((i.min(j), i.max(j), d));
        }
    });
    found.sort_by(|a, b| a.2.total_cmp(&b.2).then((a.0, a.1).cmp(&(b.0, b.1))));
    found
}

/// The points closer than `radius_m` to each point, as the graphs of [`colouring`](crate::colouring); the nearest pairs first.
pub fn neighbours_within(points: &[DVec3], radius_m: f64) -> Vec<Vec<u32>> {
    let mut near = vec![Vec::new(); points.len()];
    for (i, j, _) in pairs_within(points, radius_m) {
        near[i].push(j as u32);
        near[j].push(i as u32);
    }
    near
}

/// The closest pair and its distance, of equal ones the first by indices; `None` for fewer than two points.
///
/// ```
/// use kapok_motion::spatial::closest_pair;
/// use kapok_show::DVec3;
/// let row = [DVec3::ZERO, DVec3::X * 5.0, DVec3::X * 7.0];
/// assert_eq!(closest_pair(&row), Some((1, 2, 2.0)));
/// ```
pub fn closest_pair(points: &[DVec3]) -> Option<(usize, usize, f64)> {
    if points.len() < 2 {
        return None;
    }
    // Neighbours in a k-d tree's leaf order are near each other: their least distance bounds the answer from above.
    let tree = KdTree::new(points);
    let near = tree.points().windows(2).map(|w| w[0].distance(w[1])).fold(f64::INFINITY, f64::min);
    let mut best: Option<(usize, usize, f64)> = None;
    CellGrid::new(points, near * (1.0 + 1e-9)).for_pairs(|i, j| {
        let (i, j) = (i.min(j), i.max(j));
        let d = points[i].distance(points[j]);
        if best.is_none_or(|(a, b, m)| (d, i, j) < (m, a, b)) {
            best = Some((i, j, d));
        }
    });
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_all_pairs_and_the_closest(
            raw in prop::collection::vec((-9.0..9.0f64, -9.0..9.0f64, -2.0..2.0f64), 2..90),
            radius in 0.1..6.0f64,
        ) {
            let points: Vec<DVec3> = raw.iter().map(|&(x, y, z)| DVec3::new(x, y, z)).collect();
            let mut expected = Vec::new();
            for i in 0..points.len() {
                for j in i + 1..points.len() {
                    expected.push((i, j, points[i].distance(points[j])));
                }
            }
            expected.sort_by(|a, b| a.2.total_cmp(&b.2).then((a.0, a.1).cmp(&(b.0, b.1))));
            prop_assert_eq!(closest_pair(&points), Some(expected[0]));
            expected.retain(|p| p.2 < radius);
            prop_assert_eq!(&pairs_within(&points, radius), &expected);
            for (i, near) in neighbours_within(&points, radius).into_iter().enumerate() {
                let of = |p: &(usize, usize, f64)| (p.0 == i).then_some(p.1).or((p.1 == i).then_some(p.0));
                prop_assert_eq!(near, expected.iter().filter_map(of).map(|j| j as u32).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn coincident_and_far_points_are_no_trouble() {
        let points = [DVec3::ZERO, DVec3::ZERO, DVec3::splat(1e7)];
        assert_eq!(closest_pair(&points), Some((0, 1, 0.0)));
        assert_eq!(pairs_within(&points, 1e-6), vec![(0, 1, 0.0)]);
        assert_eq!(closest_pair(&points[..1]), None);
    }
}
