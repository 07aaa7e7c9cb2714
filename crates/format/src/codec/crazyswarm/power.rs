//! Polynomials in powers, and the same curves by control points.

use std::ops::{Add, Mul};

/// Coefficients of one polynomial.
pub const COEFFICIENTS: usize = 8;

/// C(n, k) for n up to 7.
fn binomial(n: usize, k: usize) -> f64 {
    (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64)
}

/// Control points over 0..1 of the polynomial with these coefficients in u, degree `a.len() − 1`.
pub fn control_from_powers<T>(a: &[T]) -> Vec<T>
where
    T: Copy + Add<Output = T> + Mul<f64, Output = T>,
{
    let d = a.len() - 1;
    (0..=d).map(|k| (1..=k).fold(a[0], |sum, i| sum + a[i] * (binomial(k, i) / binomial(d, i)))).collect()
}

/// Coefficients in u of the Bézier curve with these control points.
pub fn powers_from_control<T>(c: &[T]) -> Vec<T>
where
    T: Copy + Add<Output = T> + Mul<f64, Output = T>,
{
    let d = c.len() - 1;
    let sign = |odd: usize| if odd % 2 == 1 { -1.0 } else { 1.0 };
    (0..=d)
        .map(|i| {
            let first = c[i];
            let sum = (0..i).fold(first, |sum, j| sum + c[j] * (sign(i - j) * binomial(i, j)));
            sum * binomial(d, i)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_and_control_points_are_the_same_curve() {
        // u² has the control points 0, 0, 1 as a parabola.
        assert_eq!(control_from_powers(&[0.0, 0.0, 1.0]), [0.0, 0.0, 1.0]);
        assert_eq!(powers_from_control(&[0.0, 0.0, 1.0]), [0.0, 0.0, 1.0]);
        let a = [3.0, -1.0, 0.5, 7.0, -2.0, 0.25, 1.0, -9.0];
        let c = control_from_powers(&a);
        assert!((c[7] - a.iter().sum::<f64>()).abs() < 1e-12, "at u = 1 the powers add up");
        for (found, wanted) in powers_from_control(&c).iter().zip(a) {
            assert!((found - wanted).abs() < 1e-9, "{found}, not {wanted}");
        }
    }
}
