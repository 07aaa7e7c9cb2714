//! Curves and obstacles: the signed distance to an obstacle changes no faster than the point moves, so what it is at the
//! middle of a piece bounds it on the whole piece.

use kapok_motion::bezier::halves;
use kapok_show::DVec3;

use crate::airspace::Obstacle;

/// Halvings before a piece counts as blocked.
pub const MAX_DEPTH: u32 = 30;
/// Pieces smaller than this are points for the search of the worst one, metres.
const POINT_M: f64 = 2e-3;

/// A point of the middle of a curve, and how far the curve reaches from there.
fn ball(c: &[DVec3; 4]) -> (DVec3, f64) {
    let middle = c[0] * 0.125 + c[1] * 0.375 + c[2] * 0.375 + c[3] * 0.125;
    (middle, c.iter().map(|p| p.distance_squared(middle)).fold(0.0, f64::max).sqrt())
}

fn is_far(obstacle: &Obstacle<'_>, c: &[DVec3; 4], margin_m: f64) -> bool {
    let (low, high) = c.iter().fold((c[0], c[0]), |(l, h), &p| (l.min(p), h.max(p)));
    !obstacle.may_touch(low, high, margin_m)
}

/// Does the curve keep more than the margin from the obstacle?
pub fn keeps(obstacle: &Obstacle<'_>, c: &[DVec3; 4], margin_m: f64, depth: u32) -> bool {
    if is_far(obstacle, c, margin_m) {
        return true;
    }
    let (middle, reach_m) = ball(c);
    let here_m = obstacle.clearance_m(middle);
    if here_m - reach_m > margin_m {
        return true;
    }
    if here_m <= margin_m || depth == 0 {
        return false;
    }
    let (left, right) = halves(c);
    keeps(obstacle, &left, margin_m, depth - 1) && keeps(obstacle, &right, margin_m, depth - 1)
}

/// The least clearance of a curve and its parameter, if it is below a limit.
pub fn worst(obstacle: &Obstacle<'_>, c: &[DVec3; 4], below_m: f64) -> Option<(f64, f64)> {
    if is_far(obstacle, c, below_m) {
        return None;
    }
    let mut best = None;
    let mut least_m = below_m;
    let mut open = vec![(*c, 0.0, 1.0)];
    while let Some((c, from, to)) = open.pop() {
        let (middle, reach_m) = ball(&c);
        let here_m = obstacle.clearance_m(middle);
        let u = f64::midpoint(from, to);
        if here_m < least_m {
            (least_m, best) = (here_m, Some((here_m, u)));
        }
        if here_m - reach_m >= least_m - POINT_M || reach_m < POINT_M {
            continue;
        }
        let (left, right) = halves(&c);
        open.push((left, from, u));
        open.push((right, u, to));
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_motion::bezier::cubic_at;
    use kapok_show::{DVec2, KeepOutShape};
    use proptest::prelude::*;

    fn shapes() -> [KeepOutShape; 2] {
        let corners = [(-4.0, -3.0), (5.0, -3.0), (5.0, 1.0), (0.0, 1.0), (0.0, 4.0), (-4.0, 4.0)];
        [
            KeepOutShape::Cylinder { centre_m: DVec2::new(1.0, -1.0), radius_m: 3.0, bottom_m: 0.0, top_m: 8.0 },
            KeepOutShape::Prism {
                polygon_m: corners.iter().map(|&(x, y)| DVec2::new(x, y)).collect(),
                bottom_m: -2.0,
                top_m: 5.0,
            },
        ]
    }

    proptest! {
        /// Agrees with dense sampling, for volumes and for the same outline as a fence.
        #[test]
        fn agrees_with_samples(raw in prop::array::uniform4((-9.0..9.0f64, -9.0..9.0f64, -6.0..12.0f64))) {
            let c = raw.map(|(x, y, z)| DVec3::new(x, y, z));
            for shape in shapes() {
                let mut obstacles = vec![Obstacle::KeepOut(&shape)];
                if let KeepOutShape::Prism { polygon_m, .. } = &shape {
                    obstacles.push(Obstacle::Fence(polygon_m));
                }
                for obstacle in obstacles {
                    let samples = (0..=2000).map(|k| obstacle.clearance_m(cubic_at(&c, f64::from(k) / 2000.0)));
                    let sampled_m = samples.fold(f64::INFINITY, f64::min);
                    let (found_m, u) = worst(&obstacle, &c, 1e3).unwrap();
                    prop_assert!((obstacle.clearance_m(cubic_at(&c, u)) - found_m).abs() < 1e-9);
                    prop_assert!((found_m - sampled_m).abs() < 0.05, "{found_m} {sampled_m}");
                    prop_assert!(!keeps(&obstacle, &c, sampled_m + 1e-9, MAX_DEPTH));
                    prop_assert!(keeps(&obstacle, &c, sampled_m - 0.05, MAX_DEPTH));
                }
            }
        }

        /// Leaving along a direction ends on the surface.
        #[test]
        fn exits_lead_out(x in -4.0..5.0f64, y in -4.0..4.0f64, z in 0.0..5.0f64, turn in 0.0..6.2f64) {
            let at_m = DVec3::new(x, y, z);
            for shape in shapes() {
                let obstacle = Obstacle::KeepOut(&shape);
                if obstacle.clearance_m(at_m) >= 0.0 {
                    continue;
                }
                let (s, c) = kapok_show::math::sin_cos(turn);
                for n in [DVec3::new(c, s, 0.0), DVec3::Z, -DVec3::Z] {
                    let exit_m = obstacle.exit_m(at_m, n);
                    prop_assert!(exit_m > 0.0);
                    prop_assert!(obstacle.clearance_m(at_m + n * (exit_m + 1e-6)) > 0.0);
                }
            }
        }
    }
}
