use kapok_show::DVec3;

/// Bits per axis of a cell's key.
const BITS: u32 = 21;

/// Points by the cells of a cube lattice, as a sorted list of keys: quick to search, and a point may move.
#[derive(Clone, Debug)]
pub struct CellIndex {
    cell_m: f64,
    /// (key of the cell, index of the point), sorted.
    entries: Vec<(u64, u32)>,
}

impl CellIndex {
    /// All points within `cell_m` of a place lie in the cells around it. Points more than a million cells from the origin share
    /// the outermost cells.
    pub fn new(points: &[DVec3], cell_m: f64) -> Self {
        let mut index = Self { cell_m, entries: Vec::new() };
        index.entries = (0..).zip(points).map(|(i, &p)| (index.key(p), i)).collect();
        index.entries.sort_unstable();
        index
    }

    fn key(&self, at: DVec3) -> u64 {
        let axis = |v: f64| ((v / self.cell_m).floor() as i64 + (1 << (BITS - 1))).clamp(1, (1 << BITS) - 2) as u64;
        (axis(at.x) << (2 * BITS)) | (axis(at.y) << BITS) | axis(at.z)
    }

    /// Point `i` moves from where it was to another place.
    ///
    /// # Complexity
    /// O(log n), and the entries between its cells move by one place.
    pub fn relocate(&mut self, i: u32, from: DVec3, to: DVec3) {
        let (old, new) = ((self.key(from), i), (self.key(to), i));
        if old.0 == new.0 {
            return;
        }
        let from = self.entries.partition_point(|&e| e < old);
        let to = self.entries.partition_point(|&e| e < new);
        // The entries between move by one place; the point's takes the place that becomes free.
        if from < to {
            self.entries[from..to].rotate_left(1);
            self.entries[to - 1] = new;
        } else {
            self.entries[to..=from].rotate_right(1);
            self.entries[to] = new;
        }
    }

    /// The points in the cell of a place and in those that touch it, cell by cell.
    #[inline]
    pub fn around(&self, at: DVec3) -> impl Iterator<Item = u32> + '_ {
        let centre = self.key(at);
        (0..9u64).flat_map(move |row| {
            let base =
                centre + (row / 3) * (1 << (2 * BITS)) + (row % 3) * (1 << BITS) - (1 << (2 * BITS)) - (1 << BITS);
            // The key's last axis makes three cells of a row neighbours in the list.
            let from = self.entries.partition_point(|e| e.0 < base - 1);
            self.entries[from..].iter().take_while(move |e| e.0 <= base + 1).map(|&(_, i)| i)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Nothing within a cell's side is left out, before and after points have moved; nothing is named twice.
        #[test]
        fn all_within_a_cell_are_around(
            raw in prop::collection::vec(prop::array::uniform3(-9.0..9.0f64), 1..60),
            moves in prop::collection::vec((0..60usize, prop::array::uniform3(-9.0..9.0f64)), 0..20),
            place in prop::array::uniform3(-9.0..9.0f64), cell in 0.2..5.0f64,
        ) {
            let mut points: Vec<DVec3> = raw.into_iter().map(DVec3::from_array).collect();
            let mut index = CellIndex::new(&points, cell);
            for (i, to) in moves {
                let (i, to) = (i % points.len(), DVec3::from_array(to));
                index.relocate(i as u32, points[i], to);
                points[i] = to;
            }
            let place = DVec3::from_array(place);
            let mut seen: Vec<u32> = index.around(place).collect();
            let count = seen.len();
            seen.sort_unstable();
            seen.dedup();
            prop_assert_eq!(seen.len(), count);
            for (i, p) in points.iter().enumerate() {
                prop_assert!(p.distance(place) > cell || seen.contains(&(i as u32)), "{i}");
                prop_assert!((*p - place).abs().max_element() <= 2.0 * cell || !seen.contains(&(i as u32)), "{i}");
            }
            prop_assert_eq!(index.entries, CellIndex::new(&points, cell).entries);
        }
    }
}
