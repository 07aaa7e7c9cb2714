use std::cmp::Reverse;
use std::collections::BinaryHeap;

use kapok_motion::spatial::KdTree;
use kapok_show::DVec3;
use rayon::prelude::*;

use super::reach::Reach;
use super::remaining::Remaining;

/// No start, no slot.
const NONE: u32 = u32::MAX;
/// As many free starts are brought in one by one.
const FEW: usize = 4;
/// How close bisection comes to the reach looked for.
const NEAR: f64 = 1e-4;

/// No way leads from a free start to a vacant goal.
struct Stuck {
    free_count: usize,
    /// The starts that can be reached.
    seen: Vec<u32>,
}

/// A growing matching of starts and goal slots whose trips are all within reach.
pub struct Matching<'a> {
    starts: &'a [DVec3],
    tree: &'a KdTree,
    reach: Reach,
    /// The trip that set `reach`: start and goal slot.
    critical: (usize, usize),
    /// Start of each slot.
    owner: Vec<u32>,
    /// Slot of each start.
    held: Vec<u32>,
    unseen: Remaining<'a>,
    /// Start from which each slot was reached in this round.
    parent: Vec<u32>,
}

impl<'a> Matching<'a> {
    /// The trips of `warm` that are within reach; `critical` is the trip, start and goal slot, that set it.
    pub fn new(
        starts: &'a [DVec3],
        tree: &'a KdTree,
        reach: Reach,
        critical: (usize, usize),
        warm: Option<&[u32]>,
    ) -> Self {
        let n = starts.len();
        let mut matching = Self {
            starts,
            tree,
            reach,
            critical,
            owner: vec![NONE; n],
            held: vec![NONE; n],
            unseen: Remaining::none(tree),
            parent: vec![NONE; n],
        };
        if let Some(warm) = warm {
            let mut start_of_goal = vec![0u32; n];
            for (i, &goal) in warm.iter().enumerate() {
                start_of_goal[goal as usize] = i as u32;
            }
            for slot in 0..n {
                let start = start_of_goal[tree.ids()[slot] as usize];
                if matching.reach.key_within(tree.points()[slot] - starts[start as usize]).is_some() {
                    matching.join(start, slot);
                }
            }
        }
        matching
    }

    /// Start and goal of the trip that set the reach.
    pub fn critical_trip(&self) -> (usize, usize) {
        (self.critical.0, self.tree.ids()[self.critical.1] as usize)
    }

    /// Goal of each start, once the matching is complete.
    pub fn goal_of_start(&self) -> Vec<u32> {
        self.held.iter().map(|&slot| self.tree.ids()[slot as usize]).collect()
    }

    fn join(&mut self, start: u32, slot: usize) {
        self.owner[slot] = start;
        self.held[start as usize] = slot as u32;
    }

    /// Augments until every start has a goal, raising `reach` only where no matching exists without it.
    pub fn complete(&mut self) {
        let mut narrowed = false;
        while let Some(stuck) = self.augment_fully() {
            if stuck.free_count > FEW && self.reach.key() > 0.0 && !narrowed {
                self.narrow();
                narrowed = true;
            } else {
                self.grow(&stuck.seen, stuck.free_count);
            }
        }
    }

    /// Augments as far as the reach allows.
    fn augment_fully(&mut self) -> Option<Stuck> {
        loop {
            let free: Vec<u32> = (0..self.starts.len() as u32).filter(|&i| self.held[i as usize] == NONE).collect();
            if free.is_empty() {
                return None;
            }
            match self.layers(&free) {
                Ok(layers) => self.augment_all(&free, &layers),
                Err(seen) => return Some(Stuck { free_count: free.len(), seen }),
            }
        }
    }

    /// Raises `reach` close to the least that allows a matching, but not up to it: by bisection between a reach that does
    /// not and one that does. Opening one way after the other would take as many rounds as there are free starts.
    fn narrow(&mut self) {
        let measure = self.reach.measure();
        let mut below = (self.reach, self.owner.clone(), self.held.clone());
        let mut above = None;
        let mut step = NEAR;
        loop {
            let low = below.0.key();
            let key = match above {
                None => low * (1.0 + step),
                Some(high) if high > low * (1.0 + NEAR) => 0.5 * (low + high),
                Some(_) => break,
            };
            self.reach = Reach::new(measure, key);
            if self.augment_fully().is_some() {
                below = (self.reach, self.owner.clone(), self.held.clone());
                step *= 2.0;
            } else {
                above = Some(key);
                (self.owner, self.held) = (below.1.clone(), below.2.clone());
            }
        }
        (self.reach, self.owner, self.held) = below;
    }

