use kapok_show::DVec3;

use super::contact::EarliestContact;
use super::fleet::{BOX_LOOKS, LossFleet, VehicleBox, offset, offset_by_boxes};
use super::grid::BoxGrid;
use super::search::LossSearch;

/// Stretches of the time of loss and of the time after it that are looked at for the whole fleet, milliseconds.
pub const CELL_MS: i64 = 500;

/// The fleet on a part of the show, cell by cell; a cell is looked at when it is first needed.
pub struct FleetSweep<'a> {
    fleet: &'a LossFleet<'a>,
    first: i64,
    cells: Vec<Option<Vec<VehicleBox>>>,
}

/// A stretch of the time of loss and one of the time after it, in cells.
#[derive(Clone, Copy)]
struct Node {
    window: (i64, i64),
    lag: (i64, i64),
}

/// The search of one scenario in one chunk of the show, and what may be spent on it.
struct ChunkSearch<'a> {
    search: &'a LossSearch<'a>,
    gaps: bool,
    best: &'a mut [EarliestContact],
    looks: u64,
    max_looks: u64,
}

impl ChunkSearch<'_> {
    fn is_open(&self, figure: usize, from_ms: i64) -> bool {
        let b = &self.best[figure];
        if self.gaps { !b.touched } else { b.limit_ms() > from_ms }
    }

    /// Gaps beyond this are not of interest.
    fn near_m(&self, figure: usize) -> f64 {
        let fleet = self.search.fleet;
        if self.gaps { self.best[figure].gap_m.min(fleet.radius_m) } else { fleet.touch_m }
    }

    /// Leaves a node unseen.
    fn leave(&mut self, from_ms: i64, window_ms: (i64, i64)) {
        let free_ms = (1000.0 * self.search.free_s(window_ms)).floor() as i64;
        for figure in 0..self.best.len() {
            if self.is_open(figure, from_ms) {
                let b = &mut self.best[figure];
                if self.gaps {
                    b.gap_cut = true;
                } else {
                    (b.lo_ms, b.cut) = (b.lo_ms.min(from_ms.max(free_ms)), true);
                }
            }
        }
    }
}

impl<'a> FleetSweep<'a> {
    pub fn new(fleet: &'a LossFleet<'a>) -> Self {
        Self { fleet, first: 0, cells: Vec::new() }
    }

    /// Searches the losses in these cells against the whole fleet; what it cost.
    pub fn search_chunk(
        &mut self,
        search: &LossSearch,
        window: (i64, i64),
        gaps: bool,
        best: &mut [EarliestContact],
        max_looks: u64,
    ) -> u64 {
        if self.cells.is_empty() {
            self.first = window.0;
        }
        let all: Vec<u32> = (0..self.fleet.show.vehicles.len() as u32).collect();
        let mut chunk = ChunkSearch { search, gaps, best, looks: 0, max_looks };
        let mut lag = (0, 1);
        while lag.0 * CELL_MS < search.horizon_ms {
            self.look(&mut chunk, Node { window, lag }, &all, &all);
            lag = (lag.1, 2 * lag.1);
        }
        chunk.looks
    }

    fn look(&mut self, chunk: &mut ChunkSearch, node: Node, lost: &[u32], others: &[u32]) {
        let at = |cell: i64| self.fleet.start_ms + cell * CELL_MS;
        let window_ms = (at(node.window.0), at(node.window.1));
        let from_ms = node.lag.0 * CELL_MS;
        let open = (0..chunk.best.len()).filter(|&f| chunk.is_open(f, from_ms));
        let latest = if chunk.gaps {
            open.map(|_| chunk.search.horizon_ms).max()
        } else {
            open.map(|f| chunk.best[f].limit_ms()).max()
        };
        let Some(latest_ms) = latest else { return };
        let to_ms = (node.lag.1 * CELL_MS).min(latest_ms);
        if to_ms <= from_ms {
            return;
        }
        let single = node.window.1 - node.window.0 == 1;
        if !chunk.gaps {
            let free = |w: (i64, i64)| 1000.0 * chunk.search.free_s(w) >= to_ms as f64;
            if free(window_ms) {
                return;
            }
            if !single && (node.window.0..node.window.1).any(|c| free((at(c), at(c + 1)))) {
                return self.halves(chunk, node, true, lost, others);
            }
        }
        let until = (node.window.1 * CELL_MS + to_ms + CELL_MS - 1) / CELL_MS;
        let needed = [node.window, (node.window.0 + node.lag.0, until)];
        // Cells are not begun that cannot be paid for.
        let missing = needed.iter().map(|&cells| self.missing(cells)).sum::<u64>();
        if chunk.looks + BOX_LOOKS * missing * self.fleet.show.vehicles.len() as u64 >= chunk.max_looks {
            return chunk.leave(from_ms, window_ms);
        }
        for cells in needed {
            self.prepare(chunk, cells);
        }
        chunk.looks += (lost.len() + 2 * others.len()) as u64;
        let lost_hulls: Vec<(u32, VehicleBox)> = lost
            .iter()
            .filter(|&&v| chunk.is_open(chunk.search.figure_of(v), from_ms))
            .map(|&v| (v, self.vehicle_box(v, node.window)))
            .filter(|(_, hull)| hull.motion.high_m.z >= self.fleet.flight_m)
            .collect();
        if lost_hulls.is_empty() {
            return;
        }
        let there: Vec<VehicleBox> =
            others.iter().map(|&v| self.vehicle_box(v, (node.window.0 + node.lag.0, until))).collect();
        let grid = BoxGrid::new(&there);
        if single && node.lag.1 - node.lag.0 == 1 {
            return Self::pairs(chunk, window_ms, (from_ms, to_ms), &lost_hulls, (others, &there), &grid);
        }
        let most = 2 * lost_hulls.len() + 64;
        let (mut kept, mut seen, mut count) = (Vec::new(), vec![false; others.len()], 0);
        for (v, hull) in &lost_hulls {
            let before = count;
            near(chunk, hull, *v, to_ms, &grid, |chunk, k| {
                let k = k as usize;
                let gap_m = chunk.search.gap_m(hull, offset_by_boxes(hull, &there[k]), to_ms as f64 / 1000.0);
                if chunk.search.measures(*v, others[k]) && gap_m <= chunk.near_m(chunk.search.figure_of(*v)) {
                    (seen[k], count) = (true, count + 1);
                }
            });
            if count > before {
                kept.push(*v);
            }
            if count > most {
                break;
            }
        }
        if count == 0 {
            return;
        }
        let by_window = node.window.1 - node.window.0 >= node.lag.1 - node.lag.0;
        if count > most {
            return self.halves(chunk, node, by_window, lost, others);
        }
        let met: Vec<u32> = others.iter().zip(seen).filter_map(|(&v, seen)| seen.then_some(v)).collect();
        self.halves(chunk, node, by_window, &kept, &met);
    }

