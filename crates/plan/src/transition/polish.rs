use std::collections::BTreeSet;

use super::candidate::{Candidate, Problem};
use super::repair::repaired;
use crate::spatial::CellGrid;
use crate::assignment::{Assigner, Bottleneck, Measure, bottleneck};

/// A plan this close to the bound is not polished further.
const GOOD_ENOUGH: f64 = 1.004;
/// With detours that cost no more than this no other radius is tried.
const WORTH: f64 = 1.025;
/// Radii tried.
const RADII: usize = 6;
/// Candidates evaluated in all.
const EVALUATIONS: usize = 16;
/// Steps of path searches per vehicle in all, and besides.
const STEPS: (usize, usize) = (30, 400_000);
/// Sweeps of swaps among neighbours.
const SWEEPS: usize = 30;
/// Rounds of swaps among conflicting pairs.
const ROUNDS: usize = 8;
/// Rounds at one radius without fewer conflicts before it is given up.
const PATIENCE: usize = 3;

/// Shortens the longest trips: the least Σd² among assignments without trips above a bound, with the bound as low as
/// conflicts allow.
///
/// Where a swap of two goals is admitted, the least Σd² still has a·b ≥ 0 for the pair; only pairs whose swap would make
/// too long a trip can come too close. Detours lead them round each other; where no detours are found the shorter of the
/// two trips is barred and the search repeated; if that leads nowhere the bound on trips is loosened half way back.
///
/// # Guarantees
/// A safe candidate stays safe and gets no slower; one with conflicts may be replaced by a safe one.
pub(super) fn polish(problem: &Problem<'_>, assigner: &Assigner, base: Candidate, bound_s: f64) -> Candidate {
    let measure = Measure::straight(&problem.settings.limits);
    let trips = base.movement.from.iter().zip(&base.movement.to);
    let mut loosest = trips.map(|(a, b)| measure.key(*b - *a)).fold(0.0, f64::max);
    let base = if base.is_safe() {
        base
    } else {
        repaired(problem, &base).unwrap_or_else(|| mend(problem, assigner, measure, base))
    };
    let is_good = |best: &Candidate| best.is_safe() && best.duration_ms() as f64 <= bound_s * 1000.0 * WORTH;
    if base.is_safe() && base.duration_ms() as f64 <= bound_s * 1000.0 * GOOD_ENOUGH {
        return base;
    }
    let Bottleneck { trip: (start, goal), goal_of_start } = bottleneck(&problem.from, &problem.goals, measure, Some(&base.goal_of_start));
    let least = measure.key(problem.goals[goal] - problem.from[start]);
    let mut best = base;
    let swapped = swapped(problem, measure, least * (1.0 + 1e-12), goal_of_start);
    if let Some(found) = swapped.and_then(|c| if c.is_safe() { Some(c) } else { repaired(problem, &c) })
        && (!best.is_safe() || found.duration_ms() < best.duration_ms())
    {
        best = found;
    }
    let mut tightest = least;
    let mut reach = least;
    let mut left = Effort { evaluations: EVALUATIONS, steps: STEPS.0 * problem.from.len() + STEPS.1 };
    for _ in 0..RADII {
        if left.evaluations == 0 || left.steps == 0 || loosest - tightest <= 1e-3 * loosest || is_good(&best) {
            break;
        }
        // No radius may eat up what the others need.
        let mut share = Effort { evaluations: left.evaluations, steps: left.steps.div_ceil(3) };
        let given = share.steps;
        let t0 = std::time::Instant::now();
        let found = within(problem, assigner, measure, reach, &mut share);
        eprintln!("reach {:.4} of {:.4}..{:.4} steps {} of {} found {:?} {:?}", reach.sqrt(), tightest.sqrt(), loosest.sqrt(), given - share.steps, given, found.as_ref().map(|f| f.duration_ms()), t0.elapsed());
        left.evaluations = share.evaluations;
        left.steps -= given - share.steps;
        match found {
            Some(candidate) => {
                if !best.is_safe() || candidate.duration_ms() < best.duration_ms() {
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

/// Swaps of goals between vehicles that come too close, as long as both trips stay within reach and Σd² falls.
fn swapped(problem: &Problem<'_>, measure: Measure, reach: f64, mut goal_of_start: Vec<u32>) -> Option<Candidate> {
    let t0 = std::time::Instant::now();
    let fits = |start: usize, goal: u32| measure.key(problem.goals[goal as usize] - problem.from[start]) <= reach;
    let better = |goals: &[u32], i: usize, j: usize| {
        let (gi, gj) = (goals[i], goals[j]);
        let apart = problem.near_goals[gi as usize] - problem.near_goals[gj as usize];
        (problem.near_from[i] - problem.near_from[j]).dot(apart) < -1e-9 && fits(i, gj) && fits(j, gi)
    };
    // Neighbours first, without a look at the ways.
    let around = 2.5 * problem.spacing_m();
    for _ in 0..SWEEPS {
        let mut swaps = 0;
        for is_goal in [false, true] {
            let mut start_of_goal = vec![0; goal_of_start.len()];
            goal_of_start.iter().enumerate().for_each(|(i, &g)| start_of_goal[g as usize] = i);
            CellGrid::new(if is_goal { &problem.near_goals } else { &problem.near_from }, around).for_pairs(|a, b| {
                let (i, j) = if is_goal { (start_of_goal[a], start_of_goal[b]) } else { (a, b) };
                if better(&goal_of_start, i, j) {
                    start_of_goal.swap(goal_of_start[i] as usize, goal_of_start[j] as usize);
                    goal_of_start.swap(i, j);
                    swaps += 1;
                }
            });
        }
        eprintln!("sweep {swaps} {:?}", t0.elapsed());
        if swaps == 0 {
            break;
        }
    }
    for _ in 0..ROUNDS {
        let candidate = problem.evaluate(goal_of_start.clone())?;
        let mut swapped = BTreeSet::new();
        for c in &candidate.approaches.conflicts {
            let (i, j) = c.pair;
            if !swapped.contains(&i) && !swapped.contains(&j) && better(&goal_of_start, i, j) {
                goal_of_start.swap(i, j);
                swapped.extend([i, j]);
            }
        }
        eprintln!("conflicts {} swaps {} {:?}", candidate.approaches.conflict_count, swapped.len() / 2, t0.elapsed());
        if swapped.is_empty() {
            return Some(candidate);
        }
    }
    problem.evaluate(goal_of_start)
}

/// Gives a few conflicting vehicles other goals, at the price of trips whose key is up to a fifth larger. Returns `base` if
/// it has too many conflicts.
fn mend(problem: &Problem<'_>, assigner: &Assigner, measure: Measure, base: Candidate) -> Candidate {
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
        if fewest == usize::MAX
            && let Some(found) = repaired(problem, &candidate)
        {
            return Some(found);
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
