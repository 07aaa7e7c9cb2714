use std::f64::consts::TAU;

use kapok_show::DVec3;
use kapok_show::math::{acos, sin_cos};

use super::figure::{Figure, equal_parts, plain, share};
use crate::formation::point::SourcePoint;

/// The golden angle, 2π (1 − 1/φ), as a share of a turn.
const GOLDEN_TURN: f64 = 0.381_966_011_250_105_15;

pub(super) struct Sphere {
    pub radius_m: f64,
}

impl Figure for Sphere {
    /// A Fibonacci lattice with the offset that keeps the poles from crowding.
    ///
    /// # Source
    /// González: Measurement of areas on a sphere using Fibonacci and latitude-longitude lattices, 2010; offset after
    /// Roberts.
    fn points(&self, count: usize) -> Option<Vec<SourcePoint>> {
        let offset = if count > 2 { 0.36 } else { 0.0 };
        let point = |k: usize| {
            let cos = (1.0 - 2.0 * (k as f64 + offset) / (count as f64 - 1.0 + 2.0 * offset).max(1.0)).clamp(-1.0, 1.0);
            let turn = k as f64 * GOLDEN_TURN;
            let u = turn - turn.floor();
            let (y, x) = sin_cos(u * TAU);
            let ring = (1.0 - cos * cos).max(0.0).sqrt();
            let v = 1.0 - acos(cos) / std::f64::consts::PI;
            plain(DVec3::new(ring * x, ring * y, cos) * self.radius_m, u, v, 0)
        };
        Some((0..count).map(point).collect())
    }
}

pub(super) struct Cylinder {
    pub radius_m: f64,
    pub height_m: f64,
}

impl Cylinder {
    /// Least distance if the points stand on so many rings (larger parts first checked by the caller).
    fn gap(&self, count: usize, rings: usize) -> f64 {
        let most = count.div_ceil(rings);
        let chord = |turn: f64| 2.0 * self.radius_m * kapok_show::math::sin(0.5 * turn * TAU);
        let along = if most > 1 { chord(1.0 / most as f64) } else { f64::INFINITY };
        if rings == 1 {
            return along;
        }
        let rise = self.height_m / (rings as f64 - 1.0);
        let shifted = chord(0.5 / most as f64);
        along.min((rise * rise + shifted * shifted).sqrt())
    }
}

impl Figure for Cylinder {
    fn points(&self, count: usize) -> Option<Vec<SourcePoint>> {
        // Triangles are even when rings are √3/2 of the distance along them apart.
        let ideal = 1.0 + (self.height_m * count as f64 / (TAU * self.radius_m * 0.866)).sqrt();
        let nearby = (0.6 * ideal) as usize..=(1.6 * ideal) as usize + 1;
        let rings = nearby
            .map(|rings| rings.clamp(1, count))
            .max_by(|&a, &b| self.gap(count, a).total_cmp(&self.gap(count, b)).then(b.cmp(&a)))?;
        let mut points = Vec::with_capacity(count);
        for (ring, part) in equal_parts(count, rings).into_iter().enumerate() {
            let v = share(ring, rings);
            for k in 0..part {
                let turn = (k as f64 + if ring % 2 == 0 { 0.0 } else { 0.5 }) / part as f64;
                let (sin, cos) = sin_cos(turn * TAU);
                let at = DVec3::new(cos * self.radius_m, sin * self.radius_m, (v - 0.5) * self.height_m);
                points.push(plain(at, turn, v, ring));
            }
        }
        Some(points)
    }
}
