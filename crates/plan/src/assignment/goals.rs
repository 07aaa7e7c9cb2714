//! Goals and their prices. Goals at one point are members of one place, so that a thousand of them are looked at as one.

use kapok_motion::spatial::PowerTree;
use kapok_show::DVec3;

/// Goals by slot. The members of a place have neighbouring slots.
#[derive(Clone)]
pub struct Goals {
    /// Places at the price of their cheapest member.
    places: PowerTree,
    /// First slot of each place, and the number of slots.
    first: Vec<u32>,
    /// Place of each slot.
    place: Vec<u32>,
    /// Index of each slot's goal in the caller's order.
    ids: Vec<u32>,
    price: Vec<f64>,
    /// The slots of each place by price, then by slot; and where each slot stands there.
    by_price: Vec<u32>,
    rank: Vec<u32>,
    /// No two goals coincide: slots are places, and none of the lists above needs to be asked.
    apart: bool,
}

/// Indices of equal points, in the order of first occurrence.
///
/// # Complexity
/// O(n log n).
pub fn coinciding(points: &[DVec3]) -> Vec<Vec<u32>> {
    let key = |&i: &u32| points[i as usize].to_array().map(f64::to_bits);
    let mut order: Vec<u32> = (0..points.len() as u32).collect();
    order.sort_by_key(|i| (key(i), *i));
    let mut groups: Vec<Vec<u32>> = order.chunk_by(|a, b| key(a) == key(b)).map(<[u32]>::to_vec).collect();
    groups.sort_by_key(|group| group[0]);
    groups
}

impl Goals {
    /// All goals at these prices in the caller's order, or at zero.
    pub fn new(points: &[DVec3], prices: Option<&[f64]>) -> Self {
        let groups = coinciding(points);
        let at: Vec<DVec3> = groups.iter().map(|group| points[group[0] as usize]).collect();
        let places = PowerTree::new(&at);
        let (mut first, mut place, mut ids) = (vec![0], Vec::new(), Vec::new());
        for (k, &group) in (0..).zip(places.tree().ids()) {
            let members = &groups[group as usize];
            place.extend(members.iter().map(|_| k));
            ids.extend_from_slice(members);
            first.push(ids.len() as u32);
        }
        let price = ids.iter().map(|&id| prices.map_or(0.0, |prices| prices[id as usize])).collect();
        let slots: Vec<u32> = (0..ids.len() as u32).collect();
        let apart = ids.len() == at.len();
        let mut goals = Self { places, first, place, ids, price, by_price: slots.clone(), rank: slots, apart };
        for k in 0..at.len() as u32 {
            goals.sort(k);
        }
        let cheapest = (0..at.len() as u32).map(|k| goals.price(goals.cheapest(k))).collect();
        goals.places.set_prices(cheapest);
        goals
    }

    pub fn places(&self) -> &PowerTree {
        &self.places
    }

    /// No two goals coincide: slots are places.
    pub fn are_apart(&self) -> bool {
        self.apart
    }

    pub fn place_of(&self, slot: u32) -> u32 {
        if self.apart { slot } else { self.place[slot as usize] }
    }

    /// A goal of the caller at each place.
    pub fn of_places(&self) -> impl Iterator<Item = u32> + '_ {
        self.first[..self.first.len() - 1].iter().map(|&slot| self.ids[slot as usize])
    }

    /// Index of each slot's goal in the caller's order.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    pub fn prices(&self) -> &[f64] {
        &self.price
    }

    pub fn price(&self, slot: u32) -> f64 {
        self.price[slot as usize]
    }

    /// Cost of a goal without its price.
    pub fn cost(&self, slot: u32, at: DVec3) -> f64 {
        self.places.cost(self.place_of(slot), at)
    }

    /// The member of a place with the least price.
    pub fn cheapest(&self, place: u32) -> u32 {
        if self.apart { place } else { self.by_price[self.first[place as usize] as usize] }
    }

    /// The next member of the same place by price.
    #[inline]
    pub fn next_dearer(&self, slot: u32) -> Option<u32> {
        if self.apart {
            return None;
        }
        let next = self.rank[slot as usize] + 1;
        (next < self.first[self.place_of(slot) as usize + 1]).then(|| self.by_price[next as usize])
    }

    /// Raises prices.
    pub fn raise(&mut self, raised: &[(u32, f64)]) {
        for &(slot, price) in raised {
            self.price[slot as usize] = price;
        }
        if self.apart {
            for &(slot, price) in raised {
                if price > self.places.price(slot) {
                    self.places.raise(slot, price);
                }
            }
            return;
        }
        let mut places: Vec<u32> = raised.iter().map(|&(slot, _)| self.place_of(slot)).collect();
        places.sort_unstable();
        places.dedup();
        for place in places {
            self.sort(place);
            let least = self.price(self.cheapest(place));
            if least > self.places.price(place) {
                self.places.raise(place, least);
            }
        }
    }

    fn sort(&mut self, place: u32) {
        let (from, to) = (self.first[place as usize] as usize, self.first[place as usize + 1] as usize);
        if to - from == 1 {
            return;
        }
        let price = &self.price;
        self.by_price[from..to].sort_by(|&a, &b| price[a as usize].total_cmp(&price[b as usize]).then(a.cmp(&b)));
        for k in from..to {
            self.rank[self.by_price[k] as usize] = k as u32;
        }
    }
}
