//! Cubic Bézier pieces: parts of them and their least distance to the origin.

use kapok_show::DVec3;

/// Halvings before a search stops with what it has.
const MAX_DEPTH: u32 = 40;

/// Bernstein coefficients of the squared length of a cubic; the least of them is not above the squared distance to the
/// origin.
pub(super) fn squared(c: &[DVec3; 4]) -> [f64; 7] {
    let dot = |i: usize, j: usize| c[i].dot(c[j]);
    [
        dot(0, 0),
        dot(0, 1),
        (2.0 * dot(0, 2) + 3.0 * dot(1, 1)) / 5.0,
        (dot(0, 3) + 9.0 * dot(1, 2)) / 10.0,
        (2.0 * dot(1, 3) + 3.0 * dot(2, 2)) / 5.0,
        dot(2, 3),
        dot(3, 3),
    ]
}

/// Not above the squared distance of the curve to the origin.
pub(super) fn floor2(c: &[DVec3; 4]) -> f64 {
    squared(c).into_iter().fold(f64::INFINITY, f64::min)
}

/// Both halves.
pub(super) fn halves(c: &[DVec3; 4]) -> ([DVec3; 4], [DVec3; 4]) {
    let (ab, bc, cd) = (c[0].midpoint(c[1]), c[1].midpoint(c[2]), c[2].midpoint(c[3]));
    let (abc, bcd) = (ab.midpoint(bc), bc.midpoint(cd));
    let middle = abc.midpoint(bcd);
    ([c[0], ab, abc, middle], [middle, bcd, cd, c[3]])
}

/// The part between two parameters, by blossoms.
pub(super) fn part(c: &[DVec3; 4], from: f64, to: f64) -> [DVec3; 4] {
    let blossom = |u: f64, v: f64, w: f64| {
        let (a, b, d) = (c[0].lerp(c[1], u), c[1].lerp(c[2], u), c[2].lerp(c[3], u));
        a.lerp(b, v).lerp(b.lerp(d, v), w)
    };
    [blossom(from, from, from), blossom(from, from, to), blossom(from, to, to), blossom(to, to, to)]
}

/// Value of the curve.
pub(super) fn at(c: &[DVec3; 4], u: f64) -> DVec3 {
    let w = 1.0 - u;
    c[0] * (w * w * w) + c[1] * (3.0 * w * w * u) + c[2] * (3.0 * w * u * u) + c[3] * (u * u * u)
}

/// The least squared distance of a cubic to the origin and its parameter, if it is below `cutoff2`: to within 10⁻⁹ of its
/// value.
pub(super) fn least2(c: &[DVec3; 4], cutoff2: f64) -> Option<(f64, f64)> {
    let mut best: Option<(f64, f64)> = None;
    let mut below = cutoff2;
    let mut see = |value: f64, u: f64, below: &mut f64| {
        if value < *below {
            *below = value;
            best = Some((value, u));
        }
    };
    see(c[0].length_squared(), 0.0, &mut below);
    see(c[3].length_squared(), 1.0, &mut below);
    let mut open = vec![(*c, 0.0, 1.0, 0)];
    while let Some((c, from, to, depth)) = open.pop() {
        if depth == MAX_DEPTH || floor2(&c) >= below * (1.0 - 1e-9) - 1e-18 {
            continue;
        }
        let (left, right) = halves(&c);
        let middle = f64::midpoint(from, to);
        see(left[3].length_squared(), middle, &mut below);
        let (left, right) = ((left, from, middle, depth + 1), (right, middle, to, depth + 1));
        // The nearer half first, so that the other is often cut off.
        if left.0[0].length_squared() < right.0[3].length_squared() {
            open.extend([right, left]);
        } else {
            open.extend([left, right]);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cubics() -> impl Strategy<Value = [DVec3; 4]> {
        prop::array::uniform4((-9.0..9.0f64, -9.0..9.0f64, -9.0..9.0f64))
            .prop_map(|raw| raw.map(|(x, y, z)| DVec3::new(x, y, z)))
    }

    proptest! {
        #[test]
        fn the_least_distance_is_that_of_samples(c in cubics()) {
            let (found2, u) = least2(&c, f64::INFINITY).unwrap();
            let samples = (0..=2000).map(|k| at(&c, f64::from(k) / 2000.0).length_squared());
            let sampled2 = samples.fold(f64::INFINITY, f64::min);
            prop_assert!((at(&c, u).length_squared() - found2).abs() < 1e-9 * (1.0 + found2));
            prop_assert!(found2 <= sampled2 * (1.0 + 1e-8) + 1e-12 && sampled2.sqrt() - found2.sqrt() < 0.05);
            prop_assert_eq!(least2(&c, found2 * 0.999), None);
        }

        #[test]
        fn parts_are_the_curve(c in cubics(), from in 0.0..1.0f64, to in 0.0..1.0f64, u in 0.0..1.0f64) {
            let cut = part(&c, from, to);
            prop_assert!(at(&cut, u).distance(at(&c, from + (to - from) * u)) < 1e-9);
            prop_assert!(at(&halves(&c).1, u).distance(at(&c, 0.5 + 0.5 * u)) < 1e-9);
        }
    }
}
