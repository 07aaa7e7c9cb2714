use kapok_show::DVec3;

/// Points per leaf at most.
const LEAF: usize = 8;

/// An axis-aligned box.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Least corner.
    pub low: DVec3,
    /// Greatest corner.
    pub high: DVec3,
}

impl Bounds {
    const EMPTY: Self = Self { low: DVec3::INFINITY, high: DVec3::NEG_INFINITY };

    fn of(points: impl Iterator<Item = DVec3>) -> Self {
        points.fold(Self::EMPTY, |b, p| Self { low: b.low.min(p), high: b.high.max(p) })
    }

    /// Offset from `p` to the nearest point of the box, by absolute value per axis.
    #[inline]
    pub fn gap(&self, p: DVec3) -> DVec3 {
        (self.low - p).max(p - self.high).max(DVec3::ZERO)
    }
}

/// A balanced k-d tree over a fixed set of points, stored as a complete binary tree: the children of node i are
/// 2i + 1 and 2i + 2, every leaf has the same depth. Points are kept in leaf order; a *slot* is a place in that order.
#[derive(Clone, Debug)]
pub struct KdTree {
    bounds: Vec<Bounds>,
    /// Slots of node i: `ranges[i].0 .. ranges[i].1`.
    ranges: Vec<(u32, u32)>,
    /// Index of the first leaf.
    first_leaf: usize,
    /// Point of each slot.
    points: Vec<DVec3>,
    /// Original index of each slot.
    ids: Vec<u32>,
    /// Leaf node of each slot.
    leaf_of_slot: Vec<u32>,
}

impl KdTree {
    /// A tree over the points, which keep their indices as [`Self::ids`].
    ///
    /// # Complexity
    /// O(n log n) time, O(n) memory.
    pub fn new(points: &[DVec3]) -> Self {
        let n = points.len();
        let mut levels = 0;
        while n.div_ceil(1 << levels) > LEAF {
            levels += 1;
        }
        let first_leaf = (1usize << levels) - 1;
        let mut ids: Vec<u32> = (0..n as u32).collect();
        let nodes = 2 * first_leaf + 1;
        let mut bounds = vec![Bounds::EMPTY; nodes];
        let mut ranges = vec![(0u32, n as u32); nodes];
        let mut leaf_of_slot = vec![0; n];
        for node in 0..nodes {
            let (begin, end) = ranges[node];
            let part = &mut ids[begin as usize..end as usize];
            let b = Bounds::of(part.iter().map(|&id| points[id as usize]));
            bounds[node] = b;
            if node >= first_leaf {
                leaf_of_slot[begin as usize..end as usize].fill(node as u32);
                continue;
            }
            let size = b.high - b.low;
            let axis = if size.x >= size.y && size.x >= size.z {
                0
            } else if size.y >= size.z {
                1
            } else {
                2
            };
            let half = part.len() / 2;
            if half < part.len() {
                part.select_nth_unstable_by(half, |&a, &b| {
                    points[a as usize][axis].total_cmp(&points[b as usize][axis]).then(a.cmp(&b))
                });
            }
            let middle = begin + half as u32;
            ranges[2 * node + 1] = (begin, middle);
            ranges[2 * node + 2] = (middle, end);
        }
        let points = ids.iter().map(|&id| points[id as usize]).collect();
        Self { bounds, ranges, first_leaf, points, ids, leaf_of_slot }
    }

    /// Number of points.
    #[inline]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Number of nodes.
    #[inline]
    pub fn node_count(&self) -> usize {
        self.bounds.len()
    }

    /// Has the node no children?
    #[inline]
    pub fn is_leaf(&self, node: usize) -> bool {
        node >= self.first_leaf
    }

    /// Box of the points below a node.
    #[inline]
    pub fn bounds(&self, node: usize) -> &Bounds {
        &self.bounds[node]
    }

    /// Slots below a node.
    #[inline]
    pub fn slots(&self, node: usize) -> std::ops::Range<usize> {
        let (begin, end) = self.ranges[node];
        begin as usize..end as usize
    }

    /// The leaf that holds a slot.
    #[inline]
    pub fn leaf_of_slot(&self, slot: usize) -> usize {
        self.leaf_of_slot[slot] as usize
    }

    /// Are there no points?
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The box of every node if the points were others, given in slot order.
    pub fn bounds_of(&self, points: &[DVec3]) -> Vec<Bounds> {
        (0..self.node_count()).map(|node| Bounds::of(points[self.slots(node)].iter().copied())).collect()
    }

    /// Points in slot order.
    #[inline]
    pub fn points(&self) -> &[DVec3] {
        &self.points
    }

    /// Original indices in slot order.
    #[inline]
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Every slot holds the point of its id, every node's box holds its points tightly, children share out their parent.
        #[test]
        fn nodes_hold_what_they_say(
            raw in prop::collection::vec(prop::array::uniform3(-9.0..9.0f64), 0..120), x in -12.0..12.0f64,
        ) {
            let points: Vec<DVec3> = raw.into_iter().map(DVec3::from_array).collect();
            let tree = KdTree::new(&points);
            prop_assert_eq!((tree.len(), tree.is_empty()), (points.len(), points.is_empty()));
            let mut ids = tree.ids().to_vec();
            ids.sort_unstable();
            prop_assert_eq!(ids, (0..points.len() as u32).collect::<Vec<_>>());
            for (point, id) in tree.points().iter().zip(tree.ids()) {
                prop_assert_eq!(*point, points[*id as usize]);
            }
            let shifted: Vec<DVec3> = tree.points().iter().map(|p| *p + DVec3::X).collect();
            let at = DVec3::splat(x);
            for node in 0..tree.node_count() {
                let inside = &tree.points()[tree.slots(node)];
                let (low, high) = inside.iter().fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(l, h), p| (l.min(*p), h.max(*p)));
                let b = tree.bounds(node);
                prop_assert_eq!((b.low, b.high), (low, high));
                prop_assert!(inside.iter().all(|p| b.gap(at).length() <= p.distance(at) + 1e-12));
                prop_assert_eq!(tree.bounds_of(&shifted)[node].low, low + DVec3::X);
                if tree.is_leaf(node) {
                    prop_assert!(tree.slots(node).all(|slot| tree.leaf_of_slot(slot) == node));
                } else {
                    let (a, b) = (tree.slots(2 * node + 1), tree.slots(2 * node + 2));
                    prop_assert_eq!((a.start, a.end, b.end), (tree.slots(node).start, b.start, tree.slots(node).end));
                }
            }
        }
    }
}
