use kapok_show::DVec3;

use super::fault::Fault;

/// Most points of one list: far beyond any fleet, and planned within minutes.
pub(super) const MAX_POINTS: usize = 100_000;
/// Farthest coordinate, metres.
const MAX_COORDINATE_M: f64 = 1e6;

/// Points of a request, checked.
pub(super) fn points(name: &str, list: &[[f64; 3]]) -> Result<Vec<DVec3>, Fault> {
    if list.len() > MAX_POINTS {
        return Err(Fault::Bad(format!("{name} has {} points, more than the {MAX_POINTS} that are taken", list.len())));
    }
    let far = |p: &[f64; 3]| !p.iter().all(|c| c.abs() <= MAX_COORDINATE_M);
    if let Some(index) = list.iter().position(far) {
        return Err(Fault::Bad(format!("{name} number {index} is more than 1000 km away: check the scene's scale")));
    }
    Ok(list.iter().copied().map(DVec3::from_array).collect())
}

/// A value of a request that must be a finite number above 0.
pub(super) fn positive(name: &str, value: f64) -> Result<f64, Fault> {
    if value.is_finite() && value > 0.0 {
        return Ok(value);
    }
    Err(Fault::Bad(format!("{name} is {value:?}, but it must be above 0")))
}
