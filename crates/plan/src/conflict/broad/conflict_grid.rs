//! Space-time grid for conflict detection among returns to home: which vehicles can meet.

use kapok_motion::spatial::{CellGrid, CellIndex};
use kapok_show::DVec3;

use crate::conflict::narrow::{Meeting, ReturnMotion, ReturnSeparation, meeting};

/// Length of a slab of time, seconds.
const SLAB_S: f64 = 0.5;

/// The ways of a fleet in slabs of time, each with a grid of the places in its middle.
pub struct ConflictGrid<'a> {
    rule: &'a ReturnSeparation,
    cell_m: f64,
    pub ways: Vec<ReturnMotion>,
    slabs: Vec<Slab>,
}

struct Slab {
    middle_m: Vec<DVec3>,
    cells: CellIndex,
}

fn middle_s(slab: usize) -> f64 {
    (slab as f64 + 0.5) * SLAB_S
}

impl<'a> ConflictGrid<'a> {
    /// `peak_m_s`: no vehicle is ever faster.
    pub fn new(ways: Vec<ReturnMotion>, rule: &'a ReturnSeparation, peak_m_s: f64) -> Self {
        let mut grid = Self { rule, cell_m: rule.reach_m() + peak_m_s * SLAB_S, ways, slabs: Vec::new() };
        grid.reach(grid.ways.iter().fold(0.0, |m, w| w.end_s().max(m)));
        grid
    }

    /// Slabs up to and including the one in which all have come to rest.
    fn reach(&mut self, end_s: f64) {
        let count = (end_s / SLAB_S).floor() as usize + 1;
        for slab in self.slabs.len()..count {
            let middle_m: Vec<DVec3> = self.ways.iter().map(|w| w.at(middle_s(slab))).collect();
            let cells = CellIndex::new(&middle_m, self.cell_m);
            self.slabs.push(Slab { middle_m, cells });
        }
    }

    /// Gives a vehicle another way.
    pub fn replace(&mut self, vehicle: usize, way: ReturnMotion) {
        self.reach(way.end_s());
        for (k, slab) in self.slabs.iter_mut().enumerate() {
            let to_m = way.at(middle_s(k));
            slab.cells.relocate(vehicle as u32, slab.middle_m[vehicle], to_m);
            slab.middle_m[vehicle] = to_m;
        }
        self.ways[vehicle] = way;
    }

    /// Vehicles that meet another, in order.
    pub fn in_conflict(&self) -> Vec<usize> {
        let peak_m_s = self.ways.iter().fold(0.0, |m, w| w.peak_m_s.max(m));
        let cell_m = self.rule.reach_m() + peak_m_s * SLAB_S;
        let mut near: Vec<(u32, u32)> = Vec::new();
        for slab in &self.slabs {
            CellGrid::new(&slab.middle_m, cell_m).for_pairs(|i, j| {
                let reach_m = self.pair_reach_m(&self.ways[i], &self.ways[j]);
                if slab.middle_m[i].distance_squared(slab.middle_m[j]) <= reach_m * reach_m {
                    near.push((i.min(j) as u32, i.max(j) as u32));
                }
            });
            // The same pairs are near each other slab after slab.
            if near.len() > 32 * self.ways.len() {
                near.sort_unstable();
                near.dedup();
            }
        }
        near.sort_unstable();
        near.dedup();
        let mut found: Vec<usize> = near
            .into_iter()
            .map(|(i, j)| (i as usize, j as usize))
            .filter(|&(i, j)| meeting(&self.ways[i], &self.ways[j], self.rule).is_some())
            .flat_map(|(i, j)| [i, j])
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn pair_reach_m(&self, a: &ReturnMotion, b: &ReturnMotion) -> f64 {
        self.rule.reach_m() + (a.peak_m_s + b.peak_m_s) * SLAB_S / 2.0
    }

    /// Vehicles that meet this one, if it flies this way; at most `enough`, without `apart_from`; `likely` are asked first.
    pub fn meetings(
        &self,
        vehicle: usize,
        way: &ReturnMotion,
        apart_from: Option<usize>,
        likely: &[usize],
        enough: usize,
    ) -> Vec<(usize, Meeting)> {
        let mut found = Vec::new();
        let mut asked: Vec<u32> = vec![vehicle as u32];
        asked.extend(apart_from.map(|v| v as u32));
        asked.sort_unstable();
        for &other in likely {
            if let Some(m) = self.ask(other, way, &mut asked) {
                found.push((other, m));
            }
            if found.len() >= enough {
                return found;
            }
        }
        let last = ((way.end_s() / SLAB_S).floor() as usize + 1).max(self.slabs.len());
        for k in 0..last {
            // Beyond the last slab all others rest where the last slab has them.
            let slab = &self.slabs[k.min(self.slabs.len() - 1)];
            let at_m = way.at(middle_s(k));
            for other in slab.cells.around(at_m) {
                let other = other as usize;
                let reach_m = self.pair_reach_m(way, &self.ways[other]);
                if slab.middle_m[other].distance_squared(at_m) <= reach_m * reach_m
                    && let Some(m) = self.ask(other, way, &mut asked)
                {
                    found.push((other, m));
                    if found.len() >= enough {
                        return found;
                    }
                }
            }
        }
        found.sort_by_key(|(other, _)| *other);
        found
    }

    /// The meeting with one that has not been asked before; `asked` is sorted.
    fn ask(&self, other: usize, way: &ReturnMotion, asked: &mut Vec<u32>) -> Option<Meeting> {
        // Most are asked again and again in slab after slab, so a short sorted list does.
        let at = asked.partition_point(|&o| o < other as u32);
        if asked.get(at) == Some(&(other as u32)) {
            return None;
        }
        asked.insert(at, other as u32);
        meeting(way, &self.ways[other], self.rule)
    }
}
