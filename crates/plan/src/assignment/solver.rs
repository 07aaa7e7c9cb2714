use std::collections::BTreeSet;

use kapok_motion::spatial::{Bounds, KdTree, Nearest};
use kapok_show::DVec3;
use rayon::prelude::*;

use super::goals::{Goals, coinciding};
use super::idle::Idle;
use super::measure::Measure;
use super::path_search::{IDLE, NONE, Search};

/// Places kept per start. Wider lists are refreshed less often but scanned longer.
pub const WIDTH: usize = 12;
/// Bids per free start before augmenting paths take over.
const BIDS: usize = 3;

/// The state of the search: prices of goals, which start has which goal, and for every start a short list of its best goals.
///
/// Goals at one point are one place, on lists and in queries. Starts at one point see the same of all goals: a path search
/// looks from one of them only.
///
/// Prices only rise. So whatever is not on a start's list still has at least the value it had when the list was made
/// (`horizon`): as long as the decision falls below that, the short list answers for all n goals.
///
/// # Source
/// Bertsekas, "The auction algorithm" (1988), ε-scaling; Jonker and Volgenant (1987) for the augmenting paths.
#[derive(Clone)]
pub struct Solver {
    /// Starts in k-d order, and the index of each in the caller's order.
    pub starts: Vec<DVec3>,
    start_ids: Vec<u32>,
    pub goals: Goals,
    /// Starts that share a point; and in which of these sets each start is, `NONE` if it is alone or has barred trips of its own.
    pub twins: Vec<Vec<u32>>,
    pub twins_of: Vec<u32>,
    /// Start that holds each goal slot.
    pub owner: Vec<u32>,
    /// Goal slot of each start.
    pub held: Vec<u32>,
    pub lists: Vec<List>,
    pub search: Search,
    /// Typical difference of values on a list: what a local mistake costs.
    spread: f64,
    /// What is not admitted, if anything.
    fence: Option<Fence>,
    /// Starts without a place, where there are more goals than starts.
    pub idle: Option<Idle>,
}

/// Trips that may not be flown.
#[derive(Clone)]
struct Fence {
    /// Starts in solver order and places of goals, as the measure sees them.
    starts: Vec<DVec3>,
    goals: Vec<DVec3>,
    measure: Measure,
    reach: f64,
    /// Box of the places below each node of the tree.
    bounds: Vec<Bounds>,
    /// Steps of path searches that are left; at 0 the search gives up.
    steps: usize,
    /// Single trips (start, place) that are barred.
    barred: BTreeSet<(u32, u32)>,
}

/// Best places of a start as of the time the list was made.
#[derive(Clone, Debug)]
pub struct List {
    pub places: [u32; WIDTH],
    pub costs: [f64; WIDTH],
    pub len: u32,
    /// No goal of another place has a smaller cost + price.
    pub horizon: f64,
}

/// What a start sees on its list.
pub struct Offer {
    pub slot: u32,
    pub best: f64,
    pub second: f64,
}

impl Solver {
    /// None assigned. At least one start, and as many goals; prices per goal, or zero. Where there are more goals, what
    /// each of them costs idle starts, up to a constant.
    pub fn new(starts: &[DVec3], goals: &[DVec3], prices: Option<&[f64]>, idle_costs: Option<&[f64]>) -> Self {
        let order = KdTree::new(starts);
        let (n, goal_count) = (starts.len(), goals.len());
        let twins: Vec<Vec<u32>> = coinciding(order.points()).into_iter().filter(|set| set.len() > 1).collect();
        let mut twins_of = vec![NONE; n];
        for (k, set) in (0..).zip(&twins) {
            for &start in set {
                twins_of[start as usize] = k;
            }
        }
        let mut solver = Self {
            starts: order.points().to_vec(),
            start_ids: order.ids().to_vec(),
            goals: Goals::new(goals, prices),
            twins,
            twins_of,
            owner: vec![NONE; goal_count],
            held: vec![NONE; n],
            lists: Vec::new(),
            spread: 0.0,
            fence: None,
            idle: None,
            search: Search::new(goal_count),
        };
        if let Some(costs) = idle_costs {
            let by_slot: Vec<f64> = solver.goals.ids().iter().map(|&goal| costs[goal as usize]).collect();
            solver.idle = Some(Idle::new(by_slot, solver.goals.prices(), goal_count - n));
        }
        solver.refresh_all();
        solver.spread = solver.typical_spread();
        solver
    }

