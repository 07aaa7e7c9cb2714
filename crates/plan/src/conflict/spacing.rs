use kapok_motion::spatial::pairs_within;
use kapok_motion::{Metric, PositionGrid};
use kapok_show::DVec3;

use crate::outcome::{ClosePair, FormationName, MAX_NAMED_PAIRS, SeparationConflict};

/// Are places of a formation on the grid closer than `needed_m` in this metric? Distances are compared in whole grid steps,
/// so a spacing equal to the separation passes.
pub fn spacing_conflict(
    metric: Metric,
    points: &[DVec3],
    grid: &PositionGrid,
    needed_m: f64,
    formation: &FormationName,
) -> Option<SeparationConflict> {
    let limit = needed_m / grid.step_m();
    let mut pairs = pairs_within(&metric.flatten_all(points), needed_m * (1.0 + 1e-9));
    pairs.retain(|&(i, j, _)| {
        let d = grid.steps_between(points[i], points[j]);
        metric.flatten(d).length_squared() < limit * limit * (1.0 - 1e-12)
    });
    if pairs.is_empty() {
        return None;
    }
    Some(SeparationConflict::PlacesTooClose {
        formation: formation.clone(),
        count: pairs.len(),
        pairs: pairs
            .into_iter()
            .take(MAX_NAMED_PAIRS)
            .map(|(i, j, distance_m)| ClosePair { pair: (i, j), distance_m, downwash_scale: metric.downwash_scale })
            .collect(),
        needed_m,
    })
}
