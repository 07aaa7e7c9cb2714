use std::cmp::Ordering;
use std::collections::{BTreeSet, BinaryHeap};

/// No start, no goal.
pub const NONE: u32 = u32::MAX;
/// Any one of the idle starts.
pub const IDLE: u32 = u32::MAX - 1;

/// Working memory of the augmenting path search.
#[derive(Clone)]
pub struct Search {
    pub distance: Vec<f64>,
    pub reached_from: Vec<u32>,
    pub settled: Vec<bool>,
    /// Has an idle start been reached? And the goal of the first that was.
    pub idle_seen: bool,
    pub idle_from: u32,
    pub touched: Vec<u32>,
    pub heap: BinaryHeap<Event>,
    /// Sets of twins that have been looked from.
    pub looked_from: BTreeSet<u32>,
}

/// Something to look at when the search has come as far as `distance`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    pub distance: f64,
    pub what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A goal slot.
    Goal(u32),
    /// Goals beyond the list of a start (its potential's base is the distance minus the horizon).
    Beyond(u32),
}

impl Eq for Event {}

impl Ord for Event {
    /// Smallest distance first in a max-heap; ties by what, so that the order never depends on the heap's history.
    fn cmp(&self, other: &Self) -> Ordering {
        other.distance.total_cmp(&self.distance).then_with(|| other.what.cmp(&self.what))
    }
}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Search {
    /// Over so many goals.
    pub fn new(goal_count: usize) -> Self {
        Self {
            distance: vec![f64::INFINITY; goal_count],
            reached_from: vec![NONE; goal_count],
            settled: vec![false; goal_count],
            ..Self::empty()
        }
    }

    /// Over no goals.
    pub fn empty() -> Self {
        Self {
            distance: Vec::new(),
            reached_from: Vec::new(),
            settled: Vec::new(),
            idle_seen: false,
            idle_from: NONE,
            touched: Vec::new(),
            heap: BinaryHeap::new(),
            looked_from: BTreeSet::new(),
        }
    }

    /// A way of this length to a goal has been found; `reach` is the least distance of a free goal.
    pub fn relax(&mut self, owner: &[u32], from: u32, slot: u32, distance: f64, reach: &mut f64) {
        let s = slot as usize;
        if distance > *reach || distance >= self.distance[s] || self.settled[s] {
            return;
        }
        if self.distance[s] == f64::INFINITY {
            self.touched.push(slot);
        }
        self.distance[s] = distance;
        self.reached_from[s] = from;
        if owner[s] == NONE {
            *reach = distance;
        }
        self.heap.push(Event { distance, what: What::Goal(slot) });
    }

    /// No way to this goal is shorter.
    pub fn settle(&mut self, slot: u32, distance: f64) {
        let s = slot as usize;
        if self.settled[s] {
            return;
        }
        if self.distance[s] == f64::INFINITY {
            self.touched.push(slot);
        }
        (self.distance[s], self.settled[s]) = (distance, true);
    }

    /// Ready for the next search.
    pub fn clear(&mut self) {
        for slot in self.touched.drain(..) {
            self.distance[slot as usize] = f64::INFINITY;
            self.settled[slot as usize] = false;
        }
        self.heap.clear();
        self.looked_from.clear();
        self.idle_seen = false;
    }
}
