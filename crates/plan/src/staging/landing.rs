use kapok_motion::spatial::GrowingGrid;
use kapok_show::{BadSetting, DVec3};

/// How a fleet lands: straight down, at one speed, onto one altitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LandingSettings {
    /// Least distance of two vehicles whose motors both run, metres. Vehicles that hover closer keep the distance they have.
    pub min_distance_m: f64,
    /// Mean speed of the descent, m/s.
    pub velocity_m_s: f64,
    /// Altitude of the ground, metres.
    pub ground_m: f64,
    /// Time from touchdown to the stop of the motors, seconds.
    pub spindown_s: f64,
}

/// When each vehicle lands.
#[derive(Clone, Debug, PartialEq)]
pub struct LandingSchedule {
    /// Start of each descent, seconds.
    pub starts_s: Vec<f64>,
    /// Duration of each descent, seconds.
    pub durations_s: Vec<f64>,
}

/// Why a fleet has no landing schedule.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LandingError {
    /// A setting that makes no sense.
    #[error(transparent)]
    BadSetting(#[from] BadSetting),
    /// A vehicle hovers below the ground.
    #[error("point {index} is at {altitude_m} m, below the altitude to land at, {ground_m} m")]
    BelowGround {
        /// The vehicle.
        index: usize,
        /// Its altitude, metres.
        altitude_m: f64,
        /// Altitude of the ground, metres.
        ground_m: f64,
    },
    /// A descent lasts longer than any flight.
    #[error("the landing would take more than a day: check velocity and altitudes")]
    TooLong,
}

/// Start and duration may be rounded up to frames afterwards: a vehicle that is waited for may be this much later, seconds.
/// Two frames from 20 frames a second up.
const FRAMES_S: f64 = 0.1;
/// Start times are multiples of this, seconds.
const STEP_S: f64 = 0.05;
/// Instants at which a pair is looked at; what happens between them is bounded by the speeds.
const INSTANTS: u32 = 160;
/// Largest rate of the smooth descent 3u² − 2u³, as a multiple of the mean.
const PEAK_RATE: f64 = 1.5;
/// Horizontal distances this much below the least one still count as kept, metres.
const FLOAT_NOISE_M: f64 = 1e-4;
/// Cells far smaller than the points' extent would only cost memory; a millimetre is the least that matters.
const LEAST_CELL_M: f64 = 1e-3;
/// Longest descent, seconds.
const MAX_DESCENT_S: f64 = 86_400.0;

/// Schedules straight descents, the lowest vehicle first: each starts as early as all below it permit.
///
/// # Guarantees
/// Two vehicles that hover at least the least distance apart keep it while the motors of both run, whether they descend at
/// constant speed or along 3u² − 2u³, and also if starts and durations are rounded up to frames of up to 50 ms.
///
/// ```
/// use kapok_plan::{LandingSettings, landing_schedule};
/// use kapok_show::DVec3;
/// let settings = LandingSettings { min_distance_m: 3.0, velocity_m_s: 1.0, ground_m: 0.0, spindown_s: 5.0 };
/// // Two columns 1 m apart: the upper vehicle waits. The third is alone.
/// let hover = [DVec3::new(0.0, 0.0, 10.0), DVec3::new(1.0, 0.0, 15.0), DVec3::new(9.0, 0.0, 15.0)];
/// let schedule = landing_schedule(&hover, &settings)?;
/// assert_eq!(schedule.durations_s, [10.0, 15.0, 15.0]);
/// assert!(schedule.starts_s[0] == 0.0 && schedule.starts_s[1] > 0.0 && schedule.starts_s[2] == 0.0);
/// # Ok::<(), kapok_plan::LandingError>(())
/// ```
///
/// # Errors
/// [`LandingError`].
///
/// # Complexity
/// O(n log n + m) for m pairs whose columns are closer than the least distance.
pub fn landing_schedule(hover: &[DVec3], settings: &LandingSettings) -> Result<LandingSchedule, LandingError> {
    settings.check()?;
    let &LandingSettings { min_distance_m, velocity_m_s, ground_m, spindown_s } = settings;
    if let Some(index) = hover.iter().position(|p| p.z < ground_m - 1e-3) {
        return Err(LandingError::BelowGround { index, altitude_m: hover[index].z, ground_m });
    }
    let heights_m: Vec<f64> = hover.iter().map(|p| (p.z - ground_m).max(0.0)).collect();
    let durations_s: Vec<f64> = heights_m.iter().map(|h| h / velocity_m_s).collect();
    if durations_s.iter().any(|d| *d > MAX_DESCENT_S) {
        return Err(LandingError::TooLong);
    }
    let flat: Vec<DVec3> = hover.iter().map(|p| DVec3::new(p.x, p.y, 0.0)).collect();
    let near = GrowingGrid::of(&flat, min_distance_m.max(LEAST_CELL_M));
    let mut order: Vec<usize> = (0..hover.len()).collect();
    order.sort_by(|&a, &b| heights_m[a].total_cmp(&heights_m[b]).then(a.cmp(&b)));
    let mut starts_s = vec![f64::NAN; hover.len()];
    for &upper in &order {
        let mut start_s = 0.0;
        for (lower, apart_m) in near.within(flat[upper], min_distance_m - FLOAT_NOISE_M) {
            if starts_s[lower].is_nan() || lower == upper {
                continue;
            }
            let pair = Pair {
                gap_m: (min_distance_m * min_distance_m - apart_m * apart_m).max(0.0).sqrt(),
                lower: Descent {
                    start_s: starts_s[lower] + FRAMES_S,
                    duration_s: durations_s[lower],
                    height_m: heights_m[lower],
                },
                duration_s: durations_s[upper],
                height_m: heights_m[upper],
                off_s: starts_s[lower] + durations_s[lower] + spindown_s + FRAMES_S,
                velocity_m_s,
            };
            start_s = pair.earliest_start_s(start_s);
        }
        starts_s[upper] = start_s;
    }
    Ok(LandingSchedule { starts_s, durations_s })
}

