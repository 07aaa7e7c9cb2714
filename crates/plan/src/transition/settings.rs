use kapok_motion::PositionGrid;
use kapok_motion::timing::MotionLimits;
use kapok_show::BadSetting;

/// What a single transition has to respect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransitionSettings {
    /// How fast vehicles may move.
    pub limits: MotionLimits,
    /// Least distance of two vehicles, metres, measured with z divided by `downwash_scale`; above 0.
    pub min_separation_m: f64,
    /// How many times longer the separation ellipsoid is vertically; from 1 up.
    pub downwash_scale: f64,
    /// True: start i goes to goal i. False: any start to any goal.
    pub keep_order: bool,
    /// Duration asked for, milliseconds; `None`: the shortest.
    pub duration_ms: Option<i64>,
    /// Grid of written positions, metres: a power of ten from 1 down to 10⁻⁶.
    pub position_grid_m: f64,
    /// Share of every motion limit that is left unused, besides the exact allowance for rounding; from 0 up, below 0.5.
    pub limit_margin: f64,
}

impl TransitionSettings {
    /// Settings with any order, shortest duration, a grid of 0.1 mm.
    pub const fn new(limits: MotionLimits, min_separation_m: f64, downwash_scale: f64) -> Self {
        Self {
            limits,
            min_separation_m,
            downwash_scale,
            keep_order: false,
            duration_ms: None,
            position_grid_m: 1e-4,
            limit_margin: 1e-6,
        }
    }

    /// Every value inside its legal range?
    ///
    /// # Errors
    /// [`BadSetting`] for the first value that is not.
    pub fn validate(&self) -> Result<(), BadSetting> {
        self.limits.validate()?;
        let bad = |field, value, why| Err(BadSetting { field, value, why });
        if !(self.min_separation_m.is_finite() && self.min_separation_m > 0.0) {
            return bad("min_separation_m", self.min_separation_m, "it must be a finite number above 0");
        }
        if !(self.downwash_scale.is_finite() && self.downwash_scale >= 1.0) {
            return bad("downwash_scale", self.downwash_scale, "it must be a finite number from 1 up");
        }
        if self.duration_ms.is_some_and(|t| !(0..=86_400_000).contains(&t)) {
            let value = self.duration_ms.unwrap_or_default() as f64;
            return bad("duration_ms", value, "it must be from 0 to one day");
        }
        if !(0.0..0.5).contains(&self.limit_margin) {
            return bad("limit_margin", self.limit_margin, "it must be from 0 up and below 0.5");
        }
        PositionGrid::new(self.position_grid_m).map(|_| ())
    }
}
