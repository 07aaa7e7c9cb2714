use crate::kernel::rounding::{GROW, U};

/// Highest degree of a coordinate of a trajectory.
pub const COORDINATE: usize = kapok_show::MAX_DEGREE + 1;
/// Room for the square of a coordinate.
pub const SQUARE: usize = 2 * kapok_show::MAX_DEGREE + 1;

/// A polynomial on 0..1 in Bernstein form, with a bound on the error of every coefficient.
///
/// # Guarantees
/// There is a polynomial with coefficients `b_k`, `|b_k − c_k| ≤ err`, that is exactly the one meant. Each operation
/// adds what it may lose to rounding; the derivations are in [`crate::kernel::rounding`]. A polynomial lies between its
/// smallest and its largest coefficient, so [`Bernstein::range`] encloses it.
#[derive(Clone, Copy, Debug)]
pub struct Bernstein<const N: usize> {
    c: [f64; N],
    degree: usize,
    err: f64,
}

impl<const N: usize> Bernstein<N> {
    /// Exactly these coefficients; a constant is stored with degree 0, whatever its nominal degree.
    pub fn exact(coefficients: impl ExactSizeIterator<Item = f64>) -> Self {
        let mut c = [0.0; N];
        let count = coefficients.len().min(N);
        for (slot, value) in c.iter_mut().zip(coefficients) {
            *slot = value;
        }
        let constant = c[1..count].iter().all(|&x| x == c[0]);
        Self { c, degree: if constant { 0 } else { count - 1 }, err: 0.0 }
    }

    pub fn coefficients(&self) -> &[f64] {
        &self.c[..=self.degree]
    }

    pub fn err(&self) -> f64 {
        self.err
    }

    pub fn degree(&self) -> usize {
        self.degree
    }

    pub fn start(&self) -> f64 {
        self.c[0]
    }

    pub fn end(&self) -> f64 {
        self.c[self.degree]
    }

    /// Largest coefficient without sign.
    fn magnitude(&self) -> f64 {
        self.coefficients().iter().fold(0.0, |m: f64, c| m.max(c.abs()))
    }

