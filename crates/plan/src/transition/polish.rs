use std::collections::BTreeSet;

use kapok_motion::spatial::CellGrid;
use kapok_show::DVec3;

use super::candidate::{Candidate, Problem};
use super::repair::repaired;
use crate::assignment::{Assigner, Bottleneck, Measure, bottleneck, matching_within};
use crate::conflict::Approach;

/// A plan this close to the bound is not polished further.
const GOOD_ENOUGH: f64 = 1.004;
/// Three to five radii are tried, so that vehicles times radii stay below this where they can.
const VEHICLES_TIMES_RADII: usize = 60_000;
/// Times some trips are barred at one radius.
const BARS: usize = 6;
/// More pairs in conflict are not barred.
const MOST_BARRED: usize = 12;
/// Steps of path searches per vehicle in all, and besides.
const STEPS: (usize, usize) = (30, 100_000);
/// Sweeps of swaps among neighbours.
const SWEEPS: usize = 30;
/// Neighbours of the swaps are this many spacings apart at most.
const AROUND: f64 = 2.5;
/// Rounds of swaps among conflicting pairs.
const ROUNDS: usize = 8;

/// Shortens the longest trips: an assignment without trips above a radius, beginning with the least radius for which there is
/// one, improved by swaps of two goals and, where vehicles still come too close, by detours.
///
/// A swap that shortens Σd² is made where both trips stay within the radius. What is left are pairs with a·b ≥ 0, which keep
/// their distance, and pairs whose swap would make too long a trip; only those can come too close, and detours lead them
/// round each other. Where the detours cost more time than longer trips would, a radius half way back is tried.
///
/// # Guarantees
/// A safe candidate stays safe and gets no slower; one with conflicts may be replaced by a safe one.
pub fn polish(problem: &Problem<'_>, assigner: &Assigner, base: Candidate, bound_s: f64) -> Candidate {
    let measure = Measure::straight(&problem.settings.limits);
    let least_squares = base.goal_of_start.clone();
    let mut loosest = longest(problem, measure, &least_squares);
    let is_blocked = !base.blocked.is_empty();
    let mut best = if base.is_safe() { base } else { repaired(problem, &base).unwrap_or(base) };
    let is_good = |best: &Candidate| best.is_safe() && best.duration_ms() as f64 <= bound_s * 1000.0 * GOOD_ENOUGH;
    if is_good(&best) {
        return best;
    }
    let Bottleneck { trip: (start, goal), mut goal_of_start } =
        bottleneck(&problem.from, &problem.goals, measure, Some(&least_squares));
    let mut tightest = measure.key(problem.goals[goal] - problem.from[start]);
    let mut reach = tightest;
    let mut tried: Vec<u32> = Vec::new();
    if best.is_safe() {
        loosest = loosest.min(key_of(problem, measure, best.duration_ms(), loosest)).max(tightest);
    }
    let mut steps = STEPS.0 * problem.from.len() + STEPS.1;
    // Where obstacles are in the way a shorter straight trip says little.
    let radii = if is_blocked { 1 } else { (VEHICLES_TIMES_RADII / problem.from.len()).clamp(3, 5) };
    for _ in 0..radii {
        // The trip that sets the radius must pass the test whatever way it is computed.
        let within = reach * (1.0 + 1e-12);
        // No radius may eat up what the others need.
        let mut share = steps.div_ceil(3);
        steps -= share;
        let exact = least_within(problem, assigner, measure, within, &mut share);
        steps += share;
        let found = if exact.as_ref().is_some_and(Candidate::is_safe) {
            None
        } else {
            swapped(problem, measure, within, goal_of_start)
        };
        let found = found.into_iter().chain(exact).min_by_key(|c| c.approaches.conflict_count);
        match found {
            Some(candidate) if best.is_safe() && candidate.duration_ms() >= best.duration_ms() => loosest = reach,
            Some(candidate) if candidate.goal_of_start == tried => tightest = reach,
            Some(candidate) => {
                tried.clone_from(&candidate.goal_of_start);
                let found = if candidate.is_safe() { Some(candidate) } else { repaired(problem, &candidate) };
                match found {
                    Some(found) if !best.is_safe() || found.duration_ms() < best.duration_ms() => {
                        best = found;
                        loosest = if reach > tightest { reach } else { loosest };
                        loosest = key_of(problem, measure, best.duration_ms(), loosest).max(tightest);
                    }
                    _ => tightest = reach,
                }
            }
            None => break,
        }
        if is_good(&best) || loosest - tightest <= 1e-3 * loosest {
            break;
        }
        reach = f64::midpoint(tightest, loosest);
        goal_of_start = matching_within(&problem.from, &problem.goals, measure, reach, &least_squares);
    }
    best
}

