use std::borrow::Cow;

use kapok_motion::{polygon, segment};
use kapok_show::{DVec2, DVec3, Environment, KeepOut, KeepOutShape};

/// The environment as the planner asks it. `margin_m` is the rounding of written positions: what is nearer to a surface
/// counts as beyond it.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    pub environment: &'a Environment,
    pub margin_m: f64,
}

impl<'a> Surroundings<'a> {
    /// Does the way touch or cross the fence, or lie outside?
    pub fn leaves_fence(&self, from_m: DVec3, to_m: DVec3) -> bool {
        self.environment.geofence.as_ref().is_some_and(|fence| {
            let (a, b) = (from_m.truncate(), to_m.truncate());
            !polygon::contains(&fence.polygon_m, a)
                || polygon::edges(&fence.polygon_m).any(|(p, q)| segment::gap(a, b, p, q) <= self.margin_m)
        })
    }

    /// The first keep-out the way touches or enters.
    pub fn keep_out(&self, from_m: DVec3, to_m: DVec3) -> Option<&'a KeepOut> {
        self.environment.keep_outs.iter().find(|k| self.meets(&k.shape, from_m, to_m))
    }

    fn meets(&self, shape: &KeepOutShape, from_m: DVec3, to_m: DVec3) -> bool {
        let (bottom_m, top_m) = match shape {
            KeepOutShape::Cylinder { bottom_m, top_m, .. } | KeepOutShape::Prism { bottom_m, top_m, .. } => {
                (*bottom_m, *top_m)
            }
        };
        let Some((a, b)) = between(from_m, to_m, bottom_m - self.margin_m, top_m + self.margin_m) else {
            return false;
        };
        match shape {
            KeepOutShape::Cylinder { centre_m, radius_m, .. } => {
                segment::distance(*centre_m, a, b) <= radius_m + self.margin_m
            }
            KeepOutShape::Prism { polygon_m, .. } => {
                polygon::contains(polygon_m, a)
                    || polygon::edges(polygon_m).any(|(p, q)| segment::gap(a, b, p, q) <= self.margin_m)
            }
        }
    }
}

/// Farther up and down than anything flies, metres.
const ENDLESS_M: f64 = 1e6;

/// The environment with the holes of its fence as keep-outs of endless height: to the planner they are the same.
pub fn with_holes_kept_out(environment: &Environment) -> Cow<'_, Environment> {
    let holes = environment.geofence.iter().flat_map(|fence| &fence.holes_m);
    if holes.clone().next().is_none() {
        return Cow::Borrowed(environment);
    }
    let mut all = environment.clone();
    all.keep_outs.extend(holes.map(|hole| KeepOut {
        name: "hole of the geofence".into(),
        shape: KeepOutShape::Prism { polygon_m: hole.clone(), bottom_m: -ENDLESS_M, top_m: ENDLESS_M },
    }));
    Cow::Owned(all)
}

