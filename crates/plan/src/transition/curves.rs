use kapok_motion::bezier::cubic_at;
use kapok_show::DVec3;

use super::detour_basis::DetourBasis;
use super::ways::{Detours, offset_m};
use crate::conflict::{Approaches, CubicSwarm};

/// The ways of all vehicles as cubic pieces, in the metric of the separation and before rounding.
#[derive(Clone, Debug)]
pub struct Curves {
    pub basis: DetourBasis,
    pub swarm: CubicSwarm,
    from: Vec<DVec3>,
    trips: Vec<DVec3>,
    downwash_scale: f64,
}

impl Curves {
    /// `near_from` and `near_to` in the metric of the separation; detours of `detours.of` in metres.
    pub fn new(
        near_from: &[DVec3],
        near_to: &[DVec3],
        downwash_scale: f64,
        basis: DetourBasis,
        detours: &Detours,
    ) -> Self {
        let trips: Vec<DVec3> = near_from.iter().zip(near_to).map(|(a, b)| *b - *a).collect();
        let swarm = CubicSwarm::new(trips.len(), basis.pieces());
        let mut curves = Self { basis, swarm, from: near_from.to_vec(), trips, downwash_scale };
        for vehicle in 0..curves.from.len() {
            curves.bend(vehicle, detours.of.get(&(vehicle as u32)).map(Vec::as_slice));
        }
        curves
    }

    /// Gives a vehicle another detour.
    pub fn bend(&mut self, vehicle: usize, offsets: Option<&[DVec3]>) {
        let (from, trip) = (self.from[vehicle], self.trips[vehicle]);
        let control = self.swarm.control_mut(vehicle);
        for piece in 0..self.basis.pieces() {
            for k in usize::from(piece > 0)..4 {
                let mut point = from + trip * self.basis.law[piece][k];
                if let Some(offsets) = offsets {
                    let offset = offset_m(&self.basis, piece, k, offsets);
                    point += DVec3::new(offset.x, offset.y, offset.z / self.downwash_scale);
                }
                control[3 * piece + k] = point;
            }
        }
    }

    /// Control points of one piece in metres of each axis.
    pub fn piece_m(&self, vehicle: usize, piece: usize) -> [DVec3; 4] {
        self.swarm.piece(vehicle, piece).map(|p| DVec3::new(p.x, p.y, p.z * self.downwash_scale))
    }

    /// The closest approach of all and every pair closer than `below_m`, as for straight lines. `spacing_m` is not below
    /// the closest approach.
    pub fn approaches(&self, below_m: f64, spacing_m: f64) -> Approaches {
        self.swarm.approaches(below_m, spacing_m, |piece, u| cubic_at(&self.basis.law[piece], u))
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
            let basis = DetourBasis::new(&law);
            let (from, to): (Vec<DVec3>, Vec<DVec3>) = raw.iter().map(|r| (v(r, 0), v(r, 3))).unzip();
            let of = raw.iter().enumerate().filter(|(i, _)| i % 3 > 0).map(|(i, r)| {
                (i as u32, (0..basis.count()).map(|k| v(r, 6) * (1.0 - 0.4 * k as f64)).collect())
            }).collect();
            let curves = Curves::new(&from, &to, scale, basis, &Detours { basis: None, of });
            let mut expected = Vec::new();
            for i in 0..24 {
                for j in i + 1..24 {
                    expected.push(((i, j), curves.swarm.nearest((i, j), f64::INFINITY).unwrap().distance_m));
                }
            }
            let closest = expected.iter().map(|e| e.1).fold(f64::INFINITY, f64::min);
            let found = curves.approaches(below, kapok_motion::spatial::closest_pair(&from).unwrap().2);
            prop_assert!((found.closest.unwrap().distance_m - closest).abs() < 1e-6);
            expected.retain(|e| e.1 < below - 1e-6);
            for (pair, distance) in &expected {
                let seen = found.conflicts.iter().find(|c| c.pair == *pair).unwrap();
                prop_assert!((seen.distance_m - distance).abs() < 1e-6);
                prop_assert!(curves.swarm.pairs_near(below).contains(&(pair.0 as u32, pair.1 as u32)));
            }
            prop_assert_eq!(found.conflict_count, found.conflicts.len());
            prop_assert!(found.conflicts.iter().all(|c| c.distance_m < below));
        }
    }
}
