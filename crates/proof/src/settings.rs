use kapok_show::{BadSetting, PAD_TOLERANCE_M};

/// How closely to look, and what counts as rounding. The limits themselves come with the show.
#[derive(Clone, Debug, PartialEq)]
pub struct ProofSettings {
    /// Largest distance between the two ends of the enclosure of each rule's worst value, in the rule's unit.
    pub tolerance: f64,
    /// The same for the separation of each second, metres. Coarser, because it is for plots.
    pub plot_tolerance_m: f64,
    /// How far the closest pair is looked for, as a multiple of the limit; from 1.5.
    pub search_radius_factor: f64,
    /// Step to which file formats round control points, metres. Speed, acceleration and jerk that such rounding can
    /// produce in a piece of the given degree and duration are not held against the show: a piece of 20 ms shows
    /// thousands of m/s³ of jerk for half a millimetre. 0 counts everything.
    pub coordinate_step_m: f64,
    /// Farthest that the reader moved a time, milliseconds, where the file has times between whole milliseconds. What that
    /// explains in speed, acceleration and jerk is not held against the show; distances of vehicles are held with what they
    /// can move in twice that time.
    pub time_error_ms: f64,
    /// The motion was given as samples, and the straight lines between them are the reader's assumption. Then lines say
    /// nothing of acceleration and jerk, and a bend is no jump: what is decided is whether some motion through the samples
    /// keeps the limit of acceleration, as far as neighbouring mean velocities tell.
    pub samples: bool,
    /// Largest jump of velocity at a joint, beyond what `coordinate_step_m` explains, m/s. File formats round control
    /// points, so velocities on both sides of a joint never agree exactly; 0.05 m/s is far below what a vehicle can feel.
    pub velocity_jump_m_s: f64,
    /// Largest jump of acceleration at a joint, beyond what `coordinate_step_m` explains, m/s². `None`: the limit of
    /// acceleration, so that a start at full acceleration is legal and a sudden reversal of it is not.
    pub acceleration_jump_m_s2: Option<f64>,
    /// Horizontal speed that still counts as none below the minimum navigation altitude, m/s.
    pub ground_drift_m_s: f64,
    /// How far from its pad a trajectory may begin, and from a pad or the ground it may end, metres, beyond what
    /// `coordinate_step_m` explains.
    pub pad_tolerance_m: f64,
    /// How far above or below the site's origin a pad may lie, metres: what stands higher hangs in the air.
    pub pad_height_m: f64,
    /// The motion is a part of a show that may begin and end in the air: pads and the ground are not asked for.
    pub airborne_ends: bool,
    /// Intervals that one search may look at before it gives up (and says so).
    pub max_nodes: u32,
    /// Density of the air, kg/m³; 1.225 is that at sea level, the densest and so the one in which wind carries furthest.
    pub air_density_kg_m3: f64,
    /// Greatest airspeed of the vehicles, m/s, in place of that of the profile; `None`: what the profile states.
    pub max_airspeed_m_s: Option<f64>,
    /// Is the largest wind stated, by the file or by the caller, and no default? Else airspeed is not judged.
    pub wind_stated: bool,
    /// Least altitude of a vehicle whose pyrotechnic burns, metres above the site's origin.
    pub pyro_altitude_m: f64,
    /// Least distance of any other vehicle to one whose pyrotechnic burns, metres.
    pub pyro_neighbour_m: f64,
    /// Least horizontal distance of spectators to a vehicle whose pyrotechnic burns, metres, without wind.
    pub pyro_audience_m: f64,
    /// Time for which sparks glow and drift with the largest wind, seconds; their way is added to the distance.
    pub pyro_spark_s: f64,
    /// Duration of an effect that does not state one, milliseconds.
    pub pyro_duration_ms: i64,
    /// Bytes that each vehicle may be given; `None`: any number.
    pub max_payload_bytes: Option<u64>,
    /// Bytes that each vehicle is given, in the order of the show; counted by the writer of the vehicles' files.
    pub payload_bytes: Vec<u64>,
}

