//! Curves through samples: what is promised, checked by dense sampling of the result.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]

use crate::support;

use kapok_format::fit::{
    ACCELERATION_FLOOR_M_S2, ACCELERATION_SHARE, DEFAULT_FIT_TOLERANCE_M, FitError, SHORT_SPEED_SHARE, SLOW_M_S,
    SPEED_FLOOR_M_S, SPEED_SHARE, STRAIGHT_FACTOR, fit_trajectory, samples_of_lines,
};
use kapok_show::{DVec3, Trajectory, math};
use proptest::prelude::*;
use support::trajectory_of;

type Samples = Vec<(i64, DVec3)>;

fn sampled(trajectory: &Trajectory, period_ms: i64, grid_m: f64) -> Samples {
    let last = trajectory.end_ms().max(0) / period_ms + 2;
    (0..=last)
        .map(|k| (k * period_ms, (trajectory.sample((k * period_ms) as f64).position_m / grid_m).round() * grid_m))
        .collect()
}

/// Distance of two neighbouring samples over the time between them.
fn chord(s: &[(i64, DVec3)], k: usize) -> DVec3 {
    (s[k + 1].1 - s[k].1) / ((s[k + 1].0 - s[k].0) as f64 / 1000.0)
}

/// Everything that is promised, found by looking closely; the velocity steps at knots, largest first.
fn check(samples: &[(i64, DVec3)], tolerance_m: f64) -> (Trajectory, Vec<(i64, f64)>) {
    let fitted = fit_trajectory(samples, tolerance_m, None).unwrap();
    let t = fitted.trajectory;
    assert_eq!((t.start_ms(), t.start_point_m()), samples[0]);
    assert_eq!((t.end_ms(), t.end_point_m()), samples[samples.len() - 1]);
    let mut worst_m: f64 = 0.0;
    for &(t_ms, p_m) in samples {
        worst_m = worst_m.max(t.sample(t_ms as f64).position_m.distance(p_m));
    }
    assert!(worst_m <= tolerance_m + 1e-9, "{worst_m} m off a sample");
    assert!((worst_m - fitted.max_error_m).abs() < 1e-9, "stated {}, found {worst_m}", fitted.max_error_m);
    let n = samples.len() - 1;
    let speed = |k: i64| if (0..n as i64).contains(&k) { chord(samples, k as usize).length() } else { 0.0 };
    let acceleration = |k: usize| {
        if k == 0 || k == n {
            return 0.0;
        }
        chord(samples, k).distance(chord(samples, k - 1)) / ((samples[k + 1].0 - samples[k - 1].0) as f64 / 2000.0)
    };
    for k in 0..n {
        let ((a_ms, a_m), (b_ms, b_m)) = (samples[k], samples[k + 1]);
        let h_s = (b_ms - a_ms) as f64 / 1000.0;
        let implied = speed(k as i64 - 1).max(speed(k as i64)).max(speed(k as i64 + 1));
        let cap_m_s = (implied * (1.0 + SPEED_SHARE)).max((implied + SPEED_FLOOR_M_S).min(SLOW_M_S));
        let middle_ms = f64::midpoint(a_ms as f64, b_ms as f64);
        let piece = t.segment_at(middle_ms).map(|i| t.segment(i)).map(|s| (s.start_ms, s.end_ms));
        let cap_m_s = if piece == Some((a_ms, b_ms)) { cap_m_s * (1.0 + SHORT_SPEED_SHARE) } else { cap_m_s };
        let sag_m = h_s * h_s / 8.0 * acceleration(k).max(acceleration(k + 1));
        for step in 0..=8 {
            let u = f64::from(step) / 8.0;
            let m = t.sample(a_ms as f64 + (b_ms - a_ms) as f64 * u);
            // Sampling itself rounds by some 1e-15 of the coordinates.
            let off_m = m.position_m.distance(a_m.lerp(b_m, u));
            assert!(off_m <= STRAIGHT_FACTOR * sag_m.max(tolerance_m) + 1e-9, "{off_m} m off the line at {a_ms} ms");
            if step > 0 && step < 8 {
                let found = m.velocity_m_s.length();
                assert!(found <= cap_m_s + 1e-9, "{found} m/s at {a_ms} ms, at most {cap_m_s}");
            }
        }
    }
    for segment in t.segments() {
        let at = |t_ms: i64| samples.binary_search_by_key(&t_ms, |s| s.0).unwrap();
        let (i, j) = (at(segment.start_ms), at(segment.end_ms));
        let implied = (i.saturating_sub(1)..(j + 2).min(n + 1)).map(acceleration).fold(0.0, f64::max);
        let cap_m_s2 = implied * (1.0 + ACCELERATION_SHARE) + ACCELERATION_FLOOR_M_S2;
        for t_ms in [segment.start_ms, segment.end_ms] {
            let found = segment.sample(t_ms as f64).acceleration_m_s2.length();
            assert!(j == i + 1 || found <= cap_m_s2 + 1e-6, "{found} m/s² at {t_ms} ms, at most {cap_m_s2}");
        }
    }
    let ends: Vec<_> = t.segments().map(|s| s.sample(s.end_ms as f64).velocity_m_s).collect();
    let starts: Vec<_> = t.segments().map(|s| s.sample(s.start_ms as f64).velocity_m_s).collect();
    let knots: Vec<i64> = t.segments().map(|s| s.end_ms).collect();
    assert!(knots.iter().all(|ms| samples.binary_search_by_key(ms, |s| s.0).is_ok()), "knots are at samples");
    let mut steps: Vec<(i64, f64)> = (1..ends.len()).map(|i| (knots[i - 1], ends[i - 1].distance(starts[i]))).collect();
    steps.push((t.start_ms(), starts.first().map_or(0.0, |v| v.length())));
    steps.push((t.end_ms(), ends.last().map_or(0.0, |v| v.length())));
    steps.sort_by(|a, b| b.1.total_cmp(&a.1));
    (t, steps)
}

