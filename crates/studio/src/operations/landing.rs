use kapok_plan::{LandingSettings, landing_schedule};
use serde::{Deserialize, Serialize};

use crate::json::VersionOne;
use crate::points::points;
use crate::refusal::Refusal;

#[derive(Deserialize)]
pub struct LandingRequest {
    #[serde(default, rename = "version")]
    _version: VersionOne,
    points: Vec<[f64; 3]>,
    min_distance: f64,
    velocity: f64,
    target_altitude: f64,
    spindown_time: f64,
}

#[derive(Debug, Serialize)]
pub struct LandingAnswer {
    version: u8,
    start_times: Vec<f64>,
    durations: Vec<f64>,
}

pub fn answer(request: &LandingRequest) -> Result<LandingAnswer, Refusal> {
    let hover = points("points", &request.points)?;
    let settings = LandingSettings {
        min_distance_m: request.min_distance,
        velocity_m_s: request.velocity,
        ground_m: request.target_altitude,
        spindown_s: request.spindown_time,
    };
    let schedule = landing_schedule(&hover, &settings).map_err(Refusal::bad)?;
    Ok(LandingAnswer { version: 1, start_times: schedule.starts_s, durations: schedule.durations_s })
}
