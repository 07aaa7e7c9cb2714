use std::ops::{Add, Div, Mul, Sub};

use kapok_show::DVec3;

/// Halvings before a search stops with what it has.
const MAX_DEPTH: u32 = 40;

/// Bernstein coefficients of the squared length of a quadratic; the least of them is not above the squared distance to the
/// origin.
#[inline]
pub fn squared_quadratic(c: &[DVec3; 3]) -> [f64; 5] {
    let dot = |i: usize, j: usize| c[i].dot(c[j]);
    [dot(0, 0), dot(0, 1), (dot(0, 2) + 2.0 * dot(1, 1)) / 3.0, dot(1, 2), dot(2, 2)]
}

/// Bernstein coefficients of the squared length of a cubic; the least of them is not above the squared distance to the
/// origin.
#[inline]
pub fn squared_cubic(c: &[DVec3; 4]) -> [f64; 7] {
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

/// Not above the squared distance of a cubic to the origin.
#[inline]
pub fn least_coefficient(c: &[DVec3; 4]) -> f64 {
    squared_cubic(c).into_iter().fold(f64::INFINITY, f64::min)
}

/// Both halves of a curve of degree N − 1.
#[inline]
pub fn halves<const N: usize>(c: &[DVec3; N]) -> ([DVec3; N], [DVec3; N]) {
    let (mut left, mut right, mut row) = (*c, *c, *c);
    for level in 0..N {
        left[level] = row[0];
        right[N - 1 - level] = row[N - 1 - level];
        for k in 0..N - 1 - level {
            row[k] = row[k].midpoint(row[k + 1]);
        }
    }
    (left, right)
}

/// The part of a curve of degree N − 1 between two parameters, by blossoms: its control point k is the blossom at `from`, and k
/// times at `to`.
///
/// # Source
/// Ramshaw 1989.
#[inline]
pub fn part<const N: usize>(c: &[DVec3; N], from: f64, to: f64) -> [DVec3; N] {
    let (mut row, mut part) = (*c, *c);
    for k in (0..N).rev() {
        // So far blossomed at `from`; k times are left.
        let mut rest = row;
        for level in 0..k {
            for i in 0..k - level {
                rest[i] = rest[i].lerp(rest[i + 1], to);
            }
        }
        part[k] = rest[0];
        for i in 0..k {
            row[i] = row[i].lerp(row[i + 1], from);
        }
    }
    part
}

/// Value of a cubic, of numbers or of points.
#[inline]
pub fn cubic_at<T>(c: &[T; 4], u: f64) -> T
where
    T: Copy + Add<Output = T> + Mul<f64, Output = T>,
{
    let w = 1.0 - u;
    c[0] * (w * w * w) + c[1] * (3.0 * w * w * u) + c[2] * (3.0 * w * u * u) + c[3] * (u * u * u)
}

/// A line flown evenly, as a cubic.
#[inline]
pub fn line_as_cubic<T>(from: T, to: T) -> [T; 4]
where
    T: Copy + Add<Output = T> + Sub<Output = T> + Mul<f64, Output = T> + Div<f64, Output = T>,
{
    let step = to - from;
    [from, from + step / 3.0, from + step * (2.0 / 3.0), to]
}

/// Control points of the derivatives of a cubic by time: their hulls bound velocity, acceleration and jerk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CubicDerivatives {
    /// Of the velocity, m/s.
    pub velocity_m_s: [DVec3; 3],
    /// Of the acceleration, m/s².
    pub acceleration_m_s2: [DVec3; 2],
    /// Length of the jerk, which is constant, m/s³.
    pub jerk_m_s3: f64,
}

impl CubicDerivatives {
    /// Of a piece with these control points, metres, that lasts `duration_s`.
    #[inline]
    pub fn new(c: &[DVec3; 4], duration_s: f64) -> Self {
        let s = duration_s;
        let v = [c[1] - c[0], c[2] - c[1], c[3] - c[2]].map(|d| d * (3.0 / s));
        let a = [v[1] - v[0], v[2] - v[1]].map(|d| d * (2.0 / s));
        Self { velocity_m_s: v, acceleration_m_s2: a, jerk_m_s3: (a[1] - a[0]).length() / s }
    }
}