/// Rest, a flight from rest to rest, rest: as a planner makes it.
fn flight() -> Trajectory {
    let mut t = Trajectory::starting_at(2000, DVec3::ZERO).unwrap();
    let mut from_m = DVec3::ZERO;
    for (end_ms, to_m) in [
        (14_000, DVec3::new(0.0, 0.0, 20.0)),
        (30_000, DVec3::new(40.0, -15.0, 60.0)),
        (46_000, DVec3::new(-9.0, 31.0, 40.0)),
    ] {
        t.push(end_ms, &[from_m, from_m, from_m, to_m, to_m, to_m, to_m]).unwrap();
        t.push_hold(end_ms + 3000).unwrap();
        from_m = to_m;
    }
    t
}

#[test]
fn planned_flights_become_few_smooth_pieces() {
    let planned = flight();
    for (period_ms, grid_m, most) in [(40, 1e-4, 32), (40, 1e-3, 32), (250, 1e-3, 40), (100, 1e-6, 40)] {
        let samples = sampled(&planned, period_ms, grid_m);
        let (fitted, steps) = check(&samples, DEFAULT_FIT_TOLERANCE_M);
        assert!(fitted.segment_count() <= most, "{period_ms} ms: {} pieces", fitted.segment_count());
        assert!(steps[0].1 < 1e-9, "{period_ms} ms: velocity jumps by {:?}", steps[0]);
        let mut off_m: f64 = 0.0;
        for k in 0..5000 {
            let t_ms = f64::from(k) * 10.0;
            off_m = off_m.max(fitted.sample(t_ms).position_m.distance(planned.sample(t_ms).position_m));
        }
        assert!(off_m < 0.015, "{period_ms} ms: {off_m} m off the flight itself");
    }
}

