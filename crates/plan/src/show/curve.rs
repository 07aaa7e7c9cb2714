//! Bézier pieces by themselves: parts, derivatives, bounds.

use kapok_show::{DVec3, MAX_DEGREE, Segment};

/// Halvings of a piece before a bound is taken as it is.
const MAX_DEPTH: u32 = 40;

/// A Bézier piece on 0..1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve {
    degree: usize,
    control: [DVec3; MAX_DEGREE + 1],
}

impl Curve {
    /// From at most [`MAX_DEGREE`] + 1 control points, and at least one.
    pub(super) fn new(control: &[DVec3]) -> Self {
        let mut kept = [DVec3::ZERO; MAX_DEGREE + 1];
        let count = control.len().clamp(1, MAX_DEGREE + 1);
        for (slot, &c) in kept.iter_mut().zip(control) {
            *slot = c;
        }
        Self { degree: count - 1, control: kept }
    }

    pub(super) fn control(&self) -> &[DVec3] {
        &self.control[..=self.degree]
    }

    pub(super) fn start(&self) -> DVec3 {
        self.control[0]
    }

    pub(super) fn end(&self) -> DVec3 {
        self.control[self.degree]
    }

    pub(super) fn map(&self, f: impl Fn(DVec3) -> DVec3) -> Self {
        Self { degree: self.degree, control: self.control.map(f) }
    }

    /// The same motion with a higher degree.
    fn raised(mut self, degree: usize) -> Self {
        while self.degree < degree {
            let d = self.degree + 1;
            let old = self.control;
            self.control[d] = old[self.degree];
            for k in 1..d {
                let share = k as f64 / d as f64;
                self.control[k] = old[k - 1] * share + old[k] * (1.0 - share);
            }
            self.degree = d;
        }
        self
    }

    pub(super) fn minus(self, other: Self) -> Self {
        let degree = self.degree.max(other.degree);
        let (mut a, b) = (self.raised(degree), other.raised(degree));
        for (x, y) in a.control.iter_mut().zip(b.control) {
            *x -= y;
        }
        a
    }

    /// The parts before and after `u`.
    pub(super) fn split(&self, u: f64) -> (Self, Self) {
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

    /// The part between two shares, `from < to`.
    pub(super) fn part(&self, from: f64, to: f64) -> Self {
        let back = if to < 1.0 { self.split(to).0 } else { *self };
        if from > 0.0 { back.split(from / to).1 } else { back }
    }

    /// The derivative by seconds of a piece that lasts `duration_s`.
    pub(super) fn derivative(&self, duration_s: f64) -> Self {
        let mut to = Self { degree: self.degree.saturating_sub(1), control: [DVec3::ZERO; MAX_DEGREE + 1] };
        for k in 0..self.degree {
            to.control[k] = (self.control[k + 1] - self.control[k]) * (self.degree as f64 / duration_s);
        }
        to
    }

    /// No point of the piece has a larger value of a convex measure; at most a ten-thousandth too large.
    pub(super) fn most(&self, measure: impl Fn(DVec3) -> f64 + Copy) -> f64 {
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

    /// How far the piece can be from its chord flown evenly, metres.
    pub(super) fn bow(&self) -> f64 {
        let (a, b) = (self.start(), self.end());
        let at = |k: usize| a.lerp(b, k as f64 / self.degree.max(1) as f64);
        (0..=self.degree).map(|k| self.control[k].distance(at(k))).fold(0.0, f64::max)
    }

    /// Bernstein coefficients of the squared length, 2 · degree + 1 of them, and zeros.
    pub(super) fn squared(&self) -> [f64; 2 * MAX_DEGREE + 1] {
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

    pub(super) fn degree(&self) -> usize {
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

/// The polynomial of degree 5 with given places, velocities and accelerations at both ends, as a piece of degree 7: file
/// formats carry degree 7 but not 5.
pub(super) fn quintic(from: [DVec3; 3], to: [DVec3; 3], duration_s: f64) -> [DVec3; MAX_DEGREE + 1] {
    let h = duration_s;
    let ([p, v, a], [q, w, b]) = (from, to);
    let control = [
        p,
        p + v * (h / 5.0),
        p + v * (2.0 * h / 5.0) + a * (h * h / 20.0),
        q - w * (2.0 * h / 5.0) + b * (h * h / 20.0),
        q - w * (h / 5.0),
        q,
    ];
    Curve::new(&control).raised(MAX_DEGREE).control
}

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

        #[test]
        fn a_quintic_has_what_was_asked_at_its_ends(v in control(), h in 0.1..9.0f64) {
            let at = |k: usize| v[k % v.len()];
            let c = quintic([at(0), at(1), at(2)], [at(3), at(4), at(5)], h);
            let mut t = Trajectory::starting_at(0, c[0]).unwrap();
            t.push((h * 1000.0) as i64, &c[1..]).unwrap();
            let h = ((h * 1000.0) as i64) as f64;
            let exact = quintic([at(0), at(1), at(2)], [at(3), at(4), at(5)], h / 1000.0);
            let mut t = Trajectory::starting_at(0, exact[0]).unwrap();
            t.push(h as i64, &exact[1..]).unwrap();
            let segment = t.segment(0);
            let (a, b) = (segment.sample(0.0), segment.sample(h));
            let size = 1e-9 * (1.0 + 1e6 / (h * h));
            prop_assert!((a.velocity_m_s - at(1)).length() < size && (a.acceleration_m_s2 - at(2)).length() < 100.0 * size);
            prop_assert!((b.velocity_m_s - at(4)).length() < size && (b.acceleration_m_s2 - at(5)).length() < 100.0 * size);
        }
    }
}
