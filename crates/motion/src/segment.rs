//! Segments: nearest points and distances, in the plane and in space.
//!
//! The point of the segment from a to b that is nearest to p is a + s (b − a) with s = (p − a)·(b − a) / |b − a|², clamped to
//! 0..1. Seen from the origin, the distance to the inner part of the segment is also |a × b| / |a − b|, which does not
//! cancel where the line nearly meets the origin.

use std::ops::{Add, Mul, Sub};

use kapok_show::{DVec2, DVec3};

/// A point, or the difference of two, in the plane or in space.
pub trait Vector: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<f64, Output = Self> {
    /// Scalar product.
    #[must_use]
    fn dot(self, other: Self) -> f64;
}

impl Vector for DVec2 {
    #[inline]
    fn dot(self, other: Self) -> f64 {
        Self::dot(self, other)
    }
}

impl Vector for DVec3 {
    #[inline]
    fn dot(self, other: Self) -> f64 {
        Self::dot(self, other)
    }
}

/// The point of the segment from `a` to `b` that is nearest to `p`; `a` where the segment has no length.
#[inline]
pub fn nearest_point<V: Vector>(p: V, a: V, b: V) -> V {
    let d = b - a;
    let length2 = d.dot(d);
    let share = if length2 > 0.0 { ((p - a).dot(d) / length2).clamp(0.0, 1.0) } else { 0.0 };
    a + d * share
}

/// Distance from a point to a segment.
///
/// ```
/// use kapok_motion::segment::distance;
/// use kapok_show::DVec2;
/// assert_eq!(distance(DVec2::new(3.0, 2.0), DVec2::ZERO, DVec2::X * 9.0), 2.0);
/// assert_eq!(distance(DVec2::new(-3.0, 4.0), DVec2::ZERO, DVec2::X * 9.0), 5.0);
/// ```
#[inline]
pub fn distance<V: Vector>(p: V, a: V, b: V) -> f64 {
    let d = p - nearest_point(p, a, b);
    d.dot(d).sqrt()
}

/// Least distance to the origin of the segment from `a` to `b` and the share of the way where it is attained: the exact
/// minimum distance of a pair whose difference goes from `a` to `b`, whatever the common time law.
///
/// ```
/// use kapok_motion::segment::closest_to_origin;
/// use kapok_show::DVec3;
/// // Two vehicles fly past each other, 2 m beside.
/// assert_eq!(closest_to_origin(DVec3::new(-5.0, 2.0, 0.0), DVec3::new(5.0, 2.0, 0.0)), (2.0, 0.5));
/// ```
#[inline]
pub fn closest_to_origin(a: DVec3, b: DVec3) -> (f64, f64) {
    let d = b - a;
    let (from_a, from_b) = (-a.dot(d), b.dot(d));
    if from_a > 0.0 && from_b > 0.0 {
        let length2 = d.length_squared();
        // |a × b| / |a − b| does not cancel where the lines nearly meet.
        return ((a.cross(b).length_squared() / length2).sqrt(), from_a / length2);
    }
    if a.length_squared() <= b.length_squared() { (a.length(), 0.0) } else { (b.length(), 1.0) }
}

/// Squared least distance to the origin of the segment from `a` to `b`: cheaper than [`closest_to_origin`], but where the line
/// nearly meets the origin its last digits cancel.
#[inline]
pub fn squared_distance_to_origin(a: DVec3, b: DVec3) -> f64 {
    nearest_point(DVec3::ZERO, a, b).length_squared()
}

/// On which side of the line from `u` to `v` is `w`? Above 0: on the left.
#[inline]
fn side(u: DVec2, v: DVec2, w: DVec2) -> f64 {
    (v - u).perp_dot(w - u)
}

/// Do the segments from `a` to `b` and from `p` to `q` cross, each inner part by the other? Touching is not crossing.
#[inline]
pub fn cross(a: DVec2, b: DVec2, p: DVec2, q: DVec2) -> bool {
    side(a, b, p) * side(a, b, q) < 0.0 && side(p, q, a) * side(p, q, b) < 0.0
}