#[test]
fn rests_are_kept() {
    let (fitted, _) = check(&sampled(&flight(), 40, 1e-4), 0.02);
    for (from_ms, to_ms) in [(0, 2000), (14_040, 16_960), (30_040, 32_960), (46_040, 49_000)] {
        let at_m = fitted.sample(f64::from(from_ms)).position_m;
        for t_ms in (from_ms..=to_ms).step_by(10) {
            let m = fitted.sample(f64::from(t_ms));
            assert_eq!(m.velocity_m_s, DVec3::ZERO, "at {t_ms} ms");
            assert!(m.position_m.distance(at_m) < 1e-13, "at {t_ms} ms");
        }
    }
}

/// Landings that end between samples: no vehicle dips below the ground, and a limit that the samples keep is kept.
#[test]
fn no_vehicle_dips_below_the_ground_or_exceeds_the_cruise() {
    for (period_ms, grid_m) in [(250, 1e-4), (40, 1e-4), (40, 1e-3), (100, 1e-3), (500, 1e-4)] {
        for offset_ms in [0, 7, 31, 90, 123, 177, 240] {
            // 2 m/s² up to 2 m/s, cruise, and the same down to the ground.
            let up = DVec3::new(0.0, 0.0, 40.0);
            let ramp = |t: &mut Trajectory, to: DVec3, s: f64| {
                let from = t.end_point_m();
                let (end_ms, dir) = (t.end_ms(), (to - from).normalize());
                t.push(end_ms + 1000, &[from, from + dir * s]).unwrap();
                t.push(end_ms + 20_000, &[to - dir * s]).unwrap();
                t.push(end_ms + 21_000, &[to, to]).unwrap();
            };
            let mut t = Trajectory::starting_at(1000 + offset_ms, DVec3::ZERO).unwrap();
            ramp(&mut t, up, 1.0);
            t.push_hold(t.end_ms() + 2000).unwrap();
            ramp(&mut t, DVec3::ZERO, 1.0);
            let (fitted, _) = check(&sampled(&t, period_ms, grid_m), DEFAULT_FIT_TOLERANCE_M);
            let (mut lowest_m, mut highest_m, mut fastest_m_s) = (0.0_f64, 0.0_f64, 0.0_f64);
            for k in 0..5000 {
                let m = fitted.sample(f64::from(k) * 10.0);
                lowest_m = lowest_m.min(m.position_m.z);
                highest_m = highest_m.max(m.position_m.z);
                fastest_m_s = fastest_m_s.max(m.velocity_m_s.length());
            }
            let at = format!("{period_ms} ms, {grid_m} m, from {offset_ms} ms on");
            assert!(lowest_m > -1e-8 && highest_m < 40.0 + 1e-8, "{lowest_m} to {highest_m} m: {at}");
            // The grid alone makes straight lines faster than the flight.
            let cruise_m_s = 2.0 * (1.0 + SPEED_SHARE) + 2.0 * grid_m / (period_ms as f64 / 1000.0);
            assert!(fastest_m_s < cruise_m_s * (1.0 + SHORT_SPEED_SHARE), "{fastest_m_s} m/s: {at}");
            assert!(fitted.segment_count() < 30, "{} pieces: {at}", fitted.segment_count());
        }
    }
}

#[test]
fn stops_and_sharp_bends_stay() {
    // 3 m/s ahead, a right angle, 3 m/s aside, dead stop.
    let at = |k: i64| match k {
        ..0 => DVec3::ZERO,
        0..=50 => DVec3::Y * 0.12 * k as f64,
        51..=100 => DVec3::new(0.12 * (k - 50) as f64, 6.0, 0.0),
        _ => DVec3::new(6.0, 6.0, 0.0),
    };
    let samples: Samples = (-30..=130).map(|k| (40 * k, at(k))).collect();
    let (fitted, steps) = check(&samples, DEFAULT_FIT_TOLERANCE_M);
    assert_eq!(fitted.segment_count(), 4, "rest, line, line, rest");
    let corners: Vec<i64> = steps.iter().filter(|s| s.1 > 1.0).map(|s| s.0).collect();
    assert_eq!(corners, [2000, 0, 4000]);
    for k in 0..=4000 {
        let p = fitted.sample(f64::from(k)).position_m;
        assert!(p.x >= -1e-9 && p.x <= 6.0 + 1e-9 && p.y <= 6.0 + 1e-9, "{p} overshoots at {k} ms");
    }
}

