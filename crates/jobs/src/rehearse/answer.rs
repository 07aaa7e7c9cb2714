use schemars::JsonSchema;
use serde::Serialize;

/// What became of a show in its rehearsals. Nothing is proved by it: it tells what a vehicle that is no point, in air that moves,
/// made of the file.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RehearsalAnswer {
    /// Title of the show.
    pub title: String,
    /// How often it was flown.
    pub runs: u32,
    /// Vehicles of the show.
    pub vehicles: u32,
    /// What the random numbers depend on.
    pub seed: u64,
    /// Mean wind 10 m above the ground, m/s.
    pub wind_m_s: f64,
    /// The kind of vehicle.
    pub profile: String,
    /// Vehicles that stood on the ground in the end, unhurt: of the run with the fewest.
    pub landed: u32,
    /// Pairs that touched, in all runs together.
    pub collisions: u32,
    /// Upper bound of the probability of a run with a collision at 95 % confidence (Clopper and Pearson).
    pub collision_run_upper_95: f64,
    /// Least distance of the centres of two flying vehicles of which one at least is above the rule of the ground, metres; `null` if
    /// none came nearer than twice the show's separation.
    pub min_separation_m: Option<f64>,
    /// The separation that the show asks for, metres.
    pub separation_limit_m: f64,
    /// Distance to the planned place that 99 of 100 samples, ten a second and vehicle, do not exceed, metres.
    pub tracking_error_p99_m: f64,
    /// The greatest of these distances, metres.
    pub tracking_error_max_m: f64,
    /// Least charge after landing as a share of a full pack, less the reserve that the show's limits ask for; negative: the reserve was
    /// used.
    pub energy_margin_min: f64,
    /// Flights that the pack or the estimator ended, in all runs together.
    pub failsafes: u32,
    /// Each run by itself.
    pub each: Vec<RehearsalRun>,
}

/// One flight of the show.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RehearsalRun {
    /// Its number, from 1.
    pub run: u32,
    /// Where the wind blew to: degrees from the show's x axis towards y.
    pub wind_toward_deg: f64,
    /// Vehicles that stood on the ground in the end, unhurt.
    pub landed: u32,
    /// Pairs that touched.
    pub collisions: u32,
    /// Least distance of two flying vehicles, as in the answer, metres.
    pub min_separation_m: Option<f64>,
    /// When, show time in seconds.
    pub min_separation_s: Option<f64>,
    /// Between which.
    pub min_separation_pair: Option<[String; 2]>,
    /// Distance to the plan that 99 of 100 samples do not exceed, metres.
    pub tracking_error_p99_m: f64,
    /// Least charge after landing less the reserve.
    pub energy_margin_min: f64,
    /// Flights that the pack or the estimator ended.
    pub failsafes: u32,
}
