use kapok_show::{BadSetting, Limits, ReturnToHomePlan};

/// How returns to home are sought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReturnToHomeSettings {
    /// Seconds of show time between two returns to home; at least 1.
    pub every_s: u32,
    /// Altitude above the pads at which vehicles arrive before they descend, metres; `None`: 2.5 m above the minimum
    /// navigation altitude.
    pub arrival_altitude_m: Option<f64>,
    /// Mean speed of the final descent, m/s; `None`: 1 m/s, or the largest that is legal if that is less. Descents are
    /// eased, so it is at most the largest speed downwards divided by [`ReturnToHomePlan::MAX_DESCENT_PEAK`].
    pub landing_speed_m_s: Option<f64>,
    /// Share of the largest acceleration that is used; above 0, up to 1.
    pub acceleration_share: f64,
}

impl Default for ReturnToHomeSettings {
    /// A return to home every second; 98 % of the acceleration.
    fn default() -> Self {
        Self { every_s: 1, arrival_altitude_m: None, landing_speed_m_s: None, acceleration_share: 0.98 }
    }
}

impl ReturnToHomeSettings {
    /// Every value inside its legal range?
    ///
    /// # Errors
    /// [`BadSetting`] for the first value that is not.
    pub fn validate(&self, limits: &Limits) -> Result<(), BadSetting> {
        let bad = |field, value, why| Err(BadSetting { field, value, why });
        if !(1..=3600).contains(&self.every_s) {
            return bad("every_s", f64::from(self.every_s), "it must be from 1 to 3600");
        }
        let arrival_m = self.arrival_m(limits);
        if !(arrival_m.is_finite() && (0.0..=limits.max_altitude_m).contains(&arrival_m)) {
            return bad("arrival_altitude_m", arrival_m, "it must be from 0 to the ceiling");
        }
        let speed_m_s = self.landing_m_s(limits);
        if !(0.01..=fastest_m_s(limits)).contains(&speed_m_s) {
            let why = "it must be from 0.01 to 4/9 of the largest speed downwards, because descents are eased";
            return bad("landing_speed_m_s", speed_m_s, why);
        }
        if !(self.acceleration_share > 0.0 && self.acceleration_share <= 1.0) {
            return bad("acceleration_share", self.acceleration_share, "it must be above 0 and at most 1");
        }
        if self.acceleration_m_s2(limits) < 0.001 {
            let why = "of the largest acceleration it must leave at least 0.001 m/s²";
            return bad("acceleration_share", self.acceleration_share, why);
        }
        Ok(())
    }

    pub(super) fn arrival_m(&self, limits: &Limits) -> f64 {
        self.arrival_altitude_m.unwrap_or(limits.min_navigation_altitude_m + 2.5)
    }

    /// Whole mm/s, as vehicles store it.
    pub(super) fn landing_m_s(&self, limits: &Limits) -> f64 {
        let asked_m_s = self.landing_speed_m_s.unwrap_or_else(|| fastest_m_s(limits).min(1.0));
        (asked_m_s * 1000.0 + 1e-6).floor() / 1000.0
    }

    /// Whole mm/s², as vehicles store it.
    pub(super) fn acceleration_m_s2(&self, limits: &Limits) -> f64 {
        (limits.max_acceleration_m_s2 * self.acceleration_share * 1000.0 + 1e-6).floor() / 1000.0
    }
}

/// The landing speed with which no eased descent is too fast.
fn fastest_m_s(limits: &Limits) -> f64 {
    limits.max_velocity_down_m_s / ReturnToHomePlan::MAX_DESCENT_PEAK
}
