use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use kapok_show::{BadSetting, DVec3};
use rayon::prelude::*;

use super::Measure;
use super::{AssignError, check_points};
use crate::MotionLimits;
use crate::spatial::{Bounds, KdTree};

/// "Nobody".
const NONE: u32 = u32::MAX;

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
/// O(n) memory. A nearest-neighbour bound ends the search on most formations with a single matching test.
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
pub(crate) struct Bottleneck {
    /// Start and goal of the trip with that key.
    pub(crate) trip: (usize, usize),
    pub(crate) goal_of_start: Vec<u32>,
}

/// The assignment whose largest key is least; where it can it keeps to `warm`. At least one start; `warm` is a permutation.
pub(crate) fn bottleneck(starts: &[DVec3], goals: &[DVec3], measure: Measure, warm: Option<&[u32]>) -> Bottleneck {
    let goal_tree = KdTree::new(goals);
    let floor = nearest_floor(starts, goals, &goal_tree, &measure);
    let mut matching = Matching::new(starts, &goal_tree, measure, floor, warm);
    matching.complete();
    let (start, slot) = matching.critical;
    let goal_of_start = matching.held.iter().map(|&slot| goal_tree.ids()[slot as usize]).collect();
    Bottleneck { trip: (start, goal_tree.ids()[slot] as usize), goal_of_start }
}

/// An assignment whose keys are at most `reach`, which must not be below the bottleneck's; where it can it keeps to `warm`.
pub(crate) fn matching_within(
    starts: &[DVec3],
    goals: &[DVec3],
    measure: Measure,
    reach: f64,
    warm: &[u32],
) -> Vec<u32> {
    let goal_tree = KdTree::new(goals);
    let mut matching = Matching::new(starts, &goal_tree, measure, (reach, 0, 0), Some(warm));
    matching.complete();
    matching.held.iter().map(|&slot| goal_tree.ids()[slot as usize]).collect()
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

/// The slots of a tree that have not been removed.
struct Remaining<'a> {
    tree: &'a KdTree,
    count: Vec<u32>,
    present: Vec<bool>,
}

impl<'a> Remaining<'a> {
    fn none(tree: &'a KdTree) -> Self {
        Self { tree, count: vec![0; tree.node_count()], present: vec![false; tree.len()] }
    }

    fn all(tree: &'a KdTree) -> Self {
        let mut set = Self::none(tree);
        set.restore();
        set
    }

    fn restore(&mut self) {
        self.present.fill(true);
        for node in 0..self.count.len() {
            self.count[node] = self.tree.slots(node).len() as u32;
        }
    }

    fn set(&mut self, slot: usize, present: bool) {
        if self.present[slot] == present {
            return;
        }
        self.present[slot] = present;
        let mut node = self.tree.leaf_of_slot(slot);
        loop {
            if present {
                self.count[node] += 1;
            } else {
                self.count[node] -= 1;
            }
            if node == 0 {
                return;
            }
            node = (node - 1) / 2;
        }
    }

    /// Key and slot of the present point with the least key from `at`; infinite if nothing is present.
    fn nearest(&self, at: DVec3, key: impl Fn(DVec3) -> f64, floor: impl Fn(&Bounds) -> f64) -> (f64, usize) {
        let mut best = (f64::INFINITY, usize::MAX);
        let mut stack = [(0usize, 0.0f64); 64];
        let mut depth = 1;
        while depth > 0 {
            depth -= 1;
            let (node, bound) = stack[depth];
            if self.count[node] == 0 || bound > best.0 {
                continue;
            }
            if self.tree.is_leaf(node) {
                for slot in self.tree.slots(node) {
                    if self.present[slot] {
                        let value = key(self.tree.points()[slot] - at);
                        if (value, slot) < best {
                            best = (value, slot);
                        }
                    }
                }
                continue;
            }
            let (a, b) = (2 * node + 1, 2 * node + 2);
            let (fa, fb) = (floor(self.tree.bounds(a)), floor(self.tree.bounds(b)));
            let (near, far) = if fa <= fb { ((a, fa), (b, fb)) } else { ((b, fb), (a, fa)) };
            stack[depth] = far;
            stack[depth + 1] = near;
            depth += 2;
        }
        best
    }

    /// Removes every present point with a key of at most `reach` from `at` and appends it to `found`.
    fn take_within(
        &mut self,
        reach: f64,
        at: DVec3,
        key: impl Fn(DVec3) -> f64,
        floor: impl Fn(&Bounds) -> f64,
        found: &mut Vec<u32>,
    ) {
        let first = found.len();
        let mut stack = [0usize; 64];
        let mut depth = 1;
        while depth > 0 {
            depth -= 1;
            let node = stack[depth];
            if self.count[node] == 0 || floor(self.tree.bounds(node)) > reach {
                continue;
            }
            if self.tree.is_leaf(node) {
                for slot in self.tree.slots(node) {
                    if self.present[slot] && key(self.tree.points()[slot] - at) <= reach {
                        found.push(slot as u32);
                    }
                }
                continue;
            }
            stack[depth] = 2 * node + 2;
            stack[depth + 1] = 2 * node + 1;
            depth += 2;
        }
        for &slot in &found[first..] {
            self.set(slot as usize, false);
        }
    }
}

