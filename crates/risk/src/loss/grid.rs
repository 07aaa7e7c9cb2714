use kapok_show::DVec3;

use super::fleet::VehicleBox;

/// Boxes by the cell of their centre, sorted, so that a range of cells is a few stretches of the list.
pub struct BoxGrid {
    low: DVec3,
    cell_m: f64,
    /// Half of the largest extent of a box.
    half_m: f64,
    counts: [u64; 3],
    cells: Vec<(u64, u32)>,
}

impl BoxGrid {
    pub fn new(boxes: &[VehicleBox]) -> Self {
        let half_m = boxes.iter().fold(0.0f64, |m, b| m.max(0.5 * (b.motion.high_m - b.motion.low_m).max_element()));
        let start = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        let (low, high) = boxes.iter().fold(start, |(l, h), b| (l.min(b.motion.low_m), h.max(b.motion.high_m)));
        let size = (high - low).max(DVec3::ZERO);
        // Few enough cells along an axis that a range of them is soon walked through.
        let cell_m = (2.0 * half_m).max(2.0).max(size.max_element() / 500.0);
        let counts = size.to_array().map(|s| (s / cell_m) as u64 + 1);
        let mut grid = Self { low, cell_m, half_m, counts, cells: Vec::new() };
        grid.cells = boxes
            .iter()
            .zip(0..)
            .map(|(b, k)| (grid.key(grid.place(0.5 * (b.motion.low_m + b.motion.high_m))), k))
            .collect();
        grid.cells.sort_unstable();
        grid
    }

    fn place(&self, p: DVec3) -> [u64; 3] {
        let at = ((p - self.low) / self.cell_m).max(DVec3::ZERO).to_array();
        [0, 1, 2].map(|k| (at[k] as u64).min(self.counts[k] - 1))
    }

    fn key(&self, [x, y, z]: [u64; 3]) -> u64 {
        (z * self.counts[1] + y) * self.counts[0] + x
    }

    /// Visits every box that can touch the one between these corners.
    pub fn visit(&self, low: DVec3, high: DVec3, mut visit: impl FnMut(u32)) {
        let margin = DVec3::splat(self.half_m * (1.0 + 1e-9) + 1e-9);
        let (from, to) = (self.place(low - margin), self.place(high + margin));
        for z in from[2]..=to[2] {
            for y in from[1]..=to[1] {
                let (first, last) = (self.key([from[0], y, z]), self.key([to[0], y, z]));
                let start = self.cells.partition_point(|&(key, _)| key < first);
                self.cells[start..].iter().take_while(|&&(key, _)| key <= last).for_each(|&(_, k)| visit(k));
            }
        }
    }
}
