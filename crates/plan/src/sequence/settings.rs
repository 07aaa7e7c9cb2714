use kapok_motion::PositionGrid;
use kapok_show::BadSetting;

/// How a plan is made, beyond what the storyboard says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlanSettings {
    /// Grid of written positions, metres: a power of ten from 1 down to 10⁻⁶.
    pub position_grid_m: f64,
    /// Share of every motion limit that is left unused, besides the exact allowance for rounding; from 0 up, below 0.5.
    pub limit_margin: f64,
}

impl Default for PlanSettings {
    /// A grid of 0.1 mm; a millionth of the limits left unused.
    fn default() -> Self {
        Self { position_grid_m: 1e-4, limit_margin: 1e-6 }
    }
}

impl PlanSettings {
    /// Every value inside its legal range?
    ///
    /// # Errors
    /// [`BadSetting`] for the first value that is not.
    pub fn validate(&self) -> Result<(), BadSetting> {
        if !(0.0..0.5).contains(&self.limit_margin) {
            let why = "it must be from 0 up and below 0.5";
            return Err(BadSetting { field: "limit_margin", value: self.limit_margin, why });
        }
        PositionGrid::new(self.position_grid_m).map(|_| ())
    }
}
