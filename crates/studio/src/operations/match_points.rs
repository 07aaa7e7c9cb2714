use kapok_plan::match_straight;
use serde::{Deserialize, Serialize};

use crate::json::VersionOne;
use crate::points::points;
use crate::refusal::Refusal;

#[derive(Deserialize)]
pub struct MatchRequest {
    #[serde(default, rename = "version")]
    _version: VersionOne,
    source: Vec<[f64; 3]>,
    target: Vec<[f64; 3]>,
    #[serde(default)]
    radius: Option<f64>,
}

#[derive(Debug, Serialize)]
pub struct MatchAnswer {
    version: u8,
    /// By target: its source.
    mapping: Vec<Option<u32>>,
    clearance: Option<f64>,
}

/// The add-on flies all drones straight, at the same time and with the same easing.
pub fn answer(request: &MatchRequest) -> Result<MatchAnswer, Refusal> {
    let sources = points("source", &request.source)?;
    let targets = points("target", &request.target)?;
    if request.radius.is_some_and(|r| !(r.is_finite() && r >= 0.0)) {
        return Err(Refusal::bad("radius must be a finite number from 0 up"));
    }
    let found = match_straight(&sources, &targets).map_err(Refusal::bad)?;
    let clearance = request.radius.and_then(|radius_m| found.clearance_m.map(|m| m - 2.0 * radius_m));
    Ok(MatchAnswer { version: 1, mapping: found.start_of_goal, clearance })
}