/// A growing matching of starts and goal slots whose trips all have keys of at most `reach`.
struct Matching<'a> {
    starts: &'a [DVec3],
    measure: Measure,
    reach: f64,
    /// The trip that set `reach`: start and goal slot.
    critical: (usize, usize),
    owner: Vec<u32>,
    held: Vec<u32>,
    unseen: Remaining<'a>,
    vacant: Remaining<'a>,
    /// Start from which each slot was reached in this round.
    parent: Vec<u32>,
}

impl<'a> Matching<'a> {
    fn new(
        starts: &'a [DVec3],
        tree: &'a KdTree,
        measure: Measure,
        (reach, start, slot): (f64, usize, usize),
        warm: Option<&[u32]>,
    ) -> Self {
        let n = starts.len();
        let mut matching = Self {
            starts,
            measure,
            reach,
            critical: (start, slot),
            owner: vec![NONE; n],
            held: vec![NONE; n],
            unseen: Remaining::none(tree),
            vacant: Remaining::all(tree),
            parent: vec![NONE; n],
        };
        if let Some(warm) = warm {
            let mut start_of_goal = vec![0u32; n];
            for (i, &goal) in warm.iter().enumerate() {
                start_of_goal[goal as usize] = i as u32;
            }
            for slot in 0..n {
                let start = start_of_goal[tree.ids()[slot] as usize];
                if measure.key(tree.points()[slot] - starts[start as usize]) <= reach {
                    matching.join(start, slot);
                }
            }
        }
        matching
    }

    fn join(&mut self, start: u32, slot: usize) {
        self.owner[slot] = start;
        self.held[start as usize] = slot as u32;
        self.vacant.set(slot, false);
    }

    /// Augments until everybody has a goal, raising `reach` only where no matching exists without it.
    fn complete(&mut self) {
        loop {
            let free: Vec<u32> = (0..self.starts.len() as u32).filter(|&i| self.held[i as usize] == NONE).collect();
            if free.is_empty() {
                return;
            }
            let (seen, augmented) = self.search(&free);
            if augmented == 0 {
                self.grow(&seen);
            }
        }
    }

    /// One breadth-first round from all free starts at once; augments at most one path per root. Returns the starts
    /// seen and the number of paths.
    fn search(&mut self, free: &[u32]) -> (Vec<u32>, usize) {
        self.unseen.restore();
        let mut done = vec![false; free.len()];
        let mut queue: VecDeque<(u32, u32)> = free.iter().enumerate().map(|(root, &i)| (i, root as u32)).collect();
        let mut seen = Vec::new();
        let mut found = Vec::new();
        let mut augmented = 0;
        while let Some((start, root)) = queue.pop_front() {
            if done[root as usize] {
                continue;
            }
            seen.push(start);
            let at = self.starts[start as usize];
            let measure = self.measure;
            let (nearest, slot) = self.vacant.nearest(at, |t| measure.key(t), |b| measure.floor(b, at));
            if nearest <= self.reach {
                self.parent[slot] = start;
                self.unseen.set(slot, false);
                self.augment(slot);
                done[root as usize] = true;
                augmented += 1;
                continue;
            }
            found.clear();
            self.unseen.take_within(self.reach, at, |t| measure.key(t), |b| measure.floor(b, at), &mut found);
            for &slot in &found {
                self.parent[slot as usize] = start;
                queue.push_back((self.owner[slot as usize], root));
            }
        }
        (seen, augmented)
    }

    /// Nobody of `seen` can reach anything unseen: raise `reach` by the least that opens a way to a vacant goal.
    fn grow(&mut self, seen: &[u32]) {
        let measure = self.measure;
        let next = |unseen: &Remaining, at: DVec3| unseen.nearest(at, |t| measure.key(t), |b| measure.floor(b, at));
        let unseen = &self.unseen;
        let first: Vec<(f64, usize)> = seen.par_iter().map(|&i| next(unseen, self.starts[i as usize])).collect();
        let mut heap: BinaryHeap<Reverse<(Key, usize, u32)>> =
            first.into_iter().zip(seen).map(|((key, slot), &i)| Reverse((Key(key), slot, i))).collect();
        while let Some(Reverse((Key(key), slot, start))) = heap.pop() {
            if slot == usize::MAX {
                // Cannot happen while a vacant goal is left unseen.
                return;
            }
            if self.unseen.present[slot] {
                if key > self.reach {
                    self.reach = key;
                    self.critical = (start as usize, slot);
                }
                self.unseen.set(slot, false);
                self.parent[slot] = start;
                let owner = self.owner[slot];
                if owner == NONE {
                    self.augment(slot);
                    return;
                }
                let (key, slot) = next(&self.unseen, self.starts[owner as usize]);
                heap.push(Reverse((Key(key), slot, owner)));
            }
            let (key, slot) = next(&self.unseen, self.starts[start as usize]);
            heap.push(Reverse((Key(key), slot, start)));
        }
    }

    /// Flips the path that ends at a vacant slot.
    fn augment(&mut self, vacant: usize) {
        let mut slot = vacant;
        loop {
            let start = self.parent[slot];
            let before = self.held[start as usize];
            self.join(start, slot);
            if before == NONE {
                return;
            }
            slot = before as usize;
        }
    }
}

/// A finite f64 in a heap.
#[derive(Clone, Copy, PartialEq)]
struct Key(f64);

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}
