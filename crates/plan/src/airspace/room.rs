use kapok_show::{DVec3, KeepOutShape, Limits};

use super::obstacle::Obstacle;
use super::surroundings::Surroundings;
use crate::outcome::{AirspaceConflict, PlaceName};

/// Where the ways of one transition may lead.
#[derive(Clone, Copy, Debug)]
pub struct Airspace<'a> {
    /// None: open air.
    pub around: Option<Surroundings<'a>>,
    /// Detours go no lower and no higher, metres; both ends of every way lie between.
    pub floor_m: f64,
    pub ceiling_m: f64,
    /// False near the ground, where no vehicle moves sideways.
    pub may_evade: bool,
}

impl<'a> Airspace<'a> {
    /// Nothing is in the way.
    pub const fn open() -> Self {
        Self { around: None, floor_m: f64::NEG_INFINITY, ceiling_m: f64::INFINITY, may_evade: true }
    }

    /// Between the altitudes of a show and out of what is around.
    pub fn of(limits: &Limits, around: Surroundings<'a>) -> Self {
        Self {
            around: Some(around),
            floor_m: limits.min_navigation_altitude_m,
            ceiling_m: limits.max_altitude_m,
            may_evade: true,
        }
    }

    /// Does the straight way touch anything?
    pub fn blocks(&self, from_m: DVec3, to_m: DVec3) -> bool {
        self.around.is_some_and(|a| a.leaves_fence(from_m, to_m) || a.keep_out(from_m, to_m).is_some())
    }

    /// Does the straight way leave the fence?
    pub fn leaves_fence(&self, from_m: DVec3, to_m: DVec3) -> bool {
        self.around.is_some_and(|around| around.leaves_fence(from_m, to_m))
    }

    /// The fence, then the keep-outs.
    pub fn obstacles(&self) -> Vec<Obstacle<'a>> {
        let Some(around) = self.around else { return Vec::new() };
        let fence = around.environment.geofence.as_ref().map(|fence| Obstacle::Fence(&fence.polygon_m));
        fence.into_iter().chain(around.environment.keep_outs.iter().map(|k| Obstacle::KeepOut(&k.shape))).collect()
    }

    /// The highest top of a keep-out, metres; nothing without keep-outs.
    pub fn top_m(&self) -> Option<f64> {
        let tops = self.around?.environment.keep_outs.iter().map(|k| match k.shape {
            KeepOutShape::Cylinder { top_m, .. } | KeepOutShape::Prism { top_m, .. } => top_m,
        });
        tops.reduce(f64::max)
    }

    /// Why a place is not within the altitudes, inside the fence and outside the keep-outs.
    pub fn refuse_place(&self, place: impl Fn() -> PlaceName, point_m: DVec3) -> Option<AirspaceConflict> {
        let altitude_m = point_m.z;
        if altitude_m < self.floor_m {
            return Some(AirspaceConflict::TooLow { place: place(), altitude_m, limit_m: self.floor_m });
        }
        if altitude_m > self.ceiling_m {
            return Some(AirspaceConflict::TooHigh { place: place(), altitude_m, limit_m: self.ceiling_m });
        }
        let around = self.around?;
        if around.leaves_fence(point_m, point_m) {
            return Some(AirspaceConflict::OutsideGeofence { place: place(), point_m });
        }
        let keep_out = around.keep_out(point_m, point_m)?;
        Some(AirspaceConflict::InsideKeepOut { place: place(), point_m, keep_out: keep_out.name.clone() })
    }

    /// Why not every vehicle can rest where a way round would have it rest.
    pub fn refuse_stops(&self, transition: &str, stops: &[DVec3]) -> Option<AirspaceConflict> {
        let stop = |vehicle: usize| PlaceName::Stop { transition: transition.into(), vehicle };
        stops.iter().enumerate().find_map(|(vehicle, &p)| self.refuse_place(|| stop(vehicle), p))
    }

    /// Which straight way leaves the fence or crosses a keep-out.
    pub fn refuse_ways(&self, transition: &str, from: &[DVec3], to: &[DVec3]) -> Option<AirspaceConflict> {
        let around = self.around?;
        let ways = || from.iter().copied().zip(to.iter().copied()).enumerate();
        let leaving = ways().filter(|(_, (a, b))| around.leaves_fence(*a, *b));
        if let Some((vehicle, (from_m, to_m))) = leaving.clone().next() {
            return Some(AirspaceConflict::PathLeavesGeofence {
                transition: transition.into(),
                vehicle,
                from_m,
                to_m,
                count: leaving.count(),
            });
        }
        let crossing = ways().filter_map(|(v, (a, b))| around.keep_out(a, b).map(|k| (v, a, b, k)));
        let (vehicle, from_m, to_m, keep_out) = crossing.clone().next()?;
        Some(AirspaceConflict::PathThroughKeepOut {
            transition: transition.into(),
            vehicle,
            from_m,
            to_m,
            keep_out: keep_out.name.clone(),
            count: crossing.count(),
        })
    }

    /// What must be left between a way and an obstacle because positions are rounded, metres.
    pub fn margin_m(&self) -> f64 {
        self.around.map_or(0.0, |around| around.margin_m)
    }
}