impl LandingSettings {
    fn check(&self) -> Result<(), BadSetting> {
        let above = |value: f64| value.is_finite() && value > 0.0;
        for (field, value, good, why) in [
            ("min_distance_m", self.min_distance_m, above(self.min_distance_m), "it must be above 0"),
            ("velocity_m_s", self.velocity_m_s, above(self.velocity_m_s), "it must be above 0"),
            ("ground_m", self.ground_m, self.ground_m.is_finite(), "it must be finite"),
            ("spindown_s", self.spindown_s, (0.0..=3600.0).contains(&self.spindown_s), "it must be from 0 to 3600"),
        ] {
            if !good {
                return Err(BadSetting { field, value, why });
            }
        }
        Ok(())
    }
}

/// A straight descent to height 0.
struct Descent {
    start_s: f64,
    duration_s: f64,
    height_m: f64,
}

impl Descent {
    /// Height at an instant, at constant speed and along 3u² − 2u³.
    fn heights_m(&self, t_s: f64) -> [f64; 2] {
        let u = if self.duration_s > 0.0 { ((t_s - self.start_s) / self.duration_s).clamp(0.0, 1.0) } else { 1.0 };
        [self.height_m * (1.0 - u), self.height_m * (1.0 - u * u * (3.0 - 2.0 * u))]
    }
}

/// A vehicle that lands beside another that lands first.
struct Pair {
    /// Difference of heights that keeps the distance.
    gap_m: f64,
    lower: Descent,
    duration_s: f64,
    height_m: f64,
    /// When the motors of the lower one stop.
    off_s: f64,
    velocity_m_s: f64,
}

impl Pair {
    /// The earliest start of the upper one, not before `from_s`, from which on it keeps the gap until the lower one's
    /// motors are off, under either profile. A later start only widens the gap, so bisection finds it.
    fn earliest_start_s(&self, from_s: f64) -> f64 {
        let (mut low, mut high) = ((from_s / STEP_S).ceil() as i64, (self.off_s / STEP_S).ceil() as i64);
        if low >= high || self.keeps(low as f64 * STEP_S) {
            return low as f64 * STEP_S;
        }
        while high - low > 1 {
            let middle = i64::midpoint(low, high);
            if self.keeps(middle as f64 * STEP_S) { high = middle } else { low = middle }
        }
        high as f64 * STEP_S
    }

    fn keeps(&self, start_s: f64) -> bool {
        let upper = Descent { start_s, duration_s: self.duration_s, height_m: self.height_m };
        let step_s = (self.off_s - start_s) / f64::from(INSTANTS);
        // Between two instants neither profile moves farther than this.
        let slack_m = step_s * PEAK_RATE * self.velocity_m_s / 2.0;
        (0..=INSTANTS).all(|k| {
            let t_s = start_s + step_s * f64::from(k);
            let (up, low) = (upper.heights_m(t_s), self.lower.heights_m(t_s));
            up.iter().zip(low).all(|(u, l)| u - l >= self.gap_m + slack_m)
        })
    }
}
