use kapok_show::DVec3;
use rayon::prelude::*;

use super::bumps::Bumps;
use super::pairs::{Approach, Approaches};
use super::ways::{Detours, offset_m};
use kapok_motion::bezier::{cubic_at, least_coefficient, nearest_to_origin, part};
use kapok_motion::spatial::CellGrid;

/// The ways of all vehicles as cubic pieces, in the metric of the separation and before rounding.
#[derive(Clone, Debug)]
pub(super) struct Curves {
    pub(super) bumps: Bumps,
    from: Vec<DVec3>,
    trips: Vec<DVec3>,
    downwash_scale: f64,
    /// Control points, 3 × pieces + 1 for each vehicle.
    points: Vec<DVec3>,
}

/// Where two vehicles are closest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Nearest {
    pub(super) distance_m: f64,
    pub(super) piece: usize,
    pub(super) u: f64,
}

impl Curves {
    /// `near_from` and `near_to` in the metric of the separation; detours of `detours.of` in metres.
    pub(super) fn new(
        near_from: &[DVec3],
        near_to: &[DVec3],
        downwash_scale: f64,
        bumps: Bumps,
        detours: &Detours,
    ) -> Self {
        let trips: Vec<DVec3> = near_from.iter().zip(near_to).map(|(a, b)| *b - *a).collect();
        let stride = 3 * bumps.pieces() + 1;
        let points = vec![DVec3::ZERO; stride * trips.len()];
        let mut curves = Self { bumps, from: near_from.to_vec(), trips, downwash_scale, points };
        for vehicle in 0..curves.from.len() {
            curves.bend(vehicle, detours.of.get(&(vehicle as u32)).map(Vec::as_slice));
        }
        curves
    }

    /// What is left of the curves if they are seen along a direction of length 1.
    pub(super) fn without(&self, direction: DVec3) -> Self {
        let flat = |p: &DVec3| *p - direction * p.dot(direction);
        Self { points: self.points.iter().map(flat).collect(), ..self.clone() }
    }

    pub(super) fn stride(&self) -> usize {
        3 * self.bumps.pieces() + 1
    }

    /// Gives a vehicle another detour.
    pub(super) fn bend(&mut self, vehicle: usize, offsets: Option<&[DVec3]>) {
        let stride = self.stride();
        let (from, trip) = (self.from[vehicle], self.trips[vehicle]);
        for piece in 0..self.bumps.pieces() {
            for k in usize::from(piece > 0)..4 {
                let mut point = from + trip * self.bumps.law[piece][k];
                if let Some(offsets) = offsets {
                    let offset = offset_m(&self.bumps, piece, k, offsets);
                    point += DVec3::new(offset.x, offset.y, offset.z / self.downwash_scale);
                }
                self.points[vehicle * stride + 3 * piece + k] = point;
            }
        }
    }

    /// Control points of one piece.
    pub(super) fn piece(&self, vehicle: usize, piece: usize) -> [DVec3; 4] {
        let first = vehicle * self.stride() + 3 * piece;
        [self.points[first], self.points[first + 1], self.points[first + 2], self.points[first + 3]]
    }

    /// Control points of one piece in metres of each axis.
    pub(super) fn piece_m(&self, vehicle: usize, piece: usize) -> [DVec3; 4] {
        self.piece(vehicle, piece).map(|p| DVec3::new(p.x, p.y, p.z * self.downwash_scale))
    }

