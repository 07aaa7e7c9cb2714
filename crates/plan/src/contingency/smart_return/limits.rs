use kapok_show::{BadSetting, DVec3, HIGHEST_GROUND_RULE_M};

/// What a smart return keeps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SmartReturnLimits {
    /// Greatest horizontal speed, m/s.
    pub horizontal_m_s: f64,
    /// Greatest vertical speed, m/s.
    pub vertical_m_s: f64,
    /// Acceleration at the start and the end of each leg, m/s².
    pub acceleration_m_s2: f64,
    /// Least distance of two vehicles unless both are below [`Self::ground_altitude_m`], where pads may be closer, metres; above
    /// 0.02.
    pub min_distance_m: f64,
    /// Speed of the descent that follows at once on the arrival, m/s; `None`: the vehicles stay at their targets.
    pub landing_m_s: Option<f64>,
}

/// Distances this much below the least one still count as kept, metres.
pub(super) const TOLERANCE_M: f64 = 0.01;

impl SmartReturnLimits {
    /// The distance that is kept exactly: the least one less its tolerance of 1 cm, metres.
    pub fn kept_distance_m(&self) -> f64 {
        self.min_distance_m - TOLERANCE_M
    }

    /// Two vehicles that are both below may be closer than the least distance, metres: the least distance itself, and never more
    /// than the altitude at which the rule of the ground ends.
    pub fn ground_altitude_m(&self) -> f64 {
        self.min_distance_m.min(HIGHEST_GROUND_RULE_M)
    }

    /// May pads be closer than the least distance? Not if a vehicle above the rule of the ground is still within the least
    /// distance of one on a pad below it.
    pub(super) fn pads_may_be_closer(&self) -> bool {
        self.min_distance_m <= HIGHEST_GROUND_RULE_M
    }

    /// Is every value inside its legal range?
    ///
    /// # Errors
    /// [`BadSetting`] for the first value that is not.
    pub fn validate(&self) -> Result<(), BadSetting> {
        let landing_m_s = self.landing_m_s.unwrap_or(1.0);
        for (field, value, above) in [
            ("horizontal_m_s", self.horizontal_m_s, 0.0),
            ("vertical_m_s", self.vertical_m_s, 0.0),
            ("acceleration_m_s2", self.acceleration_m_s2, 0.0),
            ("landing_m_s", landing_m_s, 0.0),
            ("min_distance_m", self.min_distance_m, 2.0 * TOLERANCE_M),
        ] {
            if !(value.is_finite() && value > above) {
                let why = if above > 0.0 { "it must be above 0.02" } else { "it must be above 0" };
                return Err(BadSetting { field, value, why });
            }
        }
        Ok(())
    }

    /// Farthest that a vehicle moves in a second, metres.
    pub(super) fn step_m(&self) -> f64 {
        DVec3::new(self.horizontal_m_s, 0.0, self.vertical_m_s).length()
    }
}
