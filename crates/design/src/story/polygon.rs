use kapok_show::DVec2;

/// A simple polygon with its bounding box.
#[derive(Clone, Debug)]
#[expect(clippy::struct_field_names, reason = "units end the names")]
pub(crate) struct Polygon {
    corners_m: Vec<DVec2>,
    pub(crate) low_m: DVec2,
    pub(crate) high_m: DVec2,
}

impl Polygon {
    pub(crate) fn new(corners_m: Vec<DVec2>) -> Self {
        let start = corners_m.first().copied().unwrap_or(DVec2::ZERO);
        let (low_m, high_m) = corners_m.iter().fold((start, start), |(low, high), &c| (low.min(c), high.max(c)));
        Self { corners_m, low_m, high_m }
    }

    /// Edges as pairs of corners, the closing one included.
    fn edges(&self) -> impl Iterator<Item = (DVec2, DVec2)> {
        let next = self.corners_m.iter().cycle().skip(1);
        self.corners_m.iter().copied().zip(next.copied())
    }

    /// Is the point inside, by the number of edges a ray to the right crosses? Points on the border may be either.
    pub(crate) fn contains(&self, p: DVec2) -> bool {
        if !(p.cmpge(self.low_m).all() && p.cmple(self.high_m).all()) {
            return false;
        }
        let crossings = self
            .edges()
            .filter(|(a, b)| (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x))
            .count();
        crossings % 2 == 1
    }

    /// The first two edges (by index) that cross or touch although they are not neighbours, or that are neighbours and
    /// fold back; `None`: the polygon is simple.
    ///
    /// # Complexity
    /// O(n²), and scripts hold at most 1,000 corners.
    pub(crate) fn crossing(&self) -> Option<(usize, usize)> {
        let edges: Vec<(DVec2, DVec2)> = self.edges().collect();
        let count = edges.len();
        for i in 0..count {
            if edges[i].0 == edges[i].1 {
                return Some((i, (i + 1) % count));
            }
            for j in i + 1..count {
                let neighbours = j == i + 1 || (i == 0 && j == count - 1);
                let bad = if neighbours {
                    let (first, second) = if j == i + 1 { (edges[i], edges[j]) } else { (edges[j], edges[i]) };
                    let (back, on) = (first.0 - first.1, second.1 - second.0);
                    back.perp_dot(on) == 0.0 && back.dot(on) > 0.0
                } else {
                    touch(edges[i], edges[j])
                };
                if bad {
                    return Some((i, j));
                }
            }
        }
        None
    }
}

/// Do two closed segments have a point in common?
fn touch((a, b): (DVec2, DVec2), (c, d): (DVec2, DVec2)) -> bool {
    let side = |p: DVec2, q: DVec2, r: DVec2| (q - p).perp_dot(r - p);
    let within = |p: DVec2, q: DVec2, r: DVec2| r.cmpge(p.min(q)).all() && r.cmple(p.max(q)).all();
    let (s1, s2, s3, s4) = (side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b));
    ((s1 > 0.0) != (s2 > 0.0) && s1 != 0.0 && s2 != 0.0 && (s3 > 0.0) != (s4 > 0.0) && s3 != 0.0 && s4 != 0.0)
        || (s1 == 0.0 && within(a, b, c))
        || (s2 == 0.0 && within(a, b, d))
        || (s3 == 0.0 && within(c, d, a))
        || (s4 == 0.0 && within(c, d, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(corners: &[(f64, f64)]) -> Polygon {
        Polygon::new(corners.iter().map(|&(x, y)| DVec2::new(x, y)).collect())
    }

    #[test]
    fn inside_a_bent_polygon() {
        let l = polygon(&[(0.0, 0.0), (4.0, 0.0), (4.0, 1.0), (1.0, 1.0), (1.0, 4.0), (0.0, 4.0)]);
        assert!(l.contains(DVec2::new(3.0, 0.5)) && l.contains(DVec2::new(0.5, 3.0)));
        assert!(!l.contains(DVec2::new(2.0, 2.0)) && !l.contains(DVec2::new(-1.0, 0.5)));
        assert_eq!(l.crossing(), None);
    }

    #[test]
    fn crossings_touches_and_folds_are_found() {
        assert!(polygon(&[(0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0)]).crossing().is_some(), "bow tie");
        assert!(polygon(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 0.0), (0.0, 4.0)]).crossing().is_some(), "touch");
        assert!(polygon(&[(0.0, 0.0), (4.0, 0.0), (2.0, 0.0)]).crossing().is_some(), "fold");
        assert!(polygon(&[(0.0, 0.0), (0.0, 0.0), (2.0, 1.0)]).crossing().is_some(), "repeated corner");
        assert_eq!(polygon(&[(0.0, 0.0), (4.0, 0.0), (4.0, 3.0)]).crossing(), None);
    }
}
