//! The velocity at a sample, from the samples around it.

use kapok_show::DVec3;

use super::stretch::Samples;

/// Samples each side, the widest window first.
const WINDOWS: [usize; 4] = [8, 4, 2, 1];
/// Share of the tolerance by which the samples of a window may be off their parabola: what is beyond is no noise.
const RESIDUAL_SHARE: f64 = 0.125;
/// The same in metres: files are rounded to millimetres at the coarsest, and wider windows would flatten bends.
const MAX_RESIDUAL_M: f64 = 0.001;

/// Velocity at sample `k`, m/s, from samples of `first..=last` only.
pub(super) fn velocity_m_s(data: &Samples, (first, last): (usize, usize), k: usize, tolerance_m: f64) -> DVec3 {
    let mut narrowest = DVec3::ZERO;
    for reach in WINDOWS {
        // At the end of a stretch the window lies on one side, and two intervals make a parabola.
        let reach_lo = if k == last { 2 * reach } else { reach };
        let reach_hi = if k == first { 2 * reach } else { reach };
        let window = (k.saturating_sub(reach_lo).max(first), (k + reach_hi).min(last));
        let describes = |residual_m: f64| residual_m <= (RESIDUAL_SHARE * tolerance_m).min(MAX_RESIDUAL_M);
        let (velocity, residual_m) = parabola(data, window, k);
        if describes(residual_m) {
            return velocity;
        }
        narrowest = velocity;
        if let Some((velocity, residual_m)) = cubic(data, window, k)
            && describes(residual_m)
        {
            return velocity;
        }
    }
    narrowest
}

/// Slope at `k` of the least-squares cubic over a window that holds it, and its largest residual. `None` for less than five
/// samples, which a cubic always describes.
///
/// Motion of constant jerk is a cubic: that is how design programs ease in and out.
fn cubic(data: &Samples, (lo, hi): (usize, usize), k: usize) -> Option<(DVec3, f64)> {
    if hi - lo < 4 {
        return None;
    }
    let (at_s, at_m) = (data.t_s[k], data.point(k));
    let unit_s = (data.t_s[hi] - at_s).max(at_s - data.t_s[lo]);
    let scaled = |i: usize| ((data.t_s[i] - at_s) / unit_s, data.point(i) - at_m);
    // Polynomials that are orthogonal over the samples, each from the two before (Forsythe 1957): with their values and
    // their slopes at 0, where the sample is.
    let count = (hi - lo + 1) as f64;
    let mut residual: Vec<DVec3> = (lo..=hi).map(|i| scaled(i).1).collect();
    let (mut last, mut this) = (vec![0.0; residual.len()], vec![1.0; residual.len()]);
    let ((mut last_at, mut last_slope), (mut at, mut slope)) = ((0.0, 0.0), (1.0, 0.0));
    let (mut last_norm, mut norm) = (1.0, count);
    let mut velocity = DVec3::ZERO;
    for degree in 0..=3 {
        let share = this.iter().zip(&residual).fold(DVec3::ZERO, |s, (q, r)| s + *r * *q) / norm;
        velocity += share * slope;
        for (r, q) in residual.iter_mut().zip(&this) {
            *r -= share * *q;
        }
        if degree == 3 {
            break;
        }
        let mean = (lo..=hi).zip(&this).map(|(i, q)| scaled(i).0 * q * q).sum::<f64>() / norm;
        let ratio = if degree == 0 { 0.0 } else { norm / last_norm };
        let next: Vec<f64> =
            (lo..=hi).zip(this.iter().zip(&last)).map(|(i, (q, p))| (scaled(i).0 - mean) * q - ratio * p).collect();
        let next_slope = at - mean * slope - ratio * last_slope;
        let next_at = -mean * at - ratio * last_at;
        (last_at, last_slope, at, slope) = (at, slope, next_at, next_slope);
        (last, this) = (this, next);
        (last_norm, norm) = (norm, this.iter().map(|q| q * q).sum());
    }
    Some((velocity / unit_s, residual.iter().map(|r| r.length()).fold(0.0, f64::max)))
}

