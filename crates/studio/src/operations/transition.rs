use kapok_plan::{StraightLimits, match_straight, straight_duration_s};
use serde::{Deserialize, Serialize};

use crate::json::VersionOne;
use crate::points::points;
use crate::refusal::{Refusal, shortened};

#[derive(Deserialize)]
pub struct TransitionRequest {
    #[serde(default, rename = "version")]
    _version: VersionOne,
    source: Vec<[f64; 3]>,
    target: Vec<[f64; 3]>,
    max_velocity_xy: f64,
    max_velocity_z: f64,
    #[serde(default)]
    max_velocity_z_up: Option<f64>,
    max_acceleration: f64,
    #[serde(default)]
    transition_method: Option<String>,
    #[serde(default)]
    matching_method: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct TransitionAnswer {
    version: u8,
    start_times: Vec<f64>,
    durations: Vec<f64>,
    mapping: Vec<Option<u32>>,
}

/// Longest transition, seconds.
const MAX_DURATION_S: f64 = 86_400.0;

pub fn answer(request: &TransitionRequest) -> Result<TransitionAnswer, Refusal> {
    for (name, value, known) in [
        ("transition_method", &request.transition_method, "const_jerk"),
        ("matching_method", &request.matching_method, "optimal"),
    ] {
        if let Some(other) = value.as_deref().filter(|v| *v != known) {
            let other = shortened(other);
            return Err(Refusal::BadRequest(format!("{name} \"{other}\" is not known: \"{known}\" is")));
        }
    }
    let sources = points("source", &request.source)?;
    let targets = points("target", &request.target)?;
    let limits = StraightLimits {
        horizontal_m_s: request.max_velocity_xy,
        up_m_s: request.max_velocity_z_up.unwrap_or(request.max_velocity_z),
        down_m_s: request.max_velocity_z,
        acceleration_m_s2: request.max_acceleration,
    };
    limits.validate().map_err(Refusal::bad)?;
    let mapping = match_straight(&sources, &targets).map_err(Refusal::bad)?.start_of_goal;
    let duration_s = straight_duration_s(&sources, &targets, &mapping, &limits).map_err(Refusal::bad)?;
    if duration_s > MAX_DURATION_S {
        return Err(Refusal::BadRequest(format!(
            "the transition would take {duration_s:.0} s, more than a day: check the limits"
        )));
    }
    let count = targets.len();
    Ok(TransitionAnswer { version: 1, start_times: vec![0.0; count], durations: vec![duration_s; count], mapping })
}