    /// ε-scaling from a quarter of the spread of values a start sees down to a hundredth of it: from prices that are
    /// nearly right two rounds do.
    pub fn descend(&mut self) {
        for share in [0.25, 0.025] {
            self.settle(share * self.spread, BIDS);
        }
    }

    /// Leaves every start with at most `epsilon` of slack; with 0 the result is optimal up to rounding.
    ///
    /// False if the fence leaves no way to give every start a goal, or not within its steps.
    pub fn finish(&mut self, epsilon: f64) -> bool {
        self.settle(epsilon, BIDS)
    }

    /// Least cost + price each start can have, in the caller's order.
    pub fn values(&mut self) -> Vec<f64> {
        self.refresh_all();
        let mut result = vec![0.0; self.starts.len()];
        for (start, &id) in self.start_ids.iter().enumerate() {
            result[id as usize] = self.look(start).best;
        }
        result
    }

    /// The best goals of a start at present prices.
    pub fn list_for(&self, start: usize) -> List {
        let mut near = Nearest::<WIDTH>::new();
        self.query(start as u32, &mut near, |_, _| true);
        let horizon = if near.len == WIDTH { near.values[WIDTH - 1] } else { f64::INFINITY };
        let mut costs = [f64::INFINITY; WIDTH];
        for (cost, &place) in costs.iter_mut().zip(&near.slots[..near.len]) {
            *cost = self.goals.places().cost(place, self.starts[start]);
        }
        List { places: near.slots, costs, len: near.len as u32, horizon }
    }

    fn refresh_all(&mut self) {
        let lists = (0..self.starts.len()).into_par_iter().map(|i| self.list_for(i)).collect();
        self.lists = lists;
    }

    /// Best and second best goal of a start over all goals; `second` may be the horizon, which is not above the true
    /// second best.
    fn offer(&mut self, start: usize) -> Offer {
        let seen = self.look(start);
        if seen.second <= self.lists[start].horizon {
            return seen;
        }
        self.lists[start] = self.list_for(start);
        self.look(start)
    }

    /// Best and second best goal of a start on its list.
    pub fn look(&self, start: usize) -> Offer {
        let list = &self.lists[start];
        let mut offer = Offer { slot: NONE, best: f64::INFINITY, second: f64::INFINITY };
        let mut weigh = |slot: u32, cost: f64| {
            let value = cost + self.goals.price(slot);
            if value < offer.best {
                offer.second = offer.best;
                offer.best = value;
                offer.slot = slot;
            } else if value < offer.second {
                offer.second = value;
            }
        };
        let len = list.len as usize;
        let places = list.places[..len].iter().zip(&list.costs[..len]);
        if self.goals.are_apart() {
            places.for_each(|(&slot, &cost)| weigh(slot, cost));
            return offer;
        }
        for (&place, &cost) in places {
            // Of a place two goals at most are the best and the second best.
            let cheapest = self.goals.cheapest(place);
            weigh(cheapest, cost);
            if let Some(next) = self.goals.next_dearer(cheapest) {
                weigh(next, cost);
            }
        }
        offer
    }

    /// Cost + price of the goal that a start has.
    pub fn value_held(&self, start: usize) -> f64 {
        let slot = self.held[start];
        self.goals.cost(slot, self.starts[start]) + self.goals.price(slot)
    }

