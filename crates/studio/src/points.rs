use kapok_show::DVec3;

use crate::refusal::Refusal;

/// Most points of one list: far beyond any fleet, and planned within minutes.
const MAX_POINTS: usize = 100_000;
/// Farthest coordinate, metres.
const MAX_COORDINATE_M: f64 = 1e6;

/// Points of a request, checked.
pub(crate) fn points(name: &str, list: &[[f64; 3]]) -> Result<Vec<DVec3>, Refusal> {
    if list.len() > MAX_POINTS {
        let count = list.len();
        return Err(Refusal::BadRequest(format!(
            "{name} has {count} points, more than the {MAX_POINTS} that are taken"
        )));
    }
    let far = |p: &[f64; 3]| !p.iter().all(|c| c.abs() <= MAX_COORDINATE_M);
    if let Some(index) = list.iter().position(far) {
        return Err(Refusal::BadRequest(format!(
            "{name} number {index} is more than 1000 km away: check the scene's scale"
        )));
    }
    Ok(list.iter().copied().map(DVec3::from_array).collect())
}
