use std::collections::BTreeMap;

use kapok_show::DVec3;

/// Points added one by one, by the cells of a cube lattice.
#[derive(Clone, Debug)]
pub struct GrowingGrid {
    cell_m: f64,
    points: Vec<DVec3>,
    cells: BTreeMap<[i64; 3], Vec<u32>>,
}

impl GrowingGrid {
    /// Empty; `cell_m`, above 0, is the largest radius that will be asked for.
    pub fn new(cell_m: f64) -> Self {
        Self { cell_m, points: Vec::new(), cells: BTreeMap::new() }
    }

    /// All of these; their indices are those of the slice.
    pub fn of(points: &[DVec3], cell_m: f64) -> Self {
        let mut grid = Self::new(cell_m);
        for &p in points {
            grid.insert(p);
        }
        grid
    }

    /// Adds a point; its index is the number of points before it.
    pub fn insert(&mut self, p: DVec3) {
        self.cells.entry(self.cell(p)).or_default().push(self.points.len() as u32);
        self.points.push(p);
    }

    fn cell(&self, p: DVec3) -> [i64; 3] {
        (p / self.cell_m).to_array().map(|c| c.floor() as i64)
    }

    /// Indices and distances of the points closer to a place than `radius`, which is at most the cell's side; in the order of
    /// the cells.
    pub fn within(&self, place: DVec3, radius: f64) -> impl Iterator<Item = (usize, f64)> + '_ {
        let [x, y, z] = self.cell(place);
        let around = |c: i64| c.saturating_sub(1)..=c.saturating_add(1);
        around(x)
            .flat_map(move |i| around(y).map(move |j| (i, j)))
            .flat_map(move |(i, j)| self.cells.range([i, j, z.saturating_sub(1)]..=[i, j, z.saturating_add(1)]))
            .flat_map(|(_, list)| list)
            .map(move |&i| (i as usize, (self.points[i as usize] - place).length()))
            .filter(move |&(_, distance)| distance < radius)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_full_scan_finds(
            raw in prop::collection::vec(prop::array::uniform3(-9.0..9.0f64), 0..90), place in prop::array::uniform3(-9.0..9.0f64),
            cell in 0.1..5.0f64, share in 0.0..=1.0f64,
        ) {
            let points: Vec<DVec3> = raw.into_iter().map(DVec3::from_array).collect();
            let (place, radius) = (DVec3::from_array(place), cell * share);
            let mut found: Vec<(usize, f64)> = GrowingGrid::of(&points, cell).within(place, radius).collect();
            found.sort_by_key(|(i, _)| *i);
            let all = points.iter().map(|p| (*p - place).length()).enumerate();
            prop_assert_eq!(found, all.filter(|(_, d)| *d < radius).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_ends_of_the_world_are_no_trouble() {
        let far = [DVec3::splat(f64::MAX), DVec3::splat(-f64::MAX), DVec3::ZERO];
        let grid = GrowingGrid::of(&far, 1e-3);
        assert_eq!(grid.within(far[0], 1e-3).map(|(i, _)| i).collect::<Vec<_>>(), [0]);
        assert_eq!(grid.within(DVec3::ZERO, 1e-3).collect::<Vec<_>>(), [(2, 0.0)]);
    }
}
