use kapok_motion::segment;
use kapok_show::DVec3;

use super::triangle::Triangle;

/// Triangles of a leaf, at most.
const LEAF: usize = 4;

/// A tree of boxes over triangles.
pub(super) struct Nearest<'t> {
    triangles: &'t [Triangle],
    /// Triangles in the order of the leaves.
    order: Vec<u32>,
    nodes: Vec<Node>,
}

struct Node {
    low: DVec3,
    high: DVec3,
    from: u32,
    to: u32,
    /// The second of two children; the first one follows at once. 0: a leaf.
    second: u32,
}

impl<'t> Nearest<'t> {
    /// # Complexity
    /// O(n log² n).
    pub(super) fn new(triangles: &'t [Triangle]) -> Self {
        let order = (0..triangles.len() as u32).collect();
        let mut tree = Self { triangles, order, nodes: Vec::new() };
        tree.grow(0, triangles.len());
        tree
    }

    fn grow(&mut self, from: usize, to: usize) -> u32 {
        let triangles = self.triangles;
        let of = |&k: &u32| triangles[k as usize];
        let start = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        let points = self.order[from..to].iter().flat_map(of);
        let (low, high) = points.fold(start, |(low, high), p| (low.min(p), high.max(p)));
        let node = self.nodes.len() as u32;
        self.nodes.push(Node { low, high, from: from as u32, to: to as u32, second: 0 });
        if to - from > LEAF {
            let extent = high - low;
            let axis = (0..3).max_by(|&a, &b| extent[a].total_cmp(&extent[b])).unwrap_or(0);
            let place = |k: &u32| of(k).iter().map(|p| p[axis]).sum::<f64>();
            self.order[from..to].sort_unstable_by(|a, b| place(a).total_cmp(&place(b)).then(a.cmp(b)));
            let middle = usize::midpoint(from, to);
            self.grow(from, middle);
            self.nodes[node as usize].second = self.grow(middle, to);
        }
        node
    }

    /// The nearest triangle and its distance; `None` without triangles.
    pub(super) fn of(&self, p: DVec3) -> Option<(u32, f64)> {
        let mut best: Option<(u32, f64)> = None;
        let mut open = vec![0];
        while let Some(at) = open.pop() {
            let node = &self.nodes[at as usize];
            let gap = |n: &Node| (n.low - p).max(p - n.high).max(DVec3::ZERO).length();
            if best.is_some_and(|b| gap(node) >= b.1) {
                continue;
            }
            if node.second == 0 {
                for &k in &self.order[node.from as usize..node.to as usize] {
                    let here_m = distance_m(&self.triangles[k as usize], p);
                    if best.is_none_or(|b| here_m < b.1) {
                        best = Some((k, here_m));
                    }
                }
            } else {
                let children = [at + 1, node.second];
                let [first, second] = children.map(|k| gap(&self.nodes[k as usize]));
                open.extend(if first < second { [children[1], children[0]] } else { children });
            }
        }
        best
    }
}

/// Distance from a point to a triangle, which may be a segment or a point.
pub(super) fn distance_m(triangle: &Triangle, p: DVec3) -> f64 {
    let [a, b, c] = *triangle;
    let normal = (b - a).cross(c - a);
    let sides = [(a, b), (b, c), (c, a)];
    let is_above = sides.iter().all(|(u, v)| (*v - *u).cross(p - *u).dot(normal) > 0.0);
    if is_above {
        return (p - a).dot(normal.normalize_or_zero()).abs();
    }
    sides.map(|(u, v)| segment::distance(p, u, v)).into_iter().fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = DVec3> {
        (-9.0..9.0f64, -9.0..9.0f64, -9.0..9.0f64).prop_map(|(x, y, z)| DVec3::new(x, y, z))
    }

    proptest! {
        #[test]
        fn the_tree_finds_the_nearest(
            raw in prop::collection::vec((prop::array::uniform3(point()), 0..4u8), 1..60), at in point(),
        ) {
            let triangles: Vec<Triangle> = raw.into_iter().map(|([a, b, c], kind)| match kind {
                0 => [a, b, b],
                1 => [a, a, a],
                _ => [a, b, c],
            }).collect();
            let (_, found_m) = Nearest::new(&triangles).of(at).unwrap();
            let least_m = triangles.iter().map(|t| distance_m(t, at)).fold(f64::INFINITY, f64::min);
            prop_assert_eq!(found_m, least_m);
        }

        /// No point of the triangle is nearer, and some point is as near.
        #[test]
        fn distances_agree_with_samples(t in prop::array::uniform3(point()), at in point()) {
            let steps = 60;
            let mut least_m = f64::INFINITY;
            for i in 0..=steps {
                for j in 0..=steps - i {
                    let (u, v) = (f64::from(i) / f64::from(steps), f64::from(j) / f64::from(steps));
                    least_m = least_m.min(at.distance(t[0] + (t[1] - t[0]) * u + (t[2] - t[0]) * v));
                }
            }
            let found_m = distance_m(&t, at);
            prop_assert!(found_m <= least_m + 1e-9 && found_m > least_m - 1.0, "{found_m} {least_m}");
        }
    }
}
