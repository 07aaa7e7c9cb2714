//! Polynomial CSV of Crazyswarm and uav_trajectories: one file a vehicle, one row a piece.
//!
//! The header is `duration,x^0,…,x^7,y^0,…,y^7,z^0,…,z^7,yaw^0,…,yaw^7`. A row holds the duration in seconds and the
//! coefficients of four polynomials in the seconds since the piece began: x ahead, y to the left, z up (metres), yaw
//! counter-clockwise seen from above (radians). Vehicles are named after their files; all begin at time 0. Lights, site,
//! limits and pads do not exist here.
//!
//! # Loss
//! A polynomial of degree 7 over `[0, T]` is a Bézier piece with `c_k = Σ_{i≤k} C(k,i)/C(7,i) a_i T^i`, so motion is exact
//! but for the rounding of `f64`, which is measured when writing, and for durations that are no whole milliseconds. Yaw of
//! degree 2 and more becomes straight lines between instants; how far these are off is stated. Yaw that is 0 throughout
//! counts as not said.

mod read;
mod write;

use std::ops::{Add, Mul};

pub use read::{read_crazyswarm, read_crazyswarm_files};
pub use write::{CrazyswarmExport, write_crazyswarm};

pub(crate) use read::read_files;

/// Coefficients of one polynomial.
const COEFFICIENTS: usize = 8;

/// C(n, k) for n up to 7.
fn binomial(n: usize, k: usize) -> f64 {
    (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64)
}

/// Control points over 0..1 of the polynomial with these coefficients in u, degree `a.len() − 1`.
fn control_from_powers<T>(a: &[T]) -> Vec<T>
where
    T: Copy + Add<Output = T> + Mul<f64, Output = T>,
{
    let d = a.len() - 1;
    (0..=d).map(|k| (1..=k).fold(a[0], |sum, i| sum + a[i] * (binomial(k, i) / binomial(d, i)))).collect()
}

/// Coefficients in u of the Bézier curve with these control points.
fn powers_from_control<T>(c: &[T]) -> Vec<T>
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
