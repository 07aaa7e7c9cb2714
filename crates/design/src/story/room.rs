use kapok_show::{DVec2, DVec3, Environment, KeepOutShape, Limits};

use super::Polygon;

/// The room that may be flown: between the minimum navigation altitude and the ceiling, inside the fence, outside the
/// keep-outs.
pub(crate) struct Room {
    low_m: f64,
    high_m: f64,
    fence: Option<Polygon>,
    keep_outs: Vec<Volume>,
    audiences: Vec<Polygon>,
}

struct Volume {
    name: String,
    foot: Foot,
    bottom_m: f64,
    top_m: f64,
}

enum Foot {
    Circle { centre_m: DVec2, radius_m: f64 },
    Polygon(Polygon),
}

/// Why a place may not be flown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Refusal {
    TooLow,
    TooHigh,
    OutsideFence,
    InKeepOut(String),
}

impl Room {
    pub(crate) fn new(environment: &Environment, limits: &Limits) -> Self {
        let keep_outs = environment
            .keep_outs
            .iter()
            .map(|keep_out| {
                let name = keep_out.name.clone();
                match &keep_out.shape {
                    &KeepOutShape::Cylinder { centre_m, radius_m, bottom_m, top_m } => {
                        Volume { name, foot: Foot::Circle { centre_m, radius_m }, bottom_m, top_m }
                    }
                    KeepOutShape::Prism { polygon_m, bottom_m, top_m } => {
                        let foot = Foot::Polygon(Polygon::new(polygon_m.clone()));
                        Volume { name, foot, bottom_m: *bottom_m, top_m: *top_m }
                    }
                }
            })
            .collect();
        Self {
            low_m: limits.min_navigation_altitude_m,
            high_m: limits.max_altitude_m,
            fence: environment.geofence.as_ref().map(|fence| Polygon::new(fence.polygon_m.clone())),
            keep_outs,
            audiences: environment.audiences.iter().map(|a| Polygon::new(a.polygon_m.clone())).collect(),
        }
    }

    /// The fence, if there is one.
    pub(crate) fn fence(&self) -> Option<&Polygon> {
        self.fence.as_ref()
    }

    /// Why no vehicle may hover at a place; `None` if one may.
    pub(crate) fn refusal(&self, p_m: DVec3) -> Option<Refusal> {
        if p_m.z < self.low_m {
            Some(Refusal::TooLow)
        } else if p_m.z > self.high_m {
            Some(Refusal::TooHigh)
        } else {
            self.refusal_on_ground(p_m)
        }
    }

    /// The same without the bounds of altitude: for pads.
    pub(crate) fn refusal_on_ground(&self, p_m: DVec3) -> Option<Refusal> {
        let foot_m = p_m.truncate();
        if self.fence.as_ref().is_some_and(|fence| !fence.contains(foot_m)) {
            return Some(Refusal::OutsideFence);
        }
        self.keep_outs.iter().find(|volume| volume.contains(p_m)).map(|volume| Refusal::InKeepOut(volume.name.clone()))
    }

    /// Are there spectators below?
    pub(crate) fn above_audience(&self, p_m: DVec3) -> bool {
        self.audiences.iter().any(|area| area.contains(p_m.truncate()))
    }
}

impl Volume {
    fn contains(&self, p_m: DVec3) -> bool {
        (self.bottom_m..=self.top_m).contains(&p_m.z)
            && match &self.foot {
                Foot::Circle { centre_m, radius_m } => p_m.truncate().distance(*centre_m) <= *radius_m,
                Foot::Polygon(polygon) => polygon.contains(p_m.truncate()),
            }
    }
}
