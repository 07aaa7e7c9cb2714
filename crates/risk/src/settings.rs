use kapok_show::BadSetting;

/// What is assumed of failures, and how long their consequences are searched for.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskSettings {
    /// Time for which vehicles drift with the wind before they notice that they have lost their position and land, seconds.
    pub gnss_reaction_s: f64,
    /// Work that the loss-of-vehicle analysis may cost, in comparisons of boxes, for each scenario (stops, drifts, falls,
    /// sectors) and each half of it (contacts, gaps). Bounds hold whatever it is; 0 leaves the analysis out.
    pub loss_budget: u64,
    /// Largest tilt of the vehicle, degrees, for the figure of the wind's reserve.
    pub max_tilt_deg: f64,
}

impl Default for RiskSettings {
    fn default() -> Self {
        Self { gnss_reaction_s: 10.0, loss_budget: 80_000_000, max_tilt_deg: 35.0 }
    }
}

impl RiskSettings {
    /// Every value finite and inside its legal range?
    ///
    /// # Errors
    /// [`BadSetting`] for the first value that is not.
    pub fn validate(&self) -> Result<(), BadSetting> {
        let (reaction_s, tilt_deg) = (self.gnss_reaction_s, self.max_tilt_deg);
        if !(reaction_s.is_finite() && reaction_s >= 0.0) {
            let why = "it must be a finite number from 0 up";
            return Err(BadSetting { field: "gnss_reaction_s", value: reaction_s, why });
        }
        if !(tilt_deg > 0.0 && tilt_deg < 90.0) {
            return Err(BadSetting { field: "max_tilt_deg", value: tilt_deg, why: "it must be above 0 and below 90" });
        }
        Ok(())
    }
}
