use kapok_motion::Metric;
use kapok_show::DVec3;

use super::candidate::{Candidate, Problem};
use super::ways::Ways;

/// Swarms thinner than this share of the separation, at both ends, are sheets: places keep 0.97 of the separation across.
const THIN: f64 = 0.25;

/// The direction in which the swarm is thinnest half way, horizontal or vertical.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Of length 1 in metres.
    pub unit: DVec3,
    /// So much a metre along it counts in the metric of the separation.
    pub counts: f64,
    metric: Metric,
}

impl Axis {
    pub fn thinnest(ways: &Ways, metric: Metric) -> Self {
        let unit = thinnest(ways);
        Self { unit, counts: metric.flatten(unit).length(), metric }
    }

    /// Of length 1 in the metric of the separation.
    pub fn near(&self) -> DVec3 {
        self.metric.flatten(self.unit) / self.counts
    }

    /// Do all start in a sheet across this direction, and all end in one?
    pub fn is_sheet(&self, problem: &Problem<'_>, candidate: &Candidate) -> bool {
        let ways = &candidate.movement;
        [&ways.from, &ways.to].into_iter().all(|points| {
            let heights = points.iter().map(|p| p.dot(self.unit) * self.counts);
            let (low, high) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
            high - low <= THIN * problem.needed_m()
        })
    }

    /// What a pair that is `q` apart in the metric of the separation needs along this direction to be `target_m` apart, in
    /// metres; on the side where the first vehicle is already.
    pub fn apart(&self, q: DVec3, target_m: f64) -> DVec3 {
        let along = q.dot(self.near());
        let across2 = (q.length_squared() - along * along).max(0.0);
        let needed = (target_m * target_m - across2).max(0.0).sqrt();
        let lacks = (needed - along.abs()).max(0.0);
        self.unit * (if along < 0.0 { -lacks } else { lacks } / self.counts)
    }
}

fn thinnest(ways: &Ways) -> DVec3 {
    let middle: Vec<DVec3> = ways.from.iter().zip(&ways.to).map(|(a, b)| a.midpoint(*b)).collect();
    let mean = middle.iter().fold(DVec3::ZERO, |s, &p| s + p) / middle.len() as f64;
    let (mut xx, mut xy, mut yy, mut zz) = (0.0, 0.0, 0.0, 0.0);
    for p in middle {
        let d = p - mean;
        xx += d.x * d.x;
        xy += d.x * d.y;
        yy += d.y * d.y;
        zz += d.z * d.z;
    }
    // Smaller principal moment of the horizontal spread.
    let half = 0.5 * (xx - yy);
    let least = 0.5 * (xx + yy) - (half * half + xy * xy).sqrt();
    if zz <= least {
        return DVec3::Z;
    }
    let (u, v) = (DVec3::new(xy, least - xx, 0.0), DVec3::new(least - yy, xy, 0.0));
    (if u.length_squared() > v.length_squared() { u } else { v }).normalize_or(DVec3::Y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A push along the axis brings a pair to the distance asked for, changes nothing across the axis, and is not made
        /// where they are far enough apart.
        #[test]
        fn pushes_along_the_axis_reach_the_distance(
            x in -3.0..3.0f64, y in -3.0..3.0f64, z in -3.0..3.0f64, turn in 0.0..6.2f64, is_up: bool, scale in 1.0..3.0f64,
            target_m in 0.5..3.0f64,
        ) {
            let metric = Metric { downwash_scale: scale };
            let (s, c) = kapok_show::math::sin_cos(turn);
            let unit = if is_up { DVec3::Z } else { DVec3::new(c, s, 0.0) };
            let axis = Axis { unit, counts: metric.flatten(unit).length(), metric };
            let apart_m = DVec3::new(x, y, z);
            let push_m = axis.apart(metric.flatten(apart_m), target_m);
            prop_assert!(push_m.cross(unit).length() < 1e-9, "{push_m} is not along {unit}");
            let before_m = metric.flatten(apart_m).length();
            let after_m = metric.flatten(apart_m + push_m).length();
            if before_m >= target_m {
                prop_assert!(push_m.length() < 1e-9, "{push_m}");
            } else {
                prop_assert!((after_m - target_m).abs() < 1e-9, "{after_m} {target_m}");
            }
        }
    }
}
