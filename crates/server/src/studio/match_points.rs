use kapok_plan::{AssignSettings, assign_some};
use kapok_show::DVec3;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::points::points;

/// Most matched points for which every pair is looked at for the clearance.
const MAX_CLEARANCE_POINTS: usize = 20_000;

#[derive(Deserialize)]
pub(super) struct MatchRequest {
    source: Vec<[f64; 3]>,
    target: Vec<[f64; 3]>,
    #[serde(default)]
    radius: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct MatchAnswer {
    version: u8,
    mapping: Vec<Option<u32>>,
    clearance: Option<f64>,
}

pub(super) fn answer(request: &MatchRequest) -> Result<MatchAnswer, Fault> {
    let sources = points("source", &request.source)?;
    let targets = points("target", &request.target)?;
    if request.radius.is_some_and(|r| !(r.is_finite() && r >= 0.0)) {
        return Err(Fault::bad("radius must be a finite number from 0 up"));
    }
    let mapping = source_of_target(&sources, &targets)?;
    let clearance = request.radius.and_then(|radius_m| {
        let trips: Vec<(DVec3, DVec3)> =
            mapping.iter().zip(&targets).filter_map(|(s, &t)| s.map(|s| (sources[s as usize], t))).collect();
        (trips.len() <= MAX_CLEARANCE_POINTS).then(|| least_distance_m(&trips)).flatten().map(|d| d - 2.0 * radius_m)
    });
    Ok(MatchAnswer { version: 1, mapping, clearance })
}

/// The source of each target by least Σd²; `None` for a target that stays empty. Each source is used at most once, and
/// as many targets as possible are served.
pub(super) fn source_of_target(sources: &[DVec3], targets: &[DVec3]) -> Result<Vec<Option<u32>>, Fault> {
    // Also where points coincide every one keeps its own.
    if sources == targets {
        return Ok((0..targets.len() as u32).map(Some).collect());
    }
    let mut mapping = vec![None; targets.len()];
    if sources.is_empty() || targets.is_empty() {
        return Ok(mapping);
    }
    let settings = AssignSettings::default();
    if sources.len() > targets.len() {
        let found = assign_some(targets, sources, &settings).map_err(Fault::bad)?;
        return Ok(found.goal_of_start.into_iter().map(Some).collect());
    }
    let found = assign_some(sources, targets, &settings).map_err(Fault::bad)?;
    for (source, &target) in (0..).zip(&found.goal_of_start) {
        mapping[target as usize] = Some(source);
    }
    Ok(mapping)
}

/// Least distance of any two that move along their trips at the same time with the same timing; `None` for fewer than two.
///
/// The difference of two of them runs along a segment, whatever the timing is.
fn least_distance_m(trips: &[(DVec3, DVec3)]) -> Option<f64> {
    let each: Vec<f64> = (1..trips.len())
        .into_par_iter()
        .map(|i| {
            let (a, b) = trips[i];
            trips[..i].iter().fold(f64::INFINITY, |least, (c, d)| least.min(segment_distance2(a - *c, b - *d)))
        })
        .collect();
    each.into_iter().min_by(f64::total_cmp).map(f64::sqrt)
}

/// Squared distance of the origin to the segment from `a` to `b`.
fn segment_distance2(a: DVec3, b: DVec3) -> f64 {
    let d = b - a;
    let (along, length2) = (-a.dot(d), d.length_squared());
    if along <= 0.0 {
        return a.length_squared();
    }
    if along >= length2 {
        return b.length_squared();
    }
    (a + d * (along / length2)).length_squared()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mapping_goes_from_target_to_source() {
        // A cycle of three: its inverse is another permutation.
        let sources = [DVec3::ZERO, DVec3::X * 10.0, DVec3::X * 20.0];
        let targets = [DVec3::X * 20.0, DVec3::ZERO, DVec3::X * 10.0];
        assert_eq!(source_of_target(&sources, &targets).unwrap(), [Some(2), Some(0), Some(1)]);
    }

    #[test]
    fn clearance_is_between_the_ends_too() {
        let trips = [(DVec3::ZERO, DVec3::X * 10.0), (DVec3::new(10.0, 2.0, 0.0), DVec3::new(0.0, 2.0, 0.0))];
        assert_eq!(least_distance_m(&trips), Some(2.0));
        assert_eq!(least_distance_m(&trips[..1]), None);
    }
}
