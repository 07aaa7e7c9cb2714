//! Starts and ends of a motion that lie between two samples.
//!
//! A motion that leaves a rest inside a sample step has gone less far at the next sample than one that leaves at the sample
//! before; a curve that leaves at a sample has to hurry or to lag, by half of the true acceleration and more. So the instant
//! is found: the one from which a cubic that starts at rest describes the samples behind best.
//!
//! A motion that leaves shortly before a sample has not gone as far there as samples are rounded to, so that the sample seems
//! to be one of the rest. So the instant is looked for on both sides of the last sample of the rest; if it lies within the
//! rest, that sample is put where the cubic is.

use kapok_show::DVec3;

use super::stretch::{Samples, Span};

/// Samples that are described, the widest window first. With four a cubic from rest at a free instant is determined and
/// checked.
const WINDOWS: [usize; 3] = [8, 6, 4];
/// Share of the tolerance by which samples may be off the cubic, and the most in metres: as for the slopes.
const RESIDUAL_SHARE: f64 = 0.125;
const MAX_RESIDUAL_M: f64 = 0.001;
/// First search: instants in a sample step.
const COARSE: i64 = 24;

/// Where a motion leaves its rest, if not at a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Leave {
    ms: i64,
    /// Place at the sample that ends the rest, if the motion has left by then.
    passed_m: Option<DVec3>,
}

/// The samples with a sample of the rest more for each start and end of a motion that lies between two of them; a sample of
/// the rest that the motion has left already is moved along, to a place between the rest and the first sample that moved. And the
/// instants of the samples that were added.
///
/// # Complexity
/// Linear in the samples, and logarithmic in the milliseconds between two, for each rest.
pub(super) fn with_free_ends(data: &Samples, spans: &[Span], tolerance_m: f64) -> (Vec<(i64, DVec3)>, Vec<i64>) {
    let mut all = data.points.to_vec();
    let mut added: Vec<(i64, DVec3)> = Vec::new();
    for motion in spans.split(|span| matches!(span, Span::Rest { .. })) {
        let stretches =
            || motion.iter().filter_map(|s| if let Span::Motion(stretch) = s { Some(stretch) } else { None });
        let (Some(one), Some(other)) = (stretches().next(), stretches().next_back()) else { continue };
        // Corners inside do not bound what is looked at: one beside a rest may be seen only because the instant is not known.
        let (first, last) = (one.first, other.last);
        let start = if one.first_is_corner { None } else { leave(data, first, last, tolerance_m) };
        let end = if other.last_is_corner { None } else { leave(data, last, first, tolerance_m) };
        // In a single interval they may not cross.
        if matches!((start, end), (Some(a), Some(b)) if b.ms <= a.ms) {
            continue;
        }
        for (sample, found) in [(first, start), (last, end)] {
            let Some(found) = found else { continue };
            added.push((found.ms, data.point(sample)));
            if let Some(passed_m) = found.passed_m {
                all[sample].1 = passed_m;
            }
        }
    }
    let mut instants_ms: Vec<i64> = added.iter().map(|p| p.0).collect();
    instants_ms.sort_unstable();
    all.extend(added);
    all.sort_by_key(|p| p.0);
    (all, instants_ms)
}

/// Where the motion leaves the rest at sample `rest` towards sample `far`, forwards or backwards in time; `None` if that is the
/// sample itself, or if no cubic tells.
fn leave(data: &Samples, rest: usize, far: usize, tolerance_m: f64) -> Option<Leave> {
    let forwards = far > rest;
    let away = |k: usize| if forwards { rest + k } else { rest - k };
    let count = rest.abs_diff(far);
    let rest_ms = data.points[rest].0;
    let step_ms = data.points[away(1)].0 - rest_ms;
    // The half of the interval of rest before; its other half is for the motion that comes to this rest.
    let before = if forwards { rest.checked_sub(1) } else { Some(rest + 1) };
    let before_ms = before.and_then(|k| data.points.get(k)).map_or(rest_ms, |p| p.0);
    let earliest_ms = rest_ms - (rest_ms - before_ms) / 2;
    let (low_ms, high_ms) = if forwards { (earliest_ms, rest_ms + step_ms) } else { (rest_ms + step_ms, earliest_ms) };
    let is_between = |ms: &i64| (low_ms + 1..high_ms).contains(ms) && *ms != rest_ms;
    let max_residual_m = (RESIDUAL_SHARE * tolerance_m).min(MAX_RESIDUAL_M);
    for window in WINDOWS {
        if window > count {
            continue;
        }
        let moved: Vec<(i64, DVec3)> =
            (1..=window).map(|k| (data.points[away(k)].0, data.point(away(k)) - data.point(rest))).collect();
        let off_m = |ms: i64| Departure::new(&moved, ms).residual_m(&moved, rest_ms);
        let first_ms = if forwards { low_ms } else { high_ms };
        let at = |k: i64| first_ms + (rest_ms + step_ms - first_ms) * k / COARSE;
        let best = (0..COARSE).map(at).min_by(|a, b| off_m(*a).total_cmp(&off_m(*b)))?;
        // Between the neighbours of the best, by thirds.
        let reach_ms = (rest_ms + step_ms - first_ms).abs() / COARSE + 1;
        let (mut low, mut high) = (best - reach_ms, best + reach_ms);
        while high - low > 2 {
            let third = (high - low) / 3;
            if off_m(low + third) <= off_m(high - third) { high -= third.max(1) } else { low += third.max(1) }
        }
        let found = (low..=high).filter(is_between).min_by(|a, b| off_m(*a).total_cmp(&off_m(*b)));
        let Some(found) = found else { continue };
        if off_m(found) <= max_residual_m && off_m(found) < off_m(rest_ms) {
            // Whole milliseconds: a motion that is one longer, not one that is shorter, keeps its limit.
            let outside = found - step_ms.signum();
            let ms = if is_between(&outside) { outside } else { found };
            let has_passed = (rest_ms - ms) * step_ms.signum() > 0;
            let passed_m = has_passed.then(|| {
                let (offset_m, ahead_m) = (Departure::new(&moved, ms).at(rest_ms), moved[0].1);
                // Between the rest and the first sample that moved: beyond either the samples do not go.
                data.point(rest) + offset_m.clamp(ahead_m.min(DVec3::ZERO), ahead_m.max(DVec3::ZERO))
            });
            return Some(Leave { ms, passed_m });
        }
    }
    None
}

