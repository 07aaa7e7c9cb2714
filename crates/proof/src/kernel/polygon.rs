use kapok_show::DVec2;

use crate::kernel::rounding::MAX_COORDINATE_M;

/// Corners of a polygon, at most.
const MAX_CORNERS: usize = 2000;

/// A simple polygon, counter-clockwise.
pub struct Polygon {
    pub edges: Vec<Edge>,
    pub convex: bool,
}

/// One side.
#[derive(Clone, Copy)]
pub struct Edge {
    pub a: DVec2,
    pub direction: DVec2,
    /// Unit, to the inside.
    pub normal: DVec2,
    pub length: f64,
}

impl Polygon {
    /// `Err` says in words why this is no polygon.
    pub fn new(corners: &[DVec2]) -> Result<Self, String> {
        if corners.len() < 3 || corners.len() > MAX_CORNERS {
            return Err(format!("it has {} corners; 3 to {MAX_CORNERS} are allowed", corners.len()));
        }
        if let Some(k) = corners.iter().position(|c| !c.is_finite() || c.abs().max_element() > MAX_COORDINATE_M) {
            return Err(format!("corner {} is not a point of the site", k + 1));
        }
        let n = corners.len();
        let next = |k: usize| corners[(k + 1) % n];
        let area2: f64 = (0..n).map(|k| (corners[k] - corners[0]).perp_dot(next(k) - corners[0])).sum();
        if let Some(k) = (0..n).find(|&k| corners[k] == next(k)) {
            return Err(format!("corner {} is there twice", k + 1));
        }
        if area2 == 0.0 {
            return Err("it has no area".into());
        }
        let mut ordered = corners.to_vec();
        if area2 < 0.0 {
            ordered.reverse();
        }
        let edges: Vec<Edge> = (0..n).map(|k| Edge::new(ordered[k], ordered[(k + 1) % n])).collect();
        for i in 0..n {
            for j in i + 1..n {
                let neighbours = j == i + 1 || (i == 0 && j == n - 1);
                if edges[i].crosses(&edges[j], neighbours) {
                    return Err("two of its sides cross or touch".into());
                }
            }
        }
        let convex = (0..n).all(|k| edges[k].vector().perp_dot(edges[(k + 1) % n].vector()) >= 0.0);
        Ok(Self { edges, convex })
    }

    /// Largest coordinate of a corner without sign.
    pub fn reach_m(&self) -> f64 {
        self.edges.iter().fold(0.0, |m: f64, e| m.max(e.a.abs().max_element()))
    }

    /// Least and greatest corner of the box around it.
    pub fn hull(&self) -> (DVec2, DVec2) {
        let start = (DVec2::INFINITY, DVec2::NEG_INFINITY);
        self.edges.iter().fold(start, |(low, high), e| (low.min(e.a), high.max(e.a)))
    }

    /// Distance to the outline, positive inside, negative outside.
    pub fn signed_m(&self, p: DVec2) -> f64 {
        let distance = self.edges.iter().map(|e| e.distance(p)).fold(f64::INFINITY, f64::min);
        if self.contains(p) { distance } else { -distance }
    }

    /// Which of two points on the outline itself is inside is arbitrary.
    fn contains(&self, p: DVec2) -> bool {
        let mut inside = false;
        for e in &self.edges {
            let b = e.a + e.vector();
            if (e.a.y > p.y) != (b.y > p.y) {
                let left = e.vector().perp_dot(p - e.a);
                if (left > 0.0) == (b.y > e.a.y) {
                    inside = !inside;
                }
            }
        }
        inside
    }

    /// Encloses the signed distance of every point of a curve piece with these control points.
    pub fn enclose_m(&self, control: &[DVec2]) -> (f64, f64) {
        let (low, high) = hull(control);
        let (centre, radius) = (0.5 * (low + high), 0.5 * (high - low).length());
        // The signed distance changes no faster than the point moves.
        let middle = self.signed_m(centre);
        let (mut least, mut most) = (middle - radius, middle + radius);
        let clear = self.edges.iter().map(|e| e.clear_of(control, (low, high), (centre, radius)));
        let clear = clear.fold(f64::INFINITY, f64::min);
        if clear > 0.0 {
            // The outline is not met, so the whole piece is on the side on which it starts.
            if self.contains(control[0]) { least = least.max(clear) } else { most = most.min(-clear) }
        }
        if self.convex {
            for e in &self.edges {
                // Nothing is further inside a convex polygon than it is from any of the lines.
                let line = control.iter().map(|&c| e.normal.dot(c - e.a)).fold(f64::NEG_INFINITY, f64::max);
                most = most.min(line);
            }
        }
        (least, most)
    }
}