    /// The slots by the number of trips on the shortest alternating way to them from a free start, up to the first vacant
    /// slots; of that last layer only the vacant ones. Where no vacant slot can be reached: the starts that can.
    fn layers(&mut self, free: &[u32]) -> Result<Vec<Vec<u32>>, Vec<u32>> {
        self.unseen.restore();
        let mut layers = Vec::new();
        let mut frontier = free.to_vec();
        let mut seen = Vec::new();
        loop {
            let mut layer = Vec::new();
            for &start in &frontier {
                self.unseen.take_within(&self.reach, self.starts[start as usize], &mut layer);
            }
            seen.append(&mut frontier);
            if layer.is_empty() {
                return Err(seen);
            }
            let vacant: Vec<u32> = layer.iter().copied().filter(|&slot| self.owner[slot as usize] == NONE).collect();
            if !vacant.is_empty() {
                layers.push(vacant);
                return Ok(layers);
            }
            frontier.extend(layer.iter().map(|&slot| self.owner[slot as usize]));
            layers.push(layer);
        }
    }

    /// Flips ways through the layers that share nothing, until no more of them is left.
    fn augment_all(&mut self, free: &[u32], layers: &[Vec<u32>]) {
        let point = |&slot: &u32| self.tree.points()[slot as usize];
        let trees: Vec<KdTree> =
            layers.iter().map(|layer| KdTree::new(&layer.iter().map(point).collect::<Vec<_>>())).collect();
        let mut left: Vec<Remaining<'_>> = trees.iter().map(Remaining::all).collect();
        for &root in free {
            let mut way = vec![root];
            while let Some(&start) = way.last() {
                let depth = way.len() - 1;
                let Some(found) = left[depth].any_within(&self.reach, self.starts[start as usize]) else {
                    way.pop();
                    continue;
                };
                left[depth].set(found, false);
                let slot = layers[depth][trees[depth].ids()[found] as usize] as usize;
                self.parent[slot] = start;
                if self.owner[slot] == NONE {
                    self.augment(slot);
                    break;
                }
                way.push(self.owner[slot]);
            }
        }
    }

    /// None of `seen`, all that is reached from the `free_count` free starts, can reach anything unseen: raise `reach`
    /// by the least that opens ways to `free_count` vacant goals.
    ///
    /// No matching of all gets by with less: together with this one it has a way of its own for each free start, to a
    /// vacant goal of its own.
    fn grow(&mut self, seen: &[u32], free_count: usize) {
        let measure = self.reach.measure();
        let next = |unseen: &Remaining, at: DVec3| unseen.nearest(at, |t| measure.key(t), |b| measure.floor(b, at));
        let unseen = &self.unseen;
        let first: Vec<(f64, usize)> = seen.par_iter().map(|&i| next(unseen, self.starts[i as usize])).collect();
        let mut heap: BinaryHeap<Reverse<(Key, usize, u32)>> =
            first.into_iter().zip(seen).map(|((key, slot), &i)| Reverse((Key(key), slot, i))).collect();
        let mut opened = 0;
        while let Some(Reverse((Key(key), slot, start))) = heap.pop() {
            if slot == usize::MAX {
                // Cannot happen while a vacant goal is left unseen.
                return;
            }
            if self.unseen.is_present(slot) {
                if key > self.reach.key() {
                    self.reach = Reach::new(measure, key);
                    self.critical = (start as usize, slot);
                }
                self.unseen.set(slot, false);
                let owner = self.owner[slot];
                if owner == NONE {
                    opened += 1;
                    if opened == free_count {
                        return;
                    }
                } else {
                    let (key, slot) = next(&self.unseen, self.starts[owner as usize]);
                    heap.push(Reverse((Key(key), slot, owner)));
                }
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
