use schemars::JsonSchema;
use serde::Serialize;

/// What the new format lost, as its writer measured it. `None`: not measured, or nothing of the kind is written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Loss {
    /// Upper bound of the distance of any vehicle from its source at any instant, metres.
    pub max_deviation_m: Option<f64>,
    /// The vehicle where it is largest.
    pub worst_vehicle: Option<String>,
    /// Samples a second.
    pub rate_hz: Option<f64>,
    /// Coarsest grid of a .skyb, millimetres a unit.
    pub scale_mm: Option<u8>,
    /// Latest that a change of colour comes, or farthest that a light key was moved, milliseconds.
    pub worst_light_shift_ms: Option<f64>,
    /// Largest error of a colour channel in fades, 0 to 255, apart from that.
    pub worst_light_error: Option<u8>,
    /// How curves went through samples.
    pub fit: Option<FitLoss>,
    /// Sizes and further losses of .skyb files.
    pub skyb: Option<SkybLoss>,
    /// What the format has no place for.
    pub left_out: String,
}

/// How curves went through samples.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FitLoss {
    /// Distance of a curve from a sample that was allowed, metres.
    pub tolerance_m: f64,
    /// Farthest that a curve is off a sample, metres.
    pub max_error_m: f64,
    /// Upper bound of its distance from the straight lines between samples, metres.
    pub max_deviation_m: f64,
    /// The vehicle where that is largest.
    pub worst_vehicle: String,
    /// Straight lines of all vehicles.
    pub lines: usize,
    /// Pieces in their place.
    pub pieces: usize,
}

/// Sizes and further losses of .skyb files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct SkybLoss {
    /// Segments of all files.
    pub segments: usize,
    /// Segments of the file with most.
    pub max_segments: usize,
    /// Size of the largest file.
    pub max_bytes: usize,
    /// The vehicle of the largest file.
    pub largest_vehicle: String,
    /// Bytes of the longest light program.
    pub max_light_bytes: usize,
    /// Farthest that a yaw is off at any instant, degrees.
    pub max_yaw_error_deg: f64,
    /// Layout of the return plans, if there are any.
    pub rth_layout: Option<&'static str>,
    /// Farthest that a target, altitude or neck of a return plan was moved, metres.
    pub max_return_error_m: f64,
    /// Largest change of a duration of a return plan, milliseconds.
    pub max_return_shift_ms: i64,
}