    fn extent(&self) -> (f64, f64) {
        self.coefficients().iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &c| (l.min(c), h.max(c)))
    }

    /// Encloses every value on 0..1.
    pub fn range(&self) -> (f64, f64) {
        let (low, high) = self.extent();
        if self.err == 0.0 { (low, high) } else { ((low - self.err).next_down(), (high + self.err).next_up()) }
    }

    /// No value on 0..1 is below this.
    pub fn low(&self) -> f64 {
        self.range().0
    }

    /// No value on 0..1 is above this.
    pub fn high(&self) -> f64 {
        self.range().1
    }

    /// The same polynomial with more room.
    pub fn widen<const M: usize>(&self) -> Bernstein<M> {
        let mut c = [0.0; M];
        c[..=self.degree].copy_from_slice(self.coefficients());
        Bernstein { c, degree: self.degree, err: self.err }
    }

    /// The two halves, each on 0..1 again.
    pub fn split(&self) -> (Self, Self) {
        let d = self.degree;
        let (mut left, mut right) = (*self, *self);
        for level in 1..=d {
            for k in 0..=d - level {
                right.c[k] = 0.5 * (right.c[k] + right.c[k + 1]);
            }
            left.c[level] = right.c[0];
        }
        let err = self.err + 2.0 * d as f64 * U * self.magnitude();
        (left.err, right.err) = (err, err);
        (left, right)
    }

    /// The part between `from/whole` and `to/whole` of 0..1, for whole numbers 0 ≤ from < to ≤ whole below 2^53.
    pub fn part(&self, from: i64, to: i64, whole: i64) -> Self {
        let d = self.degree;
        if d == 0 || (from == 0 && to == whole) {
            return *self;
        }
        let mut r = *self;
        if from > 0 {
            let w = from as f64 / whole as f64;
            for level in 1..=d {
                for k in 0..=d - level {
                    r.c[k] += (r.c[k + 1] - r.c[k]) * w;
                }
            }
        }
        if to < whole {
            let w = (to - from) as f64 / (whole - from) as f64;
            for level in 1..=d {
                for k in (level..=d).rev() {
                    r.c[k] = r.c[k - 1] + (r.c[k] - r.c[k - 1]) * w;
                }
            }
        }
        let (low, high) = self.extent();
        r.err = self.err + 10.0 * d as f64 * U * (high - low + low.abs().max(high.abs()));
        r
    }

    /// The same polynomial written with a higher degree.
    pub fn elevated(&self, degree: usize) -> Self {
        let mut r = *self;
        if self.degree == 0 {
            r.c[..=degree].fill(self.c[0]);
            r.degree = degree;
            return r;
        }
        let (low, high) = self.extent();
        while r.degree < degree {
            let n = r.degree + 1;
            r.c[n] = r.c[n - 1];
            for k in (1..n).rev() {
                r.c[k] += (r.c[k - 1] - r.c[k]) * (k as f64 / n as f64);
            }
            r.degree = n;
            r.err += 5.0 * U * (high - low + low.abs().max(high.abs()));
        }
        r
    }

    fn zipped(&self, other: &Self, op: impl Fn(f64, f64) -> f64, err: f64) -> Self {
        let degree = self.degree.max(other.degree);
        let (mut r, b) = (self.elevated(degree), other.elevated(degree));
        for k in 0..=degree {
            r.c[k] = op(r.c[k], b.c[k]);
        }
        r.err = (r.err + b.err + err) * GROW + 2.0 * U * r.magnitude();
        r
    }

    pub fn plus(&self, other: &Self) -> Self {
        self.zipped(other, |a, b| a + b, 0.0)
    }

    /// The difference of two stored coordinates, each of which may stand for a decimal number half an ulp away.
    pub fn minus_coordinate(&self, other: &Self) -> Self {
        self.zipped(other, |a, b| a - b, U * (self.magnitude() + other.magnitude()))
    }

    pub fn minus(&self, constant: f64) -> Self {
        let mut r = *self;
        for c in &mut r.c[..=self.degree] {
            *c -= constant;
        }
        r.err = self.err * GROW + 2.0 * U * r.magnitude();
        r
    }

    /// Times a factor that is itself known to 5 units of rounding.
    pub fn times(&self, factor: f64) -> Self {
        let mut r = *self;
        for c in &mut r.c[..=self.degree] {
            *c *= factor;
        }
        r.err = self.err * factor.abs() * GROW + 8.0 * U * r.magnitude();
        r
    }

    /// Derivative by show time, for a stored coordinate (or a derivative of one) on a piece of `span_ms`.
    pub fn derivative(&self, span_ms: i64) -> Self {
        if self.degree == 0 {
            return Self { c: [0.0; N], degree: 0, err: 0.0 };
        }
        let mut r = *self;
        r.degree = self.degree - 1;
        let factor = self.degree as f64 * 1000.0 / span_ms as f64;
        for k in 0..=r.degree {
            r.c[k] = (self.c[k + 1] - self.c[k]) * factor;
        }
        let input_err = self.err.max(U * self.magnitude());
        r.err = 2.0 * input_err * factor * GROW + 4.0 * U * r.magnitude();
        r
    }
}

impl Bernstein<COORDINATE> {
    /// The square.
    pub fn squared(&self) -> Bernstein<SQUARE> {
        let d = self.degree;
        let mut c = [0.0; SQUARE];
        for i in 0..=d {
            c[2 * i] += SQUARE_WEIGHT[d][i][i] * (self.c[i] * self.c[i]);
            for j in i + 1..=d {
                c[i + j] += 2.0 * SQUARE_WEIGHT[d][i][j] * (self.c[i] * self.c[j]);
            }
        }
        let a = self.magnitude();
        Bernstein { c, degree: 2 * d, err: 16.0 * U * a * a + self.err * (2.0 * a + self.err) * GROW }
    }
}