/// A cubic `A s² + B s³`, `s` the time since it leaves its rest in units of `scale_s`.
struct Departure {
    from_ms: i64,
    scale_s: f64,
    square: DVec3,
    cube: DVec3,
}

impl Departure {
    /// The least-squares cubic through places at times.
    fn new(moved: &[(i64, DVec3)], from_ms: i64) -> Self {
        let scale_s = moved.iter().map(|p| (p.0 - from_ms).abs()).max().unwrap_or(1).max(1) as f64;
        let (mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0);
        let (mut ap, mut bp) = (DVec3::ZERO, DVec3::ZERO);
        for &(t_ms, p) in moved {
            let s = (t_ms - from_ms) as f64 / scale_s;
            let (a, b) = (s * s, s * s * s);
            aa += a * a;
            ab += a * b;
            bb += b * b;
            ap += p * a;
            bp += p * b;
        }
        let det = aa * bb - ab * ab;
        Self { from_ms, scale_s, square: (ap * bb - bp * ab) / det, cube: (bp * aa - ap * ab) / det }
    }

    fn at(&self, t_ms: i64) -> DVec3 {
        let s = (t_ms - self.from_ms) as f64 / self.scale_s;
        self.square * (s * s) + self.cube * (s * s * s)
    }

    /// Largest distance from the places, and from the rest at `rest_ms` if it has left by then.
    fn residual_m(&self, moved: &[(i64, DVec3)], rest_ms: i64) -> f64 {
        let (first_ms, _) = moved[0];
        let has_left = (first_ms > rest_ms) == (rest_ms > self.from_ms) && rest_ms != self.from_ms;
        let passed_m = if has_left { self.at(rest_ms).length() } else { 0.0 };
        moved.iter().map(|&(t_ms, p)| (self.at(t_ms) - p).length()).fold(passed_m, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::super::stretch::spans;
    use super::*;

    #[test]
    fn the_start_and_the_end_of_an_eased_move_are_found_to_the_millisecond() {
        for (start_ms, duration_ms) in [(1042, 5000), (1125, 5030), (1001, 3000), (1249, 2200), (1000, 2200)] {
            let at = |t_ms: i64| {
                let u = ((t_ms - start_ms) as f64 / duration_ms as f64).clamp(0.0, 1.0);
                DVec3::new(7.0, -2.0, 3.0) * (u * u * (3.0 - 2.0 * u))
            };
            let points: Vec<(i64, DVec3)> = (0..50).map(|k| (250 * k, (at(250 * k) * 1e4).round() / 1e4)).collect();
            let data = Samples::new(&points);
            let (_, inside) = with_free_ends(&data, &spans(&data, &[], 0.01), 0.01);
            let ends = [start_ms, start_ms + duration_ms];
            let is_near = |a: &i64, list: &[i64]| list.iter().any(|b| (a - b).abs() <= 2);
            assert!(inside.iter().all(|t_ms| is_near(t_ms, &ends)), "{inside:?} {ends:?}");
            // What is within a few milliseconds of a sample cannot be told from it.
            let far = |t_ms: &&i64| (3..=247).contains(&(*t_ms % 250));
            assert!(ends.iter().filter(far).all(|t_ms| is_near(t_ms, &inside)), "{inside:?} {ends:?}");
        }
    }

    #[test]
    fn noise_tells_nothing() {
        // Steps of a metre at every sample: no cubic from rest.
        let points: Vec<(i64, DVec3)> =
            (0..30).map(|k| (250 * k, DVec3::X * if k < 5 { 0.0 } else { f64::from((k * 7 % 5) as i32) })).collect();
        let data = Samples::new(&points);
        assert_eq!(with_free_ends(&data, &spans(&data, &[], 0.01), 0.01), (points.clone(), vec![]));
    }
}
