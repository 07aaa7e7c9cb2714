use kapok_show::DVec3;

/// Most cells of a grid per side; beyond, cells grow and hold more points.
const MAX_SIDE: usize = 1 << 10;

/// A uniform grid of buckets over points, for searches within a radius of about one cell.
pub struct BucketGrid {
    min: DVec3,
    cell_m: f64,
    size: [usize; 3],
    /// Points of bucket b are `order[start[b]..start[b + 1]]`, ascending.
    start: Vec<u32>,
    order: Vec<u32>,
}

impl BucketGrid {
    /// Buckets of side `cell_m` (or larger, so that there are at most a few per point).
    pub fn new(points: &[DVec3], cell_m: f64) -> Self {
        let mut min = points.first().copied().unwrap_or_default();
        let mut max = min;
        for &p in points {
            min = min.min(p);
            max = max.max(p);
        }
        let extent = max - min;
        let mut cell_m = cell_m.max(extent.max_element() / MAX_SIDE as f64).max(f64::MIN_POSITIVE);
        let most = 4 * points.len() + 64;
        let sides = |cell_m: f64| extent.to_array().map(|e| (e / cell_m) as usize + 1);
        while sides(cell_m).iter().product::<usize>() > most {
            cell_m *= 1.5;
        }
        let size = sides(cell_m);
        let mut grid = Self { min, cell_m, size, start: vec![0; size.iter().product::<usize>() + 1], order: vec![] };
        for &p in points {
            let b = grid.bucket(grid.cell(p));
            grid.start[b + 1] += 1;
        }
        for b in 1..grid.start.len() {
            grid.start[b] += grid.start[b - 1];
        }
        let mut next = grid.start.clone();
        grid.order = vec![0; points.len()];
        for (i, &p) in points.iter().enumerate() {
            let b = grid.bucket(grid.cell(p));
            grid.order[next[b] as usize] = i as u32;
            next[b] += 1;
        }
        grid
    }

    fn cell(&self, p: DVec3) -> [usize; 3] {
        let c = (p - self.min) / self.cell_m;
        let at = |value: f64, size: usize| (value.max(0.0) as usize).min(size - 1);
        [at(c.x, self.size[0]), at(c.y, self.size[1]), at(c.z, self.size[2])]
    }

    fn bucket(&self, [x, y, z]: [usize; 3]) -> usize {
        (z * self.size[1] + y) * self.size[0] + x
    }

    /// Calls `visit` for every point whose bucket meets the cube of half side `radius_m` around `p`.
    #[inline]
    pub fn near(&self, p: DVec3, radius_m: f64, mut visit: impl FnMut(usize)) {
        let radius = DVec3::splat(radius_m);
        let (low, high) = (self.cell(p - radius), self.cell(p + radius));
        for z in low[2]..=high[2] {
            for y in low[1]..=high[1] {
                let row = self.bucket([0, y, z]);
                let (from, to) = (self.start[row + low[0]], self.start[row + high[0] + 1]);
                for &i in &self.order[from as usize..to as usize] {
                    visit(i as usize);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Nothing within the radius is left out, nothing is named twice, and all that is named lies in touching buckets.
        #[test]
        fn all_within_the_radius_are_visited(
            raw in prop::collection::vec(prop::array::uniform3(-9.0..9.0f64), 1..90), place in prop::array::uniform3(-12.0..12.0f64),
            cell in 0.05..6.0f64, radius in 0.0..6.0f64,
        ) {
            let points: Vec<DVec3> = raw.into_iter().map(DVec3::from_array).collect();
            let place = DVec3::from_array(place);
            let mut seen = Vec::new();
            BucketGrid::new(&points, cell).near(place, radius, |i| seen.push(i));
            let visited = seen.len();
            seen.sort_unstable();
            seen.dedup();
            prop_assert_eq!(seen.len(), visited);
            for (i, p) in points.iter().enumerate() {
                prop_assert!(p.distance(place) > radius || seen.contains(&i), "{i}");
            }
        }
    }

    #[test]
    fn no_points_are_no_trouble() {
        BucketGrid::new(&[], 1.0).near(DVec3::ZERO, 9.0, |_| panic!("there is none"));
    }
}
