use kapok_motion::spatial::Nearest;

use super::path_search::{Event, IDLE, NONE, Search, What};
use super::solver::{Solver, WIDTH};

impl Solver {
    /// Gives every idle start a goal.
    pub fn settle_idle(&mut self) -> bool {
        while self.idle.as_ref().is_some_and(|idle| idle.free > 0) {
            if !self.augment(IDLE) {
                return false;
            }
            if let Some(idle) = &mut self.idle {
                idle.free -= 1;
            }
        }
        true
    }

    /// Gives a free start a goal by a shortest augmenting path; keeps the ε-slackness of all.
    pub fn augment(&mut self, root: u32) -> bool {
        let mut search = std::mem::replace(&mut self.search, Search::empty());
        let Some(end) = self.shortest_path(&mut search, root) else {
            search.clear();
            self.search = search;
            return false;
        };
        let reach = search.distance[end as usize];
        let is_nearer = |slot: &&u32| search.settled[**slot as usize] && search.distance[**slot as usize] < reach;
        let rise = |slot: u32| (slot, self.goals.price(slot) + (reach - search.distance[slot as usize]));
        let raised: Vec<(u32, f64)> = search.touched.iter().filter(is_nearer).map(|&slot| rise(slot)).collect();
        self.raise(&raised);
        let mut slot = end;
        loop {
            let start = search.reached_from[slot as usize];
            let before = match self.held.get_mut(start as usize) {
                Some(held) => std::mem::replace(held, slot),
                None => search.idle_from,
            };
            self.give(slot, start);
            if start == root {
                break;
            }
            slot = before;
        }
        search.clear();
        self.search = search;
        true
    }

    /// Dijkstra over reduced costs from a free start to the nearest free goal; returns its slot, or nothing if the fence bars every
    /// way or the steps are used up.
    fn shortest_path(&mut self, search: &mut Search, root: u32) -> Option<u32> {
        // Least distance of a free goal seen so far: nothing beyond it matters.
        let mut reach = f64::INFINITY;
        // Per start that ran past its list: where the next look continues.
        let mut beyond: Vec<(u32, f64, (f64, u32))> = Vec::new();
        if root == IDLE {
            self.expand_idle(search, NONE, 0.0, &mut reach, &mut beyond);
        } else {
            self.expand(search, root, 0.0, &mut reach, &mut beyond);
        }
        while let Some(Event { distance, what }) = search.heap.pop() {
            if !self.step() {
                return None;
            }
            match what {
                What::Goal(slot) => {
                    let s = slot as usize;
                    if search.settled[s] || distance > search.distance[s] {
                        continue;
                    }
                    search.settled[s] = true;
                    let owner = self.owner[s];
                    if owner == NONE {
                        return Some(slot);
                    }
                    // What reached this goal reaches the next of the same place for what that one is dearer.
                    if let Some(next) = self.goals.next_dearer(slot) {
                        let further = distance + (self.goals.price(next) - self.goals.price(slot));
                        let from = search.reached_from[s];
                        search.relax(&self.owner, from, next, further, &mut reach);
                    }
                    if owner == IDLE {
                        self.expand_idle(search, slot, distance, &mut reach, &mut beyond);
                    } else {
                        self.expand(search, owner, distance, &mut reach, &mut beyond);
                    }
                }
                What::Beyond(index) => self.look_beyond(search, index, &mut reach, &mut beyond),
            }
        }
        // Without a fence this cannot be: there are as many goals as starts, and every list is extended to the end.
        None
    }

    fn expand(
        &mut self,
        search: &mut Search,
        start: u32,
        distance: f64,
        reach: &mut f64,
        beyond: &mut Vec<(u32, f64, (f64, u32))>,
    ) {
        let i = start as usize;
        let twins = self.twins_of[i];
        if twins != NONE && !search.looked_from.insert(twins) {
            return;
        }
        let mut best = self.look(i).best;
        if best > self.lists[i].horizon {
            self.lists[i] = self.list_for(i);
            best = self.look(i).best;
        }
        let base = distance - best;
        let list = &self.lists[i];
        for k in 0..list.len as usize {
            let slot = self.goals.cheapest(list.places[k]);
            search.relax(&self.owner, start, slot, base + list.costs[k] + self.goals.price(slot), reach);
        }
        // What twins have is as near, and need not be looked for.
        for &twin in self.twins.get(twins as usize).into_iter().flatten() {
            let slot = self.held[twin as usize];
            if slot != NONE && self.admits(start, slot) {
                search.relax(&self.owner, start, slot, base + self.value_held(twin as usize), reach);
            }
        }
        if base + list.horizon < *reach {
            beyond.push((start, base, (f64::NEG_INFINITY, 0)));
            search.heap.push(Event { distance: base + list.horizon, what: What::Beyond(beyond.len() as u32 - 1) });
        }
    }

    /// The same for an idle start that holds goal `from`, or none. The first that is reached speaks for all.
    fn expand_idle(
        &self,
        search: &mut Search,
        from: u32,
        distance: f64,
        reach: &mut f64,
        beyond: &mut Vec<(u32, f64, (f64, u32))>,
    ) {
        let Some(idle) = self.idle.as_ref().filter(|_| !search.idle_seen) else {
            return;
        };
        (search.idle_seen, search.idle_from) = (true, from);
        // They could all have each other's goals at no cost, so the prices of these rise together.
        for slot in idle.held() {
            search.settle(slot, distance);
        }
        beyond.push((IDLE, distance - idle.least(), (f64::NEG_INFINITY, 0)));
        self.look_beyond(search, beyond.len() as u32 - 1, reach, beyond);
    }

    /// The next best goals of an idle start.
    fn idle_offers(&self, near: &mut Nearest<WIDTH>, after: (f64, u32)) {
        for (k, (value, slot)) in self.idle.iter().flat_map(|idle| idle.offers(after)).take(WIDTH).enumerate() {
            (near.values[k], near.slots[k], near.len) = (value, slot, k + 1);
        }
    }

    fn look_beyond(&self, search: &mut Search, index: u32, reach: &mut f64, beyond: &mut [(u32, f64, (f64, u32))]) {
        let (start, base, after) = beyond[index as usize];
        let mut near = Nearest::<WIDTH>::new();
        if start == IDLE {
            self.idle_offers(&mut near, after);
        } else {
            // Of twins each has its goals among the best: only what is gained leads on from there. Else what comes next.
            let is_alone = self.twins_of[start as usize] == NONE;
            let gains = |value: f64, place: u32| {
                let slot = self.goals.cheapest(place) as usize;
                base + value < search.distance[slot] && !search.settled[slot]
            };
            let leads_on = |value: f64, place: u32| if is_alone { (value, place) > after } else { gains(value, place) };
            self.query(start, &mut near, leads_on);
        }
        let last = (near.values[WIDTH - 1], near.slots[WIDTH - 1]);
        if start != IDLE {
            for slot in &mut near.slots[..near.len] {
                *slot = self.goals.cheapest(*slot);
            }
        }
        for k in 0..near.len {
            search.relax(&self.owner, start, near.slots[k], base + near.values[k], reach);
        }
        if near.len == WIDTH && base + near.values[WIDTH - 1] < *reach {
            beyond[index as usize].2 = last;
            search.heap.push(Event { distance: base + near.values[WIDTH - 1], what: What::Beyond(index) });
        }
    }
}
