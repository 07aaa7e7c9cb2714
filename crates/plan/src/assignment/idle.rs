use std::collections::BTreeSet;

/// An `f64` as an integer of the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u64);

const SIGN: u64 = 1 << 63;

impl Key {
    fn new(value: f64) -> Self {
        let bits = value.to_bits();
        Self(if bits & SIGN == 0 { bits | SIGN } else { !bits })
    }

    fn value(self) -> f64 {
        f64::from_bits(if self.0 & SIGN == 0 { !self.0 } else { self.0 ^ SIGN })
    }
}

/// The starts that are added where there are more goals than starts: one that has a goal stays idle, wherever the goal is.
///
/// They are all alike, so that one of them stands for all: a search that has come to one has come to all of them, and none
/// need ever change with another.
#[derive(Clone)]
pub struct Idle {
    /// What a goal costs, per slot, without its price: nothing, but in the solver's coordinates a term of the goal alone.
    costs: Vec<f64>,
    /// Goals of idle starts, and all others, by value (cost + price) and slot.
    held: BTreeSet<(Key, u32)>,
    others: BTreeSet<(Key, u32)>,
    /// How many have no goal.
    pub free: usize,
}

impl Idle {
    /// `count` idle starts, none of which has a goal.
    pub fn new(costs: Vec<f64>, prices: &[f64], count: usize) -> Self {
        let others = (0..).zip(costs.iter().zip(prices)).map(|(slot, (c, p))| (Key::new(c + p), slot)).collect();
        Self { costs, held: BTreeSet::new(), others, free: count }
    }

    /// Value of a goal at this price.
    pub fn value(&self, slot: u32, price: f64) -> f64 {
        self.costs[slot as usize] + price
    }

    /// Least value of all goals.
    pub fn least(&self) -> f64 {
        let first = |set: &BTreeSet<(Key, u32)>| set.first().map_or(f64::INFINITY, |(key, _)| key.value());
        first(&self.held).min(first(&self.others))
    }

    /// A goal's price has changed.
    pub fn reprice(&mut self, slot: u32, before: f64, now: f64) {
        let (old, new) = (Key::new(self.value(slot, before)), Key::new(self.value(slot, now)));
        if self.others.remove(&(old, slot)) {
            self.others.insert((new, slot));
        } else if self.held.remove(&(old, slot)) {
            self.held.insert((new, slot));
        }
    }

    /// An idle start has come to hold the goal.
    pub fn hold(&mut self, slot: u32, price: f64) {
        let entry = (Key::new(self.value(slot, price)), slot);
        self.others.remove(&entry);
        self.held.insert(entry);
    }

    /// No idle start holds the goal any more.
    pub fn leave(&mut self, slot: u32, price: f64) {
        let entry = (Key::new(self.value(slot, price)), slot);
        self.held.remove(&entry);
        self.others.insert(entry);
    }

    /// Goals of idle starts.
    pub fn held(&self) -> impl Iterator<Item = u32> + '_ {
        self.held.iter().map(|(_, slot)| *slot)
    }

    /// Held goals that are worth more than this.
    pub fn held_above(&self, value: f64) -> Vec<u32> {
        self.held.iter().rev().take_while(|(key, _)| key.value() > value).map(|(_, slot)| *slot).collect()
    }

    /// Goals not held by idle starts, by rising value, from behind `after` on.
    pub fn offers(&self, after: (f64, u32)) -> impl Iterator<Item = (f64, u32)> + '_ {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = (Key::new(after.0), after.1);
        self.others.range((Excluded(from), Unbounded)).map(|(key, slot)| (key.value(), *slot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_order_of_their_values() {
        let values = [f64::NEG_INFINITY, -1e300, -2.0, -1.0, -1e-300, 0.0, 1e-300, 1.0, 2.0, 1e300, f64::INFINITY];
        assert!(values.windows(2).all(|w| Key::new(w[0]) < Key::new(w[1])));
        assert!(values.iter().all(|v| Key::new(*v).value() == *v));
    }
}