/// What a design program sends, 4 samples a second with single-precision noise: from pads up at constant speed, eased legs
/// (3u² − 2u³), short stops, down. Only the take-off has corners; everywhere else velocity runs on.
#[test]
fn eased_legs_at_four_samples_a_second_have_no_jump_of_velocity() {
    let ease = |u: f64| u * u * (3.0 - 2.0 * u);
    let places = [
        DVec3::ZERO,
        DVec3::new(0.0, 0.0, 9.0),
        DVec3::new(31.0, -12.0, 25.0),
        DVec3::new(-8.0, 40.0, 33.0),
        DVec3::new(-8.0, 40.0, 41.0),
        DVec3::new(0.3, 0.2, 10.0),
        DVec3::new(0.3, 0.2, 0.0),
    ];
    for (rest_s, odd_s) in [(3.0, 0.0), (0.25, 0.0), (0.0, 0.0), (1.6, 0.043), (0.0, 0.111)] {
        let mut legs = Vec::new();
        let mut start_s = 2.0;
        for pair in places.windows(2) {
            let length = pair[0].distance(pair[1]);
            // As the planning server answers: at most 6 m/s and 4 m/s².
            let eased_s = (1.5 * length / 6.0).max((6.0 * length / 4.0).sqrt());
            let duration_s = if legs.is_empty() { length / 1.5 } else { eased_s } + odd_s;
            legs.push((start_s, duration_s, pair[0], pair[1]));
            start_s += duration_s + rest_s;
        }
        let at = |t_s: f64| {
            let k = legs.iter().rposition(|l| l.0 <= t_s).unwrap_or(0);
            let (start_s, duration_s, a, b) = legs[k];
            let u = ((t_s - start_s) / duration_s).clamp(0.0, 1.0);
            a.lerp(b, if k == 0 { u } else { ease(u) })
        };
        let count = (4.0 * (start_s + 1.0)) as i64;
        let samples: Samples =
            (0..count).map(|k| (250 * k, (at(0.25 * k as f64).as_vec3().as_dvec3() / 1e-4).round() * 1e-4)).collect();
        let (fitted, steps) = check(&samples, DEFAULT_FIT_TOLERANCE_M);
        let takeoff_end_ms = 1000.0 * (legs[0].0 + legs[0].1);
        for (t_ms, step) in steps {
            let of_takeoff = (t_ms as f64 - 2000.0).abs() <= 250.0 || (t_ms as f64 - takeoff_end_ms).abs() <= 250.0;
            assert!(of_takeoff || step < 1e-9, "rests of {rest_s} s: {step} m/s at {t_ms} ms");
        }
        assert!(fitted.segment_count() <= 40, "{} pieces for {} samples", fitted.segment_count(), samples.len());
    }
}

#[test]
fn a_circle_is_smooth_at_any_tolerance() {
    let on_circle = |t_s: f64| DVec3::new(10.0 * math::cos(0.3 * t_s), 10.0 * math::sin(0.3 * t_s), 30.0);
    let samples: Samples = (0..=400).map(|k| (50 * k, on_circle(0.05 * k as f64))).collect();
    let mut last = usize::MAX;
    for tolerance_m in [1e-5, 1e-4, 1e-3, 1e-2, 1e-1] {
        let (fitted, steps) = check(&samples, tolerance_m);
        assert!(fitted.segment_count() < last, "{} pieces at {tolerance_m} m", fitted.segment_count());
        last = fitted.segment_count();
        let inner: Vec<_> = steps.iter().filter(|s| s.0 != 0 && s.0 != 20_000).collect();
        assert!(inner.iter().all(|s| s.1 < 1e-9), "{inner:?}");
    }
    assert!(last <= 6, "{last} pieces for a turn at 10 cm");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let p = |t_ms, x| (t_ms, DVec3::new(x, 0.0, 0.0));
    assert_eq!(fit_trajectory(&[], 0.01, None), Err(FitError::NoSamples));
    for tolerance_m in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(fit_trajectory(&[p(0, 0.0)], tolerance_m, None), Err(FitError::Tolerance { .. })));
    }
    for x in [f64::NAN, f64::INFINITY, 1e300] {
        assert!(matches!(fit_trajectory(&[p(0, 0.0), p(1, x)], 0.01, None), Err(FitError::NotFinite { index: 1, .. })));
    }
    for t_ms in [0, -1, i64::MAX, i64::MIN] {
        assert!(matches!(fit_trajectory(&[p(0, 0.0), p(t_ms, 1.0)], 0.01, None), Err(FitError::Time { index: 1, .. })));
    }
    let one = fit_trajectory(&[p(7, 1.0)], 0.01, None).unwrap().trajectory;
    assert_eq!((one.start_ms(), one.segment_count()), (7, 0));
}

