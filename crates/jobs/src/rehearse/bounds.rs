use kapok_show::math;
use schemars::JsonSchema;
use serde::Serialize;

/// A share of runs, and what n runs say of the probability behind it at 95 % confidence.
///
/// The exact interval (Clopper and Pearson 1934) is for claims, Wilson's (1927), which is narrower and on average right, for charts.
/// Of none, and of all, the whole 5 % stands on the one side that is open: the rule of three.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ShareOfRuns {
    /// Runs in which it happened.
    pub count: u32,
    /// Runs.
    pub of: u32,
    /// Lower end of the exact interval.
    pub lower_95: f64,
    /// Upper end of the exact interval.
    pub upper_95: f64,
    /// Lower end of Wilson's interval.
    pub wilson_lower_95: f64,
    /// Upper end of Wilson's interval.
    pub wilson_upper_95: f64,
}

impl ShareOfRuns {
    /// `count` of `of` runs; a count above that is all of them.
    ///
    /// # Complexity
    /// O(of).
    pub fn new(count: u32, of: u32) -> Self {
        let count = count.min(of);
        let (wilson_lower_95, wilson_upper_95) = wilson_95(count, of);
        // The bound from below is the one from above of what did not happen.
        let (lower_95, upper_95) = (1.0 - upper_95(of - count, of), upper_95(count, of));
        Self { count, of, lower_95, upper_95, wilson_lower_95, wilson_upper_95 }
    }
}

/// The probability under which so few hits in so many runs have a chance of 2.5 %; 5 % for none.
fn upper_95(hits: u32, runs: u32) -> f64 {
    if hits >= runs {
        return 1.0;
    }
    let tail = if hits == 0 { 0.05 } else { 0.025 };
    // The chance of at most `hits` falls as p rises: halve the interval.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let p = 0.5 * (low + high);
        if at_most(hits, runs, p) > tail { low = p } else { high = p }
    }
    0.5 * (low + high)
}

/// Probability of at most k hits in n runs of probability p, in logarithms.
fn at_most(k: u32, n: u32, p: f64) -> f64 {
    let (hit, miss) = (math::ln(p), math::ln(1.0 - p));
    let mut log_choose = 0.0;
    let mut sum = 0.0;
    for i in 0..=k {
        sum += math::exp(log_choose + f64::from(i) * hit + f64::from(n - i) * miss);
        log_choose += math::ln(f64::from(n - i)) - math::ln(f64::from(i + 1));
    }
    sum
}

/// Wilson's interval: `(p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)`.
fn wilson_95(hits: u32, runs: u32) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    if runs == 0 {
        return (0.0, 1.0);
    }
    let n = f64::from(runs);
    let p = f64::from(hits) / n;
    let z2 = Z * Z / n;
    let middle = p + 0.5 * z2;
    let half = Z * (p * (1.0 - p) / n + 0.25 * z2 / n).sqrt();
    let whole = 1.0 + z2;
    (((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables of Clopper and Pearson; the rule of three.
    #[test]
    fn bounds_are_those_of_the_tables() {
        assert!((upper_95(0, 200) - (1.0 - math::pow(0.05, 1.0 / 200.0))).abs() < 1e-9);
        assert!((upper_95(0, 200) - 0.0149).abs() < 1e-4);
        assert!((upper_95(1, 10) - 0.4450).abs() < 1e-4, "{}", upper_95(1, 10));
        assert!((upper_95(5, 100) - 0.1128).abs() < 1e-4, "{}", upper_95(5, 100));
        assert_eq!(upper_95(3, 3), 1.0);
    }

    /// Both ends, as R's `binom.test` and `prop.test(correct = FALSE)` give them.
    #[test]
    fn intervals_are_those_that_are_published() {
        let near = |found: f64, stated: f64| assert!((found - stated).abs() < 5e-5, "{found}, {stated} expected");
        let half = ShareOfRuns::new(5, 10);
        near(half.lower_95, 0.187_086);
        near(half.upper_95, 0.812_914);
        near(half.wilson_lower_95, 0.236_593);
        near(half.wilson_upper_95, 0.763_407);
        let few = ShareOfRuns::new(2, 20);
        near(few.lower_95, 0.012_349);
        near(few.upper_95, 0.316_983);
        near(few.wilson_lower_95, 0.027_866);
        near(few.wilson_upper_95, 0.301_034);
        let none = ShareOfRuns::new(0, 20);
        near(none.lower_95, 0.0);
        near(none.upper_95, 1.0 - math::pow(0.05, 1.0 / 20.0));
        near(none.wilson_lower_95, 0.0);
        near(none.wilson_upper_95, 0.161_125);
        let all = ShareOfRuns::new(20, 20);
        near(all.lower_95, math::pow(0.05, 1.0 / 20.0));
        assert_eq!((all.upper_95, ShareOfRuns::new(0, 0).upper_95), (1.0, 1.0));
    }

    /// The exact interval holds Wilson's share and itself: it covers what it claims, and grows narrower with runs.
    #[test]
    fn intervals_hold_the_share_and_narrow_with_runs() {
        for of in [1, 2, 7, 30, 400] {
            for count in 0..=of.min(40) {
                let s = ShareOfRuns::new(count, of);
                let p = f64::from(count) / f64::from(of);
                assert!(s.lower_95 <= p && p <= s.upper_95, "{s:?}");
                assert!(s.wilson_lower_95 <= p + 1e-12 && p <= s.wilson_upper_95 + 1e-12, "{s:?}");
                let more = ShareOfRuns::new(10 * count, 10 * of);
                assert!(more.upper_95 - more.lower_95 < s.upper_95 - s.lower_95, "{s:?}, {more:?}");
            }
        }
    }
}