/// `C(d,i) C(d,j) / C(2d,i+j)`: how the product of coefficients i and j counts in coefficient i+j of a square.
static SQUARE_WEIGHT: [[[f64; COORDINATE]; COORDINATE]; COORDINATE] = square_weights();

const fn square_weights() -> [[[f64; COORDINATE]; COORDINATE]; COORDINATE] {
    let mut w = [[[0.0; COORDINATE]; COORDINATE]; COORDINATE];
    let mut d = 0;
    while d < COORDINATE {
        let mut i = 0;
        while i <= d {
            let mut j = 0;
            while j <= d {
                w[d][i][j] = (binomial(d, i) * binomial(d, j)) as f64 / binomial(2 * d, i + j) as f64;
                j += 1;
            }
            i += 1;
        }
        d += 1;
    }
    w
}

/// `n` over `k`, for the small n used here.
pub const fn binomial(n: usize, k: usize) -> u64 {
    let (mut r, mut i) = (1u64, 0);
    while i < k {
        r = r * (n - i) as u64 / (i as u64 + 1);
        i += 1;
    }
    r
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(b: &[f64], u: f64) -> f64 {
        let d = b.len() - 1;
        let mut c = b.to_vec();
        for level in (1..=d).rev() {
            for k in 0..level {
                c[k] = c[k] * (1.0 - u) + c[k + 1] * u;
            }
        }
        c[0]
    }

    proptest! {
        /// Every operation is what its name says, to within the bound it states (plus the rounding of this oracle).
        #[test]
        fn operations_keep_their_bounds(
            c in prop::collection::vec(-900.0..900.0f64, 1..=8),
            e in prop::collection::vec(-900.0..900.0f64, 1..=8),
            u in 0.0..1.0f64, from in 0..500i64, len in 1..500i64,
        ) {
            let b = Bernstein::<COORDINATE>::exact(c.iter().copied());
            let o = Bernstein::<COORDINATE>::exact(e.iter().copied());
            let near = |got: f64, want: f64, err: f64, scale: f64| (got - want).abs() <= err + 1e-13 * scale;
            let (l, r) = b.split();
            prop_assert!(near(value(l.coefficients(), u), value(&c, u / 2.0), l.err, 900.0));
            prop_assert!(near(value(r.coefficients(), u), value(&c, 0.5 + u / 2.0), r.err, 900.0));
            let p = b.part(from, from + len, 1000);
            let at = (from as f64 + u * len as f64) / 1000.0;
            prop_assert!(near(value(p.coefficients(), u), value(&c, at), p.err, 9e3));
            prop_assert!(near(value(b.elevated(7).coefficients(), u), value(&c, u), b.elevated(7).err, 900.0));
            let m = b.minus_coordinate(&o);
            prop_assert!(near(value(m.coefficients(), u), value(&c, u) - value(&e, u), m.err, 1800.0));
            let s = b.squared();
            prop_assert!(near(value(s.coefficients(), u), value(&c, u).powi(2), s.err, 1e7));
            prop_assert!(s.low() <= value(&c, u).powi(2) && value(&c, u).powi(2) <= s.high());
            let d = b.derivative(2000);
            let h = 1e-5;
            let slope = (value(&c, u + h) - value(&c, u - h)) / (2.0 * h) / 2.0;
            prop_assert!((value(d.coefficients(), u) - slope).abs() < 1e-2 * (1.0 + d.magnitude()));
        }
    }

    #[test]
    fn constants_stay_exact() {
        let b = Bernstein::<COORDINATE>::exact([2.5, 2.5, 2.5].into_iter());
        assert_eq!((b.degree(), b.part(1, 2, 3).range()), (0, (2.5, 2.5)));
        assert_eq!(b.elevated(7).range(), (2.5, 2.5));
    }
}