#[test]
fn only_lines_have_samples() {
    let mut t = Trajectory::starting_at(5, DVec3::X).unwrap();
    t.push_hold(9).unwrap();
    t.push(20, &[DVec3::Z]).unwrap();
    assert_eq!(samples_of_lines(&t).unwrap(), [(5, DVec3::X), (9, DVec3::X), (20, DVec3::Z)]);
    t.push(30, &[DVec3::Y, DVec3::Z]).unwrap();
    assert_eq!(samples_of_lines(&t), None);
}

/// A rest, a move on 3u² − 2u³ that may begin and end between two samples, a rest; rounded to a grid.
fn eased(start_ms: f64, duration_s: f64, way_m: DVec3, grid_m: f64) -> Samples {
    let last = ((start_ms + 1000.0 * duration_s) / 250.0).ceil() as i64 + 6;
    (0..=last)
        .map(|k| {
            let u = ((250.0 * k as f64 - start_ms) / (1000.0 * duration_s)).clamp(0.0, 1.0);
            (250 * k, (way_m * (u * u * (3.0 - 2.0 * u)) / grid_m).round() * grid_m)
        })
        .collect()
}

/// The greatest acceleration, and how far the curve is off its samples at most.
fn peak(samples: &[(i64, DVec3)], limit_m_s2: f64) -> (f64, f64) {
    let t = fit_trajectory(samples, 0.01, Some(limit_m_s2)).unwrap().trajectory;
    let ends = |s: kapok_show::Segment<'_>| {
        [s.start_ms, s.end_ms].map(|ms| s.sample(ms as f64).acceleration_m_s2.length()).into_iter().fold(0.0, f64::max)
    };
    let off = samples.iter().map(|(ms, p)| t.sample(*ms as f64).position_m.distance(*p)).fold(0.0, f64::max);
    (t.segments().map(ends).fold(0.0, f64::max), off)
}

/// What rounding of samples to 0.1 mm and of instants to milliseconds may add.
const ROUNDING: f64 = 1.01;

#[test]
fn an_eased_move_keeps_its_limit_wherever_it_begins_in_a_sample_step() {
    for (length_m, duration_s) in [(16.28, 5.0), (10.0, 4.0), (30.0, 7.0), (3.0, 2.2), (1.0, 1.5), (120.0, 14.3)] {
        let true_m_s2 = 6.0 * length_m / (duration_s * duration_s);
        for k in 0..24 {
            let start_ms = 1000.0 + 1000.0 * f64::from(k) / 24.0;
            let samples = eased(start_ms, duration_s, DVec3::new(0.6, -0.64, 0.48) * length_m, 1e-4);
            let (found_m_s2, off_m) = peak(&samples, true_m_s2);
            assert!(off_m <= 0.01, "{off_m} m off");
            assert!(
                found_m_s2 <= true_m_s2 * ROUNDING,
                "{length_m} m in {duration_s} s from {start_ms} ms: {found_m_s2}, truly {true_m_s2}"
            );
        }
    }
}