/// The least Σd² among assignments whose trips have keys of at most `reach`. If only few vehicles come too close the shorter
/// trip of each pair is barred and the search repeated; if that does not help the first assignment stands. Nothing if the
/// steps do not suffice.
fn least_within(
    problem: &Problem<'_>,
    assigner: &Assigner,
    measure: Measure,
    reach: f64,
    steps: &mut usize,
) -> Option<Candidate> {
    let mut bounded = assigner.within(&problem.from, &problem.goals, measure, reach, steps)?;
    let mut first: Option<Candidate> = None;
    for _ in 0..BARS {
        let candidate = problem.evaluate(bounded.goal_of_start())?;
        if candidate.is_safe() {
            return Some(candidate);
        }
        let conflicts = &candidate.approaches;
        let key = |v: usize| measure.key(candidate.movement.to[v] - candidate.movement.from[v]);
        let shorter = |c: &Approach| if key(c.pair.0) <= key(c.pair.1) { c.pair.0 as u32 } else { c.pair.1 as u32 };
        let barred: BTreeSet<u32> = conflicts.conflicts.iter().map(shorter).collect();
        let count = conflicts.conflict_count;
        let fewest = first.as_ref().map_or(MOST_BARRED, |first| first.approaches.conflict_count);
        first = first.or(Some(candidate));
        if count > fewest || !bounded.bar(&barred, steps) {
            break;
        }
    }
    first
}

/// Not below the key of any straight trip that is flown within a time, if that is below `most`.
fn key_of(problem: &Problem<'_>, measure: Measure, time_ms: i64, most: f64) -> f64 {
    let time_s = time_ms as f64 / 1000.0;
    match measure {
        // One speed for all directions: the key is the square of the length.
        Measure::Length => {
            let (mut low, mut high) = (0.0, most.sqrt());
            for _ in 0..40 {
                let middle = f64::midpoint(low, high);
                let is_within = problem.settings.limits.straight_s(DVec3::X * middle) <= time_s;
                if is_within { low = middle } else { high = middle }
            }
            high * high
        }
        Measure::Bound(_) | Measure::Straight(_) => time_s.min(most),
    }
}

/// The largest key of a trip.
fn longest(problem: &Problem<'_>, measure: Measure, goal_of_start: &[u32]) -> f64 {
    let trips = problem.from.iter().zip(goal_of_start).map(|(from, &goal)| problem.goals[goal as usize] - *from);
    trips.map(|trip| measure.key(trip)).fold(0.0, f64::max)
}

/// Swaps of two goals that shorten Σd² as long as both trips stay within reach: among neighbours first, then among those that
/// come too close. Nothing if the grid is too coarse.
fn swapped(problem: &Problem<'_>, measure: Measure, reach: f64, mut goal_of_start: Vec<u32>) -> Option<Candidate> {
    let fits = |start: usize, goal: u32| measure.key(problem.goals[goal as usize] - problem.from[start]) <= reach;
    let better = |goals: &[u32], i: usize, j: usize| {
        let (gi, gj) = (goals[i], goals[j]);
        let apart = problem.near_goals[gi as usize] - problem.near_goals[gj as usize];
        (problem.near_from[i] - problem.near_from[j]).dot(apart) < -1e-9 && fits(i, gj) && fits(j, gi)
    };
    let grids = [&problem.near_from, &problem.near_goals].map(|p| CellGrid::new(p, AROUND * problem.spacing_m()));
    for _ in 0..SWEEPS {
        let mut swaps = 0;
        for (grid, is_goal) in grids.iter().zip([false, true]) {
            let mut start_of_goal = vec![0; goal_of_start.len()];
            goal_of_start.iter().enumerate().for_each(|(i, &g)| start_of_goal[g as usize] = i);
            grid.for_pairs(|a, b| {
                let (i, j) = if is_goal { (start_of_goal[a], start_of_goal[b]) } else { (a, b) };
                if better(&goal_of_start, i, j) {
                    start_of_goal.swap(goal_of_start[i] as usize, goal_of_start[j] as usize);
                    goal_of_start.swap(i, j);
                    swaps += 1;
                }
            });
        }
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
        if swapped.is_empty() {
            return Some(candidate);
        }
    }
    problem.evaluate(goal_of_start)
}
