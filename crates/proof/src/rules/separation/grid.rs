/// A ball that holds all of a vehicle's motion in a slab.
#[derive(Clone, Copy, Debug)]
pub struct Ball {
    pub centre: [f64; 3],
    pub radius: f64,
}

/// Balls sorted by the cell of a uniform grid that their centre is in.
///
/// # Guarantees
/// [`Grid::pairs`] visits every pair of balls that come closer than `reach`, each once: cells are at least `reach` plus
/// twice the largest radius wide, so such a pair is in the same cell or in neighbouring ones.
///
/// # Complexity
/// Linear but for the sort, which finds the order of the slab before nearly right.
#[derive(Debug, Default)]
pub struct Grid {
    reach: f64,
    cells: Vec<(u64, u32)>,
    x: Vec<[f64; 4]>,
}

const ROW: u64 = 1 << 21;
const LAYER: u64 = 1 << 42;

impl Grid {
    pub fn fill(&mut self, balls: impl ExactSizeIterator<Item = Ball> + Clone, reach: f64) {
        let (mut low, mut high, mut radius) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3], 0.0f64);
        for b in balls.clone() {
            radius = radius.max(b.radius);
            for k in 0..3 {
                low[k] = low[k].min(b.centre[k]);
                high[k] = high[k].max(b.centre[k]);
            }
        }
        let extent = (0..3).map(|k| high[k] - low[k]).fold(0.0, f64::max);
        // A little wider than needed, for rounding; and never more than 2^20 cells along an axis.
        let cell = ((reach + 2.0 * radius) * (1.0 + 1e-9)).max(extent / f64::from(1 << 20)).max(1e-9);
        self.reach = reach;
        let key = |b: &Ball| {
            let [x, y, z] = [0, 1, 2].map(|k| ((b.centre[k] - low[k]) / cell) as u64 + 1);
            z * LAYER + y * ROW + x
        };
        if self.cells.len() != balls.len() {
            self.cells = (0..balls.len() as u32).map(|i| (0, i)).collect();
        }
        self.x.clear();
        self.x.extend(balls.map(|b| [b.centre[0], b.centre[1], b.centre[2], b.radius]));
        for (k, i) in &mut self.cells {
            let [x, y, z, radius] = self.x[*i as usize];
            *k = key(&Ball { centre: [x, y, z], radius });
        }
        self.cells.sort_unstable();
        let sorted: Vec<[f64; 4]> = self.cells.iter().map(|&(_, i)| self.x[i as usize]).collect();
        self.x = sorted;
    }

    /// Visits pairs until told to stop by `false`.
    pub fn pairs(&self, mut visit: impl FnMut(u32, u32) -> bool) {
        let n = self.cells.len();
        // In each of four rows the cells to look at move forward only, so one pointer per row suffices.
        let rows = [ROW, LAYER - ROW, LAYER, LAYER + ROW];
        let mut from = [0usize; 4];
        for i in 0..n {
            let (key, index) = self.cells[i];
            let mut look = |j: usize| {
                let ([ax, ay, az, ar], [bx, by, bz, br]) = (self.x[i], self.x[j]);
                let (dx, dy, dz, r) = (ax - bx, ay - by, az - bz, self.reach + ar + br);
                dx * dx + dy * dy + dz * dz > r * r || visit(index, self.cells[j].1)
            };
            for j in i + 1..n {
                if self.cells[j].0 > key + 1 {
                    break;
                }
                if !look(j) {
                    return;
                }
            }
            for (row, start) in rows.iter().zip(&mut from) {
                while *start < n && self.cells[*start].0 < key + row - 1 {
                    *start += 1;
                }
                for j in *start..n {
                    if self.cells[j].0 > key + row + 1 {
                        break;
                    }
                    if !look(j) {
                        return;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// The same pairs as looking at all of them, each once.
        #[test]
        fn finds_every_close_pair(
            balls in prop::collection::vec((prop::array::uniform3(-20.0..20.0f64), 0.0..1.0f64), 2..120),
            reach in 0.1..6.0f64,
        ) {
            let balls: Vec<Ball> = balls.into_iter().map(|(centre, radius)| Ball { centre, radius }).collect();
            let mut grid = Grid::default();
            grid.fill(balls.iter().copied(), reach);
            let mut seen = Vec::new();
            grid.pairs(|i, j| { seen.push((i.min(j), i.max(j))); true });
            let set: BTreeSet<_> = seen.iter().copied().collect();
            prop_assert_eq!(set.len(), seen.len());
            for i in 0..balls.len() {
                for j in i + 1..balls.len() {
                    let d2: f64 = (0..3).map(|k| (balls[i].centre[k] - balls[j].centre[k]).powi(2)).sum();
                    if d2.sqrt() < reach + balls[i].radius + balls[j].radius - 1e-9 {
                        prop_assert!(set.contains(&(i as u32, j as u32)));
                    }
                }
            }
        }
    }
}
