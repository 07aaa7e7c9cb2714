use kapok_proof::VehicleRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a vehicle leaves its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LossMode {
    /// It stays where it is, in the air.
    Stops,
    /// It keeps its altitude and drifts with the wind, in any direction.
    Drifts,
    /// It falls.
    Falls,
}

/// What the loss of a vehicle does to the others, which fly on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LossFigure {
    /// How the plan is left.
    pub mode: LossMode,
    /// Time after the loss that is looked at, seconds.
    pub horizon_s: f64,
    /// For at least this long no vehicle can be touched, whichever is lost and whenever, seconds; the horizon if none is.
    pub untouched_s: f64,
    /// No vehicle comes nearer than this within the horizon, centre to centre, metres; 0 if one can be touched.
    pub left_m: f64,
    /// The case known to be the worst: of touching the earliest, else the nearest. Absent if no vehicle comes near.
    pub worst: Option<LossWitness>,
    /// Is the worst case one of touching?
    #[serde(default)]
    pub touches: bool,
    /// Did the search end early because there is too much to look at? The bounds above hold, but are wider.
    pub cut_short: bool,
}

/// A loss and the vehicle that it reaches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LossWitness {
    /// The vehicle that is lost.
    pub lost: VehicleRef,
    /// The vehicle that it reaches, or comes nearest to.
    pub other: VehicleRef,
    /// When it is lost, milliseconds of show time.
    pub t_ms: f64,
    /// After what time it reaches the other, seconds.
    pub after_s: f64,
    /// Distance left then, centre to centre, metres.
    pub distance_m: f64,
}

/// Which vehicles are lost together, how, and which others that is measured against.
pub struct LossScenario {
    /// How they leave their plan.
    pub mode: LossMode,
    /// Which figure each vehicle's loss counts in, from 0.
    pub figure_of: Vec<u32>,
    /// How many figures there are.
    pub figures: usize,
    /// Vehicles of one figure are lost together and carried alike: not measured against each other.
    pub together: bool,
}
