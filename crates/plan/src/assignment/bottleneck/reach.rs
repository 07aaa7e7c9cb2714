use kapok_motion::spatial::Bounds;
use kapok_motion::timing::Radii;
use kapok_show::DVec3;

use crate::assignment::measure::Measure;

/// The trips whose keys are at most a given one.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    measure: Measure,
    key: f64,
    /// No trip within reach leads farther.
    radii: Radii,
}

impl Reach {
    pub fn new(measure: Measure, key: f64) -> Self {
        let radii = match measure {
            Measure::Length => Radii::all(key.sqrt() * (1.0 + 1e-12)),
            Measure::Bound(limits) | Measure::Straight(limits) => limits.radii(key),
        };
        Self { measure, key, radii }
    }

    pub fn measure(&self) -> Measure {
        self.measure
    }

    pub fn key(&self) -> f64 {
        self.key
    }

    /// The key of a trip within reach.
    pub fn key_within(&self, trip: DVec3) -> Option<f64> {
        if self.radii.exclude(trip.abs(), trip.z > 0.0) {
            return None;
        }
        let key = self.measure.key(trip);
        (key <= self.key).then_some(key)
    }

    /// False only if no trip from `at` into the box is within reach.
    pub fn may_touch(&self, bounds: &Bounds, at: DVec3) -> bool {
        !self.radii.exclude(bounds.gap(at), bounds.low.z > at.z)
    }
}