impl Default for ProofSettings {
    fn default() -> Self {
        Self {
            tolerance: 1e-6,
            plot_tolerance_m: 0.01,
            search_radius_factor: 4.0,
            coordinate_step_m: 0.001,
            time_error_ms: 0.0,
            samples: false,
            velocity_jump_m_s: 0.05,
            acceleration_jump_m_s2: None,
            ground_drift_m_s: 0.005,
            pad_tolerance_m: PAD_TOLERANCE_M,
            pad_height_m: 5.0,
            airborne_ends: false,
            max_nodes: 20_000,
            air_density_kg_m3: 1.225,
            max_airspeed_m_s: None,
            wind_stated: true,
            pyro_altitude_m: 20.0,
            pyro_neighbour_m: 5.0,
            pyro_audience_m: 30.0,
            pyro_spark_s: 4.0,
            pyro_duration_ms: 20_000,
            max_payload_bytes: None,
            payload_bytes: Vec::new(),
        }
    }
}

impl ProofSettings {
    /// How far from its pad or the ground a motion may begin and end, metres: the tolerance, and what rounding of three
    /// coordinates to the file's grid explains.
    pub fn pad_limit_m(&self) -> f64 {
        self.pad_tolerance_m + 3f64.sqrt() * self.coordinate_step_m
    }

    /// Every value finite and inside its legal range?
    ///
    /// # Errors
    /// [`BadSetting`] for the first value that is not.
    pub fn validate(&self) -> Result<(), BadSetting> {
        let (positive, not_negative) = ("it must be a finite number above 0", "it must be a finite number from 0 up");
        let checks: [(&'static str, f64, bool, &'static str); 17] = [
            ("tolerance", self.tolerance, self.tolerance > 0.0, positive),
            ("plot_tolerance_m", self.plot_tolerance_m, self.plot_tolerance_m > 0.0, positive),
            (
                "search_radius_factor",
                self.search_radius_factor,
                self.search_radius_factor >= 1.5,
                "it must be a finite number from 1.5 up",
            ),
            ("coordinate_step_m", self.coordinate_step_m, self.coordinate_step_m >= 0.0, not_negative),
            ("time_error_ms", self.time_error_ms, self.time_error_ms >= 0.0, not_negative),
            ("velocity_jump_m_s", self.velocity_jump_m_s, self.velocity_jump_m_s >= 0.0, not_negative),
            (
                "acceleration_jump_m_s2",
                self.acceleration_jump_m_s2.unwrap_or(0.0),
                self.acceleration_jump_m_s2.is_none_or(|a| a >= 0.0),
                not_negative,
            ),
            ("ground_drift_m_s", self.ground_drift_m_s, self.ground_drift_m_s >= 0.0, not_negative),
            ("pad_tolerance_m", self.pad_tolerance_m, self.pad_tolerance_m >= 0.0, not_negative),
            ("pad_height_m", self.pad_height_m, self.pad_height_m >= 0.0, not_negative),
            ("air_density_kg_m3", self.air_density_kg_m3, self.air_density_kg_m3 >= 0.0, not_negative),
            (
                "max_airspeed_m_s",
                self.max_airspeed_m_s.unwrap_or(1.0),
                self.max_airspeed_m_s.is_none_or(|a| a > 0.0),
                positive,
            ),
            ("pyro_altitude_m", self.pyro_altitude_m, self.pyro_altitude_m >= 0.0, not_negative),
            ("pyro_neighbour_m", self.pyro_neighbour_m, self.pyro_neighbour_m >= 0.0, not_negative),
            ("pyro_audience_m", self.pyro_audience_m, self.pyro_audience_m >= 0.0, not_negative),
            ("pyro_spark_s", self.pyro_spark_s, self.pyro_spark_s >= 0.0, not_negative),
            ("pyro_duration_ms", self.pyro_duration_ms as f64, self.pyro_duration_ms >= 0, not_negative),
        ];
        match checks.into_iter().find(|(_, value, ok, _)| !(value.is_finite() && *ok)) {
            Some((field, value, _, why)) => Err(BadSetting { field, value, why }),
            None => Ok(()),
        }
    }
}

impl ProofSettings {
    /// By how much of itself a derivative of this order can be larger or smaller in truth, on a piece of this duration whose
    /// ends were moved in time: `(1 + 2τ/(T − 2τ))^m − 1`.
    pub fn warp(&self, span_ms: i64, order: i32) -> f64 {
        if self.time_error_ms == 0.0 {
            return 0.0;
        }
        let moved_ms = 2.0 * self.time_error_ms;
        // A piece that may have had no duration at all may have been flown at any speed.
        (span_ms as f64 / (span_ms as f64 - moved_ms).max(1e-3)).powi(order) - 1.0
    }
}

/// Values that differ by less than this from a limit (in the limit's own unit) keep it, in every rule but separation,
/// which is decided exactly. It only absorbs the rounding of the limits' own decimals.
pub const DECISION_SLACK: f64 = 1e-9;
