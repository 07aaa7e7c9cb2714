//! Distance of a point that moves in the plane to the outline of an area, as objectives of a search.

use kapok_show::DVec2;

use crate::kernel::bernstein::SQUARE;
use crate::kernel::polygon::Polygon;
use crate::kernel::search::{Objective, Poly};

/// Distance to an outline, positive inside; for two coordinates of equal degree.
pub struct Inside<'a> {
    pub polygon: &'a Polygon,
    pub slop_m: f64,
}

/// Control points in the plane of two coordinates of equal degree.
pub fn plane(x: &Poly, y: &Poly, room: &mut [DVec2; SQUARE]) -> usize {
    for (slot, (&x, &y)) in room.iter_mut().zip(x.coefficients().iter().zip(y.coefficients())) {
        *slot = DVec2::new(x, y);
    }
    x.coefficients().len().min(y.coefficients().len())
}

impl Objective<2> for Inside<'_> {
    fn bound(&self, p: &[Poly; 2]) -> Option<f64> {
        let mut room = [DVec2::ZERO; SQUARE];
        let count = plane(&p[0], &p[1], &mut room);
        Some(self.polygon.enclose_m(&room[..count]).0 - p[0].err() - p[1].err() - self.slop_m)
    }

    fn value(&self, p: &[Poly; 2], at_end: bool) -> Option<f64> {
        let at = |q: &Poly| if at_end { q.end() } else { q.start() };
        let point = DVec2::new(at(&p[0]), at(&p[1]));
        Some(self.polygon.signed_m(point) + p[0].err() + p[1].err() + self.slop_m)
    }
}

/// Distance to an outline, positive outside; for two coordinates of equal degree.
pub struct Outside<'a> {
    pub polygon: &'a Polygon,
    pub slop_m: f64,
}

impl Objective<2> for Outside<'_> {
    fn bound(&self, p: &[Poly; 2]) -> Option<f64> {
        let mut room = [DVec2::ZERO; SQUARE];
        let count = plane(&p[0], &p[1], &mut room);
        Some(-self.polygon.enclose_m(&room[..count]).1 - p[0].err() - p[1].err() - self.slop_m)
    }

    fn value(&self, p: &[Poly; 2], at_end: bool) -> Option<f64> {
        let at = |q: &Poly| if at_end { q.end() } else { q.start() };
        Some(p[0].err() + p[1].err() + self.slop_m - self.polygon.signed_m(DVec2::new(at(&p[0]), at(&p[1]))))
    }
}
