use std::cmp::Ordering;
use std::collections::BinaryHeap;

use kapok_motion::polygon::{contains_convex, edges};
use kapok_show::DVec3;

use super::nearest::{Nearest, distance_m};
use super::prism::Prism;
use super::triangle::Triangle;

/// Pieces of the surface that are looked at, at most. When they are used up the bound is looser, and still a bound.
const MOST_PIECES: usize = 60_000;

/// A triangle of the prisms' surface.
struct Piece {
    corners: Triangle,
    /// What of the mesh is nearest to each corner, and how far.
    nearest: [(u32, f64); 3],
    prism: usize,
    upper_m: f64,
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Piece {}

impl PartialOrd for Piece {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Piece {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |p: &Self| p.corners.map(|c| [c.x, c.y, c.z]);
        let by_place = || {
            let (a, b) = (key(self), key(other));
            let pairs = a.iter().flatten().zip(b.iter().flatten());
            pairs.map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
        };
        self.upper_m.total_cmp(&other.upper_m).then_with(by_place).then(self.prism.cmp(&other.prism))
    }
}

/// An upper bound of the distance from the mesh of any point of the surface of the prisms, at most `tolerance_m` above the
/// true value unless [`MOST_PIECES`] do not suffice. The undersides of the lowest prisms do not count, nor does what is
/// inside another prism.
pub(super) fn excess_m(triangles: &[Triangle], prisms: &[Prism], tolerance_m: f64) -> f64 {
    let tree = Nearest::new(triangles);
    let nearest = |p: DVec3| tree.of(p).unwrap_or((0, 0.0));
    let hides = |other: usize, prism: usize, p: DVec3| {
        let o = &prisms[other];
        other != prism && (o.bottom_m..=o.top_m).contains(&p.z) && contains_convex(&o.outline_m, p.truncate())
    };
    let is_hidden = |prism: usize, corners: &[DVec3]| {
        (0..prisms.len()).any(|other| corners.iter().all(|&p| hides(other, prism, p)))
    };
    let mut least_m = 0.0f64;
    let mut open = BinaryHeap::new();
    let add = |corners: Triangle, known: [Option<(u32, f64)>; 3], prism: usize, least_m: &mut f64| {
        if is_hidden(prism, &corners) {
            return None;
        }
        let mut nearest_of = [(0, 0.0); 3];
        for k in 0..3 {
            nearest_of[k] = known[k].unwrap_or_else(|| nearest(corners[k]));
            if nearest_of[k].1 > *least_m && !is_hidden(prism, &corners[k..=k]) {
                *least_m = nearest_of[k].1;
            }
        }
        Some(Piece { corners, nearest: nearest_of, prism, upper_m: upper_m(triangles, &corners, &nearest_of) })
    };
    let foot_m = prisms.iter().map(|p| p.bottom_m).fold(f64::INFINITY, f64::min);
    for (k, prism) in prisms.iter().enumerate() {
        let (low, high) = (prism.bottom_m, prism.top_m);
        for (a, b) in edges(&prism.outline_m) {
            let [c, d, e, f] = [a.extend(low), b.extend(low), b.extend(high), a.extend(high)];
            open.extend([[c, d, e], [c, e, f]].into_iter().filter_map(|t| add(t, [None; 3], k, &mut least_m)));
        }
        let ends = if low == foot_m { &[high][..] } else { &[low, high] };
        for &z in ends {
            let fan = prism.outline_m[1..].windows(2).map(|w| [prism.outline_m[0], w[0], w[1]].map(|p| p.extend(z)));
            open.extend(fan.filter_map(|t| add(t, [None; 3], k, &mut least_m)));
        }
    }
    let mut used = open.len();
    while let Some(piece) = open.pop() {
        if piece.upper_m <= least_m + tolerance_m || used > MOST_PIECES {
            return piece.upper_m.max(least_m);
        }
        // Halves the longest side.
        let c = piece.corners;
        let length = |k: usize| c[k].distance_squared(c[(k + 1) % 3]);
        let k = (0..3).max_by(|&i, &j| length(i).total_cmp(&length(j))).unwrap_or(0);
        let (i, j) = ((k + 1) % 3, (k + 2) % 3);
        let middle = c[k].midpoint(c[i]);
        let there = nearest(middle);
        let n = piece.nearest;
        let halves = [([c[k], middle, c[j]], [n[k], there, n[j]]), ([middle, c[i], c[j]], [there, n[i], n[j]])];
        for (corners, known) in halves {
            used += 1;
            open.extend(add(corners, known.map(Some), piece.prism, &mut least_m));
        }
    }
    least_m
}

/// How far a point of a triangle may be from the mesh.
fn upper_m(triangles: &[Triangle], corners: &Triangle, nearest: &[(u32, f64); 3]) -> f64 {
    let mut upper_m = f64::INFINITY;
    for (k, &(of, distance)) in nearest.iter().enumerate() {
        let Some(triangle) = triangles.get(of as usize) else { continue };
        // The distance from one triangle is convex; that from the mesh changes no faster than the point moves.
        let convex_m = corners.iter().map(|&p| distance_m(triangle, p)).fold(0.0, f64::max);
        let reach_m = corners.iter().map(|p| p.distance(corners[k])).fold(0.0, f64::max);
        upper_m = upper_m.min(convex_m).min(distance + reach_m);
    }
    upper_m
}
