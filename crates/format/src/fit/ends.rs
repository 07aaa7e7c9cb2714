//! Starts and ends of a motion that lie between two samples.
//!
//! A motion that leaves a rest inside a sample step has gone less far at the next sample than one that leaves at the sample
//! before; a curve that leaves at a sample has to hurry or to lag, by half of the true acceleration and more. So the instant
//! is found: the one from which a cubic that starts at rest describes the samples behind best.

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

/// The samples with a sample of the rest more for each start and end of a motion that lies between two of them.
///
/// # Complexity
/// Linear in the samples, and logarithmic in the milliseconds between two, for each rest.
pub(super) fn with_free_ends(data: &Samples, spans: &[Span], tolerance_m: f64) -> Vec<(i64, DVec3)> {
    let mut more: Vec<(i64, DVec3)> = Vec::new();
    for motion in spans.split(|span| matches!(span, Span::Rest { .. })) {
        let stretches =
            || motion.iter().filter_map(|s| if let Span::Motion(stretch) = s { Some(stretch) } else { None });
        let (Some(one), Some(other)) = (stretches().next(), stretches().next_back()) else { continue };
        // Corners inside do not bound what is looked at: one beside a rest may be seen only because the instant is not known.
        let (first, last) = (one.first, other.last);
        let start_ms = if one.first_is_corner { None } else { leaves_ms(data, first, last, tolerance_m) };
        let end_ms = if other.last_is_corner { None } else { leaves_ms(data, last, first, tolerance_m) };
        // In a single interval they may not cross.
        let crossed = matches!((start_ms, end_ms), (Some(a), Some(b)) if b <= a);
        if !crossed {
            more.extend(start_ms.map(|ms| (ms, data.point(first))));
            more.extend(end_ms.map(|ms| (ms, data.point(last))));
        }
    }
    let mut all = [data.points, &more[..]].concat();
    all.sort_by_key(|p| p.0);
    all
}

/// The instant at which the motion leaves the rest at sample `rest` towards sample `far`, forwards or backwards in time; `None`
/// if that is the sample itself, or if no cubic tells.
fn leaves_ms(data: &Samples, rest: usize, far: usize, tolerance_m: f64) -> Option<i64> {
    let forwards = far > rest;
    let away = |k: usize| if forwards { rest + k } else { rest - k };
    let count = rest.abs_diff(far);
    let next_ms = data.points[away(1)].0;
    let step_ms = next_ms - data.points[rest].0;
    for window in WINDOWS {
        if window > count {
            continue;
        }
        let moved: Vec<(i64, DVec3)> =
            (1..=window).map(|k| (data.points[away(k)].0, data.point(away(k)) - data.point(rest))).collect();
        let off_m = |ms: i64| residual_m(&moved, ms);
        let at = |k: i64| data.points[rest].0 + step_ms * k / COARSE;
        let best = (0..COARSE).map(at).min_by(|a, b| off_m(*a).total_cmp(&off_m(*b)))?;
        // Between the neighbours of the best, by thirds.
        let reach_ms = step_ms.abs() / COARSE + 1;
        let (mut low, mut high) = (best - reach_ms, best + reach_ms);
        while high - low > 2 {
            let third = (high - low) / 3;
            if off_m(low + third) <= off_m(high - third) { high -= third.max(1) } else { low += third.max(1) }
        }
        let is_between =
            |ms: &i64| if forwards { (at(0) + 1..next_ms).contains(ms) } else { (next_ms + 1..at(0)).contains(ms) };
        let found = (low..=high).filter(is_between).min_by(|a, b| off_m(*a).total_cmp(&off_m(*b)));
        let Some(found) = found else { continue };
        if off_m(found) <= (RESIDUAL_SHARE * tolerance_m).min(MAX_RESIDUAL_M) && off_m(found) < off_m(at(0)) {
            // Whole milliseconds: a motion that is one longer, not one that is shorter, keeps its limit.
            let outside = found - step_ms.signum();
            return Some(if is_between(&outside) { outside } else { found });
        }
    }
    None
}

/// Largest residual of the least-squares `A s² + B s³` over places at times, `s` the time since `from_ms`.
fn residual_m(moved: &[(i64, DVec3)], from_ms: i64) -> f64 {
    let scale_s = moved.iter().map(|p| (p.0 - from_ms).abs()).max().unwrap_or(1).max(1) as f64;
    let basis = |t_ms: i64| {
        let s = (t_ms - from_ms) as f64 / scale_s;
        (s * s, s * s * s)
    };
    let (mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0);
    let (mut ap, mut bp) = (DVec3::ZERO, DVec3::ZERO);
    for &(t_ms, p) in moved {
        let (a, b) = basis(t_ms);
        aa += a * a;
        ab += a * b;
        bb += b * b;
        ap += p * a;
        bp += p * b;
    }
    let det = aa * bb - ab * ab;
    let (square, cube) = ((ap * bb - bp * ab) / det, (bp * aa - ap * ab) / det);
    let off = |&(t_ms, p): &(i64, DVec3)| {
        let (a, b) = basis(t_ms);
        (square * a + cube * b - p).length()
    };
    moved.iter().map(off).fold(0.0, f64::max)
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
            let found = with_free_ends(&data, &spans(&data, 0.01), 0.01);
            let inside: Vec<i64> = found.iter().map(|p| p.0).filter(|t_ms| t_ms % 250 != 0).collect();
            let ends = [start_ms, start_ms + duration_ms];
            let is_near = |a: &i64, list: &[i64]| list.iter().any(|b| (a - b).abs() <= 2);
            assert!(inside.iter().all(|t_ms| is_near(t_ms, &ends)), "{inside:?} {ends:?}");
            // What is within a few milliseconds of a sample cannot be told from it.
            let far = |t_ms: &&i64| (15..=235).contains(&(*t_ms % 250));
            assert!(ends.iter().filter(far).all(|t_ms| is_near(t_ms, &inside)), "{inside:?} {ends:?}");
        }
    }

    #[test]
    fn noise_tells_nothing() {
        // Steps of a metre at every sample: no cubic from rest.
        let points: Vec<(i64, DVec3)> =
            (0..30).map(|k| (250 * k, DVec3::X * if k < 5 { 0.0 } else { f64::from((k * 7 % 5) as i32) })).collect();
        let data = Samples::new(&points);
        assert_eq!(with_free_ends(&data, &spans(&data, 0.01), 0.01), points);
    }
}
