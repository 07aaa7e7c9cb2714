//! Polygons in the plane, as their corners in order: inside or out, distance to the outline, rays.

use kapok_show::DVec2;

use crate::segment;

/// Edges as pairs of corners, the closing one last.
#[inline]
pub fn edges(polygon: &[DVec2]) -> impl Iterator<Item = (DVec2, DVec2)> + Clone {
    polygon.iter().zip(polygon.iter().cycle().skip(1)).map(|(&p, &q)| (p, q))
}

/// Is the point inside, by the even-odd rule? Points on the outline may be either.
///
/// ```
/// use kapok_motion::polygon::contains;
/// use kapok_show::DVec2;
/// let triangle = [DVec2::ZERO, DVec2::X * 4.0, DVec2::Y * 4.0];
/// assert!(contains(&triangle, DVec2::ONE));
/// assert!(!contains(&triangle, DVec2::splat(3.0)));
/// ```
pub fn contains(polygon: &[DVec2], at: DVec2) -> bool {
    edges(polygon).fold(false, |odd, (p, q)| {
        let crosses = (p.y > at.y) != (q.y > at.y) && at.x < p.x + (q.x - p.x) * ((at.y - p.y) / (q.y - p.y));
        odd != crosses
    })
}

/// Is the point inside a convex polygon or on its outline? Corners counter-clockwise; fewer than three hold nothing.
pub fn contains_convex(outline: &[DVec2], p: DVec2) -> bool {
    outline.len() >= 3 && edges(outline).all(|(a, b)| (b - a).perp_dot(p - a) >= 0.0)
}

/// Distance to the outline, negative outside; infinite for no corners.
pub fn depth(polygon: &[DVec2], at: DVec2) -> f64 {
    let distance = edges(polygon).map(|(p, q)| segment::distance(at, p, q)).fold(f64::INFINITY, f64::min);
    if contains(polygon, at) { distance } else { -distance }
}

/// The point of the outline that is nearest; infinite for no corners.
pub fn nearest_on_outline(polygon: &[DVec2], at: DVec2) -> DVec2 {
    edges(polygon).map(|(p, q)| segment::nearest_point(at, p, q)).fold(DVec2::INFINITY, |best, next| {
        if next.distance_squared(at) < best.distance_squared(at) { next } else { best }
    })
}

/// Where the line through `at` along the unit direction `n` meets the outline: distances from `at`, in front above 0.
pub fn line_crossings(polygon: &[DVec2], at: DVec2, n: DVec2) -> impl Iterator<Item = f64> {
    edges(polygon).filter_map(move |(p, q)| {
        let (a, b) = (n.perp_dot(p - at), n.perp_dot(q - at));
        ((a > 0.0) != (b > 0.0)).then(|| (p + (q - p) * (a / (a - b)) - at).dot(n))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::math;
    use proptest::prelude::*;

    /// Corners at rising angles around the origin: a star, seldom convex.
    fn star() -> impl Strategy<Value = Vec<DVec2>> {
        prop::collection::vec(1.0..9.0f64, 3..12).prop_map(|radii| {
            let turn = std::f64::consts::TAU / radii.len() as f64;
            let corner = |(k, r): (usize, f64)| {
                let (sin, cos) = math::sin_cos(turn * k as f64);
                DVec2::new(cos, sin) * r
            };
            radii.into_iter().enumerate().map(corner).collect()
        })
    }

    /// By the sum of the angles under which the edges are seen: 2π inside, 0 outside.
    fn is_inside_by_angles(polygon: &[DVec2], at: DVec2) -> bool {
        let angle = |(p, q): (DVec2, DVec2)| math::atan2((p - at).perp_dot(q - at), (p - at).dot(q - at));
        edges(polygon).map(angle).sum::<f64>().abs() > std::f64::consts::PI
    }

    proptest! {
        #[test]
        fn inside_is_what_the_angles_say(polygon in star(), x in -9.0..9.0f64, y in -9.0..9.0f64) {
            let at = DVec2::new(x, y);
            let depth_m = depth(&polygon, at);
            prop_assume!(depth_m.abs() > 1e-9);
            prop_assert_eq!(contains(&polygon, at), is_inside_by_angles(&polygon, at));
            prop_assert_eq!(contains(&polygon, at), depth_m > 0.0);
            // No sample of the outline is nearer than the nearest point, and it lies on the outline.
            let nearest = nearest_on_outline(&polygon, at);
            prop_assert!((nearest.distance(at) - depth_m.abs()).abs() < 1e-9);
            let samples = edges(&polygon).flat_map(|(p, q)| (0..50).map(move |k| p.lerp(q, f64::from(k) / 50.0)));
            prop_assert!(samples.map(|p| p.distance(at)).fold(f64::INFINITY, f64::min) >= depth_m.abs() - 1e-9);
            prop_assert!(depth(&polygon, nearest).abs() < 1e-9);
        }

        /// In front of a point there is an odd number of crossings if it is inside; and each lies on the outline.
        #[test]
        fn rays_count_inside(polygon in star(), x in -9.0..9.0f64, y in -9.0..9.0f64, turn in 0.0..6.2f64) {
            let at = DVec2::new(x, y);
            let (sin, cos) = math::sin_cos(turn);
            let n = DVec2::new(cos, sin);
            prop_assume!(depth(&polygon, at).abs() > 1e-9);
            let crossings: Vec<f64> = line_crossings(&polygon, at, n).collect();
            prop_assert_eq!(crossings.iter().filter(|s| **s > 0.0).count() % 2 == 1, is_inside_by_angles(&polygon, at));
            for s in crossings {
                prop_assert!(depth(&polygon, at + n * s).abs() < 1e-6);
            }
        }

        #[test]
        fn both_rules_agree_on_convex_outlines(count in 3..20u32, x in -9.0..9.0f64, y in -9.0..9.0f64) {
            let corner = |k: u32| {
                let (sin, cos) = math::sin_cos(std::f64::consts::TAU * f64::from(k) / f64::from(count));
                DVec2::new(cos, sin) * 7.0
            };
            let (outline, at): (Vec<DVec2>, DVec2) = ((0..count).map(corner).collect(), DVec2::new(x, y));
            prop_assume!(depth(&outline, at).abs() > 1e-9);
            prop_assert_eq!(contains_convex(&outline, at), contains(&outline, at));
            prop_assert!(contains_convex(&outline, corner(0)), "corners are inside");
        }
    }

    #[test]
    fn a_point_and_a_segment_hold_nothing() {
        assert!(!contains_convex(&[DVec2::ZERO], DVec2::ZERO));
        assert!(!contains(&[DVec2::ZERO, DVec2::X], DVec2::X / 2.0));
    }
}
