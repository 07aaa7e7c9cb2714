use kapok_show::DVec3;

use super::candidate::{Candidate, Problem};
use super::repair::repaired;
use crate::outcome::Infeasibility;

/// Formations are not spread wider than this.
const MOST: f64 = 3.0;

/// One stretch of a transition between two rests.
pub struct Leg<'a> {
    pub problem: Problem<'a>,
    pub candidate: Candidate,
}

/// Stretches with rests in between, and what was done.
pub struct Stages<'a> {
    pub legs: Vec<Leg<'a>>,
    /// How many times wider the formations are on the way.
    pub spread_factor: f64,
    /// How much higher, metres.
    pub lift_m: f64,
}

/// Fallback manoeuvre, feasible in free space: the start formation expands and, if there is an obstacle, rises above it; the
/// expanded formation translates on straight lines to the expanded goals; it contracts and sinks to the goals.
///
/// Spreading by a factor λ about any centre multiplies every distance by λ, on the way too: if straight lines between the
/// formations come as close as m, lines between the spread ones come as close as λm. With the least Σd² and spacing Δ at
/// both ends m is at least Δ/√2, so λ is at most √2 times separation over spacing. While a formation expands or contracts no distance falls below its spacing. Rising together changes no distance. Where a stretch is not safe as it is,
/// detours are tried on it too.
///
/// # Errors
/// Why there is no room; nothing if λ would be larger than [`MOST`] (two vehicles that would meet, with the order fixed) or
/// if rounding still brings a pair too close.
pub fn expanded<'a>(
    problem: &Problem<'a>,
    direct: &Candidate,
    transition: &str,
) -> Result<Stages<'a>, Option<Infeasibility>> {
    let closest_m = direct.approaches.closest.map_or(f64::INFINITY, |c| c.distance_m);
    // Spread places are rounded to the grid, and so are the pieces between them.
    let factor = (problem.needed_m() + 2.0 * problem.grid.rounding_m()) / closest_m;
    let factor = if direct.approaches.conflict_count == 0 { 1.0 } else { factor };
    if factor.is_nan() || factor > MOST {
        return Err(None);
    }
    let mut reason = None;
    let mut lifts_m = vec![0.0];
    if !direct.blocked.is_empty() {
        lifts_m.extend(over(problem, &direct.movement.to));
    }
    for lift_m in lifts_m.into_iter().filter(|&lift_m| factor > 1.0 || lift_m > 0.0) {
        match by_stages(problem, direct, factor, lift_m, transition) {
            Ok(legs) => return Ok(Stages { legs, spread_factor: factor, lift_m }),
            Err(why) => reason = reason.or(why),
        }
    }
    Err(reason.map(|why| why.for_lack_of_room(transition.into(), factor > 1.0, factor)))
}

/// How far all have to rise to be above all obstacles.
fn over(problem: &Problem<'_>, to: &[DVec3]) -> Option<f64> {
    let lowest_m = problem.from.iter().chain(to).map(|p| p.z).fold(f64::INFINITY, f64::min);
    let top_m = problem.airspace.top_m()?;
    let lift_m = (top_m + 1.0 - lowest_m).ceil();
    (lift_m > 0.0).then_some(lift_m)
}

fn by_stages<'a>(
    problem: &Problem<'a>,
    direct: &Candidate,
    factor: f64,
    lift_m: f64,
    transition: &str,
) -> Result<Vec<Leg<'a>>, Option<Infeasibility>> {
    let spread = |points: &[DVec3]| -> Vec<DVec3> {
        // No vehicle goes lower than the lowest.
        let low = points.iter().fold(f64::INFINITY, |m, p| m.min(p.z));
        let mean = points.iter().fold(DVec3::ZERO, |s, &p| s + p) / points.len() as f64;
        let centre = DVec3::new(mean.x, mean.y, low);
        let lift = DVec3::Z * lift_m;
        points.iter().map(|&p| problem.grid.snap(centre + (p - centre) * factor + lift)).collect()
    };
    let stations =
        [problem.from.clone(), spread(&problem.from), spread(&direct.movement.to), direct.movement.to.clone()];
    for station in &stations[1..3] {
        if let Some(why) = problem.airspace.refuse_stops(transition, station) {
            return Err(Some(why.into()));
        }
    }
    let order: Vec<u32> = (0..problem.from.len() as u32).collect();
    let mut legs = Vec::with_capacity(3);
    for pair in stations.windows(2) {
        let problem = Problem::new(problem.settings, problem.grid, problem.airspace, pair[0].clone(), pair[1].clone());
        let mut candidate = problem.evaluate(order.clone()).ok_or(None)?;
        if !candidate.is_safe() {
            let why = || problem.airspace.refuse_ways(transition, &pair[0], &pair[1]).map(Infeasibility::from);
            candidate = repaired(&problem, &candidate).ok_or_else(why)?;
        }
        legs.push(Leg { problem, candidate });
    }
    Ok(legs)
}
