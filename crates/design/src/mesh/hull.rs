//! Convex polygons: corners counter-clockwise. Those of one or two corners are points and segments.

use kapok_motion::polygon::{contains_convex, edges};
use kapok_motion::segment;
use kapok_show::{DVec2, math};

/// Sides of the circumscribed polygon that stands for a disc.
const DISC_SIDES: u32 = 16;
/// Above so many corners an outline is first replaced by the lines that touch it in [`SUPPORTS`] directions.
const MANY: usize = 192;
const SUPPORTS: u32 = 96;
/// Corners so near to the line between their neighbours are none: far less than outlines are grown by, metres.
const STRAIGHT_M: f64 = 1e-9;

/// The convex hull of points (Andrew's monotone chain); no three corners in a line.
pub(super) fn hull(mut points: Vec<DVec2>) -> Vec<DVec2> {
    // −0 is sorted before 0, but is no other place.
    for p in &mut points {
        *p += DVec2::ZERO;
    }
    points.sort_unstable_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let mut chain: Vec<DVec2> = Vec::new();
    let mut half = |points: &mut dyn Iterator<Item = &DVec2>| {
        let start = chain.len();
        for &p in points {
            while chain.len() >= start + 2 {
                let (a, b) = (chain[chain.len() - 2], chain[chain.len() - 1]);
                if (b - a).perp_dot(p - a) > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(p);
        }
        // The last one begins the other half.
        chain.pop();
    };
    half(&mut points.iter());
    half(&mut points.iter().rev());
    chain
}

/// Distance from a point to what the outline surrounds.
pub(super) fn distance_m(outline: &[DVec2], p: DVec2) -> f64 {
    if contains_convex(outline, p) {
        return 0.0;
    }
    edges(outline).map(|(a, b)| segment::distance(p, a, b)).fold(f64::INFINITY, f64::min)
}

/// How far the corners of one outline, and so all of it, are from what the other one surrounds, at most.
pub(super) fn stands_out_m(outline: &[DVec2], of: &[DVec2]) -> f64 {
    outline.iter().map(|&p| distance_m(of, p)).fold(0.0, f64::max)
}

/// Are two convex polygons at most so far apart?
pub(super) fn is_near(a: &[DVec2], b: &[DVec2], gap_m: f64) -> bool {
    let meets = edges(a).any(|(p, q)| edges(b).any(|(r, s)| segment::cross(p, q, r, s)));
    meets || a.iter().any(|&p| distance_m(b, p) <= gap_m) || b.iter().any(|&p| distance_m(a, p) <= gap_m)
}

/// The outline grown by a radius on all sides: its sum with a polygon around a disc.
pub(super) fn grown(outline: &[DVec2], radius_m: f64) -> Vec<DVec2> {
    let half_rad = std::f64::consts::PI / f64::from(DISC_SIDES);
    let corner_m = radius_m / math::cos(half_rad);
    let disc: Vec<DVec2> = (0..DISC_SIDES)
        .map(|k| {
            let (sin, cos) = math::sin_cos(half_rad * f64::from(2 * k + 1));
            DVec2::new(cos, sin) * corner_m
        })
        .collect();
    hull(outline.iter().flat_map(|&p| disc.iter().map(move |&d| p + d)).collect())
}

/// The outline with fewer corners, never smaller: a side is taken away and its neighbours are lengthened until they meet,
/// the side first whose new corner stands out least. Goes on while that is at most `tolerance_m` or corners are too many.
pub(super) fn simplified(outline: &[DVec2], tolerance_m: f64, most_corners: usize) -> Vec<DVec2> {
    let mut outline = if outline.len() > MANY { supported(outline) } else { outline.to_vec() };
    while outline.len() > 4 {
        let n = outline.len();
        let best = (0..n)
            .filter_map(|i| {
                let corner = |k: usize| outline[(i + k) % n];
                let met = met_beyond(corner(0), corner(1), corner(2), corner(3))?;
                Some((segment::distance(met, corner(1), corner(2)), i, met))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((out_m, i, met)) = best else { break };
        if out_m > tolerance_m && n <= most_corners {
            break;
        }
        outline[(i + 1) % n] = met;
        outline.remove((i + 2) % n);
    }
    // Rounding may leave corners that turn the wrong way by next to nothing.
    let mut k = 0;
    while k < outline.len() && outline.len() > 3 {
        let [before, here, after] = [k + outline.len() - 1, k, k + 1].map(|k| outline[k % outline.len()]);
        let (back, on) = (here - before, after - here);
        // The ends of a sliver turn back; they are no such corners.
        if back.dot(on) > 0.0 && back.perp_dot(on) <= STRAIGHT_M * before.distance(after) {
            outline.remove(k);
        } else {
            k += 1;
        }
    }
    outline
}

/// Where the lines a→b and d→c meet beyond b and c; nothing if they do not.
fn met_beyond(a: DVec2, b: DVec2, c: DVec2, d: DVec2) -> Option<DVec2> {
    let (u, v) = ((b - a).normalize_or_zero(), (c - d).normalize_or_zero());
    let turn = u.perp_dot(v);
    let along = (c - b).perp_dot(v) / turn;
    let back = (c - b).perp_dot(u) / turn;
    let met = b + u * along;
    (turn.abs() > 1e-9 && along >= 0.0 && back >= 0.0 && met.is_finite()).then_some(met)
}

/// The polygon of the lines that touch the outline in evenly turned directions.
fn supported(outline: &[DVec2]) -> Vec<DVec2> {
    let turn_rad = std::f64::consts::TAU / f64::from(SUPPORTS);
    let lines: Vec<(DVec2, f64)> = (0..SUPPORTS)
        .map(|k| {
            let (sin, cos) = math::sin_cos(turn_rad * f64::from(k));
            let normal = DVec2::new(cos, sin);
            (normal, outline.iter().map(|p| p.dot(normal)).fold(f64::NEG_INFINITY, f64::max))
        })
        .collect();
    let next = lines.iter().cycle().skip(1);
    let corners = lines.iter().zip(next).map(|(&(m, s), &(n, t))| {
        let det = m.perp_dot(n);
        DVec2::new(s * n.y - t * m.y, t * m.x - s * n.x) / det
    });
    hull(corners.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(most: usize) -> impl Strategy<Value = Vec<DVec2>> {
        // Whole numbers among them: repeated points and points in a line.
        let one = prop_oneof![
            (-40.0..40.0f64, -40.0..40.0f64).prop_map(|(x, y)| DVec2::new(x, y)),
            (-3..3i32, -3..3i32).prop_map(|(x, y)| DVec2::new(x.into(), y.into())),
        ];
        prop::collection::vec(one, 1..most)
    }

    proptest! {
        /// Whatever is done to an outline, the points stay inside, and it stays convex.
        #[test]
        fn outlines_only_grow(points in points(300), radius_m in 1e-3..5.0f64, tolerance_m in 0.0..3.0f64, most in 4usize..30) {
            let raw = hull(points.clone());
            let grown = grown(&raw, radius_m);
            let simple = simplified(&grown, tolerance_m, most);
            prop_assert!(simple.len() <= most.max(4) && simple.len() >= 3);
            for outline in [&grown, &simple] {
                let next = |k: usize| outline[k % outline.len()];
                for k in 0..outline.len() {
                    let (on, further) = (next(k + 1) - next(k), next(k + 2) - next(k + 1));
                    // Corners on a line turn either way by rounding.
                    prop_assert!(on.perp_dot(further) > -1e-12 * (on.length() + further.length()), "convex");
                    for p in &points {
                        let (a, b) = (next(k), next(k + 1));
                        let inner_m = (b - a).normalize().perp_dot(*p - a);
                        prop_assert!(inner_m >= radius_m * (1.0 - 1e-9) - 1e-9, "{inner_m} {radius_m}");
                    }
                }
            }
        }

        /// Two hulls are near if and only if some of their points are.
        #[test]
        fn near_is_symmetric_and_agrees_with_samples(a in points(9), b in points(9), shift in -90.0..90.0f64, gap_m in 0.1..5.0f64) {
            let b: Vec<DVec2> = b.iter().map(|p| *p + DVec2::X * shift).collect();
            let (a, b) = (hull(a), hull(b));
            prop_assert_eq!(is_near(&a, &b, gap_m), is_near(&b, &a, gap_m));
            let on = |outline: &[DVec2]| -> Vec<DVec2> {
                edges(outline).flat_map(|(p, q)| (0..20).map(move |k| p.lerp(q, f64::from(k) / 20.0))).collect()
            };
            let closest = on(&a).iter().map(|&p| distance_m(&b, p)).fold(f64::INFINITY, f64::min);
            prop_assert!(closest > gap_m || is_near(&a, &b, gap_m));
        }
    }

    #[test]
    fn slivers_keep_their_ends() {
        // As on a line, but for rounding.
        let points: Vec<DVec2> =
            (0..5).map(|k| DVec2::new(7.0, -17.0) + DVec2::new(2.0, 3.0) * (f64::from(k) / 31.0)).collect();
        let simple = simplified(&hull(points.clone()), 0.1, 24);
        assert!(points.iter().all(|&p| distance_m(&simple, p) < 1e-12), "{simple:?}");
    }

    #[test]
    fn zeros_of_both_signs_are_one_place() {
        let points = vec![DVec2::new(-0.0, 0.0), DVec2::new(0.0, -391.5), DVec2::new(0.0, 1.0), DVec2::new(2.0, 3.0)];
        let raw = hull(points.clone());
        assert!(points.iter().all(|&p| distance_m(&raw, p) == 0.0), "{raw:?}");
    }

    #[test]
    fn a_circle_needs_few_corners() {
        let circle: Vec<DVec2> = (0..1000)
            .map(|k| {
                let (sin, cos) = math::sin_cos(f64::from(k) * std::f64::consts::TAU / 1000.0);
                DVec2::new(cos, sin) * 30.0
            })
            .collect();
        let simple = simplified(&hull(circle.clone()), 0.2, 24);
        assert!(simple.len() <= 24, "{}", simple.len());
        assert!(circle.iter().all(|&p| distance_m(&simple, p) < 1e-9));
        assert!(stands_out_m(&simple, &circle) < 1.0, "{}", stands_out_m(&simple, &circle));
    }
}