    /// Frees every start whose goal is worse than its best by more than `slack`; returns all free starts in order.
    fn release(&mut self, slack: f64) -> Vec<u32> {
        self.refresh_all();
        let mut free = Vec::new();
        for start in 0..self.starts.len() {
            if self.held[start] != NONE {
                let best = self.look(start).best;
                if self.value_held(start) <= best + slack && self.admits(start as u32, self.held[start]) {
                    continue;
                }
                self.owner[self.held[start] as usize] = NONE;
                self.held[start] = NONE;
            }
            free.push(start as u32);
        }
        if let Some(idle) = &mut self.idle {
            for slot in idle.held_above(idle.least() + slack) {
                self.owner[slot as usize] = NONE;
                idle.leave(slot, self.goals.price(slot));
                idle.free += 1;
            }
        }
        free
    }

    /// Raises the prices of goals.
    pub fn raise(&mut self, raised: &[(u32, f64)]) {
        if let Some(idle) = &mut self.idle {
            for &(slot, price) in raised {
                idle.reprice(slot, self.goals.price(slot), price);
            }
        }
        self.goals.raise(raised);
    }

    /// Makes a start the owner of a goal; returns the one before.
    pub fn give(&mut self, slot: u32, start: u32) -> u32 {
        let before = std::mem::replace(&mut self.owner[slot as usize], start);
        if let Some(idle) = &mut self.idle {
            match (before == IDLE, start == IDLE) {
                (true, false) => idle.leave(slot, self.goals.price(slot)),
                (false, true) => idle.hold(slot, self.goals.price(slot)),
                _ => {}
            }
        }
        before
    }

    /// The best admitted places of a start that `also` lets through.
    pub fn query(&self, start: u32, near: &mut Nearest<WIDTH>, also: impl Fn(f64, u32) -> bool) {
        let at = self.starts[start as usize];
        match &self.fence {
            None => self.goals.places().nearest(at, near, |_| true, also),
            Some(fence) => {
                let from = fence.starts[start as usize];
                let enter = |node: usize| fence.measure.floor(&fence.bounds[node], from) <= fence.reach;
                let admits = |value, place| also(value, place) && self.admits_place(start, place);
                self.goals.places().nearest(at, near, enter, admits);
            }
        }
    }

    /// Is the trip inside the fence?
    pub fn admits(&self, start: u32, slot: u32) -> bool {
        self.admits_place(start, self.goals.place_of(slot))
    }

    fn admits_place(&self, start: u32, place: u32) -> bool {
        self.fence.as_ref().is_none_or(|fence| {
            let trip = fence.goals[place as usize] - fence.starts[start as usize];
            fence.measure.key(trip) <= fence.reach && !fence.barred.contains(&(start, place))
        })
    }

    /// Admits only trips with a key of at most `reach` between the given places (in the caller's order). From now on path
    /// searches give up after so many steps in all: a step looks at the goals of one start.
    pub fn fence(&mut self, starts: &[DVec3], goals: &[DVec3], measure: Measure, reach: f64, steps: usize) {
        let goals: Vec<DVec3> = self.goals.of_places().map(|j| goals[j as usize]).collect();
        self.fence = Some(Fence {
            starts: self.start_ids.iter().map(|&i| starts[i as usize]).collect(),
            bounds: self.goals.places().tree().bounds_of(&goals),
            goals,
            measure,
            reach,
            steps,
            barred: BTreeSet::new(),
        });
    }

    /// Bars the present trips of these starts (in the caller's order) and gives them the next best goals; false if there
    /// are none. No other start is affected: barring trips only takes away what others do not use.
    pub fn bar(&mut self, starts: &BTreeSet<u32>) -> bool {
        let Some(fence) = &mut self.fence else {
            return false;
        };
        let barred: Vec<u32> =
            (0..self.held.len() as u32).filter(|&i| starts.contains(&self.start_ids[i as usize])).collect();
        for &start in &barred {
            let slot = std::mem::replace(&mut self.held[start as usize], NONE);
            fence.barred.insert((start, self.goals.place_of(slot)));
            self.twins_of[start as usize] = NONE;
            self.owner[slot as usize] = NONE;
        }
        for &start in &barred {
            self.lists[start as usize] = self.list_for(start as usize);
        }
        barred.into_iter().all(|start| self.augment(start))
    }

