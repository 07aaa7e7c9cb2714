//! Do vehicles keep apart on the very pieces that are written? Exact on the polynomials, in flight and near the ground.

use std::collections::BTreeSet;

use kapok_motion::PositionGrid;
use kapok_motion::bezier::Curve;
use kapok_motion::spatial::CellGrid;
use kapok_show::{DVec3, Limits, Trajectory};
use rayon::prelude::*;

use crate::conflict::narrow::{LeastDistances, TrackPair};
use crate::outcome::{ClosePair, ClosestApproach, MAX_NAMED_PAIRS};

/// Most slabs that time is cut into.
const MAX_SLABS: i64 = 200_000;

/// How far apart vehicles must be: the flight's distance while one of the two is at the minimum navigation altitude or
/// above, the ground's while both are below it.
#[derive(Clone, Copy, Debug)]
pub struct SeparationRules {
    pub flight_m: f64,
    pub downwash_scale: f64,
    pub ground_m: f64,
    pub altitude_m: f64,
}

/// How close the pairs come.
#[derive(Clone, Debug, Default)]
pub struct TrackClearance {
    /// The closest pair in flight, in the metric of the separation; times count from the start of the tracks.
    pub closest: Option<ClosestApproach>,
    /// Pairs that come too close, closest first, at most [`MAX_NAMED_PAIRS`].
    pub conflicts: Vec<ClosestApproach>,
    pub conflict_count: usize,
    /// How many times less z counts in flight.
    downwash_scale: f64,
}

impl TrackClearance {
    /// The pairs that come too close, for messages.
    pub fn pairs(&self) -> Vec<ClosePair> {
        let downwash_scale = self.downwash_scale;
        self.conflicts.iter().map(|c| ClosePair { pair: c.pair, distance_m: c.distance_m, downwash_scale }).collect()
    }
}

impl From<&Limits> for SeparationRules {
    fn from(limits: &Limits) -> Self {
        Self {
            flight_m: limits.min_separation_m,
            downwash_scale: limits.downwash_scale,
            ground_m: limits.ground_separation_m,
            altitude_m: limits.ground_rule_altitude_m(),
        }
    }
}

/// Looks at all pairs, from 0 to `until_ms` of the tracks' time; the closest pair in flight is known if it comes within
/// `look` times the separation, `look` from 1.
///
/// # Guarantees
/// Complete: time is cut into slabs, in each slab every pair that comes within the flight's distance lies in touching
/// cells. Distances equal to the limit pass: tracks lie on the grid and distances are compared in grid steps.
pub fn clearance(
    tracks: &[Trajectory],
    until_ms: i64,
    look: f64,
    apart: &SeparationRules,
    grid: &PositionGrid,
) -> TrackClearance {
    if tracks.len() < 2 || until_ms <= 0 {
        return TrackClearance::default();
    }
    let reach_m = apart.flight_m.max(apart.ground_m);
    let slabs = slabs(tracks, until_ms, reach_m);
    let per_slab: Vec<(Option<ClosestApproach>, Vec<ClosestApproach>)> =
        slabs.par_windows(2).map(|w| slab(tracks, (w[0], w[1]), look * reach_m, apart, grid)).collect();
    let mut all = TrackClearance { downwash_scale: apart.downwash_scale, ..TrackClearance::default() };
    let mut worst: std::collections::BTreeMap<(usize, usize), ClosestApproach> = std::collections::BTreeMap::new();
    for (closest, conflicts) in per_slab {
        if let Some(next) = closest
            && all.closest.is_none_or(|best| next.distance_m < best.distance_m)
        {
            all.closest = Some(next);
        }
        for next in conflicts {
            let slot = worst.entry(next.pair).or_insert(next);
            if next.distance_m < slot.distance_m {
                *slot = next;
            }
        }
    }
    all.conflict_count = worst.len();
    all.conflicts = worst.into_values().collect();
    all.conflicts.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.pair.cmp(&b.pair)));
    all.conflicts.truncate(MAX_NAMED_PAIRS);
    all
}

