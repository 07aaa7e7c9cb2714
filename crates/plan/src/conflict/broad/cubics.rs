use kapok_motion::bezier::{cubic_at, least_coefficient, nearest_to_origin, part};
use kapok_motion::spatial::CellGrid;
use kapok_show::DVec3;
use rayon::prelude::*;

use crate::conflict::approach::{Approach, Approaches};

/// The ways of all vehicles as cubic pieces that begin and end at the same times, in the metric of the separation.
#[derive(Clone, Debug)]
pub struct CubicSwarm {
    pieces: usize,
    /// Control points, 3 × pieces + 1 for each vehicle.
    points: Vec<DVec3>,
}

/// Where two vehicles are closest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NearestMoment {
    pub distance_m: f64,
    pub piece: usize,
    pub u: f64,
}

impl CubicSwarm {
    /// So many vehicles at the origin.
    pub fn new(vehicles: usize, pieces: usize) -> Self {
        Self { pieces, points: vec![DVec3::ZERO; (3 * pieces + 1) * vehicles] }
    }

    /// Number of vehicles.
    pub fn len(&self) -> usize {
        self.points.len() / self.stride()
    }

    fn stride(&self) -> usize {
        3 * self.pieces + 1
    }

    /// Control points of one vehicle, the ends of pieces once.
    pub fn control_mut(&mut self, vehicle: usize) -> &mut [DVec3] {
        let stride = self.stride();
        &mut self.points[vehicle * stride..(vehicle + 1) * stride]
    }

    /// What is left of the ways if they are seen along a direction of length 1.
    #[must_use]
    pub fn without(&self, direction: DVec3) -> Self {
        let flat = |p: &DVec3| *p - direction * p.dot(direction);
        Self { points: self.points.iter().map(flat).collect(), ..*self }
    }

    /// Control points of one piece.
    pub fn piece(&self, vehicle: usize, piece: usize) -> [DVec3; 4] {
        let first = vehicle * self.stride() + 3 * piece;
        [self.points[first], self.points[first + 1], self.points[first + 2], self.points[first + 3]]
    }