/// The least squared distance of a cubic to the origin and its parameter, if it is below `cutoff2`: to within 10⁻⁹ of its
/// value.
///
/// ```
/// use kapok_motion::bezier::{line_as_cubic, nearest_to_origin};
/// use kapok_show::DVec3;
/// let passing = line_as_cubic(DVec3::new(-3.0, 2.0, 0.0), DVec3::new(3.0, 2.0, 0.0));
/// let (squared, u) = nearest_to_origin(&passing, f64::INFINITY).unwrap();
/// assert!((squared - 4.0).abs() < 1e-8 && (u - 0.5).abs() < 1e-6);
/// ```
pub fn nearest_to_origin(c: &[DVec3; 4], cutoff2: f64) -> Option<(f64, f64)> {
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
        if depth == MAX_DEPTH || least_coefficient(&c) >= below * (1.0 - 1e-9) - 1e-18 {
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
            let (found2, u) = nearest_to_origin(&c, f64::INFINITY).unwrap();
            let samples = (0..=2000).map(|k| cubic_at(&c, f64::from(k) / 2000.0).length_squared());
            let sampled2 = samples.fold(f64::INFINITY, f64::min);
            prop_assert!((cubic_at(&c, u).length_squared() - found2).abs() < 1e-9 * (1.0 + found2));
            prop_assert!(found2 <= sampled2 * (1.0 + 1e-8) + 1e-12 && sampled2.sqrt() - found2.sqrt() < 0.05);
            prop_assert_eq!(nearest_to_origin(&c, found2 * 0.999), None);
        }

        #[test]
        fn parts_are_the_curve(c in cubics(), from in 0.0..1.0f64, to in 0.0..1.0f64, u in 0.0..1.0f64) {
            let cut = part(&c, from, to);
            prop_assert!(cubic_at(&cut, u).distance(cubic_at(&c, from + (to - from) * u)) < 1e-9);
            prop_assert!(cubic_at(&halves(&c).1, u).distance(cubic_at(&c, 0.5 + 0.5 * u)) < 1e-9);
        }

        #[test]
        fn quadratics_are_halved_and_cut_likewise(c in cubics(), from in 0.0..1.0f64, to in 0.0..1.0f64, u in 0.0..1.0f64) {
            let c = [c[0], c[1], c[2]];
            let value = |c: &[DVec3; 3], u: f64| c[0].lerp(c[1], u).lerp(c[1].lerp(c[2], u), u);
            prop_assert!(value(&part(&c, from, to), u).distance(value(&c, from + (to - from) * u)) < 1e-9);
            prop_assert!(value(&halves(&c).0, u).distance(value(&c, 0.5 * u)) < 1e-9);
        }

        /// The Bernstein form of the squared length has its values.
        #[test]
        fn squares_are_those_of_the_motion(c in cubics(), u in 0.0..1.0f64) {
            let value = |coefficients: &[f64]| {
                let mut b = coefficients.to_vec();
                for level in (1..b.len()).rev() {
                    (0..level).for_each(|k| b[k] = b[k] * (1.0 - u) + b[k + 1] * u);
                }
                b[0]
            };
            let exact = cubic_at(&c, u).length_squared();
            prop_assert!((value(&squared_cubic(&c)) - exact).abs() < 1e-9 * (1.0 + exact));
            prop_assert!(least_coefficient(&c) <= exact * (1.0 + 1e-12) + 1e-12);
            let q = [c[0], c[1], c[2]];
            let exact = q[0].lerp(q[1], u).lerp(q[1].lerp(q[2], u), u).length_squared();
            prop_assert!((value(&squared_quadratic(&q)) - exact).abs() < 1e-9 * (1.0 + exact));
        }

        /// Derivatives agree with differences of the values.
        #[test]
        fn derivatives_are_those_of_the_motion(c in cubics(), s in 0.5..9.0f64, u in 0.1..0.9f64) {
            let d = CubicDerivatives::new(&c, s);
            let h = 1e-3;
            let at = |k: f64| cubic_at(&c, u + k * h);
            let [v, a] = [(at(1.0) - at(-1.0)) / (2.0 * h * s), (at(1.0) - 2.0 * at(0.0) + at(-1.0)) / (h * h * s * s)];
            let velocity = d.velocity_m_s;
            let exact = velocity[0].lerp(velocity[1], u).lerp(velocity[1].lerp(velocity[2], u), u);
            prop_assert!(exact.distance(v) < 1e-3 && d.acceleration_m_s2[0].lerp(d.acceleration_m_s2[1], u).distance(a) < 1e-3);
            let third = c[3] - 3.0 * c[2] + 3.0 * c[1] - c[0];
            prop_assert!((d.jerk_m_s3 - 6.0 * third.length() / (s * s * s)).abs() < 1e-9 * (1.0 + d.jerk_m_s3));
        }

        #[test]
        fn a_line_as_a_cubic_is_flown_evenly(c in cubics(), u in 0.0..1.0f64) {
            prop_assert!(cubic_at(&line_as_cubic(c[0], c[1]), u).distance(c[0].lerp(c[1], u)) < 1e-12);
            prop_assert!((cubic_at(&line_as_cubic(c[0].x, c[1].x), u) - c[0].lerp(c[1], u).x).abs() < 1e-12);
        }
    }
}
