use kapok_show::{DVec3, MAX_DEGREE, Segment};

use super::in_place::elevate;

/// Halvings of a piece before a bound is taken as it is.
const MAX_DEPTH: u32 = 40;

/// A Bézier curve on 0..1 of degree 0 to [`MAX_DEGREE`].
#[derive(Clone, Copy, Debug)]
pub struct Curve {
    degree: usize,
    control: [DVec3; MAX_DEGREE + 1],
}

impl Curve {
    /// From at most [`MAX_DEGREE`] + 1 control points, and at least one.
    #[inline]
    pub fn new(control: &[DVec3]) -> Self {
        let mut kept = [DVec3::ZERO; MAX_DEGREE + 1];
        let count = control.len().clamp(1, MAX_DEGREE + 1);
        for (slot, &c) in kept.iter_mut().zip(control) {
            *slot = c;
        }
        Self { degree: count - 1, control: kept }
    }

    /// Control points, degree + 1 of them.
    #[inline]
    pub fn control(&self) -> &[DVec3] {
        &self.control[..=self.degree]
    }

    /// First control point: the value at 0.
    #[inline]
    pub fn start(&self) -> DVec3 {
        self.control[0]
    }

    /// Last control point: the value at 1.
    #[inline]
    pub fn end(&self) -> DVec3 {
        self.control[self.degree]
    }

    /// The curve of the changed control points: for an affine map the map of the curve.
    #[must_use]
    #[inline]
    pub fn map(&self, f: impl Fn(DVec3) -> DVec3) -> Self {
        Self { degree: self.degree, control: self.control.map(f) }
    }

    /// The same curve with a degree of at least `degree`, which is at most [`MAX_DEGREE`].
    #[must_use]
    #[inline]
    pub fn raised(mut self, degree: usize) -> Self {
        if degree > self.degree {
            elevate(&mut self.control, self.degree, degree);
            self.degree = degree;
        }
        self
    }

    /// Difference of two curves at the same parameter.
    #[must_use]
    #[inline]
    pub fn minus(self, other: Self) -> Self {
        let degree = self.degree.max(other.degree);
        let (mut a, b) = (self.raised(degree), other.raised(degree));
        for (x, y) in a.control.iter_mut().zip(b.control) {
            *x -= y;
        }
        a
    }

    /// The parts before and after `u`.
    #[inline]
    pub fn split(&self, u: f64) -> (Self, Self) {
        let (mut left, mut right) = (*self, *self);
        let mut c = self.control;
        for level in 0..=self.degree {
            left.control[level] = c[0];
            right.control[self.degree - level] = c[self.degree - level];
            for k in 0..self.degree - level {
                c[k] = c[k] * (1.0 - u) + c[k + 1] * u;
            }
        }
        (left, right)
    }

    /// The part between two parameters, `from < to`.
    #[must_use]
    #[inline]
    pub fn part(&self, from: f64, to: f64) -> Self {
        let back = if to < 1.0 { self.split(to).0 } else { *self };
        if from > 0.0 { back.split(from / to).1 } else { back }
    }

    /// The derivative by seconds of a piece that lasts `duration_s`: the hodograph.
    #[must_use]
    #[inline]
    pub fn derivative(&self, duration_s: f64) -> Self {
        let mut to = Self { degree: self.degree.saturating_sub(1), control: [DVec3::ZERO; MAX_DEGREE + 1] };
        for k in 0..self.degree {
            to.control[k] = (self.control[k + 1] - self.control[k]) * (self.degree as f64 / duration_s);
        }
        to
    }

    /// No point of the curve has a larger value of a convex measure; at most a ten-thousandth too large.
    ///
    /// # Complexity
    /// Halves the curve where its hull says more than its ends, at most 40 times.
    pub fn most(&self, measure: impl Fn(DVec3) -> f64 + Copy) -> f64 {
        let mut attained = measure(self.start()).max(measure(self.end()));
        self.climb(measure, &mut attained, MAX_DEPTH)
    }

    fn climb(&self, measure: impl Fn(DVec3) -> f64 + Copy, attained: &mut f64, depth: u32) -> f64 {
        let hull = self.control().iter().map(|&c| measure(c)).fold(f64::NEG_INFINITY, f64::max);
        *attained = attained.max(measure(self.start())).max(measure(self.end()));
        if hull <= *attained + 1e-4 * attained.abs() + 1e-9 || depth == 0 {
            return hull;
        }
        let (a, b) = self.split(0.5);
        a.climb(measure, attained, depth - 1).max(b.climb(measure, attained, depth - 1))
    }

