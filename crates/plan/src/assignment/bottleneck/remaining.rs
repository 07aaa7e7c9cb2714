use std::ops::{ControlFlow, Range};

use kapok_motion::spatial::{Bounds, KdTree};
use kapok_show::DVec3;

use super::reach::Reach;

/// The slots of a tree that have not been removed.
pub struct Remaining<'a> {
    tree: &'a KdTree,
    /// Present slots below each node.
    count: Vec<u32>,
    present: Vec<bool>,
}

impl<'a> Remaining<'a> {
    pub fn none(tree: &'a KdTree) -> Self {
        Self { tree, count: vec![0; tree.node_count()], present: vec![false; tree.len()] }
    }

    pub fn all(tree: &'a KdTree) -> Self {
        let mut set = Self::none(tree);
        set.restore();
        set
    }

    pub fn restore(&mut self) {
        self.present.fill(true);
        for node in 0..self.count.len() {
            self.count[node] = self.tree.slots(node).len() as u32;
        }
    }

    pub fn set(&mut self, slot: usize, present: bool) {
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
    pub fn nearest(&self, at: DVec3, key: impl Fn(DVec3) -> f64, floor: impl Fn(&Bounds) -> f64) -> (f64, usize) {
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

    /// Visits the leaves that may hold present points within reach of `at`, near ones first if asked for, until `visit` breaks.
    #[inline]
    fn leaves_within<const NEAR_FIRST: bool>(
        &self,
        reach: &Reach,
        at: DVec3,
        mut visit: impl FnMut(Range<usize>) -> ControlFlow<()>,
    ) {
        let mut stack = [0usize; 64];
        let mut depth = 1;
        while depth > 0 {
            depth -= 1;
            let node = stack[depth];
            if self.count[node] == 0 || !reach.may_touch(self.tree.bounds(node), at) {
                continue;
            }
            if self.tree.is_leaf(node) {
                if visit(self.tree.slots(node)).is_break() {
                    return;
                }
                continue;
            }
            let (a, b) = (2 * node + 1, 2 * node + 2);
            let gap_m2 = |node: usize| self.tree.bounds(node).gap(at).length_squared();
            let (first, second) = if NEAR_FIRST && gap_m2(b) < gap_m2(a) { (b, a) } else { (a, b) };
            stack[depth] = second;
            stack[depth + 1] = first;
            depth += 2;
        }
    }

    /// A present point within reach of `at`, the way to it looked for among near points first; its slot.
    pub fn any_within(&self, reach: &Reach, at: DVec3) -> Option<usize> {
        let mut found = None;
        self.leaves_within::<true>(reach, at, |slots| {
            let present = slots.filter(|&slot| self.present[slot]);
            let keys = present.filter_map(|slot| Some((reach.key_within(self.tree.points()[slot] - at)?, slot)));
            found = keys.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(_, slot)| slot);
            if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        found
    }

    /// Removes every present point within reach of `at` and appends it to `found`.
    pub fn take_within(&mut self, reach: &Reach, at: DVec3, found: &mut Vec<u32>) {
        let first = found.len();
        self.leaves_within::<false>(reach, at, |slots| {
            for slot in slots {
                if self.present[slot] && reach.key_within(self.tree.points()[slot] - at).is_some() {
                    found.push(slot as u32);
                }
            }
            ControlFlow::Continue(())
        });
        for &slot in &found[first..] {
            self.set(slot as usize, false);
        }
    }

    pub fn is_present(&self, slot: usize) -> bool {
        self.present[slot]
    }
}
