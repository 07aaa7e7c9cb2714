use kapok_show::DVec3;
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::match_points::matching;
use super::points::{points, positive};

#[derive(Deserialize)]
pub(super) struct TransitionRequest {
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
pub(super) struct TransitionAnswer {
    version: u8,
    start_times: Vec<f64>,
    durations: Vec<f64>,
    mapping: Vec<Option<u32>>,
}

/// Largest rate of a move of constant jerk, β = 3u² − 2u³, as a multiple of 1 / duration.
const PEAK_RATE: f64 = 1.5;
/// Its largest second derivative, as a multiple of 1 / duration².
const PEAK_SECOND: f64 = 6.0;

pub(super) fn answer(request: &TransitionRequest) -> Result<TransitionAnswer, Fault> {
    for (name, value, known) in [
        ("transition_method", &request.transition_method, "const_jerk"),
        ("matching_method", &request.matching_method, "optimal"),
    ] {
        if let Some(other) = value.as_deref().filter(|v| *v != known) {
            let other: String = other.chars().take(60).collect();
            return Err(Fault::Bad(format!("{name} \"{other}\" is not known: \"{known}\" is")));
        }
    }
    let sources = points("source", &request.source)?;
    let targets = points("target", &request.target)?;
    let horizontal_m_s = positive("max_velocity_xy", request.max_velocity_xy)?;
    let down_m_s = positive("max_velocity_z", request.max_velocity_z)?;
    let up_m_s = positive("max_velocity_z_up", request.max_velocity_z_up.unwrap_or(down_m_s))?;
    let acceleration_m_s2 = positive("max_acceleration", request.max_acceleration)?;
    let mapping = matching(&sources, &targets)?.source_of_target;
    // The longest trip sets the time of all: only with one timing do straight lines keep clear of each other.
    let duration_s = mapping
        .iter()
        .zip(&targets)
        .filter_map(|(source, &target)| source.map(|s| target - sources[s as usize]))
        .map(|trip: DVec3| {
            let vertical_m_s = if trip.z > 0.0 { up_m_s } else { down_m_s };
            (PEAK_RATE * trip.truncate().length() / horizontal_m_s)
                .max(PEAK_RATE * trip.z.abs() / vertical_m_s)
                .max((PEAK_SECOND * trip.length() / acceleration_m_s2).sqrt())
        })
        .fold(0.0, f64::max);
    if duration_s > 86_400.0 {
        return Err(Fault::Bad(format!(
            "the transition would take {duration_s:.0} s, more than a day: check the limits"
        )));
    }
    let count = targets.len();
    Ok(TransitionAnswer { version: 1, start_times: vec![0.0; count], durations: vec![duration_s; count], mapping })
}