pub fn hull(control: &[DVec2]) -> (DVec2, DVec2) {
    control.iter().fold((DVec2::INFINITY, DVec2::NEG_INFINITY), |(l, h), &c| (l.min(c), h.max(c)))
}

impl Edge {
    fn new(a: DVec2, b: DVec2) -> Self {
        let length = (b - a).length();
        let direction = (b - a) / length;
        Self { a, direction, normal: direction.perp(), length }
    }

    fn vector(&self) -> DVec2 {
        self.direction * self.length
    }

    fn distance(&self, p: DVec2) -> f64 {
        let along = self.direction.dot(p - self.a).clamp(0.0, self.length);
        (p - self.a - self.direction * along).length()
    }

    /// A lower bound of the distance of a curve piece to this side.
    fn clear_of(&self, control: &[DVec2], (low, high): (DVec2, DVec2), (centre, radius): (DVec2, f64)) -> f64 {
        let mut along = (f64::INFINITY, f64::NEG_INFINITY);
        let mut off = (f64::INFINITY, f64::NEG_INFINITY);
        for &c in control {
            let (t, s) = (self.direction.dot(c - self.a), self.normal.dot(c - self.a));
            along = (along.0.min(t), along.1.max(t));
            off = (off.0.min(s), off.1.max(s));
        }
        let to_point = |p: DVec2| (p - p.clamp(low, high)).length();
        let by_side = if along.1 <= 0.0 {
            to_point(self.a)
        } else if along.0 >= self.length {
            to_point(self.a + self.vector())
        } else {
            off.0.max(-off.1).max(0.0)
        };
        by_side.max(self.distance(centre) - radius)
    }

    /// Do two sides have a point in common, other than the corner of neighbours?
    fn crosses(&self, other: &Self, neighbours: bool) -> bool {
        let (a, b) = (self.a, self.a + self.vector());
        let (c, d) = (other.a, other.a + other.vector());
        if neighbours {
            // Neighbours overlap only if the outline turns straight back.
            return self.vector().perp_dot(other.vector()) == 0.0 && self.vector().dot(other.vector()) < 0.0;
        }
        let side = |p: DVec2, q: DVec2, r: DVec2| (q - p).perp_dot(r - p);
        let apart = |p: DVec2, q: DVec2, r: DVec2, s: DVec2| side(p, q, r) * side(p, q, s) > 0.0;
        let boxes = hull(&[a, b]);
        let others = hull(&[c, d]);
        let boxes_meet = boxes.0.cmple(others.1).all() && others.0.cmple(boxes.1).all();
        boxes_meet && !apart(a, b, c, d) && !apart(c, d, a, b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(c: &[(f64, f64)]) -> Vec<DVec2> {
        c.iter().map(|&(x, y)| DVec2::new(x, y)).collect()
    }

    #[test]
    fn signed_distance_of_an_l_shape_in_either_orientation() {
        let mut corners = points(&[(0.0, 0.0), (10.0, 0.0), (10.0, 4.0), (4.0, 4.0), (4.0, 10.0), (0.0, 10.0)]);
        for _ in 0..2 {
            let p = Polygon::new(&corners).unwrap();
            assert!(!p.convex);
            assert!((p.signed_m(DVec2::new(3.0, 3.0)) - 2f64.sqrt()).abs() < 1e-12);
            assert!((p.signed_m(DVec2::new(7.0, 7.0)) + 3.0).abs() < 1e-12);
            assert!((p.signed_m(DVec2::new(1.0, 9.5)) - 0.5).abs() < 1e-12);
            corners.reverse();
        }
    }

    #[test]
    fn what_is_no_polygon_is_refused() {
        let refused = |c: &[(f64, f64)]| Polygon::new(&points(c)).err();
        assert!(refused(&[(0.0, 0.0), (1.0, 0.0)]).unwrap().contains("2 corners"));
        assert!(refused(&[(0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.1)]).unwrap().contains("cross"));
        assert!(refused(&[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]).unwrap().contains("area"));
        assert!(refused(&[(0.0, 0.0), (f64::NAN, 1.0), (2.0, 2.0)]).unwrap().contains("corner 2"));
        assert!(refused(&[(0.0, 0.0), (0.0, 0.0), (2.0, 2.0), (3.0, 0.0)]).unwrap().contains("twice"));
    }
}
