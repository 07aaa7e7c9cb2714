//! Does a way stay inside the geofence and out of the keep-outs, and which way out is there?

use std::borrow::Cow;

use kapok_motion::{polygon, segment};
use kapok_show::{DVec2, DVec3, Environment, KeepOut, KeepOutShape, Limits};

use crate::infeasible::{Infeasibility, Place};

/// The environment as the planner asks it. `margin_m` is the rounding of written positions: what is nearer to a surface
/// counts as beyond it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) margin_m: f64,
}

impl<'a> Surroundings<'a> {
    /// Does the way touch or cross the fence, or lie outside?
    pub(crate) fn leaves_fence(&self, from_m: DVec3, to_m: DVec3) -> bool {
        self.environment.geofence.as_ref().is_some_and(|fence| {
            let (a, b) = (from_m.truncate(), to_m.truncate());
            !polygon::contains(&fence.polygon_m, a)
                || polygon::edges(&fence.polygon_m).any(|(p, q)| segment::gap(a, b, p, q) <= self.margin_m)
        })
    }

    /// The first keep-out the way touches or enters.
    pub(crate) fn keep_out(&self, from_m: DVec3, to_m: DVec3) -> Option<&'a KeepOut> {
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
pub(crate) fn with_holes_kept_out(environment: &Environment) -> Cow<'_, Environment> {
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

/// Where the ways of one transition may lead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room<'a> {
    /// None: open air.
    pub(crate) around: Option<Surroundings<'a>>,
    /// Detours go no lower and no higher, metres; both ends of every way lie between.
    pub(crate) floor_m: f64,
    pub(crate) ceiling_m: f64,
    /// False near the ground, where nobody moves sideways.
    pub(crate) may_evade: bool,
}

/// Something that is in the way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Obstacle<'a> {
    /// The fence, from inside.
    Fence(&'a [DVec2]),
    KeepOut(&'a KeepOutShape),
}

impl<'a> Room<'a> {
    /// Nothing is in the way of anybody.
    pub(crate) const fn open() -> Self {
        Self { around: None, floor_m: f64::NEG_INFINITY, ceiling_m: f64::INFINITY, may_evade: true }
    }

    /// Between the altitudes of a show and out of what is around.
    pub(crate) fn of(limits: &Limits, around: Surroundings<'a>) -> Self {
        Self {
            around: Some(around),
            floor_m: limits.min_navigation_altitude_m,
            ceiling_m: limits.max_altitude_m,
            may_evade: true,
        }
    }

    /// Does the straight way touch anything?
    pub(crate) fn blocks(&self, from_m: DVec3, to_m: DVec3) -> bool {
        self.around.is_some_and(|a| a.leaves_fence(from_m, to_m) || a.keep_out(from_m, to_m).is_some())
    }

    /// Does the straight way leave the fence?
    pub(crate) fn leaves_fence(&self, from_m: DVec3, to_m: DVec3) -> bool {
        self.around.is_some_and(|around| around.leaves_fence(from_m, to_m))
    }

    /// The fence, then the keep-outs.
    pub(crate) fn obstacles(&self) -> Vec<Obstacle<'a>> {
        let Some(around) = self.around else { return Vec::new() };
        let fence = around.environment.geofence.as_ref().map(|fence| Obstacle::Fence(&fence.polygon_m));
        fence.into_iter().chain(around.environment.keep_outs.iter().map(|k| Obstacle::KeepOut(&k.shape))).collect()
    }

    /// The highest top of a keep-out, metres; nothing without keep-outs.
    pub(crate) fn top_m(&self) -> Option<f64> {
        let tops = self.around?.environment.keep_outs.iter().map(|k| match k.shape {
            KeepOutShape::Cylinder { top_m, .. } | KeepOutShape::Prism { top_m, .. } => top_m,
        });
        tops.reduce(f64::max)
    }

    /// Why a place is not within the altitudes, inside the fence and outside the keep-outs.
    pub(crate) fn refuse_place(&self, place: impl Fn() -> Place, point_m: DVec3) -> Option<Infeasibility> {
        let altitude_m = point_m.z;
        if altitude_m < self.floor_m {
            return Some(Infeasibility::TooLow { place: place(), altitude_m, limit_m: self.floor_m });
        }
        if altitude_m > self.ceiling_m {
            return Some(Infeasibility::TooHigh { place: place(), altitude_m, limit_m: self.ceiling_m });
        }
        let around = self.around?;
        if around.leaves_fence(point_m, point_m) {
            return Some(Infeasibility::OutsideGeofence { place: place(), point_m });
        }
        let keep_out = around.keep_out(point_m, point_m)?;
        Some(Infeasibility::InsideKeepOut { place: place(), point_m, keep_out: keep_out.name.clone() })
    }

    /// Why not everybody can rest where a way round would have them rest.
    pub(crate) fn refuse_stops(&self, transition: &str, stops: &[DVec3]) -> Option<Infeasibility> {
        let stop = |vehicle: usize| Place::Stop { transition: transition.into(), vehicle };
        stops.iter().enumerate().find_map(|(vehicle, &p)| self.refuse_place(|| stop(vehicle), p))
    }

    /// Which straight way leaves the fence or crosses a keep-out.
    pub(crate) fn refuse_ways(&self, transition: &str, from: &[DVec3], to: &[DVec3]) -> Option<Infeasibility> {
        let around = self.around?;
        let ways = || from.iter().copied().zip(to.iter().copied()).enumerate();
        let leaving = ways().filter(|(_, (a, b))| around.leaves_fence(*a, *b));
        if let Some((vehicle, (from_m, to_m))) = leaving.clone().next() {
            return Some(Infeasibility::PathLeavesGeofence {
                transition: transition.into(),
                vehicle,
                from_m,
                to_m,
                count: leaving.count(),
            });
        }
        let crossing = ways().filter_map(|(v, (a, b))| around.keep_out(a, b).map(|k| (v, a, b, k)));
        let (vehicle, from_m, to_m, keep_out) = crossing.clone().next()?;
        Some(Infeasibility::PathThroughKeepOut {
            transition: transition.into(),
            vehicle,
            from_m,
            to_m,
            keep_out: keep_out.name.clone(),
            count: crossing.count(),
        })
    }

    /// What must be left between a way and an obstacle because positions are rounded, metres.
    pub(crate) fn margin_m(&self) -> f64 {
        self.around.map_or(0.0, |around| around.margin_m)
    }
}

