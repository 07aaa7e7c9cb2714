use std::collections::BTreeMap;

use kapok_show::DVec3;

/// Points by cells of a cube lattice, to find those within a radius.
pub(super) struct Near<'a> {
    points: &'a [DVec3],
    cell_m: f64,
    cells: BTreeMap<[i64; 3], Vec<u32>>,
}

impl<'a> Near<'a> {
    /// `radius_m` is the largest that will be asked for.
    pub fn new(points: &'a [DVec3], radius_m: f64) -> Self {
        let mut cells: BTreeMap<[i64; 3], Vec<u32>> = BTreeMap::new();
        // Cells far smaller than the points' extent would only cost memory; a millimetre is the least that matters.
        let cell_m = radius_m.max(1e-3);
        for (index, &p) in (0..).zip(points) {
            cells.entry(cell(p, cell_m)).or_default().push(index);
        }
        Self { points, cell_m, cells }
    }

    /// Indices within `radius_m` of a place, in the order of the cells.
    pub fn within(&self, place: DVec3, radius_m: f64) -> impl Iterator<Item = usize> + '_ {
        let [x, y, z] = cell(place, self.cell_m);
        (x - 1..=x + 1)
            .flat_map(move |i| (y - 1..=y + 1).map(move |j| (i, j)))
            .flat_map(move |(i, j)| self.cells.range([i, j, z - 1]..=[i, j, z + 1]))
            .flat_map(|(_, list)| list.iter().map(|&i| i as usize))
            .filter(move |&i| self.points[i].distance(place) < radius_m)
    }
}

fn cell(p: DVec3, cell_m: f64) -> [i64; 3] {
    (p / cell_m).to_array().map(|c| c.floor() as i64)
}