/// The horizontal trace of the part of a way between two altitudes.
fn between(from_m: DVec3, to_m: DVec3, bottom_m: f64, top_m: f64) -> Option<(DVec2, DVec2)> {
    let climb_m = to_m.z - from_m.z;
    let (mut begin, mut end) = (0.0f64, 1.0f64);
    if climb_m == 0.0 {
        if from_m.z < bottom_m || from_m.z > top_m {
            return None;
        }
    } else {
        let (s, t) = ((bottom_m - from_m.z) / climb_m, (top_m - from_m.z) / climb_m);
        begin = begin.max(s.min(t));
        end = end.min(s.max(t));
        if begin > end {
            return None;
        }
    }
    let (a, b) = (from_m.truncate(), to_m.truncate());
    Some((a.lerp(b, begin), a.lerp(b, end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::Geofence;
    use proptest::prelude::*;

    fn site() -> Environment {
        // An L: the notch at the upper right is outside.
        let fence = [(0.0, 0.0), (100.0, 0.0), (100.0, 40.0), (40.0, 40.0), (40.0, 100.0), (0.0, 100.0)];
        let polygon = |p: &[(f64, f64)]| p.iter().map(|&(x, y)| DVec2::new(x, y)).collect();
        let keep_out = |name: &str, shape| KeepOut { name: name.into(), shape };
        Environment {
            geofence: Some(Geofence::around(polygon(&fence))),
            keep_outs: vec![
                keep_out(
                    "mast",
                    KeepOutShape::Cylinder {
                        centre_m: DVec2::new(20.0, 20.0),
                        radius_m: 5.0,
                        bottom_m: 10.0,
                        top_m: 50.0,
                    },
                ),
                keep_out(
                    "hall",
                    KeepOutShape::Prism {
                        polygon_m: polygon(&[(60.0, 10.0), (80.0, 10.0), (80.0, 30.0), (60.0, 30.0)]),
                        bottom_m: 0.0,
                        top_m: 20.0,
                    },
                ),
            ],
            ..Environment::default()
        }
    }

    #[test]
    fn near_misses_at_fence_and_keep_outs() {
        let environment = site();
        let s = Surroundings { environment: &environment, margin_m: 1e-4 };
        let v = DVec3::new;
        // Across the notch although both ends are inside; around it is fine; on the edge is not.
        assert!(s.leaves_fence(v(90.0, 30.0, 9.0), v(30.0, 90.0, 9.0)));
        assert!(!s.leaves_fence(v(90.0, 30.0, 9.0), v(30.0, 30.0, 9.0)));
        assert!(s.leaves_fence(v(100.0, 30.0, 9.0), v(100.0, 30.0, 9.0)));
        assert!(!s.leaves_fence(v(99.999, 30.0, 9.0), v(99.999, 30.0, 9.0)));
        // Over the mast, past it by a hand, through it, and only so low that it has not begun.
        let name = |a, b| s.keep_out(a, b).map(|k| k.name.clone());
        assert_eq!(name(v(10.0, 20.0, 50.1), v(30.0, 20.0, 50.1)), None);
        assert_eq!(name(v(10.0, 25.1, 30.0), v(30.0, 25.1, 30.0)), None);
        assert_eq!(name(v(10.0, 24.9, 30.0), v(30.0, 24.9, 30.0)).as_deref(), Some("mast"));
        assert_eq!(name(v(20.0, 20.0, 0.0), v(20.0, 20.0, 9.9)), None);
        assert_eq!(name(v(20.0, 20.0, 0.0), v(20.0, 20.0, 60.0)).as_deref(), Some("mast"));
        // Climbs out of the hall's height just before it, and just too late.
        assert_eq!(name(v(50.0, 20.0, 10.0), v(70.0, 20.0, 30.2)), None);
        assert_eq!(name(v(50.0, 20.0, 10.0), v(70.0, 20.0, 29.8)).as_deref(), Some("hall"));
        assert_eq!(name(v(65.0, 15.0, 5.0), v(66.0, 15.0, 5.0)).as_deref(), Some("hall"));
    }

    proptest! {
        /// Sampling never finds a point inside where the closed form saw none.
        #[test]
        fn agrees_with_samples(
            a in (1.0..99.0f64, 1.0..99.0f64, 0.0..60.0f64), b in (1.0..99.0f64, 1.0..99.0f64, 0.0..60.0f64),
        ) {
            let environment = site();
            let s = Surroundings { environment: &environment, margin_m: 0.0 };
            let (a, b) = (DVec3::new(a.0, a.1, a.2), DVec3::new(b.0, b.1, b.2));
            let points = (0..=500).map(|k| a.lerp(b, f64::from(k) / 500.0));
            for p in points {
                let q = p.truncate();
                let mast = q.distance(DVec2::splat(20.0)) < 5.0 && p.z > 10.0 && p.z < 50.0;
                let hall = q.x > 60.0 && q.x < 80.0 && q.y > 10.0 && q.y < 30.0 && p.z < 20.0;
                prop_assert!(!(mast || hall) || s.keep_out(a, b).is_some());
                prop_assert!(!(q.x > 40.0 && q.y > 40.0) || s.leaves_fence(a, b));
            }
        }
    }
}
