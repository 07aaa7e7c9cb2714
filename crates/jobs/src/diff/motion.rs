use std::collections::BTreeMap;

use kapok_show::{Show, Trajectory};
use rayon::prelude::*;

use super::answer::{MotionChange, VehicleChange};
use super::request::{LISTED, STEP_MS};

/// Halvings in which the largest distance is refined: of 100 ms, to less than a microsecond.
const REFINEMENTS: usize = 40;

/// Which vehicle of the one show is which of the other.
pub struct Pairs {
    /// Indices in both.
    pub of_both: Vec<(usize, usize)>,
    /// Indices of those that the first show has alone.
    pub only_a: Vec<usize>,
    /// Indices of those that the second show has alone.
    pub only_b: Vec<usize>,
}

impl Pairs {
    /// By name; in their order if no name occurs in both.
    pub fn of(a: &Show, b: &Show) -> Self {
        let by_name: BTreeMap<&str, usize> = b.vehicles.iter().enumerate().map(|(j, v)| (v.name.as_str(), j)).collect();
        let named = a.vehicles.iter().enumerate().filter_map(|(i, v)| by_name.get(v.name.as_str()).map(|&j| (i, j)));
        let mut of_both: Vec<_> = named.collect();
        if of_both.is_empty() {
            of_both = (0..a.vehicles.len().min(b.vehicles.len())).map(|i| (i, i)).collect();
        }
        let mut found = [vec![false; a.vehicles.len()], vec![false; b.vehicles.len()]];
        for &(i, j) in &of_both {
            (found[0][i], found[1][j]) = (true, true);
        }
        let alone = |found: &[bool]| (0..found.len()).filter(|&i| !found[i]).collect();
        Self { only_a: alone(&found[0]), only_b: alone(&found[1]), of_both }
    }
}

/// Where the vehicles of two shows are apart.
pub fn compare(a: &Show, b: &Show, pairs: &Pairs, tolerance_m: f64) -> MotionChange {
    let largest = |&(i, j): &(usize, usize)| {
        let (largest_m, t_ms) = farthest(&a.vehicles[i].trajectory, &b.vehicles[j].trajectory);
        VehicleChange { name: b.vehicles[j].name.clone(), largest_m, t_ms }
    };
    let mut vehicles: Vec<VehicleChange> = pairs.of_both.par_iter().map(largest).collect();
    // Equal ones stay in the order of the vehicles.
    vehicles.sort_by(|x, y| y.largest_m.total_cmp(&x.largest_m));
    let largest_m = vehicles.first().map_or(0.0, |v| v.largest_m);
    vehicles.retain(|v| v.largest_m > tolerance_m);
    let changed = vehicles.len();
    vehicles.truncate(LISTED);
    MotionChange {
        compared: pairs.of_both.len(),
        changed,
        tolerance_m,
        largest_m,
        vehicles,
        removed: pairs.only_a.len(),
        added: pairs.only_b.len(),
    }
}

/// The largest distance of two trajectories at one instant, metres, and when, milliseconds.
fn farthest(a: &Trajectory, b: &Trajectory) -> (f64, f64) {
    if a == b {
        return (0.0, 0.0);
    }
    let apart = |t_ms: f64| a.sample(t_ms).position_m.distance(b.sample(t_ms).position_m);
    let mut ends: Vec<i64> = [a, b].iter().flat_map(|t| t.segments().flat_map(|s| [s.start_ms, s.end_ms])).collect();
    ends.extend([a.start_ms(), b.start_ms()]);
    ends.sort_unstable();
    ends.dedup();
    let first = ends.first().map_or(0.0, |&t| t as f64);
    let mut best = (apart(first), first);
    let mut around = (first, first);
    for ends in ends.windows(2) {
        let (from, to) = (ends[0] as f64, ends[1] as f64);
        let steps = ((to - from) / STEP_MS).ceil().max(2.0);
        for k in 1..=steps as u64 {
            let t_ms = from + (to - from) * k as f64 / steps;
            let distance = apart(t_ms);
            if distance > best.0 {
                best = (distance, t_ms);
                let step = (to - from) / steps;
                around = ((t_ms - step).max(first), t_ms + step);
            }
        }
    }
    refined(apart, around, best)
}

/// The largest value between two instants, by thirds.
fn refined(value: impl Fn(f64) -> f64, (mut low, mut high): (f64, f64), mut best: (f64, f64)) -> (f64, f64) {
    for _ in 0..REFINEMENTS {
        let third = (high - low) / 3.0;
        let (x, y) = (low + third, high - third);
        let (at_x, at_y) = (value(x), value(y));
        for (found, t_ms) in [(at_x, x), (at_y, y)] {
            if found > best.0 {
                best = (found, t_ms);
            }
        }
        if at_x < at_y { low = x } else { high = y }
    }
    best
}