/// Have the closed segments from `a` to `b` and from `p` to `q` a point in common?
pub fn touch((a, b): (DVec2, DVec2), (p, q): (DVec2, DVec2)) -> bool {
    let within = |p: DVec2, q: DVec2, r: DVec2| r.cmpge(p.min(q)).all() && r.cmple(p.max(q)).all();
    let (s1, s2, s3, s4) = (side(a, b, p), side(a, b, q), side(p, q, a), side(p, q, b));
    ((s1 > 0.0) != (s2 > 0.0) && s1 != 0.0 && s2 != 0.0 && (s3 > 0.0) != (s4 > 0.0) && s3 != 0.0 && s4 != 0.0)
        || (s1 == 0.0 && within(a, b, p))
        || (s2 == 0.0 && within(a, b, q))
        || (s3 == 0.0 && within(p, q, a))
        || (s4 == 0.0 && within(p, q, b))
}

/// Distance of two segments in the plane, 0 where they cross.
pub fn gap(a: DVec2, b: DVec2, p: DVec2, q: DVec2) -> f64 {
    if cross(a, b, p, q) {
        return 0.0;
    }
    distance(a, p, q).min(distance(b, p, q)).min(distance(p, a, b)).min(distance(q, a, b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = DVec3> {
        (-20.0..20.0f64, -20.0..20.0f64, -5.0..5.0f64).prop_map(|(x, y, z)| DVec3::new(x, y, z))
    }

    /// Whole numbers: points in a line, common ends, segments of no length.
    fn whole() -> impl Strategy<Value = DVec2> {
        (-3..4i32, -3..4i32).prop_map(|(x, y)| DVec2::new(x.into(), y.into()))
    }

    proptest! {
        /// The closed form agrees with dense sampling: never above a sample, and reached by one.
        #[test]
        fn closed_form_is_the_minimum_over_samples(a in point(), b in point()) {
            let (least, share) = closest_to_origin(a, b);
            let sampled = (0..=4000).map(|k| a.lerp(b, f64::from(k) / 4000.0).length()).fold(f64::INFINITY, f64::min);
            prop_assert!(least <= sampled + 1e-12);
            prop_assert!(sampled - least <= a.distance(b) / 4000.0);
            prop_assert!((a.lerp(b, share).length() - least).abs() < 1e-9);
            prop_assert!((squared_distance_to_origin(a, b) - least * least).abs() < 1e-9 * (1.0 + least * least));
        }

        /// No sample of the segment is nearer, in space and in the plane.
        #[test]
        fn the_nearest_point_is_nearest(p in point(), a in point(), b in point(), has_length: bool) {
            let b = if has_length { b } else { a };
            let found = distance(p, a, b);
            let sampled = (0..=2000).map(|k| a.lerp(b, f64::from(k) / 2000.0).distance(p)).fold(f64::INFINITY, f64::min);
            prop_assert!(found <= sampled + 1e-12 && sampled - found <= a.distance(b) / 2000.0);
            prop_assert!((nearest_point(p, a, b).distance(p) - found).abs() < 1e-12);
            let (p, a, b) = (p.truncate(), a.truncate(), b.truncate());
            let sampled = (0..=2000).map(|k| a.lerp(b, f64::from(k) / 2000.0).distance(p)).fold(f64::INFINITY, f64::min);
            let found = distance(p, a, b);
            prop_assert!(found <= sampled + 1e-12 && sampled - found <= a.distance(b) / 2000.0);
        }

        /// Crossing, touching and the gap agree with whole numbers, where every sign is exact, and with samples.
        #[test]
        fn crossing_touching_and_gap_agree(a in whole(), b in whole(), p in whole(), q in whole()) {
            let sampled = (0..=240).map(|k| distance(a.lerp(b, f64::from(k) / 240.0), p, q)).fold(f64::INFINITY, f64::min);
            let found = gap(a, b, p, q);
            prop_assert!(found <= sampled + 1e-12 && sampled - found <= a.distance(b) / 240.0);
            prop_assert_eq!(touch((a, b), (p, q)), found < 1e-12);
            prop_assert!(!cross(a, b, p, q) || touch((a, b), (p, q)));
        }
    }
}