/// Slope at `k` of the least-squares parabola over a window that holds it, and its largest residual.
fn parabola(data: &Samples, (lo, hi): (usize, usize), k: usize) -> (DVec3, f64) {
    if hi - lo < 2 {
        return (data.chord_m_s.get(lo).copied().unwrap_or_default(), 0.0);
    }
    // Times are scaled to −1..1 and positions taken from the sample, so that the equations are well conditioned.
    let (at_s, at_m) = (data.t_s[k], data.point(k));
    let unit_s = (data.t_s[hi] - at_s).max(at_s - data.t_s[lo]);
    let (mut s1, mut s2, mut s3, mut s4) = (0.0, 0.0, 0.0, 0.0);
    let (mut r0, mut r1, mut r2) = (DVec3::ZERO, DVec3::ZERO, DVec3::ZERO);
    let scaled = |i: usize| ((data.t_s[i] - at_s) / unit_s, data.point(i) - at_m);
    for (x, p) in (lo..=hi).map(scaled) {
        let xx = x * x;
        s1 += x;
        s2 += xx;
        s3 += xx * x;
        s4 += xx * xx;
        r0 += p;
        r1 += p * x;
        r2 += p * xx;
    }
    let n = (hi - lo + 1) as f64;
    // Adjugate of the symmetric matrix [[n, s1, s2], [s1, s2, s3], [s2, s3, s4]].
    let (m00, m01, m02) = (s2 * s4 - s3 * s3, s2 * s3 - s1 * s4, s1 * s3 - s2 * s2);
    let (m11, m12, m22) = (n * s4 - s2 * s2, s1 * s2 - n * s3, n * s2 - s1 * s1);
    let det = n * m00 + s1 * m01 + s2 * m02;
    let c0 = (r0 * m00 + r1 * m01 + r2 * m02) / det;
    let c1 = (r0 * m01 + r1 * m11 + r2 * m12) / det;
    let c2 = (r0 * m02 + r1 * m12 + r2 * m22) / det;
    let residual_m = (lo..=hi).map(scaled).map(|(x, p)| (c0 + (c1 + c2 * x) * x - p).length()).fold(0.0, f64::max);
    (c1 / unit_s, residual_m)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parabolas_are_exact_whatever_the_spacing() {
        let at = |t_s: f64| DVec3::new(1.0 + 2.0 * t_s - 3.0 * t_s * t_s, 7.0, -0.5 * t_s * t_s);
        let times = [0i64, 40, 90, 100, 333, 334, 500, 900, 1000, 1700];
        let points: Vec<(i64, DVec3)> = times.iter().map(|&t_ms| (t_ms, at(t_ms as f64 / 1000.0))).collect();
        let data = Samples::new(&points);
        for (k, &t_ms) in times.iter().enumerate() {
            let t_s = t_ms as f64 / 1000.0;
            let found = velocity_m_s(&data, (0, 9), k, 0.01);
            assert!(found.distance(DVec3::new(2.0 - 6.0 * t_s, 0.0, -t_s)) < 1e-9, "{found} at {t_s} s");
        }
    }

    #[test]
    fn constant_jerk_is_exact_whatever_the_spacing() {
        let at = |t_s: f64| DVec3::new(1.0 + t_s * t_s * (3.0 - 2.0 * t_s), 7.0 * t_s, -0.5 * t_s * t_s * t_s);
        let times = [0i64, 40, 90, 300, 333, 500, 700, 900, 1000];
        let points: Vec<(i64, DVec3)> = times.iter().map(|&t_ms| (t_ms, at(t_ms as f64 / 1000.0))).collect();
        let data = Samples::new(&points);
        for (k, &t_ms) in times.iter().enumerate() {
            let t_s = t_ms as f64 / 1000.0;
            let found = velocity_m_s(&data, (0, 8), k, 0.01);
            assert!(
                found.distance(DVec3::new(6.0 * t_s * (1.0 - t_s), 7.0, -1.5 * t_s * t_s)) < 1e-9,
                "{found} at {t_s} s"
            );
        }
    }

    #[test]
    fn rounding_is_averaged_out_and_bends_are_not() {
        // 1 m/s rounded to millimetres at 125 Hz: neighbours alone would say 0.875 to 1.125 m/s.
        let points: Vec<(i64, DVec3)> =
            (0..40).map(|k| (7 * k, DVec3::X * (0.0073 * k as f64 * 1000.0).round() / 1000.0)).collect();
        let data = Samples::new(&points);
        let found = velocity_m_s(&data, (0, 39), 20, 0.01).x;
        assert!((found - 0.0073 / 0.007).abs() < 0.01, "{found}");
        // A fast wave: the wide windows do not describe it and are not used.
        let wave = |t_s: f64| DVec3::Z * kapok_show::math::sin(6.0 * t_s);
        let points: Vec<(i64, DVec3)> = (0..40).map(|k| (40 * k, wave(0.04 * k as f64))).collect();
        let found = velocity_m_s(&Samples::new(&points), (0, 39), 20, 0.01).z;
        assert!((found - 6.0 * kapok_show::math::cos(6.0 * 0.8)).abs() < 0.1, "{found}");
    }
}