    fn halves(&mut self, chunk: &mut ChunkSearch, node: Node, by_window: bool, lost: &[u32], others: &[u32]) {
        let (from, to) = if by_window { node.window } else { node.lag };
        let middle = i64::midpoint(from, to);
        for part in [(from, middle), (middle, to)] {
            let half = if by_window { Node { window: part, ..node } } else { Node { lag: part, ..node } };
            self.look(chunk, half, lost, others);
        }
    }

    /// Single pairs on one cell and one cell after it.
    fn pairs(
        chunk: &mut ChunkSearch,
        window_ms: (i64, i64),
        lag_ms: (i64, i64),
        lost: &[(u32, VehicleBox)],
        (others, there): (&[u32], &[VehicleBox]),
        grid: &BoxGrid,
    ) {
        let half_s = CELL_MS as f64 / 2000.0;
        for (v, hull) in lost {
            let figure = chunk.search.figure_of(*v);
            near(chunk, hull, *v, lag_ms.1, grid, |chunk, k| {
                let k = k as usize;
                let to_ms = if chunk.gaps { lag_ms.1 } else { lag_ms.1.min(chunk.best[figure].limit_ms()) };
                // Anchors are in the middle of the first cells of both: the time between them is the start of the lag.
                let lag_s = (0.0, (to_ms - lag_ms.0) as f64 / 1000.0);
                if to_ms > lag_ms.0
                    && chunk.search.measures(*v, others[k])
                    && chunk.search.gap_m(hull, offset(hull, &there[k], half_s, lag_s), to_ms as f64 / 1000.0)
                        <= chunk.near_m(figure)
                {
                    chunk.looks += chunk.search.search_pair(
                        (*v, others[k]),
                        window_ms,
                        (lag_ms.0, to_ms),
                        chunk.gaps,
                        &mut chunk.best[figure],
                    );
                }
            });
        }
    }

    /// A vehicle on some cells that were looked at; the anchor is its place in the middle of the first.
    fn vehicle_box(&self, vehicle: u32, (from, to): (i64, i64)) -> VehicleBox {
        let cells = &self.cells[(from - self.first) as usize..(to - self.first) as usize];
        let each = cells.iter().flatten().map(|cell| cell[vehicle as usize]);
        each.reduce(|a, b| a.with(&b)).unwrap_or_else(|| self.fleet.vehicle_box(vehicle, (0, 1)))
    }

    /// How many of these cells were not looked at yet.
    fn missing(&self, (from, to): (i64, i64)) -> u64 {
        (from..to).filter(|cell| self.cells.get((cell - self.first) as usize).is_none_or(Option::is_none)).count()
            as u64
    }

    fn prepare(&mut self, chunk: &mut ChunkSearch, (from, to): (i64, i64)) {
        let last = (to - self.first) as usize;
        if self.cells.len() < last {
            self.cells.resize(last, None);
        }
        for cell in from..to {
            let slot = &mut self.cells[(cell - self.first) as usize];
            if slot.is_none() {
                let window_ms = (self.fleet.start_ms + cell * CELL_MS, self.fleet.start_ms + (cell + 1) * CELL_MS);
                chunk.looks += BOX_LOOKS * self.fleet.show.vehicles.len() as u64;
                *slot = Some(
                    (0..self.fleet.show.vehicles.len() as u32).map(|v| self.fleet.vehicle_box(v, window_ms)).collect(),
                );
            }
        }
    }
}

/// Visits every vehicle whose box is as near to a region as is of interest.
fn near(
    chunk: &mut ChunkSearch,
    lost: &VehicleBox,
    vehicle: u32,
    after_ms: i64,
    grid: &BoxGrid,
    mut visit: impl FnMut(&mut ChunkSearch, u32),
) {
    let [radius_m, below_m, above_m] = chunk.search.region_of(lost, after_ms as f64 / 1000.0);
    let more_m = chunk.near_m(chunk.search.figure_of(vehicle));
    let low = lost.motion.low_m - DVec3::new(radius_m + more_m, radius_m + more_m, below_m + more_m);
    let high = lost.motion.high_m + DVec3::new(radius_m + more_m, radius_m + more_m, above_m + more_m);
    grid.visit(low, high, |k| {
        chunk.looks += 1;
        visit(chunk, k);
    });
}