/// Ends that lie by a few milliseconds within the samples of a rest: a move has not gone as far there as the grid is fine.
#[test]
fn a_move_that_seems_to_rest_at_a_sample_keeps_its_limit() {
    for (length_m, duration_ms) in [(16.28, 5000), (10.0, 4000), (3.0, 2250), (1.0, 1500), (120.0, 14_250)] {
        for before_ms in 0..20 {
            for after_ms in [0, 1, 3, 4, 5, 7, 9, 12, 15, 20] {
                let duration_s = 1e-3 * f64::from(duration_ms + before_ms + after_ms);
                let true_m_s2 = 6.0 * length_m / (duration_s * duration_s);
                let start_ms = f64::from(1000 - before_ms);
                for grid_m in [1e-4, 1e-6] {
                    let samples = eased(start_ms, duration_s, DVec3::new(0.6, -0.64, 0.48) * length_m, grid_m);
                    let (found_m_s2, off_m) = peak(&samples, true_m_s2);
                    assert!(off_m <= 0.01, "{off_m} m off");
                    assert!(
                        found_m_s2 <= true_m_s2 * ROUNDING,
                        "{length_m} m in {duration_s} s from {start_ms} ms, grid {grid_m}: {found_m_s2}, truly {true_m_s2}"
                    );
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Any length, duration, direction and instant.
    #[test]
    fn eased_moves_keep_their_limit(
        start_ms in 1000.0..1250.0f64,
        duration_s in 1.5..20.0f64,
        way in prop::array::uniform3(-1.0..1.0f64).prop_map(DVec3::from_array),
        share in 0.3..1.0f64,
        grid_m in prop_oneof![Just(1e-4), Just(1e-7)],
    ) {
        let limit_m_s2 = 4.0;
        // Above half a metre, so that it is more than tolerance.
        let length_m = share * limit_m_s2 * duration_s * duration_s / 6.0;
        let samples = eased(start_ms, duration_s, way.normalize_or(DVec3::X) * length_m, grid_m);
        let (found_m_s2, off_m) = peak(&samples, limit_m_s2);
        prop_assert!(off_m <= 0.01, "{} m off", off_m);
        prop_assert!(found_m_s2 <= limit_m_s2 * ROUNDING, "{} m/s²", found_m_s2);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is sampled, smooth or not: every promise holds.
    #[test]
    fn promises_hold_for_any_motion(
        motion in trajectory_of(4000, prop::array::uniform3(-30.0..30.0f64).prop_map(DVec3::from_array)),
        period_ms in prop_oneof![Just(40i64), Just(250), Just(1000), 3i64..500],
        grid_m in prop_oneof![Just(1e-3), Just(1e-4), Just(1e-7), Just(0.05)],
        tolerance_m in prop_oneof![Just(0.01), Just(0.001), Just(0.1)],
    ) {
        let samples = sampled(&motion, period_ms, grid_m);
        check(&samples, tolerance_m);
        // A limit frees starts and ends between samples, and nothing else.
        let free = fit_trajectory(&samples, tolerance_m, Some(4.0)).unwrap();
        let t = &free.trajectory;
        prop_assert_eq!((t.start_ms(), t.start_point_m()), samples[0]);
        prop_assert_eq!((t.end_ms(), t.end_point_m()), samples[samples.len() - 1]);
        for (t_ms, p_m) in &samples {
            prop_assert!(t.sample(*t_ms as f64).position_m.distance(*p_m) <= tolerance_m + 1e-9);
        }
    }

    /// Samples at any instants, with any jumps.
    #[test]
    fn promises_hold_for_any_samples(
        steps in prop::collection::vec((1i64..3000, prop::array::uniform3(-2.0..2.0f64), 1usize..4), 1..60),
    ) {
        let mut samples = vec![(-500, DVec3::ZERO)];
        for (ms, step, times) in steps {
            for _ in 0..times {
                let (t_ms, p_m) = samples[samples.len() - 1];
                samples.push((t_ms + ms, p_m + DVec3::from_array(step)));
            }
        }
        check(&samples, 0.01);
    }
}
