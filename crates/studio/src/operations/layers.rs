use kapok_plan::layer_groups;
use serde::{Deserialize, Serialize};

use crate::json::VersionOne;
use crate::points::points;
use crate::refusal::{Refusal, shortened};

#[derive(Deserialize)]
pub struct LayersRequest {
    #[serde(default, rename = "version")]
    _version: VersionOne,
    points: Vec<[f64; 3]>,
    min_distance: f64,
    /// Of the older operation; there is one way of doing it.
    #[serde(default)]
    method: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct LayersAnswer {
    version: u8,
    /// Group 0 flies in the highest layer, where none is above it: the groups come with the largest first.
    groups: Vec<u32>,
}

pub fn answer(request: &LayersRequest) -> Result<LayersAnswer, Refusal> {
    if let Some(other) = request.method.as_deref().filter(|m| *m != "greedy") {
        let other = shortened(other);
        return Err(Refusal::BadRequest(format!("method \"{other}\" is not known: \"greedy\" is")));
    }
    let pads = points("points", &request.points)?;
    let groups = layer_groups(&pads, request.min_distance).map_err(Refusal::bad)?;
    Ok(LayersAnswer { version: 1, groups })
}