    /// Difference of two vehicles on a piece.
    pub(super) fn between(&self, pair: (usize, usize), piece: usize) -> [DVec3; 4] {
        let (a, b) = (self.piece(pair.0, piece), self.piece(pair.1, piece));
        [a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3]]
    }

    /// Where a pair is closest, if closer than `below_m`.
    pub(super) fn nearest(&self, pair: (usize, usize), below_m: f64) -> Option<Nearest> {
        let mut below2 = below_m * below_m;
        let mut best = None;
        for piece in 0..self.bumps.pieces() {
            let c = self.between(pair, piece);
            if least_coefficient(&c) >= below2 {
                continue;
            }
            if let Some((found2, u)) = nearest_to_origin(&c, below2) {
                below2 = found2;
                best = Some(Nearest { distance_m: found2.sqrt(), piece, u });
            }
        }
        best
    }

    /// Cuts of time: piece and parameters, so short that nobody moves much against the others within one.
    fn slabs(&self, means: &[[DVec3; 4]], radius_m: f64) -> Vec<(usize, f64, f64)> {
        let n = self.from.len();
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
            for vehicle in 0..self.from.len() {
                let c = self.piece(vehicle, piece);
                (0..4).for_each(|k| mean[k] += c[k]);
            }
            mean.map(|m| m / self.from.len() as f64)
        };
        (0..self.bumps.pieces()).map(of).collect()
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
        let n = self.from.len();
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
    pub(super) fn pairs_near(&self, radius_m: f64) -> Vec<(u32, u32)> {
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
    pub(super) fn pairs_of(&self, vehicles: &[u32], radius_m: f64) -> Vec<(u32, u32)> {
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
        let found: Vec<Vec<(u32, u32)>> = (0..self.from.len())
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
    /// the closest approach.
    pub(super) fn approaches(&self, below_m: f64, spacing_m: f64) -> Approaches {
        let radius_m = below_m.max(spacing_m * (1.0 + 1e-9) + 1e-9);
        let found = self.visit(radius_m, Approaches::default, |seen: &mut Approaches, pair, (piece, from, to), c| {
            let best_m = seen.closest.map_or(radius_m, |a| a.distance_m);
            let cutoff_m = best_m.max(below_m);
            if least_coefficient(c) >= cutoff_m * cutoff_m {
                return;
            }
            if let Some((found2, u)) = nearest_to_origin(c, cutoff_m * cutoff_m) {
                let share = cubic_at(&self.bumps.law[piece], from + (to - from) * u);
                seen.note(Approach { pair, distance_m: found2.sqrt(), share }, below_m);
            }
        });
        Approaches::merged(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_motion::timing::TimeLaw;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

        /// The broad phase loses no pair, whatever the detours.
        #[test]
        fn agrees_with_all_pairs(
            raw in prop::collection::vec(prop::array::uniform9(-12.0..12.0f64), 24), below in 0.5..4.0f64, cruise in 0..2000i64,
            scale in 1.0..3.0f64,
        ) {
            let v = |r: &[f64; 9], k: usize| DVec3::new(r[k], r[k + 1], r[k + 2]);
            let law = TimeLaw { ramp_ms: 500, push_ms: 300, cruise_ms: if cruise < 200 { 0 } else { cruise } };
            let bumps = Bumps::new(&law);
            let (from, to): (Vec<DVec3>, Vec<DVec3>) = raw.iter().map(|r| (v(r, 0), v(r, 3))).unzip();
            let of = raw.iter().enumerate().filter(|(i, _)| i % 3 > 0).map(|(i, r)| {
                (i as u32, (0..bumps.count()).map(|k| v(r, 6) * (1.0 - 0.4 * k as f64)).collect())
            }).collect();
            let curves = Curves::new(&from, &to, scale, bumps, &Detours { bumps: None, of });
            let mut expected = Vec::new();
            for i in 0..24 {
                for j in i + 1..24 {
                    expected.push(((i, j), curves.nearest((i, j), f64::INFINITY).unwrap().distance_m));
                }
            }
            let closest = expected.iter().map(|e| e.1).fold(f64::INFINITY, f64::min);
            let found = curves.approaches(below, kapok_motion::spatial::closest_pair(&from).unwrap().2);
            prop_assert!((found.closest.unwrap().distance_m - closest).abs() < 1e-6);
            expected.retain(|e| e.1 < below - 1e-6);
            for (pair, distance) in &expected {
                let seen = found.conflicts.iter().find(|c| c.pair == *pair).unwrap();
                prop_assert!((seen.distance_m - distance).abs() < 1e-6);
                prop_assert!(curves.pairs_near(below).contains(&(pair.0 as u32, pair.1 as u32)));
            }
            prop_assert_eq!(found.conflict_count, found.conflicts.len());
            prop_assert!(found.conflicts.iter().all(|c| c.distance_m < below));
        }
    }
}
