use kapok_plan::{AssignSettings, ExchangeSettings, assign_some, exchange_for_clearance};
use kapok_show::DVec3;
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::points::points;

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
    let found = matching(&sources, &targets)?;
    let clearance = request.radius.and_then(|radius_m| found.clearance_m.map(|m| m - 2.0 * radius_m));
    Ok(MatchAnswer { version: 1, mapping: found.source_of_target, clearance })
}

/// Who flies where.
pub(super) struct Matching {
    /// The source of each target; `None` for a target that stays empty.
    pub source_of_target: Vec<Option<u32>>,
    /// Least distance of two drones on the way, metres.
    pub clearance_m: Option<f64>,
}

/// Matches sources and targets by least Σd², then exchanges targets so that the closest drones come less close. The add-on
/// flies all drones straight, at the same time and with the same easing.
///
/// Each source is used at most once, and as many targets as possible are served.
pub(super) fn matching(sources: &[DVec3], targets: &[DVec3]) -> Result<Matching, Fault> {
    let mut source_of_target = least_squares(sources, targets)?;
    let trips: Vec<(usize, u32)> = source_of_target.iter().enumerate().filter_map(|(t, s)| s.map(|s| (t, s))).collect();
    let starts: Vec<DVec3> = trips.iter().map(|&(_, s)| sources[s as usize]).collect();
    let goals: Vec<DVec3> = trips.iter().map(|&(t, _)| targets[t]).collect();
    let own: Vec<u32> = (0..trips.len() as u32).collect();
    let found = exchange_for_clearance(&starts, &goals, &own, &ExchangeSettings::default()).map_err(Fault::bad)?;
    for (&(_, source), &goal) in trips.iter().zip(&found.goal_of_start) {
        source_of_target[trips[goal as usize].0] = Some(source);
    }
    Ok(Matching { source_of_target, clearance_m: found.clearance_m })
}

/// The source of each target by least Σd².
fn least_squares(sources: &[DVec3], targets: &[DVec3]) -> Result<Vec<Option<u32>>, Fault> {
    // Also where points coincide every one keeps its own.
    if sources == targets {
        return Ok((0..targets.len() as u32).map(Some).collect());
    }
    let mut mapping = vec![None; targets.len()];
    if sources.is_empty() || targets.is_empty() {
        return Ok(mapping);
    }
    // Where one side is a single place every assignment costs the same, and the search would compare ties for ever.
    let is_one_place = |points: &[DVec3]| points.iter().all(|p| *p == points[0]);
    if sources.len() == targets.len() && (is_one_place(sources) || is_one_place(targets)) {
        return Ok((0..targets.len() as u32).map(Some).collect());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mapping_goes_from_target_to_source() {
        // A cycle of three: its inverse is another permutation.
        let sources = [DVec3::ZERO, DVec3::X * 10.0, DVec3::X * 20.0];
        let targets = [DVec3::X * 20.0, DVec3::ZERO, DVec3::X * 10.0];
        assert_eq!(matching(&sources, &targets).unwrap().source_of_target, [Some(2), Some(0), Some(1)]);
    }

    #[test]
    fn clearance_is_between_the_ends_too() {
        // Side by side in opposite directions.
        let sources = [DVec3::ZERO, DVec3::new(10.0, 2.0, 0.0)];
        let targets = [DVec3::new(0.0, 6.0, 0.0), DVec3::new(10.0, -4.0, 0.0)];
        let found = matching(&sources, &targets).unwrap();
        assert_eq!(found.source_of_target, [Some(0), Some(1)]);
        assert!((found.clearance_m.unwrap() - 10.0).abs() < 1e-9);
        assert_eq!(matching(&sources[..1], &targets[..1]).unwrap().clearance_m, None);
    }

    #[test]
    fn thousands_of_drones_at_one_place_take_no_time() {
        let (here, there) = (vec![DVec3::ZERO; 5000], vec![DVec3::X * 9.0; 5000]);
        let spread: Vec<DVec3> = (0..5000).map(|k| DVec3::new(f64::from(k % 71), f64::from(k / 71), 5.0)).collect();
        for (sources, targets) in [(&here, &there), (&here, &spread), (&spread, &here)] {
            let mut found = matching(sources, targets).unwrap().source_of_target;
            found.sort_unstable();
            assert_eq!(found, (0..5000).map(Some).collect::<Vec<_>>());
        }
    }
}