/// Times that cut the stretch so that in a slab every track is one piece and no vehicle goes much farther than `reach_m`.
fn slabs(tracks: &[Trajectory], until_ms: i64, reach_m: f64) -> Vec<i64> {
    let mut knots: BTreeSet<i64> = BTreeSet::from([0, until_ms]);
    let mut fastest = 0.0f64;
    for track in tracks {
        for segment in track.segments() {
            knots.extend([segment.start_ms, segment.end_ms].iter().filter(|t| (0..=until_ms).contains(*t)));
            let step_m = segment.control_m.windows(2).map(|w| w[0].distance(w[1])).fold(0.0, f64::max);
            fastest = fastest.max(step_m * segment.degree() as f64 / segment.duration_s());
        }
    }
    let longest_ms = ((1000.0 * reach_m / fastest.max(1e-3)) as i64).clamp(until_ms / MAX_SLABS + 1, 60_000);
    let knots: Vec<i64> = knots.into_iter().collect();
    let mut times = vec![0];
    for w in knots.windows(2) {
        let parts = (w[1] - w[0] + longest_ms - 1) / longest_ms;
        times.extend((1..=parts).map(|k| w[0] + (w[1] - w[0]) * k / parts));
    }
    times
}

fn slab(
    tracks: &[Trajectory],
    (from_ms, to_ms): (i64, i64),
    reach_m: f64,
    apart: &SeparationRules,
    grid: &PositionGrid,
) -> (Option<ClosestApproach>, Vec<ClosestApproach>) {
    let curves: Vec<Curve> = tracks.iter().map(|t| piece(t, from_ms, to_ms, grid)).collect();
    let step_m = grid.step_m();
    // Cells in the metric of the separation; on the ground plain distances are not above those.
    let squeezed = |p: DVec3| DVec3::new(p.x, p.y, p.z / apart.downwash_scale) * step_m;
    let mut widest = 0.0f64;
    let middles: Vec<DVec3> = curves
        .iter()
        .map(|c| {
            let middle = squeezed((c.start() + c.end()) * 0.5);
            widest = c.control().iter().map(|&p| squeezed(p).distance(middle)).fold(widest, f64::max);
            middle
        })
        .collect();
    let cell_m = reach_m + 2.0 * widest;
    let steps2 = |m: f64| (m / step_m) * (m / step_m) * (1.0 - 1e-12);
    let limits2 = [steps2(apart.flight_m), steps2(apart.ground_m)];
    let mut closest: Option<ClosestApproach> = None;
    let mut conflicts = Vec::new();
    let mut best2 = f64::INFINITY;
    CellGrid::new(&middles, cell_m * (1.0 + 1e-9)).for_pairs(|i, j| {
        if middles[i].distance_squared(middles[j]) > cell_m * cell_m {
            return;
        }
        let (i, j) = (i.min(j), i.max(j));
        let two = TrackPair {
            a: curves[i],
            b: curves[j],
            altitude: apart.altitude_m / step_m,
            downwash_scale: apart.downwash_scale,
            limits2,
        };
        let mut found =
            LeastDistances { cutoff2: [best2.max(limits2[0]), limits2[1]], least2: [f64::INFINITY; 2], at: [0.0; 2] };
        two.search(&mut found);
        let near = |rule: usize| ClosestApproach {
            pair: (i, j),
            distance_m: found.least2[rule].max(0.0).sqrt() * step_m,
            t_ms: from_ms as f64 + found.at[rule] * (to_ms - from_ms) as f64,
        };
        if found.least2[0] < best2 {
            best2 = found.least2[0];
            closest = Some(near(0));
        }
        conflicts.extend((0..2).filter(|&rule| found.least2[rule] < limits2[rule]).map(near));
    });
    (closest, conflicts)
}

