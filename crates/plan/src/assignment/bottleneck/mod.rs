mod matching;
mod reach;
mod remaining;

use kapok_motion::spatial::{Bounds, KdTree};
use kapok_motion::timing::MotionLimits;
use kapok_show::{BadSetting, DVec3};
use matching::Matching;
use rayon::prelude::*;
use reach::Reach;
use remaining::Remaining;

use super::input::{AssignError, check_points};
use super::measure::Measure;

/// The least time in which the fleet can get from the starts to the goals, whatever it does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MakespanBound {
    /// No plan is shorter, seconds.
    pub bound_s: f64,
    /// Length of the trip that sets the bound, metres: with one speed limit for all directions the shortest possible
    /// longest trip.
    pub bottleneck_m: f64,
    /// Start and goal of that trip.
    pub trip: (usize, usize),
}

/// Lower bound on the time of every plan that brings some vehicle to every goal.
///
/// In every plan some vehicle flies a trip at least as long (in time) as the longest one of the bottleneck assignment;
/// a trip's least time is [`MotionLimits::trip_bound_s`]. `warm` is any assignment, for instance the one of least Σd²:
/// its short trips save most of the work and do not change the result.
///
/// # Guarantees
/// Exact: the bound is the least over all permutations of the largest least time of a trip. Separation is ignored, so it
/// cannot always be reached.
///
/// # Errors
/// [`AssignError`], also for a `warm` that is no permutation.
///
/// # Complexity
/// O(n) memory. A nearest-neighbour bound ends the search on most formations with a single matching test, of O(√n) rounds of
/// O(n log n) queries at worst.
///
/// # Source
/// Hopcroft and Karp 1973 on a geometric graph (Efrat, Itai, Katz 2001): range queries that remove what they find.
pub fn makespan_bound(
    starts: &[DVec3],
    goals: &[DVec3],
    limits: &MotionLimits,
    warm: Option<&[u32]>,
) -> Result<MakespanBound, AssignError> {
    limits.validate()?;
    check_points(starts, goals)?;
    if starts.is_empty() {
        return Ok(MakespanBound { bound_s: 0.0, bottleneck_m: 0.0, trip: (0, 0) });
    }
    if let Some(warm) = warm {
        let mut taken = vec![false; goals.len()];
        let mut fits = warm.len() == starts.len();
        for &goal in warm {
            match taken.get_mut(goal as usize) {
                Some(slot) if !*slot => *slot = true,
                _ => fits = false,
            }
        }
        if !fits {
            let value = warm.len() as f64;
            return Err(BadSetting { field: "warm", value, why: "it must hold each goal once" }.into());
        }
    }
    let Bottleneck { trip, .. } = bottleneck(starts, goals, Measure::bound(limits), warm);
    let trip_m = goals[trip.1] - starts[trip.0];
    Ok(MakespanBound { bound_s: limits.trip_bound_s(trip_m), bottleneck_m: trip_m.length(), trip })
}

/// An assignment whose largest key is least.
pub struct Bottleneck {
    /// Start and goal of the trip with that key.
    pub trip: (usize, usize),
    pub goal_of_start: Vec<u32>,
}

/// The assignment whose largest key is least; where it can it keeps to `warm`. At least one start; `warm` is a permutation.
pub fn bottleneck(starts: &[DVec3], goals: &[DVec3], measure: Measure, warm: Option<&[u32]>) -> Bottleneck {
    let goal_tree = KdTree::new(goals);
    let (key, start, slot) = nearest_floor(starts, goals, &goal_tree, &measure);
    let mut matching = Matching::new(starts, &goal_tree, Reach::new(measure, key), (start, slot), warm);
    matching.complete();
    Bottleneck { trip: matching.critical_trip(), goal_of_start: matching.goal_of_start() }
}

/// An assignment whose keys are at most `reach`, which must not be below the bottleneck's; where it can it keeps to `warm`.
pub fn matching_within(starts: &[DVec3], goals: &[DVec3], measure: Measure, reach: f64, warm: &[u32]) -> Vec<u32> {
    let goal_tree = KdTree::new(goals);
    let mut matching = Matching::new(starts, &goal_tree, Reach::new(measure, reach), (0, 0), Some(warm));
    matching.complete();
    matching.goal_of_start()
}

/// The larger of: the longest way from a start to its nearest goal, and from a goal to its nearest start.
fn nearest_floor(starts: &[DVec3], goals: &[DVec3], goal_tree: &KdTree, measure: &Measure) -> (f64, usize, usize) {
    let all_goals = Remaining::all(goal_tree);
    let from_starts: Vec<(f64, usize, usize)> = starts
        .par_iter()
        .enumerate()
        .map(|(i, &s)| {
            let (key, slot) = all_goals.nearest(s, |trip| measure.key(trip), |b| measure.floor(b, s));
            (key, i, slot)
        })
        .collect();
    let start_tree = KdTree::new(starts);
    let all_starts = Remaining::all(&start_tree);
    let mut slot_of_goal = vec![0; goals.len()];
    for (slot, &id) in goal_tree.ids().iter().enumerate() {
        slot_of_goal[id as usize] = slot;
    }
    // Seen from a goal the trip is reversed.
    let from_goals: Vec<(f64, usize, usize)> = goals
        .par_iter()
        .enumerate()
        .map(|(j, &g)| {
            let floor = |b: &Bounds| {
                let mirrored = Bounds { low: -b.high, high: -b.low };
                measure.floor(&mirrored, -g)
            };
            let (key, slot) = all_starts.nearest(g, |trip| measure.key(-trip), floor);
            (key, start_tree.ids()[slot] as usize, slot_of_goal[j])
        })
        .collect();
    // Where all are 0 the trip must still be one of them.
    let trips = from_starts.into_iter().chain(from_goals);
    trips.reduce(|best, next| if next.0 > best.0 { next } else { best }).unwrap_or_default()
}