    /// How far the curve can be from its chord flown evenly.
    pub fn bow(&self) -> f64 {
        let (a, b) = (self.start(), self.end());
        let at = |k: usize| a.lerp(b, k as f64 / self.degree.max(1) as f64);
        (0..=self.degree).map(|k| self.control[k].distance(at(k))).fold(0.0, f64::max)
    }

    /// Bernstein coefficients of the squared length, 2 · degree + 1 of them, and zeros.
    #[inline]
    pub fn squared(&self) -> [f64; 2 * MAX_DEGREE + 1] {
        let d = self.degree;
        let mut sums = [0.0; 2 * MAX_DEGREE + 1];
        for i in 0..=d {
            for j in 0..=d {
                sums[i + j] +=
                    BINOMIAL[d][i] * BINOMIAL[d][j] / BINOMIAL[2 * d][i + j] * self.control[i].dot(self.control[j]);
            }
        }
        sums
    }

    /// Degree of the polynomial.
    #[inline]
    pub fn degree(&self) -> usize {
        self.degree
    }
}

impl From<Segment<'_>> for Curve {
    fn from(segment: Segment<'_>) -> Self {
        Self::new(segment.control_m)
    }
}

/// Binomial coefficients up to 14 over k.
const BINOMIAL: [[f64; 2 * MAX_DEGREE + 1]; 2 * MAX_DEGREE + 1] = {
    let mut table = [[0.0; 2 * MAX_DEGREE + 1]; 2 * MAX_DEGREE + 1];
    let mut n = 0;
    while n <= 2 * MAX_DEGREE {
        table[n][0] = 1.0;
        let mut k = 1;
        while k <= n {
            table[n][k] = table[n - 1][k - 1] + table[n - 1][k];
            k += 1;
        }
        n += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::Trajectory;
    use proptest::prelude::*;

    fn control() -> impl Strategy<Value = Vec<DVec3>> {
        prop::collection::vec((-9.0..9.0f64, -9.0..9.0f64, -9.0..9.0f64), 1..=8)
            .prop_map(|v| v.into_iter().map(|(x, y, z)| DVec3::new(x, y, z)).collect())
    }

    /// De Casteljau by the vocabulary's own evaluation.
    fn at(control: &[DVec3], u: f64) -> DVec3 {
        if control.len() == 1 {
            return control[0];
        }
        let mut t = Trajectory::starting_at(0, control[0]).unwrap();
        t.push(1000, &control[1..]).unwrap();
        t.sample(1000.0 * u).position_m
    }

    proptest! {
        #[test]
        fn parts_differences_and_squares_are_those_of_the_motion(
            a in control(), b in control(), u in 0.0..1.0f64, from in 0.0..0.5f64, length in 0.1..0.5f64,
        ) {
            let (p, q) = (Curve::new(&a), Curve::new(&b));
            let part = p.part(from, from + length);
            prop_assert!((at(part.control(), u) - at(&a, from + length * u)).length() < 1e-9);
            let difference = p.minus(q);
            let exact = at(&a, u) - at(&b, u);
            prop_assert!((at(difference.control(), u) - exact).length() < 1e-9);
            let d = 2 * difference.degree();
            let value: f64 = (0..=d)
                .map(|k| BINOMIAL[d][k] * u.powi(k as i32) * (1.0 - u).powi((d - k) as i32) * difference.squared()[k])
                .sum();
            prop_assert!((value - exact.length_squared()).abs() < 1e-8 * (1.0 + exact.length_squared()));
        }

        #[test]
        fn bounds_hold_and_are_close(a in control()) {
            let curve = Curve::new(&a);
            let sampled = (0..=2000).map(|k| at(&a, f64::from(k) / 2000.0).length()).fold(0.0, f64::max);
            let most = curve.most(DVec3::length);
            prop_assert!(most >= sampled - 1e-9 && most <= sampled * 1.0003 + 1e-3, "{most} {sampled}");
            let bow = (0..=500)
                .map(|k| at(&a, f64::from(k) / 500.0).distance(a[0].lerp(a[a.len() - 1], f64::from(k) / 500.0)))
                .fold(0.0, f64::max);
            prop_assert!(bow <= curve.bow() + 1e-9);
        }
    }
}
