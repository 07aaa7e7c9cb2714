use kapok_show::DVec3;

use super::candidate::{Candidate, Problem};

/// Formations are not spread wider than this.
const MOST: f64 = 3.0;

/// One stretch of a transition between two rests.
pub(super) struct Leg<'a> {
    pub(super) problem: Problem<'a>,
    pub(super) candidate: Candidate,
}

/// The way round conflicts that always ends: the start formation spreads out, the spread formations are joined by straight
/// lines, the last one draws together to the goals.
///
/// Spreading by a factor λ about any centre multiplies every distance by λ, on the way too: if straight lines between the
/// formations come as close as m, lines between the spread ones come as close as λm. With the least Σd² and spacing Δ at
/// both ends m is at least Δ/√2, so λ is at most √2 times separation over spacing. While a formation spreads or draws
/// together no distance falls below its spacing.
///
/// Returns the three legs and λ; nothing if λ would be larger than [`MOST`] (two vehicles that would meet, with the order
/// fixed) or if rounding still brings a pair too close.
pub(super) fn swell<'a>(problem: &Problem<'a>, direct: &Candidate) -> Option<(Vec<Leg<'a>>, f64)> {
    let closest_m = direct.approaches.closest?.distance_m;
    // Spread places are rounded to the grid, and so are the pieces between them.
    let factor = (problem.needed_m() + 2.0 * problem.grid.rounding_m()) / closest_m;
    if factor.is_nan() || factor > MOST {
        return None;
    }
    let spread = |points: &[DVec3]| -> Vec<DVec3> {
        // Nobody goes lower than the lowest.
        let low = points.iter().fold(f64::INFINITY, |m, p| m.min(p.z));
        let mean = points.iter().fold(DVec3::ZERO, |s, &p| s + p) / points.len() as f64;
        let centre = DVec3::new(mean.x, mean.y, low);
        points.iter().map(|&p| problem.grid.snap(centre + (p - centre) * factor)).collect()
    };
    let stations =
        [problem.from.clone(), spread(&problem.from), spread(&direct.movement.to), direct.movement.to.clone()];
    let order: Vec<u32> = (0..problem.from.len() as u32).collect();
    let mut legs = Vec::with_capacity(3);
    for pair in stations.windows(2) {
        let problem = Problem::new(problem.settings, problem.grid, pair[0].clone(), pair[1].clone());
        let candidate = problem.evaluate(order.clone())?;
        if !candidate.is_safe() {
            return None;
        }
        legs.push(Leg { problem, candidate });
    }
    Some((legs, factor))
}
