use schemars::JsonSchema;
use serde::Serialize;

use super::bounds::ShareOfRuns;
use super::record::{FaultFigures, RehearsalRun};

/// What became of a show in its rehearsals. Nothing is proved by it: it tells what a vehicle that is no point, in air that moves,
/// made of the file.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RehearsalAnswer {
    /// Title of the show.
    pub title: String,
    /// How often it was flown, in all winds together.
    pub runs: u32,
    /// Runs of the campaign that are not in this answer: those of other shards.
    pub runs_missing: u32,
    /// Vehicles of the show.
    pub vehicles: u32,
    /// What the random numbers depend on.
    pub seed: u64,
    /// Mean wind 10 m above the ground, m/s; the strongest, if there were several.
    pub wind_m_s: f64,
    /// The kind of vehicle.
    pub profile: String,
    /// Standard deviation of the vehicles' places from their pads, metres.
    pub placement_m: f64,
    /// SHA-256 over everything that the figures depend on.
    pub inputs_sha256: String,
    /// The faults, if there were any.
    pub faults: Option<FaultFigures>,
    /// Vehicles that stood on the ground in the end, unhurt: of the run with the fewest.
    pub landed: u32,
    /// Pairs that touched, in all runs together.
    pub collisions: u32,
    /// Runs with a collision.
    pub collision_runs: ShareOfRuns,
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
    /// Distances to the plan by height above the pad, for each wind.
    pub tracking_by_height: Vec<HeightErrors>,
    /// Least charge after landing as a share of a full pack, less the reserve that the show's limits ask for; negative: the reserve was
    /// used.
    pub energy_margin_min: f64,
    /// Flights that the pack, the estimator or the bubble ended, in all runs together.
    pub failsafes: u32,
    /// How much wind the show takes, if several winds were rehearsed.
    pub sweep: Option<SweepFigures>,
    /// Each run by itself.
    pub each: Vec<RehearsalRun>,
}

/// How much wind a show takes.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SweepFigures {
    /// The strongest wind up to which the show was flown whole in every run: all vehicles landed, none fell, none ended its flight
    /// early, no reserve was used; m/s. `null`: not even in the first.
    pub taken_m_s: Option<f64>,
    /// Each wind by itself.
    pub winds: Vec<WindFigures>,
}

/// All runs in one wind.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct WindFigures {
    /// Mean wind 10 m above the ground, m/s.
    pub wind_m_s: f64,
    /// Runs.
    pub runs: u32,
    /// Runs in which the show was flown whole, as `taken_m_s` counts.
    pub whole: ShareOfRuns,
    /// Runs with a collision.
    pub collision_runs: ShareOfRuns,
    /// Vehicles that did not land unhurt, in all runs together.
    pub not_landed: u32,
    /// Flights that ended early.
    pub failsafes: u32,
    /// Least separation, metres.
    pub min_separation_m: Option<f64>,
    /// Distance to the plan that 99 of 100 samples do not exceed, metres.
    pub tracking_error_p99_m: f64,
    /// Least charge after landing less the reserve.
    pub energy_margin_min: f64,
}

/// Distances to the plan in one wind and one band of height.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct HeightErrors {
    /// Mean wind 10 m above the ground, m/s.
    pub wind_m_s: f64,
    /// Lower end of the band, metres above the pad; it is 10 m high.
    pub height_m: f64,
    /// Samples, ten a second and vehicle.
    pub samples: u64,
    /// What half of them do not exceed, metres.
    pub median_m: f64,
    /// What 99 of 100 do not exceed, metres.
    pub p99_m: f64,
    /// The greatest, metres.
    pub max_m: f64,
}
