use kapok_show::DVec3;

/// Points per leaf at most.
const LEAF: usize = 8;

/// An axis-aligned box.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) low: DVec3,
    pub(crate) high: DVec3,
}

impl Bounds {
    const EMPTY: Self = Self { low: DVec3::INFINITY, high: DVec3::NEG_INFINITY };

    fn of(points: impl Iterator<Item = DVec3>) -> Self {
        points.fold(Self::EMPTY, |b, p| Self { low: b.low.min(p), high: b.high.max(p) })
    }

    /// Offset from `p` to the nearest point of the box, by absolute value per axis.
    pub(crate) fn gap(&self, p: DVec3) -> DVec3 {
        (self.low - p).max(p - self.high).max(DVec3::ZERO)
    }
}

/// A balanced k-d tree over a fixed set of points, stored as a complete binary tree: the children of node i are
/// 2i + 1 and 2i + 2, every leaf has the same depth. Points are kept in leaf order; a *slot* is a place in that order.
#[derive(Clone, Debug)]
pub(crate) struct KdTree {
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
    pub(crate) fn new(points: &[DVec3]) -> Self {
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

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn node_count(&self) -> usize {
        self.bounds.len()
    }

    pub(crate) fn is_leaf(&self, node: usize) -> bool {
        node >= self.first_leaf
    }

    pub(crate) fn bounds(&self, node: usize) -> &Bounds {
        &self.bounds[node]
    }

    pub(crate) fn slots(&self, node: usize) -> std::ops::Range<usize> {
        let (begin, end) = self.ranges[node];
        begin as usize..end as usize
    }

    pub(crate) fn leaf_of_slot(&self, slot: usize) -> usize {
        self.leaf_of_slot[slot] as usize
    }

    /// The box of every node if the points were others, given in slot order.
    pub(crate) fn bounds_of(&self, points: &[DVec3]) -> Vec<Bounds> {
        (0..self.node_count()).map(|node| Bounds::of(points[self.slots(node)].iter().copied())).collect()
    }

    /// Points in slot order.
    pub(crate) fn points(&self) -> &[DVec3] {
        &self.points
    }

    /// Original indices in slot order.
    pub(crate) fn ids(&self) -> &[u32] {
        &self.ids
    }
}
