use kapok_show::math;

/// A distance that takes longer than `time_s`, but only just: [`rest_to_rest_s`] the other way round.
pub fn farthest_m(time_s: f64, v: f64, a: f64, j: f64) -> f64 {
    let mut beyond_m = v * time_s + f64::MIN_POSITIVE;
    let mut within_m = 0.0;
    while rest_to_rest_s(beyond_m, v, a, j) <= time_s {
        beyond_m *= 2.0;
    }
    for _ in 0..60 {
        let middle_m = 0.5 * (within_m + beyond_m);
        if rest_to_rest_s(middle_m, v, a, j) <= time_s {
            within_m = middle_m;
        } else {
            beyond_m = middle_m;
        }
    }
    beyond_m * (1.0 + 1e-12)
}

/// Shortest time from rest to rest over a straight distance under limits on speed, acceleration and jerk, seconds.
///
/// # Shapes, units and frames
/// Distance in metres, at least 0; limits above 0 in m/s, m/s², m/s³.
///
/// # Source
/// The jerk-limited double-S profile, each case integrated in closed form (Biagiotti and Melchiorri 2008, chapter 3.4).
///
/// ```
/// use kapok_motion::timing::rest_to_rest_s;
/// // Half a metre under a jerk of 4 m/s³ alone: the cube root of 32 D/j.
/// let alone = rest_to_rest_s(0.5, 100.0, 100.0, 4.0);
/// assert!((alone.powi(3) - 32.0 * 0.5 / 4.0).abs() < 1e-12);
/// ```
#[inline]
pub fn rest_to_rest_s(distance_m: f64, v: f64, a: f64, j: f64) -> f64 {
    let d = distance_m;
    if d <= 0.0 {
        return 0.0;
    }
    let reaches_a = v * j >= a * a;
    let ramps_s = if reaches_a { v / a + a / j } else { 2.0 * (v / j).sqrt() };
    if d >= v * ramps_s {
        return d / v + ramps_s;
    }
    if reaches_a && d >= 2.0 * a * a * a / (j * j) {
        let t = a / j;
        return t + (t * t + 4.0 * d / a).sqrt();
    }
    math::cbrt(32.0 * d / j)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cases_meet_and_match_known_values() {
        // Long, at v = 6, a = 3, j = 6: D/v + v/a + a/j.
        assert!((rest_to_rest_s(70.893, 6.0, 3.0, 6.0) - 14.3155).abs() < 1e-9);
        assert!((rest_to_rest_s(4.045, 6.0, 3.0, 6.0) - 2.876).abs() < 1e-3);
        for (v, a, j) in [(6.0, 3.0, 6.0), (1.0, 3.0, 2.0)] {
            for knee in
                [v * (if v * j >= a * a { v / a + a / j } else { 2.0 * f64::sqrt(v / j) }), 2.0 * a * a * a / (j * j)]
            {
                let (below, above) =
                    (rest_to_rest_s(knee * (1.0 - 1e-9), v, a, j), rest_to_rest_s(knee * (1.0 + 1e-9), v, a, j));
                assert!((below - above).abs() < 1e-6, "v {v} a {a} j {j} knee {knee}");
            }
        }
    }

    proptest! {
        /// Integrating the jerk of the profile covers the distance in that time and keeps the limits: no faster than is said.
        /// The two functions are each other's inverse.
        #[test]
        fn the_profile_covers_the_distance(d in 0.01..200.0f64, v in 0.5..9.0f64, a in 0.5..5.0f64, j in 0.5..9.0f64) {
            // Phases of the double S: ramp r, constant acceleration p, cruise c, by bisection on the speed that is reached.
            let phases = |top: f64| {
                let r = (a / j).min((top / j).sqrt());
                (r, (top / (j * r) - r).max(0.0))
            };
            let covered = |top: f64| {
                let (r, p) = phases(top);
                top * (2.0 * r + p)
            };
            let (mut low, mut high) = (0.0, v);
            for _ in 0..200 {
                let top = f64::midpoint(low, high);
                if covered(top) <= d { low = top } else { high = top }
            }
            let top = f64::midpoint(low, high);
            let (r, p) = phases(top);
            let cruise = ((d - covered(top)) / top).max(0.0);
            let time_s = 2.0 * (2.0 * r + p) + cruise;
            prop_assert!((rest_to_rest_s(d, v, a, j) - time_s).abs() < 1e-6 * (1.0 + time_s), "{time_s}");
            let far_m = farthest_m(time_s, v, a, j);
            prop_assert!((far_m - d).abs() < 1e-5 * (1.0 + d), "{far_m} {d}");
        }
    }
}