impl Obstacle<'_> {
    /// Distance to the obstacle, negative inside it (for the fence: outside the fence). It changes no faster than the point
    /// moves.
    pub(crate) fn clearance_m(&self, at_m: DVec3) -> f64 {
        match self {
            Self::Fence(corners) => polygon::depth(corners, at_m.truncate()),
            Self::KeepOut(shape) => {
                let (sideways_m, bottom_m, top_m) = match shape {
                    KeepOutShape::Cylinder { centre_m, radius_m, bottom_m, top_m } => {
                        (at_m.truncate().distance(*centre_m) - radius_m, *bottom_m, *top_m)
                    }
                    KeepOutShape::Prism { polygon_m, bottom_m, top_m } => {
                        (-polygon::depth(polygon_m, at_m.truncate()), *bottom_m, *top_m)
                    }
                };
                let vertical_m = (bottom_m - at_m.z).max(at_m.z - top_m);
                if sideways_m <= 0.0 || vertical_m <= 0.0 {
                    return sideways_m.max(vertical_m);
                }
                (sideways_m * sideways_m + vertical_m * vertical_m).sqrt()
            }
        }
    }

    /// Quickly not above the clearance of any point of a box.
    pub(crate) fn may_touch(&self, low_m: DVec3, high_m: DVec3, margin_m: f64) -> bool {
        let Self::KeepOut(shape) = self else { return true };
        let (low, high, bottom_m, top_m) = match shape {
            KeepOutShape::Cylinder { centre_m, radius_m, bottom_m, top_m } => {
                (*centre_m - DVec2::splat(*radius_m), *centre_m + DVec2::splat(*radius_m), *bottom_m, *top_m)
            }
            KeepOutShape::Prism { polygon_m, bottom_m, top_m } => {
                let start = (DVec2::INFINITY, DVec2::NEG_INFINITY);
                let (low, high) = polygon_m.iter().fold(start, |(l, h), &p| (l.min(p), h.max(p)));
                (low, high, *bottom_m, *top_m)
            }
        };
        let gap = (low.extend(bottom_m) - high_m).max(low_m - high.extend(top_m));
        gap.max_element() <= margin_m
    }

    /// How far it is out of the obstacle from a point inside, along a unit direction that is horizontal or vertical; infinite
    /// where it does not lead out.
    pub(crate) fn exit_m(&self, at_m: DVec3, direction: DVec3) -> f64 {
        let shape = match self {
            Self::KeepOut(shape) => shape,
            Self::Fence(_) if direction.z != 0.0 => return f64::INFINITY,
            // Where the ray comes in again.
            Self::Fence(corners) => {
                let meets =
                    polygon::line_crossings(corners, at_m.truncate(), direction.truncate()).filter(|s| *s > 0.0);
                return meets.fold(f64::INFINITY, f64::min);
            }
        };
        let (bottom_m, top_m) = match shape {
            KeepOutShape::Cylinder { bottom_m, top_m, .. } | KeepOutShape::Prism { bottom_m, top_m, .. } => {
                (*bottom_m, *top_m)
            }
        };
        if direction.z != 0.0 {
            return if direction.z > 0.0 { top_m - at_m.z } else { at_m.z - bottom_m };
        }
        let (at, n) = (at_m.truncate(), direction.truncate());
        match shape {
            KeepOutShape::Cylinder { centre_m, radius_m, .. } => {
                let o = at - *centre_m;
                let along = o.dot(n);
                (along * along + radius_m * radius_m - o.length_squared()).max(0.0).sqrt() - along
            }
            KeepOutShape::Prism { polygon_m, .. } => {
                // Past the last side that the ray meets.
                polygon::line_crossings(polygon_m, at, n).fold(0.0, f64::max)
            }
        }
    }

    /// The shortest way back from a point outside the fence, a unit vector.
    pub(crate) fn back(&self, at_m: DVec3) -> DVec3 {
        let Self::Fence(corners) = self else { return DVec3::ZERO };
        let at = at_m.truncate();
        let nearest = polygon::nearest_on_outline(corners, at);
        let way = if polygon::contains(corners, at) { at - nearest } else { nearest - at };
        way.normalize_or_zero().extend(0.0)
    }
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