/// The motion of a track in a slab that lies within one of its pieces, in grid steps.
fn piece(track: &Trajectory, from_ms: i64, to_ms: i64, grid: &PositionGrid) -> Curve {
    let whole = |p: DVec3| grid.steps_between(p, DVec3::ZERO);
    match track.segment_at(f64::midpoint(from_ms as f64, to_ms as f64)) {
        Some(index) => {
            let segment = track.segment(index);
            let curve = Curve::from(segment).map(whole);
            if segment.control_m.iter().all(|&p| p == segment.control_m[0]) {
                return Curve::new(&[curve.start()]);
            }
            let share = |t: i64| (t - segment.start_ms) as f64 / (segment.end_ms - segment.start_ms) as f64;
            curve.part(share(from_ms), share(to_ms))
        }
        None if to_ms <= track.start_ms() => Curve::new(&[whole(track.start_point_m())]),
        None => Curve::new(&[whole(track.end_point_m())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tracks(raw: &[Vec<(f64, f64, f64)>], grid: &PositionGrid) -> Vec<Trajectory> {
        raw.iter()
            .enumerate()
            .map(|(v, points)| {
                let at = |k: usize| grid.snap(DVec3::new(points[k].0, points[k].1, points[k].2));
                let mut t = Trajectory::starting_at(0, at(0)).unwrap();
                t.push(1000 + 100 * (v as i64 % 3), &[at(1), at(2), at(3), at(4), at(5)]).unwrap();
                t.push(2500, &[at(6)]).unwrap();
                t
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

        /// Finds what dense sampling finds, under both rules, and nothing that is not there.
        #[test]
        fn agrees_with_samples(
            raw in prop::collection::vec(prop::collection::vec((-6.0..6.0f64, -6.0..6.0f64, 0.0..5.0f64), 7), 6),
            flight in 0.2..3.0f64, ground in 0.1..1.5f64, scale in 1.0..2.5f64,
        ) {
            let grid = PositionGrid::new(1e-4).unwrap();
            let tracks = tracks(&raw, &grid);
            let apart = SeparationRules { flight_m: flight, downwash_scale: scale, ground_m: ground, altitude_m: 2.5 };
            let found = clearance(&tracks, 2500, 2.0, &apart, &grid);
            let mut least = std::collections::BTreeMap::new();
            for k in 0..=5000 {
                let t = f64::from(k) / 2.0;
                let at: Vec<DVec3> = tracks.iter().map(|x| x.sample(t).position_m).collect();
                for i in 0..6 {
                    for j in i + 1..6 {
                        let d = at[i] - at[j];
                        let below = at[i].z < 2.5 && at[j].z < 2.5;
                        let (distance, limit) = if below {
                            (d.length(), ground)
                        } else {
                            (DVec3::new(d.x, d.y, d.z / scale).length(), flight)
                        };
                        let slot: &mut (f64, f64) = least.entry((i, j)).or_insert((f64::INFINITY, f64::INFINITY));
                        slot.0 = slot.0.min(distance - limit);
                        if !below {
                            slot.1 = slot.1.min(distance);
                        }
                    }
                }
            }
            for (pair, (gap, _)) in &least {
                let said = found.conflicts.iter().any(|c| c.pair == *pair);
                prop_assert!(said || *gap >= 0.0, "{pair:?} comes {gap} too close");
                // Samples half a millisecond apart miss at most a few centimetres of the relative motion.
                prop_assert!(!said || *gap < 0.05, "{pair:?} keeps {gap} more than it must");
            }
            let sampled = least.values().map(|v| v.1).fold(f64::INFINITY, f64::min);
            if let Some(closest) = found.closest && sampled < 2.0 * flight {
                prop_assert!(closest.distance_m <= sampled + 1e-6 && closest.distance_m >= sampled - 0.05);
            }
        }
    }

    #[test]
    fn a_distance_equal_to_the_limit_passes_and_a_grid_step_less_does_not() {
        let grid = PositionGrid::new(1e-4).unwrap();
        let apart = SeparationRules { flight_m: 1.5, downwash_scale: 1.0, ground_m: 0.4, altitude_m: 2.5 };
        let track = |x: f64| {
            let at = |t: f64| grid.snap(DVec3::new(x + 20.0 * t, 3.0 * t * t, 9.0));
            let mut track = Trajectory::starting_at(0, at(0.0)).unwrap();
            track.push(700, &[at(0.2), at(0.4), at(0.6), at(0.8), at(1.0)]).unwrap();
            track
        };
        assert_eq!(clearance(&[track(0.1), track(1.6)], 700, 1.0, &apart, &grid).conflict_count, 0);
        assert_eq!(clearance(&[track(0.1), track(1.5999)], 700, 1.0, &apart, &grid).conflict_count, 1);
    }
}
