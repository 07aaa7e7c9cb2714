use kapok_motion::{polygon, segment};
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

    /// Is the point inside, by the number of edges a ray to the right crosses? Points on the border may be either.
    pub(crate) fn contains(&self, p: DVec2) -> bool {
        if !(p.cmpge(self.low_m).all() && p.cmple(self.high_m).all()) {
            return false;
        }
        polygon::contains(&self.corners_m, p)
    }

    /// The first two edges (by index) that cross or touch although they are not neighbours, or that are neighbours and
    /// fold back; `None`: the polygon is simple.
    ///
    /// # Complexity
    /// O(n²), and scripts hold at most 1,000 corners.
    pub(crate) fn crossing(&self) -> Option<(usize, usize)> {
        let edges: Vec<(DVec2, DVec2)> = polygon::edges(&self.corners_m).collect();
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
                    segment::touch(edges[i], edges[j])
                };
                if bad {
                    return Some((i, j));
                }
            }
        }
        None
    }
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
