use kapok_show::DVec3;

use super::kd_tree::KdTree;

/// A k-d tree of goals with a price each; answers "which goals have the least |x − y|² + price?", the query of a power
/// diagram, by keeping the least price below every node.
#[derive(Clone, Debug)]
pub struct PowerTree {
    tree: KdTree,
    x: Vec<f64>,
    y: Vec<f64>,
    z: Vec<f64>,
    price: Vec<f64>,
    least: Vec<f64>,
}

/// The best few goals of a query, best first; ties by slot.
#[derive(Clone, Debug)]
pub struct Nearest<const K: usize> {
    /// Squared distance plus price, rising; infinite beyond `len`.
    pub values: [f64; K],
    /// Slots of the goals.
    pub slots: [u32; K],
    /// How many have been found.
    pub len: usize,
}

impl<const K: usize> Default for Nearest<K> {
    #[inline]
    fn default() -> Self {
        Self { values: [f64::INFINITY; K], slots: [u32::MAX; K], len: 0 }
    }
}

impl<const K: usize> Nearest<K> {
    /// None found yet.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    fn worst(&self) -> f64 {
        self.values[K - 1]
    }

    #[inline]
    fn insert(&mut self, value: f64, slot: u32) {
        let mut at = self.len.min(K - 1);
        while at > 0 && (value, slot) < (self.values[at - 1], self.slots[at - 1]) {
            self.values[at] = self.values[at - 1];
            self.slots[at] = self.slots[at - 1];
            at -= 1;
        }
        self.values[at] = value;
        self.slots[at] = slot;
        self.len = (self.len + 1).min(K);
    }
}

impl PowerTree {
    /// A tree over `points` with the price of each *slot* zero.
    pub fn new(points: &[DVec3]) -> Self {
        let tree = KdTree::new(points);
        let (n, nodes) = (tree.len(), tree.node_count());
        let axis = |k: usize| tree.points().iter().map(|p| p[k]).collect();
        Self { x: axis(0), y: axis(1), z: axis(2), price: vec![0.0; n], least: vec![0.0; nodes], tree }
    }

    /// The tree below.
    #[inline]
    pub fn tree(&self) -> &KdTree {
        &self.tree
    }

    /// Prices in slot order.
    #[inline]
    pub fn prices(&self) -> &[f64] {
        &self.price
    }

    /// Price of a slot.
    #[inline]
    pub fn price(&self, slot: u32) -> f64 {
        self.price[slot as usize]
    }

    /// Sets all prices, in slot order.
    pub fn set_prices(&mut self, price: Vec<f64>) {
        self.price = price;
        for node in (0..self.least.len()).rev() {
            self.least[node] = self.least_below(node);
        }
    }

    /// Raises one price and mends the minima above it.
    #[inline]
    pub fn raise(&mut self, slot: u32, price: f64) {
        let before = self.price[slot as usize];
        self.price[slot as usize] = price;
        let mut node = self.tree.leaf_of_slot(slot as usize);
        let mut was = before;
        loop {
            // Only the holder of the minimum can change it.
            if self.least[node] < was {
                return;
            }
            let least = self.least_below(node);
            if least <= self.least[node] {
                return;
            }
            was = self.least[node];
            self.least[node] = least;
            if node == 0 {
                return;
            }
            node = (node - 1) / 2;
        }
    }

    #[inline]
    fn least_below(&self, node: usize) -> f64 {
        if self.tree.is_leaf(node) {
            self.price[self.tree.slots(node)].iter().fold(f64::INFINITY, |m, &p| m.min(p))
        } else {
            self.least[2 * node + 1].min(self.least[2 * node + 2])
        }
    }

    #[inline]
    fn bound(&self, node: usize, at: DVec3) -> f64 {
        self.tree.bounds(node).gap(at).length_squared() + self.least[node]
    }

    /// Cost of a goal without its price.
    #[inline]
    pub fn cost(&self, slot: u32, at: DVec3) -> f64 {
        let s = slot as usize;
        let (dx, dy, dz) = (at.x - self.x[s], at.y - self.y[s], at.z - self.z[s]);
        dx * dx + dy * dy + dz * dz
    }

    /// Adds to `out` the goals with the least cost + price among those `allow` admits; nodes of the tree that `enter`
    /// turns down are skipped.
    ///
    /// # Complexity
    /// O(log n) for a usual query, O(n) at worst.
    pub fn nearest<const K: usize>(
        &self,
        at: DVec3,
        out: &mut Nearest<K>,
        enter: impl Fn(usize) -> bool,
        allow: impl Fn(f64, u32) -> bool,
    ) {
        let mut stack = [(0usize, 0.0f64); 64];
        stack[0] = (0, self.bound(0, at));
        let mut depth = 1;
        while depth > 0 {
            depth -= 1;
            let (node, bound) = stack[depth];
            if bound > out.worst() || !enter(node) {
                continue;
            }
            if self.tree.is_leaf(node) {
                for s in self.tree.slots(node) {
                    let (dx, dy, dz) = (at.x - self.x[s], at.y - self.y[s], at.z - self.z[s]);
                    let value = dx * dx + dy * dy + dz * dz + self.price[s];
                    if value <= out.worst() && allow(value, s as u32) {
                        if out.len == K && (value, s as u32) >= (out.values[K - 1], out.slots[K - 1]) {
                            continue;
                        }
                        out.insert(value, s as u32);
                    }
                }
                continue;
            }
            let (a, b) = (2 * node + 1, 2 * node + 2);
            let (bound_a, bound_b) = (self.bound(a, at), self.bound(b, at));
            let (near, far) =
                if bound_a <= bound_b { ((a, bound_a), (b, bound_b)) } else { ((b, bound_b), (a, bound_a)) };
            if far.1 <= out.worst() {
                stack[depth] = far;
                depth += 1;
            }
            if near.1 <= out.worst() {
                stack[depth] = near;
                depth += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_a_full_scan_while_prices_rise(
            raw in prop::collection::vec((-9.0..9.0f64, -9.0..9.0f64, -9.0..9.0f64), 1..120),
            raises in prop::collection::vec((0usize..1000, 0.0..30.0f64), 0..60),
        ) {
            let points: Vec<DVec3> = raw.iter().map(|&(x, y, z)| DVec3::new(x, y, z)).collect();
            let mut power = PowerTree::new(&points);
            for (which, step) in raises {
                let slot = (which % points.len()) as u32;
                power.raise(slot, power.price(slot) + step);
            }
            let at = DVec3::new(1.0, -2.0, 3.0);
            let mut all: Vec<(f64, u32)> =
                (0..points.len() as u32).map(|s| (power.cost(s, at) + power.price(s), s)).collect();
            all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let mut out = Nearest::<5>::new();
            power.nearest(at, &mut out, |_| true, |_, _| true);
            prop_assert_eq!(out.len, points.len().min(5));
            let found: Vec<(f64, u32)> = out.values.into_iter().zip(out.slots).take(out.len).collect();
            prop_assert_eq!(&found[..], &all[..out.len]);
        }
    }
}
