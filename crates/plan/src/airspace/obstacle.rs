use kapok_motion::polygon;
use kapok_show::{DVec2, DVec3, KeepOutShape};

/// Something that is in the way.
#[derive(Clone, Copy, Debug)]
pub enum Obstacle<'a> {
    /// The fence, from inside.
    Fence(&'a [DVec2]),
    /// A keep-out, from outside.
    KeepOut(&'a KeepOutShape),
}

impl Obstacle<'_> {
    /// Distance to the obstacle, negative inside it (for the fence: outside the fence). It changes no faster than the point
    /// moves.
    pub fn clearance_m(&self, at_m: DVec3) -> f64 {
        match self {
            Self::Fence(corners) => polygon::depth(corners, at_m.truncate()),
            Self::KeepOut(shape) => {
                let (sideways_m, bottom_m, top_m) = match shape {
                    KeepOutShape::Cylinder { centre_m, radius_m, bottom_m, top_m } => {
                        (at_m.truncate().distance(*centre_m) - radius_m, *bottom_m, *top_m)
                    }
                    KeepOutShape::Prism { polygon_m, bottom_m, top_m } => {
                        (-polygon::depth(polygon_m, at_m.truncate()), *bottom_m, *top_m)
                    }
                };
                let vertical_m = (bottom_m - at_m.z).max(at_m.z - top_m);
                if sideways_m <= 0.0 || vertical_m <= 0.0 {
                    return sideways_m.max(vertical_m);
                }
                (sideways_m * sideways_m + vertical_m * vertical_m).sqrt()
            }
        }
    }

    /// Quickly not above the clearance of any point of a box.
    pub fn may_touch(&self, low_m: DVec3, high_m: DVec3, margin_m: f64) -> bool {
        let Self::KeepOut(shape) = self else { return true };
        let (low, high, bottom_m, top_m) = match shape {
            KeepOutShape::Cylinder { centre_m, radius_m, bottom_m, top_m } => {
                (*centre_m - DVec2::splat(*radius_m), *centre_m + DVec2::splat(*radius_m), *bottom_m, *top_m)
            }
            KeepOutShape::Prism { polygon_m, bottom_m, top_m } => {
                let start = (DVec2::INFINITY, DVec2::NEG_INFINITY);
                let (low, high) = polygon_m.iter().fold(start, |(l, h), &p| (l.min(p), h.max(p)));
                (low, high, *bottom_m, *top_m)
            }
        };
        let gap = (low.extend(bottom_m) - high_m).max(low_m - high.extend(top_m));
        gap.max_element() <= margin_m
    }

    /// How far it is out of the obstacle from a point inside, along a unit direction that is horizontal or vertical; infinite
    /// where it does not lead out.
    pub fn exit_m(&self, at_m: DVec3, direction: DVec3) -> f64 {
        let shape = match self {
            Self::KeepOut(shape) => shape,
            Self::Fence(_) if direction.z != 0.0 => return f64::INFINITY,
            // Where the ray comes in again.
            Self::Fence(corners) => {
                let meets =
                    polygon::line_crossings(corners, at_m.truncate(), direction.truncate()).filter(|s| *s > 0.0);
                return meets.fold(f64::INFINITY, f64::min);
            }
        };
        let (bottom_m, top_m) = match shape {
            KeepOutShape::Cylinder { bottom_m, top_m, .. } | KeepOutShape::Prism { bottom_m, top_m, .. } => {
                (*bottom_m, *top_m)
            }
        };
        if direction.z != 0.0 {
            return if direction.z > 0.0 { top_m - at_m.z } else { at_m.z - bottom_m };
        }
        let (at, n) = (at_m.truncate(), direction.truncate());
        match shape {
            KeepOutShape::Cylinder { centre_m, radius_m, .. } => {
                let o = at - *centre_m;
                let along = o.dot(n);
                (along * along + radius_m * radius_m - o.length_squared()).max(0.0).sqrt() - along
            }
            KeepOutShape::Prism { polygon_m, .. } => {
                // Past the last side that the ray meets.
                polygon::line_crossings(polygon_m, at, n).fold(0.0, f64::max)
            }
        }
    }

    /// The shortest way back from a point outside the fence, a unit vector.
    pub fn back(&self, at_m: DVec3) -> DVec3 {
        let Self::Fence(corners) = self else { return DVec3::ZERO };
        let at = at_m.truncate();
        let nearest = polygon::nearest_on_outline(corners, at);
        let way = if polygon::contains(corners, at) { at - nearest } else { nearest - at };
        way.normalize_or_zero().extend(0.0)
    }
}
