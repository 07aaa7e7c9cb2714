use std::collections::BTreeSet;

use super::candidate::{Candidate, Problem};
use crate::assignment::{Assigner, Measure, bottleneck};

/// A plan this close to the bound is not polished further.
const GOOD_ENOUGH: f64 = 1.004;
/// Radii tried.
const RADII: usize = 6;
/// Candidates evaluated in all.
const EVALUATIONS: usize = 16;
/// Steps of path searches per vehicle in all, and besides.
const STEPS: (usize, usize) = (30, 100_000);
/// Rounds at one radius without fewer conflicts before it is given up.
const PATIENCE: usize = 3;

/// Shortens the longest trips: the least Σd² among assignments without trips above a bound, with the bound as low as the
/// exact pair test allows.
///
/// Where a swap of two goals is admitted, the least Σd² still has a·b ≥ 0 for the pair; only pairs whose swap would make
/// too long a trip can be in conflict, so conflicts are few. The shorter of the two trips is barred and the search
/// repeated; if that leads nowhere the bound on trips is loosened half way back.
///
/// # Guarantees
/// A safe candidate stays safe and gets no slower; one with conflicts may be replaced by a safe one.
pub(super) fn polish(problem: &Problem<'_>, assigner: &Assigner, base: Candidate, bound_s: f64) -> Candidate {
    let measure = Measure::straight(&problem.settings.limits);
    let base = mend(problem, assigner, measure, base);
    if base.movement.law.duration_ms() as f64 <= bound_s * 1000.0 * GOOD_ENOUGH {
        return base;
    }
    let (start, goal) = bottleneck(&problem.from, &problem.goals, measure, Some(&base.goal_of_start));
    let least = measure.key(problem.goals[goal] - problem.from[start]);
    let trips = base.movement.from.iter().zip(&base.movement.to);
    let mut loosest = trips.map(|(a, b)| measure.key(*b - *a)).fold(0.0, f64::max);
    let mut tightest = least;
    let mut best = base;
    let mut reach = least;
    let mut left = Effort { evaluations: EVALUATIONS, steps: STEPS.0 * problem.from.len() + STEPS.1 };
    for _ in 0..RADII {
        if left.evaluations == 0 || left.steps == 0 || loosest - tightest <= 1e-3 * loosest {
            break;
        }
        // No radius may eat up what the others need.
        let mut share = Effort { evaluations: left.evaluations, steps: left.steps.div_ceil(3) };
        let given = share.steps;
        let found = within(problem, assigner, measure, reach, &mut share);
        left.evaluations = share.evaluations;
        left.steps -= given - share.steps;
        match found {
            Some(candidate) => {
                if candidate.movement.law.duration_ms() < best.movement.law.duration_ms() {
                    best = candidate;
                }
                loosest = reach;
            }
            None => tightest = reach,
        }
        reach = f64::midpoint(tightest, loosest);
    }
    best
}

/// Gives a few conflicting vehicles other goals, at the price of trips whose key is up to a fifth larger. Returns `base` if
/// it has no conflicts, or too many.
fn mend(problem: &Problem<'_>, assigner: &Assigner, measure: Measure, base: Candidate) -> Candidate {
    if base.is_safe() {
        return base;
    }
    let trips = base.movement.from.iter().zip(&base.movement.to);
    let longest = trips.map(|(a, b)| measure.key(*b - *a)).fold(0.0, f64::max);
    let mut left = Effort { evaluations: EVALUATIONS, steps: STEPS.0 * problem.from.len() + STEPS.1 };
    within(problem, assigner, measure, longest * 1.2, &mut left).unwrap_or(base)
}

/// What may still be spent; counted in steps, not in time, so that the result does not depend on the machine.
struct Effort {
    evaluations: usize,
    steps: usize,
}

/// A safe candidate whose trips have keys of at most `reach`, if the search finds one.
fn within(
    problem: &Problem<'_>,
    assigner: &Assigner,
    measure: Measure,
    reach: f64,
    left: &mut Effort,
) -> Option<Candidate> {
    // The trip that sets the radius must pass the test whatever way it is computed.
    let mut bounded =
        assigner.within(&problem.from, &problem.goals, measure, reach * (1.0 + 1e-12), &mut left.steps)?;
    let mut fewest = usize::MAX;
    let mut since = 0;
    while left.evaluations > 0 && since < PATIENCE {
        left.evaluations -= 1;
        let candidate = problem.evaluate(bounded.goal_of_start())?;
        if candidate.is_safe() {
            return Some(candidate);
        }
        let conflicts = &candidate.approaches;
        // Many conflicts are a sign of a radius that is too tight, not of bad luck.
        if conflicts.conflict_count > 8 + problem.from.len() / 500 {
            return None;
        }
        since = if conflicts.conflict_count < fewest { 0 } else { since + 1 };
        fewest = fewest.min(conflicts.conflict_count);
        let key = |v: usize| measure.key(candidate.movement.to[v] - candidate.movement.from[v]);
        let shorter: BTreeSet<u32> = conflicts
            .conflicts
            .iter()
            .map(|c| if key(c.pair.0) <= key(c.pair.1) { c.pair.0 as u32 } else { c.pair.1 as u32 })
            .collect();
        if !bounded.bar(&shorter, &mut left.steps) {
            return None;
        }
    }
    None
}
