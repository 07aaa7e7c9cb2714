use kapok_motion::spatial::Bounds;
use kapok_motion::timing::MotionLimits;
use kapok_show::DVec3;

/// What makes a trip long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// The square of its length: with one speed limit for all directions the order by time, but cheaper.
    Length,
    /// The least time of any motion over it.
    Bound(MotionLimits),
    /// The least time of a motion straight along it.
    Straight(MotionLimits),
}

impl Measure {
    /// The order by [`Self::Bound`].
    pub fn bound(limits: &MotionLimits) -> Self {
        if limits.is_isotropic() { Self::Length } else { Self::Bound(*limits) }
    }

    /// The order by [`Self::Straight`].
    pub fn straight(limits: &MotionLimits) -> Self {
        if limits.is_isotropic() { Self::Length } else { Self::Straight(*limits) }
    }

    pub fn key(&self, trip: DVec3) -> f64 {
        match self {
            Self::Length => trip.length_squared(),
            Self::Bound(limits) => limits.trip_bound_s(trip),
            Self::Straight(limits) => limits.straight_s(trip),
        }
    }

    /// Not above the key of any trip from `at` into the box.
    pub fn floor(&self, bounds: &Bounds, at: DVec3) -> f64 {
        let gap = bounds.gap(at);
        match self {
            Self::Length => gap.length_squared(),
            Self::Bound(limits) | Self::Straight(limits) => limits.box_bound_s(gap, bounds.low.z > at.z),
        }
    }
}