    /// Steps left for path searches; without a fence they are not counted.
    pub fn steps_left(&self) -> usize {
        self.fence.as_ref().map_or(usize::MAX, |fence| fence.steps)
    }

    /// Counts one step; false if none was left.
    pub fn step(&mut self) -> bool {
        let Some(fence) = &mut self.fence else {
            return true;
        };
        let any = fence.steps > 0;
        fence.steps = fence.steps.saturating_sub(1);
        any
    }

    fn take(&mut self, start: u32, slot: u32) -> Option<u32> {
        let before = self.give(slot, start);
        self.held[start as usize] = slot;
        if before == NONE {
            return None;
        }
        if let Some(idle) = self.idle.as_mut().filter(|_| before == IDLE) {
            idle.free += 1;
            return None;
        }
        self.held[before as usize] = NONE;
        Some(before)
    }

    /// Brings the state to ε-slackness: every start has a goal within `epsilon` of its best.
    ///
    /// An auction does most of it; when it has used up its bids (a price war between starts that want the same few
    /// goals), augmenting paths finish. With `epsilon` 0 the result is optimal up to rounding.
    fn settle(&mut self, epsilon: f64, bids_per_start: usize) -> bool {
        let tolerance = 1e-12 * self.spread;
        let mut queue = self.release(epsilon.max(tolerance));
        let mut left = bids_per_start * queue.len();
        let mut stuck = Vec::new();
        let mut next = Vec::new();
        while !queue.is_empty() {
            for start in queue.drain(..) {
                if left == 0 {
                    stuck.push(start);
                    continue;
                }
                let offer = self.offer(start as usize);
                if offer.slot == NONE {
                    return false;
                }
                let rise = if offer.second.is_finite() { offer.second - offer.best } else { 0.0 } + epsilon;
                let taken = self.owner[offer.slot as usize] != NONE;
                if taken && rise <= tolerance {
                    // A tie at ε = 0: bidding would go round for ever.
                    stuck.push(start);
                    continue;
                }
                left -= 1;
                if rise > 0.0 {
                    self.raise(&[(offer.slot, self.goals.price(offer.slot) + rise)]);
                }
                next.extend(self.take(start, offer.slot));
            }
            std::mem::swap(&mut queue, &mut next);
        }
        stuck.into_iter().all(|start| self.augment(start)) && self.settle_idle()
    }

    /// Goal index per start, both in the caller's order.
    pub fn goal_of_start(&self) -> Vec<u32> {
        let mut result = vec![NONE; self.starts.len()];
        for (start, &slot) in self.held.iter().enumerate() {
            result[self.start_ids[start] as usize] = self.goals.ids()[slot as usize];
        }
        result
    }

    /// Price per goal in the caller's order.
    pub fn price_of_goal(&self) -> Vec<f64> {
        let mut result = vec![0.0; self.owner.len()];
        for (slot, &id) in self.goals.ids().iter().enumerate() {
            result[id as usize] = self.goals.prices()[slot];
        }
        result
    }

    /// Σ over the starts of how much better their best goal would be: cost minus the dual bound.
    pub fn total_slack(&mut self) -> f64 {
        self.refresh_all();
        let flying: f64 = (0..self.starts.len()).map(|i| (self.value_held(i) - self.look(i).best).max(0.0)).sum();
        let Some(idle) = &self.idle else { return flying };
        let least = idle.least();
        let slack = |slot: u32| (idle.value(slot, self.goals.price(slot)) - least).max(0.0);
        let held = (0..).zip(&self.owner).filter(|(_, owner)| **owner == IDLE);
        flying + held.map(|(slot, _)| slack(slot)).sum::<f64>()
    }

    /// The least that a goal costs an idle start, price included.
    pub fn idle_value(&self) -> Option<f64> {
        self.idle.as_ref().map(Idle::least)
    }

    /// Mean over the starts of the spread of values on their lists: what a local mistake costs.
    fn typical_spread(&self) -> f64 {
        let sum: f64 = self.lists.iter().map(|l| l.costs[l.len as usize - 1] - l.costs[0]).sum();
        sum / self.lists.len() as f64
    }
}
