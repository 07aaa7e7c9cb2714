use std::ops::{Add, Mul};

/// Replaces the control points of a curve over 0..1 by those of its part over `u0..u1` (de Casteljau, twice).
///
/// ```
/// let mut line = [0.0, 8.0];
/// kapok_motion::bezier::restrict(&mut line, 0.25, 0.75);
/// assert_eq!(line, [2.0, 6.0]);
/// ```
pub fn restrict<T>(control: &mut [T], u0: f64, u1: f64)
where
    T: Copy + Add<Output = T> + Mul<f64, Output = T>,
{
    let n = control.len();
    for level in 1..n {
        for k in (level..n).rev() {
            control[k] = control[k - 1] * (1.0 - u1) + control[k] * u1;
        }
    }
    let u = if u1 > 0.0 { u0 / u1 } else { 0.0 };
    for level in 1..n {
        for k in 0..n - level {
            control[k] = control[k] * (1.0 - u) + control[k + 1] * u;
        }
    }
}

/// Raises the degree: the first `from + 1` values become `to + 1`. The ends stay bit by bit.
pub fn elevate<T>(control: &mut [T], from: usize, to: usize)
where
    T: Copy + Add<Output = T> + Mul<f64, Output = T>,
{
    for degree in from..to {
        control[degree + 1] = control[degree];
        for k in (1..=degree).rev() {
            let share = k as f64 / (degree + 1) as f64;
            control[k] = control[k - 1] * share + control[k] * (1.0 - share);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(control: &[f64], u: f64) -> f64 {
        let mut c = control.to_vec();
        for level in (1..c.len()).rev() {
            for k in 0..level {
                c[k] = c[k] * (1.0 - u) + c[k + 1] * u;
            }
        }
        c[0]
    }

    proptest! {
        #[test]
        fn the_curve_stays_the_same(
            control in prop::collection::vec(-9.0..9.0f64, 1..8),
            to in 0usize..8, u in 0.0..1.0f64, a in 0.0..1.0f64, b in 0.0..1.0f64,
        ) {
            let degree = control.len() - 1;
            let to = to.max(degree);
            let mut raised = [0.0; 8];
            raised[..=degree].copy_from_slice(&control);
            elevate(&mut raised, degree, to);
            prop_assert!((value(&raised[..=to], u) - value(&control, u)).abs() < 1e-12);
            prop_assert_eq!((raised[0].to_bits(), raised[to].to_bits()), (control[0].to_bits(), control[degree].to_bits()));
            let (u0, u1) = (a.min(b), a.max(b));
            let mut part = control.clone();
            restrict(&mut part, u0, u1);
            prop_assert!((value(&part, u) - value(&control, u0 + (u1 - u0) * u)).abs() < 1e-12);
        }
    }
}