    /// Difference of two vehicles on a piece.
    pub fn between(&self, pair: (usize, usize), piece: usize) -> [DVec3; 4] {
        let (a, b) = (self.piece(pair.0, piece), self.piece(pair.1, piece));
        [a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3]]
    }

    /// Where a pair is closest, if closer than `below_m`.
    pub fn nearest(&self, pair: (usize, usize), below_m: f64) -> Option<NearestMoment> {
        let mut below2 = below_m * below_m;
        let mut best = None;
        for piece in 0..self.pieces {
            let c = self.between(pair, piece);
            if least_coefficient(&c) >= below2 {
                continue;
            }
            if let Some((found2, u)) = nearest_to_origin(&c, below2) {
                below2 = found2;
                best = Some(NearestMoment { distance_m: found2.sqrt(), piece, u });
            }
        }
        best
    }

    /// Cuts of time: piece and parameters, so short that no vehicle moves much against the others within one.
    fn slabs(&self, means: &[[DVec3; 4]], radius_m: f64) -> Vec<(usize, f64, f64)> {
        let n = self.len();
        let mut slabs = Vec::new();
        for (piece, mean) in means.iter().enumerate() {
            let farthest = (0..n)
                .map(|vehicle| {
                    let c = self.piece(vehicle, piece);
                    let moved = |k: usize| ((c[k] - c[0]) - (mean[k] - mean[0])).length_squared();
                    moved(1).max(moved(2)).max(moved(3))
                })
                .fold(0.0, f64::max)
                .sqrt();
            let parts = ((1.5 * farthest / radius_m).ceil() as usize).clamp(1, 100_000);
            let share = |k: usize| k as f64 / parts as f64;
            slabs.extend((0..parts).map(|k| (piece, share(k), share(k + 1))));
        }
        slabs
    }

    /// A common motion changes no distance.
    fn means(&self) -> Vec<[DVec3; 4]> {
        let of = |piece: usize| {
            let mut mean = [DVec3::ZERO; 4];
            for vehicle in 0..self.len() {
                let c = self.piece(vehicle, piece);
                (0..4).for_each(|k| mean[k] += c[k]);
            }
            mean.map(|m| m / self.len() as f64)
        };
        (0..self.pieces).map(of).collect()
    }

    /// Visits, slab by slab, every pair that may come closer than `radius_m` within it: with the control points of the
    /// difference there.
    fn visit<T: Send>(
        &self,
        radius_m: f64,
        start: impl Fn() -> T + Sync,
        see: impl Fn(&mut T, (usize, usize), (usize, f64, f64), &[DVec3; 4]) + Sync,
    ) -> Vec<T> {
        let radius_m = radius_m * (1.0 + 1e-9) + 1e-9;
        let n = self.len();
        let means = self.means();
        self.slabs(&means, radius_m)
            .into_par_iter()
            .map(|slab| {
                let (piece, from, to) = slab;
                let mean = means[piece];
                let cut: Vec<[DVec3; 4]> = (0..n)
                    .map(|vehicle| {
                        let c = self.piece(vehicle, piece);
                        part(&[c[0] - mean[0], c[1] - mean[1], c[2] - mean[2], c[3] - mean[3]], from, to)
                    })
                    .collect();
                let middle: Vec<DVec3> = cut.iter().map(|c| cubic_at(c, 0.5)).collect();
                // The curve lies in the hull of its control points.
                let reach_m: Vec<f64> = cut
                    .iter()
                    .zip(&middle)
                    .map(|(c, m)| c.iter().map(|p| p.distance_squared(*m)).fold(0.0, f64::max).sqrt())
                    .collect();
                let farthest_m = reach_m.iter().copied().fold(0.0, f64::max);
                let mut seen = start();
                CellGrid::new(&middle, radius_m + 2.0 * farthest_m).for_pairs(|i, j| {
                    let near_m = radius_m + reach_m[i] + reach_m[j];
                    if middle[i].distance_squared(middle[j]) > near_m * near_m {
                        return;
                    }
                    let (i, j) = (i.min(j), i.max(j));
                    let (a, b) = (&cut[i], &cut[j]);
                    see(&mut seen, (i, j), slab, &[a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3]]);
                });
                seen
            })
            .collect()
    }

    /// Every pair that comes closer than `radius_m`, and perhaps some that do not; sorted.
    pub fn pairs_near(&self, radius_m: f64) -> Vec<(u32, u32)> {
        let radius2 = radius_m * radius_m;
        let found = self.visit(radius_m, Vec::new, |seen: &mut Vec<(u32, u32)>, (i, j), _, c| {
            if least_coefficient(c) < radius2 {
                seen.push((i as u32, j as u32));
            }
        });
        let mut all = found.concat();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// As [`Self::pairs_near`], but only pairs with one of these vehicles, in no useful order and some twice.
    ///
    /// # Complexity
    /// All vehicles are looked at for each of these.
    pub fn pairs_of(&self, vehicles: &[u32], radius_m: f64) -> Vec<(u32, u32)> {
        let radius2 = radius_m * radius_m;
        let means = self.means();
        // Middle and reach of a piece, the common motion taken off.
        let ball = |vehicle: usize, piece: usize| {
            let (c, mean) = (self.piece(vehicle, piece), &means[piece]);
            let c = [c[0] - mean[0], c[1] - mean[1], c[2] - mean[2], c[3] - mean[3]];
            let middle = cubic_at(&c, 0.5);
            (middle, c.iter().map(|p| p.distance_squared(middle)).fold(0.0, f64::max).sqrt())
        };
        let own: Vec<Vec<(DVec3, f64)>> =
            vehicles.iter().map(|&v| (0..means.len()).map(|piece| ball(v as usize, piece)).collect()).collect();
        let found: Vec<Vec<(u32, u32)>> = (0..self.len())
            .into_par_iter()
            .map(|other| {
                let balls: Vec<(DVec3, f64)> = (0..means.len()).map(|piece| ball(other, piece)).collect();
                let mut pairs = Vec::new();
                for (&vehicle, own) in vehicles.iter().zip(&own) {
                    let pair = (vehicle.min(other as u32), vehicle.max(other as u32));
                    let meets = |piece: usize| {
                        let ((a, reach_a), (b, reach_b)) = (own[piece], balls[piece]);
                        let near_m = radius_m + reach_a + reach_b;
                        a.distance_squared(b) <= near_m * near_m
                            && least_coefficient(&self.between((pair.0 as usize, pair.1 as usize), piece)) < radius2
                    };
                    if pair.0 != pair.1 && (0..means.len()).any(meets) {
                        pairs.push(pair);
                    }
                }
                pairs
            })
            .collect();
        found.concat()
    }

    /// The closest approach of all and every pair closer than `below_m`, as for straight lines. `spacing_m` is not below
    /// the closest approach; `share` says how much of the way is done at a parameter of a piece.
    pub fn approaches(&self, below_m: f64, spacing_m: f64, share: impl Fn(usize, f64) -> f64 + Sync) -> Approaches {
        let radius_m = below_m.max(spacing_m * (1.0 + 1e-9) + 1e-9);
        let found = self.visit(radius_m, Approaches::default, |seen: &mut Approaches, pair, (piece, from, to), c| {
            let best_m = seen.closest.map_or(radius_m, |a| a.distance_m);
            let cutoff_m = best_m.max(below_m);
            if least_coefficient(c) >= cutoff_m * cutoff_m {
                return;
            }
            if let Some((found2, u)) = nearest_to_origin(c, cutoff_m * cutoff_m) {
                let share = share(piece, from + (to - from) * u);
                seen.note(Approach { pair, distance_m: found2.sqrt(), share }, below_m);
            }
        });
        Approaches::merged(found)
    }
}
